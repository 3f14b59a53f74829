using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;

namespace Tuopin.Standards;

/// <summary>
/// <c>POST /judge</c>: all that is held judged again for the work date, as a job. The button stands beside a judgement that is overtaken; another work date
/// and certificates that could not be judged at once queue it themselves.
/// </summary>
public static class QueueJudging
{
    private const string Name = "judge";

    public static readonly JobKind Kind = new(Name, new("判定", "Judge"), Permission.Judge, Writes: true, Run);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/judge", Post).Needs(Permission.Judge);
        routes
            .MapPost(
                Api.Root + "/judge",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Handle(desk, queue, context.Caller, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.Judge, "judge", "Judge again all that is held, for the work date", StatusCodes.Status202Accepted)
            .Once();
    }

    private static async Task<RedirectHttpResult> Post(ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue)
    {
        await Forms.Check(http);
        var job = await Handle(desk, queue, context.Caller);
        return TypedResults.LocalRedirect($"/jobs/{job.Id}");
    }

    /// <summary>Queues a judging for a caller; one of the caller's that still waits will do.</summary>
    public static async Task<Job> Handle(DeskDb desk, JobQueue queue, Caller caller, string? idempotencyKey = null) =>
        idempotencyKey is null
        && await desk.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.UserId == caller.UserId && j.Kind == Name && j.State == JobState.Waiting)
            is { } waiting
            ? waiting
            : await queue.Add(caller, Kind, "", new { }, idempotencyKey);

    /// <summary>The judging that waits or runs, or null.</summary>
    public static Task<Job?> Open(DeskDb desk) =>
        desk
            .Jobs.AsNoTracking()
            .Where(j => j.Kind == Name && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id)
            .FirstOrDefaultAsync();

    private static void Run(JobRun run)
    {
        using (var connection = run.Installation.Store.OpenReader())
            if (JudgedState.Holds(run.Installation, connection, null))
            {
                run.Say("判定没有过期，不用重来 / the judgement holds, nothing to do");
                return;
            }
        run.Say("判定 / judging");
        var report = JudgeArea.Handle(run.Installation, null, null, null, (done, total) => run.Progress(done, total));
        run.Result = new { area = report.Area, day = report.AsOf };
        run.Say($"{report.Name} {report.AsOf} 判定完成 / judged");
    }
}
