namespace Tuopin.Demo;

/// <summary>
/// SplitMix64: a small generator whose sequence is the same on every machine and runtime. Only integers are drawn, because the mathematical
/// functions of floating point may differ in the last bit between processors.
/// </summary>
public struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A stream of its own for one part of the county, so that a cut draws the same as the whole.</summary>
    public static SplitMix For(ulong seed, ulong part)
    {
        var mix = new SplitMix(seed ^ (part * 0xD1342543DE82EF95));
        mix.Next();
        return new SplitMix(mix.Next() + part);
    }

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool Chance(int permille) => Below(1000) < permille;

    /// <summary>An index drawn with these weights.</summary>
    public int Pick(ReadOnlySpan<ushort> weights)
    {
        var total = 0;
        foreach (var weight in weights)
            total += weight;
        var left = Below(total);
        var i = 0;
        while (left >= weights[i])
            left -= weights[i++];
        return i;
    }

    /// <summary>Fisher-Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
