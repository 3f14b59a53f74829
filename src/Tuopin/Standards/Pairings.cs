namespace Tuopin.Standards;

/// <summary>Households that posts and units answer for on a day, as queries of ids over parameters <c>@post</c>, <c>@posts</c> or <c>@unit</c>.</summary>
public static class Pairings
{
    public static string OfPost(int day) => Households("r.post_id = @post", day);

    public static string OfPosts(IReadOnlyList<long> posts, int day) => Households($"r.post_id IN ({string.Join(", ", posts)})", day);

    /// <summary>Those paired with the unit itself or with one of its posts.</summary>
    public static string OfUnit(int day) => Households("(r.unit_id = @unit OR r.post_id IN (SELECT q.id FROM posts q WHERE q.unit_id = @unit))", day);

    /// <summary>Those paired with a unit, or a post of one, that meets a condition over <c>u</c>.</summary>
    public static string OfUnitsNamed(string named, int day) =>
        Households(
            $"(r.unit_id IN (SELECT u.id FROM units u WHERE {named}) OR r.post_id IN (SELECT q.id FROM posts q JOIN units u ON u.id = q.unit_id WHERE {named}))",
            day
        );

    /// <summary>Those paired with a post that meets a condition over <c>q</c>.</summary>
    public static string OfPostsNamed(string named, int day) => Households($"r.post_id IN (SELECT q.id FROM posts q WHERE {named})", day);

    public static string Covers(string alias, int day) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";

    private static string Households(string whose, int day) =>
        $"SELECT r.household_id FROM responsibilities r WHERE {whose} AND r.household_id IS NOT NULL AND {Covers("r", day)}";
}
