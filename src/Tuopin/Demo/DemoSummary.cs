using System.Globalization;

namespace Tuopin.Demo;

/// <summary>What the demo prints when the population stands: totals first, then the gaps planted.</summary>
public static class DemoSummary
{
    public static IEnumerable<string> Lines(DemoCounty county)
    {
        var manifest = county.Manifest;
        yield return $"演示数据,人口为虚构 / demo data, invented ({county.Size.ToString().ToLowerInvariant()}, seed {county.Seed})";
        yield return Line("建档立卡 registered", manifest.Registered);
        yield return Line("已脱贫 exited", manifest.Exited);
        yield return Line("未脱贫 remaining", manifest.Remaining);
        yield return Line("未建档立卡(在册) unregistered, held", manifest.Unregistered);
        yield return Line("易地搬迁 relocated", manifest.Relocated);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Villages} 村 villages, {manifest.PoorVillages} 贫困村 poor, {manifest.DeepVillages} 深度 deep; 农业人口 rural base {manifest.RuralBase:N0}"
        );
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Helpers:N0} 帮扶人 helpers, {manifest.Teams} 工作队 teams ({manifest.TeamMembers:N0}), {manifest.Units} 单位 units, {manifest.MigrantWorkers:N0} 务工 working away"
        );
        foreach (var gap in manifest.Expected)
            if (Total(gap) > 0)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {gap.Standard} {gap.Indicator} {(gap.Unknown ? "unknown" : "unmet")}: {Total(gap):N0} 户 (未脱贫 {gap.Remaining.Households:N0}, 已脱贫 {gap.Exited.Households:N0}, 未建档 {gap.Unregistered.Households:N0})"
                );
        yield return $"  yunnan.village-exit unmet 村: {Villages(manifest)}";
    }

    private static string Villages(DemoManifest manifest) =>
        string.Join(", ", manifest.ExpectedVillages.Where(g => g.Villages > 0).Select(g => $"{g.Indicator} {g.Villages}"));

    private static string Line(string title, DemoCount count) =>
        string.Create(CultureInfo.InvariantCulture, $"{title}: {count.Households:N0} 户 / {count.Persons:N0} 人");

    private static int Total(ExpectedGap gap) => gap.Remaining.Households + gap.Exited.Households + gap.Unregistered.Households;
}
