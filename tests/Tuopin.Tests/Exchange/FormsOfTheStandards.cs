using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Exchange;

/// <summary>The forms that carry what the standards ask and the sheets of the registry lack.</summary>
public sealed class FormsOfTheStandards
{
    private static readonly string[] Place = ["会泽县", "者海镇", "小街社区"];

    [Theory, BothEngines]
    public void Each_is_known_by_its_titles_and_states_its_facts(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10)]);
        Form("guangxi-household-form", ["户编号", "年度", "有路通村屯", "有其他稳定收入来源"], ["53032600000001", "2020", "是", "否"]);
        opened
            .Query<long>(
                "SELECT count(*) FROM household_years WHERE year = 2020 AND road_reaches AND NOT income_source_stable AND business_premises IS NULL"
            )
            .ShouldBe([1]);
        Form("guangxi-village-form", ["年度", "特色产业个数", "路面宽度", "有好的“两委”班子"], ["2020", "2", "3.5", "是"]);
        opened.Query<long>("SELECT road_width FROM village_years WHERE industries = 2 AND committee_good").ShouldBe([350]);
        Form(
            "pupils",
            ["户编号", "人口编号", "姓名", "年度", "送教上门", "不具备学习条件证明", "因贫未能升入高中或大学"],
            ["53032600000001", "53032600000000010", "甲某", "2020", "是", "", "否"]
        );
        opened
            .Query<long>(
                "SELECT count(*) FROM person_years WHERE taught_at_home AND school_exempt IS NULL AND NOT kept_from_further_school_by_poverty"
            )
            .ShouldBe([1]);
        Form("income-items", ["户编号", "年度", "教育扶持", "贷款"], ["53032600000001", "2019", "600", "50000"]);
        opened.Query<long>("SELECT income_loan FROM household_years WHERE year = 2019 AND income_education_grant = 60000").ShouldBe([5000000]);
        Form(
            "household-exit-form",
            ["户编号", "年度", "不愁吃", "不愁穿", "取水水平距离", "取水垂直距离", "缺水地区"],
            ["53032600000001", "2020", "是", "是", "700", "60", "是"]
        );
        opened
            .Query<long>("SELECT water_fetch_vertical FROM household_years WHERE water_fetch_horizontal = 700 AND water_scarce_area")
            .ShouldBe([60]);

        void Form(string mapping, string[] titles, string[] cells)
        {
            string[][] rows =
            [
                ["县", "乡", "村", .. titles],
                [.. Place, .. cells],
            ];
            var result = opened.Import($"{mapping}.csv", rows);
            (result.Mapping, result.Committed).ShouldBe((mapping, true));
        }
    }
}
