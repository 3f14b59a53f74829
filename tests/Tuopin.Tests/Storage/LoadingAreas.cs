using Shouldly;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>The shipped trees of 2016, 2020 and 2023, each in force in its years.</summary>
public sealed class LoadingAreas(Installations installations)
{
    private static readonly (string Vintage, string Day)[] Trees =
    [
        ("2016", "2018-12-31"),
        ("2020", "2019-01-01"),
        ("2020", "2022-12-31"),
        ("2023", "2023-01-01"),
    ];

    private AreaTree Tree(Engine engine, string day)
    {
        using var connection = installations.Shared(engine, "empty").Open().Store.Open();
        return AreaTree.Load(connection, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static List<(long Code, string Name)> Shipped(string what, string vintage) =>
        [
            .. File.ReadLines(Path.Combine(DemoFixture.Packs, "areas", $"places_{what}_{vintage}.csv"))
                .Skip(1)
                .Where(l => l.Length > 0)
                .Select(l => l.Split(','))
                .Select(c => (long.Parse(c[0].PadRight(12, '0'), System.Globalization.CultureInfo.InvariantCulture), c[1])),
        ];

    [Theory, BothEngines]
    public void Each_tree_is_in_force_in_its_years_and_whole(Engine engine)
    {
        foreach (var (vintage, day) in Trees)
        {
            var tree = Tree(engine, day);
            tree.All.Where(a => a.Level == 4).Select(a => (a.Code, a.Name)).ShouldBe(Shipped("townships", vintage), ignoreOrder: true);
            tree.All.Where(a => a.Level == 5).Select(a => (a.Code, a.Name)).ShouldBe(Shipped("villages", vintage), ignoreOrder: true);
            tree.All.Count(a => a.ParentId is null).ShouldBe(1);
            tree.All.Where(a => a.ParentId is not null).ShouldAllBe(a => tree.ById(a.ParentId!.Value)!.Level == a.Level - 1);
        }
    }

    [Theory, BothEngines]
    public void Huize_has_25_townships_and_389_village_level_units_on_the_work_date(Engine engine)
    {
        var tree = Tree(engine, "2020-06-12");
        var county = tree.ByCode("530326")!;
        county.Name.ShouldBe("会泽县");
        var townships = tree.Children[county.AreaId].ToList();
        townships.Count.ShouldBe(25);
        var villages = townships.SelectMany(t => tree.Children[t.AreaId]).ToList();
        villages.Count.ShouldBe(389);
        villages.Count(v => v.Kind == 2).ShouldBe(45);
        villages.Count(v => v.Kind == 1).ShouldBe(344);
        tree.Path(villages[0]).ShouldStartWith("会泽县/");
        tree.Ancestor(villages[0], 1)!.Name.ShouldBe("云南省");
    }

    [Theory, BothEngines]
    public void Every_county_of_the_nation_is_there(Engine engine)
    {
        var tree = Tree(engine, "2020-06-12");
        tree.All.Count(a => a.Level == 1).ShouldBe(31);
        tree.All.Count(a => a.Level == 3).ShouldBeGreaterThan(2800);
    }

    [Theory, BothEngines]
    public void A_place_keeps_its_id_when_its_code_changes_and_a_code_used_again_is_reported(Engine engine)
    {
        var cli = installations.Shared(engine, "empty");
        var kept = cli.Tables.Number(
            "SELECT count(*) FROM area_versions a JOIN area_versions b ON b.area_id = a.area_id AND b.from_day > a.from_day WHERE a.code <> b.code"
        );
        kept.ShouldBeGreaterThan(0);
        var reused = cli.Tables.Number(
            "SELECT count(*) FROM area_versions b WHERE EXISTS (SELECT 1 FROM area_versions a WHERE a.code = b.code AND a.area_id <> b.area_id AND a.to_day = b.from_day)"
        );
        reused.ShouldBeGreaterThan(0);
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'areas.load'")!.ShouldContain($"{reused} codes used again");
    }

    [Theory, BothEngines]
    public void A_township_that_is_renamed_keeps_its_id_and_those_of_its_villages(Engine engine)
    {
        foreach (
            var (before, after, code, was, now) in new[]
            {
                ("2018-12-31", "2019-01-01", "530326208", "新街乡", "新街回族乡"),
                ("2022-12-31", "2023-01-01", "450422111", "蒙江镇", "濛江镇"),
            }
        )
        {
            var (old, fresh) = (Tree(engine, before), Tree(engine, after));
            var township = old.ByCode(code)!;
            township.Name.ShouldBe(was);
            fresh.ById(township.AreaId)!.Name.ShouldBe(now);
            old.Children[township.AreaId].Select(v => v.AreaId).ShouldBe(fresh.Children[township.AreaId].Select(v => v.AreaId));
        }
    }

    [Theory, BothEngines]
    public void A_village_whose_township_was_merged_away_keeps_its_id_under_the_new_one(Engine engine)
    {
        var (old, fresh) = (Tree(engine, "2022-12-31"), Tree(engine, "2023-01-01"));
        // 永乐乡 and 石壁乡 became 三合镇 in 2021.
        var merged = new[] { "141025201", "141025200" }.Select(c => old.ByCode(c)!).ToList();
        merged.ShouldAllBe(t => fresh.ById(t.AreaId) == null);
        var villages = fresh.Children[fresh.ByCode("141025104")!.AreaId].ToList();
        villages.Count.ShouldBe(16);
        villages.ShouldAllBe(v => merged.Exists(t => t.AreaId == old.ById(v.AreaId)!.ParentId));
    }

    /// <summary>The numbers of decision 0007. A village that ends has no other of its name in its county.</summary>
    [Theory, BothEngines]
    public void Most_villages_keep_their_id_from_tree_to_tree(Engine engine)
    {
        foreach (var (before, after, all, kept) in new[] { ("2018-12-31", "2019-01-01", 4058, 3159), ("2022-12-31", "2023-01-01", 3385, 3115) })
        {
            var (old, fresh) = (Tree(engine, before), Tree(engine, after));
            var villages = old.All.Where(a => a.Level == 5).ToList();
            villages.Count.ShouldBe(all);
            villages.Count(v => fresh.ById(v.AreaId) is not null).ShouldBe(kept, after);
        }
    }

    [Theory, BothEngines]
    public void At_most_one_version_of_a_place_or_code_holds_on_a_day(Engine engine)
    {
        var tables = installations.Shared(engine, "empty").Tables;
        foreach (var by in new[] { "area_id", "code" })
            tables
                .Number(
                    $"SELECT count(*) FROM area_versions a JOIN area_versions b ON a.{by} = b.{by} AND b.from_day > a.from_day AND (a.to_day IS NULL OR a.to_day > b.from_day)"
                )
                .ShouldBe(0, by);
    }

    [Theory, BothEngines]
    public void A_judgement_of_another_year_stands_on_the_tree_of_that_year(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var units = Shipped("villages", "2016").Count(v => v.Code / 1_000_000 == 530326);
        cli.Judge("--area", "530326", "--as-of", "2017-12-31").Json.GetProperty("villages").GetProperty("total").GetInt32().ShouldBe(units);
    }
}
