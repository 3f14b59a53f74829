using System.Data.Common;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// What is wrong becomes owned work that ends: raised by its source, taken by one, handed in, looked at by somebody else, closed once the fact is mended; cards for
/// what is late; parents that wait for their parts.
/// </summary>
public sealed class DoingWork(Installations installations)
{
    private static void Refused(TuopinConsole.Page page, string code, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        (page.Html.QuerySelector("#wrong") is null ? page.Text : page.Html.QuerySelector("#wrong")!.TextContent).ShouldContain(code);
    }

    private static void Accepted(TuopinConsole.Page page) => page.Status.ShouldBe(HttpStatusCode.Redirect, page.Html.Body?.TextContent);

    private static async Task<List<JsonElement>> Items(TuopinConsole.Browser browser, string query = "") =>
        [
            .. JsonDocument
                .Parse((await browser.Get($"/api/v1/work{query}", "application/json")).Text)
                .RootElement.GetProperty("items")
                .EnumerateArray(),
        ];

    private static Task<TuopinConsole.Page> Do(
        TuopinConsole.Browser browser,
        long item,
        string act,
        string words = "",
        string field = "",
        string value = ""
    ) => browser.Submit("/work", $"/work/{item}/{act}", new() { ["words"] = words, [field.Length == 0 ? "to" : field] = value });

    private static JsonElement Refresh(TuopinConsole console, string kind) =>
        console
            .Cli.Run("work", "refresh", "--json")
            .Done()
            .Json.GetProperty("kinds")
            .EnumerateArray()
            .Single(k => k.GetProperty("kind").GetString() == kind);

    [Theory, BothEngines]
    public async Task A_gap_is_taken_by_one_and_closes_once_the_fact_is_mended(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var (county, housing, village, cadre) = (
            await console.As("county"),
            await console.As("housing"),
            await console.As("village"),
            await console.As("cadre")
        );
        // As many as the gaps of the command line, and a second look changes nothing.
        var gaps = console
            .Cli.Gaps()
            .Done()
            .Json.EnumerateArray()
            .Sum(g => g.GetProperty("households").GetInt64() + g.GetProperty("areas").GetInt64());
        var again = Refresh(console, "gap");
        (again.GetProperty("opened").GetInt64(), again.GetProperty("changed").GetInt64(), again.GetProperty("open").GetInt64()).ShouldBe(
            (0, 0, gaps)
        );
        var tree = JsonDocument.Parse((await county.Get("/api/v1/work/tree?area=530326", "application/json")).Text).RootElement;
        long Open(string by, string? key = null) =>
            tree.GetProperty(by)
                .EnumerateArray()
                .Where(l => key is null || l.GetProperty("key").GetString() == key)
                .Sum(l => l.GetProperty("counts").GetProperty("open").GetInt64());
        Open("kinds", "gap").ShouldBe(gaps);
        Open("departments").ShouldBe(tree.GetProperty("all").GetProperty("open").GetInt64());
        // A department sees its trade, a cadre the paired households.
        var mine = await Items(housing, "?kind=gap");
        mine.ShouldNotBeEmpty();
        mine.ShouldAllBe(i => i.GetProperty("department").GetString() == "housing");
        (await Items(county, "?kind=gap&department=housing")).Count.ShouldBe(mine.Count);
        var paired = console.Query<long>(
            "SELECT r.household_id FROM responsibilities r JOIN posts p ON p.id = r.post_id WHERE r.household_id IS NOT NULL AND r.to_day IS NULL"
        );
        (await Items(cadre, "?of=area")).ShouldAllBe(i => paired.Contains(i.GetProperty("subjectId").GetInt64()));
        (await (await console.As("admin")).Get("/work")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await county.Get("/work?due=never")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await village.Get("/work/tree")).Html.QuerySelectorAll("#kinds tbody tr").Length.ShouldBeGreaterThan(0);

        // A word finds it: of its title, of the head's name, of the household's number; within what one sees, and nothing of elsewhere.
        var one = mine.First(i => i.GetProperty("name").GetString() is { Length: > 0 });
        var number = console.Query<string>($"SELECT number FROM household_list WHERE household_id = {one.GetProperty("subjectId").GetInt64()}")[0];
        foreach (var word in new[] { one.GetProperty("name").GetString()!, number, one.GetProperty("title").GetProperty("zh").GetString()! })
            (await Items(housing, $"?kind=gap&q={Uri.EscapeDataString(word)}"))
                .Select(i => i.GetProperty("id").GetInt64())
                .ShouldContain(one.GetProperty("id").GetInt64(), word);
        (await Items(housing, $"?q={Uri.EscapeDataString(number)}")).ShouldAllBe(i => i.GetProperty("department").GetString() == "housing");
        (await Items(county, "?q=没有这样的词")).ShouldBeEmpty();
        (await Items(county, "?q=" + Uri.EscapeDataString("%' OR 1=1 --"))).ShouldBeEmpty();
        (await county.Get($"/work?of=area&q={number}")).Html.QuerySelectorAll("#items tbody tr").Length.ShouldBeGreaterThan(0);

        // Two take one.
        var item = mine[0].GetProperty("id").GetInt64();
        (await cadre.Get("/work/1")).Status.ShouldBe(HttpStatusCode.NotFound);
        Accepted(await Do(housing, item, "take"));
        Refused(await Do(village, item, "take"), "已由 住建局 办理");
        Refused(await Do(village, item, "hand-in", "已修"), "只有承办人");
        (await Do(housing, item, "pass")).Status.ShouldBe(HttpStatusCode.Forbidden);
        Refused(await Do(county, item, "pass"), "还没有交复核");
        Refused(await Do(housing, item, "hand-in"), "请写明原因", HttpStatusCode.BadRequest);
        Accepted(await Do(housing, item, "hand-in", "已加固，验收单在档"));
        Refused(await Do(county, item, "pass"), "来源仍在报告");
        Refused(await Do(county, item, "withdraw", "不该有"), "来源仍在报告");
        Accepted(await Do(county, item, "return", "现场看还没有完工"));
        (await housing.Get($"/work/{item}")).Html.QuerySelector("#state")!.TextContent.ShouldContain("已退回");
        (await housing.Get("/")).Html.QuerySelector("#due").ShouldNotBeNull();
        // What is due is told by number, to programs as on the home page: my unit's is what the inbox of my unit holds.
        var due = JsonDocument.Parse((await housing.Get("/api/v1/work/due", "application/json")).Text).RootElement;
        (due.GetProperty("whose").GetString(), due.GetProperty("mine").GetInt64(), due.GetProperty("unit").GetInt64()).ShouldBe(
            ("unit", 1, due.GetProperty("open").GetInt64())
        );
        due.GetProperty("open")
            .GetInt64()
            .ShouldBe(console.Cli.Tables.Number("SELECT count(*) FROM work_items WHERE department = 'housing' AND closed_day IS NULL"));

        // The fact is mended: it closes by itself; broken again it is a new item.
        var subject = mine[0].GetProperty("subjectId").GetInt64();
        console.Cli.Tables.Execute($"UPDATE verdicts SET overruled_met = unmet WHERE subject_id = {subject}");
        Refresh(console, "gap").GetProperty("cleared").GetInt64().ShouldBeGreaterThan(0);
        (await county.Get($"/work/{item}")).Html.QuerySelector("#history")!.TextContent.ShouldContain("自行销号");
        Refused(await Do(village, item, "take"), "已经结束");
        console.Cli.Tables.Execute($"UPDATE verdicts SET overruled_met = 0 WHERE subject_id = {subject}");
        Refresh(console, "gap").GetProperty("opened").GetInt64().ShouldBeGreaterThan(0);
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task What_an_edit_brings_is_work_with_the_edit_and_the_whole_finds_nothing_left(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        var township = await console.As("township");
        console.Cli.Run("work", "refresh").Done();
        // A household of which the county's office stated that it has enough to eat: another word of the township is a conflict at once.
        var house = console.Query<long>(
            """
            SELECT y.household_id FROM household_years y JOIN households h ON h.id = y.household_id AND h.area_code = (SELECT min(area_code) FROM households)
            JOIN household_statuses s ON s.household_id = y.household_id AND s.to_day IS NULL AND s.kind = 3
            WHERE y.year = 2020 AND y.food_secure = TRUE AND NOT EXISTS (SELECT 1 FROM work_items w WHERE w.subject_id = y.household_id) ORDER BY y.household_id LIMIT 1
            """
        )[0];
        long Open() =>
            console.Cli.Tables.Number($"SELECT count(*) FROM work_items WHERE kind = 'conflict' AND subject_id = {house} AND closed_day IS NULL");
        (await township.Save(house, [("f.household.food_secure", "no")])).Status.ShouldBe(HttpStatusCode.Redirect);
        Open().ShouldBe(1);
        Nothing();
        console.Cli.Run("audit", "verify").Done();

        // The whole finds nothing left to do.
        void Nothing()
        {
            foreach (var kind in console.Cli.Run("work", "refresh", "--json").Done().Json.GetProperty("kinds").EnumerateArray())
                (kind.GetProperty("opened").GetInt64(), kind.GetProperty("cleared").GetInt64(), kind.GetProperty("changed").GetInt64()).ShouldBe(
                    (0, 0, 0),
                    kind.GetProperty("kind").GetString()
                );
        }
    }

    [Theory, BothEngines]
    public async Task An_order_waits_for_its_parts_and_is_closed_by_somebody_else(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var (county, township, village) = (await console.As("county"), await console.As("township"), await console.As("village"));
        var place = console.Cli.Tables.Text("SELECT CAST(min(area_code) AS text) FROM households")!;
        Task<TuopinConsole.Page> Order(TuopinConsole.Browser browser, params (string, string)[] fields) =>
            browser.Submit("/work", "/work", fields.Prepend(("area", place)).GroupBy(f => f.Item1).ToDictionary(g => g.Key, g => g.Last().Item2));
        (await Order(village, ("title", "修路"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        Refused(await Order(county, ("title", "修")), "work.title", HttpStatusCode.BadRequest);
        Refused(await Order(county, ("title", "联系 13987654321")), "edit.number-in-words", HttpStatusCode.BadRequest);
        Refused(await Order(county, ("title", "修路"), ("department", "roads")), "work.department", HttpStatusCode.BadRequest);
        Refused(await Order(county, ("title", "修路"), ("day", "2020-06-11")), "work.day", HttpStatusCode.BadRequest);
        (await Order(township, ("title", "修路"), ("area", "530326"))).Status.ShouldBe(HttpStatusCode.NotFound);
        var order = Id(await Order(county, ("title", "疏通村组道路"), ("wanted", "雨季之前"), ("department", "transport"), ("day", "2020-07-01")));
        Accepted(await Order(township, ("title", "清理塌方"), ("parent", $"{order}")));
        var part = console.Cli.Tables.Number($"SELECT id FROM work_items WHERE parent_id = {order}");

        // Given to somebody who sees it, all or none.
        Refused(await Do(county, part, "assign", "", "to", "nobody"), "没有这个用户");
        Refused(await Do(county, part, "assign", "", "to", "auditor"), "没有这个用户");
        Accepted(await Do(county, order, "take"));
        Refused(await Do(village, order, "assign", "", "to", "village"), "只有承办人");
        Refused(await Do(county, order, "hand-in", "做完了"), "下面还有 1 项");
        using var api = CallingTheApi.Client(console, "county", "DirectWork,DoWork,ViewWork");
        (await Send(api, "/api/v1/work/assign", $$"""{"items":[{{part}},1],"to":"village"}""")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Send(api, "/api/v1/work/assign", """{"items":[],"to":"village"}""")).Text.ShouldContain("work.nothing-chosen");
        (await Send(api, "/api/v1/work/assign", $$"""{"items":[{{part}}],"to":"village","day":"2020-06-20","words":"先清路"}""")).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await Items(village, "?of=mine")).Single().GetProperty("due").GetString().ShouldBe("2020-06-20");

        // No path closes the parent over the open part.
        Should.Throw<DbException>(() =>
            console.Cli.Edit(
                $"UPDATE work_items SET state = 4, ended = 3, closed_day = 20200612, live = FALSE, change_id = CHANGE WHERE id = {order}"
            )
        );
        Should.Throw<DbException>(() =>
            console.Cli.Edit($"UPDATE work_items SET handed_by = 4, checked_by = 4, change_id = CHANGE WHERE id = {part}")
        );
        Accepted(await Do(village, part, "hand-in", "已清理，照片在村委会"));
        Refused(await Do(village, part, "hand-in", "再交"), "已交复核");
        (await Send(api, "/api/v1/work/assign", $$"""{"items":[{{part}}],"to":"township"}""")).Text.ShouldContain("work.not-all");
        Accepted(await Do(township, part, "pass"));
        Accepted(await Do(county, order, "hand-in", "路通了"));
        Refused(await Do(county, order, "pass"), "不能复核自己");
        Accepted(await Do(township, order, "pass"));
        var closed = JsonDocument.Parse((await county.Get($"/api/v1/work/{order}", "application/json")).Text).RootElement;
        closed.GetProperty("item").GetProperty("ended").GetString().ShouldBe("passed");
        closed.GetProperty("acts").EnumerateArray().Select(a => a.GetProperty("kind").GetString()).ShouldBe(["open", "take", "hand-in", "pass"]);
        Refused(await Order(county, ("title", "再来一项"), ("parent", $"{order}")), "work.closed");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task A_card_is_issued_once_for_a_deadline_whatever_becomes_of_the_work_date(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var county = await console.As("county");
        var order = Id(
            await county.Submit(
                "/work",
                "/work",
                new()
                {
                    ["title"] = "交报表",
                    ["area"] = "530326",
                    ["day"] = "2020-06-15",
                }
            )
        );
        long Cards(string where = "1 = 1") => console.Cli.Tables.Number($"SELECT count(*) FROM work_cards WHERE item_id = {order} AND {where}");
        long Shown() => console.Cli.Tables.Number($"SELECT card FROM work_items WHERE id = {order}");
        // Whoever issued them: the console looks at the day as well.
        long Issued(string day)
        {
            var before = Cards();
            console.Cli.Run("workdate", day).Done();
            console.Cli.Run("work", "refresh").Done();
            return Cards() - before;
        }
        Issued("2020-06-17").ShouldBe(0);
        Issued("2020-06-18").ShouldBe(1);
        Shown().ShouldBe(1);
        Issued("2020-06-18").ShouldBe(0);
        // Set back it is not in force; forward again it is the same card.
        Issued("2020-06-16").ShouldBe(0);
        (Shown(), Cards("withdrawn_day IS NOT NULL")).ShouldBe((0, 1));
        Issued("2020-06-19").ShouldBe(0);
        (Shown(), Cards(), Cards("issued_day = 20200618 AND withdrawn_day IS NULL")).ShouldBe((1, 1, 1));
        Issued("2020-06-25").ShouldBe(1);
        Shown().ShouldBe(2);
        (await county.Get("/work?of=area&card=red")).Html.QuerySelectorAll("#items tbody tr").Length.ShouldBe(1);
        // A new day brings cards without anybody asking, once; a day that was seen to brings nothing.
        console.Cli.Run("workdate", "2020-06-16").Done();
        Work.RefreshWork.OfTheDay(console.Cli.Open(), Platform.Web.Routes.WorkSources);
        Shown().ShouldBe(0);
        console.Cli.Run("workdate", "2020-06-25").Done();
        Work.RefreshWork.OfTheDay(console.Cli.Open(), Platform.Web.Routes.WorkSources);
        Work.RefreshWork.OfTheDay(console.Cli.Open(), Platform.Web.Routes.WorkSources).ShouldBeNull();
        (Shown(), Cards()).ShouldBe((2, 2));
        // The deadline moved: the missed one stays on record, the new one has its own card; taken back by a person it stays back.
        Accepted(await Do(county, order, "deadline", "等数据", "day", "2020-06-26"));
        (Shown(), Cards()).ShouldBe((0, 2));
        Issued("2020-06-30").ShouldBe(1);
        Accepted(await Do(county, order, "card-back", "已说明情况"));
        Issued("2020-06-30").ShouldBe(0);
        Issued("2020-06-20").ShouldBe(0);
        Issued("2020-07-01").ShouldBe(0);
        (Shown(), Cards("withdrawn_by IS NOT NULL")).ShouldBe((0, 1));
        Refused(await Do(county, order, "card-back", "再收"), "现在没有");
    }

    [Theory, BothEngines]
    public async Task An_answered_conflict_stays_answered_until_somebody_states_another_value(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var (county, township) = (await console.As("county"), await console.As("township"));
        var house = console.Cli.Tables.Number("SELECT max(household_id) FROM household_years WHERE year = 2020");
        console.Cli.Edit(
            $"INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id) VALUES (9000000000000001, 'household', {house}, 'land_grass', 2020, 99900, 'village', 20200601, CHANGE)"
        );
        Refresh(console, "conflict").GetProperty("opened").GetInt64().ShouldBe(1);
        // The demo has conflicts of its own.
        var item = (await Items(township, "?kind=conflict&of=area"))
            .Single(i => i.GetProperty("subjectId").GetInt64() == house)
            .GetProperty("id")
            .GetInt64();
        Accepted(await Do(township, item, "take"));
        Accepted(await Do(township, item, "hand-in", "以现值为准"));
        Accepted(await Do(county, item, "pass"));
        Refresh(console, "conflict").GetProperty("opened").GetInt64().ShouldBe(0);
        console.Cli.Edit("UPDATE statements SET value = 88800, change_id = CHANGE WHERE id = 9000000000000001");
        Refresh(console, "conflict").GetProperty("opened").GetInt64().ShouldBe(1);
        console.Cli.Edit("DELETE FROM statements WHERE id = 9000000000000001");
        Refresh(console, "conflict").GetProperty("cleared").GetInt64().ShouldBe(1);
    }

    private static long Id(TuopinConsole.Page page)
    {
        Accepted(page);
        return long.Parse(page.Location!.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed record Answered(HttpStatusCode Status, string Text);

    private static async Task<Answered> Send(HttpClient client, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
