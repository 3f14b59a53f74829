using System.Data.Common;
using Microsoft.Data.Sqlite;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>
/// A numbered place for the sheets of one import, held until it is done: a SQLite file of its own beside the data, attached to the connection that will
/// merge, or unlogged tables in schema <c>staging</c>. Imports at the same time have different places; what a killed one left in its place is cleared by
/// the next that takes it. On SQLite a locked file holds it, on PostgreSQL an advisory lock of the session.
/// </summary>
public sealed class StagingPlace : IDisposable
{
    private const int Locks = 7868;
    private const int SchemaLock = 0;
    private readonly int number;
    private readonly FileStream? held;
    private readonly string? file;
    private int sheets;

    private StagingPlace(DbConnection connection, int number, FileStream? held, string folder)
    {
        (Connection, this.number, this.held) = (connection, number, held);
        file = held is null ? null : Path.Combine(folder, $"import-{number}.db");
        if (file is null)
            DropTables();
        else
            Attach();
    }

    public DbConnection Connection { get; }

    public Engine Engine => held is null ? Engine.PostgreSql : Engine.Sqlite;

    /// <summary>Takes a free place. The connection is in no transaction.</summary>
    public static StagingPlace Take(DbConnection connection, Engine engine, string folder)
    {
        folder = Path.Combine(folder, "staging");
        if (engine == Engine.Sqlite)
            Directory.CreateDirectory(folder);
        else
            CreateSchema(connection);
        for (var number = 1; ; number++)
            if (engine == Engine.Sqlite && Lock(Path.Combine(folder, $"import-{number}.lock")) is { } file)
                return new(connection, number, file, folder);
            else if (
                engine == Engine.PostgreSql
                && connection.Number($"SELECT CASE WHEN pg_try_advisory_lock({Locks}, {number}) THEN 1 ELSE 0 END") == 1
            )
                return new(connection, number, null, folder);
    }

    /// <summary>The beginning of the names of the tables of one more sheet.</summary>
    public string NextSheet() => held is null ? $"staging.import_{number}_{++sheets}" : $"staging.sheet_{++sheets}";

    public void Dispose()
    {
        if (file is null)
        {
            DropTables();
            Connection.Execute($"SELECT pg_advisory_unlock({Locks}, {number})");
            return;
        }
        using (held)
        {
            Connection.Execute("DETACH DATABASE staging");
            SqliteConnection.ClearPool(new SqliteConnection($"Data Source={file}"));
            foreach (var part in new[] { file, file + "-wal", file + "-shm", file + "-journal" })
                File.Delete(part);
        }
    }

    private void Attach()
    {
        File.Delete(file!);
        Connection.Execute("ATTACH DATABASE @file AS staging", null, new { file });
        // A staging file that is lost is filled again: it needs no journal.
        Connection.Execute(
            "PRAGMA staging.page_size = 16384; PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF; PRAGMA staging.cache_size = -32000"
        );
    }

    private void DropTables() =>
        Connection.Execute(
            $"""
            DO $$ DECLARE name text; BEGIN
              FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE 'import\_{number}\_%' LOOP
                EXECUTE format('DROP TABLE staging.%I', name);
              END LOOP;
            END $$
            """
        );

    private static FileStream? Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Two sessions that create the same schema at once fail in spite of IF NOT EXISTS.
    private static void CreateSchema(DbConnection connection)
    {
        connection.Execute($"SELECT pg_advisory_lock({Locks}, {SchemaLock})");
        connection.Execute("CREATE SCHEMA IF NOT EXISTS staging");
        connection.Execute($"SELECT pg_advisory_unlock({Locks}, {SchemaLock})");
    }
}
