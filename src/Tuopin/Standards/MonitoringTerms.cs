using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary>
/// The kinds of monitored households by era, as the procedures in force on a day name them: two to 2020, three in 2021-25, one term from 2026. What a kind
/// was called follows from the day it was identified on.
/// </summary>
public static class MonitoringTerms
{
    /// <summary>The kinds that can be identified on a day: key of <c>monitoring_kind</c> and what it is called.</summary>
    public static IReadOnlyList<(string Kind, Label Title)> Of(PackSet packs, DateOnly day) =>
        [
            .. packs
                .Procedures.Where(p => p.InForce.Covers(day))
                .OrderByDescending(p => p.Area.Width)
                .SelectMany(p => p.Changes)
                .Where(c => c.Opens is not null)
                .Select(c => (c.Opens!, c.Title))
                .DistinctBy(c => c.Item1),
        ];

    /// <summary>What a kind identified on a day was called then.</summary>
    public static Label Name(PackSet packs, long kind, long day)
    {
        var entry = packs.Dictionary.CodeLists["monitoring_kind"].Find(kind);
        return entry is null ? new("?", "?")
            : day > 19000101 ? Of(packs, DayNumber.ToDate((int)day)).Where(k => k.Kind == entry.Key).Select(k => k.Title).FirstOrDefault(entry.Label)
            : entry.Label;
    }
}
