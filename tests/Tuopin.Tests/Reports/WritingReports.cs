using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using DocumentFormat.OpenXml.Wordprocessing;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Reports.Writing;
using Tuopin.Tests.Support;
using Xunit;
using Spread = DocumentFormat.OpenXml.Spreadsheet;

namespace Tuopin.Tests.Reports;

/// <summary>The files a report is written as, and the documents and workbooks of one's own that it fills.</summary>
public sealed class WritingReports(Installations installations) : IDisposable
{
    private const string Template = """
        # {{ area }}简报

        ## 总体

        建档立卡{{ pair registered_households registered_persons }}，**综合发生率**{{ composite_incidence }}。

        ### 分项

        1. 已脱贫{{ exited_persons }}
        2. 未脱贫{{ remaining_persons }}
           - 户数{{ remaining_households }}

        > 说明

        ![图](dot.png)

        | 指标 | 数 |
        |---|--:|
        | 户 | {{ registered_households | bare | grouped }} |

        ```table
        title: 各村
        figures: [registered_persons]
        by: village
        total: true
        ```

        ```chart
        figure: registered_persons
        moments: [end_of_last_year, day]
        ```

        ---

        ## 完
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(string name) => Path.Combine(folder, name);

    private string Written(string name, string text = Template)
    {
        File.WriteAllBytes(At("dot.png"), Convert.FromBase64String(Dot));
        File.WriteAllText(At(name), text, new UTF8Encoding(false));
        return At(name);
    }

    // One pixel.
    private const string Dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static void Valid(OpenXmlPackage package) =>
        new OpenXmlValidator(FileFormatVersions.Office2013)
            .Validate(package)
            .Select(e => $"{e.Part?.Uri} {e.Path?.XPath}: {e.Description}")
            .ShouldBeEmpty();

    [Fact]
    public void A_document_has_the_official_layout_and_a_note_for_every_number()
    {
        var cli = installations.Shared(Engine.Sqlite);
        var told = cli.Run("report", Written("a.md"), "--json", "-o", At("a.docx")).Json;
        using var document = WordprocessingDocument.Open(At("a.docx"), false);
        Valid(document);
        var body = document.MainDocumentPart!.Document.Body!;
        var section = body.GetFirstChild<SectionProperties>()!;
        var margin = section.GetFirstChild<PageMargin>()!;
        int Millimetres(long twips) => (int)Math.Round(twips * 25.4 / 1440);
        (Millimetres(margin.Top!), Millimetres(margin.Bottom!), Millimetres(margin.Left!), Millimetres(margin.Right!)).ShouldBe((37, 35, 28, 26));
        // 22 lines fill what the margins leave of A4.
        ((16838 - margin.Top! - margin.Bottom!) / section.GetFirstChild<DocGrid>()!.LinePitch!.Value).ShouldBe(22);
        document
            .MainDocumentPart.FontTablePart!.Fonts.Elements<Font>()
            .ShouldContain(f => f.Name == "仿宋_GB2312" && f.AltName!.Val!.Value!.Contains("FangSong"));
        document.MainDocumentPart.FooterParts.ShouldAllBe(f => f.Footer.InnerText.Contains("PAGE"));
        var numbers = told.GetProperty("numbers").GetArrayLength();
        var notes = body.Elements<Table>().Last().Elements<TableRow>().ToList();
        notes.Count.ShouldBe(numbers + 1);
        notes[1].Elements<TableCell>().Select(c => c.InnerText).Skip(2).First().ShouldContain("registered_households");
        var marks = body.Descendants<BookmarkStart>().Select(b => b.Name!.Value!).ToHashSet();
        marks.Count.ShouldBe(numbers);
        var links = body.Descendants<Hyperlink>().ToList();
        links.Count.ShouldBe(numbers);
        links.ShouldAllBe(l =>
            marks.Contains(l.Anchor!.Value!) && l.Tooltip!.Value!.Contains("2020-06-12") || l.Tooltip!.Value!.Contains("2019-12-31")
        );
        // Word numbers the headings, as they are numbered in the other formats.
        body.Elements<Paragraph>()
            .Where(p => p.ParagraphProperties?.ParagraphStyleId?.Val?.Value?.StartsWith("Heading", StringComparison.Ordinal) == true)
            .Select(p => (p.InnerText, p.ParagraphProperties!.NumberingProperties!.NumberingLevelReference!.Val!.Value))
            .ShouldBe([("总体", 0), ("分项", 1), ("完", 0)]);
        body.Descendants<Highlight>().Count().ShouldBe(1);
        document.MainDocumentPart.ChartParts.Count().ShouldBe(1);
        document.MainDocumentPart.ImageParts.Count().ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'report.export' AND detail LIKE 'file docx %'").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Tables_are_a_workbook_and_the_text_is_markdown_again()
    {
        var cli = installations.Shared(Engine.Sqlite);
        cli.Run("report", Written("a.md"), "-o", At("a.xlsx")).Done();
        using var book = SpreadsheetDocument.Open(At("a.xlsx"), false);
        Valid(book);
        var names = book.WorkbookPart!.Workbook.Sheets!.Elements<Spread.Sheet>().Select(s => s.Name!.Value).ToList();
        names.ShouldBe(["表1", "表2 各村", "表3 建档立卡人口", "数据说明"]);
        cli.Run("report", Written("a.md"), "-o", At("b.md")).Done();
        var text = File.ReadAllText(At("b.md"));
        text.ShouldContain("## 一、总体");
        text.ShouldContain("### （一）分项");
        text.ShouldContain("| 户 ");
        text.ShouldContain("**综合发生率**");
        text.ShouldContain("1. 已脱贫");
    }

    [Fact]
    public void A_pdf_is_printed_where_there_is_a_browser_and_refused_with_what_to_install_where_there_is_none()
    {
        var cli = installations.Shared(Engine.Sqlite);
        var printed = cli.Run("report", Written("a.md"), "-o", At("a.pdf"));
        if (WritePdf.IsThere)
            Encoding.ASCII.GetString(File.ReadAllBytes(At("a.pdf"))[..5]).ShouldBe("%PDF-", printed.Done().Output);
        else
            printed.Refused("report.no-browser", "install chromium");
        Environment.SetEnvironmentVariable(WritePdf.Variable, At("no-such-browser"));
        try
        {
            cli.Run("report", Written("a.md"), "-o", At("b.pdf")).Refused("report.no-browser", WritePdf.Variable);
            File.Exists(At("b.pdf")).ShouldBeFalse();
        }
        finally
        {
            Environment.SetEnvironmentVariable(WritePdf.Variable, null);
        }
    }

    private static Paragraph Line(params string[] runs) =>
        new(runs.Select(r => new Run(new RunProperties(new Bold()), new Text(r) { Space = SpaceProcessingModeValues.Preserve })));

    private void Document(string name, params OpenXmlElement[] body)
    {
        using var document = WordprocessingDocument.Create(At(name), WordprocessingDocumentType.Document);
        document.AddMainDocumentPart().Document = new(new Body([.. body, new SectionProperties()]));
    }

    [Fact]
    public void A_word_document_of_ones_own_is_filled_however_word_has_cut_it_and_its_rows_repeat()
    {
        var cli = installations.Shared(Engine.Sqlite, "township");
        static TableRow Row(params string[] cells) => new(cells.Select(c => new TableCell(Line(c))));
        Document(
            "own.docx",
            Line("{{ area ", "}}台账"),
            Line("共{", "{ registered", "_households }", "}，", "{{ registered_persons | bare }}口人"),
            new Table(
                new TableProperties(),
                new TableGrid(),
                Row("村", "人"),
                Row("{{ each village }}{{ area }}", "{{ registered_persons | bare }}"),
                Row("合计", "{{ registered_persons | bare }}")
            )
        );
        var told = cli.Run("report", At("own.docx"), "--json", "-o", At("filled.docx")).Json;
        var texts = told.GetProperty("numbers").EnumerateArray().Select(n => n.GetProperty("text").GetString()!).ToList();
        using var document = WordprocessingDocument.Open(At("filled.docx"), false);
        Valid(document);
        var body = document.MainDocumentPart!.Document.Body!;
        body.InnerText.ShouldNotContain("{{");
        body.Elements<Paragraph>().ElementAt(1).InnerText.ShouldBe($"共{texts[0]}，{texts[1]}口人");
        body.Elements<Paragraph>().ElementAt(1).Descendants<Bold>().ShouldNotBeEmpty();
        var rows = body.Elements<Table>()
            .First()
            .Elements<TableRow>()
            .Select(r => r.Elements<TableCell>().Select(c => c.InnerText).ToList())
            .ToList();
        rows.Count.ShouldBe(2 + texts.Count - 3);
        rows[1][0].ShouldEndWith("社区");
        rows.Skip(1)
            .SkipLast(1)
            .Sum(r => int.Parse(r[1], CultureInfo.InvariantCulture))
            .ShouldBe(int.Parse(rows[^1][1], CultureInfo.InvariantCulture));
        body.Elements<Table>().Last().Elements<TableRow>().Count().ShouldBe(texts.Count + 1);
        // The same is text as well.
        var text = cli.Run("report", At("own.docx")).Done().Output;
        text.ShouldContain($"共{texts[0]}，{texts[1]}口人");
        Document("bad.docx", Line("一"), Line("{{ registered_hoseholds }}"), Line("{{ each village }}"), Line("{{ area "));
        cli.Run("report", At("bad.docx"))
            .Refused("report.template-broken", "bad.docx:2:4: there is no figure", "bad.docx:3:1: {{ each }}", "bad.docx:4:1: '{{' has no '}}'");
    }

    private void Workbook(string name, params string[][] rows)
    {
        using var book = SpreadsheetDocument.Create(At(name), SpreadsheetDocumentType.Workbook);
        var part = book.AddWorkbookPart();
        part.Workbook = new(
            new Spread.Sheets(
                new Spread.Sheet
                {
                    Name = "台账",
                    SheetId = 1,
                    Id = "s1",
                }
            )
        );
        var sheet = part.AddNewPart<WorksheetPart>("s1");
        sheet.Worksheet = new(
            new Spread.SheetData(
                rows.Select(
                    (r, i) =>
                        new Spread.Row(
                            r.Select(
                                (c, j) =>
                                    c.StartsWith('=')
                                        ? new Spread.Cell
                                        {
                                            CellReference = $"{(char)('A' + j)}{i + 1}",
                                            CellFormula = new(c[1..]),
                                            CellValue = new("7"),
                                        }
                                        : new Spread.Cell
                                        {
                                            CellReference = $"{(char)('A' + j)}{i + 1}",
                                            DataType = Spread.CellValues.InlineString,
                                            InlineString = new(new Spread.Text(c)),
                                        }
                            )
                        )
                        {
                            RowIndex = (uint)i + 1,
                        }
                )
            ),
            new Spread.MergeCells(new Spread.MergeCell { Reference = "A1:B1" }, new Spread.MergeCell { Reference = $"A{rows.Length}:B{rows.Length}" })
        );
    }

    [Fact]
    public void A_workbook_of_ones_own_is_filled_with_numbers_and_its_rows_repeat()
    {
        var cli = installations.Shared(Engine.Sqlite, "township");
        Workbook(
            "own.xlsx",
            ["{{ area }}台账", ""],
            ["村", "人"],
            ["{{ each village }}{{ area }}", "{{ registered_persons }}"],
            ["合计", "{{ registered_persons | grouped }}"],
            ["截至{{ day }}，{{ composite_incidence }}", ""]
        );
        cli.Run("report", At("own.xlsx"), "-o", At("filled.xlsx")).Done();
        using var book = SpreadsheetDocument.Open(At("filled.xlsx"), false);
        Valid(book);
        var sheet = ((WorksheetPart)book.WorkbookPart!.GetPartById("s1")).Worksheet;
        var rows = sheet.Descendants<Spread.Row>().ToList();
        rows.Select(r => (int)r.RowIndex!.Value).ShouldBe(Enumerable.Range(1, rows.Count));
        rows.ShouldAllBe(r =>
            r.Elements<Spread.Cell>().All(c => c.CellReference!.Value!.EndsWith(r.RowIndex!.Value.ToString(CultureInfo.InvariantCulture)))
        );
        decimal Number(Spread.Row row) => decimal.Parse(row.Elements<Spread.Cell>().ElementAt(1).CellValue!.Text, CultureInfo.InvariantCulture);
        var villages = rows.Skip(2).SkipLast(2).ToList();
        villages.Count.ShouldBeGreaterThan(5);
        villages.Sum(Number).ShouldBe(Number(rows[^2]));
        rows[^1].InnerText.ShouldBe("截至2020年6月12日，〔不是这一级的数〕");
        sheet.Descendants<Spread.MergeCell>().Select(m => m.Reference!.Value).ShouldBe(["A1:B1", $"A{rows.Count}:B{rows.Count}"]);
        book.WorkbookPart.Workbook.Sheets!.Elements<Spread.Sheet>().Select(s => s.Name!.Value).ShouldBe(["台账", "数据说明"]);
    }

    [Fact]
    public void A_formula_beside_a_repeated_row_and_a_damaged_file_are_refused_and_a_formula_elsewhere_is_computed_anew()
    {
        var cli = installations.Shared(Engine.Sqlite);
        Workbook("bad.xlsx", ["{{ each village }}", "{{ registered_persons }}"], ["合计", "=SUM(B1:B1)"]);
        cli.Run("report", At("bad.xlsx"), "-o", At("x.xlsx")).Refused("report.template-broken", "bad.xlsx[台账]:2:1: B2 is a formula");
        Workbook("sum.xlsx", ["a", "{{ registered_persons }}"], ["合计", "=SUM(B1:B1)"]);
        cli.Run("report", At("sum.xlsx"), "-o", At("x.xlsx")).Done();
        using (var book = SpreadsheetDocument.Open(At("x.xlsx"), false))
        {
            var cell = ((WorksheetPart)book.WorkbookPart!.GetPartById("s1"))
                .Worksheet.Descendants<Spread.Cell>()
                .Single(c => c.CellFormula is not null);
            (cell.CellFormula!.Text, cell.CellValue).ShouldBe(("SUM(B1:B1)", null));
            book.WorkbookPart.Workbook.CalculationProperties!.FullCalculationOnLoad!.Value.ShouldBeTrue();
        }
        File.WriteAllText(At("broken.docx"), "no archive");
        cli.Run("report", At("broken.docx")).Refused("report.template-unreadable");
        File.Copy(At("sum.xlsx"), At("sum.docx"));
        cli.Run("report", At("sum.docx")).Refused("report.template-unreadable");
    }
}
