using System.Globalization;

namespace Tuopin.Tests.Support;

/// <summary>A clock that stands still during a command and goes on a minute after it, so that every change has a time of its own.</summary>
public sealed class StepClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>The time as --known-at takes it.</summary>
    public string Text => Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}
