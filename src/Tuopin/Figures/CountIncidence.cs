using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>How a household came into poverty, or out of it, between two moments.</summary>
public enum IncidenceFlow : byte
{
    /// <summary>新识别: not registered, or nothing recorded of it, at the moment before.</summary>
    Identified,

    /// <summary>返贫.</summary>
    Returned,

    /// <summary>回退: exited at the moment before, remaining and not returned at the moment after.</summary>
    Reversed,

    /// <summary>Removed or closed before, poor again.</summary>
    Restored,

    /// <summary>脱贫.</summary>
    Exited,

    /// <summary>清退.</summary>
    Removed,

    /// <summary>销户.</summary>
    Closed,

    /// <summary>Poor before, and after not registered or of no status at all: the record says nothing of what became of it.</summary>
    Lost,
}

/// <summary>
/// The incidence table: who was poor at the end of 2013, and year by year who came in, who went out and who was left, from the status of each household at the
/// ends of two years, so that start, flows and end always add up; members who came or went in households that stayed are a line of their own. What the record
/// states of its own years (year of exit, of identification, of return) is held against it, and the households that differ are named.
/// </summary>
public static class CountIncidence
{
    public const int FirstYear = 2013;
    public const int PageSize = 50;

    /// <param name="Differing">Households whose stated year is another, or none.</param>
    public sealed record Line(IncidenceFlow Flow, Count Number, long Differing)
    {
        public bool IsIn => Flow < IncidenceFlow.Exited;
    }

    /// <param name="To">The end of the year, or the work date in the last one.</param>
    /// <param name="MemberChange">Members who came less those who went in households poor at both moments.</param>
    /// <param name="Rate">Left over the registered rural population that the villages state for the day.</param>
    public sealed record Year(
        int Number,
        DateOnly From,
        DateOnly To,
        Count Start,
        IReadOnlyList<Line> Lines,
        long MemberChange,
        Count End,
        FigureValue Rate
    )
    {
        /// <summary>What start and lines do not explain of the end: nothing, by the way it is counted.</summary>
        public Count Unexplained =>
            new(
                End.Households - Start.Households - Lines.Sum(l => l.IsIn ? l.Number.Households : -l.Number.Households),
                End.Persons - Start.Persons - MemberChange - Lines.Sum(l => l.IsIn ? l.Number.Persons : -l.Number.Persons)
            );
    }

    public sealed record Result(AreaVersion Area, DateOnly Day, IReadOnlyList<Year> Years)
    {
        public IEnumerable<IncidenceFlow> Flows => Years.SelectMany(y => y.Lines).Select(l => l.Flow).Distinct().Order();
    }

    public sealed record ToldLine(IncidenceFlow Flow, long Households, long Persons, long Differing);

    public sealed record ToldYear(
        int Year,
        DateOnly From,
        DateOnly To,
        Count Start,
        IReadOnlyList<ToldLine> Lines,
        long MemberChange,
        Count End,
        string? Rate,
        FigureState RateState
    );

    public sealed record Told(PickArea.Place Area, DateOnly Day, IReadOnlyList<ToldYear> Years);

    public sealed record NamedRow(long HouseholdId, long AreaCode, string Number, string? Head, long? Stated);

    public sealed record Names(AreaVersion Area, int Year, IncidenceFlow Flow, bool Differing, IReadOnlyList<NamedRow> Rows, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures/incidence", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/figures/incidence",
                (ConsoleContext context, HttpContext http) => Api.Answer(http, Tell(context, Handle(context, AreaInView.Need(context))))
            )
            .OfApi<Told>(Permission.ViewFigures, "incidence", "The incidence table: start, ways in and out by year, left")
            .Asks(Api.Area);
        routes.MapGet("/figures/incidence/names", ShowNames).Needs(Permission.ViewHouseholds);
    }

    private static IResult Show(ConsoleContext context) =>
        AreaInView.Of(context) is { } area
            ? new RazorComponentResult<Pages.IncidencePage>(new { Found = Handle(context, area) })
            : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();

    private static IResult ShowNames(ConsoleContext context, string? year, string? flow, string? differing, string? after)
    {
        if (AreaInView.Of(context) is not { } area)
            return new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();
        if (
            !int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || !Enum.TryParse<IncidenceFlow>(flow, ignoreCase: true, out var way)
            || !Enum.IsDefined(way)
        )
            throw new BadHttpRequestException("no such year or way");
        return new RazorComponentResult<Pages.IncidenceNamesPage>(new { Found = NamesOf(context, area, at, way, differing == "yes", after) });
    }

    private static Told Tell(ConsoleContext context, Result found)
    {
        var figure = context.Installation.Packs.Figures.GetValueOrDefault("poverty_incidence");
        return new(
            PickArea.Tell(found.Area),
            found.Day,
            [
                .. found.Years.Select(y => new ToldYear(
                    y.Number,
                    y.From,
                    y.To,
                    y.Start,
                    [.. y.Lines.Select(l => new ToldLine(l.Flow, l.Number.Households, l.Number.Persons, l.Differing))],
                    y.MemberChange,
                    y.End,
                    figure is null ? null : FigureText.Of(figure, y.Rate),
                    y.Rate.State
                )),
            ]
        );
    }

    /// <summary>The table up to the end of the era of exits, or the work date where that is earlier.</summary>
    public static Result Handle(ConsoleContext context, AreaVersion area)
    {
        var installation = context.Installation;
        var moments = Moments(context.WorkDate);
        var codes = new Codes(installation.Packs);
        var rows =
            moments.Count < 2
                ? []
                : context
                    .Reader.Query<Group>(Groups(codes, moments, AreaTree.RangeOf(area)), commandTimeout: 0)
                    .ToLookup(g => g.Step)
                    .ToDictionary(g => g.Key, g => g.ToList());
        var figure = installation.Packs.Figures.GetValueOrDefault("rural_base");
        var years = new List<Year>();
        for (var i = 1; i < moments.Count; i++)
        {
            var groups = rows.GetValueOrDefault(i) ?? [];
            var stayed = groups.Where(g => g.PoorBefore && g.PoorAfter).ToList();
            var (start, end) = (
                new Count(groups.Where(g => g.PoorBefore).Sum(g => g.Households), groups.Where(g => g.PoorBefore).Sum(g => g.PersonsBefore)),
                new Count(groups.Where(g => g.PoorAfter).Sum(g => g.Households), groups.Where(g => g.PoorAfter).Sum(g => g.PersonsAfter))
            );
            var lines = groups
                .Where(g => g.PoorBefore != g.PoorAfter)
                .GroupBy(g => codes.FlowOf(g))
                .OrderBy(g => g.Key)
                .Select(g => new Line(
                    g.Key,
                    new(g.Sum(x => x.Households), g.Sum(x => x.PoorBefore ? x.PersonsBefore : x.PersonsAfter)),
                    g.Sum(x => x.Differing)
                ))
                .ToList();
            years.Add(
                new(
                    moments[i].Year,
                    moments[i - 1],
                    moments[i],
                    start,
                    lines,
                    stayed.Sum(g => g.PersonsAfter - g.PersonsBefore),
                    end,
                    figure is null
                        ? FigureValue.Without(FigureState.Unknown)
                        : FigureValue.Combine(
                            '/',
                            FigureValue.Of(end.Persons),
                            FigureValues.Of(installation, context.Reader, [figure], [area], new(moments[i])).Of(figure, area)
                        )
                )
            );
        }
        return new(area, context.WorkDate, years);
    }

    // The ends of years, and the work date; incidence ends with 2020.
    private static List<DateOnly> Moments(DateOnly day)
    {
        var last = day < new DateOnly(2020, 12, 31) ? day : new DateOnly(2020, 12, 31);
        var ends = Enumerable
            .Range(FirstYear, Math.Max(0, last.Year - FirstYear + 1))
            .Select(y => new DateOnly(y, 12, 31))
            .Where(d => d < last)
            .ToList();
        return last.Year < FirstYear ? [] : [.. ends, last];
    }

    private sealed class Group
    {
        public int Step { get; init; }
        public int Before { get; init; }
        public int After { get; init; }
        public bool PoorBefore { get; init; }
        public bool PoorAfter { get; init; }
        public long Households { get; init; }
        public long PersonsBefore { get; init; }
        public long PersonsAfter { get; init; }
        public long Differing { get; init; }
    }

    private sealed class Codes(PackSet packs)
    {
        private readonly CodeList kinds = packs.Dictionary.CodeLists["status_kind"];

        public int Of(string key) => kinds.Find(key)!.Number;

        public string Poor(string column) => $"{column} IN ({Of("remaining")}, {Of("returned")})";

        public IncidenceFlow FlowOf(Group g) =>
            g.PoorAfter
                ? Is(g.Before, "exited_on_support", "exited_support_ended")
                    ? (Is(g.After, "returned") ? IncidenceFlow.Returned : IncidenceFlow.Reversed)
                    : Is(g.Before, "removed", "closed")
                        ? IncidenceFlow.Restored
                        : IncidenceFlow.Identified
                : Is(g.After, "exited_on_support", "exited_support_ended")
                    ? IncidenceFlow.Exited
                    : Is(g.After, "removed")
                        ? IncidenceFlow.Removed
                        : Is(g.After, "closed")
                            ? IncidenceFlow.Closed
                            : IncidenceFlow.Lost;

        /// <summary>The condition of a way, over the kinds <c>a.kind</c> before and <c>b.kind</c> after.</summary>
        public string Condition(IncidenceFlow flow)
        {
            var exited = $"({Of("exited_on_support")}, {Of("exited_support_ended")})";
            var (into, outOf) = ($"{Poor("b.kind")} AND ({Poor("a.kind")}) IS NOT TRUE", $"{Poor("a.kind")} AND ({Poor("b.kind")}) IS NOT TRUE");
            return flow switch
            {
                IncidenceFlow.Returned => $"{into} AND a.kind IN {exited} AND b.kind = {Of("returned")}",
                IncidenceFlow.Reversed => $"{into} AND a.kind IN {exited} AND b.kind <> {Of("returned")}",
                IncidenceFlow.Restored => $"{into} AND a.kind IN ({Of("removed")}, {Of("closed")})",
                IncidenceFlow.Identified => $"{into} AND coalesce(a.kind, 0) IN (0, {Of("not_registered")})",
                IncidenceFlow.Exited => $"{outOf} AND b.kind IN {exited}",
                IncidenceFlow.Removed => $"{outOf} AND b.kind = {Of("removed")}",
                IncidenceFlow.Closed => $"{outOf} AND b.kind = {Of("closed")}",
                _ => $"{outOf} AND coalesce(b.kind, 0) IN (0, {Of("not_registered")})",
            };
        }

        private bool Is(int kind, params ReadOnlySpan<string> keys)
        {
            foreach (var key in keys)
                if (kind == Of(key))
                    return true;
            return false;
        }
    }

    private static string Covers(string alias, string day) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";

    // What the record says of the year of such a change, where it says one; what has no such year differs from nothing.
    private static string Stated(Codes codes) =>
        $"""
            CASE WHEN b.kind IN ({codes.Of("exited_on_support")}, {codes.Of("exited_support_ended")}) THEN coalesce(b.exit_year, 0)
              WHEN b.kind = {codes.Of("returned")} AND a.kind IN ({codes.Of("exited_on_support")}, {codes.Of(
                "exited_support_ended"
            )}) THEN coalesce(b.returned_year, 0)
              WHEN {codes.Poor("b.kind")} AND coalesce(a.kind, 0) IN (0, {codes.Of("not_registered")}) THEN coalesce(b.identified_year, 0) END
            """;

    private static string Groups(Codes codes, List<DateOnly> moments, AreaRange range)
    {
        var steps = string.Join(
            ", ",
            Enumerable
                .Range(1, moments.Count - 1)
                .Select(i => FormattableString.Invariant($"({i}, {DayNumber.Of(moments[i - 1])}, {DayNumber.Of(moments[i])}, {moments[i].Year})"))
        );
        string Members(string day) => $"(SELECT count(*) FROM memberships m WHERE m.household_id = t.id AND {Covers("m", day)})";
        return $"""
            WITH e (step, was, now, year) AS (VALUES {steps})
            SELECT t.step, t.before, t.after, t.poor_before, t.poor_after, count(*) AS households,
              CAST(sum({Members("t.was")}) AS bigint) AS persons_before, CAST(sum({Members("t.now")}) AS bigint) AS persons_after,
              count(*) FILTER (WHERE t.stated <> t.year) AS differing
            FROM (
              SELECT e.step, e.was, e.now, e.year, h.id, coalesce(a.kind, 0) AS before, coalesce(b.kind, 0) AS after,
                CASE WHEN {codes.Poor("a.kind")} THEN 1 ELSE 0 END AS poor_before, CASE WHEN {codes.Poor(
                "b.kind"
            )} THEN 1 ELSE 0 END AS poor_after, {Stated(codes)} AS stated
              FROM e CROSS JOIN households h
              LEFT JOIN household_statuses a ON a.household_id = h.id AND {Covers("a", "e.was")}
              LEFT JOIN household_statuses b ON b.household_id = h.id AND {Covers("b", "e.now")}
              WHERE h.area_code BETWEEN {range.From} AND {range.To} AND ({codes.Poor("a.kind")} OR {codes.Poor("b.kind")})
            ) t
            GROUP BY t.step, t.before, t.after, t.poor_before, t.poor_after
            """;
    }

    /// <summary>The households behind a number of the table, or those of them whose stated year differs.</summary>
    /// <exception cref="NotInScope">There is no such year in the table.</exception>
    public static Names NamesOf(ConsoleContext context, AreaVersion area, int year, IncidenceFlow flow, bool differing, string? after)
    {
        var moments = Moments(context.WorkDate);
        if (context.Caller.FieldsOf(Permission.ViewHouseholds) is not null)
            throw new NotInScope("the ways of households in and out of poverty are of no trade");
        var at = moments.FindIndex(m => m.Year == year);
        if (at < 1)
            throw new NotInScope("the table has no such year");
        var codes = new Codes(context.Installation.Packs);
        var (was, now) = (
            DayNumber.Of(moments[at - 1]).ToString(CultureInfo.InvariantCulture),
            DayNumber.Of(moments[at]).ToString(CultureInfo.InvariantCulture)
        );
        var (code, id) =
            after?.Split('-') is [var c, var h]
            && long.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            && long.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var household)
                ? (place, household)
                : (0L, 0L);
        var rows = context
            .Reader.Query<NamedRow>(
                $"""
                SELECT l.household_id, l.area_code, l.number, l.head_name AS head, CAST({Stated(codes)} AS bigint) AS stated
                FROM household_list l
                LEFT JOIN household_statuses a ON a.household_id = l.household_id AND {Covers("a", was)}
                LEFT JOIN household_statuses b ON b.household_id = l.household_id AND {Covers("b", now)}
                WHERE {Viewer.Of(context).Households("l", AreaTree.RangeOf(area))} AND l.place_code = l.area_code AND {codes.Condition(flow)}
                  {(differing ? string.Create(CultureInfo.InvariantCulture, $"AND {Stated(codes)} <> {year}") : "")}
                  AND (l.area_code, l.household_id) > (@code, @id)
                ORDER BY l.area_code, l.household_id LIMIT {PageSize + 1}
                """,
                new { code, id },
                commandTimeout: 0
            )
            .ToList();
        return new(
            area,
            year,
            flow,
            differing,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize
                ? string.Create(CultureInfo.InvariantCulture, $"{rows[PageSize - 1].AreaCode}-{rows[PageSize - 1].HouseholdId}")
                : null
        );
    }

    public static Label NameOf(IncidenceFlow flow) =>
        flow switch
        {
            IncidenceFlow.Identified => new("新识别", "identified"),
            IncidenceFlow.Returned => new("返贫", "returned"),
            IncidenceFlow.Reversed => new("回退", "exit undone"),
            IncidenceFlow.Restored => new("恢复", "restored"),
            IncidenceFlow.Exited => new("脱贫", "exited"),
            IncidenceFlow.Removed => new("清退", "removed"),
            IncidenceFlow.Closed => new("销户", "closed"),
            _ => new("去向不明", "without trace"),
        };
}
