using System.Data.Common;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using static Tuopin.Rules.Tests.Parity.Ir;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>One test for each place where databases are known to differ from each other, from C#, or from what a rule says.</summary>
public sealed class ParityTraps : IClassFixture<BackEnd.Each>
{
    private readonly BackEnd.Each backEnds;
    private readonly World world;
    private readonly SubjectNode household;
    private readonly Variable h = Var(TestWorld.Household);

    public ParityTraps(BackEnd.Each backEnds)
    {
        this.backEnds = backEnds;
        (world, var village) = World.WithVillage();
        household = world.AddHousehold(village);
    }

    private Result Ask(string backEnd, Expr expression) => backEnds[backEnd].Ask(world, h, household, expression);

    private SubjectNode Member() => world.AddMember(household);

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void An_unknown_test_does_not_take_the_otherwise(string backEnd) =>
        Ask(backEnd, If(Read(h, TestWorld.HasTap), Int(1), Int(2))).ShouldBe(Result.Unknown);

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_quotient_over_zero_is_unknown_and_no_error(string backEnd)
    {
        household.With(TestWorld.Stated, 0).With(TestWorld.Wage, 5);
        Ask(backEnd, AtLeast(Per(Read(h, TestWorld.Wage), Read(h, TestWorld.Stated)), Fen(0))).ShouldBe(Result.Unknown);
        Ask(backEnd, DivideHalfUp(Read(h, TestWorld.Wage), Read(h, TestWorld.Stated))).ShouldBe(Result.Unknown);
    }

    /// <summary>A sum over nothing is 0: less a fact and held at 0 or more it divides by nothing.</summary>
    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_count_over_a_sum_of_nothing_is_unknown(string backEnd)
    {
        household.With(TestWorld.Stated, 3);
        Member().With(TestWorld.Insured, true);
        var measure = Var(TestWorld.Measure);
        var sum = Macro(AggregateKind.Sum, At(h), TestWorld.HouseholdMeasures, measure, Int(59));
        var count = Members(AggregateKind.Count, h, filter: m => Read(m, TestWorld.Insured));
        var divisor = Call(Function.MaxOf, Minus(sum, Read(h, TestWorld.Stated)), Int(0));
        Ask(backEnd, sum).ShouldBe(Result.Number(0));
        Ask(backEnd, DivideHalfUp(count, divisor)).ShouldBe(Result.Unknown);
        Ask(backEnd, AtLeast(Per(count, divisor), Int(0))).ShouldBe(Result.Unknown);
        world.AddMeasure(household);
        Ask(backEnd, DivideHalfUp(Times(count, Int(100)), divisor)).ShouldBe(Result.Number(2));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Products_of_small_numbers_are_computed_in_64_bits(string backEnd)
    {
        household.With(TestWorld.Stated, 20).With(TestWorld.HouseArea, 100_000);
        Ask(backEnd, Times(Times(Read(h, TestWorld.Stated), Int(2_000_000)), Int(2_000_000))).ShouldBe(Result.Number(80_000_000_000_000));
        Ask(backEnd, Times(Int(2_000_000_000), Int(2_000_000_000))).ShouldBe(Result.Number(4_000_000_000_000_000_000));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void True_facts_are_counted_and_not_summed(string backEnd)
    {
        Member().With(TestWorld.Insured, true);
        Member().With(TestWorld.Insured, false);
        Member();
        Ask(backEnd, Members(AggregateKind.Count, h, m => Read(m, TestWorld.Insured))).ShouldBe(new Result(new(1), new(2)));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Truth_values_compare_as_such(string backEnd)
    {
        household.With(TestWorld.HasTap, true).With(TestWorld.Paid, false);
        Ask(backEnd, Same(Read(h, TestWorld.HasTap), Read(h, TestWorld.Paid))).ShouldBe(Result.False);
        Ask(backEnd, In(Read(h, TestWorld.HasTap), Bool(true))).ShouldBe(Result.True);
        Ask(backEnd, Same(Has(Read(h, TestWorld.Note)), Read(h, TestWorld.Paid))).ShouldBe(Result.True);
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public void A_text_cannot_stand_where_a_number_is_kept(string name)
    {
        using var database = TestDatabase.Of(name);
        Should.Throw<DbException>(() => database.Execute("INSERT INTO households (id, house_area) VALUES (1, 'abc')"));
        Should.Throw<DbException>(() => database.Execute("INSERT INTO household_years (household_id, year, has_tap) VALUES (1, 2020, 2)"));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Text_is_met_with_its_case_and_its_percent_signs(string backEnd)
    {
        household.With(TestWorld.Note, "AB%c_\U00020000");
        Result Test(Function function, string sought) => Ask(backEnd, Call(function, Read(h, TestWorld.Note), Text(sought)));
        Test(Function.StartsWith, "ab").ShouldBe(Result.False);
        Test(Function.StartsWith, "AB%").ShouldBe(Result.True);
        Test(Function.StartsWith, "A%").ShouldBe(Result.False);
        Test(Function.Contains, "%").ShouldBe(Result.True);
        Test(Function.Contains, "B_c").ShouldBe(Result.False);
        Test(Function.Contains, "").ShouldBe(Result.True);
        Test(Function.EndsWith, "_\U00020000").ShouldBe(Result.True);
        Test(Function.EndsWith, "").ShouldBe(Result.True);
        Test(Function.EndsWith, "xxxxxxAB%c_\U00020000").ShouldBe(Result.False);
        Ask(backEnd, Call(Function.Size, Read(h, TestWorld.Note))).ShouldBe(Result.Number(6));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Text_is_ordered_by_code_point(string backEnd)
    {
        household.With(TestWorld.Note, "\uFF21");
        Ask(backEnd, Less(Read(h, TestWorld.Note), Text("\U00020000"))).ShouldBe(Result.True);
        Ask(backEnd, Less(Read(h, TestWorld.Note), Text("z"))).ShouldBe(Result.False);
        household.With(TestWorld.Note, "B");
        Ask(backEnd, Less(Read(h, TestWorld.Note), Text("a"))).ShouldBe(Result.True);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Days_are_counted_by_the_calendar(string backEnd)
    {
        Result Between(long a, long b)
        {
            household.With(TestWorld.MovedOn, a);
            return Ask(backEnd, Call(Function.DaysBetween, Read(h, TestWorld.MovedOn), Date(b)));
        }
        Between(2020_02_28, 2020_03_01).ShouldBe(Result.Number(2));
        Between(2019_02_28, 2019_03_01).ShouldBe(Result.Number(1));
        Between(1900_02_28, 1900_03_01).ShouldBe(Result.Number(1));
        Between(2020_03_01, 2020_02_28).ShouldBe(Result.Number(-2));
        Between(1_01_01, 9999_12_31).ShouldBe(Result.Number(3_652_058));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_child_of_29_February_has_its_birthday_on_1_March(string backEnd)
    {
        household.With(TestWorld.MovedOn, 2004_02_29);
        Result On(long day) => Ask(backEnd, Call(Function.Age, Read(h, TestWorld.MovedOn), Date(day)));
        On(2010_02_28).ShouldBe(Result.Number(5));
        On(2010_03_01).ShouldBe(Result.Number(6));
        On(2020_02_29).ShouldBe(Result.Number(16));
        On(2004_02_28).ShouldBe(Result.Unknown);
        Result Reached(long day, int years) => Ask(backEnd, AtLeast(Call(Function.Age, Read(h, TestWorld.MovedOn), Date(day)), Int(years)));
        Reached(2010_02_28, 6).ShouldBe(Result.False);
        Reached(2010_03_01, 6).ShouldBe(Result.True);
        Reached(2004_02_28, 0).ShouldBe(Result.Unknown);
        Ask(backEnd, Less(Call(Function.Age, Read(h, TestWorld.MovedOn), Date(2004_02_28)), Int(3))).ShouldBe(Result.Unknown);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Months_are_complete_in_both_directions(string backEnd)
    {
        household.With(TestWorld.MovedOn, 2020_01_31);
        Result Until(long day) => Ask(backEnd, Call(Function.MonthsBetween, Read(h, TestWorld.MovedOn), Date(day)));
        Until(2020_02_29).ShouldBe(Result.Number(0));
        Until(2020_03_31).ShouldBe(Result.Number(2));
        Until(2019_12_31).ShouldBe(Result.Number(-1));
        Until(2020_01_30).ShouldBe(Result.Number(0));
        Until(2019_01_15).ShouldBe(Result.Number(-12));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_month_too_short_gives_its_last_day(string backEnd)
    {
        household.With(TestWorld.MovedOn, 2020_01_31);
        Result Plus(int months) => Ask(backEnd, Call(Function.AddMonths, Read(h, TestWorld.MovedOn), Int(months)));
        Plus(1).ShouldBe(Result.Number(2020_02_29));
        Plus(13).ShouldBe(Result.Number(2021_02_28));
        Plus(-2).ShouldBe(Result.Number(2019_11_30));
        Plus(-1).ShouldBe(Result.Number(2019_12_31));
        Plus(120_000).ShouldBe(Result.Unknown);
        Plus(-120_000).ShouldBe(Result.Unknown);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Halves_are_rounded_away_from_zero(string backEnd)
    {
        Result Over(long fen, long by)
        {
            household.With(TestWorld.Business, fen);
            return Ask(backEnd, DivideHalfUp(Read(h, TestWorld.Business), Int(by)));
        }
        Over(5, 2).ShouldBe(Result.Number(3));
        Over(-5, 2).ShouldBe(Result.Number(-3));
        Over(4, 3).ShouldBe(Result.Number(1));
        Over(-4, 3).ShouldBe(Result.Number(-1));
        Over(-1, 3).ShouldBe(Result.Number(0));
        Over(0, 7).ShouldBe(Result.Number(0));
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Nothing_is_in_an_empty_list(string backEnd)
    {
        Ask(backEnd, In(Read(h, TestWorld.Stated))).ShouldBe(Result.False);
        Ask(backEnd, In(Read(h, TestWorld.Stated), Int(1))).ShouldBe(Result.Unknown);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void The_smaller_of_an_unknown_and_a_number_is_unknown(string backEnd)
    {
        Ask(backEnd, Call(Function.MinOf, Read(h, TestWorld.Stated), Int(3))).ShouldBe(Result.Unknown);
        Ask(backEnd, Call(Function.MaxOf, Int(3), Read(h, TestWorld.Stated))).ShouldBe(Result.Unknown);
    }

    /// <summary>(3 x 3750.00 - 0.01) / 3 prints as 3750.00 and is under the line.</summary>
    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_threshold_compares_the_unrounded_value(string backEnd)
    {
        household.With(TestWorld.Wage, 3 * 375_000 - 1);
        for (var i = 0; i < 3; i++)
            Member();
        var perHead = Per(Read(h, TestWorld.Wage), Members(AggregateKind.Count, h));
        Ask(backEnd, AtLeast(perHead, Fen(375_000))).ShouldBe(Result.False);
        household.With(TestWorld.Wage, 3 * 375_000);
        Ask(backEnd, AtLeast(perHead, Fen(375_000))).ShouldBe(Result.True);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Bounds_decide_only_where_both_ends_agree(string backEnd)
    {
        Member().With(TestWorld.Insured, true);
        Member();
        Member();
        var insured = Members(AggregateKind.Count, h, m => Read(m, TestWorld.Insured));
        Ask(backEnd, AtLeast(insured, Int(1))).ShouldBe(Result.True);
        Ask(backEnd, AtLeast(insured, Int(2))).ShouldBe(Result.Unknown);
        Ask(backEnd, AtLeast(insured, Int(4))).ShouldBe(Result.False);
        Ask(backEnd, Same(insured, Int(2))).ShouldBe(Result.Unknown);
        Ask(backEnd, Same(insured, Int(0))).ShouldBe(Result.False);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void An_empty_required_collection_is_unknown_to_every_macro(string backEnd)
    {
        Ask(backEnd, Members(AggregateKind.All, h, m => Read(m, TestWorld.Insured))).ShouldBe(Result.Unknown);
        Ask(backEnd, Members(AggregateKind.Exists, h, m => Read(m, TestWorld.Insured))).ShouldBe(Result.Unknown);
        Ask(backEnd, Members(AggregateKind.Count, h)).ShouldBe(Result.Unknown);
        Ask(backEnd, Members(AggregateKind.Sum, h, m => Read(m, TestWorld.Pay))).ShouldBe(Result.Unknown);
        var measure = Var(TestWorld.Measure);
        var sum = Macro(AggregateKind.Sum, At(h), TestWorld.HouseholdMeasures, measure, Read(measure, TestWorld.Amount));
        Ask(backEnd, sum).ShouldBe(Result.Number(0));
    }

    /// <summary>SQL gives an aggregate function whose arguments are all outer columns to the outer query.</summary>
    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_macro_may_speak_of_the_outer_item_alone(string backEnd)
    {
        Member().With(TestWorld.Away, 3).With(TestWorld.RelationToHead, 1);
        Member().With(TestWorld.Away, 7).With(TestWorld.RelationToHead, 2);
        var (a, b) = (Var(TestWorld.Person), Var(TestWorld.Person));
        var inner = Macro(
            AggregateKind.Count,
            At(h),
            TestWorld.HouseholdMembers,
            b,
            Same(Read(a, TestWorld.RelationToHead), Code(TestWorld.Relations, "spouse"))
        );
        var outer = Macro(AggregateKind.Sum, At(h), TestWorld.HouseholdMembers, a, Times(inner, Read(a, TestWorld.Away)));
        Ask(backEnd, outer).ShouldBe(Result.Number(14));
    }

    /// <summary>Head and spouse, older by more than a number of years: pairs within a household.</summary>
    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void Pairs_within_a_household(string backEnd)
    {
        Member().With(TestWorld.Birth, 1960_01_01).With(TestWorld.RelationToHead, 1);
        var spouse = Member().With(TestWorld.Birth, 1975_01_01).With(TestWorld.RelationToHead, 2);
        var (a, b) = (Var(TestWorld.Person), Var(TestWorld.Person));
        var pair = And(
            And(
                Same(Read(a, TestWorld.RelationToHead), Code(TestWorld.Relations, "head")),
                Same(Read(b, TestWorld.RelationToHead), Code(TestWorld.Relations, "spouse"))
            ),
            AtLeast(Call(Function.MonthsBetween, Read(a, TestWorld.Birth), Read(b, TestWorld.Birth)), Int(15 * 12))
        );
        var rule = Macro(
            AggregateKind.Exists,
            At(h),
            TestWorld.HouseholdMembers,
            a,
            Macro(AggregateKind.Exists, At(h), TestWorld.HouseholdMembers, b, pair)
        );
        Ask(backEnd, rule).ShouldBe(Result.True);
        spouse.With(TestWorld.Birth, 1974_12_31);
        Ask(backEnd, rule).ShouldBe(Result.False);
        spouse.Facts.Remove((TestWorld.Birth, 0));
        Ask(backEnd, rule).ShouldBe(Result.Unknown);
    }

    [Theory, MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_key_is_unique_within_its_county_only(string backEnd)
    {
        var one = Member().With(TestWorld.IdIndex, 5);
        var far = world.AddHousehold(world.AddVillage(world.AddTownship(world.AddCounty(530_327_000_000), 530_327_001_000), 530_327_001_201));
        world.AddMember(far).With(TestWorld.IdIndex, 5);
        Member();
        var p = Var(TestWorld.Person);
        var end = backEnds[backEnd];
        end.Ask(world, p, one, Unique(AreaLevel.County, At(p), TestWorld.IdIndex)).ShouldBe(Result.True);
        end.Ask(world, p, one, Unique(AreaLevel.Nation, At(p), TestWorld.IdIndex)).ShouldBe(Result.False);
        end.Ask(world, p, world.Of(TestWorld.Person)[2], Unique(AreaLevel.County, At(p), TestWorld.IdIndex)).ShouldBe(Result.Unknown);
    }
}
