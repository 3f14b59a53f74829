using System.Diagnostics;
using Tuopin.Bench;
using Tuopin.Rules.Columnar;

var population = new Population(3_000_000);
var law = new Law();
var clock = Stopwatch.StartNew();
var snapshot = population.Load(law);
Console.WriteLine($"load {clock.ElapsedMilliseconds} ms, {population.Persons} persons, {snapshot.Size >> 20} MiB");
for (var i = 0; i < 20; i++)
{
    var before = Environment.CpuUsage.TotalTime;
    clock.Restart();
    var result = snapshot.Judge(law.Exit);
    var wall = clock.Elapsed.TotalMilliseconds;
    var cpu = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    Console.WriteLine($"cpu {cpu:F1} wall {wall:F1} {string.Join(' ', result.Planes.Select(p => $"{p.Met.Count()}/{p.Unmet.Count()}"))}");
}
foreach (var indicator in law.Exit.Indicators)
{
    var one = law.Exit with { Indicators = [indicator] };
    var best = double.MaxValue;
    for (var i = 0; i < 10; i++)
    {
        clock.Restart();
        snapshot.Judge(one);
        best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
    }
    Console.WriteLine($"{indicator.Id} {best:F1} ms");
}
