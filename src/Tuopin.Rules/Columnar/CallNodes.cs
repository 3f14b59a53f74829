using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>A function of numbers and days, position by position.</summary>
internal sealed class CallNode(Function function, NumberNode first, NumberNode? second) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var all = first.Evaluate(frame, values, known);
        var other = frame.Scratch.Numbers(frame);
        if (second is not null)
        {
            var otherKnown = frame.Scratch.Mask(frame);
            all = ArithmeticNode.MergeKnown(known, all, otherKnown, second.Evaluate(frame, other, otherKnown));
        }
        for (var i = 0; i < frame.Count; i++)
            if (all || Bits.Get(known, i))
                values[i] = Apply(values[i], other[i]);
        if (function == Function.AddMonths)
            all = InCalendar(frame, values, known, all);
        frame.Scratch.Release(mark);
        return all;
    }

    /// <summary>A day outside the years 1 to 9999 is unknown.</summary>
    private static bool InCalendar(Frame frame, ReadOnlySpan<long> days, Span<ulong> known, bool all)
    {
        var inside = frame.Scratch.Mask(frame);
        RangeKernel.InRange(days, 1_01_01, 9999_12_31, inside);
        return ArithmeticNode.MergeKnown(known, all, inside, false);
    }

    private long Apply(long a, long b) =>
        function switch
        {
            Function.MonthsBetween => Calendar.MonthsBetween(a, b),
            Function.DaysBetween => Calendar.Days(b) - Calendar.Days(a),
            Function.AddMonths => Calendar.AddMonths(a, b),
            Function.Year => a / 10000,
            Function.Month => a / 100 % 100,
            Function.MinOf => Math.Min(a, b),
            Function.MaxOf => Math.Max(a, b),
            Function.Abs => Math.Abs(a),
            _ => throw new NotSupportedException($"{function} is not a function of numbers"),
        };
}

/// <summary>
/// Completed years. As days are yyyyMMdd, this is the difference over 10000, and a birthday of 29 February falls on 1 March in common years by itself. On a
/// constant day a range of ages is a range of births.
/// </summary>
internal sealed class AgeNode(NumberNode birth, NumberNode on) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var days = frame.Scratch.Numbers(frame);
        var daysKnown = frame.Scratch.Mask(frame);
        if (birth.Evaluate(frame, values, known))
            known.Fill(~0UL);
        if (!on.Evaluate(frame, days, daysKnown))
            Bits.And(known, daysKnown);
        for (var i = 0; i < frame.Count; i++)
        {
            if (values[i] > days[i])
                known[i >> 6] &= ~(1UL << i);
            values[i] = (days[i] - values[i]) / 10000;
        }
        frame.Scratch.Release(mark);
        return false;
    }

    public override bool InRange(Frame frame, long low, long high, Span<ulong> truth, Span<ulong> known)
    {
        if (!on.TryScalar(frame, out var scalar) || scalar is not { } day)
            return base.InRange(frame, low, high, truth, known);
        var oldest = high > 9998 ? long.MinValue : day - high * 10000 - 9999;
        var youngest = low <= 0 ? day : day - Math.Min(low, 9999) * 10000;
        if (birth.NeverAbove(day))
            return birth.InRange(frame, oldest, youngest, truth, known);
        var mark = frame.Scratch.Take();
        Span<ulong> born = frame.Scratch.Mask(frame);
        var all = birth.InRange(frame, long.MinValue, day, born, known);
        birth.InRange(frame, oldest, youngest, truth, known);
        if (!all || !IsAll(born, frame.Count))
        {
            // Who is not born on the day has no age: born is false or unknown there.
            born.CopyTo(known);
            all = false;
            Bits.And(truth, known);
        }
        frame.Scratch.Release(mark);
        return all;
    }

    private static bool IsAll(ReadOnlySpan<ulong> mask, int count)
    {
        var whole = count >> 6;
        if (mask[..whole].ContainsAnyExcept(~0UL))
            return false;
        return (count & 63) == 0 || (~mask[whole] & (1UL << count) - 1) == 0;
    }
}

/// <summary>Rounded quotient, halves away from zero; unknown where the divisor is zero.</summary>
internal sealed class DivideNode(NumberNode numerator, NumberNode denominator) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        var divisors = frame.Scratch.Numbers(frame);
        var otherKnown = frame.Scratch.Mask(frame);
        if (numerator.Evaluate(frame, values, known))
            known.Fill(~0UL);
        if (!denominator.Evaluate(frame, divisors, otherKnown))
            Bits.And(known, otherKnown);
        for (var i = 0; i < frame.Count; i++)
            if (divisors[i] <= 0)
                known[i >> 6] &= ~(1UL << i);
            else
                values[i] = HalfUp(values[i], divisors[i]);
        frame.Scratch.Release(mark);
        return false;
    }

    /// <summary>Rounds a / b with halves away from zero; b is above zero.</summary>
    public static long HalfUp(long a, long b)
    {
        var quotient = Math.DivRem(a, b, out var rest);
        var isHalfOrMore = Math.Abs(rest) >= b - Math.Abs(rest);
        return isHalfOrMore ? quotient + Math.Sign(a) : quotient;
    }
}

/// <summary>Days as yyyyMMdd.</summary>
internal static class Calendar
{
    /// <summary>Days since an epoch, by the civil calendar.</summary>
    public static long Days(long day)
    {
        long y = day / 10000,
            m = day / 100 % 100,
            d = day % 100;
        y -= m <= 2 ? 1 : 0;
        var era = y / 400;
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    }

    /// <summary>Completed months from a to b; the negative of those from b to a when b is before a.</summary>
    public static long MonthsBetween(long a, long b)
    {
        if (b < a)
            return -MonthsBetween(b, a);
        var months = (b / 10000 - a / 10000) * 12 + b / 100 % 100 - a / 100 % 100;
        return b % 100 < a % 100 ? months - 1 : months;
    }

    public static long AddMonths(long day, long months)
    {
        var month = day / 10000 * 12 + day / 100 % 100 - 1 + months;
        long year = month / 12,
            inYear = month % 12 + 1;
        if (month < 12 || year > 9999)
            return 0;
        return year * 10000 + inYear * 100 + Math.Min(day % 100, DateTime.DaysInMonth((int)year, (int)inYear));
    }
}
