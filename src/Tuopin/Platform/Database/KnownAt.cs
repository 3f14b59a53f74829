using System.Data.Common;
using System.Globalization;

namespace Tuopin.Platform.Database;

/// <summary>The record as it was known at a moment: rows written by then and not yet changed, from the tables and their history.</summary>
public static class KnownAt
{
    /// <summary>The last change recorded by a moment; history is told apart by change, not by clock.</summary>
    /// <exception cref="WrongUsage">date.bad</exception>
    public static long Change(DbConnection connection, string moment) => Change(connection, Time(moment));

    public static long Change(DbConnection connection, DateTime utc) =>
        connection.Number("SELECT coalesce(max(id), 0) FROM changes WHERE at <= @at", null, new { at = Text(utc) });

    /// <summary>A time of knowing as a caller writes it, UTC.</summary>
    /// <exception cref="WrongUsage">date.bad</exception>
    public static DateTime Time(string moment) =>
        DateTime.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new WrongUsage("date.bad", $"'{moment}' is not a time like 2020-06-12T08:00:00");

    /// <summary>The same as changes are stamped and addresses have it.</summary>
    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>What stands in FROM for a table, as known after a change; <paramref name="filter"/> cuts both halves down.</summary>
    public static string Table(DbConnection connection, string table, long change, string? filter = null)
    {
        var columns = string.Join(", ", Catalog.Columns(connection, EngineOf(connection), table));
        var and = filter is null ? "" : $" AND {filter}";
        return $"(SELECT {columns} FROM {table} WHERE change_id <= {change}{and} UNION ALL SELECT {columns} FROM {table}_history WHERE change_id <= {change} AND ended_by > {change}{and})";
    }

    internal static Engine EngineOf(DbConnection connection) => connection is Npgsql.NpgsqlConnection ? Engine.PostgreSql : Engine.Sqlite;
}
