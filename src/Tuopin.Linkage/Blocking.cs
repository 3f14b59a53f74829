namespace Tuopin.Linkage;

/// <summary>
/// What two records must share to be compared at all. Several keys are tried, so that a slip in one leaves the others.
/// </summary>
/// <param name="Name">What is shared.</param>
/// <param name="Fields">The comparisons it is made of: pairs that it brings say nothing of how often matches agree in these.</param>
/// <param name="Of">The key of a record; 0 for none.</param>
/// <param name="Finer">What a block too large is split by; without one, or where the parts are too large still, it is left out and reported.</param>
public sealed record BlockingKey(string Name, IReadOnlyList<Comparison> Fields, Func<int, long> Of, Func<int, long>? Finer = null)
{
    /// <summary>A key of the parts; 0, no key, as soon as one of them is empty or 0.</summary>
    public static long Join(params ReadOnlySpan<object?> parts)
    {
        // FNV-1a: the same on every machine, so that a run can be run again.
        var hash = 14695981039346656037UL;
        foreach (var part in parts)
        {
            var text = Convert.ToString(part, System.Globalization.CultureInfo.InvariantCulture);
            if (string.IsNullOrEmpty(text) || text == "0")
                return 0;
            foreach (var character in text)
                hash = (hash ^ character) * 1099511628211UL;
            hash = (hash ^ 31) * 1099511628211UL;
        }
        return hash == 0 ? 1 : (long)hash;
    }
}

/// <summary>The pairs of records that share at least one key, each once.</summary>
public sealed class Blocks
{
    /// <param name="Pairs">How many pairs it would have been.</param>
    public sealed record LeftOut(string Key, int Records, long Pairs);

    private readonly IReadOnlyList<BlockingKey> keys;
    private readonly int split;
    private readonly long[][] shared;
    private readonly int[][] order;

    /// <param name="count">How many records there are.</param>
    /// <param name="split">Records before it are one register, the others another, and only pairs across are made; 0 for pairs within one register.</param>
    /// <param name="most">Most pairs of one block.</param>
    public Blocks(IReadOnlyList<BlockingKey> keys, int count, int split = 0, long most = 100_000)
    {
        (this.keys, this.split) = (keys, split);
        (shared, order) = (new long[keys.Count][], new int[keys.Count][]);
        var left = new List<LeftOut>();
        for (var k = 0; k < keys.Count; k++)
        {
            var of = new long[count];
            for (var i = 0; i < count; i++)
                of[i] = keys[k].Of(i);
            var sorted = Sorted(of);
            var changed = false;
            foreach (var (from, to) in Runs(of, sorted))
                if (Pairs(sorted.AsSpan(from, to - from)) > most)
                {
                    changed = true;
                    for (var i = from; i < to; i++)
                        of[sorted[i]] = keys[k].Finer is { } finer ? Mix(of[sorted[i]], finer(sorted[i])) : 0;
                    if (keys[k].Finer is null)
                        left.Add(new(keys[k].Name, to - from, Pairs(sorted.AsSpan(from, to - from))));
                }
            if (changed)
            {
                sorted = Sorted(of);
                foreach (var (from, to) in Runs(of, sorted))
                    if (Pairs(sorted.AsSpan(from, to - from)) is var pairs && pairs > most)
                    {
                        left.Add(new(keys[k].Name, to - from, pairs));
                        for (var i = from; i < to; i++)
                            of[sorted[i]] = 0;
                    }
                sorted = Sorted(of);
            }
            (shared[k], order[k]) = (of, sorted);
        }
        Left = left;
    }

    public IReadOnlyList<BlockingKey> Keys => keys;

    /// <summary>Blocks that were too large to compare, and could not be split.</summary>
    public IReadOnlyList<LeftOut> Left { get; }

    /// <summary>Every pair, by each key that no earlier key has brought it by; the lower record first.</summary>
    public void Each(Action<int, int> pair)
    {
        for (var k = 0; k < keys.Count; k++)
        {
            var key = k;
            Of(
                k,
                (a, b) =>
                {
                    for (var earlier = 0; earlier < key; earlier++)
                        if (shared[earlier][a] == shared[earlier][b] && shared[earlier][a] != 0)
                            return true;
                    pair(a, b);
                    return true;
                }
            );
        }
    }

    /// <summary>The pairs of one key, until the receiver has enough.</summary>
    public void Of(int key, Func<int, int, bool> pair)
    {
        var sorted = order[key];
        foreach (var (from, to) in Runs(shared[key], sorted))
            for (var i = from; i < to; i++)
            for (var j = i + 1; j < to; j++)
            {
                var (a, b) = sorted[i] < sorted[j] ? (sorted[i], sorted[j]) : (sorted[j], sorted[i]);
                if ((split == 0 || a < split && b >= split) && !pair(a, b))
                    return;
            }
    }

    private long Pairs(ReadOnlySpan<int> block)
    {
        if (split == 0)
            return (long)block.Length * (block.Length - 1) / 2;
        long first = 0;
        foreach (var record in block)
            if (record < split)
                first++;
        return first * (block.Length - first);
    }

    private static int[] Sorted(long[] of)
    {
        var records = Enumerable.Range(0, of.Length).Where(i => of[i] != 0).ToArray();
        var by = Array.ConvertAll(records, i => of[i]);
        Array.Sort(by, records);
        return records;
    }

    private static IEnumerable<(int From, int To)> Runs(long[] of, int[] sorted)
    {
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            to = from + 1;
            while (to < sorted.Length && of[sorted[to]] == of[sorted[from]])
                to++;
            if (to - from > 1)
                yield return (from, to);
        }
    }

    private static long Mix(long key, long finer) =>
        finer == 0 ? 0
        : unchecked((key ^ finer) * (long)0x9E3779B97F4A7C15UL + (finer >> 29)) is var mixed && mixed == 0 ? 1
        : mixed;
}
