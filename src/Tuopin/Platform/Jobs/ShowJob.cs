using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Jobs;

/// <summary>
/// <c>/jobs/{id}</c>: how far a job is and what came of it; the page asks again by itself while it runs. Whoever manages users sees that others' jobs are
/// there, not what they found.
/// </summary>
public static class ShowJob
{
    public sealed record Result(
        long Id,
        string Kind,
        string Title,
        JobState State,
        long Done,
        long? Total,
        string Message,
        string CreatedAt,
        string? StartedAt,
        string? EndedAt,
        bool Mine,
        bool HasFile,
        JsonElement? Outcome,
        IReadOnlyList<JobLine> Log
    )
    {
        public bool Ended => State is not (JobState.Waiting or JobState.Running);

        /// <summary>Why it was refused, where it was.</summary>
        [JsonIgnore]
        public RefusedResult? Refused => State == JobState.Refused ? Outcome?.Deserialize<RefusedResult>(JobQueue.JsonOptions) : null;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs/{id:long}", Show).Needs(Permission.ViewJobs);
        routes
            .MapGet(
                Api.Root + "/jobs/{id:long}",
                async (ConsoleContext context, HttpContext http, DeskDb desk, long id) =>
                    await Api.Answer(http, await Handle(context.Installation, desk, context.Caller, id))
            )
            .OfApi<Result>(Permission.ViewJobs, "job", "A job: how far it is and what came of it");
    }

    private static async Task<IResult> Show(ConsoleContext context, DeskDb desk, long id)
    {
        var job = await Handle(context.Installation, desk, context.Caller, id);
        return context.WantsPart
            ? new RazorComponentResult<Pages.JobPart>(new { Job = job })
            : new RazorComponentResult<Pages.JobPage>(new { Job = job });
    }

    /// <exception cref="NotInScope">It is somebody else's, or there is none.</exception>
    public static async Task<Result> Handle(Installation installation, DeskDb desk, Caller caller, long id)
    {
        var job = await desk.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id) ?? throw new NotInScope();
        var mine = job.UserId == caller.UserId;
        if (!mine && !caller.May(Permission.ManageUsers))
            throw new NotInScope();
        var log = mine ? await desk.JobLines.AsNoTracking().Where(l => l.JobId == id).OrderBy(l => l.Number).ToListAsync() : [];
        return new(
            job.Id,
            job.Kind,
            job.Title,
            job.State,
            job.Done,
            job.Total,
            mine ? job.Message : "",
            job.CreatedAt,
            job.StartedAt,
            job.EndedAt,
            mine,
            mine && JobFiles.Find(installation, job) is not null,
            mine && job.Result is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null,
            log
        );
    }
}
