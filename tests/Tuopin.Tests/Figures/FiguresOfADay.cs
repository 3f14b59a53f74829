using System.Globalization;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>Numbers stand until they are counted again, say of which day they are, and what is unknown is no zero.</summary>
public sealed class FiguresOfADay(Installations installations)
{
    private const string Pinned = "DELETE FROM settings WHERE name = 'work_date'";

    [Theory, BothEngines]
    public async Task The_morning_after_a_judgement_its_numbers_stand_and_say_their_day(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        cli.Tables.Execute(Pinned);
        cli.Clock.Now = new(2020, 6, 12, 8, 0, 0, TimeSpan.Zero);
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        var evening = await (await console.As("township")).Get("/overview");
        Kpis(evening)[..3].ShouldAllBe(k => !k.StartsWith('0') && !k.StartsWith('?'));
        evening.Html.QuerySelector("[data-freshness]").ShouldBeNull();
        var (compared, home) = (Compared(await (await console.As("township")).Get("/compare")), Kpis(await (await console.As("township")).Get("/")));

        cli.Clock.Now += TimeSpan.FromDays(1);
        var browser = await console.As("township");
        var morning = await browser.Get("/overview");
        Kpis(morning).ShouldBe(Kpis(evening));
        Kpis(morning)[3].ShouldNotBe("0.00%");
        morning.Html.QuerySelector("[data-freshness=Stale]")!.TextContent.ShouldContain("2020-06-12");
        Kpis(await browser.Get("/")).ShouldBe(home);
        Compared(await browser.Get("/compare")).ShouldBe(compared);

        cli.Tables.Execute("DELETE FROM tallies");
        Kpis(await browser.Get("/overview")).ShouldAllBe(k => k == "?");
    }

    [Theory, BothEngines]
    public async Task A_household_without_members_leaves_the_persons_that_are_recorded(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var poor = cli.Tables.Number("SELECT max(household_id) FROM household_statuses WHERE kind IN (2, 5) AND to_day IS NULL");
        cli.Tables.Execute(
            $"""
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            UPDATE memberships SET to_day = 20200201, change_id = (SELECT max(id) FROM changes) WHERE household_id = {poor} AND to_day IS NULL
            """
        );
        var report = cli.Judge().Json;
        string Persons(string name) =>
            "≥ " + report.GetProperty(name).GetProperty("persons").GetInt64().ToString("N0", CultureInfo.InvariantCulture) + " 人";
        await using var console = await TuopinConsole.Over(cli);
        var page = await (await console.As("township")).Get("/overview");
        var notes = page.Html.QuerySelectorAll(".kpi-note").Select(n => n.TextContent.Trim()).ToList();
        notes[0].ShouldBe(Persons("registered"));
        notes[1].ShouldNotContain("≥");
        notes[2].ShouldBe(Persons("remaining"));
        var incidence = report.GetProperty("incidence");
        incidence.ValueKind.ShouldBe(JsonValueKind.Number);
        Kpis(page)[3].ShouldBe("≥ " + (incidence.GetDecimal() * 100).ToString("F2", CultureInfo.InvariantCulture) + "%");
    }

    [Theory, BothEngines]
    public async Task Nothing_unmet_nothing_judged_and_no_law_are_three_things(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using var console = await TuopinConsole.Over(cli);
        var browser = await console.As("county");
        cli.Tables.Execute("UPDATE area_counts SET unmet_households = 0, unknown_households = 0");
        var none = await browser.Get("/");
        none.Html.QuerySelector("[data-why]").ShouldBeNull();
        none.Text.ShouldContain("✓ 没有未达标的农户");

        cli.Tables.Execute("DELETE FROM area_counts; DELETE FROM settings WHERE name = 'judged'");
        await Says("NotJudged", "还没有判定");

        cli.Run("workdate", "2021-06-12").Done();
        cli.Judge().Done();
        await Says("NoStandard", "2021-06-12");

        async Task Says(string why, string text)
        {
            foreach (var path in new[] { "/", "/overview", "/gaps" })
            {
                var page = await browser.Get(path);
                page.Html.QuerySelector($"[data-why={why}]").ShouldNotBeNull(path).TextContent.ShouldContain(text, Case.Sensitive, path);
                page.Text.ShouldNotContain("✓ 没有");
            }
        }
    }

    [Theory, BothEngines]
    public async Task A_day_begins_at_midnight_in_China(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute(Pinned);
        cli.Clock.Now = new(2020, 6, 11, 17, 0, 0, TimeSpan.Zero);
        cli.Run("workdate").Done().Output.Trim().ShouldBe("2020-06-12");
        cli.Judge().Json.GetProperty("asOf").GetString().ShouldBe("2020-06-12");
        cli.Tables.Number("SELECT count(*) FROM household_list WHERE day <> 20200612").ShouldBe(0);
        await using var console = await TuopinConsole.Over(cli);
        (await (await console.As("county")).Get("/overview")).Html.QuerySelector(".top-day time")!.TextContent.ShouldBe("2020-06-12");
    }

    private static List<string> Kpis(TuopinConsole.Page page) =>
        [
            .. page
                .Html.QuerySelectorAll(".kpi-value")
                .Select(k => string.Join(' ', k.TextContent.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).Replace(" 户", "")),
        ];

    private static List<string> Compared(TuopinConsole.Page page) => [.. page.Html.QuerySelectorAll("td.num").Select(c => c.TextContent.Trim())];
}
