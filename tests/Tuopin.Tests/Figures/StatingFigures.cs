using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Figures.Stated;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>What departments state: a file whole or not at all, two sources that differ and the choice between them, sums over areas, closed periods.</summary>
public sealed class StatingFigures(Installations installations)
{
    private const string Funds = """
        stated:
          - { figure: funds_received, area: "450422", day: 2020-05-11, value: 17835, by: finance, source: "press conference, 2020-05-11", document_date: 2020-05-11 }
          - { figure: funds_paid, area: "450422", day: 2020-05-11, value: 13680.55, by: finance, source: "press conference, 2020-05-11", note: "of all batches" }
        """;

    // A figure that the demo's housing office and headquarters both state, and one that adds up.
    private const string Own = """
        group: { zh: 本县, en: own }
        figures:
          - { id: ovens, label: { zh: 节柴灶, en: stoves }, unit: pieces, owner: housing, stated_by: [housing, poverty_office], source: { title: "an example", grade: recall } }
          - { id: trees, label: { zh: 植树, en: trees planted }, unit: pieces, owner: forestry, stated_by: [forestry], adds_up: true, period: year, source: { title: "an example", grade: recall } }
          - { id: trees_each, label: { zh: 比, en: ratio }, unit: ratio, decimals: 4, owner: forestry, formula: "trees / at(trees, 'year_before')", source: { title: "an example", grade: recall } }
        """;

    private static string Write(TuopinCli cli, string yaml)
    {
        var path = Path.Combine(cli.Folder, "stated.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }

    private static void Packs(TuopinCli cli)
    {
        cli.Packs = Path.Combine(cli.Folder, "own");
        Directory.CreateDirectory(Path.Combine(cli.Packs, "figures"));
        File.WriteAllText(Path.Combine(cli.Packs, "figures", "own.yaml"), Own);
    }

    private static (string State, string? Value) Of(TuopinCli cli, string figure, string area, params string[] options)
    {
        var told = cli.Run(["figures", figure, "--area", area, "--json", .. options]).Json.GetProperty("areas")[0].GetProperty("figures")[0];
        return (told.GetProperty("state").GetString()!, told.GetProperty("value").GetString());
    }

    [Theory, BothEngines]
    public void A_file_is_stated_whole_and_again_it_changes_nothing(Engine engine)
    {
        using var cli = installations.Copy(engine, "empty");
        var file = Write(cli, Funds);
        long Rows() => cli.Tables.Number("SELECT count(*) FROM figure_statements");
        long Audited() => cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'figures.state'");
        cli.Run("figures", "state", file, "--dry-run", "--json").Json.GetProperty("new").GetInt32().ShouldBe(2);
        Rows().ShouldBe(0);
        var before = cli.Clock.Now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        cli.Run("figures", "state", file, "--json").Json.GetProperty("new").GetInt32().ShouldBe(2);
        var first = cli.Clock.Now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        cli.Run("figures", "state", file, "--json").Json.GetProperty("same").GetInt32().ShouldBe(2);
        (Rows(), Audited()).ShouldBe((2, 1));

        // 13680.55 of 17835, in ten thousand yuan, rounded where it is written and not before.
        Of(cli, "payment_rate", "450422", "--as-of", "2020-06-12").ShouldBe(("known", "76.71"));
        Of(cli, "funds_paid", "450422", "--as-of", "2020-05-11").ShouldBe(("known", "13680.55"));
        Of(cli, "funds_paid", "450422", "--as-of", "2020-05-10").State.ShouldBe("notStated");
        Of(cli, "funds_paid", "450421", "--as-of", "2020-06-12").State.ShouldBe("notStated");
        // The city above has none of its own, and funds are not added up.
        Of(cli, "funds_paid", "4504", "--as-of", "2020-06-12").State.ShouldBe("notStated");

        // A correction takes its place and the record of before stays.
        var corrected = cli.Run("figures", "state", Write(cli, Funds.Replace("13680.55", "13680.56", StringComparison.Ordinal)), "--json").Json;
        (corrected.GetProperty("replaced").GetInt32(), corrected.GetProperty("same").GetInt32()).ShouldBe((1, 1));
        corrected.GetProperty("lines")[1].GetProperty("was").GetString().ShouldBe("13680.55");
        Of(cli, "funds_paid", "450422", "--as-of", "2020-06-12").Value.ShouldBe("13680.56");
        Of(cli, "funds_paid", "450422", "--as-of", "2020-06-12", "--known-at", first).Value.ShouldBe("13680.55");
        Of(cli, "funds_paid", "450422", "--as-of", "2020-06-12", "--known-at", before).State.ShouldBe("notStated");
        (Rows(), Audited()).ShouldBe((3, 2));
        cli.Run("audit", "verify").Done();
    }

    [Fact]
    public void A_file_with_faults_states_nothing_and_names_each_with_its_place()
    {
        using var cli = installations.Copy(Engine.Sqlite, "empty");
        var answer = cli.Run(
            "figures",
            "state",
            Write(
                cli,
                """
                stated:
                  - { figure: funds_received, area: "450422", day: 2020-05-11, value: 17835, by: finance, source: "a meeting" }
                  - { figure: funds_recieved, area: "450422", day: 2020-05-11, value: 1, by: finance, source: "a meeting" }
                  - { figure: registered_households, area: "450422", day: 2020-05-11, value: 1, by: poverty_office, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2020-05-11, value: 1.234, by: finance, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2020-05-11, value: "1,234", by: finance, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2020-05-11, value: 1, unit: 元, by: finance, source: "a meeting" }
                  - { figure: projects_planned, area: "450422", day: 2020-05-11, value: -1, by: poverty_office, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2999-05-11, value: 1, by: finance, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2020-05-11, value: 1, by: housing, source: "a meeting" }
                  - { figure: funds_paid, area: "459999", day: 2020-05-11, value: 1, by: finance, source: "a meeting" }
                  - { figure: funds_received, area: "450422", day: 2020-05-11, value: 2, by: finance, source: "a meeting" }
                  - { figure: funds_paid, area: "450422", day: 2020-05-11, value: 1, by: finance, source: "say to 13800138000" }
                  - { figure: funds_paid, area: "450422", day: 2020-5-11, value: 1, by: finance, source: "a meeting", valu: 2 }
                """
            ),
            "--json"
        );
        answer.Refused("stated.file");
        var faults = answer.Document.GetProperty("details").EnumerateArray().Select(d => d.GetString()!).ToList();
        foreach (
            var (line, says) in new[]
            {
                (3, "did you mean 'funds_received'? [figure.unknown]"),
                (4, "[stated.computed]"),
                (5, "at most 2 decimal places"),
                (6, "[stated.number]"),
                (7, "[stated.unit]"),
                (8, "[stated.negative]"),
                (9, "[stated.day-future]"),
                (10, "[stated.department]"),
                (11, "[area.unknown]"),
                (12, "[stated.twice]"),
                (13, "[stated.words]"),
                (14, "must be a day"),
            }
        )
            faults.ShouldContain(
                f => f.StartsWith($"stated.yaml:{line}:", StringComparison.Ordinal) && f.Contains(says, StringComparison.Ordinal),
                says
            );
        faults.ShouldContain(f => f.Contains("unknown key 'valu'", StringComparison.Ordinal));
        cli.Tables.Number("SELECT count(*) FROM figure_statements").ShouldBe(0);
        cli.Run("figures", "state", Path.Combine(cli.Folder, "none.yaml")).Refused("stated.no-file");
        cli.Run("figures", "state", Write(cli, "stated: [")).Refused("stated.file");
    }

    [Theory, BothEngines]
    public void Areas_are_added_up_where_the_figure_says_so_and_all_of_them_have_one(Engine engine)
    {
        using var cli = installations.Copy(engine, "empty");
        Packs(cli);
        var townships = cli.Tables.Query<string>(
            "SELECT substr(CAST(t.code AS text), 1, 9) FROM area_versions t JOIN area_versions c ON c.area_id = t.parent_id WHERE c.code = 530326000000 AND c.to_day IS NULL AND t.to_day IS NULL ORDER BY t.code"
        );
        townships.Count.ShouldBeGreaterThan(20);
        string State(IEnumerable<string> areas, int year, string value) =>
            "stated:\n"
            + string.Concat(
                areas.Select(a => $"  - {{ figure: trees, area: \"{a}\", day: {year}-03-12, value: {value}, by: forestry, source: \"Arbor Day\" }}\n")
            );
        cli.Run("figures", "state", Write(cli, State(townships.Skip(1), 2024, "3"))).Done();
        Of(cli, "trees", "530326", "--as-of", "2024-06-12").State.ShouldBe("notStated");
        cli.Run("figures", "state", Write(cli, State(townships.Take(1), 2024, "7"))).Done();
        Of(cli, "trees", "530326", "--as-of", "2024-06-12").ShouldBe(("known", $"{3 * (townships.Count - 1) + 7}"));
        // The city has other counties that state nothing.
        Of(cli, "trees", "5303", "--as-of", "2024-06-12").State.ShouldBe("notStated");
        // A statement of its own outranks the sum.
        cli.Run("figures", "state", Write(cli, State(["530326"], 2024, "100"))).Done();
        Of(cli, "trees", "530326", "--as-of", "2024-06-12").Value.ShouldBe("100");
        // Of its own year alone; and formulas follow.
        Of(cli, "trees", "530326", "--as-of", "2025-01-01").State.ShouldBe("notStated");
        cli.Run("figures", "state", Write(cli, State(["530326"], 2025, "125"))).Done();
        Of(cli, "trees_each", "530326", "--as-of", "2025-06-12").ShouldBe(("known", "1.2500"));
    }

    [Theory, BothEngines]
    public async Task Two_sources_that_differ_wait_for_a_person_and_the_choice_is_kept(Engine engine)
    {
        using var cli = installations.Copy(engine);
        Packs(cli);
        await using var console = await TuopinConsole.Over(cli);
        var (county, housing, village) = (await console.As("county"), await console.As("housing"), await console.As("village"));
        const string page = "/figures/ovens?area=530326";
        (string, string)[] Say(string value, string source, string day = "2020-06-01") => [("day", day), ("value", value), ("source", source)];
        (await housing.Press(page, "#state", Say("30", "统计表"))).Status.ShouldBe(HttpStatusCode.Redirect);
        (await county.Press(page, "#state", Say("28", "调度会"))).Status.ShouldBe(HttpStatusCode.Redirect);
        async Task<JsonElement> Told(TuopinConsole.Browser browser) =>
            JsonDocument.Parse((await browser.Get("/api/v1/figures/ovens?area=530326", "application/json")).Text).RootElement.GetProperty("value");
        async Task<string> Value() => (await Told(county)).GetProperty("value").GetString() ?? (await Told(county)).GetProperty("state").GetString()!;
        (await Value()).ShouldBe("disputed");
        var html = (await county.Get(page)).Html;
        html.QuerySelector("#value .kpi-value")!.GetAttribute("data-state").ShouldBe("Disputed");
        html.QuerySelector("#statements")!.TextContent.ShouldContain("统计表");
        html.QuerySelector("#statements")!.TextContent.ShouldContain("调度会");
        // Both stand on the page of the department too; it chooses nothing.
        var (theirs, ours) = (Id("housing"), Id("poverty_office"));
        (await housing.Get(page)).Html.QuerySelectorAll(".choose-source").Length.ShouldBe(0);
        (await housing.Submit(page, $"/figures/statements/{theirs}/choose", new() { ["reason"] = "实地清点" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await county.Submit(page, $"/figures/statements/{theirs}/choose", new() { ["reason"] = "" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        var before = cli.Clock.Now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        (await county.Submit(page, $"/figures/statements/{theirs}/choose", new() { ["reason"] = "实地清点" })).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        (await county.Submit(page, $"/figures/statements/{theirs}/choose", new() { ["reason"] = "再按一次" })).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        cli.Tables.Number("SELECT count(*) FROM figure_choices").ShouldBe(1);
        (await Value()).ShouldBe("30");
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        Of(cli, "ovens", "530326", "--known-at", before).State.ShouldBe("disputed");
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'figures.choose' AND detail LIKE '%实地%'").ShouldBe(0);

        // The same value from another paper leaves the choice; another value opens it again; taken back, one source is left.
        await county.Press(page, "#state", Say("28", "调度会纪要"));
        (await Value()).ShouldBe("30");
        await county.Press(page, "#state", Say("27", "调度会纪要"));
        (await Value()).ShouldBe("disputed");
        (await county.Submit(page, $"/figures/statements/{Id("poverty_office")}/withdraw", new() { ["reason"] = "数错了" })).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        (await Value()).ShouldBe("30");
        (await county.Submit(page, $"/figures/statements/{ours}/withdraw", new() { ["reason"] = "数错了" })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await county.Submit(page, $"/figures/statements/{theirs}/withdraw", new() { ["reason"] = "不是我们的" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        cli.Tables.Number("SELECT count(*) FROM figure_statements WHERE figure = 'ovens'").ShouldBe(4);
        html = (await county.Get(page)).Html;
        html.QuerySelector("#statements")!.TextContent.ShouldContain("数错了");
        html.QuerySelector("#statements")!.TextContent.ShouldContain("实地清点");

        // Whoever it is not for.
        (await village.Get(page)).Status.ShouldBe(HttpStatusCode.NotFound);
        async Task<HttpStatusCode> Post(TuopinConsole.Browser who, string figure, string area, string value, string day = "2020-06-01") =>
            (
                await who.Submit(
                    "/account",
                    $"/figures/{figure}/statements",
                    new()
                    {
                        ["area"] = area,
                        ["day"] = day,
                        ["value"] = value,
                        ["source"] = "报表",
                    }
                )
            ).Status;
        (await Post(village, "ovens", "530326", "1")).ShouldBe(HttpStatusCode.NotFound);
        (await Post(housing, "ovens", "530300", "1")).ShouldBe(HttpStatusCode.NotFound);
        (await Post(housing, "funds_paid", "530326", "1")).ShouldBe(HttpStatusCode.NotFound);
        (await Post(county, "trees", "530326", "1")).ShouldBe(HttpStatusCode.Forbidden);
        (await Post(county, "none", "530326", "1")).ShouldBe(HttpStatusCode.NotFound);
        (await Post(county, "registered_households", "530326", "1")).ShouldBe(HttpStatusCode.Conflict);
        (await Post(county, "ovens", "530326", "一")).ShouldBe(HttpStatusCode.BadRequest);
        (await Post(county, "ovens", "530326", "1", "2020-06-13")).ShouldBe(HttpStatusCode.BadRequest);
        (await Post(await console.As("auditor"), "ovens", "530326", "1")).ShouldBe(HttpStatusCode.Forbidden);
        cli.Tables.Number("SELECT count(*) FROM figure_statements WHERE figure = 'ovens'").ShouldBe(4);

        // What is due stands first.
        var due = (await county.Get("/figures/stated?area=530326")).Html;
        due.QuerySelectorAll("#due tbody tr").Length.ShouldBeGreaterThan(5);
        due.QuerySelector("#due [data-due]")!.GetAttribute("data-due").ShouldBe("Never");
        var own = (await housing.Get("/figures/stated?area=530326")).Html.QuerySelector("#due")!.InnerHtml;
        own.ShouldContain("/figures/ovens");
        own.ShouldNotContain("/figures/funds_paid");

        long Id(string by) =>
            cli.Tables.Number($"SELECT id FROM figure_statements WHERE figure = 'ovens' AND stated_by = '{by}' AND ended_at IS NULL");
    }

    [Theory, BothEngines]
    public void A_closed_period_takes_no_statement(Engine engine)
    {
        using var cli = installations.Copy(engine);
        Packs(cli);
        cli.Run("workdate", "2020-10-15").Done();
        string State(string day) =>
            Write(cli, $"stated:\n  - {{ figure: ovens, area: \"530326\", day: {day}, value: 3, by: housing, source: \"a table\" }}\n");
        cli.Run("figures", "state", State("2020-06-01")).Done();
        cli.Edit(
            $"INSERT INTO rounds (id, pack_id, version, hash, year, area_id, area_code, from_day, to_day, opened_day, closed_day, change_id) SELECT 5303260000000078, 'national.cleaning', 1, '{cli.Open().Packs.Rounds.First(r => r.Id == "national.cleaning").Hash}', 2020, a.area_id, a.code, 20200501, 20200930, 20200501, 20200731, CHANGE FROM area_versions a WHERE a.code = 530326000000 AND a.to_day IS NULL"
        );
        cli.Run("figures", "state", State("2020-07-01")).Refused("stated.file", "[round.closed]");
        cli.Run("figures", "state", State("2020-08-01")).Done();
        cli.Run("years", "open", "2021", "--json").Done();
        cli.Run("figures", "state", State("2020-08-02")).Refused("stated.file", "[stated.period-closed]");
        // What stands of it stands, and said again it is no change.
        cli.Run("figures", "state", State("2020-08-01")).Done();
        cli.Run("figures", "state", State("2020-10-02")).Done();
        cli.Run("years", "open", "2021", "--undo").Done();
        cli.Run("figures", "state", State("2020-08-02")).Done();
    }

    [Fact]
    public void A_choice_holds_until_somebody_says_something_else()
    {
        static StatedValues.Said S(string by, string value) => new(by, value);
        StatedValues.Said chosen = S("a", "30");
        StatedValues.Said[] others = [S("b", "28")];
        StatedValues.Decide([S("a", "30"), S("b", "28")], null, []).ShouldBeNull();
        StatedValues.Decide([S("a", "30"), S("b", "30.0")], null, []).ShouldBe("30");
        StatedValues.Decide([S("a", "30"), S("b", "28")], chosen, others).ShouldBe("30");
        StatedValues.Decide([S("a", "30"), S("b", "28.00")], chosen, others).ShouldBe("30");
        StatedValues.Decide([S("a", "31"), S("b", "28")], chosen, others).ShouldBeNull();
        StatedValues.Decide([S("a", "30"), S("b", "29")], chosen, others).ShouldBeNull();
        // A third that says what was chosen changes nothing; one that sides with the other does.
        StatedValues.Decide([S("a", "30"), S("b", "28"), S("c", "30")], chosen, others).ShouldBe("30");
        StatedValues.Decide([S("a", "30"), S("b", "28"), S("c", "28")], chosen, others).ShouldBeNull();
        StatedValues.Decide([S("a", "28"), S("b", "30")], chosen, others).ShouldBeNull();
        StatedValues.Read(StatedValues.Written(others)).ShouldBe(others);
    }
}
