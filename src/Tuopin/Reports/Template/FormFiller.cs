using DocumentFormat.OpenXml.Packaging;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Language;

namespace Tuopin.Reports.Template;

/// <summary>A document or workbook that keeps the layout a county gave it, with figures in place of its placeholders.</summary>
/// <param name="Format">docx or xlsx.</param>
public sealed record FilledForm(string Format, byte[] Content, string? Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>What forms of both kinds do: find placeholders in a text, name what they need, and print them.</summary>
internal sealed class FormFiller(PlaceholderReader placeholders, List<Diagnostic> faults, ReportValues values, bool english)
{
    /// <summary>A piece of a text, and the number it prints.</summary>
    public sealed record Piece(string Text, int? Key);

    public ReportValues Values => values;
    public bool IsEnglish => english;

    /// <summary>The placeholders of a text with where they stand.</summary>
    /// <param name="line">Paragraph or row, from 1, for messages.</param>
    public List<(int Start, int End, Placeholder Placeholder)> Find(string text, int line, int column = 1)
    {
        var found = new List<(int, int, Placeholder)>();
        for (var at = 0; text.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open; )
        {
            var close = text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                placeholders.Fault(line, column + open, 2, "'{{' has no '}}' in its paragraph or cell");
                break;
            }
            if (placeholders.Read(text[(open + 2)..close], line, column + open + 2) is { } placeholder)
                found.Add((open, close + 2, placeholder));
            at = close + 2;
        }
        return found;
    }

    public void Fault(int line, int column, int length, string message) => placeholders.Fault(line, column, length, message);

    /// <summary>The level whose areas a row is repeated for; null for an ordinary row.</summary>
    public short? EachIn(IEnumerable<string> texts) =>
        texts
            .Where(t => t.Contains("each", StringComparison.Ordinal))
            .SelectMany(t => Quiet().Find(t, 1))
            .Select(f => (f.Placeholder as EachPlaceholder)?.Level)
            .FirstOrDefault(l => l is not null);

    // What is wrong is told once, by whoever reads the text for what it needs.
    private FormFiller Quiet() => new(placeholders.Quiet(), [], values, english);

    /// <summary>Names what a placeholder needs; in a repeated row figures are of the areas of its level.</summary>
    public void Need(Placeholder placeholder, short? level)
    {
        switch (placeholder)
        {
            case FigurePlaceholder figure:
                values.Need(figure, figure.AreaCode is null ? level : null);
                break;
            case PairPlaceholder pair:
                Need(pair.Households, level);
                Need(pair.Persons, level);
                break;
        }
    }

    /// <summary>Nothing is filled where something is wrong; else all that is needed is read.</summary>
    /// <exception cref="Refusal">report.template-broken.</exception>
    public void Ready()
    {
        if (faults.Count > 0)
            throw MarkdownTemplate.Broken(faults);
        values.Read();
    }

    /// <summary>What is printed for a placeholder.</summary>
    /// <param name="area">Of the repeated row; null outside of one.</param>
    public IReadOnlyList<Piece> Print(Placeholder placeholder, AreaVersion? area) =>
        placeholder switch
        {
            FigurePlaceholder figure => [Told(figure, area)],
            PairPlaceholder pair =>
            [
                Told(pair.Households, area),
                .. english ? [new Piece(" with ", null)] : Array.Empty<Piece>(),
                Told(pair.Persons, area),
            ],
            AreaPlaceholder => [new((area ?? values.Area).Name, null)],
            DayPlaceholder { At: var at } => [new(ComposeReport.InWords(at.On(values.Moment.Day) ?? at.Fixed, english), null)],
            _ => [],
        };

    /// <summary>The number of a cell that holds nothing else, without its unit.</summary>
    public ReportNumber Bare(FigurePlaceholder figure, AreaVersion? area) =>
        values.Tell(figure with { Style = figure.Style with { Bare = true } }, english, figure.AreaCode is null ? area : null);

    private Piece Told(FigurePlaceholder figure, AreaVersion? area)
    {
        var number = values.Tell(figure, english, figure.AreaCode is null ? area : null);
        return new(number.Text, number.Key);
    }

    /// <summary>Opens what somebody sent: it is inspected first, and what cannot be read is refused by name.</summary>
    /// <exception cref="Refusal">report.template-unreadable; report-check.too-large, .macros, .unreadable.</exception>
    public static T Opened<T>(byte[] file, Func<MemoryStream, T> open)
        where T : OpenXmlPackage
    {
        var held = new MemoryStream();
        held.Write(file);
        held.Position = 0;
        try
        {
            Figures.ReportText.Inspect(file);
            return open(held);
        }
        catch (Exception broken)
            when (broken
                    is InvalidDataException
                        or OpenXmlPackageException
                        or FileFormatException
                        or System.Xml.XmlException
                        or IOException
                        or FormatException
                        or InvalidOperationException
                        or NotSupportedException
                        or ArgumentException
            )
        {
            throw new Refusal("report.template-unreadable", "the template is damaged, or it is no docx and no xlsx");
        }
    }
}
