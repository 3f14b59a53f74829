using System.Numerics;

namespace Tuopin.Rules.Columnar;

/// <summary>Segmented reductions of item masks to owner masks.</summary>
internal static class Reduction
{
    /// <summary>For each owner, whether any of its items is set. Bits past the last item must be clear.</summary>
    public static void Any(Frame frame, Segments segments, ReadOnlySpan<ulong> items, Span<ulong> owners)
    {
        if (!segments.IsRun)
            AnyByLoop(segments, items, owners);
        else if (segments.Link!.NonEmpty is { } nonEmpty)
            AnySomeEmpty(frame, segments, nonEmpty, items, owners);
        else
            AnyOfRun(segments, items, owners);
    }

    /// <summary>For each owner, how many of its items are set.</summary>
    public static void Count(Segments segments, ReadOnlySpan<ulong> items, Span<long> counts)
    {
        for (var i = 0; i < segments.Owners; i++)
        {
            var (from, to) = segments[i];
            counts[i] = Bits.PopCount(items, from, to);
        }
    }

    private static void AnyByLoop(Segments segments, ReadOnlySpan<ulong> items, Span<ulong> owners)
    {
        owners.Clear();
        for (var i = 0; i < segments.Owners; i++)
        {
            var (from, to) = segments[i];
            if (Bits.Any(items, from, to))
                Bits.Set(owners, i);
        }
    }

    /// <summary>
    /// Items of a segment stand side by side, its last one marked in <c>ends</c>. Adding the set items to a run of ones carries into the end bit exactly
    /// when one of them is set; the carry out of a word is that of a segment that goes on. The end bits, packed, are the owners in order.
    /// </summary>
    private static void AnyOfRun(Segments segments, ReadOnlySpan<ulong> items, Span<ulong> packed)
    {
        if (segments.Items.Start == segments.Link!.Children)
            return;
        var source = segments.Link.Ends.AsSpan(segments.Items.Start >> 6);
        var shift = segments.Items.Start & 63;
        ulong carry = 0,
            pending = 0;
        int filled = 0,
            word = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var ends = shift == 0 ? source[i] : source[i] >> shift | source[i + 1] << (64 - shift);
            if (i == items.Length - 1)
                ends &= ~0UL >> (-segments.Count & 63);
            var set = items[i];
            var inner = ~ends;
            var sum = (set & inner) + inner;
            var total = sum + carry;
            carry = (sum < inner ? 1UL : 0) | (total < sum ? 1UL : 0);
            var result = Bits.Extract(total | set, ends);
            var count = BitOperations.PopCount(ends);
            pending |= result << filled;
            filled += count;
            if (filled < 64)
                continue;
            packed[word++] = pending;
            filled -= 64;
            pending = filled == 0 ? 0 : result >> (count - filled);
        }
        if (filled > 0)
            packed[word] = pending;
    }

    /// <summary>An owner without items has no end bit: the packed bits are dealt out to the owners that have some.</summary>
    private static void AnySomeEmpty(Frame frame, Segments segments, ulong[] nonEmpty, ReadOnlySpan<ulong> items, Span<ulong> owners)
    {
        var mark = frame.Scratch.Take();
        var packed = frame.Scratch.PaddedMask(frame);
        packed.Clear();
        AnyOfRun(segments, items, packed);
        Bits.Copy(nonEmpty, segments.Parents.Start, owners);
        var at = 0;
        for (var i = 0; i < owners.Length; i++)
        {
            int word = at >> 6,
                shift = at & 63;
            var next = shift == 0 ? packed[word] : packed[word] >> shift | packed[word + 1] << (64 - shift);
            at += BitOperations.PopCount(owners[i]);
            owners[i] = Bits.Deposit(next, owners[i]);
        }
        frame.Scratch.Release(mark);
    }
}
