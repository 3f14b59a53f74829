using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Jobs;

/// <summary><c>/jobs</c>: the caller's jobs, the last first; whoever manages users sees everybody's.</summary>
public static class ListJobs
{
    public const int PageSize = 50;

    public sealed record Row(
        long Id,
        string Kind,
        string Title,
        JobState State,
        long Done,
        long? Total,
        string CreatedAt,
        string? EndedAt,
        string? Owner
    );

    public sealed record Result(IReadOnlyList<Row> Jobs, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs", Show).Needs(Permission.ViewJobs);
        routes
            .MapGet(
                Api.Root + "/jobs",
                async (ConsoleContext context, HttpContext http, DeskDb desk, long? before) =>
                    await Api.Answer(http, await Handle(desk, context.Caller, before))
            )
            .OfApi<Result>(Permission.ViewJobs, "jobs", "Jobs, the last first")
            .Asks(("before", "only jobs before this number"));
    }

    private static async Task<IResult> Show(ConsoleContext context, DeskDb desk, string? before)
    {
        var found = await Handle(desk, context.Caller, long.TryParse(before, out var id) ? id : null);
        return new RazorComponentResult<Pages.JobsPage>(new { Found = found });
    }

    /// <param name="before">Only jobs before this one.</param>
    public static async Task<Result> Handle(DeskDb desk, Caller caller, long? before)
    {
        var everybody = caller.May(Permission.ManageUsers);
        var rows = await (
            from j in desk.Jobs.AsNoTracking()
            join u in desk.Users on j.UserId equals u.Id
            where (everybody || j.UserId == caller.UserId) && (before == null || j.Id < before)
            orderby j.Id descending
            select new Row(j.Id, j.Kind, j.Title, j.State, j.Done, j.Total, j.CreatedAt, j.EndedAt, everybody ? u.DisplayName : null)
        )
            .Take(PageSize + 1)
            .ToListAsync();
        return new([.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Id : null);
    }
}
