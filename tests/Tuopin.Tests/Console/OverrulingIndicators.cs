using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// A person's word over an indicator: asked for with reason, evidence and an end, confirmed by another, counted beside what is computed, kept by every
/// judgement and gone after its last day.
/// </summary>
public sealed class OverrulingIndicators(Installations installations) : IDisposable
{
    private static readonly string[] Judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
    private readonly DirectoryInfo packs = Directory.CreateTempSubdirectory("tuopin-packs-");

    public void Dispose() => packs.Delete(recursive: true);

    private const string Housing = "yunnan.household-exit/housing";

    private static readonly (string, string)[] Said =
    [
        ("indicator", Housing),
        ("met", "yes"),
        ("reason", "房屋已修缮，鉴定书尚未录入"),
        ("evidence", "会住建〔2020〕8号"),
        ("last", "2020-06-20"),
    ];

    private static Task<TuopinConsole.Page> Ask(TuopinConsole.Browser browser, string page, params (string, string)[] typed) =>
        browser.Press(page, "#ask-overrule", typed);

    private static void Refused(TuopinConsole.Page page, HttpStatusCode status, string says)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        page.Html.QuerySelector("#wrong")!.TextContent.ShouldContain(says);
    }

    // A remaining household of the demo's own township and village whose house is unsafe and nothing else is wanting.
    private static (long Id, string Number, long Village) Unsafe(TuopinConsole console, int skip = 0) =>
        console.Query<(long, string, long)>(
            $"""
            SELECT l.household_id, l.number, l.area_code FROM household_list l JOIN standard_versions v ON v.id = l.standard_version_id AND v.standard_id = 'yunnan.household-exit'
            WHERE l.place_code = l.area_code AND l.unmet & 2 = 2 AND l.registered = 1 ORDER BY l.household_id LIMIT 1 OFFSET {skip}
            """
        )[0];

    private static List<(long, long)> Masks(TuopinConsole console, long subject) =>
        console.Query<(long, long)>(
            $"SELECT overruled_met, overruled_unmet FROM verdicts WHERE subject_id = {subject} AND (overruled_met <> 0 OR overruled_unmet <> 0)"
        );

    private static void SameAsAFullJudgement(TuopinConsole console)
    {
        var kept = console.Cli.Tables.Dump(Judged);
        console.Cli.Judge().Done();
        console.Cli.Tables.Dump(Judged).ShouldEqual(kept);
    }

    /// <summary>A second person at the county.</summary>
    internal static async Task<TuopinConsole.Browser> Deputy(TuopinConsole console)
    {
        var installation = console.Cli.Open();
        await using var desk = installation.Store.Desk();
        var user = Accounts.New(installation, "deputy", "县副职");
        Accounts.SetPassword(user, DemoUsers.Password);
        desk.Users.Add(user);
        await desk.SaveChangesAsync();
        desk.Grants.Add(
            new()
            {
                UserId = user.Id,
                Role = Role.County,
                AreaId = console.Cli.Tables.Number("SELECT area_id FROM area_versions WHERE code = 530326000000 AND to_day IS NULL"),
                FromDay = 20140101,
            }
        );
        await desk.SaveChangesAsync();
        return await console.As("deputy");
    }

    [Theory, BothEngines]
    public async Task It_is_asked_for_in_full_and_changes_nothing_until_another_person_confirms_it(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, number, _) = Unsafe(console);
        var page = $"/households/{house}/overrule";
        var (township, county) = (await console.As("township"), await console.As("county"));
        (await township.Get($"/households/{house}")).Html.QuerySelector($"a[href='{page}?indicator={Housing}']").ShouldNotBeNull();

        foreach (
            var (field, value, says) in new[]
            {
                ("reason", " ", "请写明原因"),
                ("reason", "电话 13812345678", "不要写证件号码"),
                ("evidence", "", "请写明证据"),
                ("met", "", "达标还是未达标"),
                ("last", "", "请写明到期日"),
                ("last", "2020-02-30", "请写明到期日"),
                ("last", "2020-06-11", "到期日不能早于起始日"),
                ("first", "2020-06-11", "起始日不能早于工作日"),
                ("last", "2021-06-13", "最长 366 天"),
                ("indicator", "yunnan.household-exit/nothing", "没有这项指标"),
            }
        )
            Refused(await Ask(township, page, [.. Said, (field, value)]), HttpStatusCode.UnprocessableEntity, says);
        // What was typed is kept.
        (await Ask(township, page, [.. Said, ("evidence", "")]))
            .Html.QuerySelector("#overrule-reason")!
            .GetAttribute("value")
            .ShouldBe("房屋已修缮，鉴定书尚未录入");
        console.Cli.Tables.Number("SELECT count(*) FROM overrules").ShouldBe(0);
        // A village has no such right, a department none over another's indicator, nobody over whom one does not see.
        (await (await console.As("village")).Get(page)).Status.ShouldBe(HttpStatusCode.Forbidden);
        Refused(
            await Ask(await console.As("housing"), page, [.. Said, ("indicator", "yunnan.household-exit/income")]),
            HttpStatusCode.Forbidden,
            "不归您的部门"
        );
        (await township.Get("/households/1/overrule")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await township.Get("/areas/530326/overrule")).Status.ShouldBe(HttpStatusCode.NotFound);

        var before = console.Cli.Tables.Dump(Judged);
        // Clicked twice it is one.
        var form = (await township.Get(page))
            .Html.QuerySelectorAll("#ask-overrule input[type=hidden]")
            .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        foreach (var (name, value) in Said)
            form[name] = value;
        var twice = await Task.WhenAll(township.Post(page, form), township.Post(page, form));
        twice.ShouldAllBe(t => t.Status == HttpStatusCode.Redirect);
        console.Cli.Tables.Number("SELECT count(*) FROM overrules").ShouldBe(1);
        Refused(await Ask(township, page, Said), HttpStatusCode.Conflict, "已有一份申请等待确认");
        console.Cli.Tables.Dump(Judged).ShouldEqual(before);
        (await township.Get($"/households/{house}")).Text.ShouldContain("人工认定待确认");

        var id = console.Query<long>("SELECT id FROM overrules")[0];
        var waiting = await township.Get("/overrules?show=waiting");
        waiting.Html.QuerySelector($"#overrule-{id}")!.TextContent.ShouldContain("您提交的申请");
        (await township.Submit("/overrules", $"/overrules/{id}/confirm", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        // The table itself refuses one person for both.
        Should.Throw<Exception>(() => console.Cli.Tables.Execute("UPDATE overrules SET state = 1, decided_by = asked_by"));
        Should.Throw<Exception>(() => console.Cli.Tables.Execute("UPDATE overrules SET last_day = first_day - 1"));
        Refused(
            await county.Submit("/overrules", $"/overrules/{id}/refuse", new() { ["why"] = "" }),
            HttpStatusCode.UnprocessableEntity,
            "请写明原因"
        );
        (await county.Submit("/overrules", $"/overrules/{id}/refuse", new() { ["why"] = "先补鉴定书" })).Status.ShouldBe(HttpStatusCode.Redirect);
        (await township.Get("/overrules?show=ended")).Text.ShouldContain("先补鉴定书");
        Refused(await county.Submit("/overrules", $"/overrules/{id}/confirm", []), HttpStatusCode.Conflict, "已经办理");

        // One's own: not confirmed, taken back.
        (await Ask(county, page, Said)).Status.ShouldBe(HttpStatusCode.Redirect);
        var own = console.Query<long>("SELECT max(id) FROM overrules")[0];
        Refused(await county.Submit("/overrules", $"/overrules/{own}/confirm", []), HttpStatusCode.Conflict, "不能确认自己的申请");
        Refused(await township.Submit("/overrules", $"/overrules/{own}/withdraw", []), HttpStatusCode.Conflict, "只能撤回自己的申请");
        (await county.Press("/overrules", ".withdraw")).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Query<long>($"SELECT CAST(state AS bigint) FROM overrules WHERE id = {own}").ShouldBe([3]);
        (await county.Submit("/overrules", "/overrules/1/confirm", [])).Status.ShouldBe(HttpStatusCode.NotFound);
        console.Cli.Tables.Dump(Judged).ShouldEqual(before);
        console.Cli.Run("audit", "verify").Done();
        number.ShouldNotBeEmpty();
    }

    [Theory, BothEngines]
    public async Task Confirmed_it_counts_is_counted_beside_survives_judging_and_ends_by_itself(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, number, village) = Unsafe(console);
        var page = $"/households/{house}/overrule";
        var (township, county, deputy) = (await console.As("township"), await console.As("county"), await Deputy(console));
        var gapBefore = Gap(console);
        (await Ask(township, page, Said)).Status.ShouldBe(HttpStatusCode.Redirect);
        var id = console.Query<long>("SELECT id FROM overrules")[0];
        // Of two who decide at once, one does.
        var tokens = new[] { county, deputy }.Select(async b =>
            (await b.Get("/overrules")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!
        );
        var held = await Task.WhenAll(tokens);
        var answers = await Task.WhenAll(
            county.Post($"/overrules/{id}/confirm", new() { ["__RequestVerificationToken"] = held[0] }),
            deputy.Post($"/overrules/{id}/confirm", new() { ["__RequestVerificationToken"] = held[1] })
        );
        answers.Select(a => a.Status).ShouldBe([HttpStatusCode.Redirect, HttpStatusCode.Conflict], ignoreOrder: true);

        // In the same transaction: the verdict, the list, the counts; and a full judgement finds the same.
        Masks(console, house).ShouldContain((2L, 0L));
        console
            .Query<(long, long)>($"SELECT unmet & 2, overruled FROM household_list WHERE household_id = {house} AND place_code = area_code")
            .ShouldBe([(0, 2)]);
        console.Query<long>("SELECT CAST(max(overruled_met_households) AS bigint) FROM area_counts WHERE bit = 1").ShouldBe([1]);
        SameAsAFullJudgement(console);
        var gap = Gap(console);
        (gap.Households, gap.OverruledMet).ShouldBe((gapBefore.Households - 1, 1));
        (await county.Get("/gaps?area=530326")).Html.QuerySelectorAll("small.overruled").ShouldContain(s => s.TextContent == "另有 1 户人工认定达标");
        (await county.Get("/gaps.xlsx?area=530326")).Text.ShouldContain("人工认定达标户数");
        (await county.Get("/overview?area=530326")).Text.ShouldContain("人工认定 1 户（达标 1，未达标 0）");
        var told = JsonDocument.Parse((await county.Get("/api/v1/gaps?area=530326", "application/json")).Text).RootElement;
        told.GetProperty("total")
            .GetProperty("cells")
            .EnumerateArray()
            .Sum(c => c.ValueKind == JsonValueKind.Null ? 0 : c.GetProperty("overruledMet").GetInt64())
            .ShouldBe(1);

        // The brief and the command line say what is computed, and who said otherwise.
        var brief = (await township.Get($"/households/{house}")).Html.QuerySelector(".overruled")!.ParentElement!;
        brief.TextContent.ShouldContain("达标");
        brief.TextContent.ShouldContain("会住建〔2020〕8号");
        brief.TextContent.ShouldContain("2020-06-20");
        var explained = console
            .Cli.Explain(number)
            .Json.GetProperty("standards")[0]
            .GetProperty("indicators")
            .EnumerateArray()
            .First(i => i.GetProperty("id").GetString() == "housing");
        (explained.GetProperty("result").GetString(), explained.GetProperty("overruled").GetProperty("computed").GetString()).ShouldBe(
            ("met", "unmet")
        );
        console
            .Cli.Explain(number, "--as-of", "2020-06-21")
            .Json.GetProperty("standards")[0]
            .GetProperty("indicators")
            .EnumerateArray()
            .First(i => i.GetProperty("id").GetString() == "housing")
            .GetProperty("result")
            .GetString()
            .ShouldBe("unmet");
        console.Cli.Run("overrules").Done().Output.ShouldContain("会住建〔2020〕8号");
        console.Cli.Run("overrules", "--json", "--show", "expiring").Json.GetArrayLength().ShouldBe(1);
        console.Cli.Run("gaps").Done().Output.ShouldContain("overruled 人工认定: 0 of these, 1 more to met");
        var api = JsonDocument
            .Parse((await county.Get("/api/v1/overrules?area=530326", "application/json")).Text)
            .RootElement.GetProperty("overrules")[0];
        (api.GetProperty("computed").GetString(), api.GetProperty("result").GetString(), api.GetProperty("standing").GetString()).ShouldBe(
            ("unmet", "met", "in-force")
        );
        (await county.Get("/api/v1/overrules?area=530326&show=waiting", "application/json")).Text.ShouldContain("\"overrules\":[]");
        // A user of another trade, and of another village, sees nothing of it.
        (await (await console.As("auditor")).Get("/overrules?area=530326")).Text.ShouldContain("会住建〔2020〕8号");
        Refused(await Ask(township, page, [.. Said, ("met", "no")]), HttpStatusCode.Conflict, "已有人工认定");

        // An edit by hand makes the verdict again, and the word stays.
        (await township.Save(house, [("f.household.land_grass", "3")])).Status.ShouldBe(HttpStatusCode.Redirect);
        Masks(console, house).ShouldContain((2L, 0L));
        SameAsAFullJudgement(console);

        // Its last day is a day of it; the day after it is gone, and back on its days it is there again.
        foreach (var (day, there) in new[] { ("2020-06-20", true), ("2020-06-21", false), ("2020-06-12", true) })
        {
            console.Cli.Run("workdate", day).Done();
            console.Cli.Judge().Done();
            (Masks(console, house).Count > 0).ShouldBe(there, day);
            console.Cli.Tables.Number("SELECT coalesce(max(overruled_met_households), 0) FROM area_counts").ShouldBe(there ? 1 : 0, day);
            Gap(console).Households.ShouldBe(there ? gap.Households : gapBefore.Households, day);
            if (!there)
                (await county.Get("/overrules?area=530326&show=ended")).Text.ShouldContain("已到期");
        }
        // As known before it was confirmed it was not.
        console.Cli.Judge("--as-of", "2020-06-13").Done();

        (await county.Submit("/overrules", $"/overrules/{id}/lift", new() { ["why"] = "鉴定书已录入" })).Status.ShouldBe(HttpStatusCode.Redirect);
        Masks(console, house).ShouldBeEmpty();
        SameAsAFullJudgement(console);
        Gap(console).ShouldBe(gapBefore);
        Refused(await county.Submit("/overrules", $"/overrules/{id}/lift", new() { ["why"] = "再一次" }), HttpStatusCode.Conflict, "已经结束");
        console.Cli.Tables.Number("SELECT count(*) FROM overrules_history").ShouldBe(2);
        console.Cli.Run("audit", "verify").Done();
        village.ShouldBeGreaterThan(0);
    }

    private static (long Households, long OverruledMet) Gap(TuopinConsole console)
    {
        var gaps = console
            .Cli.Gaps("--indicator", "housing")
            .Json.EnumerateArray()
            .Where(g => g.GetProperty("standard").GetString() == "yunnan.household-exit")
            .ToList();
        return (gaps.Sum(g => g.GetProperty("households").GetInt64()), gaps.Sum(g => g.GetProperty("overruledMet").GetInt64()));
    }

    private void Pack(string path, string text)
    {
        var file = Path.Combine(packs.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    // A county's own standard, and one for its villages that reads its verdicts.
    private void Law(int version, int many, int any)
    {
        string Indicator(string id, int bit, string met) =>
            $$"""
                  - id: {{id}}
                    bit: {{bit}}
                    title: { zh: "{{id}}", en: "{{id}}" }
                    department: poverty_office
                    counts: households
                    met: "{{met}}"
                    source: { title: "a county's own rule, for this test", grade: recall }
                """;
        string Standard(string id, string level, int number, params string[] indicators) =>
            $$"""
                standard: {{id}}
                version: {{number}}
                level: {{level}}
                title: { zh: "{{id}}", en: "{{id}}" }
                area: "530326"
                in_force: { from: 2016-01-01, to: 2020-12-31 }
                status: working
                source: { title: "a county's own rule, for this test", grade: recall }
                indicators:
                {{string.Join('\n', indicators)}}
                """;
        Pack(
            "standards/many.yaml",
            Standard(
                "huize.many",
                "household",
                version,
                Indicator("many", many, "household.member_count >= 30"),
                Indicator("any", any, "household.member_count >= 1")
            )
        );
        Pack(
            "standards/village.yaml",
            Standard(
                "huize.village",
                "village",
                1,
                Indicator("large", 0, "village.households.exists(h, h.met('huize.many', 'many'))"),
                Indicator("road", 1, "village.road_hardened")
            )
        );
    }

    [Theory, BothEngines]
    public async Task A_rule_of_the_village_sees_it_in_sql_and_in_columns_and_a_new_version_keeps_it(Engine engine)
    {
        var cli = installations.Copy(engine, "village");
        cli.Packs = packs.FullName;
        Law(1, many: 0, any: 1);
        long house,
            village;
        await using (var console = await TuopinConsole.Over(cli))
        {
            cli.Judge().Done();
            (house, village) = console.Query<(long, long)>("SELECT id, village_id FROM households ORDER BY id LIMIT 1")[0];
            (Standing("huize.village", village).Met & 1).ShouldBe(0);
            Refreshed();
            (Gaps("large"), Gaps("road")).ShouldBe((1, 0));
            var (township, county) = (await console.As("township"), await console.As("county"));
            (await Ask(township, $"/households/{house}/overrule", [.. Said, ("indicator", "huize.many/many")])).Status.ShouldBe(
                HttpStatusCode.Redirect
            );
            (await county.Press("/overrules?show=waiting", ".decide")).Status.ShouldBe(HttpStatusCode.Redirect);
            (Standing("huize.village", village).Met & 1).ShouldBe(1);
            // What it mends of the village is closed with it.
            Gaps("large").ShouldBe(0);
            SameAsAFullJudgement(console);
            Columns();

            // The village itself, by its township; the road is broken whatever is stated of it.
            var code = console.Query<long>($"SELECT code FROM area_versions WHERE area_id = {village} AND to_day IS NULL")[0];
            var page = $"/areas/{code}/overrule";
            (await Ask(township, page, [.. Said, ("indicator", "huize.village/road"), ("met", "no")])).Status.ShouldBe(HttpStatusCode.Redirect);
            (await county.Press("/overrules?show=waiting", ".decide")).Status.ShouldBe(HttpStatusCode.Redirect);
            Masks(console, village).ShouldBe([(0L, 2L)]);
            (Standing("huize.village", village).Unmet & 2).ShouldBe(2);
            Gaps("road").ShouldBe(1);
            var left = Refreshed();
            (left.GetProperty("opened").GetInt64(), left.GetProperty("cleared").GetInt64()).ShouldBe((0, 0));
            SameAsAFullJudgement(console);
            (await county.Get($"/overview?area={code}")).Html.QuerySelector(".overruled")!.TextContent.ShouldContain("人工认定：房屋已修缮");
            (await county.Get("/gaps?area=530326")).Text.ShouldContain("，人工认定");
            cli.Run("gaps", "--indicator", "road").Done().Output.ShouldContain("(overruled 人工认定)");
        }
        // The next version has its bits the other way round.
        Law(2, many: 1, any: 0);
        await using (var console = await TuopinConsole.Over(cli))
        {
            cli.Judge().Done();
            console
                .Query<(long, long)>(
                    $"SELECT v.overruled_met, v.overruled_unmet FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id AND s.standard_id = 'huize.many' AND s.version = 2 WHERE v.subject_id = {house}"
                )
                .ShouldBe([(2, 0)]);
            (Standing("huize.village", village).Met & 1).ShouldBe(1);
            Columns();
        }

        JsonElement Refreshed() =>
            cli.Run("work", "refresh", "--json")
                .Done()
                .Json.GetProperty("kinds")
                .EnumerateArray()
                .Single(k => k.GetProperty("kind").GetString() == "gap");
        long Gaps(string indicator) =>
            cli.Tables.Number(
                $"SELECT count(*) FROM work_items WHERE kind = 'gap' AND subject = 'village' AND subject_id = {village} AND what = 'huize.village/{indicator}' AND closed_day IS NULL"
            );
        (long Met, long Unmet) Standing(string standard, long subject) =>
            cli.Tables.Query<(long, long)>(
                $"""
                SELECT (v.met | v.exempt | v.overruled_met) & ~v.overruled_unmet, (v.unmet & ~v.overruled_met) | v.overruled_unmet
                FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id AND s.standard_id = '{standard}' WHERE v.subject_id = {subject} ORDER BY s.version DESC
                """
            )[0];
        // What-if judges in columns: as things are it finds what SQL found.
        void Columns()
        {
            var bit = cli.Tables.Number(
                "SELECT CASE WHEN max(version) = 1 THEN 1 ELSE 2 END FROM standard_versions WHERE standard_id = 'huize.many'"
            );
            var sql = cli.Tables.Number(
                $"SELECT count(*) FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id AND s.standard_id = 'huize.many' AND s.version = {bit} WHERE ((v.unmet & ~v.overruled_met) | v.overruled_unmet) & {bit} <> 0"
            );
            cli.WhatIf("--set", "line.exit=4000")
                .Json.GetProperty("now")
                .GetProperty("unmet")
                .GetProperty("huize.many/many")
                .GetInt64()
                .ShouldBe(sql);
        }
    }

    [Theory, BothEngines]
    public async Task By_the_api_it_is_asked_once_for_a_key_and_decided_by_another(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        var house = console.Query<long>("SELECT id FROM households ORDER BY id LIMIT 1")[0];
        using var township = CallingTheApi.Client(console, "township", "AskOverrule,ViewHouseholds");
        using var county = CallingTheApi.Client(console, "county", "ConfirmOverrule,ViewHouseholds");
        var body =
            $$"""{"household":{{house}},"standard":"yunnan.household-exit","indicator":"housing","met":false,"reason":"入户见墙体开裂","evidence":"照片 3 张，村档案柜","last":"2020-07-01"}""";
        var first = await Send(township, "/api/v1/overrules", body, "k1");
        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        (await Send(township, "/api/v1/overrules", body, "k1")).Id.ShouldBe(first.Id);
        (await Send(township, "/api/v1/overrules", body, "k2")).Text.ShouldContain("overrule.waits");
        (await Send(township, "/api/v1/overrules", body.Replace("2020-07-01", "2030-07-01", StringComparison.Ordinal), "k3")).Text.ShouldContain(
            "overrule.too-long"
        );
        (await Send(township, "/api/v1/overrules", body.Replace($"{house}", "1", StringComparison.Ordinal), "k4")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await Send(township, $"/api/v1/overrules/{first.Id}/confirm", "{}", null)).Status.ShouldBe(HttpStatusCode.Forbidden);
        var confirmed = await Send(county, $"/api/v1/overrules/{first.Id}/confirm", "{}", null);
        (confirmed.Status, JsonDocument.Parse(confirmed.Text).RootElement.GetProperty("standing").GetString()).ShouldBe(
            (HttpStatusCode.OK, "in-force")
        );
        Masks(console, house).ShouldContain((0L, 2L));
        SameAsAFullJudgement(console);
        (await Send(county, $"/api/v1/overrules/{first.Id}/lift", """{"why":"已加固"}""", null)).Status.ShouldBe(HttpStatusCode.OK);
        Masks(console, house).ShouldBeEmpty();
    }

    private sealed record Answered(HttpStatusCode Status, string Text)
    {
        public long Id => JsonDocument.Parse(Text).RootElement.GetProperty("id").GetInt64();
    }

    private static async Task<Answered> Send(HttpClient client, string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
