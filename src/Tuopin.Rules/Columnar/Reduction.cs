using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tuopin.Rules.Columnar;

/// <summary>Segmented reductions of item masks to owner masks.</summary>
internal static class Reduction
{
    /// <summary>For each owner, whether any of its items is set. Bits past the last item must be clear.</summary>
    public static void Any(Frame frame, Segments segments, ReadOnlySpan<ulong> items, Span<ulong> owners)
    {
        if (!segments.IsRun)
        {
            AnyByLoop(segments, items, owners);
            return;
        }
        AnyOfRun(segments, items, owners);
        if (segments.Link!.NonEmpty is { } nonEmpty)
            Deal(frame, segments, nonEmpty, owners);
    }

    /// <summary>The same for two masks at once.</summary>
    public static void Any(
        Frame frame,
        Segments segments,
        ReadOnlySpan<ulong> items,
        Span<ulong> owners,
        ReadOnlySpan<ulong> otherItems,
        Span<ulong> otherOwners
    )
    {
        if (!segments.IsRun || segments.Link!.NonEmpty is not null)
        {
            Any(frame, segments, items, owners);
            Any(frame, segments, otherItems, otherOwners);
        }
        else
            AnyOfRun(segments, items, owners, otherItems, otherOwners);
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AnyOfRun(Segments segments, ReadOnlySpan<ulong> items, Span<ulong> packed)
    {
        var ends = new Ends(segments);
        ulong carry = 0,
            pending = 0;
        int filled = 0,
            word = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var end = ends[i];
            var result = Bits.Extract(Spread(items[i], ~end, ref carry), end);
            var count = BitOperations.PopCount(end);
            pending |= result << filled;
            filled += count;
            if (filled < 64)
                continue;
            packed[word++] = pending;
            filled -= 64;
            pending = Rest(result, count, filled);
        }
        if (filled > 0)
            packed[word] = pending;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AnyOfRun(
        Segments segments,
        ReadOnlySpan<ulong> items,
        Span<ulong> packed,
        ReadOnlySpan<ulong> otherItems,
        Span<ulong> otherPacked
    )
    {
        var ends = new Ends(segments);
        ulong carry = 0,
            otherCarry = 0,
            pending = 0,
            otherPending = 0;
        int filled = 0,
            word = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var end = ends[i];
            var count = BitOperations.PopCount(end);
            var result = Bits.Extract(Spread(items[i], ~end, ref carry), end);
            var other = Bits.Extract(Spread(otherItems[i], ~end, ref otherCarry), end);
            pending |= result << filled;
            otherPending |= other << filled;
            filled += count;
            if (filled < 64)
                continue;
            (packed[word], otherPacked[word]) = (pending, otherPending);
            word++;
            filled -= 64;
            (pending, otherPending) = (Rest(result, count, filled), Rest(other, count, filled));
        }
        if (filled > 0)
            (packed[word], otherPacked[word]) = (pending, otherPending);
    }

    /// <summary>A word in which an end bit is set when an item of its segment is, here or in the words before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(ulong set, ulong inner, ref ulong carry)
    {
        var sum = (set & inner) + inner;
        var total = sum + carry;
        carry = (sum < inner ? 1UL : 0) | (total < sum ? 1UL : 0);
        return total | set;
    }

    /// <summary>The packed bits that did not fit into the word just stored.</summary>
    private static ulong Rest(ulong result, int count, int left) => left == 0 ? 0 : result >> (count - left);

    /// <summary>An owner without items has no end bit: the packed bits are dealt out to the owners that have some.</summary>
    private static void Deal(Frame frame, Segments segments, ulong[] nonEmpty, Span<ulong> owners)
    {
        var mark = frame.Scratch.Take();
        var packed = frame.Scratch.PaddedMask(frame);
        owners.CopyTo(packed);
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

    /// <summary>The end bits of a run of segments, from its first item to its last.</summary>
    private readonly ref struct Ends
    {
        private readonly ReadOnlySpan<ulong> source;
        private readonly int shift;
        private readonly int last;
        private readonly ulong lastMask;

        public Ends(Segments segments)
        {
            source = segments.Link!.Ends.AsSpan(segments.Items.Start >> 6);
            shift = segments.Items.Start & 63;
            last = Bits.Words(segments.Count) - 1;
            lastMask = ~0UL >> (-segments.Count & 63);
        }

        public ulong this[int word]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                var ends = shift == 0 ? source[word] : source[word] >> shift | source[word + 1] << (64 - shift);
                return word == last ? ends & lastMask : ends;
            }
        }
    }
}
