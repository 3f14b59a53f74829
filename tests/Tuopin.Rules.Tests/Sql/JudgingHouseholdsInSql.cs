using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Tests.Parity;
using static Tuopin.Rules.Tests.Parity.Ir;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Sql;

/// <summary>A standard of the usual shape against both databases.</summary>
public class JudgingHouseholdsInSql
{
    private const int Income = 1 << 0;
    private const int Housing = 1 << 1;
    private const int Schooling = 1 << 2;
    private const int Insurance = 1 << 3;
    private const int Road = 1 << 4;
    private const int All = Income | Housing | Schooling | Insurance | Road;

    private static readonly Parameter Line = new(
        "line.exit",
        TestWorld.Label("line"),
        ValueType.Fen(0, 1_000_000),
        "CNY",
        IndexedBy.IncomeYear,
        [
            new ParameterValue(AreaRange.Nation, 2019, 2019, 321_800, TestWorld.Source, PackStatus.Working, default),
            new ParameterValue(AreaRange.Of("530327"), 2019, 2019, 350_000, TestWorld.Source, PackStatus.Working, default),
            new ParameterValue(AreaRange.Nation, 2020, 2020, 400_000, TestWorld.Source, PackStatus.Working, default),
        ]
    );

    private static readonly Standard Standard = MakeStandard();

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_household_that_meets_everything(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        Well(world, village);
        Judge(database, world).ShouldBe((All, 0L, 0L));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_fen_under_the_line_is_unmet_and_another_countys_line_is_higher(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        var household = Well(world, village).With(TestWorld.Wage, 321_800 * 2 - 1);
        var other = world
            .AddVillage(world.AddTownship(world.AddCounty(530_327_000_000), 530_327_001_000), 530_327_001_201)
            .With(TestWorld.Road, true);
        var there = Well(world, other);
        database.Fill(world);
        var masks = database.Masks(Standard);
        masks[household.Id].ShouldBe((All & ~Income, Income, 0L));
        masks[there.Id].ShouldBe((All & ~Income, Income, 0L));
        var county = database.Context() with { Area = AreaRange.Of("530327") };
        database.Masks(Standard, county).ShouldBe(new Dictionary<long, (long, long, long)> { [there.Id] = (All & ~Income, Income, 0L) });
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void Without_members_every_member_indicator_is_unknown(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        village.With(TestWorld.Road, false);
        world.AddHousehold(village).With(TestWorld.Wage, 1).With(TestWorld.Business, 0);
        Judge(database, world).ShouldBe((0L, Road, 0L));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void An_exempt_household_is_neither_met_nor_unmet(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        var household = Well(world, village);
        household.Related[TestWorld.HouseholdDwelling][0].With(TestWorld.GradeOf, 4);
        household.With(TestWorld.WaterKind, 3);
        Judge(database, world).ShouldBe((All & ~Housing, 0L, Housing));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void Who_may_be_exempt_is_not_unmet_but_a_passed_test_is_met(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        var passed = Well(world, village);
        passed.Facts.Remove((TestWorld.WaterKind, 0));
        var failed = Well(world, village);
        failed.Facts.Remove((TestWorld.WaterKind, 0));
        failed.Related[TestWorld.HouseholdDwelling][0].With(TestWorld.GradeOf, 4);
        database.Fill(world);
        var masks = database.Masks(Standard);
        masks[passed.Id].ShouldBe((All, 0L, 0L));
        masks[failed.Id].ShouldBe((All & ~Housing, 0L, 0L));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void One_household_alone_is_judged_the_same(string name)
    {
        using var database = TestDatabase.Of(name);
        for (var seed = 0; seed < 20; seed++)
        {
            var world = RandomWorld.Make(seed);
            database.Fill(world);
            var all = database.Masks(Standard);
            all.Count.ShouldBe(world.Of(TestWorld.Household).Count);
            foreach (var (id, masks) in all)
            {
                var alone = database.Masks(Standard, database.Context() with { Only = $"{id}" });
                alone.ShouldBe(new Dictionary<long, (long, long, long)> { [id] = masks });
            }
        }
    }

    private static (long, long, long) Judge(TestDatabase database, World world)
    {
        database.Fill(world);
        return database.Masks(Standard).Single().Value;
    }

    private static SubjectNode Well(World world, SubjectNode village)
    {
        village.With(TestWorld.Road, true);
        var household = world.AddHousehold(village).With(TestWorld.Wage, 321_800 * 2 + 10_000).With(TestWorld.Business, -10_000);
        world.AddDwelling(household).With(TestWorld.GradeOf, 2);
        world.AddMember(household).With(TestWorld.Birth, 1980_01_01).With(TestWorld.Insured, true);
        world.AddMember(household).With(TestWorld.Birth, 2010_01_01).With(TestWorld.Insured, true).With(TestWorld.SchoolOf, 2);
        return household;
    }

    private static Standard MakeStandard()
    {
        var h = Var(TestWorld.Household);
        var dwelling = At(h, TestWorld.HouseholdDwelling);
        var income = Per(Plus(Read(h, TestWorld.Wage), Read(h, TestWorld.Business)), Members(AggregateKind.Count, h));
        Expr OfSchoolAge(Variable m) => And(AtLeast(Age(Read(m, TestWorld.Birth)), Int(6)), Less(Age(Read(m, TestWorld.Birth)), Int(16)));
        Expr AtSchool(Variable m) => In(Read(m, TestWorld.SchoolOf), Code(TestWorld.School, "primary"), Code(TestWorld.School, "junior"));
        Indicator Make(string id, int bit, Expr met, Expr? exempt = null) =>
            new(id, bit, TestWorld.Label(id), "office", CountUnit.Households)
            {
                Met = met,
                ExemptWhen = exempt,
                Source = TestWorld.Source,
            };
        return new Standard(
            "test.exit",
            1,
            TestWorld.Household,
            TestWorld.Label("exit"),
            AreaRange.Nation,
            new Validity(default, null),
            PackStatus.Working,
            TestWorld.Source,
            h,
            [
                Make("income", 0, AtLeast(income, Parameter(Line))),
                Make(
                    "housing",
                    1,
                    In(Read(dwelling, TestWorld.GradeOf), Code(TestWorld.Grade, "A"), Code(TestWorld.Grade, "B")),
                    Same(Read(h, TestWorld.WaterKind), Code(TestWorld.Water, "carried"))
                ),
                Make("schooling", 2, Members(AggregateKind.All, h, AtSchool, OfSchoolAge)),
                Make("insurance", 3, AtLeast(Members(AggregateKind.Share, h, m => Read(m, TestWorld.Insured)), Decimal(2, 100))),
                Make("road", 4, Read(At(h, TestWorld.HouseholdVillage), TestWorld.Road)),
            ]
        );
    }
}
