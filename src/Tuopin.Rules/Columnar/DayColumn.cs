namespace Tuopin.Rules.Columnar;

/// <summary>
/// Days within 176 years as 16-bit numbers in the order of days: months of 31 days, years of 12 months, so that no calendar is needed to go back. Half the
/// width of yyyyMMdd is half the memory a test of births has to read.
/// </summary>
internal sealed class DayColumn : NumberColumn
{
    private const int DaysOfYear = 372;
    private const int DaysOfMonth = 31;

    private readonly ushort[] codes;
    private readonly int firstYear;

    private DayColumn(ushort[] codes, int firstYear)
    {
        this.codes = codes;
        this.firstYear = firstYear;
    }

    public override long Size => 2L * codes.Length + 8L * (Known?.Length ?? 0);

    public override long this[int row] => IsKnown(row) ? DayOf(codes[row]) : 0;

    /// <summary>The narrow form of a column of days; null when a value is no day, or the years are too many.</summary>
    public static DayColumn? From(int[] days, int count, ulong[]? known, long min, long max)
    {
        var firstYear = (int)(min / 10000);
        if (min > max || (max / 10000 - firstYear + 1) * DaysOfYear > ushort.MaxValue)
            return null;
        var codes = new ushort[count + RangeKernel.Padding];
        for (var row = 0; row < count; row++)
        {
            var day = days[row];
            if (known is not null && !Bits.Get(known, row))
                continue;
            if (day / 100 % 100 is < 1 or > 12 || day % 100 is < 1 or > DaysOfMonth)
                return null;
            codes[row] = (ushort)CodeOf(day, firstYear);
        }
        return new DayColumn(codes, firstYear)
        {
            Count = count,
            Known = known,
            Min = min,
            Max = max,
        };
    }

    internal override void Load(int start, Span<long> values)
    {
        var source = codes.AsSpan(start, values.Length);
        for (var i = 0; i < values.Length; i++)
            values[i] = DayOf(source[i]);
    }

    internal override void Gather(ReadOnlySpan<int> rows, Span<long> values)
    {
        for (var i = 0; i < rows.Length; i++)
            values[i] = rows[i] < 0 ? 0 : DayOf(codes[rows[i]]);
    }

    internal override void InRange(int start, long low, long high, Span<ulong> bits)
    {
        if (low > high || low > Max || high < Min)
            bits.Clear();
        else if (low <= Min && high >= Max)
            bits.Fill(~0UL);
        else
        {
            var first = low <= Min ? ushort.MinValue : (ushort)FirstFrom(low);
            var next = high >= Max ? ushort.MaxValue : FirstFrom(high + 1) - 1;
            if (next < first)
                bits.Clear();
            else
                RangeKernel.InRange(codes.AsSpan(start), first, (ushort)next, bits);
        }
    }

    /// <summary>The code of the first day that is not before a number within the years of the column, which itself may be no day: 20030100, 20031399.</summary>
    private int FirstFrom(long number)
    {
        int year = (int)(number / 10000),
            month = (int)(number / 100 % 100),
            day = (int)(number % 100);
        if (day > DaysOfMonth)
            (month, day) = (month + 1, 1);
        if (month > 12)
            (year, month, day) = (year + 1, 1, 1);
        if (month < 1)
            (month, day) = (1, 1);
        return CodeOf(year * 10000 + month * 100 + Math.Max(day, 1), firstYear);
    }

    private static int CodeOf(int day, int firstYear) => (day / 10000 - firstYear) * DaysOfYear + (day / 100 % 100 - 1) * DaysOfMonth + day % 100 - 1;

    private long DayOf(ushort code) =>
        (firstYear + code / DaysOfYear) * 10000L + (code % DaysOfYear / DaysOfMonth + 1) * 100 + code % DaysOfMonth + 1;
}
