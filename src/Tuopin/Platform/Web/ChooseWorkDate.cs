using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Jobs;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Web;

/// <summary><c>POST /work-date</c>: the day that every clock, deadline and judgement uses, set and audited as by <c>tuopin workdate</c>; then all is judged for it.</summary>
public static class ChooseWorkDate
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/work-date", Post).Needs(Permission.SetWorkDate);

    private static async Task<RedirectHttpResult> Post(
        ConsoleContext context,
        HttpContext http,
        DeskDb desk,
        AreaTrees trees,
        JobKinds kinds,
        JobQueue queue
    )
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var day = DayText.Read(form["day"]) ?? throw new WrongUsage("date.bad", $"'{form["day"]}' is not a date like 2020-06-12");
        if (day > ChinaTime.Today(context.Installation.Clock))
            throw new WrongUsage("workdate.future", "the work date is today or a day before it");
        var then = await Caller.Load(desk, context.Caller.UserId, trees.Of(context.Reader, day), DayNumber.Of(day));
        if (then?.May(Permission.SetWorkDate) != true)
            throw new Refusal("workdate.locks-out", "your own grant does not hold on that day: you could not set the date back");
        if (SetWorkDate.Handle(context.Installation, day) && kinds.Find("judge") is { } judge && then.May(judge.Permission))
        {
            var job = await queue.Add(then, judge, DayText.Of(day), new { });
            return TypedResults.LocalRedirect($"/jobs/{job.Id}");
        }
        return TypedResults.LocalRedirect(Forms.LocalPath(form["return"]));
    }
}
