namespace Tuopin.Linkage;

/// <summary>
/// Estimates weights from the records alone, by expectation and maximisation: u from random pairs, m from the pairs that share a key, where a key says
/// nothing of the comparisons it is made of.
/// </summary>
public static class Estimate
{
    private const int MostRandom = 2_000_000;
    private const int MostOfKey = 300_000;
    private const int Turns = 60;

    // Half a pair seen at each level that was not: nothing is impossible.
    private const double Unseen = 0.5;

    // As many matches as are thought to have been seen before: where a file holds few, they say more than chance does.
    private const double Thought = 4;

    private sealed record Table(Dictionary<ulong, double> Patterns, bool[] Silent)
    {
        public double Share { get; set; } = 0.2;
    }

    /// <param name="count">How many records there are.</param>
    /// <param name="split">As of the blocks.</param>
    public static Weights From(IReadOnlyList<Comparison> comparisons, Blocks blocks, int count, int split = 0)
    {
        var all = split == 0 ? (long)count * (count - 1) / 2 : (long)split * (count - split);
        var none = new bool[comparisons.Count];
        var random = new Table(RandomPairs(comparisons, count, split, all), none) { Share = 1.0 / Math.Max(2, count) };
        var tables = new List<Table>();
        for (var k = 0; k < blocks.Keys.Count; k++)
        {
            var silent = comparisons.Select(c => blocks.Keys[k].Fields.Contains(c)).ToArray();
            var patterns = new Dictionary<ulong, double>();
            var left = MostOfKey;
            blocks.Of(
                k,
                (a, b) =>
                {
                    Count(patterns, comparisons, silent, a, b);
                    return --left > 0;
                }
            );
            tables.Add(new(patterns, silent));
        }
        var m = comparisons.Select(c => Beginning(c.Levels.Count)).ToArray();
        var u = Shares(comparisons, random, _ => 1);
        for (var turn = 0; turn < Turns; turn++)
        {
            var matches = comparisons.Select(c => Beginning(c.Levels.Count).Select(m => m * Thought).ToArray()).ToArray();
            foreach (var table in tables)
            {
                double sum = 0,
                    total = 0;
                foreach (var (pattern, times) in table.Patterns)
                {
                    var probability = Probability(pattern, m, u, table.Share);
                    sum += probability * times;
                    total += times;
                    Add(matches, comparisons, pattern, probability * times);
                }
                table.Share = Math.Clamp(total == 0 ? 0 : sum / total, 1e-9, 1 - 1e-9);
            }
            m = [.. matches.Select(Normal)];
            var share = random.Patterns.Sum(p => Probability(p.Key, m, u, random.Share) * p.Value) / random.Patterns.Sum(p => p.Value);
            random.Share = Math.Clamp(share, 1e-12, 0.5);
            u = Shares(comparisons, random, p => 1 - Probability(p, m, u, random.Share));
        }
        return Prior(new(comparisons, m, u, Math.Clamp(1.0 / Math.Max(2, count), 1e-12, 0.5)), blocks, all);
    }

    // The share of all pairs that are of one person: as many as the pairs that are worth comparing make probable.
    private static Weights Prior(Weights weights, Blocks blocks, long all)
    {
        var found = new List<float>();
        blocks.Each(
            (a, b) =>
            {
                var weight = (float)weights.Of(a, b);
                if (weight > 0)
                    found.Add(weight);
            }
        );
        for (var turn = 0; turn < 20; turn++)
        {
            var sum = found.Sum(w => weights.Probability(w));
            weights = new(weights.Comparisons, weights.M, weights.U, Math.Clamp(sum / Math.Max(1, all), 1e-12, 0.5));
        }
        return weights;
    }

    private static Dictionary<ulong, double> RandomPairs(IReadOnlyList<Comparison> comparisons, int count, int split, long all)
    {
        var patterns = new Dictionary<ulong, double>();
        var none = new bool[comparisons.Count];
        var (first, last) = split == 0 ? (0, count) : (split, count);
        if (all <= MostRandom)
        {
            for (var a = 0; a < (split == 0 ? count : split); a++)
            for (var b = split == 0 ? a + 1 : split; b < count; b++)
                Count(patterns, comparisons, none, a, b);
            return patterns;
        }
        // The same pairs at every run: an estimate can be made again.
        var random = new Random(20200612);
        for (var i = 0; i < MostRandom; i++)
        {
            var a = random.Next(split == 0 ? count : split);
            var b = random.Next(first, last);
            if (a != b)
                Count(patterns, comparisons, none, Math.Min(a, b), Math.Max(a, b));
        }
        return patterns;
    }

    private static void Count(Dictionary<ulong, double> patterns, IReadOnlyList<Comparison> comparisons, bool[] silent, int a, int b)
    {
        ulong pattern = 0;
        for (var c = 0; c < comparisons.Count; c++)
            pattern = pattern << 4 | (uint)((silent[c] ? Comparison.Missing : comparisons[c].Level(a, b)) + 1);
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(patterns, pattern, out _)++;
    }

    private static int LevelOf(ulong pattern, int comparison, int comparisons) => (int)(pattern >> 4 * (comparisons - 1 - comparison) & 15) - 1;

    private static double Probability(ulong pattern, double[][] m, double[][] u, double share)
    {
        var odds = share / (1 - share);
        for (var c = 0; c < m.Length; c++)
            if (LevelOf(pattern, c, m.Length) is >= 0 and var level)
                odds *= m[c][level] / u[c][level];
        return odds / (1 + odds);
    }

    private static void Add(double[][] sums, IReadOnlyList<Comparison> comparisons, ulong pattern, double weight)
    {
        for (var c = 0; c < comparisons.Count; c++)
            if (LevelOf(pattern, c, comparisons.Count) is >= 0 and var level)
                sums[c][level] += weight;
    }

    private static double[][] Shares(IReadOnlyList<Comparison> comparisons, Table random, Func<ulong, double> weight)
    {
        var sums = comparisons.Select(c => Enumerable.Repeat(Unseen, c.Levels.Count).ToArray()).ToArray();
        foreach (var (pattern, times) in random.Patterns)
            Add(sums, comparisons, pattern, times * weight(pattern));
        return [.. sums.Select(Normal)];
    }

    private static double[] Beginning(int levels) => Normal([.. Enumerable.Range(0, levels).Select(l => l == 0 ? 0.8 : 0.2 / (levels - 1))]);

    private static double[] Normal(double[] of)
    {
        var sum = of.Sum();
        return [.. of.Select(x => x / sum)];
    }
}
