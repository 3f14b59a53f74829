using Tuopin.Exchange;
using static Tuopin.Demo.DemoSheet;

namespace Tuopin.Demo;

/// <summary>Who helps whom and with what: pairing, measures, houses, relocation, units and posts.</summary>
internal static class HelpSheets
{
    private static readonly DemoColumn Remark = new("备注", static (_, _) => DemoFiles.Mark);

    /// <summary>One row for each registered household and its helper.</summary>
    public static void WriteHelpers(DemoCounty county, string path)
    {
        static DemoHelper Helper(DemoCounty c, int i) => c.Population.Helpers[c.Population.Households[i].Helper];
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity,
            new("年度", static (c, _) => Count(c.Set.Year), CellLook.Number),
            new("帮扶责任人姓名", static (c, i) => c.Naming.Name(Helper(c, i).Person)),
            new("单位名称", static (c, i) => c.Plan.Units[Helper(c, i).Unit].Name),
            new("单位隶属关系", static (c, i) => Labels.UnitLevel[c.Plan.Units[Helper(c, i).Unit].Level]),
            new("帮扶角色", static (_, _) => "帮扶责任人"),
            new("派出单位职务", static (c, i) => Labels.Post[Helper(c, i).Post]),
            new("联系电话", static (c, i) => Naming.Phone(Helper(c, i).Person.Phone)),
            new("帮扶开始时间", static (c, i) => Day(Helper(c, i).FromDay)),
            new("帮扶结束时间", static (_, _) => null),
            Remark,
        ];
        Write(county, path, "帮扶责任人", columns, HouseholdSheets.Indexes(county, registered: true));
    }

    public static void WriteMeasures(DemoCounty county, string path)
    {
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity.Select(column => column with { Cell = (c, i) => column.Cell(c, c.Population.Measures[i].Household) }),
            new("年度", static (c, i) => Count(c.Population.Measures[i].Year), CellLook.Number),
            new("措施类型", static (c, i) => Labels.Measure[(int)c.Population.Measures[i].Kind]),
            new("措施内容", static (c, i) => Labels.MeasureItem[(int)c.Population.Measures[i].Item]),
            new("开始时间", static (c, i) => Day(c.Population.Measures[i].FromDay)),
            new("结束时间", static (_, _) => null),
            new(
                "金额（元）",
                static (c, i) => c.Population.Measures[i].Amount == 0 ? null : Hundredths(c.Population.Measures[i].Amount),
                CellLook.Number
            ),
            Remark,
        ];
        Write(county, path, "帮扶措施", columns, Enumerable.Range(0, county.Population.Measures.Count));
    }

    /// <summary>The housing department's list: every dwelling lived in, with appraisal, rebuilding and the way it is safe.</summary>
    public static void WriteHouses(DemoCounty county, string path)
    {
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity,
            new("鉴定等级", static (c, i) => Labels.Grade[(int)c.Households[i].Dwelling.Grade]),
            new("鉴定日期", static (c, i) => Day(c.Households[i].Dwelling.AppraisedDay)),
            new("鉴定机构", static (c, i) => c.Households[i].Dwelling.AppraisedDay > 0 ? "演示县住房和城乡建设局" : null),
            new("住房安全保障方式", static (c, i) => Labels.SafeBy[(int)c.Households[i].Dwelling.SafeBy]),
            new("改造方式", static (c, i) => Labels.RebuildKind[c.Households[i].Dwelling.RebuildKind]),
            new("竣工日期", static (c, i) => Day(c.Households[i].Dwelling.RebuiltDay)),
            new("是否入住", static (_, _) => "是"),
            new("建筑面积", static (c, i) => Count(c.Households[i].Dwelling.Area), CellLook.Number),
            new("房屋结构", static (c, i) => Labels.Structure[c.Households[i].Dwelling.Structure]),
            new("建房时间", static (c, i) => Count(c.Households[i].Dwelling.BuiltYear), CellLook.Number),
            Remark,
        ];
        Write(county, path, "住房鉴定与危房改造", columns, Enumerable.Range(0, county.Population.Households.Count));
    }

    /// <summary>What the village entered of a few houses that the department graded otherwise: both are kept, and the difference is work.</summary>
    public static void WriteVillageGrades(DemoCounty county, string path)
    {
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity,
            new("鉴定等级", static (c, i) => Labels.Grade[(int)Conflicts.VillageGrade(c.Households[i])]),
            Remark,
        ];
        Write(county, path, "村级住房登记", columns, Conflicts.Of(county));
    }

    /// <summary>All relocated households, accompanying movers included; a blank day of moving in: the flat is not yet handed over.</summary>
    public static void WriteRelocation(DemoCounty county, string path)
    {
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity,
            new("是否搬迁户", static (_, _) => "是"),
            new("搬迁方式", static (c, i) => c.Households[i].Number % 5 == 0 ? "个别搬迁" : "自然村(组)整体搬迁"),
            new("安置方式", static (c, i) => Living(c, i).Area.Community ? "集中安置" : "分散安置"),
            new("安置地", static (c, i) => c.Households[i].Move == Move.CountySeat ? "县城安置" : "村内安置"),
            new("安置县", static (c, _) => c.Set.County),
            new("安置乡", static (c, i) => Living(c, i).Area.TownshipName),
            new("安置村", static (c, i) => Living(c, i).Area.Name),
            new("入住日期", static (c, i) => Day(c.Households[i].Dwelling.RelocatedDay)),
            new("是否入住", static (c, i) => Labels.YesNo(c.Households[i].Dwelling.RelocatedDay > 0)),
            Remark,
        ];
        var rows = Enumerable.Range(0, county.Population.Households.Count).Where(i => county.Population.Households[i].Move != Move.None);
        Write(county, path, "易地搬迁", columns, rows);
    }

    private static DemoVillage Living(DemoCounty county, int index) => county.Plan.Villages[county.Households[index].LivingVillage];

    /// <summary>Members of the village teams with unit and post; the units that only send helpers come by the helper sheet.</summary>
    public static void WriteUnitsAndPosts(DemoCounty county, string path)
    {
        static DemoTeamMember Member(DemoCounty c, int i) => c.Population.TeamMembers[i];
        static DemoArea Area(DemoCounty c, int i) => c.Plan.Villages[Member(c, i).Village].Area;
        DemoColumn[] columns =
        [
            new("省", static (c, _) => c.Set.Province),
            new("市", static (c, _) => c.Set.City),
            new("县", static (c, _) => c.Set.County),
            new("乡", static (c, i) => Area(c, i).TownshipName),
            new("村", static (c, i) => Area(c, i).Name),
            new("单位名称", static (c, i) => c.Plan.Units[Member(c, i).Unit].Name),
            new("单位隶属关系", static (c, i) => Labels.UnitLevel[c.Plan.Units[Member(c, i).Unit].Level]),
            new("姓名", static (c, i) => c.Naming.Name(Member(c, i).Person)),
            new("帮扶角色", static (c, i) => Member(c, i).Captain ? "第一书记" : "驻村工作队员"),
            new("联系电话", static (c, i) => Naming.Phone(Member(c, i).Person.Phone)),
            new("开始时间", static (c, i) => Day(Member(c, i).FromDay)),
            Remark,
        ];
        Write(county, path, "单位与岗位", columns, Enumerable.Range(0, county.Population.TeamMembers.Count));
    }

    /// <summary>Who was a member until an earlier year, and why no longer.</summary>
    public static void WriteFormerMembers(DemoCounty county, string path)
    {
        static DemoFormerMember Former(DemoCounty c, int i) => c.Population.Former[i];
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity.Select(column => column with { Cell = (c, i) => column.Cell(c, Former(c, i).Household) }),
            new("姓名", static (c, i) => c.Naming.Name(Former(c, i).Person)),
            new("性别", static (c, i) => Former(c, i).Person.Male ? "男" : "女"),
            new("出生日期", static (c, i) => Day(Former(c, i).Person.Birth)),
            new("与户主关系", static (c, i) => Labels.Relation[(int)Former(c, i).Person.Relation]),
            new("增加日期", static (c, i) => Day(Former(c, i).Person.JoinedDay)),
            new("减少日期", static (c, i) => Day(Former(c, i).LeftDay)),
            new("减少原因", static (c, i) => Labels.Left[Former(c, i).Reason]),
            Remark,
        ];
        Write(county, path, "人员变更", columns, Enumerable.Range(0, county.Population.Former.Count));
    }
}
