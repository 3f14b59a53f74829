using System.Globalization;

namespace Tuopin.Platform.Web;

/// <summary>Moments for people: always in the time of China, whatever the server's clock is set to. Stored moments are UTC.</summary>
public static class ShownTime
{
    /// <summary>A stored moment, to the minute.</summary>
    public static string Of(string stamp) => Write(stamp, "yyyy-MM-dd HH:mm");

    /// <summary>The time of day of a stored moment, to the second.</summary>
    public static string Second(string stamp) => Write(stamp, "HH:mm:ss");

    /// <summary>The time of day now.</summary>
    public static string Clock(TimeProvider clock) => clock.GetUtcNow().ToOffset(ChinaTime.Offset).ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Write(string stamp, string format) =>
        DateTimeOffset.Parse(stamp, CultureInfo.InvariantCulture).ToOffset(ChinaTime.Offset).ToString(format, CultureInfo.InvariantCulture);
}
