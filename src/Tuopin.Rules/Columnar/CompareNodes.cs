using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>A comparison of two exact numbers. Against one constant every comparison is a range test, or the opposite of one.</summary>
internal sealed class NumberCompare(ComparisonOperator op, NumberNode left, NumberNode right) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        if (right.TryScalar(frame, out var scalar))
            return Against(frame, left, op, scalar, truth, known);
        if (left.TryScalar(frame, out scalar))
            return Against(frame, right, Flip(op), scalar, truth, known);
        var mark = frame.Scratch.Take();
        Span<long> a = frame.Scratch.Numbers(frame),
            b = frame.Scratch.Numbers(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        var all = left.Evaluate(frame, a, known);
        var otherAll = right.Evaluate(frame, b, otherKnown);
        all = ArithmeticNode.MergeKnown(known, all, otherKnown, otherAll);
        Compare(op, a, b, truth);
        if (!all)
            Bits.And(truth, known);
        frame.Scratch.Release(mark);
        return all;
    }

    public static void Compare(ComparisonOperator op, ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<ulong> truth)
    {
        if (op is ComparisonOperator.Greater or ComparisonOperator.LessOrEqual)
            Vectors.Compare(false, b, a, truth);
        else
            Vectors.Compare(op is ComparisonOperator.Equal or ComparisonOperator.NotEqual, a, b, truth);
        if (IsOpposite(op))
            Bits.Not(truth);
    }

    public static ComparisonOperator Flip(ComparisonOperator op) =>
        op switch
        {
            ComparisonOperator.Less => ComparisonOperator.Greater,
            ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
            ComparisonOperator.Greater => ComparisonOperator.Less,
            ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
            _ => op,
        };

    private static bool IsOpposite(ComparisonOperator op) =>
        op is ComparisonOperator.NotEqual or ComparisonOperator.LessOrEqual or ComparisonOperator.GreaterOrEqual;

    /// <summary>The numbers for which the comparison with a constant is true, or false.</summary>
    public static (long Low, long High, bool Opposite) Range(ComparisonOperator op, long constant)
    {
        var opposite = op is ComparisonOperator.NotEqual or ComparisonOperator.Less or ComparisonOperator.Greater;
        return op switch
        {
            ComparisonOperator.Equal or ComparisonOperator.NotEqual => (constant, constant, opposite),
            ComparisonOperator.Less or ComparisonOperator.GreaterOrEqual => (constant, long.MaxValue, opposite),
            _ => (long.MinValue, constant, opposite),
        };
    }

    private static bool Against(Frame frame, NumberNode node, ComparisonOperator op, long? scalar, Span<ulong> truth, Span<ulong> known)
    {
        if (scalar is not { } constant)
            return ConstantFlag.Unknown.Evaluate(frame, truth, known);
        var (low, high, opposite) = Range(op, constant);
        var all = node.InRange(frame, low, high, truth, known);
        if (opposite)
            Oppose(truth, known, all);
        return all;
    }

    public static void Oppose(Span<ulong> truth, ReadOnlySpan<ulong> known, bool all)
    {
        if (all)
            Bits.Not(truth);
        else
            Bits.Complement(truth, known);
    }
}

/// <summary>Two comparisons of one number with constants, as one range test or the opposite of one.</summary>
internal sealed class RangeNode(NumberNode operand, long low, long high, bool opposite) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var all = operand.InRange(frame, low, high, truth, known);
        if (opposite)
            NumberCompare.Oppose(truth, known, all);
        return all;
    }
}

/// <summary>Membership in a list of constants, as ranges of neighbouring numbers.</summary>
internal sealed class OneOfNode(NumberNode operand, (long Low, long High)[] ranges) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var one = frame.Scratch.Mask(frame);
        var all = operand.InRange(frame, ranges[0].Low, ranges[0].High, truth, known);
        for (var i = 1; i < ranges.Length; i++)
        {
            operand.InRange(frame, ranges[i].Low, ranges[i].High, one, known);
            Bits.Or(truth, one);
        }
        frame.Scratch.Release(mark);
        return all;
    }

    public static (long Low, long High)[] Ranges(IEnumerable<long> options)
    {
        var ranges = new List<(long Low, long High)>();
        foreach (var option in options.Distinct().Order())
            if (ranges.Count > 0 && ranges[^1].High + 1 == option)
                ranges[^1] = (ranges[^1].Low, option);
            else
                ranges.Add((option, option));
        return [.. ranges];
    }
}

internal sealed class HasCodeNode(NumberNode set, int code) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var values = frame.Scratch.Numbers(frame);
        var all = set.Evaluate(frame, values, known);
        for (var word = 0; word < truth.Length; word++)
        {
            var bits = 0UL;
            for (var i = 0; i < 64; i++)
                bits |= ((ulong)values[word * 64 + i] >> code & 1) << i;
            truth[word] = bits;
        }
        if (!all)
            Bits.And(truth, known);
        frame.Scratch.Release(mark);
        return all;
    }
}

/// <summary>A comparison with bounds on a side: decided only where both ends agree.</summary>
internal sealed class BoundsCompare(ComparisonOperator op, BoundsNode left, BoundsNode right) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<long> aLow = frame.Scratch.Numbers(frame),
            aHigh = frame.Scratch.Numbers(frame),
            bLow = frame.Scratch.Numbers(frame),
            bHigh = frame.Scratch.Numbers(frame);
        Span<ulong> otherKnown = frame.Scratch.Mask(frame);
        if (left.Evaluate(frame, aLow, aHigh, known))
            known.Fill(~0UL);
        if (!right.Evaluate(frame, bLow, bHigh, otherKnown))
            Bits.And(known, otherKnown);
        truth.Clear();
        for (var i = 0; i < frame.Count; i++)
        {
            if (!Bits.Get(known, i))
                continue;
            var verdict = Decide(
                op,
                aLow[i].CompareTo(bLow[i]),
                aLow[i].CompareTo(bHigh[i]),
                aHigh[i].CompareTo(bLow[i]),
                aHigh[i].CompareTo(bHigh[i])
            );
            Store(verdict, i, truth, known);
        }
        frame.Scratch.Release(mark);
        return false;
    }

    public static void Store(bool? verdict, int i, Span<ulong> truth, Span<ulong> known)
    {
        if (verdict is null)
            known[i >> 6] &= ~(1UL << i);
        else if (verdict.Value)
            Bits.Set(truth, i);
    }

    /// <summary>The verdict from the order of the ends: low to low, low to high, high to low, high to high.</summary>
    public static bool? Decide(ComparisonOperator op, int lowLow, int lowHigh, int highLow, int highHigh) =>
        op switch
        {
            ComparisonOperator.Less => highLow < 0 ? true
            : lowHigh >= 0 ? false
            : null,
            ComparisonOperator.LessOrEqual => highLow <= 0 ? true
            : lowHigh > 0 ? false
            : null,
            ComparisonOperator.Greater => lowHigh > 0 ? true
            : highLow <= 0 ? false
            : null,
            ComparisonOperator.GreaterOrEqual => lowHigh >= 0 ? true
            : highLow < 0 ? false
            : null,
            _ => Same(lowLow, lowHigh, highLow, highHigh) is { } same ? same == (op == ComparisonOperator.Equal) : null,
        };

    private static bool? Same(int lowLow, int lowHigh, int highLow, int highHigh) =>
        lowHigh > 0 || highLow < 0 ? false
        : lowLow == 0 && highHigh == 0 && lowHigh == 0 ? true
        : null;
}
