using System.Globalization;

namespace Tuopin.Platform.Web;

/// <summary>Units as packs write them, in the language of the page; a unit that is not known stays as it is.</summary>
public static class Units
{
    private static readonly Dictionary<string, string> Chinese = new(StringComparer.Ordinal)
    {
        ["CNY/person/year"] = "元/人·年",
        ["CNY/person"] = "元/人",
        ["CNY/year"] = "元/年",
        ["CNY"] = "元",
        ["10000 CNY/year"] = "万元/年",
        ["10000 CNY"] = "万元",
        ["yes/no"] = "是/否",
        ["ratio"] = "比例",
        ["share"] = "比例",
        ["share of members"] = "成员占比",
        ["share of eligible members"] = "应参保成员占比",
        ["persons"] = "人",
        ["households"] = "户",
        ["villages"] = "个村",
        ["measures"] = "项",
        ["m2"] = "平方米",
        ["mu"] = "亩",
        ["degrees"] = "度",
        ["m2/person"] = "平方米/人",
        ["mu/person"] = "亩/人",
        ["m"] = "米",
        ["km"] = "公里",
        ["years"] = "岁",
        ["months"] = "个月",
        ["minutes"] = "分钟",
        ["min"] = "分钟",
        ["days"] = "天",
        ["L/person/day"] = "升/人·天",
        ["days/year"] = "天/年",
    };

    /// <summary>A number as people read it with its unit: a share in percent, thousands set apart; what is no number stays as it is.</summary>
    public static string Amount(string value, string? unit) =>
        !decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? value
        : IsShare(unit) ? (number * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%"
        : decimal.Truncate(number).ToString("#,##0", CultureInfo.InvariantCulture)
            + (value.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? value[point..] : "");

    /// <summary>What stands beside an <see cref="Amount"/>: a percent sign says enough of a plain share.</summary>
    public static string Beside(Language language, string? unit) => unit is "ratio" or "share" ? "" : Of(language, unit);

    private static bool IsShare(string? unit) => unit == "ratio" || unit?.StartsWith("share", StringComparison.Ordinal) == true;

    public static string Of(Language language, string? unit) =>
        unit is null ? ""
        : language.IsEnglish ? unit
        : Chinese.GetValueOrDefault(unit, unit);
}
