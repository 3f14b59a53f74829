namespace Tuopin.Rules.Columnar;

/// <summary>All texts of a snapshot in order of code points; a text column holds positions in it.</summary>
public sealed class TextPool
{
    private readonly string[] texts;

    internal TextPool(string[] sorted) => texts = sorted;

    /// <summary>Number of distinct texts.</summary>
    public int Count => texts.Length;

    /// <summary>The text at a position.</summary>
    public string this[int code] => texts[code];

    /// <summary>The position of a text, or the complement of the position where it would stand.</summary>
    public int Find(string text) => Array.BinarySearch(texts, text, CodePointOrder.Instance);
}

/// <summary>
/// Texts by code point, as COLLATE "C" and SQLite's BINARY order them. UTF-16 order differs: surrogates sort below U+E000..U+FFFF.
/// </summary>
public sealed class CodePointOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static readonly CodePointOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var length = Math.Min(x.Length, y.Length);
        for (var i = 0; i < length; i++)
            if (x[i] != y[i])
                return Rank(x[i]) - Rank(y[i]);
        return x.Length - y.Length;
    }

    private static int Rank(char unit) =>
        char.IsSurrogate(unit) ? unit + 0x2000
        : unit >= 0xE000 ? unit - 0x800
        : unit;

    /// <summary>Number of code points.</summary>
    public static int Length(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
