namespace Tuopin.Exchange;

/// <summary>What a cell was in its file.</summary>
public enum CellKind : byte
{
    Blank,
    Text,

    /// <summary>A number of a workbook, as its digits; may carry the noise of binary fractions.</summary>
    Number,

    /// <summary>A number formatted as a date: days since 1899-12-30, fractions are hours.</summary>
    Date,

    /// <summary>"1" or "0".</summary>
    Bool,

    /// <summary>#N/A, #DIV/0! and the like.</summary>
    Error,

    /// <summary>A formula whose result was never stored.</summary>
    FormulaWithoutValue,
}

/// <summary>
/// The cells of one row, reused from row to row: one character buffer and the place of each cell in it, so that reading a cell allocates nothing.
/// </summary>
public sealed class RowBuffer(SheetLimits limits)
{
    private char[] chars = new char[1024];
    private int used;
    private (int Start, int Length, CellKind Kind)[] cells = new (int, int, CellKind)[64];

    /// <summary>Row of the sheet as a person sees it, from 1. A record of a csv file counts as one row.</summary>
    public int Number { get; set; }

    /// <summary>Cells present; those beyond are blank.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int column] => column < Count ? chars.AsSpan(cells[column].Start, cells[column].Length) : ReadOnlySpan<char>.Empty;

    public CellKind Kind(int column) => column < Count ? cells[column].Kind : CellKind.Blank;

    public bool IsBlank
    {
        get
        {
            for (var i = 0; i < Count; i++)
                if (cells[i].Kind != CellKind.Blank && !CellText.IsBlank(this[i]))
                    return false;
            return true;
        }
    }

    public void Clear()
    {
        used = 0;
        Count = 0;
    }

    /// <summary>Opens a cell at the column; blank cells are put before it. What is then appended belongs to it.</summary>
    public void Open(int column, CellKind kind)
    {
        if (column >= limits.Columns)
            throw new RowTooWide(column + 1);
        if (column >= cells.Length)
            Array.Resize(ref cells, Math.Min(limits.Columns, Math.Max(column + 1, cells.Length * 2)));
        for (var i = Count; i < column; i++)
            cells[i] = (used, 0, CellKind.Blank);
        cells[column] = (used, 0, kind);
        Count = column + 1;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        ref var cell = ref cells[Count - 1];
        if (cell.Length + text.Length > limits.CellChars || used + text.Length > limits.RowChars)
            throw new RowTooLong(Count);
        if (used + text.Length > chars.Length)
            Array.Resize(ref chars, Math.Max(used + text.Length, chars.Length * 2));
        text.CopyTo(chars.AsSpan(used));
        used += text.Length;
        cell.Length += text.Length;
    }

    public void Append(char c) => Append([c]);

    /// <summary>Closes the last cell under another kind: what it holds is known only at its end.</summary>
    public void Close(CellKind kind) => cells[Count - 1].Kind = kind;

    /// <summary>Takes the first character off the last cell.</summary>
    public void DropFirst()
    {
        ref var cell = ref cells[Count - 1];
        cell.Start++;
        cell.Length--;
    }

    /// <summary>Undoes the escapes SpreadsheetML has for characters XML cannot hold, in the last cell.</summary>
    internal void Unescape()
    {
        ref var cell = ref cells[Count - 1];
        cell.Length = XlsxText.Unescape(chars.AsSpan(cell.Start, cell.Length));
        used = cell.Start + cell.Length;
    }

    public string[] ToStrings()
    {
        var texts = new string[Count];
        for (var i = 0; i < Count; i++)
            texts[i] = this[i].ToString();
        return texts;
    }
}

/// <summary>Raised inside a reader, which names the file and the row.</summary>
internal sealed class RowTooWide(int columns) : Exception
{
    public int Columns { get; } = columns;
}

/// <summary>Raised inside a reader, which names the file and the row.</summary>
internal sealed class RowTooLong(int column) : Exception
{
    public int Column { get; } = column;
}
