using Shouldly;
using Xunit;

namespace Tuopin.Numbers.Tests;

public sealed class ReadingNumbers
{
    [Theory]
    [InlineData("资金1.7835亿元", "1.7835亿元", 178_350_000, Dimension.Money)]
    [InlineData("资金17835万元", "17835万元", 178_350_000, Dimension.Money)]
    [InlineData("资金１７８３５万元", "17835万元", 178_350_000, Dimension.Money)]
    [InlineData("发生率7.67%", "7.67%", 7.67, Dimension.Percent)]
    [InlineData("百分之二百", "百分之二百", 200, Dimension.Percent)]
    [InlineData("百分之三点五", "百分之三点五", 3.5, Dimension.Percent)]
    [InlineData("三分之二的农户", "三分之二", 66.6667, Dimension.Percent)]
    [InlineData("1/3的农户", "1/3", 33.3333, Dimension.Percent)]
    [InlineData("解决十三个问题", "十三个", 13, Dimension.Thing)]
    [InlineData("两千三百零五人", "两千三百零五人", 2305, Dimension.Person)]
    [InlineData("1.6万户", "1.6万户", 16_000, Dimension.Household)]
    [InlineData("修渠12公里", "12公里", 12, Dimension.Length)]
    [InlineData("种植5万亩", "5万亩", 50_000, Dimension.Land)]
    [InlineData("退耕200公顷", "200公顷", 3000, Dimension.Land)]
    [InlineData("高0.4个百分点", "0.4个百分点", 0.4, Dimension.Points)]
    [InlineData("翻两番", "翻两番", 4, Dimension.Times)]
    [InlineData("1692贫困户未达标", "1692", 1692, Dimension.Household)]
    [InlineData("107初中生返校", "107", 107, Dimension.Person)]
    [InlineData("1,234,567元", "1,234,567元", 1_234_567, Dimension.Money)]
    [InlineData("3.2 million yuan", "3.2 million yuan", 3_200_000, Dimension.Money)]
    [InlineData("¥500", "500", 500, Dimension.Money)]
    [InlineData("2.5 percentage points", "2.5 percentage points", 2.5, Dimension.Points)]
    [InlineData("64 villages", "64 villages", 64, Dimension.Thing)]
    public void A_number_has_its_value_and_its_unit(string text, string plain, double value, Dimension dimension)
    {
        var number = ReadNumbers.In(text).Figures.ShouldHaveSingleItem();
        number.Plain.ShouldBe(plain);
        ((double)number.Value).ShouldBe(value, 0.001);
        number.Dimension.ShouldBe(dimension);
    }

    [Theory]
    [InlineData("占7.67%", 7.665, 7.675)]
    [InlineData("约1.3582亿元", 135_815_000, 135_825_000)]
    [InlineData("约1600万元", 15_500_000, 16_500_000)]
    [InlineData("近400户", 300, 400)]
    [InlineData("500余个项目", 500, 600)]
    [InlineData("40多人", 40, 50)]
    [InlineData("2000多万元", 20_000_000, 30_000_000)]
    [InlineData("每亩50-80元", 50, 80)]
    [InlineData("341742人", 341_742, 341_742)]
    public void What_is_printed_says_how_sure_it_is(string text, double low, double high)
    {
        var bounds = ReadNumbers.In(text).Figures.ShouldHaveSingleItem().Bounds;
        ((double)bounds.Low).ShouldBe(low, 0.0001);
        ((double)bounds.High).ShouldBe(high, 0.0001);
    }

    [Theory]
    [InlineData("至少3000元")]
    [InlineData("3000元以上")]
    [InlineData("不超过3000元")]
    [InlineData("more than 3,000 yuan")]
    public void A_bound_is_open_on_one_side(string text) => ReadNumbers.In(text).Figures.ShouldHaveSingleItem().Bounds.IsOpen.ShouldBeTrue();

    [Theory]
    [InlineData("2020年6月12日")]
    [InlineData("2020-06-12")]
    [InlineData("6月10日、20日、30日前")]
    [InlineData("3月31日前和4月1日至6月30日期间")]
    [InlineData("2014-2020年")]
    [InlineData("二〇二〇年")]
    [InlineData("10:50")]
    [InlineData("第13页 共13页")]
    [InlineData("居全省第8位")]
    [InlineData("4008-655-100")]
    [InlineData("电话：0871-65123456")]
    [InlineData("13900000000")]
    [InlineData("云政发〔2018〕12号")]
    [InlineData("浏览:791")]
    [InlineData("4g信号")]
    [InlineData("“三大战役”“四个不摘”")]
    [InlineData("一是修路，二是引水")]
    [InlineData("一、总结经验")]
    [InlineData("一个体系，一批工程")]
    [InlineData("千家万户")]
    [InlineData("https://example.org/2020/12345")]
    [InlineData("in 2019, on page 3, No. 12, 3 May 2020")]
    [InlineData("99999999999999999999999999999999")]
    public void Dates_times_ranks_codes_and_names_are_no_figures(string text) => ReadNumbers.In(text).Figures.ShouldBeEmpty();

    [Fact]
    public void Households_and_persons_side_by_side_are_a_pair()
    {
        var figures = ReadNumbers.In("建档立卡人口90225户341742人").Figures;
        figures[0].Pair.ShouldBe(figures[1].Index);
        figures[1].Before.ShouldBe("建档立卡人口");
    }

    [Fact]
    public void Mixed_units_and_widths_of_one_text_are_read_side_by_side() =>
        ReadNumbers
            .In("投入１.２亿元，户均3000元，另补助50万元、林地２０００亩，十三户受益。")
            .Figures.Select(f => (f.Plain, f.Value))
            .ShouldBe([("1.2亿元", 120_000_000), ("3000元", 3000), ("50万元", 500_000), ("2000亩", 2000), ("十三户", 13)]);

    [Fact]
    public void A_text_that_is_too_long_is_refused() =>
        Should.Throw<ArgumentException>(() => ReadNumbers.In(new string('一', ReadNumbers.Longest + 1)));

    [Theory]
    [InlineData("")]
    [InlineData("(((((((((")]
    [InlineData("）））。；，")]
    [InlineData("%%% 元元元 万亿")]
    [InlineData("0%0户0人占0户的0%，户均0人，0个0名")]
    [InlineData("9999999999999999999亿元，共99999999999999万户，其中99999999999999万户、1户")]
    [InlineData("从0提高到0，提高0倍，0/0，0分之0，百分之")]
    public void Nonsense_is_read_without_a_fault(string text) => Should.NotThrow(() => CheckText.Check(text, plausibility: Rules.All));
}
