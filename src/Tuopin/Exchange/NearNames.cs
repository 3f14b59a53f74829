namespace Tuopin.Exchange;

/// <summary>Finds the names nearest to one that was not found, for the message.</summary>
internal static class NearNames
{
    /// <summary>Up to three names within half their length of edits; "" when none is near.</summary>
    public static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names) =>
        [
            .. names
                .Select(n => (Name: n, Distance: Distance(wanted, n)))
                .Where(n => n.Distance <= Math.Max(1, Math.Max(wanted.Length, n.Name.Length) / 2))
                .OrderBy(n => n.Distance)
                .ThenBy(n => n.Name, StringComparer.Ordinal)
                .Select(n => n.Name)
                .Distinct()
                .Take(3),
        ];

    /// <summary>The nearest names as the tail of a message: "，相近：甲、乙".</summary>
    public static string Tail(string wanted, IEnumerable<string> names) =>
        Of(wanted, names) is { Count: > 0 } near ? $"，相近：{string.Join('、', near)}" : "";

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 12 || a.Length > 64 || b.Length > 64)
            return int.MaxValue;
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var up = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                corner = up;
            }
        }
        return row[b.Length];
    }
}
