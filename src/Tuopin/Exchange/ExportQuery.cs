using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>How one column of an export is filled: by a column of the query; -1 for names of places and for what is not kept.</summary>
public readonly record struct ExportColumn(MappingColumn Mapping, int Position)
{
    public bool IsPersonal => Mapping.Target is { IsPersonal: true };
    public bool IsText =>
        Mapping.Target is { Reading: not (Reading.Year or Reading.Day) } target && (target.Fact is null || target.Fact.Type.Kind == Kind.Text);
}

/// <summary>
/// The statement behind an export: the columns of a mapping as SQL over the tables that hold them. It is asked one village at a time, so that rows come in a
/// fixed order without a sort over the county.
/// </summary>
public sealed class ExportQuery
{
    /// <summary>Registered village, and living village where the sheet has one.</summary>
    public const int VillagePosition = 0;
    public const int LivingPosition = 1;

    private readonly FactDictionary dictionary;
    private readonly Mapping mapping;
    private readonly Engine engine;
    private readonly JudgingDay day;
    private readonly int year;
    private readonly List<string> select = [];
    private readonly HashSet<string> aliases = new(StringComparer.Ordinal);

    /// <summary>
    /// The query of a mapping on a day. Without a year, yearly facts are those of the registry year, and incomes those of every closed accounting year;
    /// since (yyyy-MM-dd) keeps to what changed after that day by something else than a national export.
    /// </summary>
    public ExportQuery(FactDictionary dictionary, Mapping mapping, Engine engine, DateOnly asOf, int? year, string? since)
    {
        (this.dictionary, this.mapping, this.engine) = (dictionary, mapping, engine);
        day = new JudgingDay(asOf);
        this.year = year ?? day.RegistryYear;
        var source = ExportSources.Of(mapping.Kind, this.year, day);
        select.AddRange([source.Village, source.Living]);
        Columns = [.. mapping.Columns.Select(c => new ExportColumn(c, c.Target is { } target ? Position(source, target) : -1))];
        Gathering =
        [
            .. mapping
                .Columns.Select((c, i) => (c, i))
                .Where(c => c.c.Target is { Gathers: true })
                .GroupBy(c => c.c.Target!.Name, c => c.i)
                .Select(g => g.ToArray())
                .Where(g => g.Length > 1),
        ];
        var where = $"{source.Code} = @code AND {source.Where}";
        if (mapping.Kind == SheetKind.Incomes)
            where += $" AND hy.year {(year is null ? "<=" : "=")} {year ?? day.IncomeYear} AND ({AnyStated()})";
        if (since is not null)
            where += $" AND ({Changed(source)})";
        Sql = $"SELECT {string.Join(", ", select)} FROM {source.From} WHERE {where} ORDER BY {source.Order}";
        Since = since;
        Villages = source.Villages;
    }

    public IReadOnlyList<ExportColumn> Columns { get; }

    /// <summary>Groups of columns that feed one set of codes.</summary>
    public IReadOnlyList<int[]> Gathering { get; }

    /// <summary>Takes the parameter <c>code</c> (of a village) and, where given, <c>since</c>.</summary>
    public string Sql { get; }
    public string? Since { get; }

    /// <summary>The codes of the villages that hold something, between the parameters <c>from</c> and <c>to</c>.</summary>
    public string Villages { get; }

    private int Position(ExportSource source, ColumnTarget target)
    {
        if (target.AreaLevel is > 0 and < 6)
            return -1;
        var text = source.Structural.GetValueOrDefault(target.Name) ?? (target.Fact is { } fact ? OfFact(source, fact) : null);
        if (text is null)
            return -1;
        aliases.UnionWith(source.Tables.Values.Where(a => text.Contains(a + ".", StringComparison.Ordinal)));
        select.Add(text);
        return select.Count - 1;
    }

    private string? OfFact(ExportSource source, Fact fact)
    {
        if (FactTables.TableOf(dictionary, fact) is not { } table || !source.Tables.TryGetValue(table, out var alias))
            return null;
        var column = $"{alias}.{fact.Column}";
        // A beginning nobody stated is not stated on the way out either.
        return fact.Column == "from_day" ? $"nullif({column}, {Days.Beginning})"
            : fact.Type.Kind == Kind.Bool && engine == Engine.PostgreSql ? $"CAST({column} AS integer)"
            : column;
    }

    private string AnyStated() =>
        string.Join(
            " OR ",
            mapping.Columns.Select(c => c.Target?.Fact).Where(f => f is { Kept: Kept.IncomeYear }).Select(f => $"hy.{f!.Column} IS NOT NULL")
        );

    // A new member is still to be keyed as long as the national system has given no number.
    private string Changed(ExportSource source)
    {
        const string Ours =
            "SELECT c.id FROM changes c WHERE substr(c.at, 1, 10) > @since AND NOT EXISTS (SELECT 1 FROM import_batches b WHERE b.change_id = c.id AND b.national)";
        IEnumerable<string> looked = source.Changing.Count > 0 ? source.Changing : aliases;
        var changed = string.Join(" OR ", looked.Order(StringComparer.Ordinal).Select(a => $"{a}.change_id IN ({Ours})"));
        if (mapping.Kind == SheetKind.Persons)
            changed += " OR p.national_no IS NULL";
        return source.Registered is { } registered ? $"({changed}) AND {registered}" : changed;
    }
}
