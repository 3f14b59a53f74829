using Microsoft.Data.Sqlite;

namespace Tuopin.Tests.Shared;

/// <summary>An SQLite database of one test, in a temporary file or in memory, gone when disposed.</summary>
public sealed class SqliteFile : IDisposable
{
    private readonly string? folder;
    private readonly SqliteConnection? held;

    private SqliteFile(string connectionString, string? folder, SqliteConnection? held)
    {
        ConnectionString = connectionString;
        this.folder = folder;
        this.held = held;
    }

    public string ConnectionString { get; }

    /// <summary>A file that several connections can open.</summary>
    public static SqliteFile OnDisk()
    {
        var folder = Directory.CreateTempSubdirectory("tuopin-sqlite-").FullName;
        return new SqliteFile($"Data Source={Path.Combine(folder, "test.db")};Pooling=False", folder, null);
    }

    /// <summary>A database in memory, shared by all connections of the process that use the string.</summary>
    public static SqliteFile InMemory()
    {
        var text = $"Data Source=test-{Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        var held = new SqliteConnection(text);
        held.Open();
        return new SqliteFile(text, null, held);
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        held?.Dispose();
        if (folder is not null)
            Directory.Delete(folder, recursive: true);
    }
}
