using System.Collections.Immutable;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>When something was done: the work date, and the day of the machine's clock where the work date is not all there is (a demonstration stands still).</summary>
public readonly record struct Moment(DateOnly Work, DateOnly? Clock);

/// <summary>In what capacity somebody acts: a role held for an area of a level that contains the area of the list.</summary>
public readonly record struct Hat(ActingRole Role, AreaLevel Level);

/// <summary>How a list came to its end.</summary>
public enum ListEnd : byte
{
    /// <summary>Its last step was taken, or nobody was left on it.</summary>
    Done = 1,
    Rejected = 2,
    Lapsed = 3,
}

/// <summary>An objection (异议); unanswered while <see cref="Upheld"/> is null. Without a subject it is about the list as a whole.</summary>
/// <param name="Appealed">Its answer was appealed against; the appeal is open while <paramref name="AppealUpheld"/> is null.</param>
public sealed record Objection(int Number, long? Subject, bool? Upheld, bool Appealed = false, bool? AppealUpheld = null)
{
    /// <summary>Somebody waits for a reply.</summary>
    public bool Waits => Upheld is null || (Appealed && AppealUpheld is null);
}

/// <summary>
/// Where a list stands. A subject without a cause is open; with one it is done with, and that is its outcome for good. <see cref="Acts"/> counts what was
/// done so far and is the version that a writer must have seen.
/// </summary>
public sealed record ListState(
    string Change,
    IReadOnlyDictionary<string, int> Days,
    DateOnly Opened,
    string Step,
    Moment Since,
    Moment? Hung,
    Moment Last,
    ListEnd? Ended,
    ImmutableSortedDictionary<long, OutcomeCause?> Subjects,
    ImmutableArray<Objection> Objections,
    int Acts
)
{
    /// <summary>A list that was just opened, with nobody on it.</summary>
    public static ListState Open(Procedure procedure, string change, IReadOnlyDictionary<string, int> days, Moment at) =>
        new(change, days, at.Work, procedure.First.Id, at, null, at, null, ImmutableSortedDictionary<long, OutcomeCause?>.Empty, [], 0);

    /// <summary>By what working days are counted: a matter of the calendar, not of the list.</summary>
    public Holidays Holidays { get; init; } = Holidays.None;

    public IEnumerable<long> OpenSubjects => Subjects.Where(s => s.Value is null).Select(s => s.Key);

    public bool IsOpen(long subject) => Subjects.TryGetValue(subject, out var cause) && cause is null;

    /// <summary>The last day of the current step; null where it has none.</summary>
    public DateOnly? Deadline(Procedure procedure) =>
        Ended is null && procedure.Step(Step).Due is { } due
            ? due.Within is { } within
                ? DayCounting.After(Since.Work, within.Of(Days), within.Counted, Holidays)
                : DayCounting.Next(Opened, due.ByMonth!.Value, due.ByDay!.Value)
            : null;

    /// <summary>The day after which the list is over by itself.</summary>
    public DateOnly? LapsesAfter(Procedure procedure) => procedure.Step(Step).Due is { Lapses: true } ? Deadline(procedure) : null;

    /// <summary>Whether the days of a publicity are over: on the work date, and on the clock where that goes.</summary>
    public bool Over(Procedure procedure, Moment at) =>
        HangsUntil(procedure) is { } until
        && at.Work >= until
        && (
            Hung!.Value.Clock is not { } from
            || (at.Clock is { } now && procedure.Step(Step).Days is { } days && now >= DayCounting.After(from, days.Of(Days), days.Counted, Holidays))
        );

    /// <summary>The first day a publicity that hangs may end.</summary>
    public DateOnly? HangsUntil(Procedure procedure) =>
        Hung is { } hung && procedure.Step(Step).Days is { } days ? DayCounting.After(hung.Work, days.Of(Days), days.Counted, Holidays) : null;
}

/// <summary>Counting days.</summary>
public static class DayCounting
{
    /// <summary>The day on which so many days have gone by since a day, which itself does not count.</summary>
    public static DateOnly After(DateOnly from, int days, DayCount counted, Holidays holidays)
    {
        if (counted == DayCount.Natural)
            return from.AddDays(days);
        for (var left = days; left > 0; )
            if (holidays.IsWorking(from = from.AddDays(1)))
                left--;
        return from;
    }

    /// <summary>The first such day of a year on or after a day.</summary>
    public static DateOnly Next(DateOnly from, int month, int day) =>
        new DateOnly(from.Year, month, day) is var here && here >= from ? here : new DateOnly(from.Year + 1, month, day);
}
