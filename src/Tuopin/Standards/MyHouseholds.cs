using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>The households paired with posts on the day, those with most missing first: a cadre's work.</summary>
public static class MyHouseholds
{
    /// <summary>More than one person can look after; the list of households shows the rest.</summary>
    public const int Most = 200;

    public static IReadOnlyList<ListHouseholds.Row> Handle(Viewer viewer, IReadOnlyList<long> posts) =>
        posts.Count == 0 ? [] : Of(viewer, Lights.Of(viewer, AreaRange.Nation), posts);

    public static IReadOnlyList<ListHouseholds.Row> Of(Viewer viewer, Lights lights, IReadOnlyList<long> posts)
    {
        var rows = viewer
            .Connection.Query<ListHouseholds.Row>(
                $"""
                SELECT l.* FROM household_list l
                WHERE l.household_id IN ({Pairings.OfPosts(posts, viewer.Day)}) AND {viewer.Households("l", AreaRange.Nation)}
                ORDER BY l.place_code, l.household_id LIMIT {Most}
                """
            )
            .ToList();
        foreach (var row in rows)
            row.Lights = [.. lights.Of(row.StandardVersionId, row.Met, row.Unmet, row.Exempt)];
        return
        [
            .. rows.OrderByDescending(r => r.Lights.Count(l => l.Light == Light.Unmet))
                .ThenByDescending(r => r.Lights.Count(l => l.Light == Light.Unknown)),
        ];
    }
}
