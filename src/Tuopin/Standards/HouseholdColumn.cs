using System.Globalization;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>A column of the list: on the page, in the file and in the API under one name. <see cref="Fact"/> decides which departments see it.</summary>
public sealed record HouseholdColumn(string Id, Label Title, bool Usual = false)
{
    /// <summary>Says who the household is; cannot be taken away.</summary>
    public bool Always { get; init; }

    /// <summary>The fact of the dictionary it shows, where it is one of a trade.</summary>
    public string? Fact { get; init; }
    public bool IsNumber { get; init; }
    public HouseholdSort? Sort { get; init; }

    public static readonly IReadOnlyList<HouseholdColumn> All =
    [
        new("head", new("户主", "Head")) { Always = true, Sort = HouseholdSort.Name },
        new("number", new("户编号", "Number"), Usual: true),
        new("village", new("村", "Village"), Usual: true) { Sort = HouseholdSort.Area },
        new("township", new("乡镇", "Township")),
        new("group", new("自然村（组）", "Group")),
        new("status", new("户身份", "Status"), Usual: true),
        new("since", new("身份起始", "Status since")),
        new("members", new("人口", "Members"), Usual: true) { IsNumber = true, Sort = HouseholdSort.Members },
        new("labour", new("劳动力", "Able to work")) { IsNumber = true, Fact = "person.labour" },
        new("cause", new("主要致贫原因", "Main cause"), Usual: true) { Fact = "household.main_cause" },
        new("category", new("户属性", "Category")) { Fact = "household.category" },
        new("income", new("人均纯收入（元）", "Net income per head (CNY)"), Usual: true)
        {
            IsNumber = true,
            Sort = HouseholdSort.Income,
            Fact = "household.income_net_stated",
        },
        new("lights", new("指标", "Indicators"), Usual: true),
        new("helper", new("帮扶联系人", "Helper")) { Fact = "responsibility.role" },
        new("unit", new("帮扶单位", "Helping unit")) { Fact = "responsibility.role" },
    ];

    public bool SeenBy(Viewer viewer) => Fact?.Split('.') is not [var subject, var fact] || viewer.Sees(subject, fact);

    /// <summary>The cell as text; the file and the page write the same.</summary>
    public string Text(ListHouseholds.Row row, Language language, Viewer viewer)
    {
        string Code(string list, long? number) => number is { } n && viewer.Codes(list).Find(n) is { } entry ? language[entry.Label] : "";
        return Id switch
        {
            "head" => row.HeadName ?? "",
            "number" => row.Number,
            "village" => viewer.Tree.ByCode(row.AreaCode)?.Name ?? "",
            "township" => viewer.Tree.Ancestor(viewer.Tree.ByCode(row.AreaCode), 4)?.Name ?? "",
            "group" => row.GroupName ?? "",
            "status" => Code("status_kind", row.Status),
            "since" => row.StatusFrom is { } day ? ShownText.Day(day, language) : "",
            "members" => Number(row.Members),
            "labour" => Number(row.Labour),
            "cause" => Code("poverty_cause", row.Cause),
            "category" => Code("household_category", row.Category),
            "income" => row.IncomePerHead is { } fen ? ShownText.Yuan(fen) : "",
            "lights" => string.Join("；", row.Lights.Select(l => $"{ShownText.Sign(l.Light)} {language[l.Indicator.Title]}")),
            "helper" => row.Helper ?? "",
            "unit" => row.UnitName ?? "",
            _ => "",
        };
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
