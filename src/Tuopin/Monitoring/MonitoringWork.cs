using System.Data.Common;
using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Standards;
using Tuopin.Work;

namespace Tuopin.Monitoring;

/// <summary>
/// What of monitoring waits, as work (监测时限): clues to be answered, clues that are nobody's yet, each risk of a monitored household without a measure that
/// answers it, households with labour and no development measure. Deadlines follow from the law of the day of each; where none was found there is none.
/// </summary>
public static class MonitoringWork
{
    private const string NoMeasure = "monitoring-measure";

    public static WorkSource Source { get; } =
        new("monitoring", ask => Open(ask, DayNumber.ToDate(ask.Day)), Tell)
        {
            OfHouseholds = true,
            Steady = true,
            Link = item =>
                item.Subject == "household" ? FormattableString.Invariant($"/households/{item.SubjectId}/monitoring") : "/monitoring/clues",
        };

    private static string Open(WorkAsk ask, DateOnly date)
    {
        var (packs, day) = (ask.Installation.Packs, ask.Day);
        var measures = new RiskMeasures(packs.Dictionary);
        var due = SqlOf(ask.Connection, packs, date, ask.Households, "household.monitored", "household.monitoring.measures_due");
        string Row(string key, string what, string subject, string id, string area, string department, string deadline) =>
            $"SELECT {key} AS source_key, {what} AS what, {subject} AS subject, {id} AS subject_id, {area} AS area_code, {department} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST({deadline} AS integer) AS due, {WorkSource.NoText} AS stamp";
        string OfEpisode(string key, string what, string deadline) =>
            Row(key, what, "'household'", "m.household_id", "h.area_code", WorkSource.NoText, deadline);
        var monitored = $"{Pairings.Covers("m", day)}{ask.Among("m.household_id")}";
        var clues = ask.Households is null ? "" : ask.Among("c.household_id");
        return $"""
            {Row(
                "'clue/' || CAST(c.id AS text)",
                "CASE WHEN c.household_id IS NULL THEN 'clue-nobodys' ELSE 'clue' END",
                "CASE WHEN c.household_id IS NULL THEN 'area' ELSE 'household' END",
                "c.household_id",
                "coalesce(h.area_code, c.area_code)",
                "c.department",
                "c.due_day"
            )}
            FROM clues c LEFT JOIN households h ON h.id = c.household_id WHERE c.state < 2{clues}
            UNION ALL
            {OfEpisode("'measure/' || CAST(m.id AS text) || '/' || r.risk", $"'{NoMeasure}/' || r.risk", "d.value0")}
            FROM monitorings m JOIN households h ON h.id = m.household_id JOIN ({due}) d ON d.id = m.household_id JOIN ({measures.Rows}) r ON (m.risks >> r.number) & 1 = 1
            WHERE {monitored} AND NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = m.household_id AND {measures.Answers})
            UNION ALL
            {OfEpisode("'measure/' || CAST(m.id AS text)", $"'{NoMeasure}'", "d.value0")}
            FROM monitorings m JOIN households h ON h.id = m.household_id JOIN ({due}) d ON d.id = m.household_id
            WHERE {monitored} AND coalesce(m.risks, 0) = 0 AND NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = m.household_id AND x.from_day >= m.from_day)
            UNION ALL
            {OfEpisode("'development/' || CAST(m.id AS text)", "'monitoring-development'", "NULL")}
            FROM monitorings m JOIN households h ON h.id = m.household_id
            WHERE {monitored} AND {measures.Undeveloped} AND m.household_id IN ({WithLabour(ask.Connection, packs, date, ask.Households)})
            """;
    }

    private static Label Tell(PackSet packs, string what) =>
        what switch
        {
            "clue" => new("线索待核实答复", "a clue waits for an answer"),
            "clue-nobodys" => new("线索尚未找到农户", "a clue that is nobody's yet"),
            NoMeasure => new("监测对象尚无帮扶措施", "a monitored household without a measure"),
            "monitoring-development" => new("有劳动力的监测对象尚无开发式帮扶", "a monitored household with labour and no development measure"),
            _ when what.StartsWith(NoMeasure + "/", StringComparison.Ordinal)
                    && packs.Dictionary.CodeLists["risk"].Find(what[(NoMeasure.Length + 1)..]) is { } risk => new(
                $"监测对象的风险“{risk.Label.Zh}”尚无对应的帮扶措施",
                $"a monitored household without a measure for its risk: {risk.Label.En}"
            ),
            _ => new(what, what),
        };

    /// <summary>Ids of monitored households with a member able to work.</summary>
    internal static string WithLabour(DbConnection connection, PackSet packs, DateOnly date, string? households = null) =>
        $"SELECT w.id FROM ({SqlOf(connection, packs, date, households, "household.has_labour")}) w";

    /// <summary>The last day for a measure of a household, in a column <c>value0</c>; unknown where no law gives one.</summary>
    internal static string MeasureDue(DbConnection connection, PackSet packs, DateOnly date, string household) =>
        SqlOf(connection, packs, date, household, "household.monitored", "household.monitoring.measures_due");

    // Reads the rows of monitored households alone.
    private static string SqlOf(DbConnection connection, PackSet packs, DateOnly date, string? households, string where, params string[] values)
    {
        var household = new Variable("household", packs.Dictionary["household"]);
        var compiler = new RuleCompiler(packs.Scope);
        var dialect = connection is Npgsql.NpgsqlConnection ? SqlDialect.PostgreSql : SqlDialect.Sqlite;
        var among = households is null ? "" : $" AND g.household_id IN ({households})";
        var context = new SqlContext(dialect, new JudgingDay(date))
        {
            Only = string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT g.household_id FROM monitorings g WHERE {Pairings.Covers("g", DayNumber.Of(date))}{among}"
            ),
        };
        var condition = compiler.Compile(RuleText.Of(where), household, Expectation.Condition);
        return values.Length == 0
            ? SqlJudging.Values(household, [], context, condition).Text
            : SqlJudging.Sheet(household, [], [], [.. values.Select(v => compiler.Compile(RuleText.Of(v), household, Expectation.Shown))], context);
    }
}
