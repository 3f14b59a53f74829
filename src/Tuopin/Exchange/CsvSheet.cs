using System.Text;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// Reads a csv file (RFC 4180; comma, semicolon or tab) into a reused buffer. A reader of our own because a county's export has 16 million cells and
/// a string for each would cost more than judging them; the tests hold it against CsvHelper.
/// </summary>
internal sealed class CsvSheet : SheetReader
{
    private const string Delimiters = ",\t;";
    private readonly StreamReader text;
    private readonly char[] buffer = new char[1 << 16];
    private readonly char delimiter;
    private int position;
    private int length;
    private int records;

    public CsvSheet(string path, SheetLimits limits)
        : base(Path.GetFileName(path), limits)
    {
        SheetName = Path.GetFileNameWithoutExtension(path);
        SheetNames = [SheetName];
        text = new StreamReader(path, CsvEncoding.Detect(path), detectEncodingFromByteOrderMarks: true, 1 << 16);
        Fill();
        delimiter = GuessDelimiter(buffer.AsSpan(0, length));
    }

    public override double Share => (double)text.BaseStream.Position / Math.Max(1, text.BaseStream.Length);

    protected override bool ReadNext(RowBuffer row)
    {
        row.Clear();
        if (position == length && !Fill())
            return false;
        row.Number = ++records;
        for (var column = 0; ; column++)
            if (!ReadCell(row, column))
                return true;
    }

    protected override void Dispose(bool disposing) => text.Dispose();

    /// <summary>Reads one cell; false when it was the last of its record.</summary>
    private bool ReadCell(RowBuffer row, int column)
    {
        row.Open(column, CellKind.Text);
        var quoted = Peek() == '"';
        if (quoted)
        {
            position++;
            ReadQuoted(row);
        }
        ReadPlain(row);
        if (FormulaGuard.WasGuarded(row[column]))
            row.DropFirst();
        if (row[column].IsEmpty)
            row.Close(CellKind.Blank);
        return EndCell();
    }

    /// <summary>Takes the mark that ended the cell; false when it ended the record.</summary>
    private bool EndCell()
    {
        var mark = Peek();
        if (mark < 0)
            return false;
        position++;
        if (mark == delimiter)
            return true;
        if (mark == '\r' && Peek() == '\n')
            position++;
        return false;
    }

    private void ReadPlain(RowBuffer row)
    {
        while (true)
        {
            var rest = buffer.AsSpan(position, length - position);
            var end = rest.IndexOfAny(delimiter, '\r', '\n');
            if (end >= 0)
            {
                row.Append(rest[..end]);
                position += end;
                return;
            }
            row.Append(rest);
            position = length;
            if (!Fill())
                return;
        }
    }

    private void ReadQuoted(RowBuffer row)
    {
        while (true)
        {
            var rest = buffer.AsSpan(position, length - position);
            var end = rest.IndexOf('"');
            row.Append(end < 0 ? rest : rest[..end]);
            position = end < 0 ? length : position + end + 1;
            if (end < 0 && !Fill())
                throw Refuse(
                    RefusalReason.Damaged,
                    $"第 {row.Number} 行的引号没有配对，直到文件结尾",
                    $"row {row.Number} opens a quote that is never closed"
                );
            if (end < 0)
                continue;
            if (Peek() != '"')
                return;
            row.Append('"');
            position++;
        }
    }

    private int Peek() => position < length || Fill() ? buffer[position] : -1;

    private bool Fill()
    {
        try
        {
            length = text.Read(buffer, 0, buffer.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw CsvEncoding.Refused(File, e);
        }
        position = 0;
        return length > 0;
    }

    /// <summary>
    /// The mark that occurs in most of the first lines, outside quotes: cells may hold many semicolons (sets of codes) or decimal commas, but not in
    /// every row and not in the header.
    /// </summary>
    private static char GuessDelimiter(ReadOnlySpan<char> start)
    {
        Span<int> lines = stackalloc int[3];
        Span<bool> seen = stackalloc bool[3];
        var quoted = false;
        var count = 0;
        foreach (var c in start)
        {
            if (c == '"')
                quoted = !quoted;
            else if (!quoted && Delimiters.IndexOf(c) is >= 0 and var i && !seen[i])
                (seen[i], lines[i]) = (true, lines[i] + 1);
            else if (!quoted && c is '\n' or '\r')
            {
                seen.Clear();
                if (++count == 2 * HeadRows)
                    break;
            }
        }
        var best = 0;
        for (var i = 1; i < lines.Length; i++)
            if (lines[i] > lines[best])
                best = i;
        return Delimiters[best];
    }
}

/// <summary>Tells UTF-8 from GB18030: a file that is valid UTF-8 throughout is UTF-8, everything else must decode as GB18030.</summary>
internal static class CsvEncoding
{
    private static readonly Encoding Gb18030 = CreateGb18030();

    public static Encoding Detect(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var buffer = new byte[1 << 18];
        var kept = 0;
        var first = true;
        while (true)
        {
            var read = stream.Read(buffer, kept, buffer.Length - kept);
            var span = buffer.AsSpan(0, kept + read);
            if (first && (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])))
                return span[0] == 0xFF ? new UnicodeEncoding(false, true, true) : new UnicodeEncoding(true, true, true);
            first = false;
            if (span.Contains((byte)0))
                throw Refused(Path.GetFileName(path), null);
            if (read == 0)
                return span.IsEmpty ? new UTF8Encoding(false, true) : Gb18030;
            var whole = span.Length - Tail(span);
            if (!System.Text.Unicode.Utf8.IsValid(span[..whole]))
                return Gb18030;
            kept = span.Length - whole;
            span[whole..].CopyTo(buffer);
        }
    }

    public static FileRefused Refused(string file, Exception? cause) =>
        new(RefusalReason.Encoding, file, new Label("既不是 UTF-8 也不是 GB18030 编码的文本", "the text is neither UTF-8 nor GB18030"), cause);

    /// <summary>Bytes at the end that may be the start of a character cut by the buffer.</summary>
    private static int Tail(ReadOnlySpan<byte> span)
    {
        for (var back = 1; back <= Math.Min(3, span.Length); back++)
        {
            var b = span[^back];
            if (b < 0x80)
                return 0;
            if (b < 0xC0)
                continue;
            var need =
                b >= 0xF0 ? 4
                : b >= 0xE0 ? 3
                : 2;
            return need > back ? back : 0;
        }
        return 0;
    }

    private static Encoding CreateGb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }
}
