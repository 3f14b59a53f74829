using Tuopin.Exchange;
using static Tuopin.Demo.DemoSheet;

namespace Tuopin.Demo;

/// <summary>
/// The county exit form, one row for each year. Designation is Huize's own; the survey of the evaluation and the statistics are ours: the third-party
/// evaluation found everything in order, and income grew faster than the province, so that what keeps the county from exit is its own people.
/// </summary>
internal static class CountySheet
{
    private static readonly int[] Years = [2019, 2020];

    private static readonly DemoColumn[] Columns =
    [
        new("省", static (_, _) => "云南省"),
        new("市", static (_, _) => "曲靖市"),
        new("县", static (_, _) => "会泽县"),
        new("年度", static (_, i) => Count(Years[i]), CellLook.Number),
        new("贫困县", static (_, _) => Labels.YesNo(true)),
        new("深度贫困县", static (_, _) => Labels.YesNo(true)),
        new("西部地区", static (_, _) => Labels.YesNo(true)),
        new("农村居民人均可支配收入", static (_, i) => Years[i] == 2019 ? "10480" : null, CellLook.Number),
        new("农村居民人均可支配收入增幅", static (_, i) => Years[i] == 2019 ? "11.2" : null, CellLook.Number),
        new("全省农村居民人均可支配收入增幅", static (_, i) => Years[i] == 2019 ? "10.5" : null, CellLook.Number),
        new("调查总户数", static (_, i) => Surveyed(i, "1200"), CellLook.Number),
        new("认可户数", static (_, i) => Surveyed(i, "1159"), CellLook.Number),
        new("抽样脱贫人口数", static (_, i) => Surveyed(i, "3180"), CellLook.Number),
        new("抽样错退人口数", static (_, i) => Surveyed(i, "8"), CellLook.Number),
        new("抽查村未建档立卡农村人口数", static (_, i) => Surveyed(i, "6400"), CellLook.Number),
        new("漏评人口数", static (_, i) => Surveyed(i, "11"), CellLook.Number),
        new("计划退出人口数", static (_, i) => Surveyed(i, Count(DemoTotals.RemainingPersons)), CellLook.Number),
        new("非建档立卡农村人口", static (_, i) => Surveyed(i, Count(DemoTotals.RuralBase - DemoTotals.RegisteredPersons)), CellLook.Number),
        new("通过县域义务教育均衡发展国家评估", static (_, _) => Labels.YesNo(true)),
        new("基本公共服务接近平均水平", static (_, _) => Labels.YesNo(true)),
        new("备注", static (_, _) => DemoFiles.Mark),
    ];

    public static void Write(DemoCounty county, string path) =>
        DemoSheet.Write(county, path, "贫困县退出考核表", Columns, Enumerable.Range(0, Years.Length));

    private static string? Surveyed(int row, string value) => Years[row] == 2020 ? value : null;
}
