using System.Net;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Every route that exists, against the table of permissions.</summary>
public sealed class GuardingRoutes(Installations installations)
{
    private static readonly Dictionary<Role, string> Users = new()
    {
        [Role.Administrator] = "admin",
        [Role.Province] = "province",
        [Role.City] = "city",
        [Role.County] = "county",
        [Role.Department] = "housing",
        [Role.Township] = "township",
        [Role.Village] = "village",
        [Role.Cadre] = "cadre",
        [Role.Auditor] = "auditor",
        [Role.Discipline] = "discipline",
    };

    // What answers anybody, and why it may.
    private static readonly string[] ForAnybody =
    [
        "GET /assets/{name}",
        "GET /sign-in",
        "POST /sign-in",
        "GET /sign-in/second-factor",
        "POST /sign-in/second-factor",
        "GET /set-up/{key}",
        "POST /set-up/{key}",
        "POST /preferences/language",
        "POST /preferences/theme",
        // The public notice of a list, for whoever holds its key: off unless the administrator allows it, of a few days, limited by address.
        "GET /p/{key}",
        "POST /p/{key}",
        "GET /p/reply/{key}",
        "POST /p/reply/{key}",
        "GET /health",
        "GET /ready",
        // Figures of the machine: for itself, or for whoever operates it; what comes through a proxy is asked for the permission.
        "GET /metrics",
        // What the API offers is no secret, what it holds is.
        "GET /api/{documentName}/openapi.json",
    ];

    private static Task<TuopinConsole.Page> Call(TuopinConsole.Browser browser, RouteTable.Route route, params (string, string)[] headers) =>
        browser.Send(new(new HttpMethod(route.Method), route.Anything()), "application/json", headers);

    [Theory, BothEngines]
    public async Task Every_route_names_a_permission_or_is_known_to_answer_anybody(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var routes = RouteTable.Of(console);
        routes.Count.ShouldBeGreaterThan(20);
        foreach (var route in routes)
            (route.Needs is not null || (route.Anonymous && ForAnybody.Contains(route.ToString()))).ShouldBeTrue($"{route} has no permission");
    }

    [Theory, BothEngines]
    public async Task Without_a_session_or_a_token_that_holds_every_route_is_401(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var nobody = console.Nobody();
        // A token for each route: one that asks at all of them is told that it asks too often.
        foreach (var (n, route) in RouteTable.Of(console).Where(r => r.Needs is not null).Index())
        {
            (await Call(nobody, route)).Status.ShouldBe(HttpStatusCode.Unauthorized, route.ToString());
            foreach (var header in new[] { $"Bearer tp_stolen{n}", "Bearer ", "Basic YTpi", $"Bearer tp_{n}\u0001" })
                (await Call(nobody, route, ("Authorization", header))).Status.ShouldBe(HttpStatusCode.Unauthorized, $"{route} {header}");
        }
    }

    [Theory, BothEngines]
    public async Task Without_the_permission_every_route_is_403_for_every_role(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var routes = RouteTable.Of(console).Where(r => r.Needs is not null).ToList();
        foreach (var (role, user) in Users)
        {
            var browser = await console.As(user);
            foreach (var route in routes.Where(r => !Permissions.Of(role).Contains(r.Needs!.Value)))
                (await Call(browser, route)).Status.ShouldBe(HttpStatusCode.Forbidden, $"{role} {route}");
        }
    }

    [Theory, BothEngines]
    public async Task With_the_permission_no_page_is_401_or_403(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var pages = RouteTable.Of(console).Where(r => r is { Needs: not null, Method: "GET" }).ToList();
        foreach (var (role, user) in Users)
        {
            var browser = await console.As(user);
            foreach (var route in pages.Where(r => Permissions.Of(role).Contains(r.Needs!.Value)))
                (await Call(browser, route)).Status.ShouldNotBeOneOf(
                    [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError],
                    $"{role} {route}"
                );
        }
    }

    [Fact]
    public void Nobody_both_asks_for_full_numbers_as_administrator_or_changes_anything_as_auditor()
    {
        Permissions
            .Of(Role.Administrator)
            .ShouldNotContain(p =>
                p == Permission.ViewHouseholds || p == Permission.RevealNumbers || p == Permission.ExportLists || p == Permission.ExportNumbers
            );
        Permissions
            .Of(Role.Auditor)
            .ShouldNotContain(p =>
                p == Permission.Import || p == Permission.Certify || p == Permission.ManageUsers || p == Permission.ApproveExports
            );
        foreach (var role in Enum.GetValues<Role>())
            Permissions.Of(role).ShouldContain(Permission.OwnAccount, role.ToString());
    }
}
