namespace Tuopin.Platform;

/// <summary>Days are those of China, where one begins at 16:00 UTC of the day before.</summary>
public static class ChinaTime
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().ToOffset(Offset).DateTime);

    /// <summary>The last millisecond of a day, in UTC.</summary>
    public static DateTime EndOf(DateOnly day) =>
        new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Offset).AddDays(1).UtcDateTime.AddMilliseconds(-1);
}
