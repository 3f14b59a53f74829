using Tuopin.Exchange;

namespace Tuopin.Registry.Merging;

// Units, who works there, and what they answer for: pairings of helpers with households, teams of places.
public sealed partial class MergePlan
{
    // Without a place there is no key: such a row makes nothing.
    private const string FirstOfUnit = "s.unit_row = s.ordinal AND s.area_code IS NOT NULL";
    private const string FirstOfPost = "s.post_row = s.ordinal AND s.area_code IS NOT NULL";

    // A pairing sheet that states no role pairs the helper (帮扶联系人).
    private string Role =>
        sheet.Facts.TryGetValue(Fact("responsibility", "role"), out var column) ? $"coalesce(s.{column}, '帮扶联系人')" : "'帮扶联系人'";

    private void ResolveResponsibilities()
    {
        PointToFirstsOfUnits();
        Update("unit_id = u.id", "units u", "u.name = s.unit_name");
        ResolvePosts();
        var subject = sheet.Kind == SheetKind.Helpers ? "r.household_id = k.household_id" : $"r.area_id {Same} s.area_id";
        Update(
            "responsibility_id = r.id",
            "responsibilities r",
            $"r.post_id = k.post_id AND {subject} AND r.role {Same} k.role AND r.to_day IS NULL"
        );
    }

    // Rows were taken out since they were numbered: the first that is left speaks for its unit and its post.
    private void PointToFirstsOfUnits()
    {
        if (!sheet.Has("unit_name"))
            return;
        foreach (var row in new[] { "unit_row", "post_row" })
            Run(
                $"""
                UPDATE {sheet.Resolved} AS k SET {row} = f.first_row FROM (
                  SELECT n.{row} AS was, min(n.ordinal) AS first_row FROM {sheet.Resolved} n WHERE n.{row} IS NOT NULL AND n.area_code IS NOT NULL
                  GROUP BY n.{row} HAVING min(n.ordinal) <> n.{row}
                ) f WHERE f.was = k.{row}
                """
            );
    }

    // Who holds a post is known by the ID number, then by name and telephone; a name alone will do where a unit has one such person, here and in the file.
    private void ResolvePosts()
    {
        var byId = sheet.Has("helper_id_index");
        if (byId)
            Update("post_id = p.id", "posts p", "p.unit_id = k.unit_id AND p.id_index = s.helper_id_index AND p.to_day IS NULL");
        const string held = """
            (SELECT unit_id, holder_name, min(phone_index) AS phone_index, min(id) AS any_id, min(CASE WHEN id_index IS NULL THEN id END) AS id_without, count(*) AS held
             FROM posts WHERE to_day IS NULL GROUP BY unit_id, holder_name
            """;
        var found = byId ? "CASE WHEN s.helper_id_index IS NULL THEN coalesce(p.id_without, p.any_id) ELSE p.id_without END" : "p.any_id";
        Match($"{held}, phone_index) p", $"p.phone_index {Same} s.phone_index", ", coalesce(s.phone_index, 0)", ", coalesce(n.phone_index, 0)");
        Match($"{held} HAVING count(*) = 1) p", "TRUE", "", "");
        // What is found for one row of a person is found for all.
        Run(
            $"""
            UPDATE {sheet.Resolved} AS k SET post_id = f.post_id FROM (
              SELECT n.post_row, min(n.post_id) AS post_id FROM {sheet.Resolved} n WHERE n.post_id IS NOT NULL GROUP BY n.post_row
            ) f WHERE f.post_row = k.post_row AND k.post_id IS NULL
            """
        );

        // Several people of the file are not one person held.
        void Match(string posts, string more, string mine, string theirs) =>
            Update(
                $"post_id = {found}",
                posts,
                $"""
                k.post_id IS NULL AND p.unit_id = k.unit_id AND p.holder_name = s.helper_name AND {more} AND (s.unit_name, s.helper_name{mine}) IN (
                  SELECT n.unit_name, n.helper_name{theirs} FROM {sheet.Rows} n WHERE n.helper_name IS NOT NULL
                  GROUP BY n.unit_name, n.helper_name{theirs} HAVING count(DISTINCT n.post_row) = 1)
                """
            );
    }

    private void ResponsibilitySteps()
    {
        if (!sheet.Has("unit_name"))
            return;
        Step("units", $"s.unit_name IS NOT NULL AND {FirstOfUnit}", [("id", "unit_id")], [new("name", "unit_name"), .. FactsOn("units")]);
        var post = new List<MergeColumn>
        {
            new("unit_id", "unit_id") { OnlyNew = true },
            new("holder_name", "helper_name"),
            new("from_day", "from_day") { OnlyNew = true, WhenNew = $"{Days.Beginning}" },
        };
        if (sheet.Has("helper_id_cipher"))
        {
            post.Add(new("id_index", "helper_id_index"));
            post.Add(new("id_cipher", "helper_id_cipher") { Follows = ["id_index"] });
        }
        if (sheet.Has("phone_cipher"))
        {
            post.Add(new("phone_index", "phone_index"));
            post.Add(new("phone_cipher", "phone_cipher") { Follows = ["phone_index"] });
        }
        Step(
            "posts",
            $"s.unit_name IS NOT NULL AND s.helper_name IS NOT NULL AND {FirstOfPost}",
            [("id", "post_id")],
            [.. post, .. FactsOn("posts").Where(c => c.Name != "holder_name")]
        );
        var subject = sheet.Kind == SheetKind.Helpers ? new MergeColumn("household_id", "household_id") : new MergeColumn("area_id", "area_id");
        Step(
            "responsibilities",
            sheet.Kind == SheetKind.Helpers
                ? "s.household_id IS NOT NULL AND s.helper_name IS NOT NULL"
                : "s.unit_name IS NOT NULL AND s.helper_name IS NOT NULL",
            [("id", "responsibility_id")],
            [
                new("unit_id", "unit_id") { OnlyNew = true },
                new("post_id", "post_id") { OnlyNew = true },
                subject,
                new("role", "role"),
                new("from_day", "from_day"),
                new("to_day", "to_day"),
                .. FactsOn("responsibilities").Where(c => c.Name != "role"),
            ]
        );
    }

    // Keys are issued by county: a unit and a post whose rows lie in several have the key of their first row.
    private void ShareKeys()
    {
        if (!sheet.Has("unit_name") || Count($"(SELECT DISTINCT area_code / 1000000 FROM {sheet.Resolved} WHERE area_code IS NOT NULL) c") < 2)
            return;
        foreach (var (id, row) in new[] { ("unit_id", "unit_row"), ("post_id", "post_row") })
            Run(
                $"UPDATE {sheet.Resolved} AS k SET {id} = f.{id} FROM {sheet.Resolved} f WHERE f.ordinal = k.{row} AND f.{id} IS NOT NULL AND f.{id} <> k.{id}"
            );
    }

    // A list of helpers names all who are paired with a household in a role: whoever it no longer names is paired no longer. A list with rows kept out names
    // fewer than it should, and ends nothing; nor does an older list end what a newer one stated.
    private string EndedPairings =>
        $"""
            household_id IS NOT NULL AND to_day IS NULL AND from_day < {dataDay} AND change_id NOT IN (SELECT c.id FROM changes c WHERE c.data_day > {dataDay})
              AND (household_id, role) IN (SELECT k.household_id, k.role FROM {sheet.Resolved} k JOIN {sheet.Rows} s ON s.row_no = k.row_no
                WHERE k.household_id IS NOT NULL AND s.helper_name IS NOT NULL AND s.to_day IS NULL)
              AND id NOT IN (SELECT k.responsibility_id FROM {sheet.Resolved} k WHERE k.responsibility_id IS NOT NULL)
            """;

    private bool EndsPairings =>
        sheet is { Kind: SheetKind.Helpers, IsWhole: true } && HeldBack.All(h => h.Why == Held.Repeated) && sheet.Has("unit_name");

    private MergeCounts CountEnded(MergeStep step, MergeCounts counts) =>
        EndsPairings && step.Table == "responsibilities"
            ? counts with
            {
                Changed = counts.Changed + Count($"responsibilities WHERE {EndedPairings}"),
            }
            : counts;

    private void EndPairings(long changeId)
    {
        if (EndsPairings)
            Run($"UPDATE responsibilities SET to_day = {dataDay}, change_id = {changeId} WHERE {EndedPairings}");
    }
}
