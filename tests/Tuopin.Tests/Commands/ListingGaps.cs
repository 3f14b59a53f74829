using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

public sealed class ListingGaps(Installations installations)
{
    private const string Yunnan = "yunnan.household-exit";
    private static readonly string[] Keys = ["indicator", "title", "area", "department", "households", "persons"];

    [Theory, BothEngines]
    public void Counts_are_those_of_the_stored_verdicts(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var gaps = cli.Gaps().Json.EnumerateArray().ToList();
        gaps.ShouldAllBe(g => Keys.All(k => g.GetProperty(k).ValueKind != JsonValueKind.Null));
        // The most specific standard in force decides: the nation's gaps are not listed beside Yunnan's.
        gaps.Where(g => g.GetProperty("level").GetString() == "household").ShouldAllBe(g => g.GetProperty("standard").GetString() == Yunnan);
        foreach (var indicator in new[] { "income", "housing", "education", "medical", "pension", "help" })
        {
            var (id, bit) = MakingTheDemo.Bit(cli.Tables, Yunnan, indicator);
            var of = gaps.Where(g => g.GetProperty("indicator").GetString() == indicator && g.GetProperty("standard").GetString() == Yunnan).ToList();
            of.Sum(g => g.GetProperty("households").GetInt64())
                .ShouldBe(cli.Tables.Number($"SELECT count(*) FROM verdicts WHERE standard_version_id = {id} AND unmet & {bit} <> 0"), indicator);
            of.ShouldAllBe(g => g.GetProperty("persons").GetInt64() <= g.GetProperty("members").GetInt64());
            of.Sum(g => g.GetProperty("members").GetInt64())
                .ShouldBe(
                    cli.Tables.Number(
                        $"""
                        SELECT count(*) FROM verdicts v JOIN memberships m ON m.household_id = v.subject_id AND m.from_day <= 20200612
                        AND (m.to_day IS NULL OR m.to_day > 20200612) WHERE v.standard_version_id = {id} AND v.unmet & {bit} <> 0
                        """
                    ),
                    indicator
                );
        }
    }

    [Theory, BothEngines]
    public void The_parts_add_up_at_every_level(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        List<string> Totals(params string[] options) =>
            [
                .. cli.Gaps(options)
                    .Json.EnumerateArray()
                    .Where(g => g.GetProperty("level").GetString() == "household")
                    .GroupBy(g => g.GetProperty("indicator").GetString())
                    .Select(g => $"{g.Key} {g.Sum(x => x.GetProperty("households").GetInt64())} {g.Sum(x => x.GetProperty("persons").GetInt64())}"),
            ];
        var whole = Totals("--by", "county");
        whole.ShouldNotBeEmpty();
        Totals("--by", "township").ShouldBe(whole);
        Totals("--by", "village").ShouldBe(whole);
        Totals("--area", Installations.County(Tuopin.Demo.DemoSize.Township).Villages[0].Area.TownshipCode.ToString()[..9]).ShouldBe(whole);
    }

    [Theory, BothEngines]
    public void By_name_each_household_stands_with_its_helper_and_unit(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        foreach (var gap in cli.Gaps("--names").Json.EnumerateArray().Where(g => g.GetProperty("level").GetString() == "household"))
        {
            var names = gap.GetProperty("names").EnumerateArray().ToList();
            names.Count.ShouldBe(gap.GetProperty("households").GetInt32());
            foreach (var name in names)
            {
                name.EnumerateObject().Select(p => p.Name).ShouldBe(["household", "head", "village", "unit", "helper"]);
                name.GetProperty("village").GetString().ShouldNotBeNullOrEmpty();
                // Only registered households are paired with a helper.
                var paired = name.GetProperty("household").GetString()!.StartsWith("DEMO5", StringComparison.Ordinal);
                (name.GetProperty("helper").GetString() is not null).ShouldBe(paired);
                (name.GetProperty("unit").GetString() is not null).ShouldBe(paired);
            }
        }
    }

    [Theory, BothEngines]
    public void One_indicator_is_listed_alone(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var gaps = cli.Gaps("--indicator", "pension").Json.EnumerateArray().ToList();
        gaps.ShouldNotBeEmpty();
        gaps.ShouldAllBe(g => g.GetProperty("indicator").GetString() == "pension" && g.GetProperty("department").GetString() == "human_resources");
    }

    [Theory, BothEngines]
    public void Another_day_is_judged_for_the_question_and_stored_nowhere(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Tables.Dump(cli.Tables.Names());
        cli.Gaps("--as-of", "2020-06-12").Output.ShouldBe(cli.Gaps().Output);
        // On 30 September 2019 the income year was 2018, and nothing was collected for it but incomes.
        var gaps = cli.Gaps("--as-of", "2019-09-30", "--by", "county").Json;
        var judged = cli.Judge("--as-of", "2019-09-30").Json.GetProperty("standards").EnumerateArray();
        judged.ShouldContain(s => s.GetProperty("id").GetString() == Yunnan);
        gaps.GetRawText().ShouldNotBe(cli.Gaps("--by", "county").Json.GetRawText());
        cli.Gaps("--as-of", "someday").Misused("date.bad", "someday");
        cli.Tables.Dump(cli.Tables.Names()).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void What_is_unknown_is_listed_with_the_facts_that_are_missing(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var unknown = cli.Gaps("--unknown").Json.EnumerateArray().ToList();
        foreach (var indicator in new[] { "income", "housing", "education", "medical", "pension", "help" })
        {
            var (id, bit) = MakingTheDemo.Bit(cli.Tables, Yunnan, indicator);
            var of = unknown
                .Where(u => u.GetProperty("indicator").GetString() == indicator && u.GetProperty("standard").GetString() == Yunnan)
                .ToList();
            of.Count.ShouldBe(
                (int)cli.Tables.Number($"SELECT count(*) FROM verdicts WHERE standard_version_id = {id} AND (met | unmet | exempt) & {bit} = 0"),
                indicator
            );
            of.ShouldAllBe(u => u.GetProperty("missing").GetArrayLength() > 0);
        }
        unknown.ShouldContain(u => u.GetProperty("household").GetString() != null);
        var income = cli.Gaps("--unknown", "--indicator", "income").Json.EnumerateArray().ToList();
        income.ShouldNotBeEmpty();
        income.ShouldAllBe(u => u.GetProperty("missing")[0].GetString()!.EndsWith(')'));
        var one = income[0].GetProperty("household").GetString()!;
        var explained = cli.Explain(one)
            .Json.GetProperty("standards")
            .EnumerateArray()
            .Single(s => s.GetProperty("id").GetString() == Yunnan)
            .GetProperty("indicators")
            .EnumerateArray()
            .Single(i => i.GetProperty("id").GetString() == "income");
        explained.GetProperty("result").GetString().ShouldBe("unknown");
        explained.GetProperty("unknown").GetRawText().Length.ShouldBeGreaterThan(5);
        explained
            .GetProperty("unknown")
            .EnumerateArray()
            .Select(u => u.GetString())
            .ShouldBe(income[0].GetProperty("missing").EnumerateArray().Select(u => u.GetString()));
        cli.Run("gaps", "--unknown").Done().Output.ShouldContain("missing 缺");
    }

    [Theory, BothEngines]
    public void What_it_does_not_know_is_refused(Engine engine)
    {
        var cli = installations.Shared(engine);
        cli.Gaps("--indicator", "happiness").Refused("gaps.indicator-unknown", "happiness");
        cli.Gaps("--by", "province").Misused("gaps.level-unknown", "province");
        cli.Gaps("--area", "530399").Refused("area.unknown", "530399");
        cli.Run("gaps", "--name").WrongUsage();
    }

    [Theory, BothEngines]
    public void Nothing_is_listed_before_it_was_judged(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute("DELETE FROM settings WHERE name = 'judged'");
        cli.Gaps().Refused("judged.never", "tuopin judge");
    }

    [Theory, BothEngines]
    public void A_judgement_that_an_import_has_overtaken_is_not_listed(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Sheet.Read(Path.Combine(cli.Folder, "demo-files", "persons.csv"));
        cli.Import(sheet.With(0, "民族", "苗族").Write(cli.Folder, "changed.csv")).Done();
        cli.Gaps().Refused("judged.stale", "tuopin judge");
        cli.Judge().Done();
        cli.Gaps().Done();
    }

    [Theory, BothEngines]
    public void Nothing_is_written_by_listing(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Tables.Dump(cli.Tables.Names());
        cli.Gaps("--names", "--by", "village").Done();
        cli.Run("gaps").Done().Output.ShouldContain("人");
        cli.Tables.Dump(cli.Tables.Names()).ShouldEqual(before);
    }
}
