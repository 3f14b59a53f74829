using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class ManagingUsers(Installations installations)
{
    private static long IdOf(TuopinConsole console, string user)
    {
        using var desk = console.Cli.Open().Store.Desk();
        return desk.Users.Single(u => u.UserName == user).Id;
    }

    [Theory, BothEngines]
    public async Task An_administrator_makes_a_user_grants_a_village_and_hands_over_a_password(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var admin = await console.As("admin");
        var made = await admin.Press("/users", "form[action='/users'][method=post]", ("name", "li"), ("display", "李会计"));
        made.Status.ShouldBe(HttpStatusCode.OK, made.Text);
        var password = made.Html.QuerySelector("code.secret")!.TextContent;
        var page = $"/users/{IdOf(console, "li")}";
        (await admin.Get(page)).Text.ShouldNotContain(password);
        var granted = await admin.Press(page, $"form[action='{page}/grants']", ("role", "Township"), ("area", "530326001"), ("from", "2020-01-01"));
        granted.Status.ShouldBe(HttpStatusCode.Redirect, granted.Text);
        (await admin.Get("/users?q=李会计")).Html.QuerySelectorAll("tbody tr").Single().TextContent.ShouldContain("乡镇");
        var li = await console.As("li", password);
        (await li.Get("/")).Location.ShouldBe("/account");
    }

    [Theory, BothEngines]
    public async Task A_locked_account_is_out_at_once_with_sessions_and_tokens(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (admin, village) = (await console.As("admin"), await console.As("village"));
        var token = (
            await village.Press(
                "/account",
                "form[action='/account/tokens']",
                ("name", "t"),
                ("permission", nameof(Permission.ViewJobs)),
                ("days", "1"),
                ("password", Tuopin.Demo.DemoUsers.Password)
            )
        )
            .Html.QuerySelector("code.secret")!
            .TextContent;
        var page = $"/users/{IdOf(console, "village")}";
        (await admin.Press(page, $"form[action='{page}/lock']")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await village.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await console.Nobody().Get("/", "application/json", ("Authorization", $"Bearer {token}"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (
            await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "village", ["password"] = Tuopin.Demo.DemoUsers.Password })
        ).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await admin.Press(page, $"form[action='{page}/unlock']")).Status.ShouldBe(HttpStatusCode.Redirect);
        await console.As("village");
    }

    [Theory, BothEngines]
    public async Task Nobody_grants_himself_more_or_acts_on_his_own_account(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var admin = await console.As("admin");
        var me = IdOf(console, "admin");
        var more = await admin.Submit("/account", $"/users/{me}/grants", new() { ["role"] = "Auditor", ["area"] = "530326" });
        more.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var act in new[] { "lock", "reset", "tokens", "grants/1/end" })
            (await admin.Submit("/account", $"/users/{me}/{act}", [])).Status.ShouldBe(HttpStatusCode.Conflict, act);
        using var desk = console.Cli.Open().Store.Desk();
        (await desk.Grants.CountAsync(g => g.UserId == me, TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    [Theory, BothEngines]
    public void The_last_administrator_stays(Engine engine)
    {
        var cli = installations.Copy(engine);
        cli.Run("users", "lock", "admin").Refused("users.last-administrator");
        var grant = cli.Run("users", "list", "--json").Json.EnumerateArray().Single(u => u.GetProperty("name").GetString() == "admin");
        var number = grant.GetProperty("grants")[0].GetProperty("id").GetInt64();
        cli.Run("users", "end-grant", "admin", $"{number}").Refused("users.last-administrator");
        cli.Run("users", "create", "second").Done();
        cli.Run("users", "grant", "second", "--role", "Administrator").Done();
        cli.Run("users", "lock", "admin").Done();
        cli.Run("users", "lock", "second").Refused("users.last-administrator");
    }

    [Theory, BothEngines]
    public async Task A_sign_in_in_flight_takes_no_lock_and_no_reset_back(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var installation = cli.Open();
        foreach (var lockIt in new[] { true, false })
        {
            // The framework has read the account, then an administrator acts, then the framework writes its count of failures.
            await using var slow = installation.Store.Desk();
            using var store = new AccountStore(slow, installation);
            var seen = await slow.Users.SingleAsync(u => u.UserName == "village", TestContext.Current.CancellationToken);
            if (lockIt)
                await LockUser.Handle(installation, seen.Id, locked: true);
            else
                await ResetPassword.Handle(installation, seen.Id, removeSecondFactor: false);
            seen.AccessFailedCount++;
            (await store.UpdateAsync(seen, TestContext.Current.CancellationToken)).Succeeded.ShouldBeFalse();
        }
        await using var desk = installation.Store.Desk();
        var held = await desk.Users.SingleAsync(u => u.UserName == "village", TestContext.Current.CancellationToken);
        held.Disabled.ShouldBeTrue();
        held.MustChangePassword.ShouldBeTrue();
        held.AccessFailedCount.ShouldBe(0);
    }

    [Theory, BothEngines]
    public async Task A_lock_reaches_an_account_that_changed_meanwhile(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var installation = cli.Open();
        await using var desk = installation.Store.Desk();
        var user = await desk.Users.SingleAsync(u => u.UserName == "village", TestContext.Current.CancellationToken);
        await LockUser.Handle(installation, user.Id, locked: true);
        await Accounts.Change(desk, user, u => u.AccessFailedCount = 3);
        await using var fresh = installation.Store.Desk();
        var held = await fresh.Users.SingleAsync(u => u.UserName == "village", TestContext.Current.CancellationToken);
        (held.Disabled, held.AccessFailedCount).ShouldBe((true, 3));
    }

    [Theory, BothEngines]
    public async Task A_reset_ends_the_sessions_and_the_lockout(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (admin, village) = (await console.As("admin"), await console.As("village"));
        for (var i = 0; i < 5; i++)
            await console.Nobody().Submit("/sign-in", "/sign-in", new() { ["name"] = "village", ["password"] = "wrong-password" });
        var page = $"/users/{IdOf(console, "village")}";
        var reset = await admin.Press(page, $"form[action='{page}/reset']");
        var password = reset.Html.QuerySelector("code.secret")!.TextContent;
        (await village.Get("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await console.As("village", password);
    }

    [Theory, BothEngines]
    public async Task An_account_for_programs_has_tokens_and_no_sign_in(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var admin = await console.As("admin");
        await admin.Press("/users", "form[action='/users'][method=post]", ("name", "robot"), ("programs", "yes"));
        var page = $"/users/{IdOf(console, "robot")}";
        await admin.Press(page, $"form[action='{page}/grants']", ("role", "ApiClient"), ("area", "530326"), ("from", "2020-01-01"));
        var made = await admin.Press(
            page,
            $"form[action='{page}/tokens']",
            ("name", "t"),
            ("permission", nameof(Permission.ViewFigures)),
            ("days", "9")
        );
        made.Html.QuerySelector("code.secret")!.TextContent.ShouldStartWith("tp_");
        var person = $"/users/{IdOf(console, "village")}";
        (
            await admin.Submit(
                person,
                $"{person}/tokens",
                new()
                {
                    ["name"] = "t",
                    ["permission"] = "ViewFigures",
                    ["days"] = "9",
                }
            )
        ).Status.ShouldBe(HttpStatusCode.NotFound, "tokens of people are made by themselves");
    }

    [Theory]
    [InlineData("Village", "", "", "", "")]
    [InlineData("Village", "999999", "", "", "")]
    [InlineData("Cadre", "", "", "", "")]
    [InlineData("Cadre", "", "12", "", "")]
    [InlineData("Department", "530326", "", "", "")]
    [InlineData("Department", "530326", "", "no-such", "")]
    [InlineData("County", "530326", "", "", "yesterday")]
    [InlineData("77", "530326", "", "", "")]
    public async Task A_grant_that_makes_no_sense_is_refused(string role, string area, string post, string department, string to)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        var admin = await console.As("admin");
        var page = $"/users/{IdOf(console, "auditor")}";
        var answer = await admin.Press(
            page,
            $"form[action='{page}/grants']",
            ("role", role),
            ("area", area),
            ("post", post),
            ("department", department),
            ("to", to)
        );
        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Html.QuerySelector("[role=alert]").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public void Each_act_is_in_the_audit_without_the_password(Engine engine)
    {
        var cli = installations.Copy(engine);
        var password = cli.Run("users", "create", "li", "--json").Json.GetProperty("oneTimePassword").GetString()!;
        cli.Run("users", "grant", "li", "--role", "County", "--area", "530326").Done();
        cli.Run("users", "lock", "li").Done();
        cli.Run("users", "create", "LI").Refused("users.exists");
        using var connection = cli.Open().Store.Open();
        var entries = Dapper.SqlMapper.Query<(string Action, string Detail)>(
            connection,
            "SELECT action, detail FROM audit_entries ORDER BY id DESC LIMIT 3"
        );
        entries.Select(e => e.Action).ShouldBe(["user.lock", "user.grant", "user.create"]);
        string.Join(' ', entries.Select(e => e.Detail)).ShouldNotContain(password);
        cli.Run("audit", "verify").Done();
    }
}
