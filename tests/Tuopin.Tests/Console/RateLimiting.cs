using System.Net;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class RateLimiting(Installations installations)
{
    private Task<TuopinConsole> Console(RateLimits limits) =>
        TuopinConsole.Own(installations.Copy(Engine.Sqlite), services => services.AddSingleton(limits));

    [Fact]
    public async Task A_token_that_asks_too_often_is_told_when_to_come_back_and_others_go_on()
    {
        await using var console = await Console(new() { TokenBurst = 5, TokenPerSecond = 1 });
        var nobody = console.Nobody();
        Task<TuopinConsole.Page> Ask(string token) => nobody.Get("/audit", "application/json", ("Authorization", $"Bearer {token}"));
        var answers = new List<HttpStatusCode>();
        TuopinConsole.Page? last = null;
        for (var i = 0; i < 20; i++)
            answers.Add((last = await Ask("tp_one")).Status);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        answers[0].ShouldBe(HttpStatusCode.Unauthorized);
        last!.Text.ShouldContain("rate.token");
        (await Ask("tp_two")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        // The same token written another way is the same token.
        foreach (var written in new[] { "Bearer  tp_one", "bearer tp_one", "BEARER   tp_one  " })
            (await nobody.Get("/audit", "application/json", ("Authorization", written))).Status.ShouldBe(HttpStatusCode.TooManyRequests, written);
    }

    [Fact]
    public async Task Of_many_guesses_at_once_no_more_pass_than_of_guesses_in_a_row()
    {
        await using var console = await Console(new() { FailuresPerWindow = 3 });
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "village", ["password"] = $"wrong-password-{i}" }))
        );
        answers.Count(a => a.Status == HttpStatusCode.UnprocessableEntity).ShouldBe(3);
        answers.Count(a => a.Status == HttpStatusCode.TooManyRequests).ShouldBe(47);
    }

    [Fact]
    public async Task Failed_sign_ins_are_counted_by_address_and_account()
    {
        await using var console = await Console(new() { FailuresPerWindow = 3 });
        Task<TuopinConsole.Page> Try(string name, string password) =>
            console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = name, ["password"] = password });
        for (var i = 0; i < 3; i++)
            (await Try("village", "wrong-password")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Try("village", DemoUsers.Password)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await Try("VILLAGE ", DemoUsers.Password)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        // Another account at the same address is let in.
        (await Try("township", DemoUsers.Password)).Status.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Signed_in_readers_of_one_address_are_not_limited()
    {
        await using var console = await Console(
            new()
            {
                TokenBurst = 1,
                TokenPerSecond = 1,
                FailuresPerWindow = 1,
            }
        );
        var browsers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => console.As("village")));
        foreach (var browser in browsers)
            for (var i = 0; i < 50; i++)
                (await browser.Get("/account")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
