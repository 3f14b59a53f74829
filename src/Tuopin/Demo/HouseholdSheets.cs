using Tuopin.Exchange;
using static Tuopin.Demo.DemoSheet;

namespace Tuopin.Demo;

/// <summary>The sheets with one row for each household: registry, unregistered, and the incomes of a year.</summary>
internal static class HouseholdSheets
{
    /// <summary>Province to village and the household's number and head; the first columns of every sheet about households.</summary>
    public static readonly DemoColumn[] Identity =
    [
        new("省", static (c, _) => c.Set.Province),
        new("市", static (c, _) => c.Set.City),
        new("县", static (c, _) => c.Set.County),
        new("乡", static (c, i) => c.VillageOf(c.Households[i]).Area.TownshipName),
        new("村", static (c, i) => c.VillageOf(c.Households[i]).Area.Name),
        new("户编号", static (c, i) => Naming.HouseholdNumber(c.VillageOf(c.Households[i]).Area, c.Households[i])),
        new("户主姓名", static (c, i) => c.Naming.Name(c.Persons[c.Households[i].FirstPerson])),
    ];

    private static readonly DemoColumn[] Status =
    [
        new("识别年度", static (c, i) => Number(c.Households[i].IdentifiedYear)),
        new("脱贫属性", static (c, i) => StatusLabel(c.Households[i])),
        new("脱贫年度", static (c, i) => Number(c.Households[i].ExitYear)),
        new("返贫年度", static (c, i) => c.Households[i].ExitUndone ? null : Number(c.Households[i].ReturnedYear)),
        new("返贫前脱贫年度", static (c, i) => c.Households[i].ExitUndone ? null : Number(c.Households[i].EarlierExitYear)),
        new("未脱贫原因", static (c, i) => Labels.RemainingReason[c.Households[i].RemainingReason]),
        new("贫困户属性", static (c, i) => Labels.Category[c.Households[i].Category]),
        new("识别标准", static (_, _) => "国家标准"),
        new("主要致贫原因", static (c, i) => Labels.Cause[c.Households[i].Cause]),
        new("其他致贫原因(2)", static (c, i) => Labels.Cause[c.Households[i].OtherCause1]),
        new("其他致贫原因(3)", static (c, i) => Labels.Cause[c.Households[i].OtherCause2]),
    ];

    private static readonly DemoColumn[] Conditions =
    [
        new("年度", static (c, _) => Count(c.Set.Year), CellLook.Number),
        new("年度家庭人口数", static (c, i) => Count(c.Households[i].Size), CellLook.Number),
        new("耕地面积", static (c, i) => Hundredths(c.Households[i].Arable), CellLook.Number),
        new("林地面积", static (c, i) => Hundredths(c.Households[i].Forest), CellLook.Number),
        new("退耕还林面积", static (c, i) => Hundredths(c.Households[i].ReturnedForest), CellLook.Number),
        new("林果面积", static (c, i) => Hundredths(c.Households[i].Orchard), CellLook.Number),
        new("是否加入农民专业合作组织", static (c, i) => Labels.YesNo(c.Households[i].Cooperative)),
        new("是否有龙头企业带动", static (c, i) => Labels.YesNo(c.Households[i].LedByCompany)),
        new("是否有创业致富带头人带动", static (c, i) => Labels.YesNo(c.Households[i].LedByEntrepreneur)),
        new("是否饮水困难", static (c, i) => Labels.YesNo(c.Households[i].Has(Planted.Water))),
        new("是否饮水安全", static (c, i) => Labels.YesNo(!c.Households[i].Has(Planted.Water))),
        new("是否通生产用电", static (_, _) => "是"),
        new("是否通生活用电", static (_, _) => "是"),
        new("是否通广播电视", static (_, _) => "是"),
        new("与村主干路距离", static (c, i) => Hundredths(c.Households[i].RoadMetres / 10), CellLook.Number),
        new("入户路类型", static (c, i) => Labels.RoadKind[c.Households[i].RoadKind]),
        new("住房面积", static (c, i) => Count(c.Households[i].Dwelling.Area), CellLook.Number),
        new("是否危房户", static (c, i) => Labels.YesNo(IsDangerous(c.Households[i]))),
        new("危房级别", static (c, i) => IsDangerous(c.Households[i]) ? Labels.Grade[(int)c.Households[i].Dwelling.VillageGrade] : null),
        new("是否有卫生厕所", static (c, i) => Labels.YesNo(c.Households[i].Toilet)),
        new("主要燃料类型", static (c, i) => Labels.Fuel[c.Households[i].Fuel]),
        new("是否搬迁户", static (c, i) => Labels.YesNo(c.Households[i].Move != Move.None)),
    ];

    /// <summary>The sheet of unregistered households has these only; more titles would make it look like the registry's.</summary>
    private static readonly string[] OfUnregistered =
    [
        "年度",
        "年度家庭人口数",
        "是否饮水困难",
        "是否饮水安全",
        "是否通生活用电",
        "入户路类型",
        "住房面积",
        "是否危房户",
        "危房级别",
        "是否有卫生厕所",
        "是否搬迁户",
    ];

    private static readonly DemoColumn[] ExitForm =
    [
        new("年度", static (c, _) => Count(c.Set.Year), CellLook.Number),
        new("不愁吃", static (c, i) => Labels.YesNo(!c.Households[i].Has(Planted.Food))),
        new("不愁穿", static (c, i) => Labels.YesNo(!c.Households[i].Has(Planted.Clothing))),
        // stated only where the village found that nothing was received
        new("享受到户帮扶", static (c, i) => c.Households[i].Registered && c.Households[i].Has(Planted.NoMeasure) ? "否" : null),
        new("饮水来源", static (c, i) => Labels.WaterSupply[c.Households[i].WaterSupply]),
        new("人均日可用水量", static (c, i) => Count(c.Households[i].WaterLitres), CellLook.Number),
        new("水质达标", static (c, i) => Labels.YesNo(!c.Households[i].Has(Planted.Water))),
        new("供水入户", static (c, i) => Labels.YesNo(c.Households[i].WaterSupply == 0)),
        new("人力取水往返时间", static (c, i) => Count(c.Households[i].FetchMinutes), CellLook.Number),
        new("年缺水停水天数", static (c, i) => Count(c.Households[i].WaterShortDays), CellLook.Number),
    ];

    private static readonly DemoColumn Accompanying = new(
        "是否同步搬迁",
        static (c, i) => Labels.YesNo(c.Households[i].Standing == Standing.AccompanyingMover)
    );

    private static readonly DemoColumn Remark = new("备注", static (_, _) => DemoFiles.Mark);

    public static void WriteRegistered(DemoCounty county, string path) =>
        Write(county, path, "贫困户", [.. Identity, .. Status, .. Conditions, Remark], Indexes(county, registered: true));

    public static void WriteUnregistered(DemoCounty county, string path) =>
        Write(
            county,
            path,
            "未建档立卡户",
            [.. Identity, .. Conditions.Where(c => OfUnregistered.Contains(c.Title)), Accompanying, Remark],
            Indexes(county, registered: false)
        );

    public static void WriteExitForm(DemoCounty county, string path) =>
        Write(county, path, "农户退出考核表", [.. Identity, .. ExitForm, Remark], Enumerable.Range(0, county.Population.Households.Count));

    /// <param name="latest">The last year that is closed, or the one before.</param>
    public static void WriteIncomes(DemoCounty county, string path, bool latest)
    {
        var year = county.Set.IncomeYear - (latest ? 0 : 1);
        DemoColumn Money(string title, Func<DemoIncome, long> item) =>
            new(title, (c, i) => Hundredths(item(latest ? c.Households[i].Income2019 : c.Households[i].Income2018)), CellLook.Number);
        DemoColumn[] items =
        [
            new("年度", (_, _) => Count(year), CellLook.Number),
            Money("生产经营性收入", static m => m.Business),
            Money("财产性收入", static m => m.Property),
            Money("工资性收入", static m => m.Wage),
            Money("生产经营性支出", static m => m.Expense),
            Money("计划生育金", static m => m.FamilyPlanning),
            Money("低保金", static m => m.Subsistence),
            Money("生态补偿金", static m => m.Ecology),
            Money("年纯收入", static m => m.Net),
            Money("年收入", static m => m.Total),
            Money("其他(稳定长期)转移性收入", static m => m.OtherTransfer),
            Money("转移性收入", static m => m.Transfer),
            Money("五保金", static m => m.Destitute),
            Money("养老保险金", static m => m.Pension),
            Money("资产收益扶贫分红收入", static m => m.Dividend),
            Money("其他财产性收入", static m => m.OtherProperty),
            new("人均纯收入", (c, i) => PerHead(c.Households[i], latest), CellLook.Number),
            Remark,
        ];
        var rows = Enumerable.Range(0, county.Population.Households.Count).Where(i => !latest || county.Population.Households[i].Income2019.Known);
        Write(county, path, $"{year}年收入", [.. Identity, .. items], rows);
    }

    /// <summary>Rounded half up to the fen, as the national system prints it.</summary>
    private static string PerHead(in DemoHousehold household, bool latest)
    {
        var net = latest ? household.Income2019.Net : household.Income2018.Net;
        return Hundredths((net * 2 + household.Size) / (household.Size * 2));
    }

    public static IEnumerable<int> Indexes(DemoCounty county, bool registered) =>
        Enumerable.Range(0, county.Population.Households.Count).Where(i => county.Population.Households[i].Registered == registered);

    private static bool IsDangerous(in DemoHousehold household) =>
        household.Dwelling.VillageGrade is Grade.C or Grade.D && household.Dwelling.SafeBy != SafeBy.Rebuilding;

    private static string StatusLabel(in DemoHousehold household) =>
        household.Standing == Standing.Exited
            ? household.PolicyEnded
                ? "稳定脱贫(不再享受政策)"
                : "脱贫(享受政策)"
            : household.ReturnedYear > 0 && !household.ExitUndone
                ? "返贫"
                : "未脱贫";
}
