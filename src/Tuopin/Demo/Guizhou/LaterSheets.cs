using Tuopin.Exchange;
using static Tuopin.Demo.DemoSheet;

namespace Tuopin.Demo.Guizhou;

/// <summary>The sheets that only a registry of 2021 and later has: work in detail, monitored households.</summary>
internal static class LaterSheets
{
    private static readonly DemoColumn Remark = new("备注", static (_, _) => DemoFiles.Mark);

    /// <summary>Everybody of a registered household who works for wages.</summary>
    public static void WriteWork(DemoCounty county, string path)
    {
        static DemoPerson Person(DemoCounty c, int i) => c.Population.Persons[i];
        static DemoHousehold Household(DemoCounty c, int i) => c.Population.Households[Person(c, i).Household];
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity.SkipLast(1).Select(column => column with { Cell = (c, i) => column.Cell(c, Person(c, i).Household) }),
            new(
                "人口编号",
                static (c, i) => Naming.PersonNumber(c.VillageOf(Household(c, i)).Area, Household(c, i), i - Household(c, i).FirstPerson + 1)
            ),
            new("姓名", static (c, i) => c.Naming.Name(Person(c, i))),
            new("年度", static (c, _) => Count(c.Set.Year), CellLook.Number),
            new("务工区域", static (c, i) => Region(c.Set, Person(c, i).WorkPlace)),
            new("务工县", static (c, i) => Count(WorkPlaces.Code(c.Set, Person(c, i).WorkPlace)), CellLook.Number),
            new("月工资", static (c, i) => Count(1_600 + (int)(Person(c, i).Phone % 34) * 100), CellLook.Number),
            new("是否点对点输送", static (c, i) => Labels.YesNo(Person(c, i).Phone % 5 == 0)),
            Remark,
        ];
        var rows = Enumerable
            .Range(0, county.Population.Persons.Count)
            .Where(i =>
                county.Population.Persons[i].WorkMonths > 0 && county.Population.Households[county.Population.Persons[i].Household].Registered
            );
        Write(county, path, "务工信息", columns, rows);
    }

    private static string Region(DemoSet set, byte place) =>
        place == WorkPlaces.Home ? "乡(镇)外县内"
        : WorkPlaces.Code(set, place) / 10000 == int.Parse(set.CountyCode[..2], System.Globalization.CultureInfo.InvariantCulture) ? "县外省内"
        : "省外";

    public static void WriteMonitored(DemoCounty county, string path)
    {
        static DemoWatch Watch(DemoCounty c, int i) => c.Watched[i];
        static DemoHousehold Of(DemoCounty c, int i) => c.Population.Households[Watch(c, i).Household];
        static bool Gone(DemoCounty c, int i) => Watch(c, i).EliminatedDay > 0;
        static DemoColumn Before(string title, Func<DemoWatch, long> fen) => new(title, (c, i) => Hundredths(fen(Watch(c, i))), CellLook.Number);
        static DemoColumn After(string title, Func<DemoHousehold, long> fen) =>
            new(title, (c, i) => Gone(c, i) ? Hundredths(fen(Of(c, i))) : null, CellLook.Number);
        static DemoColumn AfterNo(string title) => new(title, (c, i) => Gone(c, i) ? "否" : null);
        static DemoColumn No(string title) => new(title, static (_, _) => "否");
        DemoColumn[] columns =
        [
            .. HouseholdSheets.Identity.Select(column => column with { Cell = (c, i) => column.Cell(c, Watch(c, i).Household) }),
            new("监测对象类别", static (c, i) => Watch(c, i).Kind),
            new("识别监测时间", static (c, i) => Day(Watch(c, i).FromDay)),
            new("返贫致贫风险1", static (c, i) => Labels.Risk[(int)Watch(c, i).Risk]),
            Before("识别时人均纯收入", static w => w.IncomePerHead),
            Before("纳入监测对象的收入参考范围", static w => w.IncomePerHead),
            Before("合规自付支出", static w => w.SelfPaid),
            Before("家庭理赔收入", static _ => 0),
            No("是否存在失学辍学"),
            No("住房是否出现安全问题"),
            No("饮水是否出现安全问题"),
            No("是否有成员未参加城乡居民基本医保"),
            new("实施开发式帮扶措施情况", static (c, i) => Watch(c, i).Labour ? "已实施" : "整户无劳力兜底保障"),
            new("是否整户无劳动能力兜底保障户", static (c, i) => Labels.YesNo(!Watch(c, i).Labour)),
            new("监测联系人", static (c, i) => Of(c, i).Helper >= 0 ? c.Naming.Name(c.Population.Helpers[Of(c, i).Helper].Person) : "演示联系人"),
            new("监测联系人电话已填", static (_, _) => "是"),
            new("风险是否已消除", static (c, i) => Labels.YesNo(Gone(c, i))),
            new("风险消除方式", static (c, i) => Gone(c, i) ? "帮扶消除" : null),
            new("消除监测时间", static (c, i) => Day(Watch(c, i).EliminatedDay)),
            new("监测结束日期", static (c, i) => Day(Watch(c, i).EliminatedDay)),
            AfterNo("消除后是否失学辍学"),
            AfterNo("消除后是否住房损毁"),
            AfterNo("消除后是否未参保"),
            AfterNo("消除后是否饮水设施损毁"),
            After("消除后工资性收入", static h => h.Income2019.Wage),
            After("消除后生产经营性收入", static h => h.Income2019.Business),
            After("消除后财产性收入", static h => h.Income2019.Property),
            After("消除后转移性收入", static h => h.Income2019.Transfer),
            After("消除后生产经营性支出", static h => h.Income2019.Expense),
            After("消除后家庭纯收入", static h => h.Income2019.Net),
            After("消除后人均纯收入", static h => h.Income2019.Net / h.Size),
            Remark,
        ];
        Write(county, path, "监测对象", columns, Enumerable.Range(0, county.Watched.Count));
    }
}
