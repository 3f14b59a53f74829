using System.Globalization;
using System.Net;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Standards;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>The one-page brief, and the pages of those who help.</summary>
public sealed class ReadingABrief(Installations installations)
{
    private static long Someone(TuopinCli cli) =>
        cli.Tables.Number("SELECT min(household_id) FROM household_list WHERE unmet <> 0 AND members > 2 AND post_id IS NOT NULL");

    [Theory, BothEngines]
    public async Task It_says_who_they_are_how_they_stand_and_why(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var id = Someone(cli);
        var page = await county.Get($"/households/{id}");
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Html.QuerySelector("h1")!.TextContent.ShouldBe(cli.Tables.Text($"SELECT head_name FROM households WHERE id = {id}"));
        page.Html.QuerySelectorAll(".members tbody tr")
            .Length.ShouldBe((int)cli.Tables.Number($"SELECT members FROM household_list WHERE household_id = {id} LIMIT 1"));
        page.Html.QuerySelectorAll(".light-card.light-unmet").ShouldNotBeEmpty();
        page.Html.QuerySelector(".light-card.light-unmet")!.TextContent.ShouldContain("依据");
        var wage = cli.Tables.Number($"SELECT coalesce(income_wage, 0) FROM household_years WHERE household_id = {id} AND year = 2019");
        page.Html.QuerySelector(".income")!.TextContent.ShouldContain((wage / 100m).ToString("#,##0.00", CultureInfo.InvariantCulture));
        page.Html.QuerySelectorAll(".timeline li").ShouldNotBeEmpty();
        page.Html.QuerySelectorAll(".brief-qr path").Length.ShouldBe(1);
        page.Html.QuerySelector("a[href^='/posts/']").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task Its_lights_are_those_of_the_list(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        foreach (var id in cli.Tables.Query<long>("SELECT household_id FROM household_list WHERE unmet <> 0 ORDER BY household_id LIMIT 10"))
        {
            var page = await county.Get($"/households/{id}");
            var bits = cli.Tables.Number($"SELECT unmet FROM household_list WHERE household_id = {id} AND place_code = area_code");
            page.Html.QuerySelectorAll(".light-card.light-unmet").Length.ShouldBe(System.Numerics.BitOperations.PopCount((ulong)bits), $"{id}");
        }
    }

    [Theory, BothEngines]
    public async Task Outside_the_scope_there_is_no_household_unit_or_post(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var codes = cli.Tables.Query<long>("SELECT DISTINCT area_code FROM households ORDER BY area_code");
        var village = await console.As("village");
        var foreign = cli.Tables.Number($"SELECT min(id) FROM households WHERE area_code = {codes[1]}");
        (await village.Get($"/households/{foreign}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/households/1")).Status.ShouldBe(HttpStatusCode.NotFound);
        var only = $"""
            SELECT min(post_id) FROM responsibilities r JOIN households h ON h.id = r.household_id
            WHERE h.area_code <> {codes[0]} AND r.to_day IS NULL AND r.post_id NOT IN (
              SELECT o.post_id FROM responsibilities o LEFT JOIN households k ON k.id = o.household_id
              WHERE o.post_id IS NOT NULL AND (k.id IS NULL OR k.area_code = {codes[0]}))
            """;
        (await village.Get($"/posts/{cli.Tables.Number(only)}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/posts/1")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/units/1")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("admin")).Get($"/households/{foreign}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await console.Nobody().Get($"/households/{foreign}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, BothEngines]
    public async Task A_department_reads_who_they_are_and_its_own_trade(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var housing = await console.As("housing");
        var page = await housing.Get($"/households/{Someone(cli)}");
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Html.QuerySelectorAll(".light-card").Length.ShouldBe(1);
        page.Html.QuerySelector(".income").ShouldBeNull();
        page.Html.QuerySelector(".timeline").ShouldBeNull();
        page.Html.QuerySelectorAll(".members thead th").Length.ShouldBe(6);
        page.Text.ShouldNotContain("健康状况");
        page.Text.ShouldContain("危房等级");
    }

    [Theory, BothEngines]
    public async Task Another_day_and_an_earlier_state_of_knowledge_are_read_from_the_record(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var id = Someone(cli);
        var grade = cli.Tables.Number(
            $"SELECT d.grade FROM dwellings d JOIN residences r ON r.dwelling_id = d.id WHERE r.household_id = {id} AND r.to_day IS NULL"
        );
        var before = cli.Tables.Text("SELECT max(at) FROM changes")![..10];
        cli.Clock.Now += TimeSpan.FromDays(3);
        var other = grade == 1 ? "D" : "A";
        cli.Tables.Execute(
            $"""
            INSERT INTO changes (id, at, actor, reason, stated_by, data_day) SELECT max(id) + 1, '{cli.Clock.Now:yyyy-MM-dd}T08:00:00.000Z', 'test', 'visit', 'housing', 20200612 FROM changes;
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE dwellings SET grade = {(other == "A" ? 1 : 4)}, change_id = (SELECT max(id) FROM changes)
              WHERE id = (SELECT dwelling_id FROM residences WHERE household_id = {id} AND to_day IS NULL)
            """
        );
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        string Houses(TuopinConsole.Page page) =>
            page.Html.QuerySelectorAll(".brief-part").Single(p => p.QuerySelector("h2")?.TextContent == "住房").TextContent;
        var now = await county.Get($"/households/{id}");
        var then = await county.Get($"/households/{id}?known={before}");
        Houses(now).ShouldContain($"{other}级");
        Houses(then).ShouldNotContain($"{other}级");
        now.Text.ShouldContain("visit");
        then.Text.ShouldNotContain("visit");
        // Of a day before the data came, the house is as it was then, and so are the lights.
        var day = await county.Get($"/households/{id}?day=2020-06-11");
        Houses(day).ShouldNotContain($"{other}级");
        List<string> Lights(TuopinConsole.Page page) =>
            [.. page.Html.QuerySelectorAll(".light-card").Select(c => c.QuerySelector("h3, strong, b")!.TextContent + c.ClassName)];
        Lights(day).ShouldBe(Lights(then));
        Lights(now).ShouldNotBe(Lights(then));
        var earlier = await county.Get($"/households/{id}?day=2019.6.1");
        earlier.Html.QuerySelector("main input[name=day]")!.GetAttribute("value").ShouldBe("2019-06-01");
        earlier.Html.QuerySelectorAll(".income thead th").Select(h => h.TextContent).Skip(1).Take(2).ShouldBe(["2018", "2017"]);
        (await county.Get($"/households/{id}?day=nonsense&known=31")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task Of_another_day_whoever_left_since_is_shown_as_then(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var id = Someone(cli);
        var person = cli.Tables.Number(
            $"SELECT max(person_id) FROM memberships WHERE household_id = {id} AND to_day IS NULL AND from_day < 20200101"
        );
        var name = cli.Tables.Text($"SELECT name FROM persons WHERE id = {person}")!;
        cli.Tables.Execute(
            $"""
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE memberships SET relation = 1, change_id = (SELECT max(id) FROM changes) WHERE household_id = {id} AND person_id = {person}
            """
        );
        cli.Run("workdate", "2020-09-01").Done();
        // Left, and goes by another name where the person is now.
        cli.Tables.Execute(
            $"""
            INSERT INTO changes (id, at, actor, reason, stated_by, data_day) SELECT max(id) + 1, '2026-11-27T08:00:00.000Z', 'test', 'move', 'village', 20200801 FROM changes;
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE memberships SET to_day = 20200801, relation = 2, change_id = (SELECT max(id) FROM changes) WHERE household_id = {id} AND person_id = {person};
            UPDATE persons SET name = '后来某', change_id = (SELECT max(id) FROM changes) WHERE id = {person}
            """
        );
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        List<string> Members(TuopinConsole.Page page) =>
            [
                .. page
                    .Html.QuerySelectorAll(".members tbody tr")
                    .Select(r => r.QuerySelector("th")!.TextContent + " " + r.QuerySelectorAll("td")[1].TextContent.Trim()),
            ];
        var (now, then, after) = (
            Members(await county.Get($"/households/{id}")),
            Members(await county.Get($"/households/{id}?day=2020-07-01")),
            Members(await county.Get($"/households/{id}?day=2020-08-15"))
        );
        now.ShouldNotContain(m => m.StartsWith(name) || m.StartsWith("后来某"));
        after.ShouldBe(now);
        then.Count.ShouldBe(now.Count + 1);
        then.ShouldContain($"{name} 户主");
        then.ShouldNotContain(m => m.StartsWith("后来某"));
    }

    [Theory, BothEngines]
    public async Task A_helper_s_page_counts_what_its_links_open(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var post = cli.Tables.Number($"SELECT post_id FROM household_list WHERE household_id = {Someone(cli)} LIMIT 1");
        var unit = cli.Tables.Number($"SELECT unit_id FROM posts WHERE id = {post}");
        foreach (var path in new[] { $"/posts/{post}", $"/units/{unit}" })
        {
            var page = await county.Get(path);
            page.Status.ShouldBe(HttpStatusCode.OK, path);
            var links = page.Html.QuerySelectorAll("td a[href*='indicator=']").ToList();
            links.ShouldNotBeEmpty(path);
            foreach (var link in links)
            {
                var list = await county.Get(link.GetAttribute("href")! + "&total=1");
                list.Html.QuerySelector(".list-head strong")!.TextContent.ShouldContain($" {link.TextContent} ");
            }
        }
    }

    [Theory, BothEngines]
    public void A_cadre_s_households_come_with_what_is_missing_first(Engine engine)
    {
        var cli = installations.Shared(engine);
        var installation = cli.Open();
        using var connection = installation.Store.OpenReader();
        var post = cli.Tables.Number($"SELECT post_id FROM household_list WHERE household_id = {Someone(cli)} LIMIT 1");
        var viewer = new Viewer(
            connection,
            installation.Packs,
            AreaTree.Load(connection, installation.WorkDate),
            installation.WorkDate,
            new Scope([], [post]),
            null
        );
        var mine = MyHouseholds.Handle(viewer, [post]);
        mine.Select(m => m.HouseholdId)
            .Order()
            .ToList()
            .ShouldBe(
                cli.Tables.Query<long>(
                    $"SELECT DISTINCT household_id FROM responsibilities WHERE post_id = {post} AND household_id IS NOT NULL AND to_day IS NULL ORDER BY household_id"
                )
            );
        mine[0].Lights.ShouldContain(l => l.Light == Light.Unmet);
        mine.Select(m => m.Lights.Count(l => l.Light == Light.Unmet)).ShouldBeInOrder(SortDirection.Descending);
        MyHouseholds.Handle(viewer, []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2020-06-12", "2020-06-12")]
    [InlineData(" 2020-6-2 ", "2020-06-02")]
    [InlineData("20200612", "2020-06-12")]
    [InlineData("2020.6.12", "2020-06-12")]
    [InlineData("2020年6月12日", "2020-06-12")]
    [InlineData("2020-02-30", null)]
    [InlineData("12/06/2020", null)]
    [InlineData("", null)]
    [InlineData("yesterday", null)]
    public void A_day_is_read_as_people_type_it(string typed, string? day) =>
        (DayText.Read(typed) is { } read ? DayText.Of(read) : null).ShouldBe(day);
}
