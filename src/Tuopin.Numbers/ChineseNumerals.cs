using System.Text;

namespace Tuopin.Numbers;

/// <summary>Chinese numerals: 十三, 二百零五, 两千, 一万二千, 二〇二〇.</summary>
public static class ChineseNumerals
{
    public const string Digits = "零一二三四五六七八九";

    /// <summary>Every character of a numeral.</summary>
    public const string Characters = "零〇一二两三四五六七八九十百千万亿";

    /// <summary>Reads a numeral that says a whole number up to 9999 亿; null when the characters say none (千万, 十十, empty).</summary>
    public static decimal? Read(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > 24 || text.IndexOfAnyExcept(Characters) >= 0 || (Digit(text[0]) < 0 && text[0] != '十'))
            return null;
        return text.IndexOfAny("十百千万亿") < 0 ? Spelled(text) : Counted(text);
    }

    /// <summary>Writes a whole number from 0 to below 10^12 as it is said: 205 is 二百零五, 12 is 十二.</summary>
    public static string Write(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, 1_000_000_000_000);
        if (value == 0)
            return "零";
        var text = new StringBuilder();
        var (gap, started) = (false, false);
        foreach (var (size, name) in new[] { (100_000_000L, "亿"), (10_000L, "万"), (1L, "") })
        {
            var part = (int)(value / size % 10_000);
            if (part == 0)
            {
                gap |= started;
                continue;
            }
            if (started && (gap || part < 1000))
                text.Append('零');
            text.Append(Thousands(part)).Append(name);
            (gap, started) = (false, true);
        }
        var said = text.ToString();
        return said.StartsWith("一十", StringComparison.Ordinal) ? said[1..] : said;
    }

    private static string Thousands(int value)
    {
        var text = new StringBuilder();
        var gap = false;
        foreach (var (size, name) in new[] { (1000, "千"), (100, "百"), (10, "十"), (1, "") })
        {
            var digit = value / size % 10;
            if (digit == 0)
            {
                gap |= text.Length > 0;
                continue;
            }
            if (gap)
                text.Append('零');
            text.Append(Digits[digit]).Append(name);
            gap = false;
        }
        return text.ToString();
    }

    private static int Digit(char c) =>
        c switch
        {
            '〇' => 0,
            '两' => 2,
            _ => Digits.IndexOf(c, StringComparison.Ordinal),
        };

    // One digit is a number; several without 十, 百, 千 are digits read out, as years are.
    private static decimal? Spelled(ReadOnlySpan<char> text)
    {
        if (text.Length > 12)
            return null;
        decimal value = 0;
        foreach (var c in text)
            value = value * 10 + Digit(c);
        return value;
    }

    private static decimal? Counted(ReadOnlySpan<char> text)
    {
        decimal total = 0,
            part = 0;
        var digit = -1;
        var smallest = 10_000m;
        var largest = 1_000_000_000_000m;
        foreach (var c in text)
        {
            if (Digit(c) is >= 0 and var read)
            {
                if (digit > 0)
                    return null;
                digit = read;
                continue;
            }
            var size = c switch
            {
                '十' => 10m,
                '百' => 100m,
                '千' => 1000m,
                '万' => 10_000m,
                _ => 100_000_000m,
            };
            if (size < 10_000)
            {
                if (size >= smallest || (digit < 1 && size > 10))
                    return null;
                part += (digit < 1 ? 1 : digit) * size;
                smallest = size;
            }
            else
            {
                part += Math.Max(digit, 0);
                if (part == 0 || size >= largest)
                    return null;
                total += part * size;
                (part, smallest, largest) = (0, 10_000m, size);
            }
            digit = -1;
        }
        return total + part + Math.Max(digit, 0);
    }
}
