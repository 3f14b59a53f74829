using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Reports;

/// <summary>
/// The figures of a year are fixed after its end: each township confirms, the county closes, the report is sealed, the year takes no change any more, and what would be
/// another number later is told by computing it again.
/// </summary>
public sealed class ClosingAYear(Installations installations)
{
    private const string Round = "national.year-end";

    private static void OnDay(TuopinConsole console, string day)
    {
        console.Cli.Run("workdate", day).Done();
        console.Cli.Judge().Done();
    }

    private static void Refused(TuopinConsole.Page page, string code, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        page.Text.ShouldContain(code);
    }

    private static void Accepted(TuopinConsole.Page page) => page.Status.ShouldBe(HttpStatusCode.Redirect, page.Html.Body?.TextContent);

    [Theory, BothEngines]
    public async Task Townships_confirm_the_county_closes_and_the_year_is_sealed_and_shut(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        var (county, township, village) = (await console.As("county"), await console.As("township"), await console.As("village"));
        using var program = CallingTheApi.Client(console, "county", "OpenRound,RecordOutcome,ViewLists,ViewFigures,StateFigures");
        Refused(await Post(program, "/api/v1/year-ends", $$"""{"round":"{{Round}}"}"""), "round.not-its-time");
        Refused(await Post(program, "/api/v1/year-ends", """{"round":"national.cleaning"}"""), "round.unknown");
        (await village.Submit("/lists", "/year-ends", new() { ["round"] = Round })).Status.ShouldBe(HttpStatusCode.Forbidden);
        OnDay(console, "2020-01-20");
        var opened = await county.Press("/year-ends", "#open-year-end", ("round", Round));
        Accepted(opened);
        var (page, id) = (opened.Location!, long.Parse(opened.Location!.Split('/')[^1], CultureInfo.InvariantCulture));
        Refused(await Post(program, "/api/v1/year-ends", $$"""{"round":"{{Round}}"}"""), "round.there");
        (await county.Get("/year-ends/1")).Status.ShouldBe(HttpStatusCode.NotFound);
        // It is no round over households.
        (await county.Get($"/rounds/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/rounds")).Html.QuerySelector($"a[href='{page}']").ShouldNotBeNull();

        var own = console.Cli.Tables.Number("SELECT min(area_code) FROM households") / 1000 * 1000;
        var other = console.Cli.Tables.Number($"SELECT min(area_code) FROM round_subjects WHERE round_id = {id} AND area_code <> {own}");
        var places = console.Cli.Tables.Number($"SELECT count(*) FROM round_subjects WHERE round_id = {id}");
        // A township sees and confirms its own.
        (await township.Get(page))
            .Html.QuerySelectorAll("#places tbody tr")
            .Length.ShouldBe(1);
        (await Place(township, page, other, "confirmed")).Status.ShouldBe(HttpStatusCode.NotFound);
        Refused(await Place(township, page, own, "approved"), "round.no-outcome", HttpStatusCode.BadRequest);
        Accepted(await township.Press(page, ".confirm-place"));
        Refused(await Place(township, page, own, "returned", "再核"), "round.not-your-stage", HttpStatusCode.Forbidden);
        Refused(await Place(county, page, own, "returned", " "), "edit.reason", HttpStatusCode.BadRequest);
        Accepted(await Place(county, page, own, "returned", "与台账不符"));
        (await township.Get(page)).Html.QuerySelector("#places")!.TextContent.ShouldContain("与台账不符");
        Accepted(await township.Press(page, ".confirm-place"));

        Refused(await county.Press(page, "#close"), "round.not-yet");
        OnDay(console, "2020-03-02");
        Refused(await county.Press(page, "#close"), "round.unconfirmed");
        foreach (
            var code in console.Cli.Tables.Query<long>(
                $"SELECT area_code FROM round_subjects WHERE round_id = {id} AND coalesce(outcome, '') <> 'confirmed'"
            )
        )
            Accepted(await Place(county, page, code, "confirmed"));
        (await village.Submit("/lists", $"{page}/close", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        // One household exited in the year, and the record says it was another: it does not close unless that may be named.
        var gone = console.Query<long>(
            "SELECT household_id FROM household_statuses WHERE kind = 3 AND from_day BETWEEN 20190101 AND 20191231 ORDER BY household_id"
        )[0];
        console.Cli.Edit($"UPDATE household_statuses SET exit_year = 2017, change_id = CHANGE WHERE household_id = {gone} AND kind = 3");
        Refused(await county.Press(page, "#close"), "round.year-differs");
        Accepted(await county.Press(page, "#close", ("anyway", "yes")));
        Refused(await county.Submit("/lists", $"{page}/close", []), "round.over");
        Refused(await Place(county, page, own, "returned", "太晚了"), "round.over");

        var told = JsonDocument.Parse((await county.Get($"/api/v1{page}", "application/json")).Text).RootElement;
        long Of(string name) => told.GetProperty(name).GetInt64();
        (Of("start") + Of("in") - Of("out")).ShouldBe(Of("left"));
        (told.GetProperty("frozen").GetInt32(), told.GetProperty("places").GetArrayLength(), Of("differing")).ShouldBe((2019, (int)places, 1L));
        told.GetProperty("reconciles").GetBoolean().ShouldBeFalse();
        var names = (await county.Get(page)).Html.QuerySelector("#account a")!.GetAttribute("href")!;
        (await county.Get(names)).Html.QuerySelector($"a[href^='/households/{gone}']").ShouldNotBeNull();

        // Nothing of the year is stated or changed any more; the day after it is another year.
        Task<TuopinConsole.Page> State(string day) =>
            Post(program, "/api/v1/figures/funds_received/statements", $$"""{"area":"530326","day":"{{day}}","value":"5","source":"会议"}""");
        Refused(await State("2019-12-31"), "round.closed");
        Refused(await State("2019-01-01"), "round.closed");
        (await State("2020-01-01")).Status.ShouldBe(HttpStatusCode.Created);
        (await State("2018-12-31")).Status.ShouldBe(HttpStatusCode.Created);
        var sheet = Path.Combine(console.Cli.Folder, "demo-files", "household-exit-forms.csv");
        console.Cli.Run("import", sheet, "--data-date", "2019-11-01").Refused("import.rows-rejected", "已结束的一轮");

        // The report is sealed as of the last day and holds; a later correction is told by computing it again.
        var seal = Of("seal");
        (await county.Get($"/reports/sealed/{seal}")).Status.ShouldBe(HttpStatusCode.OK);
        (await county.Get(page)).Html.QuerySelector($"#sealed a[href='/reports/sealed/{seal}/recomputed']").ShouldNotBeNull();
        console.Cli.Run("report", "verify", $"{seal}").Done();
        console.Cli.Edit($"UPDATE household_statuses SET kind = 2, change_id = CHANGE WHERE household_id = {gone} AND kind = 3");
        var again = await county.Get($"/reports/sealed/{seal}/recomputed");
        again.Status.ShouldBe(HttpStatusCode.OK);
        again.Text.ShouldContain("剩余贫困");
        console.Cli.Run("report", "verify", $"{seal}").Done();
        console.Cli.Run("audit", "verify").Done();
    }

    private static Task<TuopinConsole.Page> Place(TuopinConsole.Browser browser, string page, long code, string outcome, string? reason = null) =>
        browser.Submit(
            "/lists",
            $"{page}/places",
            new()
            {
                ["area"] = $"{code:D12}",
                ["outcome"] = outcome,
                ["reason"] = reason ?? "",
            }
        );

    private static async Task<TuopinConsole.Page> Post(HttpClient client, string path, string json)
    {
        using var answer = await client.PostAsync(
            path,
            new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), null);
    }
}
