using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class SigningIn(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_township_clerk_signs_in_and_sees_the_township(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("township");
        var home = await browser.Get("/");
        home.Status.ShouldBe(HttpStatusCode.OK);
        home.Html.QuerySelector(".area-picker summary")!.TextContent.ShouldContain("宝云街道");
    }

    [Theory, BothEngines]
    public async Task Nobody_is_let_in_without_a_session(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var answer = await console.Nobody().Get("/");
        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Html.QuerySelector("form[action='/sign-in']").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task A_wrong_password_is_told_and_nothing_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var answer = await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "township", ["password"] = "wrong-password" });
        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var stranger = await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "nobody-at-all", ["password"] = "wrong-password" });
        stranger.Html.QuerySelector(".alert")!.TextContent.ShouldBe(answer.Html.QuerySelector(".alert")!.TextContent);
    }

    [Theory, BothEngines]
    public async Task What_does_not_exist_is_not_found_for_anybody(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        (await console.Nobody().Get("/no-such-page")).Status.ShouldBe(HttpStatusCode.NotFound);
        var browser = await console.As("county");
        (await browser.Get("/no-such-page")).Html.QuerySelector("h1")!.TextContent.ShouldBe("没有找到");
        (await browser.Get("/api/v1/no-such-thing", "application/json")).Text.ShouldContain("\"code\":\"not-found\"");
    }
}
