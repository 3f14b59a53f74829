using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Monitoring;

/// <summary>
/// Episodes of monitoring as decisions of lists write them, set-based: opened from the home checks, closed on the day of the decision. They stand beside the
/// registration status and touch nothing of it.
/// </summary>
public static class Episodes
{
    /// <summary>The condition "under monitoring on a day" over a column of household ids.</summary>
    public static string Monitored(string household, int day) =>
        $"EXISTS (SELECT 1 FROM monitorings g WHERE g.household_id = {household} AND {Pairings.Covers("g", day)})";

    /// <param name="kind">Key of <c>monitoring_kind</c>.</param>
    /// <exception cref="Refusal">monitoring.standing, monitoring.not-checked.</exception>
    public static void Open(
        DbConnection connection,
        DbTransaction transaction,
        PackSet packs,
        long county,
        IReadOnlyList<long> households,
        string kind,
        int day,
        long change
    )
    {
        var ids = string.Join(", ", households);
        Refuse(
            connection,
            transaction,
            $"h.id IN ({ids}) AND {Monitored("h.id", day)}",
            numbers => new Refusal("monitoring.standing", "有的户已在监测中，请缓办。Some are monitored already: hold them back.", numbers)
        );
        // The twelve months are those before the visit; a visit of another year, or without the signed authorisation, carries no decision.
        Refuse(
            connection,
            transaction,
            $"h.id IN ({ids}) AND NOT EXISTS (SELECT 1 FROM home_checks c WHERE c.household_id = h.id AND c.consent_day IS NOT NULL AND c.day > {N(day - 10000)} AND c.members > 0)",
            numbers => new Refusal(
                "monitoring.not-checked",
                "有的户还没有入户核实，或没有签署授权承诺，请补填或缓办。Some have no home check with a signed authorisation: enter it, or hold them back.",
                numbers
            )
        );
        var number = packs.Dictionary.CodeLists["monitoring_kind"].Find(kind)!.Number;
        var first = Keys.Take(connection, transaction, "monitorings", county, households.Count);
        connection.Execute(
            $"""
            INSERT INTO monitorings (id, household_id, kind, from_day, risks, risk_note, disasters, income_per_head, reference_per_head, self_paid, claims,
              problem_schooling, problem_housing, problem_water, problem_uninsured, development, contact_name, without_labour_covered, change_id)
            SELECT {N(first - 1)} + row_number() OVER (ORDER BY c.household_id), c.household_id, {number}, {N(day)}, c.risks, c.risk_note,
              CASE WHEN c.disasters <> 0 THEN c.disasters END, {PerHead(Net)}, {PerHead($"({Net} + c.claims - c.self_paid)")}, c.self_paid, c.claims,
              c.problem_schooling, c.problem_housing, c.problem_water, c.problem_uninsured, c.development, c.contact_name, {Cannot(
                packs
            )}, {N(change)}
            FROM home_checks c WHERE c.household_id IN ({ids})
            """,
            transaction
        );
    }

    /// <param name="kind">Key of <c>elimination_kind</c>.</param>
    /// <exception cref="Refusal">monitoring.none.</exception>
    public static void Close(
        DbConnection connection,
        DbTransaction transaction,
        PackSet packs,
        IReadOnlyList<long> households,
        string kind,
        int day,
        long change
    )
    {
        var ids = string.Join(", ", households);
        Refuse(
            connection,
            transaction,
            $"h.id IN ({ids}) AND NOT EXISTS (SELECT 1 FROM monitorings g WHERE g.household_id = h.id AND g.to_day IS NULL AND g.from_day < {N(day)})",
            numbers => new Refusal(
                "monitoring.none",
                "有的户今天之前没有在监测中，请缓办。Some were not monitored before today: hold them back.",
                numbers
            )
        );
        connection.Execute(
            $"""
            UPDATE monitorings SET to_day = {N(day)}, eliminated = @yes, elimination = {packs
                .Dictionary.CodeLists["elimination_kind"]
                .Find(kind)!
                .Number}, eliminated_day = {N(day)}, change_id = {N(change)}
            WHERE to_day IS NULL AND household_id IN ({ids})
            """,
            transaction,
            new { yes = true }
        );
    }

    private const string Net = "(c.wage + c.business + c.property + c.transfer - c.expense)";

    // Half away from zero, in whole numbers on both engines.
    private static string PerHead(string sum) =>
        $"(CASE WHEN {sum} < 0 THEN -((-{sum} * 2 + c.members) / (c.members * 2)) ELSE ({sum} * 2 + c.members) / (c.members * 2) END)";

    private static string Cannot(PackSet packs) =>
        $"(c.development IS NOT NULL AND c.development = {packs.Dictionary.CodeLists["development_state"].Find("cannot")!.Number})";

    private static void Refuse(DbConnection connection, DbTransaction transaction, string where, Func<IReadOnlyList<string>, Refusal> why)
    {
        var numbers = connection
            .Query<string>(
                $"SELECT coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) FROM households h WHERE {where} ORDER BY 1 LIMIT 20",
                transaction: transaction
            )
            .ToList();
        if (numbers.Count > 0)
            throw why(numbers);
    }

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
