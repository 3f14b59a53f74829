namespace Tuopin.Linkage;

/// <summary>How far two texts are from each other.</summary>
public static class Slips
{
    /// <summary>
    /// The least number of characters put in, left out, changed or exchanged with their neighbour that makes one text of the other (optimal string
    /// alignment); <paramref name="most"/> + 1 when it is more than that.
    /// </summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most)
    {
        if (Math.Abs(a.Length - b.Length) > most)
            return most + 1;
        var same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        while (a.Length > 0 && b.Length > 0 && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }
        if (a.Length == 0 || b.Length == 0)
            return Math.Min(most + 1, a.Length + b.Length);
        var width = b.Length + 1;
        Span<int> rows = width <= 128 ? stackalloc int[3 * width] : new int[3 * width];
        var before = rows[..width];
        var above = rows.Slice(width, width);
        var here = rows[(2 * width)..];
        for (var j = 0; j < width; j++)
            above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            here[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var cost = Math.Min(Math.Min(above[j], here[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost = Math.Min(cost, before[j - 2] + 1);
                here[j] = cost;
                least = Math.Min(least, cost);
            }
            // An exchange reaches over one row, so that a row may rise by one and fall again.
            if (least > most + 1)
                return most + 1;
            var spare = before;
            before = above;
            above = here;
            here = spare;
        }
        return Math.Min(most + 1, above[width - 1]);
    }

    /// <summary>Jaro's likeness with Winkler's credit for a common beginning: 1 for equal texts, 0 for texts without a common character.</summary>
    public static double Likeness(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length == 0 || b.Length == 0)
            return 0;
        // Which characters meet may hang on which text comes first.
        if (a.SequenceCompareTo(b) > 0)
        {
            var first = b;
            b = a;
            a = first;
        }
        var reach = Math.Max(0, Math.Max(a.Length, b.Length) / 2 - 1);
        Span<bool> inA = a.Length <= 256 ? stackalloc bool[a.Length] : new bool[a.Length];
        Span<bool> inB = b.Length <= 256 ? stackalloc bool[b.Length] : new bool[b.Length];
        inA.Clear();
        inB.Clear();
        var common = 0;
        for (var i = 0; i < a.Length; i++)
        for (var j = Math.Max(0, i - reach); j < Math.Min(b.Length, i + reach + 1); j++)
            if (!inB[j] && a[i] == b[j])
            {
                inA[i] = inB[j] = true;
                common++;
                break;
            }
        if (common == 0)
            return 0;
        var (moved, k) = (0, 0);
        for (var i = 0; i < a.Length; i++)
            if (inA[i])
            {
                while (!inB[k])
                    k++;
                if (a[i] != b[k++])
                    moved++;
            }
        double c = common;
        var jaro = (c / a.Length + c / b.Length + (c - moved / 2) / c) / 3;
        var start = 0;
        while (start < Math.Min(4, Math.Min(a.Length, b.Length)) && a[start] == b[start])
            start++;
        return jaro + start * 0.1 * (1 - jaro);
    }
}
