namespace Tuopin.Demo;

/// <summary>Invents the 229 helping units; each name carries 演示 so that nobody takes it for the real office.</summary>
internal static class DemoUnits
{
    private const byte Provincial = 2;
    private const byte City = 3;
    private const byte County = 4;
    private const byte Township = 5;

    private static readonly string[] Offices =
    [
        "财政局",
        "教育体育局",
        "卫生健康局",
        "农业农村局",
        "水务局",
        "住房和城乡建设局",
        "交通运输局",
        "人力资源和社会保障局",
        "民政局",
        "自然资源局",
        "林业和草原局",
        "发展和改革局",
        "审计局",
        "统计局",
        "税务局",
        "公安局",
        "司法局",
        "应急管理局",
        "市场监督管理局",
        "文化和旅游局",
        "医疗保障局",
        "退役军人事务局",
        "生态环境局",
        "工业和信息化局",
        "投资促进局",
        "供销合作社",
        "残疾人联合会",
        "妇女联合会",
        "总工会",
        "共青团委",
        "科学技术协会",
        "工商业联合会",
        "档案馆",
        "气象局",
        "广播电视局",
        "信访局",
        "机关事务局",
        "政务服务局",
        "扶贫开发局",
        "搬迁安置局",
    ];

    private static readonly string[] Enterprises =
    [
        "农村商业银行",
        "供电公司",
        "自来水公司",
        "邮政公司",
        "电信公司",
        "粮油公司",
        "林场",
        "水泥厂",
        "保险公司",
        "客运公司",
    ];

    public static IReadOnlyList<DemoUnit> Invent(DemoSource source)
    {
        var units = new List<DemoUnit>(DemoTotals.Units);
        units.AddRange(source.Townships.Select(t => new DemoUnit($"{t.Name}人民政府(演示)", Township)));
        units.AddRange(source.Townships.Select(t => new DemoUnit($"{t.Name}卫生院(演示)", Township)));
        units.AddRange(source.Townships.Select(t => new DemoUnit($"{t.Name}中心学校(演示)", Township)));
        units.AddRange(Offices.Select(o => new DemoUnit($"演示县{o}", County)));
        units.AddRange(Offices.Select(o => new DemoUnit($"演示市{o}", City)));
        units.AddRange(Offices.Take(20).Select(o => new DemoUnit($"演示省{o.Replace("局", "厅", StringComparison.Ordinal)}", Provincial)));
        units.AddRange(Enterprises.Select(e => new DemoUnit($"演示县{e}", County)));
        for (var school = 1; units.Count < DemoTotals.Units; school++)
            units.Add(new DemoUnit($"演示县第{school}小学", County));
        return units;
    }
}
