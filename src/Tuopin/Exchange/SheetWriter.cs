using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Tuopin.Exchange;

/// <summary>How a cell is written and marked.</summary>
public enum CellLook : byte
{
    Text,
    Number,
    Title,

    /// <summary>Text on red, for what a person must correct.</summary>
    Wrong,
}

/// <summary>One cell on its way out; blank when the text is null or empty.</summary>
public readonly record struct OutCell(string? Text, CellLook Look = CellLook.Text)
{
    public static implicit operator OutCell(string? text) => new(text);
}

/// <summary>Writes rows to a file one after the other, never holding more than one.</summary>
public abstract class SheetWriter : IDisposable
{
    /// <summary>A writer for the ending of the path: .xlsx, or .csv (UTF-8 with a byte order mark, as spreadsheet programs expect).</summary>
    public static SheetWriter Create(string path, string sheetName) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".xlsx" => new XlsxSheetWriter(File.Create(path), sheetName),
            ".csv" => new CsvSheetWriter(File.Create(path)),
            var ending => throw new ArgumentException($"'{ending}' is not .xlsx or .csv", nameof(path)),
        };

    public abstract void WriteRow(ReadOnlySpan<OutCell> cells);

    public abstract void Dispose();
}

/// <summary>RFC 4180 with CR LF, quoted where needed, guarded against formulas. Takes over the stream.</summary>
public sealed class CsvSheetWriter(Stream stream) : SheetWriter
{
    private readonly StreamWriter writer = new(stream, new UTF8Encoding(true), 1 << 16);

    public override void WriteRow(ReadOnlySpan<OutCell> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                writer.Write(',');
            if (cells[i].Text is { Length: > 0 } text)
                WriteCell(text);
            else if (cells.Length == 1)
                writer.Write("\"\"");
        }
        writer.Write("\r\n");
    }

    public override void Dispose() => writer.Dispose();

    private void WriteCell(string text)
    {
        var guard = FormulaGuard.Needs(text);
        if (!guard && text.AsSpan().IndexOfAny(",\"\r\n;\t") < 0 && text[0] != ' ' && text[^1] != ' ')
        {
            writer.Write(text);
            return;
        }
        writer.Write('"');
        if (guard)
            writer.Write('\'');
        writer.Write(text.Contains('"') ? text.Replace("\"", "\"\"") : text);
        writer.Write('"');
    }
}

/// <summary>
/// Streams an xlsx workbook, one sheet after the other: parts go straight into the archive. (OpenXmlWriter works on a package that keeps a whole unpacked part in
/// memory, a gigabyte for a county's persons.) Texts are inline and formatted as text, so that ID numbers stay whole and nothing is a formula.
/// </summary>
public sealed class XlsxSheetWriter : SheetWriter
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const int MaxRows = 1_048_576;
    private const int QuotedStyle = 5;
    private readonly ZipArchive archive;
    private XmlWriter sheet;
    private int sheets;
    private int rows;

    /// <summary>The names of all sheets, which the workbook tells before any of them; writing begins in the first.</summary>
    public XlsxSheetWriter(Stream stream, params ReadOnlySpan<string> sheetNames)
    {
        archive = new ZipArchive(stream, ZipArchiveMode.Create);
        var titles = new string[sheetNames.Length];
        for (var i = 0; i < titles.Length; i++)
            titles[i] = SheetTitle(sheetNames[i]);
        XlsxSkeleton.Write(archive, titles);
        sheet = Begin();
    }

    /// <summary>Ends the sheet and begins the next of those named.</summary>
    public void NextSheet()
    {
        End();
        sheet = Begin();
    }

    private XmlWriter Begin()
    {
        rows = 0;
        var begun = XmlWriter.Create(
            archive.CreateEntry($"xl/worksheets/sheet{++sheets}.xml", CompressionLevel.Fastest).Open(),
            new XmlWriterSettings
            {
                Encoding = new UTF8Encoding(false),
                CloseOutput = true,
                NewLineHandling = NewLineHandling.None,
            }
        );
        begun.WriteStartDocument();
        begun.WriteStartElement("worksheet", Main);
        begun.WriteRaw(
            "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" state=\"frozen\"/></sheetView></sheetViews>"
        );
        begun.WriteRaw("<sheetFormatPr defaultColWidth=\"14\" defaultRowHeight=\"15\"/>");
        begun.WriteStartElement("sheetData", Main);
        return begun;
    }

    public override void WriteRow(ReadOnlySpan<OutCell> cells)
    {
        if (++rows > MaxRows)
            throw new InvalidOperationException($"an xlsx sheet holds at most {MaxRows} rows; export to csv");
        sheet.WriteStartElement("row", Main);
        sheet.WriteAttributeString("r", rows.ToString(CultureInfo.InvariantCulture));
        for (var i = 0; i < cells.Length; i++)
            if (cells[i].Text is { Length: > 0 } text)
                WriteCell(i, text, cells[i].Look);
        sheet.WriteEndElement();
    }

    public override void Dispose()
    {
        End();
        archive.Dispose();
    }

    private void End()
    {
        sheet.WriteEndDocument();
        sheet.Dispose();
    }

    private void WriteCell(int column, string text, CellLook look)
    {
        sheet.WriteStartElement("c", Main);
        sheet.WriteAttributeString("r", Reference(column, rows));
        if (look == CellLook.Number)
        {
            sheet.WriteElementString("v", Main, text);
        }
        else
        {
            var style = FormulaGuard.Needs(text) ? QuotedStyle : 1 + (int)look;
            sheet.WriteAttributeString("s", style.ToString(CultureInfo.InvariantCulture));
            sheet.WriteAttributeString("t", "inlineStr");
            sheet.WriteStartElement("is", Main);
            sheet.WriteStartElement("t", Main);
            sheet.WriteAttributeString("xml", "space", null, "preserve");
            sheet.WriteString(XlsxText.Escape(text));
            sheet.WriteEndElement();
            sheet.WriteEndElement();
        }
        sheet.WriteEndElement();
    }

    private static string Reference(int column, int row)
    {
        Span<char> letters = stackalloc char[4];
        var at = 4;
        for (var n = column + 1; n > 0; n = (n - 1) / 26)
            letters[--at] = (char)('A' + (n - 1) % 26);
        return string.Create(CultureInfo.InvariantCulture, $"{letters[at..]}{row}");
    }

    /// <summary>Sheet names have at most 31 characters and none of : \ / ? * [ ].</summary>
    private static string SheetTitle(string name)
    {
        var title = string.Concat(name.Select(c => c is ':' or '\\' or '/' or '?' or '*' or '[' or ']' || char.IsControl(c) ? '_' : c)).Trim('\'');
        return title.Length == 0 ? "Sheet1" : title[..Math.Min(31, title.Length)];
    }
}

/// <summary>The small parts every workbook needs. Cell formats: 0 number, 1 text, 2 unused, 3 title, 4 wrong, 5 text with a quote prefix.</summary>
internal static class XlsxSkeleton
{
    private const string Head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    public static void Write(ZipArchive archive, IReadOnlyList<string> sheetNames)
    {
        string Each(Func<int, string> text) => string.Concat(Enumerable.Range(1, sheetNames.Count).Select(text));
        Part(
            archive,
            "[Content_Types].xml",
            $"""<Types xmlns="{Package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{Kind}.sheet.main+xml"/>{Each(i => $"<Override PartName=\"/xl/worksheets/sheet{i}.xml\" ContentType=\"{Kind}.worksheet+xml\"/>")}<Override PartName="/xl/styles.xml" ContentType="{Kind}.styles+xml"/></Types>"""
        );
        Part(
            archive,
            "_rels/.rels",
            $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
        );
        Part(
            archive,
            "xl/workbook.xml",
            $"""<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets>{Each(i => $"<sheet name=\"{System.Security.SecurityElement.Escape(sheetNames[i - 1])}\" sheetId=\"{i}\" r:id=\"rId{i}\"/>")}</sheets></workbook>"""
        );
        Part(
            archive,
            "xl/_rels/workbook.xml.rels",
            $"""<Relationships xmlns="{Package}/relationships">{Each(i => $"<Relationship Id=\"rId{i}\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>")}<Relationship Id="rId{sheetNames.Count + 1}" Type="{Office}/styles" Target="styles.xml"/></Relationships>"""
        );
        Part(archive, "xl/styles.xml", Styles);
    }

    private const string Styles =
        $"<styleSheet xmlns=\"{Main}\">"
        + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"宋体\"/></font><font><b/><sz val=\"11\"/><name val=\"宋体\"/></font></fonts>"
        + "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
        + "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFC7CE\"/></patternFill></fill></fills>"
        + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
        + "<cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
        + "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
        + "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
        + "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>"
        + "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFill=\"1\"/>"
        + "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" quotePrefix=\"1\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>";

    private static void Part(ZipArchive archive, string name, string xml)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open(), new UTF8Encoding(false));
        writer.Write(Head);
        writer.Write(xml);
    }
}
