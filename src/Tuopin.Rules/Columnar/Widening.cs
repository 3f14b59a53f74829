using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tuopin.Rules.Columnar;

/// <summary>Narrow numbers to 64 bits, eight at a time.</summary>
internal static class Widening
{
    public static int SizeOf<T>()
        where T : struct => Unsafe.SizeOf<T>();

    /// <summary>The target's length is a multiple of 8 and the source at least as long.</summary>
    public static void Widen<T>(ReadOnlySpan<T> source, Span<long> target)
        where T : struct, IBinaryInteger<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, target.Length);
        if (typeof(T) == typeof(int))
            WidenInts(MemoryMarshal.Cast<T, int>(source), target);
        else if (typeof(T) == typeof(long))
            MemoryMarshal.Cast<T, long>(source)[..target.Length].CopyTo(target);
        else
            for (var i = 0; i < target.Length; i++)
                target[i] = long.CreateTruncating(source[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenInts(ReadOnlySpan<int> source, Span<long> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        for (nuint i = 0; i < (nuint)target.Length; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            low.StoreUnsafe(ref to, i);
            high.StoreUnsafe(ref to, i + 4);
        }
    }
}
