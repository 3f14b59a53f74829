using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>Bounds of a quotient, each end a numerator over a positive denominator.</summary>
internal readonly ref struct Fractions
{
    public required Span<long> LowNumerator { get; init; }
    public required Span<long> LowDenominator { get; init; }
    public required Span<long> HighNumerator { get; init; }
    public required Span<long> HighDenominator { get; init; }

    public static Fractions Rent(Frame frame) =>
        new()
        {
            LowNumerator = frame.Scratch.Numbers(frame),
            LowDenominator = frame.Scratch.Numbers(frame),
            HighNumerator = frame.Scratch.Numbers(frame),
            HighDenominator = frame.Scratch.Numbers(frame),
        };
}

/// <summary>A quotient that is compared by cross-multiplication and never computed.</summary>
internal abstract class FractionNode
{
    public abstract bool Evaluate(Frame frame, Fractions target, Span<ulong> known);
}

/// <summary>A number beside a quotient: itself over one.</summary>
internal sealed class WholeFraction(BoundsNode number) : FractionNode
{
    public override bool Evaluate(Frame frame, Fractions target, Span<ulong> known)
    {
        target.LowDenominator.Fill(1);
        target.HighDenominator.Fill(1);
        return number.Evaluate(frame, target.LowNumerator, target.HighNumerator, known);
    }
}

/// <summary>a / b; unknown where b is, or may be, zero.</summary>
internal sealed class RatioNode(BoundsNode numerator, BoundsNode denominator) : FractionNode
{
    public override bool Evaluate(Frame frame, Fractions target, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<long> low = frame.Scratch.Numbers(frame),
            high = frame.Scratch.Numbers(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        if (numerator.Evaluate(frame, target.LowNumerator, target.HighNumerator, known))
            known.Fill(~0UL);
        if (!denominator.Evaluate(frame, low, high, otherKnown))
            Bits.And(known, otherKnown);
        for (var i = 0; i < frame.Count; i++)
        {
            if (low[i] <= 0)
                known[i >> 6] &= ~(1UL << i);
            target.LowDenominator[i] = target.LowNumerator[i] >= 0 ? high[i] : low[i];
            target.HighDenominator[i] = target.HighNumerator[i] >= 0 ? low[i] : high[i];
        }
        frame.Scratch.Release(mark);
        return false;
    }
}

internal sealed class FractionConditional(BoolNode test, FractionNode then, FractionNode otherwise) : FractionNode
{
    public override bool Evaluate(Frame frame, Fractions target, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> truth = frame.Scratch.Mask(frame),
            testKnown = frame.Scratch.Mask(frame),
            otherKnown = frame.Scratch.Mask(frame);
        var other = Fractions.Rent(frame);
        test.EvaluateFully(frame, truth, testKnown);
        if (then.Evaluate(frame, target, known))
            known.Fill(~0UL);
        if (otherwise.Evaluate(frame, other, otherKnown))
            otherKnown.Fill(~0UL);
        for (var i = 0; i < frame.Count; i++)
        {
            if (Bits.Get(truth, i))
                continue;
            (target.LowNumerator[i], target.LowDenominator[i]) = (other.LowNumerator[i], other.LowDenominator[i]);
            (target.HighNumerator[i], target.HighDenominator[i]) = (other.HighNumerator[i], other.HighDenominator[i]);
        }
        for (var i = 0; i < known.Length; i++)
            known[i] = known[i] & truth[i] | otherKnown[i] & testKnown[i] & ~truth[i];
        frame.Scratch.Release(mark);
        return false;
    }
}

/// <summary>Two quotients, of which either may be bounded; the factors bring them to one scale.</summary>
internal sealed class FractionCompare(ComparisonOperator op, FractionNode left, FractionNode right, long leftFactor, long rightFactor) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Fractions a = Fractions.Rent(frame),
            b = Fractions.Rent(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        if (left.Evaluate(frame, a, known))
            known.Fill(~0UL);
        if (!right.Evaluate(frame, b, otherKnown))
            Bits.And(known, otherKnown);
        truth.Clear();
        for (var i = 0; i < frame.Count; i++)
        {
            if (!Bits.Get(known, i))
                continue;
            var lowLow = Order(a.LowNumerator[i], a.LowDenominator[i], b.LowNumerator[i], b.LowDenominator[i]);
            var lowHigh = Order(a.LowNumerator[i], a.LowDenominator[i], b.HighNumerator[i], b.HighDenominator[i]);
            var highLow = Order(a.HighNumerator[i], a.HighDenominator[i], b.LowNumerator[i], b.LowDenominator[i]);
            var highHigh = Order(a.HighNumerator[i], a.HighDenominator[i], b.HighNumerator[i], b.HighDenominator[i]);
            BoundsCompare.Store(BoundsCompare.Decide(op, lowLow, lowHigh, highLow, highHigh), i, truth, known);
        }
        frame.Scratch.Release(mark);
        return false;
    }

    private int Order(long a, long b, long c, long d) => (a * d * leftFactor).CompareTo(c * b * rightFactor);
}

/// <summary>An exact quotient against an exact number or quotient, eight at a time: a / b op c / d is a * d op c * b.</summary>
internal sealed class ExactRatioCompare(ComparisonOperator op, NumberNode leftProduct, NumberNode rightProduct, NumberNode[] denominators) : BoolNode
{
    private readonly NumberCompare compare = new(op, leftProduct, rightProduct);

    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var positive = frame.Scratch.Mask(frame);
        var positiveKnown = frame.Scratch.Mask(frame);
        var all = compare.Evaluate(frame, truth, known);
        foreach (var denominator in denominators)
        {
            denominator.InRange(frame, 1, long.MaxValue, positive, positiveKnown);
            all = ArithmeticNode.MergeKnown(known, all, positive, false);
        }
        if (!all)
            Bits.And(truth, known);
        frame.Scratch.Release(mark);
        return all;
    }
}
