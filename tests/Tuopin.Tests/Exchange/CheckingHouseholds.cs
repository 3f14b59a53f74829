using Shouldly;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class CheckingHouseholds : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private List<HouseholdFinding> Check(out List<Kept> rows, params string[][] cells) =>
        Reading.Structure(files.Text("h.csv", Persons.Csv(cells)), out rows);

    private static string[] Member(int number, string relation, string sex = "男", int born = 1980) =>
        Persons.Row(
            number,
            ("户编号", "5303260001"),
            ("与户主关系", relation),
            ("性别", sex),
            ("出生日期", $"{born}-03-05"),
            ("证件号码", Persons.Id($"290301{born}0305{number * 2 + (sex == "男" ? 1 : 0):D3}"))
        );

    [Fact]
    public void A_family_in_order_has_no_findings()
    {
        Check(out var rows, Member(1, "户主"), Member(2, "配偶", "女"), Member(3, "之子", born: 2005), Member(4, "之母", "女", 1955)).ShouldBeEmpty();
        rows.ShouldAllBe(r => r.Errors.Length == 0);
    }

    [Fact]
    public void A_household_needs_exactly_one_head_and_at_most_one_spouse()
    {
        var none = Check(out _, Member(1, "配偶", "女"), Member(2, "之子")).ShouldHaveSingleItem();
        (none.Household, none.Error.Rule, none.Rows).ShouldBe(("5303260001", ImportRules.HeadMissing, none.Rows));
        none.Rows.ShouldBe([2, 3]);
        none.Error.Message.Zh.ShouldBe("户 5303260001 没有户主");
        Check(out _, Member(1, "户主"), Member(2, "户主")).ShouldHaveSingleItem().Error.Rule.ShouldBe(ImportRules.HeadSeveral);
        Check(out _, Member(1, "户主"), Member(2, "配偶", "女"), Member(3, "配偶", "女"))
            .ShouldHaveSingleItem()
            .Error.Rule.ShouldBe(ImportRules.SpouseSeveral);
        Check(out _, Member(1, "户主"), Member(2, "配偶")).ShouldHaveSingleItem().Error.Rule.ShouldBe(ImportRules.CoupleSameSex);
    }

    [Fact]
    public void Rows_of_a_household_need_not_stand_together() =>
        Check(out _, Member(1, "配偶", "女"), Persons.Row(510), Member(2, "户主")).ShouldBeEmpty();

    [Fact]
    public void A_refused_head_is_still_a_head_and_keeps_its_household_out()
    {
        string[] head = [.. Member(1, "户主")[..11], "123", .. Member(1, "户主")[12..]];
        var finding = Check(out _, head, Member(2, "之子", born: 2000)).ShouldHaveSingleItem();
        (finding.Error.Rule, finding.Rows.Count).ShouldBe((ImportRules.HeadRefused, 2));
    }

    [Theory]
    [InlineData("之女", "男", true)]
    [InlineData("之祖母", "男", true)]
    [InlineData("之女婿", "女", true)]
    [InlineData("之女", "女", false)]
    [InlineData("之兄弟姐妹", "女", false)]
    [InlineData("其他", "男", false)]
    public void The_relation_fits_the_sex(string relation, string sex, bool wrong)
    {
        Check(out var rows, Member(1, "户主"), Member(2, relation, sex, 2000));
        rows[1].Rules.Contains("relation-sex").ShouldBe(wrong);
    }

    [Fact]
    public void The_same_number_twice_names_the_first_row()
    {
        var one = Member(1, "户主");
        var again = Persons.Row(
            77,
            ("户编号", "5303260099"),
            ("与户主关系", "户主"),
            ("出生日期", "1980-03-05"),
            ("证件号码", one[11] + "42"),
            ("证件类型", "残疾人证")
        );
        Check(out var rows, one, again);
        rows[0].Errors.ShouldBeEmpty();
        rows[1].Rules.ShouldBe(["id-duplicate"]);
        rows[1].Errors[0].Message.Zh.ShouldBe("证件号码与第 2 行重复");
        Check(out rows, one, Member(2, "之子", born: 2001).Select((c, i) => i == 6 ? one[6] : c).ToArray());
        rows[1].Rules.ShouldBe(["member-twice"]);
    }

    [Fact]
    public void Ages_that_cannot_be_are_warnings()
    {
        var findings = Check(
            out var rows,
            Member(1, "户主"),
            Member(2, "配偶", "女", 2001),
            Member(3, "之子", born: 1990),
            Member(4, "之父", born: 1970),
            Member(5, "之女", "女", 1994)
        );
        findings.Select(f => f.Error.Rule).ShouldBe([ImportRules.ParentAge, ImportRules.ParentAge]);
        findings.ShouldAllBe(f => f.Rows.Count == 0 && !f.Error.IsError);
        rows[1].Rules.ShouldBe(["spouse-age"]);
        rows[1].Refused.ShouldBeFalse();
    }

    [Theory]
    [InlineData("村,户编号,年度,户类型\n三道沟,1,2019,未脱贫\n三道沟,1,2019,未脱贫\n三道沟,1,2018,未脱贫\n")]
    [InlineData("村,临时户编号,户主姓名,年度,组\n三道沟,1,甲某,2019,一组\n三道沟,1,甲某,2019,一组\n三道沟,1,甲某,2018,一组\n")]
    public void A_household_stands_once_a_year_in_a_sheet_of_households(string text)
    {
        using var sheet = SheetReader.Open(files.Text("hh.csv", text));
        var plan = Packs.Mappings.Recognise(sheet);
        var structure = new HouseholdStructure(plan, sheet.SheetName, Packs.Options);
        var rules = new List<string>();
        foreach (var row in new RowReader(plan, null, Packs.Options).Read(sheet))
        {
            structure.Add(row);
            rules.Add(string.Join(' ', row.Errors.Select(e => e.Rule.Id)));
        }
        rules.ShouldBe(["", "household-twice", ""]);
    }
}
