using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>How an area stands on the work date, or as of another moment, from the numbers of a judgement only: the queries are as many for a county as for a village.</summary>
public static class ViewOverview
{
    /// <summary>Remaining at the end of a year (or on the work date) over the registered rural base.</summary>
    public sealed record Year(int Number, Tallied Remaining, long? Base, int? BaseYear)
    {
        public decimal? Incidence => Numbers.Share(Remaining.Persons, Base);
    }

    public sealed record IndicatorLine(
        Standard Standard,
        Indicator Indicator,
        Verdicts All,
        Verdicts Remaining,
        Verdicts Exited,
        Verdicts Unregistered
    );

    /// <summary>A place on the tile map with the share it is coloured by.</summary>
    public sealed record Tile(AreaVersion Place, decimal? Rate, string Said)
    {
        /// <summary>0 is best; null where the share is unknown.</summary>
        public int? Level { get; init; }

        /// <summary>The names its number counts; null where there is no number, or several standards share the place.</summary>
        public string? Names { get; init; }
    }

    public sealed record TileRow(Tile Self, IReadOnlyList<Tile> Tiles)
    {
        public AreaVersion Place => Self.Place;
    }

    public sealed record MapFigure(string Key, Label Title, decimal[] Limits);

    public sealed record TileMap(MapFigure Figure, IReadOnlyList<MapFigure> Choices, IReadOnlyList<TileRow> Rows, int Empty);

    /// <summary>An indicator of a standard for villages, townships or counties, judged for the area itself.</summary>
    public sealed record AreaLine(Indicator Indicator, string Result, string? Value, string? Limit, ExplainHousehold.OverruleShown? Overruled);

    public sealed record AreaVerdict(Standard Standard, IReadOnlyList<AreaLine> Lines);

    public sealed record Result(
        AreaVersion Area,
        DateOnly Day,
        Freshness Freshness,
        DateOnly? CountedOn,
        Tallied Registered,
        Tallied Exited,
        Tallied Remaining,
        Tallied Unregistered,
        Tallied Monitored,
        IReadOnlyList<Year> Years,
        IReadOnlyList<IndicatorLine> Indicators,
        NoVerdicts? WhyNone,
        TileMap Map,
        AreaVerdict? Own,
        AreaNumbers Numbers,
        IReadOnlyList<AreaVersion> Children,
        (int Villages, int Townships) Places,
        DrawMap.Drawing? Drawing,
        AreaMoment Then
    )
    {
        /// <summary>The moment as the end of an address; nothing for now.</summary>
        public string At => Then.At;

        /// <summary>Identification, exit and incidence end with 2020.</summary>
        public bool Exiting => Day.Year <= 2020;
    }

    private static readonly decimal[] IncidenceLimits = [0.01m, 0.03m, 0.08m, 0.15m];
    private static readonly decimal[] ShareLimits = [0.005m, 0.02m, 0.05m, 0.10m];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/overview", Show).Needs(Permission.ViewFigures);
        routes.MapGet("/overview/map", ShowMap).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/overview",
                (ConsoleContext context, HttpContext http, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(Handle(context, AreaMoment.Need(context, asOf, knownAt), null)))
            )
            .OfApi<Told>(
                Permission.ViewFigures,
                "overview",
                "How an area stands on the work date or as of another moment: totals, incidence by year, indicators, its own verdict"
            )
            .Asks([Api.Area, .. AreaMoment.Asked]);
    }

    /// <summary>The overview as the API tells it: what is unknown is null, and persons are at least so many where AtLeast says it.</summary>
    /// <param name="Years">Up to 2020, when incidence ends.</param>
    /// <param name="WhyNone">Why there are no verdicts; null when there are.</param>
    /// <param name="Own">The verdict of the village, township or county itself; null where no standard is in force for it.</param>
    public sealed record Told(
        PickArea.Place Area,
        DateOnly Day,
        DateOnly? CountedOn,
        Freshness Freshness,
        int Townships,
        int Villages,
        Tallied Registered,
        Tallied Exited,
        Tallied Remaining,
        Tallied Unregistered,
        Tallied Monitored,
        IReadOnlyList<ToldYear> Years,
        NoVerdicts? WhyNone,
        IReadOnlyList<ToldIndicator> Indicators,
        ToldVerdict? Own
    );

    /// <param name="Base">Registered rural persons, as stated for BaseYear.</param>
    public sealed record ToldYear(DateOnly On, Tallied Remaining, long? Base, int? BaseYear, decimal? Incidence);

    public sealed record ToldIndicator(
        string Standard,
        string Indicator,
        Label Title,
        string Department,
        Verdicts All,
        Verdicts Remaining,
        Verdicts Exited,
        Verdicts Unregistered
    );

    /// <param name="Result">met, unmet, exempt or unknown.</param>
    /// <param name="Value">As people read it; null when it is unknown.</param>
    public sealed record ToldLine(
        string Indicator,
        Label Title,
        string Department,
        string Result,
        string? Value,
        string? Limit,
        string? Unit,
        ExplainHousehold.OverruleShown? Overruled
    );

    public sealed record ToldVerdict(string Standard, Label Title, PackStatus Status, IReadOnlyList<ToldLine> Indicators);

    private static Told Tell(Result o) =>
        new(
            PickArea.Tell(o.Area),
            o.Day,
            o.CountedOn,
            o.Freshness,
            o.Places.Townships,
            o.Places.Villages,
            o.Registered,
            o.Exited,
            o.Remaining,
            o.Unregistered,
            o.Monitored,
            o.Exiting
                ?
                [
                    .. o.Years.Select(y => new ToldYear(
                        y == o.Years[^1] ? o.CountedOn ?? o.Day : new(y.Number, 12, 31),
                        y.Remaining,
                        y.Base,
                        y.BaseYear,
                        Numbers.Rounded(y.Incidence)
                    )),
                ]
                : [],
            o.WhyNone,
            [
                .. o.Indicators.Select(i => new ToldIndicator(
                    i.Standard.Id,
                    i.Indicator.Id,
                    i.Indicator.Title,
                    i.Indicator.Department,
                    i.All,
                    i.Remaining,
                    i.Exited,
                    i.Unregistered
                )),
            ],
            o.Own is { } own
                ? new(
                    own.Standard.Id,
                    own.Standard.Title,
                    own.Standard.Status,
                    [
                        .. own.Lines.Select(l => new ToldLine(
                            l.Indicator.Id,
                            l.Indicator.Title,
                            l.Indicator.Department,
                            l.Result,
                            l.Value,
                            l.Limit,
                            l.Indicator.Unit,
                            l.Overruled
                        )),
                    ]
                )
                : null
        );

    private static IResult Show(ConsoleContext context, string? map, string? asOf, string? knownAt, string? outlines) =>
        ShowNotJudged.Or(
            context,
            asOf,
            knownAt,
            then => new RazorComponentResult<Pages.OverviewPage>(
                new { Overview = Handle(context, then, map, outlines == "finest"), Facts = ExplainArea.Handle(context, then) }
            )
        );

    private static IResult ShowMap(ConsoleContext context, string? map, string? asOf, string? knownAt) =>
        context.WantsPart
            ? new RazorComponentResult<Pages.TileMapPart>(new { Overview = Handle(context, AreaMoment.Need(context, asOf, knownAt), map) })
            : Results.LocalRedirect($"/overview{context.Http.Request.QueryString}");

    /// <param name="finest">The map draws the finest outlines there are, and not those of the areas beneath.</param>
    public static Result Handle(ConsoleContext context, AreaMoment then, string? map, bool finest = false)
    {
        var (area, tree) = (then.Area, then.Tree);
        var rows = RowsOf(tree, area);
        var children = tree.Children[area.AreaId].ToList();
        var numbers = AreaNumbers.Load(
            context,
            then.Judged,
            [area],
            [.. children, .. rows.Select(r => r.Row), .. rows.SelectMany(r => r.Tiles)],
            AsIndicator(map)
        );
        var day = then.Date;
        var counted = numbers.CountedOn(area) ?? day;
        var deciding = numbers.Deciding(area);
        var indicators = deciding
            .SelectMany(s =>
                numbers
                    .Indicators(s)
                    .Select(i => new IndicatorLine(
                        s,
                        i,
                        numbers.Of(area, s, i.Bit),
                        numbers.Of(area, s, i.Bit, Standing.Remaining),
                        numbers.Of(area, s, i.Bit, Standing.Exited),
                        numbers.Of(area, s, i.Bit, Standing.Unregistered)
                    ))
            )
            .ToList();
        var villages = VillagesIn(tree, area);
        var tiles = MapOf(context, numbers, then, rows, deciding, map);
        return new(
            area,
            day,
            then.Judged.Freshness,
            numbers.CountedOn(area),
            numbers.Tally(area, "registered"),
            numbers.Tally(area, "exited"),
            numbers.Tally(area, "remaining"),
            numbers.Tally(area, "unregistered"),
            numbers.Tally(area, "monitored"),
            Years(numbers, area, counted, villages),
            indicators,
            numbers.WhyNone(context, area, then.Judged),
            tiles,
            OwnVerdict(context, then),
            numbers,
            [.. children.Where(numbers.Holds)],
            (villages, tree.All.Count(a => a.Level == 4 && AreaTree.RangeOf(area).Contains(a.Code))),
            DrawMap.Handle(context.Reader, tiles, area.Level + 1, finest),
            then
        );
    }

    // What the map may be coloured by that is no indicator is in every tile.
    private static string? AsIndicator(string? map) => map is "incidence" or "unmet" or "unknown" ? null : map;

    public static int VillagesIn(AreaTree tree, AreaVersion area)
    {
        var range = AreaTree.RangeOf(area);
        return area.Level == 5 ? 1 : tree.All.Count(a => a.Level == 5 && range.Contains(a.Code));
    }

    // A county shows its townships and their villages; what is wider shows the two levels beneath it.
    private static List<(AreaVersion Row, List<AreaVersion> Tiles)> RowsOf(AreaTree tree, AreaVersion area) =>
        area.Level switch
        {
            >= 5 => [],
            4 => [(area, [.. tree.Children[area.AreaId].Where(c => c.Level == 5)])],
            _ => [.. tree.Children[area.AreaId].Select(c => (c, tree.Children[c.AreaId].ToList()))],
        };

    private static IReadOnlyList<Year> Years(AreaNumbers numbers, AreaVersion area, DateOnly day, int villages)
    {
        var bases = numbers.Figure(area, AreaFigures.RuralBase).Where(f => f.Households == villages && f.Persons > 0).ToList();
        (long?, int?) BaseOf(int year) =>
            (bases.FirstOrDefault(b => b.Key == year) ?? bases.LastOrDefault()) is { } found ? (found.Persons, found.Key) : (null, null);
        var ends = numbers
            .Figure(area, AreaFigures.RemainingAtYearEnd)
            .Select(f => new Year(f.Key, new Tallied(f.Households, f.Persons), BaseOf(f.Key).Item1, BaseOf(f.Key).Item2));
        var today = new Year(day.Year, numbers.Tally(area, "remaining"), BaseOf(day.Year).Item1, BaseOf(day.Year).Item2);
        return [.. ends.Where(y => y.Number < day.Year), today];
    }

    private static TileMap MapOf(
        ConsoleContext context,
        AreaNumbers numbers,
        AreaMoment then,
        List<(AreaVersion Row, List<AreaVersion> Tiles)> rows,
        IReadOnlyList<Standard> deciding,
        string? asked
    )
    {
        var day = then.Date;
        var choices = new List<MapFigure>();
        if (day.Year <= 2020)
            choices.Add(new("incidence", new("贫困发生率", "Incidence"), IncidenceLimits));
        if (numbers.Whole)
        {
            choices.Add(new("unmet", new("未达标户占比", "Households unmet"), ShareLimits));
            choices.Add(new("unknown", new("不明户占比", "Households unknown"), ShareLimits));
        }
        choices.AddRange(
            deciding
                .SelectMany(numbers.Indicators)
                .DistinctBy(i => i.Id)
                .Select(i => new MapFigure(i.Id, new(i.Title.Zh + "：未达标", i.Title.En + ": unmet"), ShareLimits))
        );
        var figure = choices.Find(c => c.Key == asked) ?? choices.FirstOrDefault() ?? new("none", new("无", "none"), ShareLimits);
        var year = new JudgingDay(numbers.CountedOn(then.Area) ?? day).RegistryYear;
        Tile Make(AreaVersion place)
        {
            (long? Part, long Whole) share = figure.Key switch
            {
                "incidence" => (numbers.Tally(place, "remaining").Persons, numbers.RuralBase(place, year, VillagesIn(then.Tree, place)) ?? 0),
                "unmet" => (numbers.Overall(place).Unmet.Households, numbers.Overall(place).Households),
                "unknown" => (numbers.Overall(place).Unknown.Households, numbers.Overall(place).Households),
                _ => Unmet(place),
            };
            var rate = Numbers.Share(share.Part, share.Whole);
            var unit = figure.Key == "incidence" ? context.L["人", "persons"] : context.L["户", "households"];
            return new(
                place,
                rate,
                rate is null
                    ? $"{place.Name}: {context.L["不明", "unknown"]}"
                    : $"{place.Name}: {Numbers.P(rate)} ({Numbers.N(share.Part)} / {Numbers.N(share.Whole)} {unit})"
            )
            {
                Level = rate is { } r ? figure.Limits.Count(l => r >= l) : null,
                Names = rate is null
                    ? null
                    : figure.Key switch
                    {
                        "incidence" => Numbers.Names(place, "standing=remaining", then.At),
                        "unmet" or "unknown" => Numbers.Overall(place, figure.Key, then.At),
                        _ => Judged(place) is [var (standard, indicator)] ? Numbers.Names(place, standard, indicator, "unmet", at: then.At) : null,
                    },
            };
        }
        List<(Standard, Indicator)> Judged(AreaVersion place) =>
            [
                .. deciding
                    .SelectMany(s => s.Indicators.Where(i => i.Id == figure.Key).Select(i => (s, i)))
                    .Where(s => numbers.Of(place, s.s, s.i.Bit).Households > 0),
            ];
        (long, long) Unmet(AreaVersion place) =>
            deciding
                .SelectMany(s => s.Indicators.Where(i => i.Id == figure.Key).Select(i => numbers.Of(place, s, i.Bit)))
                .Aggregate((0L, 0L), (sum, v) => (sum.Item1 + v.Unmet.Households, sum.Item2 + v.Households));
        return new(
            figure,
            choices,
            [.. rows.Select(r => new TileRow(Make(r.Row), [.. r.Tiles.Where(numbers.Holds).Select(Make)])).Where(r => r.Tiles.Count > 0)],
            rows.Sum(r => r.Tiles.Count(t => !numbers.Holds(t)))
        );
    }

    /// <summary>The verdict of the village, township or county itself under the standard that decides for it: one query for masks, one for values.</summary>
    private static AreaVerdict? OwnVerdict(ConsoleContext context, AreaMoment then)
    {
        var (area, judged) = (then.Area, then.Judged);
        if (ExplainArea.OwnStandard(context, area, then.Date) is not { } standard)
            return null;
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        var indicators = standard.Indicators.Where(i => !i.Retired && (fields is null || fields.Contains(i.Department))).ToList();
        // The computed masks; what people overruled on the day stands over them, each with who and why.
        var masks = judged.Connection.QueryFirstOrDefault<(long Met, long Unmet, long Exempt)>(
            $"""
            SELECT v.met, v.unmet, v.exempt FROM {judged.Table("verdicts")} v JOIN {judged.Table(
                "standard_versions"
            )} s ON s.id = v.standard_version_id
            WHERE s.standard_id = @id AND s.hash = @hash AND v.subject_id = @area
            """,
            new
            {
                id = standard.Id,
                hash = standard.Hash,
                area = area.AreaId,
            }
        );
        var (values, limits) = Values(context, standard, indicators, then);
        var overruled = Overruling.Of(judged.Connection, standard.Level.Name, area.AreaId, then.Day, judged.Table);
        return new(standard, [.. indicators.Select(LineOf)]);

        AreaLine LineOf(Indicator i)
        {
            var computed =
                (masks.Unmet >> i.Bit & 1) == 1 ? "unmet"
                : (masks.Exempt >> i.Bit & 1) == 1 ? "exempt"
                : (masks.Met >> i.Bit & 1) == 1 ? "met"
                : "unknown";
            var word = overruled.GetValueOrDefault((standard.Id, i.Id));
            return new(
                i,
                word is null ? computed
                    : word.Met ? "met"
                    : "unmet",
                values.GetValueOrDefault(i.Id),
                limits.GetValueOrDefault(i.Id),
                word is null ? null : ExplainHousehold.OverruleShown.Of(word, computed)
            );
        }
    }

    private static (Dictionary<string, string> Values, Dictionary<string, string> Limits) Values(
        ConsoleContext context,
        Standard standard,
        List<Indicator> indicators,
        AreaMoment then
    )
    {
        var asked = indicators
            .SelectMany(i => new[] { (i.Id, IsLimit: false, Rule: i.Value), (i.Id, IsLimit: true, Rule: i.Limit) })
            .Where(r => r.Rule is not null)
            .ToList();
        var (values, limits) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        if (asked.Count == 0)
            return (values, limits);
        var sql = SqlJudging.Values(
            standard.Subject,
            [.. asked.Select(a => a.Rule!)],
            new SqlContext(context.Installation.Store.Dialect, new JudgingDay(then.Date))
            {
                Area = AreaTree.RangeOf(then.Area),
                Only = then.Area.AreaId.ToString(CultureInfo.InvariantCulture),
                Table = then.Judged.Table,
                Standards = then.Judged.Version,
            }
        );
        using var reader = then.Judged.Connection.ExecuteReader(sql.Text);
        if (!reader.Read())
            return (values, limits);
        long? Cell(int at) => at < 0 || reader.IsDBNull(at) ? null : Convert.ToInt64(reader.GetValue(at), CultureInfo.InvariantCulture);
        for (var n = 0; n < asked.Count; n++)
        {
            var at = sql.Values[n];
            if (at.IsText || Cell(at.Low) is not { } low)
                continue;
            var high = at.High < 0 ? low : Cell(at.High) ?? low;
            var (below, belowHigh) = (
                at.Denominator < 0 ? 1 : Cell(at.Denominator) ?? 0,
                at.HighDenominator < 0
                    ? at.Denominator < 0
                        ? 1
                        : Cell(at.Denominator) ?? 0
                    : Cell(at.HighDenominator) ?? 0
            );
            if (below == 0 || belowHigh == 0)
                continue;
            var text = ValueText.Of(
                asked[n].Rule!,
                new Rules.Columnar.Outcome(true, low, high, below, belowHigh),
                context.L.IsEnglish ? Tongue.En : Tongue.Zh
            );
            (asked[n].IsLimit ? limits : values)[asked[n].Id] = text;
        }
        return (values, limits);
    }
}
