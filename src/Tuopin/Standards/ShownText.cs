using System.Globalization;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Standards;

/// <summary>Days, money and lights as people read them.</summary>
public static class ShownText
{
    /// <summary>yyyy-MM-dd; an episode that began before our record says so.</summary>
    public static string Day(long number, Language language) =>
        number == Days.Beginning
            ? language["建库前", "before our record"]
            : DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day as the API tells it; null for one before our record.</summary>
    public static DateOnly? Date(long number) => number == Days.Beginning ? null : DayNumber.ToDate(number);

    public static string Yuan(long fen) => (fen / 100m).ToString("#,##0.00", CultureInfo.InvariantCulture);

    public static string Sign(Light light) =>
        light switch
        {
            Light.Met => "✓",
            Light.Unmet => "✗",
            Light.Exempt => "○",
            _ => "?",
        };

    public static string Name(Light light, Language language) =>
        light switch
        {
            Light.Met => language["达标", "met"],
            Light.Unmet => language["未达标", "unmet"],
            Light.Exempt => language["免除", "exempt"],
            _ => language["不明", "unknown"],
        };

    /// <summary>A stored value of a fact: label of a code, day, money, yes or no; empty when there is none.</summary>
    public static string Of(Fact fact, object? value, Language language) => Of(fact.Type, value, language);

    /// <summary>A value of a type, as a fact of it would be shown.</summary>
    public static string Of(ValueType type, object? value, Language language)
    {
        if (value is null)
            return "";
        if (value is string text)
            return text;
        var number = value is bool flag ? (flag ? 1 : 0) : Convert.ToInt64(value, CultureInfo.InvariantCulture);
        string Code(CodeEntry? entry) => entry is null ? number.ToString(CultureInfo.InvariantCulture) : language[entry.Label];
        return type.Kind switch
        {
            Kind.Bool => number != 0 ? language["是", "yes"] : language["否", "no"],
            Kind.Code => Code(type.List!.Find(number)),
            Kind.Codes => string.Join(
                language["、", ", "],
                type.List!.Entries.Where(e => (number >> e.Number & 1) == 1).Select(e => language[e.Label])
            ),
            Kind.Fen => Yuan(number),
            Kind.Date => Day(number, language),
            Kind.Decimal => ((decimal)number / (decimal)Math.Pow(10, type.Scale)).ToString(CultureInfo.InvariantCulture),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }
}
