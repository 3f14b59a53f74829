using Tuopin.Exchange;
using static Tuopin.Demo.DemoSheet;

namespace Tuopin.Demo;

/// <summary>The village form: designation, rural base, and the facts behind the ten village indicators.</summary>
internal static class VillageSheet
{
    private static readonly DemoColumn[] Place =
    [
        new("省", static (c, _) => c.Set.Province),
        new("市", static (c, _) => c.Set.City),
        new("县", static (c, _) => c.Set.County),
        new("乡", static (c, i) => c.Villages[i].Area.TownshipName),
        new("村", static (c, i) => c.Villages[i].Area.Name),
        new("年度", static (c, _) => Count(c.Set.Year), CellLook.Number),
    ];

    private static readonly DemoColumn Remark = new("备注", static (_, _) => DemoFiles.Mark);

    private static readonly DemoColumn[] Registry =
    [
        new("村属性", static (c, i) => Attribute(c.Villages[i])),
        new("是否贫困村", static (c, i) => Labels.YesNo(c.Villages[i].Poor)),
        new("是否深度贫困村", static (c, i) => Labels.YesNo(c.Villages[i].Deep)),
        new("出列年度", static (c, i) => Number(c.Villages[i].ExitYear), CellLook.Number),
        new("总户数", static (c, i) => Count(c.Villages[i].RuralBase * 10 / 37), CellLook.Number),
        new("总人口", static (c, i) => Count(c.Villages[i].RuralBase), CellLook.Number),
        new("自然村(组)数", static (c, i) => Count(c.Villages[i].Facts.Groups), CellLook.Number),
        new("村级集体经济收入(万元)", static (c, i) => TenThousands(c.Villages[i].Facts.CollectiveIncome), CellLook.Number),
        new("到乡镇是否通沥青(水泥)路", static (c, i) => Labels.YesNo(c.Villages[i].Facts.RoadHardened)),
        new("学校通宽带", static (c, i) => Labels.YesNo(c.Villages[i].Facts.BroadbandSchool)),
        new("卫生室个数", static (_, _) => "1", CellLook.Number),
        new("执业（助理）医师数", static (c, i) => Count(c.Villages[i].Facts.Doctors), CellLook.Number),
    ];

    private static readonly DemoColumn[] ExitForm =
    [
        new("危险路段有防护栏", static (c, i) => Labels.YesNo(c.Villages[i].Facts.GuardRails)),
        new("通10千伏线路", static (c, i) => Labels.YesNo(c.Villages[i].Facts.TenKilovolt)),
        new("通动力电", static (c, i) => Labels.YesNo(c.Villages[i].Facts.ThreePhase)),
        new("通380伏自然村数", static (c, i) => Count(c.Villages[i].Facts.GroupsWith380V), CellLook.Number),
        new("通广播电视自然村数", static (c, i) => Count(c.Villages[i].Facts.GroupsWithTelevision), CellLook.Number),
        new("村委会通宽带", static (c, i) => Labels.YesNo(c.Villages[i].Facts.BroadbandOffice)),
        new("卫生室通宽带", static (c, i) => Labels.YesNo(c.Villages[i].Facts.BroadbandClinic)),
        new("通自来水或水源有保障", static (c, i) => Labels.YesNo(c.Villages[i].Facts.WaterSafe)),
        new("取水半径", static (c, i) => c.Villages[i].Facts.WaterSafe ? "0" : "1600", CellLook.Number),
        new("卫生室达标", static (c, i) => Labels.YesNo(c.Villages[i].Facts.ClinicArea >= 90)),
        new("卫生室面积", static (c, i) => Count(c.Villages[i].Facts.ClinicArea), CellLook.Number),
        new("小学个数", static (_, _) => "1", CellLook.Number),
        new("有公共服务和活动场所", static (c, i) => Labels.YesNo(c.Villages[i].Facts.ActivityPlace)),
        new("义务教育入学达到国家标准", static (c, i) => Labels.YesNo(c.Villages[i].Facts.EnrolmentMet)),
        new("有驻村工作队", static (c, i) => Labels.YesNo(c.Villages[i].Team > 0)),
    ];

    // What a village of 2023 is asked beside: the counts that an exited village may not leave blank, and land.
    private static readonly DemoColumn[] Later =
    [
        new("低保人口", static (c, i) => Count(Persons(c, i, static p => p.Has(PersonFlags.Subsistence))), CellLook.Number),
        new("五保(特困)人口", static (c, i) => Count(Persons(c, i, static p => p.Has(PersonFlags.Destitute))), CellLook.Number),
        new("残疾人口", static (c, i) => Count(Persons(c, i, static p => p.DisabilityClass > 0)), CellLook.Number),
        new("参加居民养老保险人数", static (c, i) => Count(Persons(c, i, static p => p.Has(PersonFlags.ResidentPension))), CellLook.Number),
        new("通客运班车", static (_, _) => "是"),
        new("公共卫生厕所个数", static (_, _) => "2", CellLook.Number),
        new("垃圾集中堆放点", static (_, _) => "3", CellLook.Number),
        new("文化(图书)室个数", static (_, _) => "1", CellLook.Number),
        new("未实现饮水安全户数", static (_, _) => "0", CellLook.Number),
        new("危房户数", static (_, _) => "0", CellLook.Number),
        new("耕地面积", static (c, i) => Land(c, i, static h => h.Arable), CellLook.Number),
        new("林地面积", static (c, i) => Land(c, i, static h => h.Forest), CellLook.Number),
        new("林果面积", static (c, i) => Land(c, i, static h => h.Orchard), CellLook.Number),
    ];

    private static int Persons(DemoCounty county, int village, Predicate<DemoPerson> which)
    {
        var count = 0;
        foreach (ref readonly var person in county.Persons)
            count += county.Households[person.Household].Village == county.Villages[village].Index && which(person) ? 1 : 0;
        return count;
    }

    // The land of the village holds that of its households and common land beside, in mu.
    private static string Land(DemoCounty county, int village, Func<DemoHousehold, int> of)
    {
        const int Common = 600_00;
        var sum = 0L;
        foreach (ref readonly var household in county.Households)
            sum += household.Village == county.Villages[village].Index ? of(household) : 0;
        return Hundredths(sum + Common);
    }

    public static void Write(DemoCounty county, string path) =>
        DemoSheet.Write(
            county,
            path,
            "行政村",
            [.. Place, .. Registry, .. county.Set.Later > 0 ? Later : [], Remark],
            Enumerable.Range(0, county.Villages.Count)
        );

    public static void WriteExitForm(DemoCounty county, string path) =>
        DemoSheet.Write(county, path, "贫困村退出考核表", [.. Place, .. ExitForm, Remark], Enumerable.Range(0, county.Villages.Count));

    private static string Attribute(DemoVillage village) =>
        village.ExitYear > 0 ? "出列村"
        : village.Deep ? "深度贫困村"
        : village.Poor ? "贫困村"
        : "非贫困村";

    /// <summary>The registry states collective income in 10,000 yuan.</summary>
    private static string TenThousands(int yuan) => $"{yuan / 10_000}.{yuan % 10_000:D4}";
}
