using System.Numerics;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Fills one column, row after row. Rows that are skipped are unknown. A value that does not fit the width of the fact's declared range widens the column
/// instead of failing: the data may be older than the range.
/// </summary>
public sealed class ColumnBuilder
{
    private readonly TextBuilder texts;
    private readonly bool isFlag;
    private readonly bool isText;
    private readonly bool isDate;
    private ulong[] known = [];
    private ulong[] truth = [];
    private byte[] bytes = [];
    private short[] shorts = [];
    private int[] ints = [];
    private long[] longs = [];
    private int width;
    private int capacity;
    private int knownCount;
    private long min = long.MaxValue;
    private long max = long.MinValue;

    internal ColumnBuilder(Fact fact, TextBuilder texts)
    {
        this.texts = texts;
        isFlag = fact.Type.Kind == Kind.Bool;
        isText = fact.Type.Kind == Kind.Text;
        isDate = fact.Type.Kind == Kind.Date;
        width = isFlag ? 0 : WidthOf(fact);
    }

    /// <summary>States the value of a row; a boolean is 0 or 1.</summary>
    public void Set(int row, long value)
    {
        if (row >= capacity)
            Grow(row);
        known[row >> 6] |= 1UL << row;
        knownCount++;
        if (isFlag)
        {
            truth[row >> 6] |= (ulong)value << row;
            return;
        }
        min = Math.Min(min, value);
        max = Math.Max(max, value);
        Store(row, value);
    }

    /// <summary>States the text of a row.</summary>
    public void Set(int row, string text) => Set(row, texts.Code(text));

    internal bool IsText => isText;

    /// <summary>Puts the final codes in the place of the provisional ones.</summary>
    internal Column Build(int count, int[]? textOrder)
    {
        Grow(count + RangeKernel.Padding);
        var mask = knownCount == count ? null : known.AsSpan(0, Bits.Words(count) + Bits.Padding).ToArray();
        if (isFlag)
            return new FlagColumn
            {
                Count = count,
                Known = mask,
                Truth = truth.AsSpan(0, Bits.Words(count) + Bits.Padding).ToArray(),
            };
        if (isText && textOrder is not null)
            Recode(count, textOrder);
        return isDate && width == 4 && DayColumn.From(ints, count, mask, min, max) is { } days ? days : Fit(count, mask);
    }

    private void Recode(int count, int[] order)
    {
        min = long.MaxValue;
        max = long.MinValue;
        for (var row = 0; row < count; row++)
        {
            if (!Bits.Get(known, row))
                continue;
            var code = order[ints[row]];
            ints[row] = code;
            min = Math.Min(min, code);
            max = Math.Max(max, code);
        }
    }

    /// <summary>The narrowest width the known values fit in.</summary>
    private NumberColumn Fit(int count, ulong[]? mask)
    {
        if (min > max)
            return Column(count, mask, bytes.Length > count ? bytes : new byte[count + RangeKernel.Padding]);
        if (width == 8 && (min < int.MinValue || max > int.MaxValue))
            return Column(count, mask, longs);
        if (width >= 4 && (min < short.MinValue || max > short.MaxValue))
            return Column(count, mask, width == 4 ? ints : Narrow<int>(count));
        if (width >= 2 && (min < 0 || max > byte.MaxValue))
            return Column(count, mask, width == 2 ? shorts : Narrow<short>(count));
        return Column(count, mask, width == 1 ? bytes : Narrow<byte>(count));
    }

    private T[] Narrow<T>(int count)
        where T : struct, IBinaryInteger<T>
    {
        var values = new T[count + RangeKernel.Padding];
        for (var row = 0; row < count; row++)
            values[row] = T.CreateTruncating(Read(row));
        return values;
    }

    private NumberColumn<T> Column<T>(int count, ulong[]? mask, T[] values)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Array.Resize(ref values, count + RangeKernel.Padding);
        return new NumberColumn<T>
        {
            Count = count,
            Known = mask,
            Values = values,
            Min = min,
            Max = max,
        };
    }

    private void Store(int row, long value)
    {
        while (true)
        {
            switch (width)
            {
                case 1 when value is >= 0 and <= byte.MaxValue:
                    bytes[row] = (byte)value;
                    return;
                case 2 when value is >= short.MinValue and <= short.MaxValue:
                    shorts[row] = (short)value;
                    return;
                case 4 when value is >= int.MinValue and <= int.MaxValue:
                    ints[row] = (int)value;
                    return;
                case 8:
                    longs[row] = value;
                    return;
                default:
                    WidenTo(width * 2);
                    break;
            }
        }
    }

    private long Read(int row) =>
        width switch
        {
            1 => bytes[row],
            2 => shorts[row],
            4 => ints[row],
            _ => longs[row],
        };

    private void WidenTo(int target)
    {
        if (target == 2)
            shorts = Array.ConvertAll(bytes, v => (short)v);
        else if (target == 4)
            ints = Array.ConvertAll(shorts, v => (int)v);
        else
            longs = Array.ConvertAll(ints, v => (long)v);
        width = target;
    }

    internal void Reserve(int rows)
    {
        if (rows > capacity)
            Resize(rows);
    }

    private void Grow(int row)
    {
        if (row >= capacity)
            Resize(Math.Max(row + 1, Math.Max(256, capacity * 2)));
    }

    private void Resize(int rows)
    {
        capacity = (rows + 63) & ~63;
        Array.Resize(ref known, (capacity >> 6) + Bits.Padding);
        if (isFlag)
            Array.Resize(ref truth, (capacity >> 6) + Bits.Padding);
        else if (width == 1)
            Array.Resize(ref bytes, capacity);
        else if (width == 2)
            Array.Resize(ref shorts, capacity);
        else if (width == 4)
            Array.Resize(ref ints, capacity);
        else
            Array.Resize(ref longs, capacity);
    }

    private static int WidthOf(Fact fact) =>
        fact.Type.Kind switch
        {
            Kind.Text or Kind.Date => 4,
            Kind.Code => 1,
            _ when fact.Type.Min >= 0 && fact.Type.Max <= byte.MaxValue => 1,
            _ when fact.Type.Min >= short.MinValue && fact.Type.Max <= short.MaxValue => 2,
            _ when fact.Type.Min >= int.MinValue && fact.Type.Max <= int.MaxValue => 4,
            _ => 8,
        };
}

/// <summary>Collects distinct texts and gives them provisional codes; the order is known only at the end.</summary>
internal sealed class TextBuilder
{
    private readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);

    public int Code(string text)
    {
        if (!codes.TryGetValue(text, out var code))
            codes.Add(text, code = codes.Count);
        return code;
    }

    /// <summary>The pool in order, and the final code of each provisional one.</summary>
    public (TextPool Pool, int[] Order) Build()
    {
        var texts = codes.Keys.ToArray();
        Array.Sort(texts, CodePointOrder.Instance);
        var order = new int[texts.Length];
        for (var i = 0; i < texts.Length; i++)
            order[codes[texts[i]]] = i;
        return (new TextPool(texts), order);
    }
}
