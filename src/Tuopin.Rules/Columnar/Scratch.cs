namespace Tuopin.Rules.Columnar;

/// <summary>
/// Working memory of one evaluation, handed out as a stack: take a mark, rent, release the mark. Spans stay valid when it grows, because blocks are added
/// and never moved.
/// </summary>
internal sealed class Scratch
{
    private readonly Stack<ulong> words = new(4096);
    private readonly Stack<long> longs = new(32768);

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

    private sealed class Stack<T>(int blockSize)
    {
        private readonly List<T[]> blocks = [new T[blockSize]];

        public int Block { get; private set; }
        public int Used { get; private set; }

        public Span<T> Rent(int length)
        {
            while (blocks[Block].Length - Used < length)
            {
                Block++;
                Used = 0;
                if (Block == blocks.Count)
                    blocks.Add(new T[Math.Max(blockSize, length)]);
                else if (blocks[Block].Length < length)
                    blocks[Block] = new T[length];
            }
            var span = blocks[Block].AsSpan(Used, length);
            Used += length;
            return span;
        }

        public void Return(int block, int used)
        {
            Block = block;
            Used = used;
        }
    }
}
