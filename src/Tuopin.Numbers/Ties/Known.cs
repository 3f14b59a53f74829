using System.Globalization;
using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>Ties to figures known from outside: by the name beside the number, the unit, and the value.</summary>
internal static partial class Known
{
    public static IEnumerable<Tie> Find(Passage passage, IReadOnlyList<KnownFigure> known)
    {
        if (known.Count == 0)
            yield break;
        var byDimension = known
            .Select(k => (Figure: k, Unit: k.Unit.Length == 0 ? Unit.None : Unit.Named(k.Unit)))
            .Where(k => k.Unit is not null)
            .ToLookup(k => k.Unit!.Dimension);
        foreach (var number in passage.Figures.Where(n => !n.IsHuge))
        {
            var named = byDimension[number.Dimension]
                .Select(k => (k.Figure, Value: k.Figure.Value * k.Unit!.Factor, Length: NameLength(number, k.Figure)))
                .Where(k => k.Length > 0)
                .ToList();
            if (named.Count == 0)
                continue;
            // The longest name is the closest: 未脱贫人口 is not 人口. And a number of a year that is named is held against that year, or against nothing.
            var longest = named.Max(k => k.Length);
            var year = YearNamed(passage, number);
            var figures = named
                .Where(k => k.Length == longest && (year is null || k.Figure.Moment is null || k.Figure.Moment.Value.Year == year))
                .ToList();
            if (figures.Count > 0)
                yield return Decide(number, [.. figures.Select(k => (k.Figure, k.Value)).OrderByDescending(k => k.Figure.Moment)]);
        }
    }

    [GeneratedRegex(@"(?<!\d)((?:19|20)\d\d)(?:年|-\d)|\b(?:in|of) ((?:19|20)\d\d)\b", RegexOptions.RightToLeft)]
    private static partial Regex Year();

    // The last year that the sentence names before the number.
    private static int? YearNamed(Passage passage, NumberInText number)
    {
        var from = Math.Max(passage.Sentence(number.Sentence).Start, number.Start - Passage.LongestClause);
        return Year().Match(passage.Text[from..number.Start]) is { Success: true } found
            ? int.Parse(found.Groups[1].Success ? found.Groups[1].ValueSpan : found.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            : null;
    }

    private static int NameLength(NumberInText number, KnownFigure figure) =>
        figure.Names.Where(n => n.Length > 1 && (Has(number.Before, n) || Has(number.After, n))).Select(n => n.Length).DefaultIfEmpty(0).Max();

    private static bool Has(string text, string name) => text.Contains(name, StringComparison.OrdinalIgnoreCase);

    private static Tie Decide(NumberInText number, IReadOnlyList<(KnownFigure Figure, decimal Value)> figures)
    {
        var main = figures[0];
        var current = figures
            .Where(f => f.Figure.Base == main.Figure.Base && f.Figure.Area == main.Figure.Area && f.Figure.Moment == main.Figure.Moment)
            .ToList();
        bool Fits((KnownFigure Figure, decimal Value) f) =>
            number.Rounded.Low <= f.Value && f.Value <= number.Rounded.High && (!number.Bounds.IsExact || f.Value == number.Value);
        if (current.Any(Fits))
            return new(number, [], Verdict.Right, Says(main, number, "与台账数一致", "as the known figure"));
        if (
            figures.FirstOrDefault(f => Fits(f) && f.Figure.Base == main.Figure.Base && f.Figure.Area == main.Figure.Area) is
            { Figure: not null } earlier
        )
            return new(
                number,
                [],
                Verdict.Stale,
                Says(
                    earlier,
                    number,
                    $"是较早时点的数，现为 {Show.Plain(main.Figure.Value)}{main.Figure.Unit}",
                    $"is of an earlier moment; it is now {Show.Plain(main.Figure.Value)}{main.Figure.Unit}"
                )
            );
        if (figures.FirstOrDefault(Fits) is { Figure: not null } other)
            return new(number, [], Verdict.OtherBase, Says(other, number, "属于另一口径或地区", "is of another base or area"));
        return new(
            number,
            [],
            Verdict.Wrong,
            Says(
                main,
                number,
                $"与台账数 {Show.Plain(main.Figure.Value)}{main.Figure.Unit} 不符",
                $"is not the known figure {Show.Plain(main.Figure.Value)}{main.Figure.Unit}"
            )
        );
    }

    private static Said Says((KnownFigure Figure, decimal Value) f, NumberInText number, string zh, string en)
    {
        var of = string.Join(
            ", ",
            new[] { f.Figure.Names[0], f.Figure.Area, f.Figure.Base, f.Figure.Moment?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }.Where(
                p => !string.IsNullOrEmpty(p)
            )
        );
        return new($"{number.Plain} {zh}（{of}）", $"{number.Plain} {en} ({of})");
    }
}
