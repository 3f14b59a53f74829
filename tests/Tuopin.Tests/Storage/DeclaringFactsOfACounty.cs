using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>A county's own pack folder: facts and subject types declared once get columns, history, import, rules and explanations.</summary>
public sealed class DeclaringFactsOfACounty(Installations installations) : IDisposable
{
    private readonly DirectoryInfo packs = Directory.CreateTempSubdirectory("tuopin-packs-");

    public void Dispose() => packs.Delete(recursive: true);

    private void Pack(string path, string text)
    {
        var file = Path.Combine(packs.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private void Bees()
    {
        Pack(
            "dictionary/bees.yaml",
            """
            extends: household
            facts:
              beehives: { label: { zh: 养蜂箱数, en: beehives }, type: int, min: 0, max: 500, unit: hives, kept: row, titles: [养蜂箱数], stated_by: [village] }
              honey_sold: { label: { zh: 蜂蜜收入, en: honey sold }, type: fen, min: 0, max: 1000000, unit: CNY/year, kept: income_year, titles: [蜂蜜收入], stated_by: [village] }
            """
        );
        Pack(
            "mappings/bees.yaml",
            """
            mapping: bees
            kind: described
            subject: household
            label: { zh: 养蜂户, en: bee keepers }
            status: working
            columns:
              - { title: 户编号, to: household.national_no, required: true }
              - { title: 年度, to: year, required: true }
              - { title: 养蜂箱数, to: household.beehives }
              - { title: 蜂蜜收入, to: household.honey_sold }
            """
        );
        Pack(
            "standards/bees.yaml",
            """
            standard: huize.bees
            version: 1
            level: household
            title: { zh: 养蜂达标, en: enough bees }
            area: "530326"
            in_force: { from: 2016-01-01, to: 2020-12-31 }
            status: working
            source: { title: "a county's own rule, for this test", grade: recall }
            indicators:
              - id: hives
                bit: 0
                title: { zh: 蜂箱数, en: hives }
                department: agriculture
                counts: households
                met: "household.beehives >= 5"
                value: "household.beehives"
                limit: "5"
                unit: hives
                source: { title: "a county's own rule, for this test", grade: recall }
            """
        );
    }

    private static List<string> Numbers(TuopinCli cli) =>
        cli.Tables.Query<string>("SELECT national_no FROM households WHERE national_no IS NOT NULL ORDER BY id LIMIT 2");

    private string[] Packs => ["--packs", packs.FullName];

    [Theory, BothEngines]
    public void A_fact_is_imported_judged_and_explained(Engine engine)
    {
        Bees();
        using var cli = installations.Copy(engine);
        var numbers = Numbers(cli);
        var file = Sheet
            .Of(["户编号", "年度", "养蜂箱数", "蜂蜜收入"], [numbers[0], "2019", "4", "1200.50"], [numbers[1], "2019", "6", ""])
            .Write(cli.Folder, "bees.csv");
        cli.Import(file, Packs).Json[0].GetProperty("committed").GetBoolean().ShouldBeTrue();
        cli.Tables.Query<long>("SELECT beehives FROM households WHERE beehives IS NOT NULL ORDER BY id").ShouldBe([4, 6]);
        cli.Tables.Number("SELECT honey_sold FROM household_years WHERE honey_sold IS NOT NULL AND year = 2019").ShouldBe(120050);
        cli.Import(file, Packs).Json[0].GetProperty("committed").GetBoolean().ShouldBeFalse();

        cli.Judge(Packs).Json.GetProperty("standards").EnumerateArray().ShouldContain(s => s.GetProperty("id").GetString() == "huize.bees");
        string Result(int i)
        {
            var standard = cli.Explain(numbers[i], Packs)
                .Json.GetProperty("standards")
                .EnumerateArray()
                .Single(s => s.GetProperty("id").GetString() == "huize.bees");
            standard.GetProperty("decides").GetBoolean().ShouldBeTrue();
            var hives = standard.GetProperty("indicators").EnumerateArray().Single();
            hives.GetProperty("fact").GetProperty("name").GetString().ShouldBe("养蜂箱数");
            return $"{hives.GetProperty("result")} {hives.GetProperty("value")} of {hives.GetProperty("limit")}";
        }
        Result(0).ShouldBe("unmet 4 of 5");
        Result(1).ShouldBe("met 6 of 5");
        cli.Gaps([.. Packs, "--indicator", "hives", "--names"])
            .Json[0]
            .GetProperty("names")[0]
            .GetProperty("household")
            .GetString()
            .ShouldBe(numbers[0]);
    }

    [Theory, BothEngines]
    public void A_fact_keeps_history_and_its_data_without_the_pack(Engine engine)
    {
        Bees();
        using var cli = installations.Copy(engine);
        var number = Numbers(cli)[0];
        foreach (var hives in new[] { "4", "9" })
            cli.Import(Sheet.Of(["户编号", "年度", "养蜂箱数"], [number, "2019", hives]).Write(cli.Folder, $"bees-{hives}.csv"), Packs).Done();
        cli.Tables.Number("SELECT beehives FROM households WHERE beehives IS NOT NULL").ShouldBe(9);
        cli.Tables.Number("SELECT beehives FROM households_history WHERE beehives IS NOT NULL").ShouldBe(4);
        cli.Judge().Done();
        cli.Tables.Number("SELECT beehives FROM households WHERE beehives IS NOT NULL").ShouldBe(9);
    }

    [Theory, BothEngines]
    public void A_value_beyond_the_declared_bounds_is_refused(Engine engine)
    {
        Bees();
        using var cli = installations.Copy(engine);
        var file = Sheet.Of(["户编号", "年度", "养蜂箱数"], [Numbers(cli)[0], "2019", "501"]).Write(cli.Folder, "bees.csv");
        cli.Import(file, Packs).Refused("import.rows-rejected", "养蜂箱数", "[501]", "range");
    }

    private void Wells()
    {
        Pack(
            "dictionary/well.yaml",
            """
            subject: well
            label: { zh: 水井, en: well }
            table: wells
            relations:
              household: { to: household, source_column: household_id }
            facts:
              depth: { label: { zh: 井深, en: depth }, type: int, min: 1, max: 300, unit: m, kept: row, titles: [井深], stated_by: [village] }
              from_day: { label: { zh: 打井日期, en: dug }, type: date, kept: row, titles: [打井日期], stated_by: [village] }
            """
        );
        Pack(
            "dictionary/household-wells.yaml",
            """
            extends: household
            relations:
              wells: { to: well, many: true, target_column: household_id }
            """
        );
        Pack(
            "mappings/wells.yaml",
            """
            mapping: wells
            kind: described
            subject: well
            label: { zh: 水井表, en: wells }
            status: working
            columns:
              - { title: 户编号, to: household.national_no, required: true }
              - { title: 井深, to: well.depth, required: true }
              - { title: 打井日期, to: well.from_day }
            """
        );
        Pack(
            "standards/wells.yaml",
            """
            standard: huize.wells
            version: 1
            level: household
            title: { zh: 有深井, en: a deep well }
            area: "530326"
            in_force: { from: 2016-01-01, to: 2020-12-31 }
            status: working
            source: { title: "a county's own rule, for this test", grade: recall }
            indicators:
              - id: well
                bit: 0
                title: { zh: 深井, en: deep well }
                department: water
                counts: households
                met: "household.wells.exists(w, w.depth >= 30)"
                source: { title: "a county's own rule, for this test", grade: recall }
            """
        );
    }

    [Theory, BothEngines]
    public void A_subject_type_has_tables_history_import_and_rules(Engine engine)
    {
        Wells();
        using var cli = installations.Copy(engine);
        var numbers = Numbers(cli);
        var file = Sheet
            .Of(["户编号", "井深", "打井日期"], [numbers[0], "20", "2018-05-01"], [numbers[0], "40", "2019-05-01"], [numbers[1], "10", "2018-05-01"])
            .Write(cli.Folder, "wells.csv");
        cli.Import(file, Packs).Json[0].GetProperty("committed").GetBoolean().ShouldBeTrue();
        cli.Tables.Number("SELECT count(*) FROM wells").ShouldBe(3);
        cli.Import(file, Packs).Json[0].GetProperty("committed").GetBoolean().ShouldBeFalse();
        var households = cli.Judge(Packs)
            .Json.GetProperty("standards")
            .EnumerateArray()
            .Single(s => s.GetProperty("id").GetString() == "huize.wells");
        households.GetProperty("registered").GetProperty("met").GetProperty("households").GetInt32().ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM wells_history").ShouldBe(0);
        Should
            .Throw<Exception>(() => cli.Tables.Execute("UPDATE wells SET depth = 31, change_id = 1"))
            .Message.ShouldContain("must name the current change");
    }
}
