using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.Tests.Shared;
using Xunit;

namespace Tuopin.Numbers.Tests;

public sealed class WordingNumbers
{
    [Theory]
    [InlineData(178_350_000, 4, "1.7835亿元")]
    [InlineData(178_350_000, 2, "1.78亿元")]
    [InlineData(99_999_999, 2, "1亿元")]
    [InlineData(12_345, 1, "1.2万元")]
    [InlineData(9_999.6, 0, "1万元")]
    [InlineData(9_999.4, 0, "9999元")]
    [InlineData(-25_000, 1, "-2.5万元")]
    [InlineData(0, 2, "0元")]
    public void Amounts_are_in_the_size_that_fits(double value, int decimals, string words) =>
        Wording.Amount((decimal)value, "元", decimals).ShouldBe(words);

    [Theory]
    [InlineData(52.1, 62.9, 1, "上升10.8个百分点", "up 10.8 percentage points")]
    [InlineData(9.7, 9.2, 1, "下降0.5个百分点", "down 0.5 percentage points")]
    [InlineData(9.71, 9.72, 1, "持平", "unchanged")]
    public void Changes_of_shares_are_in_points(double from, double to, int decimals, string zh, string en) =>
        Wording.Points((decimal)from, (decimal)to, decimals).ShouldBe(new Said(zh, en));

    [Fact]
    public void Pairs_have_both_units()
    {
        Wording.Pair(90225, 341742).ShouldBe("90225户341742人");
        Wording.PairInBoth(90225, 341742).En.ShouldBe("90,225 households with 341,742 persons");
        Wording.PairInBoth(1, 1).En.ShouldBe("1 household with 1 person");
    }

    [Theory]
    [InlineData(0, "零")]
    [InlineData(10, "十")]
    [InlineData(13, "十三")]
    [InlineData(205, "二百零五")]
    [InlineData(1010, "一千零一十")]
    [InlineData(100_500, "十万零五百")]
    [InlineData(20_003_000, "二千万三千")]
    [InlineData(100_000_001, "一亿零一")]
    public void Chinese_numerals_are_written_as_they_are_said(long value, string words) => ChineseNumerals.Write(value).ShouldBe(words);

    [Theory]
    [InlineData("两万三千")]
    [InlineData("一百二十")]
    public void Numerals_that_are_said_otherwise_are_read(string words) => ChineseNumerals.Read(words).ShouldNotBeNull();

    [Theory]
    [InlineData("十十")]
    [InlineData("百")]
    [InlineData("万")]
    [InlineData("一二百")]
    [InlineData("")]
    public void What_says_no_number_is_none(string words) => ChineseNumerals.Read(words).ShouldBeNull();

    private static readonly Arbitrary<long> Whole = Gen.Choose(0, int.MaxValue)
        .SelectMany(a => Gen.Choose(0, 400).Select(b => (long)a * b % 1_000_000_000_000))
        .ToArbitrary();

    [Fact]
    public void Numerals_read_back_what_was_written() =>
        Prop.ForAll(Whole, value => ChineseNumerals.Read(ChineseNumerals.Write(value)) == value).Check(Properties.Cases(2000));

    [Fact]
    public void Amounts_read_back_within_what_is_printed() =>
        Prop.ForAll(
                Whole,
                Gen.Choose(0, 4).ToArbitrary(),
                (value, decimals) =>
                {
                    var read = ReadNumbers.In("资金" + Wording.Amount(value, "元", decimals)).Figures.ShouldHaveSingleItem();
                    read.Dimension.ShouldBe(Dimension.Money);
                    // Zeros that are not printed: it is at least as sure as it was asked to be.
                    var half =
                        (
                            value >= 99_990_000 ? 100_000_000m
                            : value >= 9_999 ? 10_000m
                            : 1
                        )
                        / (decimal)Math.Pow(10, decimals)
                        / 2;
                    Math.Abs(read.Value - value).ShouldBeLessThanOrEqualTo(Math.Max(half, 0.5m));
                }
            )
            .Check(Properties.Cases(500));

    private static readonly Arbitrary<decimal[]> Parts = Gen.Choose(-100_000_000, 100_000_000)
        .Select(n => n / 1000m)
        .ArrayOf()
        .Where(p => p.Length is > 0 and < 30)
        .ToArbitrary();

    [Fact]
    public void Rounded_parts_come_to_the_rounded_total_and_move_by_less_than_one() =>
        Prop.ForAll(
                Parts,
                Gen.Choose(0, 3).ToArbitrary(),
                (parts, decimals) =>
                {
                    var one = 1 / (decimal)Math.Pow(10, decimals);
                    var rounded = Rounding.Parts(parts, decimals);
                    rounded.Sum().ShouldBe(Math.Round(parts.Sum(), decimals, MidpointRounding.AwayFromZero));
                    for (var i = 0; i < parts.Length; i++)
                    {
                        Math.Abs(rounded[i] - parts[i]).ShouldBeLessThan(one);
                        rounded[i].ShouldBe(Math.Round(rounded[i], decimals));
                    }
                }
            )
            .Check(Properties.Cases(1000));

    [Fact]
    public void Shares_come_to_a_hundred() =>
        Prop.ForAll(
                Parts,
                Gen.Choose(0, 3).ToArbitrary(),
                (parts, decimals) => Rounding.Percents([.. parts.Select(Math.Abs)], decimals).Sum() == (parts.All(p => p == 0) ? 0 : 100)
            )
            .Check(Properties.Cases(1000));

    [Fact]
    public void Where_remainders_are_equal_the_larger_part_and_then_the_earlier_is_rounded_up()
    {
        Rounding.Parts([0.5m, 1.5m, 0.5m, 0.5m], 0).ShouldBe([1, 2, 0, 0]);
        Rounding.Percents([1, 1, 1], 1).ShouldBe([33.4m, 33.3m, 33.3m]);
        Rounding.Percents([0, 0], 1).ShouldBe([0, 0]);
        Rounding.Parts([-0.5m, -0.5m], 0).Sum().ShouldBe(-1);
        Should.Throw<ArgumentException>(() => Rounding.Percents([1, -1], 0));
    }
}
