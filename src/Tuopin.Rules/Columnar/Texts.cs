using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Texts as numbers in order of code points. A text of the pool is its position shifted left; a constant the pool lacks stands between its neighbours.
/// </summary>
internal sealed class Texts
{
    public const int Shift = 10;
    private readonly TextPool pool;
    private readonly List<string> missing;

    public Texts(TextPool pool, IEnumerable<string> constants)
    {
        this.pool = pool;
        missing = [.. constants.Distinct(StringComparer.Ordinal).Where(c => pool.Find(c) < 0).Order(CodePointOrder.Instance)];
        if (missing.Count >= 1 << Shift)
            throw new NotSupportedException(
                $"an expression compares with {missing.Count} texts that occur nowhere; at most {(1 << Shift) - 1} are supported"
            );
    }

    public long NumberOf(string text)
    {
        var code = pool.Find(text);
        return code >= 0 ? (long)code << Shift : ((long)~code - 1 << Shift) + 1 + missing.BinarySearch(text, CodePointOrder.Instance);
    }

    public string TextOf(long number)
    {
        var extra = (int)(number & (1 << Shift) - 1);
        return extra == 0 ? pool[(int)(number >> Shift)] : missing[extra - 1];
    }
}

/// <summary>size(text).</summary>
internal sealed class SizeOfText(NumberNode text, Texts texts) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var all = text.Evaluate(frame, values, known);
        for (var i = 0; i < frame.Count; i++)
            if (all || Bits.Get(known, i))
                values[i] = CodePointOrder.Length(texts.TextOf(values[i]));
        return all;
    }
}

/// <summary>text.startsWith, endsWith, contains.</summary>
internal sealed class TextTest(Function function, NumberNode text, NumberNode part, Texts texts) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<long> values = frame.Scratch.Numbers(frame),
            parts = frame.Scratch.Numbers(frame);
        var partKnown = frame.Scratch.Mask(frame);
        var all = text.Evaluate(frame, values, known);
        all = ArithmeticNode.MergeKnown(known, all, partKnown, part.Evaluate(frame, parts, partKnown));
        truth.Clear();
        for (var i = 0; i < frame.Count; i++)
            if ((all || Bits.Get(known, i)) && Test(texts.TextOf(values[i]), texts.TextOf(parts[i])))
                Bits.Set(truth, i);
        frame.Scratch.Release(mark);
        return all;
    }

    private bool Test(string text, string part) =>
        function switch
        {
            Function.StartsWith => text.StartsWith(part, StringComparison.Ordinal),
            Function.EndsWith => text.EndsWith(part, StringComparison.Ordinal),
            _ => text.Contains(part, StringComparison.Ordinal),
        };
}
