namespace Tuopin.Linkage;

/// <summary>A place by its code of twelve digits (0 for none): the same village, township, county, city; otherwise. A code may stop at any level, with noughts.</summary>
public sealed class PlaceComparison(string name, long[] codes) : Comparison(name, "village", "township", "county", "city", "otherwise")
{
    private static readonly long[] Below = [1, 1_000, 1_000_000, 100_000_000];

    public override int Level(int a, int b)
    {
        var (x, y) = (codes[a], codes[b]);
        if (x == 0 || y == 0)
            return Missing;
        for (var level = 0; level < Below.Length; level++)
            // Two codes of a county that name no village agree in the county, not in a village.
            if (x / Below[level] == y / Below[level] && (level == Below.Length - 1 || x / Below[level] % 1000 != 0))
                return level;
        return Below.Length;
    }
}
