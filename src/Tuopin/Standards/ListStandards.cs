using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;

namespace Tuopin.Standards;

/// <summary><c>GET /api/v1/standards</c>: the standards in force for a place on a day, with their indicators, sources and grades.</summary>
public static class ListStandards
{
    public sealed record Shown(
        string Id,
        int Version,
        string Level,
        string Zh,
        string En,
        string AreaFrom,
        string AreaTo,
        DateOnly From,
        DateOnly? To,
        string Status,
        string Source,
        string? Number,
        string Grade,
        IReadOnlyList<IndicatorShown> Indicators
    );

    public sealed record IndicatorShown(string Id, string Zh, string En, string Department, string Counts, bool LawFound);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Api.Root + "/standards",
                (ConsoleContext context, HttpContext http, string? area, string? day) => Api.Answer(http, Handle(context, area, day))
            )
            .OfApi<IReadOnlyList<Shown>>(Permission.ViewStandards, "standards", "The standards in force for a place on a day")
            .Asks(("area", "code of any place, 2 to 12 digits; without it the widest of your own"), ("day", "2020-06-12; without it the work date"));

    /// <exception cref="Refusal">area.unknown, date.bad.</exception>
    public static IReadOnlyList<Shown> Handle(ConsoleContext context, string? area, string? day)
    {
        var on = AreaArgument.Day(day) ?? context.WorkDate;
        var place = PlaceOf(context, area);
        var range = AreaTree.RangeOf(place);
        return
        [
            .. context
                .Installation.Packs.Standards.Where(s => s.InForce.Covers(on) && s.Area.Overlaps(range))
                .OrderBy(s => s.Level.Name, StringComparer.Ordinal)
                .ThenBy(s => s.Area.Width)
                .Select(s => new Shown(
                    s.Id,
                    s.Version,
                    s.Level.Name,
                    s.Title.Zh,
                    s.Title.En,
                    $"{s.Area.From:D12}",
                    $"{s.Area.To:D12}",
                    s.InForce.From,
                    s.InForce.To,
                    s.Status.ToString().ToLowerInvariant(),
                    s.Source.Title,
                    s.Source.Number,
                    s.Source.Grade.ToString(),
                    [
                        .. s
                            .Indicators.Where(i => !i.Retired)
                            .Select(i => new IndicatorShown(
                                i.Id,
                                i.Title.Zh,
                                i.Title.En,
                                i.Department,
                                i.Counts.ToString().ToLowerInvariant(),
                                i.Met is not null
                            )),
                    ]
                )),
        ];
    }

    /// <summary>The law is no secret: it is told of any place.</summary>
    /// <exception cref="Refusal">area.unknown.</exception>
    public static AreaVersion PlaceOf(ConsoleContext context, string? area) =>
        area is null
            ? context.Area(Permission.ViewStandards)
            : context.Tree.ByCode(area) ?? throw new Refusal("area.unknown", "no area has this code on this day");
}
