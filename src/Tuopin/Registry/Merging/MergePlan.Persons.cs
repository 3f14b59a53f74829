using Tuopin.Exchange;

namespace Tuopin.Registry.Merging;

// Persons and the households they belong to. Most sheets list who is a member now; a sheet of changes, or one with the days, states the episode.
public sealed partial class MergePlan
{
    private void PersonSteps()
    {
        if (!MakesPersons)
        {
            if (FactsOn("persons") is { Count: > 0 } facts)
                Step("persons", "s.person_id IS NOT NULL", [("id", "person_id")], facts);
            return;
        }
        var columns = new List<MergeColumn>
        {
            new("name", "person_name"),
            new("area_code", "area_code"),
            new("national_no", "person_no"),
            // A member without a national number has ours until it arrives.
            new("provisional_no", "person_provisional_no")
            {
                WhenNew = "coalesce(s.person_provisional_no, CASE WHEN s.person_no IS NULL THEN 'P' || s.person_id END)",
            },
        };
        if (sheet.Facts.ContainsKey(Fact("person", "id_index")))
            columns.Add(new("id_cipher", "id_cipher") { Follows = ["id_index", "id_length", "id_is_placeholder", "disability_grade"] });
        if (sheet.Has("phone_cipher"))
        {
            columns.Add(new("phone_index", "phone_index"));
            columns.Add(new("phone_cipher", "phone_cipher") { Follows = ["phone_index"] });
        }
        Step(
            "persons",
            sheet.Kind == SheetKind.MemberChanges ? $"{HouseholdKnown} AND s.person_row = s.ordinal" : HouseholdKnown,
            [("id", "person_id")],
            [.. columns, .. FactsOn("persons").Select(OfNumber)]
        );
        Step(
            "memberships",
            HouseholdKnown,
            [("household_id", "household_id"), ("person_id", "person_id"), ("from_day", "membership_from")],
            sheet.Has("to_day") ? [new("to_day", "to_day"), .. FactsOn("memberships")] : FactsOn("memberships")
        );
    }

    // Another number replaces all that was derived of the one before; the grade of a disability is known from elsewhere too.
    private MergeColumn OfNumber(MergeColumn column) =>
        column.Name.StartsWith("id_", StringComparison.Ordinal) && sheet.Facts.TryGetValue(Fact("person", "id_kind"), out var kind)
            ? column with
            {
                With = kind,
            }
            : column;

    /// <summary>
    /// A household held without a national number is known by the ID number of its head: so an unregistered household keeps its key and its record when it is
    /// registered. Two households of the file under one head are left to their numbers.
    /// </summary>
    private void MatchHeads()
    {
        if (
            !sheet.Has("head_id_index")
            || !NamesHouseholds
            || Count($"(SELECT 1 FROM {sheet.Resolved} WHERE household_id IS NULL LIMIT 1) k") == 0
            || Count("(SELECT 1 FROM households WHERE national_no IS NULL LIMIT 1) h") == 0 && (MakesHouseholds || !RowsWithoutNumber)
        )
            return;
        var head = dictionary["person"].Facts["relation"].Type.List!.Find("head")!.Number;
        // Each side in a table of its own: neither is looked through once for every row of the other.
        Run(
            $"""
            CREATE TEMPORARY TABLE heads_stated AS
            SELECT min(coalesce(s.household_row, s.ordinal)) AS ordinal, s.head_id_index, min(s.household_no) AS household_no FROM {sheet.Rows} s
            WHERE s.head_id_index IS NOT NULL GROUP BY s.head_id_index HAVING count(DISTINCT coalesce(s.household_row, s.ordinal)) = 1
            """
        );
        Run(
            $"""
            CREATE TEMPORARY TABLE heads_held AS
            SELECT p.id_index, h.id AS household_id, h.village_id, h.area_code, h.national_no FROM households h
            JOIN memberships m ON m.household_id = h.id AND m.to_day IS NULL AND m.relation = {head} JOIN persons p ON p.id = m.person_id
            WHERE p.id_index IS NOT NULL{(MakesHouseholds ? " AND h.national_no IS NULL" : "")}
            """
        );
        Run(
            $"""
            CREATE TEMPORARY TABLE head_matches AS
            SELECT c.ordinal, h.household_id, h.village_id, h.area_code FROM heads_stated c
            JOIN heads_held h ON h.id_index = c.head_id_index AND (h.national_no IS NULL OR c.household_no IS NULL)
            JOIN {sheet.Resolved} k ON k.ordinal = c.ordinal AND k.household_id IS NULL
            WHERE h.household_id NOT IN (SELECT o.household_id FROM {sheet.Resolved} o WHERE o.household_id IS NOT NULL)
            """
        );
        if (Count("head_matches") > 0)
            Run(
                $"""
                UPDATE {sheet.Resolved} AS k SET household_id = c.household_id, membership_from = NULL,
                  village_id = coalesce(k.village_id, c.village_id), area_code = coalesce(k.area_code, c.area_code)
                FROM head_matches c WHERE c.ordinal = coalesce(k.household_row, k.ordinal) AND k.household_id IS NULL
                """
            );
        foreach (var table in new[] { "heads_stated", "heads_held", "head_matches" })
            Run($"DROP TABLE {table}");
    }

    private bool RowsWithoutNumber =>
        Count($"(SELECT 1 FROM {sheet.Rows} s WHERE s.head_id_index IS NOT NULL AND s.household_no IS NULL LIMIT 1) s") > 0;

    private void ResolveMembers()
    {
        // A number that is new to us may be the one a member held under a provisional number was waiting for; a row without number may be one we hold.
        if (sheet.Facts.TryGetValue(Fact("person", "id_index"), out var index))
            MatchMembers($"p.id_index = s.{index}");
        if (sheet.Facts.TryGetValue(Fact("person", "birth"), out var birth))
            MatchMembers($"{(index is null ? "" : $"p.id_index IS NULL AND s.{index} IS NULL AND ")}p.name = s.person_name AND p.birth = s.{birth}");
        // Where the person belongs now: here, or elsewhere and moves here by the data date.
        const string here = "m.household_id = k.household_id";
        Update(
            $"""
            membership_from = CASE WHEN {here} THEN m.from_day WHEN s.to_day IS NULL THEN coalesce(k.from_day, {dataDay}) ELSE k.membership_from END,
              left_household_id = CASE WHEN {here} THEN NULL ELSE m.household_id END, left_from = CASE WHEN {here} THEN NULL ELSE m.from_day END
            """,
            "memberships m",
            "m.person_id = k.person_id AND m.to_day IS NULL"
        );
        if (sheet.Has("from_day"))
            Run(
                $"UPDATE {sheet.Resolved} SET membership_from = from_day WHERE from_day IS NOT NULL AND (membership_from IS NULL OR membership_from = {Days.Beginning})"
            );
        if (sheet.Has("to_day"))
        {
            // A closed episode is known again by its end; who is first heard of when leaving was a member from before our record.
            Update(
                "membership_from = m.from_day",
                "memberships m",
                "k.membership_from IS NULL AND m.person_id = k.person_id AND m.household_id = k.household_id AND m.to_day = s.to_day"
            );
            Run(
                $"UPDATE {sheet.Resolved} SET membership_from = {Days.Beginning} WHERE membership_from IS NULL AND row_no IN (SELECT s.row_no FROM {sheet.Rows} s WHERE s.to_day IS NOT NULL)"
            );
        }
        // The beginning of a first load is not stated: it holds from before our record. A member who appears in a household whose members we know joined by
        // the data date.
        Run(
            $"""
            UPDATE {sheet.Resolved} AS k SET membership_from = CASE
              WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.household_id = k.household_id) THEN {dataDay} ELSE {Days.Beginning} END
            WHERE k.membership_from IS NULL
            """
        );
    }

    private void MatchMembers(string condition) =>
        Update(
            "person_id = p.id",
            "memberships m JOIN persons p ON p.id = m.person_id",
            $"""
            k.person_id IS NULL AND m.household_id = k.household_id AND {(sheet.Kind == SheetKind.MemberChanges ? "TRUE" : "m.to_day IS NULL")}
              AND (p.national_no IS NULL OR s.person_no IS NULL) AND {condition}
            """
        );

    private string? OutdatedMembers =>
        MakesPersons
            ? $"{sheet.Resolved} s JOIN {sheet.Rows} r ON r.row_no = s.row_no WHERE s.left_from > s.membership_from AND r.to_day IS NULL"
            : null;

    // A person who turns up in another household has left the old one.
    private void MovePersons(long changeId)
    {
        if (MakesPersons)
            Run(
                $"""
                UPDATE memberships SET to_day = s.membership_from, change_id = {changeId} FROM {StepOf("memberships").New(sheet)}
                  AND s.left_household_id IS NOT NULL AND s.to_day IS NULL
                  AND memberships.household_id = s.left_household_id AND memberships.person_id = s.person_id AND memberships.from_day = s.left_from
                """
            );
    }

    // The episode whose beginning was not known is written again with its beginning.
    private void DropUndatedMemberships()
    {
        if (MakesPersons && sheet.Has("from_day"))
            Run(
                $"""
                DELETE FROM memberships WHERE to_day IS NULL AND from_day = {Days.Beginning} AND (household_id, person_id) IN (
                  SELECT s.household_id, s.person_id FROM {StepOf("memberships").New(sheet)} AND s.membership_from > {Days.Beginning})
                """
            );
    }
}
