namespace Tuopin.Numbers;

/// <summary>Rounding that still adds up (largest remainder, the method of Hare and Niemeyer): what is printed of the parts comes to what is printed of the total.</summary>
public static class Rounding
{
    /// <summary>
    /// Rounds parts to so many decimals so that they sum to the rounded total. Each part moves by less than one of the last digit; where remainders are equal, the larger
    /// part is rounded up, then the earlier one. Negative parts are rounded the same way.
    /// </summary>
    /// <param name="decimals">0 to 10.</param>
    public static decimal[] Parts(IReadOnlyList<decimal> parts, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, 10);
        var one = 1m;
        for (var i = 0; i < decimals; i++)
            one /= 10;
        var total = Math.Round(parts.Sum(), decimals, MidpointRounding.AwayFromZero);
        var floors = parts.Select(p => Math.Floor(p / one) * one).ToArray();
        var up = (int)Math.Round((total - floors.Sum()) / one);
        // The total rounds to at most one more for each part with a remainder; half away from zero can ask for one less than none.
        foreach (
            var i in Enumerable
                .Range(0, parts.Count)
                .OrderByDescending(i => parts[i] - floors[i])
                .ThenByDescending(i => Math.Abs(parts[i]))
                .ThenBy(i => i)
                .Take(Math.Max(up, 0))
        )
            floors[i] += one;
        if (up < 0)
            foreach (var i in Enumerable.Range(0, parts.Count).OrderBy(i => parts[i] - floors[i]).ThenByDescending(i => Math.Abs(parts[i])).Take(-up))
                floors[i] -= one;
        return floors;
    }

    /// <summary>Shares of parts that are not negative in percent, summing to 100; all zero when there is nothing to share.</summary>
    public static decimal[] Percents(IReadOnlyList<decimal> parts, int decimals)
    {
        if (parts.Any(p => p < 0))
            throw new ArgumentException("a share of a negative part says nothing", nameof(parts));
        var total = parts.Sum();
        return total == 0 ? new decimal[parts.Count] : Parts(Exact(parts, total), decimals);
    }

    // Quotients end after 28 digits: what is cut off is given to the last, so that they sum to 100 and not to a hair less.
    private static decimal[] Exact(IReadOnlyList<decimal> parts, decimal total)
    {
        var shares = parts.Select(p => p * 100 / total).ToArray();
        shares[Array.FindLastIndex(shares, s => s > 0)] += 100 - shares.Sum();
        return shares;
    }
}
