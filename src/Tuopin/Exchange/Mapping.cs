using System.Collections.Immutable;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What the rows of a sheet are about.</summary>
public enum SheetKind : byte
{
    Persons,
    Households,
    Villages,
    Incomes,
    Helpers,
    Measures,
    HouseRebuilding,
    Relocation,
    UnitsPosts,
    UnregisteredHouseholds,

    /// <summary>Who joined or left a household.</summary>
    MemberChanges,

    /// <summary>Any subject type of the dictionary, named by <see cref="Mapping.Subject"/>.</summary>
    Described,
}

/// <summary>Whether a header was seen in a real export, or is ours until somebody shows the real one.</summary>
public enum MappingStatus : byte
{
    Known,
    Working,

    /// <summary>Corrected by hand for one header.</summary>
    Own,
}

/// <summary>The numbers or spellings of codes in one source, with the entries they mean.</summary>
public sealed record CodeSource(string Name, ImmutableDictionary<string, CodeEntry> Words);

/// <summary>One known sheet: what it holds and where each of its columns goes.</summary>
public sealed record Mapping(string Id, SheetKind Kind, Label Label, MappingStatus Status, ImmutableArray<MappingColumn> Columns)
{
    /// <summary>The subject type of a <see cref="SheetKind.Described"/> sheet.</summary>
    public SubjectType? Subject { get; init; }
    public string? Note { get; init; }

    /// <summary>The sheet comes out of the national system, which therefore has what it states.</summary>
    public bool National { get; init; }
    public required string File { get; init; }

    /// <summary>Column of a title as met in a file; null when the mapping does not know it.</summary>
    public MappingColumn? Find(string titleKey) => byTitle.GetValueOrDefault(titleKey);

    private readonly Dictionary<string, MappingColumn> byTitle = Titles(Columns);

    // A title of the mapping itself wins over an alias, an alias over a spelling of the dictionary.
    private static Dictionary<string, MappingColumn> Titles(ImmutableArray<MappingColumn> columns)
    {
        var titles = new Dictionary<string, MappingColumn>(StringComparer.Ordinal);
        foreach (var column in columns)
            titles.TryAdd(CellText.Key(column.Title), column);
        foreach (var column in columns)
        foreach (var alias in column.Aliases)
            titles.TryAdd(CellText.Key(alias), column);
        foreach (var column in columns)
        foreach (var spelling in column.Target?.Fact?.Titles ?? [])
            titles.TryAdd(CellText.Key(spelling), column);
        return titles;
    }
}

/// <summary>One column of a mapping. Without a target its cells are passed over.</summary>
public sealed record MappingColumn(string Title, ColumnTarget? Target)
{
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The source whose code numbers the column uses; null when it uses labels.</summary>
    public CodeSource? Codes { get; init; }

    /// <summary>Words that stand for "nothing stated".</summary>
    public ImmutableArray<string> Blank { get; init; } = [];

    /// <summary>What a blank cell states, if it states something; with <see cref="EmptyIf"/> only when that column is filled in.</summary>
    public string? Empty { get; init; }
    public string? EmptyIf { get; init; }

    /// <summary>A blank cell takes the held value away; by default it states nothing and leaves it.</summary>
    public bool Erases { get; init; }
    public bool Required { get; init; }

    /// <summary>A required column whose cells may be blank: what is not stated is not known.</summary>
    public bool MayBeBlank { get; init; }
    public int Line { get; init; }
}

/// <summary>A mapping file that is wrong: where, and what was expected.</summary>
public sealed class MappingError(string file, int line, int column, string message) : Exception($"{file}:{line}:{column}: {message}")
{
    public string File { get; } = file;
    public int Line { get; } = line;
    public int Column { get; } = column;
}
