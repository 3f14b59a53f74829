namespace Tuopin.Exchange;

/// <summary>
/// A cell of a csv file that begins like a formula is run by spreadsheet programs. On the way out it gets an apostrophe; on the way in the same
/// apostrophe is taken off, so that the round trip is exact, for texts that begin with apostrophes too. Plain numbers stay as they are.
/// </summary>
public static class FormulaGuard
{
    /// <summary>True when an apostrophe must be put before the text: after any apostrophes it begins like a formula.</summary>
    public static bool Needs(ReadOnlySpan<char> text) => BeginsLikeFormula(text) && !IsPlainNumber(text);

    /// <summary>True when the first character is an apostrophe that <see cref="Needs"/> put there.</summary>
    public static bool WasGuarded(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '\'' && Needs(text[1..]);

    private static bool BeginsLikeFormula(ReadOnlySpan<char> text)
    {
        var rest = text.TrimStart('\'');
        return !rest.IsEmpty && rest[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠';
    }

    private static bool IsPlainNumber(ReadOnlySpan<char> text)
    {
        if (text[0] is not '-' || text.Length < 2)
            return false;
        var dots = 0;
        foreach (var c in text[1..])
            if (c == '.')
                dots++;
            else if (!char.IsAsciiDigit(c))
                return false;
        return dots <= 1 && text[1] != '.' && text[^1] != '.';
    }
}
