using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;

namespace Tuopin.Discipline;

/// <summary>
/// <c>/discipline/counts</c>: how many clues were received and how they ended, by the year they were received and by area. All that others than the discipline
/// office see of them. Townships with few are told together, and no village is told at all.
/// </summary>
public static class CountClues
{
    /// <summary>
    /// A township is told by itself from this many clues of a year on. No law was found that says how many; it is a usual threshold of statistics on persons.
    /// </summary>
    public const int Least = 5;

    /// <param name="Closed">Closed, without a case or after one.</param>
    /// <param name="Filed">Of which a case was filed.</param>
    /// <param name="Handled">Persons handled.</param>
    /// <param name="Sanctioned">Of them with a sanction that a law names.</param>
    public readonly record struct Counts(long Received, long Closed, long Filed, long Handled, long Sanctioned)
    {
        public static Counts operator +(Counts a, Counts b) =>
            new(a.Received + b.Received, a.Closed + b.Closed, a.Filed + b.Filed, a.Handled + b.Handled, a.Sanctioned + b.Sanctioned);
    }

    /// <param name="Place">Null: those with few, told together.</param>
    public sealed record PlaceCounts(AreaVersion? Place, Counts Counts);

    /// <param name="Years">The area by year, the latest first; null where the area is too small to be told.</param>
    /// <param name="Year">The year whose places are told.</param>
    public sealed record Result(AreaVersion Area, IReadOnlyList<(int Year, Counts Counts)>? Years, int? Year, IReadOnlyList<PlaceCounts> Places);

    public sealed record ToldYear(int Year, Counts Counts);

    /// <param name="Area">Null: places with few, told together.</param>
    public sealed record ToldPlace(PickArea.Place? Area, Counts Counts);

    public sealed record Told(PickArea.Place Area, IReadOnlyList<ToldYear>? Years, int? Year, IReadOnlyList<ToldPlace> Places);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/discipline/counts",
                IResult (ConsoleContext context, int? year) =>
                    new RazorComponentResult<Pages.DisciplineCountsPage>(new { Found = Handle(context, year) })
            )
            .Needs(Permission.CountDiscipline);
        routes
            .MapGet(
                Api.Root + "/discipline/counts",
                (ConsoleContext context, HttpContext http, int? year) => Api.Answer(http, Tell(Handle(context, year)))
            )
            .OfApi<Told>(
                Permission.CountDiscipline,
                "disciplineCounts",
                "How many discipline clues were received and how they ended, by year and area"
            )
            .Asks(Api.Area, ("year", "the year whose places are told; without it the latest"));
    }

    /// <summary>What waits for the office, for its home page; null for everybody else.</summary>
    public static (long Open, long Received, long Overdue)? Due(ConsoleContext context) =>
        context.Caller.May(Permission.OpenDiscipline)
            ? context.Reader.QuerySingle<(long, long, long)>(
                $"""
                SELECT count(*), count(*) FILTER (WHERE c.state = 0), count(*) FILTER (WHERE c.due_day < {context.Day})
                FROM discipline_clues c WHERE c.closed_day IS NULL AND {Compartment.Within(
                    context.Caller.Scope(Permission.OpenDiscipline),
                    Rules.Model.AreaRange.Nation
                )}
                """
            )
            : null;

    private static Told Tell(Result found) =>
        new(
            PickArea.Tell(found.Area),
            found.Years is null ? null : [.. found.Years.Select(y => new ToldYear(y.Year, y.Counts))],
            found.Year,
            [.. found.Places.Select(p => new ToldPlace(p.Place is { } place ? PickArea.Tell(place) : null, p.Counts))]
        );

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, int? year)
    {
        var area = context.Area(Permission.CountDiscipline);
        var tree = context.Tree;
        // A township is told as its county's table tells it, or a difference of two tables would tell what each of them keeps.
        var over = area.Level == 4 ? tree.Ancestor(area, 3)! : area;
        if (area.Level > 4 || (area.Level < 4 && !context.Caller.Scope(Permission.CountDiscipline).Covers(AreaTree.RangeOf(area))))
            return new(area, null, null, []);
        var range = AreaTree.RangeOf(over);
        var held = context
            .Reader.Query<(int Year, long Township, long Received, long Closed, long Filed, long Handled, long Sanctioned)>(
                """
                SELECT day / 10000, area_code / 1000, count(*), count(*) FILTER (WHERE closed_day IS NOT NULL), count(*) FILTER (WHERE filed_day IS NOT NULL),
                  CAST(sum(handled) AS bigint), CAST(sum(sanctioned) AS bigint)
                FROM discipline_clues WHERE area_code BETWEEN @From AND @To GROUP BY 1, 2
                """,
                new { range.From, range.To }
            )
            .Select(h => (h.Year, Code: h.Township * 1000, Counts: new Counts(h.Received, h.Closed, h.Filed, h.Handled, h.Sanctioned)))
            .ToList();
        IReadOnlyList<PlaceCounts> Places(int of)
        {
            var places = tree.Children[over.AreaId].Select(p => (Place: (AreaVersion?)p, Range: AreaTree.RangeOf(p))).ToList();
            var told = held.Where(h => h.Year == of)
                .GroupBy(h => places.Find(p => p.Range.Contains(h.Code)).Place)
                .Select(g => new PlaceCounts(g.Key, g.Aggregate(default(Counts), (sum, h) => sum + h.Counts)))
                .ToList();
            return over.Level == 3 ? Together(told, Least) : [.. told.OrderBy(t => t.Place?.Code ?? long.MaxValue)];
        }
        var years = held.Select(h => h.Year).Distinct().OrderDescending().ToList();
        var shown = year ?? years.Select(y => (int?)y).FirstOrDefault();
        if (over != area)
            return new(
                area,
                [
                    .. years
                        .Select(y => (y, Places(y).FirstOrDefault(p => p.Place == area)))
                        .Where(y => y.Item2 is not null)
                        .Select(y => (y.y, y.Item2!.Counts)),
                ],
                null,
                []
            );
        return new(
            area,
            [.. years.Select(y => (y, held.Where(h => h.Year == y).Aggregate(default(Counts), (sum, h) => sum + h.Counts)))],
            shown,
            shown is { } one ? Places(one) : []
        );
    }

    /// <summary>
    /// Places with fewer than <paramref name="least"/> are told together, with those that are of no township; where they come to fewer still, the smallest of the
    /// others joins them, so that the total less the rest gives nobody away. The order is that of the places, those together last.
    /// </summary>
    public static IReadOnlyList<PlaceCounts> Together(IReadOnlyList<PlaceCounts> places, int least)
    {
        var alone = places
            .Where(p => p.Place is not null && p.Counts.Received >= least)
            .OrderByDescending(p => p.Counts.Received)
            .ThenBy(p => p.Place!.Code)
            .ToList();
        var few = places.Except(alone).Aggregate(default(Counts), (sum, p) => sum + p.Counts);
        while (few.Received > 0 && few.Received < least && alone.Count > 0)
        {
            few += alone[^1].Counts;
            alone.RemoveAt(alone.Count - 1);
        }
        var told = alone.OrderBy(p => p.Place!.Code).ToList();
        if (few.Received > 0)
            told.Add(new(null, few));
        return told;
    }
}
