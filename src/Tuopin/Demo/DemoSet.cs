using System.Globalization;

namespace Tuopin.Demo;

/// <summary>A demo: an invented population or a county without one, where it is by name, and the day it stands at.</summary>
/// <param name="Id">Of <c>--set</c>, and of its faults in packs/demo/faults.</param>
/// <param name="CountyCode">Six digits, a real county.</param>
/// <param name="WorkDay">yyyyMMdd; its registry year and policy year are one.</param>
public sealed record DemoSet(string Id, string Province, string City, string County, string CountyCode, int WorkDay)
{
    public static DemoSet Huize { get; } = new("huize-2020", "云南省", "曲靖市", "会泽县", "530326", DemoTotals.WorkDay) { Report = "huize_2020" };

    /// <summary>
    /// A township that does not exist, in a real county of Guizhou: the three kinds of monitored households, the line of 7,300 yuan, and lists of departments.
    /// </summary>
    public static DemoSet Guizhou { get; } = new("guizhou-2023", "贵州省", "安顺市", "紫云苗族布依族自治县", "520425", 2023_06_12);

    /// <summary>A city without a registry: what a speech of that day stated.</summary>
    public static DemoSet Wenshan { get; } =
        new("wenshan-2018", "云南省", "文山壮族苗族自治州", "文山市", "532601", 2018_03_28) { Report = "wenshan_2018", HasPeople = false };

    /// <summary>A county without a registry: what a bulletin of that day stated.</summary>
    public static DemoSet Teng { get; } =
        new("teng-2020", "广西壮族自治区", "梧州市", "藤县", "450422", 2020_05_11) { Report = "teng_2020", HasPeople = false };

    public static IReadOnlyList<DemoSet> All { get; } = [Huize, Guizhou, Wenshan, Teng];

    /// <summary>The report pack whose statements the demo has; null for none.</summary>
    public string? Report { get; private init; }

    /// <summary>Whether there is a population; else there are only areas and what departments state.</summary>
    public bool HasPeople { get; private init; } = true;

    public int Year => WorkDay / 10000;

    /// <summary>The latest accounting year closed on the work day.</summary>
    public int IncomeYear => Year - 1;

    /// <summary>Years that lie between the population that is drawn, which is that of 2020, and this one.</summary>
    public int Later => Year - DemoTotals.WorkDay / 10000;

    public DateOnly Date => DateOnly.ParseExact($"{WorkDay}", "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The set of a demo by how it is remembered: its size and seed, before them its id if it is not Huize's.</summary>
    public static DemoSet Of(string population) => All.FirstOrDefault(s => population.StartsWith(s.Id, StringComparison.Ordinal)) ?? Huize;
}
