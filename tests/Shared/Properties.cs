using FsCheck;

namespace Tuopin.Tests.Shared;

/// <summary>
/// How property tests draw their cases: the same ones in every normal run, so that a red run is always about the change at hand; new ones with every
/// <c>./test --long</c> (TUOPIN_LONG=1), which is where new failures are hunted. A failure found there is kept as a test of its own.
/// </summary>
public static class Properties
{
    public static bool Long { get; } = Environment.GetEnvironmentVariable("TUOPIN_LONG") == "1";

    public static Config Cases(int count)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(count);
        return Long ? config : config.WithReplay(8_364_217_905_113_204_881, 4_190_862_337_541_208_665);
    }
}
