using System.Globalization;

namespace Tuopin.Numbers.Ties;

/// <summary>What is found about a number.</summary>
public enum Verdict
{
    /// <summary>A claimed tie holds within the printed digits.</summary>
    Right,

    /// <summary>The words claim a tie, and it does not hold.</summary>
    Wrong,

    /// <summary>A figure of an earlier moment.</summary>
    Stale,

    /// <summary>It holds for another base than the words name.</summary>
    OtherBase,

    /// <summary>Nothing ties it.</summary>
    Unknown,
}

/// <summary>One tie between numbers.</summary>
/// <param name="Target">The number that is claimed: the total, the rate, the amount per head.</param>
/// <param name="Members">The numbers it is claimed of.</param>
/// <param name="IsGroup">Whether the members stand and fall with it: parts of a total do, the base of a rate does not.</param>
internal sealed record Tie(NumberInText Target, IReadOnlyList<NumberInText> Members, Verdict Verdict, Said Reason, bool IsGroup = false);

/// <summary>How numbers are written into reasons.</summary>
internal static class Show
{
    public static string Plain(decimal value) => Math.Round(value, 4).ToString("0.####", CultureInfo.InvariantCulture);

    public static string Percent(decimal share) => Math.Round(share, 3).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    public static string Ratio(decimal part, decimal whole) => Plain(Math.Round(part / whole, 3));

    public static string Sum(IEnumerable<NumberInText> parts) => string.Join(" + ", parts.Select(p => p.Plain));
}
