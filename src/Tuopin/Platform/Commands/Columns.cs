using System.Text;

namespace Tuopin.Platform.Commands;

/// <summary>Columns of a terminal, in which a Chinese character takes two.</summary>
public static class Columns
{
    /// <summary>The text filled up with blanks to a width; a longer text stays as it is.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    public static int Width(string text) => text.EnumerateRunes().Sum(r => IsWide(r) ? 2 : 1);

    // East Asian wide and full-width ranges (Unicode annex 11) that Chinese text uses.
    private static bool IsWide(Rune rune) =>
        rune.Value
            is >= 0x1100
                and <= 0x115F
                or >= 0x2E80
                and <= 0xA4CF
                or >= 0xAC00
                and <= 0xD7A3
                or >= 0xF900
                and <= 0xFAFF
                or >= 0xFE30
                and <= 0xFE6F
                or >= 0xFF00
                and <= 0xFF60
                or >= 0xFFE0
                and <= 0xFFE6
                or >= 0x20000
                and <= 0x3FFFD;
}
