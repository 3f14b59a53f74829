using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class OwnAccount(Installations installations)
{
    private const string Next = "another-good-one-7";

    private static Task<TuopinConsole.Page> Change(TuopinConsole.Browser browser, string old, string next) =>
        browser.Press("/account", "form[action='/account/password']", ("old", old), ("new", next), ("again", next));

    [Theory, BothEngines]
    public async Task A_password_that_was_handed_over_must_be_changed_before_anything_else(Engine engine)
    {
        var cli = installations.Copy(engine);
        var password = cli.Run("users", "reset", "township", "--json").Json.GetProperty("oneTimePassword").GetString()!;
        await using var console = await TuopinConsole.Over(cli);
        var browser = await console.As("township", password);
        var home = await browser.Get("/");
        home.Status.ShouldBe(HttpStatusCode.Redirect);
        home.Location.ShouldBe("/account");
        (await browser.Get("/", "application/json")).Text.ShouldContain("access.password-first");
        (await Change(browser, password, password)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Change(browser, password, Next)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
        await console.As("township", Next);
    }

    [Theory, BothEngines]
    public async Task A_one_time_password_ends_after_a_week(Engine engine)
    {
        var cli = installations.Copy(engine);
        var password = cli.Run("users", "reset", "township", "--json").Json.GetProperty("oneTimePassword").GetString()!;
        cli.Clock.Now += Accounts.OneTime;
        await using var console = await TuopinConsole.Over(cli);
        var late = await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "township", ["password"] = password });
        late.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task However_busy_it_is_a_session_ends_after_a_week()
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        var browser = await console.As("township");
        var began = console.Cli.Clock.Now;
        while (console.Cli.Clock.Now + TimeSpan.FromHours(11) < began + Sessions.Longest)
        {
            console.Cli.Clock.Now += TimeSpan.FromHours(11);
            (await browser.Get("/account")).Status.ShouldBe(HttpStatusCode.OK, $"{console.Cli.Clock.Now - began} after signing in");
        }
        console.Cli.Clock.Now += TimeSpan.FromHours(11);
        (await browser.Get("/account")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, BothEngines]
    public async Task Changing_the_password_ends_the_other_sessions_and_not_this_one(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (here, there) = (await console.As("township"), await console.As("township"));
        (await Change(here, DemoUsers.Password, Next)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await there.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("wrong-old-password", Next)]
    [InlineData(DemoUsers.Password, "short")]
    [InlineData(DemoUsers.Password, "1234567890")]
    [InlineData(DemoUsers.Password, "township1234")]
    [InlineData(DemoUsers.Password, "qwertyuiop12345")]
    public async Task A_wrong_old_or_a_weak_new_password_is_refused(string old, string next)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        var answer = await Change(await console.As("township"), old, next);
        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Html.QuerySelector("[role=alert]").ShouldNotBeNull();
        await console.As("township");
    }

    [Theory, BothEngines]
    public async Task A_session_is_listed_and_ended_from_another(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (here, lost) = (await console.As("township"), await console.As("township"));
        var revoked = await here.Press("/account", "form[action^='/account/sessions/']:not([action$='others'])");
        revoked.Status.ShouldBe(HttpStatusCode.Redirect);
        (await lost.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task Nobody_ends_the_session_of_somebody_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (mine, theirs) = (await console.As("village"), await console.As("township"));
        using var desk = console.Cli.Open().Store.Desk();
        var foreign = await desk.Sessions.OrderByDescending(s => s.Id).FirstAsync(TestContext.Current.CancellationToken);
        (await mine.Submit("/account", $"/account/sessions/{foreign.Id}/revoke", [])).Status.ShouldBe(HttpStatusCode.NotFound);
        (await theirs.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task A_session_ends_after_twelve_hours_unused(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var browser = await console.As("township");
        console.Cli.Clock.Now += TimeSpan.FromHours(11);
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
        console.Cli.Clock.Now += TimeSpan.FromHours(13);
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, BothEngines]
    public async Task A_key_planted_in_a_browser_is_not_the_one_that_signing_in_opens(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var attacker = await console.As("village");
        var planted = attacker.Cookies.GetCookies(console.Address)["tuopin"]!.Value;
        var victim = console.Nobody();
        victim.Cookies.Add(console.Address, new Cookie("tuopin", planted));
        var answer = await victim.Submit("/sign-in", "/sign-in", new() { ["name"] = "county", ["password"] = DemoUsers.Password });
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        victim.Cookies.GetCookies(console.Address)["tuopin"]!.Value.ShouldNotBe(planted);
        (await attacker.Get("/account")).Text.ShouldNotContain("县指挥部");
    }

    [Theory, BothEngines]
    public async Task A_token_is_shown_once_carries_what_was_chosen_and_ends(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var browser = await console.As("township");
        var made = await browser.Press(
            "/account",
            "form[action='/account/tokens']",
            ("name", "报表"),
            ("permission", nameof(Permission.ViewJobs)),
            ("days", "30"),
            ("password", DemoUsers.Password)
        );
        made.Status.ShouldBe(HttpStatusCode.OK, made.Text);
        var token = made.Html.QuerySelector("code.secret")!.TextContent;
        (await browser.Get("/account")).Text.ShouldNotContain(token);
        using (var desk = console.Cli.Open().Store.Desk())
            (await desk.AccessTokens.SingleAsync(TestContext.Current.CancellationToken)).Permissions.ShouldBe(nameof(Permission.ViewJobs));
        // The token reaches what it carries, and its owner's other permissions it does not have.
        var bearer = ("Authorization", $"Bearer {token}");
        (await console.Nobody().Get("/account", "application/json", bearer)).Status.ShouldBe(HttpStatusCode.Forbidden);
        console.Cli.Clock.Now += TimeSpan.FromDays(30);
        (await console.Nobody().Get("/account", "application/json", bearer)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, BothEngines]
    public async Task A_token_never_carries_more_than_its_owner_has_or_the_account_itself(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var browser = await console.As("village");
        foreach (var wanted in new[] { Permission.ManageUsers, Permission.OwnAccount, Permission.ViewAudit })
        {
            var made = await browser.Press(
                "/account",
                "form[action='/account/tokens']",
                ("name", "more"),
                ("permission", wanted.ToString()),
                ("days", "30"),
                ("password", DemoUsers.Password)
            );
            made.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }
        using var desk = console.Cli.Open().Store.Desk();
        desk.AccessTokens.ShouldBeEmpty();
    }

    [Theory, BothEngines]
    public async Task Every_attempt_to_sign_in_is_in_the_log(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        await console.As("village");
        await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "village", ["password"] = "wrong-password" });
        await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "my-password-by-mistake", ["password"] = "x" });
        using var desk = console.Cli.Open().Store.Desk();
        var outcomes = await desk.SignInEvents.OrderBy(e => e.Id).Select(e => e.Outcome).ToListAsync(TestContext.Current.CancellationToken);
        outcomes.ShouldBe([SignInOutcome.SignedIn, SignInOutcome.WrongPassword, SignInOutcome.UnknownName]);
    }
}
