using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class Operating(Installations installations)
{
    [Theory, BothEngines]
    public async Task The_state_is_told_to_anybody_and_the_figures_to_this_machine_or_an_operator(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var nobody = console.Nobody();
        (await nobody.Get("/health")).Text.ShouldBe("ok\n");
        (await nobody.Get("/ready")).Text.ShouldBe("ready\n");
        await nobody.Get("/");
        var metrics = (await nobody.Get("/metrics")).Text;
        metrics.ShouldContain("tuopin_requests_total{route=\"/\",method=\"GET\",status=\"401\"} 1\n");
        metrics.ShouldContain("tuopin_jobs{state=\"running\"} 0\n");
        metrics.ShouldContain("process_cpu_seconds_total ");

        // What a proxy on this machine passes on comes from elsewhere.
        (string, string) passed = ("X-Forwarded-For", "203.0.113.7");
        (await nobody.Get("/metrics", "text/html", passed)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await (await console.As("county")).Get("/metrics", "text/html", passed)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("admin")).Get("/metrics", "text/html", passed)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task A_database_that_is_away_for_a_while_ends_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var nobody = console.Nobody();
        var away = engine == Engine.Sqlite ? "ALTER TABLE jobs RENAME TO jobs_away" : "ALTER TABLE desk.jobs RENAME TO jobs_away";
        var back = engine == Engine.Sqlite ? "ALTER TABLE jobs_away RENAME TO jobs" : "ALTER TABLE desk.jobs_away RENAME TO jobs";
        await Desk(console, away);
        await Until(async () => (await nobody.Get("/ready")).Status == HttpStatusCode.ServiceUnavailable);
        // Long enough for every lane to have looked for work and found no table.
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        (await nobody.Get("/health")).Text.ShouldBe("ok\n");
        await Desk(console, back);
        await Until(async () => (await nobody.Get("/ready")).Text == "ready\n");
        (await nobody.Get("/metrics")).Text.ShouldContain("tuopin_jobs_failing 0\n");
    }

    private static async Task Desk(TuopinConsole console, string sql)
    {
        await using var desk = console.Cli.Open().Store.Desk();
        await desk.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 300; i++)
            if (await holds())
                return;
            else
                await Task.Delay(100, TestContext.Current.CancellationToken);
        false.ShouldBeTrue("it did not come to be within 30 s");
    }

    [Fact]
    public void What_lies_beside_the_data_is_cleared_away_by_age()
    {
        var data = Directory.CreateTempSubdirectory("tuopin-clear-").FullName;
        foreach (var path in new[] { "rejects/a.xlsx", "compare/a.csv", "jobs/7/a.csv", "uploads/x/upload.json", "numbers-1.xlsx", "tuopin.db" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(data, path))!);
            File.WriteAllText(Path.Combine(data, path), "x");
        }
        RunJobs.ClearAway(data, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));
        Directory.GetFiles(data, "*", SearchOption.AllDirectories).Length.ShouldBe(6);
        RunJobs.ClearAway(data, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1));
        Directory.GetFiles(data, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).ShouldBe(["tuopin.db"]);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_an_answer_tells_the_log_no_name()
    {
        using var lines = new Lines();
        await using var console = await TuopinConsole.Own(
            installations.Copy(Engine.Sqlite),
            s => s.AddSingleton<ILoggerProvider>(lines),
            routes =>
                routes
                    .MapGet(
                        "/planted/late",
                        async (HttpContext http) =>
                        {
                            await http.Response.WriteAsync("begun");
                            await http.Response.Body.FlushAsync();
                            throw new InvalidOperationException("欧阳某某 530326199001011234");
                        }
                    )
                    .AllowAnonymous()
        );
        await Should.ThrowAsync<HttpRequestException>(() => console.Nobody().Get("/planted/late"));
        lines.All.ShouldContain(l =>
            l.Contains("/planted/late", StringComparison.Ordinal) && l.Contains(nameof(InvalidOperationException), StringComparison.Ordinal)
        );
        lines.All.ShouldAllBe(l => !l.Contains("欧阳某某", StringComparison.Ordinal) && !l.Contains("530326199001011234", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cookies_are_for_https_only_where_the_proxy_speaks_https()
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite), s => Serve.Behind(s, ["127.0.0.1", "::1"]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = console.Address };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.Headers.GetValues("Set-Cookie").ShouldAllBe(c => c.Contains("secure", StringComparison.OrdinalIgnoreCase));
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeTrue();

        await using var direct = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        using var plain = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = direct.Address };
        using var again = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        again.Headers.Add("X-Forwarded-Proto", "https");
        using var unbelieved = await plain.SendAsync(again, TestContext.Current.CancellationToken);
        unbelieved.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Fact]
    public async Task Neither_a_name_nor_a_number_put_through_requests_gets_into_the_logs()
    {
        const string name = "欧阳某某";
        const string number = "530326199001011234";
        using var lines = new Lines();

        await using var console = await TuopinConsole.Own(
            installations.Copy(Engine.Sqlite),
            s =>
            {
                s.AddSingleton<ILoggerProvider>(lines);
                s.Configure<LoggerFilterOptions>(o => o.Rules.Add(new(null, "Tuopin", LogLevel.Trace, null)));
            }
        );
        var county = await console.As("county");
        foreach (var secret in new[] { name, number })
        {
            var text = Uri.EscapeDataString(secret);
            foreach (
                var path in new[]
                {
                    $"/areas/find?q={text}",
                    $"/?area={text}",
                    $"/jobs?before={text}",
                    $"/{text}",
                    $"/households/{text}",
                    $"/households?name={text}&id={text}",
                    $"/assets/{text}",
                    $"/imports/{text}",
                }
            )
                await county.Get(path);
            await county.Submit("/", "/areas/pick", new() { ["area"] = secret, ["return"] = "/" + secret });
            await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = secret, ["password"] = secret });
            await county.Send("/imports", secret + ".csv", [secret, secret]);
        }
        lines.All.ShouldNotBeEmpty();
        lines.All.ShouldAllBe(l => !l.Contains(name, StringComparison.Ordinal) && !l.Contains(number, StringComparison.Ordinal));
    }

    [Theory, BothEngines]
    public async Task A_backup_is_restored_whole_into_an_empty_place_and_nowhere_else(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using (var console = await TuopinConsole.Over(cli))
        {
            _ = await console.As("township");
            CallingTheApi.Client(console, "township", "ViewFigures").Dispose();
        }
        var backup = Path.Combine(cli.Folder, "backup");
        cli.Run("backup", backup).Done().Output.ShouldContain("NOT in the backup");
        Directory.EnumerateFiles(backup, "keys*").ShouldBeEmpty();
        cli.Run("backup", backup).Code.ShouldBe(1);
        cli.Run("restore", backup).Code.ShouldBe(1);

        using var other = TuopinCli.Nowhere(engine);
        other.Run("restore", backup).Done();
        File.Copy(Path.Combine(cli.Folder, "keys.json"), Path.Combine(other.Folder, "keys.json"));
        other.Tables.Dump(other.Tables.Names()).ShouldEqual(cli.Tables.Dump(cli.Tables.Names()));
        using (var desk = other.Open().Store.Desk())
        {
            desk.Users.Count().ShouldBe(10);
            // What was ended after the backup would be alive again.
            desk.Sessions.ShouldBeEmpty();
            desk.AccessTokens.Single().RevokedAt.ShouldNotBeNull();
        }
        other.Run("gaps", "--json").Done();

        using var third = TuopinCli.Nowhere(engine);
        var file = Directory.EnumerateFiles(backup).First(f => !f.EndsWith(".json", StringComparison.Ordinal));
        using (var damaged = File.OpenWrite(file))
            damaged.Write(new byte[64]);
        third.Run("restore", backup).Errors.ShouldContain("restore.damaged");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> all = new();

        public IReadOnlyCollection<string> All => all;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            all.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
