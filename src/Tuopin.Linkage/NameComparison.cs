namespace Tuopin.Linkage;

/// <summary>
/// A Chinese name: the same; written otherwise but read the same; its characters in another order; one character put in, left out or changed; the same
/// surname; otherwise. Agreement in a common name counts less.
/// </summary>
public sealed class NameComparison : Comparison
{
    private readonly Terms terms;
    private readonly int[] readings;
    private readonly string[] sorted;

    public NameComparison(string name, Terms terms)
        : base(name, "same", "homophone", "reordered", "one_character", "surname", "otherwise")
    {
        this.terms = terms;
        var read = new Terms(terms.Values.Select(Pinyin.Of));
        readings = [.. Enumerable.Range(0, read.Count).Select(i => read[i])];
        sorted = [.. terms.Values.Select(v => string.Concat(v.Order()))];
    }

    public override int Level(int a, int b)
    {
        var (x, y) = (terms[a], terms[b]);
        if (x < 0 || y < 0)
            return Missing;
        if (x == y)
            return 0;
        if (readings[x] == readings[y])
            return 1;
        if (sorted[x] == sorted[y])
            return 2;
        var (s, t) = (terms.Values[x], terms.Values[y]);
        return Slips.Distance(s, t, 1) == 1 && Math.Min(s.Length, t.Length) > 1 ? 3
            : s[0] == t[0] ? 4
            : 5;
    }

    public override double? Share(int a, int b) => terms.Share(terms[a]);
}
