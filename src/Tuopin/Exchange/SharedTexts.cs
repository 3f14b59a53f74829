using System.Xml;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>The shared strings of a workbook in a few large buffers instead of a string each: two million names cost their characters only.</summary>
internal sealed class SharedTexts(string file, SheetLimits limits)
{
    private const int BlockSize = 1 << 20;
    private readonly List<char[]> blocks = [new char[BlockSize]];
    private readonly List<(int Block, int Start, int Length)> texts = [];
    private int used;
    private int start;
    private long total;

    public int Count => texts.Count;

    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            var (block, at, length) = texts[index];
            return blocks[block].AsSpan(at, length);
        }
    }

    public static SharedTexts Read(XlsxPackage package, string part, SheetLimits limits)
    {
        var texts = new SharedTexts(package.File, limits);
        if (!package.Has(part))
            return texts;
        using var xml = package.Xml(part);
        var chunk = new char[4096];
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "si")
            {
                if (!xml.IsEmptyElement)
                    XlsxText.ReadRich(xml, "si", chunk, texts.Append);
                texts.End();
            }
        return texts;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        total += text.Length;
        if (used - start + text.Length > limits.CellChars || total > limits.SharedChars)
            throw TooMany();
        if (used + text.Length > BlockSize)
        {
            var block = new char[BlockSize];
            blocks[^1].AsSpan(start, used - start).CopyTo(block);
            used -= start;
            start = 0;
            blocks.Add(block);
        }
        text.CopyTo(blocks[^1].AsSpan(used));
        used += text.Length;
    }

    private void End()
    {
        if (texts.Count == limits.SharedCount)
            throw TooMany();
        used = start + XlsxText.Unescape(blocks[^1].AsSpan(start, used - start));
        texts.Add((blocks.Count - 1, start, used - start));
        start = used;
    }

    private FileRefused TooMany() =>
        new(RefusalReason.TooManyTexts, file, new Label("共享字符串过多或过长，拒绝读取", "too many or too long shared strings"));
}

internal delegate void TakeText(ReadOnlySpan<char> text);

/// <summary>Texts as SpreadsheetML writes them: runs of rich text, and characters XML cannot hold as _xHHHH_.</summary>
internal static class XlsxText
{
    /// <summary>Reads every t element inside the current element, phonetic guides left out, and stops on its end.</summary>
    public static void ReadRich(XmlReader xml, string name, char[] chunk, TakeText take)
    {
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == name)
                return;
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "rPh")
                xml.Skip();
            if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == name)
                return;
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "t" && !xml.IsEmptyElement)
                ReadContent(xml, chunk, take);
        }
    }

    /// <summary>Hands over the text of the current element and stops on its end.</summary>
    public static void ReadContent(XmlReader xml, char[] chunk, TakeText take)
    {
        while (xml.Read() && xml.NodeType != XmlNodeType.EndElement)
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
                for (var n = xml.ReadValueChunk(chunk, 0, chunk.Length); n > 0; n = xml.ReadValueChunk(chunk, 0, chunk.Length))
                    take(chunk.AsSpan(0, n));
    }

    /// <summary>Undoes _xHHHH_ in place and returns the new length.</summary>
    public static int Unescape(Span<char> text)
    {
        var to = text.IndexOf("_x");
        if (to < 0)
            return text.Length;
        for (var from = to; from < text.Length; to++)
        {
            if (IsEscape(text[from..], out var c))
            {
                text[to] = c;
                from += 7;
            }
            else
            {
                text[to] = text[from++];
            }
        }
        return to;
    }

    /// <summary>Writes characters XML cannot hold, and texts that look like such an escape, as _xHHHH_.</summary>
    public static string Escape(string text)
    {
        var first = FirstToEscape(text, 0);
        if (first < 0)
            return text;
        var result = new System.Text.StringBuilder(text.Length + 16);
        var from = 0;
        for (var at = first; at >= 0; at = FirstToEscape(text, from))
        {
            result.Append(text, from, at - from).Append(System.Globalization.CultureInfo.InvariantCulture, $"_x{(int)text[at]:X4}_");
            from = at + 1;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }

    private static int FirstToEscape(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (c < ' ' && c is not ('\t' or '\n') || char.IsSurrogate(c) || c >= '\uFFFE' || c == '_' && IsEscape(text.AsSpan(i), out _))
                return i;
        }
        return -1;
    }

    private static bool IsEscape(ReadOnlySpan<char> text, out char c)
    {
        c = '\0';
        if (text.Length < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
            return false;
        var ok = ushort.TryParse(
            text[2..6],
            System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture,
            out var code
        );
        c = (char)code;
        return ok;
    }
}
