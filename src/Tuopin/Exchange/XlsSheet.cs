using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace Tuopin.Exchange;

/// <summary>
/// Streams one sheet of a binary xls workbook (at most 65,536 rows and 256 columns by its format). The library shows error cells (#N/A) as blank
/// and formulas by their stored result, which this format always has.
/// </summary>
internal sealed class XlsSheet : SheetReader
{
    private readonly FileStream stream;
    private readonly IExcelDataReader reader;
    private int rows;

    public XlsSheet(string path, string? sheet, SheetLimits limits)
        : base(Path.GetFileName(path), limits)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        stream = System.IO.File.OpenRead(path);
        try
        {
            reader = ExcelReaderFactory.CreateBinaryReader(
                stream,
                new ExcelReaderConfiguration { FallbackEncoding = Encoding.GetEncoding("GB18030") }
            );
            SelectSheet(sheet);
        }
        catch (Exception e) when (IsReadError(e))
        {
            stream.Dispose();
            throw Refusal(e);
        }
    }

    public override double Share => Math.Min(1, (double)rows / Math.Max(1, reader.RowCount));

    protected override bool ReadNext(RowBuffer row)
    {
        row.Clear();
        try
        {
            if (!reader.Read())
                return false;
            row.Number = ++rows;
            for (var i = 0; i < reader.FieldCount; i++)
                Take(row, i);
            return true;
        }
        catch (Exception e) when (IsReadError(e))
        {
            throw Refusal(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        reader.Dispose();
        stream.Dispose();
    }

    private void SelectSheet(string? sheet)
    {
        var names = new List<string>();
        do
        {
            if (reader.VisibleState == "visible")
                names.Add(reader.Name);
        } while (reader.NextResult());
        SheetNames = names;
        var wanted =
            sheet ?? names.FirstOrDefault() ?? throw Refuse(RefusalReason.NoSheet, "工作簿里没有可见的工作表", "the workbook has no visible sheet");
        if (!names.Contains(wanted))
            throw Refuse(RefusalReason.NoSheet, $"没有名为“{wanted}”的工作表", $"no sheet is named '{wanted}'");
        reader.Reset();
        while (reader.Name != wanted && reader.NextResult()) { }
        SheetName = wanted;
    }

    private void Take(RowBuffer row, int column)
    {
        var (kind, text) = reader.GetValue(column) switch
        {
            null => (CellKind.Blank, ""),
            string s => (s.Length == 0 ? CellKind.Blank : CellKind.Text, s),
            bool b => (CellKind.Bool, b ? "1" : "0"),
            // The library has applied the workbook's day zero already.
            DateTime d => (CellKind.Text, d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            IFormattable f => (CellKind.Number, f.ToString(null, CultureInfo.InvariantCulture)),
            var other => (CellKind.Text, other.ToString() ?? ""),
        };
        row.Open(column, kind);
        row.Append(text);
    }

    // A broken binary file makes the library fail in any of these ways.
    private static bool IsReadError(Exception e) =>
        e
            is ExcelReaderException
                or IOException
                or ArgumentException
                or InvalidOperationException
                or IndexOutOfRangeException
                or OverflowException
                or FormatException
                or InvalidCastException
                or NullReferenceException
                or NotSupportedException
                or KeyNotFoundException;

    private FileRefused Refusal(Exception e) =>
        e is InvalidPasswordException
            ? FileKind.Locked(File, e)
            : Refuse(RefusalReason.Damaged, $"文件已损坏：{e.Message}", $"the file is damaged: {e.Message}", e);
}
