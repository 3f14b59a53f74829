using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Codes on rows follow the tree: where a village has another code on the day judged, its households, their members and its dwellings take that code, in one
/// change with history, before anything is judged.
/// </summary>
public static class RecodeHouseholds
{
    /// <summary>How many households have another code now.</summary>
    public static long Handle(Installation installation, DbConnection connection, DbTransaction transaction, DateOnly on)
    {
        var day = DayNumber.Of(on);
        string Covers(string alias) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";
        string Stale(string table) =>
            $"EXISTS (SELECT 1 FROM area_versions a WHERE a.area_id = {table}.village_id AND {Covers("a")} AND a.code <> {table}.area_code)";
        // From the few villages that ever had another code, by the index of codes.
        var stale = connection.Number(
            $"""
            SELECT count(*) FROM (
              SELECT DISTINCT v.area_id, v.code FROM area_versions v JOIN area_versions a ON a.area_id = v.area_id AND {Covers(
                "a"
            )} AND a.code <> v.code
              WHERE v.level = 5
            ) was JOIN households h ON h.area_code = was.code AND h.village_id = was.area_id
            """,
            transaction
        );
        if (stale == 0)
            return 0;
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            string.Create(CultureInfo.InvariantCulture, $"area codes of {on:yyyy-MM-dd}"),
            "poverty_office",
            day
        );
        foreach (var table in new[] { "households", "dwellings" })
            connection.Execute(
                $"""
                UPDATE {table} SET change_id = {change}, area_code = (SELECT a.code FROM area_versions a WHERE a.area_id = {table}.village_id AND {Covers(
                    "a"
                )})
                WHERE {Stale(table)}
                """,
                transaction
            );
        var home =
            $"FROM memberships m JOIN households h ON h.id = m.household_id WHERE m.person_id = persons.id AND {Covers("m")} AND h.change_id = {change}";
        connection.Execute(
            $"UPDATE persons SET change_id = {change}, area_code = (SELECT min(h.area_code) {home}) WHERE EXISTS (SELECT 1 {home})",
            transaction
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "areas.recode",
            string.Create(CultureInfo.InvariantCulture, $"{on:yyyy-MM-dd} {stale} households")
        );
        return stale;
    }
}
