using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

/// <summary>
/// Whose statement of a fact counts more: the order of its <c>stated_by</c>. An author it does not name (the national export) only carries what the last of
/// them stated, and ranks as that one.
/// </summary>
public static class Ranks
{
    public static int Of(Fact fact, string author) => fact.StatedBy.IndexOf(author) is >= 0 and var rank ? rank : fact.StatedBy.Length - 1;

    /// <summary>The same in SQL for an author known only to the database.</summary>
    public static string Sql(Fact fact, string author) =>
        $"CASE {author} {string.Join(' ', fact.StatedBy.Select((a, i) => $"WHEN '{a}' THEN {i}"))} ELSE {fact.StatedBy.Length - 1} END";

    /// <summary>Facts that two authors may state differently. Text is not kept as a statement.</summary>
    public static bool CanConflict(Fact fact) => fact.StatedBy.Length > 1 && fact.Type.Kind != Kind.Text && fact.Kept != Kept.Derived;

    /// <summary>The author of the value in force: the highest-ranked statement of that value, else who changed the row.</summary>
    public static string InForce(Fact fact, string subjectId, string year, string value, string rowAuthor) =>
        $"""
            coalesce((SELECT st.stated_by FROM statements st WHERE st.subject = '{fact.Subject.Name}' AND st.subject_id = {subjectId} AND st.fact = '{fact.Name}'
              AND st.year = {year} AND st.value = {value} ORDER BY {Sql(fact, "st.stated_by")} LIMIT 1), {rowAuthor})
            """;
}
