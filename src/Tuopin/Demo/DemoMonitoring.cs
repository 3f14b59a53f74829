using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Demo;

/// <summary>
/// Some invented households under monitoring and some open clues, of the two kinds of the demo's day: drawn by the keys of the households, so that the same
/// population has the same ones.
/// </summary>
internal static class DemoMonitoring
{
    private const int Identified = 2020_04_15;

    /// <summary>Once for a population.</summary>
    public static void Write(Installation installation, DateOnly day)
    {
        using var connection = installation.Store.Open();
        if (Sql.Number(connection, "SELECT count(*) FROM monitorings") > 0)
            return;
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "demo: monitoring",
            "poverty_office",
            Identified
        );
        var county = Sql.Number(connection, "SELECT min(area_code) / 1000000 FROM households", transaction);
        var kinds = installation.Packs.Dictionary.CodeLists["status_kind"];
        var (exited, plain) = (kinds.Find("exited_on_support")!.Number, kinds.Find("not_registered")!.Number);
        Monitored(connection, transaction, county, $"s.kind = {exited} AND h.id % 53 = 7", 1, change);
        Monitored(connection, transaction, county, $"s.kind = {plain} AND h.id % 149 = 11", 2, change);
        Measures(connection, transaction, installation.Packs.Dictionary, county, change);
        Clues(connection, transaction, county, $"s.kind IN ({exited}, {plain}) AND h.id % 61 = 23", DayNumber.Of(day), change);
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, "demo.monitoring", "invented households under monitoring");
        transaction.Commit();
    }

    // Incomes between the poverty line and the monitoring line of the year; risks are illness, schooling, labour or an unstable job.
    private static void Monitored(DbConnection connection, DbTransaction transaction, long county, string who, int kind, long change)
    {
        var rows = Sql.Number(connection, $"SELECT count(*) {From(who)}", transaction);
        if (rows == 0)
            return;
        var first = Keys.Take(connection, transaction, "monitorings", county, rows);
        connection.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO monitorings (id, household_id, kind, from_day, risks, income_per_head, reference_per_head, self_paid, claims, development, change_id)
                SELECT {first - 1} + row_number() OVER (ORDER BY h.id), h.id, {kind}, {Identified},
                  CASE h.id % 4 WHEN 0 THEN 2 WHEN 1 THEN 512 WHEN 2 THEN 16 ELSE 128 END,
                  400000 + h.id % 997 * 100, 400000 + h.id % 997 * 100, 0, 0, CASE WHEN h.id % 3 = 0 THEN 2 ELSE 1 END, {change} {From(who)}
                """
            ),
            transaction
        );
    }

    // Of five, three have a measure for their risk, one began it after a month, one another kind of measure only; the rest have none.
    private static void Measures(DbConnection connection, DbTransaction transaction, FactDictionary dictionary, long county, long change)
    {
        var kinds = dictionary.CodeLists["measure_kind"];
        int Kind(string key) => kinds.Find(key)!.Number;
        const string from = "FROM monitorings m WHERE m.household_id % 5 < 4";
        var rows = Sql.Number(connection, $"SELECT count(*) {from}", transaction);
        if (rows == 0)
            return;
        var first = Keys.Take(connection, transaction, "measures", county, rows);
        connection.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO measures (id, household_id, kind, from_day, change_id)
                SELECT {first - 1} + row_number() OVER (ORDER BY m.id), m.household_id,
                  CASE WHEN m.household_id % 5 = 3 THEN {Kind("social")}
                    ELSE CASE m.risks WHEN 2 THEN {Kind("health")} WHEN 512 THEN {Kind("education")} ELSE {Kind("employment")} END END,
                  CASE WHEN m.household_id % 5 = 2 THEN 20200525 ELSE 20200506 END, {change} {from}
                """
            ),
            transaction
        );
    }

    private static void Clues(DbConnection connection, DbTransaction transaction, long county, string who, int day, long change)
    {
        var free = $"{who} AND NOT EXISTS (SELECT 1 FROM monitorings m WHERE m.household_id = h.id)";
        var rows = Sql.Number(connection, $"SELECT count(*) {From(free)}", transaction);
        if (rows == 0)
            return;
        var first = Keys.Take(connection, transaction, "clues", county, rows);
        connection.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO clues (id, household_id, area_code, source, day, words, risks, state, entered_name, change_id)
                SELECT {first - 1} + row_number() OVER (ORDER BY h.id), h.id, h.area_code, 1 + h.id % 2, {day - 2}, '家中有人住院，自付费用较大', 2, 0, '演示', {change} {From(
                    free
                )}
                """
            ),
            transaction
        );
    }

    private static string From(string who) =>
        $"FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.to_day IS NULL WHERE {who}";
}
