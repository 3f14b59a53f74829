using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;

namespace Tuopin.Platform.Operation;

/// <summary>Counts and times what is asked, by the pattern of the route: a pattern holds no number of a household and no name.</summary>
public sealed class Measure(RequestDelegate next, Measured measured, ILogger<Measure> log)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    public async Task Invoke(HttpContext http)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(begun);
            var route = RouteOf(http);
            measured.Add(route, MethodOf(http), http.Response.StatusCode, took);
            if (took > Slow && !http.RequestAborted.IsCancellationRequested)
                log.LogWarning(
                    "slow {Method} {Route} {Status} {Milliseconds}",
                    http.Request.Method,
                    route,
                    http.Response.StatusCode,
                    (long)took.TotalMilliseconds
                );
            else
                log.LogInformation(
                    "{Method} {Route} {Status} {Milliseconds}",
                    http.Request.Method,
                    route,
                    http.Response.StatusCode,
                    (long)took.TotalMilliseconds
                );
        }
    }

    // A sender may invent methods; each would be a series of its own for ever.
    private static string MethodOf(HttpContext http) =>
        http.GetEndpoint() is null && !Known.Contains(http.Request.Method) ? "other" : http.Request.Method;

    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

    /// <summary>The pattern of the route a request found; a path that leads nowhere may hold anything and is not told.</summary>
    public static string RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
}

/// <summary>What was asked since the program began.</summary>
public sealed class Measured
{
    /// <summary>Upper bounds of the histogram, in milliseconds: those the pages are held to, and some around them.</summary>
    public static readonly double[] Bounds = [5, 10, 25, 60, 100, 200, 500, 1000, 5000];

    private readonly ConcurrentDictionary<(string Route, string Method), Times> times = new();

    public sealed class Times
    {
        public long[] Buckets { get; } = new long[Bounds.Length + 1];
        public ConcurrentDictionary<int, long> Statuses { get; } = new();
        public double Seconds;
    }

    public IEnumerable<KeyValuePair<(string Route, string Method), Times>> All => times.OrderBy(t => t.Key);

    public void Add(string route, string method, int status, TimeSpan took)
    {
        var of = times.GetOrAdd((route, method), _ => new());
        of.Statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
        var bucket = Array.FindIndex(Bounds, b => took.TotalMilliseconds <= b);
        Interlocked.Increment(ref of.Buckets[bucket < 0 ? Bounds.Length : bucket]);
        double seen;
        do seen = of.Seconds;
        while (Interlocked.CompareExchange(ref of.Seconds, seen + took.TotalSeconds, seen) != seen);
    }
}
