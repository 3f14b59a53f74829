using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What people call the columns and tables an import goes to; facts and subjects carry their own labels in the dictionary.</summary>
public static class ShownNames
{
    private static readonly Dictionary<string, Label> Columns = new(StringComparer.Ordinal)
    {
        [Targets.HouseholdNo] = new("户编号", "Household number"),
        [Targets.HouseholdProvisionalNo] = new("临时户编号", "Provisional household number"),
        [Targets.HouseholdPhone] = new("户联系电话", "Household's telephone"),
        [Targets.HouseholdBankCard] = new("户银行卡号", "Household's bank card"),
        [Targets.HeadName] = new("户主姓名", "Head's name"),
        [Targets.HeadId] = new("户主证件号码", "Head's ID number"),
        [Targets.PersonNo] = new("人编号", "Person number"),
        [Targets.PersonProvisionalNo] = new("临时人编号", "Provisional person number"),
        [Targets.PersonName] = new("姓名", "Name"),
        [Targets.PersonId] = new("证件号码", "ID number"),
        [Targets.PersonPhone] = new("联系电话", "Telephone"),
        [Targets.UnitName] = new("单位名称", "Unit"),
        [Targets.HelperName] = new("帮扶联系人姓名", "Cadre's name"),
        [Targets.HelperId] = new("帮扶联系人证件号码", "Cadre's ID number"),
        [Targets.HelperPhone] = new("帮扶联系人电话", "Cadre's telephone"),
        [Targets.DwellingNo] = new("住房编号", "Dwelling number"),
        [Targets.Year] = new("年度", "Year"),
        [Targets.From] = new("开始日期", "From"),
        [Targets.To] = new("结束日期", "To"),
        [Targets.AreaCode] = new("区域代码", "Area code"),
        ["area.province"] = new("省", "Province"),
        ["area.city"] = new("市（州）", "City"),
        ["area.county"] = new("县", "County"),
        ["area.township"] = new("乡镇", "Township"),
        ["area.village"] = new("村", "Village"),
        ["area.group"] = new("组", "Group"),
        ["living.province"] = new("居住地：省", "Living in: province"),
        ["living.city"] = new("居住地：市（州）", "Living in: city"),
        ["living.county"] = new("居住地：县", "Living in: county"),
        ["living.township"] = new("居住地：乡镇", "Living in: township"),
        ["living.village"] = new("居住地：村", "Living in: village"),
        ["living.group"] = new("居住地：组", "Living in: group"),
    };

    private static readonly Dictionary<string, Label> Tables = new(StringComparer.Ordinal)
    {
        ["households"] = new("户", "Households"),
        ["household_years"] = new("户的年度情况", "Households by year"),
        ["household_statuses"] = new("户的身份", "Status of households"),
        ["persons"] = new("人", "Persons"),
        ["person_years"] = new("人的年度情况", "Persons by year"),
        ["memberships"] = new("家庭成员关系", "Members of households"),
        ["residences"] = new("居住", "Residences"),
        ["dwellings"] = new("住房", "Dwellings"),
        ["measures"] = new("帮扶措施", "Help received"),
        ["units"] = new("单位", "Units"),
        ["posts"] = new("岗位", "Posts"),
        ["responsibilities"] = new("帮扶责任", "Responsibilities"),
        ["areas"] = new("区域", "Areas"),
        ["village_years"] = new("村的年度情况", "Villages by year"),
        ["township_years"] = new("乡镇的年度情况", "Townships by year"),
        ["county_years"] = new("县的年度情况", "Counties by year"),
        ["statements"] = new("部门认定", "Statements of departments"),
    };

    /// <summary>A target of a column; null for one that is a fact and has its label in the dictionary.</summary>
    public static Label? Column(string target) => Columns.GetValueOrDefault(target);

    public static string Table(Language language, FactDictionary dictionary, string table) =>
        Tables.TryGetValue(table, out var label) ? language[label]
        : dictionary.Subjects.Values.FirstOrDefault(s => s.Table == table) is { } subject ? language[subject.Label]
        : dictionary.Subjects.Values.FirstOrDefault(s => s.YearTable == table) is { } yearly
            ? language[$"{yearly.Label.Zh}的年度情况", $"{yearly.Label.En} by year"]
        : table;
}
