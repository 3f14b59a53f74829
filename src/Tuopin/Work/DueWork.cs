using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>What is due of the reader's work, for the home page of each role.</summary>
/// <param name="Whose">mine, unit or area: what the role looks at first.</param>
/// <param name="Mine">What one has in hand or one's post answers for.</param>
/// <param name="Unit">What is of one's department, or of the unit of one's post; null for whoever has neither.</param>
/// <param name="HandedIn">What waits for a re-check by somebody else; null for whoever looks at nobody's work.</param>
public sealed record DueWork(string Whose, long Open, long Overdue, long Soon, long Yellow, long Red, long Mine, long? Unit, long? HandedIn)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(Api.Root + "/work/due", (ConsoleContext context, HttpContext http) => Api.Answer(http, Of(context)))
            .OfApi<DueWork>(Permission.ViewWork, "workDue", "How much of the reader's work is open, overdue, due soon, and has cards");

    public static DueWork Of(ConsoleContext context)
    {
        var caller = context.Caller;
        var (whose, which) =
            caller.Departments.Count > 0 ? ("unit", ShowInbox.UnitOf(context)!)
            : caller.Scope(Permission.ViewWork).Areas.Count == 0 ? ("mine", ShowInbox.MineOf(context))
            : ("area", "1 = 1");
        var soon = DayNumber.Of(context.WorkDate.AddDays(ShowInbox.Soon));
        var within = WorkReading.Within(caller, Permission.ViewWork, AreaRange.Nation, context.Day).Replace("+w.", "w.", StringComparison.Ordinal);
        var unit = ShowInbox.UnitOf(context);
        string Of(string more) => $"count(*) FILTER (WHERE {which} AND {more})";
        var (open, overdue, near, yellow, red, mine, ours) = context.Reader.QuerySingle<(long, long, long, long, long, long, long)>(
            $"""
            SELECT {Of("1 = 1")}, {Of($"w.due < {context.Day}")}, {Of($"w.due BETWEEN {context.Day} AND {soon}")}, {Of("w.card = 1")}, {Of(
                "w.card = 2"
            )},
              count(*) FILTER (WHERE {ShowInbox.MineOf(context)}), count(*) FILTER (WHERE {unit ?? "1 = 0"})
            FROM work_items w WHERE w.closed_day IS NULL AND {within}
            """
        );
        long? handedIn = caller.May(Permission.DirectWork)
            ? context.Reader.ExecuteScalar<long>(
                $"SELECT count(*) FROM work_items w WHERE w.closed_day IS NULL AND w.holder_id IS NOT NULL AND w.state = 2 AND w.handed_by <> @me AND {WorkReading.Within(caller, Permission.DirectWork, AreaRange.Nation, context.Day).Replace("+w.", "w.", StringComparison.Ordinal)}",
                new { me = caller.UserId }
            )
            : null;
        return new(whose, open, overdue, near, yellow, red, mine, unit is null ? null : ours, handedIn);
    }
}
