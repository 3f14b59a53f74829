using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Tests.Columnar;

public class KnowingWhatToLoad
{
    private readonly Village village = new();

    [Fact]
    public void Facts_relations_and_keys_of_a_standard()
    {
        var subject = new Variable("household", village.Household);
        var standard = village.Standard(
            "x",
            subject,
            village.Indicator("a", 0, subject, "household.income > household.last_year.income && household.village.road", "household.rooms == 0"),
            village.Indicator("b", 1, subject, "household.members.all(m, unique_in('county', m.key))")
        );
        var needs = Needs.Of(standard);
        needs
            .Facts.Select(f => $"{f.Fact} {f.YearShift}")
            .Order()
            .ShouldBe(["household.income -1", "household.income 0", "household.rooms 0", "person.key 0", "village.road 0"]);
        needs.Relations.Select(r => r.ToString()).Order().ShouldBe(["household.members", "household.village"]);
    }

    [Fact]
    public void A_standard_runs_on_a_snapshot_of_just_these()
    {
        var subject = new Variable("household", village.Household);
        var standard = village.Standard("x", subject, village.Indicator("a", 0, subject, "household.village.road && household.members.count() > 1"));
        var builder = new SnapshotBuilder(Village.Day);
        foreach (var (fact, shift) in Needs.Of(standard).Facts)
            builder.Table(fact.Subject).Column(fact, shift);
        builder.Table(village.Area).Column(village.Area.Facts["road"]).Set(builder.Table(village.Area).Add(9, 530326_101_001), 1);
        var household = builder.Table(village.Household).Add(1, 530326_101_001);
        builder.Table(village.Household).Link(village.Household.Relations["village"]).Set(household, 9);
        for (var i = 0; i < 2; i++)
            builder.Table(village.Person).Link(village.Household.Relations["members"]).Set(builder.Table(village.Person).Add(i, 530326_101_001), 1);
        builder.Build().Judge(standard).MasksOf(0).ShouldBe((1, 0, 0));
    }
}
