using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Figures.Targets;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>Targets of figures: progress, pace and forecast by exact arithmetic; days that are counted down to; villages that are planned to exit.</summary>
public sealed class SettingTargets(Installations installations)
{
    private static readonly DateOnly Today = new(2020, 6, 12);

    private static Pace Of(long goal, bool rising, long? start, FigureValue now, string from, string deadline) =>
        Pace.Of(
            goal,
            rising,
            start is { } s ? (Exact)s : null,
            now,
            DateOnly.Parse(from, CultureInfo.InvariantCulture),
            DateOnly.Parse(deadline, CultureInfo.InvariantCulture),
            Today
        );

    [Fact]
    public void A_pace_follows_from_what_has_come_about_and_the_days_that_are_left()
    {
        // 300 to 0 in 200 days: after 100 days 180 are left, 36 a month so far, 54 a month needed, and 60 are left in the end.
        var slow = Of(0, rising: false, 300, FigureValue.Of(180), "2020-03-04", "2020-09-20");
        (slow.Standing, slow.DaysLeft, slow.Left, slow.Share).ShouldBe((TargetStanding.Behind, 100, (Exact)180, Exact.Of(2, 5)));
        (slow.SoFar, slow.Needed, slow.AtDeadline).ShouldBe(((Exact)36, (Exact)54, (Exact)60));
        slow.Reached.ShouldBe(Today.AddDays(150));
        // Half done at half the time: just in time, on the last day.
        var just = Of(0, rising: false, 300, FigureValue.Of(150), "2020-03-04", "2020-09-20");
        (just.Standing, just.Reached, just.AtDeadline).ShouldBe((TargetStanding.OnPace, new DateOnly(2020, 9, 20), (Exact)0));
        Of(0, rising: false, 300, FigureValue.Of(151), "2020-03-04", "2020-09-20").Standing.ShouldBe(TargetStanding.Behind);
        // Where something is unknown the less hopeful end counts.
        Of(100, rising: true, 0, new(FigureState.Known, 90, 110, 20), "2020-03-04", "2020-09-20").Left.ShouldBe((Exact)10);
        Of(10, rising: false, 100, new(FigureState.Known, 5, 12, 7), "2020-03-04", "2020-09-20").Left.ShouldBe((Exact)2);
        // Reached, late, the wrong way, without a start, without a number.
        Of(100, rising: true, 0, FigureValue.Of(100), "2020-03-04", "2020-09-20").Standing.ShouldBe(TargetStanding.Met);
        Of(100, rising: true, 0, FigureValue.Of(99), "2020-03-04", "2020-06-11").Standing.ShouldBe(TargetStanding.Missed);
        Of(100, rising: true, 0, FigureValue.Of(99), "2020-03-04", "2020-06-12").Standing.ShouldBe(TargetStanding.Behind);
        var back = Of(100, rising: true, 50, FigureValue.Of(40), "2020-03-04", "2020-09-20");
        (back.Standing, back.Reached, back.SoFar).ShouldBe((TargetStanding.Behind, null, (Exact)(-3)));
        Of(100, rising: true, null, FigureValue.Of(40), "2020-03-04", "2020-09-20").Standing.ShouldBe(TargetStanding.Unknown);
        Of(100, rising: true, 0, FigureValue.Of(40), "2020-06-12", "2020-09-20").Standing.ShouldBe(TargetStanding.Unknown);
        var none = Of(100, rising: true, 0, FigureValue.Without(FigureState.NotStated), "2020-03-04", "2020-09-20");
        (none.Standing, none.Left, none.DaysLeft).ShouldBe((TargetStanding.Unknown, null, 100));
        // So slow that it is never reached in any plan.
        Of(1_000_000, rising: true, 0, FigureValue.Of(1), "2020-03-04", "2020-09-20").Reached.ShouldBeNull();
    }

    [Fact]
    public void Of_a_hundred_villages_thirty_are_out_forty_one_planned_and_nineteen_short_of_ninety_percent()
    {
        var sum = PlanExits.Sum.Of(100, 30, 41, Exact.Of(90, 100));
        (sum.Asked, sum.Short, sum.Share).ShouldBe((90, 19, Exact.Of(71, 100)));
        // 90 % of 91 villages are 81.9: 82 villages.
        PlanExits.Sum.Of(91, 82, 0, Exact.Of(90, 100)).Short.ShouldBe(0);
        PlanExits.Sum.Of(91, 81, 0, Exact.Of(90, 100)).Short.ShouldBe(1);
        (PlanExits.Sum.Of(0, 0, 0, Exact.Of(90, 100)).Asked, PlanExits.Sum.Of(0, 0, 0, Exact.Of(90, 100)).Share).ShouldBe((null, null));
        PlanExits.Sum.Of(10, 1, 1, null).Short.ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task A_target_shows_how_far_it_is_and_opens_to_whom_it_still_counts(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var cli = console.Cli;
        using var client = CallingTheApi.Client(console, "county", "SetTargets,ViewFigures");
        async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body)
        {
            using var answer = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return (answer.StatusCode, JsonDocument.Parse(text).RootElement.Clone());
        }
        object Target(
            string goal,
            string deadline = "2020-12-31",
            string owner = "poverty_office",
            string figure = "remaining_households",
            string area = "530326"
        ) =>
            new
            {
                figure,
                area,
                goal,
                deadline,
                owner,
                from = "2020-01-01",
            };
        long Now(string figure) =>
            long.Parse(
                cli.Run("figures", figure, "--area", "530326", "--json")
                    .Json.GetProperty("areas")[0]
                    .GetProperty("figures")[0]
                    .GetProperty("low")
                    .GetString()!,
                CultureInfo.InvariantCulture
            );
        var (status, told) = await Post("/api/v1/targets", Target("0"));
        status.ShouldBe(HttpStatusCode.Created, told.ToString());
        var left = Now("remaining_households");
        told.GetProperty("direction").GetString().ShouldBe("down");
        told.GetProperty("daysLeft").GetInt32().ShouldBe(202);
        told.GetProperty("left").GetString().ShouldBe($"{left}");
        told.GetProperty("neededPerMonth").GetString().ShouldBe(Exact.Of(left * 30, 202).Write(0));
        // Again it is the same; another goal takes its place.
        (await Post("/api/v1/targets", Target("0"))).Status.ShouldBe(HttpStatusCode.OK);
        cli.Tables.Number("SELECT count(*) FROM figure_targets").ShouldBe(1);
        (await Post("/api/v1/targets", Target("1"))).Status.ShouldBe(HttpStatusCode.Created);
        cli.Tables.Number("SELECT count(*) FROM figure_targets WHERE ended_at IS NULL").ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'targets.set'").ShouldBe(2);
        // A day alone.
        (
            await Post(
                "/api/v1/targets",
                new
                {
                    title = "脱贫攻坚普查",
                    area = "530326",
                    deadline = "2020-07-01",
                    owner = "poverty_office",
                }
            )
        ).Status.ShouldBe(HttpStatusCode.Created);
        foreach (
            var (body, expected) in new[]
            {
                (Target("1.5"), HttpStatusCode.BadRequest),
                (Target("-1"), HttpStatusCode.BadRequest),
                (Target("no"), HttpStatusCode.BadRequest),
                (Target("0", deadline: "2019-12-31"), HttpStatusCode.BadRequest),
                (Target("0", deadline: "soon"), HttpStatusCode.BadRequest),
                (Target("0", owner: "nobody"), HttpStatusCode.BadRequest),
                (Target("0", figure: "none"), HttpStatusCode.NotFound),
                (Target("0", area: "530300"), HttpStatusCode.NotFound),
            }
        )
            (await Post("/api/v1/targets", body)).Status.ShouldBe(expected, JsonSerializer.Serialize(body));

        // The command tells the same, and whom the figure still counts.
        var listed = cli.Run("targets", "--area", "530326", "--names", "3", "--json").Json.GetProperty("targets");
        listed.GetArrayLength().ShouldBe(2);
        var target = listed.EnumerateArray().Single(t => t.GetProperty("target").GetProperty("figure").ValueKind == JsonValueKind.String);
        (target.GetProperty("target").GetProperty("goal").GetString(), target.GetProperty("names").GetArrayLength()).ShouldBe(
            ("1", (int)Math.Min(3, left))
        );
        cli.Run("targets", "--area", "530326", "--year", "2020").Done().Output.ShouldContain("脱贫攻坚普查: 19 days left");
        cli.Run("targets", "--names", "-1").WrongUsage();

        var county = await console.As("county");
        var page = (await county.Get("/targets?area=530326")).Html;
        page.QuerySelector("#countdown")!.TextContent.ShouldContain("还有 19 天");
        var row = page.QuerySelector("#targets tbody tr")!;
        row.QuerySelector("td a")!.GetAttribute("href")!.ShouldContain("/figures/remaining_households/names");
        (await county.Get("/targets?area=530326&year=2021")).Html.QuerySelector("#targets").ShouldBeNull();
        var id = cli.Tables.Number("SELECT id FROM figure_targets WHERE ended_at IS NULL AND figure IS NOT NULL");
        // A department sees targets of its trade alone; a village none of the county.
        var village = await console.As("village");
        (await village.Get("/targets?area=530326")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Submit("/account", $"/targets/{id}/withdraw", new() { ["reason"] = "不要了" })).Status.ShouldBe(HttpStatusCode.Forbidden);
        await Post("/api/v1/targets", Target("0", figure: "unmet_households"));
        (await county.Get("/targets?area=530326")).Html.QuerySelectorAll("#targets tbody tr").Length.ShouldBe(2);
        (await (await console.As("housing")).Get("/targets?area=530326")).Html.QuerySelectorAll("#targets tbody tr").Length.ShouldBe(1);
        (await county.Submit("/targets?area=530326", $"/targets/{id}/withdraw", new() { ["reason"] = "" })).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await county.Submit("/targets?area=530326", $"/targets/{id}/withdraw", new() { ["reason"] = "目标合并" })).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        (await county.Submit("/targets?area=530326", $"/targets/{id}/withdraw", new() { ["reason"] = "目标合并" })).Status.ShouldBe(
            HttpStatusCode.Conflict
        );
        (await county.Submit("/targets?area=530326", "/targets/1/withdraw", new() { ["reason"] = "没有的" })).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        cli.Run("audit", "verify").Done();
    }

    [Fact]
    public void Thirty_out_and_forty_one_planned_of_a_hundred_are_nineteen_short_of_ninety_percent()
    {
        var sum = PlanExits.Sum.Of(100, 30, 41, Exact.Of(9, 10));
        (sum.Asked, sum.Short, sum.Share).ShouldBe((90L, 19L, Exact.Of(71, 100)));
        // A share that is no whole number of villages asks the next one; what is planned beyond it is not less than nothing.
        (PlanExits.Sum.Of(7, 0, 0, Exact.Of(9, 10)).Asked, PlanExits.Sum.Of(10, 9, 1, Exact.Of(9, 10)).Short).ShouldBe((7L, 0L));
        // Without a number nothing is said in its place.
        var unknown = PlanExits.Sum.Of(100, null, 41, Exact.Of(9, 10));
        (unknown.Asked, unknown.Short, unknown.Share).ShouldBe((90L, (long?)null, (Exact?)null));
        PlanExits.Sum.Of(0, 0, 0, Exact.Of(9, 10)).ShouldBe(new(0, 0, 0, null, null));
    }

    [Theory, BothEngines]
    public async Task Villages_are_looked_at_before_they_are_planned(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var cli = console.Cli;
        var village = cli.Tables.Number("SELECT min(area_code) FROM households").ToString("D12", CultureInfo.InvariantCulture);
        var yes = engine == Engine.Sqlite ? "1" : "true";
        cli.Edit(
            $"UPDATE village_years SET poor = {yes}, exit_year = NULL, change_id = CHANGE WHERE area_id IN (SELECT area_id FROM area_versions WHERE code = {village})"
        );
        cli.Judge().Done();
        var county = await console.As("county");
        var page = $"/targets/exits?area={village}";
        string Of(TuopinConsole.Page answer, string id) => answer.Html.QuerySelector(id)!.TextContent;
        var before = await county.Get(page);
        (Of(before, "#out"), Of(before, "#planned")).ShouldBe(("0", "0"));
        Of(before, "#short").ShouldContain("还差 1 个村");
        before.Html.QuerySelector("#keep").ShouldBeNull();
        // What if it were to exit: shown, and not kept.
        var asked = await county.Get($"{page}&what=if&village={village}");
        Of(asked, "#planned").ShouldBe("1");
        Of(asked, "#short").ShouldContain("达到");
        cli.Tables.Number("SELECT count(*) FROM planned_exits").ShouldBe(0);
        for (var again = 0; again < 2; again++)
            (await county.Press($"{page}&what=if&village={village}", "#keep")).Status.ShouldBe(HttpStatusCode.Redirect);
        cli.Tables.Number("SELECT count(*) FROM planned_exits").ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'targets.exits'").ShouldBe(1);
        Of(await county.Get(page), "#planned").ShouldBe("1");
        Of(await county.Get($"{page}&year=2021"), "#planned").ShouldBe("0");
        var token = new Dictionary<string, string> { ["area"] = village, ["year"] = "2020" };
        (await county.Submit(page, "/targets/exits", new(token) { ["village"] = "530326" })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await county.Submit(page, "/targets/exits", new(token) { ["village"] = "999999999999" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Submit(page, "/targets/exits", new(token) { ["year"] = "2019" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await (await console.As("village")).Submit("/account", "/targets/exits", new(token))).Status.ShouldBe(HttpStatusCode.Forbidden);
        // Taken out again.
        (await county.Submit(page, "/targets/exits", new(token))).Status.ShouldBe(HttpStatusCode.Redirect);
        cli.Tables.Number("SELECT count(*) FROM planned_exits").ShouldBe(0);
        cli.Tables.Number("SELECT count(*) FROM planned_exits_history").ShouldBe(1);
        (await county.Get($"{page}&what=perhaps")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
