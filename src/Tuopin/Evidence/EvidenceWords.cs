using Tuopin.Platform;
using Tuopin.Rules.Model;

namespace Tuopin.Evidence;

/// <summary>Words about evidence.</summary>
public static class EvidenceWords
{
    public static Label Of(EvidenceKind kind) =>
        kind switch
        {
            EvidenceKind.Photo => new("照片", "photo"),
            EvidenceKind.SignedSheet => new("签字表册", "signed sheet"),
            EvidenceKind.Certificate => new("证明", "certificate"),
            _ => new("其他材料", "other paper"),
        };

    /// <summary>A title that somebody typed; null when there is none.</summary>
    /// <exception cref="WrongUsage">evidence.title.</exception>
    public static string? Title(string? text) => text?.Trim() is { Length: > 0 } title ? Checked(title) : null;

    /// <summary>Words that stand in lists and in the audit: short, and without personal numbers.</summary>
    /// <exception cref="WrongUsage">evidence.title.</exception>
    public static string Checked(string words) =>
        words.Length is < 2 or > 100 || words.Any(char.IsControl) || words.Count(char.IsAsciiDigit) >= 11
            ? throw new WrongUsage("evidence.title", "2 to 100 characters, without ID or telephone numbers")
            : words;
}
