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
                SqlJudging.Tally(tally, database.Context()),
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
