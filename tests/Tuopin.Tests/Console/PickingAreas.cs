using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class PickingAreas(Installations installations)
{
    [Theory, BothEngines]
    public async Task What_is_typed_is_gone_to_or_shown_without_script(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var county = await console.As("county");
        var picker = (await county.Get("/gaps")).Html.QuerySelector("form[action='/areas/pick']")!;
        // The button that Enter presses.
        picker.QuerySelector("button[type=submit]")!.GetAttribute("name").ShouldBeNull();
        var village = picker.QuerySelectorAll(".choices button").Last();
        var (code, name) = (village.GetAttribute("value")!, village.FirstChild!.TextContent.Trim());

        const string Here = "/gaps?result=unknown&area=530326&after=7";
        var gone = await county.Submit("/gaps", "/areas/pick", new() { ["q"] = code, ["return"] = Here });
        gone.Location.ShouldBe("/gaps?result=unknown");
        (await county.Get("/overview")).Html.QuerySelector(".area-picker summary")!.TextContent.ShouldContain(name);

        var several = await county.Submit("/gaps", "/areas/pick", new() { ["q"] = code[..6], ["return"] = Here });
        several.Status.ShouldBe(HttpStatusCode.OK);
        var shown = several.Html.QuerySelector("main form")!;
        shown.QuerySelectorAll("button[name=area]").Length.ShouldBeGreaterThan(1);
        shown.QuerySelector("input[name=return]")!.GetAttribute("value").ShouldBe("/gaps?result=unknown");
        (await county.Submit("/gaps", "/areas/pick", new() { ["q"] = "没有这个地方", ["return"] = Here })).Text.ShouldContain("没有符合的区域");
        (await county.Submit("/gaps", "/areas/pick", new() { ["q"] = "北京", ["return"] = Here })).Text.ShouldContain("没有符合的区域");
    }

    [Theory, BothEngines]
    public async Task The_menu_stays_where_a_link_led(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var county = await console.As("county");
        var picker = (await county.Get("/overview")).Html;
        var place = picker.QuerySelectorAll(".area-picker .choices button").First();
        var (code, name) = (place.GetAttribute("value")!, place.FirstChild!.TextContent.Trim());
        async Task<string> InView() => (await county.Get("/overview")).Html.QuerySelector(".area-picker summary")!.TextContent;

        // A part of a page, a file and the API remember nothing.
        await county.Get($"/gaps?area={code}", "*/*", ("HX-Request", "true"));
        await county.Get($"/gaps.xlsx?area={code}", "*/*");
        (await InView()).ShouldNotContain(name);
        (await county.Get($"/gaps?area={code}")).Status.ShouldBe(HttpStatusCode.OK);
        (await InView()).ShouldContain(name);
        (await county.Get("/gaps?area=110101")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await InView()).ShouldContain(name);
    }

    [Theory, BothEngines]
    public async Task Whoever_holds_households_alone_is_led_to_no_figures_of_areas(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var cadre = (await (await console.As("cadre")).Get("/households")).Html;
        foreach (var path in new[] { "/overview", "/gaps", "/what-if" })
            cadre.QuerySelector($"nav a[href='{path}']").ShouldBeNull(path);
        cadre.QuerySelector("nav a[href='/households']").ShouldNotBeNull();
        cadre.QuerySelector(".area-picker").ShouldBeNull();
        var village = (await (await console.As("village")).Get("/households")).Html;
        village.QuerySelector("nav a[href='/gaps']").ShouldNotBeNull();
        village.QuerySelector(".area-picker").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task What_is_missing_is_told_in_the_words_of_the_reader(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine, "township"));
        var county = await console.As("county");
        await county.Submit("/", "/preferences/language", new() { ["value"] = "en" });
        var rows = (await county.Get("/households?indicator=housing&light=unknown"))
            .Html.QuerySelectorAll("#rows a[href^='/households/']")
            .Select(a => a.GetAttribute("href")!);
        foreach (var path in rows.Distinct())
            if ((await county.Get(path)).Html.QuerySelectorAll(".missing") is { Length: > 0 } missing)
            {
                missing.ShouldAllBe(m => !m.TextContent.Contains('：') && !m.TextContent.Contains('('));
                // Names of people are what they are; the fact after them is told in English.
                missing.ShouldAllBe(m => m.TextContent.Any(char.IsAsciiLetter));
                return;
            }
        Assert.Fail("no household of the page misses a fact");
    }
}
