namespace Tuopin.Demo;

/// <summary>The Chinese labels of the dictionary's code lists, in the order of the demo's own codes.</summary>
internal static class Labels
{
    public static readonly string[] Relation = ["户主", "配偶", "之子", "之女", "之儿媳", "之孙子", "之孙女", "之父", "之母", "之兄弟姐妹"];
    public static readonly string[] Education = ["", "文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上"];
    public static readonly string[] School =
    [
        "",
        "学龄前儿童",
        "学前教育",
        "小学",
        "七年级",
        "八年级",
        "九年级",
        "普通高中一年级",
        "普通高中二年级",
        "普通高中三年级",
        "中职一年级",
        "中职二年级",
        "中职三年级",
        "高职高专一年级",
        "高职高专二年级",
        "高职高专三年级",
        "本科一年级",
        "本科二年级",
        "本科三年级",
        "本科四年级",
    ];
    public static readonly string[] Labour = ["普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"];
    public static readonly string[] LeavingReason = ["", "因贫", "因厌学", "因病", "因残", ""];
    public static readonly string[] Ethnic = ["", "汉族", "", "回族", "", "", "苗族", "彝族", "壮族", "布依族"];
    public static readonly string[] Politics = ["", "中共党员", "", "共青团员", "群众"];
    public static readonly string[] Industry = ["", "农、林、牧、渔业", "制造业", "建筑业", "住宿和餐饮业"];
    public static readonly string[] Channel = ["", "自主就业", "政府组织劳务输出", "亲友介绍", "企业招聘"];
    public static readonly string[] PublicPost = ["", "生态护林员", "保洁员", "护路员", "护水员", "村级公益岗"];
    public static readonly string[] DisabilityClass = ["", "视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾", "多重残疾"];
    public static readonly string[] Category = ["一般贫困户", "低保贫困户", "特困供养贫困户"];
    public static readonly string[] Cause =
    [
        "",
        "因病",
        "因残",
        "因学",
        "因灾",
        "缺土地",
        "缺水",
        "缺技术",
        "缺劳力",
        "缺资金",
        "交通条件落后",
        "自身发展动力不足",
    ];
    public static readonly string[] RemainingReason =
    [
        "",
        "收入超标但两不愁三保障未实现",
        "当年成效不显著",
        "“回头看”新纳入",
        "因残无固定收入",
        "大病正在治疗",
        "因病因学支出大于收入",
        "收入不稳定",
        "五保",
        "无劳动能力一类低保",
    ];
    public static readonly string[] RoadKind = ["", "泥土路", "砂石路", "水泥路", "沥青路"];
    public static readonly string[] Fuel = ["", "柴草", "干畜粪", "煤炭", "清洁能源", "其他"];
    public static readonly string[] WaterSupply = ["经过净化处理的自来水", "受保护的井水和泉水", "不受保护的井水和泉水", "江河湖泊水"];
    public static readonly string[] Grade = ["", "A级", "B级", "C级", "D级"];
    public static readonly string[] Structure = ["", "砖混", "砖(石)木", "土坯(竹草)", "木结构"];
    public static readonly string[] SafeBy = ["", "鉴定安全", "改造安全", "改造安全", "保障安全"];
    public static readonly string[] RebuildKind = ["", "原址重建", "加固改造"];
    public static readonly string[] Measure =
    [
        "产业帮扶",
        "就业帮扶",
        "搬迁",
        "住房安全保障",
        "教育帮扶",
        "健康帮扶",
        "金融帮扶",
        "公益性岗位帮扶",
        "生态扶贫",
        "综合保障",
        "资产收益",
        "技能培训",
        "社会帮扶",
    ];
    public static readonly string[] MeasureItem = ["", "雨露计划", "低保", "特困供养", "残疾人补贴", "劳务输出", "种植业"];
    public static readonly string[] Risk = ["因病", "因残", "因学", "缺劳动力", "因务工就业不稳", "因意外事故"];
    public static readonly string[] UnitLevel = ["", "中央", "省", "市", "县", "乡镇"];
    public static readonly string[] Post = ["主任", "副主任", "科员", "一级科员"];
    public static readonly string[] Left = ["", "死亡", "嫁出"];

    public static string Health(Health health) =>
        (int)health switch
        {
            1 => "健康",
            2 => "长期慢性病",
            4 => "患有大病",
            8 => "残疾",
            10 => "残疾,长期慢性病",
            _ => "残疾,患有大病",
        };

    public static string YesNo(bool yes) => yes ? "是" : "否";
}
