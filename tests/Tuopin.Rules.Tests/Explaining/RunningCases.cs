using System.Collections.Immutable;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Tests.Columnar;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Explaining;

public class RunningCases
{
    private readonly Village village = new();

    [Theory]
    [InlineData(true, Expected.Met, null)]
    [InlineData(true, Expected.Unmet, "water is met, expected unmet")]
    [InlineData(false, Expected.Met, "water is unmet, expected met")]
    [InlineData(null, Expected.Unknown, null)]
    [InlineData(null, Expected.Exempt, "water is unknown, expected exempt")]
    public void Of_a_standard(bool? water, Expected expected, string? failure)
    {
        var subject = new Variable("household", village.Household);
        var standard = village.Standard("exit", subject, village.Indicator("water", 0, subject, "household.water"));
        var household = village.NewHousehold();
        village.Set(household, "water", water is { } w ? w : default(Value?));
        var one = Case(household) with { Standard = standard, Expect = Expect("water", expected) };
        CaseRunner.Run(one).Select(f => f.What).ShouldBe(failure is null ? [] : [failure]);
    }

    [Fact]
    public void A_value_that_is_shown_otherwise_fails_with_its_tree()
    {
        var subject = new Variable("household", village.Household);
        var indicator = village.Indicator("income", 0, subject, "household.income > yuan(1)") with
        {
            Value = village.Bind("household.income", subject, Expectation.Shown),
        };
        var one = Case(village.Set(village.NewHousehold(), "income", 3218_00)) with
        {
            Standard = village.Standard("exit", subject, indicator),
            Values = ImmutableDictionary<string, string>.Empty.Add("income", "3218.01"),
        };
        CaseRunner
            .Run(one)
            .Single()
            .ToString()
            .ShouldBe("cases.yaml:7: a case: income shows 3218.00, expected 3218.01\n  household.income = 3218.00\n");
        CaseRunner.Run(one with { Values = one.Values.SetItem("income", "3218.00") }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_check()
    {
        var subject = new Variable("household", village.Household);
        var check = new Check("c", 1, true, new("c", "c"), village.Household, subject, AreaRange.Nation, new(new(2016, 1, 1), null), Village.Source)
        {
            When = village.Bind("household.rooms == 0", subject),
        };
        var one = Case(village.Set(village.NewHousehold(), "rooms", 0)) with { Check = check };
        CaseRunner.Run(one with { Expect = Expect("", Expected.Met) }).ShouldBeEmpty();
        CaseRunner.Run(one with { Expect = Expect("", Expected.Unmet) }).Single().What.ShouldBe("c is true, expected false");
        CaseRunner.Run(one with { Check = check with { When = null }, Expect = Expect("", Expected.Unknown) }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_parameter()
    {
        village.AddParameter("line", ValueType.Fen(0, 10_000_00), Village.Entry("53", 3750_00));
        var one = Case(null) with { Parameter = village.Parameters["line"], ParameterValue = 3750_00 };
        CaseRunner.Run(one).ShouldBeEmpty();
        CaseRunner.Run(one with { ParameterValue = 1 }).Single().What.ShouldBe("line is yuan(3750.00), expected yuan(0.01)");
        CaseRunner.Run(one with { AreaCode = 1 }).Single().What.ShouldBe("line is not found, expected yuan(3750.00)");
    }

    private static ImmutableDictionary<string, Expected> Expect(string id, Expected expected) =>
        ImmutableDictionary<string, Expected>.Empty.Add(id, expected);

    private static PackCase Case(SubjectNode? subject) => new("a case", Village.Day, 530326_101_001, subject, new Span("cases.yaml", 7, 1, 1));
}
