using System.Numerics;

namespace Tuopin.Rules.Columnar;

/// <summary>The values of one fact for all rows of a table. Without a known mask every row is known.</summary>
public abstract class Column
{
    internal ulong[]? Known { get; init; }

    /// <summary>Rows.</summary>
    public int Count { get; internal init; }

    /// <summary>Bytes held.</summary>
    public abstract long Size { get; }

    /// <summary>Whether the value of a row is known.</summary>
    public bool IsKnown(int row) => Known is null || Bits.Get(Known, row);

    /// <summary>The stored number of a row (0 or 1 for a boolean, the dictionary code for a text); 0 when unknown.</summary>
    public abstract long this[int row] { get; }
}

/// <summary>A boolean fact: two bit masks, known and true.</summary>
internal sealed class FlagColumn : Column
{
    public required ulong[] Truth { get; init; }

    /// <inheritdoc/>
    public override long Size => 8L * (Truth.Length + (Known?.Length ?? 0));

    /// <inheritdoc/>
    public override long this[int row] => Bits.Get(Truth, row) ? 1 : 0;
}

/// <summary>A number, day, code or text code in the narrowest of four widths.</summary>
public abstract class NumberColumn : Column
{
    /// <summary>The least and the greatest known value, so that a comparison nothing can fail costs nothing. Min is above Max when nothing is known.</summary>
    public long Min { get; internal init; }

    /// <summary>See <see cref="Min"/>.</summary>
    public long Max { get; internal init; }

    /// <summary>Widens rows from <paramref name="start"/> on; the length of the target is a multiple of 64.</summary>
    internal abstract void Load(int start, Span<long> values);

    /// <summary>Reads single rows; a negative row gives 0.</summary>
    internal abstract void Gather(ReadOnlySpan<int> rows, Span<long> values);

    /// <summary>A bit for each row from <paramref name="start"/> on whose value lies in the range, both ends included.</summary>
    internal abstract void InRange(int start, long low, long high, Span<ulong> bits);
}

/// <summary>A number column of one width. The array is padded by <see cref="RangeKernel.Padding"/>.</summary>
internal sealed class NumberColumn<T> : NumberColumn
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public required T[] Values { get; init; }

    public override long Size => (long)Values.Length * Widening.SizeOf<T>() + 8L * (Known?.Length ?? 0);

    public override long this[int row] => long.CreateTruncating(Values[row]);

    internal override void Load(int start, Span<long> values) => Widening.Widen<T>(Values.AsSpan(start), values);

    internal override void Gather(ReadOnlySpan<int> rows, Span<long> values)
    {
        var source = Values;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            values[i] = row < 0 ? 0 : long.CreateTruncating(source[row]);
        }
    }

    internal override void InRange(int start, long low, long high, Span<ulong> bits)
    {
        if (low > high || low > Max || high < Min)
            bits.Clear();
        else if (low <= Min && high >= Max)
            bits.Fill(~0UL);
        else
            RangeKernel.InRange(Values.AsSpan(start), T.CreateSaturating(low), T.CreateSaturating(high), bits);
    }
}
