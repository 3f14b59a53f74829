namespace Tuopin.Linkage;

/// <summary>
/// One property of two records, compared in levels: the closest is 0, the last is "otherwise". It knows its columns; a record is its number in them.
/// A comparison is symmetric, and knows nothing of weights.
/// </summary>
/// <param name="name">What is compared; part of no text for people.</param>
/// <param name="levels">Name of each level, the closest first.</param>
public abstract class Comparison(string name, params IReadOnlyList<string> levels)
{
    /// <summary>One of the two says nothing: no evidence either way.</summary>
    public const int Missing = -1;

    public string Name { get; } = name;
    public IReadOnlyList<string> Levels { get; } = levels;

    /// <summary>How close two records are: a level, or <see cref="Missing"/>.</summary>
    public abstract int Level(int a, int b);

    /// <summary>The share of records that carry what these two agree in at level 0; null where agreeing in one value says as much as in another.</summary>
    public virtual double? Share(int a, int b) => null;
}

/// <summary>A column of text with each different value held once, and how common it is.</summary>
public sealed class Terms
{
    private readonly int[] ids;
    private readonly int[] counts;
    private readonly int held;

    /// <param name="texts">One for each record; null or blank says nothing.</param>
    public Terms(IEnumerable<string?> texts)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var (of, values, times) = (new List<int>(), new List<string>(), new List<int>());
        foreach (var text in texts)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                of.Add(-1);
                continue;
            }
            if (!known.TryGetValue(text, out var id))
            {
                known.Add(text, id = values.Count);
                values.Add(text);
                times.Add(0);
            }
            times[id]++;
            of.Add(id);
        }
        (ids, counts, Values) = ([.. of], [.. times], [.. values]);
        held = Math.Max(1, times.Sum());
    }

    /// <summary>The different values.</summary>
    public IReadOnlyList<string> Values { get; }

    public int Count => ids.Length;

    /// <summary>Which value a record has; -1 for none.</summary>
    public int this[int record] => ids[record];

    public string? Text(int record) => ids[record] < 0 ? null : Values[ids[record]];

    /// <summary>The share of the records with a value that have this one.</summary>
    public double Share(int id) => (double)counts[id] / held;
}
