using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>64-bit arithmetic and comparison over whole words of positions (lengths are multiples of 64).</summary>
internal static class Vectors
{
    public static void Combine(ArithmeticOperator op, Span<long> values, ReadOnlySpan<long> other)
    {
        switch (op)
        {
            case ArithmeticOperator.Add:
                Run<Sum>(values, other);
                break;
            case ArithmeticOperator.Subtract:
                Run<Difference>(values, other);
                break;
            default:
                Run<Product>(values, other);
                break;
        }
    }

    public static void Combine(ArithmeticOperator op, Span<long> values, long constant)
    {
        switch (op)
        {
            case ArithmeticOperator.Add:
                Run<Sum>(values, constant);
                break;
            case ArithmeticOperator.Subtract:
                Run<Difference>(values, constant);
                break;
            default:
                Run<Product>(values, constant);
                break;
        }
    }

    /// <summary>Products of numbers that fit 32 bits: the full 64-bit product of vectors takes several times as long.</summary>
    public static void MultiplyNarrow(Span<long> values, long constant)
    {
        if (Avx512F.IsSupported)
            Run<NarrowProduct>(values, constant);
        else
            Run<Product>(values, constant);
    }

    /// <summary>Lengths of segments from their offsets, of which there is one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differences(ReadOnlySpan<int> offsets, Span<long> values)
    {
        var i = 0;
        ref var from = ref MemoryMarshal.GetReference(offsets);
        ref var to = ref MemoryMarshal.GetReference(values);
        for (; i + 8 <= values.Length; i += 8)
        {
            var lengths = Vector256.LoadUnsafe(ref from, (nuint)i + 1) - Vector256.LoadUnsafe(ref from, (nuint)i);
            var (low, high) = Vector256.Widen(lengths);
            low.StoreUnsafe(ref to, (nuint)i);
            high.StoreUnsafe(ref to, (nuint)i + 4);
        }
        for (; i < values.Length; i++)
            values[i] = offsets[i + 1] - offsets[i];
    }

    /// <summary>Bits where a &lt; b, or a == b.</summary>
    public static void Compare(bool equal, ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<ulong> bits)
    {
        if (equal)
            Compare<Equality>(left, right, bits);
        else
            Compare<Order>(left, right, bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compare<T>(ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<ulong> bits)
        where T : struct, IOperation
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        nuint at = 0;
        for (var word = 0; word < bits.Length; word++)
        {
            var result = 0UL;
            for (var lane = 0; lane < 64; lane += Vector512<long>.Count, at += (nuint)Vector512<long>.Count)
                result |= T.Apply(Vector512.LoadUnsafe(ref a, at), Vector512.LoadUnsafe(ref b, at)).ExtractMostSignificantBits() << lane;
            bits[word] = result;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(Span<long> values, ReadOnlySpan<long> other)
        where T : struct, IOperation
    {
        ref var a = ref MemoryMarshal.GetReference(values);
        ref var b = ref MemoryMarshal.GetReference(other);
        for (nuint i = 0; i < (nuint)values.Length; i += (nuint)Vector512<long>.Count)
            T.Apply(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i)).StoreUnsafe(ref a, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(Span<long> values, long constant)
        where T : struct, IOperation
    {
        ref var a = ref MemoryMarshal.GetReference(values);
        var b = Vector512.Create(constant);
        for (nuint i = 0; i < (nuint)values.Length; i += (nuint)Vector512<long>.Count)
            T.Apply(Vector512.LoadUnsafe(ref a, i), b).StoreUnsafe(ref a, i);
    }

    private interface IOperation
    {
        static abstract Vector512<long> Apply(Vector512<long> x, Vector512<long> y);
    }

    private readonly struct Sum : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => x + y;
    }

    private readonly struct Difference : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => x - y;
    }

    private readonly struct Product : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => x * y;
    }

    private readonly struct NarrowProduct : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => Avx512F.Multiply(x.AsInt32(), y.AsInt32());
    }

    private readonly struct Equality : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => Vector512.Equals(x, y);
    }

    private readonly struct Order : IOperation
    {
        public static Vector512<long> Apply(Vector512<long> x, Vector512<long> y) => Vector512.LessThan(x, y);
    }
}
