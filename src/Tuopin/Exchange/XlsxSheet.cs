using System.Globalization;
using System.Xml;

namespace Tuopin.Exchange;

/// <summary>
/// Streams one sheet of an xlsx workbook over a bounded XML reader. A reader of our own, because a library that unpacks the archive itself can be
/// neither bounded while it does so nor asked whether a blank cell is a formula whose result was never stored.
/// </summary>
internal sealed class XlsxSheet : SheetReader
{
    private const int RowsOfFormat = 1_048_576;
    private readonly XlsxPackage package;
    private readonly XlsxWorkbook workbook;
    private readonly SharedTexts shared;
    private readonly XmlReader xml;
    private readonly char[] chunk = new char[4096];
    private RowBuffer? filling;
    private TakeText append = static _ => { };
    private readonly string part;
    private readonly string cName;
    private readonly string rowName;
    private int lastRow;
    private bool ended;

    public XlsxSheet(string path, string? sheet, SheetLimits limits)
        : base(Path.GetFileName(path), limits)
    {
        package = new XlsxPackage(path, limits);
        try
        {
            workbook = XlsxWorkbook.Read(package);
            SheetNames = [.. workbook.Sheets.Select(s => s.Name)];
            var index = sheet is null ? 0 : workbook.Sheets.FindIndex(s => s.Name == sheet);
            if (index < 0)
                throw Refuse(RefusalReason.NoSheet, $"没有名为“{sheet}”的工作表", $"no sheet is named '{sheet}'");
            SheetName = workbook.Sheets[index].Name;
            DateOffset = workbook.From1904 ? 1462 : 0;
            shared = SharedTexts.Read(package, workbook.SharedPart, limits);
            part = workbook.Sheets[index].Part;
            xml = package.Xml(part);
        }
        catch (Exception e) when (e is FileRefused || XlsxPackage.IsReadError(e))
        {
            package.Dispose();
            throw package.Refusal(e);
        }
        cName = xml.NameTable.Add("c");
        rowName = xml.NameTable.Add("row");
    }

    public override double Share => package.ShareOf(part);

    protected override bool ReadNext(RowBuffer row)
    {
        row.Clear();
        if (filling != row)
            (filling, append) = (row, row.Append);
        try
        {
            while (!ended && xml.Read())
            {
                if (xml.NodeType == XmlNodeType.Element && ReferenceEquals(xml.LocalName, rowName))
                {
                    ReadRow(row);
                    return true;
                }
                ended = xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "sheetData";
            }
            return false;
        }
        catch (Exception e) when (XlsxPackage.IsReadError(e))
        {
            throw package.Refusal(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        xml.Dispose();
        package.Dispose();
    }

    private void ReadRow(RowBuffer row)
    {
        var number = xml.GetAttribute("r") is { } r ? int.Parse(r, NumberStyles.None, CultureInfo.InvariantCulture) : lastRow + 1;
        if (number <= lastRow)
            throw new InvalidDataException($"row {number} comes after row {lastRow}");
        row.Number = lastRow = number;
        if (number > RowsOfFormat)
            throw Refuse(RefusalReason.TooManyRows, $"行号 {number} 超出格式上限", $"row {number} is beyond the format");
        if (xml.IsEmptyElement)
            return;
        var column = 0;
        while (xml.Read() && !(xml.NodeType == XmlNodeType.EndElement && ReferenceEquals(xml.LocalName, rowName)))
            if (xml.NodeType == XmlNodeType.Element && ReferenceEquals(xml.LocalName, cName))
                column = ReadCell(row, column) + 1;
    }

    private int ReadCell(RowBuffer row, int column)
    {
        var type = "";
        var style = 0;
        var empty = xml.IsEmptyElement;
        for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
            switch (xml.LocalName)
            {
                case "r":
                    var place = ColumnOf(xml.Value);
                    column = place >= column ? place : throw new InvalidDataException($"cells of row {row.Number} are out of order");
                    break;
                case "t":
                    type = xml.Value;
                    break;
                case "s":
                    style = int.Parse(xml.Value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
            }
        xml.MoveToElement();
        row.Open(column, CellKind.Blank);
        if (!empty)
            ReadContent(row, column, type, style);
        return column;
    }

    private void ReadContent(RowBuffer row, int column, string type, int style)
    {
        var formula = false;
        var more = xml.Read();
        while (more && xml.NodeType != XmlNodeType.EndElement)
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "f")
            {
                formula = true;
                xml.Skip();
                continue;
            }
            if (xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement)
                ReadValue();
            more = xml.Read();
        }
        Finish(row, column, type, style, formula);
    }

    private void ReadValue()
    {
        switch (xml.LocalName)
        {
            case "v":
                XlsxText.ReadContent(xml, chunk, append);
                break;
            case "is":
                XlsxText.ReadRich(xml, "is", chunk, append);
                break;
            default:
                XlsxText.ReadContent(xml, chunk, static _ => { });
                break;
        }
    }

    private void Finish(RowBuffer row, int column, string type, int style, bool formula)
    {
        var text = row[column];
        if (text.IsEmpty)
        {
            row.Close(formula && type != "str" ? CellKind.FormulaWithoutValue : CellKind.Blank);
            return;
        }
        switch (type)
        {
            case "s":
                var index = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
                if (index >= shared.Count)
                    throw new InvalidDataException($"shared string {index} does not exist");
                row.Open(column, CellKind.Text);
                row.Append(shared[index]);
                break;
            case "b":
                row.Close(CellKind.Bool);
                break;
            case "e":
                row.Close(CellKind.Error);
                break;
            case "" or "n":
                row.Close(style < workbook.DateFormats.Length && workbook.DateFormats[style] ? CellKind.Date : CellKind.Number);
                break;
            default:
                row.Unescape();
                row.Close(CellKind.Text);
                break;
        }
    }

    /// <summary>Column of a reference such as AB12, from 0.</summary>
    private int ColumnOf(ReadOnlySpan<char> reference)
    {
        var column = 0;
        var letters = 0;
        foreach (var c in reference)
        {
            if (!char.IsAsciiLetterUpper(c) || ++letters > 4)
                break;
            column = column * 26 + (c - 'A' + 1);
        }
        return letters > 0 ? column - 1 : throw new InvalidDataException($"'{reference}' is not a cell");
    }
}
