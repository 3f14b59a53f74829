using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>The catalogue of figures: counted or kept they are the same numbers, they add up over areas, and they open to as many names.</summary>
public sealed class ComputingFigures(Installations installations)
{
    // What was recorded by then is all there is; and nothing kept is of it.
    private static readonly string[] Counted = ["--known-at", "2999-01-01T00:00:00"];

    // Of the townships of the county, only one holds anybody.
    [Theory, BothEngines]
    public void What_is_kept_and_what_is_counted_afresh_are_the_same_numbers(Engine engine)
    {
        string[] villages = ["figures", "--level", "village", "--json"];
        string[] townships = ["figures", "--area", "530326", "--level", "township", "--json"];
        AgreeCountedAfresh(engine, villages);
        AgreeCountedAfresh(engine, townships);
    }

    private void AgreeCountedAfresh(Engine engine, string[] asked)
    {
        var cli = installations.Shared(engine, "township");
        var (kept, counted) = (Values(cli.Run(asked)), Values(cli.Run([.. asked, .. Counted])));
        kept.Count.ShouldBeGreaterThan(500);
        foreach (var ((area, figure), value) in kept)
        {
            var afresh = counted[(area, figure)];
            // Verdicts are kept of the judged day, as the record is now.
            if (State(afresh) == "notKept")
                continue;
            (State(afresh), Text(afresh, "low"), Text(afresh, "high")).ShouldBe(
                (State(value), Text(value, "low"), Text(value, "high")),
                $"{figure} of {area}"
            );
        }
        counted.Values.Count(v => State(v) == "notKept").ShouldBeLessThan(counted.Count / 3);
    }

    [Theory, BothEngines]
    public void They_are_what_the_judgement_reports_and_of_a_day_of_the_past_what_the_statuses_say(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var report = cli.Judge("--as-of", "2020-06-12").Json;
        var area = report.GetProperty("area").GetString()!;
        var now = Values(cli.Run("figures", "--json"));
        foreach (var which in new[] { "registered", "exited", "remaining" })
        foreach (var unit in new[] { "households", "persons" })
            Text(now[(area, $"{which}_{unit}")], "low")
                .ShouldBe(report.GetProperty(which).GetProperty(unit).GetInt64().ToString(CultureInfo.InvariantCulture), $"{which} {unit}");
        foreach (var day in new[] { 20141231, 20181231 })
        {
            var then = Values(cli.Run("figures", "--as-of", $"{day / 10000}-12-31", "--json")).ToDictionary(f => f.Key.Figure, f => f.Value);
            string Of(string kinds) =>
                $"FROM household_statuses s WHERE s.kind IN ({kinds}) AND s.from_day <= {day} AND (s.to_day IS NULL OR s.to_day > {day})";
            foreach (var (which, kinds) in new[] { ("registered", "2, 3, 4, 5"), ("exited", "3, 4"), ("returned", "5") })
            {
                Text(then[$"{which}_households"], "low").ShouldBe(Count($"SELECT count(*) {Of(kinds)}"), $"{which} {day}");
                Text(then[$"{which}_persons"], "low").ShouldBe(Count(Members(day, Of(kinds))), $"{which} {day}");
            }
        }
        string Count(string sql) => cli.Tables.Number(sql).ToString(CultureInfo.InvariantCulture);
        var incidence = now.Single(v => v.Key.Figure == "poverty_incidence").Value;
        decimal.Parse(incidence.GetProperty("value").GetString()!, CultureInfo.InvariantCulture)
            .ShouldBe(report.GetProperty("incidence").GetDecimal() * 100, 0.01m);
        // The exact quotient, not the number shown.
        Text(incidence, "low")!.Split('/').Length.ShouldBe(2);
    }

    [Theory, BothEngines]
    public void Villages_add_up_to_their_township_and_last_year_is_a_figure_of_its_own_day(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var rows = cli.Run("figures", "--level", "village", "--json").Json.GetProperty("areas").EnumerateArray().ToList();
        JsonElement Of(JsonElement area, string figure) =>
            area.GetProperty("figures").EnumerateArray().Single(f => f.GetProperty("figure").GetString() == figure);
        foreach (
            var figure in new[]
            {
                "registered_persons",
                "medical_insured_persons",
                "working_persons",
                "safe_house_households",
                "measures_this_year",
                "rural_base",
            }
        )
        foreach (var end in new[] { "low", "high" })
            rows.Skip(1)
                .Sum(r => long.Parse(Text(Of(r, figure), end)!, CultureInfo.InvariantCulture))
                .ShouldBe(long.Parse(Text(Of(rows[0], figure), end)!, CultureInfo.InvariantCulture), figure);
        Text(Of(rows[0], "remaining_persons_last_year"), "low")
            .ShouldBe(
                cli.Tables.Number(
                        Members(
                            20191231,
                            "FROM household_statuses s WHERE s.kind IN (2, 5) AND s.from_day <= 20191231 AND (s.to_day IS NULL OR s.to_day > 20191231)"
                        )
                    )
                    .ToString(CultureInfo.InvariantCulture)
            );
        State(Of(rows[0], "approval_rate")).ShouldBe("notOfLevel");
        State(Of(rows[0], "payment_rate")).ShouldBe("notStated");
    }

    [Theory, BothEngines]
    public async Task A_figure_opens_to_as_many_names_as_it_counts_page_by_page(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var someone = cli.Tables.Number("SELECT min(household_id) FROM household_list WHERE registered = 1");
        cli.Edit($"UPDATE household_years SET water_piped = NULL, change_id = CHANGE WHERE household_id = {someone} AND year = 2020");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        foreach (
            var figure in new[]
            {
                "piped_water_households",
                "remaining_households_last_year",
                "poor_villages",
                "working_persons",
                "eliminated_episodes",
            }
        )
        {
            var told = Json(await county.Get($"/api/v1/figures/{figure}", "application/json")).GetProperty("value");
            var (low, names, amounts, after) = (long.Parse(Text(told, "low")!, CultureInfo.InvariantCulture), 0L, 0L, "");
            do
            {
                var page = Json(await county.Get($"/api/v1/figures/{figure}/names?after={after}", "application/json"));
                foreach (var row in page.GetProperty("rows").EnumerateArray())
                    (names, amounts) = (names + 1, amounts + long.Parse(Text(row, "amount") ?? "0", CultureInfo.InvariantCulture));
                after = Text(page, "next");
            } while (after is not null);
            amounts.ShouldBe(low, figure);
            if (figure != "working_persons")
                names.ShouldBe(low, figure);
        }
        var piped = Json(await county.Get("/api/v1/figures/piped_water_households", "application/json")).GetProperty("value");
        piped.GetProperty("unknown").GetInt64().ShouldBe(1);
        var unknown = Json(await county.Get("/api/v1/figures/piped_water_households/names?which=unknown", "application/json")).GetProperty("rows");
        unknown.EnumerateArray().Single().GetProperty("household").GetInt64().ShouldBe(someone);
        var html = await county.Get("/figures/piped_water_households");
        html.Html.QuerySelector("#value .verdict-unknown")!.TextContent.ShouldContain("1");
        (await county.Get(html.Html.QuerySelector("#value a.verdict-unknown")!.GetAttribute("href")!))
            .Html.QuerySelectorAll("#names tbody tr")
            .Length.ShouldBe(1);
        var before = cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'figures.export-names'");
        (await county.Get("/figures/remaining_households/names.xlsx", "*/*")).Text.ShouldContain("剩余贫困户数");
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'figures.export-names'").ShouldBe(before + 1);
    }

    [Theory, BothEngines]
    public async Task Whoever_may_not_see_the_area_the_trade_or_the_names_finds_nothing(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var places = cli.Tables.Query<long>("SELECT DISTINCT area_code FROM households ORDER BY area_code");
        await using var console = await TuopinConsole.Over(cli);
        var (village, housing, cadre, county) = (
            await console.As("village"),
            await console.As("housing"),
            await console.As("cadre"),
            await console.As("county")
        );
        foreach (
            var path in new[]
            {
                "/api/v1/figures",
                "/api/v1/figures/remaining_households",
                "/api/v1/figures/remaining_households/names",
                "/api/v1/figures/incidence",
            }
        )
            (await village.Get($"{path}?area={places[^1]:D12}", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await village.Get("/api/v1/figures", "application/json")).Status.ShouldBe(HttpStatusCode.OK);
        // A department sees the figures of its trade, and how many are registered.
        foreach (
            var (figure, status) in new[]
            {
                ("pension_insured_persons", HttpStatusCode.NotFound),
                ("unmet_households", HttpStatusCode.NotFound),
                ("housing_gap_households", HttpStatusCode.OK),
                ("registered_households", HttpStatusCode.OK),
                ("safe_house_share", HttpStatusCode.OK),
            }
        )
            (await housing.Get($"/api/v1/figures/{figure}", "application/json")).Status.ShouldBe(status, figure);
        (await housing.Get("/figures")).Text.ShouldNotContain("pension_insured_persons");
        (await housing.Get("/figures/pension_insured_persons/names")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await cadre.Get("/api/v1/figures", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/api/v1/figures/none", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/api/v1/figures/unmet_households/names", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/api/v1/figures?name=none", "application/json")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await county.Get("/api/v1/figures?level=room", "application/json")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Get("/api/v1/figures/registered_households?asOf=soon", "application/json")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Get("/figures/remaining_households/names?which=none")).Status.ShouldBe(HttpStatusCode.BadRequest);
        cli.Run("figures", "none").Refused("figure.unknown");
        cli.Run("figures", "--level", "room").Misused("figure.level-unknown");
    }

    [Fact]
    public void A_base_of_zero_a_day_to_come_and_an_unstated_number_are_said_as_such()
    {
        using var cli = installations.Copy(Engine.Sqlite);
        cli.Packs = Path.Combine(cli.Folder, "own");
        Directory.CreateDirectory(Path.Combine(cli.Packs, "figures"));
        File.WriteAllText(
            Path.Combine(cli.Packs, "figures", "own.yaml"),
            """
            group: { zh: 本县, en: own }
            figures:
              - { id: of_nobody, label: { zh: 率, en: rate }, unit: "%", owner: poverty_office, formula: closed_households / closed_households, source: { title: "an example", grade: recall } }
              - { id: of_the_future, label: { zh: 数, en: number }, unit: households, owner: poverty_office, formula: "at(registered_households, '2031-01-01')", source: { title: "an example", grade: recall } }
            """
        );
        var figures = Values(cli.Run("figures", "of_nobody", "of_the_future", "payment_rate", "--json"));
        figures
            .ToDictionary(f => f.Key.Figure, f => State(f.Value))
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["of_nobody"] = "noBase",
                    ["of_the_future"] = "notYet",
                    ["payment_rate"] = "notStated",
                },
                ignoreOrder: true
            );
        figures.Values.ShouldAllBe(f => Text(f, "value") == null);
        var plain = cli.Run("figures", "of_nobody");
        plain.Done().Output.ShouldContain("no base");
        plain.Output.ShouldNotContain("NaN");
    }

    [Theory, BothEngines]
    public async Task The_incidence_table_adds_up_and_names_whose_stated_year_is_another(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var home = cli.Tables.Number("SELECT max(household_id) FROM household_statuses WHERE kind = 3 AND from_day = 20171231 AND to_day IS NULL");
        cli.Edit($"UPDATE household_statuses SET exit_year = 2016, change_id = CHANGE WHERE household_id = {home} AND from_day = 20171231");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var told = Json(await county.Get("/api/v1/figures/incidence", "application/json"));
        var years = told.GetProperty("years").EnumerateArray().ToList();
        years.Count.ShouldBe(7);
        for (var i = 0; i < years.Count; i++)
        {
            var (start, end) = (Pair(years[i].GetProperty("start")), Pair(years[i].GetProperty("end")));
            var (households, persons) = (start.Households, start.Persons + years[i].GetProperty("memberChange").GetInt64());
            foreach (var line in years[i].GetProperty("lines").EnumerateArray())
            {
                var sign = line.GetProperty("flow").GetString() is "identified" or "returned" or "reversed" or "restored" ? 1 : -1;
                (households, persons) = (households + sign * Pair(line).Households, persons + sign * Pair(line).Persons);
            }
            (households, persons).ShouldBe(end, $"{years[i]}");
            if (i > 0)
                start.ShouldBe(Pair(years[i - 1].GetProperty("end")));
        }
        var remaining = Json(await county.Get("/api/v1/figures?name=remaining_households,remaining_persons", "application/json"))
            .GetProperty("areas")[0]
            .GetProperty("figures");
        Pair(years[^1].GetProperty("end"))
            .ShouldBe(
                (
                    long.Parse(Text(remaining[0], "low")!, CultureInfo.InvariantCulture),
                    long.Parse(Text(remaining[1], "low")!, CultureInfo.InvariantCulture)
                )
            );

        var page = await county.Get("/figures/incidence");
        page.Html.QuerySelectorAll("#incidence tbody tr").ShouldAllBe(r => r.GetAttribute("data-unexplained") == "0/0");
        var row = page
            .Html.QuerySelectorAll("#incidence tbody tr")
            .Single(r => r.TextContent.TrimStart().StartsWith("2017", StringComparison.Ordinal));
        var exits = row.QuerySelectorAll("a[href*='flow=exited']");
        var differing = await county.Get(exits[^1].GetAttribute("href")!);
        differing.Html.QuerySelectorAll("#names tbody tr").Single().QuerySelector("a")!.GetAttribute("href").ShouldBe($"/households/{home}");
        var counted = long.Parse(exits[0].TextContent, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        (await county.Get(exits[0].GetAttribute("href")!)).Html.QuerySelectorAll("#names tbody tr").Length.ShouldBe((int)Math.Min(counted, 50));
        (await county.Get("/figures/incidence/names?year=1999&flow=exited")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/figures/incidence/names?year=2017&flow=flown")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await (await console.As("housing")).Get("/figures/incidence/names?year=2017&flow=exited")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Members(int day, string households) =>
        $"SELECT count(*) FROM memberships m WHERE m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day}) AND m.household_id IN (SELECT s.household_id {households})";

    private static (long Households, long Persons) Pair(JsonElement of) =>
        (of.GetProperty("households").GetInt64(), of.GetProperty("persons").GetInt64());

    private static JsonElement Json(TuopinConsole.Page page)
    {
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        using var document = JsonDocument.Parse(page.Text);
        return document.RootElement.Clone();
    }

    private static string State(JsonElement figure) => figure.GetProperty("state").GetString()!;

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static Dictionary<(string Area, string Figure), JsonElement> Values(Answer answer) =>
        answer
            .Json.GetProperty("areas")
            .EnumerateArray()
            .SelectMany(a =>
                a.GetProperty("figures").EnumerateArray().Select(f => (Area: a.GetProperty("area").GetProperty("code").GetString()!, Figure: f))
            )
            .ToDictionary(f => (f.Area, f.Figure.GetProperty("figure").GetString()!), f => f.Figure);
}
