using System.Globalization;

namespace Tuopin.Numbers;

/// <summary>Numbers as a briefing prints them, in Chinese and in English.</summary>
public static class Wording
{
    /// <summary>
    /// An amount with its unit, in 万 from 10,000 and in 亿 from 100,000,000: 178350000 元 with four decimals is 1.7835亿元. A number that rounds up into the next
    /// size is printed there: 99,999,999 with two decimals is 1亿. Zeros after the point are not printed.
    /// </summary>
    /// <param name="decimals">At most so many after the point, 0 to 8; below 10,000 as well.</param>
    public static string Amount(decimal value, string unit, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, 8);
        var at = Array.FindIndex(Sizes, s => s.Size == 1 || Math.Abs(value) >= s.Size);
        var rounded = Math.Round(value / Sizes[at].Size, decimals, MidpointRounding.AwayFromZero);
        if (at > 0 && Math.Abs(rounded) * Sizes[at].Size >= Sizes[at - 1].Size)
            rounded = Math.Round(value / Sizes[--at].Size, decimals, MidpointRounding.AwayFromZero);
        return Digits(rounded, decimals) + Sizes[at].Name + unit;
    }

    private static readonly (decimal Size, string Name)[] Sizes = [(100_000_000m, "亿"), (10_000m, "万"), (1m, "")];

    /// <summary>Households and persons side by side: 90225户341742人.</summary>
    public static string Pair(long households, long persons) => string.Create(CultureInfo.InvariantCulture, $"{households}户{persons}人");

    /// <summary>The same in English: 90,225 households with 341,742 persons.</summary>
    public static Said PairInBoth(long households, long persons) =>
        new(
            Pair(households, persons),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{households:N0} {(households == 1 ? "household" : "households")} with {persons:N0} {(persons == 1 ? "person" : "persons")}"
            )
        );

    /// <summary>A share with just so many decimals: 7.67%, 77.0%.</summary>
    public static string Percent(decimal share, int decimals) => Fixed(share, decimals) + "%";

    /// <summary>A change between two shares, as it is said: 上升10.8个百分点, 下降0.5个百分点, 持平.</summary>
    public static Said Points(decimal from, decimal to, int decimals)
    {
        var apart = Math.Round(to - from, decimals, MidpointRounding.AwayFromZero);
        var size = Fixed(Math.Abs(apart), decimals);
        return apart == 0 ? new("持平", "unchanged")
            : apart > 0 ? new($"上升{size}个百分点", $"up {size} percentage points")
            : new($"下降{size}个百分点", $"down {size} percentage points");
    }

    private static string Fixed(decimal value, int decimals) =>
        Math.Round(value, decimals, MidpointRounding.AwayFromZero)
            .ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Digits(decimal value, int decimals) =>
        value.ToString(decimals == 0 ? "0" : "0." + new string('#', decimals), CultureInfo.InvariantCulture);
}
