using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>What is due of the reader's work, for the home page of each role.</summary>
/// <param name="Whose">mine, unit or area: what the role looks at first.</param>
/// <param name="HandedIn">What waits for a re-check by somebody else; null for whoever looks at nobody's work.</param>
public sealed record DueWork(string Whose, long Open, long Overdue, long Soon, long Red, long? HandedIn)
{
    public static DueWork Of(ConsoleContext context)
    {
        var caller = context.Caller;
        var (whose, which) =
            caller.Departments.Count > 0 ? ("unit", ShowInbox.UnitOf(context)!)
            : caller.Scope(Permission.ViewWork).Areas.Count == 0 ? ("mine", ShowInbox.MineOf(context))
            : ("area", "1 = 1");
        var soon = DayNumber.Of(context.WorkDate.AddDays(ShowInbox.Soon));
        var within = WorkReading.Within(caller, Permission.ViewWork, AreaRange.Nation, context.Day).Replace("+w.", "w.", StringComparison.Ordinal);
        var (open, overdue, near, red) = context.Reader.QuerySingle<(long, long, long, long)>(
            $"""
            SELECT count(*), count(*) FILTER (WHERE w.due < {context.Day}), count(*) FILTER (WHERE w.due BETWEEN {context.Day} AND {soon}), count(*) FILTER (WHERE w.card = 2)
            FROM work_items w WHERE w.closed_day IS NULL AND {within} AND {which}
            """
        );
        long? handedIn = caller.May(Permission.DirectWork)
            ? context.Reader.ExecuteScalar<long>(
                $"SELECT count(*) FROM work_items w WHERE w.closed_day IS NULL AND w.holder_id IS NOT NULL AND w.state = 2 AND w.handed_by <> @me AND {WorkReading.Within(caller, Permission.DirectWork, AreaRange.Nation, context.Day).Replace("+w.", "w.", StringComparison.Ordinal)}",
                new { me = caller.UserId }
            )
            : null;
        return new(whose, open, overdue, near, red, handedIn);
    }
}
