using System.Globalization;
using Tuopin.Linkage;

namespace Tuopin.Tests.Linkage;

/// <summary>A published set of invented duplicates: how it is compared, who is who, and how good an answer is.</summary>
public sealed class KnownSet
{
    private readonly string[] truth;
    private readonly Func<int, string?> number;
    private readonly Func<int, string?> nameAndBirth;

    private KnownSet(
        string[] truth,
        IReadOnlyList<Comparison> comparisons,
        IReadOnlyList<BlockingKey> keys,
        Func<int, string?> number,
        Func<int, string?> nameAndBirth
    ) => (this.truth, Comparisons, Keys, this.number, this.nameAndBirth) = (truth, comparisons, keys, number, nameAndBirth);

    public IReadOnlyList<Comparison> Comparisons { get; }
    public IReadOnlyList<BlockingKey> Keys { get; }
    public int Count => truth.Length;

    public readonly record struct Quality(double Precision, double Recall)
    {
        public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"precision {Precision:F4}, recall {Recall:F4}, F1 {F1:F4}");
    }

    public static KnownSet Febrl(string file)
    {
        var rows = Read(file);
        string?[] Column(int i) => [.. rows.Select(r => r[i].Length == 0 ? null : r[i])];
        var (given, surname, house, street, village) = (
            new Terms(Column(1)),
            new Terms(Column(2)),
            new Terms(Column(3)),
            new Terms(Column(4)),
            new Terms(Column(5))
        );
        var (suburb, postcode, state, number) = (new Terms(Column(6)), new Terms(Column(7)), new Terms(Column(8)), new Terms(Column(10)));
        var days = rows.Select(r => Day(r[9])).ToArray();
        var (g, s, h) = (
            new TextComparison("given name", given, surname),
            new TextComparison("surname", surname, given),
            new TextComparison("house", house)
        );
        var (a, v) = (new TextComparison("address 1", street, village), new TextComparison("address 2", village, street));
        var (t, p, c) = (new TextComparison("suburb", suburb), new TextComparison("postcode", postcode), new TextComparison("state", state));
        var (d, n) = (new DayComparison("birth", days), new TextComparison("number", number));
        return new(
            [.. rows.Select(r => r[0].Split('-')[1])],
            [g, s, h, a, v, t, p, c, d, n],
            [
                new("number", [n], i => BlockingKey.Join(number.Text(i))),
                new("birth", [d], i => BlockingKey.Join(days[i])),
                new("both names", [g, s], i => Both(given.Text(i), surname.Text(i))),
                new("suburb and given name", [t, g], i => BlockingKey.Join(suburb.Text(i), given.Text(i))),
                new("postcode and surname", [p, s], i => BlockingKey.Join(postcode.Text(i), surname.Text(i))),
                new("address", [a], i => BlockingKey.Join(street.Text(i))),
                new("suburb and house", [t, h], i => BlockingKey.Join(suburb.Text(i), house.Text(i))),
            ],
            number.Text,
            i => given[i] < 0 || surname[i] < 0 || days[i] == 0 ? null : $"{given.Text(i)} {surname.Text(i)} {days[i]}"
        );
    }

    public static KnownSet Fake(string file)
    {
        var rows = Read(file);
        string?[] Column(int i) => [.. rows.Select(r => r[i].Length == 0 ? null : r[i])];
        var (given, surname, city, mail) = (new Terms(Column(1)), new Terms(Column(2)), new Terms(Column(4)), new Terms(Column(5)));
        var days = rows.Select(r => Day(r[3])).ToArray();
        var (g, s) = (new TextComparison("given name", given, surname), new TextComparison("surname", surname, given));
        var (d, c, m) = (new DayComparison("birth", days), new TextComparison("city", city), new TextComparison("mail", mail));
        return new(
            [.. rows.Select(r => r[6])],
            [g, s, d, c, m],
            [
                new("birth", [d], i => BlockingKey.Join(days[i])),
                new("mail", [m], i => BlockingKey.Join(mail.Text(i))),
                new("both names", [g, s], i => Both(given.Text(i), surname.Text(i))),
                new("surname and year", [s, d], i => BlockingKey.Join(surname.Text(i), days[i] / 10000)),
                new("given name and year", [g, d], i => BlockingKey.Join(given.Text(i), days[i] / 10000)),
                new("surname and city", [s, c], i => BlockingKey.Join(surname.Text(i), city.Text(i))),
                new("given name and city", [g, c], i => BlockingKey.Join(given.Text(i), city.Text(i))),
                new("name of the mailbox", [m], i => BlockingKey.Join(mail.Text(i)?.Split('@')[0])),
                new("host of the mailbox", [m], i => BlockingKey.Join(mail.Text(i)?.Split('@')[^1])),
            ],
            mail.Text,
            i => given[i] < 0 || surname[i] < 0 || days[i] == 0 ? null : $"{given.Text(i)} {surname.Text(i)} {days[i]}"
        );
    }

    /// <summary>Weights and threshold from the records alone, then pairs after closure.</summary>
    public Quality ByScore()
    {
        var blocks = new Blocks(Keys, Count);
        var weights = Estimate.From(Comparisons, blocks, Count);
        var links = Linker.Score(weights, blocks, weights.WeightAt(0.001));
        var threshold = Linker.BestThreshold(weights, links);
        return Of(Linker.Clusters(Count, links.Where(l => l.Weight >= threshold), threshold, weights.Of));
    }

    /// <summary>What a plain join finds: equal numbers (mail addresses where there are no numbers).</summary>
    public Quality ByNumber() => Of(Linker.Clusters(Count, Equal(number), 0, null));

    /// <summary>Equal numbers, or equal names and birth.</summary>
    public Quality ByNumberOrName() => Of(Linker.Clusters(Count, [.. Equal(number), .. Equal(nameAndBirth)], 0, null));

    private IEnumerable<Link> Equal(Func<int, string?> of) =>
        Enumerable.Range(0, Count).Where(i => of(i) is not null).GroupBy(of).SelectMany(g => g.Skip(1).Select(i => new Link(g.First(), i, 0)));

    private Quality Of(int[] clusters)
    {
        int right = 0,
            found = 0,
            there = 0;
        for (var a = 0; a < Count; a++)
        for (var b = a + 1; b < Count; b++)
        {
            var (together, one) = (clusters[a] == clusters[b], truth[a] == truth[b]);
            right += together && one ? 1 : 0;
            found += together ? 1 : 0;
            there += one ? 1 : 0;
        }
        return new(found == 0 ? 1 : (double)right / found, (double)right / there);
    }

    // Whichever of the two columns they stand in.
    private static long Both(string? a, string? b) =>
        a is null || b is null ? 0
        : string.CompareOrdinal(a, b) < 0 ? BlockingKey.Join(a, b)
        : BlockingKey.Join(b, a);

    private static int Day(string text) =>
        int.TryParse(text.Replace("-", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var day) ? day : 0;

    private static List<string[]> Read(string file) => [.. File.ReadLines(file).Skip(1).Select(l => l.Split(',', StringSplitOptions.TrimEntries))];
}
