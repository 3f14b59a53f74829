using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Reports.Writing;

namespace Tuopin.Reports.Template;

/// <summary>
/// A county's own workbook (台账) as a template: placeholders in cells, which keep their looks; a cell that holds one figure and nothing else becomes a number. A row with
/// <c>{{ each village }}</c> is repeated. In messages the line is the row and the column that of the text of the cell; the file is named with its sheet.
/// </summary>
internal sealed class FillWorkbook(FormFiller filler, Func<string, FormFiller> ofSheet)
{
    private readonly List<ReportBlock> blocks = [];

    /// <exception cref="Refusal">report.template-broken, report.template-unreadable, and those of the report's areas.</exception>
    public FilledForm Fill(byte[] template, Func<FilledForm, ComposedReport> compose)
    {
        using var package = FormFiller.Opened(
            template,
            stream =>
            {
                var opened = SpreadsheetDocument.Open(stream, isEditable: true);
                return opened.WorkbookPart?.Workbook?.Sheets is null ? throw new InvalidDataException() : opened;
            }
        );
        var book = package.WorkbookPart!;
        var texts = book.SharedStringTablePart?.SharedStringTable?.Elements<SharedStringItem>().Select(i => i.InnerText).ToList() ?? [];
        var sheets = book
            .Workbook.Sheets!.Elements<Sheet>()
            .Where(s => s.Id?.Value is { } id && book.GetPartById(id) is WorksheetPart)
            .Select(s => (Name: s.Name?.Value ?? "", Part: (WorksheetPart)book.GetPartById(s.Id!.Value!)))
            .ToList();
        foreach (var (name, part) in sheets)
            Need(ofSheet(name), part, texts);
        filler.Ready();
        foreach (var (name, part) in sheets)
            Write(name, part, texts);
        var report = compose(new("xlsx", [], null, blocks));
        if (report.Numbers.Count > 0)
            AddNotes(book, report);
        // What formulas came to before is of other numbers.
        if (book.CalculationChainPart is { } chain)
            book.DeletePart(chain);
        book.Workbook.CalculationProperties = new() { FullCalculationOnLoad = true };
        using var filled = new MemoryStream();
        package.Clone(filled).Dispose();
        return new("xlsx", filled.ToArray(), null, blocks);
    }

    private static string TextOf(Cell cell, List<string> texts) =>
        cell.DataType?.Value switch
        {
            CellValues.SharedString
                when int.TryParse(cell.CellValue?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < texts.Count => texts[at],
            CellValues.InlineString => cell.InlineString?.InnerText ?? "",
            _ => cell.CellValue?.Text ?? "",
        };

    private static IEnumerable<Row> Rows(WorksheetPart part) => part.Worksheet.GetFirstChild<SheetData>()?.Elements<Row>() ?? [];

    private short? LevelIn(Row row, List<string> texts) => filler.EachIn(row.Elements<Cell>().Select(c => TextOf(c, texts)));

    private void Need(FormFiller sheet, WorksheetPart part, List<string> texts)
    {
        var rows = Rows(part).ToList();
        var repeats = rows.Any(r => LevelIn(r, texts) is not null);
        foreach (var row in rows)
        {
            var (line, level) = ((int)(row.RowIndex?.Value ?? 0), LevelIn(row, texts));
            foreach (var cell in row.Elements<Cell>())
            {
                if (repeats && cell.CellFormula is not null)
                    sheet.Fault(
                        line,
                        1,
                        1,
                        $"{cell.CellReference} is a formula, and a row of its sheet is repeated: it would count other rows; write a figure in its place"
                    );
                foreach (var (_, _, placeholder) in sheet.Find(TextOf(cell, texts), line))
                    filler.Need(placeholder, level);
            }
        }
        if (repeats && part.TableDefinitionParts.Any())
            sheet.Fault(1, 1, 1, "a sheet with a repeated row has no tables of its own: turn the table into a range");
    }

    private void Write(string name, WorksheetPart part, List<string> texts)
    {
        var shown = new List<IReadOnlyList<ReportCell>>();
        // How far each row of the template moves down.
        var moved = new List<(uint From, int By)>();
        var shift = 0;
        foreach (var row in Rows(part).ToList())
        {
            var at = row.RowIndex?.Value ?? 1;
            if (LevelIn(row, texts) is { } level)
            {
                var places = filler.Values.Beneath(filler.Values.Moment.Day, level);
                foreach (var (place, i) in places.Select((p, i) => (p, i)))
                {
                    var made = (Row)row.CloneNode(true);
                    row.InsertBeforeSelf(made);
                    Write(made, (uint)(at + shift + i), place, texts, shown);
                }
                row.Remove();
                shift += places.Count - 1;
                moved.Add((at, shift));
            }
            else
                Write(row, (uint)(at + shift), null, texts, shown);
        }
        if (moved.Count > 0)
        {
            part.Worksheet.SheetDimension?.Remove();
            foreach (var merged in part.Worksheet.Descendants<MergeCell>())
                if (merged.Reference?.Value?.Split(':') is [var from, var to])
                    merged.Reference = $"{Moved(from, moved)}:{Moved(to, moved)}";
        }
        foreach (var formula in part.Worksheet.Descendants<Cell>().Where(c => c.CellFormula is not null))
            formula.CellValue = null;
        if (shown.Count > 0)
            blocks.Add(new ReportTable(name, 0, shown));
    }

    // Rows above the first repeated one stay; the repeated one itself and its own merged cells stay with its first copy.
    private static string Moved(string reference, List<(uint From, int By)> moved)
    {
        var letters = string.Concat(reference.TakeWhile(char.IsAsciiLetter));
        var row = uint.Parse(reference.AsSpan(letters.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        return letters + (row + moved.Where(m => m.From < row).Select(m => m.By).LastOrDefault()).ToString(CultureInfo.InvariantCulture);
    }

    private void Write(Row row, uint index, AreaVersion? area, List<string> texts, List<IReadOnlyList<ReportCell>> shown)
    {
        row.RowIndex = index;
        var cells = new List<ReportCell>();
        foreach (var cell in row.Elements<Cell>())
        {
            if (cell.CellReference?.Value is { } reference)
                cell.CellReference = string.Concat(reference.TakeWhile(char.IsAsciiLetter)) + index.ToString(CultureInfo.InvariantCulture);
            cells.Add(Write(cell, TextOf(cell, texts), area));
        }
        if (cells.Any(c => c.Text.Count > 0))
            shown.Add(cells);
    }

    private ReportCell Write(Cell cell, string text, AreaVersion? area)
    {
        var found = filler.Find(text, 1);
        if (found.Count == 0)
            return text.Length == 0 ? new([]) : ReportCell.Of(text);
        if (
            found is [(var from, var to, FigurePlaceholder { Style.Change: false } only)]
            && text[..from].Trim().Length == 0
            && text[to..].Trim().Length == 0
        )
        {
            var number = filler.Bare(only, area);
            if (WriteWorkbook.PlainDigits(number.Text) is { } digits)
            {
                (cell.DataType, cell.InlineString, cell.CellValue) = (null, null, new CellValue(digits));
            }
            else
                Say(cell, number.Text);
            return new([new NumberRun(number.Key, number.Text)], Numeric: true);
        }
        var inlines = new List<ReportInline>();
        var at = 0;
        foreach (var (start, end, placeholder) in found)
        {
            if (start > at)
                inlines.Add(new TextRun(text[at..start]));
            inlines.AddRange(
                filler.Print(placeholder, area).Select(p => p.Key is { } key ? (ReportInline)new NumberRun(key, p.Text) : new TextRun(p.Text))
            );
            at = end;
        }
        if (at < text.Length)
            inlines.Add(new TextRun(text[at..]));
        Say(cell, ReportTextBuilder.Plain(inlines).Trim());
        return new(inlines);
    }

    private static void Say(Cell cell, string text)
    {
        (cell.CellValue, cell.DataType) = (null, CellValues.InlineString);
        cell.InlineString = new(new Text(WriteDocument.Clean(text)) { Space = SpaceProcessingModeValues.Preserve });
    }

    private static void AddNotes(WorkbookPart book, ComposedReport report)
    {
        static Cell Said(string text)
        {
            var cell = new Cell();
            Say(cell, text);
            return cell;
        }
        var part = book.AddNewPart<WorksheetPart>();
        var rows = new SheetData();
        string[] heads = report.IsEnglish
            ? ["No.", "Printed", "Figure", "Name", "Area", "Day", "Packs"]
            : ["序号", "文中数", "指标", "标识", "地区", "日期", "规则包"];
        rows.Append(new Row(heads.Select(Said)));
        foreach (var number in report.Numbers)
            rows.Append(
                new Row(
                    new[]
                    {
                        number.Key.ToString(CultureInfo.InvariantCulture),
                        number.Text,
                        report.IsEnglish ? number.Figure.Label.En : number.Figure.Label.Zh,
                        number.Figure.Id,
                        number.Area.Name,
                        number.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        report.PackHash[..12],
                    }.Select(Said)
                )
            );
        part.Worksheet = new(rows);
        var sheets = book.Workbook.Sheets!;
        var name = report.IsEnglish ? "Notes" : "数据说明";
        while (sheets.Elements<Sheet>().Any(s => s.Name == name))
            name += "_";
        sheets.Append(
            new Sheet
            {
                Name = name,
                SheetId = sheets.Elements<Sheet>().Max(s => s.SheetId?.Value ?? 0) + 1,
                Id = book.GetIdOfPart(part),
            }
        );
    }
}
