using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
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

    /// <summary>Whoever looks, in a request or on the command line.</summary>
    /// <param name="Departments">The trades whose figures alone may be told; null for all.</param>
    private sealed record Reader(
        Installation Installation,
        DbConnection Connection,
        AreaTree Tree,
        DateOnly WorkDate,
        IReadOnlySet<string>? Departments,
        bool SeesNames
    )
    {
        public static Reader Of(ConsoleContext context) =>
            new(
                context.Installation,
                context.Reader,
                context.Tree,
                context.WorkDate,
                context.Caller.FieldsOf(Permission.ViewFigures),
                context.Caller.May(Permission.ViewHouseholds)
            );
    }

    /// <param name="Names">Subjects that its figure counts now, the first of them; empty for what opens to none.</param>
    public sealed record ToldTarget(Told Target, IReadOnlyList<ToldName> Names);

    public sealed record ToldName(string Area, string? Number, string? Name);

    public sealed record ToldList(PickArea.Place Area, DateOnly Day, IReadOnlyList<ToldTarget> Targets);

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var year = new Option<int?>("--year") { Description = "only those with a deadline in this year" };
        var names = new Option<int>("--names")
        {
            Description = "how many of the subjects that each figure still counts are named",
            DefaultValueFactory = _ => 0,
        };
        names.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1000)
                result.AddError("--names is 0 to 1000");
        });
        var command = new Command("targets", "targets of figures: progress, pace, where they end, and the names behind them") { area, year, names };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var told = Handle(installation, connection, parsed.GetValue(area), parsed.GetValue(year), parsed.GetValue(names));
                if (shell.IsJson)
                    shell.PrintJson(told);
                else
                    Print(shell.Output, told);
            })
        );
        return command;
    }

    /// <summary>All targets of an area and beneath it, for whoever owns the record.</summary>
    /// <exception cref="Refusal">area.unknown, data.none.</exception>
    public static ToldList Handle(Installation installation, DbConnection connection, string? areaCode, int? year, int names)
    {
        var day = installation.WorkDate;
        var tree = AreaTree.Load(connection, day);
        var area = AreaArgument.Find(tree, areaCode, installation);
        var reader = new Reader(installation, connection, tree, day, null, true);
        var rows = Rows(reader, Held(reader, area, year, 0, 0, null));
        return new(
            PickArea.Tell(area),
            day,
            [
                .. rows.Select(r => new ToldTarget(
                    Tell(r, day),
                    names > 0 && r.Figure is { Counted: { } counted } figure && NameSubjects.Opens(counted.Over)
                        ?
                        [
                            .. NameSubjects
                                .First(installation, connection, figure, r.Area, new(day), false, names)
                                .Select(n => new ToldName(n.AreaCode.ToString("D12", CultureInfo.InvariantCulture), n.Number, n.Name)),
                        ]
                        : []
                )),
            ]
        );
    }

    private static void Print(TextWriter output, ToldList told)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{told.Day:yyyy-MM-dd} {told.Area.Code} {told.Area.Name}"));
        foreach (var (t, names) in told.Targets)
        {
            output.WriteLine(
                t.Figure is null
                    ? string.Create(CultureInfo.InvariantCulture, $"{t.Deadline:yyyy-MM-dd}  {t.Area.Name}  {t.Title}: {t.DaysLeft} days left")
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{t.Deadline:yyyy-MM-dd}  {t.Area.Name}  {t.Figure} {t.Direction} to {t.Goal} {t.Unit}: {t.Value ?? FigureWords.Of(t.State ?? FigureState.Unknown).En}, {Words(t.Standing ?? TargetStanding.Unknown).En}{(t.Reached is { } reached ? $", reached {reached:yyyy-MM-dd} at this pace" : "")}"
                    )
            );
            foreach (var name in names)
                output.WriteLine($"    {name.Area} {name.Number} {name.Name}");
        }
    }

    public static Result Handle(ConsoleContext context, AreaVersion area, int? year, string? after)
    {
        var range = AreaTree.RangeOf(area);
        var (day, id) = Cursor(after);
        var reader = Reader.Of(context);
        var held = Held(reader, area, year, day, id, PageSize + 1);
        var rows = Rows(reader, [.. held.Take(PageSize)]);
        return new(
            area,
            context.WorkDate,
            year,
            rows,
            held.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{held[PageSize - 1].Deadline}-{held[PageSize - 1].Id}") : null,
            context.Caller.Scope(Permission.SetTargets).Covers(range)
        );
    }

    private static List<FigureTarget> Held(Reader reader, AreaVersion area, int? year, int day, long id, int? most)
    {
        var range = AreaTree.RangeOf(area);
        return
        [
            .. reader.Connection.Query<FigureTarget>(
                $"""
                SELECT t.* FROM figure_targets t JOIN area_versions v ON v.area_id = t.area_id AND v.from_day <= @now AND (v.to_day IS NULL OR v.to_day > @now)
                WHERE t.ended_at IS NULL AND v.code BETWEEN @from AND @to AND v.level <= 5 AND t.deadline BETWEEN @first AND @last AND (t.deadline, t.id) > (@day, @id)
                ORDER BY t.deadline, t.id{(most is null ? "" : FormattableString.Invariant($" LIMIT {most}"))}
                """,
                new
                {
                    now = DayNumber.Of(reader.WorkDate),
                    from = range.From,
                    to = range.To,
                    first = year is { } y ? y * 10000 : 0,
                    last = year is { } z ? z * 10000 + 9999 : int.MaxValue,
                    day,
                    id,
                }
            ),
        ];
    }

    // Targets of figures of other trades do not exist for a department.
    private static IReadOnlyList<Row> Rows(Reader context, IReadOnlyList<FigureTarget> held)
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
            context.Connection,
            known.Select(k => k.Figure).OfType<Figure>().Distinct(),
            [.. known.Select(k => k.Area!).DistinctBy(a => a.AreaId)],
            new(context.WorkDate),
            context.Departments
        );
        return
        [
            .. known
                .Where(k => k.Figure is null || !values.Hides(k.Figure))
                .Select(k => k.Figure is null ? OfDay(k.Target, k.Area!) : Of(context, values, k.Target, k.Area!, k.Figure)),
        ];
    }

    private static Row OfDay(FigureTarget target, AreaVersion area) => new(target, area, null, default, null, null, null, null);

    private static Row Of(Reader context, FigureValues values, FigureTarget target, AreaVersion area, Figure figure)
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
            context.SeesNames ? ShowFigure.NamesOf(figure, area) : null
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
        return Tell(Rows(Reader.Of(context), [held]) is [var row] ? row : throw new NotInScope(), context.WorkDate);
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
