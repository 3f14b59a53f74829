using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Jobs;

/// <summary><c>/jobs/{id}/file</c>: only for who had it made and may still do such work; each fetch is in the audit.</summary>
public static class DownloadJobFile
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs/{id:long}/file", Handle).Needs(Permission.ViewJobs);
        routes.MapGet(Api.Root + "/jobs/{id:long}/file", Handle).OfApi<byte[]>(Permission.ViewJobs, "job-file", "The file a job made");
    }

    private static async Task<PhysicalFileHttpResult> Handle(ConsoleContext context, DeskDb desk, JobKinds kinds, long id)
    {
        var caller = context.Caller;
        var job = await desk
            .Jobs.AsNoTracking()
            .FirstOrDefaultAsync(j => j.Id == id && j.UserId == caller.UserId && (j.State == JobState.Done || j.State == JobState.Refused));
        if (
            job is null
            || kinds.Find(job.Kind) is not { } kind
            || !caller.May(kind.Permission)
            || JobFiles.Find(context.Installation, job) is not { } path
        )
            throw new NotInScope();
        await Desk.Act(context.Installation, "job.download", $"job {id} {job.Kind} {job.File}", () => Task.FromResult(true));
        var type = new FileExtensionContentTypeProvider().TryGetContentType(path, out var known) ? known : "application/octet-stream";
        return TypedResults.PhysicalFile(path, type, job.File);
    }
}
