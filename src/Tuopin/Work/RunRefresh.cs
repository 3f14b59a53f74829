using System.CommandLine;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;

namespace Tuopin.Work;

/// <summary><c>tuopin work refresh</c> and <c>POST /work/refresh</c>: all sources of an area asked now, the latter as a job.</summary>
public static class RunRefresh
{
    private sealed record Request(string? Area);

    public static JobKind Kind(WorkSources sources) =>
        new(
            "work-refresh",
            new("更新工作事项", "Refresh the work"),
            Permission.DirectWork,
            Writes: true,
            run =>
            {
                run.Say("更新工作事项 / asking the sources");
                var report = RefreshWork.Handle(
                    run.Installation,
                    sources,
                    AreaOf(run.Installation, run.Request<Request>().Area),
                    (done, total) => run.Progress(done, total)
                );
                run.Result = report;
                run.Say(
                    $"{report.Day:yyyy-MM-dd} 新增 {report.Kinds.Sum(k => k.Opened)}，自行销号 {report.Kinds.Sum(k => k.Cleared)}，发牌 {report.Cards} / opened, cleared, cards"
                );
            }
        );

    /// <summary>The same kind of job, with the work held against the record once it is done: what it changed is open or closed then.</summary>
    public static JobKind After(JobKind kind, WorkSources sources) =>
        kind with
        {
            Run = run =>
            {
                kind.Run(run);
                RefreshWork.Handle(run.Installation, sources, Rules.Model.AreaRange.Nation);
            },
        };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/work/refresh",
                async Task<RedirectHttpResult> (ConsoleContext context, HttpContext http, JobQueue queue, JobKinds kinds) =>
                {
                    await Forms.Check(http);
                    return TypedResults.LocalRedirect($"/jobs/{(await Queue(context, queue, kinds, null)).Id}");
                }
            )
            .Needs(Permission.DirectWork);
        routes
            .MapPost(
                Api.Root + "/work/refresh",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, JobKinds kinds) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, kinds, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.DirectWork, "refreshWork", "Ask every source of work what is open now", StatusCodes.Status202Accepted)
            .Once();
    }

    // What is open follows from the record, whoever asks: the whole of the caller's widest area.
    private static async Task<Job> Queue(ConsoleContext context, JobQueue queue, JobKinds kinds, string? key)
    {
        var widest = context.Caller.Scope(Permission.DirectWork).Areas.OrderByDescending(a => a.Width).First();
        return await queue.Add(
            context.Caller,
            kinds.Find("work-refresh")!,
            "",
            new Request(context.Tree.ByCode(widest.From) is { } place ? PickArea.Code(place) : null),
            key
        );
    }

    public static Command Command(Shell shell, WorkSources sources)
    {
        var area = AreaArgument.Area();
        var command = new Command("refresh", "ask every source of work what is open now, and issue the cards that are due") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                var report = RefreshWork.Handle(installation, sources, AreaOf(installation, parsed.GetValue(area)));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    /// <exception cref="Refusal">area.unknown.</exception>
    private static Rules.Model.AreaRange AreaOf(Installation installation, string? area)
    {
        if (area is null)
            return Rules.Model.AreaRange.Nation;
        using var connection = installation.Store.OpenReader();
        return AreaTree.RangeOf(AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), area, installation));
    }

    private static void Print(TextWriter output, RefreshWork.Report report)
    {
        foreach (var k in report.Kinds)
            output.WriteLine($"{k.Kind, -12} opened {k.Opened, 8:N0}  cleared {k.Cleared, 8:N0}  changed {k.Changed, 8:N0}  open {k.Open, 8:N0}");
        output.WriteLine($"{report.Day:yyyy-MM-dd}: {report.Cards:N0} cards issued, {report.Back:N0} taken back or put back by the work date");
    }
}
