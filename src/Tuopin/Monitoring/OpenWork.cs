using System.Data.Common;
using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Monitoring;

/// <summary>
/// What of monitoring is open work, as one query of <c>key, kind, subject, subject_id, area_code, unit, from_day, deadline</c>: clues to be answered,
/// clues that are nobody's yet, households without a measure since they were identified, households with labour and no development measure. Deadlines follow from
/// the law of the day of each; where none was found there is none.
/// </summary>
public static class OpenWork
{
    /// <remarks>The unit is the key of the department whose data it is; null where the work is the area's.</remarks>
    public static string Sql(DbConnection connection, PackSet packs, AreaRange area, DateOnly date)
    {
        var (day, within) = (DayNumber.Of(date), FormattableString.Invariant($"BETWEEN {area.From} AND {area.To}"));
        var states = packs.Dictionary.CodeLists["development_state"];
        var settled = $"{states.Find("done")!.Number}, {states.Find("cannot")!.Number}";
        var due = SqlOf(connection, packs, date, "household.monitored", "household.monitoring.measures_due");
        return $"""
            SELECT 'clue/' || CAST(c.id AS text) AS key, CASE WHEN c.household_id IS NULL THEN 'clue-nobodys' ELSE 'clue' END AS kind,
              CASE WHEN c.household_id IS NULL THEN 'area' ELSE 'household' END AS subject, c.household_id AS subject_id,
              coalesce(h.area_code, c.area_code) AS area_code, c.department AS unit, c.day AS from_day, c.due_day AS deadline
            FROM clues c LEFT JOIN households h ON h.id = c.household_id WHERE c.state < 2 AND coalesce(h.area_code, c.area_code) {within}
            UNION ALL
            SELECT 'measure/' || CAST(m.id AS text), 'monitoring-measure', 'household', m.household_id, h.area_code, NULL, m.from_day, d.value0
            FROM monitorings m JOIN households h ON h.id = m.household_id JOIN ({due}) d ON d.id = m.household_id
            WHERE h.area_code {within} AND {Pairings.Covers("m", day)}
              AND NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = m.household_id AND x.from_day >= m.from_day)
            UNION ALL
            SELECT 'development/' || CAST(m.id AS text), 'monitoring-development', 'household', m.household_id, h.area_code, NULL, m.from_day, NULL
            FROM monitorings m JOIN households h ON h.id = m.household_id
            WHERE h.area_code {within} AND {Pairings.Covers("m", day)} AND (m.development IS NULL OR m.development NOT IN ({settled}))
              AND m.household_id IN ({WithLabour(connection, packs, date)})
            """;
    }

    /// <summary>Ids of monitored households with a member able to work.</summary>
    internal static string WithLabour(DbConnection connection, PackSet packs, DateOnly date) =>
        $"SELECT w.id FROM ({SqlOf(connection, packs, date, "household.has_labour")}) w";

    // Reads the rows of monitored households alone.
    private static string SqlOf(DbConnection connection, PackSet packs, DateOnly date, string where, params string[] values)
    {
        var household = new Variable("household", packs.Dictionary["household"]);
        var compiler = new RuleCompiler(packs.Scope);
        var dialect = connection is Npgsql.NpgsqlConnection ? SqlDialect.PostgreSql : SqlDialect.Sqlite;
        var context = new SqlContext(dialect, new JudgingDay(date))
        {
            Only = string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT g.household_id FROM monitorings g WHERE {Pairings.Covers("g", DayNumber.Of(date))}"
            ),
        };
        var condition = compiler.Compile(RuleText.Of(where), household, Expectation.Condition);
        return values.Length == 0
            ? SqlJudging.Values(household, [], context, condition).Text
            : SqlJudging.Sheet(household, [], [], [.. values.Select(v => compiler.Compile(RuleText.Of(v), household, Expectation.Shown))], context);
    }
}
