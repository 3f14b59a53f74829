using System.Globalization;

namespace Tuopin.Demo;

/// <summary>A village-level unit of the real 2020 tree.</summary>
public sealed record DemoArea(
    long Code,
    string Name,
    long TownshipCode,
    string TownshipName,
    int OrdinalInTownship,
    int TownshipOrdinal,
    bool Community
);

/// <summary>What the generator reads: the area tree and the parts of invented names. Loaded once from the packs folder.</summary>
public sealed record DemoSource
{
    public const string CountyCode = "530326";

    public required IReadOnlyList<DemoArea> Villages { get; init; }

    /// <summary>Township code and name, in code order.</summary>
    public required IReadOnlyList<(long Code, string Name)> Townships { get; init; }
    public required IReadOnlyList<string> Surnames { get; init; }

    /// <summary>Running sums of the surname weights, in millionths.</summary>
    internal int[] SurnameSums { get; private init; } = [];

    /// <summary>By sex (0 female, 1 male) and position (0 single, 1 first of two, 2 second of two), most frequent first.</summary>
    internal char[][] Given { get; private init; } = [];

    public static DemoSource Load(string packs)
    {
        var townships = Rows(packs, "areas/places_townships_2020.csv").Where(r => r[2] == CountyCode).Select(r => (Number(r[0]), r[1])).ToList();
        townships.Sort();
        var surnames = Rows(packs, "demo/names/surname_weights_percent.csv").ToList();
        var sum = 0;
        return new DemoSource
        {
            Townships = townships,
            Villages = Villages2020(packs, townships),
            Surnames = [.. surnames.Select(r => r[0])],
            SurnameSums = [.. surnames.Select(r => sum += (int)(decimal.Parse(r[1], CultureInfo.InvariantCulture) * 10_000))],
            Given = GivenCharacters(packs),
        };
    }

    private static List<DemoArea> Villages2020(string packs, List<(long Code, string Name)> townships)
    {
        var rows = Rows(packs, "areas/places_villages_2020.csv").Where(r => r[3] == CountyCode).OrderBy(r => Number(r[0])).ToList();
        var villages = new List<DemoArea>(rows.Count);
        foreach (var row in rows)
        {
            var township = Number(row[2]);
            var at = townships.FindIndex(t => t.Code == township);
            var ordinal = villages.Count(v => v.TownshipCode == township);
            var code = Number(row[0]);
            villages.Add(new DemoArea(code, row[1], township, townships[at].Name, ordinal, at, code % 1000 < 200));
        }
        return villages;
    }

    private static char[][] GivenCharacters(string packs)
    {
        string[] positions = ["single", "first_of_two", "second_of_two"];
        var lists = Enumerable.Range(0, 6).Select(_ => new List<char>()).ToArray();
        foreach (var row in Rows(packs, "demo/names/given_chars.csv"))
            lists[(row[0] == "m" ? 3 : 0) + Array.IndexOf(positions, row[1])].Add(row[3][0]);
        return [.. lists.Select(l => l.ToArray())];
    }

    private static IEnumerable<string[]> Rows(string packs, string file) =>
        File.ReadLines(Path.Combine(packs, file)).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(','));

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
