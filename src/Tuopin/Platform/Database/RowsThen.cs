using System.Data.Common;
using System.Globalization;

namespace Tuopin.Platform.Database;

/// <summary>
/// Rows that are not dated themselves, as they stood on a day: of each the last version whose data is of that day or before, the first one where all are of
/// later. Every row names its change, and every change the day of its data.
/// </summary>
public static class RowsThen
{
    /// <summary>What stands in FROM for a table whose key is <c>id</c>, cut down to few rows.</summary>
    /// <param name="filter">A condition on columns of the table.</param>
    /// <param name="day">yyyyMMdd.</param>
    /// <param name="change">As it was known after this change; null for as it is known now.</param>
    public static string Table(DbConnection connection, string table, string filter, int day, long? change)
    {
        var columns = string.Join(", ", Catalog.Columns(connection, KnownAt.EngineOf(connection), table));
        return $"""
            (SELECT {columns} FROM (
              SELECT v.*, row_number() OVER (PARTITION BY v.id ORDER BY {Order(day)}) AS pick FROM ({Versions(connection, table, filter, change)}) v
            ) w WHERE w.pick = 1)
            """;
    }

    /// <summary>The village of a household then, as a value of a row that names it.</summary>
    /// <param name="household">Its id, as SQL of the row around.</param>
    public static string Village(DbConnection connection, string household, int day, long? change) =>
        $"(SELECT v.village_id FROM ({Versions(connection, "households", $"id = {household}", change, "held.village_id")}) v ORDER BY {Order(day)} LIMIT 1)";

    /// <summary>Every version of the rows, with <c>said_on</c>, the day of its data, and <c>said_until</c>, the change that ended it.</summary>
    public static string Versions(DbConnection connection, string table, string filter, long? change, string? columns = null)
    {
        columns = columns is null
            ? string.Join(", ", Catalog.Columns(connection, KnownAt.EngineOf(connection), table).Select(c => $"held.{c}"))
            : $"{columns}, held.change_id";
        var until = change is { } at ? string.Create(CultureInfo.InvariantCulture, $" AND held.change_id <= {at}") : "";
        string Half(string from, string ended) =>
            $"SELECT {columns}, coalesce(c.data_day, 0) AS said_on, {ended} AS said_until FROM {from} held LEFT JOIN changes c ON c.id = held.change_id WHERE held.{filter}{until}";
        return $"{Half(table, "9000000000000000000")} UNION ALL {Half($"{table}_history", "held.ended_by")}";
    }

    private static string Order(int day)
    {
        var then = string.Create(CultureInfo.InvariantCulture, $"CASE WHEN v.said_on <= {day} THEN -1 ELSE 1 END");
        return $"{then}, v.change_id * ({then}), v.said_until * ({then})";
    }
}
