using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// An expression with one exact 64-bit value: number, money, day, code, text code. Evaluation fills values (a multiple of 64 of them; those of unknown
/// positions may be anything) and the known mask, or returns true instead of filling the mask when every position is known.
/// </summary>
internal abstract class NumberNode
{
    public abstract bool Evaluate(Frame frame, Span<long> values, Span<ulong> known);

    /// <summary>The value when it is one for the whole frame; null inside when it is unknown for the whole frame.</summary>
    public virtual bool TryScalar(Frame frame, out long? value)
    {
        value = null;
        return false;
    }

    /// <summary>Whether every known value fits 32 bits, by what is stored and not by what was declared.</summary>
    public virtual bool FitsInt => false;

    /// <summary>Whether no known value is above the limit, so that a test for it can be left out.</summary>
    public virtual bool NeverAbove(long limit) => false;

    /// <summary>Fills a bit for each value within the range, both ends included. Narrow columns answer without widening.</summary>
    public virtual bool InRange(Frame frame, long low, long high, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var values = frame.Scratch.Numbers(frame);
        var all = Evaluate(frame, values, known);
        RangeKernel.InRange<long>(values, low, high, truth);
        if (!all)
            Bits.And(truth, known);
        frame.Scratch.Release(mark);
        return all;
    }

    protected static bool FillScalar(long? scalar, Span<long> values, Span<ulong> known)
    {
        values.Fill(scalar ?? 0);
        if (scalar is not null)
            return true;
        known.Clear();
        return false;
    }
}

internal sealed class ConstantNumber(long? value) : NumberNode
{
    public static readonly ConstantNumber Unknown = new((long?)null);

    public override bool FitsInt => value is null or (>= int.MinValue and <= int.MaxValue);

    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known) => FillScalar(value, values, known);

    public override bool TryScalar(Frame frame, out long? scalar)
    {
        scalar = value;
        return true;
    }
}

/// <summary>A number fact read at a place.</summary>
internal sealed class NumberRead(Place place, NumberColumn column, int shift = 0) : NumberNode
{
    public Place Place => place;
    public NumberColumn Column => column;

    public override bool FitsInt => shift == 0 && column.Min >= int.MinValue && column.Max <= int.MaxValue;

    public override bool NeverAbove(long limit) => shift == 0 && column.Max <= limit;

    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var rows = frame.At(place);
        if (rows.IsRun)
            column.Load(rows.Start, values);
        else
            column.Gather(rows.List(frame.Count), values);
        if (shift != 0)
            for (var i = 0; i < values.Length; i++)
                values[i] <<= shift;
        return KnownMask(rows, frame.Count, known);
    }

    public override bool InRange(Frame frame, long low, long high, Span<ulong> truth, Span<ulong> known)
    {
        var rows = frame.At(place);
        if (!rows.IsRun)
            return base.InRange(frame, low, high, truth, known);
        // Codes of texts are multiples of 2^shift: the range holds those from its low end rounded up to its high end rounded down.
        column.InRange(rows.Start, low + ((1L << shift) - 1) >> shift, high >> shift, truth);
        var all = KnownMask(rows, frame.Count, known);
        if (!all)
            Bits.And(truth, known);
        return all;
    }

    private bool KnownMask(RowSet rows, int count, Span<ulong> known)
    {
        if (column.Known is null && rows.Complete)
            return true;
        if (rows.IsRun)
            Bits.Copy(column.Known!, rows.Start, known);
        else
            FlagRead.GatherMask(column.Known, rows, count, known);
        return false;
    }
}

/// <summary>A legal number: one for the frame where the frame lies within one entry's area, else looked up for each subject.</summary>
internal sealed class ParameterNode : NumberNode
{
    private readonly ParameterValue[] pieces;

    public ParameterNode(Parameter parameter, JudgingDay day) => pieces = [.. parameter.Pieces(AreaRange.Nation, parameter.IndexOn(day))];

    public override bool FitsInt => pieces.All(p => p.Value.Number is >= int.MinValue and <= int.MaxValue);

    public override bool TryScalar(Frame frame, out long? value)
    {
        var root = frame.Root;
        var codes = root.Own.Table.AreaCodes.AsSpan(root.Own.Start, root.Count);
        value = null;
        if (codes.IsEmpty)
            return true;
        long from = codes[0],
            to = codes[^1];
        if (!root.Own.Table.InAreaOrder)
            foreach (var code in codes)
                (from, to) = (Math.Min(from, code), Math.Max(to, code));
        foreach (var piece in pieces)
        {
            if (!piece.Area.Overlaps(new AreaRange(from, to)))
                continue;
            value = piece.Value.Number;
            return piece.Area.Contains(new AreaRange(from, to));
        }
        return true;
    }

    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        if (TryScalar(frame, out var scalar))
            return FillScalar(scalar, values, known);
        var root = frame.Root;
        var mark = frame.Scratch.Take();
        var rootValues = frame.Scratch.Numbers(root);
        var rootKnown = frame.Scratch.Mask(root);
        rootKnown.Clear();
        for (var i = 0; i < root.Count; i++)
            if (Find(root.Own.Table.AreaCodes[root.Own.Start + i]) is { } value)
            {
                rootValues[i] = value;
                Bits.Set(rootKnown, i);
            }
        frame.SpreadRoot(rootValues, rootKnown, values, known);
        frame.Scratch.Release(mark);
        return false;
    }

    private long? Find(long code)
    {
        foreach (var piece in pieces)
            if (piece.Area.Contains(code))
                return piece.Value.Number;
        return null;
    }
}

internal sealed class NumberConditional(BoolNode test, NumberNode then, NumberNode otherwise) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> truth = frame.Scratch.Mask(frame),
            testKnown = frame.Scratch.Mask(frame),
            otherKnown = frame.Scratch.Mask(frame);
        var other = frame.Scratch.Numbers(frame);
        test.EvaluateFully(frame, truth, testKnown);
        if (then.Evaluate(frame, values, known))
            known.Fill(~0UL);
        if (otherwise.Evaluate(frame, other, otherKnown))
            otherKnown.Fill(~0UL);
        for (var i = 0; i < frame.Count; i++)
            if (!Bits.Get(truth, i))
                values[i] = other[i];
        for (var i = 0; i < known.Length; i++)
            known[i] = known[i] & truth[i] | otherKnown[i] & testKnown[i] & ~truth[i];
        frame.Scratch.Release(mark);
        return false;
    }
}

/// <summary>Sum, difference or product of two exact numbers; the binder refused what could overflow.</summary>
internal sealed class ArithmeticNode(ArithmeticOperator op, NumberNode left, NumberNode right) : NumberNode
{
    private readonly bool isNarrow = op == ArithmeticOperator.Multiply && left.FitsInt && right.FitsInt;

    public override bool TryScalar(Frame frame, out long? value)
    {
        value = null;
        if (!left.TryScalar(frame, out var a) || !right.TryScalar(frame, out var b))
            return false;
        value = a is { } x && b is { } y ? Compute(x, y) : null;
        return true;
    }

    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        if (op != ArithmeticOperator.Subtract && left.TryScalar(frame, out var scalar) && scalar is { } first)
        {
            var same = right.Evaluate(frame, values, known);
            Combine(values, first);
            return same;
        }
        var mark = frame.Scratch.Take();
        var all = left.Evaluate(frame, values, known);
        if (right.TryScalar(frame, out scalar) && scalar is { } constant)
            Combine(values, constant);
        else
        {
            var other = frame.Scratch.Numbers(frame);
            var otherKnown = frame.Scratch.Mask(frame);
            var otherAll = right.Evaluate(frame, other, otherKnown);
            Vectors.Combine(op, values, other);
            all = MergeKnown(known, all, otherKnown, otherAll);
        }
        frame.Scratch.Release(mark);
        return all;
    }

    /// <summary>Known where both are.</summary>
    public static bool MergeKnown(Span<ulong> known, bool all, ReadOnlySpan<ulong> otherKnown, bool otherAll)
    {
        if (otherAll)
            return all;
        if (all)
            otherKnown.CopyTo(known);
        else
            Bits.And(known, otherKnown);
        return false;
    }

    private void Combine(Span<long> values, long constant)
    {
        if (isNarrow)
            Vectors.MultiplyNarrow(values, constant);
        else
            Vectors.Combine(op, values, constant);
    }

    private long Compute(long a, long b) =>
        op switch
        {
            ArithmeticOperator.Add => a + b,
            ArithmeticOperator.Subtract => a - b,
            _ => a * b,
        };
}
