using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.OpenData;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.OpenData;

/// <summary>A data set of a county is published without its small counts, described as CSV on the Web, by whoever may publish, and audited.</summary>
public sealed class PublishingOpenData(Installations installations)
{
    private const string Own = """
        dataset: villages
        title: { zh: 各村, en: villages }
        owner: poverty_office
        level: village
        threshold: THRESHOLD
        status: working
        source: { title: "for this test", grade: recall }
        figures: [registered_households, exited_households, remaining_households, exited_share, housing_gap_households]
        wholes: [ { whole: registered_households, parts: [exited_households, remaining_households] } ]
        """;

    [Theory, BothEngines]
    public async Task A_county_publishes_and_no_small_count_is_in_the_files(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        Pack(cli, Own.Replace("THRESHOLD", "20", StringComparison.Ordinal).Replace(", housing_gap_households", "", StringComparison.Ordinal));
        var folder = Path.Combine(cli.Folder, "open");
        var said = cli.Run("open-data", "villages", "--area", "530326", "-o", folder, "--json").Json;
        Directory
            .EnumerateFiles(folder)
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe(
                ["README.md", "areas.csv", "csv-metadata.json", "figures.csv", "values-county.csv", "values-township.csv", "values-village.csv"],
                ignoreOrder: true
            );
        var rows = Directory.EnumerateFiles(folder, "values-*.csv").SelectMany(Rows).ToList();
        rows.Count.ShouldBe(said.GetProperty("numbers").GetInt32());
        var (small, covering) = (said.GetProperty("small").GetInt32(), said.GetProperty("covering").GetInt32());
        small.ShouldBeGreaterThan(0);
        covering.ShouldBeGreaterThan(0);
        rows.Count(r => r[3] == "withheld").ShouldBe(small + covering);
        rows.Where(r => r[3] == "withheld").ShouldAllBe(r => r[4] == "" && r[5] == "" && r[6] == "");
        // Every number that is published is the figure, and none is small; every small one is withheld.
        var told = cli.Run(
                "figures",
                "registered_households",
                "exited_households",
                "remaining_households",
                "--area",
                "530326",
                "--level",
                "village",
                "--json"
            )
            .Json.GetProperty("areas")
            .EnumerateArray()
            .SelectMany(a =>
                a.GetProperty("figures")
                    .EnumerateArray()
                    .Select(f =>
                        (
                            Key: $"{a.GetProperty("area").GetProperty("code").GetString()} {f.GetProperty("figure").GetString()}",
                            Value: f.GetProperty("value").GetString()!
                        )
                    )
            )
            .ToDictionary(f => f.Key, f => long.Parse(f.Value, CultureInfo.InvariantCulture));
        foreach (var row in rows.Where(r => r[2] != "exited_share"))
        {
            var value = told.TryGetValue($"{row[0]} {row[2]}", out var known) ? known : -1;
            if (value is > 0 and < 20)
                row[3].ShouldBe("withheld", string.Join(' ', row));
            else if (value >= 0 && row[3] == "number")
                row[4].ShouldBe(value.ToString(CultureInfo.InvariantCulture));
        }
        // Where a count is withheld its share is.
        foreach (var row in rows.Where(r => r[2] == "exited_households" && r[3] == "withheld"))
            rows.Single(r => r[0] == row[0] && r[2] == "exited_share")[3].ShouldBe("withheld");
        var described = JsonDocument
            .Parse(await File.ReadAllTextAsync(Path.Combine(folder, "csv-metadata.json"), TestContext.Current.CancellationToken))
            .RootElement;
        described.GetProperty("@context")[0].GetString().ShouldBe("http://www.w3.org/ns/csvw");
        foreach (var table in described.GetProperty("tables").EnumerateArray())
        {
            var names = table.GetProperty("tableSchema").GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString());
            var file = Path.Combine(folder, table.GetProperty("url").GetString()!);
            (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[0].TrimStart('\uFEFF').ShouldBe(string.Join(',', names));
        }
        described.TryGetProperty("dc:license", out _).ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(folder, "README.md"), TestContext.Current.CancellationToken)).ShouldContain("Hundepool");

        // By the page it is a job and a zip, of the same numbers.
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var ordered = await county.Press("/open-data?area=530326", "#set-villages form");
        ordered.Status.ShouldBe(HttpStatusCode.Redirect, ordered.Text);
        var zip = await county.FileOf(long.Parse(ordered.Location!.Split('/')[^1], CultureInfo.InvariantCulture));
        zip.ShouldContain(await File.ReadAllTextAsync(Path.Combine(folder, "values-village.csv"), TestContext.Current.CancellationToken));
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'open-data.publish'").ShouldBe(2);
        using var connection = cli.Open().Store.Open();
        AuditLog.Verify(connection).ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task Who_may_not_publish_what_is_unknown_too_narrow_or_ahead_is_refused(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        Task<TuopinConsole.Page> Order(TuopinConsole.Browser browser, string path) => browser.Submit("/account", $"/api/v1/open-data/{path}", []);
        (await Order(county, "nothing")).Text.ShouldContain("open-data.unknown");
        (await Order(county, "poverty?asOf=2020-06-13")).Text.ShouldContain("open-data.day-ahead");
        var township = cli.Tables.Number("SELECT min(area_code) FROM households") / 1000;
        (await Order(county, $"poverty?area={township:D9}")).Text.ShouldContain("open-data.too-narrow");
        (await Order(county, "poverty?area=530322")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var other in new[] { "township", "village", "cadre", "housing", "auditor" })
            (await Order(await console.As(other), "poverty")).Status.ShouldBe(HttpStatusCode.Forbidden, other);
        (await (await console.As("township")).Get("/open-data")).Html.QuerySelector("form.choose").ShouldBeNull();
        var sets = JsonDocument.Parse((await county.Get("/api/v1/open-data", "application/json")).Text).RootElement.GetProperty("sets");
        sets[0].GetProperty("set").GetString().ShouldBe("poverty");
        sets[0].GetProperty("status").GetString().ShouldBe("working");
        using (var desk = cli.Open().Store.Desk())
            desk.Jobs.Count().ShouldBe(0);
        cli.Run("open-data").Done().Output.ShouldContain("poverty");
        cli.Run("open-data", "poverty").WrongUsage();
        cli.Run("open-data", "nothing", "-o", cli.Folder).Refused("open-data.unknown");
    }

    [Theory]
    [InlineData("THRESHOLD", "1", "a threshold is 2 to 1000")]
    [InlineData("level: village", "level: group", "the level is county, township or village")]
    [InlineData("housing_gap_households", "housing_gapp", "there is no figure 'housing_gapp'")]
    [InlineData("housing_gap_households", "net_income_per_head", "sums amounts of households")]
    [InlineData("status: working", "status: official", "official with a source of grade A")]
    [InlineData("owner: poverty_office", "ownr: poverty_office", "ownr")]
    public void A_set_that_is_wrong_says_where(string good, string bad, string fault)
    {
        var packs = installations.Shared(Engine.Sqlite).Open().Packs;
        var text = Own.Replace(good, bad, StringComparison.Ordinal).Replace("THRESHOLD", "20", StringComparison.Ordinal);
        var refused = Should.Throw<Refusal>(() => OpenDataSet.Read(text, "open-data/own.yaml", packs));
        refused.Code.ShouldBe("packs.broken");
        refused.Details[0].ShouldContain(fault);
    }

    private static void Pack(TuopinCli cli, string text)
    {
        cli.Packs = Path.Combine(cli.Folder, "own");
        Directory.CreateDirectory(Path.Combine(cli.Packs, "open-data"));
        File.WriteAllText(Path.Combine(cli.Packs, "open-data", "villages.yaml"), text);
    }

    private static IEnumerable<string[]> Rows(string path) =>
        File.ReadAllText(path).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(','));
}
