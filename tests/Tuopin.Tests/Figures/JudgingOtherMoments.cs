using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>Pages, lists and figures of another moment are what was judged then; what is large is judged once, by a job, and kept.</summary>
public sealed class JudgingOtherMoments(Installations installations)
{
    private const string Figures =
        "/api/v1/figures?name=judged_households,unmet_share,at_risk_households,missed_households,housing_gap_persons,registered_households";

    private static readonly string[] Told = ["/api/v1/overview?", "/api/v1/gaps?", "/api/v1/gaps?result=unknown&who=remaining", "/api/v1/compare?"];

    [Theory, BothEngines]
    public async Task What_a_day_and_what_was_known_come_to_is_what_was_told_on_that_day(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var known = Stamp(cli);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        // Where all who are held live: that is what was judged and stored.
        const string here = "&area=530326002";
        var before = await All(county, here);
        var gap = await Gap(county, "");
        ((long)gap.Names.Count).ShouldBe(gap.Households);
        var file = (await county.Get($"/households/export.csv?{gap.Query}", "*/*")).Text;

        // The day goes on, and a household leaves the register: of that day as known then nothing is another.
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        cli.Edit(
            $"UPDATE household_statuses SET kind = 6, change_id = CHANGE WHERE household_id = {gap.Names[0]} AND to_day IS NULL",
            $"UPDATE dwellings SET grade = 1, change_id = CHANGE WHERE id IN (SELECT dwelling_id FROM residences WHERE household_id = {gap.Names[^1]} AND to_day IS NULL)"
        );
        cli.Run("workdate", "2020-08-03").Done();
        cli.Judge().Done();
        county = await console.As("county");
        var then = $"&asOf=2020-06-12&knownAt={known}";
        (await All(county, here + then)).ShouldBe(before);
        var again = await Gap(county, then);
        again.Names.ShouldBe(gap.Names);
        (await county.Get($"/households/export.csv?{gap.Query}{then}", "*/*")).Text.ShouldBe(file);
        // Known today that day is another, and so is today.
        var corrected = await Gap(county, "&asOf=2020-06-12");
        corrected.Names.ShouldNotContain(gap.Names[0]);
        (await All(county, $"{here}&asOf=2020-06-12")).ShouldNotBe(before);
        // Who makes the difference, and why: the status that was taken away, the grade that was corrected.
        var moved = JsonDocument
            .Parse(
                (
                    await county.Get(
                        $"/api/v1/figures/housing_gap_households/between/names?from=2020-06-12&to=2020-06-12&knownFrom={known}",
                        "application/json"
                    )
                ).Text
            )
            .RootElement.GetProperty("subjects")
            .EnumerateArray()
            .ToDictionary(s => s.GetProperty("household").GetInt64());
        moved.Keys.Order().ShouldBe(gap.Names.Except(corrected.Names).Order());
        foreach (var (household, fact) in new[] { (gap.Names[0], "household_status.kind"), (gap.Names[^1], "dwelling.grade") })
        {
            moved[household].GetProperty("way").GetString().ShouldBe("left");
            moved[household].GetProperty("causes").EnumerateArray().Select(c => c.GetProperty("fact").GetString()).ShouldContain(fact);
        }

        // Every page says its day, keeps it from page to page, and leads back.
        foreach (var path in new[] { "/overview?", "/gaps?", "/compare?", $"/households?{gap.Query}" })
        {
            var page = await county.Get($"{path}{then}");
            page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
            var note = page.Html.QuerySelector("#moment").ShouldNotBeNull(path);
            note.TextContent.ShouldContain("2020-06-12");
            note.QuerySelector("a")!.GetAttribute("href")!.ShouldNotContain("asOf");
            (await county.Get(path)).Html.QuerySelector("#moment").ShouldBeNull(path);
        }
        (await county.Get($"/overview?{then}")).Html.QuerySelectorAll("a.kpi").ShouldAllBe(a => a.GetAttribute("href")!.Contains("asOf=2020-06-12"));
        (await county.Get($"/gaps.xlsx?{then}", "*/*")).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/overview", "/gaps", "/compare", "/households", "/api/v1/gaps" })
            (await county.Get($"{path}?asOf=gestern")).Status.ShouldBe(HttpStatusCode.BadRequest, path);
        (await (await console.As("village")).Get("/overview?area=530322&asOf=2019-12-31")).Status.ShouldBe(HttpStatusCode.NotFound);
        // A department sees its trade alone, of whatever day.
        var trade = (await (await console.As("housing")).Get("/gaps?asOf=2019-12-31")).Html.QuerySelectorAll("table.matrix thead th.num a");
        trade.Select(a => a.TextContent).ShouldBe(["有安全稳固住房"]);
        cli.Tables.Number("SELECT count(*) FROM judgements").ShouldBe(0);
    }

    [Theory, BothEngines]
    public async Task A_large_area_is_judged_for_a_day_by_a_job_and_kept(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        const string day = "&asOf=2019-12-31";
        var small = await All(county, day);
        cli.Tables.Execute("INSERT INTO settings (name, value) VALUES ('judge_at_once', '5')");

        // Nobody is kept waiting: the page says so, the API refuses, a figure has no number.
        var page = await county.Get("/overview?asOf=2019-12-31");
        page.Html.QuerySelector("#not-judged")!.TextContent.ShouldContain("2019-12-31");
        var refused = await county.Get("/api/v1/gaps?asOf=2019-12-31", "application/json");
        (refused.Status, refused.Text.Contains("judgement.none")).ShouldBe((HttpStatusCode.Conflict, true));
        (await county.Get("/figures/judged_households?asOf=2019-12-31")).Html.QuerySelector("#not-kept form").ShouldNotBeNull();

        var asked = await county.Press("/overview?asOf=2019-12-31", "#not-judged form");
        asked.Status.ShouldBe(HttpStatusCode.Redirect, asked.Text);
        (await county.Settled(asked.Location!)).Text.ShouldContain("job-done");
        (await All(county, day)).ShouldBe(small);
        // Those beneath are answered from it, each with its own; and of the same state once is enough.
        (await (await console.As("township")).Get("/overview?asOf=2019-12-31"))
            .Html.QuerySelector("#moment")
            .ShouldNotBeNull();
        cli.Run("judge", "--as-of", "2019-12-31", "--keep", "--area", "530326").Done();
        cli.Tables.Number("SELECT count(*) FROM judgements").ShouldBe(1);

        // Something is recorded: figures wait for another judgement, pages say what they stand on; as known then it answers as before.
        var known = Stamp(cli);
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        var household = cli.Tables.Number("SELECT min(household_id) FROM household_list WHERE registered = 1");
        cli.Edit($"UPDATE household_statuses SET kind = 6, change_id = CHANGE WHERE household_id = {household} AND to_day IS NULL");
        (await county.Get("/figures/judged_households?asOf=2019-12-31")).Html.QuerySelector("#not-kept form").ShouldNotBeNull();
        (await county.Get("/overview?asOf=2019-12-31")).Html.QuerySelector("#moment form").ShouldNotBeNull();
        (await All(county, $"{day}&knownAt={known}")).ShouldBe(small);

        // Listed to whose area it is; removed by who asked or may judge.
        var id = cli.Tables.Number("SELECT id FROM judgements");
        (await county.Get("/judgements")).Html.QuerySelector($"#judgements tr[data-judgement='{id}'] form").ShouldNotBeNull();
        var province = await console.As("province");
        (await province.Get("/judgements")).Html.QuerySelector($"#judgements tr[data-judgement='{id}']")!.QuerySelector("form").ShouldBeNull();
        (await (await console.As("village")).Get("/judgements")).Html.QuerySelector("#judgements").ShouldBeNull();
        using (var client = CallingTheApi.Client(console, "province", "ViewFigures"))
            (await client.PostAsync($"/api/v1/judgements/{id}/remove", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
                HttpStatusCode.Forbidden
            );
        using (var client = CallingTheApi.Client(console, "village", "ViewFigures"))
        {
            (await client.PostAsync($"/api/v1/judgements/{id}/remove", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
                HttpStatusCode.NotFound
            );
            (
                await client.PostAsync("/api/v1/judgements?area=530322&asOf=2019-12-31", null, TestContext.Current.CancellationToken)
            ).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsync("/api/v1/judgements?asOf=gestern", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
                HttpStatusCode.BadRequest
            );
        }
        (await (await console.As("admin")).Get("/judgements")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await county.Press("/judgements", $"tr[data-judgement='{id}'] form")).Status.ShouldBe(HttpStatusCode.Redirect);
        foreach (
            var table in new[]
            {
                "judgements",
                "judgement_verdicts",
                "judgement_tallies",
                "judgement_household_list",
                "judgement_area_counts",
                "judgement_area_figures",
            }
        )
            cli.Tables.Number($"SELECT count(*) FROM {table}").ShouldBe(0, table);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action IN ('standards.judge-moment', 'standards.remove-judgement')").ShouldBe(2);
        (await county.Get("/overview?asOf=2019-12-31")).Html.QuerySelector("#not-judged").ShouldNotBeNull();
    }

    private static string Stamp(TuopinCli cli) => cli.Clock.Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    // What pages and figures tell of a moment, without how fresh it is.
    private static async Task<List<string>> All(TuopinConsole.Browser browser, string at)
    {
        var all = new List<string>();
        foreach (var path in Told.Append(Figures))
        {
            var told = await browser.Get($"{path}{at}", "application/json");
            told.Status.ShouldBe(HttpStatusCode.OK, $"{path}{at} {told.Text}");
            all.Add(
                string.Join(
                    '\n',
                    JsonDocument
                        .Parse(told.Text)
                        .RootElement.EnumerateObject()
                        .Where(p => p.Name is not ("freshness" or "day" or "countedOn" or "knownAt"))
                        .Select(p => $"{p.Name}: {p.Value.GetRawText()}")
                )
            );
        }
        return all;
    }

    // The cell of the total with most households, and who they are.
    private static async Task<(long Households, string Query, List<long> Names)> Gap(TuopinConsole.Browser browser, string at)
    {
        var gaps = JsonDocument.Parse((await browser.Get($"/api/v1/gaps?{at}", "application/json")).Text).RootElement;
        var cells = gaps.GetProperty("total").GetProperty("cells").EnumerateArray().ToList();
        var (cell, column) = cells
            .Zip(gaps.GetProperty("columns").EnumerateArray())
            .Where(c => c.First.ValueKind == JsonValueKind.Object && c.Second.GetProperty("indicator").GetString()!.Contains("housing"))
            .MaxBy(c => c.First.GetProperty("households").GetInt64());
        var query =
            $"standard={column.GetProperty("standard").GetString()}&indicator={column.GetProperty("indicator").GetString()}&light=unmet&counted=yes";
        var (names, next) = (new List<long>(), "");
        do
        {
            var told = JsonDocument.Parse((await browser.Get($"/api/v1/households?{query}{at}{next}", "application/json")).Text).RootElement;
            names.AddRange(told.GetProperty("households").EnumerateArray().Select(h => h.GetProperty("id").GetInt64()));
            next = told.GetProperty("next") is { ValueKind: JsonValueKind.Number } after ? $"&after={after.GetInt64()}" : "";
        } while (next.Length > 0);
        return (cell.GetProperty("households").GetInt64(), query, names);
    }
}
