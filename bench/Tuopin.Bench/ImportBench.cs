using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Tests.Shared;

namespace Tuopin.Bench;

/// <summary>
/// The county's person csv, 47 columns, with everything on (validation, encryption, index, history), against bare prepared inserts of the same columns;
/// the same file again; another county into the full table. Each import runs in a process of its own.
/// </summary>
internal static class ImportBench
{
    public static void Run(Report report, bool quick)
    {
        var files = Path.Combine(County.Demo(DemoSize.County), "demo-files");
        var persons = Path.Combine(files, "persons.csv");
        var other = OtherCounty.Write(persons, Path.Combine(County.Work, "other-county.csv"));
        var corrected = CorrectedRows.Write(persons, Path.Combine(County.Work, "corrected.csv"));
        var workbook = Workbook(files, Path.Combine(County.Work, "all-persons.xlsx"));
        List<double> ours = [],
            bare = [],
            again = [],
            another = [],
            memory = [],
            first = [],
            small = [],
            workbooks = [],
            read = [];
        for (var i = 0; i < (quick ? 1 : Report.Rounds); i++)
        {
            var folder = Fresh();
            var import = Child.Ask("import", folder, persons);
            var rival = Child.Ask("bare", Path.Combine(County.Work, "bare"), persons);
            var repeated = Child.Ask("import", folder, persons);
            var few = Child.Ask("import", folder, corrected);
            Measured next;
            using (var reader = new WaitingReader(Path.Combine(folder, "tuopin.db")))
            {
                next = Child.Ask("import", folder, other);
                read.Add(reader.Longest);
            }
            ours.Add(import.Rows / import.Cpu);
            bare.Add(rival.Rows / rival.Cpu);
            again.Add(repeated.Rows / repeated.Cpu);
            another.Add(next.Rows / next.Cpu);
            memory.Add(new[] { import, repeated, few, next }.Max(m => m.Megabytes));
            first.Add(import.LockSeconds);
            small.Add(few.LockSeconds);
            workbooks.Add(Child.Ask("import", Fresh(), workbook).Megabytes);
        }
        report.AtLeast("import of the county's persons", "bare SQLitePCL.raw inserts", ours, bare, "rows per CPU-ms", 0.25);
        report.AtLeast("the same file again", "the first import", again, ours, "rows per CPU-ms", 1);
        report.AtLeast("another county into the full table", "the first import", another, ours, "rows per CPU-ms", 0.9);
        report.Amount("peak memory of an import (csv)", memory, "MB", 600);
        report.Amount("peak memory of an import (xlsx, all 341,742 persons)", workbooks, "MB", 600);
        report.Amount("write lock, first load", first, "s", 15);
        report.Amount("write lock, one row in twenty changed", small, "s", 3);
        report.Amount("longest wait of a reader during an import", read, "s", 1);
        Postgres(report, persons, corrected);
    }

    // The server's share of the work counts. Rows come in by COPY and leave the staging tables set by set.
    private static void Postgres(Report report, string persons, string corrected)
    {
        var connection = PostgresCluster.Shared.CreateDatabase();
        var server = PostgresCluster.Shared.ProcessId;
        var folder = Fresh(connection);
        var before = Cpu.OfServer(server);
        var import = Child.Ask("import", folder, persons, connection);
        var cpu = import.Cpu + Cpu.OfServer(server) - before;
        var few = Child.Ask("import", folder, corrected, connection);
        report.Note($"postgresql, one round: {import.Rows / cpu:0.0} rows per CPU-ms, {import.Megabytes:N0} MB");
        report.Amount("write lock, first load, postgresql", [import.LockSeconds], "s", 15);
        report.Amount("write lock, one row in twenty changed, postgresql", [few.LockSeconds], "s", 3);
    }

    // Both person files of the demo in one workbook.
    private static string Workbook(string files, string path)
    {
        if (File.Exists(path))
            return path;
        using var writer = SheetWriter.Create(path, "persons");
        var header = false;
        foreach (var file in new[] { "persons.csv", "persons-gb18030.csv" })
        {
            using var reader = SheetReader.Open(Path.Combine(files, file));
            reader.StartAfter(header ? 2 : 1);
            header = true;
            while (reader.Read())
                writer.WriteRow([.. reader.Row.ToStrings().Select(c => new OutCell(c))]);
        }
        return path;
    }

    private static string Fresh(string? postgres = null)
    {
        var folder = Path.Combine(County.Work, "import");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var installation = County.Open(folder, postgres, create: true);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        installation.Set(connection, transaction, "work_date", "2020-06-12");
        installation.Set(connection, transaction, "invented", "yes");
        transaction.Commit();
        SqliteConnection.ClearAllPools();
        return folder;
    }

    /// <summary>Reads the database over and over while someone writes, and remembers the longest it had to wait.</summary>
    private sealed class WaitingReader : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Thread thread;

        public WaitingReader(string path)
        {
            thread = new Thread(() =>
            {
                using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
                connection.Open();
                while (!stop.IsCancellationRequested)
                {
                    var watch = System.Diagnostics.Stopwatch.StartNew();
                    using var command = connection.CreateCommand();
                    command.CommandText = "SELECT name FROM persons ORDER BY id LIMIT 20";
                    using (var reader = command.ExecuteReader())
                        while (reader.Read()) { }
                    Longest = Math.Max(Longest, watch.Elapsed.TotalSeconds);
                    Thread.Sleep(20);
                }
            });
            thread.Start();
        }

        public double Longest { get; private set; }

        public void Dispose()
        {
            stop.Cancel();
            thread.Join();
            stop.Dispose();
        }
    }
}

/// <summary>The same file with another number of months worked in every twentieth row.</summary>
internal static class CorrectedRows
{
    private const int Months = 20;

    public static string Write(string persons, string path)
    {
        using var reader = new StreamReader(persons);
        using var writer = new StreamWriter(path, false, new UTF8Encoding(true));
        for (var i = 0; reader.ReadLine() is { } line; i++)
        {
            var cells = line.Split(',');
            if (i >= 2 && i % 20 == 0)
                cells[Months] = cells[Months] == "3" ? "4" : "3";
            writer.WriteLine(string.Join(',', cells));
        }
        return path;
    }
}

/// <summary>The same persons moved to another county of the area tree, under numbers of their own.</summary>
internal static class OtherCounty
{
    public static string Write(string persons, string path)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var free = new Queue<string>(Villages());
        using var reader = new StreamReader(persons);
        using var writer = new StreamWriter(path, false, new UTF8Encoding(true));
        for (var i = 0; reader.ReadLine() is { } line; i++)
        {
            if (i < 2)
            {
                writer.WriteLine(line);
                continue;
            }
            var cells = line.Split(',');
            var village = string.Join(',', cells[..5]);
            if (!places.TryGetValue(village, out var place))
                places.Add(village, place = free.Dequeue());
            place.Split(',').CopyTo(cells, 0);
            foreach (var number in new[] { 5, 6 })
                cells[number] = cells[number].Replace("DEMO530326", "DEMO141002", StringComparison.Ordinal);
            foreach (var id in new[] { 11, 42 })
                cells[id] = Renumbered(cells[id]);
            writer.WriteLine(string.Join(',', cells));
        }
        return path;
    }

    // The last digit of the prefix is never 5 or more in the demo.
    private static string Renumbered(string id)
    {
        if (id.Length < 18 || !id.StartsWith("2903", StringComparison.Ordinal))
            return id;
        var digits = (id[..4] + (char)(id[4] + 5) + id[5..17]).ToCharArray();
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = digits.Select((d, i) => (d - '0') * weights[i]).Sum();
        return new string(digits) + "10X98765432"[sum % 11] + id[18..];
    }

    // Villages of Shanxi on the judging day, in code order: no county but the own has as many.
    private static IEnumerable<string> Villages()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(County.Demo(DemoSize.County), "tuopin.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        string Level(string alias) =>
            $"area_versions {alias} ON {alias}.from_day <= 20200612 AND ({alias}.to_day IS NULL OR {alias}.to_day > 20200612) AND {alias}.area_id = ";
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT p.name || ',' || c.name || ',' || k.name || ',' || t.name || ',' || v.name FROM area_versions v
            JOIN {Level("t")} v.parent_id JOIN {Level("k")} t.parent_id JOIN {Level("c")} k.parent_id JOIN {Level("p")} c.parent_id
            WHERE v.level = 5 AND v.from_day <= 20200612 AND (v.to_day IS NULL OR v.to_day > 20200612) AND v.code / 10000000000 = 14 ORDER BY v.code
            """
        );
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetString(0);
    }
}
