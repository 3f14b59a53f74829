using Dapper;

namespace Tuopin.Registry.Merging;

// Status episodes. The household sheet states the status now, the year of identification and the year of exit; episodes follow from them. A change of
// status takes effect on 31 December of its year, when the annual adjustment closes, unless the file states the day.
public sealed partial class MergePlan
{
    private string Kind => "s." + sheet.Facts[Fact("household_status", "kind")];

    private string? YearColumn(string name) => sheet.Facts.TryGetValue(Fact("household_status", name), out var column) ? "s." + column : null;

    private string CurrentFrom
    {
        get
        {
            var codes = dictionary.CodeLists["status_kind"];
            var years = new List<string>();
            if (YearColumn("exit_year") is { } exit)
                years.Add(
                    $"CASE WHEN {Kind} IN ({codes.Find("exited_on_support")!.Number}, {codes.Find("exited_support_ended")!.Number}) THEN {exit} END"
                );
            if (YearColumn("returned_year") is { } returned)
                years.Add($"CASE WHEN {Kind} = {codes.Find("returned")!.Number} THEN {returned} END");
            if (YearColumn("identified_year") is { } identified)
                years.Add($"CASE WHEN {Kind} = {codes.Find("remaining")!.Number} THEN {identified} END");
            var year = years.Count == 0 ? "NULL" : $"coalesce({string.Join(", ", years)})";
            year = years.Count == 1 ? years[0] : year;
            return $"coalesce({(sheet.Has("from_day") ? "s.from_day" : "NULL")}, ({year}) * 10000 + 1231)";
        }
    }

    private void ResolveStatuses()
    {
        Update(
            "status_id = e.id, status_from = e.from_day",
            "household_statuses e",
            $"e.household_id = k.household_id AND e.to_day IS NULL AND e.kind = {Kind}"
        );
        // An exit keeps its year when support ends (or is granted again): that is a change on the day of the data, and no other exit.
        Update(
            $"status_from = {dataDay}",
            "household_statuses e",
            $"""
            e.household_id = k.household_id AND e.to_day IS NULL AND k.status_id IS NULL AND {Exited("e.kind")} AND {IsExited}
              AND {CurrentFrom} <= e.from_day AND e.from_day < {dataDay}{(sheet.Has("from_day") ? " AND s.from_day IS NULL" : "")}
            """
        );
        Run(
            $"""
            UPDATE {sheet.Resolved} AS k SET status_from = coalesce({CurrentFrom}, CASE
              WHEN EXISTS (SELECT 1 FROM household_statuses e WHERE e.household_id = k.household_id) THEN {dataDay} ELSE {Days.Beginning} END)
            FROM {sheet.Rows} s WHERE s.row_no = k.row_no AND k.status_from IS NULL
            """
        );
        // Another year for the status held now, or another status since before it began: what we held was wrong.
        var otherYear = $"""
            (({CurrentFrom}) / 10000 <> e.from_day / 10000 AND NOT ({Exited("e.kind")} AND EXISTS (SELECT 1 FROM household_statuses b
              WHERE b.household_id = e.household_id AND b.to_day = e.from_day AND {Exited("b.kind")})))
            """;
        Update(
            $"status_corrected = 1, status_id = NULL, status_from = coalesce({CurrentFrom}, k.status_from)",
            "household_statuses e",
            $"""
            e.household_id = k.household_id AND e.to_day IS NULL AND {Kind} IS NOT NULL
              AND CASE WHEN e.kind = {Kind} THEN {(
                sheet.Has("from_day") ? $"CASE WHEN s.from_day IS NULL THEN {otherYear} ELSE s.from_day <> e.from_day END" : otherYear
            )} ELSE k.status_from <= e.from_day END
            """
        );
    }

    // A status that began after the data date is not corrected by older data.
    private string? OutdatedStatuses =>
        Holds("household_status")
            ? $"""
                {sheet.Resolved} s JOIN household_statuses e ON e.household_id = s.household_id AND e.to_day IS NULL
                WHERE s.status_corrected = 1 AND e.from_day > {dataDay} AND {FirstOfHousehold}
                """
            : null;

    private void StatusSteps()
    {
        if (Holds("household_status"))
            Step(
                "household_statuses",
                $"{HouseholdKnown} AND {Kind} IS NOT NULL AND {FirstOfHousehold}",
                [("household_id", "household_id"), ("from_day", "status_from")],
                [new("id", "status_id") { OnlyNew = true }, .. FactsOn("household_statuses")],
                known: "s.status_corrected IS NULL"
            );
    }

    // What was wrong goes (history keeps it); the episode before lasts until the corrected one begins.
    private void CorrectStatuses(long changeId)
    {
        if (!Holds("household_status"))
            return;
        var corrected = $"{StepOf("household_statuses").New(sheet)} AND s.status_corrected = 1";
        Run(
            $"""
            DELETE FROM household_statuses WHERE (household_id, from_day) IN (
              SELECT e.household_id, e.from_day FROM household_statuses e, {corrected} AND e.household_id = s.household_id AND (e.to_day IS NULL OR e.from_day >= s.status_from))
            """
        );
        Run(
            $"""
            UPDATE household_statuses SET to_day = s.status_from, change_id = {changeId} FROM {corrected}
              AND household_statuses.household_id = s.household_id AND household_statuses.to_day <> s.status_from
              AND NOT EXISTS (SELECT 1 FROM household_statuses l WHERE l.household_id = s.household_id AND l.from_day > household_statuses.from_day)
            """
        );
    }

    // Another status now: the one that was open ends on the day the new one begins.
    private void CloseStatuses(long changeId)
    {
        if (Holds("household_status"))
            Run(
                $"""
                UPDATE household_statuses SET to_day = CASE WHEN {EarlierExitDay} > household_statuses.from_day AND {EarlierExitDay} < {ReturnDay} THEN {EarlierExitDay} ELSE s.status_from END, change_id = {changeId}
                FROM {StepOf("household_statuses").New(sheet)}
                  AND household_statuses.household_id = s.household_id AND household_statuses.to_day IS NULL AND household_statuses.from_day < s.status_from
                """
            );
    }

    private string StatusNumber(string key) => $"{dictionary.CodeLists["status_kind"].Find(key)!.Number}";

    private string IsExited => Exited(Kind);

    private string Exited(string kind) => $"{kind} IN ({StatusNumber("exited_on_support")}, {StatusNumber("exited_support_ended")})";

    // The day of the return to poverty that the file states: of the status now, or of an earlier one when the household has exited again since.
    private string ReturnDay =>
        YearColumn("returned_year") is not { } returned ? "CAST(NULL AS integer)"
        : YearColumn("exit_year") is { } exit
            ? $"CASE WHEN {Kind} = {StatusNumber("returned")} THEN s.status_from WHEN {IsExited} AND {returned} < {exit} THEN {returned} * 10000 + 1231 END"
        : $"CASE WHEN {Kind} = {StatusNumber("returned")} THEN s.status_from END";

    // The day of the exit before that return; an exit in the year of the return was undone and is none.
    private string EarlierExitDay
    {
        get
        {
            var earlier = YearColumn("earlier_exit_year") ?? "CAST(NULL AS integer)";
            var exit = YearColumn("exit_year") ?? "CAST(NULL AS integer)";
            return $"CASE WHEN {Kind} = {StatusNumber("returned")} THEN coalesce({earlier}, {exit}) WHEN {IsExited} THEN {earlier} END * 10000 + 1231";
        }
    }

    // The episodes before the one now, as far as the file states their years: poor from the identification, exited, returned to poverty, exited again.
    private void InsertEarlierStatuses(long changeId)
    {
        if (!Holds("household_status") || YearColumn("identified_year") is not { } identified)
            return;
        var chain = $"""
            (SELECT s.row_no, s.household_id, s.area_code / 1000000 AS county, s.status_from AS now_from, {identified} * 10000 + 1231 AS poor_from, {ReturnDay} AS returned_from, {EarlierExitDay} AS exited_from
             FROM {StepOf("household_statuses").New(sheet)}) c
            """;
        var exited = "CASE WHEN exited_from < returned_from AND exited_from > poor_from THEN exited_from END";
        var began = "EXISTS (SELECT 1 FROM household_statuses e WHERE e.household_id = c.household_id AND e.from_day < c.now_from";
        var episodes = $"""
            SELECT row_no, household_id, county, poor_from AS from_day, coalesce({exited}, returned_from, now_from) AS to_day, {StatusNumber(
                "remaining"
            )} AS kind
            FROM {chain} WHERE poor_from < coalesce({exited}, returned_from, now_from) AND NOT {began})
            UNION ALL SELECT row_no, household_id, county, {exited}, returned_from, {StatusNumber("exited_on_support")}
            FROM {chain} WHERE {exited} IS NOT NULL AND NOT {began} AND e.from_day >= c.exited_from)
            UNION ALL SELECT row_no, household_id, county, returned_from, now_from, {StatusNumber("returned")}
            FROM {chain} WHERE returned_from < now_from AND returned_from > poor_from AND NOT {began} AND e.from_day >= c.returned_from)
            """;
        Run($"CREATE TEMPORARY TABLE earlier_statuses AS {episodes}");
        foreach (
            var (county, count) in connection
                .Query<(long, long)>("SELECT county, count(*) FROM earlier_statuses GROUP BY 1 ORDER BY 1", transaction: transaction)
                .ToList()
        )
        {
            var first = Keys.Take(connection, transaction!, "household_statuses", county, count);
            Run(
                $"""
                INSERT INTO household_statuses (id, household_id, from_day, to_day, kind, identified_year, exit_year, returned_year, change_id)
                SELECT {first} - 1 + row_number() OVER (ORDER BY row_no, from_day), household_id, from_day, to_day, kind, {YearOf(
                    "remaining"
                )}, {YearOf("exited_on_support")}, {YearOf("returned")}, {changeId}
                FROM earlier_statuses WHERE county = {county}
                """
            );
        }
        Run("DROP TABLE earlier_statuses");

        string YearOf(string kind) => $"CASE WHEN kind = {StatusNumber(kind)} THEN from_day / 10000 END";
    }
}
