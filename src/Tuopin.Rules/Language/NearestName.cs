namespace Tuopin.Rules.Language;

/// <summary>Finds the known name a writer probably meant.</summary>
public static class NearestName
{
    /// <summary>The closest known name by edit distance, or null when none is close.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var limit = Math.Max(1, name.Length / 3);
        var best = known.Select(k => (Name: k, Distance: Distance(name, k))).Where(c => c.Distance <= limit);
        return best.OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal).Select(c => c.Name).FirstOrDefault();
    }

    /// <summary>The end of an error message: "; did you mean 'x'?", or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } near ? $"; did you mean '{near}'?" : "";

    private static int Distance(string a, string b)
    {
        // Long input is no misspelt name, and the table below is quadratic.
        if (a.Length > 100 || b.Length > 100 || Math.Abs(a.Length - b.Length) > 5)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = a[i - 1] == b[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
