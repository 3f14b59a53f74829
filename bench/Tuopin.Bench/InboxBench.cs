using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Work;

namespace Tuopin.Bench;

/// <summary>The inbox and the tree of work with 50,000 open items, through the console, for the county, a department and a village; on both engines.</summary>
internal static class InboxBench
{
    private const int Items = 50_000;

    private static readonly (string User, string[] Pages)[] Asked =
    [
        (
            "county",
            ["/work", "/work?of=area&due=overdue", "/work?of=area&kind=gap&department=housing", "/work?of=area&after=20200612-1", "/work/tree"]
        ),
        ("housing", ["/work", "/work?due=soon"]),
        ("village", ["/work", "/work/tree"]),
    ];

    public static void Run(Report report, bool quick)
    {
        foreach (var engine in new[] { "sqlite", "postgresql" })
            Over(engine, report, quick);
    }

    private static void Over(string engine, Report report, bool quick)
    {
        var demo = County.Demo(quick ? DemoSize.Township : DemoSize.County);
        var folder = County.Copy(demo, "inbox-" + engine);
        var connection = engine == "sqlite" ? null : County.IntoPostgres(demo).Replace("Pooling=false", "Pooling=true", StringComparison.Ordinal);
        var installation = County.Open(folder, connection);
        DemoUsers.Make(installation);
        using (var record = installation.Store.Open())
        using (var transaction = installation.Store.BeginWrite(record))
        {
            record.Execute(
                $"""
                INSERT INTO work_items (id, kind, source_key, what, live, ordinal, open_children, subject, subject_id, area_code, department, due, due_by_hand, state,
                  opened_day, card, change_id)
                SELECT 5303269000000000 + n.at, CASE WHEN n.at % 10 < 7 THEN 'gap' WHEN n.at % 10 < 9 THEN 'conflict' ELSE 'review' END, 'bench/' || n.at,
                  'yunnan.household-exit/housing', TRUE, 0, 0, 'household', n.household_id, n.area_code,
                  CASE n.at % 5 WHEN 0 THEN 'housing' WHEN 1 THEN 'medical_insurance' WHEN 2 THEN 'education' WHEN 3 THEN 'water' ELSE 'poverty_office' END,
                  CASE WHEN n.at % 3 = 0 THEN {WorkItem.NoDeadline} ELSE 20200601 + n.at % 28 END, FALSE, 0, 20200301 + n.at % 28, CASE WHEN n.at % 50 = 0 THEN 1 ELSE 0 END, 1
                FROM (SELECT l.household_id, l.area_code, row_number() OVER (ORDER BY k.k, l.household_id) AS at FROM household_list l
                  CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
                    UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15
                    UNION ALL SELECT 16 UNION ALL SELECT 17 UNION ALL SELECT 18 UNION ALL SELECT 19) k) n
                WHERE n.at <= {Items}
                """,
                transaction
            );
            transaction.Commit();
            report.Note($"{record.Number("SELECT count(*) FROM work_items WHERE closed_day IS NULL"):N0} open items, {engine}");
            record.Execute(installation.Store.IsSqlite ? "ANALYZE work_items" : "VACUUM ANALYZE work_items");
        }
        using var server = Server.Start(folder, connection);
        foreach (var (user, pages) in Asked)
        {
            using var client = server.SignIn(user);
            foreach (var page in pages)
            {
                ConsoleBench.Loop(client, [page], 1);
                var runs = Enumerable.Range(0, Report.Rounds).Select(_ => ConsoleBench.Loop(client, [page], quick ? 1 : 3)).ToList();
                report.Amount($"{user} {page}, p95, {engine}", [.. runs.Select(r => P95(r.Times))], "ms", 60);
                if (runs.Sum(r => r.Failed) is > 0 and var failed)
                    report.Amount($"errors: {user} {page}, {engine}", [failed], "errors", 0);
            }
        }
    }

    private static double P95(double[] times)
    {
        Array.Sort(times);
        return times[Math.Min(times.Length - 1, times.Length * 95 / 100)];
    }
}
