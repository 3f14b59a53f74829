using System.Globalization;

namespace Tuopin.Bench;

/// <summary>CPU time: of this process over all threads, and of a PostgreSQL server with its backends, those that have ended included.</summary>
internal static class Cpu
{
    // Clock ticks of /proc are hundredths of a second on every Linux of today.
    private const double Tick = 10;

    public static double Own => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    /// <summary>Milliseconds used by a server process, its children of now, and those it has reaped.</summary>
    public static double OfServer(int postmaster)
    {
        var (_, self, reaped) = Stat(postmaster)!.Value;
        var total = (self + reaped) * Tick;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(id) is { } stat && stat.Parent == postmaster)
                total += Scheduled(id) ?? stat.Self * Tick;
        return total;
    }

    /// <summary>Milliseconds used by one backend.</summary>
    public static double OfBackend(int id) => Scheduled(id) ?? Stat(id)!.Value.Self * Tick;

    /// <summary>The most memory this process ever held, in MB.</summary>
    public static double PeakMegabytes() =>
        long.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024.0;

    private static (int Parent, long Self, long Reaped)? Stat(int id)
    {
        try
        {
            // The name in parentheses may hold spaces.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var parts = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long Number(int i) => long.Parse(parts[i], CultureInfo.InvariantCulture);
            return ((int)Number(1), Number(11) + Number(12), Number(13) + Number(14));
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Nanoseconds, where the kernel keeps them.
    private static double? Scheduled(int id)
    {
        var path = $"/proc/{id}/schedstat";
        return File.Exists(path) ? long.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6 : null;
    }
}
