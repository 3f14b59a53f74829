using System.Data.Common;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Bench;

/// <summary>The statements that judge the demo county's households against hand-written SQL (bench/sql) that returns the same bits.</summary>
internal static class JudgeBench
{
    private static readonly string[] Ids = ["national.household-exit", "yunnan.household-exit"];

    public static void Run(Report report, bool quick)
    {
        var folder = County.Demo(DemoSize.County);
        var installation = County.Open(folder);
        using (var sqlite = installation.Store.Open())
            Compare(report, installation, sqlite, "sqlite", () => Cpu.Own, SqliteVersion(sqlite));
        var connection = County.IntoPostgres(folder);
        var second = County.Open(Path.Combine(County.Work, "postgres"), connection);
        using var postgres = second.Store.Open();
        County.Run(postgres, "SET jit = off");
        var server = Tests.Shared.PostgresCluster.Shared.ProcessId;
        Compare(report, second, postgres, "postgresql", () => Cpu.Own + Cpu.OfServer(server), $"PostgreSQL {postgres.ServerVersion}, jit off");
    }

    /// <summary>Writes our statements to a folder, to read beside the hand-written ones.</summary>
    public static void Write(string folder)
    {
        var installation = County.Open(County.Demo(DemoSize.County));
        using var connection = installation.Store.Open();
        foreach (var dialect in new[] { SqlDialect.Sqlite, SqlDialect.PostgreSql })
        foreach (var id in Ids)
            File.WriteAllText(
                Path.Combine(folder, $"{id}.{(dialect == SqlDialect.Sqlite ? "sqlite" : "postgresql")}.sql"),
                Ours(installation, connection, id, dialect)
            );
    }

    private static string Ours(Installation installation, DbConnection connection, string id, SqlDialect dialect)
    {
        var day = installation.WorkDate;
        var area = AreaTree.Load(connection, day).ByCode("530326")!;
        var judging = Judging.Begin(installation, connection, null, area, day, store: true);
        var context = judging.Context(judging.Range) with { HoldsOnlyArea = judging.HoldsOnlyRange() };
        var text = SqlJudging.Masks(
            judging.Standards.Single(s => s.Id == id),
            new SqlContext(dialect, context.Day)
            {
                Area = context.Area,
                HoldsOnlyArea = context.HoldsOnlyArea,
                Standards = context.Standards,
            }
        );
        return text;
    }

    private static void Compare(Report report, Installation installation, DbConnection connection, string engine, Func<double> cpu, string version)
    {
        report.Note(version);
        foreach (var id in Ids)
        {
            var ours = Ours(installation, connection, id, installation.Store.Dialect);
            var theirs = File.ReadAllText(Path.Combine(County.Root, "bench", "sql", $"{id}.{engine}.sql"));
            Same(connection, ours, theirs, id);
            var (our, their) = (new List<double>(), new List<double>());
            for (var i = 0; i < Report.Rounds; i++)
            {
                our.Add(Ask(connection, ours, cpu));
                their.Add(Ask(connection, theirs, cpu));
            }
            report.AtMost($"judge {id} on {engine}", "hand-written SQL", our, their, "ms CPU", 1.2);
        }
    }

    // Both are read as a whole by the engine itself, so that the cost of fetching rows hides nothing.
    private static double Ask(DbConnection connection, string sql, Func<double> cpu)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = ($"SELECT count(*), sum(met), sum(unmet), sum(exempt) FROM ({sql}) AS j", 0);
        var before = cpu();
        command.ExecuteScalar();
        return cpu() - before;
    }

    private static void Same(DbConnection connection, string ours, string theirs, string id)
    {
        var (a, b) = (Rows(connection, ours), Rows(connection, theirs));
        var differing = a.Except(b).Concat(b.Except(a)).Take(3).ToList();
        if (a.Count == 0 || differing.Count > 0)
            throw new InvalidOperationException($"{id}: the hand-written SQL returns other bits, for instance {string.Join(" ", differing)}");
    }

    private static HashSet<(long Id, long Met, long Unmet, long Exempt)> Rows(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        using var reader = command.ExecuteReader();
        var rows = new HashSet<(long, long, long, long)>();
        while (reader.Read())
            rows.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        return rows;
    }

    private static string SqliteVersion(DbConnection connection) => $"SQLite {connection.ServerVersion}, a file in WAL mode, cache 200 MB";
}
