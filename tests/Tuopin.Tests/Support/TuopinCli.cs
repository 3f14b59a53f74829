using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Tests.Shared;

namespace Tuopin.Tests.Support;

/// <summary>
/// Tuopin as a person meets it: commands with arguments, answers as text or JSON. The program runs in this process over a data folder of its own and, on
/// PostgreSQL, a database of its own.
/// </summary>
public sealed class TuopinCli : IDisposable
{
    private static readonly ConcurrentDictionary<TuopinCli, bool> Made = [];

    private TuopinCli(Engine engine, string folder, string? connection)
    {
        (Engine, Folder, Connection) = (engine, folder, connection);
        Made[this] = true;
    }

    /// <summary>Removes what tests left to the end of the run, but for the databases: the cluster goes whole.</summary>
    public static void DisposeAll()
    {
        foreach (var cli in Made.Keys)
            cli.Remove();
    }

    public Engine Engine { get; }
    public string Folder { get; }
    public string? Connection { get; }
    public StepClock Clock { get; } = new();

    /// <summary>A county's own packs, for commands and for the console over them.</summary>
    public string? Packs { get; set; }

    /// <summary>The options that say where the data is.</summary>
    public string[] Where =>
        [
            "--data",
            Folder,
            .. Connection is null ? Array.Empty<string>() : ["--db", Connection],
            .. Packs is null ? Array.Empty<string>() : ["--packs", Packs],
        ];

    public static TuopinCli Nowhere(Engine engine) =>
        new(
            engine,
            Directory.CreateTempSubdirectory("tuopin-cli-").FullName,
            engine == Engine.PostgreSql ? PostgresCluster.Shared.CreateDatabase() : null
        );

    /// <summary>A copy that may be written to. Nobody else may be connected to the original.</summary>
    public TuopinCli Copy()
    {
        var folder = Directory.CreateTempSubdirectory("tuopin-cli-").FullName;
        foreach (var file in Directory.EnumerateFiles(Folder, "*.json"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        if (Directory.Exists(Path.Combine(Folder, "demo-files")))
            CopyFiles(Path.Combine(Folder, "demo-files"), Path.Combine(folder, "demo-files"));
        foreach (var database in Databases.Where(d => File.Exists(Path.Combine(Folder, d))))
            File.Copy(Path.Combine(Folder, database), Path.Combine(folder, database));
        var copy = new TuopinCli(Engine, folder, Connection is null ? null : PostgresCopy.Of(Connection));
        copy.Clock.Now = Clock.Now;
        return copy;
    }

    /// <summary>Closes the database, so that its file is complete and either engine can copy it.</summary>
    public void Rest()
    {
        foreach (var database in Databases.Where(d => File.Exists(Path.Combine(Folder, d))))
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, database)};Pooling=False");
            connection.Open();
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        Store.CloseIdle();
    }

    private static readonly string[] Databases = ["tuopin.db", "desk.db"];

    /// <summary>Types a command.</summary>
    public Answer Run(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = CommandLine.Run([.. arguments, .. Where], output, errors, Clock);
        Clock.Now += TimeSpan.FromMinutes(1);
        return new(string.Join(' ', arguments), code, output.ToString(), errors.ToString());
    }

    public Answer Demo(string size, int seed = 1) => Run("demo", "--size", size, "--seed", $"{seed}", "--no-serve", "--json");

    public Answer Judge(params string[] options) => Run(["judge", "--json", .. options]);

    public Answer Explain(string household, params string[] options) => Run(["explain", household, "--json", .. options]);

    public Answer Gaps(params string[] options) => Run(["gaps", "--json", .. options]);

    public Answer WhatIf(params string[] options) => Run(["whatif", "--json", .. options]);

    /// <summary>Imports as of the day the demo stands at.</summary>
    public Answer Import(string file, params string[] options) => Run(["import", file, "--data-date", "2020-06-12", "--json", .. options]);

    public Answer Undo(long batch) => Run("import", "--undo", $"{batch}");

    /// <summary>The installation behind the command line, for what commands do not show.</summary>
    public Installation Open(bool create = false) => Installation.Open(new(Folder, Connection, Packs, null), create, Clock, _ => { });

    public Tables Tables => new(Store);

    private Store Store => Engine == Engine.Sqlite ? Store.Sqlite(Folder) : Store.Postgres(Connection!, Folder);

    public void Dispose()
    {
        if (!Made.TryRemove(this, out _))
            return;
        Remove();
        if (Connection is not null)
            PostgresCopy.Drop(Connection);
    }

    private void Remove()
    {
        Store.CloseIdle();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
