using Tuopin.Rules.Columnar;

namespace Tuopin.Bench;

/// <summary>CPU of each indicator alone, for the tuning of the evaluator: the best of many runs, as neighbours on the machine only add.</summary>
internal static class Profile
{
    public static void Run(Law law, int households)
    {
        var snapshot = new Population(households).Load(law);
        // The runtime tiers up on a thread of its own, which a busy machine starves.
        for (var i = 0; i < 300; i++)
            snapshot.Judge(law.Exit);
        Thread.Sleep(2000);
        foreach (var indicators in law.Exit.Indicators.Select(i => new[] { i }).Append([.. law.Exit.Indicators]))
        {
            var standard = law.Exit with { Indicators = [.. indicators] };
            var best = double.MaxValue;
            for (var i = 0; i < 60; i++)
            {
                var repeat = Math.Max(1, 2_000_000 / households);
                var before = Environment.CpuUsage.TotalTime;
                for (var k = 0; k < repeat; k++)
                    snapshot.Judge(standard);
                best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / repeat);
            }
            Console.WriteLine($"{string.Join('+', indicators.Select(i => i.Id)), -60} {best:F3} ms, {best * 1e6 / households:F2} ns per household");
        }
    }
}
