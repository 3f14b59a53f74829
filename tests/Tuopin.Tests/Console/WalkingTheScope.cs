using System.IO.Compression;
using Dapper;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>As users of each role and of two neighbouring villages: nothing of the other village comes back from any route there is.</summary>
public sealed class WalkingTheScope(Installations installations)
{
    [Theory, BothEngines]
    public async Task No_route_tells_of_anybody_outside_the_scope(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"), Unlimited);
        var walk = new ScopeWalk(console);
        // The predicates of a scope are the same text on both engines: outside long runs the users of one of the two villages walk over the second.
        var walkers = walk.MakeUsers(DemoUsers.Password).Where(w => engine == Engine.Sqlite || Shared.Properties.Long || w.Home == walk.Places[0]);
        (await walk.Walk([.. walkers], DemoUsers.Password)).ShouldBeEmpty();
    }

    // A walk asks faster than any program may.
    private static void Unlimited(IServiceCollection services) =>
        services.AddSingleton(new RateLimits { TokenBurst = 1_000_000, TokenPerSecond = 1_000_000 });

    // The walk has been seen to fail: each of these routes leaks in its own way, and each is reported.
    [Theory, BothEngines]
    public async Task A_planted_leak_is_found(Engine engine)
    {
        await using var console = await TuopinConsole.Own(
            installations.Copy(engine, "township"),
            Unlimited,
            plant: routes =>
            {
                routes
                    .MapGet(
                        "/planted/list",
                        (ConsoleContext context) => string.Join('\n', context.Reader.Query<string>("SELECT head_name FROM households ORDER BY id"))
                    )
                    .Needs(Permission.ViewHouseholds);
                routes
                    .MapGet(
                        "/planted/find",
                        (ConsoleContext context, string? text) =>
                            string.Join(
                                '\n',
                                context.Reader.Query<string>("SELECT national_no FROM households WHERE head_name = @text", new { text })
                            )
                    )
                    .Needs(Permission.ViewFigures);
                routes.MapGet("/planted/households/{household}", (string household) => "somebody").Needs(Permission.ViewHouseholds);
                routes
                    .MapGet(
                        "/planted/part",
                        (ConsoleContext context) =>
                            context.WantsPart ? string.Join('\n', context.Reader.Query<long>("SELECT id FROM persons ORDER BY id")) : "nothing"
                    )
                    .Needs(Permission.ViewHouseholds);
                routes
                    .MapGet(
                        "/api/planted",
                        (ConsoleContext context, HttpContext http) =>
                            http.User.HasClaim(c => c.Type == TokenAuthentication.TokenClaim)
                                ? string.Join('\n', context.Reader.Query<string>("SELECT head_name FROM households ORDER BY id"))
                                : "nothing"
                    )
                    .Needs(Permission.ViewFigures);
                routes
                    .MapGet(
                        "/planted/book.xlsx",
                        (ConsoleContext context) => Results.Bytes(Book(context.Reader.Query<string>("SELECT head_name FROM households ORDER BY id")))
                    )
                    .Needs(Permission.ViewFigures);
                routes
                    .MapGet(
                        "/planted/imports",
                        (ConsoleContext context) => string.Join('\n', context.Reader.Query<string>("SELECT file FROM import_batches ORDER BY id"))
                    )
                    .Needs(Permission.ViewFigures);
                routes.MapGet("/planted/units/{unit:long}", (long unit) => "somebody").Needs(Permission.ViewHouseholds);
                routes.MapGet("/planted/posts/{post:long}", (long post) => "somebody").Needs(Permission.ViewHouseholds);
                routes.MapGet("/planted/jobs/{id:long}", (long id) => "somebody's").Needs(Permission.ViewJobs);
                routes.MapGet("/planted/{strange}", (string strange) => Results.NotFound()).Needs(Permission.ViewFigures);
            }
        );
        var walk = new ScopeWalk(console);
        var villages = walk.MakeUsers(DemoUsers.Password).Where(w => w.Role == Role.Village).ToList();
        var found = await walk.Walk(villages, DemoUsers.Password, of: "/planted");
        foreach (
            var route in new[]
            {
                "/planted/list",
                "/planted/find",
                "/planted/households/{household}",
                "/planted/part",
                "/planted/{strange}",
                "/api/planted",
                "/planted/book.xlsx",
                "/planted/imports",
                "/planted/units/{unit:long}",
                "/planted/posts/{post:long}",
                "/planted/jobs/{id:long}",
            }
        )
            found.ShouldContain(f => f.Contains(route), route);
    }

    private static byte[] Book(IEnumerable<string> rows)
    {
        var content = new MemoryStream();
        using (var book = new ZipArchive(content, ZipArchiveMode.Create))
        using (var sheet = new StreamWriter(book.CreateEntry("xl/worksheets/sheet1.xml").Open()))
            sheet.Write(string.Join('\n', rows));
        return content.ToArray();
    }

    [Theory, BothEngines]
    public async Task The_walk_has_two_villages_whose_people_differ(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var walk = new ScopeWalk(console);
        walk.Places.Count.ShouldBe(2);
        foreach (var place in walk.Places)
            place.Subjects.Count.ShouldBeGreaterThan(100);
        walk.Places[0].Post.ShouldNotBe(walk.Places[1].Post);
        foreach (var walker in walk.MakeUsers(DemoUsers.Password))
        {
            var (unit, post) = walk.Strangers(walker);
            (unit is not null && post is not null).ShouldBeTrue($"{walker.Role}: no unit or post of the other village");
        }
    }
}
