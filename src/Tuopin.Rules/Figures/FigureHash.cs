using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Figures;

/// <summary>
/// The definition of a figure as one hash: what it counts or its formula, all that is beneath it, the derived facts it names and the law it reads with every
/// dated value. Two packs in which it is the same give the same number of the same record; words around it (title, note, source) do not count.
/// </summary>
public static class FigureHash
{
    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Of(Figure figure)
    {
        var text = new StringBuilder();
        foreach (var part in figure.All())
        {
            Add(
                text,
                "figure",
                part.Id,
                part.Unit.Text,
                part.Decimals.ToString(CultureInfo.InvariantCulture),
                part.Moment.ToString(),
                part.Definition
            );
            if (part.IsShare)
                Add(text, "share");
            if (part.Verdicts is { } verdicts)
                Add(text, "verdicts", verdicts.ToString());
            if (part.Counted is { } counted)
                Add(text, counted);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Add(StringBuilder text, Tally counted)
    {
        Add(text, "counted", counted.Over.Name, Written(counted.Where), Written(counted.Sum));
        var nodes = new[] { counted.Where, counted.Sum }.OfType<Expr>().SelectMany(e => e.All()).ToList();
        foreach (var derived in nodes.OfType<DerivedRead>().DistinctBy(d => d.Fact))
            Add(text, "derived", derived.Fact.ToString(), Written(derived.Fact.Formula));
        foreach (var parameter in nodes.OfType<ParameterRead>().Select(p => p.Parameter).Distinct())
        foreach (var value in parameter.Values)
            Add(
                text,
                "law",
                parameter.Id,
                value.Area.ToString(),
                value.From.ToString(CultureInfo.InvariantCulture),
                value.To?.ToString(CultureInfo.InvariantCulture) ?? "",
                value.Value.Number.ToString(CultureInfo.InvariantCulture),
                value.Value.Text ?? ""
            );
    }

    private static string Written(Expr? expression) => expression is null ? "" : ExprText.Of(expression);

    // Lengths stand before the texts: no two definitions have the same.
    private static void Add(StringBuilder text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}|");
        text.Append('\n');
    }
}
