using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>What is unmet (or unknown) by indicator and area, in households and persons, and whose it is; every cell opens to the names.</summary>
public static class ViewGaps
{
    public sealed record Column(Standard Standard, Indicator Indicator);

    /// <summary>One cell; null where the standard decides for nobody of the area.</summary>
    public sealed record Cell(Count Gap, long Of)
    {
        /// <summary>Of the gap, those that are unmet by a person's word.</summary>
        public Count OverruledUnmet { get; init; }

        /// <summary>No gap, by a person's word: counted beside it.</summary>
        public Count OverruledMet { get; init; }

        public int Level => Of == 0 || Gap.Households == 0 ? 0 : 1 + new[] { 0.02m, 0.05m, 0.10m }.Count(l => (decimal)Gap.Households / Of >= l);
    }

    public sealed record Row(AreaVersion Place, IReadOnlyList<Cell?> Cells);

    /// <summary>A village, township or county that itself fails indicators of its own standard.</summary>
    /// <param name="OverruledUnmet">Of the unmet, those that are so by a person's word.</param>
    /// <param name="OverruledMet">No gap, by a person's word.</param>
    public sealed record PlaceGap(
        AreaVersion Place,
        Standard Standard,
        IReadOnlyList<Indicator> Unmet,
        IReadOnlyList<Indicator> Unknown,
        IReadOnlyList<Indicator> OverruledUnmet,
        IReadOnlyList<Indicator> OverruledMet
    );

    /// <summary>A unit whose paired households have the gap.</summary>
    public sealed record UnitGap(long? UnitId, string? Unit, long Households, long Persons);

    public sealed record Result(
        AreaVersion Area,
        Freshness Freshness,
        DateOnly? CountedOn,
        NoVerdicts? WhyNone,
        bool Unknown,
        Standing? Standing,
        IReadOnlyList<Column> Columns,
        IReadOnlyList<Row> Rows,
        Row Total,
        IReadOnlyList<PlaceGap> Places,
        Column? Chosen,
        IReadOnlyList<UnitGap> Units,
        AreaMoment Then
    )
    {
        /// <summary>The moment as the end of an address; nothing for now.</summary>
        public string At => Then.At;

        /// <summary>The places whose own gaps are asked for.</summary>
        public IReadOnlyList<PlaceGap> PlacesAsked => [.. Places.Where(p => !Unknown || p.Unknown.Count > 0)];
    }

    /// <summary>Rows of a list that a page shows; it says how many there are, and the file has all of them.</summary>
    public const int UnitsShown = 100;
    public const int PlacesShown = 400;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/gaps", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/gaps",
                (ConsoleContext context, HttpContext http, string? result, string? who, string? indicator, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(context, AreaMoment.Need(context, asOf, knownAt), result, who, indicator))
            )
            .OfApi<Told>(Permission.ViewFigures, "gaps", "What is unmet, or unknown, by indicator and area, and whose it is")
            .Asks(
                Api.Area,
                ("result", "unmet (default) or unknown"),
                ("who", "all (default), remaining, exited or unregistered"),
                ("indicator", "standard/indicator: the units that help the households with this gap"),
                AreaMoment.Asked[0],
                AreaMoment.Asked[1]
            );
    }

    /// <summary>The matrix as the API tells it: a row has a cell for each column, null where the standard decides for nobody of the area.</summary>
    /// <param name="Places">Villages, townships and counties that fail, or have unknown, indicators of their own: the first of PlaceCount.</param>
    /// <param name="Units">Units that help the households with the gap asked for: the first of UnitCount.</param>
    public sealed record Told(
        PickArea.Place Area,
        DateOnly? CountedOn,
        Freshness Freshness,
        NoVerdicts? WhyNone,
        string Result,
        string Who,
        IReadOnlyList<ToldColumn> Columns,
        IReadOnlyList<ToldRow> Rows,
        ToldRow Total,
        int PlaceCount,
        IReadOnlyList<ToldPlace> Places,
        ToldColumn? Indicator,
        int UnitCount,
        IReadOnlyList<UnitGap> Units
    );

    public sealed record ToldColumn(string Standard, string Indicator, Label Title, string Department);

    /// <param name="Of">The households that the standard decides for.</param>
    /// <param name="OverruledUnmet">Households of the gap that are unmet by a person's word.</param>
    /// <param name="OverruledMet">Households that are met by a person's word; they are no part of the gap.</param>
    public sealed record ToldCell(long Households, long Persons, long Of, long OverruledUnmet, long OverruledMet);

    public sealed record ToldRow(PickArea.Place Place, IReadOnlyList<ToldCell?> Cells);

    public sealed record ToldPlace(
        PickArea.Place Place,
        string Standard,
        IReadOnlyList<string> Unmet,
        IReadOnlyList<string> Unknown,
        IReadOnlyList<string> OverruledUnmet,
        IReadOnlyList<string> OverruledMet
    );

    /// <exception cref="Refusal">gaps.indicator-unknown.</exception>
    private static Told Tell(ConsoleContext context, AreaMoment then, string? result, string? who, string? indicator)
    {
        (result, who) = (Api.Word(result, "unmet", "unknown"), Api.Word(who, "all", "remaining", "exited", "unregistered"));
        var gaps = Handle(context, then, result == "unknown", StandingOf(who), indicator);
        if (indicator is not null && gaps.Chosen is null)
            throw new Refusal("gaps.indicator-unknown", $"no standard in force has an indicator '{indicator}'");
        var places = gaps.PlacesAsked;
        ToldColumn Column(Column c) => new(c.Standard.Id, c.Indicator.Id, c.Indicator.Title, c.Indicator.Department);
        ToldRow RowOf(Row row) =>
            new(
                PickArea.Tell(row.Place),
                [
                    .. row.Cells.Select(c =>
                        c is null ? null : new ToldCell(c.Gap.Households, c.Gap.Persons, c.Of, c.OverruledUnmet.Households, c.OverruledMet.Households)
                    ),
                ]
            );
        return new(
            PickArea.Tell(gaps.Area),
            gaps.CountedOn,
            gaps.Freshness,
            gaps.WhyNone,
            result,
            who,
            [.. gaps.Columns.Select(Column)],
            [.. gaps.Rows.Select(RowOf)],
            RowOf(gaps.Total),
            places.Count,
            [
                .. places
                    .Take(PlacesShown)
                    .Select(p => new ToldPlace(
                        PickArea.Tell(p.Place),
                        p.Standard.Id,
                        [.. p.Unmet.Select(i => i.Id)],
                        [.. p.Unknown.Select(i => i.Id)],
                        [.. p.OverruledUnmet.Select(i => i.Id)],
                        [.. p.OverruledMet.Select(i => i.Id)]
                    )),
            ],
            gaps.Chosen is { } chosen ? Column(chosen) : null,
            gaps.Units.Count,
            [.. gaps.Units.Take(UnitsShown)]
        );
    }

    private static IResult Show(ConsoleContext context, string? result, string? who, string? indicator, string? asOf, string? knownAt) =>
        ShowNotJudged.Or(
            context,
            asOf,
            knownAt,
            then =>
            {
                var gaps = Handle(context, then, result == "unknown", StandingOf(who), indicator);
                return context.WantsPart
                    ? new RazorComponentResult<Pages.GapMatrix>(new { Gaps = gaps })
                    : new RazorComponentResult<Pages.GapsPage>(new { Gaps = gaps });
            }
        );

    public static Standing? StandingOf(string? who) =>
        who switch
        {
            "remaining" => Standing.Remaining,
            "exited" => Standing.Exited,
            "unregistered" => Standing.Unregistered,
            _ => null,
        };

    public static Result Handle(ConsoleContext context, AreaMoment then, bool unknown, Standing? standing, string? indicator)
    {
        var area = then.Area;
        var children = then.Tree.Children[area.AreaId].Where(c => c.Level <= 5).ToList();
        var numbers = AreaNumbers.Load(context, then.Judged, [area, .. children]);
        var columns = numbers.Deciding(area).SelectMany(s => numbers.Indicators(s).Select(i => new Column(s, i))).ToList();
        Cell? CellOf(AreaVersion place, Column column)
        {
            var verdicts = numbers.Of(place, column.Standard, column.Indicator.Bit, standing);
            return verdicts.Households == 0
                ? null
                : new(unknown ? verdicts.Unknown : verdicts.Unmet, verdicts.Households)
                {
                    OverruledUnmet = unknown ? default : verdicts.OverruledUnmet,
                    OverruledMet = verdicts.OverruledMet,
                };
        }
        Row RowOf(AreaVersion place) => new(place, [.. columns.Select(c => CellOf(place, c))]);
        var chosen = columns.Find(c => $"{c.Standard.Id}/{c.Indicator.Id}" == indicator);
        return new(
            area,
            then.Judged.Freshness,
            numbers.CountedOn(area),
            numbers.WhyNone(context, area, then.Judged),
            unknown,
            standing,
            columns,
            [.. children.Where(numbers.Holds).Select(RowOf)],
            RowOf(area),
            PlaceGaps(context, then),
            chosen,
            chosen is null ? [] : Units(context, then, chosen, unknown, standing),
            then
        );
    }

    // Who helps the households with the gap; the list is clustered by village, so an area is one range of it.
    private static IReadOnlyList<UnitGap> Units(ConsoleContext context, AreaMoment then, Column chosen, bool unknown, Standing? standing)
    {
        var bit = 1L << chosen.Indicator.Bit;
        var kinds = context.Installation.Packs.Dictionary.CodeLists["status_kind"];
        var remaining = string.Join(", ", new[] { "remaining", "returned" }.Select(k => kinds.Find(k)!.Number));
        var who = standing switch
        {
            Standing.Remaining => $" AND l.status IN ({remaining})",
            Standing.Exited => $" AND l.registered = 1 AND l.status NOT IN ({remaining})",
            Standing.Unregistered => $" AND {HouseholdList.Unregistered("l", kinds)}",
            _ => $" AND {HouseholdList.Counted("l", kinds)}",
        };
        return
        [
            .. then.Judged.Connection.Query<UnitGap>(
                $"""
                SELECT l.unit_id, u.name AS unit, count(*) AS households, CAST(coalesce(sum(l.members), 0) AS bigint) AS persons
                FROM {then.Judged.Table("household_list")} l JOIN {then.Judged.Table("standard_versions")} s ON s.id = l.standard_version_id LEFT JOIN units u ON u.id = l.unit_id
                WHERE {context.Caller.Scope(Permission.ViewFigures).Households(
                    "l",
                    AreaTree.RangeOf(then.Area),
                    context.Day
                )} AND l.place_code = l.area_code
                  AND s.standard_id = @standard AND {(unknown ? $"(l.met | l.unmet | l.exempt) & {bit} = 0" : $"l.unmet & {bit} <> 0")}{who}
                GROUP BY l.unit_id, u.name ORDER BY 3 DESC, 1
                """,
                new { standard = chosen.Standard.Id }
            ),
        ];
    }

    // One query for all places of the area under all standards for places.
    private static IReadOnlyList<PlaceGap> PlaceGaps(ConsoleContext context, AreaMoment then)
    {
        var (range, judged) = (AreaTree.RangeOf(then.Area), then.Judged);
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        var standards = Judging.InForce(context.Installation.Packs.Standards, range, then.Date).Where(s => s.Level.Level is not null).ToList();
        var rows = judged
            .Connection.Query<(string Standard, string Hash, long Subject, long Met, long Unmet, long Overruled)>(
                $"""
                SELECT s.standard_id, s.hash, v.subject_id, {VerdictSql.Met("v")} AS met, {VerdictSql.Unmet("v")} AS unmet,
                  v.overruled_met | v.overruled_unmet AS overruled
                FROM area_versions a JOIN {judged.Table("standard_versions")} s ON s.standard_id IN ('-'{string.Concat(
                    standards.Select(s => $", '{s.Id}'")
                )})
                JOIN {judged.Table("verdicts")} v ON v.standard_version_id = s.id AND v.subject_id = a.area_id
                WHERE a.code BETWEEN {range.From} AND {range.To} AND a.from_day <= {then.Day} AND (a.to_day IS NULL OR a.to_day > {then.Day}) AND a.level BETWEEN 3 AND 5
                """
            )
            .ToList();
        return
        [
            .. from row in rows
            let standard = standards.Find(s => s.Id == row.Standard && s.Hash == row.Hash)
            let place = then.Tree.ById(row.Subject)
            where standard is not null && place is not null
            where standards.Where(s => s.Level == standard.Level && s.Area.Contains(place.Code)).MinBy(s => s.Area.Width) == standard
            let seen = standard.Indicators.Where(i => !i.Retired && (fields is null || fields.Contains(i.Department))).ToList()
            let unmet = seen.Where(i => (row.Unmet >> i.Bit & 1) == 1).ToList()
            let open = seen.Where(i => ((row.Unmet | row.Met) >> i.Bit & 1) == 0).ToList()
            let overruled = seen.Where(i => (row.Overruled >> i.Bit & 1) == 1).ToList()
            where unmet.Count > 0 || open.Count > 0 || overruled.Count > 0
            orderby place.Level, place.Code
            select new PlaceGap(place, standard, unmet, open, [.. overruled.Intersect(unmet)], [.. overruled.Except(unmet)]),
        ];
    }
}
