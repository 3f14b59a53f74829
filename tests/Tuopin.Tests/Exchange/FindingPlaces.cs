using Shouldly;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Exchange;

public class FindingPlaces
{
    private static AreaAnswer Find(string village, string township = "者海镇", string? group = null) =>
        Packs.Areas.Resolve([null, "云南省", "曲靖市", "会泽县", township, village, group], 5);

    [Theory]
    [InlineData("三道沟村民委员会", 10)]
    [InlineData("三道沟村委会", 10)]
    [InlineData("三道沟村", 10)]
    [InlineData("三道沟", 10)]
    [InlineData(" 三 道沟\u3000", 10)]
    [InlineData("石河社区", 14)]
    [InlineData("石河居委会", 14)]
    [InlineData("石河社区居民委员会", 14)]
    [InlineData("石河", 14)]
    [InlineData("新街村", 11)]
    [InlineData("新街村民委员会", 11)]
    [InlineData("新街社区", 12)]
    [InlineData("新街居民委员会", 12)]
    [InlineData("大村", 13)]
    [InlineData("大村委会", 13)]
    [InlineData("大村村委会", 13)]
    public void A_village_is_known_by_all_its_names(string name, long id) => Find(name).ShouldBe(new AreaAnswer(id));

    [Theory]
    [InlineData("者海", 10)]
    [InlineData("新街乡", 15)]
    [InlineData("新街回族乡", 15)]
    [InlineData("新街", 15)]
    public void A_township_is_known_by_all_its_names(string name, long id) => Find("三道沟", name).Id.ShouldBe(id);

    [Fact]
    public void The_place_is_looked_for_inside_its_parent_only() => Find("二台坡", "新街乡").Rule.ShouldBe(ImportRules.AreaUnknown);

    [Fact]
    public void Ambiguous_names_are_refused_with_all_candidates()
    {
        var answer = Find("新街");
        answer.Rule.ShouldBe(ImportRules.AreaAmbiguous);
        answer.Second.ShouldBe("新街村委会、新街社区居民委员会");
    }

    [Fact]
    public void Unknown_names_come_with_the_nearest()
    {
        var answer = Find("三道河村委会");
        answer.Rule.ShouldBe(ImportRules.AreaUnknown);
        answer.Level.ShouldBe(5);
        answer.Second.ShouldContain("三道沟");
    }

    [Fact]
    public void A_village_that_became_a_community_is_taken_with_a_warning()
    {
        var answer = Find("石河村");
        (answer.Id, answer.Rule, answer.First).ShouldBe((14, ImportRules.AreaKind, "石河社区居委会"));
    }

    [Fact]
    public void Upper_names_may_be_missing_short_or_left_to_the_scope()
    {
        Packs.Areas.Resolve([null, "云南", "曲靖", "会泽", "者海", "三道沟"], 5).Id.ShouldBe(10);
        Packs.Areas.Resolve([null, null, null, "会泽县", "者海镇", "三道沟"], 5).Id.ShouldBe(10);
        Packs.Areas.Resolve([null, "云南省", "文山州", "文山市"], 3).Id.ShouldBe(21);
        Packs.Areas.Resolve([null, "云南省", "文山", null], 2).Id.ShouldBe(20);
        var county = new AreaResolver(Packs.Places, within: 4);
        county.Resolve([null, null, null, null, "者海镇", "三道沟"], 5).Id.ShouldBe(10);
        county.Resolve([null, "云南省", "文山州", null, "者海镇", "三道沟"], 5).Rule.ShouldBe(ImportRules.AreaOutside);
        county.ByCode("532601").Rule.ShouldBe(ImportRules.AreaOutside);
        county.ByCode("530326101200").Id.ShouldBe(10);
        county.ByCode("999").Rule.ShouldBe(ImportRules.AreaUnknown);
    }

    [Fact]
    public void A_missing_village_is_named() =>
        Packs.Areas.Resolve([null, "云南省", "曲靖市", "会泽县", "者海镇", ""], 5).Rule.ShouldBe(ImportRules.AreaMissing);

    [Theory]
    [InlineData("一组", 30)]
    [InlineData("第一村民小组", 30)]
    [InlineData("1组", 30)]
    [InlineData("第2小组", 31)]
    [InlineData("二组", 31)]
    public void Groups_are_found_where_the_tree_has_them(string group, long id) => Find("三道沟", group: group).Id.ShouldBe(id);

    [Fact]
    public void The_village_of_a_group_is_its_ancestor()
    {
        Packs.Areas.Ancestor(30, 5)!.Id.ShouldBe(10);
        Packs.Areas.Ancestor(10, 5)!.Id.ShouldBe(10);
        Packs.Areas.Ancestor(4, 5).ShouldBeNull();
    }

    [Fact]
    public void A_group_of_a_village_without_groups_leaves_the_village() => Find("大村", group: "五组").ShouldBe(new AreaAnswer(13));

    [Fact]
    public void Every_village_of_the_shipped_trees_is_found_by_its_own_name_and_by_its_short_name_or_refused_as_ambiguous()
    {
        var rows = File.ReadLines(Path.Combine(Packs.Folder, "areas", "places_villages_2020.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        var townships = File.ReadLines(Path.Combine(Packs.Folder, "areas", "places_townships_2020.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        var nodes = new List<AreaNode> { new(1, 0, "全国", 1, 0) };
        nodes.AddRange(townships.Select(t => t[2]).Distinct().Select(c => new AreaNode(long.Parse(c), long.Parse(c) * 1000000, c, 1, 3)));
        nodes.AddRange(townships.Select(t => new AreaNode(long.Parse(t[0]), long.Parse(t[0]) * 1000, t[1], long.Parse(t[2]), 4)));
        nodes.AddRange(rows.Select(v => new AreaNode(long.Parse(v[0]), long.Parse(v[0]), v[1], long.Parse(v[2]), 5)));
        var resolver = new AreaResolver(nodes);
        var names = townships.ToDictionary(t => t[0], t => t[1]);
        var ambiguous = 0;
        foreach (var village in rows)
        {
            resolver.Resolve([null, null, null, village[3], names[village[2]], village[1]], 5).Id.ShouldBe(long.Parse(village[0]), village[1]);
            var shortName = resolver.Resolve(
                [
                    null,
                    null,
                    null,
                    village[3],
                    names[village[2]],
                    village[1].Replace("村民委员会", "").Replace("居民委员会", "").Replace("村委会", "").Replace("居委会", ""),
                ],
                5
            );
            if (shortName.Rule == ImportRules.AreaAmbiguous)
                ambiguous++;
            else
                shortName.Id.ShouldBe(long.Parse(village[0]), village[1]);
        }
        ambiguous.ShouldBeLessThan(rows.Count / 20);
    }
}
