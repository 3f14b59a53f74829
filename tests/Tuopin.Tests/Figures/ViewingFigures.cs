using System.Globalization;
using System.IO.Compression;
using System.Net;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

public sealed partial class ViewingFigures(Installations installations)
{
    [Theory, BothEngines]
    public async Task The_overview_shows_what_the_judgement_reports(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var page = await (await console.As("county")).Get("/overview");
        page.Status.ShouldBe(HttpStatusCode.OK);
        var report = cli.Judge("--as-of", "2020-06-12").Json;
        var shown = page.Html.QuerySelectorAll(".kpi-value").Select(k => k.TextContent.Trim().Split(' ', '\n')[0]).ToList();
        string Households(string name) => report.GetProperty(name).GetProperty("households").GetInt64().ToString("N0", CultureInfo.InvariantCulture);
        shown[..3].ShouldBe([Households("registered"), Households("exited"), Households("remaining")]);
        page.Html.QuerySelectorAll(".verdict-row").Length.ShouldBe(6);
        var tiles = page.Html.QuerySelectorAll(".tile").ToList();
        tiles.ShouldNotBeEmpty();
        // A number opens to the names behind it, on the tiles, on the wall, and of the place itself.
        tiles.ShouldAllBe(t => t.ClassList.Contains("level-none") || t.GetAttribute("href")!.StartsWith("/households?area="));
        tiles.ShouldContain(t => t.GetAttribute("href")!.StartsWith("/households?area="));
        var wall = await (await console.As("county")).Get("/wall?step=0&pause=yes");
        wall.Html.QuerySelectorAll(".wall-verdicts a.verdict-unmet").Length.ShouldBe(6);
        var village = cli.Tables.Text("SELECT CAST(min(area_code) AS text) FROM households")!;
        var place = await (await console.As("county")).Get($"/overview?area={village}");
        var values = place.Html.QuerySelectorAll("td a.behind").Select(a => a.GetAttribute("href")!).ToList();
        values.ShouldContain(h => h.StartsWith($"/households?area={village}&standing=remaining"));
        foreach (var anchor in values.Where(h => h.StartsWith('#')))
            place.Html.QuerySelector(anchor.Replace(".", "\\.", StringComparison.Ordinal)).ShouldNotBeNull(anchor);
        values.ShouldContain(h => h.StartsWith('#'));
        page.Html.QuerySelectorAll("#t-years tbody tr").Length.ShouldBeGreaterThan(5);
    }

    [Theory, BothEngines]
    public async Task Gaps_add_up_to_what_the_command_line_lists(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var page = await (await console.As("county")).Get("/gaps");
        var listed = cli.Gaps("--by", "county")
            .Json.EnumerateArray()
            .Where(g => g.GetProperty("level").GetString() == "household" && g.GetProperty("standard").GetString() == "yunnan.household-exit")
            .ToDictionary(g => g.GetProperty("title").GetString()!, g => g.GetProperty("households").GetInt64());
        var heads = page.Html.QuerySelectorAll(".matrix thead th a").Select(h => h.TextContent).ToList();
        var totals = page.Html.QuerySelectorAll(".matrix tfoot td").Select(c => c.TextContent.Trim().Split(' ', '\n')[0]).ToList();
        foreach (var (title, total) in heads.Zip(totals))
            long.Parse(total, NumberStyles.AllowThousands, CultureInfo.InvariantCulture).ShouldBe(listed.GetValueOrDefault(title), title);
        listed.Values.Sum().ShouldBeGreaterThan(0);
    }

    [Theory, BothEngines]
    public async Task A_number_opens_to_as_many_names(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine, "township"));
        var browser = await console.As("county");
        foreach (var path in new[] { "/gaps", "/gaps?who=remaining", "/gaps?who=exited", "/gaps?who=unregistered&result=unknown" })
        foreach (var cell in (await browser.Get(path)).Html.QuerySelectorAll(".matrix tfoot td a").Take(2))
        {
            var names = await browser.Get(cell.GetAttribute("href") + "&total=1");
            names.Status.ShouldBe(HttpStatusCode.OK);
            names.Html.QuerySelector("#rows")!.GetAttribute("data-status")!.ShouldContain($" {cell.TextContent.Trim().Split(' ', '\n')[0]} ");
        }
    }

    [Theory, BothEngines]
    public async Task Every_linked_number_of_an_overview_opens_to_as_many_names(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var places = cli.Tables.Query<(long Village, long Code)>("SELECT DISTINCT village_id, area_code FROM households ORDER BY area_code");
        var (home, other) = (places[0], places[1]);
        long Unmet(long code, int kind) =>
            cli.Tables.Number(
                $"SELECT max(household_id) FROM household_list WHERE area_code = {code} AND place_code = area_code AND unmet <> 0 AND status = {kind}"
            );
        var (moved, removed) = (Unmet(other.Code, 3), Unmet(home.Code, 3));
        // One lives in the first village and is registered in another, one of the first was removed; neither is a number of the first village.
        cli.Tables.Execute(
            $"""
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE households SET living_village_id = {home.Village}, change_id = (SELECT max(id) FROM changes) WHERE id = {moved};
            UPDATE household_statuses SET kind = 6, change_id = (SELECT max(id) FROM changes) WHERE household_id = {removed} AND to_day IS NULL
            """
        );
        // The last village has a law of its own, with an indicator that has the name of another's.
        cli.Packs = Path.Combine(cli.Folder, "law");
        Directory.CreateDirectory(Path.Combine(cli.Packs, "standards"));
        await File.WriteAllTextAsync(
            Path.Combine(cli.Packs, "standards", "own.yaml"),
            $$"""
            standard: huize.own-exit
            version: 1
            level: household
            title: { zh: 一个村自己的标准, en: a village's own }
            area: "{{places[^1].Code:D12}}"
            in_force: { from: 2016-01-01, to: 2020-12-31 }
            status: working
            source: { title: "a village's own rule, for this test", grade: recall }
            indicators:
              - id: housing
                bit: 0
                title: { zh: 自己的住房标准, en: own rule of houses }
                department: housing
                counts: households
                met: "household.member_count >= 4"
                value: "household.member_count"
                limit: "4"
                unit: persons
                source: { title: "a village's own rule, for this test", grade: recall }
            """,
            TestContext.Current.CancellationToken
        );
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        var (village, county, city) = (await console.As("village"), await console.As("county"), await console.As("city"));
        (await village.Get("/households?indicator=housing&light=unmet&total=1")).Status.ShouldBe(HttpStatusCode.OK);
        await Opens(village, "/overview", 55);
        await Opens(county, $"/overview?area={other.Code:D12}", 55);
        await Opens(county, $"/overview?area={places[^1].Code:D12}", 25);
        await Opens(city, "/overview?area=5303", 60);
        await Opens(county, "/gaps?area=530326000000", 1);
        await Opens(county, $"/compare?area={places[0].Code / 1000:D9}", 6 * places.Count(p => p.Code / 1000 == places[0].Code / 1000));
    }

    [Theory, BothEngines]
    public async Task The_number_of_monitored_opens_to_as_many_names(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var homes = cli.Tables.Query<long>("SELECT id FROM households ORDER BY id LIMIT 3");
        // One is monitored and was removed from the register: it is counted all the same. The third is monitored no more.
        cli.Edit(
            $"INSERT INTO monitorings (id, household_id, from_day, change_id) VALUES (1, {homes[0]}, 20200301, CHANGE), (2, {homes[1]}, 20200301, CHANGE)",
            $"INSERT INTO monitorings (id, household_id, from_day, to_day, change_id) VALUES (3, {homes[2]}, 20200301, 20210101, CHANGE)",
            $"UPDATE household_statuses SET kind = 6, change_id = CHANGE WHERE household_id = {homes[0]} AND to_day IS NULL"
        );
        cli.Run("workdate", "2021-06-12").Done();
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var page = await county.Get("/overview");
        var monitored = cli.Tables.Number(
            "SELECT count(DISTINCT household_id) FROM monitorings WHERE from_day <= 20210612 AND (to_day IS NULL OR to_day > 20210612)"
        );
        page.Html.QuerySelector(".kpis a.kpi.grey .kpi-value")!.TextContent.Trim().ShouldStartWith($"{monitored} ");
        await Opens(county, "/overview", 15);
        // A department's list knows nothing of it.
        (await (await console.As("housing")).Get("/overview"))
            .Html.QuerySelector(".kpis a.kpi.grey")
            .ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task A_village_shows_its_own_facts_with_who_must_state_them_and_who_did(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var village = cli.Tables.Query<(long Id, long Code)>("SELECT DISTINCT village_id, area_code FROM households ORDER BY area_code")[0];
        cli.Edit(
            $"DELETE FROM village_years WHERE area_id = {village.Id}",
            $"INSERT INTO village_years (area_id, year, change_id, rural_population, clinic_standard, women) VALUES ({village.Id}, 2020, CHANGE, 1234, {(engine == Engine.Sqlite ? "1" : "true")}, 600)",
            $"INSERT INTO village_years (area_id, year, change_id, rural_population) VALUES ({village.Id}, 2018, CHANGE, 1100)"
        );
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        var browser = await console.As("village");
        var page = await browser.Get("/overview");
        string Row(TuopinConsole.Page of, string fact) =>
            string.Join(
                ' ',
                of.Html.QuerySelectorAll("#own-facts tbody tr")
                    .Single(r => r.QuerySelector("th")!.TextContent == fact)
                    .QuerySelectorAll("td")
                    .Select(c => c.TextContent.Trim())
            );
        Row(page, "总人口(户籍农业人口)").ShouldMatch("^1,234 人.* 2020 .*村.* 2020-06-12 贫困发生率");
        Row(page, "村级集体经济收入(万元)").ShouldMatch("^\\? 不明 2020 .* 无人提供 .*集体经济");
        Row(page, "妇女人口").ShouldStartWith("600");
        page.Html.QuerySelectorAll("main section.panel td").ShouldContain(c => c.TextContent.Contains("还缺：村级集体经济收入"));
        page.Html.QuerySelector("#own-facts .note").ShouldBeNull();
        // Of another day the facts are those of its years, and the page says its day.
        page.Html.QuerySelector("#moment").ShouldBeNull();
        var then = await browser.Get("/overview?asOf=2018.7.1");
        Row(then, "总人口(户籍农业人口)").ShouldStartWith("1,100");
        then.Html.QuerySelector("#moment")!.TextContent.ShouldContain("2018-07-01");
        (await browser.Get("/overview?asOf=nonsense")).Status.ShouldBe(HttpStatusCode.BadRequest);
        // A department reads the facts of its trade.
        var housing = await (await console.As("housing")).Get($"/overview?area={village.Code:D12}");
        housing.Html.QuerySelectorAll("#own-facts tbody tr").ShouldAllBe(r => r.TextContent.Contains("住建"));
    }

    private static async Task Opens(TuopinConsole.Browser browser, string path, int most)
    {
        var page = await browser.Get(path);
        page.Status.ShouldBe(HttpStatusCode.OK, path);
        var links = page.Html.QuerySelectorAll("main a[href^='/households?']:not(.rate)").ToList();
        links.Count.ShouldBeGreaterThanOrEqualTo(most, path);
        foreach (var link in links)
        {
            var number = Number().Match((link.QuerySelector(".kpi-value") ?? link).TextContent).Value;
            var names = await browser.Get(link.GetAttribute("href") + "&total=1");
            names.Html.QuerySelector("#rows")!.GetAttribute("data-status").ShouldBe($"共 {number} 户", $"{path} {link.GetAttribute("href")}");
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\d[\d,]*")]
    private static partial System.Text.RegularExpressions.Regex Number();

    [Theory, BothEngines]
    public async Task A_user_sees_figures_of_no_area_but_his_own(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine, "township"));
        var browser = await console.As("village");
        foreach (var path in new[] { "/overview", "/compare", "/gaps", "/wall", "/gaps.xlsx", "/what-if" })
        {
            (await browser.Get(path)).Status.ShouldBe(HttpStatusCode.OK, path);
            (await browser.Get($"{path}?area=530326")).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }
        (await (await console.As("admin")).Get("/overview")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, BothEngines]
    public async Task A_department_sees_the_indicators_of_its_trade(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine, "township"));
        var browser = await console.As("housing");
        (await browser.Get("/gaps")).Html.QuerySelectorAll(".matrix thead th.num").Length.ShouldBe(1);
        (await browser.Get("/overview")).Html.QuerySelectorAll(".verdict-row").Length.ShouldBe(1);
        (await browser.Get("/")).Html.QuerySelectorAll(".todo").ShouldAllBe(t => !t.TextContent.Contains("医疗"));
    }

    [Theory, BothEngines]
    public async Task The_gap_workbook_is_audited(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using var console = await TuopinConsole.Over(cli);
        var browser = await console.As("village");
        using var answer = await browser.Client.GetAsync("/gaps.xlsx", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var workbook = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        workbook.GetEntry("xl/worksheets/sheet1.xml").ShouldNotBeNull();
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'figures.export-gaps'").ShouldBe(1);
    }

    [Theory, BothEngines]
    public async Task The_gap_workbook_has_all_that_the_page_shows(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        const string asked = "who=remaining&indicator=yunnan.household-exit/housing";
        // The link stands in the part that is exchanged, with all that was asked.
        var part = await county.Get($"/gaps?{asked}&result=unknown", headers: ("HX-Request", "true"));
        part.Html.QuerySelector("#gaps #gaps-file")!.GetAttribute("href")!.ShouldContain("&result=unknown&who=remaining");
        var page = await county.Get($"/gaps?{asked}");
        var link = page.Html.QuerySelector("#gaps-file")!.GetAttribute("href")!;
        link.ShouldContain("indicator=yunnan.household-exit/housing");
        var path = Path.Combine(cli.Folder, "gaps.xlsx");
        await File.WriteAllBytesAsync(
            path,
            await county.Client.GetByteArrayAsync(new Uri(link, UriKind.Relative), TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );
        var sheets = SheetReader.Sheets(path);
        sheets.Count.ShouldBe(3);
        var (matrix, units, places) = (Rows(path, sheets[0]), Rows(path, sheets[1]), Rows(path, sheets[2]));
        string Cell(string name) =>
            page.Html.QuerySelectorAll(".matrix tfoot td").First(c => c.GetAttribute("data-label") == name).TextContent.Trim();
        var standard = cli.Open().Packs.Standards.First(s => s.Id == "yunnan.household-exit");
        var title = standard.Indicators.First(i => i.Id == "housing").Title.Zh;
        var housing = matrix.Last(r => r[2] == standard.Title.Zh && r[4] == title);
        Cell(housing[4]).Split(' ', '\n')[0].ShouldBe(housing[6]);
        housing[13].ShouldBe("未脱贫");
        units.Count.ShouldBeGreaterThan(1);
        units[1..].Sum(r => long.Parse(r[3], CultureInfo.InvariantCulture)).ShouldBe(long.Parse(housing[6], CultureInfo.InvariantCulture));
        places[1..].ShouldContain(r => r[6] == "未达标" || r[6] == "不明");
        // Who is named on the page can be opened.
        page.Html.QuerySelectorAll("#gaps tbody th a[href^='/units/']").ShouldNotBeEmpty();
        (await (await console.As("housing")).Get("/gaps?indicator=yunnan.household-exit/housing"))
            .Html.QuerySelectorAll("a[href^='/units/']")
            .ShouldBeEmpty();
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'figures.export-gaps'")!
            .ShouldContain("remaining yunnan.household-exit/housing");
    }

    private static List<string[]> Rows(string path, string sheet)
    {
        using var reader = SheetReader.Open(path, sheet);
        var rows = new List<string[]>();
        reader.StartAfter(0);
        while (reader.Read())
            rows.Add(reader.Row.ToStrings());
        return rows;
    }

    [Theory, BothEngines]
    public async Task Invented_polygons_become_a_map(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var village = cli.Tables.Number("SELECT min(area_code) FROM households");
        var file = Path.Combine(cli.Folder, "outlines.json");
        await File.WriteAllTextAsync(
            file,
            $$$"""
            {"type":"FeatureCollection","features":[
              {"type":"Feature","properties":{"code":"{{{village:D12}}}"},"geometry":{"type":"Polygon","coordinates":[[[103.1,26.1],[103.2,26.1],[103.2,26.2],[103.1,26.2],[103.1,26.1]]]}},
              {"type":"Feature","properties":{"code":"999999999999"},"geometry":{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}}]}
            """,
            TestContext.Current.CancellationToken
        );
        var loaded = cli.Run("areas", "boundaries", file, "--json");
        loaded.Json.GetProperty("loaded").GetInt32().ShouldBe(1);
        loaded.Json.GetProperty("refused").GetArrayLength().ShouldBe(1);
        await using var console = await TuopinConsole.Over(cli);
        var map = (await (await console.As("township")).Get("/overview")).Html.QuerySelectorAll(".area-map path");
        map.Length.ShouldBe(1);
        map[0].GetAttribute("d")!.ShouldStartWith("M");
        // A county draws its townships where it has them, and the villages when asked.
        var township = village / 1000 * 1000;
        await File.WriteAllTextAsync(
            file,
            $$$"""
            {"type":"FeatureCollection","features":[
              {"type":"Feature","properties":{"code":"{{{township:D12}}}"},"geometry":{"type":"Polygon","coordinates":[[[103.0,26.0],[103.3,26.0],[103.3,26.3],[103.0,26.3],[103.0,26.0]]]}}]}
            """,
            TestContext.Current.CancellationToken
        );
        cli.Run("areas", "boundaries", file).Done();
        var county = await console.As("county");
        var coarse = await county.Get("/overview?area=530326");
        coarse.Html.QuerySelectorAll(".area-map[data-roving] a.place").Single().GetAttribute("href")!.ShouldEndWith($"{township:D12}");
        var fine = await county.Get(coarse.Html.QuerySelector("#map-level")!.GetAttribute("href")!);
        fine.Html.QuerySelectorAll(".area-map a.place").Single().GetAttribute("href")!.ShouldEndWith($"{village:D12}");
        fine.Html.QuerySelector("#map-level").ShouldNotBeNull();
        await File.WriteAllTextAsync(file, "{ not json", TestContext.Current.CancellationToken);
        cli.Run("areas", "boundaries", file).Code.ShouldNotBe(0);
    }

    [Theory, BothEngines]
    public async Task The_wall_goes_round_and_its_parts_are_parts(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine, "township"));
        var browser = await console.As("county");
        var wall = await browser.Get("/wall?step=1");
        wall.Html.QuerySelector("#wall")!.GetAttribute("hx-get")!.ShouldEndWith("step=2");
        var part = await browser.Get("/wall?step=2", headers: ("HX-Request", "true"));
        part.Text.ShouldNotContain("<html");
        part.Html.QuerySelector(".matrix").ShouldNotBeNull();
        (await browser.Get("/wall?step=1&pause=yes")).Html.QuerySelector("#wall")!.GetAttribute("hx-get").ShouldBeNull();
    }
}
