using Shouldly;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class RecognisingAHeader : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private static ColumnPlan Plan(string path)
    {
        using var sheet = SheetReader.Open(path);
        return Packs.Mappings.Recognise(sheet);
    }

    [Fact]
    public void Every_mapping_recognises_its_own_header()
    {
        foreach (var mapping in Packs.Mappings.All)
        {
            var plan = Plan(files.Workbook($"{mapping.Id}.xlsx", [.. mapping.Columns.Select(c => c.Title)]));
            plan.Mapping.Id.ShouldBe(mapping.Id);
            plan.Absent.ShouldBeEmpty();
            plan.Ignored.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Every_kind_of_sheet_has_a_mapping() =>
        Enum.GetValues<SheetKind>().Except([SheetKind.Described]).Except(Packs.Mappings.All.Select(m => m.Kind)).ShouldBeEmpty();

    [Fact]
    public void The_person_header_is_that_of_the_national_export() =>
        string.Join(' ', Persons.Titles)
            .ShouldBe(
                "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族 户联系电话 成员联系电话 年度 与户主关系 文化程度 在校生状况 劳动技能 务工时间（月） 健康状况 政治面貌 务工企业名称 "
                    + "是否享受低保 是否参加城镇职工基本养老保险 是否参加大病保险 是否参加新型农村合作医疗（城乡居民基本医疗保险） 是否参加城乡居民基本养老保险 失学或辍学原因 是否会讲普通话 是否参加商业补充医疗保险 "
                    + "是否国外务工 产业分类 是否接受大病医疗救助 是否接受其他健康扶贫 公益性岗位类型 公益性岗位(月数) 就业渠道 残疾类别 务工所在地 户主姓名 户主证件号码 是否参加城镇职工基本医疗保险 是否特困供养人员 "
                    + "残疾证办证年度 识别标准"
            );

    [Fact]
    public void Finds_it_below_titles_and_with_moved_renamed_and_unknown_columns()
    {
        var titles = Persons.Titles.Reverse().ToArray();
        titles[3] = "我们自己的备注";
        titles[Array.IndexOf(titles, "务工时间（月）")] = "务工时间(月)";
        titles[Array.IndexOf(titles, "户编号")] = " *户 编号\n";
        titles[Array.IndexOf(titles, "乡")] = "乡（镇）";
        var plan = Plan(files.Workbook("moved.xlsx", ["会泽县建档立卡人口信息表"], [], ["单位：人", "", "填报日期"], titles));
        plan.Mapping.Id.ShouldBe("persons-47");
        plan.HeaderRow.ShouldBe(4);
        plan.Ignored.ShouldBe(["我们自己的备注"]);
        plan.IndexOf(Targets.HouseholdNo).ShouldBeGreaterThanOrEqualTo(0);
        plan.IndexOf("person.work_months").ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Reads_a_header_merged_over_two_rows()
    {
        var path = files.Workbook(
            "merged.xlsx",
            ["户收入表"],
            ["行政区划", null, null, null, null, "户编号", "户主姓名", "年度", "收入（元）", null, "支出"],
            ["省", "市", "县", "乡", "村", null, null, null, "工资性收入", "财产性收入", "生产经营性支出"],
            ["云南省", "曲靖市", "会泽县", "者海镇", "三道沟", "530326001", "甲某", "2019", "1,234.50", "0", "-"]
        );
        var plan = Plan(path);
        plan.Mapping.Id.ShouldBe("incomes");
        plan.HeaderRow.ShouldBe(3);
        var row = Reading.All(path).ShouldHaveSingleItem();
        row.Number.ShouldBe(4);
        row["household.income_wage"]!.Value.Number.ShouldBe(123450);
        row.Rules.ShouldBe(["number"]);
    }

    [Fact]
    public void Titles_may_carry_their_unit()
    {
        var titles = Packs
            .Mappings["incomes"]
            .Columns.Select(c => c.Title.EndsWith("收入", StringComparison.Ordinal) ? c.Title + "（元）" : c.Title)
            .ToArray();
        Plan(files.Workbook("unit.xlsx", titles)).Absent.ShouldBeEmpty();
        titles = [.. titles.Select(t => t.Replace("（元）", "（万元）"))];
        Plan(files.Workbook("unit2.xlsx", titles)).Absent.ShouldNotBeEmpty();
    }

    [Fact]
    public void Refuses_what_it_does_not_know_what_lacks_a_column_and_what_has_one_twice()
    {
        Should.Throw<FileRefused>(() => Plan(files.Text("no.csv", "甲,乙,丙\n1,2,3\n"))).Reason.ShouldBe(RefusalReason.HeaderNotFound);
        var without = Should.Throw<FileRefused>(() => Plan(files.Workbook("w.xlsx", [.. Persons.Titles.Except(["与户主关系", "姓名"])])));
        without.Reason.ShouldBe(RefusalReason.ColumnMissing);
        without.Message.ShouldContain("姓名、与户主关系");
        Should.Throw<FileRefused>(() => Plan(files.Workbook("t.xlsx", [.. Persons.Titles, "姓名"]))).Reason.ShouldBe(RefusalReason.ColumnTwice);
    }

    [Fact]
    public void Two_columns_may_feed_one_set_of_codes()
    {
        var path = files.Text(
            "causes.csv",
            "省,市,县,乡,村,户编号,年度,户类型,主要致贫原因,其他致贫原因(2),其他致贫原因(3)\n云南省,曲靖市,会泽县,者海镇,三道沟,1,2019,未脱贫,因病,因残,因学\n,,会泽,者海,三道沟,2,2019,未脱贫,因病,因残、缺土地,\n"
        );
        var rows = Reading.All(path);
        rows.ShouldAllBe(r => r.Errors.Length == 0);
        var causes = Packs.All.Dictionary.CodeLists["poverty_cause"];
        var (disability, schooling, land) = (causes.Find("因残")!.Number, causes.Find("因学")!.Number, causes.Find("缺土地")!.Number);
        rows[0]["household.other_causes"]!.Value.Number.ShouldBe(1L << disability | 1L << schooling);
        rows[1]["household.other_causes"]!.Value.Number.ShouldBe(1L << disability | 1L << land);
    }
}
