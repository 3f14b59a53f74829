using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class BrowsingStandards(Installations installations)
{
    [Theory, BothEngines]
    public async Task The_law_of_the_area_in_view_on_the_work_date_names_the_deciding_standard(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var page = await (await console.As("township")).Get("/standards");
        page.Status.ShouldBe(HttpStatusCode.OK);
        var deciding = page.Html.QuerySelectorAll(".law-card.decides h3").Select(h => h.TextContent.Trim()).ToList();
        deciding.ShouldContain("贫困人口退出 6 项(云南)");
        deciding.ShouldNotContain("贫困户退出(国家标准)");
        page.Html.QuerySelector(".law-card .tag-working").ShouldNotBeNull();
        page.Text.ShouldContain("2016-04-23");
    }

    [Theory, BothEngines]
    public async Task Another_province_and_another_day_have_another_law(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("village");
        var guangxi = await browser.Get("/standards?place=45&day=2019-05-01");
        guangxi.Html.QuerySelectorAll(".law-card.decides h3").Select(h => h.TextContent.Trim()).ShouldContain("贫困户脱贫 八有一超(广西)");
        var later = await browser.Get("/standards?place=530326&day=2021-01-01");
        later.Html.QuerySelectorAll(".law-card").ShouldBeEmpty();
        later.Html.QuerySelector(".empty-note").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task A_standard_shows_its_rules_and_a_number_all_its_entries(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("auditor");
        var standard = await browser.Get("/standards/yunnan.household-exit");
        standard.Html.QuerySelectorAll(".indicator").Length.ShouldBe(6);
        standard.Html.QuerySelector("#income pre")!.TextContent.ShouldContain("param(\"line.exit\")");
        var line = await browser.Get("/standards/parameters/line.exit");
        line.Html.QuerySelector("tr.in-force")!.TextContent.ShouldContain("3,747");
        line.Html.QuerySelectorAll("tbody tr").Length.ShouldBe(console.Cli.Open().Packs.Parameters["line.exit"].Values.Length);
        line.Html.QuerySelectorAll("svg.step-chart .chart-step").Length.ShouldBeGreaterThan(11);
        (await browser.Get("/standards/nothing-of-the-kind")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothEngines]
    public async Task Two_provinces_and_two_days_are_held_against_each_other(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("county");
        var provinces = await browser.Get("/standards/compare?a=530326&b=45&day=2019-05-01");
        provinces.Html.QuerySelectorAll("tr.differs").ShouldNotBeEmpty();
        var days = await browser.Get("/standards/compare?a=530326&b=530326&day=2019-05-01&day2=2020-05-01");
        var changed = days.Html.QuerySelectorAll("tr.differs").Select(r => r.TextContent).ToList();
        changed.ShouldContain(r => r.Contains("3,535") && r.Contains("3,747"));
        changed.ShouldNotContain(r => r.Contains("housing"));
    }

    [Theory, BothEngines]
    public async Task A_place_is_found_by_its_name_anywhere_and_what_is_none_is_said(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("village");
        var guangxi = await browser.Get("/standards?place=%E5%B9%BF%E8%A5%BF&day=2019-05-01");
        guangxi.Html.QuerySelectorAll(".law-card.decides h3").Select(h => h.TextContent.Trim()).ShouldContain("贫困户脱贫 八有一超(广西)");
        guangxi.Html.QuerySelector("main [role=alert]").ShouldBeNull();
        // What the field says finds the same place again.
        var again = guangxi.Html.QuerySelector("input[name=place]")!.GetAttribute("value")!;
        (await browser.Get($"/standards?place={Uri.EscapeDataString(again)}")).Html.QuerySelector(".lead")!.TextContent.ShouldContain("广西");
        var none = await browser.Get("/standards?place=%E6%B2%A1%E6%9C%89%E8%BF%99%E9%87%8C");
        none.Html.QuerySelector("main [role=alert]")!.TextContent.ShouldContain("没有这里");
        (await browser.Get("/standards?place=991234")).Html.QuerySelector("main [role=alert]").ShouldNotBeNull();
        (await browser.Get("/standards")).Html.QuerySelector("main [role=alert]").ShouldBeNull();
        var compared = await browser.Get("/standards/compare?a=%E4%BA%91%E5%8D%97&b=nowhere&day=2019-05-01");
        compared.Html.QuerySelectorAll("main [role=alert]").Select(a => a.TextContent).Single().ShouldContain("nowhere");
        // Several of one name: the others are offered.
        var tree = console.Cli.Open();
        using var connection = tree.Store.OpenReader();
        var areas = Platform.Areas.AreaTree.Load(connection, tree.WorkDate).All;
        var shared = areas.GroupBy(a => a.Name).First(g => g.Count() > 1);
        var several = await browser.Get($"/standards?place={Uri.EscapeDataString(shared.Key)}");
        several.Html.QuerySelectorAll("p[aria-label='也可能是'] a").Length.ShouldBeGreaterThanOrEqualTo(Math.Min(shared.Count() - 1, 12));
        several.Html.QuerySelector("input[name=place]")!.GetAttribute("value")!.Length.ShouldBe(12);
    }

    [Theory, BothEngines]
    public async Task A_bad_day_or_place_is_ignored(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("county");
        foreach (var address in new[] { "/standards?day=2020-13-45&place=zz", "/standards/compare?a=1&b='&day=x&day2=0000-00-00" })
            (await browser.Get(address)).Status.ShouldBe(HttpStatusCode.OK);
    }
}
