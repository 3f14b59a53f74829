using Shouldly;
using Tuopin.Linkage;
using Xunit;

namespace Tuopin.Tests.Linkage;

/// <summary>Weights and thresholds come from the records alone; the truth only says how good they were.</summary>
public class FindingDuplicates
{
    private static string Data(string file) => Path.Combine(AppContext.BaseDirectory, "Data", "linkage", file);

    [Fact]
    public void One_duplicate_each_is_found_where_equal_numbers_miss_some()
    {
        var set = KnownSet.Febrl(Data("febrl_dataset1.csv"));
        var found = set.ByScore();
        found.F1.ShouldBeGreaterThanOrEqualTo(0.99, found.ToString());
        set.ByNumber().F1.ShouldBeLessThan(found.F1);
    }

    [Fact]
    public void Records_half_empty_and_wrong_are_brought_together_without_chains()
    {
        var set = KnownSet.Fake(Data("fake_1000.csv"));
        var found = set.ByScore();
        found.F1.ShouldBeGreaterThanOrEqualTo(0.95, found.ToString());
        found.Precision.ShouldBeGreaterThanOrEqualTo(0.98, found.ToString());
        set.ByNumberOrName().F1.ShouldBeLessThan(found.F1);
    }

    [Fact]
    public void A_common_name_says_less_than_a_rare_one()
    {
        var names = new NameComparison(
            "name",
            new Terms([.. Enumerable.Repeat("王伟", 60), "欧阳玖香", "欧阳玖香", .. Enumerable.Range(0, 938).Select(i => $"某{i}")])
        );
        var weights = new Weights(
            [names],
            [
                [0.8, 0.05, 0.02, 0.05, 0.03, 0.05],
            ],
            [
                [0.01, 0.002, 0.001, 0.02, 0.1, 0.867],
            ],
            0.001
        );
        var (common, rare) = (weights.Explain(0, 1)[0], weights.Explain(60, 61)[0]);
        common.Bits.ShouldBeLessThan(rare.Bits);
        // But no less than a name that is only read the same.
        common.Bits.ShouldBe(weights.Bits(0, 1), 1e-9);
        rare.Share!.Value.ShouldBe(2.0 / 1000, 1e-9);
    }

    [Theory]
    [InlineData("张玖香", "张玖香", "same")]
    [InlineData("张玖香", "张久香", "homophone")]
    [InlineData("张玖香", "张香玖", "reordered")]
    [InlineData("张玖香", "张玖芬", "one_character")]
    [InlineData("张香", "张玖香", "one_character")]
    [InlineData("张玖香", "张德明", "surname")]
    [InlineData("张玖香", "李德明", "otherwise")]
    public void Names_are_compared_as_they_are_mistaken(string one, string other, string level)
    {
        var names = new NameComparison("name", new Terms([one, other]));
        names.Levels[names.Level(0, 1)].ShouldBe(level);
        names.Level(1, 0).ShouldBe(names.Level(0, 1));
    }

    [Theory]
    [InlineData(19760305, 19760503, "day_month_exchanged")]
    [InlineData(19760305, 19760306, "one_digit")]
    [InlineData(19760305, 19670305, "one_digit")]
    [InlineData(19760305, 19761105, "one_part")]
    [InlineData(19760305, 19770911, "near")]
    [InlineData(19760305, 19520911, "otherwise")]
    public void Days_are_compared_as_they_are_mistaken(int one, int other, string level)
    {
        var days = new DayComparison("birth", [one, other]);
        days.Levels[days.Level(0, 1)].ShouldBe(level);
        days.Level(1, 0).ShouldBe(days.Level(0, 1));
    }
}
