using Npgsql;
using Tuopin.Platform.Database;

namespace Tuopin.Tests.Support;

/// <summary>Databases made from another one in a moment.</summary>
public static class PostgresCopy
{
    private static readonly Lock OneAtATime = new();
    private static int copies;

    public static string Of(string original)
    {
        var name = $"copy_{Interlocked.Increment(ref copies)}";
        var template = new NpgsqlConnectionStringBuilder(original).Database;
        lock (OneAtATime)
        {
            using var connection = new NpgsqlConnection(Named(original, "postgres"));
            connection.Open();
            connection.Execute($"CREATE DATABASE {name} TEMPLATE {template}");
        }
        return Named(original, name);
    }

    private static string Named(string connection, string database) =>
        new NpgsqlConnectionStringBuilder(connection) { Database = database }.ToString();
}
