using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Tuopin.Platform.Access;
using Tuopin.Rules.Sql;

namespace Tuopin.Platform.Database;

/// <summary>The two database engines.</summary>
public enum Engine : byte
{
    Sqlite,
    PostgreSql,
}

/// <summary>
/// Where the record is kept: a SQLite file in the data folder, or a PostgreSQL database. Hot reads and set-based work use <see cref="Open"/> and SQL,
/// the rest <see cref="Model"/>.
/// </summary>
public sealed class Store
{
    private readonly string connectionString;

    // Each request opens several contexts: what they are set up with is made once.
    private readonly Func<DeskDb> newDesk;
    private readonly Func<TuopinDb> newModel;

    static Store()
    {
        // Columns are snake_case: area_id fills AreaId.
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        // No connection is used by two threads at once: SQLite need not lock at every call, nor count its memory.
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private Store(Engine engine, string connectionString, string folder)
    {
        Engine = engine;
        this.connectionString = connectionString;
        Folder = folder;
        if (IsSqlite)
        {
            var (desk, model) = (SqliteDeskOptions(DeskConnection), SqliteOptions(connectionString));
            (newDesk, newModel) = (() => new SqliteDeskDb(desk), () => new SqliteDb(model));
        }
        else
        {
            var (desk, model) = (PostgresDeskOptions(connectionString), PostgresOptions(connectionString));
            (newDesk, newModel) = (() => new PostgresDeskDb(desk), () => new PostgresDb(model));
        }
    }

    public Engine Engine { get; }

    /// <summary>The same for the rules library.</summary>
    public SqlDialect Dialect => IsSqlite ? SqlDialect.Sqlite : SqlDialect.PostgreSql;

    /// <summary>The data folder: staging files, rejects, exports.</summary>
    public string Folder { get; }

    public bool IsSqlite => Engine == Engine.Sqlite;

    public static Store Sqlite(string folder)
    {
        CreateFolder(folder);
        var builder = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "tuopin.db"), DefaultTimeout = 120 };
        return new Store(Engine.Sqlite, builder.ToString(), folder);
    }

    public static Store Postgres(string connectionString, string folder)
    {
        CreateFolder(folder);
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        // What is asked again and again is parsed and planned once a connection; an operator who stands a pooler between says Max Auto Prepare=0.
        if (!builder.ContainsKey("Max Auto Prepare"))
            builder.MaxAutoPrepare = 200;
        return new Store(Engine.PostgreSql, builder.ToString(), folder);
    }

    /// <summary>Makes a folder that only its owner can read: data, rejected rows and lists hold personal data.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>An open connection, set up for its engine.</summary>
    public DbConnection Open()
    {
        if (!IsSqlite)
        {
            var postgres = new NpgsqlConnection(connectionString);
            postgres.Open();
            return postgres;
        }
        var sqlite = new SqliteConnection(connectionString);
        sqlite.Open();
        using var pragma = sqlite.CreateCommand();
        // NORMAL loses nothing in WAL but a commit after a power cut can be rolled back; the record wants FULL.
        pragma.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -200000; PRAGMA temp_store = MEMORY;";
        pragma.ExecuteNonQuery();
        return sqlite;
    }

    /// <summary>
    /// A transaction that writes. There is one writer at a time on either engine: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock, so that
    /// two imports queue and the audit chain has one head.
    /// </summary>
    public DbTransaction BeginWrite(DbConnection connection)
    {
        if (connection is SqliteConnection sqlite)
            return sqlite.BeginTransaction(deferred: false);
        var transaction = connection.BeginTransaction();
        // A judging is one statement of hundreds of expressions, which PostgreSQL would compile for longer than it runs.
        connection.Execute("SET LOCAL jit = off; SELECT pg_advisory_xact_lock(7867)", transaction);
        return transaction;
    }

    /// <summary>A transaction over staging tables that reads the record: it waits for nobody and nobody waits for it.</summary>
    /// <remarks>SQLite's own default would take the one write lock of every attached database, the record included.</remarks>
    public static DbTransaction BeginStaging(DbConnection connection) =>
        connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : connection.BeginTransaction();

    /// <summary>A connection that only reads, for requests: a small cache each, for there may be hundreds.</summary>
    public DbConnection OpenReader()
    {
        if (!IsSqlite)
            return Open();
        var sqlite = new SqliteConnection($"{connectionString};Mode=ReadOnly");
        sqlite.Open();
        using var pragma = sqlite.CreateCommand();
        pragma.CommandText = "PRAGMA query_only = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1073741824;";
        pragma.ExecuteNonQuery();
        return sqlite;
    }

    /// <summary>A connection for what is too long to be held: it keeps few pages, maps none into memory, and sorts in files.</summary>
    public DbConnection OpenStreaming()
    {
        var connection = OpenReader();
        if (IsSqlite)
            connection.Execute("PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;");
        return connection;
    }

    /// <summary>Until it is disposed, what a connection reads is of one moment, whatever others write; it waits for nobody and nobody waits for it.</summary>
    public static IDisposable Snapshot(DbConnection connection)
    {
        connection.Execute(connection is SqliteConnection ? "BEGIN TRANSACTION" : "BEGIN ISOLATION LEVEL REPEATABLE READ");
        return new OneMoment(connection);
    }

    private sealed class OneMoment(DbConnection connection) : IDisposable
    {
        public void Dispose() => connection.Execute("ROLLBACK TRANSACTION");
    }

    /// <summary>Closes the connections kept for whoever asks next, so that the files or the database can be moved or removed.</summary>
    public void CloseIdle()
    {
        if (IsSqlite)
            foreach (var text in new[] { connectionString, $"{connectionString};Mode=ReadOnly", DeskConnection })
                SqliteConnection.ClearPool(new SqliteConnection(text));
        else
            NpgsqlConnection.ClearPool(new NpgsqlConnection(connectionString));
    }

    private string DeskConnection => $"Data Source={Path.Combine(Folder, "desk.db")};Default Timeout=30";

    /// <summary>Accounts, sessions, tokens and jobs, apart from the record.</summary>
    public DeskDb Desk() => newDesk();

    public static DbContextOptions<SqliteDeskDb> SqliteDeskOptions(string connection) =>
        new DbContextOptionsBuilder<SqliteDeskDb>()
            .UseSqlite(connection, o => o.MigrationsHistoryTable("migrations"))
            .ReplaceService<IMigrationsSqlGenerator, StrictTables>()
            .Options;

    public static DbContextOptions<PostgresDeskDb> PostgresDeskOptions(string connection) =>
        new DbContextOptionsBuilder<PostgresDeskDb>().UseNpgsql(connection, o => o.MigrationsHistoryTable("migrations", "desk")).Options;

    /// <summary>The EF model over its own connection.</summary>
    public TuopinDb Model() => newModel();

    public static DbContextOptions<SqliteDb> SqliteOptions(string connection) =>
        new DbContextOptionsBuilder<SqliteDb>()
            .UseSqlite(connection, o => o.MigrationsHistoryTable("migrations"))
            .ReplaceService<IMigrationsSqlGenerator, StrictTables>()
            .Options;

    public static DbContextOptions<PostgresDb> PostgresOptions(string connection) =>
        new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connection, o => o.MigrationsHistoryTable("migrations")).Options;
}
