using Tuopin.Rules.Columnar;

namespace Tuopin.Rules.Tests.Columnar;

/// <summary>Each kind of node on one household, with facts missing.</summary>
public class UnknownsInColumns
{
    private readonly Village village = new();

    [Theory]
    [InlineData("household.water && household.rooms > 3", null, null, null)]
    [InlineData("household.water && household.rooms > 3", false, null, false)]
    [InlineData("household.water && household.rooms > 3", null, 3, false)]
    [InlineData("household.water && household.rooms > 3", true, 4, true)]
    [InlineData("household.water || household.rooms > 3", true, null, true)]
    [InlineData("household.water || household.rooms > 3", null, 4, true)]
    [InlineData("household.water || household.rooms > 3", false, null, null)]
    [InlineData("!household.water", null, null, null)]
    [InlineData("!household.water", false, null, true)]
    [InlineData("household.water == (household.rooms > 3)", false, 2, true)]
    [InlineData("household.water != (household.rooms > 3)", false, null, null)]
    [InlineData("has(household.rooms)", null, null, false)]
    [InlineData("has(household.rooms)", null, 1, true)]
    [InlineData("has(household.water)", false, 1, true)]
    [InlineData("has(household.water)", null, 1, false)]
    [InlineData("household.water ? household.rooms > 3 : household.rooms < 2", null, 1, null)]
    [InlineData("household.water ? household.rooms > 3 : household.rooms < 2", false, 1, true)]
    [InlineData("household.rooms in [1, 2, 3, 7]", null, 7, true)]
    [InlineData("household.rooms in [1, 2, 3, 7]", null, 4, false)]
    [InlineData("household.rooms in [1, 2, 3, 7]", null, null, null)]
    public void Three_values(string rule, bool? water, int? rooms, bool? expected)
    {
        var household = village.NewHousehold(village.NewPerson());
        village.Set(household, "water", water is { } w ? w : default(Tuopin.Rules.Model.Value?));
        village.Set(household, "rooms", rooms is { } r ? (long)r : default(Tuopin.Rules.Model.Value?));
        village.Flag(rule, household).ShouldBe(expected);
    }

    [Theory]
    [InlineData("all", new[] { true, true }, 0, true)]
    [InlineData("all", new[] { true, false }, 1, false)]
    [InlineData("all", new[] { true }, 1, null)]
    [InlineData("all", new bool[0], 0, null)]
    [InlineData("exists", new[] { false, true }, 1, true)]
    [InlineData("exists", new[] { false }, 1, null)]
    [InlineData("exists", new[] { false }, 0, false)]
    [InlineData("exists", new bool[0], 0, null)]
    public void Quantifiers_over_members(string macro, bool[] insured, int unknown, bool? expected) =>
        village.Flag($"household.members.{macro}(m, m.insured)", Household(insured, unknown)).ShouldBe(expected);

    [Theory]
    [InlineData("all", true)]
    [InlineData("exists", false)]
    public void Quantifiers_over_an_empty_collection_that_may_be_empty(string macro, bool expected) =>
        village.Flag($"household.measures.{macro}(m, m.amount > yuan(1))", Household([true], 0)).ShouldBe(expected);

    [Fact]
    public void A_sum_over_nothing_is_zero_and_a_minimum_unknown()
    {
        village.Flag("household.measures.sum(m, m.amount) == yuan(0)", Household([true], 0)).ShouldBe(true);
        village.Flag("household.measures.min(m, m.amount) >= yuan(0)", Household([true], 0)).ShouldBeNull();
        village.Flag("household.measures.avg(m, m.amount) >= yuan(0)", Household([true], 0)).ShouldBeNull();
        village.Flag("household.measures.count() == 0", Household([true], 0)).ShouldBe(true);
    }

    [Theory]
    [InlineData(">= 2", true)]
    [InlineData(">= 3", null)]
    [InlineData(">= 4", false)]
    [InlineData("== 2", null)]
    [InlineData("== 4", false)]
    [InlineData("!= 4", true)]
    [InlineData("<= 3", true)]
    [InlineData("< 2", false)]
    [InlineData("> 1", true)]
    public void A_count_with_unknowns_is_a_pair_of_bounds(string comparison, bool? expected) =>
        village.Flag($"household.members.count(m, m.insured) {comparison}", Household([true, true, false], 1)).ShouldBe(expected);

    [Theory]
    [InlineData(">= 0.5", true)]
    [InlineData("> 0.5", null)]
    [InlineData("> 0.75", false)]
    [InlineData("<= 0.75", true)]
    public void A_share_keeps_both_ends(string comparison, bool? expected) =>
        village.Flag($"household.members.share(m, m.insured) {comparison}", Household([true, true, false], 1)).ShouldBe(expected);

    [Fact]
    public void A_sum_with_an_unknown_is_unknown()
    {
        var household = village.NewHousehold(village.NewPerson(wage: 100), village.NewPerson());
        village.Flag("household.members.sum(m, m.wage) >= yuan(0)", household).ShouldBeNull();
        village.Flag("household.members.filter(m, has(m.wage)).sum(m, m.wage) == yuan(1)", household).ShouldBe(true);
        village.Flag("household.members.filter(m, m.insured).sum(m, m.wage) == yuan(0)", household).ShouldBeNull();
    }

    [Theory]
    [InlineData("min", 100)]
    [InlineData("max", 300)]
    public void Least_and_greatest(string macro, long fen)
    {
        var household = village.NewHousehold(village.NewPerson(wage: 200), village.NewPerson(wage: 100), village.NewPerson(wage: 300));
        village.Evaluate($"household.members.{macro}(m, m.wage)", household)[0].ShouldBe(new Outcome(true, fen, fen));
    }

    [Theory]
    [InlineData(12_872_00, 4, false)]
    [InlineData(12_872_01, 4, true)]
    [InlineData(-12_872_01, 4, false)]
    public void A_quotient_is_compared_unrounded(long income, int members, bool expected)
    {
        var household = village.NewHousehold([.. Enumerable.Range(0, members).Select(_ => village.NewPerson())]);
        village.Set(household, "income", income);
        village.Flag("household.income / household.members.count() > yuan(3218)", household).ShouldBe(expected);
    }

    [Fact]
    public void A_quotient_over_zero_is_unknown()
    {
        var household = village.Set(village.NewHousehold(village.NewPerson()), "income", 100);
        village.Flag("household.income / household.measures.count() > yuan(0)", household).ShouldBeNull();
        village.Evaluate("div_half_up(household.income, household.measures.count())", household)[0].Known.ShouldBeFalse();
    }

    [Theory]
    [InlineData(5, 2, 3)]
    [InlineData(-5, 2, -3)]
    [InlineData(4, 3, 1)]
    [InlineData(-4, 3, -1)]
    [InlineData(7, 7, 1)]
    public void Halves_are_rounded_away_from_zero(long change, int rooms, long expected)
    {
        var household = village.Set(village.Set(village.NewHousehold(), "change", change), "rooms", (long)rooms);
        village.Evaluate("div_half_up(household.change, household.rooms)", household)[0].ShouldBe(new Outcome(true, expected, expected));
    }

    [Theory]
    [InlineData(2014_06_12, 6)]
    [InlineData(2014_06_13, 5)]
    [InlineData(2020_06_12, 0)]
    [InlineData(2020_06_13, null)]
    public void Age_on_the_day(int birth, int? age)
    {
        var household = village.NewHousehold(village.NewPerson(birth: birth));
        for (var limit = 0; limit < 8; limit++)
        {
            village.Flag($"household.members.all(m, age(m.birth, day) >= {limit})", household).ShouldBe(age is null ? null : age >= limit);
            village.Flag($"household.members.all(m, age(m.birth, day) == {limit})", household).ShouldBe(age is null ? null : age == limit);
            village.Flag($"household.members.all(m, {limit} > age(m.birth, day))", household).ShouldBe(age is null ? null : limit > age);
        }
        village
            .Evaluate("household.members.max(m, age(m.birth, day))", household)[0]
            .ShouldBe(age is { } a ? new Outcome(true, a, a) : Outcome.Unknown);
    }

    [Theory]
    [InlineData("months_between(m.birth, date(\"2020-06-11\"))", 2020_01_12, 4)]
    [InlineData("months_between(date(\"2020-06-11\"), m.birth)", 2020_01_12, -4)]
    [InlineData("days_between(m.birth, date(\"2020-03-01\"))", 2020_02_28, 2)]
    [InlineData("days_between(m.birth, date(\"2020-03-01\"))", 1900_03_01, 43830)]
    [InlineData("add_months(m.birth, 1)", 2020_01_31, 2020_02_29)]
    [InlineData("add_months(m.birth, -11)", 2020_01_31, 2019_02_28)]
    [InlineData("add_months(m.birth, 12)", 9999_01_31, null)]
    [InlineData("year(m.birth)", 1987_02_28, 1987)]
    [InlineData("month(m.birth)", 1987_02_28, 2)]
    [InlineData("min_of(m.birth, date(\"2000-01-01\"))", 2020_01_01, 2000_01_01)]
    public void Functions_of_days(string call, int birth, int? expected)
    {
        var outcome = village.Evaluate($"household.members.max(m, {call})", village.NewHousehold(village.NewPerson(birth: birth)))[0];
        outcome.ShouldBe(expected is { } e ? new Outcome(true, e, e) : Outcome.Unknown);
    }

    private Tuopin.Rules.Model.SubjectNode Household(bool[] insured, int unknown) =>
        village.NewHousehold([
            .. insured.Select(i => village.NewPerson(insured: i)),
            .. Enumerable.Range(0, unknown).Select(_ => village.NewPerson()),
        ]);
}
