using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Reports.Writing;

namespace Tuopin.Reports.Template;

/// <summary>
/// A Word document as a template: placeholders in paragraphs and cells, however Word has cut them into runs, in headers and footers too; a row with
/// <c>{{ each township }}</c> is repeated. In messages the line is the paragraph, counted from the beginning of its part.
/// </summary>
internal sealed class FillDocument(FormFiller filler)
{
    // Which numbers a paragraph came to hold, and where in its text.
    private readonly Dictionary<Paragraph, List<(int Start, int Length, int Key)>> held = [];

    /// <exception cref="Refusal">report.template-broken, report.template-unreadable, and those of the report's areas.</exception>
    public FilledForm Fill(byte[] template, Func<FilledForm, ComposedReport> compose)
    {
        using var package = FormFiller.Opened(
            template,
            stream =>
            {
                var opened = WordprocessingDocument.Open(stream, isEditable: true);
                return opened.MainDocumentPart?.Document?.Body is null ? throw new InvalidDataException() : opened;
            }
        );
        var main = package.MainDocumentPart!;
        OpenXmlElement[] parts =
        [
            .. main.HeaderParts.Select(h => (OpenXmlElement)h.Header),
            main.Document.Body!,
            .. main.FooterParts.Select(f => (OpenXmlElement)f.Footer),
        ];
        foreach (var part in parts)
            Need(part);
        filler.Ready();
        foreach (var part in parts)
            Write(part);
        var body = main.Document.Body!;
        var (title, blocks) = Blocks(body);
        var report = compose(new("docx", [], title, blocks));
        if (report.Numbers.Count > 0)
            foreach (var note in WriteDocument.Notes(report, marked: false))
                if (body.GetFirstChild<SectionProperties>() is { } section)
                    body.InsertBefore(note, section);
                else
                    body.Append(note);
        using var filled = new MemoryStream();
        package.Clone(filled).Dispose();
        return new("docx", filled.ToArray(), title, blocks);
    }

    private static string TextOf(OpenXmlElement paragraph) => string.Concat(paragraph.Descendants<Text>().Select(t => t.Text));

    private void Need(OpenXmlElement part)
    {
        var line = 0;
        foreach (var paragraph in part.Descendants<Paragraph>())
        {
            line++;
            var found = filler.Find(TextOf(paragraph), line);
            if (found.Count == 0)
                continue;
            var row = paragraph.Ancestors<TableRow>().FirstOrDefault();
            var level = row is null ? null : LevelIn(row);
            foreach (var (start, end, placeholder) in found)
                if (placeholder is EachPlaceholder && row is null)
                    filler.Fault(line, start + 1, end - start, "{{ each }} stands in the row of a table that is repeated");
                else
                    filler.Need(placeholder, level);
        }
    }

    private readonly Dictionary<TableRow, short?> levels = [];

    private short? LevelIn(TableRow row)
    {
        if (!levels.TryGetValue(row, out var level))
            levels[row] = level = filler.EachIn(row.Descendants<Paragraph>().Select(TextOf));
        return level;
    }

    private void Write(OpenXmlElement part)
    {
        var repeated = new HashSet<TableRow>();
        foreach (var paragraph in part.Descendants<Paragraph>().ToList())
        {
            var row = paragraph.Ancestors<TableRow>().FirstOrDefault();
            if (row is null || LevelIn(row) is not { } level)
                Write(paragraph, null);
            else if (repeated.Add(row))
                Repeat(row, level);
        }
    }

    private void Repeat(TableRow row, short level)
    {
        foreach (var area in filler.Values.Beneath(filler.Values.Moment.Day, level))
        {
            var made = (TableRow)row.CloneNode(true);
            row.InsertBeforeSelf(made);
            foreach (var paragraph in made.Descendants<Paragraph>())
                Write(paragraph, area);
        }
        row.Remove();
    }

    private void Write(Paragraph paragraph, AreaVersion? area)
    {
        var shift = 0;
        foreach (var (start, end, placeholder) in filler.Find(TextOf(paragraph), 0))
        {
            var text = new StringBuilder();
            foreach (var piece in filler.Print(placeholder, area))
            {
                if (piece.Key is { } key)
                {
                    if (!held.TryGetValue(paragraph, out var numbers))
                        held.Add(paragraph, numbers = []);
                    numbers.Add((start + shift + text.Length, piece.Text.Length, key));
                }
                text.Append(piece.Text);
            }
            Replace(paragraph, start + shift, end + shift, WriteDocument.Clean(text.ToString()));
            shift += text.Length - (end - start);
        }
    }

    // The first run that the placeholder touches takes the text, with its looks; the others lose what was of the placeholder.
    private static void Replace(Paragraph paragraph, int start, int end, string with)
    {
        var at = 0;
        var written = false;
        foreach (var text in paragraph.Descendants<Text>().ToList())
        {
            var (from, to) = (Math.Max(start, at) - at, Math.Min(end, at + text.Text.Length) - at);
            at += text.Text.Length;
            if (to <= from)
                continue;
            text.Text = text.Text[..from] + (written ? "" : with) + text.Text[to..];
            text.Space = SpaceProcessingModeValues.Preserve;
            written = true;
        }
    }

    private (string? Title, IReadOnlyList<ReportBlock> Blocks) Blocks(OpenXmlElement body)
    {
        string? title = null;
        var blocks = new List<ReportBlock>();
        foreach (var element in body.Elements().SelectMany(e => e is SdtBlock sdt ? sdt.SdtContentBlock?.Elements() ?? [] : [e]))
            if (element is Paragraph paragraph)
            {
                var text = Inlines(paragraph);
                if (text.Count == 0)
                    continue;
                if (title is null && blocks.Count == 0)
                    title = ReportTextBuilder.Plain(text).Trim();
                else
                    blocks.Add(new ReportParagraph(text));
            }
            else if (element is Table table)
                blocks.Add(
                    new ReportTable(
                        null,
                        table.Elements<TableRow>().TakeWhile(r => r.TableRowProperties?.GetFirstChild<TableHeader>() is not null).Count(),
                        [
                            .. table
                                .Elements<TableRow>()
                                .Select(r =>
                                    (IReadOnlyList<ReportCell>)
                                        [
                                            .. r.Elements<TableCell>()
                                                .Select(c => (ReportCell)new([.. c.Elements<Paragraph>().SelectMany(Inlines)]))
                                                .Select(c => c with { Numeric = c.Text.Count > 0 && c.Text.All(t => t is NumberRun) }),
                                        ]
                                ),
                        ]
                    )
                );
        return (title, blocks);
    }

    private List<ReportInline> Inlines(Paragraph paragraph)
    {
        var (text, at, inlines) = (TextOf(paragraph), 0, new List<ReportInline>());
        foreach (var (start, length, key) in held.GetValueOrDefault(paragraph) ?? [])
        {
            if (start > at)
                inlines.Add(new TextRun(text[at..start]));
            inlines.Add(new NumberRun(key, text.Substring(start, length)));
            at = start + length;
        }
        if (at < text.Length)
            inlines.Add(new TextRun(text[at..]));
        return inlines;
    }
}
