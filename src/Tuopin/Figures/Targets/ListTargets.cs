using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Targets;

/// <summary>
/// <c>/targets</c>: the targets of the area in view and of all areas beneath it, the nearest deadline first: how far each has come, the pace it needs, where it
/// ends at the pace so far, and the names behind its figure; and the days that are counted down to.
/// </summary>
public static class ListTargets
{
    public const int PageSize = 50;

    /// <param name="Figure">Null for a day alone, and for a figure that the packs no longer have.</param>
    /// <param name="Names">Where the subjects that its figure counts are listed.</param>
    public sealed record Row(
        FigureTarget Held,
        AreaVersion Area,
        Figure? Figure,
        FigureValue Value,
        Exact? Start,
        Exact? Goal,
        Pace? Pace,
        string? Names
    )
    {
        /// <summary>A stored quotient as the figure shows it.</summary>
        public string Shown(Exact value) => Figure is null ? value.ToString() : FigureText.Of(Figure, value);
    }

    /// <param name="Next">after= of the next page.</param>
    public sealed record Result(AreaVersion Area, DateOnly Day, int? Year, IReadOnlyList<Row> Rows, string? Next, bool MaySet);

    /// <param name="Direction">up or down.</param>
    /// <param name="Start">The figure on the first day, as known when the target was set.</param>
    /// <param name="Standing">met, onPace, behind, missed or unknown; null for a day alone.</param>
    /// <param name="Share">Part of the way done, in percent.</param>
    /// <param name="NeededPerMonth">What has to come about in 30 days to reach it.</param>
    /// <param name="SoFarPerMonth">What came about in 30 days towards the goal.</param>
    /// <param name="Reached">The day it is reached at the pace so far; null where it never is.</param>
    public sealed record Told(
        long Id,
        PickArea.Place Area,
        string? Figure,
        string? Title,
        string? Unit,
        string? Goal,
        string? Direction,
        DateOnly From,
        DateOnly Deadline,
        int DaysLeft,
        string Owner,
        string? Note,
        string? Start,
        FigureState? State,
        string? Value,
        TargetStanding? Standing,
        string? Share,
        string? Left,
        string? NeededPerMonth,
        string? SoFarPerMonth,
        string? AtDeadline,
        DateOnly? Reached,
        string SetBy,
        string SetAt,
        string? Ended,
        string? Reason
    );

    public sealed record ToldPage(PickArea.Place Area, DateOnly Day, IReadOnlyList<Told> Targets, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/targets",
                IResult (ConsoleContext context, int? year, string? after) =>
                    AreaInView.Of(context) is { } area
                        ? new RazorComponentResult<Pages.TargetsPage>(new { Found = Handle(context, area, year, after) })
                        : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            )
            .Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/targets",
                (ConsoleContext context, HttpContext http, int? year, string? after) =>
                {
                    var found = Handle(context, AreaInView.Need(context), year, after);
                    return Api.Answer(
                        http,
                        new ToldPage(PickArea.Tell(found.Area), found.Day, [.. found.Rows.Select(r => Tell(r, found.Day))], found.Next)
                    );
                }
            )
            .OfApi<ToldPage>(Permission.ViewFigures, "targets", "Targets of an area and all beneath it, with progress, pace and forecast")
            .Asks(Api.Area, ("year", "only those with a deadline in this year"), ("after", "cursor: next of the last answer"));
    }

    public static Result Handle(ConsoleContext context, AreaVersion area, int? year, string? after)
    {
        var range = AreaTree.RangeOf(area);
        var (day, id) = Cursor(after);
        var held = context
            .Reader.Query<FigureTarget>(
                $"""
                SELECT t.* FROM figure_targets t JOIN area_versions v ON v.area_id = t.area_id AND v.from_day <= @now AND (v.to_day IS NULL OR v.to_day > @now)
                WHERE t.ended_at IS NULL AND v.code BETWEEN @from AND @to AND v.level <= 5 AND t.deadline BETWEEN @first AND @last AND (t.deadline, t.id) > (@day, @id)
                ORDER BY t.deadline, t.id LIMIT {PageSize + 1}
                """,
                new
                {
                    now = context.Day,
                    from = range.From,
                    to = range.To,
                    first = year is { } y ? y * 10000 : 0,
                    last = year is { } z ? z * 10000 + 9999 : int.MaxValue,
                    day,
                    id,
                }
            )
            .ToList();
        var rows = Rows(context, [.. held.Take(PageSize)]);
        return new(
            area,
            context.WorkDate,
            year,
            rows,
            held.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{held[PageSize - 1].Deadline}-{held[PageSize - 1].Id}") : null,
            context.Caller.Scope(Permission.SetTargets).Covers(range)
        );
    }

    // Targets of figures of other trades do not exist for a department.
    private static IReadOnlyList<Row> Rows(ConsoleContext context, IReadOnlyList<FigureTarget> held)
    {
        var known = held.Select(t =>
                (
                    Target: t,
                    Area: context.Tree.ById(t.AreaId),
                    Figure: t.Figure is { } f ? context.Installation.Packs.Figures.GetValueOrDefault(f) : null
                )
            )
            .Where(t => t.Area is not null)
            .ToList();
        var values = FigureValues.Of(
            context.Installation,
            context.Reader,
            known.Select(k => k.Figure).OfType<Figure>().Distinct(),
            [.. known.Select(k => k.Area!).DistinctBy(a => a.AreaId)],
            new(context.WorkDate),
            context.Caller.FieldsOf(Permission.ViewFigures)
        );
        return
        [
            .. known
                .Where(k => k.Figure is null || !values.Hides(k.Figure))
                .Select(k => k.Figure is null ? OfDay(k.Target, k.Area!) : Of(context, values, k.Target, k.Area!, k.Figure)),
        ];
    }

    private static Row OfDay(FigureTarget target, AreaVersion area) => new(target, area, null, default, null, null, null, null);

    private static Row Of(ConsoleContext context, FigureValues values, FigureTarget target, AreaVersion area, Figure figure)
    {
        var (value, goal, start) = (
            values.Of(figure, area),
            Exact.Parse(target.Goal!)!.Value * figure.Unit.Factor,
            target.Start is { } first ? Exact.Read(first) : (Exact?)null
        );
        return new(
            target,
            area,
            figure,
            value,
            start,
            goal,
            Pace.Of(goal, target.Rising, start, value, DayNumber.ToDate(target.FromDay), DayNumber.ToDate(target.Deadline), context.WorkDate),
            context.Caller.May(Permission.ViewHouseholds) ? ShowFigure.NamesOf(figure, area) : null
        );
    }

    private static (int Day, long Id) Cursor(string? after) =>
        after?.Split('-') is [var day, var id]
        && int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? (at, key)
            : (0, 0);

    /// <summary>One target, as the API tells it.</summary>
    public static Told Tell(ConsoleContext context, long id)
    {
        var held = context.Reader.QueryFirst<FigureTarget>("SELECT * FROM figure_targets WHERE id = @id", new { id });
        return Tell(Rows(context, [held]) is [var row] ? row : throw new NotInScope(), context.WorkDate);
    }

    private static Told Tell(Row row, DateOnly today)
    {
        var (t, p) = (row.Held, row.Pace);
        string? Text(Exact? value) => value is { } v ? row.Shown(v) : null;
        return new(
            t.Id,
            PickArea.Tell(row.Area),
            t.Figure,
            t.Title,
            row.Figure?.Unit.Text,
            t.Goal,
            t.Figure is null ? null
                : t.Rising ? "up"
                : "down",
            DayNumber.ToDate(t.FromDay),
            DayNumber.ToDate(t.Deadline),
            DayNumber.ToDate(t.Deadline).DayNumber - today.DayNumber,
            t.Owner,
            t.Note,
            Text(row.Start),
            row.Figure is null ? null : row.Value.State,
            row.Figure is null ? null : FigureText.Of(row.Figure, row.Value),
            p?.Standing,
            p?.Share is { } share ? (share * 100).Write(1) : null,
            Text(p?.Left),
            Text(p?.Needed),
            Text(p?.SoFar),
            Text(p?.AtDeadline),
            p?.Reached,
            t.Name,
            t.At,
            t.EndedAt,
            t.EndedReason
        );
    }

    /// <summary>A standing in words.</summary>
    public static Label Words(TargetStanding standing) =>
        standing switch
        {
            TargetStanding.Met => new("已达到", "reached"),
            TargetStanding.OnPace => new("按现在进度能按期达到", "on pace"),
            TargetStanding.Behind => new("按现在进度不能按期达到", "behind"),
            TargetStanding.Missed => new("已过期限，没有达到", "deadline missed"),
            _ => new("还看不出进度", "no pace yet"),
        };
}
