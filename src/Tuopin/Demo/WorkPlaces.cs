namespace Tuopin.Demo;

/// <summary>Where members work, as the export writes it: province, city and county; the first is the home county.</summary>
internal static class WorkPlaces
{
    public static readonly string[] Names =
    [
        "",
        "云南省曲靖市会泽县",
        "云南省昆明市官渡区",
        "云南省昆明市西山区",
        "云南省昆明市呈贡区",
        "云南省曲靖市麒麟区",
        "云南省曲靖市宣威市",
        "浙江省宁波市鄞州区",
        "浙江省杭州市萧山区",
        "浙江省金华市义乌市",
        "江苏省苏州市昆山市",
        "上海市市辖区松江区",
        "福建省泉州市晋江市",
        "广东省深圳市宝安区",
        "广东省佛山市顺德区",
        "四川省成都市双流区",
        "贵州省贵阳市南明区",
    ];

    /// <summary>Six-digit codes of the counties, in the same order.</summary>
    private static readonly int[] Codes =
    [
        0,
        530326,
        530111,
        530112,
        530114,
        530302,
        530381,
        330212,
        330109,
        330782,
        320583,
        310117,
        350582,
        440306,
        440606,
        510116,
        520102,
    ];

    /// <summary>As the export writes it; blank for 0.</summary>
    public static string Name(DemoSet set, byte place) => place == Home ? set.Province + set.City + set.County : Names[place];

    public static int Code(DemoSet set, byte place) =>
        place == Home ? int.Parse(set.CountyCode, System.Globalization.CultureInfo.InvariantCulture) : Codes[place];

    public static ReadOnlySpan<ushort> Weights => [250, 90, 60, 40, 60, 25, 60, 70, 65, 60, 50, 45, 60, 35, 15, 15];

    public const byte Home = 1;

    public static readonly string[] Employers =
    [
        "",
        "演示建筑劳务公司",
        "演示电子厂",
        "演示服装厂",
        "演示物流公司",
        "演示餐饮店",
        "演示家具厂",
        "演示蔬菜基地",
        "演示五金厂",
    ];
}
