using System.Diagnostics;
using System.Text.Json;
using Tuopin.Demo;
using Tuopin.Exchange;

namespace Tuopin.Bench;

/// <summary>What a process of its own measured: CPU of all its threads, wall time, and the most memory it held.</summary>
internal sealed record Measured(double Cpu, double Wall, double Megabytes, double LockSeconds, long Rows);

/// <summary>Runs a part of a bench in a process of its own, so that its memory and its CPU are its own.</summary>
internal static class Child
{
    public static Measured Ask(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["child", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Measured>(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!
            : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
    }

    public static int Run(string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        double before = Cpu.Own,
            locked = 0;
        long rows = 0;
        switch (arguments)
        {
            case ["demo", var folder, var size]:
                MakeDemo.Handle(County.Open(folder, create: true), Enum.Parse<DemoSize>(size), 1, _ => { });
                break;
            case ["import", var folder, var file, .. var connection]:
                var installation = County.Open(folder, connection.FirstOrDefault());
                (before, watch) = (Cpu.Own, Stopwatch.StartNew());
                var results = ImportFiles.Handle(
                    installation,
                    new ImportFiles.Request([file], installation.WorkDate, Compare: false, Yes: false),
                    _ => { }
                );
                (rows, locked) = (results.Sum(r => r.Rows), results.Sum(r => r.LockSeconds));
                break;
            case ["serve", var folder, var port, .. var served]:
                Server.Serve(folder, port, served.FirstOrDefault());
                return 0;
            case ["list", var folder, var file]:
                rows = ExportBench.List(County.Open(folder), file);
                break;
            case ["persons", var folder, var file]:
                rows = ExportFile.Handle(County.Open(folder), new("persons", null) { Out = file }).Rows;
                break;
            case ["values", var folder, var file]:
                rows = ExportBench.Figures(County.Open(folder), file);
                break;
            case ["bare", var folder, var file]:
                (before, rows) = BareInserts.Run(folder, file);
                break;
            default:
                return 2;
        }
        Console.WriteLine();
        Console.WriteLine(JsonSerializer.Serialize(new Measured(Cpu.Own - before, watch.Elapsed.TotalSeconds, Cpu.PeakMegabytes(), locked, rows)));
        return 0;
    }
}
