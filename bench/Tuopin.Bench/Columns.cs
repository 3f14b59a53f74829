using System.Diagnostics;
using Tuopin.Rules.Columnar;

namespace Tuopin.Bench;

/// <summary>One measured run: CPU of the process over all threads, wall time, and met and unmet of each indicator, by which contestants are compared.</summary>
internal sealed record Run(double Cpu, double Wall, long[] Counts);

/// <summary>Our side: a standard judged over a snapshot.</summary>
internal static class Columns
{
    /// <summary>Short runs are repeated, so that the clock of the system can see them.</summary>
    public static Run Judge(Snapshot snapshot, Law law, int repeat)
    {
        var watch = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        long[] counts = [];
        for (var i = 0; i < repeat; i++)
        {
            var result = snapshot.Judge(law.Exit);
            counts = [.. result.Planes.SelectMany(p => new long[] { p.Met.Count(), p.Unmet.Count() })];
        }
        return new Run((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / repeat, watch.Elapsed.TotalMilliseconds / repeat, counts);
    }
}
