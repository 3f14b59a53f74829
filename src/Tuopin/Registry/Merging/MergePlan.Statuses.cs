using System.Data.Common;

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

    private void ResolveStatuses(DbTransaction? transaction)
    {
        Run($"UPDATE {Staging} SET status_id = NULL, status_from = NULL", transaction);
        Run(
            $"""
            UPDATE {Staging} AS s SET status_id = e.id, status_from = e.from_day FROM household_statuses e
            WHERE e.household_id = s.household_id AND e.to_day IS NULL AND e.kind = {Kind}
            """,
            transaction
        );
        Run(
            $"""
            UPDATE {Staging} AS s SET status_from = coalesce({CurrentFrom}, CASE WHEN household_is_new = 1 OR NOT EXISTS (
              SELECT 1 FROM household_statuses e WHERE e.household_id = s.household_id) THEN {Days.Beginning} ELSE {dataDay} END)
            WHERE s.status_from IS NULL
            """,
            transaction
        );
    }

    private void Statuses() =>
        Step(
            "household_statuses",
            $"{HouseholdKnown} AND {sheet.Facts[Fact("household_status", "kind")]} IS NOT NULL",
            [("household_id", "household_id"), ("from_day", "status_from")],
            [new("id", "status_id", Compared: false), .. FactsOn("household_statuses")]
        );

    // Another status now: the one that was open ends on the day the new one begins.
    private void CloseStatuses(long changeId, DbTransaction transaction)
    {
        if (Holds("household_status"))
            Run(
                $"""
                UPDATE household_statuses SET to_day = s.status_from, change_id = {changeId} FROM {Staging} s
                WHERE s.f_household_statuses = 2 AND household_statuses.household_id = s.household_id AND household_statuses.to_day IS NULL
                  AND household_statuses.from_day < s.status_from
                """,
                transaction
            );
    }

    // An exited household that is met for the first time was poor from its identification to its exit.
    private void InsertEarlierStatuses(long changeId, DbTransaction transaction)
    {
        if (!Holds("household_status") || YearColumn("identified_year") is not { } identified)
            return;
        var remaining = dictionary.CodeLists["status_kind"].Find("remaining")!.Number;
        var where = $"""
            s.f_household_statuses = 2 AND s.household_id IS NOT NULL AND {identified} * 10000 + 1231 < s.status_from
              AND NOT EXISTS (SELECT 1 FROM household_statuses e WHERE e.household_id = s.household_id AND e.from_day < s.status_from)
            """;
        foreach (
            var (county, count) in Dapper
                .SqlMapper.Query<(long, long)>(
                    connection,
                    $"SELECT s.area_code / 1000000, count(*) FROM {Staging} s WHERE {where} GROUP BY 1 ORDER BY 1",
                    transaction: transaction
                )
                .ToList()
        )
        {
            var first = Keys.Take(connection, transaction, "household_statuses", county, count);
            Run(
                $"""
                INSERT INTO household_statuses (id, household_id, from_day, to_day, kind, identified_year, change_id)
                SELECT {first} - 1 + row_number() OVER (ORDER BY s.row_no), s.household_id, {identified} * 10000 + 1231, s.status_from, {remaining}, {identified}, {changeId}
                FROM {Staging} s WHERE {where} AND s.area_code / 1000000 = {county}
                """,
                transaction
            );
        }
    }
}
