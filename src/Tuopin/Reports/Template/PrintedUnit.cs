using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.Template;

/// <summary>A unit that a number is printed in.</summary>
/// <param name="Factor">How many base units one of it is.</param>
/// <param name="Shown">What stands after the number, without a blank.</param>
public sealed record PrintedUnit(Exact Factor, Label Shown)
{
    private static readonly (string Zh, string Pack)[] Names =
    [
        ("元", "CNY"),
        ("人", "persons"),
        ("名", "persons"),
        ("户", "households"),
        ("亩", "mu"),
        ("公里", "km"),
        ("平方米", "m2"),
        ("个村", "villages"),
        ("村", "villages"),
        ("个乡镇", "townships"),
        ("个县", "counties"),
        ("套", "dwellings"),
        ("项", "measures"),
        ("个", "pieces"),
        ("天", "days"),
        ("个月", "months"),
        ("%", "%"),
        ("倍", "ratio"),
        ("yuan", "CNY"),
    ];

    private static readonly (string Word, long Factor)[] Sizes =
    [
        ("万", 10_000),
        ("亿", 100_000_000),
        ("千", 1_000),
        ("thousand ", 1_000),
        ("million ", 1_000_000),
        ("billion ", 1_000_000_000),
    ];

    /// <summary>As a figure of the unit is printed by itself. Beside 人均 stands 元, not 元/人; English has no word for ten thousand.</summary>
    public static PrintedUnit Of(FigureUnit unit, bool english)
    {
        var per = Label(unit);
        if (unit.Text == "%" || unit.Factor == 1 || !english)
            return new(unit.Factor, per);
        return FigureUnit.TryRead(unit.Text.Split(' ', 2)[^1], out var plain) ? new(1, Label(plain)) : new(unit.Factor, per);
    }

    private static Label Label(FigureUnit unit) =>
        new(unit.Shown.Zh.Split('/')[0], unit.Shown.En.Replace("/", " per ", StringComparison.Ordinal).Trim());

    /// <summary>Reads a unit that a template asks for; it must be of the figure's dimension. 万 and 亿 alone are of the figure's own unit.</summary>
    /// <returns>Null, with what is wrong, or with null where the word is no unit at all.</returns>
    public static (PrintedUnit? Unit, string? Fault) Read(string word, Figure figure)
    {
        var (size, rest) = Sizes.FirstOrDefault(s => word.StartsWith(s.Word, StringComparison.Ordinal)) is { Word: { } prefix } found
            ? (found, word[prefix.Length..])
            : (("", 1L), word);
        var own = figure.Unit.Text.Split(' ', 2)[^1];
        var name = Names.FirstOrDefault(n => n.Zh == rest);
        var pack = rest.Length == 0 ? own : name.Pack ?? rest;
        if (!FigureUnit.TryRead(pack, out var unit))
            return (null, null);
        // 人均 in 元 is asked for as 元: per whom is in the name of the figure.
        var per = own.IndexOf('/', StringComparison.Ordinal);
        if (!unit.Fits(figure.Unit) && per > 0 && FigureUnit.TryRead(pack + own[per..], out var quotient))
            unit = quotient;
        if (!unit.Fits(figure.Unit) || (figure.Unit.Text is "%" or "ratio") && size.Item2 != 1)
            return (null, $"'{word}' is no unit of {figure.Id}, which is in {figure.Unit.Text}");
        var shown = Label(unit);
        var zh = name.Pack is not null && rest != "yuan" ? rest : shown.Zh;
        var (zhSize, enSize) = size.Item1 switch
        {
            "万" => ("万", "×10,000 "),
            "亿" => ("亿", "×100 million "),
            "千" or "thousand " => ("千", "thousand "),
            "million " => ("百万", "million "),
            "billion " => ("十亿", "billion "),
            _ => ("", ""),
        };
        return (new(unit.Factor * size.Item2, new(zhSize + zh, enSize + shown.En)), null);
    }

    /// <summary>Names that a misspelt unit may have meant.</summary>
    public static string Hint(string word) => NearestName.Hint(word, Names.Select(n => n.Zh).Concat(["万元", "亿元", "万人", "万户", "万亩"]));
}
