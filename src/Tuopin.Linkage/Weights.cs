namespace Tuopin.Linkage;

/// <summary>What one comparison says of a pair.</summary>
/// <param name="Level">Number of the level, <see cref="Comparison.Missing"/> where one of the two says nothing.</param>
/// <param name="Bits">Weight in bits: one bit doubles the odds that the two are one person, minus one halves them.</param>
/// <param name="Share">The share of the records that have what they agree in, where that was taken into account.</param>
public readonly record struct Evidence(Comparison Comparison, int Level, double Bits, double? Share)
{
    public string? LevelName => Level < 0 ? null : Comparison.Levels[Level];
}

/// <summary>
/// The weights of Fellegi and Sunter: at each level of each comparison log2(m / u), where m is how often two records of one person are at that level and u
/// how often two records of different people are. A closer level never weighs less than one farther off.
/// </summary>
public sealed class Weights
{
    private readonly IReadOnlyList<Comparison> comparisons;
    private readonly double[][] bits;
    private readonly double[] u0;

    /// <param name="m">Of one person, by comparison and level; each sums to 1.</param>
    /// <param name="u">Of different people.</param>
    /// <param name="prior">The share of all pairs that are of one person.</param>
    public Weights(IReadOnlyList<Comparison> comparisons, IReadOnlyList<double[]> m, IReadOnlyList<double[]> u, double prior)
    {
        (this.comparisons, M, U, Prior) = (comparisons, m, u, prior);
        bits = [.. m.Select((of, c) => Falling(of, u[c]))];
        u0 = [.. u.Select(of => of[0])];
    }

    public IReadOnlyList<Comparison> Comparisons => comparisons;
    public IReadOnlyList<double[]> M { get; }
    public IReadOnlyList<double[]> U { get; }
    public double Prior { get; }

    /// <summary>The weight of a level before commonness is taken into account.</summary>
    public double Bits(int comparison, int level) => level < 0 ? 0 : bits[comparison][level];

    /// <summary>The weight of a pair in bits, all comparisons together, the prior not among them.</summary>
    public double Of(int a, int b)
    {
        var sum = 0.0;
        for (var c = 0; c < comparisons.Count; c++)
            sum += Of(c, a, b).Bits;
        return sum;
    }

    /// <summary>Why a pair weighs what it does, in the order of the comparisons.</summary>
    public IReadOnlyList<Evidence> Explain(int a, int b) => [.. Enumerable.Range(0, comparisons.Count).Select(c => Of(c, a, b))];

    /// <summary>The probability that a pair of this weight is of one person.</summary>
    public double Probability(double weight) => 1 / (1 + Math.Pow(2, -weight) * (1 - Prior) / Prior);

    /// <summary>The weight from which on pairs are as probable as this.</summary>
    public double WeightAt(double probability) => Math.Log2(probability / (1 - probability)) - Math.Log2(Prior / (1 - Prior));

    private Evidence Of(int c, int a, int b)
    {
        var level = comparisons[c].Level(a, b);
        if (level < 0)
            return new(comparisons[c], level, 0, null);
        var weight = bits[c][level];
        if (level > 0 || comparisons[c].Share(a, b) is not { } share)
            return new(comparisons[c], level, weight, null);
        // A name that one in fifty has says less than one that nobody else has; but never less than only a near one would.
        weight = Math.Max(weight + Math.Log2(u0[c] / Math.Max(share, u0[c] / 64)), bits[c][1]);
        return new(comparisons[c], level, weight, share);
    }

    // Levels that are out of order are taken together (pool adjacent violators), so that the weights fall.
    private static double[] Falling(double[] m, double[] u)
    {
        var pools = new List<(double M, double U, int Levels)>();
        for (var level = 0; level < m.Length; level++)
        {
            pools.Add((m[level], u[level], 1));
            while (pools.Count > 1 && pools[^2].M / pools[^2].U < pools[^1].M / pools[^1].U)
            {
                pools[^2] = (pools[^2].M + pools[^1].M, pools[^2].U + pools[^1].U, pools[^2].Levels + pools[^1].Levels);
                pools.RemoveAt(pools.Count - 1);
            }
        }
        return [.. pools.SelectMany(p => Enumerable.Repeat(Math.Log2(p.M / p.U), p.Levels))];
    }
}
