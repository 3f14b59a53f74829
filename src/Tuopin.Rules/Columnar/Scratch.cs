using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Working memory of one evaluation, handed out as a stack: take a mark, rent, release the mark. Spans stay valid when it grows, because blocks are added
/// and never moved.
/// </summary>
internal sealed class Scratch
{
    private readonly Stack<ulong> words = new(4096);
    private readonly Stack<long> longs = new(32768);

    private static readonly ConcurrentBag<Scratch> Idle = [];

    /// <summary>One that was used before, if there is: its blocks are large, and fresh ones cost more than a small judgement.</summary>
    public static Scratch Rent() => Idle.TryTake(out var scratch) ? scratch : new Scratch();

    /// <summary>Gives it back with nothing rented.</summary>
    public void Return()
    {
        Release(default);
        if (Idle.Count < Environment.ProcessorCount)
            Idle.Add(this);
    }

    public readonly record struct Mark(int WordBlock, int WordUsed, int LongBlock, int LongUsed);

    public Mark Take() => new(words.Block, words.Used, longs.Block, longs.Used);

    public void Release(Mark mark)
    {
        words.Return(mark.WordBlock, mark.WordUsed);
        longs.Return(mark.LongBlock, mark.LongUsed);
    }

    /// <summary>A mask for the frame, content undefined, with the padding of stored masks behind it.</summary>
    public Span<ulong> Mask(Frame frame) => words.Rent(frame.Words + Bits.Padding)[..frame.Words];

    /// <summary>A mask with its padding in reach, for windows that read past the end.</summary>
    public Span<ulong> PaddedMask(Frame frame)
    {
        var mask = words.Rent(frame.Words + Bits.Padding);
        mask[frame.Words..].Clear();
        return mask;
    }

    /// <summary>Numbers for the frame, content undefined.</summary>
    public Span<long> Numbers(Frame frame) => longs.Rent(frame.Words * 64);

    /// <summary>Blocks begin on a cache line and so does every piece rented: wide loads and stores never straddle two.</summary>
    private sealed class Stack<T>(int blockSize)
        where T : unmanaged
    {
        private static readonly int Line = 64 / Unsafe.SizeOf<T>();
        private readonly List<Memory<T>> blocks = [Allocate(blockSize)];

        public int Block { get; private set; }
        public int Used { get; private set; }

        public Span<T> Rent(int length)
        {
            while (blocks[Block].Length - Used < length)
            {
                Block++;
                Used = 0;
                if (Block == blocks.Count)
                    blocks.Add(Allocate(Math.Max(blockSize, length)));
                else if (blocks[Block].Length < length)
                    blocks[Block] = Allocate(length);
            }
            var span = blocks[Block].Span.Slice(Used, length);
            Used = Math.Min(blocks[Block].Length, Used + (length + Line - 1) / Line * Line);
            return span;
        }

        public void Return(int block, int used)
        {
            Block = block;
            Used = used;
        }

        private static unsafe Memory<T> Allocate(int length)
        {
            var array = GC.AllocateUninitializedArray<T>(length + Line, pinned: true);
            var place = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
            return array.AsMemory((int)((64 - place % 64) % 64) / Unsafe.SizeOf<T>(), length);
        }
    }
}
