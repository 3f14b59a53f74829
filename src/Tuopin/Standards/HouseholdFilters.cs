using Dapper;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// The filters in force of a list, in the reader's words. They come from the address itself: a filter that the form has no field for is shown and kept
/// like any other.
/// </summary>
public static class HouseholdFilters
{
    /// <param name="Name">As in the address.</param>
    /// <param name="Value">What was asked, in the reader's words.</param>
    public sealed record Filter(string Name, string Title, string Value);

    /// <summary>Filters the form has a field for; the others go with it as hidden fields.</summary>
    public static readonly IReadOnlySet<string> InForm = new HashSet<string>(StringComparer.Ordinal)
    {
        "head",
        "name",
        "number",
        "registered",
        "status",
        "standing",
        "indicator",
        "group",
        "cause",
        "category",
        "members_from",
        "members_to",
        "labour_from",
        "labour_to",
        "income_from",
        "income_to",
        "unit_name",
        "helper_name",
    };

    private static readonly Dictionary<string, Label> Titles = new(StringComparer.Ordinal)
    {
        ["group"] = new("自然村（组）", "Group"),
        ["status"] = new("户身份", "Status"),
        ["registered"] = new("建档立卡", "Registered as poor"),
        ["standing"] = new("类别", "Counted as"),
        ["category"] = new("户属性", "Category"),
        ["cause"] = new("主要致贫原因", "Main cause"),
        ["indicator"] = new("指标", "Indicator"),
        ["members_from"] = new("人口至少", "Members from"),
        ["members_to"] = new("人口至多", "Members to"),
        ["labour_from"] = new("劳动力至少", "Able to work from"),
        ["labour_to"] = new("劳动力至多", "Able to work to"),
        ["income_from"] = new("人均纯收入至少（元）", "Income per head from (CNY)"),
        ["income_to"] = new("人均纯收入至多（元）", "Income per head to (CNY)"),
        ["unstated"] = new("未填", "Not stated"),
        ["monitored"] = new("监测对象", "Monitored"),
        ["year_end"] = new("年末未脱贫", "Remaining at the end of"),
        ["overall"] = new("整体判定", "Verdict as a whole"),
        ["unit"] = new("帮扶单位", "Helping unit"),
        ["post"] = new("帮扶联系人", "Helper"),
        ["unit_name"] = new("帮扶单位", "Helping unit"),
        ["helper_name"] = new("帮扶联系人", "Helper"),
        ["name"] = new("成员姓名", "Member"),
        ["head"] = new("户主", "Head"),
        ["number"] = new("户编号", "Household number"),
        ["standard"] = new("依据标准", "Standard"),
        ["counted"] = new("统计口径", "As counted"),
        ["asOf"] = new("按哪一天", "As of"),
        ["knownAt"] = new("只看此前录入的（UTC）", "As known at (UTC)"),
    };

    public static IReadOnlyList<Filter> Of(ListHouseholds.Page page, Viewer viewer, Language language) =>
        [
            .. page.Query.Filters.Select(f => new Filter(
                f.Key,
                Titles.TryGetValue(f.Key, out var title) ? language[title] : f.Key,
                Value(f.Key, f.Value.ToString(), page, viewer, language)
            )),
        ];

    /// <summary>Remaining, exited or unregistered, in words.</summary>
    public static Label NameOf(Standing standing) =>
        standing switch
        {
            Standing.Remaining => new("未脱贫", "Remaining"),
            Standing.Exited => new("已脱贫", "Exited"),
            _ => new("未建档", "Unregistered"),
        };

    private static string Value(string name, string value, ListHouseholds.Page page, Viewer viewer, Language language)
    {
        var query = page.Query;
        return name switch
        {
            "status" => language[query.Status!.Label],
            "category" => language[query.Category!.Label],
            "cause" => language[query.Cause!.Label],
            "unstated" => value switch
            {
                "members" => language["人口", "members"],
                "cause" => language["主要致贫原因", "main cause"],
                _ => language["人均纯收入", "income per head"],
            },
            "monitored" => language["是", "yes"],
            "overall" => $"{ShownText.Sign(query.Overall!.Value)} {ShownText.Name(query.Overall.Value, language)}",
            "counted" when query.Monitored || query.YearEnd is not null => language["户籍在此", "registered here"],
            "counted" => language["户籍在此，未清退、未销户", "registered here, neither removed nor closed"],
            "registered" => query.Registered == true ? language["是", "yes"] : language["否", "no"],
            "standing" => language[NameOf(query.Standing!.Value)],
            "indicator" => (page.Lights.Indicators.FirstOrDefault(i => i.Id == value) is { } indicator ? language[indicator.Title] : value)
                + $" {ShownText.Sign(query.Light)} {ShownText.Name(query.Light, language)}",
            // Somebody's name shows where a row of theirs does.
            "unit" when page.Rows.Count > 0 => NameOf("SELECT name FROM units WHERE id = @id", query.Unit, viewer) ?? value,
            "post" when page.Rows.Count > 0 => NameOf("SELECT holder_name FROM posts WHERE id = @id", query.Post, viewer) ?? value,
            _ => value,
        };
    }

    private static string? NameOf(string sql, long? id, Viewer viewer) => viewer.Connection.QueryFirstOrDefault<string>(sql, new { id });
}
