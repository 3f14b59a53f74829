using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Rules.Tests.Parity;
using static Tuopin.Rules.Tests.Parity.Ir;

namespace Tuopin.Rules.Tests.Sql;

/// <summary>Tallies, checks, substituted tables and verdicts of other standards.</summary>
public class StatementsBesideMasks
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_tally_by_village_is_a_pair_of_bounds(string name)
    {
        using var database = TestDatabase.Of(name);
        var h = Var(TestWorld.Household);
        var where = Read(h, TestWorld.HasTap);
        var sum = Read(h, TestWorld.Business);
        for (var seed = 0; seed < 30; seed++)
        {
            var world = RandomWorld.Make(seed);
            database.Fill(world);
            Tallied(database, TestWorld.Remaining with { Item = h, Where = where }).ShouldBe(Expected(world, h, where, null), ignoreOrder: true);
            Tallied(database, TestWorld.Remaining with { Item = h, Where = where, Sum = sum })
                .ShouldBe(Expected(world, h, where, sum), ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void Many_tallies_at_once_are_each_as_alone(string name)
    {
        using var database = TestDatabase.Of(name);
        Variable a = Var(TestWorld.Household),
            b = Var(TestWorld.Household);
        Tally[] tallies =
        [
            TestWorld.Remaining with
            {
                Item = a,
                Where = Read(a, TestWorld.HasTap),
            },
            TestWorld.Remaining with
            {
                Item = b,
                Where = Read(b, TestWorld.HasTap),
                Sum = Read(b, TestWorld.Business),
            },
            TestWorld.Remaining with
            {
                Item = a,
                Where = null,
                Sum = Read(a, TestWorld.Wage),
            },
        ];
        for (var seed = 0; seed < 10; seed++)
        {
            database.Fill(RandomWorld.Make(seed));
            var together = database.Query(
                SqlJudging.Tallies(tallies, database.Context()),
                r => Enumerable.Range(0, 7).Select(i => r.IsDBNull(i) ? (long?)null : r.GetInt64(i)).ToArray()
            );
            for (var i = 0; i < tallies.Length; i++)
                together
                    .ToDictionary(r => r[0]!.Value, r => r[2 * i + 1] is { } low ? (low, r[2 * i + 2]!.Value) : ((long, long)?)null)
                    .ShouldBe(Tallied(database, tallies[i]), ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_sheet_shows_of_several_standards_what_each_shows_alone(string name)
    {
        using var database = TestDatabase.Of(name);
        var (first, second) = (Law(Var(TestWorld.Household), 2, false), Law(Var(TestWorld.Household), 5, true));
        var h = Var(TestWorld.Household);
        for (var seed = 0; seed < 10; seed++)
        {
            database.Fill(RandomWorld.Make(seed));
            foreach (var context in new[] { database.Context(), database.Context() with { HoldsOnlyArea = true } })
            {
                var sheet = database.Query(
                    SqlJudging.Sheet(h, [first, second], [], [Read(h, TestWorld.HouseArea)], context),
                    r => Enumerable.Range(0, 7).Select(i => r.GetInt64(i)).ToArray()
                );
                sheet.ToDictionary(r => r[0], r => (r[1], r[2], r[3])).ShouldBe(database.Masks(first), ignoreOrder: true);
                sheet.ToDictionary(r => r[0], r => (r[4], r[5], r[6])).ShouldBe(database.Masks(second), ignoreOrder: true);
            }
        }
    }

    private static Standard Law(Variable h, int bit, bool free) =>
        new(
            "law",
            1,
            TestWorld.Household,
            new("法", "law"),
            AreaRange.Nation,
            new(default, null),
            PackStatus.Working,
            Recall,
            h,
            [
                new Indicator("tap", bit, new("水", "tap"), "water", CountUnit.Households)
                {
                    Source = Recall,
                    Met = Read(h, TestWorld.HasTap),
                    ExemptWhen = free ? Less(Read(h, TestWorld.HouseArea), Decimal(2, 4_000)) : null,
                },
                new Indicator("wage", bit + 1, new("工资", "wage"), "work", CountUnit.Households)
                {
                    Source = Recall,
                    Met = Less(Read(h, TestWorld.Business), Read(h, TestWorld.Wage)),
                },
            ]
        );

    private static readonly Source Recall = new("test", null, "recall");

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_check_returns_the_subjects_for_which_it_is_true_with_their_evidence(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        var found = world.AddHousehold(village).With(TestWorld.HouseArea, 50).With(TestWorld.Note, "it's");
        world.AddHousehold(village).With(TestWorld.HouseArea, 5_000);
        world.AddHousehold(village);
        database.Fill(world);
        var h = Var(TestWorld.Household);
        var rows = database.Values(
            h,
            [Read(h, TestWorld.HouseArea), Read(h, TestWorld.Note)],
            null,
            Less(Read(h, TestWorld.HouseArea), Decimal(2, 100))
        );
        rows.Keys.ShouldBe([found.Id]);
        rows[found.Id].ShouldBe([Result.Number(50), new Result("it's")]);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_table_may_be_substituted(string name)
    {
        using var database = TestDatabase.Of(name);
        var (world, village) = World.WithVillage();
        var household = world.AddHousehold(village);
        world.AddDwelling(household).With(TestWorld.GradeOf, 4);
        database.Fill(world);
        var h = Var(TestWorld.Household);
        var grade = Read(At(h, TestWorld.HouseholdDwelling), TestWorld.GradeOf);
        var rebuilt = database.Context() with
        {
            Table = t =>
                t == "dwellings"
                    ? "(SELECT id, area_code, CASE WHEN grade = 4 THEN 1 ELSE grade END AS grade, rooms, 0 AS tenure FROM dwellings)"
                    : t,
        };
        database.Values(h, [grade])[household.Id].ShouldBe([Result.Number(4)]);
        database.Values(h, [grade], rebuilt)[household.Id].ShouldBe([Result.Number(1)]);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_subexpression_used_often_is_written_once(string name)
    {
        var h = Var(TestWorld.Household);
        Expr sum = Plus(Read(h, TestWorld.Wage), Read(h, TestWorld.Business));
        for (var i = 0; i < 12; i++)
            sum = new Arithmetic(ArithmeticOperator.Subtract, Plus(sum, sum), sum, sum.Type, default);
        var dialect = name == "SQLite" ? SqlDialect.Sqlite : SqlDialect.PostgreSql;
        SqlJudging.Values(h, [sum], new SqlContext(dialect, World.Day)).Text.Length.ShouldBeLessThan(6_000);
    }

    private static Dictionary<long, (long, long)?> Tallied(TestDatabase database, Tally tally) =>
        database
            .Query(
                SqlJudging.Tallies([tally], database.Context()),
                r => (r.GetInt64(0), r.IsDBNull(1) ? ((long, long)?)null : (r.GetInt64(1), r.GetInt64(2)))
            )
            .ToDictionary(r => r.Item1, r => r.Item2);

    private static Dictionary<long, (long, long)?> Expected(World world, Variable h, Expr where, Expr? sum)
    {
        var result = new Dictionary<long, (long, long)?>();
        foreach (var village in world.Of(TestWorld.Village).Where(v => v.Related[TestWorld.VillageHouseholds].Count > 0))
        {
            (long Low, long High)? bounds = (0, 0);
            foreach (var household in village.Related[TestWorld.VillageHouseholds])
            {
                var reference = new Reference(world, household, h, World.Day);
                var (test, value) = (reference.Evaluate(where), sum is null ? Result.Number(1) : reference.Evaluate(sum));
                if (test == Result.False)
                    continue;
                var number = (long)value.Low.Top;
                bounds =
                    !value.IsKnown || bounds is null ? null
                    : test.IsKnown ? (bounds.Value.Low + number, bounds.Value.High + number)
                    : (bounds.Value.Low + Math.Min(number, 0), bounds.Value.High + Math.Max(number, 0));
            }
            result.Add(village.Id, bounds);
        }
        return result;
    }
}
