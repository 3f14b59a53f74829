using System.Text.Json;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

public sealed class MakingTheDemo(Installations installations)
{
    [Theory, BothEngines]
    public void Shows_the_totals_of_the_village_it_generated(Engine engine) => ShouldAgree(engine, DemoSize.Village);

    [Theory, BothEngines]
    public void Shows_the_totals_of_the_township_it_generated(Engine engine) => ShouldAgree(engine, DemoSize.Township);

    private void ShouldAgree(Engine engine, DemoSize size)
    {
        var manifest = Installations.County(size).Manifest;
        var name = size.ToString().ToLowerInvariant();
        var judged = installations.Made(engine, name).Json.GetProperty("judged");
        Count(judged, "registered").ShouldBe(manifest.Registered);
        Count(judged, "exited").ShouldBe(manifest.Exited);
        Count(judged, "remaining").ShouldBe(manifest.Remaining);
        judged.GetProperty("ruralPopulation").GetInt64().ShouldBe(manifest.RuralBase);
        judged.GetProperty("incidence").GetDecimal().ShouldBe(Math.Round((decimal)manifest.Remaining.Persons / manifest.RuralBase, 4));
        judged.GetProperty("villages").GetProperty("total").GetInt32().ShouldBe(manifest.Villages);
        judged.GetProperty("villages").GetProperty("poor").GetInt32().ShouldBe(manifest.PoorVillages);
        judged.GetProperty("villages").GetProperty("deep").GetInt32().ShouldBe(manifest.DeepVillages);
        var tables = installations.Shared(engine, name).Tables;
        // Besides those of the workbooks, monitored households have some that were entered by hand.
        tables.Number("SELECT count(*) FROM measures m JOIN import_batches b ON b.change_id = m.change_id").ShouldBe(manifest.Measures);
        tables.Number("SELECT count(*) FROM units").ShouldBe(manifest.Units);
        tables.Number("SELECT count(DISTINCT post_id) FROM responsibilities WHERE household_id IS NOT NULL").ShouldBe(manifest.Helpers);
    }

    [Theory, BothEngines]
    public void Finds_by_judging_what_was_planted(Engine engine)
    {
        var tables = installations.Shared(engine, "township").Tables;
        foreach (var gap in Installations.County(DemoSize.Township).Manifest.Expected)
        {
            var (id, bit) = Bit(tables, gap.Standard, gap.Indicator);
            var has = gap.Unknown ? $"((met | unmet | exempt) & {bit}) = 0" : $"(unmet & {bit}) <> 0";
            tables
                .Number($"SELECT count(*) FROM verdicts WHERE standard_version_id = {id} AND {has}")
                .ShouldBe(
                    gap.Remaining.Households + gap.Exited.Households + gap.Unregistered.Households,
                    $"{gap.Standard} {gap.Indicator} {(gap.Unknown ? "unknown" : "unmet")}"
                );
        }
    }

    [Theory, BothEngines]
    public void Stores_its_work_date_which_is_the_day_of_every_command(Engine engine)
    {
        var cli = installations.Copy(engine);
        cli.Judge().Json.GetProperty("asOf").GetString().ShouldBe("2020-06-12");
        cli.Tables.Text("SELECT value FROM settings WHERE name = 'work_date'").ShouldBe("2020-06-12");
    }

    [Theory, BothEngines]
    public void Changes_nothing_when_made_again_with_the_same_seed(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var (before, acts) = (Content(cli), Acts(cli));
        var again = cli.Demo("village").Json;
        again.GetProperty("imports").EnumerateArray().ShouldAllBe(i => !i.GetProperty("committed").GetBoolean());
        Content(cli).ShouldEqual(before);
        Acts(cli).ShouldEqual(acts);
    }

    [Theory, BothEngines]
    public void Is_refused_where_a_real_registry_is_held(Engine engine)
    {
        using var cli = installations.Empty(engine);
        using var files = new Files();
        cli.Import(files.Text("persons.csv", Persons.Csv([RealVillage(0), RealVillage(1)]))).Done();
        var before = cli.Tables.Counts();
        cli.Demo("village").Refused("demo.data-there", "--data");
        cli.Tables.Counts().ShouldBe(before);
    }

    [Fact]
    public void Says_on_its_pages_that_the_population_is_invented()
    {
        using var cli = installations.Copy(Engine.Sqlite);
        cli.Run("judge").Done().Output.ShouldContain("演示数据");
        var household = cli.Tables.Text("SELECT min(national_no) FROM households")!;
        cli.Run("explain", household).Done().Output.ShouldContain("演示数据");
        cli.Judge().Json.GetProperty("invented").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public void Takes_no_other_size_and_no_seed_in_words()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        cli.Run("demo", "--size", "province").WrongUsage();
        cli.Run("demo", "--seed", "many").WrongUsage();
        Directory.EnumerateFileSystemEntries(cli.Folder).ShouldBeEmpty();
    }

    public static string[] RealVillage(int number, params (string, string)[] with) => Persons.Row(number, [("村", "石河村委会"), .. with]);

    internal static (long Id, long Bit) Bit(Tables tables, string standard, string indicator)
    {
        var (id, indicators) = tables
            .Query<(long, string)>($"SELECT id, indicators FROM standard_versions WHERE standard_id = '{standard}'")
            .Single();
        var pair = indicators.Split(',').Single(i => i.EndsWith(":" + indicator, StringComparison.Ordinal));
        return (id, 1L << int.Parse(pair.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static DemoCount Count(JsonElement report, string name) =>
        new(report.GetProperty(name).GetProperty("households").GetInt32(), report.GetProperty(name).GetProperty("persons").GetInt32());

    private static Dictionary<string, List<string>> Content(TuopinCli cli) =>
        cli.Tables.Dump(cli.Tables.Names().Where(t => t.EndsWith("_history", StringComparison.Ordinal)).Concat(cli.Tables.Known()));

    private static Dictionary<string, List<string>> Acts(TuopinCli cli) => cli.Tables.Dump(["changes", "import_batches", "key_sequences"]);
}
