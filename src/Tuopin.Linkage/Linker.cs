namespace Tuopin.Linkage;

/// <summary>Two records, and how much speaks for their being of one person, in bits.</summary>
public readonly record struct Link(int A, int B, double Weight);

/// <summary>Compares what is worth comparing and says which pairs are of one person.</summary>
public static class Linker
{
    /// <summary>The pairs of at least a weight, the heaviest first.</summary>
    public static List<Link> Score(Weights weights, Blocks blocks, double least)
    {
        var found = new List<Link>();
        blocks.Each(
            (a, b) =>
            {
                var weight = weights.Of(a, b);
                if (weight >= least)
                    found.Add(new(a, b, weight));
            }
        );
        found.Sort((x, y) => x.Weight != y.Weight ? y.Weight.CompareTo(x.Weight) : (x.A, x.B).CompareTo((y.A, y.B)));
        return found;
    }

    /// <summary>
    /// The weight from which on links should be taken so that precision and recall, as the probabilities have them, are best together (the greatest expected F1).
    /// </summary>
    /// <param name="links">The heaviest first.</param>
    public static double BestThreshold(Weights weights, IReadOnlyList<Link> links)
    {
        var total = links.Sum(l => weights.Probability(l.Weight));
        var (best, threshold, right) = (-1.0, double.PositiveInfinity, 0.0);
        for (var i = 0; i < links.Count; i++)
        {
            right += weights.Probability(links[i].Weight);
            if (i + 1 < links.Count && links[i + 1].Weight == links[i].Weight)
                continue;
            var f1 = 2 * right / (i + 1 + total);
            if (f1 > best)
                (best, threshold) = (f1, links[i].Weight);
        }
        return threshold;
    }

    /// <summary>The least weight from which on at most this share of the links taken is expected to be wrong; infinite where no link is that sure.</summary>
    /// <param name="links">The heaviest first.</param>
    public static double SureThreshold(Weights weights, IReadOnlyList<Link> links, double wrong)
    {
        var (threshold, doubts) = (double.PositiveInfinity, 0.0);
        for (var i = 0; i < links.Count; i++)
        {
            doubts += 1 - weights.Probability(links[i].Weight);
            if (doubts <= wrong * (i + 1))
                threshold = links[i].Weight;
        }
        return threshold;
    }

    /// <summary>
    /// Who is one person when links are followed from record to record: the number of the cluster of each record. Two groups are joined only when the pairs
    /// across them speak for it together, so that a chain of likenesses does not make one person of its two ends.
    /// </summary>
    /// <param name="links">The heaviest first.</param>
    /// <param name="threshold">Least mean weight across two groups.</param>
    /// <param name="weight">The weight of any pair, compared or not; null follows every link.</param>
    public static int[] Clusters(int count, IEnumerable<Link> links, double threshold, Func<int, int, double>? weight)
    {
        var of = Enumerable.Range(0, count).ToArray();
        var members = new Dictionary<int, List<int>>();
        List<int> Members(int cluster) => members.TryGetValue(cluster, out var m) ? m : [cluster];
        foreach (var link in links)
        {
            var (x, y) = (of[link.A], of[link.B]);
            if (x == y)
                continue;
            var (left, right) = (Members(x), Members(y));
            if (weight is not null && left.Count * right.Count > 1)
            {
                var sum = 0.0;
                foreach (var a in left)
                foreach (var b in right)
                    sum += weight(Math.Min(a, b), Math.Max(a, b));
                if (sum / (left.Count * right.Count) < threshold)
                    continue;
            }
            var (into, from) = x < y ? (x, y) : (y, x);
            var joined = Members(into).Concat(Members(from)).ToList();
            foreach (var record in joined)
                of[record] = into;
            members[into] = joined;
            members.Remove(from);
        }
        return of;
    }
}
