using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Packs;

namespace Tuopin.Figures.Stated;

/// <summary>What somebody states, before it is looked at.</summary>
/// <param name="Value">Digits in the unit of the figure.</param>
/// <param name="Unit">The unit the sender means, to be held against the figure's; null to say nothing.</param>
/// <param name="By">Key of code list department.</param>
/// <param name="Source">The paper or table it is from.</param>
public sealed record StatedFigure(
    string Figure,
    AreaVersion Area,
    DateOnly Day,
    string Value,
    string? Unit,
    string By,
    string Source,
    DateOnly? DocumentDate,
    string? Note
);

/// <summary>Whether something may be stated of a figure at all, whoever states it.</summary>
public static class CheckStatement
{
    /// <summary>More would be no figure of a county.</summary>
    private static readonly Exact Most = 1_000_000_000_000_000;

    /// <summary>So many digits in a row are of a telephone or an ID card.</summary>
    private const int Personal = 11;

    /// <summary>The figure, where all that is said fits it.</summary>
    /// <exception cref="Refusal">
    /// figure.unknown, stated.computed, stated.department, stated.number, stated.decimals, stated.negative, stated.unit, stated.day-future, stated.document-day,
    /// stated.words.
    /// </exception>
    public static Figure Of(PackSet packs, StatedFigure said, DateOnly today)
    {
        var figure = Need(packs, said.Figure);
        if (!figure.StatedBy.Contains(said.By))
            throw new WrongUsage("stated.department", $"{figure.Id} is stated by {string.Join(", ", figure.StatedBy)}, not by '{said.By}'");
        if (said.Unit is { Length: > 0 } unit && unit != figure.Unit.Text && unit != figure.Unit.Shown.Zh && unit != figure.Unit.Shown.En)
            throw new WrongUsage("stated.unit", $"{figure.Id} is stated in {figure.Unit}, not in '{unit}'");
        Number(figure, said.Value);
        if (said.Day > today)
            throw new WrongUsage(
                "stated.day-future",
                $"{DayText.Of(said.Day)} lies after the work date {DayText.Of(today)}: nothing can be stated of it yet"
            );
        if (said.DocumentDate > today)
            throw new WrongUsage("stated.document-day", "the document is of a day after the work date");
        Words(said.Source, 2, 200);
        if (said.Note is { Length: > 0 } note)
            Words(note, 1, 500);
        return figure;
    }

    /// <summary>A figure that departments state.</summary>
    /// <exception cref="Refusal">figure.unknown, stated.computed.</exception>
    public static Figure Need(PackSet packs, string name)
    {
        if (!packs.Figures.TryGetValue(name, out var figure))
            throw new Refusal(
                "figure.unknown",
                $"no figure has the name '{name}'{NearestName.Hint(name, packs.Figures.Values.Where(f => f.IsStated).Select(f => f.Id))}"
            );
        return figure.IsStated
            ? figure
            : throw new Refusal("stated.computed", $"{figure.Id} is computed: it is changed by the facts it is made of, and stated by nobody");
    }

    /// <summary>A number in the unit of a figure, as people write it.</summary>
    /// <exception cref="WrongUsage">stated.number, stated.decimals, stated.negative.</exception>
    public static Exact Number(Figure figure, string value)
    {
        if (Exact.Parse(value) is not { } number || number >= Most || number <= 0 - Most)
            throw new WrongUsage("stated.number", $"'{value}' is no number: write digits, with a point and no other sign, in {figure.Unit}");
        var point = value.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : value.Length - point - 1;
        if (places > figure.Decimals)
            throw new WrongUsage("stated.decimals", $"{figure.Id} has at most {figure.Decimals} decimal places, and '{value}' has {places}");
        var signed = figure.Unit.Text is "%" or "ratio" || figure.Unit.Text.Contains("CNY", StringComparison.Ordinal);
        if (number.Sign < 0 && !signed)
            throw new WrongUsage("stated.negative", $"{figure.Id} counts {figure.Unit}: there is no number below zero");
        return number;
    }

    private static int LongestRun(string words)
    {
        var (run, longest) = (0, 0);
        foreach (var c in words)
            longest = Math.Max(longest, run = char.IsAsciiDigit(c) ? run + 1 : 0);
        return longest;
    }

    /// <summary>Words that stand on the record: a source, a note, a reason.</summary>
    /// <exception cref="WrongUsage">stated.words.</exception>
    public static void Words(string words, int least, int most)
    {
        if (words.Trim().Length < least || words.Length > most || words.Any(char.IsControl) || LongestRun(words) >= Personal)
            throw new WrongUsage("stated.words", "a source has 2 to 200 characters, a note and a reason up to 500, without ID or telephone numbers");
    }
}
