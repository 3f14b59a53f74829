using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Tests a narrow column against a range of constants, 64 rows to a word. Reads whole words: every array it is given is padded by 64 elements. Loops here
/// and in the other kernels are compiled fully at once: a single judgement of a nation is over before the runtime would tier them up.
/// </summary>
internal static class RangeKernel
{
    /// <summary>Elements kept past the end of every number array.</summary>
    public const int Padding = 64;

    public static void InRange<T>(ReadOnlySpan<T> values, T low, T high, Span<ulong> bits)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (low == high)
            Run<T, EqualTest<T>>(values, low, high, bits);
        else if (low == T.MinValue)
            Run<T, AtMostTest<T>>(values, low, high, bits);
        else if (high == T.MaxValue)
            Run<T, AtLeastTest<T>>(values, low, high, bits);
        else
            Run<T, BetweenTest<T>>(values, low, high, bits);
    }

    private static void Run<T, TTest>(ReadOnlySpan<T> values, T low, T high, Span<ulong> bits)
        where T : struct, IBinaryInteger<T>
        where TTest : struct, IRangeTest<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, bits.Length * 64);
        ref var source = ref MemoryMarshal.GetReference(values);
        if (Vector512.IsHardwareAccelerated)
            Run512<T, TTest>(ref source, Vector512.Create(low), Vector512.Create(high), bits);
        else
            Run256<T, TTest>(ref source, Vector256.Create(low), Vector256.Create(high), bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run512<T, TTest>(ref T source, Vector512<T> low, Vector512<T> high, Span<ulong> bits)
        where T : struct, IBinaryInteger<T>
        where TTest : struct, IRangeTest<T>
    {
        nuint at = 0;
        for (var word = 0; word < bits.Length; word++, at += 64)
        {
            if (Vector512<T>.Count == 64)
                bits[word] = Lane<T, TTest>(ref source, at, 0, low, high);
            else if (Vector512<T>.Count == 32)
                bits[word] = Lane<T, TTest>(ref source, at, 0, low, high) | Lane<T, TTest>(ref source, at, 32, low, high);
            else if (Vector512<T>.Count == 16)
                bits[word] =
                    Lane<T, TTest>(ref source, at, 0, low, high)
                    | Lane<T, TTest>(ref source, at, 16, low, high)
                    | Lane<T, TTest>(ref source, at, 32, low, high)
                    | Lane<T, TTest>(ref source, at, 48, low, high);
            else
                bits[word] =
                    Lane<T, TTest>(ref source, at, 0, low, high)
                    | Lane<T, TTest>(ref source, at, 8, low, high)
                    | Lane<T, TTest>(ref source, at, 16, low, high)
                    | Lane<T, TTest>(ref source, at, 24, low, high)
                    | Lane<T, TTest>(ref source, at, 32, low, high)
                    | Lane<T, TTest>(ref source, at, 40, low, high)
                    | Lane<T, TTest>(ref source, at, 48, low, high)
                    | Lane<T, TTest>(ref source, at, 56, low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Lane<T, TTest>(ref T source, nuint at, int lane, Vector512<T> low, Vector512<T> high)
        where T : struct, IBinaryInteger<T>
        where TTest : struct, IRangeTest<T> =>
        TTest.Test(Vector512.LoadUnsafe(ref source, at + (nuint)lane), low, high).ExtractMostSignificantBits() << lane;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run256<T, TTest>(ref T source, Vector256<T> low, Vector256<T> high, Span<ulong> bits)
        where T : struct, IBinaryInteger<T>
        where TTest : struct, IRangeTest<T>
    {
        nuint at = 0;
        for (var word = 0; word < bits.Length; word++)
        {
            var result = 0UL;
            for (var lane = 0; lane < 64; lane += Vector256<T>.Count, at += (nuint)Vector256<T>.Count)
                result |= (ulong)TTest.Test(Vector256.LoadUnsafe(ref source, at), low, high).ExtractMostSignificantBits() << lane;
            bits[word] = result;
        }
    }

    private interface IRangeTest<T>
    {
        static abstract Vector512<T> Test(Vector512<T> value, Vector512<T> low, Vector512<T> high);
        static abstract Vector256<T> Test(Vector256<T> value, Vector256<T> low, Vector256<T> high);
    }

    private readonly struct EqualTest<T> : IRangeTest<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Test(Vector512<T> value, Vector512<T> low, Vector512<T> high) => Vector512.Equals(value, low);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test(Vector256<T> value, Vector256<T> low, Vector256<T> high) => Vector256.Equals(value, low);
    }

    private readonly struct AtMostTest<T> : IRangeTest<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Test(Vector512<T> value, Vector512<T> low, Vector512<T> high) => Vector512.LessThanOrEqual(value, high);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test(Vector256<T> value, Vector256<T> low, Vector256<T> high) => Vector256.LessThanOrEqual(value, high);
    }

    private readonly struct AtLeastTest<T> : IRangeTest<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Test(Vector512<T> value, Vector512<T> low, Vector512<T> high) => Vector512.GreaterThanOrEqual(value, low);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test(Vector256<T> value, Vector256<T> low, Vector256<T> high) => Vector256.GreaterThanOrEqual(value, low);
    }

    private readonly struct BetweenTest<T> : IRangeTest<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Test(Vector512<T> value, Vector512<T> low, Vector512<T> high) =>
            Vector512.GreaterThanOrEqual(value, low) & Vector512.LessThanOrEqual(value, high);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test(Vector256<T> value, Vector256<T> low, Vector256<T> high) =>
            Vector256.GreaterThanOrEqual(value, low) & Vector256.LessThanOrEqual(value, high);
    }
}
