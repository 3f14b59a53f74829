using System.Collections.Immutable;

namespace Tuopin.Exchange;

/// <summary>One target as it was found in a sheet: where its cells stand and how they are read.</summary>
public sealed class PlanColumn
{
    private const int CacheSize = 8192;
    private readonly Dictionary<string, Rules.Model.Value>? cache;
    private readonly Dictionary<string, Rules.Model.Value>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly HashSet<string> blankWords;

    internal PlanColumn(MappingColumn mapping, ImmutableArray<int> positions, ImmutableArray<string> titles)
    {
        Mapping = mapping;
        Positions = positions;
        Titles = titles;
        Reader = CellReader.For(mapping);
        blankWords = [.. mapping.Blank.Select(w => CellText.Key(w))];
        if (Reader.Repeats)
        {
            cache = new(StringComparer.Ordinal);
            lookup = cache.GetAlternateLookup<ReadOnlySpan<char>>();
        }
        if (mapping.Empty is { } empty)
            EmptyValue = mapping.Target!.Fact!.Type.List!.Find(empty)!.Number;
    }

    public MappingColumn Mapping { get; }
    public ColumnTarget Target => Mapping.Target!;

    /// <summary>Columns of the sheet, from 0; more than one where several columns feed one set of codes.</summary>
    public ImmutableArray<int> Positions { get; }

    /// <summary>The titles as the sheet writes them.</summary>
    public ImmutableArray<string> Titles { get; }
    public string Title => Titles[0];

    internal CellReader Reader { get; }
    internal Rules.Model.Value? EmptyValue { get; }

    /// <summary>Place in the plan of the column that must be filled for <see cref="EmptyValue"/> to count; null when none must be.</summary>
    internal int? EmptyIf { get; set; }

    internal bool IsBlankWord(ReadOnlySpan<char> text) => blankWords.Count > 0 && blankWords.Contains(CellText.Key(text));

    internal bool TryCached(ReadOnlySpan<char> raw, out Rules.Model.Value value)
    {
        value = default;
        return cache is not null && lookup.TryGetValue(raw, out value);
    }

    internal void Remember(ReadOnlySpan<char> raw, Rules.Model.Value value)
    {
        if (cache is not null && cache.Count < CacheSize && raw.Length <= 64)
            lookup[raw] = value;
    }
}

/// <summary>
/// How one sheet is read: its mapping, its header row, and its columns. <see cref="ReadRow.Values"/> is aligned to <see cref="Columns"/>.
/// </summary>
public sealed class ColumnPlan
{
    private readonly Dictionary<string, int> byTarget;

    internal ColumnPlan(Mapping mapping, int headerRow, string[] titles, ImmutableArray<PlanColumn> columns)
    {
        Mapping = mapping;
        HeaderRow = headerRow;
        Titles = titles;
        Columns = columns;
        byTarget = columns.Select((c, i) => (c.Target.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        foreach (var column in columns)
            if (column.Mapping.EmptyIf is { } title)
                column.EmptyIf = columns.ToList().FindIndex(c => c.Mapping.Title == title);
        var known = columns.SelectMany(c => c.Positions).ToHashSet();
        Ignored = [.. titles.Where((t, i) => t.Length > 0 && !known.Contains(i))];
        Absent = [.. mapping.Columns.Where(c => c.Target is not null && !byTarget.ContainsKey(c.Target.Name)).Select(c => c.Title)];
    }

    public Mapping Mapping { get; }

    /// <summary>Row the titles stand in; data begins below.</summary>
    public int HeaderRow { get; }

    /// <summary>All titles of the sheet by position, unknown ones too.</summary>
    public string[] Titles { get; }
    public ImmutableArray<PlanColumn> Columns { get; }

    /// <summary>Titles of the sheet that no target was found for: passed over.</summary>
    public ImmutableArray<string> Ignored { get; }

    /// <summary>Titles of the mapping that the sheet does not have.</summary>
    public ImmutableArray<string> Absent { get; }

    /// <summary>The same sheet read with some of its columns only; the others are passed over.</summary>
    public ColumnPlan Only(Func<PlanColumn, bool> wanted) => new(Mapping, HeaderRow, Titles, [.. Columns.Where(wanted)]);

    /// <summary>Place of a target in <see cref="Columns"/>; -1 when the sheet does not have it.</summary>
    public int IndexOf(string target) => byTarget.GetValueOrDefault(target, -1);
}
