using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Bit masks over rows. Masks are padded: bits past the last row may hold anything inside the evaluator and are cleared where they are counted or stored.
/// </summary>
internal static partial class Bits
{
    /// <summary>Words kept past the end of a stored mask, so that shifted reads need no bounds test.</summary>
    public const int Padding = 2;

    public static int Words(int count) => (count + 63) >> 6;

    public static ulong[] Allocate(int count) => new ulong[Words(count) + Padding];

    public static bool Get(ReadOnlySpan<ulong> bits, int index) => (bits[index >> 6] >> index & 1) != 0;

    public static void Set(Span<ulong> bits, int index) => bits[index >> 6] |= 1UL << index;

    public static void ClearTail(Span<ulong> bits, int count)
    {
        if ((count & 63) != 0)
            bits[count >> 6] &= (1UL << count) - 1;
        bits[Words(count)..].Clear();
    }

    /// <summary>Reads bits from any start into whole words.</summary>
    public static void Copy(ulong[] source, int start, Span<ulong> target)
    {
        var from = source.AsSpan(start >> 6);
        var shift = start & 63;
        if (shift == 0)
        {
            from[..target.Length].CopyTo(target);
            return;
        }
        var i = 0;
        for (; i + Vector512<ulong>.Count <= target.Length; i += Vector512<ulong>.Count)
        {
            var low = Vector512.Create<ulong>(from[i..]) >> shift;
            (low | Vector512.Create<ulong>(from[(i + 1)..]) << (64 - shift)).CopyTo(target[i..]);
        }
        for (; i < target.Length; i++)
            target[i] = from[i] >> shift | from[i + 1] << (64 - shift);
    }

    public static int PopCount(ReadOnlySpan<ulong> bits, int from, int to)
    {
        if (from >= to)
            return 0;
        int first = from >> 6,
            last = (to - 1) >> 6;
        var head = ~0UL << from;
        var tail = ~0UL >> (63 - ((to - 1) & 63));
        if (first == last)
            return BitOperations.PopCount(bits[first] & head & tail);
        var count = BitOperations.PopCount(bits[first] & head) + BitOperations.PopCount(bits[last] & tail);
        for (var i = first + 1; i < last; i++)
            count += BitOperations.PopCount(bits[i]);
        return count;
    }

    /// <summary>Whether any bit of [from, to) is set.</summary>
    public static bool Any(ReadOnlySpan<ulong> bits, int from, int to)
    {
        if (from >= to)
            return false;
        int first = from >> 6,
            last = (to - 1) >> 6;
        var head = ~0UL << from;
        var tail = ~0UL >> (63 - ((to - 1) & 63));
        if (first == last)
            return (bits[first] & head & tail) != 0;
        if ((bits[first] & head) != 0 || (bits[last] & tail) != 0)
            return true;
        return bits[(first + 1)..last].ContainsAnyExcept(0UL);
    }

    /// <summary>Parallel bit extract: the bits of <paramref name="value"/> selected by <paramref name="mask"/>, packed low.</summary>
    public static ulong Extract(ulong value, ulong mask)
    {
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitExtract(value, mask);
        var result = 0UL;
        for (var bit = 0; mask != 0; mask &= mask - 1, bit++)
            result |= (value >> BitOperations.TrailingZeroCount(mask) & 1) << bit;
        return result;
    }

    /// <summary>Parallel bit deposit: the low bits of <paramref name="value"/> spread to the places of <paramref name="mask"/>.</summary>
    public static ulong Deposit(ulong value, ulong mask)
    {
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitDeposit(value, mask);
        var result = 0UL;
        for (; mask != 0; mask &= mask - 1, value >>= 1)
            result |= (value & 1) << BitOperations.TrailingZeroCount(mask);
        return result;
    }
}
