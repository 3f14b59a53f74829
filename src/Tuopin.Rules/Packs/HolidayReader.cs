using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads the public holidays of a year. A weekend is off by itself and a weekday worked by itself: stating those would be a slip of the pen.</summary>
internal sealed class HolidayReader(Findings findings)
{
    private readonly Register<HolidayYear> years = new("holidays of year", findings);

    public IEnumerable<HolidayYear> All => years.Items;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (year, source) = (fields.Int("holidays", 1949, 2100), fields.Source());
        var off = Days(fields, "off", year, weekend: false);
        var worked = Days(fields, "worked", year, weekend: true);
        if (fields.Done())
            years.Add(year!.Value.ToString(CultureInfo.InvariantCulture), new(year.Value, source!, off, worked), document.Root.Span, document.Folder);
    }

    private static HashSet<DateOnly> Days(Fields fields, string key, int? year, bool weekend)
    {
        var days = new HashSet<DateOnly>();
        foreach (var text in fields.Texts(key))
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                fields.Fail(key, $"'{key}' holds days as 2020-06-25, found '{text}'");
            else if (day.Year != year)
                fields.Fail(key, $"{text} is no day of the year of the file");
            else if (Holidays.IsWeekend(day) != weekend)
                fields.Fail(
                    key,
                    weekend
                        ? $"{text} is a weekday, worked by itself: 'worked' holds Saturdays and Sundays"
                        : $"{text} is a Saturday or Sunday, off by itself: 'off' holds weekdays"
                );
            else if (!days.Add(day))
                fields.Fail(key, $"{text} stands twice");
        return days;
    }
}
