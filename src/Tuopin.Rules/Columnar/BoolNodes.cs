using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// A boolean expression bound to columns. Evaluation fills two masks, true and known (true is within known), and returns true instead of filling the
/// second when every position is known.
/// </summary>
internal abstract class BoolNode
{
    public abstract bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known);

    /// <summary>As <see cref="Evaluate"/>, with the known mask always filled.</summary>
    public void EvaluateFully(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        if (Evaluate(frame, truth, known))
            known.Fill(~0UL);
    }
}

internal sealed class ConstantFlag(bool? value) : BoolNode
{
    public static readonly ConstantFlag Unknown = new(null);
    public static readonly ConstantFlag True = new(true);
    public static readonly ConstantFlag False = new(false);

    public bool? Value => value;

    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        truth.Fill(value is true ? ~0UL : 0);
        if (value is not null)
            return true;
        known.Clear();
        return false;
    }
}

/// <summary>A boolean fact, verdict or uniqueness: two stored masks read at a place.</summary>
internal sealed class FlagRead(Place place, FlagColumn column) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var rows = frame.At(place);
        if (!rows.IsRun)
            return Gather(rows, frame.Count, truth, known);
        Bits.Copy(column.Truth, rows.Start, truth);
        if (column.Known is null)
            return true;
        Bits.Copy(column.Known, rows.Start, known);
        return false;
    }

    private bool Gather(RowSet rows, int count, Span<ulong> truth, Span<ulong> known)
    {
        GatherMask(column.Truth, rows, count, truth);
        if (column.Known is null && rows.Complete)
            return true;
        GatherMask(column.Known, rows, count, known);
        return false;
    }

    /// <summary>One bit for each position; a missing row gives 0, a null source stands for all ones.</summary>
    public static void GatherMask(ulong[]? source, RowSet rows, int count, Span<ulong> target)
    {
        var list = rows.List(count);
        for (var word = 0; word < target.Length; word++)
        {
            var end = Math.Min(count, word * 64 + 64);
            var bits = 0UL;
            for (var i = word * 64; i < end; i++)
            {
                var row = list[i];
                if (row >= 0)
                    bits |= (source is null ? 1UL : source[row >> 6] >> row & 1) << i;
            }
            target[word] = bits;
        }
    }
}

internal sealed class NotNode(BoolNode operand) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var all = operand.Evaluate(frame, truth, known);
        NumberCompare.Oppose(truth, known, all);
        return all;
    }
}

/// <summary>Whether a number or a boolean is known.</summary>
internal sealed class HasNode(NumberNode? number, BoolNode? flag) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var all = flag?.Evaluate(frame, known, truth) ?? number!.Evaluate(frame, frame.Scratch.Numbers(frame), truth);
        frame.Scratch.Release(mark);
        if (all)
            truth.Fill(~0UL);
        return true;
    }
}

/// <summary>Whether a quotient is known to be one value.</summary>
internal sealed class HasQuotient(FractionNode quotient) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var ends = Fractions.Rent(frame);
        if (quotient.Evaluate(frame, ends, truth))
            truth.Fill(~0UL);
        for (var i = 0; i < frame.Count; i++)
            if (ends.LowNumerator[i] * ends.HighDenominator[i] != ends.HighNumerator[i] * ends.LowDenominator[i])
                truth[i >> 6] &= ~(1UL << i);
        frame.Scratch.Release(mark);
        return true;
    }
}

/// <summary>Kleene and / or.</summary>
internal sealed class LogicalNode(bool isAnd, BoolNode left, BoolNode right) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var otherTruth = frame.Scratch.Mask(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        var all = left.Evaluate(frame, truth, known);
        var otherAll = right.Evaluate(frame, otherTruth, otherKnown);
        var result = Combine(isAnd, truth, known, all, otherTruth, otherKnown, otherAll);
        frame.Scratch.Release(mark);
        return result;
    }

    /// <summary>Combines into the first pair of masks.</summary>
    public static bool Combine(
        bool isAnd,
        Span<ulong> truth,
        Span<ulong> known,
        bool all,
        ReadOnlySpan<ulong> otherTruth,
        ReadOnlySpan<ulong> otherKnown,
        bool otherAll
    )
    {
        if (all && otherAll)
        {
            if (isAnd)
                Bits.And(truth, otherTruth);
            else
                Bits.Or(truth, otherTruth);
            return true;
        }
        if (all)
            known.Fill(~0UL);
        if (isAnd && otherAll)
            AndKnown(truth, known, otherTruth);
        else if (isAnd)
            Bits.KleeneAnd(truth, known, otherTruth, otherKnown);
        else if (otherAll)
            OrKnown(truth, known, otherTruth);
        else
            Bits.KleeneOr(truth, known, otherTruth, otherKnown);
        return false;
    }

    /// <summary>A false other side decides.</summary>
    private static void AndKnown(Span<ulong> truth, Span<ulong> known, ReadOnlySpan<ulong> other)
    {
        Bits.And(truth, other);
        for (var i = 0; i < known.Length; i++)
            known[i] |= ~other[i];
    }

    /// <summary>A true other side decides.</summary>
    private static void OrKnown(Span<ulong> truth, Span<ulong> known, ReadOnlySpan<ulong> other)
    {
        Bits.Or(truth, other);
        Bits.Or(known, other);
    }
}

internal sealed class FlagCompare(bool equal, BoolNode left, BoolNode right) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var otherTruth = frame.Scratch.Mask(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        left.EvaluateFully(frame, truth, known);
        right.EvaluateFully(frame, otherTruth, otherKnown);
        for (var i = 0; i < truth.Length; i++)
        {
            known[i] &= otherKnown[i];
            truth[i] = (truth[i] ^ otherTruth[i] ^ (equal ? ~0UL : 0)) & known[i];
        }
        frame.Scratch.Release(mark);
        return false;
    }
}

internal sealed class FlagConditional(BoolNode test, BoolNode then, BoolNode otherwise) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> testTruth = frame.Scratch.Mask(frame),
            testKnown = frame.Scratch.Mask(frame),
            otherTruth = frame.Scratch.Mask(frame),
            otherKnown = frame.Scratch.Mask(frame);
        test.EvaluateFully(frame, testTruth, testKnown);
        then.EvaluateFully(frame, truth, known);
        otherwise.EvaluateFully(frame, otherTruth, otherKnown);
        for (var i = 0; i < truth.Length; i++)
        {
            var yes = testTruth[i];
            var no = testKnown[i] & ~yes;
            truth[i] = truth[i] & yes | otherTruth[i] & no;
            known[i] = known[i] & yes | otherKnown[i] & no;
        }
        frame.Scratch.Release(mark);
        return false;
    }
}
