using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>An expression with a pair of bounds [low, high]; unknown positions may hold anything.</summary>
internal abstract class BoundsNode
{
    public abstract bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known);
}

/// <summary>An exact number as a pair of equal bounds.</summary>
internal sealed class ExactBounds(NumberNode number) : BoundsNode
{
    public override bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known)
    {
        var all = number.Evaluate(frame, low, known);
        low.CopyTo(high);
        return all;
    }
}

/// <summary>Bounds where one number is asked for: known where both ends are the same.</summary>
internal sealed class CollapsedNumber(BoundsNode bounds) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var high = frame.Scratch.Numbers(frame);
        var same = frame.Scratch.Mask(frame);
        var all = bounds.Evaluate(frame, values, high, known);
        Vectors.Compare(true, values, high, same);
        all = ArithmeticNode.MergeKnown(known, all, same, false);
        frame.Scratch.Release(mark);
        return all;
    }
}

internal sealed class BoundsConditional(BoolNode test, BoundsNode then, BoundsNode otherwise) : BoundsNode
{
    public override bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> truth = frame.Scratch.Mask(frame),
            testKnown = frame.Scratch.Mask(frame),
            otherKnown = frame.Scratch.Mask(frame);
        Span<long> otherLow = frame.Scratch.Numbers(frame),
            otherHigh = frame.Scratch.Numbers(frame);
        test.EvaluateFully(frame, truth, testKnown);
        if (then.Evaluate(frame, low, high, known))
            known.Fill(~0UL);
        if (otherwise.Evaluate(frame, otherLow, otherHigh, otherKnown))
            otherKnown.Fill(~0UL);
        for (var i = 0; i < frame.Count; i++)
            if (!Bits.Get(truth, i))
                (low[i], high[i]) = (otherLow[i], otherHigh[i]);
        for (var i = 0; i < known.Length; i++)
            known[i] = known[i] & truth[i] | otherKnown[i] & testKnown[i] & ~truth[i];
        frame.Scratch.Release(mark);
        return false;
    }
}

internal sealed class BoundsArithmetic(ArithmeticOperator op, BoundsNode left, BoundsNode right) : BoundsNode
{
    public override bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<long> otherLow = frame.Scratch.Numbers(frame),
            otherHigh = frame.Scratch.Numbers(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        var all = left.Evaluate(frame, low, high, known);
        var otherAll = right.Evaluate(frame, otherLow, otherHigh, otherKnown);
        for (var i = 0; i < frame.Count; i++)
            (low[i], high[i]) = Compute(low[i], high[i], otherLow[i], otherHigh[i]);
        all = ArithmeticNode.MergeKnown(known, all, otherKnown, otherAll);
        frame.Scratch.Release(mark);
        return all;
    }

    private (long Low, long High) Compute(long a, long b, long c, long d)
    {
        switch (op)
        {
            case ArithmeticOperator.Add:
                return (a + c, b + d);
            case ArithmeticOperator.Subtract:
                return (a - d, b - c);
            default:
                long ac = a * c,
                    ad = a * d,
                    bc = b * c,
                    bd = b * d;
                return (Math.Min(Math.Min(ac, ad), Math.Min(bc, bd)), Math.Max(Math.Max(ac, ad), Math.Max(bc, bd)));
        }
    }
}

/// <summary>A tally of an area.</summary>
internal sealed class TallyNode(Place place, TallyColumn tally) : BoundsNode
{
    public override bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known)
    {
        var rows = frame.At(place);
        known.Clear();
        for (var i = 0; i < frame.Count; i++)
        {
            var row = rows[i];
            if (row < 0 || !Bits.Get(tally.Known, row))
                continue;
            Bits.Set(known, i);
            (low[i], high[i]) = (tally.Low[row], tally.High[row]);
        }
        return false;
    }
}
