using FsCheck;
using FsCheck.Fluent;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Packs;

public class WalkingTheYears
{
    [Fact]
    public void A_gap_between_two_values_is_told() =>
        Report(Of(IndexedBy.IncomeYear, ("0", 2010, 2012), ("0", 2015, null))).ShouldBe("line: none in force for the nation from 2013 to 2014");

    [Fact]
    public void What_the_nation_covers_is_no_gap_of_a_county() =>
        Report(Of(IndexedBy.IncomeYear, ("0", 2010, 2020), ("530326", 2012, 2012), ("530326", 2014, 2014))).ShouldBe("");

    [Fact]
    public void What_a_county_covers_is_still_a_gap_of_the_nation() =>
        Report(Of(IndexedBy.IncomeYear, ("0", 2010, 2012), ("0", 2014, 2014), ("53", 2013, 2013)))
            .ShouldBe("line: none in force for the nation in 2013");

    [Fact]
    public void Days_are_walked_over_the_ends_of_months_and_leap_years()
    {
        Report(Of(IndexedBy.Day, ("53", 20200101, 20200228), ("53", 20200301, null))).ShouldBe("line: none in force for 53 in 2020-02-29");
        Report(Of(IndexedBy.Day, ("53", 20200101, 20200229), ("53", 20200301, null))).ShouldBe("");
        Report(Of(IndexedBy.Day, ("53", 20200101, 20191231 + 10_000), ("53", 20210101, null))).ShouldBe("");
    }

    [Fact]
    public void An_overlap_is_told() =>
        Report(Of(IndexedBy.IncomeYear, ("0", 2010, 2014), ("0", 2013, 2020))).ShouldBe("line: two in force for the nation from 2013 to 2014");

    [Fact]
    public void Agrees_with_asking_every_year()
    {
        var span =
            from start in Gen.Choose(2010, 2030)
            from length in Gen.Choose(0, 4)
            from own in Gen.Elements("0", "53")
            select (own, start, (int?)(start + length));
        Prop.ForAll(
                span.NonEmptyListOf().ToArbitrary(),
                spans =>
                {
                    var line = Of(IndexedBy.IncomeYear, [.. spans]);
                    foreach (var area in line.Values.Select(v => v.Area).Distinct())
                    {
                        var own = line.Values.Where(v => v.Area == area).ToList();
                        var years = Enumerable.Range(own.Min(v => v.From), own.Max(v => v.To!.Value) - own.Min(v => v.From) + 1);
                        var none = years.Where(y => line.InForce(area.From, y) is null && !own.Any(v => v.Covers(y)));
                        PackCoverage
                            .Of(line)
                            .Where(f => !f.Twice && f.Area == area)
                            .SelectMany(f => Enumerable.Range(f.From, f.To - f.From + 1))
                            .ShouldBe(none);
                    }
                }
            )
            .Check(Tuopin.Tests.Shared.Properties.Cases(100));
    }

    private static string Report(Parameter parameter) => string.Join('\n', PackCoverage.Of(parameter));

    private static Parameter Of(IndexedBy by, params (string Area, int From, int? To)[] values)
    {
        var source = new Source("a test", null, "B");
        var entries = values.Select(v => new ParameterValue(AreaRange.Of(v.Area), v.From, v.To, 1, source, PackStatus.Working, new(2026, 1, 1)));
        return new Parameter("line", new("线", "line"), ValueType.Int(0, 9), "", by, [.. entries]);
    }
}
