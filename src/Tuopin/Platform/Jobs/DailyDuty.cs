namespace Tuopin.Platform.Jobs;

/// <summary>
/// Something that a new day brings, done by the console without anybody asking: at its start and whenever the work date is another. It asks itself whether the
/// day was seen to already, for a console may be started again, and so may a second one.
/// </summary>
public sealed record DailyDuty(string Name, Action<Installation> Run);
