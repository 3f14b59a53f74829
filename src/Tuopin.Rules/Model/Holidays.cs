using System.Collections.Frozen;

namespace Tuopin.Rules.Model;

/// <summary>The public holidays of one year as they were published: weekdays off, and Saturdays and Sundays worked in their place (调休).</summary>
public sealed record HolidayYear(int Year, Source Source, IReadOnlySet<DateOnly> Off, IReadOnlySet<DateOnly> Worked);

/// <summary>Which days are worked. Of a year nobody stated the holidays of, all that is known are its weekends.</summary>
public sealed class Holidays(IEnumerable<HolidayYear> years)
{
    private readonly FrozenDictionary<int, HolidayYear> years = years.ToFrozenDictionary(y => y.Year);

    public static readonly Holidays None = new([]);

    /// <summary>The years whose holidays are stated, the first first.</summary>
    public IEnumerable<HolidayYear> Years => years.Values.OrderBy(y => y.Year);

    /// <summary>Whether the holidays of the year of a day are stated.</summary>
    public bool Know(DateOnly day) => years.ContainsKey(day.Year);

    public bool IsWorking(DateOnly day)
    {
        var year = years.GetValueOrDefault(day.Year);
        return IsWeekend(day) ? year?.Worked.Contains(day) == true : year?.Off.Contains(day) != true;
    }

    public static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
