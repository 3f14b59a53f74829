using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Rounds;

/// <summary><c>/rounds</c>: the rounds of the counties the reader is in, the latest first; and, for a county, those it may open today.</summary>
public static class ListRounds
{
    public const int PageSize = 100;

    /// <param name="County">Where the offered rounds would be opened; null where the reader opens none.</param>
    public sealed record Result(IReadOnlyList<RoundHeld> Rounds, long? Next, AreaVersion? County, IReadOnlyList<Round> Offers);

    public sealed record ToldRound(long Id, string Round, Label Title, int Year, string County, DateOnly From, DateOnly To, DateOnly? Closed);

    public sealed record Told(IReadOnlyList<ToldRound> Rounds, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/rounds",
                IResult (ConsoleContext context, long? before) => new RazorComponentResult<Pages.RoundsPage>(new { Found = Handle(context, before) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(Api.Root + "/rounds", (ConsoleContext context, HttpContext http, long? before) => Api.Answer(http, Tell(Handle(context, before))))
            .OfApi<Told>(Permission.ViewLists, "rounds", "Rounds of the caller's counties, the last opened first")
            .Asks(("before", "cursor: next of the last answer"));
    }

    public static Result Handle(ConsoleContext context, long? before)
    {
        var packs = context.Installation.Packs;
        var counties = string.Join(
            " OR ",
            context
                .Caller.Scope(Permission.ViewLists)
                .Areas.Select(a => FormattableString.Invariant($"(r.area_code <= {a.To} AND r.area_code + 999999 >= {a.From})"))
                .DefaultIfEmpty("1 = 0")
        );
        var rows = context
            .Reader.Query<RoundInstance>(
                $"SELECT r.* FROM rounds r WHERE ({counties}) AND r.id < @before ORDER BY r.id DESC LIMIT {PageSize + 1}",
                new { before = before ?? long.MaxValue }
            )
            .ToList();
        var county = context.Caller.Scope(Permission.OpenRound).Areas.Select(a => context.Tree.ByCode(a.From)).FirstOrDefault(a => a?.Level == 3);
        return new(
            [.. rows.Take(PageSize).Select(r => new RoundHeld(r, RoundHeld.PackOf(context.Reader, null, packs, r.Hash)))],
            rows.Count > PageSize ? rows[PageSize - 1].Id : null,
            county,
            county is null
                ? []
                :
                [
                    .. OpenRound
                        .In(context.Installation, county, context.WorkDate)
                        .Where(o => !rows.Exists(r => r.PackId == o.Id && r.Year == context.WorkDate.Year && r.AreaId == county.AreaId)),
                ]
        );
    }

    private static Told Tell(Result found) =>
        new(
            [
                .. found.Rounds.Select(r => new ToldRound(
                    r.Row.Id,
                    r.Row.PackId,
                    r.Pack.Title,
                    r.Row.Year,
                    r.Row.AreaCode.ToString("D12", System.Globalization.CultureInfo.InvariantCulture),
                    DayNumber.ToDate(r.Row.FromDay),
                    DayNumber.ToDate(r.Row.ToDay),
                    r.Row.ClosedDay is { } closed ? DayNumber.ToDate(closed) : null
                )),
            ],
            found.Next
        );
}
