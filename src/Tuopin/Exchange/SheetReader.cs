using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// Streams the rows of one sheet of a workbook (xlsx, xls) or of a csv file. The first rows are kept so that the header can be looked for in them;
/// after <see cref="StartAfter"/> reading goes on below it. Hostile and broken files raise <see cref="FileRefused"/>.
/// </summary>
public abstract class SheetReader : IDisposable
{
    /// <summary>Rows in which a header is looked for.</summary>
    public const int HeadRows = 20;

    private readonly List<RowBuffer> head = [];
    private readonly RowBuffer current;
    private int replay;

    protected SheetReader(string file, SheetLimits limits)
    {
        File = file;
        Limits = limits;
        current = new RowBuffer(limits);
        Row = current;
    }

    /// <summary>Name of the file, without its folders.</summary>
    public string File { get; }

    /// <summary>Name of the sheet; of a csv file its own name.</summary>
    public string SheetName { get; protected set; } = "";

    /// <summary>All sheets of the workbook, hidden ones excluded.</summary>
    public IReadOnlyList<string> SheetNames { get; protected set; } = [];

    /// <summary>Days to add to a date number of this workbook: 1,462 where it counts from 1904.</summary>
    public int DateOffset { get; protected set; }

    /// <summary>The row read last; overwritten by the next <see cref="Read"/>.</summary>
    public RowBuffer Row { get; private set; }

    /// <summary>The first rows, for finding the header.</summary>
    public IReadOnlyList<RowBuffer> Head => head;

    /// <summary>How much of the sheet has been read, from 0 to 1: by what the file says of its size, which is good for a bar and nothing else.</summary>
    public abstract double Share { get; }

    protected SheetLimits Limits { get; }

    /// <summary>Opens a file by what it holds; its ending must agree. Without a sheet name the first visible sheet is read.</summary>
    public static SheetReader Open(string path, string? sheet = null, SheetLimits? limits = null)
    {
        limits ??= SheetLimits.Default;
        var reader = FileKind.Of(path, limits) switch
        {
            SheetFormat.Csv => (SheetReader)new CsvSheet(path, limits),
            SheetFormat.Xlsx => new XlsxSheet(path, sheet, limits),
            _ => new XlsSheet(path, sheet, limits),
        };
        try
        {
            reader.FillHead();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
        return reader;
    }

    /// <summary>The visible sheets of a file, without reading any of them.</summary>
    public static IReadOnlyList<string> Sheets(string path, SheetLimits? limits = null)
    {
        limits ??= SheetLimits.Default;
        switch (FileKind.Of(path, limits))
        {
            case SheetFormat.Csv:
                return [Path.GetFileNameWithoutExtension(path)];
            case SheetFormat.Xlsx:
                return XlsxWorkbook.SheetNames(path, limits);
            default:
                using (var reader = new XlsSheet(path, null, limits))
                    return reader.SheetNames;
        }
    }

    /// <summary>Skips to the row below this one; only possible while still within the head.</summary>
    public void StartAfter(int rowNumber)
    {
        replay = head.FindIndex(r => r.Number > rowNumber);
        if (replay < 0)
            replay = head.Count;
    }

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Read()
    {
        if (replay < head.Count)
        {
            Row = head[replay++];
            return true;
        }
        Row = current;
        return Next(current);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills the buffer with the next row that exists in the file; false at the end.</summary>
    protected abstract bool ReadNext(RowBuffer row);

    protected abstract void Dispose(bool disposing);

    protected FileRefused Refuse(RefusalReason reason, string zh, string en, Exception? cause = null) => new(reason, File, new Label(zh, en), cause);

    private void FillHead()
    {
        while (head.Count < HeadRows)
        {
            var row = new RowBuffer(Limits);
            if (!Next(row))
                break;
            head.Add(row);
        }
        if (head.Count == 0)
            throw Refuse(RefusalReason.Empty, "文件中没有任何行", "the file has no rows");
    }

    private bool Next(RowBuffer row)
    {
        try
        {
            if (!ReadNext(row))
                return false;
        }
        catch (RowTooWide e)
        {
            throw Refuse(
                RefusalReason.TooManyColumns,
                $"第 {row.Number} 行超过 {Limits.Columns} 列（至少 {e.Columns} 列）",
                $"row {row.Number} has more than {Limits.Columns} columns (at least {e.Columns})"
            );
        }
        catch (RowTooLong e)
        {
            throw Refuse(
                RefusalReason.CellTooLong,
                $"第 {row.Number} 行第 {e.Column} 列的内容过长（上限 {Limits.CellChars} 字）；csv 文件请检查引号是否成对",
                $"row {row.Number}, column {e.Column} is too long (at most {Limits.CellChars} characters); in a csv file check that quotes are paired"
            );
        }
        if (row.Number > Limits.Rows)
            throw Refuse(RefusalReason.TooManyRows, $"超过 {Limits.Rows} 行", $"more than {Limits.Rows} rows");
        return true;
    }
}
