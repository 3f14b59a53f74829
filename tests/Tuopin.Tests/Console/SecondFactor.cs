using System.Net;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class SecondFactor(Installations installations)
{
    private static async Task<(string Key, IReadOnlyList<string> Codes)> TurnOn(TuopinConsole.Browser browser)
    {
        var page = await browser.Get("/account/second-factor");
        page.Html.QuerySelector(".qr svg").ShouldNotBeNull();
        var key = page.Html.QuerySelector("ol code")!.TextContent.Replace(" ", "");
        var on = await browser.Press("/account/second-factor", "form[action='/account/second-factor']", ("code", Totp.Now(key)));
        on.Status.ShouldBe(HttpStatusCode.OK, on.Text);
        return (key, [.. on.Html.QuerySelectorAll(".codes code").Select(c => c.TextContent)]);
    }

    private static async Task<TuopinConsole.Browser> HalfWay(TuopinConsole console, string user)
    {
        var browser = console.Nobody();
        var answer = await browser.Submit(
            "/sign-in",
            "/sign-in",
            new()
            {
                ["name"] = user,
                ["password"] = DemoUsers.Password,
                ["return"] = "/account",
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect);
        answer.Location.ShouldBe("/sign-in/second-factor?return=%2Faccount");
        return browser;
    }

    [Theory, BothEngines]
    public async Task With_it_a_password_alone_opens_nothing_and_the_code_does(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (key, codes) = await TurnOn(await console.As("township"));
        codes.Count.ShouldBe(10);
        var browser = await HalfWay(console, "township");
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var wrong = await browser.Press("/sign-in/second-factor", "form", ("code", Totp.Now("AAAAAAAAAAAAAAAA")));
        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var right = await browser.Press("/sign-in/second-factor?return=%2Faccount", "form", ("code", Totp.Now(key).Insert(3, " ")));
        right.Location.ShouldBe("/account");
        (await browser.Get("/")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task A_recovery_code_opens_once(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (_, codes) = await TurnOn(await console.As("township"));
        var browser = await HalfWay(console, "township");
        (await browser.Press("/sign-in/second-factor", "form", ("code", codes[3]))).Status.ShouldBe(HttpStatusCode.Redirect);
        var again = await HalfWay(console, "township");
        (await again.Press("/sign-in/second-factor", "form", ("code", codes[3]))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await browser.Get("/account")).Text.ShouldContain("还有 9 个恢复码");
        // Those that are left open too.
        var other = await HalfWay(console, "township");
        (await other.Press("/sign-in/second-factor", "form", ("code", codes[7]))).Status.ShouldBe(HttpStatusCode.Redirect);
        (await other.Get("/account")).Text.ShouldContain("还有 8 个恢复码");
    }

    [Theory, BothEngines]
    public async Task Guessing_recovery_codes_locks_the_account(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (_, codes) = await TurnOn(await console.As("township"));
        var browser = await HalfWay(console, "township");
        for (var i = 0; i < 5; i++)
            await browser.Press("/sign-in/second-factor", "form", ("code", $"WRONG-{i:D5}"));
        (await browser.Press("/sign-in/second-factor", "form", ("code", codes[0]))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, BothEngines]
    public async Task The_desk_keeps_neither_the_key_nor_a_recovery_code(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (key, codes) = await TurnOn(await console.As("township"));
        using var desk = console.Cli.Open().Store.Desk();
        var stored = string.Join('\n', desk.UserTokens.Select(t => t.Value));
        stored.ShouldNotBeEmpty();
        stored.ShouldNotContain(key, Case.Insensitive);
        foreach (var code in codes)
            stored.ShouldNotContain(code, Case.Insensitive);
    }

    [Theory, BothEngines]
    public async Task Taking_it_away_needs_the_password(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var browser = await console.As("township");
        await TurnOn(browser);
        var form = "form[action='/account/second-factor/codes']";
        var token = (await browser.Get("/account")).Html.QuerySelector($"{form} input[type=hidden]")!.GetAttribute("value")!;
        var fields = new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["password"] = "not-the-password" };
        (await browser.Post("/account/second-factor/off", fields)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        fields["password"] = DemoUsers.Password;
        (await browser.Post("/account/second-factor/off", fields)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await console.As("township")).ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task Guessing_codes_locks_the_account(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        await TurnOn(await console.As("township"));
        var browser = await HalfWay(console, "township");
        for (var i = 0; i < 5; i++)
            await browser.Press("/sign-in/second-factor", "form", ("code", Totp.Now("AAAAAAAAAAAAAAAA")));
        var (name, password) = ("township", DemoUsers.Password);
        var locked = await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = name, ["password"] = password });
        locked.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        locked.Html.QuerySelector(".alert")!.TextContent.ShouldContain("锁定");
    }
}
