using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Quality;
using Tuopin.Rules.Model;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>Every fault planted in a demo is found, and nothing else is.</summary>
public sealed class FindingPlantedFaults(Installations installations)
{
    private const string Findings = "SELECT check_id || ' ' || subject || ' ' || CAST(subject_id AS text) FROM findings WHERE cleared_day IS NULL";

    [Theory, BothEngines]
    public void Each_planted_fault_is_found_in_Huize_and_nothing_else(Engine engine)
    {
        using var cli = installations.Copy(engine, "village");
        cli.Run("check", "--json").Done().Document.GetProperty("found").GetInt64().ShouldBe(0);
        var installation = cli.Open();
        var planted = PlantFaults.Handle(installation).Select(f => $"{f.Check} {f.Subject} {f.SubjectId}").ToList();
        cli.Run("check", "--json").Done().Document.GetProperty("raised").GetInt64().ShouldBe(planted.Count);
        Found(cli).ShouldBe(planted.Order(StringComparer.Ordinal));
        ShouldBePlanted(installation, DemoSet.Huize, planted.Select(p => p.Split(' ')[0]));
        cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public void Each_planted_fault_is_found_in_Guizhou_and_nothing_else(Engine engine)
    {
        var cli = installations.Shared(engine, "guizhou");
        var planted = Planted(installations.Made(engine, "guizhou"));
        Found(cli).ShouldBe(planted.Order(StringComparer.Ordinal));
        var installation = cli.Open();
        ShouldBePlanted(installation, DemoSet.Guizhou, planted.Select(p => p.Split(' ')[0]));
        // No law was found for these, so nothing can be asked.
        Checking
            .InForce(installation.Packs, AreaRange.Of(DemoSet.Guizhou.CountyCode), installation.WorkDate)
            .Where(c => c.When is null)
            .Select(c => c.Id)
            .ShouldBe(["c073-transfer-share", "c073-year-on-year", "c094-premium-subsidy"]);
    }

    // The household that the demo holds in Huize is blank in all that Guizhou asks for: insurance, house, work.
    [Theory, BothEngines]
    public void What_Guizhou_asks_in_2023_is_asked_of_nobody_in_Huize(Engine engine)
    {
        var tables = installations.Shared(engine, "guizhou").Tables;
        tables.Number("SELECT count(*) FROM households WHERE area_code / 1000000 = 530326").ShouldBe(1);
        tables.Query<string>("SELECT DISTINCT check_id FROM findings WHERE area_code / 1000000 = 530326").ShouldBe(["c109-other-county"]);
    }

    [Theory, BothEngines]
    public void Rows_of_lists_that_were_written_wrong_became_facts_with_their_list_as_source(Engine engine)
    {
        var tables = installations.Shared(engine, "guizhou").Tables;
        tables.Number("SELECT count(*) FROM match_files").ShouldBe(26);
        // Another name, no number, a digit misread: found by score.
        tables.Number("SELECT count(*) FROM match_rows WHERE state = 1").ShouldBeGreaterThan(300);
        tables.Number("SELECT count(*) FROM match_rows WHERE state = 2").ShouldBe(0);
        tables
            .Number(
                "SELECT count(*) FROM department_records r JOIN changes c ON c.id = r.change_id WHERE r.kin IS NULL AND (c.document IS NULL OR c.stated_by IS NULL)"
            )
            .ShouldBe(0);
    }

    [Theory, BothEngines]
    public void Houses_that_village_and_department_grade_differently_are_kept_as_both(Engine engine)
    {
        var county = DemoCounty.GenerateGuizhou(DemoFixture.Source, DemoSize.Township, 1);
        county.Manifest.Conflicts.ShouldBe(5);
        var conflicts = installations.Shared(engine, "guizhou").Run("conflicts", "--json").Json;
        conflicts.GetArrayLength().ShouldBe(county.Manifest.Conflicts);
    }

    [Fact]
    public void A_village_without_faults_has_no_finding_and_loses_no_row_of_a_list()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        var made = cli.Run("demo", "--set", "guizhou-2023", "--size", "village", "--no-serve", "--json").Done();
        made.Json.GetProperty("lostRows").GetArrayLength().ShouldBe(0);
        cli.Run("check", "--json").Done().Document.GetProperty("found").GetInt64().ShouldBe(0);
        // Three lists have three rows each that only somebody who knows the people can decide; two people of nearly one name are linked.
        cli.Tables.Number("SELECT count(*) FROM match_rows WHERE state = 2").ShouldBe(8);
        cli.Tables.Number("SELECT count(*) FROM work_items WHERE kind = 'match' AND closed_day IS NULL").ShouldBe(3);
        cli.Run("demo", "--set", "guizhou-2023", "--size", "county", "--no-serve").Misused("demo.size");
    }

    private static IEnumerable<string> Found(TuopinCli cli) => cli.Tables.Query<string>(Findings).Order(StringComparer.Ordinal);

    private static List<string> Planted(Answer made) =>
        [
            .. made
                .Json.GetProperty("planted")
                .EnumerateArray()
                .Select(f => $"{f.GetProperty("check")} {f.GetProperty("subject")} {f.GetProperty("subjectId")}"),
        ];

    // Whatever is in force and can fire is planted, or the list of the set says why not.
    private static void ShouldBePlanted(Platform.Installation installation, DemoSet set, IEnumerable<string> planted)
    {
        var asked = Checking
            .InForce(installation.Packs, AreaRange.Of(set.CountyCode), installation.WorkDate)
            .Where(c => c.When is not null)
            .Select(c => c.Id);
        asked.Except(planted).ShouldBe(FaultRecipes.Load(DemoFixture.Packs, installation.Packs.Dictionary, set).Intended.Keys);
    }
}
