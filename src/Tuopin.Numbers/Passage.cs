namespace Tuopin.Numbers;

/// <summary>A text with its numbers, its sentences and its brackets. Places count in the characters of <see cref="Text"/>, which are those of the original one by one.</summary>
public sealed class Passage
{
    private readonly int[] sentenceStarts;

    internal Passage(string original, string text, IReadOnlyList<NumberInText> numbers, int[] sentenceStarts) =>
        (Original, Text, Numbers, this.sentenceStarts) = (original, text, numbers, sentenceStarts);

    public string Original { get; }

    /// <summary>The text with half-width digits, letters and marks.</summary>
    public string Text { get; }
    public IReadOnlyList<NumberInText> Numbers { get; }

    /// <summary>The figures among the numbers, in order.</summary>
    public IReadOnlyList<NumberInText> Figures => figures ??= [.. Numbers.Where(n => n.IsFigure)];
    private IReadOnlyList<NumberInText>? figures;

    /// <summary>Figures of one sentence that are tied to each other: no sentence that people write has more, and one made to have them must not cost more.</summary>
    private const int MostInSentence = 60;

    /// <summary>Characters that a clause is searched for its words.</summary>
    internal const int LongestClause = 200;

    internal IReadOnlyList<NumberInText> InSentence(int sentence)
    {
        bySentence ??= Figures.GroupBy(n => n.Sentence).ToDictionary(g => g.Key, g => g.Take(MostInSentence).ToArray());
        return bySentence.GetValueOrDefault(sentence, []);
    }

    private Dictionary<int, NumberInText[]>? bySentence;

    /// <summary>The figures around a number, at most so many on either side.</summary>
    internal ReadOnlySpan<NumberInText> NearSpan(NumberInText number, int span)
    {
        byIndex ??= [.. Figures];
        var at = Array.BinarySearch(byIndex, number, ByIndex);
        at = at < 0 ? ~at : at;
        var from = Math.Max(0, at - span);
        return byIndex.AsSpan(from, Math.Min(byIndex.Length, at + span + 1) - from);
    }

    internal IReadOnlyList<NumberInText> Near(NumberInText number, int span = 800) => NearSpan(number, span).ToArray();

    private NumberInText[]? byIndex;
    private static readonly Comparer<NumberInText> ByIndex = Comparer<NumberInText>.Create((a, b) => a.Index.CompareTo(b.Index));

    internal int SentenceCount => sentenceStarts.Length;

    internal (int Start, int End) Sentence(int sentence) =>
        (sentenceStarts[sentence], sentence + 1 < sentenceStarts.Length ? sentenceStarts[sentence + 1] : Text.Length);

    internal string SentenceText(int sentence)
    {
        var (start, end) = Sentence(sentence);
        return Text[start..end];
    }

    /// <summary>The words around a number, within its sentence.</summary>
    internal string Around(NumberInText number)
    {
        var (start, end) = Sentence(number.Sentence);
        return Text[Math.Max(start, number.Start - LongestClause)..Math.Min(end, number.End + LongestClause)];
    }

    internal string Between(NumberInText a, NumberInText b) => a.End <= b.Start ? Text[a.End..b.Start] : "";

    internal string Between(int start, int end) => start < end ? Text[start..end] : "";

    /// <summary>The start of the clause that a place is in: after the last comma, colon, bracket or full stop.</summary>
    internal int ClauseStart(int place)
    {
        var last = Math.Max(0, place - LongestClause);
        while (place > last && !IsMark(place - 1))
            place--;
        return place;
    }

    internal int ClauseEnd(int place)
    {
        var last = Math.Min(Text.Length, place + LongestClause);
        while (place < last && !IsMark(place))
            place++;
        return place;
    }

    // The comma of 1,692 parts no clauses.
    private bool IsMark(int place) =>
        Marks.Contains(Text[place], StringComparison.Ordinal)
        && !(Text[place] == ',' && place > 0 && place + 1 < Text.Length && char.IsAsciiDigit(Text[place - 1]) && char.IsAsciiDigit(Text[place + 1]));

    /// <summary>Full-width commas are ',' here, and 、 joins what one clause lists.</summary>
    internal const string Marks = ",;:()。!?\n";
}
