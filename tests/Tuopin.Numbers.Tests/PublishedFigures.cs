using Shouldly;
using Tuopin.Numbers.Ties;
using Xunit;

namespace Tuopin.Numbers.Tests;

/// <summary>
/// The arithmetic of figures that three counties published in 2018 and 2020, in our own words. What adds up is nowhere wrong; what holds only by a reading says so; what
/// cannot be is wrong, and so is nothing beside it.
/// </summary>
public sealed class PublishedFigures
{
    [Theory]
    [InlineData("贫困村355个，其中深度贫困村189个；派出工作队355支。")] // 1
    [InlineData("建档立卡人口90225户341742人。尚未脱贫19906户69676人，累计脱贫70319户272066人。")] // 2
    [InlineData("229个单位派队355支1118人，干部17049名结对。")] // 6
    [InlineData("累计整合资金148.5亿元，发放小额信贷19亿元。")] // 7
    [InlineData("评出红旗村787个，发放奖金2164万元，提拔干部218人。")] // 8
    [InlineData("搬迁27293户105068人（建档立卡21527户83627人，同步搬迁5766户21441人）。")] // 9
    [InlineData("总搬迁人口27293户105068人。进城安置19298户81257人（建档立卡14835户62768人，同步搬迁4463户18489人），占总搬迁人口的77%。")] // 11
    [InlineData("县城安置户户均就业1.8人，就业率85.7%；转移就业率从52.1%提高到62.9%。")] // 13, 15
    [InlineData("18亿元投向500余个项目，975个主体带动8.8万户30.8万人。")] // 16
    [InlineData("种燕麦5万亩，每亩增收2000元，带动1.6万户人均增收1200元以上。")] // 17
    [InlineData("建档立卡人口90225户341742人。参保341742人，饮水达标90225户。")] // 21
    [InlineData("花200万元为37.2万人买防贫保险，12个小组宣讲。")] // 23
    [InlineData("共有贫困村100个，已退出贫困村30个，尚有贫困村70个。")] // 24
    [InlineData("还有4275户16382人，发生率5.42%；已退出42612人。")] // 25, 26
    [InlineData("未达标住房1692户，占未脱贫4275户的39.58%。")] // 27
    [InlineData("已退出30个，拟退出41个，离90个还差19个，退出比例须达90%。")] // 29
    [InlineData("本市增幅9.7%，全省增幅9.3%。")] // 31
    [InlineData("建站139个，信号覆盖139个行政村，1045个自然村通电视。")] // 39, 45
    [InlineData("2个村14个自然村1621户6989人饮水难。")] // 44
    [InlineData("批准21个县退出，减贫12.2万人，出列贫困村85个，发生率0.59%，未脱贫5074人。")] // 76
    [InlineData("135个单位、8支队伍、联系人9425名。")] // 77
    [InlineData("99个贫困村、167个非贫困村。走遍266个行政村。")] // 79
    [InlineData("99个贫困村中85个已出列。")] // 80
    [InlineData("10日、20日、30日前入住的分别奖人均0.3万元、0.25万元、0.15万元。")] // 82
    [InlineData("危房493户，其中建档立卡户223户，租住户和边缘户270户。")] // 83
    [InlineData("培养医学生16人、招聘64人。")] // 84
    [InlineData("投入约1600万元建22个饮水项目，普及率85%，达标率100%。")] // 86
    [InlineData("补助分别增加50%和30%，上限由3000元提高到4500元。")] // 87
    [InlineData("2.31万户申报，资金约7000万元；验收19344户，发放5420.28万元。")] // 88
    [InlineData("4.6万名劳力外出；28家车间用工589人；补贴约312万元。")] // 89
    [InlineData("设公益岗266个、临时岗1636个，共安置1902人，补贴182.5万元。")] // 90
    [InlineData("未脱贫5074人全部兜底；边缘户22户82人、监测户22户100人；补贴从每月50元提高到80元。")] // 91
    [InlineData("下达资金1.7835亿元，项目715个全部开工，开工率达100%，已支出约1.3582亿元，支出率达76.15%。")] // 92
    [InlineData("首批资金17835万元，其中中央10798万元，自治区7037万元。")] // 93
    [InlineData("小额信贷8677万元，涉及1763户。")] // 96
    [InlineData("3大方面13个问题33条措施；5大方面25个问题71项措施；其中5条办结。")] // 97
    public void What_adds_up_is_nowhere_wrong(string text) => Of(text, Verdict.Wrong).ShouldBeEmpty();

    [Theory]
    [InlineData("贫困人口90225户341742人；搬迁105068人（贫困人口83627人，随迁21441人），占全县贫困人口的25%。", "25%")] // 10
    [InlineData("登记建档立卡人口341742人，未脱贫69676人，贫困发生率7.67%。按照每1000人有一名村医的标准，配备村医818名。", "818名")] // 20
    public void What_holds_for_another_base_says_so(string text, string number) => Of(text, Verdict.OtherBase).ShouldBe([number]);

    [Fact]
    public void What_holds_of_the_first_batch_is_right_for_the_first_batch() // 94
    {
        const string text = "下达资金1.7835亿元，已支出约1.3582亿元，支出率达76.15%。次批资金7816万元、市级2000多万元也已分配。";
        Of(text, Verdict.Wrong).ShouldBeEmpty();
        Of(text, Verdict.Right).ShouldContain("76.15%");
    }

    [Theory]
    [InlineData("登记建档立卡人口90225户341742人，未脱贫19906户69676人，贫困发生率从2013年底的47.99%下降到2019年底的7.67%。", "47.99%|7.67%")] // 3
    [InlineData("建档立卡贫困户90225户341742人。其中贫困劳力转移就业12.8万人，户均就业1.6人。", "1.6人")] // 14
    [InlineData("过去的2018年很不容易。进入2018年，难题还多。", "2018年|2018年")] // 30
    [InlineData("只要人均收入达标、有12项增收项目就行。每户学会12项技术。", "12项|12项")] // 34
    [InlineData("选派队员1946名，确保99个贫困村有3名队员，167个非贫困村有2名队员，17个乡镇有1名队长。", "1946名")] // 78
    public void What_cannot_be_is_wrong_and_nothing_beside_it(string text, string wrong) => Of(text, Verdict.Wrong).ShouldBe(wrong.Split('|'));

    private static string[] Of(string text, Verdict verdict) =>
        [.. CheckText.Check(text, plausibility: Rules.All).Marks.Where(m => m.Verdict == verdict).Select(m => m.Number.Plain)];
}
