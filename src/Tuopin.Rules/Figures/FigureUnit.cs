using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Figures;

/// <summary>
/// What a figure counts in: 户, 人, 元, 元/人, % ... Units multiply and divide as their figures do; what is added or compared has one unit.
/// </summary>
public sealed class FigureUnit
{
    private static readonly Dictionary<string, (string One, Label Label)> Known = new(StringComparer.Ordinal)
    {
        ["households"] = ("household", new("户", "households")),
        ["persons"] = ("person", new("人", "persons")),
        ["villages"] = ("village", new("个村", "villages")),
        ["townships"] = ("township", new("个乡镇", "townships")),
        ["counties"] = ("county", new("个县", "counties")),
        ["dwellings"] = ("dwelling", new("套", "dwellings")),
        ["measures"] = ("measure", new("项", "measures")),
        ["pieces"] = ("piece", new("个", "pieces")),
        ["CNY"] = ("CNY", new("元", "CNY")),
        ["m2"] = ("m2", new("平方米", "m²")),
        ["mu"] = ("mu", new("亩", "mu")),
        ["km"] = ("km", new("公里", "km")),
        ["kVA"] = ("kVA", new("千伏安", "kVA")),
        ["days"] = ("day", new("天", "days")),
        ["months"] = ("month", new("个月", "months")),
    };

    private readonly ImmutableSortedDictionary<string, int> powers;

    private FigureUnit(ImmutableSortedDictionary<string, int> powers, Exact factor, string text) =>
        (this.powers, Factor, Text) = (powers, factor, text);

    /// <summary>A plain number.</summary>
    public static readonly FigureUnit None = new(ImmutableSortedDictionary<string, int>.Empty, 1, "ratio");

    /// <summary>How many of its base units one of it is: 1/100 for %, 10000 for 10000 CNY. Values are held in base units.</summary>
    public Exact Factor { get; }

    /// <summary>As packs write it.</summary>
    public string Text { get; }

    public static IEnumerable<string> Names => Known.Keys.Append("%").Append("ratio");

    /// <summary>Reads <c>persons</c>, <c>CNY/person</c>, <c>10000 CNY</c>, <c>%</c>, <c>ratio</c>.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out FigureUnit? unit)
    {
        unit = null;
        if (text is "%" or "ratio")
        {
            unit = new(None.powers, text == "%" ? Exact.Of(1, 100) : 1, text);
            return true;
        }
        var (rest, factor) =
            text.StartsWith("100000000 ", StringComparison.Ordinal) ? (text[10..], 100_000_000L)
            : text.StartsWith("10000 ", StringComparison.Ordinal) ? (text[6..], 10_000L)
            : (text, 1L);
        var powers = None.powers;
        foreach (var (name, at) in rest.Split('/').Select((n, i) => (n, i)))
        {
            if (Known.FirstOrDefault(k => (at == 0 ? k.Key : k.Value.One) == name).Key is not { } found)
                return false;
            powers = powers.SetItem(found, powers.GetValueOrDefault(found) + (at == 0 ? 1 : -1));
        }
        // Persons for each person are a plain ratio.
        unit = new(powers.RemoveRange(powers.Where(p => p.Value == 0).Select(p => p.Key)), factor, text);
        return true;
    }

    /// <summary>Whether two figures of these units can be added and compared.</summary>
    public bool Fits(FigureUnit other) => powers.SequenceEqual(other.powers);

    internal FigureUnit Times(FigureUnit other, bool divided) =>
        Made(
            other
                .powers.Aggregate(powers, (all, p) => all.SetItem(p.Key, all.GetValueOrDefault(p.Key) + (divided ? -p.Value : p.Value)))
                .Where(p => p.Value != 0)
        );

    private static FigureUnit Made(IEnumerable<KeyValuePair<string, int>> powers)
    {
        var made = powers.ToImmutableSortedDictionary(StringComparer.Ordinal);
        if (made.IsEmpty)
            return None;
        var over = made.Where(p => p.Value > 0).SelectMany(p => Enumerable.Repeat(p.Key, p.Value)).ToList();
        var under = made.Where(p => p.Value < 0).SelectMany(p => Enumerable.Repeat(Known[p.Key].One, -p.Value)).ToList();
        return new(made, 1, string.Join('*', over.DefaultIfEmpty("1")) + string.Concat(under.Select(u => "/" + u)));
    }

    /// <summary>As people read it: 户, 元/人, %; nothing for a plain ratio.</summary>
    public Label Shown
    {
        get
        {
            if (Text is "%" or "ratio")
                return new(Text == "%" ? "%" : "", Text == "%" ? "%" : "");
            var parts = Text.Split(' ')[^1].Split('/');
            var labels = parts.Select((p, i) => (p, Known.First(k => (i == 0 ? k.Key : k.Value.One) == p).Value)).ToList();
            var (zh, en) = Text.Split(' ')[0] switch
            {
                "10000" => ("万", "10,000 "),
                "100000000" => ("亿", "100 million "),
                _ => ("", ""),
            };
            return new(
                zh + string.Join('/', labels.Select(l => l.Value.Label.Zh)),
                en + string.Join('/', labels.Select((l, i) => i == 0 ? l.Value.Label.En : l.p))
            );
        }
    }

    /// <summary>The unit in which subjects of a type are counted; null for a type without one of its own, counted in pieces.</summary>
    internal static string? OfType(SubjectType type) => Known.FirstOrDefault(k => k.Value.One == type.Name && type.Name != "CNY").Key;

    internal static string Hint(string text) => NearestName.Hint(text, Names);

    public override string ToString() => Text;
}
