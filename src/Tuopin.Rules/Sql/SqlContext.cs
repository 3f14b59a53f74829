using System.Collections.Immutable;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Where the verdicts of another standard are found: its version in the database and the bit of each indicator.</summary>
public sealed record StandardBits(long VersionId, IReadOnlyDictionary<string, int> Bits);

/// <summary>Everything a statement depends on besides the rule: the database, the day, whom to judge, and where things stand.</summary>
public sealed record SqlContext(SqlDialect Dialect, JudgingDay Day)
{
    /// <summary>The area judged; subjects outside are not returned.</summary>
    public AreaRange Area { get; init; } = AreaRange.Nation;

    /// <summary>Every subject held lies in <see cref="Area"/>, so that no statement need ask: the database of one county.</summary>
    public bool HoldsOnlyArea { get; init; }

    /// <summary>
    /// Judges these subjects alone and reads only their rows. SQL that may stand in <c>in (...)</c>: a parameter (<c>@id</c>), numbers, or a query of ids.
    /// </summary>
    public string? Only { get; init; }

    /// <summary>
    /// Gives for a table name what stands in FROM: the name itself, or a query in parentheses (history "known at", an overlay). It must have the same columns.
    /// </summary>
    public Func<string, string> Table { get; init; } = table => table;

    /// <summary>Finds the standard version whose verdicts <c>met('id', ..)</c> reads; null makes the reading unknown.</summary>
    public Func<string, StandardBits?> Standards { get; init; } = _ => null;

    /// <summary>Parameter values that replace the law (what-if), by parameter id.</summary>
    public ImmutableDictionary<string, Value> Parameters { get; init; } = ImmutableDictionary<string, Value>.Empty;
}
