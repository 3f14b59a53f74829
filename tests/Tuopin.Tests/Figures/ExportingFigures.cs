using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>Figures of an area and of all areas of a level, of several days, as a file: a job, a page and a command say the same, each number with all that says where it comes from.</summary>
public sealed class ExportingFigures(Installations installations)
{
    private const string Names = "registered_households,remaining_persons,poverty_incidence,funds_received,judged_households";

    [Theory, BothEngines]
    public async Task A_job_the_page_and_the_command_write_each_number_with_its_state_day_moment_and_packs(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var job = await Order(county, $"area=530326&name={Names}&level=township&asOf=2020-06-12,2019-12-31&file=csv");
        var text = await county.FileOf(job);
        var rows = text.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToList();
        rows[0].Length.ShouldBe(14);
        var townships = rows.Skip(1).Select(r => r[0]).Distinct().Count() - 1;
        townships.ShouldBeGreaterThan(0);
        rows.Count.ShouldBe(1 + 5 * 2 * (townships + 1));
        // Each is the figure that the API tells, with its state.
        var told = JsonDocument
            .Parse((await county.Get($"/api/v1/figures?area=530326&name={Names}&asOf=2020-06-12", "application/json")).Text)
            .RootElement.GetProperty("areas")[0]
            .GetProperty("figures")
            .EnumerateArray()
            .ToDictionary(f => f.GetProperty("figure").GetString()!);
        foreach (var row in rows.Skip(1).Where(r => r[0] == "530326000000" && r[2] == "2020-06-12"))
        {
            var state = told[row[3]].GetProperty("state").GetString();
            (row[6] is "number" or "range" ? "known" : row[6]).ShouldBe(state, row[3]);
            if (row[6] == "number")
                row[7].ShouldBe(told[row[3]].GetProperty("value").GetString(), row[3]);
            row[12].ShouldEndWith("Z");
            row[13].Length.ShouldBe(64);
        }
        rows.Where(r => r[3] == "funds_received").ShouldAllBe(r => r[6] == "notStated" && r[7].Length == 0);
        // Verdicts of another day are judged for that day.
        rows.Where(r => r[3] == "judged_households" && r[2] == "2019-12-31").ShouldAllBe(r => r[6] == "number");
        rows.ShouldContain(r => r[3] == "judged_households" && r[2] == "2019-12-31" && r[0] == "530326000000" && r[7].Length > 2);
        // The command writes the same file; the workbook has it as its second sheet.
        var file = Path.Combine(cli.Folder, "figures.csv");
        cli.Run(["figures", .. Names.Split(','), "--area", "530326", "--level", "township", "--days", "2020-06-12,2019-12-31", "-o", file]).Done();
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(text.TrimStart('\uFEFF'));
        var page = await county.Get("/figures/export?area=530326");
        page.Html.QuerySelectorAll("#export-figures input[name=name]").Length.ShouldBeGreaterThan(50);
        var made = await county.Press(
            "/figures/export?area=530326",
            "#export-figures",
            ("name", "registered_households"),
            ("level", "township"),
            ("days", "2020.6.12，2019-12-31"),
            ("file", "xlsx")
        );
        made.Status.ShouldBe(HttpStatusCode.Redirect, made.Text);
        var workbook = await county.FileOf(long.Parse(made.Location!.Split('/')[^1], CultureInfo.InvariantCulture));
        foreach (var said in new[] { "逐个数字", "口径", "建档立卡户数(户)", "number", rows[1][13] })
            workbook.ShouldContain(said);

        var entries = cli.Tables.Query<string>("SELECT detail FROM audit_entries WHERE action = 'figures.export' ORDER BY id");
        entries.Count.ShouldBe(3);
        JsonDocument.Parse(entries[0]).RootElement.GetProperty("numbers").GetInt32().ShouldBe(rows.Count - 1);
        using var connection = cli.Open().Store.Open();
        AuditLog.Verify(connection).ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task What_is_wrong_or_not_the_callers_is_told_at_once_and_makes_no_job(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        foreach (
            var (query, code, status) in new[]
            {
                ("name=nothing", "figure.unknown", HttpStatusCode.Conflict),
                ("level=continent", "figure.level-unknown", HttpStatusCode.BadRequest),
                ("asOf=tomorrow", "date.bad", HttpStatusCode.BadRequest),
                ("knownAt=once", "date.bad", HttpStatusCode.BadRequest),
                ("report=nothing", "figure.report-unknown", HttpStatusCode.Conflict),
                (
                    $"asOf={string.Join(',', Enumerable.Range(1, 31).Select(d => $"2019-01-{d:D2}").Concat(Enumerable.Range(1, 28).Select(d => $"2019-02-{d:D2}")))}",
                    "export.too-many-days",
                    HttpStatusCode.BadRequest
                ),
            }
        )
        {
            var answer = await county.Submit("/account", $"/api/v1/figures/export?{query}", []);
            (answer.Status, answer.Text.Contains($"\"{code}\"", StringComparison.Ordinal)).ShouldBe((status, true), answer.Text);
        }
        (await county.Press("/figures/export", "#export-figures", ("days", "gestern"))).Html.QuerySelector("#wrong").ShouldNotBeNull();
        // A cadre exports nothing; a village none of its county; a department what is of its trade.
        (await (await console.As("cadre")).Submit("/account", "/api/v1/figures/export", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("cadre")).Get("/figures/export")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("village")).Submit("/account", "/api/v1/figures/export?area=530326", [])).Status.ShouldBe(HttpStatusCode.NotFound);
        using (var desk = cli.Open().Store.Desk())
            desk.Jobs.Count().ShouldBe(0);
        var housing = await console.As("housing");
        var file = await housing.FileOf(await Order(housing, $"name={Names},safe_house_households"));
        file.ShouldContain("safe_house_households");
        file.ShouldNotContain("funds_received");

        cli.Run("figures", "--days", "2020-06-12").WrongUsage();
        cli.Run("figures", "-o", Path.Combine(cli.Folder, "figures.pdf")).Refused("export.file-kind");
        Directory.EnumerateFiles(cli.Folder, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private static async Task<long> Order(TuopinConsole.Browser browser, string query)
    {
        var made = await browser.Submit("/account", $"/api/v1/figures/export?{query}", []);
        made.Status.ShouldBe(HttpStatusCode.Accepted, made.Text);
        return JsonDocument.Parse(made.Text).RootElement.GetProperty("id").GetInt64();
    }
}
