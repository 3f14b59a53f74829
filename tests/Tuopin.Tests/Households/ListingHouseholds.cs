using System.Globalization;
using System.Net;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Standards;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>The list of households as readers meet it.</summary>
public sealed class ListingHouseholds(Installations installations)
{
    private static List<long> Ids(TuopinConsole.Page page) =>
        [
            .. page
                .Html.QuerySelectorAll("td.cell-head a")
                .Select(a => long.Parse(a.GetAttribute("href")!.Split('/')[^1], CultureInfo.InvariantCulture)),
        ];

    private static string Total(TuopinConsole.Page page) =>
        page.Html.QuerySelector(".list-head strong")!.TextContent.Split(' ')[1].Replace(",", "", StringComparison.Ordinal);

    [Theory, BothEngines]
    public async Task Counts_of_filters_equal_the_record(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var day = cli.Tables.Number("SELECT max(day) FROM household_list");
        var covers = $"from_day <= {day} AND (to_day IS NULL OR to_day > {day})";
        var bit = cli.Open().Packs.Standards.First(s => s.Id == "yunnan.household-exit").Indicators.First(i => i.Id == "housing").Bit;
        var like = engine == Engine.Sqlite ? "instr" : "strpos";
        var cases = new Dictionary<string, string>
        {
            [""] = "SELECT count(*) FROM households",
            ["registered=yes"] = $"SELECT count(*) FROM household_statuses WHERE kind IN (2, 3, 4, 5) AND {covers}",
            ["status=remaining"] = $"SELECT count(*) FROM household_statuses WHERE kind = 2 AND {covers}",
            ["indicator=housing&light=unmet"] =
                $"SELECT count(*) FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id WHERE s.standard_id = 'yunnan.household-exit' AND v.unmet & {1L << bit} <> 0",
            ["members_from=3&members_to=4"] =
                $"SELECT count(*) FROM (SELECT household_id FROM memberships WHERE {covers} GROUP BY household_id HAVING count(*) IN (3, 4)) m",
            ["income_from=3000&income_to=8000.5"] =
                "SELECT count(DISTINCT household_id) FROM household_list WHERE income_per_head BETWEEN 300000 AND 800050",
            ["income_to=7999.99&unstated=cause"] =
                "SELECT count(DISTINCT household_id) FROM household_list WHERE income_per_head < 800000 AND cause IS NULL",
            ["year_end=2017"] =
                "SELECT count(*) FROM household_statuses WHERE kind IN (2, 5) AND from_day <= 20171231 AND (to_day IS NULL OR to_day > 20171231)",
            ["head=王"] = $"SELECT count(*) FROM households WHERE {like}(head_name, '王') > 0",
            ["name=王"] =
                $"SELECT count(DISTINCT m.household_id) FROM memberships m JOIN persons p ON p.id = m.person_id WHERE {like}(p.name, '王') > 0 AND {covers}",
        };
        foreach (var (query, sql) in cases)
        {
            var page = await county.Get($"/households?total=1&{query}");
            page.Status.ShouldBe(HttpStatusCode.OK);
            Total(page).ShouldBe(cli.Tables.Number(sql).ToString(CultureInfo.InvariantCulture), query);
            Ids(page).Count.ShouldBeGreaterThan(0, query);
        }
    }

    [Theory, BothEngines]
    public async Task Paging_meets_each_household_once_in_every_order_forward_and_back(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var all = cli.Tables.Query<long>("SELECT id FROM households ORDER BY id");
        all.Count.ShouldBeGreaterThan(2 * ListHouseholds.PageSize);
        foreach (var sort in new[] { "area", "-area", "name", "-name", "income", "-income", "members", "-members" })
        {
            var pages = new List<List<long>>();
            var page = await county.Get($"/households?sort={sort}");
            for (; ; page = await county.Get(page.Html.QuerySelector("a[rel=next]")!.GetAttribute("href")!))
            {
                pages.Add(Ids(page));
                if (page.Html.QuerySelector("a[rel=next]") is null)
                    break;
            }
            pages.SelectMany(p => p).Order().ToList().ShouldBe(all, sort);
            for (var i = pages.Count - 2; i >= 0; i--)
            {
                page = await county.Get(page.Html.QuerySelector("a[rel=prev]")!.GetAttribute("href")!);
                Ids(page).ShouldBe(pages[i], $"{sort}, back to page {i + 1}");
            }
            page.Html.QuerySelector("a[rel=prev]").ShouldBeNull(sort);
        }
    }

    [Theory, BothEngines]
    public async Task A_household_that_lives_elsewhere_appears_once_to_each_who_may_see_it(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var places = cli.Tables.Query<(long Village, long Code)>("SELECT DISTINCT village_id, area_code FROM households ORDER BY area_code");
        var (home, other) = (places[0], places[1]);
        var moved = cli.Tables.Query<long>(
            $"SELECT h.id FROM households h JOIN responsibilities r ON r.household_id = h.id AND r.to_day IS NULL WHERE h.village_id = {other.Village} ORDER BY h.id LIMIT 1"
        )[0];
        cli.Tables.Execute(
            $"UPDATE current_change SET change_id = (SELECT max(id) FROM changes); UPDATE households SET living_village_id = {home.Village}, change_id = (SELECT max(id) FROM changes) WHERE id = {moved}"
        );
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        foreach (var user in new[] { "village", "township", "county" })
        {
            var browser = await console.As(user);
            var number = cli.Tables.Text($"SELECT number FROM household_list WHERE household_id = {moved}");
            Ids(await browser.Get($"/households?number={number}")).ShouldBe([moved], user);
        }
        var village = await console.As("village");
        var registered = cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {home.Code}");
        Total(await village.Get("/households?total=1")).ShouldBe($"{registered + 1}");
        // Who holds the village and is paired with the household, too, meets it once.
        var installation = cli.Open();
        using var connection = installation.Store.OpenReader();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var post = cli.Tables.Number($"SELECT min(post_id) FROM responsibilities WHERE household_id = {moved} AND to_day IS NULL");
        var both = new Scope([new(home.Code, home.Code)], [post]);
        var viewer = new Viewer(connection, installation.Packs, tree, installation.WorkDate, both, null);
        ListHouseholds.Stream(viewer, tree.ByCode(0)!, new()).Count(r => r.HouseholdId == moved).ShouldBe(1);
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_read_in_an_address_is_passed_over(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var county = await console.As("county");
        var plain = Ids(await county.Get("/households"));
        foreach (
            var query in new[]
            {
                "status=nonsense",
                "members_from=abc",
                "income_from=much&income_to=1e9&year_end=17&unstated=all&overall=exempt&monitored=1",
                "members_to=-1",
                "sort=drop table",
                "after=x",
                "after=999999999999999999999999",
                "after=1",
                "registered=perhaps",
                "columns=none,at,all",
                "light=green",
                "unit=1;2",
            }
        )
        {
            var page = await county.Get($"/households?{query}");
            page.Status.ShouldBe(HttpStatusCode.OK, query);
            Ids(page).ShouldBe(plain, query);
        }
        var script = await county.Get("/households?head=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        script.Status.ShouldBe(HttpStatusCode.OK);
        script.Text.ShouldNotContain("<script>alert");
        script.Html.QuerySelector(".empty-note").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task Who_may_not_see_households_is_refused_and_elsewhere_does_not_exist(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        (await console.Nobody().Get("/households")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await (await console.As("admin")).Get("/households")).Status.ShouldBe(HttpStatusCode.Forbidden);
        var village = await console.As("village");
        var codes = cli.Tables.Query<long>("SELECT DISTINCT area_code FROM households ORDER BY area_code");
        (await village.Get($"/households?area={codes[1]}")).Status.ShouldBe(HttpStatusCode.NotFound);
        var own = Ids(await village.Get("/households"));
        own.ShouldNotBeEmpty();
        cli.Tables.Number($"SELECT count(*) FROM households WHERE id IN ({string.Join(", ", own)}) AND area_code <> {codes[0]}").ShouldBe(0);
        // A cursor from elsewhere tells nothing: the list begins at its first page.
        var foreign = cli.Tables.Number($"SELECT min(id) FROM households WHERE area_code = {codes[1]}");
        Ids(await village.Get($"/households?sort=income&after={foreign}")).ShouldBe(Ids(await village.Get("/households?sort=income")));
    }

    [Theory, BothEngines]
    public async Task A_cadre_sees_the_paired_households_and_no_other(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var cadre = await console.As("cadre");
        var ids = Ids(await cadre.Get("/households?total=1"));
        var post = cli.Tables.Query<long>(
            $"SELECT post_id FROM responsibilities WHERE household_id = {ids[0]} AND to_day IS NULL ORDER BY id LIMIT 1"
        )[0];
        ids.Order()
            .ToList()
            .ShouldBe(
                cli.Tables.Query<long>($"SELECT household_id FROM responsibilities WHERE post_id = {post} AND to_day IS NULL ORDER BY household_id")
            );
        (await cadre.Get("/households/export.csv")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, BothEngines]
    public async Task A_department_sees_its_trade_and_cannot_ask_about_others(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var housing = await console.As("housing");
        var page = await housing.Get("/households?columns=income,cause,labour,lights,number");
        page.Html.QuerySelectorAll("th")
            .Select(h => h.TextContent.Trim())
            .ShouldNotContain(t => t.Contains("收入") || t.Contains("原因") || t.Contains("劳动力"));
        page.Html.QuerySelectorAll("#f-indicator option").Length.ShouldBe(2);
        Ids(await housing.Get("/households?indicator=income&light=met")).ShouldBeEmpty();
        Ids(await housing.Get("/households?sort=income")).ShouldBe(Ids(await housing.Get("/households")));
        foreach (var asked in new[] { "cause=illness&labour_from=3", "income_from=99999999", "unstated=cause", "monitored=yes", "overall=unmet" })
            Ids(await housing.Get($"/households?{asked}")).ShouldBe(Ids(await housing.Get("/households")), asked);
        page.Html.QuerySelector("[name=income_from]").ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task Htmx_gets_the_rows_alone_and_chosen_columns_stay_in_the_links(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var county = await console.As("county");
        var part = await county.Get("/households?columns=number,members,helper&sort=-members", headers: ("HX-Request", "true"));
        part.Text.ShouldNotContain("<html");
        part.Html.QuerySelector("#rows")!.GetAttribute("data-status").ShouldNotBeNullOrEmpty();
        part.Html.QuerySelectorAll("thead th").Length.ShouldBe(4);
        var next = part.Html.QuerySelector("a[rel=next]")!.GetAttribute("href")!;
        next.ShouldContain("sort=-members");
        (await county.Get(next)).Html.QuerySelectorAll("#rows thead th").Length.ShouldBe(4);
        (await county.Get("/households")).Html.QuerySelectorAll(".lights .light").First().TextContent.ShouldMatch("[✓✗?○]");
    }

    [Theory, BothEngines]
    public async Task Every_filter_of_the_address_is_shown_kept_and_can_be_taken_away(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var unit = cli.Tables.Number("SELECT max(unit_id) FROM household_list WHERE unit_id IS NOT NULL AND status IN (3, 4)");
        var name = cli.Tables.Text($"SELECT name FROM units WHERE id = {unit}")!;
        var asked =
            $"standing=exited&registered=yes&members_from=1&unit={unit}&unit_name={Uri.EscapeDataString(name[..2])}&indicator=housing&light=met&sort=-members";
        var page = await county.Get($"/households?total=1&{asked}");
        var all = int.Parse(Total(page), CultureInfo.InvariantCulture);
        all.ShouldBeGreaterThan(0);
        page.Html.QuerySelectorAll("[data-filter]")
            .Select(c => c.GetAttribute("data-filter"))
            .ShouldBe(["registered", "standing", "indicator", "members_from", "unit", "unit_name"]);
        page.Html.QuerySelector("[data-filter=unit]")!.TextContent.ShouldContain(name);
        page.Html.QuerySelector("#f-standing option[selected]")!.GetAttribute("value").ShouldBe("exited");
        // What the form sends is what the address says: fields, and hidden ones within the part that htmx exchanges.
        var part = await county.Get($"/households?{asked}", headers: ("HX-Request", "true"));
        foreach (var rows in new[] { page.Html.QuerySelector("#rows")!, part.Html.QuerySelector("#rows")! })
        {
            rows.QuerySelector("input[form=household-filters][name=sort]")!.GetAttribute("value").ShouldBe("-members");
            rows.QuerySelector("input[form=household-filters][name=unit]")!.GetAttribute("value").ShouldBe($"{unit}");
        }
        page.Html.QuerySelector("#household-filters")!.GetAttribute("id").ShouldBe("household-filters");
        page.Html.QuerySelectorAll("#household-filters input[name=sort]").ShouldBeEmpty();
        // Without one of them there are no fewer, and the others stay.
        foreach (var chip in page.Html.QuerySelectorAll("[data-filter]"))
        {
            var wider = await county.Get(chip.GetAttribute("href") + "&total=1");
            int.Parse(Total(wider), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(all, chip.TextContent);
            wider.Html.QuerySelectorAll("[data-filter]").Length.ShouldBe(5, chip.TextContent);
            wider.Html.QuerySelector("#rows input[name=sort]")!.GetAttribute("value").ShouldBe("-members");
        }
    }

    [Theory, BothEngines]
    public async Task Units_and_helpers_are_asked_for_by_name(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var day = cli.Tables.Number("SELECT max(day) FROM household_list");
        var (helper, unit) = cli.Tables.Query<(string, string)>(
            $"SELECT p.holder_name, u.name FROM posts p JOIN units u ON u.id = p.unit_id JOIN responsibilities r ON r.post_id = p.id AND r.household_id IS NOT NULL WHERE r.from_day <= {day} AND (r.to_day IS NULL OR r.to_day > {day}) ORDER BY p.id LIMIT 1"
        )[0];
        string Paired(string whose) =>
            $"SELECT count(DISTINCT r.household_id) FROM responsibilities r LEFT JOIN posts p ON p.id = r.post_id LEFT JOIN units u ON u.id = coalesce(r.unit_id, p.unit_id) WHERE {whose} AND r.from_day <= {day} AND (r.to_day IS NULL OR r.to_day > {day})";
        foreach (
            var (query, whose) in new[]
            {
                ($"helper_name={Uri.EscapeDataString(helper)}", $"p.holder_name LIKE '%{helper}%'"),
                ($"unit_name={Uri.EscapeDataString(unit)}", $"u.name LIKE '%{unit}%'"),
            }
        )
            Total(await county.Get($"/households?total=1&{query}")).ShouldBe($"{cli.Tables.Number(Paired(whose))}", query);
        var housing = await console.As("housing");
        Total(await housing.Get($"/households?total=1&unit_name={Uri.EscapeDataString(unit)}"))
            .ShouldBe(Total(await housing.Get("/households?total=1")));
    }

    [Theory, BothEngines]
    public async Task A_file_holds_what_the_page_shows_guarded_and_audited(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute(
            "UPDATE household_list SET head_name = '=HYPERLINK(1)' WHERE household_id = (SELECT min(l.household_id) FROM household_list l)"
        );
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        const string asked = "registered=yes&sort=-income&columns=number,members,income,lights";
        var page = await county.Get($"/households?total=1&{asked}");
        var file = await county.Get($"/households/export.csv?{asked}");
        file.Status.ShouldBe(HttpStatusCode.OK);
        var lines = file.Text.Trim('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldContain("演示数据");
        lines[1].ShouldBe("户主,户编号,人口,人均纯收入（元）,指标");
        $"{lines.Length - 2}".ShouldBe(Total(page));
        lines[2].Split(',')[0].ShouldBe(page.Html.QuerySelector("td.cell-head a")!.TextContent.Trim());
        (await county.Get("/households/export.csv")).Text.ShouldContain("\"'=HYPERLINK(1)\"");
        var book = await county.Client.GetAsync(new Uri($"/households/export.xlsx?{asked}", UriKind.Relative), TestContext.Current.CancellationToken);
        book.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        (await book.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[..2].ShouldBe("PK"u8.ToArray());
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'households.export' AND user_id IS NOT NULL").ShouldBe(3);
        // The last file goes when the last byte is sent, which the reader may see first.
        bool Left() => Directory.EnumerateFiles(Path.Combine(cli.Folder, "exports")).Any();
        for (var i = 0; i < 100 && Left(); i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Left().ShouldBeFalse();
    }

    [Fact]
    public void A_page_runs_the_same_few_queries_whatever_it_shows()
    {
        var installation = installations.Shared(Engine.Sqlite, "township").Open();
        using var inner = installation.Store.OpenReader();
        using var counting = new CountingConnection(inner);
        var tree = AreaTree.Load(inner, installation.WorkDate);
        var viewer = new Viewer(counting, installation.Packs, tree, installation.WorkDate, Scope.Everything, null);
        int Queries(Action act)
        {
            counting.Commands = 0;
            act();
            return counting.Commands;
        }
        var county = tree.ByCode("530326")!;
        var page = ListHouseholds.Handle(viewer, county, new());
        page.Rows.Count.ShouldBe(ListHouseholds.PageSize);
        Queries(() => ListHouseholds.Handle(viewer, county, new())).ShouldBe(2);
        Queries(() =>
                ListHouseholds.Handle(
                    viewer,
                    county,
                    new()
                    {
                        Cursor = page.Next,
                        Sort = HouseholdSort.Income,
                        WithTotal = true,
                    }
                )
            )
            .ShouldBe(4);
        var briefs = page
            .Rows.Select(r => Queries(() => ShowHousehold.Handle(viewer, r.HouseholdId, null, null, Platform.Web.Language.Chinese)))
            .ToList();
        // A household under monitoring reads its episodes, their measures and what they are called.
        briefs.Max().ShouldBeLessThanOrEqualTo(33);
        (briefs.Max() - briefs.Min()).ShouldBeLessThan(20);
    }
}
