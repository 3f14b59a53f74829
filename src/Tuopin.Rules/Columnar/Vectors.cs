using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>64-bit arithmetic and comparison over whole words of positions (lengths are multiples of 64).</summary>
internal static class Vectors
{
    public static void Combine(ArithmeticOperator op, Span<long> values, ReadOnlySpan<long> other)
    {
        ref var a = ref MemoryMarshal.GetReference(values);
        ref var b = ref MemoryMarshal.GetReference(other);
        for (nuint i = 0; i < (nuint)values.Length; i += (nuint)Vector256<long>.Count)
        {
            Vector256<long> x = Vector256.LoadUnsafe(ref a, i),
                y = Vector256.LoadUnsafe(ref b, i);
            Apply(op, x, y).StoreUnsafe(ref a, i);
        }
    }

    public static void Combine(ArithmeticOperator op, Span<long> values, long constant)
    {
        ref var a = ref MemoryMarshal.GetReference(values);
        var y = Vector256.Create(constant);
        for (nuint i = 0; i < (nuint)values.Length; i += (nuint)Vector256<long>.Count)
            Apply(op, Vector256.LoadUnsafe(ref a, i), y).StoreUnsafe(ref a, i);
    }

    /// <summary>Bits where a &lt; b, or a == b.</summary>
    public static void Compare(bool equal, ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<ulong> bits)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        nuint at = 0;
        for (var word = 0; word < bits.Length; word++)
        {
            var result = 0UL;
            for (var lane = 0; lane < 64; lane += Vector512<long>.Count, at += (nuint)Vector512<long>.Count)
            {
                Vector512<long> x = Vector512.LoadUnsafe(ref a, at),
                    y = Vector512.LoadUnsafe(ref b, at);
                result |= (equal ? Vector512.Equals(x, y) : Vector512.LessThan(x, y)).ExtractMostSignificantBits() << lane;
            }
            bits[word] = result;
        }
    }

    private static Vector256<long> Apply(ArithmeticOperator op, Vector256<long> x, Vector256<long> y) =>
        op switch
        {
            ArithmeticOperator.Add => x + y,
            ArithmeticOperator.Subtract => x - y,
            _ => x * y,
        };
}
