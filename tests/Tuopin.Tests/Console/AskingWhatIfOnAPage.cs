using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class AskingWhatIfOnAPage(Installations installations)
{
    [Theory, BothEngines]
    public async Task The_page_answers_what_the_command_line_answers(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var asked = cli.WhatIf("--overlay", "all-insured", "--set", "line.exit=4500").Json;
        var county = await (await console.As("county")).Get("/what-if?area=530326&overlay=all-insured&set.line.exit=4500");
        Shown(county, 0).ShouldBe(asked.GetProperty("whatIf").GetProperty("canExit").GetProperty("households").GetInt64());
        Shown(await (await console.As("county")).Get("/what-if?area=530326"), 0)
            .ShouldBe(asked.GetProperty("now").GetProperty("canExit").GetProperty("households").GetInt64());
    }

    [Theory, BothEngines]
    public async Task A_rate_over_some_of_the_villages_is_none_and_there_is_none_after_2020(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        decimal? Incidence() =>
            cli.WhatIf("--overlay", "all-insured").Json.GetProperty("now").GetProperty("incidence") is { ValueKind: JsonValueKind.Number } rate
                ? rate.GetDecimal()
                : null;
        Incidence().ShouldNotBeNull();
        await using var console = await TuopinConsole.Over(cli);
        var browser = await console.As("township");
        string Shown(TuopinConsole.Page page) => page.Html.QuerySelectorAll("#answer .kpi-value")[1].TextContent.Trim();
        Shown(await browser.Get("/what-if")).ShouldEndWith("%");
        cli.Tables.Execute(
            """
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE village_years SET rural_population = NULL, change_id = (SELECT max(id) FROM changes)
            WHERE area_id = (SELECT min(village_id) FROM households)
            """
        );
        Incidence().ShouldBeNull();
        cli.Judge().Json.GetProperty("incidence").ValueKind.ShouldBe(JsonValueKind.Null);
        // What is kept in memory is of the last change that was recorded.
        await using var again = await TuopinConsole.Over(cli);
        browser = await again.As("township");
        Shown(await browser.Get("/what-if")).ShouldBe("?");
        cli.Run("workdate", "2021-06-12").Done();
        var later = await browser.Get("/what-if");
        later.Html.QuerySelector("#answer .kpi").ShouldBeNull();
        later.Text.ShouldContain("止于 2020 年底");
        Incidence().ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task A_dragged_slider_gets_the_part_and_a_short_address_to_share(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("township");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/what-if?set.line.exit=4100&set.education.compulsory_age_from=6");
        request.Headers.Add("HX-Request", "true");
        using var answer = await browser.Client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var address = answer.Headers.GetValues("HX-Replace-Url").Single();
        address.ShouldEndWith("&set.line.exit=4100");
        var part = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        part.ShouldNotContain("<html");
        (await browser.Get(address)).Html.QuerySelector("#s-line-exit")!.GetAttribute("value").ShouldBe("4100");
    }

    [Theory, BothEngines]
    public async Task Nothing_is_written_and_elsewhere_is_not_found(Engine engine)
    {
        var cli = installations.Shared(engine);
        await using var console = await TuopinConsole.Over(cli);
        var before = cli.Tables.Number("SELECT count(*) FROM audit_entries") + cli.Tables.Number("SELECT count(*) FROM changes");
        var browser = await console.As("township");
        await browser.Get("/what-if?overlay=water-safe");
        (cli.Tables.Number("SELECT count(*) FROM audit_entries") + cli.Tables.Number("SELECT count(*) FROM changes")).ShouldBe(before);
        (await browser.Get("/what-if?area=530326")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await browser.Get("/what-if?area=110101")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothEngines]
    public async Task What_an_address_cannot_mean_is_ignored(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var browser = await console.As("county");
        foreach (var bad in new[] { "set.line.exit=many", "set.line.exit=99999999999999999999", "overlay=none", "set.nothing=1", "set.line.exit=" })
            (await browser.Get("/what-if?" + bad)).Status.ShouldBe(HttpStatusCode.OK, bad);
        (await (await console.As("cadre")).Get("/what-if")).Html.QuerySelector(".empty").ShouldNotBeNull();
    }

    private static long Shown(TuopinConsole.Page page, int kpi) =>
        long.Parse(
            page.Html.QuerySelectorAll(".kpi-value")[kpi].TextContent.Trim().Split(' ', '\n')[0],
            NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture
        );
}
