namespace Tuopin.Rules.Language;

/// <summary>The text of one expression and where each of its characters stands in the file it came from.</summary>
public sealed class RuleText
{
    private readonly (int Line, int Column)[] positions;

    /// <param name="file">File named in errors.</param>
    /// <param name="text">The expression.</param>
    /// <param name="positions">Line and column of every character and of the end: one more than the text is long.</param>
    public RuleText(string file, string text, (int Line, int Column)[] positions)
    {
        if (positions.Length != text.Length + 1)
            throw new ArgumentException("one position for each character and one for the end", nameof(positions));
        (File, Text, this.positions) = (file, text, positions);
    }

    public string File { get; }
    public string Text { get; }

    /// <summary>An expression that stands alone, as in a test or on the command line.</summary>
    public static RuleText Of(string text, string file = "rule")
    {
        var positions = new (int, int)[text.Length + 1];
        var (line, column) = (1, 1);
        for (var i = 0; i <= text.Length; i++)
        {
            positions[i] = (line, column);
            (line, column) = i < text.Length && text[i] == '\n' ? (line + 1, 1) : (line, column + 1);
        }
        return new RuleText(file, text, positions);
    }

    /// <summary>The place of some characters of the expression in the file.</summary>
    public Span At(int start, int length)
    {
        var (line, column) = positions[Math.Clamp(start, 0, Text.Length)];
        return new Span(File, line, column, length);
    }
}
