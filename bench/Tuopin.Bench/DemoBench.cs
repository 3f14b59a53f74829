using Tuopin.Demo;

namespace Tuopin.Bench;

/// <summary>The demo county from nothing: generated, written, imported, judged.</summary>
internal static class DemoBench
{
    public static void Run(Report report)
    {
        var made = County.Make(DemoSize.County);
        report.Note($"one run; {made.Wall:F0} s by the clock of a machine that may be shared, peak memory {made.Megabytes:F0} MB");
        report.Amount("demo county, CPU", [made.Cpu / 1000], "s", 90);
    }
}
