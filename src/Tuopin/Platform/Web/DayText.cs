using System.Globalization;

namespace Tuopin.Platform.Web;

/// <summary>Days as people type them.</summary>
public static class DayText
{
    private static readonly string[] Formats = ["yyyy-M-d", "yyyyMMdd"];

    /// <summary>The day of 2020-06-12, 2020-6-12, 20200612, 2020.6.12, 2020/6/12 or 2020年6月12日; null for anything else.</summary>
    public static DateOnly? Read(string? text)
    {
        var plain = (text ?? "").Trim().Replace('.', '-').Replace('/', '-').Replace('年', '-').Replace('月', '-').TrimEnd('日');
        return
            DateOnly.TryParseExact(plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1900 and <= 2100
            ? day
            : null;
    }

    public static string Of(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
