namespace Tuopin.Linkage;

/// <summary>
/// A day (yyyyMMdd, 0 for none): the same; day and month exchanged; one digit changed or two neighbours exchanged; two of year, month and day the same;
/// less than two years apart; otherwise.
/// </summary>
public sealed class DayComparison(string name, int[] days)
    : Comparison(name, "same", "day_month_exchanged", "one_digit", "one_part", "near", "otherwise")
{
    public override int Level(int a, int b)
    {
        var (x, y) = (days[a], days[b]);
        if (x == 0 || y == 0)
            return Missing;
        if (x == y)
            return 0;
        var (yearX, monthX, dayX) = (x / 10000, x / 100 % 100, x % 100);
        var (yearY, monthY, dayY) = (y / 10000, y / 100 % 100, y % 100);
        if (yearX == yearY && monthX == dayY && dayX == monthY)
            return 1;
        if (OneSlip(x, y))
            return 2;
        var same = (yearX == yearY ? 1 : 0) + (monthX == monthY ? 1 : 0) + (dayX == dayY ? 1 : 0);
        return same == 2 ? 3
            : Math.Abs(yearX - yearY) < 2 ? 4
            : 5;
    }

    private static bool OneSlip(int x, int y)
    {
        int differing = 0,
            first = -1,
            second = -1;
        for (var place = 0; place < 8; place++, x /= 10, y /= 10)
            if (x % 10 != y % 10)
            {
                if (++differing > 2)
                    return false;
                if (differing == 1)
                    first = place * 100 + x % 10 * 10 + y % 10;
                else
                    second = place * 100 + x % 10 * 10 + y % 10;
            }
        return differing == 1 || second / 100 == first / 100 + 1 && second % 100 / 10 == first % 10 && second % 10 == first % 100 / 10;
    }
}
