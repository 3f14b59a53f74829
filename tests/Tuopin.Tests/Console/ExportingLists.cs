using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>A long list is made into a file by a job: the rows of the page, for its owner alone, for some days, with an entry in the audit.</summary>
public sealed class ExportingLists(Installations installations)
{
    private const string Asked = "registered=yes&head=%E7%8E%8B&sort=-income&columns=number,members,income";

    [Theory, BothEngines]
    public async Task A_short_list_is_answered_at_once_and_a_long_one_by_a_job(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var page = await county.Get($"/households?{Asked}");
        var action = page.Html.QuerySelector(".list-files")!.GetAttribute("action")!;
        action.ShouldContain("sort=-income");
        var short_ = await county.Submit($"/households?{Asked}", action, new() { ["file"] = "csv" });
        short_.Status.ShouldBe(HttpStatusCode.OK);

        Lengthen(cli);
        var long_ = await county.Submit("/households", "/households/export", new() { ["file"] = "csv" });
        long_.Status.ShouldBe(HttpStatusCode.Redirect, long_.Text);
        var job = long.Parse(long_.Location!.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var lines = (await county.FileOf(job)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var rows = cli.Tables.Number("SELECT count(*) FROM household_list WHERE place_code = area_code");
        rows.ShouldBeGreaterThan(ExportHouseholds.AtOnce);
        lines.Length.ShouldBe((int)rows + 2);
        // It says how far it came, of how much.
        (await county.Get($"/jobs/{job}"))
            .Html.QuerySelector("#job")!
            .TextContent.ShouldContain($"{rows:N0} / {rows:N0}");
        var refused = await county.Get("/households/export.csv", "application/json");
        (refused.Status, refused.Text.Contains("export.too-long", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Conflict, true));
    }

    [Theory, BothEngines]
    public async Task The_file_of_a_job_is_the_file_of_the_page_for_its_owner_alone_and_audited(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var village = await console.As("village");
        var now = await village.Get($"/households/export.csv?{Asked}");
        var job = await Order(village, $"file=csv&{Asked}");
        var file = await village.FileOf(job);
        file.ShouldBe(now.Text);
        file.Split("\r\n").Length.ShouldBeGreaterThan(3);
        foreach (var other in new[] { "county", "township", "admin" })
            (await (await console.As(other)).Get($"/jobs/{job}/file")).Status.ShouldBe(HttpStatusCode.NotFound, other);
        // Names that were asked for stand in no audit and in no title.
        var entries = cli.Tables.Query<string>("SELECT detail FROM audit_entries WHERE action = 'households.export' ORDER BY id");
        entries.Count.ShouldBe(2);
        entries[1].ShouldBe(entries[0]);
        entries[1].ShouldNotContain("王");
        (await (await console.As("admin")).Get("/jobs")).Text.ShouldNotContain("王");
        using var connection = cli.Open().Store.Open();
        AuditLog.Verify(connection).ShouldBeNull();
        Directory.EnumerateFiles(Path.Combine(cli.Folder, "jobs"), "*.part", SearchOption.AllDirectories).ShouldBeEmpty();

        (await Order(village, $"file=xlsx&{Asked}")).ShouldBeGreaterThan(job);
        cli.Clock.Now += TimeSpan.FromDays(8);
        (await (await console.As("village")).Get($"/jobs/{job}/file")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothEngines]
    public async Task Whoever_may_take_no_lists_orders_none_and_an_area_of_others_is_not_there(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var foreign = cli.Tables.Number("SELECT max(area_code) FROM households");
        var cadre = await console.As("cadre");
        (await cadre.Get("/households")).Html.QuerySelector(".list-files").ShouldBeNull();
        foreach (var path in new[] { "/households/export", "/api/v1/households/export" })
        {
            (await cadre.Submit("/account", path, [])).Status.ShouldBe(HttpStatusCode.Forbidden);
            var village = await console.As("village");
            (await village.Submit("/account", $"{path}?area={foreign:D12}", [])).Status.ShouldBe(HttpStatusCode.NotFound);
            (await village.Post(path, [])).Status.ShouldBe(HttpStatusCode.BadRequest);
        }
        using var desk = cli.Open().Store.Desk();
        desk.Jobs.Count().ShouldBe(0);
    }

    private static async Task<long> Order(TuopinConsole.Browser browser, string query)
    {
        var made = await browser.Submit("/account", $"/api/v1/households/export?{query}", []);
        made.Status.ShouldBe(HttpStatusCode.Accepted, made.Text);
        return JsonDocument.Parse(made.Text).RootElement.GetProperty("id").GetInt64();
    }

    // The list of a village, many times over.
    private static void Lengthen(TuopinCli cli)
    {
        cli.Tables.Execute(
            """
            INSERT INTO household_list (place_code, household_id, area_code, number, head_name, registered, met, unmet, exempt, overruled, day)
            SELECT l.place_code, l.household_id + k.n * 1000000, l.area_code, l.number, l.head_name, l.registered, l.met, l.unmet, l.exempt, l.overruled, l.day
            FROM household_list l, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8
              UNION SELECT 9 UNION SELECT 10 UNION SELECT 11 UNION SELECT 12 UNION SELECT 13 UNION SELECT 14 UNION SELECT 15 UNION SELECT 16 UNION SELECT 17) k
            """
        );
    }
}
