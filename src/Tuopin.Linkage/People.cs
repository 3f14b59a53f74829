using System.Globalization;

namespace Tuopin.Linkage;

/// <summary>What a register holds of somebody; whatever it does not hold is null or 0.</summary>
/// <param name="Number">Of 18 characters, normalised.</param>
/// <param name="Birth">yyyyMMdd; where there is a number, the one in it counts.</param>
/// <param name="Place">Code of twelve digits of where they live, noughts below the level that is known.</param>
public readonly record struct PersonRow(string? Name, string? Number, int Birth, long Place);

/// <summary>
/// How people are compared. An ID number is three things that a slip of the pen does not hit together: the county it was issued in, the birth, and the
/// four characters at its end; it is compared as these, so that nothing counts twice.
/// </summary>
public sealed class People
{
    public const string Name = "name";
    public const string Birth = "birth";
    public const string Serial = "serial";
    public const string Home = "home";
    public const string Place = "place";

    public People(IReadOnlyList<PersonRow> rows)
    {
        Rows = rows;
        var names = new Terms(rows.Select(r => r.Name));
        var readings = names.Values.Select(Pinyin.Of).ToArray();
        var serials = new Terms(rows.Select(r => Part(r, 14, 4)));
        var births = rows.Select(BirthOf).ToArray();
        var homes = rows.Select(r =>
                long.TryParse(Part(r, 0, 6), NumberStyles.None, CultureInfo.InvariantCulture, out var home) ? home * 1_000_000 : 0
            )
            .ToArray();
        var name = new NameComparison(Name, names);
        var birth = new DayComparison(Birth, births);
        var serial = new TextComparison(Serial, serials);
        var home = new PlaceComparison(Home, homes);
        var place = new PlaceComparison(Place, [.. rows.Select(r => r.Place)]);
        Comparisons = [name, birth, serial, home, place];
        string? Reading(int i) => names[i] < 0 ? null : readings[names[i]];
        Keys =
        [
            new("number", [birth, serial, home], i => BlockingKey.Join(rows[i].Number)),
            new("reading and birth", [name, birth], i => BlockingKey.Join(Reading(i), births[i])),
            new("reading and serial", [name, serial], i => BlockingKey.Join(Reading(i), serials.Text(i))),
            new("birth and serial", [birth, serial], i => BlockingKey.Join(births[i], serials.Text(i))),
            new("surname and birth", [name, birth], i => BlockingKey.Join(names.Text(i)?[..1], births[i])),
            new("village and birth", [place, birth], i => rows[i].Place % 1000 == 0 ? 0 : BlockingKey.Join(rows[i].Place, births[i])),
            new("village and reading", [place, name], i => rows[i].Place % 1000 == 0 ? 0 : BlockingKey.Join(rows[i].Place, Reading(i))),
        ];
    }

    public IReadOnlyList<PersonRow> Rows { get; }
    public IReadOnlyList<Comparison> Comparisons { get; }
    public IReadOnlyList<BlockingKey> Keys { get; }

    /// <summary>The birth that a row is compared by.</summary>
    public static int BirthOf(PersonRow row) =>
        int.TryParse(Part(row, 6, 8), NumberStyles.None, CultureInfo.InvariantCulture, out var birth) && birth > 0 ? birth : row.Birth;

    private static string? Part(PersonRow row, int from, int length) => row.Number is { Length: 18 } number ? number.Substring(from, length) : null;
}
