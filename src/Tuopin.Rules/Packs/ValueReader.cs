using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Packs;

/// <summary>Reads written values of the dictionary's types: money in yuan, decimals exactly, days, codes by key or Chinese label.</summary>
internal static class ValueReader
{
    /// <summary>The stored value, or null and what was expected.</summary>
    public static Value? Read(ValueType type, Node node, out string? fault)
    {
        fault = null;
        if (type.Kind == Kind.Codes && node is ListNode list)
            return Mask(type.List!, list, out fault);
        if (node is not ScalarNode { Empty: false } scalar)
        {
            fault = $"expected {Wanted(type)}, found {(node is ScalarNode ? "nothing" : Fields.Kind(node))}";
            return null;
        }
        if (type.Kind == Kind.Text)
            return scalar.Value;
        var number = Number(type, scalar.Value);
        if (number is null)
            fault = $"expected {Wanted(type)}, found '{scalar.Value}'{CodeHint(type, scalar.Value)}";
        else if (type.IsNumeric && (number < type.Min || number > type.Max))
            fault = $"{scalar.Value} is outside {Shown(type, type.Min)} to {Shown(type, type.Max)}";
        return fault is null ? number!.Value : null;
    }

    /// <summary>Stored units of a written number; null when it is none or has too many decimals.</summary>
    public static long? Number(ValueType type, string text) =>
        type.Kind switch
        {
            Kind.Bool => text is "true" ? 1
            : text is "false" ? 0
            : null,
            Kind.Int => Scaled(text, 0),
            Kind.Fen => Scaled(text, 2),
            Kind.Decimal => Scaled(text, type.Scale),
            Kind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? DayNumber.Of(day)
                : null,
            Kind.Code => type.List!.Find(text)?.Number,
            _ => null,
        };

    public static long? Scaled(string text, int scale)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var decimals = dot < 0 ? 0 : text.Length - dot - 1;
        var digits = dot < 0 ? text : text.Remove(dot, 1);
        var wellFormed = dot != 0 && decimals <= scale && (dot < 0 || decimals > 0) && !text.StartsWith("-.", StringComparison.Ordinal);
        if (!wellFormed || !Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return null;
        if (text.StartsWith('+') || Int128.Abs(number) > long.MaxValue)
            return null;
        number *= Ranges.Power(scale - decimals);
        return Int128.Abs(number) <= long.MaxValue ? (long)number : null;
    }

    private static Value? Mask(CodeList codes, ListNode list, out string? fault)
    {
        var mask = 0L;
        fault = null;
        foreach (var item in list.Items)
        {
            var entry = item is ScalarNode s ? codes.Find(s.Value) : null;
            if (entry is null)
            {
                var text = item is ScalarNode scalar ? scalar.Value : Fields.Kind(item);
                fault = $"expected entries of code list {codes.Name}, found '{text}'{CodeHint(ValueType.Code(codes), text)}";
                return null;
            }
            mask |= 1L << entry.Number;
        }
        return mask;
    }

    private static string CodeHint(ValueType type, string text) =>
        type.List is null ? "" : NearestName.Hint(text, type.List.Entries.SelectMany(e => new[] { e.Key, e.Label.Zh }));

    private static string Wanted(ValueType type) =>
        type.Kind switch
        {
            Kind.Bool => "true or false",
            Kind.Int => "a whole number",
            Kind.Fen => "yuan with at most two decimals",
            Kind.Decimal => FormattableString.Invariant($"a number with at most {type.Scale} decimals"),
            Kind.Date => "a day as 2020-06-12",
            Kind.Code => $"an entry of code list {type.List!.Name}",
            Kind.Codes => $"a list of entries of code list {type.List!.Name}",
            _ => "text",
        };

    private static string Shown(ValueType type, Int128 number) => ExprText.Scaled((long)number, type.Kind == Kind.Fen ? 2 : type.Scale);
}
