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
            connection.Execute($"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
        }
        // Pooled, as a server has it; what a test leaves behind is soon closed. The originals are not: a database in use is no template.
        return new NpgsqlConnectionStringBuilder(Named(original, name))
        {
            Pooling = true,
            ConnectionIdleLifetime = 4,
            ConnectionPruningInterval = 2,
        }.ToString();
    }

    /// <summary>Removes a database, whoever is still connected to it.</summary>
    public static void Drop(string database)
    {
        using var connection = new NpgsqlConnection(Named(database, "postgres"));
        connection.Open();
        connection.Execute($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(database).Database} WITH (FORCE)");
    }

    private static string Named(string connection, string database) =>
        new NpgsqlConnectionStringBuilder(connection) { Database = database, Pooling = false }.ToString();
}
