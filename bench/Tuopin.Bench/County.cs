using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Tests.Shared;

namespace Tuopin.Bench;

/// <summary>The demo county the benches stand on: made once under artifacts/bench, copied for whoever writes to it.</summary>
internal static class County
{
    public static string Root { get; } = FindRoot();
    public static string Packs => Path.Combine(Root, "packs");
    public static string Work => Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench")).FullName;

    public static Installation Open(string folder, string? connection = null, bool create = false) =>
        Installation.Open(new InstallationOptions(folder, connection, null, null) { ShippedPacks = Packs }, create, TimeProvider.System, _ => { });

    /// <summary>Waits until no other bench of this folder runs, and keeps others waiting until disposed.</summary>
    public static FileStream Alone()
    {
        while (true)
            try
            {
                return new FileStream(Path.Combine(Work, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(500);
            }
    }

    /// <summary>The folder of a demo of a size, made when it is not there or what makes it is newer.</summary>
    public static string Demo(DemoSize size)
    {
        var folder = Path.Combine(Work, size.ToString().ToLowerInvariant());
        var done = Path.Combine(folder, ".done");
        string[] makers = ["packs", "src/Tuopin/Demo", "src/Tuopin/Exchange", "src/Tuopin/Registry", "src/Tuopin/Platform/Database"];
        var newest = makers
            .SelectMany(m => Directory.EnumerateFiles(Path.Combine(Root, m), "*", SearchOption.AllDirectories))
            .Max(File.GetLastWriteTimeUtc);
        if (File.Exists(done) && File.GetLastWriteTimeUtc(done) >= newest)
            return folder;
        Console.WriteLine($"  making the demo {size.ToString().ToLowerInvariant()} (kept in artifacts/bench)");
        Make(size);
        return folder;
    }

    /// <summary>Makes a demo anew in a process of its own.</summary>
    public static Measured Make(DemoSize size)
    {
        var folder = Path.Combine(Work, size.ToString().ToLowerInvariant());
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var made = Child.Ask("demo", folder, size.ToString());
        File.WriteAllText(Path.Combine(folder, ".done"), "");
        return made;
    }

    /// <summary>A copy to write to.</summary>
    public static string Copy(string folder, string name)
    {
        var copy = Path.Combine(Work, name);
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
        Directory.CreateDirectory(copy);
        // Who made it may have left its last pages in the log beside it.
        foreach (var file in new[] { "tuopin.db", "tuopin.db-wal", "keys.json" }.Where(f => File.Exists(Path.Combine(folder, f))))
            File.Copy(Path.Combine(folder, file), Path.Combine(copy, file));
        return copy;
    }

    /// <summary>The same rows in a new PostgreSQL database; gives its connection string.</summary>
    public static string IntoPostgres(string folder)
    {
        var connection = PostgresCluster.Shared.CreateDatabase();
        Open(Path.Combine(Work, "postgres"), connection, create: true);
        using var from = new SqliteConnection($"Data Source={Path.Combine(folder, "tuopin.db")};Mode=ReadOnly");
        from.Open();
        using var to = new NpgsqlConnection(connection);
        to.Open();
        Run(to, "SET session_replication_role = replica");
        foreach (
            var table in Texts(to, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        )
            if (table != "migrations" && Texts(from, $"SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{table}'").Count > 0)
                CopyTable(from, to, table);
        Run(to, "VACUUM ANALYZE");
        return connection;
    }

    private static void CopyTable(SqliteConnection from, NpgsqlConnection to, string table)
    {
        // A new database holds a few rows; a table that another refers to cannot be truncated.
        Run(to, $"DELETE FROM {table}");
        var columns = Texts(to, $"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position");
        var booleans = Texts(to, $"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND data_type = 'boolean'");
        var list = string.Join(", ", columns.Select(c => $"\"{c}\""));
        using var read = from.CreateCommand();
        read.CommandText = $"SELECT {list} FROM {table}";
        using var rows = read.ExecuteReader();
        using var copy = to.BeginTextImport($"COPY {table} ({list}) FROM STDIN");
        var line = new StringBuilder();
        while (rows.Read())
        {
            line.Clear();
            for (var i = 0; i < columns.Count; i++)
                line.Append(i > 0 ? "\t" : "").Append(Cell(rows.GetValue(i), booleans.Contains(columns[i])));
            copy.Write(line.Append('\n'));
        }
    }

    private static string Cell(object value, bool isBoolean) =>
        value switch
        {
            DBNull => "\\N",
            long number => isBoolean
                ? number == 0
                    ? "f"
                    : "t"
                : number.ToString(CultureInfo.InvariantCulture),
            byte[] bytes => "\\\\x" + Convert.ToHexString(bytes),
            string text => text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
                .Replace("\r", "\\r", StringComparison.Ordinal),
            _ => throw new UnreachableException($"{value.GetType()}"),
        };

    public static void Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        command.ExecuteNonQuery();
    }

    public static List<string> Columns(DbConnection connection, string table) => Texts(connection, $"SELECT name FROM pragma_table_info('{table}')");

    private static List<string> Texts(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tuopin.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("run the bench from a build within the repository");
    }
}
