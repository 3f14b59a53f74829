using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// A round over all registered households: opened in its window with a frozen list, recorded household by household, fed from the registry, and closed with
/// an account that reconciles; then nothing is changed in its days any more.
/// </summary>
public sealed class RunningRounds(Installations installations)
{
    private static void Refused(TuopinConsole.Page page, string code, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        page.Text.ShouldContain(code);
    }

    private static void Accepted(TuopinConsole.Page page) => page.Status.ShouldBe(HttpStatusCode.Redirect, page.Html.Body?.TextContent);

    private static async Task<string> Open(TuopinConsole.Browser county, string round = "national.cleaning")
    {
        var answer = await county.Press("/rounds", "#open-round", ("round", round));
        Accepted(answer);
        return answer.Location!;
    }

    private static List<string> Numbers(TuopinConsole console, string where) =>
        console.Cli.Tables.Query<string>(
            $"SELECT l.number FROM household_list l WHERE l.place_code = l.area_code AND l.registered = 1 AND {where} ORDER BY l.household_id"
        );

    private static Task<TuopinConsole.Page> Record(TuopinConsole.Browser browser, string round, string outcome, params string[] numbers) =>
        browser.Press($"{round}", "#record", ("outcome", outcome), ("numbers", string.Join('\n', numbers)), ("reason", "入户核查"));

    private static void OnDay(TuopinConsole console, string day)
    {
        console.Cli.Run("workdate", day).Done();
        console.Cli.Judge().Done();
    }

    [Theory, BothEngines]
    public async Task Opened_recorded_fed_and_closed_it_reconciles_and_its_days_are_closed(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        var (county, township, village) = (await console.As("county"), await console.As("township"), await console.As("village"));
        Refused(await county.Press("/rounds", "#open-round", ("round", "national.dynamic-adjustment")), "round.not-its-time");
        Refused(await county.Press("/rounds", "#open-round", ("round", "national.nothing")), "round.unknown");
        (await village.Submit("/rounds", "/rounds", new() { ["round"] = "national.cleaning" })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("cadre")).Get("/rounds")).Status.ShouldBe(HttpStatusCode.Forbidden);
        var round = await Open(county);
        var id = long.Parse(round.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var token = (await county.Get("/lists")).Html.QuerySelector("input[name=__RequestVerificationToken]")?.GetAttribute("value");
        (
            await county.Post(
                "/rounds",
                new()
                {
                    ["round"] = "national.cleaning",
                    ["area"] = "530326",
                    ["__RequestVerificationToken"] = token ?? "",
                }
            )
        ).Text.ShouldContain("round.there");
        (await county.Get("/rounds/1")).Status.ShouldBe(HttpStatusCode.NotFound);

        // The list is what the registry said at the opening, and stays.
        var registered = console.Cli.Tables.Number("SELECT count(*) FROM household_list WHERE registered = 1 AND place_code = area_code");
        console.Cli.Tables.Number($"SELECT count(*) FROM round_subjects WHERE round_id = {id}").ShouldBe(registered);
        var remaining = Numbers(console, "l.status = 2");
        var exited = Numbers(console, "l.status = 3");

        // Bad input, and what is not the recorder's.
        Refused(await Record(village, round, "right"), "round.nobody", HttpStatusCode.BadRequest);
        Refused(await Record(village, round, "nothing", remaining[0]), "round.no-outcome", HttpStatusCode.BadRequest);
        Refused(await Record(village, round, "new", remaining[0]), "round.no-outcome", HttpStatusCode.BadRequest);
        Refused(await Record(village, round, "right", "没有这户"), "round.not-on-list");
        Refused(await Record(village, round, "reversed", remaining[0]), "round.other-status");
        Refused(
            await village.Press(round, "#record", ("outcome", "right"), ("numbers", remaining[0]), ("reason", " ")),
            "edit.reason",
            HttpStatusCode.BadRequest
        );
        (await village.Press(round, "#record", ("outcome", "right"), ("rest", "yes"), ("area", "530326"), ("reason", "全县"))).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        console.Cli.Tables.Number("SELECT count(*) FROM round_subjects WHERE outcome IS NOT NULL").ShouldBe(0);

        // One by one, twice the same is one; then all the rest of the village.
        Accepted(await Record(village, round, "corrected", remaining[0]));
        (await Record(village, round, "corrected", remaining[0])).Location.ShouldBe($"{round}?done=0");
        Accepted(await Record(village, round, "removed", exited[0]));
        var page = await village.Get(round);
        page.Html.QuerySelector("#reconciles")!.TextContent.ShouldContain($"{registered - 2:N0} 户还没有结果；1 户与登记不符");
        (await village.Get($"{round}?only=differing")).Html.QuerySelectorAll("#names tbody tr").Length.ShouldBe(1);

        // What the registry has changed since is fed: one returned to poverty, one was taken in, one recorded as removed is removed.
        var (back, taken) = (
            console.Query<long>($"SELECT household_id FROM household_list WHERE number = '{exited[1]}' AND place_code = area_code")[0],
            console.Query<long>(
                "SELECT household_id FROM household_list WHERE registered = 0 AND status = 1 AND place_code = area_code ORDER BY household_id LIMIT 1"
            )[0]
        );
        var gone = console.Query<long>($"SELECT household_id FROM household_list WHERE number = '{exited[0]}' AND place_code = area_code")[0];
        console.Cli.Edit(
            $"UPDATE household_statuses SET to_day = 20200612, change_id = CHANGE WHERE household_id IN ({back}, {taken}, {gone}) AND to_day IS NULL",
            $"INSERT INTO household_statuses (id, household_id, from_day, kind, change_id) VALUES (9000000000000001, {back}, 20200612, 5, CHANGE), (9000000000000002, {taken}, 20200612, 2, CHANGE), (9000000000000003, {gone}, 20200612, 6, CHANGE)"
        );
        (await township.Press(round, "#feed")).Location.ShouldBe($"{round}?done=2");
        (await village.Get($"{round}?only=returned")).Text.ShouldContain(exited[1]);
        Accepted(await village.Press(round, "#record", ("outcome", "right"), ("rest", "yes"), ("reason", "核查无误")));
        var told = JsonDocument.Parse((await county.Get($"/api/v1{round}", "application/json")).Text).RootElement;
        (Of("opening"), Of("takenIn"), Of("left"), Of("closing"), Of("registry"), Of("undecided"), Of("differing")).ShouldBe(
            (registered, 1, 1, registered, registered, 0, 0)
        );
        told.GetProperty("reconciles").GetBoolean().ShouldBeTrue();
        (await county.Get($"{round}?area=530326")).Html.QuerySelectorAll("#places tbody tr").Length.ShouldBeGreaterThan(0);
        JsonDocument
            .Parse((await county.Get($"/api/v1{round}/households?only=removed", "application/json")).Text)
            .RootElement.GetProperty("households")[0]
            .GetProperty("number")
            .GetString()
            .ShouldBe(exited[0]);

        // The stages: in August the village corrects, in September it is the county's alone; closed only in the last.
        Refused(await county.Press(round, "#close"), "round.not-yet");
        OnDay(console, "2020-09-02");
        (await village.Get(round)).Html.QuerySelector("#record").ShouldBeNull();
        Refused(
            await village.Submit(
                "/lists",
                $"{round}/outcomes",
                new()
                {
                    ["outcome"] = "right",
                    ["numbers"] = remaining[0],
                    ["reason"] = "再查",
                }
            ),
            "round.not-your-stage",
            HttpStatusCode.Forbidden
        );
        // Somebody changes a status past the round: it does not close unless the report may name the household.
        var stray = console.Query<long>($"SELECT household_id FROM household_list WHERE number = '{remaining[1]}' AND place_code = area_code")[0];
        console.Cli.Edit(
            $"UPDATE household_statuses SET to_day = 20200901, change_id = CHANGE WHERE household_id = {stray} AND to_day IS NULL",
            $"INSERT INTO household_statuses (id, household_id, from_day, kind, change_id) VALUES (9000000000000004, {stray}, 20200901, 7, CHANGE)"
        );
        Refused(await county.Press(round, "#close"), "round.unreconciled");
        var batch = console.Cli.Tables.Number(
            "SELECT max(b.id) FROM import_batches b JOIN changes c ON c.id = b.change_id WHERE c.data_day = 20200612"
        );
        (await village.Submit("/lists", $"{round}/close", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        Accepted(await Record(county, round, "closed", remaining[1]));
        Accepted(await county.Press(round, "#close"));
        Refused(await county.Submit("/lists", $"{round}/close", []), "round.over");
        (await county.Get(round)).Html.QuerySelector("#reconciles")!.TextContent.ShouldContain("与登记逐户相符");
        var sum = (await county.Get(round)).Html.QuerySelector("#sum")!.TextContent;

        // The account as a workbook: sums, places and every household, of one's own area and for whoever sees lists.
        var file = (await county.Get($"{round}/account.xlsx")).Text;
        foreach (var said in new[] { "期初", "与登记不符", "逐户", remaining[0], exited[0], "相符", "入户核查" })
            file.ShouldContain(said);
        (await county.Get($"{round}?area=530326")).Html.QuerySelector("#round-file").ShouldNotBeNull();
        (await (await console.As("cadre")).Get($"{round}/account.xlsx")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("housing")).Get($"{round}/account.xlsx")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/rounds/1/account.xlsx")).Status.ShouldBe(HttpStatusCode.NotFound);
        console.Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'round.export'").ShouldBe(1);

        // What an import said of a day of the round is not taken back.
        console.Cli.Undo(batch).Refused("round.closed", "清洗");

        // A change that would take effect on a day of the closed round is refused with its name; from the day after it is not.
        var house = console.Query<long>($"SELECT household_id FROM household_list WHERE number = '{remaining[2]}' AND place_code = area_code")[0];
        var late = await township.Save(house, [("f.household.land_grass", "3"), ("day", "2020-08-01")]);
        late.Html.QuerySelector("#wrong")!.TextContent.ShouldContain("“回头看”数据清洗");
        // Nor does a file of such a day bring anything.
        var sheet = Path.Combine(console.Cli.Folder, "demo-files", "household-exit-forms.csv");
        console.Cli.Run("import", sheet, "--data-date", "2020-08-01").Refused("import.rows-rejected", "已结束的一轮");
        OnDay(console, "2020-09-03");
        Accepted(await township.Save(house, [("f.household.land_grass", "3"), ("day", "2020-09-03")]));
        // The report stays as it was whatever becomes of the registry.
        console.Cli.Edit(
            $"UPDATE household_statuses SET to_day = 20200903, change_id = CHANGE WHERE household_id = {house} AND to_day IS NULL",
            $"INSERT INTO household_statuses (id, household_id, from_day, kind, change_id) VALUES (9000000000000005, {house}, 20200903, 7, CHANGE)"
        );
        (await county.Get(round)).Html.QuerySelector("#sum")!.TextContent.ShouldBe(sum);
        console.Cli.Run("audit", "verify").Done();

        long Of(string name) => told.GetProperty(name).GetInt64();
    }

    [Theory, BothEngines]
    public async Task By_the_api_a_round_is_opened_recorded_and_closed_although_some_are_open(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        using var county = CallingTheApi.Client(console, "county", "OpenRound,RecordOutcome,ViewLists");
        OnDay(console, "2020-12-01");
        var opened = await Send(county, "/api/v1/rounds", """{"round":"national.dynamic-adjustment"}""");
        opened.Status.ShouldBe(HttpStatusCode.Created, opened.Text);
        var id = JsonDocument.Parse(opened.Text).RootElement.GetProperty("id").GetInt64();
        (await Send(county, "/api/v1/rounds", """{"round":"national.dynamic-adjustment"}""")).Text.ShouldContain("round.there");
        (await Send(county, "/api/v1/rounds", """{"round":"national.dynamic-adjustment","area":"530322"}""")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        var number = Numbers(console, "l.status = 2")[0];
        var recorded = await Send(county, $"/api/v1/rounds/{id}/outcomes", $$"""{"outcome":"kept","numbers":["{{number}}"],"reason":"核对"}""");
        recorded.Status.ShouldBe(HttpStatusCode.OK, recorded.Text);
        var before = JsonDocument.Parse(recorded.Text).RootElement;
        (await Send(county, $"/api/v1/rounds/{id}/close", "{}")).Text.ShouldContain("round.unreconciled");
        var closed = JsonDocument.Parse((await Send(county, $"/api/v1/rounds/{id}/close", """{"anyway":true}""")).Text).RootElement;
        closed.GetProperty("closed").GetString().ShouldBe("2020-12-01");
        closed.GetProperty("undecided").GetInt64().ShouldBe(before.GetProperty("undecided").GetInt64());
        closed.GetProperty("reconciles").GetBoolean().ShouldBeFalse();
        (await Send(county, $"/api/v1/rounds/{id}/feed", "{}")).Text.ShouldContain("round.over");
    }

    private sealed record Answered(HttpStatusCode Status, string Text);

    private static async Task<Answered> Send(HttpClient client, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
