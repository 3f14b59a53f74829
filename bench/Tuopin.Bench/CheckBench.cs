using System.Data.Common;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Quality;
using Tuopin.Standards;

namespace Tuopin.Bench;

/// <summary>
/// A run of all checks over the demo county with planted faults, against the sum of the same checks one by one as hand-written SQL (bench/sql/checks.sql),
/// which must first find the same; and a run with its findings kept when nothing has changed.
/// </summary>
internal static class CheckBench
{
    /// <param name="quick">A township, and fewer rounds.</param>
    public static void Run(Report report, bool quick)
    {
        var folder = County.Copy(County.Demo(quick ? DemoSize.Township : DemoSize.County), "checks");
        var installation = County.Open(folder);
        var rounds = quick ? 3 : Report.Rounds;
        var planted = PlantFaults.Handle(installation).Select(f => $"{f.Check} {f.SubjectId}").ToHashSet();
        using (var sqlite = installation.Store.Open())
            Compare(report, installation, sqlite, "sqlite", () => Cpu.Own, planted, rounds);
        var connection = County.IntoPostgres(folder);
        var second = County.Open(Path.Combine(County.Work, "postgres"), connection);
        using var postgres = second.Store.Open();
        County.Run(postgres, "SET jit = off");
        var server = Tests.Shared.PostgresCluster.Shared.ProcessId;
        Compare(report, second, postgres, "postgresql", () => Cpu.Own + Cpu.OfServer(server), planted, rounds);
    }

    /// <summary>The township of Guizhou in 2023 from nothing, with its faults: what is found must be what was planted.</summary>
    public static void Guizhou(Report report)
    {
        foreach (var (engine, connection) in new[] { ("sqlite", null), ("postgresql", Tests.Shared.PostgresCluster.Shared.CreateDatabase()) })
        {
            var folder = Path.Combine(County.Work, $"guizhou-{engine}");
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            var installation = County.Open(folder, connection, create: true);
            var before = Cpu.Own;
            var made = MakeDemo.Handle(installation, DemoSize.Township, 1, _ => { }, Path.Combine(folder, "faults.csv"), DemoSet.Guizhou);
            var seconds = (Cpu.Own - before) / 1000;
            var planted = made.Planted.Select(f => $"{f.Check} {f.SubjectId}").ToHashSet();
            using var opened = installation.Store.Open();
            var found = Texts(opened, "SELECT check_id || ' ' || CAST(subject_id AS text) FROM findings WHERE cleared_day IS NULL").ToHashSet();
            report.Note(
                $"Guizhou 2023 on {engine}: {planted.Count} planted, {found.Count} found, {found.Except(planted).Count()} not planted, {planted.Except(found).Count()} not found, {made.LostRows.Count} rows of lists lost; made in {seconds:F0} s of CPU (ours)"
            );
            if (!found.SetEquals(planted))
                throw new InvalidOperationException(
                    $"{engine}: found and planted differ: {string.Join("; ", found.Except(planted).Concat(planted.Except(found)).Take(5))}"
                );
        }
    }

    private static void Compare(
        Report report,
        Installation installation,
        DbConnection connection,
        string engine,
        Func<double> cpu,
        IReadOnlySet<string> planted,
        int rounds
    )
    {
        var day = installation.WorkDate;
        var area = AreaTree.Load(connection, day).ByCode("530326")!;
        var statements = Statements(File.ReadAllText(Path.Combine(County.Root, "bench", "sql", "checks.sql")));
        var checking = Checking.Of(Judging.Begin(installation, connection, null, area, day, store: true));
        var missing = checking.Checks.Select(c => c.Id).Except(statements.Keys).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"no hand-written SQL for {string.Join(", ", missing)}");
        checking.Run();
        var found = Texts(connection, $"SELECT check_id || ' ' || CAST(subject_id AS text) FROM {Checking.Found}").ToHashSet();
        if (!found.SetEquals(planted))
            throw new InvalidOperationException(
                $"{engine}: found and planted differ: {string.Join("; ", found.Except(planted).Concat(planted.Except(found)).Take(5))}"
            );
        foreach (var check in checking.Checks)
        {
            var theirs = Texts(connection, statements[check.Id]).ToHashSet();
            // Hand-written SQL asks about those, too, who are no longer in the books.
            var ours = found.Where(f => f.StartsWith(check.Id + ' ', StringComparison.Ordinal)).Select(f => f[(check.Id.Length + 1)..]);
            if (ours.Except(theirs).ToList() is { Count: > 0 } lost)
                throw new InvalidOperationException($"{check.Id} on {engine}: the hand-written SQL does not find {lost[0]}");
        }
        var (our, their) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            our.Add(Measured(cpu, () => checking.Run()));
            their.Add(Measured(cpu, () => checking.Checks.ToList().ForEach(c => Count(connection, statements[c.Id]))));
        }
        report.AtMost($"{checking.Checks.Count} checks in one run on {engine}", "the sum of hand-written SQL", our, their, "ms CPU", 0.5);
        foreach (var set in checking.Sets)
            report.Note($"{set.Key.Name}: {set.Count()} checks, {checking.Spent[set.Key.Name]:F0} ms of the clock in the last run");
    }

    private static double Measured(Func<double> cpu, Action act)
    {
        var before = cpu();
        act();
        return cpu() - before;
    }

    private static void Count(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = ($"SELECT count(*) FROM ({sql}) AS c", 0);
        command.ExecuteScalar();
    }

    private static List<string> Texts(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
            texts.Add(Convert.ToString(reader.GetValue(0), null)!);
        return texts;
    }

    // A line "-- id", then a statement to its semicolon.
    private static Dictionary<string, string> Statements(string text) =>
        text.Split("\n-- ")
            .Skip(1)
            .Select(s => s.Split('\n', 2))
            .Where(s => s.Length == 2 && s[0].StartsWith('c'))
            .ToDictionary(s => s[0].Trim(), s => s[1].Trim().TrimEnd(';'), StringComparer.Ordinal);
}
