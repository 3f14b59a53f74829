namespace Tuopin.Linkage;

/// <summary>
/// A text in letters or digits: the same; in another column of the other record; one slip; two slips; alike; otherwise. Agreement in a common value counts less.
/// </summary>
/// <param name="other">The column it is taken for by mistake (given name for surname); without one that level never occurs.</param>
public sealed class TextComparison(string name, Terms terms, Terms? other = null, double alike = 0.88)
    : Comparison(name, "same", "exchanged", "one_slip", "two_slips", "alike", "otherwise")
{
    public override int Level(int a, int b)
    {
        var (x, y) = (terms[a], terms[b]);
        if (x < 0 || y < 0)
            return Missing;
        if (x == y)
            return 0;
        var (s, t) = (terms.Values[x], terms.Values[y]);
        if (other is not null && (other.Text(b) == s || other.Text(a) == t))
            return 1;
        // Of a text of three letters two slips leave nothing.
        var shorter = Math.Min(s.Length, t.Length);
        var slips = Slips.Distance(s, t, 2);
        return slips == 1 && shorter > 1 ? 2
            : slips == 2 && shorter > 4 ? 3
            : Slips.Likeness(s, t) >= alike ? 4
            : 5;
    }

    public override double? Share(int a, int b) => terms.Share(terms[a]);
}
