using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Standards;

/// <summary><c>GET /api/v1/households</c> and <c>/households/{id}</c>: the list and the brief of the pages, with the same filters, scope and columns.</summary>
public static class ServeHouseholds
{
    /// <param name="Columns">What the list shows, by the name of the column; a department sees its own.</param>
    public sealed record Listed(
        long Id,
        string Number,
        string AreaCode,
        IReadOnlyDictionary<string, string> Columns,
        IReadOnlyDictionary<string, Light> Lights
    );

    public sealed record Page(string Area, IReadOnlyList<Listed> Households, long? Next, long? Previous, long? Total);

    public sealed record Member(string Name, long? Age, IReadOnlyDictionary<string, string> Facts);

    public sealed record Told(
        long Id,
        string Number,
        string? Head,
        string? AreaCode,
        string? Group,
        DateOnly Day,
        string? Status,
        IReadOnlyList<ExplainHousehold.StandardShown> Standards,
        IReadOnlyList<Member> Members,
        IReadOnlyList<ShowHousehold.Helper> Helpers
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(Api.Root + "/households", (ConsoleContext context, HttpContext http) => Api.Answer(http, Handle(context)))
            .OfApi<Page>(Permission.ViewHouseholds, "households", "Households of an area; filters and cursors as in the address of the page")
            .Asks([Api.Area, .. HouseholdQuery.Names]);
        routes
            .MapGet(
                Api.Root + "/households/{id:long}",
                (ConsoleContext context, HttpContext http, long id, string? day) => Api.Answer(http, Handle(context, id, day))
            )
            .OfApi<Told>(
                Permission.ViewHouseholds,
                "household",
                "A household: verdicts with value, limit, law, fact and who stated it; members and helpers"
            )
            .Asks(("day", "2020-06-12; without it the work date"));
    }

    public static Page Handle(ConsoleContext context)
    {
        var viewer = Viewer.Of(context);
        var query = HouseholdQuery.Read(context.Http.Request.Query, viewer);
        (viewer, var area) = ListHouseholds.AtMoment(context, viewer, context.Area(Permission.ViewHouseholds), query);
        var page = ListHouseholds.Handle(viewer, area, query);
        return new(
            PickArea.Code(page.Area),
            [
                .. page.Rows.Select(r => new Listed(
                    r.HouseholdId,
                    r.Number,
                    $"{r.AreaCode:D12}",
                    page.Query.Columns.Where(c => c.Id != "lights").ToDictionary(c => c.Id, c => c.Text(r, context.L, viewer)),
                    r.Lights.ToDictionary(l => l.Indicator.Id, l => l.Light)
                )),
            ],
            page.Next,
            page.Previous,
            page.Total
        );
    }

    /// <exception cref="NotInScope">The household does not exist, or not for this caller.</exception>
    public static Told Handle(ConsoleContext context, long id, string? day)
    {
        var brief = ShowHousehold.Handle(Viewer.Of(context), id, DayText.Read(day), null, context.L);
        return new(
            brief.Id,
            brief.Number,
            brief.Head,
            brief.Village is { } village ? PickArea.Code(village) : null,
            brief.Group,
            brief.Day,
            brief.Status,
            brief.Standards,
            [.. brief.Members.Select(m => new Member(m.Name, m.Age, brief.MemberFacts.Zip(m.Cells).ToDictionary(c => c.First.Name, c => c.Second)))],
            brief.Helpers
        );
    }
}
