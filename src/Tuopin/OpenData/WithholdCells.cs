namespace Tuopin.OpenData;

/// <summary>One sum that everybody knows to hold: a cell is the sum of others.</summary>
public sealed record CellSum(int Total, IReadOnlyList<int> Parts)
{
    public IEnumerable<int> All => Parts.Append(Total);
}

/// <summary>A cell that gives another away, or is given away by it: a share of a withheld numerator, persons of withheld households.</summary>
/// <param name="Cell">Withheld where one of <paramref name="From"/> is.</param>
public sealed record CellFollows(int Cell, IReadOnlyList<int> From);

/// <summary>What is to be published, as numbers: counts of a table with all that ties them to each other.</summary>
/// <param name="Values">Of each cell; of those that are no whole numbers (shares) anything, for they stand in no sum.</param>
/// <param name="Counts">Cells that count people or households: from 1 to below the threshold they are withheld.</param>
/// <param name="Never">Cells that are published by nobody, though others tell them: the rest of a whole.</param>
/// <param name="Signed">Cells that may lie below zero, as everybody knows: differences of counts.</param>
/// <param name="Breadth">0 for the widest area: a total is withheld later than its parts.</param>
public sealed record CellsToPublish(
    long[] Values,
    bool[] Counts,
    bool[] Never,
    bool[] Signed,
    int[] Breadth,
    IReadOnlyList<CellSum> Sums,
    IReadOnlyList<CellFollows> Follows
);

/// <summary>
/// Which cells of a table are withheld, so that nobody is told of fewer people than the threshold: small counts (primary), and as many others as it takes that no
/// withheld one follows from what is published (complementary). The threshold rule and complementary suppression of frequency tables: Hundepool et al.,
/// Statistical Disclosure Control, Wiley 2012, chapters 4 and 5. What an intruder can find is found by the two ways of sums: bounds carried through all sums until
/// nothing changes, and elimination, which finds what follows from several sums at once. A pure function.
/// </summary>
public static class WithholdCells
{
    // 2^61 - 1: whole numbers that come out as zero by chance are one in 10^18.
    private const ulong Prime = (1UL << 61) - 1;

    /// <summary>For each cell whether it is withheld; those never published stay false.</summary>
    /// <param name="threshold">The least count that is published; with 1 nothing is withheld.</param>
    /// <param name="already">Withheld for another reason.</param>
    public static bool[] Of(CellsToPublish cells, int threshold, bool[]? already = null)
    {
        var table = new Table(cells, threshold);
        for (var i = 0; i < cells.Values.Length; i++)
            if (already?[i] == true || (table.Small(i) && !cells.Never[i]))
                table.Withhold(i);
        while (true)
        {
            var bounds = table.Bounds();
            List<int> exposed = [.. table.Exposed(bounds)];
            if (exposed.Count == 0)
                exposed = [.. table.Determined()];
            // What follows from the table's own structure is told whatever is withheld.
            if (!table.Cover(exposed))
                return table.Withheld;
        }
    }

    private sealed class Table
    {
        private readonly CellsToPublish cells;
        private readonly int threshold;
        private readonly List<int>[] sumsOf;
        private readonly ILookup<int, int> followers;

        public Table(CellsToPublish cells, int threshold)
        {
            (this.cells, this.threshold) = (cells, threshold);
            Withheld = new bool[cells.Values.Length];
            sumsOf = new List<int>[cells.Values.Length];
            for (var i = 0; i < sumsOf.Length; i++)
                sumsOf[i] = [];
            for (var s = 0; s < cells.Sums.Count; s++)
                foreach (var cell in cells.Sums[s].All)
                    sumsOf[cell].Add(s);
            followers = cells.Follows.SelectMany(f => f.From.Select(from => (from, f.Cell))).ToLookup(f => f.from, f => f.Cell);
        }

        public bool[] Withheld { get; }

        public bool Small(int cell) => cells.Counts[cell] && cells.Values[cell] > 0 && cells.Values[cell] < threshold;

        private bool Open(int cell) => Withheld[cell] || cells.Never[cell];

        public void Withhold(int cell)
        {
            if (Withheld[cell] || cells.Never[cell])
                return;
            Withheld[cell] = true;
            foreach (var follower in followers[cell])
                Withhold(follower);
        }

        /// <summary>What an intruder knows of each open cell: null where there is no end.</summary>
        public (long? Low, long? High)[] Bounds()
        {
            var bounds = new (long? Low, long? High)[cells.Values.Length];
            for (var i = 0; i < bounds.Length; i++)
                bounds[i] =
                    !Open(i) ? (cells.Values[i], cells.Values[i])
                    : cells.Signed[i] ? (null, null)
                    : (0, null);
            var waiting = new Queue<int>(Enumerable.Range(0, cells.Sums.Count));
            var waits = new bool[cells.Sums.Count];
            Array.Fill(waits, true);
            while (waiting.TryDequeue(out var s))
            {
                waits[s] = false;
                foreach (var cell in cells.Sums[s].All)
                    if (Open(cell) && Tighten(cells.Sums[s], cell, bounds))
                        foreach (var other in sumsOf[cell])
                            if (!waits[other])
                            {
                                waits[other] = true;
                                waiting.Enqueue(other);
                            }
            }
            return bounds;
        }

        // total - parts = 0, solved for one of them with the bounds of all others.
        private static bool Tighten(CellSum sum, int cell, (long? Low, long? High)[] bounds)
        {
            var isTotal = cell == sum.Total;
            long? low = isTotal ? 0 : bounds[sum.Total].Low;
            long? high = isTotal ? 0 : bounds[sum.Total].High;
            foreach (var part in sum.Parts)
                if (part != cell)
                    (low, high) = isTotal ? (low + bounds[part].Low, high + bounds[part].High) : (low - bounds[part].High, high - bounds[part].Low);
            var (was, now) = (bounds[cell], bounds[cell]);
            if (low is { } l && (now.Low is not { } wasLow || l > wasLow))
                now.Low = l;
            if (high is { } h && (now.High is not { } wasHigh || h < wasHigh))
                now.High = h;
            bounds[cell] = now;
            return was != now;
        }

        /// <summary>Open cells that are told: to the number, or as surely below the threshold.</summary>
        public IEnumerable<int> Exposed((long? Low, long? High)[] bounds) =>
            Enumerable
                .Range(0, bounds.Length)
                .Where(i =>
                    (Withheld[i] || Small(i))
                    && sumsOf[i].Count > 0
                    && ((bounds[i].Low is { } low && low == bounds[i].High) || (Small(i) && bounds[i].High < threshold))
                );

        /// <summary>Open cells that follow from several sums at once, whatever the bounds.</summary>
        public IEnumerable<int> Determined()
        {
            var pivots = new SortedDictionary<int, Dictionary<int, ulong>>();
            foreach (var sum in cells.Sums)
            {
                var row = new Dictionary<int, ulong>();
                foreach (var part in sum.Parts.Where(Open))
                    Add(row, part, 1);
                if (Open(sum.Total))
                    Add(row, sum.Total, Prime - 1);
                foreach (var column in row.Keys.Order().ToList())
                    if (row.TryGetValue(column, out var factor) && pivots.TryGetValue(column, out var pivot))
                        Subtract(row, pivot, factor);
                if (row.Count == 0)
                    continue;
                // The row has no pivot of others left but those that came with a subtraction.
                while (row.Keys.FirstOrDefault(pivots.ContainsKey, -1) is >= 0 and var again)
                    Subtract(row, pivots[again], row[again]);
                if (row.Count == 0)
                    continue;
                var at = row.Keys.Min();
                Scale(row, Inverse(row[at]));
                foreach (var other in pivots.Values)
                    if (other.TryGetValue(at, out var factor))
                        Subtract(other, row, factor);
                pivots.Add(at, row);
            }
            return pivots.Where(p => p.Value.Count == 1 && (Withheld[p.Key] || Small(p.Key))).Select(p => p.Key);
        }

        /// <summary>Withholds one more cell for each exposed one, one in a sum at a time. False where there is nothing left to withhold.</summary>
        public bool Cover(IEnumerable<int> exposed)
        {
            var touched = new HashSet<int>();
            // Those that a sum tells by itself come first: what hides them often hides the others.
            foreach (var cell in exposed.OrderBy(c => sumsOf[c].Min(OpenIn)).ToList())
                if (!sumsOf[cell].Exists(touched.Contains) && Nearest(cell) is { } chosen)
                {
                    Withhold(chosen);
                    touched.UnionWith(sumsOf[cell]);
                    touched.UnionWith(sumsOf[chosen]);
                }
            return touched.Count > 0;
        }

        // From the sum of the exposed cell that hides least, or else from the sums of those next to it.
        private int? Nearest(int cell)
        {
            var seen = new HashSet<int>();
            IReadOnlyList<int> ring = [cell];
            while (ring.Count > 0)
            {
                var around = ring.SelectMany(c => sumsOf[c]).Where(seen.Add).ToList();
                foreach (var sum in around.OrderBy(OpenIn).ThenBy(s => s))
                    if (cells.Sums[sum].All.Where(c => !Open(c)).ToList() is { Count: > 0 } published)
                        return Best(published, sum);
                ring = [.. around.SelectMany(s => cells.Sums[s].All).Distinct()];
            }
            return null;
        }

        private int OpenIn(int sum) => cells.Sums[sum].All.Count(Open);

        // What no other sum then tells again; parts before totals; and of these the smallest that by itself leaves the other open. Zeros hide nothing.
        private int Best(List<int> published, int sum) =>
            published
                .OrderBy(c => cells.Values[c] == 0)
                .ThenBy(c => sumsOf[c].Count(s => s != sum && OpenIn(s) == 0))
                .ThenByDescending(c => cells.Breadth[c])
                .ThenBy(c => c == cells.Sums[sum].Total)
                .ThenBy(c => Math.Abs(cells.Values[c]) < threshold)
                .ThenBy(c => Math.Abs(cells.Values[c]))
                .ThenBy(c => c)
                .First();

        private static void Add(Dictionary<int, ulong> row, int column, ulong amount)
        {
            var sum = (row.GetValueOrDefault(column) + amount) % Prime;
            if (sum == 0)
                row.Remove(column);
            else
                row[column] = sum;
        }

        private static void Subtract(Dictionary<int, ulong> row, Dictionary<int, ulong> pivot, ulong factor)
        {
            foreach (var (column, value) in pivot)
                Add(row, column, Prime - Times(value, factor));
        }

        private static void Scale(Dictionary<int, ulong> row, ulong factor)
        {
            foreach (var column in row.Keys.ToList())
                row[column] = Times(row[column], factor);
        }

        private static ulong Times(ulong a, ulong b) => (ulong)((UInt128)a * b % Prime);

        // By Fermat: a^(p-2).
        private static ulong Inverse(ulong value)
        {
            var (result, power, exponent) = (1UL, value, Prime - 2);
            for (; exponent > 0; exponent >>= 1)
            {
                if ((exponent & 1) == 1)
                    result = Times(result, power);
                power = Times(power, power);
            }
            return result;
        }
    }
}
