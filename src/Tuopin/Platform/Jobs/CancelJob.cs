using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Jobs;

/// <summary><c>POST /jobs/{id}/cancel</c>: one's own, or anybody's for whoever manages users.</summary>
public static class CancelJob
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                Api.Root + "/jobs/{id:long}/cancel",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long id) =>
                {
                    await Api.CheckWrite(http);
                    await Handle(context.Installation, desk, queue, context.Caller, id);
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.ViewJobs, "cancel-job", "Ask a job to stop", StatusCodes.Status202Accepted);
        routes
            .MapPost(
                "/jobs/{id:long}/cancel",
                async Task<RedirectHttpResult> (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long id) =>
                {
                    await Forms.Check(http);
                    await Handle(context.Installation, desk, queue, context.Caller, id);
                    return TypedResults.LocalRedirect($"/jobs/{id}");
                }
            )
            .Needs(Permission.ViewJobs);
    }

    /// <exception cref="NotInScope">It is somebody else's, or there is none.</exception>
    public static async Task Handle(Installation installation, DeskDb desk, JobQueue queue, Caller caller, long id)
    {
        var owner = await desk.Jobs.AsNoTracking().Where(j => j.Id == id).Select(j => (long?)j.UserId).FirstOrDefaultAsync();
        if (owner is null || owner != caller.UserId && !caller.May(Permission.ManageUsers))
            throw new NotInScope();
        if (owner == caller.UserId)
            await queue.Cancel(id);
        else
            await Desk.Act(installation, "job.cancel", $"job {id} of user {owner}", () => queue.Cancel(id), done => done);
    }
}
