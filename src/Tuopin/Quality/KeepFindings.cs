using System.Globalization;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// Brings the findings held to what a run found, writing only what differs: new ones are raised, those that are gone are cleared, those that were answered
/// stay answered while the question and the value are the same.
/// </summary>
/// <param name="Found">What stands in FROM for what was found (<see cref="Checking.Found"/>).</param>
/// <param name="Within">Which findings (alias f) the run could have found again.</param>
public sealed record KeepFindings(Judging Judging, long Change, string Found, string Within)
{
    private int Day => Judging.Day.Number;

    // Two columns of one row, both perhaps unknown.
    private const string Changed = "(f.rule_hash <> q.rule_hash OR f.evidence IS DISTINCT FROM q.evidence)";

    private string Expired => string.Create(CultureInfo.InvariantCulture, $"(f.state IN (3, 4) AND f.last_day < {Day})");

    private string Anew =>
        $"((f.state IN (2, 3, 4) AND {Changed}) OR {Expired} OR (f.cleared_day IS NOT NULL AND (f.state IN (0, 3) OR (f.state = 1 AND (NOT f.carried_out OR {Changed})))))";

    /// <summary>What a run did to the findings.</summary>
    public sealed record Difference(long Raised, long Cleared);

    public Difference Run()
    {
        var cleared = CarryOut();
        var raised = Ask();
        Refresh();
        cleared += Clear();
        return new(raised + Insert(), cleared);
    }

    // What proved true ends with its result, though the check may fire still.
    private int CarryOut()
    {
        var status = Judging.Installation.Packs.Dictionary.CodeLists["status_kind"];
        var results = new[] { (FindingResult.Reverse, "remaining"), (FindingResult.Remove, "removed"), (FindingResult.Return, "returned") };
        var done = string.Join(
            " OR ",
            results.Select(r =>
                string.Create(CultureInfo.InvariantCulture, $"(f.result = {(short)r.Item1} AND st.kind = {status.Find(r.Item2)!.Number})")
            )
        );
        return Judging.Execute(
            $"""
            UPDATE findings AS f SET cleared_day = {Day}, carried_out = TRUE, change_id = {Change}
            WHERE f.cleared_day IS NULL AND f.state = 1 AND f.result > 1 AND {Within}
              AND EXISTS (SELECT 1 FROM household_statuses st WHERE st.household_id = f.household_id AND {Judging.Covers("st")} AND ({done}))
            """
        );
    }

    private int Ask() =>
        Judging.Execute(
            $"""
            UPDATE findings AS f SET {Taken}, hard = q.hard, state = 0, raised_day = {Day}, deadline = {Deadline(
                Judging,
                "check.verify_days",
                "q.area_code"
            )},
              answered_day = NULL, answered_by = NULL, answered_name = NULL, reason = NULL, result = NULL, last_day = NULL, confirmed_by = NULL,
              confirmed_name = NULL, cleared_day = NULL, carried_out = FALSE, change_id = {Change}
            FROM {Found} AS q WHERE q.subject_id = f.subject_id AND q.check_id = f.check_id AND {Anew}
            """
        );

    // Still there, or there again and answered already: only what is shown of it follows.
    private void Refresh() =>
        Judging.Execute(
            $"""
            UPDATE findings AS f SET {Taken}, cleared_day = NULL, change_id = {Change}
            FROM {Found} AS q WHERE q.subject_id = f.subject_id AND q.check_id = f.check_id AND NOT f.carried_out
              AND (f.cleared_day IS NOT NULL OR {Changed} OR f.area_code <> q.area_code OR f.household_id IS DISTINCT FROM q.household_id)
            """
        );

    private const string Taken =
        "rule_hash = q.rule_hash, pack_hash = q.pack_hash, evidence = q.evidence, household_id = q.household_id, area_code = q.area_code";

    private int Clear() =>
        Judging.Execute(
            $"""
            UPDATE findings AS f SET cleared_day = {Day}, change_id = {Change}
            WHERE f.cleared_day IS NULL AND {Within} AND NOT EXISTS (SELECT 1 FROM {Found} AS q WHERE q.subject_id = f.subject_id AND q.check_id = f.check_id)
            """
        );

    private long Insert()
    {
        var fresh = $"FROM {Found} AS q WHERE NOT EXISTS (SELECT 1 FROM findings f WHERE f.subject_id = q.subject_id AND f.check_id = q.check_id)";
        var counties = Judging.Query<(long County, long Count)>($"SELECT q.area_code / 1000000, count(*) {fresh} GROUP BY 1 ORDER BY 1").ToList();
        foreach (var (county, count) in counties)
        {
            var first = Keys.Take(Judging.Connection, Judging.Transaction!, "findings", county, count);
            Judging.Execute(
                $"""
                INSERT INTO findings (id, check_id, rule_hash, pack_hash, subject, subject_id, household_id, area_code, hard, evidence, state, raised_day, deadline,
                  carried_out, change_id)
                SELECT {first} - 1 + row_number() OVER (ORDER BY q.area_code, q.subject_id, q.check_id), q.check_id, q.rule_hash, q.pack_hash, q.subject, q.subject_id,
                  q.household_id, q.area_code, q.hard, q.evidence, 0, {Day}, {Deadline(Judging, "check.verify_days", "q.area_code")}, FALSE, {Change}
                {fresh} AND q.area_code / 1000000 = {county}
                """
            );
        }
        return counties.Sum(c => c.Count);
    }

    /// <summary>The last day of a span that begins on the judging day, by area; NULL where no law gives one.</summary>
    private static string Deadline(Judging judging, string parameter, string areaCode)
    {
        var number = judging.Installation.Store.IsSqlite ? "INTEGER" : "integer";
        if (judging.Installation.Packs.Parameters.GetValueOrDefault(parameter) is not { } span)
            return $"CAST(NULL AS {number})";
        var cases = span.Pieces(judging.Range, span.IndexOn(judging.Day))
            .Select(p =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $" WHEN {areaCode} BETWEEN {p.Area.From} AND {p.Area.To} THEN {DayNumber.Of(judging.Day.Date.AddDays((int)p.Value.Number))}"
                )
            );
        return string.Concat(cases) is { Length: > 0 } any ? $"(CASE{any} END)" : $"CAST(NULL AS {number})";
    }

    /// <summary>Found rows given one by one, as a query; what is found at a household is little.</summary>
    public static string Rows(IEnumerable<string> selects) =>
        string.Join(" UNION ALL ", selects) is { Length: > 0 } any
            ? $"({any})"
            : "(SELECT '' AS check_id, '' AS rule_hash, '' AS pack_hash, '' AS subject, CAST(0 AS bigint) AS subject_id, CAST(0 AS bigint) AS household_id, CAST(0 AS bigint) AS area_code, FALSE AS hard, CAST(NULL AS text) AS evidence WHERE FALSE)";
}
