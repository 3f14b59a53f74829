using System.Globalization;

namespace Tuopin.Demo;

/// <summary>An invented population the demo can make: where it lives by name, and when it stands.</summary>
/// <param name="Id">Of <c>--set</c>, and of its faults in packs/demo/faults.</param>
/// <param name="CountyCode">Six digits, a real county.</param>
/// <param name="WorkDay">yyyyMMdd; its registry year and policy year are one.</param>
public sealed record DemoSet(string Id, string Province, string City, string County, string CountyCode, int WorkDay)
{
    public static DemoSet Huize { get; } = new("huize-2020", "云南省", "曲靖市", "会泽县", "530326", DemoTotals.WorkDay);

    /// <summary>
    /// A township that does not exist, in a real county of Guizhou: the three kinds of monitored households, the line of 7,300 yuan, and lists of departments.
    /// </summary>
    public static DemoSet Guizhou { get; } = new("guizhou-2023", "贵州省", "安顺市", "紫云苗族布依族自治县", "520425", 2023_06_12);

    public static IReadOnlyList<DemoSet> All { get; } = [Huize, Guizhou];

    public int Year => WorkDay / 10000;

    /// <summary>The latest accounting year closed on the work day.</summary>
    public int IncomeYear => Year - 1;

    /// <summary>Years that lie between the population that is drawn, which is that of 2020, and this one.</summary>
    public int Later => Year - DemoTotals.WorkDay / 10000;

    public DateOnly Date => DateOnly.ParseExact($"{WorkDay}", "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The set of a demo by how it is remembered: its size and seed, before them its id if it is not Huize's.</summary>
    public static DemoSet Of(string population) => All.FirstOrDefault(s => population.StartsWith(s.Id, StringComparison.Ordinal)) ?? Huize;
}
