using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Everything a list of pack folders says, bound and checked.</summary>
public sealed class PackSet
{
    public required FactDictionary Dictionary { get; init; }
    public required IReadOnlyDictionary<string, Parameter> Parameters { get; init; }

    /// <summary>All versions of all standards.</summary>
    public required ImmutableArray<Standard> Standards { get; init; }
    public required IReadOnlyDictionary<string, Tally> Tallies { get; init; }
    public required ImmutableArray<Check> Checks { get; init; }
    public required IReadOnlyDictionary<string, Overlay> Overlays { get; init; }

    /// <summary>All versions of all procedures.</summary>
    public required ImmutableArray<Procedure> Procedures { get; init; }

    /// <summary>All versions of all cards and handbooks.</summary>
    public required ImmutableArray<Card> Cards { get; init; }

    /// <summary>All versions of all rounds.</summary>
    public required ImmutableArray<Round> Rounds { get; init; }

    /// <summary>The public holidays of the years they are stated for.</summary>
    public required Holidays Holidays { get; init; }

    /// <summary>All versions of all rules that raise clues.</summary>
    public required ImmutableArray<ClueRule> Clues { get; init; }

    /// <summary>All versions of all cards for late work.</summary>
    public required ImmutableArray<Warning> Warnings { get; init; }

    /// <summary>All figures by id: the catalogue's, and those of single reports.</summary>
    public required IReadOnlyDictionary<string, Figure> Figures { get; init; }

    /// <summary>The figures of the catalogue, or those that a report has of its own.</summary>
    public IEnumerable<Figure> FiguresOf(string? report) => Figures.Values.Where(f => f.Report == report);

    public required ImmutableArray<PackCase> Cases { get; init; }

    /// <summary>By code list, then by source: foreign codes or spellings and the entries they mean.</summary>
    public required IReadOnlyDictionary<string, ImmutableDictionary<string, ImmutableDictionary<string, CodeEntry>>> SourcesOfCodes { get; init; }
    public required ImmutableArray<PackFile> Files { get; init; }

    /// <summary>SHA-256 over all files, those of figures among them: what gave a number.</summary>
    public string FilesHash =>
        filesHash ??= Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Files.Select(f => $"{f.RelativePath} {f.Hash}\n").Order(StringComparer.Ordinal))))
        );

    private string? filesHash;

    /// <summary>SHA-256 over all files but cases, procedures, cards, rounds, holidays, clues, warnings and figures: the same law has the same hash.</summary>
    public required string Hash { get; init; }

    /// <summary>The scope in which further expressions (a filter typed by a user) can be compiled.</summary>
    public required RuleScope Scope { get; init; }

    /// <summary>The facts that a rule asks to be unique (<c>unique_in</c>), once each.</summary>
    public IReadOnlyList<Fact> Keys => keys ??= [.. Asked()];

    private IReadOnlyList<Fact>? keys;

    private IEnumerable<Fact> Asked() =>
        Checks
            .SelectMany(c => new[] { c.When, c.Evidence })
            .Concat(Standards.SelectMany(s => s.Indicators).SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit }))
            .OfType<Expr>()
            .SelectMany(e => e.All())
            .OfType<UniqueIn>()
            .Select(u => u.Key)
            .Where(k => k.Subject.Level is null)
            .Distinct();

    /// <summary>The cards in force for an area on a day; of an id that of the narrowest area.</summary>
    public IEnumerable<Card> CardsFor(long areaCode, DateOnly day) =>
        Cards
            .Where(c => c.InForce.Covers(day) && c.Area.Contains(areaCode))
            .GroupBy(c => c.Id, StringComparer.Ordinal)
            .Select(g => g.MinBy(c => c.Area.Width)!)
            .OrderBy(c => c.Id, StringComparer.Ordinal);

    /// <summary>The rules that raise clues in force for an area on a day; of an id that of the narrowest area.</summary>
    public IEnumerable<ClueRule> CluesFor(long areaCode, DateOnly day) =>
        Clues
            .Where(c => c.InForce.Covers(day) && c.Area.Contains(areaCode))
            .GroupBy(c => c.Id, StringComparer.Ordinal)
            .Select(g => g.MinBy(c => c.Area.Width)!)
            .OrderBy(c => c.Id, StringComparer.Ordinal);

    /// <summary>The versions in force for an area on a day, by id.</summary>
    public IEnumerable<Standard> StandardsFor(long areaCode, DateOnly day) =>
        Standards.Where(s => s.InForce.Covers(day) && s.Area.Contains(areaCode));
}

/// <summary>The outcome of loading: the packs, or null and why not. Notes may stand beside packs.</summary>
public sealed record PackLoad(PackSet? Packs, ImmutableArray<Diagnostic> Findings)
{
    /// <summary>All findings, one per line.</summary>
    public string Report => string.Join('\n', Findings.Select(f => f.ToString()));

    /// <summary>The packs; throws with the whole report when there are errors.</summary>
    public PackSet OrThrow() => Packs ?? throw new InvalidDataException(Report);
}

/// <summary>What a verdict of a case must be.</summary>
public enum Expected : byte
{
    Unmet,
    Met,
    Exempt,
    Unknown,
}

/// <summary>
/// A worked example beside a standard, parameter, check or clue: exactly one of them is set.
/// For a check and a clue <see cref="Expected.Met"/> means that it fires.
/// </summary>
public sealed record PackCase(string Name, JudgingDay Day, long AreaCode, SubjectNode? Subject, Span Span)
{
    public Standard? Standard { get; init; }
    public Check? Check { get; init; }
    public Parameter? Parameter { get; init; }
    public ClueRule? Clue { get; init; }

    /// <summary>By indicator id (standards, with "*" already spread to all others); the single key of a check or clue is "".</summary>
    public ImmutableDictionary<string, Expected> Expect { get; init; } = ImmutableDictionary<string, Expected>.Empty;

    /// <summary>Values as shown, by indicator id.</summary>
    public ImmutableDictionary<string, string> Values { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The value expected of a parameter; null means that no law is found.</summary>
    public Value? ParameterValue { get; init; }
}
