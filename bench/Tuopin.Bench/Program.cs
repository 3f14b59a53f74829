using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tuopin.Bench;

// Six indicators with member aggregates: the columnar back end against SQLite in memory at county size and DuckDB in memory at 3,000,000 households.
// Runs are interleaved, the median of five is taken, CPU time is that of all threads of the process that answers. Usage: Tuopin.Bench [households [county | profile]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int CountyHouseholds = 90_000;
const int Rounds = 5;
var households = args.Length > 0 ? int.Parse(args[0]) : 3_000_000;
var law = new Law();
if (args.Contains("profile"))
{
    Profile.Run(law, households);
    return;
}
Console.WriteLine($"{Environment.ProcessorCount} processors, {InstructionSet()}");

var county = new Population(CountyHouseholds);
var snapshot = county.Load(law);
using (var sqlite = new Sqlite(county))
{
    Console.WriteLine($"county: {county.Households:N0} households, {county.Persons:N0} members; {sqlite.Version}");
    Compare(() => Columns.Judge(snapshot, law, 50), sqlite.Queries.Keys, sqlite.Ask);
}

if (args.Contains("county"))
    return;
var nation = new Population(households);
var watch = Stopwatch.StartNew();
snapshot = nation.Load(law);
Console.WriteLine();
Console.WriteLine(
    $"snapshot of {nation.Households:N0} households, {nation.Persons:N0} members: {snapshot.Size >> 20} MiB, filled in {watch.Elapsed.TotalSeconds:F1} s"
);
foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
{
    using var duckdb = new DuckDb(nation, threads);
    Console.WriteLine($"nation: {duckdb.Version}");
    Compare(() => Columns.Judge(snapshot, law, 3), duckdb.Queries, duckdb.Ask);
}

static void Compare(Func<Run> columns, IEnumerable<string> queries, Func<string, Run> ask)
{
    for (var i = 0; i < 10; i++)
        columns();
    foreach (var query in queries)
    {
        var warm = ask(query);
        if (!warm.Counts.SequenceEqual(columns().Counts))
            throw new InvalidOperationException($"'{query}' counts {string.Join(' ', warm.Counts)}, we {string.Join(' ', columns().Counts)}");
        List<Run> ours = [],
            theirs = [];
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(columns());
            theirs.Add(ask(query));
        }
        double our = Median(ours),
            their = Median(theirs);
        Console.WriteLine($"  {query, -32} {their, 10:F1} ms CPU, columns {our, 8:F2} ms CPU: {their / our, 6:F0} x");
    }
}

static double Median(List<Run> runs) => runs.Select(r => r.Cpu).Order().ElementAt(runs.Count / 2);

static string InstructionSet() =>
    Vector512.IsHardwareAccelerated ? $"AVX-512{(Avx512Vbmi.IsSupported ? " with VBMI" : "")}"
    : Vector256.IsHardwareAccelerated ? "AVX2"
    : "128-bit vectors";
