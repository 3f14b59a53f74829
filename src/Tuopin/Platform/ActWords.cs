using Tuopin.Platform.Web;

namespace Tuopin.Platform;

/// <summary>The words of an act: they go into the audit, where no personal number may stand.</summary>
public static class ActWords
{
    /// <exception cref="WrongUsage">edit.reason, edit.number-in-words, edit.document.</exception>
    public static (string Reason, string? Document) Read(string? reason, string? document)
    {
        var why = (reason ?? "").Trim();
        if (why.Length is < 2 or > 200 || why.Any(char.IsControl) || !IsWhole(why))
            throw new WrongUsage("edit.reason", "请写明原因（2 至 200 字）。Say why, in 2 to 200 characters.");
        var paper = (document ?? "").Trim();
        if (paper.Length > 200 || paper.Any(char.IsControl) || !IsWhole(paper))
            throw new WrongUsage("edit.document", "来源文件名或文号至多 200 字。A document is named in at most 200 characters.");
        RequireNoNumber(why);
        RequireNoNumber(paper);
        return (why, paper.Length == 0 ? null : paper);
    }

    /// <summary>What people write is text, and holds no personal number.</summary>
    /// <exception cref="WrongUsage">edit.number-in-words.</exception>
    public static void RequireNoNumber(string text)
    {
        if (HoldsNumber(text) || !IsWhole(text))
            throw new WrongUsage(
                "edit.number-in-words",
                "原因和文件名中不要写证件号码或电话。No ID or telephone numbers in the reason or the document."
            );
    }

    // Digits one after the other, or with a space or a hyphen between: a document number and a date are no telephone number.
    private static bool HoldsNumber(string text)
    {
        var run = 0;
        foreach (var c in text)
        {
            run =
                char.IsAsciiDigit(c) ? run + 1
                : c is ' ' or '-' ? run
                : 0;
            if (run >= 11)
                return true;
        }
        return false;
    }

    // A half surrogate is no text, and no database takes it.
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsLowSurrogate(text[i]) || (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i]))))
                return false;
        return true;
    }

    /// <summary>The day of a form; without one the work date. Nothing is stated of a day to come.</summary>
    /// <exception cref="WrongUsage">edit.day.</exception>
    public static DateOnly Day(string? text, DateOnly workDate)
    {
        var day = string.IsNullOrWhiteSpace(text) ? workDate : DayText.Read(text);
        return day is { } good && good <= workDate && good.Year >= 1950
            ? good
            : throw new WrongUsage("edit.day", "日期写作 2020-06-12，且不晚于工作日。Write a day as 2020-06-12, not after the work date.");
    }
}
