using System.Globalization;

namespace Tuopin.Registry;

/// <summary>The first six digits of citizen numbers that were ever issued: the county codes since 1980, and the three regions of residence permits.</summary>
public static class IdentityPrefixes
{
    // Residence permits for Hong Kong, Macao and Taiwan residents; Taiwan was numbered 71 before it was 83.
    private static readonly int[] Regions = [810000, 820000, 830000, 710000];

    /// <summary>Reads <c>areas/county_codes_since_1980.csv</c> of a pack folder.</summary>
    /// <param name="packFolder">The folder that holds <c>areas</c>.</param>
    /// <param name="admitted">More prefixes of two, four or six digits; a demo admits unissued ones here.</param>
    public static IReadOnlySet<int> Load(string packFolder, params IEnumerable<string> admitted)
    {
        var prefixes = new HashSet<int>(Regions);
        foreach (var line in File.ReadLines(Path.Combine(packFolder, "areas", "county_codes_since_1980.csv")).Skip(1))
            if (line.Length > 6 && int.TryParse(line.AsSpan(0, 6), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                Add(prefixes, code);
        foreach (var prefix in admitted)
        {
            var width = prefix.Length is 2 or 4 or 6
                ? (int)Math.Pow(10, 6 - prefix.Length)
                : throw new ArgumentException($"'{prefix}' has not 2, 4 or 6 digits", nameof(admitted));
            var first = int.Parse(prefix, NumberStyles.None, CultureInfo.InvariantCulture) * width;
            for (var i = 0; i < width; i++)
                prefixes.Add(first + i);
        }
        return prefixes;
    }

    // The districts of a city were long numbered as one: 市辖区 01, 市区 20. Such codes stand in numbers but not in the list of counties.
    private static void Add(HashSet<int> prefixes, int code)
    {
        prefixes.Add(code);
        if (code % 100 == 0 && code % 10000 != 0)
            prefixes.UnionWith([code + 1, code + 20]);
    }
}
