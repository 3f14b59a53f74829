using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Tuopin.Bench;

/// <summary>
/// Six indicators with member aggregates: the columnar back end against SQLite in memory at county size and DuckDB in memory at 3,000,000 households.
/// </summary>
internal static class ColumnarBench
{
    private const int CountyHouseholds = 90_000;

    /// <summary>Against SQLite in memory.</summary>
    public static void County(Report report)
    {
        var law = new Law();
        var county = new Population(CountyHouseholds);
        var snapshot = county.Load(law);
        using var sqlite = new Sqlite(county);
        report.Note(
            $"{county.Households:N0} households, {county.Persons:N0} members; {sqlite.Version}, strict tables, members clustered by household"
        );
        var bar = Vector512.IsHardwareAccelerated ? 300 : 200;
        Compare(report, "columnar", () => Columns.Judge(snapshot, law, 50), sqlite.Queries.Keys, sqlite.Ask, bar);
    }

    /// <summary>Against DuckDB in memory, with one thread and with all.</summary>
    public static void Nation(Report report, int households)
    {
        var law = new Law();
        var nation = new Population(households);
        var watch = Stopwatch.StartNew();
        var snapshot = nation.Load(law);
        report.Note(
            $"{nation.Households:N0} households, {nation.Persons:N0} members: {snapshot.Size >> 20} MiB, filled in {watch.Elapsed.TotalSeconds:F1} s"
        );
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            using var duckdb = new DuckDb(nation, threads);
            report.Note(duckdb.Version);
            Compare(report, "columnar-3m", () => Columns.Judge(snapshot, law, 3), duckdb.Queries, duckdb.Ask, 20);
        }
    }

    // The rival's best query is the one that counts.
    private static void Compare(Report report, string name, Func<Run> columns, IEnumerable<string> queries, Func<string, Run> ask, double bar)
    {
        for (var i = 0; i < 10; i++)
            columns();
        List<(string Query, List<double> Ours, List<double> Theirs)> runs = [];
        foreach (var query in queries)
        {
            var warm = ask(query);
            if (!warm.Counts.SequenceEqual(columns().Counts))
                throw new InvalidOperationException($"'{query}' counts {string.Join(' ', warm.Counts)}, we {string.Join(' ', columns().Counts)}");
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var i = 0; i < Report.Rounds; i++)
            {
                ours.Add(columns().Cpu);
                theirs.Add(ask(query).Cpu);
            }
            runs.Add((query, ours, theirs));
        }
        foreach (var (query, ours, theirs) in runs.Where(r => r.Theirs.Order().ElementAt(2) > runs.Min(x => x.Theirs.Order().ElementAt(2))))
            report.Note($"{query}: {Report.Median(theirs):F1} ms, columns {Report.Median(ours):F2} ms");
        var best = runs.MinBy(r => Report.Median(r.Theirs));
        report.AtLeast(name, best.Query, best.Theirs, best.Ours, "ms CPU", bar);
    }
}
