using Tuopin.Rules.Figures;

namespace Tuopin.Figures.Targets;

/// <summary>How a target stands.</summary>
public enum TargetStanding
{
    /// <summary>The goal is reached.</summary>
    Met,

    /// <summary>At the pace so far the goal is reached in time.</summary>
    OnPace,

    /// <summary>At the pace so far it is not.</summary>
    Behind,

    /// <summary>The deadline has passed without it.</summary>
    Missed,

    /// <summary>The figure has no number, or no time has passed from which a pace follows.</summary>
    Unknown,
}

/// <summary>Progress, pace and forecast of a target, exact; a month is 30 days.</summary>
/// <param name="Left">What is missing to the goal, never below zero; null where the figure has no number.</param>
/// <param name="Share">Part of the way that is done, from the start to the goal; null where there is no way or no start.</param>
/// <param name="Needed">What has to come about in a month from now on to reach the goal; null once it is reached, or too late.</param>
/// <param name="SoFar">What came about in a month since the first day, towards the goal; negative where it went the other way.</param>
/// <param name="AtDeadline">The figure at the deadline at this pace.</param>
/// <param name="Reached">The day the goal is reached at this pace; null where it never is.</param>
public sealed record Pace(
    TargetStanding Standing,
    int DaysLeft,
    Exact? Left,
    Exact? Share,
    Exact? Needed,
    Exact? SoFar,
    Exact? AtDeadline,
    DateOnly? Reached
)
{
    private const int Month = 30;

    /// <summary>Nobody plans for longer.</summary>
    private const int MostDays = 36_500;

    /// <param name="goal">As all values in base units.</param>
    /// <param name="rising">Whether the figure is to rise to it.</param>
    /// <param name="start">The figure on the first day; null where it had no number.</param>
    /// <param name="now">The figure today: where something is unknown, its less hopeful end counts.</param>
    public static Pace Of(Exact goal, bool rising, Exact? start, FigureValue now, DateOnly from, DateOnly deadline, DateOnly today)
    {
        var daysLeft = deadline.DayNumber - today.DayNumber;
        if (!now.IsKnown)
            return new(TargetStanding.Unknown, daysLeft, null, null, null, null, null, null);
        var value = rising ? now.Low : now.High;
        var left = rising ? goal - value : value - goal;
        var met = left.Sign <= 0;
        Exact? way = start is { } s0 ? (rising ? goal - s0 : s0 - goal) : null;
        Exact? done = start is { } s1 ? (rising ? value - s1 : s1 - value) : null;
        Exact? share = way is { Sign: > 0 } w && done is { } d0 ? d0 / w : null;
        var passed = today.DayNumber - from.DayNumber;
        Exact? aDay = passed > 0 && done is { } d1 ? d1 / passed : null;
        Exact? needed = !met && daysLeft > 0 ? left * Month / daysLeft : null;
        Exact? atDeadline = aDay is { } pace && daysLeft >= 0 ? (rising ? value + pace * daysLeft : value - pace * daysLeft) : null;
        DateOnly? reached = !met && aDay is { Sign: > 0 } p && Days(left / p) is { } days ? today.AddDays(days) : null;
        var standing =
            met ? TargetStanding.Met
            : daysLeft < 0 ? TargetStanding.Missed
            : aDay is null ? TargetStanding.Unknown
            : reached is { } day && day <= deadline ? TargetStanding.OnPace
            : TargetStanding.Behind;
        return new(standing, daysLeft, met ? 0 : left, share, needed, aDay is { } a ? a * Month : null, atDeadline, reached);
    }

    // Whole days, the last one begun counts.
    private static int? Days(Exact days)
    {
        var whole = (days.Numerator + days.Denominator - 1) / days.Denominator;
        return whole > MostDays ? null : (int)whole;
    }
}
