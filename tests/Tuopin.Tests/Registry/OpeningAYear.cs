using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>A registry year is opened (年度结转): incomes empty, the rest carried with who stated it; done again it changes nothing; taken back while nothing was edited.</summary>
public sealed class OpeningAYear(Installations installations)
{
    private static Answer Open(TuopinCli cli, int year, params string[] options) => cli.Run(["years", "open", $"{year}", "--json", .. options]);

    [Theory, BothEngines]
    public async Task A_year_opens_with_incomes_empty_and_the_rest_as_it_was_stated(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var cli = console.Cli;
        Open(cli, 2021).Refused("years.too-early");
        Open(cli, 1999).Misused("years.unknown");
        cli.Run("workdate", "2020-10-15").Done();
        cli.Judge().Done();
        Open(cli, 2022).Refused("years.too-early");
        var sources = cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2020");
        var members = cli.Tables.Number(
            "SELECT count(*) FROM person_years y JOIN memberships m ON m.person_id = y.person_id AND m.to_day IS NULL WHERE y.year = 2020"
        );
        // One household is closed: it has no next year. Another has its row already.
        var (closed, there) = (
            cli.Tables.Number("SELECT min(household_id) FROM household_years WHERE year = 2020"),
            cli.Tables.Number("SELECT max(household_id) FROM household_years WHERE year = 2020")
        );
        var gone = cli.Tables.Number(
            $"SELECT count(*) FROM person_years y JOIN memberships m ON m.person_id = y.person_id AND m.to_day IS NULL WHERE y.year = 2020 AND m.household_id = {closed}"
        );
        cli.Edit(
            $"INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id) SELECT 5303269999999001, 'household', max(household_id), 'water_safe', 2020, 0, 'water', 20200301, CHANGE FROM household_years WHERE year = 2020 AND household_id < {there}",
            $"UPDATE household_statuses SET kind = 7, change_id = CHANGE WHERE household_id = {closed} AND to_day IS NULL",
            $"INSERT INTO household_years (household_id, year, change_id, food_secure) VALUES ({there}, 2021, CHANGE, {(engine == Engine.Sqlite ? "0" : "false")})"
        );
        var preview = Open(cli, 2021, "--preview").Json;
        preview.GetProperty("households").GetProperty("rows").GetInt64().ShouldBe(sources - 2);
        preview.GetProperty("households").GetProperty("existing").GetInt64().ShouldBe(1);
        preview.GetProperty("members").GetProperty("rows").GetInt64().ShouldBe(members - gone);
        var facts = preview
            .GetProperty("facts")
            .EnumerateArray()
            .ToDictionary(f => f.GetProperty("fact").GetString()!, f => f.GetProperty("carried").GetBoolean());
        facts["household.water_safe"].ShouldBeTrue();
        facts["household.approves_exit"].ShouldBeFalse();
        facts["household.income_wage"].ShouldBeFalse();
        facts["person.medical_resident"].ShouldBeFalse();
        facts["person.work_months"].ShouldBeFalse();
        cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2021").ShouldBe(1);

        // The county presses the button; a township may not.
        var county = await console.As("county");
        (await (await console.As("township")).Get("/years")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await console.Nobody().Get("/years")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await county.Get("/years?year=2023")).Html.QuerySelector("#wrong")!.TextContent.ShouldContain("还没有到");
        (await county.Get("/years?area=530302")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/years"))
            .Html.QuerySelector("#counts")!
            .TextContent.ShouldContain((sources - 2).ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        var pressed = await county.Press("/years", "form.open-form");
        (await county.Settled(pressed.Location!)).Text.ShouldContain($"{sources - 2} 户");
        cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2021").ShouldBe(sources - 1);
        cli.Tables.Number("SELECT count(*) FROM person_years WHERE year = 2021").ShouldBe(members - gone);
        cli.Tables.Number($"SELECT count(*) FROM household_years WHERE year = 2021 AND household_id = {closed}").ShouldBe(0);
        cli.Tables.Number(
                "SELECT count(*) FROM household_years WHERE year = 2021 AND (income_wage IS NOT NULL OR income_transfer IS NOT NULL OR approves_exit IS NOT NULL)"
            )
            .ShouldBe(0);
        cli.Tables.Number("SELECT count(*) FROM person_years WHERE year = 2021 AND (medical_resident IS NOT NULL OR work_months IS NOT NULL)")
            .ShouldBe(0);
        cli.Tables.Number(
                $"SELECT count(*) FROM household_years a JOIN household_years b ON b.household_id = a.household_id AND b.year = 2021 WHERE a.year = 2020 AND a.household_id <> {there} AND (coalesce(a.water_supply, -1) <> coalesce(b.water_supply, -1) OR coalesce(a.main_cause, -1) <> coalesce(b.main_cause, -1) OR coalesce(a.land_arable, -1) <> coalesce(b.land_arable, -1))"
            )
            .ShouldBe(0);
        // Who stated it and of which day is kept; that it stands on from the year before is said.
        cli.Tables.Number(
                "SELECT count(*) FROM household_years a JOIN changes c ON c.id = a.change_id JOIN household_years b ON b.household_id = a.household_id AND b.year = 2021 JOIN changes d ON d.id = b.change_id WHERE a.year = 2020 AND d.carried_year = 2020 AND (c.stated_by <> d.stated_by OR c.data_day <> d.data_day)"
            )
            .ShouldBe(0);
        // What somebody else said of a carried fact goes on beside it; of an income or an insurance it does not.
        var carried = facts.Where(f => f.Value).Select(f => f.Key).ToHashSet();
        cli.Tables.Query<string>(
                "SELECT subject || '.' || fact || ' ' || stated_by || ' ' || stated_day FROM statements WHERE year = 2021 ORDER BY id"
            )
            .ShouldBe(["household.water_safe water 20200301"]);
        cli.Tables.Query<string>("SELECT DISTINCT subject || '.' || fact FROM statements WHERE year = 2020").ShouldContain(f => !carried.Contains(f));
        var some = cli.Tables.Query<string>(
            $"SELECT h.national_no FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2021 WHERE h.id <> {there} AND h.national_no IS NOT NULL AND y.water_safe IS NOT NULL ORDER BY h.id LIMIT 1"
        )[0];
        cli.Run("explain", some).Done().Output.ShouldContain("2020 年度结转");
        Judged(cli);

        // Again: nothing is left to do. Taken back: as it was before; opened again, and edited, it stays.
        Open(cli, 2021).Json.GetProperty("households").GetInt64().ShouldBe(0);
        Open(cli, 2021, "--undo").Json.GetProperty("households").GetInt64().ShouldBe(sources - 2);
        cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2021").ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM person_years WHERE year = 2021").ShouldBe(0);
        cli.Tables.Number("SELECT count(*) FROM statements WHERE year = 2021").ShouldBe(0);
        Open(cli, 2021, "--undo").Refused("years.not-opened");
        Judged(cli);
        Open(cli, 2021).Json.GetProperty("households").GetInt64().ShouldBe(sources - 2);
        cli.Edit(
            $"UPDATE household_years SET change_id = CHANGE, road_kind = NULL WHERE year = 2021 AND household_id = (SELECT max(household_id) FROM household_years WHERE year = 2021 AND household_id < {there})"
        );
        Open(cli, 2021, "--undo").Refused("years.edited");
        cli.Run("audit", "verify").Done();

        // A program asks and opens, once for each key; a year without the one before cannot be.
        using var api = CallingTheApi.Client(console, "county", "OpenYears,ViewJobs");
        using var told = await api.GetAsync("/api/v1/years/2021", TestContext.Current.CancellationToken);
        JsonDocument
            .Parse(await told.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .RootElement.GetProperty("opened")
            .GetBoolean()
            .ShouldBeTrue();
        using var skipped = await api.GetAsync("/api/v1/years/2017", TestContext.Current.CancellationToken);
        skipped.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await skipped.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("years.skips");
    }

    private static void Judged(TuopinCli cli)
    {
        string[] judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
        var kept = cli.Tables.Dump(judged);
        cli.Judge().Done();
        kept.ShouldEqual(cli.Tables.Dump(judged));
    }
}
