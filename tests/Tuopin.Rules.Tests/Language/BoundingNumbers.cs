using FsCheck;
using FsCheck.Fluent;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Tests.Language;

/// <summary>The range worked out for an operation holds every result of it: what the refusal of overflow rests on.</summary>
public class BoundingNumbers
{
    private static readonly Gen<(Int128 Min, Int128 Max, Int128 Value)> Inside =
        from a in Gen.Choose(-1_000_000, 1_000_000)
        from b in Gen.Choose(-1_000_000, 1_000_000)
        from part in Gen.Choose(0, 1000)
        let min = Math.Min(a, b)
        let max = Math.Max(a, b)
        select ((Int128)min, (Int128)max, (Int128)min + (Int128)(max - min) * part / 1000);

    [Fact]
    public void Sums_differences_products_and_choices_stay_inside() =>
        Prop.ForAll(
                Inside.Two().ToArbitrary(),
                pair =>
                {
                    var ((a, b, x), (c, d, y)) = pair;
                    Holds(Ranges.Add((a, b), (c, d)), x + y);
                    Holds(Ranges.Subtract((a, b), (c, d)), x - y);
                    Holds(Ranges.Multiply((a, b), (c, d)), x * y);
                    Holds(Ranges.Union((a, b), (c, d)), x);
                    Holds(Ranges.Union((a, b), (c, d)), y);
                    Holds(Ranges.Total((a, b), 100), x * 100);
                    Holds(Ranges.Total((a, b), 100), 0);
                }
            )
            .Check(Tuopin.Tests.Shared.Properties.Cases(100));

    [Theory]
    [InlineData("household.change * household.change", -100, 100)]
    [InlineData("-household.change - household.rooms", -109, 10)]
    [InlineData("abs(household.change)", 0, 10)]
    [InlineData("min_of(household.change, household.rooms)", -10, 10)]
    [InlineData("max_of(household.change, household.rooms)", 0, 99)]
    [InlineData("household.water ? household.change : 50", -10, 50)]
    [InlineData("household.members.count() * 2 - 1", -1, 199)]
    [InlineData("household.members.sum(m, household.change)", -1000, 1000)]
    [InlineData("div_half_up(household.change, household.rooms)", -10, 10)]
    [InlineData("household.rooms * 1.5", 0, 1485)]
    public void Ranges_follow_from_the_facts(string rule, long min, long max)
    {
        var type = new SmallDictionary().Compile(rule, expected: Expectation.Number).Type;
        (type.Min, type.Max).ShouldBe(((Int128)min, (Int128)max));
    }

    private static void Holds((Int128 Min, Int128 Max) range, Int128 value) => (value >= range.Min && value <= range.Max).ShouldBeTrue();
}
