using System.Globalization;
using Tuopin.Registry;

namespace Tuopin.Exchange;

/// <summary>Numbers scaled to an integer, exactly, and back.</summary>
public static class ScaledNumber
{
    private const int MaxDigits = 18;

    /// <summary>
    /// Parses digits with an optional sign, thousands separators and a point. Null when all went well, else the rule that was broken. A number of a
    /// workbook may carry the noise of binary fractions (3217.9899999999998): it is first taken to its 15 digits.
    /// </summary>
    public static ImportRule? Parse(ReadOnlySpan<char> text, int scale, bool binary, out long number)
    {
        number = 0;
        if (text.IsEmpty)
            return ImportRules.Number;
        var negative = text[0] == '-';
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        var rule = Digits(digits, scale, out number);
        if (
            rule is not null
            && binary
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var noisy)
            && Math.Abs(noisy) < 1e15
        )
        {
            var clean = Math.Abs((decimal)noisy).ToString(CultureInfo.InvariantCulture);
            rule = Digits(clean, scale, out number);
        }
        if (negative)
            number = -number;
        return rule;
    }

    /// <summary>The number with its point, without trailing zeros beyond it; money keeps two decimals.</summary>
    public static string Format(long number, int scale)
    {
        if (scale == 0)
            return number.ToString(CultureInfo.InvariantCulture);
        var text = UInt128.CreateChecked(Int128.Abs(number)).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(number < 0 ? "-" : "")}{text[..^scale]}.{text[^scale..]}";
    }

    private static ImportRule? Digits(ReadOnlySpan<char> text, int scale, out long number)
    {
        number = 0;
        var whole = 0;
        var i = 0;
        for (; i < text.Length && text[i] != '.'; i++)
        {
            if (text[i] == ',' && IsSeparator(text, i))
                continue;
            if (!char.IsAsciiDigit(text[i]) || whole + scale >= MaxDigits && number > 0)
                return ImportRules.Number;
            number = number * 10 + (text[i] - '0');
            whole += number > 0 ? 1 : 0;
        }
        if (i == 0 || i == text.Length - 1)
            return ImportRules.Number;
        return Fraction(i < text.Length ? text[(i + 1)..] : [], scale, ref number);
    }

    private static ImportRule? Fraction(ReadOnlySpan<char> text, int scale, ref long number)
    {
        var lost = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return ImportRules.Number;
            if (i < scale)
                number = number * 10 + (text[i] - '0');
            else
                lost |= text[i] != '0';
        }
        for (var i = text.Length; i < scale; i++)
            number *= 10;
        return lost ? ImportRules.NumberDecimals : null;
    }

    // 1,234,567: three digits behind every comma, one to three before the first.
    private static bool IsSeparator(ReadOnlySpan<char> text, int at)
    {
        var behind = text[(at + 1)..];
        var run = 0;
        while (run < behind.Length && char.IsAsciiDigit(behind[run]))
            run++;
        return at > 0 && run == 3;
    }
}

/// <summary>Days in the ways offices write them.</summary>
public static class DayWords
{
    /// <summary>
    /// 2019-05-01, 2019/5/1, 2019.5.1, 2019年5月1日, each with or without a time; 20190501; 201905 and 2019-05 (the first of the month); the day number
    /// of a spreadsheet. Null for anything else.
    /// </summary>
    public static int? Parse(ReadOnlySpan<char> text, CellKind kind, int dateOffset)
    {
        if (kind == CellKind.Date)
            return Serial(text, dateOffset);
        Span<int> parts = stackalloc int[3];
        Span<int> widths = stackalloc int[3];
        var count = 0;
        var i = 0;
        while (i < text.Length && count < 3)
        {
            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;
            if (i == start || i - start > 8)
                return null;
            widths[count] = i - start;
            parts[count++] = int.Parse(text[start..i], NumberStyles.None, CultureInfo.InvariantCulture);
            if (i < text.Length && count < 3 && text[i] is '-' or '/' or '.' or '年' or '月')
                i++;
            else
                break;
        }
        return IsTimeOrEnd(text[i..]) ? FromParts(parts, widths, count, dateOffset, text.EndsWith("月")) : Fractional(text, kind, dateOffset);
    }

    private static int? FromParts(ReadOnlySpan<int> parts, ReadOnlySpan<int> widths, int count, int dateOffset, bool month) =>
        (count, widths[0]) switch
        {
            (3, 4) when widths[1] <= 2 && widths[2] <= 2 => DayText.Number(parts[0], parts[1], parts[2]),
            (2, 4) when widths[1] <= 2 => DayText.Number(parts[0], parts[1], 1),
            (1, 8) => DayText.Number(parts[0] / 10000, parts[0] / 100 % 100, parts[0] % 100),
            (1, 6) => DayText.Number(parts[0] / 100, parts[0] % 100, 1),
            (1, 5) when !month => FromSerial(parts[0] + dateOffset),
            _ => null,
        };

    private static bool IsTimeOrEnd(ReadOnlySpan<char> rest)
    {
        if (!rest.IsEmpty && rest[0] == '日')
            rest = rest[1..];
        if (rest.IsEmpty)
            return true;
        return rest[0] is ' ' or 'T' && TimeOnly.TryParse(rest[1..].TrimEnd('Z'), CultureInfo.InvariantCulture, out _);
    }

    private static int? Fractional(ReadOnlySpan<char> text, CellKind kind, int dateOffset) =>
        kind == CellKind.Number ? Serial(text, dateOffset) : null;

    private static int? Serial(ReadOnlySpan<char> text, int dateOffset) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days)
            ? FromSerial((int)Math.Min(days, 3e6) + dateOffset)
            : null;

    // Day 60 is the 29 February 1900 that never was; days before it count from one day later.
    private static int? FromSerial(int days)
    {
        if (days is < 1 or 60 or > 2_958_465)
            return null;
        return Rules.Model.DayNumber.Of(new DateOnly(1899, 12, days < 60 ? 31 : 30).AddDays(days));
    }
}
