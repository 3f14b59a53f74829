using System.Buffers;

namespace Tuopin.Exchange;

/// <summary>Folds what typists and old systems leave in cells: full-width forms, stray and invisible spaces.</summary>
public static class CellText
{
    private static readonly SearchValues<char> Foldable = SearchValues.Create(AllFoldable());

    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!IsSpace(c) && !IsInvisible(c))
                return false;
        return true;
    }

    public static bool IsSpace(char c) =>
        c is ' ' or '\t' or '\r' or '\n' or '\u00A0' or '\u3000' or (>= '\u2000' and <= '\u200A') or '\u202F' or '\u205F';

    public static bool IsInvisible(char c) => c is '\uFEFF' or '\u2060' or '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E');

    /// <summary>Removes spaces at both ends, the ideographic and the invisible ones too.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && (IsSpace(text[start]) || IsInvisible(text[start])))
            start++;
        while (end > start && (IsSpace(text[end - 1]) || IsInvisible(text[end - 1])))
            end--;
        return text[start..end];
    }

    /// <summary>
    /// Trims, drops invisible characters, folds full-width letters, digits and punctuation to ASCII and every space to one plain character. Returns
    /// the text itself when there is nothing to fold, else a part of <paramref name="scratch"/>, which must be at least as long.
    /// </summary>
    public static ReadOnlySpan<char> Fold(ReadOnlySpan<char> text, ref char[] scratch)
    {
        text = Trim(text);
        var first = text.IndexOfAny(Foldable);
        if (first < 0)
            return text;
        if (scratch.Length < text.Length)
            scratch = new char[text.Length * 2];
        text[..first].CopyTo(scratch);
        var length = first;
        foreach (var c in text[first..])
            if (!IsInvisible(c))
                scratch[length++] = FoldChar(c);
        return scratch.AsSpan(0, length);
    }

    public static string Fold(string text)
    {
        var scratch = Array.Empty<char>();
        return Fold(text, ref scratch).ToString();
    }

    /// <summary>The form under which titles, labels and names are compared: folded, without any space, brackets alike, letters lower.</summary>
    public static string Key(ReadOnlySpan<char> text)
    {
        Span<char> buffer = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        return buffer[..Key(text, buffer)].ToString();
    }

    /// <summary>Writes the key of the text and returns its length.</summary>
    public static int Key(ReadOnlySpan<char> text, Span<char> into)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (IsSpace(c) || IsInvisible(c) || c is '*' or '\uFF0A')
                continue;
            var folded = FoldChar(c);
            into[length++] = folded switch
            {
                '【' or '〔' or '[' => '(',
                '】' or '〕' or ']' => ')',
                '、' => ',',
                _ => char.ToLowerInvariant(folded),
            };
        }
        return length;
    }

    private static char FoldChar(char c) =>
        c switch
        {
            >= '\uFF01' and <= '\uFF5E' => (char)(c - 0xFEE0),
            _ when IsSpace(c) => ' ',
            _ => c,
        };

    private static string AllFoldable() =>
        string.Concat(Enumerable.Range(1, 0xFFFE).Select(i => (char)i).Where(c => c != ' ' && (IsSpace(c) || IsInvisible(c) || FoldChar(c) != c)));
}
