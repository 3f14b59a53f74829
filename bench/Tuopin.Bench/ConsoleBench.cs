using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Dapper;
using Tuopin.Demo;
using Tuopin.Platform;

namespace Tuopin.Bench;

/// <summary>
/// The console over the demo county as people use it: requests are sent at their time whether or not the last one has been answered (open loop, 20 a
/// second), and a request is timed from when it was due. The server is a process of its own, so that its CPU is told apart from the sender's.
/// </summary>
internal static class ConsoleBench
{
    public const int PerSecond = 20;
    private static readonly string[] Users = ["village", "township", "county", "province"];

    /// <summary>A page, its addresses for a user, and the bars of p95 in milliseconds: for a village, and for everybody else.</summary>
    private sealed record Question(string Name, double Village, double Wider, Func<Household[], IEnumerable<string>> Addresses);

    private sealed record Household(long Id, string Number, string Head);

    private static readonly Question[] Questions =
    [
        new("default household list", 10, 60, _ => ["/households"]),
        new("exact ID search", 10, 60, own => own.Select(h => $"/households?number={h.Number}")),
        new("brief", 10, 60, own => own.Select(h => $"/households/{h.Id}")),
        new("overview", 10, 60, _ => ["/overview"]),
        new("gap matrix", 10, 60, _ => ["/gaps"]),
        new(
            "sort and filter of all",
            10,
            200,
            _ => ["/households?sort=-income", "/households?registered=yes&members_from=4", "/households?sort=name"]
        ),
        new("name search", 10, 200, own => own.Select(h => $"/households?name={Uri.EscapeDataString(h.Head[..Math.Min(2, h.Head.Length)])}")),
    ];

    public static void Run(Report report, bool quick)
    {
        var folder = County.Copy(County.Demo(quick ? DemoSize.Township : DemoSize.County), "console");
        var installation = County.Open(folder);
        DemoUsers.Make(installation);
        using var server = Server.Start(folder);
        // First the many: they leave the server as it is on any day but its first minute, with its code compiled for what is asked most.
        var (answered, errors) = Readers(server, installation, quick ? 10 : 60);
        report.Amount($"errors of 200 readers at once ({answered:N0} answers)", [errors], "errors", 0);
        var seconds = quick ? 3 : 10;
        List<string> table = [];
        foreach (var question in Questions)
        foreach (var user in Users)
        {
            using var client = server.SignIn(user);
            var own = Households(installation, user);
            var addresses = question.Addresses(own).ToArray();
            // A page that is not there is not measured, and said to be missing.
            using (var first = client.GetAsync(addresses[0]).Result)
                if (first.StatusCode != HttpStatusCode.OK)
                {
                    report.Note($"{question.Name}, {user}: {addresses[0]} answers {(int)first.StatusCode}; not measured");
                    continue;
                }
            Loop(client, addresses, 1);
            var cpu = server.Cpu;
            var (times, failed) = Loop(client, addresses, seconds);
            cpu = (server.Cpu - cpu) / times.Length;
            Array.Sort(times);
            double At(double share) => times[Math.Min(times.Length - 1, (int)(times.Length * share))];
            report.Amount($"{question.Name}, {user}, p95", [At(0.95)], "ms", user == "village" ? question.Village : question.Wider);
            if (failed > 0)
                report.Amount($"{question.Name}, {user}, errors", [failed], "errors", 0);
            table.Add(
                FormattableString.Invariant(
                    $"| {question.Name} | {user} | {times.Length} | {At(0.5):0.0} | {At(0.95):0.0} | {At(0.99):0.0} | {cpu:0.0} | {failed} |"
                )
            );
        }
        Console.WriteLine();
        Console.WriteLine("| page | user | requests | p50 ms | p95 ms | p99 ms | CPU of the server, ms a request | errors |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        table.ForEach(Console.WriteLine);
    }

    /// <summary>Sends a request at each of its times and tells how long each was waited for, and how many failed.</summary>
    public static (double[] Times, int Failed) Loop(HttpClient client, string[] addresses, int seconds)
    {
        var count = seconds * PerSecond;
        var times = new double[count];
        var failed = 0;
        var sent = new Task[count];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > clock.Elapsed)
                Thread.Sleep(due - clock.Elapsed);
            var (at, address) = (i, addresses[i % addresses.Length]);
            sent[i] = Task.Run(async () =>
            {
                using var answer = await client.GetAsync(address);
                await answer.Content.ReadAsByteArrayAsync();
                if (answer.StatusCode != HttpStatusCode.OK)
                    Interlocked.Increment(ref failed);
                times[at] = (clock.Elapsed - due).TotalMilliseconds;
            });
        }
        Task.WaitAll(sent);
        return (times, failed);
    }

    // Each reads one page after another; what they read is what people read most.
    private static (int Answered, int Errors) Readers(Server server, Installation installation, int seconds)
    {
        int answered = 0,
            errors = 0;
        var clients = Users.ToDictionary(u => u, server.SignIn);
        var pages = Users.ToDictionary(u => u, u => Questions.SelectMany(q => q.Addresses(Households(installation, u)).Take(20)).ToArray());
        foreach (var user in Users)
            pages[user] = [.. pages[user].Where(p => clients[user].GetAsync(p).Result.StatusCode == HttpStatusCode.OK)];
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        Task.WaitAll(
            Enumerable
                .Range(0, 200)
                .Select(async i =>
                {
                    var user = Users[i % Users.Length];
                    var random = new Random(i);
                    while (!over.IsCancellationRequested && pages[user].Length > 0)
                        try
                        {
                            using var answer = await clients[user].GetAsync(pages[user][random.Next(pages[user].Length)]);
                            Interlocked.Increment(ref answer.StatusCode == HttpStatusCode.OK ? ref answered : ref errors);
                        }
                        catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
                        {
                            Interlocked.Increment(ref errors);
                        }
                })
                .ToArray()
        );
        foreach (var client in clients.Values)
            client.Dispose();
        return (answered, errors);
    }

    private static readonly ConcurrentDictionary<string, Household[]> Known = new();

    // Two hundred of those a user sees, the same in every run.
    private static Household[] Households(Installation installation, string user) =>
        Known.GetOrAdd(
            user,
            _ =>
            {
                using var connection = installation.Store.Open();
                var first = connection.QuerySingle<long>("SELECT min(area_code) FROM households");
                var width = user switch
                {
                    "village" => 1,
                    "township" => 1_000,
                    _ => 1_000_000,
                };
                var all = connection
                    .Query<Household>(
                        "SELECT id AS Id, coalesce(national_no, provisional_no) AS Number, head_name AS Head FROM households WHERE area_code / @width = @first / @width ORDER BY id",
                        new { width, first }
                    )
                    .ToArray();
                new Random(7).Shuffle(all);
                return all[..Math.Min(200, all.Length)];
            }
        );
}
