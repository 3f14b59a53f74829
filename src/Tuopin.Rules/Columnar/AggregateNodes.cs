using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary><c>exists</c>, or <c>all</c> as "no item is false"; the body has the filter written in.</summary>
internal sealed class QuantifierNode(bool isAll, Collection collection, BoolNode body) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var segments = collection.Segments(frame);
        var items = collection.Items(frame, segments);
        Span<ulong> hit = frame.Scratch.Mask(items),
            itemKnown = frame.Scratch.Mask(items);
        var all = body.Evaluate(items, hit, itemKnown);
        if (isAll)
            NumberCompare.Oppose(hit, itemKnown, all);
        Bits.ClearTail(hit, items.Count);
        if (all)
            Reduction.Any(frame, segments, hit, truth);
        else
        {
            Bits.Not(itemKnown);
            Bits.ClearTail(itemKnown, items.Count);
            Reduction.Any(frame, segments, hit, truth, itemKnown, known);
            Bits.OrNot(known, truth);
        }
        if (isAll)
            Bits.Not(truth);
        all = collection.Restrict(segments, all, known);
        if (!all)
            Bits.And(truth, known);
        items.Release();
        frame.Scratch.Release(mark);
        return all;
    }
}

/// <summary><c>count()</c> without a condition: exact, the length of the segment.</summary>
internal sealed class SizeNode(Collection collection) : NumberNode
{
    public override bool FitsInt => true;

    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var segments = collection.Segments(frame);
        Vectors.Differences(segments.Offsets, values[..segments.Owners]);
        var all = collection.Restrict(segments, true, known);
        segments.Release();
        return all;
    }

    /// <summary>"Not empty", the test behind every quotient, is a mask the link holds.</summary>
    public override bool InRange(Frame frame, long low, long high, Span<ulong> truth, Span<ulong> known)
    {
        var segments = collection.Segments(frame);
        if (low != 1 || high != long.MaxValue || !segments.IsRun)
        {
            segments.Release();
            return base.InRange(frame, low, high, truth, known);
        }
        if (segments.Link!.NonEmpty is { } nonEmpty)
            Bits.Copy(nonEmpty, segments.Parents.Start, truth);
        else
            truth.Fill(~0UL);
        var all = collection.Restrict(segments, true, known);
        if (!all)
            Bits.And(truth, known);
        return all;
    }
}

/// <summary><c>count(p)</c>: [true, true + unknown].</summary>
internal sealed class CountNode(Collection collection, BoolNode body) : BoundsNode
{
    public override bool Evaluate(Frame frame, Span<long> low, Span<long> high, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var segments = collection.Segments(frame);
        var items = collection.Items(frame, segments);
        Span<ulong> truth = frame.Scratch.Mask(items),
            itemKnown = frame.Scratch.Mask(items);
        var all = body.Evaluate(items, truth, itemKnown);
        Bits.ClearTail(truth, items.Count);
        Reduction.Count(segments, truth, low);
        if (all)
            low.CopyTo(high);
        else
        {
            for (var i = 0; i < truth.Length; i++)
                truth[i] |= ~itemKnown[i];
            Bits.ClearTail(truth, items.Count);
            Reduction.Count(segments, truth, high);
        }
        all = collection.Restrict(segments, true, known);
        items.Release();
        frame.Scratch.Release(mark);
        return all;
    }
}

/// <summary><c>share(p)</c>: the bounds of the count over the number of items the filter lets through.</summary>
internal sealed class ShareNode(Collection collection, BoolNode? filter, BoolNode body) : FractionNode
{
    public override bool Evaluate(Frame frame, Fractions target, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var segments = collection.Segments(frame);
        var items = collection.Items(frame, segments);
        Span<ulong> truth = frame.Scratch.Mask(items),
            itemKnown = frame.Scratch.Mask(items),
            passes = frame.Scratch.Mask(items),
            passKnown = frame.Scratch.Mask(items);
        body.EvaluateFully(items, truth, itemKnown);
        (filter ?? ConstantFlag.True).EvaluateFully(items, passes, passKnown);
        known.Fill(~0UL);
        for (var i = 0; i < segments.Owners; i++)
            if (!Share(segments[i], truth, itemKnown, passes, passKnown, target, i))
                known[i >> 6] &= ~(1UL << i);
        collection.Restrict(segments, false, known);
        items.Release();
        frame.Scratch.Release(mark);
        return false;
    }

    private static bool Share(
        (int From, int To) segment,
        ReadOnlySpan<ulong> truth,
        ReadOnlySpan<ulong> known,
        ReadOnlySpan<ulong> passes,
        ReadOnlySpan<ulong> passKnown,
        Fractions target,
        int owner
    )
    {
        long sure = 0,
            unsure = 0,
            total = 0;
        for (var i = segment.From; i < segment.To; i++)
        {
            if (!Bits.Get(passKnown, i))
                return false;
            if (!Bits.Get(passes, i))
                continue;
            total++;
            if (Bits.Get(truth, i))
                sure++;
            else if (!Bits.Get(known, i))
                unsure++;
        }
        (target.LowNumerator[owner], target.LowDenominator[owner]) = (sure, total);
        (target.HighNumerator[owner], target.HighDenominator[owner]) = (sure + unsure, total);
        return total > 0;
    }
}

/// <summary><c>sum</c>, <c>min</c> and <c>max</c>; also counts the items summed, for <c>avg</c>.</summary>
internal sealed class FoldNode(AggregateKind kind, Collection collection, BoolNode? filter, NumberNode body) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known) => Fold(frame, values, default, known);

    /// <summary>Folds; fills <paramref name="counts"/> too unless it is empty.</summary>
    public bool Fold(Frame frame, Span<long> values, Span<long> counts, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var segments = collection.Segments(frame);
        var items = collection.Items(frame, segments);
        var itemValues = frame.Scratch.Numbers(items);
        Span<ulong> itemKnown = frame.Scratch.Mask(items),
            passes = frame.Scratch.Mask(items),
            passKnown = frame.Scratch.Mask(items);
        var all = body.Evaluate(items, itemValues, itemKnown);
        if (all && filter is null && kind is AggregateKind.Sum && counts.IsEmpty)
            all = SumAll(segments, itemValues, values);
        else
        {
            if (all)
                itemKnown.Fill(~0UL);
            (filter ?? ConstantFlag.True).EvaluateFully(items, passes, passKnown);
            known.Fill(~0UL);
            for (var i = 0; i < segments.Owners; i++)
            {
                var count = Fold(segments[i], itemValues, itemKnown, passes, passKnown, out values[i]);
                if (!counts.IsEmpty)
                    counts[i] = count;
                if (count < 0 || count == 0 && kind != AggregateKind.Sum)
                    known[i >> 6] &= ~(1UL << i);
            }
            all = false;
        }
        all = collection.Restrict(segments, all, known);
        items.Release();
        frame.Scratch.Release(mark);
        return all;
    }

    private static bool SumAll(Segments segments, ReadOnlySpan<long> items, Span<long> sums)
    {
        for (var i = 0; i < segments.Owners; i++)
        {
            var (from, to) = segments[i];
            long sum = 0;
            for (; from < to; from++)
                sum += items[from];
            sums[i] = sum;
        }
        return true;
    }

    /// <summary>The fold of one segment and its number of items, or -1 when it is unknown.</summary>
    private int Fold(
        (int From, int To) segment,
        ReadOnlySpan<long> items,
        ReadOnlySpan<ulong> known,
        ReadOnlySpan<ulong> passes,
        ReadOnlySpan<ulong> passKnown,
        out long result
    )
    {
        result = 0;
        var count = 0;
        for (var i = segment.From; i < segment.To; i++)
        {
            if (!Bits.Get(passKnown, i))
                return -1;
            if (!Bits.Get(passes, i))
                continue;
            if (!Bits.Get(known, i))
                return -1;
            result = count++ == 0 ? items[i] : Fold(result, items[i]);
        }
        return count;
    }

    private long Fold(long result, long item) =>
        kind switch
        {
            AggregateKind.Min => Math.Min(result, item),
            AggregateKind.Max => Math.Max(result, item),
            _ => result + item,
        };
}

/// <summary><c>avg</c>: the sum over the number of items summed.</summary>
internal sealed class AverageNode(FoldNode sum) : FractionNode
{
    public override bool Evaluate(Frame frame, Fractions target, Span<ulong> known)
    {
        var all = sum.Fold(frame, target.LowNumerator, target.LowDenominator, known);
        target.LowNumerator.CopyTo(target.HighNumerator);
        target.LowDenominator.CopyTo(target.HighDenominator);
        return all;
    }
}
