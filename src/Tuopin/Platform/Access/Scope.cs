using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>
/// Whose records a caller may see: households whose registered village or living place lies in a range of area codes, and households paired with a post.
/// Grants add up (union). It is never checked after reading: <see cref="Households"/> is a predicate of every query, so what lies outside does not exist.
/// </summary>
public sealed record Scope(IReadOnlyList<AreaRange> Areas, IReadOnlyList<long> Posts)
{
    public static readonly Scope Nothing = new([], []);

    /// <summary>A command line acts for whoever owns the data folder.</summary>
    public static readonly Scope Everything = new([AreaRange.Nation], []);

    public bool IsEmpty => Areas.Count == 0 && Posts.Count == 0;

    /// <summary>Whether figures of the whole of an area may be shown; a cadre's pairings give none.</summary>
    public bool Covers(AreaRange area) => Areas.Any(a => a.Contains(area));

    public bool Covers(long areaCode) => Areas.Any(a => a.Contains(areaCode));

    /// <summary>Whether something of an area may be seen: the area lies within the scope or around it.</summary>
    public bool Touches(AreaRange area) => Areas.Any(a => a.Overlaps(area));

    /// <summary>
    /// The rows of <c>household_list</c> within this scope and within <paramref name="area"/>, each household once. The table is clustered by
    /// <c>place_code</c> and holds a household at its registered village and, where that differs, at its living place too.
    /// </summary>
    /// <param name="day">Pairings in force on this day (yyyyMMdd).</param>
    public string Households(string alias, AreaRange area, int day)
    {
        var ranges = Within(area);
        var paired = Posts.Count == 0 ? null : Paired(alias, area, day);
        var parts = ranges.Select(r => Place(alias, r, ranges, paired)).ToList();
        if (paired is not null)
            parts.Add($"({alias}.place_code = {alias}.area_code AND {paired})");
        return parts.Count == 0 ? "1 = 0" : "(" + string.Join(" OR ", parts) + ")";
    }

    private string Paired(string alias, AreaRange area, int day) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"({alias}.area_code BETWEEN {area.From} AND {area.To} AND {alias}.household_id IN (SELECT r.household_id FROM responsibilities r WHERE r.post_id IN ({string.Join(", ", Posts)}) AND r.household_id IS NOT NULL AND r.from_day <= {day} AND (r.to_day IS NULL OR r.to_day > {day})))"
        );

    /// <summary>The ranges of this scope that lie within an area, none inside another.</summary>
    public IReadOnlyList<AreaRange> Within(AreaRange area)
    {
        var cut = Areas
            .Where(a => a.Overlaps(area))
            .Select(a => new AreaRange(Math.Max(a.From, area.From), Math.Min(a.To, area.To)))
            .Distinct()
            .ToList();
        return [.. cut.Where(a => !cut.Exists(b => b != a && b.Contains(a))).OrderBy(a => a.From)];
    }

    // A household stands at its living place only where neither its registered village nor a pairing has already brought it in.
    private static string Place(string alias, AreaRange range, IReadOnlyList<AreaRange> all, string? paired)
    {
        var elsewhere = string.Join(
            " AND ",
            all.Select(r => string.Create(CultureInfo.InvariantCulture, $"{alias}.area_code NOT BETWEEN {r.From} AND {r.To}"))
        );
        if (paired is not null)
            elsewhere += $" AND NOT {paired}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"({alias}.place_code BETWEEN {range.From} AND {range.To} AND ({alias}.place_code = {alias}.area_code OR {elsewhere}))"
        );
    }
}
