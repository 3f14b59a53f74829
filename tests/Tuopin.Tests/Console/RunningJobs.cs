using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Rules.Model;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class RunningJobs(Installations installations)
{
    private static readonly Label Title = new("试", "try");

    private static JobKind Kind(string name, Action<JobRun> run, bool writes = false) => new(name, Title, Permission.ViewJobs, writes, run);

    private static readonly JobKind WritesAFile = Kind(
        "file",
        run =>
        {
            run.Say("begun");
            for (var i = 1; i <= 3; i++)
                run.Progress(i, 3);
            File.WriteAllText(run.File("../表 <1>.csv"), "a,b");
            run.Result = new { rows = 3 };
        }
    );

    [Theory, BothEngines]
    public async Task A_job_says_how_far_it_is_and_its_file_is_for_its_owner_alone(Engine engine)
    {
        await using var console = await Console(engine, WritesAFile);
        var job = await Add(console, "township", WritesAFile);
        await Ended(console, job);
        var owner = await console.As("township");
        var page = await owner.Get($"/jobs/{job}");
        page.Html.QuerySelector("#job")!.TextContent.ShouldContain("3 / 3");
        page.Html.QuerySelector("#job .job-log")!.TextContent.ShouldContain("begun");
        page.Html.QuerySelector($"a[href='/jobs/{job}/file']").ShouldNotBeNull();
        var file = await owner.Get($"/jobs/{job}/file");
        (file.Status, file.Text).ShouldBe((HttpStatusCode.OK, "a,b"));

        foreach (var other in new[] { "village", "county", "auditor" })
        {
            var browser = await console.As(other);
            (await browser.Get($"/jobs/{job}")).Status.ShouldBe(HttpStatusCode.NotFound);
            (await browser.Get($"/jobs/{job}/file")).Status.ShouldBe(HttpStatusCode.NotFound);
            (await browser.Get("/jobs")).Text.ShouldNotContain($"/jobs/{job}\"");
        }
        var admin = await console.As("admin");
        (await admin.Get("/jobs")).Text.ShouldContain($"/jobs/{job}\"");
        var seen = await admin.Get($"/jobs/{job}");
        (seen.Status, seen.Html.QuerySelector(".job-log")).ShouldBe((HttpStatusCode.OK, null));
        (await admin.Get($"/jobs/{job}/file")).Status.ShouldBe(HttpStatusCode.NotFound);
        Audited(console, "job.download").ShouldBe([$"job {job} file 表 _1_.csv"]);
    }

    [Theory, BothEngines]
    public async Task A_file_outside_the_folder_of_the_job_is_never_sent(Engine engine)
    {
        await using var console = await Console(engine, WritesAFile);
        var job = await Add(console, "township", WritesAFile);
        await Ended(console, job);
        var owner = await console.As("township");
        foreach (var name in new[] { "../../keys.json", "..", "/etc/passwd", "..\\keys.json", "" })
        {
            await using (var desk = console.Cli.Open().Store.Desk())
                await desk
                    .Jobs.Where(j => j.Id == job)
                    .ExecuteUpdateAsync(j => j.SetProperty(x => x.File, name), TestContext.Current.CancellationToken);
            (await owner.Get($"/jobs/{job}/file")).Status.ShouldBe(HttpStatusCode.NotFound, name);
        }
    }

    [Theory, BothEngines]
    public async Task A_job_is_cancelled_while_it_waits_and_while_it_runs(Engine engine)
    {
        using var begun = new ManualResetEventSlim();
        var endless = Kind(
            "endless",
            run =>
            {
                begun.Set();
                for (var i = 0L; ; i++)
                {
                    run.Progress(i);
                    Thread.Sleep(5);
                }
            },
            writes: true
        );
        await using var console = await Console(engine, endless);
        var (running, waiting) = (await Add(console, "township", endless), await Add(console, "township", endless));
        begun.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).ShouldBeTrue();
        var owner = await console.As("township");
        foreach (var job in new[] { waiting, running })
            (await owner.Submit($"/jobs/{job}", $"/jobs/{job}/cancel", [])).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Ended(console, running)).State.ShouldBe(JobState.Cancelled);
        var never = await Ended(console, waiting);
        (never.State, never.StartedAt).ShouldBe((JobState.Cancelled, null));
    }

    [Theory, BothEngines]
    public async Task Jobs_that_write_take_turns_and_those_that_read_do_not_wait_for_them(Engine engine)
    {
        var (at, most) = (0, 0);
        using var read = new ManualResetEventSlim();
        var writes = Kind(
            "writes",
            run =>
            {
                most = Math.Max(most, Interlocked.Increment(ref at));
                read.Wait(TimeSpan.FromSeconds(30), run.Cancelled);
                Interlocked.Decrement(ref at);
            },
            writes: true
        );
        var reads = Kind("reads", _ => read.Set());
        await using var console = await Console(engine, writes, reads);
        List<long> jobs = [await Add(console, "township", writes), await Add(console, "county", writes), await Add(console, "village", reads)];
        foreach (var job in jobs)
            (await Ended(console, job)).State.ShouldBe(JobState.Done);
        most.ShouldBe(1);
    }

    [Theory, BothEngines]
    public async Task What_ran_when_the_program_ended_is_marked_and_what_waited_is_done(Engine engine)
    {
        var cli = installations.Copy(engine);
        long cut,
            left;
        await using (var desk = cli.Open().Store.Desk())
        {
            Job Of(JobState state) =>
                new()
                {
                    Kind = "file",
                    Request = "{}",
                    State = state,
                    UserId = desk.Users.Single(u => u.UserName == "township").Id,
                    CreatedAt = "2020-06-12T00:00:00.000Z",
                };
            var (running, waiting) = (Of(JobState.Running), Of(JobState.Waiting));
            desk.Jobs.AddRange(running, waiting);
            await desk.SaveChangesAsync(TestContext.Current.CancellationToken);
            (cut, left) = (running.Id, waiting.Id);
        }
        await using var console = await TuopinConsole.Over(cli, s => s.AddSingleton(new JobKinds([WritesAFile])));
        (await Ended(console, left)).State.ShouldBe(JobState.Done);
        (await Ended(console, cut)).State.ShouldBe(JobState.Interrupted);
    }

    [Theory, BothEngines]
    public async Task The_same_key_twice_is_one_job_and_stands_for_no_other_request(Engine engine)
    {
        await using var console = await Console(engine, WritesAFile);
        var first = await Add(console, "township", WritesAFile, "key-1");
        (await Add(console, "township", WritesAFile, "key-1")).ShouldBe(first);
        (await Add(console, "county", WritesAFile, "key-1")).ShouldNotBe(first);
        var refused = await Should.ThrowAsync<Refusal>(() => Add(console, "township", WritesAFile, "key-1", new { other = 1 }));
        refused.Code.ShouldBe("job.key-reused");
        // Two processes over one desk know nothing of each other but what stands in it.
        var other = new JobQueue(console.Cli.Open());
        var ours = console.Host.Services.GetRequiredService<JobQueue>();
        for (var round = 0; round < 5; round++)
        {
            var key = $"race-{round}";
            var jobs = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(i => Task.Run(() => Add(console, "township", WritesAFile, key, queue: i % 2 == 0 ? ours : other)))
            );
            jobs.Distinct().Count().ShouldBe(1);
        }
        await using var desk = console.Cli.Open().Store.Desk();
        var job = await desk.Jobs.AsNoTracking().SingleAsync(j => j.Id == first, TestContext.Current.CancellationToken);
        job.Id = 0;
        desk.Jobs.Add(job);
        await Should.ThrowAsync<DbUpdateException>(() => desk.SaveChangesAsync(TestContext.Current.CancellationToken));
    }

    [Theory, BothEngines]
    public async Task A_refused_job_says_why_and_a_fault_tells_nothing(Engine engine)
    {
        var refused = Kind("refused", _ => throw new Refusal("test.refused", "because", ["row 7"]));
        var broken = Kind("broken", _ => throw new InvalidOperationException("a secret"));
        await using var console = await Console(engine, refused, broken);
        var (first, second) = (await Add(console, "township", refused), await Add(console, "township", broken));
        (await Ended(console, first)).State.ShouldBe(JobState.Refused);
        (await Ended(console, second)).State.ShouldBe(JobState.Failed);
        var owner = await console.As("township");
        var page = (await owner.Get($"/jobs/{first}")).Html.QuerySelector("#job")!.TextContent;
        page.ShouldContain("because");
        page.ShouldContain("row 7");
        page.ShouldContain("test.refused");
        (await owner.Get($"/jobs/{second}")).Text.ShouldNotContain("a secret");
    }

    private async Task<TuopinConsole> Console(Engine engine, params JobKind[] kinds) =>
        await TuopinConsole.Own(installations.Copy(engine), s => s.AddSingleton(new JobKinds(kinds)));

    private static async Task<long> Add(
        TuopinConsole console,
        string user,
        JobKind kind,
        string? key = null,
        object? request = null,
        JobQueue? queue = null
    )
    {
        var installation = console.Cli.Open();
        await using var desk = installation.Store.Desk();
        await using var connection = installation.Store.Open();
        var day = installation.WorkDate;
        var id = desk.Users.Single(u => u.UserName == user).Id;
        var caller = await Caller.Load(desk, id, AreaTree.Load(connection, day), DayNumber.Of(day));
        queue ??= console.Host.Services.GetRequiredService<JobQueue>();
        var job = await queue.Add(caller!, kind, "", request ?? new { }, key);
        return job.Id;
    }

    private static async Task<Job> Ended(TuopinConsole console, long id)
    {
        for (var i = 0; i < 1200; i++)
        {
            await using var desk = console.Cli.Open().Store.Desk();
            var job = await desk.Jobs.AsNoTracking().SingleAsync(j => j.Id == id, TestContext.Current.CancellationToken);
            if (job.EndedAt is not null)
                return job;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"job {id}");
    }

    private static List<string> Audited(TuopinConsole console, string action)
    {
        using var connection = console.Cli.Open().Store.Open();
        return [.. Dapper.SqlMapper.Query<string>(connection, "SELECT detail FROM audit_entries WHERE action = @action ORDER BY id", new { action })];
    }
}
