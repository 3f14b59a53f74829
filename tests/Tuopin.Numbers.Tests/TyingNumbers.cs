using Shouldly;
using Tuopin.Numbers.Ties;
using Xunit;

namespace Tuopin.Numbers.Tests;

/// <summary>
/// One text for each way in which numbers are tied, where it holds, where it does not, and where the words claim nothing. Every figure of a text is listed with its verdict,
/// so that a mark too many fails as well as one too few.
/// </summary>
public sealed class TyingNumbers
{
    [Theory]
    [InlineData("全村共有农户500户，其中东组260户，西组240户。", "500户 right, 260户 right, 240户 right")]
    [InlineData("全村共有农户500户，其中东组260户，西组250户。", "500户 wrong, 260户 wrong, 250户 wrong")]
    [InlineData("全县安排项目715个，其中产业项目200个，道路项目150个。", "715个 unknown, 200个 unknown, 150个 unknown")]
    [InlineData("新建水池40座（东片12座、西片28座）。", "40座 right, 12座 right, 28座 right")]
    [InlineData("新建水池40座（东片12座、西片38座）。", "40座 wrong, 12座 wrong, 38座 wrong")]
    [InlineData("全乡劳力900人（其中外出务工1200人）。", "900人 wrong, 1200人 wrong")]
    [InlineData("甲乡12户，乙乡15户，丙乡13户，三乡合计41户。", "12户 wrong, 15户 wrong, 13户 wrong, 41户 wrong")]
    [InlineData("招收护林员30人，保洁员45人，共75人。", "30人 right, 45人 right, 75人 right")]
    [InlineData("开设护林岗位30个、保洁岗位45个，共安置劳力75人。", "30个 right, 45个 right, 75人 right")]
    [InlineData(
        "全乡有贫困户1200户4100人，其中已脱贫1000户3500人，未脱贫200户600人。",
        "1200户 right, 4100人 right, 1000户 right, 3500人 right, 200户 right, 600人 right"
    )]
    [InlineData(
        "全乡有贫困户1200户4100人，其中已脱贫1000户3500人，未脱贫200户610人。",
        "1200户 right, 4100人 wrong, 1000户 right, 3500人 wrong, 200户 right, 610人 wrong"
    )]
    [InlineData("参加合作社的农户３２０户，占全村４００户的８０％。", "320户 right, 400户 right, 80% right")]
    [InlineData("参加合作社的农户310户，占全村400户的80%。", "310户 unknown, 400户 unknown, 80% wrong")]
    [InlineData(
        "全县登记贫困人口50000人。搬迁群众15000人（登记贫困人口12500人、随迁2500人），占全县登记贫困人口的25%。",
        "50000人 unknown, 15000人 right, 12500人 right, 2500人 right, 25% other-base"
    )]
    [InlineData(
        "全县登记贫困人口50000人。搬迁群众15000人（登记贫困人口12500人、随迁2500人），占全县登记贫困人口的30%。",
        "50000人 right, 15000人 right, 12500人 right, 2500人 right, 30% right"
    )]
    [InlineData(
        "全县登记贫困人口50000人。搬迁群众15000人（登记贫困人口12500人、随迁2500人），占全县登记贫困人口的41%。",
        "50000人 unknown, 15000人 right, 12500人 right, 2500人 right, 41% wrong"
    )]
    [InlineData("计划资金2000万元，已支出资金1500万元，支出率为75%。", "2000万元 right, 1500万元 right, 75% right")]
    [InlineData("计划资金2000万元，已支出资金1500万元，支出率为82%。", "2000万元 unknown, 1500万元 unknown, 82% wrong")]
    [InlineData("安排项目64个，已全部开工，开工率达100%。", "64个 unknown, 100% right")]
    [InlineData("年初有账1234.5万元，到账1000万元，即81.00%。", "1234.5万元 right, 1000万元 right, 81.00% right")]
    [InlineData("种植业占45%，养殖业占30%，其余25%为务工。", "45% right, 30% right, 25% right")]
    [InlineData("种植业占45%，养殖业占30%，其余20%为务工。", "45% wrong, 30% wrong, 20% wrong")]
    [InlineData("合作医疗参保率达102%。", "102% wrong")]
    [InlineData("0户搬迁，占全组0户的50%。", "0户 unknown, 0户 unknown, 50% unknown")]
    [InlineData("收入由8000元增加到9600元，增长20%。", "8000元 right, 9600元 right, 20% right")]
    [InlineData("收入由8000元增加到9600元，增长25%。", "8000元 unknown, 9600元 unknown, 25% wrong")]
    [InlineData("覆盖率从52.1%提高到62.9%，提高10.8个百分点。", "52.1% right, 62.9% right, 10.8个百分点 right")]
    [InlineData("覆盖率从52.1%提高到62.9%，提高9.8个百分点。", "52.1% unknown, 62.9% unknown, 9.8个百分点 wrong")]
    [InlineData("覆盖率从52.1%提高到62.9%，提高10.8%。", "52.1% unknown, 62.9% unknown, 10.8% other-base")]
    [InlineData("发病率从3.2%提高到2.1%。", "3.2% wrong, 2.1% wrong")]
    [InlineData("产值达120万元，比上年增加20万元，增长20%。", "120万元 right, 20万元 right, 20% right")]
    [InlineData("产值达120万元，比上年增加20万元，增长16.7%。", "120万元 unknown, 20万元 unknown, 16.7% wrong")]
    [InlineData("本县增幅9.7%，全省增幅9.3%，高0.4个百分点。", "9.7% right, 9.3% right, 0.4个百分点 right")]
    [InlineData("产量由100吨增加到200吨，翻一番。", "100吨 right, 200吨 right, 翻一番 right")]
    [InlineData("产量由100吨增加到300吨，增长3倍。", "100吨 unknown, 300吨 unknown, 3倍 other-base")]
    [InlineData("补助由50元提高到80元，增加30元。", "50元 right, 80元 right, 30元 right")]
    [InlineData("补助由0元提高到80元，增长80%。", "0元 unknown, 80元 unknown, 80% unknown")]
    [InlineData("投入资金500万元，帮扶250户，户均2万元。", "500万元 right, 250户 right, 2万元 right")]
    [InlineData("投入资金500万元，帮扶250户，户均3万元。", "500万元 unknown, 250户 unknown, 3万元 wrong")]
    [InlineData("全县登记贫困户40000户，贫困劳力转移就业8万人，户均就业2人。", "40000户 right, 8万人 right, 2人 right")]
    [InlineData("全县登记贫困户40000户，贫困劳力转移就业8万人，户均就业1.6人。", "40000户 unknown, 8万人 unknown, 1.6人 wrong")]
    [InlineData("选派队员100名，确保20个重点村各有3名，20个一般村各有2名。", "100名 right, 20个 right, 3名 right, 20个 right, 2名 right")]
    [InlineData("选派队员150名，确保20个重点村各有3名，20个一般村各有2名。", "150名 wrong, 20个 unknown, 3名 unknown, 20个 unknown, 2名 unknown")]
    [InlineData("按照每1000人有一名村医的标准，配备村医90名。全县农村人口85000人。", "1000人 right, 90名 right, 85000人 unknown")]
    [InlineData("按照每1000人有一名村医的标准，配备村医80名。全县农村人口85000人。", "1000人 unknown, 80名 wrong, 85000人 unknown")]
    [InlineData("三个方面：一是修路，二是引水，三是办学。", "三个 right")]
    [InlineData("四个方面：一是修路，二是引水，三是办学。", "四个 wrong")]
    [InlineData("目标是修100户，已修好81户，还差19户。", "100户 right, 81户 right, 19户 right")]
    [InlineData("目标是修100户，已修好81户，还差29户。", "100户 unknown, 81户 unknown, 29户 wrong")]
    [InlineData("之前退出30个，今年拟退出41个，距90个只差19个。", "30个 right, 41个 right, 90个 right, 19个 right")]
    [InlineData("全县有12个重点村、34个非重点村。全县46个行政村都已通水。", "12个 right, 34个 right, 46个 right")]
    [InlineData("下达资金1.7835亿元。这笔17835万元已全部分配。", "1.7835亿元 right, 17835万元 right")]
    [InlineData("全镇68个行政村通了班车。今年68个行政村要通宽带。", "68个 unknown, 68个 unknown")]
    [InlineData("约有1.6万户受益，500余个项目，40多人，3000元以上。", "1.6万户 unknown, 500余个 unknown, 40多人 unknown, 3000元 unknown")]
    [InlineData("2020年6月12日10:50，第3页，电话0871-6512345，云政发〔2018〕12号，共33条措施。", "33条 unknown")]
    [InlineData("付出百分之二百的努力，解决十三个问题。", "百分之二百 unknown, 十三个 unknown")]
    [InlineData("每亩增收50-80元，涉及三分之一的农户。", "50-80元 unknown, 三分之一 unknown")]
    [InlineData("Of the 4,000 households in the township, 1,000 (25%) keep bees.", "4,000 households right, 1,000 right, 25% right")]
    [InlineData("Of the 4,000 households in the township, 1,000 (26%) keep bees.", "4,000 households unknown, 1,000 unknown, 26% wrong")]
    [InlineData(
        "The county spent 3.2 million yuan on 64 villages, 50,000 yuan per village.",
        "3.2 million yuan right, 64 villages right, 50,000 yuan right"
    )]
    [InlineData(
        "The county spent 3.2 million yuan on 64 villages, 60,000 yuan per village.",
        "3.2 million yuan unknown, 64 villages unknown, 60,000 yuan wrong"
    )]
    [InlineData(
        "The township counts 900 households, including 600 farming households and 300 herding households.",
        "900 households right, 600 right, 300 right"
    )]
    [InlineData(
        "The township counts 900 households, including 600 farming households and 310 herding households.",
        "900 households wrong, 600 wrong, 310 wrong"
    )]
    [InlineData("Income rose from 8,000 yuan to 9,600 yuan, an increase of 20%.", "8,000 yuan right, 9,600 yuan right, 20% right")]
    [InlineData("Income rose from 8,000 yuan to 9,600 yuan, an increase of 25%.", "8,000 yuan unknown, 9,600 yuan unknown, 25% wrong")]
    [InlineData("320 of the 400 households have tap water, or 80% of the total.", "320 right, 400 households right, 80% right")]
    [InlineData("320 of the 400 households have tap water, or 85% of the total.", "320 unknown, 400 households unknown, 85% wrong")]
    [InlineData("1,692 households, accounting for 39.58% of the 4,275 households.", "1,692 households right, 39.58% right, 4,275 households right")]
    [InlineData("North 12 households, south 15 households, in total 28 households.", "12 households wrong, 15 households wrong, 28 households wrong")]
    [InlineData("Coverage rose from 52.1% to 62.9%, up 11.8 percentage points.", "52.1% unknown, 62.9% unknown, 11.8 percentage points wrong")]
    [InlineData(
        "全乡登记贫困户900户3200人，全部参加医保；其中甲村300户1100人、乙村600户2100人。",
        "900户 right, 3200人 right, 300户 right, 1100人 right, 600户 right, 2100人 right"
    )]
    [InlineData("全村80户400人，其中党员户20户，户均5人。", "80户 right, 400人 right, 20户 unknown, 5人 right")]
    [InlineData("新修水窖300口，其中东片120口、西片100口、北片80口。", "300口 right, 120口 right, 100口 right, 80口 right")]
    [InlineData("补贴分别增加50%和30%，最高由2000元提高到3000元。", "50% right, 30% unknown, 2000元 right, 3000元 right")]
    [InlineData("过去的2021年成绩很大。进入2021年，任务更重。", "2021年 wrong, 2021年 wrong")]
    [InlineData("过去的2021年成绩很大。进入2022年，任务更重。", "")]
    [InlineData("全县共建成12个项目。", "12个 unknown")]
    [InlineData("发放小额信贷9000万元，涉及600户。", "9000万元 wrong, 600户 unknown")]
    [InlineData("发放小额信贷3000万元，涉及600户。", "3000万元 unknown, 600户 unknown")]
    [InlineData(
        "贫困发生率从2014年的40.00%下降到2019年的2.00%，登记建档立卡人口80000人，未脱贫4000人。",
        "40.00% unknown, 2.00% unknown, 80000人 unknown, 4000人 unknown"
    )]
    [InlineData(
        "贫困发生率从2014年的40.00%下降到2019年的1.00%，登记建档立卡人口80000人，未脱贫4000人。",
        "40.00% wrong, 1.00% wrong, 80000人 unknown, 4000人 unknown"
    )]
    [InlineData("全镇迁入住户500户9000人。", "500户 wrong, 9000人 wrong")]
    [InlineData("男性占51.2%，女性占48.8%，共两千人。", "51.2% right, 48.8% right, 两千人 unknown")]
    [InlineData("二十三户中有十户参加，占43.5%。", "二十三户 right, 十户 right, 43.5% right")]
    [InlineData("投入1.2亿元，其中中央8000万元、省级4000万元。", "1.2亿元 right, 8000万元 right, 4000万元 right")]
    [InlineData("投入1.2亿元，其中中央8000万元、省级5200万元。", "1.2亿元 wrong, 8000万元 wrong, 5200万元 wrong")]
    [InlineData(
        "The fund grew to 120 million yuan, 20 million yuan more than the year before, up 20%.",
        "120 million yuan unknown, 20 million yuan unknown, 20% unknown"
    )]
    [InlineData("每户掌握12项技术。", "12项 wrong")]
    public void Every_figure_has_its_verdict(string text, string expected) => Marks(text).ShouldBe(expected);

    private static string Marks(string text) =>
        string.Join(", ", CheckText.Check(text, plausibility: Rules.All).Marks.Select(m => $"{m.Number.Plain} {Name(m.Verdict)}"));

    private static string Name(Verdict verdict) => verdict == Verdict.OtherBase ? "other-base" : verdict.ToString().ToLowerInvariant();

    [Theory]
    [InlineData("2018-03-28", Verdict.Right)]
    [InlineData("2018-03-29", Verdict.Right)]
    [InlineData("2018-05-01", Verdict.Wrong)]
    [InlineData(null, Verdict.Unknown)]
    public void Days_that_are_left_are_counted_from_the_day_of_the_text(string? day, Verdict verdict) =>
        CheckText
            .Check("离2019年收官仅剩643天。", published: day is null ? null : DateOnly.Parse(day))
            .Marks.ShouldHaveSingleItem()
            .Verdict.ShouldBe(verdict);

    [Fact]
    public void A_reason_holds_numbers_and_no_words_of_the_text()
    {
        const string text = "全县登记贫困人口50000人。甜荞合作社搬迁群众15000人（登记贫困人口12500人、随迁2500人），占全县登记贫困人口的41%。";
        foreach (var mark in CheckText.Check(text, plausibility: Rules.All).Marks)
        foreach (var word in new[] { "甜荞", "合作社", "登记", "随迁", "全县" })
            (mark.Reason.Zh + mark.Reason.En).ShouldNotContain(word);
    }

    [Fact]
    public void Marks_stand_where_the_numbers_stand_whatever_their_width()
    {
        const string text = "全村４００户，参加３２０户，占８０％。";
        foreach (var mark in CheckText.Check(text).Marks)
            text[mark.Number.Start..mark.Number.End].ShouldBe(mark.Number.Text);
    }

    private static readonly KnownFigure[] Known =
    [
        new(["登记贫困人口", "registered poor"], 341742, "人", "某县", new(2020, 6, 1), "全部"),
        new(["登记贫困人口"], 340000, "人", "某县", new(2019, 12, 31), "全部"),
        new(["登记贫困人口"], 83627, "人", "某县", new(2020, 6, 1), "搬迁"),
        new(["扶贫资金"], 1.7835m, "亿元"),
    ];

    [Theory]
    [InlineData("登记贫困人口341742人。", Verdict.Right)]
    [InlineData("登记贫困人口34.17万人。", Verdict.Right)]
    [InlineData("登记贫困人口340000人。", Verdict.Stale)]
    [InlineData("登记贫困人口83627人。", Verdict.OtherBase)]
    [InlineData("登记贫困人口341743人。", Verdict.Wrong)]
    [InlineData("在册人口341743人。", Verdict.Unknown)]
    [InlineData("登记贫困人口90225户。", Verdict.Unknown)]
    [InlineData("扶贫资金17835万元。", Verdict.Right)]
    [InlineData("扶贫资金1.8亿元。", Verdict.Right)]
    [InlineData("扶贫资金1.9亿元。", Verdict.Wrong)]
    public void A_figure_that_is_known_is_found_by_its_name_its_unit_and_its_value(string text, Verdict verdict) =>
        CheckText.Check(text, Known).Marks.ShouldHaveSingleItem().Verdict.ShouldBe(verdict);

    [Fact]
    public void Arithmetic_that_fails_is_wrong_even_where_the_registry_agrees()
    {
        var marks = CheckText.Check("登记贫困人口341742人（甲片200000人、乙片140000人）。", Known).Marks;
        marks[0].Verdict.ShouldBe(Verdict.Wrong);
        marks[0].Reason.Zh.ShouldContain("与台账数一致");
    }
}
