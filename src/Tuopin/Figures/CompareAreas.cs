using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>The areas beneath the one in view, side by side; each is judged by the law that decides there, and says which.</summary>
public static class CompareAreas
{
    public sealed record Row(
        AreaVersion Place,
        Tallied Registered,
        Tallied Exited,
        Tallied Remaining,
        decimal? Incidence,
        Verdicts Overall,
        IReadOnlyList<Standard> Laws
    )
    {
        public decimal? UnmetShare => Numbers.Share(Overall.Unmet.Households, Overall.Households);
        public decimal? UnknownShare => Numbers.Share(Overall.Unknown.Households, Overall.Households);
    }

    public sealed record Result(
        AreaVersion Area,
        DateOnly Day,
        Freshness Freshness,
        DateOnly? CountedOn,
        string Sort,
        IReadOnlyList<Row> Rows,
        bool Whole,
        AreaMoment Then
    )
    {
        /// <summary>The moment as the end of an address; nothing for now.</summary>
        public string At => Then.At;

        public bool SeveralLaws => Rows.SelectMany(r => r.Laws).Distinct().Count() > 1;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/compare", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/compare",
                (ConsoleContext context, HttpContext http, string? sort, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(Handle(context, AreaMoment.Need(context, asOf, knownAt), Api.Word(sort, Sorts))))
            )
            .OfApi<Told>(Permission.ViewFigures, "compare", "The areas beneath one, side by side")
            .Asks(Api.Area, ("sort", $"{string.Join(", ", Sorts)}; the most first"), AreaMoment.Asked[0], AreaMoment.Asked[1]);
    }

    private static readonly string[] Sorts = ["area", "registered", "remaining", "incidence", "unmet", "unknown"];

    /// <summary>The comparison as the API tells it.</summary>
    public sealed record Told(PickArea.Place Area, DateOnly Day, DateOnly? CountedOn, Freshness Freshness, string Sort, IReadOnlyList<ToldRow> Rows);

    /// <param name="Incidence">Up to 2020; null where some village states no rural population.</param>
    /// <param name="Overall">Under the standard as a whole; null for a department, which sees the indicators of its trade.</param>
    /// <param name="Standards">Those that decide there.</param>
    public sealed record ToldRow(
        PickArea.Place Place,
        Tallied Registered,
        Tallied Exited,
        Tallied Remaining,
        decimal? Incidence,
        Verdicts? Overall,
        IReadOnlyList<string> Standards
    );

    private static Told Tell(Result c) =>
        new(
            PickArea.Tell(c.Area),
            c.Day,
            c.CountedOn,
            c.Freshness,
            c.Sort,
            [
                .. c.Rows.Select(r => new ToldRow(
                    PickArea.Tell(r.Place),
                    r.Registered,
                    r.Exited,
                    r.Remaining,
                    Numbers.Rounded(r.Incidence),
                    c.Whole ? r.Overall : null,
                    [.. r.Laws.Select(l => l.Id)]
                )),
            ]
        );

    private static IResult Show(ConsoleContext context, string? sort, string? asOf, string? knownAt) =>
        ShowNotJudged.Or(
            context,
            asOf,
            knownAt,
            then => new RazorComponentResult<Pages.CompareAreasPage>(new { Comparison = Handle(context, then, sort) })
        );

    public static Result Handle(ConsoleContext context, AreaMoment then, string? sort)
    {
        var area = then.Area;
        var children = then.Tree.Children[area.AreaId].Where(c => c.Level <= 5).ToList();
        var numbers = AreaNumbers.Load(context, then.Judged, [area, .. children]);
        var counted = numbers.CountedOn(area);
        var year = new JudgingDay(counted ?? then.Date).RegistryYear;
        var rows = children
            .Where(numbers.Holds)
            .Select(c => new Row(
                c,
                numbers.Tally(c, "registered"),
                numbers.Tally(c, "exited"),
                numbers.Tally(c, "remaining"),
                then.Date.Year <= 2020
                    ? Numbers.Share(numbers.Tally(c, "remaining").Persons, numbers.RuralBase(c, year, ViewOverview.VillagesIn(then.Tree, c)))
                    : null,
                numbers.Overall(c),
                numbers.Deciding(c)
            ));
        var (key, ordered) = sort switch
        {
            "registered" => (sort, rows.OrderByDescending(r => r.Registered.Households)),
            "remaining" => (sort, rows.OrderByDescending(r => r.Remaining.Households)),
            "incidence" => (sort, rows.OrderByDescending(r => r.Incidence ?? -1)),
            // A department sees the indicators of its trade and no whole: an order would tell of it.
            "unmet" when numbers.Whole => (sort, rows.OrderByDescending(r => r.UnmetShare ?? -1)),
            "unknown" when numbers.Whole => (sort, rows.OrderByDescending(r => r.UnknownShare ?? -1)),
            _ => ("area", rows.OrderBy(r => r.Place.Code)),
        };
        return new(area, then.Date, then.Judged.Freshness, counted, key, [.. ordered], numbers.Whole, then);
    }
}
