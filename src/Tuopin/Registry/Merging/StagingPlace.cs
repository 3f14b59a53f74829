using System.Data.Common;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>
/// A numbered place for the rows of one import, held until it is done. Imports at the same time have different places; what a killed one left in its
/// place is cleared by the next that takes it. On SQLite a locked file holds it, on PostgreSQL an advisory lock of the session.
/// </summary>
internal sealed class StagingPlace : IDisposable
{
    private const int Locks = 7868;
    private const int SchemaLock = 0;
    private readonly DbConnection connection;
    private readonly FileStream? file;

    private StagingPlace(DbConnection connection, int number, FileStream? file) => (this.connection, Number, this.file) = (connection, number, file);

    public int Number { get; }

    public static StagingPlace Take(DbConnection connection, Engine engine, string folder)
    {
        if (engine == Engine.Sqlite)
            Directory.CreateDirectory(folder);
        else
            CreateSchema(connection);
        for (var number = 1; ; number++)
            if (engine == Engine.Sqlite && Lock(Path.Combine(folder, $"import-{number}.lock")) is { } file)
                return new(connection, number, file);
            else if (
                engine == Engine.PostgreSql
                && connection.Number($"SELECT CASE WHEN pg_try_advisory_lock({Locks}, {number}) THEN 1 ELSE 0 END") == 1
            )
                return new(connection, number, null);
    }

    public void Dispose()
    {
        if (file is null)
            connection.Execute($"SELECT pg_advisory_unlock({Locks}, {Number})");
        file?.Dispose();
    }

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
