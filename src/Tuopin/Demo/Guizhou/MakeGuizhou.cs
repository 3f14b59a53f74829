using System.Data.Common;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;

namespace Tuopin.Demo.Guizhou;

/// <summary>What the township of Guizhou has beside files and judging: a place in the tree, lists of departments, and the checks of its day.</summary>
internal static class MakeGuizhou
{
    // In force since the tree begins: people were registered there long before 2023.
    private const int Since = 1900_01_01;

    /// <summary>Adds the township and its villages to the tree, once.</summary>
    public static void Settle(Installation installation, DemoSource source)
    {
        using var connection = installation.Store.Open();
        if (connection.Number("SELECT count(*) FROM area_versions WHERE code = @code", null, new { code = Township.Code * 1000 }) > 0)
            return;
        using var transaction = installation.Store.BeginWrite(connection);
        var county = connection.Number(
            "SELECT area_id FROM area_versions WHERE code = @code AND to_day IS NULL",
            transaction,
            new { code = Township.Code / 1000 * 1_000_000 }
        );
        AreaVersion Version(long code, string name, long parent, short level) =>
            new()
            {
                AreaId = code * 10,
                FromDay = Since,
                Code = code,
                Name = name,
                ParentId = parent,
                Level = level,
                Kind = (short)(level == 5 ? 1 : 0),
            };
        var township = Version(Township.Code * 1000, Township.Name, county, 4);
        LoadAreas.Add(connection, [township, .. source.Villages.Select(v => Version(v.Code, v.Name, township.AreaId, 5))], new HashSet<long>());
        transaction.Commit();
    }

    /// <summary>A household of another province, for whoever is registered in two counties (check 109).</summary>
    public static IReadOnlyList<ImportFiles.Result> Neighbours(Installation installation, DemoCounty county, string folder)
    {
        var (households, persons) = (Path.Combine(folder, "neighbour-households.csv"), Path.Combine(folder, "neighbour-persons.csv"));
        string[] place = ["云南省", "曲靖市", "会泽县", .. Village(installation)];
        var head = county.Population.Persons[0];
        // Somebody else with a number of Huize's prefixes, until the fault is planted.
        var number = Naming.Id(Naming.Prefix(25), head);
        var (key, name) = ($"DEMOX{DemoSet.Huize.CountyCode}999999", county.Naming.Name(head));
        var year = DemoSheet.Count(county.Set.Year);
        Rows(
            households,
            ["省", "市", "县", "乡", "村", "户编号", "户主姓名", "年度", "家庭人口数", "是否饮水安全", "是否危房户"],
            [.. place, key, name, year, "1", "是", "否"]
        );
        Rows(
            persons,
            [
                "省",
                "市",
                "县",
                "乡",
                "村",
                "户编号",
                "姓名",
                "性别",
                "出生日期",
                "证件类型",
                "证件号码",
                "民族",
                "年度",
                "与户主关系",
                "文化程度",
                "劳动技能",
                "健康状况",
            ],
            [
                .. place,
                key,
                name,
                head.Male ? "男" : "女",
                DemoSheet.Day(head.Birth)!,
                "居民身份证(户口簿)",
                number,
                "汉族",
                year,
                "户主",
                "初中",
                "普通劳动力",
                "健康",
            ]
        );
        ImportFiles.Request Request(string file, string mapping) =>
            new([file], county.Set.Date, Compare: false, Yes: false) { Mapping = mapping, ListedLater = true };
        return
        [
            .. ImportFiles.Handle(installation, Request(households, "unregistered-households"), _ => { }),
            .. ImportFiles.Handle(installation, Request(persons, "persons-47"), _ => { }),
        ];
    }

    private static string[] Village(Installation installation)
    {
        using var connection = installation.Store.OpenReader();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var county = tree.ByCode(DemoSet.Huize.CountyCode)!;
        var township = tree.Children[county.AreaId].First(t => tree.Children[t.AreaId].Any());
        return [township.Name, tree.Children[township.AreaId].First().Name];
    }

    private static void Rows(string path, string[] titles, string[] row)
    {
        using var writer = SheetWriter.Create(path, "演示");
        writer.WriteRow([new OutCell(DemoFiles.Notice, CellLook.Title)]);
        writer.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);
        writer.WriteRow([.. row.Select(c => new OutCell(c, CellLook.Text))]);
    }

    /// <summary>The lists' faults as the subjects they fire on.</summary>
    public static IReadOnlyList<PlantFaults.Fault> Found(Installation installation, DemoCounty county, IReadOnlyList<ListFault> faults)
    {
        using var connection = installation.Store.OpenReader();
        return [.. faults.Select(f => Found(connection, county, f))];
    }

    private static PlantFaults.Fault Found(DbConnection connection, DemoCounty county, ListFault fault)
    {
        var person = county.Population.Persons[fault.Person];
        var household = county.Population.Households[person.Household];
        var number = Naming.HouseholdNumber(county.VillageOf(household).Area, household);
        var held = connection.Number(
            "SELECT household_id FROM household_list WHERE number = @number AND place_code = area_code",
            null,
            new { number }
        );
        var id = fault.OfHousehold
            ? held
            : connection.Number(
                "SELECT p.id FROM persons p JOIN memberships m ON m.person_id = p.id WHERE m.household_id = @held AND p.name = @name AND p.birth = @birth",
                null,
                new
                {
                    held,
                    name = county.Naming.Name(person),
                    birth = person.Birth,
                }
            );
        return new(fault.Check, fault.OfHousehold ? "household" : "person", id, number);
    }
}
