using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tuopin.Bench;

// What the spine must reach, each as a ratio against a named rival measured in the same run. Usage: Tuopin.Bench [NAME...] [--quick]; see bench/README.md.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Tuopin.Tests.Shared.PostgresCluster.Measured = true;
var quick = args.Contains("--quick") || args.All(a => a.StartsWith("--", StringComparison.Ordinal));
var names = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
if (names is ["profile", ..])
{
    Profile.Run(new Law(), names.Length > 1 ? int.Parse(names[1]) : 3_000_000);
    return 0;
}
Dictionary<string, Action<Report>> benches = new(StringComparer.Ordinal)
{
    ["demo"] = DemoBench.Run,
    ["judge"] = r => JudgeBench.Run(r, quick),
    ["one"] = OneHouseholdBench.Run,
    ["import"] = r => ImportBench.Run(r, quick),
    ["growth"] = GrowthBench.Run,
    ["console"] = r => ConsoleBench.Run(r, quick),
    ["life"] = r => LifeBench.Run(r, quick),
    ["clean"] = r =>
    {
        CheckBench.Run(r, quick);
        CheckBench.Guizhou(r);
        MatchingBench.Run(r);
        InboxBench.Run(r, quick);
    },
    ["checks"] = r => CheckBench.Run(r, quick),
    ["guizhou"] = CheckBench.Guizhou,
    ["matching"] = MatchingBench.Run,
    ["inbox"] = r => InboxBench.Run(r, quick),
    ["figures"] = FiguresBench.Run,
    ["exports"] = ExportBench.Run,
    ["report"] = ReportBench.Run,
    ["columnar"] = ColumnarBench.County,
    ["columnar-3m"] = r => ColumnarBench.Nation(r, quick ? 300_000 : 3_000_000),
};
string[] named = ["clean", "checks", "guizhou", "matching", "inbox", "figures", "exports", "report", "columnar-3m", "console", "life"];
if (names is ["child", ..])
    return Child.Run(names[1..]);
if (names is ["sql", var folder])
{
    JudgeBench.Write(folder);
    return 0;
}
if (names.FirstOrDefault(n => !benches.ContainsKey(n)) is { } unknown)
{
    Console.Error.WriteLine($"no bench is called {unknown}; there are: {string.Join(", ", benches.Keys)}");
    return 2;
}

// Two at once would measure each other.
using var alone = County.Alone();
var report = new Report();
Console.WriteLine(
    $"{Environment.ProcessorCount} processors, {InstructionSet()}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}"
);
foreach (var (name, bench) in benches.Where(b => names.Length == 0 ? !named.Contains(b.Key) : names.Contains(b.Key)))
{
    Console.WriteLine($"{name}:");
    bench(report);
}
report.Print();
return report.Failed ? 1 : 0;

static string InstructionSet() =>
    Vector512.IsHardwareAccelerated ? $"AVX-512{(Avx512Vbmi.IsSupported ? " with VBMI" : "")}"
    : Vector256.IsHardwareAccelerated ? "AVX2"
    : "128-bit vectors";
