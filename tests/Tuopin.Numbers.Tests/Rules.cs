namespace Tuopin.Numbers.Tests;

/// <summary>Rules like the shipped ones; those are read by the tests of the program.</summary>
internal static class Rules
{
    public static readonly PlausibilityRule[] All =
    [
        new YearPassedAndEntered("years", new("年份", "years"), null, ["过去的"], ["进入"]),
        new LostDash("dash", new("漏号", "dash"), null, ["技术", "项目"], ["每户", "户均", "人均", "每人"], 5),
        new WithinPer("pair", new("户均人口", "persons per household"), null, Dimension.Person, Dimension.Household, [], 1, 8),
        new WithinPer("loan", new("限额", "limit"), null, Dimension.Money, Dimension.Household, ["小额信贷"], null, 100_000),
        new SameBase("base", new("同一总人口", "one population"), null, ["贫困发生率"], ["建档立卡"], ["未脱贫"], 10),
    ];
}
