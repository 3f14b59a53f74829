using System.Text;

namespace Tuopin.Demo;

/// <summary>Writes a population as the files a county would bring: the national person export, the sheets around it.</summary>
public static class DemoFiles
{
    /// <summary>Stands above every header.</summary>
    public const string Notice = "演示数据：人口、姓名和号码均为虚构 / demo data: all persons and numbers are invented";

    /// <summary>Stands in the remark of every row of the small sheets.</summary>
    public const string Mark = "演示数据";

    /// <summary>
    /// Writes all files and returns their paths in the order they should be imported. Persons of one township are written apart in GB18030 and
    /// with short village names, as older tools still do; the rest is UTF-8 with a byte order mark. <paramref name="only"/> picks files by name.
    /// </summary>
    public static IReadOnlyList<string> Write(DemoCounty county, string folder, Action<string>? progress = null, Predicate<string>? only = null)
    {
        Directory.CreateDirectory(folder);
        var written = new List<string>();
        void Add(string name, Action<string> write)
        {
            if (only is not null && !only(name))
                return;
            var path = Path.Combine(folder, name);
            progress?.Invoke(name);
            write(path);
            written.Add(path);
        }
        Add("villages.xlsx", path => VillageSheet.Write(county, path));
        Add("village-exit-forms.xlsx", path => VillageSheet.WriteExitForm(county, path));
        // A township is no county: only the whole one has a form.
        if (county.Size == DemoSize.County)
            Add("county-exit-form.xlsx", path => CountySheet.Write(county, path));
        // members first: who is listed with the household's first appearance was a member before our record began
        var apart = county.Size == DemoSize.County ? county.Source.Townships[^1].Code : 0;
        Add("persons.csv", path => WritePersons(county, path, new UTF8Encoding(true), h => h.Registered && TownshipOf(county, h) != apart));
        if (apart > 0)
            Add("persons-gb18030.csv", path => WritePersons(county, path, Gb18030(), h => h.Registered && TownshipOf(county, h) == apart));
        Add("households.xlsx", path => HouseholdSheets.WriteRegistered(county, path));
        Add("unregistered-households.xlsx", path => HouseholdSheets.WriteUnregistered(county, path));
        Add("unregistered-persons.csv", path => WritePersons(county, path, new UTF8Encoding(true), h => !h.Registered));
        Add("household-exit-forms.csv", path => HouseholdSheets.WriteExitForm(county, path));
        Add($"incomes-{county.Set.IncomeYear - 1}.csv", path => HouseholdSheets.WriteIncomes(county, path, latest: false));
        Add($"incomes-{county.Set.IncomeYear}.csv", path => HouseholdSheets.WriteIncomes(county, path, latest: true));
        Add("houses.xlsx", path => HelpSheets.WriteHouses(county, path));
        Add("relocation.xlsx", path => HelpSheets.WriteRelocation(county, path));
        Add("measures.csv", path => HelpSheets.WriteMeasures(county, path));
        Add("helpers.xlsx", path => HelpSheets.WriteHelpers(county, path));
        Add("units-posts.xlsx", path => HelpSheets.WriteUnitsAndPosts(county, path));
        if (county.Set.Later == 0)
            return written;
        Add("work-ledger.csv", path => Guizhou.LaterSheets.WriteWork(county, path));
        Add("monitored.xlsx", path => Guizhou.LaterSheets.WriteMonitored(county, path));
        return written;
    }

    /// <summary>
    /// Writes who left a household in an earlier year. Apart from the others: it is about persons who are members no longer.
    /// </summary>
    public static string WriteFormerMembers(DemoCounty county, string folder)
    {
        var path = Path.Combine(folder, "former-members.xlsx");
        HelpSheets.WriteFormerMembers(county, path);
        return path;
    }

    /// <summary>Writes what the village entered of houses that the housing department graded otherwise; null where there is none.</summary>
    public static string? WriteVillageGrades(DemoCounty county, string folder)
    {
        if (!Conflicts.Of(county).Any())
            return null;
        var path = Path.Combine(folder, "village-grades.xlsx");
        HelpSheets.WriteVillageGrades(county, path);
        return path;
    }

    private static void WritePersons(DemoCounty county, string path, Encoding encoding, Predicate<DemoHousehold> which)
    {
        using var csv = new PersonCsv(county, path, encoding, shortNames: encoding is not UTF8Encoding);
        foreach (ref readonly var household in county.Households)
            if (which(household))
                csv.Write(household);
    }

    private static long TownshipOf(DemoCounty county, in DemoHousehold household) => county.VillageOf(household).Area.TownshipCode;

    private static Encoding Gb18030() => CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
}
