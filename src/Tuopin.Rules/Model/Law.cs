using System.Collections.Immutable;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Model;

/// <summary>Where a value or rule comes from. Grade A: government page or official text; B: repost or working code of an office; C: weak; recall: unsourced.</summary>
/// <param name="Title">As it is cited; where that is English, <see cref="Zh"/> says it in Chinese.</param>
public sealed record Source(string Title, string? Number, string Grade)
{
    /// <summary>The title for a Chinese reader; null where <see cref="Title"/> is Chinese itself or nobody translated it.</summary>
    public string? Zh { get; init; }

    /// <summary>The title in both languages.</summary>
    public Label Shown() => new(Zh ?? Title, Title);
}

/// <summary>Official needs a cited primary source; working says so wherever its verdicts appear.</summary>
public enum PackStatus : byte
{
    Working,
    Official,
}

/// <summary>First and last day in force, both included; no last day means still in force.</summary>
public readonly record struct Validity(DateOnly From, DateOnly? To)
{
    public bool Covers(DateOnly day) => day >= From && (To is null || day <= To);
}

/// <summary>What the values of a parameter are dated by.</summary>
public enum IndexedBy : byte
{
    Day,
    IncomeYear,
    PolicyYear,
    RegistryYear,
}

/// <summary>A dated legal number: looked up from the most specific area to the nation; none in force means unknown, "no law found".</summary>
public sealed record Parameter(string Id, Label Label, ValueType Type, string Unit, IndexedBy IndexedBy, ImmutableArray<ParameterValue> Values)
{
    /// <summary>The index (yyyyMMdd, or a year) at which values are looked up on a judging day.</summary>
    public int IndexOn(JudgingDay day) =>
        IndexedBy switch
        {
            IndexedBy.Day => day.Number,
            IndexedBy.IncomeYear => day.IncomeYear,
            IndexedBy.PolicyYear => day.PolicyYear,
            _ => day.RegistryYear,
        };

    /// <summary>The entry in force for the area at the index; null when no law was found.</summary>
    public ParameterValue? InForce(long areaCode, int index) =>
        Values.Where(v => v.Area.Contains(areaCode) && v.Covers(index)).MinBy(v => v.Area.Width);

    /// <summary>The entries that apply within <paramref name="area"/> at the index, most specific first, then the enclosing one last.</summary>
    public ImmutableArray<ParameterValue> Pieces(AreaRange area, int index) =>
        [.. Values.Where(v => v.Area.Overlaps(area) && v.Covers(index)).OrderBy(v => v.Area.Width)];
}

/// <summary>One entry: in force from <see cref="From"/> (yyyyMMdd or year) to <see cref="To"/>, both included.</summary>
public sealed record ParameterValue(AreaRange Area, int From, int? To, Value Value, Source Source, PackStatus Status, DateOnly Verified)
{
    public bool Covers(int index) => index >= From && (To is null || index <= To);

    public Label? Note { get; init; }
}

/// <summary>Whether an indicator is counted in households or persons.</summary>
public enum CountUnit : byte
{
    Households,
    Persons,
    Areas,
}

/// <summary>A set of indicators at one level, in force for an area and a time. A version fixes its bits for ever.</summary>
public sealed record Standard(
    string Id,
    int Version,
    SubjectType Level,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    Variable Subject,
    ImmutableArray<Indicator> Indicators
)
{
    public string File { get; init; } = "";

    /// <summary>SHA-256 of the file that holds this version.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>
/// One criterion. <see cref="Met"/> is null when the text of the law was not found: the indicator exists and is always unknown.
/// <see cref="Bit"/> is its place (0..62) in the verdict masks.
/// </summary>
public sealed record Indicator(string Id, int Bit, Label Title, string Department, CountUnit Counts)
{
    public Expr? Met { get; init; }

    /// <summary>Where it is true the indicator does not apply; where it is unknown a failed test leaves the indicator unknown, a passed one is met.</summary>
    public Expr? ExemptWhen { get; init; }
    public Expr? Value { get; init; }
    public Expr? Limit { get; init; }
    public string? Unit { get; init; }
    public required Source Source { get; init; }

    /// <summary>How many members of a household fail, where the indicator counts persons.</summary>
    public Expr? Persons { get; init; }

    /// <summary>The fact shown behind the value in an explanation; by default the first fact the value reads.</summary>
    public Fact? Fact { get; init; }

    /// <summary>Score points where the standard is a score sheet and the points are known.</summary>
    public int? Points { get; init; }
    public bool Retired { get; init; }
    public Label? Note { get; init; }
}

/// <summary>
/// A count or sum over the subjects of an area, kept per village and rolled up, so that a county rule never scans households. The value is a pair of
/// bounds [sure, sure + unknown]; the two are equal when nothing was unknown.
/// </summary>
public sealed record Tally(string Id, Label Label, SubjectType Over, Variable Item, Expr? Where, Expr? Sum)
{
    public required Source Source { get; init; }
    public ValueType Type { get; init; } = ValueType.Int(0, 2_000_000_000);
}

/// <summary>A data-quality rule: hard errors block, suspects become work. It fires on the subjects for which <see cref="When"/> is true.</summary>
public sealed record Check(
    string Id,
    int Number,
    bool Hard,
    Label Title,
    SubjectType Over,
    Variable Subject,
    AreaRange Area,
    Validity InForce,
    Source Source
)
{
    /// <summary>Null when the threshold has no source: the check reports "no law found".</summary>
    public Expr? When { get; init; }
    public Expr? Evidence { get; init; }
    public Label? Note { get; init; }

    /// <summary>SHA-256 of what is asked, derived facts written in: an answer stands as long as the question is the same.</summary>
    public string Hash { get; init; } = "";

    /// <summary>SHA-256 of the file that holds it.</summary>
    public string FileHash { get; init; } = "";
}

/// <summary>A named what-if: facts replaced where a condition holds, parameters replaced, nothing written.</summary>
public sealed record Overlay(string Id, Label Label, ImmutableArray<OverlaySet> Sets, ImmutableDictionary<string, Value> Parameters);

/// <summary>"Set this fact to this where that": values are expressions over the subject.</summary>
public sealed record OverlaySet(Fact Fact, Variable Item, Expr? Where, Expr To);
