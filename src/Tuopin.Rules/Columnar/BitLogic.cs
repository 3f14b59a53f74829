using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tuopin.Rules.Columnar;

/// <summary>Logic of whole masks, eight words at a time; the first operand takes the result.</summary>
internal static partial class Bits
{
    public static void Not(Span<ulong> bits)
    {
        ref var a = ref MemoryMarshal.GetReference(bits);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= bits.Length; i += Vector512<ulong>.Count)
            (~Vector512.LoadUnsafe(ref a, (nuint)i)).StoreUnsafe(ref a, (nuint)i);
        for (; i < bits.Length; i++)
            bits[i] = ~bits[i];
    }

    public static void And(Span<ulong> bits, ReadOnlySpan<ulong> other) => Run<Conjunction>(bits, other);

    public static void Or(Span<ulong> bits, ReadOnlySpan<ulong> other) => Run<Disjunction>(bits, other);

    public static void AndNot(Span<ulong> bits, ReadOnlySpan<ulong> other) => Run<Difference>(bits, other);

    /// <summary>bits = other and not bits.</summary>
    public static void Complement(Span<ulong> bits, ReadOnlySpan<ulong> other) => Run<Remainder>(bits, other);

    /// <summary>bits = other or not bits.</summary>
    public static void OrNot(Span<ulong> bits, ReadOnlySpan<ulong> other) => Run<Implication>(bits, other);

    /// <summary>Kleene and of two pairs of masks (true, known).</summary>
    public static void KleeneAnd(Span<ulong> truth, Span<ulong> known, ReadOnlySpan<ulong> otherTruth, ReadOnlySpan<ulong> otherKnown) =>
        Run<Both>(truth, known, otherTruth, otherKnown);

    /// <summary>Kleene or of two pairs of masks (true, known).</summary>
    public static void KleeneOr(Span<ulong> truth, Span<ulong> known, ReadOnlySpan<ulong> otherTruth, ReadOnlySpan<ulong> otherKnown) =>
        Run<Either>(truth, known, otherTruth, otherKnown);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(Span<ulong> bits, ReadOnlySpan<ulong> other)
        where T : struct, ILogic
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(other.Length, bits.Length);
        ref var a = ref MemoryMarshal.GetReference(bits);
        ref var b = ref MemoryMarshal.GetReference(other);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= bits.Length; i += Vector512<ulong>.Count)
            T.Of(Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref b, (nuint)i)).StoreUnsafe(ref a, (nuint)i);
        for (; i < bits.Length; i++)
            bits[i] = T.Of(Vector512.CreateScalar(bits[i]), Vector512.CreateScalar(other[i])).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(Span<ulong> truth, Span<ulong> known, ReadOnlySpan<ulong> otherTruth, ReadOnlySpan<ulong> otherKnown)
        where T : struct, IKleene
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(known.Length, Math.Min(otherTruth.Length, otherKnown.Length)), truth.Length);
        ref var t = ref MemoryMarshal.GetReference(truth);
        ref var k = ref MemoryMarshal.GetReference(known);
        ref var u = ref MemoryMarshal.GetReference(otherTruth);
        ref var l = ref MemoryMarshal.GetReference(otherKnown);
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= (nuint)truth.Length; i += (nuint)Vector512<ulong>.Count)
        {
            var (x, y) = T.Of(
                Vector512.LoadUnsafe(ref t, i),
                Vector512.LoadUnsafe(ref k, i),
                Vector512.LoadUnsafe(ref u, i),
                Vector512.LoadUnsafe(ref l, i)
            );
            x.StoreUnsafe(ref t, i);
            y.StoreUnsafe(ref k, i);
        }
        for (var j = (int)i; j < truth.Length; j++)
        {
            var (x, y) = T.Of(
                Vector512.CreateScalar(truth[j]),
                Vector512.CreateScalar(known[j]),
                Vector512.CreateScalar(otherTruth[j]),
                Vector512.CreateScalar(otherKnown[j])
            );
            (truth[j], known[j]) = (x.ToScalar(), y.ToScalar());
        }
    }

    private interface ILogic
    {
        static abstract Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b);
    }

    private interface IKleene
    {
        static abstract (Vector512<ulong> Truth, Vector512<ulong> Known) Of(
            Vector512<ulong> t,
            Vector512<ulong> k,
            Vector512<ulong> u,
            Vector512<ulong> l
        );
    }

    private readonly struct Conjunction : ILogic
    {
        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a & b;
    }

    private readonly struct Disjunction : ILogic
    {
        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a | b;
    }

    private readonly struct Difference : ILogic
    {
        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a & ~b;
    }

    private readonly struct Remainder : ILogic
    {
        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => b & ~a;
    }

    private readonly struct Implication : ILogic
    {
        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => b | ~a;
    }

    private readonly struct Both : IKleene
    {
        public static (Vector512<ulong> Truth, Vector512<ulong> Known) Of(
            Vector512<ulong> t,
            Vector512<ulong> k,
            Vector512<ulong> u,
            Vector512<ulong> l
        ) => (t & u, k & l | k & ~t | l & ~u);
    }

    private readonly struct Either : IKleene
    {
        public static (Vector512<ulong> Truth, Vector512<ulong> Known) Of(
            Vector512<ulong> t,
            Vector512<ulong> k,
            Vector512<ulong> u,
            Vector512<ulong> l
        ) => (t | u, k & l | t | u);
    }
}
