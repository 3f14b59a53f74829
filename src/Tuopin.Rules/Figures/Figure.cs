using System.Collections.Immutable;
using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Figures;

/// <summary>
/// One number of the catalogue. It has exactly one definition: what is counted (<see cref="Counted"/>), verdicts (<see cref="Verdicts"/>), a formula over
/// other figures (<see cref="Formula"/>), days to a day (<see cref="Until"/>), or what somebody states (<see cref="StatedBy"/>).
/// </summary>
/// <param name="Id">Letters, digits and underscores, as formulas write it.</param>
/// <param name="Decimals">Places shown, of the unit; never places computed with.</param>
/// <param name="Owner">The department that answers for it, of code list <c>department</c>.</param>
public sealed record Figure(string Id, Label Label, Label Group, FigureUnit Unit, int Decimals, string Owner, Source Source)
{
    public Tally? Counted { get; init; }

    /// <summary>The tally it is, kept per village and rolled up, so that the figure of the judged day is read and not counted.</summary>
    public string? Kept { get; init; }

    public FigureVerdicts? Verdicts { get; init; }
    public FigureTerm? Formula { get; init; }

    /// <summary>Its formula is a part over the whole that holds it: whatever is unknown, it lies from none to all.</summary>
    public bool IsShare { get; init; }

    /// <summary>The day it counts down to, in days from the day asked for; below zero once that day is past.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Departments that may state it; empty for a figure that is computed. None outranks another: where two differ, a person chooses.</summary>
    public ImmutableArray<string> StatedBy { get; init; } = [];

    /// <summary>Where an area has no statement of its own, those of all areas one level beneath may be added up.</summary>
    public bool AddsUp { get; init; }

    /// <summary>A statement holds for days of its own calendar year alone; without it until there is a newer one.</summary>
    public bool OfYear { get; init; }

    /// <summary>Of which moment its subjects, members and years are, seen from the day asked for.</summary>
    public Moment Moment { get; init; }

    /// <summary>The legal line it is held against; more digits are shown where rounding would hide its side.</summary>
    public Parameter? Line { get; init; }

    /// <summary>The rule or formula as the pack has it.</summary>
    public string Definition { get; init; } = "";
    public Label? Note { get; init; }
    public string File { get; init; } = "";

    /// <summary>The report whose pack has it; null for the catalogue.</summary>
    public string? Report { get; init; }

    /// <summary>Whether departments state it; else it is computed.</summary>
    public bool IsStated => !StatedBy.IsEmpty;

    /// <summary>The figures its formula names, each once.</summary>
    public IReadOnlyList<Figure> Parts => Formula is null ? [] : [.. Formula.Parts().Select(p => p.Figure).Distinct()];

    /// <summary>Itself and all figures beneath, parts before what is made of them.</summary>
    public IEnumerable<Figure> All() => Parts.SelectMany(p => p.All()).Append(this).DistinctBy(f => f.Id);

    public bool Equals(Figure? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Households as the standard that decides for them finds them.</summary>
/// <param name="Indicator">Of whatever standard decides; null for the standard as a whole.</param>
public sealed record FigureVerdicts(string? Indicator, FigureResult Result, FigureStanding Standing, bool Persons);

public enum FigureResult : byte
{
    Met,
    Unmet,
    Unknown,

    /// <summary>All for whom there is a verdict.</summary>
    Judged,
}

public enum FigureStanding : byte
{
    All,
    Remaining,
    Exited,
    Unregistered,
}

public enum MomentKind : byte
{
    /// <summary>The day asked for.</summary>
    Day,

    /// <summary>31 December of the year before.</summary>
    EndOfLastYear,

    /// <summary>The same day a year before.</summary>
    YearBefore,

    /// <summary>One day for ever: a base.</summary>
    Fixed,
}

/// <summary>A moment seen from a day.</summary>
public readonly record struct Moment(MomentKind Kind, DateOnly Fixed = default)
{
    /// <summary>The day it is; null for a fixed day that lies after the day asked for.</summary>
    public DateOnly? On(DateOnly day) =>
        Kind switch
        {
            MomentKind.EndOfLastYear => new DateOnly(day.Year - 1, 12, 31),
            MomentKind.YearBefore => day.AddYears(-1),
            MomentKind.Fixed => Fixed > day ? null : Fixed,
            _ => day,
        };

    public override string ToString() =>
        Kind switch
        {
            MomentKind.EndOfLastYear => "end_of_last_year",
            MomentKind.YearBefore => "year_before",
            MomentKind.Fixed => Fixed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => "day",
        };

    public static Moment? Read(string text) =>
        text switch
        {
            "day" => default(Moment),
            "end_of_last_year" => new Moment(MomentKind.EndOfLastYear),
            "year_before" => new Moment(MomentKind.YearBefore),
            _ when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => new Moment(
                MomentKind.Fixed,
                day
            ),
            _ => null,
        };
}

/// <summary>A part of a formula over figures.</summary>
public abstract record FigureTerm(FigureUnit Unit)
{
    /// <summary>The figures named, left to right.</summary>
    public IEnumerable<FigurePart> Parts() =>
        this switch
        {
            FigurePart part => [part],
            FigureOperation o => o.Left.Parts().Concat(o.Right.Parts()),
            _ => [],
        };
}

public sealed record FigureConstant(Exact Value) : FigureTerm(FigureUnit.None);

/// <summary>Another figure, at the same moment or <c>at(figure, 'moment')</c>.</summary>
public sealed record FigurePart(Figure Figure, Moment At) : FigureTerm(Figure.Unit);

/// <param name="Sign">+ - * /.</param>
public sealed record FigureOperation(char Sign, FigureTerm Left, FigureTerm Right, FigureUnit Unit) : FigureTerm(Unit);
