namespace Tuopin.Demo;

/// <summary>Splits a whole number by weights so that the parts add up to it exactly (largest remainder), within bounds for each part.</summary>
public static class Apportion
{
    public static int[] Split(int total, ReadOnlySpan<long> weights, ReadOnlySpan<int> least, ReadOnlySpan<int> most)
    {
        var parts = least.ToArray();
        var left = total;
        foreach (var part in parts)
            left -= part;
        if (left < 0)
            throw new InvalidOperationException($"{total} is less than the least parts together");
        while (left > 0)
        {
            var given = Round(parts, left, weights, most);
            if (given == 0)
                throw new InvalidOperationException($"{left} of {total} fit in no part");
            left -= given;
        }
        return parts;
    }

    /// <summary>One round by largest remainder over the parts that still have room; what a full part cannot take goes to the next round.</summary>
    private static int Round(int[] parts, int left, ReadOnlySpan<long> weights, ReadOnlySpan<int> most)
    {
        var sum = 0L;
        for (var i = 0; i < parts.Length; i++)
            sum += parts[i] < most[i] ? weights[i] : 0;
        if (sum == 0)
            return 0;
        var remainders = new (long Remainder, int Index)[parts.Length];
        var given = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var share = parts[i] < most[i] ? left * weights[i] : 0;
            remainders[i] = (share % sum, i);
            var take = (int)Math.Min(share / sum, most[i] - parts[i]);
            parts[i] += take;
            given += take;
        }
        Array.Sort(remainders, (a, b) => a.Remainder != b.Remainder ? b.Remainder.CompareTo(a.Remainder) : a.Index.CompareTo(b.Index));
        foreach (var (remainder, i) in remainders)
            if (given < left && remainder > 0 && parts[i] < most[i])
            {
                parts[i]++;
                given++;
            }
        return given;
    }
}
