using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Operation;

/// <summary>
/// <c>/health</c>: the program answers; <c>/ready</c>: it can serve; <c>/metrics</c>: how it does, as Prometheus reads it, for whoever operates it or asks from
/// this machine itself.
/// </summary>
public static class ShowHealth
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => TypedResults.Text("ok\n")).AllowAnonymous();
        routes.MapGet("/ready", Ready).AllowAnonymous();
        routes.MapGet("/metrics", Metrics).AllowAnonymous();
    }

    private static async Task<IResult> Ready(Installation installation, DeskDb desk, Jobs.RunJobs jobs, ILogger<Measured> log)
    {
        try
        {
            await using var connection = installation.Store.OpenReader();
            _ = connection.Number("SELECT count(*) FROM settings");
            _ = await desk.Jobs.Where(j => j.Id == 0).CountAsync();
            return jobs.Works
                ? TypedResults.Text("ready\n")
                : TypedResults.Text("not ready: jobs\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException or IOException or InvalidOperationException)
        {
            log.LogError("not ready: {Fault}", fault.GetType().Name);
            return TypedResults.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task Metrics(HttpContext http, ConsoleContext context, DeskDb desk, Measured measured, Jobs.RunJobs runner)
    {
        var caller = await context.FindCaller();
        // Whatever a proxy on this machine passes on comes from here too.
        var fromHere =
            http.Connection.RemoteIpAddress is { } address
            && IPAddress.IsLoopback(address)
            && !http.Request.Headers.Keys.Any(h =>
                h.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                || h.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
                || h.Equals("X-Original-For", StringComparison.OrdinalIgnoreCase)
            );
        if (!fromHere && caller?.May(Permission.Operate) != true)
        {
            await Refused.Answer(http, caller is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden);
            return;
        }
        var jobs = await desk.Jobs.GroupBy(j => j.State).Select(g => new { g.Key, Count = g.Count() }).ToListAsync();
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# TYPE tuopin_request_seconds histogram");
        foreach (var ((route, method), times) in measured.All)
        {
            var sum = 0L;
            for (var i = 0; i < Measured.Bounds.Length; i++)
                Line(
                    $"tuopin_request_seconds_bucket{{route=\"{route}\",method=\"{method}\",le=\"{Measured.Bounds[i] / 1000}\"}} {sum += times.Buckets[i]}"
                );
            Line($"tuopin_request_seconds_bucket{{route=\"{route}\",method=\"{method}\",le=\"+Inf\"}} {sum + times.Buckets[^1]}");
            Line($"tuopin_request_seconds_sum{{route=\"{route}\",method=\"{method}\"}} {times.Seconds:0.######}");
            Line($"tuopin_request_seconds_count{{route=\"{route}\",method=\"{method}\"}} {sum + times.Buckets[^1]}");
        }
        Line($"# TYPE tuopin_requests_total counter");
        foreach (var ((route, method), times) in measured.All)
        foreach (var (status, count) in times.Statuses.OrderBy(s => s.Key))
            Line($"tuopin_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}} {count}");
        Line($"# TYPE tuopin_jobs gauge");
        foreach (var state in Enum.GetValues<Jobs.JobState>())
            Line($"tuopin_jobs{{state=\"{state.ToString().ToLowerInvariant()}\"}} {jobs.FirstOrDefault(j => j.Key == state)?.Count ?? 0}");
        Line($"# TYPE tuopin_jobs_failing gauge");
        Line($"tuopin_jobs_failing {runner.Failing.Count}");
        Line($"# TYPE process_cpu_seconds_total counter");
        Line($"process_cpu_seconds_total {Environment.CpuUsage.TotalTime.TotalSeconds:0.###}");
        Line($"# TYPE process_resident_memory_bytes gauge");
        Line($"process_resident_memory_bytes {Environment.WorkingSet}");
        Line($"# TYPE dotnet_gc_collections_total counter");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            Line($"dotnet_gc_collections_total{{generation=\"{generation}\"}} {GC.CollectionCount(generation)}");
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await http.Response.WriteAsync(text.ToString());
    }
}
