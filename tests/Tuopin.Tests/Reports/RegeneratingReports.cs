using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Reports;

/// <summary>
/// Three reports that counties published, made again from the registry, from what departments stated and from formulas over both. What holds is printed as it was,
/// number by number; what cannot be right is stated as it was and refused by the checker. Rows are numbered as in <c>PublishedFigures</c>.
/// </summary>
public sealed class RegeneratingReports(Installations installations)
{
    private static readonly (int Row, string[] Printed)[] Huize =
    [
        (1, ["贫困村355个", "深度贫困村189个", "工作队355支", "53.24%"]),
        (2, ["90225户341742人", "19906户69676人", "70319户272066人", "户均3.79人", "77.94%", "79.61%"]),
        (4, ["深度贫困县有27个", "摘帽的县有9个"]),
        (5, ["作战工作组25个", "小分队10支", "至少15天", "不低于60%"]),
        (6, ["挂包单位229个", "队员1118人", "干部17049名", "每队平均3.15人", "联系5.29户"]),
        (7, ["148.5亿元", "小额信贷19亿元"]),
        (8, ["红旗村先后评出787个", "2164万元", "218人", "执纪组有10个", "27497元"]),
        (9, ["125个", "27293户105068人", "21527户83627人", "5766户21441人", "户均3.85人"]),
        (10, ["人口的25%", "24.47%"]),
        (11, ["19298户81257人", "14835户62768人", "4463户18489人", "总搬迁人口的77%"]),
        (12, ["6月底", "调处率为100%"]),
        (13, ["39.9万人", "52.1%", "62.9%", "政策26项"]),
        (15, ["户均就业1.8人", "就业率85.7%", "26703人", "31159人"]),
        (16, ["18亿元", "项目500余个", "975个经营主体", "8.8万户30.8万人", "97.53%", "90.13%", "户均3.5人"]),
        (17, ["100万亩", "燕麦种植5万亩", "增收2000元", "1.6万户", "增收1200元", "总值1亿元", "7272万元"]),
        (18, ["草莓种植5万亩", "1.5万户", "增收1300元", "用工5000余人", "1.6万元以上", "7386万元"]),
        (19, ["危房改造75139户", "2019年12月"]),
        (20, ["建档立卡人口为341742人", "每1000人", "村医818名", "818000人"]),
        (21, ["达标90225户"]),
        (22, ["通达率100%", "覆盖率100%", "村庄占90%"]),
        (23, ["投入200万元", "覆盖37.2万人", "小组12个", "人均5.38元", "30258人"]),
    ];

    private static readonly (int Row, string[] Printed)[] Wenshan =
    [
        (24, ["贫困村100个", "已退出30个", "未退出70个", "上年退出的有18个"]),
        (25, ["4275户16382人", "发生率5.42%", "302251人", "户均3.83人"]),
        (26, ["已脱贫42612人", "58994人", "19.52%"]),
        (27, ["1692户", "4275户的39.58%"]),
        (28, ["还有643天"]),
        (29, ["比例要达到90%", "已退出30个", "拟退出41个", "离90个还差19个", "一共71个", "比例是71%"]),
        (31, ["9.7%", "9.3%", "0.4个百分点"]),
        (32, ["第8位", "10强"]),
        (33, ["看6项指标", "看10项", "看5项", "降到3%以下"]),
        (35, ["8100万元", "2.89千米", "场所31个", "合作社13个"]),
        (36, ["措施30条", "患者112名", "部门141个", "实事129件", "21家"]),
        (37, ["小学生3名", "初中生107名", "合计110名"]),
        (38, ["1个以上", "培训1人"]),
        (39, ["示范乡镇1个", "示范村2个", "服务站139个", "1.5亿元"]),
        (40, ["1200户", "28.07%", "6月底"]),
        (41, ["重点对象4类", "10月底"]),
        (42, ["床位1.2张", "90平方米", "1名乡村医生", "卫生院1所", "达到100%"]),
        (43, ["搬迁点有3个"]),
        (44, ["7个乡镇27个贫困村", "207个自然村", "50公里", "2个贫困村14个自然村", "1621户6989人", "户均4.31人"]),
        (45, ["99%", "97%", "2千伏安", "4千伏安", "139个行政村", "139个行政村1045个自然村", "7.5个自然村"]),
        (46, ["100个贫困村", "300多名", "一村3名"]),
    ];

    private static readonly (int Row, string[] Printed)[] Teng =
    [
        (76, ["21个县", "12.2万人", "贫困村85个", "发生率0.59%", "860000人"]),
        (77, ["单位135个", "作战队8个", "9425名", "12.9人"]),
        (79, ["贫困村99个", "非贫困村167个", "266个行政村", "17个乡镇"]),
        (80, ["99个贫困村中85个已出列", "85.9%", "未出列14个"]),
        (81, ["不少于20天", "5000多户"]),
        (82, ["0.1万元", "0.3万元", "0.25万元", "0.15万元"]),
        (83, ["493户", "223户", "270户"]),
        (84, ["1名合格村医", "参保率100%", "16人", "64人", "合计80人"]),
        (85, ["4月7日", "4月21日"]),
        (86, ["普及率85%", "达标率100%", "1600万元", "22个", "727273元"]),
        (87, ["增加50%", "增加30%", "由3000元提高到4500元", "3900元"]),
        (88, ["2.31万户", "7000万元", "19344户", "5420.28万元", "3030元", "2802元", "83.74%", "77.43%"]),
        (89, ["4.6万人", "28家", "589人", "312万元", "21.0人"]),
        (90, ["266个", "1636个", "1902个", "1902人", "182.5万元", "959.5元"]),
        (91, ["350元", "250元", "230元", "5074人", "22户82人", "22户100人", "每月50元提高到80元", "60%"]),
        (92, ["1.7835亿元", "项目715个", "开工率100%", "1.3582亿元", "76.15%"]),
        (93, ["17835万元", "10798万元", "7037万元"]),
        (94, ["7816万元", "2000多万元", "25651万元", "52.95%"]),
        (95, ["10个", "100人以上", "完工率100%"]),
        (96, ["8677万元", "1763户", "49217元"]),
        (97, ["3个方面13个问题", "33条", "5个方面25个问题", "71条", "完成5条", "4月8日、9日、28日", "问题38个", "措施104条", "15.2%"]),
    ];

    [Theory, BothEngines]
    public void Wenshan_is_made_again_from_what_was_stated_alone(Engine engine)
    {
        using var cli = Made(engine, "wenshan-2018");
        Prints(cli, "wenshan_2018", Wenshan);
        Checked(cli, "wenshan_2018").ShouldBeEmpty();
        AsPrinted(cli, "wenshan_2018", "532601").ShouldBe(["wrong 2018年", "wrong 2018年", "wrong 12项"]);
    }

    [Fact]
    public void Teng_is_made_again_from_what_was_stated_alone()
    {
        using var cli = Made(Engine.Sqlite, "teng-2020");
        Prints(cli, "teng_2020", Teng);
        Checked(cli, "teng_2020").ShouldBeEmpty();
        AsPrinted(cli, "teng_2020", "450422").ShouldBe(["wrong 1946名"]);
    }

    [Fact]
    public void Huize_is_made_again_from_the_registry_and_what_was_stated()
    {
        using var cli = installations.Empty(Engine.Sqlite);
        LaidCounty.Lay(cli, DemoFixture.County);
        cli.Run("figures", "state", File("huize_2020", "stated.yaml")).Done();
        Prints(cli, "huize_2020", Huize);
        // The share of all movers holds for the registered ones alone, and 818 doctors are too few for the population that the incidence is of.
        Checked(cli, "huize_2020").ShouldBe(["other-base 25%", "other-base 818名"]);
        AsPrinted(cli, "huize_2020", "530326").ShouldBe(["wrong 47.99%", "wrong 7.67%", "wrong 1.6人"]);
        // Two populations, 200,000 apart, are behind the two rates; 80,000 households behind the average.
        Value(cli, "huize_base_2013", "530326").ShouldBe("712111");
        Value(cli, "huize_households_behind", "530326").ShouldBe("80000");
    }

    [Fact]
    public void The_demo_of_huize_prints_what_its_own_registry_counts()
    {
        var cli = installations.Shared(Engine.Sqlite, "township");
        var report = cli.Run("report", "huize_2020").Done();
        // By the status episodes, which no figure is asked for.
        var registered = cli.Judge().Json.GetProperty("registered");
        report.Output.ShouldContain($"人口为{registered.GetProperty("households").GetInt64()}户{registered.GetProperty("persons").GetInt64()}人");
        report.Output.ShouldContain("148.5亿元");
        // What its sheets state is what was generated.
        var movers = Installations
            .County(DemoSize.Township)
            .Population.Households.Where(h => h.Move != Move.None)
            .ToLookup(h => h.Standing == Standing.AccompanyingMover);
        string Of(bool accompanying) => $"{movers[accompanying].Count()}户{movers[accompanying].Sum(h => h.Size)}人";
        movers[true].ShouldNotBeEmpty();
        report.Output.ShouldContain($"建档立卡{Of(false)}，同步搬迁{Of(true)}");
    }

    [Fact]
    public void A_number_of_a_report_that_was_not_stated_says_so_and_is_counted()
    {
        using var cli = Made(Engine.Sqlite, "teng-2020");
        // The report of another county: nothing of it was ever stated here.
        var answer = cli.Run("report", "wenshan_2018", "--area", "450422", "--as-of", "2020-05-11").Done();
        answer.Output.ShouldContain("没有填报");
        answer.Errors.ShouldContain("not stated");
        answer.Output.ShouldNotContain("NaN");
    }

    [Fact]
    public void A_demo_without_people_is_made_once_and_beside_no_other()
    {
        using var cli = Made(Engine.Sqlite, "teng-2020");
        var before = cli.Tables.Number("SELECT count(*) FROM figure_statements");
        before.ShouldBeGreaterThan(70);
        cli.Run("demo", "--set", "teng-2020", "--no-serve", "--json").Json.GetProperty("stated").GetInt64().ShouldBe(before);
        cli.Tables.Number("SELECT count(*) FROM figure_statements").ShouldBe(before);
        cli.Run("demo", "--set", "wenshan-2018", "--no-serve").Refused("demo.other-there");
        cli.Run("demo", "--size", "village", "--no-serve").Refused("demo.other-there");
        cli.Run("demo", "--set", "teng-2020", "--size", "village", "--no-serve").Misused("demo.size");
        cli.Run("demo", "--set", "teng-2020", "--faults", "x.csv", "--no-serve").Misused("demo.size");
        cli.Tables.Number("SELECT count(*) FROM households").ShouldBe(0);
    }

    [Fact]
    public async Task Figures_of_a_report_are_listed_for_it_alone()
    {
        using var cli = Made(Engine.Sqlite, "wenshan-2018");
        string[] Names(Answer answer) =>
            [.. answer.Json.GetProperty("areas")[0].GetProperty("figures").EnumerateArray().Select(f => f.GetProperty("figure").GetString()!)];
        Names(cli.Run("figures", "--area", "532601", "--json")).ShouldNotContain(n => n.StartsWith("wenshan_") || n.StartsWith("huize_"));
        var own = Names(cli.Run("figures", "--report", "wenshan_2018", "--area", "532601", "--json"));
        own.ShouldAllBe(n => n.StartsWith("wenshan_"));
        own.Length.ShouldBeGreaterThan(60);
        Names(cli.Run("figures", "wenshan_days_left", "--area", "532601", "--json")).ShouldBe(["wenshan_days_left"]);
        Value(cli, "wenshan_days_left", "532601", "--as-of", "2020-01-02").ShouldBe("-2");
        cli.Run("figures", "--report", "nowhere_2018", "--area", "532601").Refused("figure.report-unknown", "nowhere_2018");

        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var catalogue = await county.Get("/figures");
        catalogue.Status.ShouldBe(HttpStatusCode.OK, catalogue.Text);
        catalogue.Html.QuerySelector("[data-figure=wenshan_days_left]").ShouldBeNull();
        var page = await county.Get("/figures?report=wenshan_2018");
        page.Html.QuerySelector("[data-figure=wenshan_days_left]")!.TextContent.ShouldContain("643");
        page.Html.QuerySelector("[data-figure=registered_households]").ShouldBeNull();
        (await county.Get("/figures/wenshan_days_left")).Html.QuerySelector("#definition")!.TextContent.ShouldContain("2019-12-31");
        (await county.Get("/figures?report=nowhere_2018")).Status.ShouldNotBe(HttpStatusCode.OK);
        // A department sees what it answers for, and the days that are left.
        var housing = await (await console.As("housing")).Get("/figures?report=wenshan_2018");
        housing.Html.QuerySelector("[data-figure=wenshan_unsafe_households]")!.TextContent.ShouldContain("1,692");
        housing.Html.QuerySelector("[data-figure=wenshan_city_fund]").ShouldBeNull();

        using var client = CallingTheApi.Client(console, "county", "ViewFigures");
        var told = await client.GetStringAsync("/api/v1/figures?report=wenshan_2018", TestContext.Current.CancellationToken);
        JsonDocument
            .Parse(told)
            .RootElement.GetProperty("areas")[0]
            .GetProperty("figures")
            .EnumerateArray()
            .ShouldContain(f => f.GetProperty("figure").GetString() == "wenshan_unsafe_share" && f.GetProperty("value").GetString() == "39.58");
        using var refused = await client.GetAsync(
            new Uri("/api/v1/figures?report=nowhere_2018", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private static TuopinCli Made(Engine engine, string set)
    {
        var cli = TuopinCli.Nowhere(engine);
        cli.Run("demo", "--set", set, "--no-serve", "--json").Done();
        return cli;
    }

    private static string File(string report, string name) => Path.Combine(DemoFixture.Packs, "reports", report, name);

    private static void Prints(TuopinCli cli, string report, (int Row, string[] Printed)[] rows)
    {
        var answer = cli.Run("report", report).Done();
        // Every number was told.
        answer.Errors.ShouldBeEmpty();
        foreach (var (row, printed) in rows)
        foreach (var text in printed)
            answer.Output.ShouldContain(text, Case.Sensitive, $"row {row} of {report}");
    }

    /// <summary>The doubtful marks of the report as it is made again.</summary>
    private static string[] Checked(TuopinCli cli, string report) => Marks(cli, cli.Run("report", report).Done().Output);

    private static string[] AsPrinted(TuopinCli cli, string report, string area) =>
        Marks(cli, cli.Run("report", File(report, "as-printed.md"), "--area", area).Done().Output);

    private static string[] Marks(TuopinCli cli, string text)
    {
        var path = Path.Combine(cli.Folder, "made.txt");
        System.IO.File.WriteAllText(path, text);
        return
        [
            .. cli.Run("check-report", path, "--json")
                .Document.EnumerateArray()
                .Select(m => (Verdict: m.GetProperty("verdict").GetString()!, Number: m.GetProperty("number").GetString()))
                .Where(m => m.Verdict is not ("right" or "unknown"))
                .Select(m => $"{m.Verdict} {m.Number}"),
        ];
    }

    private static string Value(TuopinCli cli, string figure, string area, params string[] more) =>
        cli.Run(["figures", figure, "--area", area, "--json", .. more])
            .Json.GetProperty("areas")[0]
            .GetProperty("figures")[0]
            .GetProperty("value")
            .GetString()!;
}
