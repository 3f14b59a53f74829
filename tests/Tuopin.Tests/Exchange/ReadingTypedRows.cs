using Shouldly;
using Tuopin.Exchange;
using Tuopin.Rules.Model;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class ReadingTypedRows : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private List<Kept> Csv(params string[][] rows) => Reading.All(files.Text("p.csv", Persons.Csv(rows)));

    private static long Code(string list, string key) => Packs.All.Dictionary.CodeLists[list].Find(key)!.Number;

    [Fact]
    public void A_correct_row_gives_every_value()
    {
        var row = Csv(Persons.Row(10, ("户主姓名", "甲某"), ("是否享受低保", "否"), ("残疾证办证年度", "2015"), ("政治面貌", "群众")))
            .ShouldHaveSingleItem();
        row.Errors.ShouldBeEmpty();
        row.AreaId.ShouldBe(10);
        row.Number.ShouldBe(2);
        row["person.name"]!.Value.Text.ShouldBe("甲某");
        row["person.sex"]!.Value.Number.ShouldBe(1);
        row["person.birth"]!.Value.Number.ShouldBe(19800111);
        row["person.relation"]!.Value.Number.ShouldBe(Code("relation_to_head", "head"));
        row["person.work_months"]!.Value.Number.ShouldBe(6);
        row["person.subsistence_allowance"]!.Value.Number.ShouldBe(0);
        row["person.serious_illness_insured"]!.Value.Number.ShouldBe(1);
        row["person.medical_resident"].ShouldBeNull();
        row["year"]!.Value.Number.ShouldBe(2019);
        row[Targets.PersonId]!.Value.Text!.Length.ShouldBe(18);
    }

    /// <summary>From October to December the registry year has turned and the policy year has not.</summary>
    [Theory]
    [InlineData("2019-09-30", "", true)]
    [InlineData("2019-10-01", "", false)]
    [InlineData("2019-12-31", "", false)]
    [InlineData("2020-01-01", "", true)]
    [InlineData("2019-11-15", "2019", true)]
    public void A_row_of_two_years_must_state_its_year(string dataDate, string year, bool taken)
    {
        var options = Packs.Options with { DataDay = DateOnly.Parse(dataDate, System.Globalization.CultureInfo.InvariantCulture) };
        var file = files.Text("p.csv", Persons.Csv([Persons.Row(10, ("年度", year)), Persons.Row(20, ("年度", year), ("是否参加大病保险", ""))]));
        var rows = Reading.All(file, options: options);
        rows[0].Rules.ShouldBe(taken ? [] : ["year-needed"]);
        rows[1].Rules.ShouldBeEmpty();
    }

    [Fact]
    public void A_sheet_without_a_year_is_refused_when_its_columns_are_of_two_years()
    {
        var year = Array.IndexOf(Persons.Titles, "年度");
        string Line(string[] cells) => string.Join(',', cells.Where((_, i) => i != year));
        var file = files.Text("p.csv", $"{Line(Persons.Titles)}\r\n{Line(Persons.Row(10))}");
        Reading.All(file).ShouldHaveSingleItem().Errors.ShouldBeEmpty();
        var autumn = Packs.Options with { DataDay = new DateOnly(2019, 10, 1) };
        Should.Throw<FileRefused>(() => Reading.All(file, options: autumn)).Reason.ShouldBe(RefusalReason.ColumnMissing);
    }

    [Fact]
    public void Folds_full_width_characters_and_stray_spaces()
    {
        var row = Csv(
                Persons.Row(
                    10,
                    ("姓名", "\u3000张 三\u200B "),
                    ("务工时间（月）", "１１"),
                    ("出生日期", "１９８０-０１-１１"),
                    ("户编号", " ５３０３２６００００００01"),
                    ("与户主关系", "户 主"),
                    ("务工企业名称", "ＡＢＣ 公司"),
                    ("是否参加大病保险", " 是\u00A0")
                )
            )
            .ShouldHaveSingleItem();
        row.Errors.ShouldBeEmpty();
        row["person.name"]!.Value.Text.ShouldBe("张三");
        row["person.work_months"]!.Value.Number.ShouldBe(11);
        row[Targets.HouseholdNo]!.Value.Text.ShouldBe("53032600000001");
        row["person.employer"]!.Value.Text.ShouldBe("ABC 公司");
    }

    [Theory]
    [InlineData("残疾,长期慢性病")]
    [InlineData("残疾，长期慢性病")]
    [InlineData("长期慢性病、残疾")]
    [InlineData("残疾;慢性病")]
    public void Reads_several_codes_of_one_cell(string cell) =>
        Csv(Persons.Row(10, ("健康状况", cell)))[0]["person.health"]!.Value.Number.ShouldBe(
            1L << (int)Code("health", "disabled") | 1L << (int)Code("health", "chronic")
        );

    [Fact]
    public void Blank_school_state_means_not_in_school_only_where_the_education_is_filled()
    {
        var rows = Csv(Persons.Row(10), Persons.Row(11, ("文化程度", "")), Persons.Row(12, ("在校生状况", "小学"), ("文化程度", "")));
        rows[0]["person.school"]!.Value.Number.ShouldBe(Code("school_state", "not_in_school"));
        rows[1]["person.school"].ShouldBeNull();
        rows[2]["person.school"]!.Value.Number.ShouldBe(Code("school_state", "primary"));
    }

    [Fact]
    public void All_errors_of_all_rows_are_found_with_their_place()
    {
        var rows = Csv(
            Persons.Row(10, ("与户主关系", "户住"), ("务工时间（月）", "13"), ("是否享受低保", "大概"), ("村", "不存在村")),
            Persons.Row(20),
            Persons.Row(30, ("出生日期", "1980-02-30"), ("民族", ""), ("健康状况", "死亡"))
        );
        rows[0].Rules.ShouldBe(["code-unknown", "range", "bool", "area-unknown"], ignoreOrder: true);
        rows[1].Errors.ShouldBeEmpty();
        rows[2].Rules.ShouldBe(["date", "required", "code-unknown"], ignoreOrder: true);
        var first = rows[0].Errors.Single(e => e.Rule.Id == "code-unknown");
        (first.Row, first.Title, first.Value).ShouldBe((2, "与户主关系", "户住"));
        first.Message.Zh.ShouldContain("户主");
        first.Message.En.ShouldContain("'与户主关系'");
        // Another spelling is near too, and of a short list all values are told.
        Csv(Persons.Row(10, ("证件类型", "居民身份证户口薄")))[0].Errors.Single().Message.Zh.ShouldContain("相近：居民身份证");
        Csv(Persons.Row(10, ("性别", "不清楚的")))[0].Errors.Single(e => e.Rule.Id == "code-unknown").Message.Zh.ShouldContain("可填：");
        rows[0].Errors.Single(e => e.Rule.Id == "range").Message.Zh.ShouldBe("超出范围 0 至 12");
        rows[0].Refused.ShouldBeTrue();
    }

    [Fact]
    public void Personal_numbers_never_reach_a_report()
    {
        var wrong = Persons.Row(10)[11][..17] + (Persons.Row(10)[11][17] == '0' ? '1' : '0');
        var rows = Csv(
            Persons.Row(10, ("证件号码", wrong), ("与户主关系", "290301198001110211"), ("务工所在地", new string('长', 2001) + "13812345678"))
        );
        var text = string.Join('\n', rows[0].Errors.Select(e => e.ToString()));
        rows[0].Rules.ShouldContain("id-checksum");
        text.ShouldNotContain("290301198");
        text.ShouldNotContain("13812345678");
        Masking.InText("户290301198001110211，电话13812345678").ShouldBe("户290*************11，电话138******78");
        Masking.InText("号码 290301 19800111 0211。").ShouldBe("号码 290*** ******** **11。");
        Masking.InText("290301-19800111-021X").ShouldBe("290***-********-**1X");
        Masking.InText("2019-05-01 起 12 个月").ShouldBe("2019-05-01 起 12 个月");
        Masking.Number("12345").ShouldBe("*****");
    }

    [Fact]
    public void A_code_number_needs_a_named_source()
    {
        Csv(Persons.Row(10, ("与户主关系", "02")))[0].Rules.ShouldBe(["code-number"]);
        Csv(Persons.Row(10, ("性别", "1")))[0].Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Identity_rules_follow_the_national_checks()
    {
        var id = Persons.Row(10)[11];
        Csv(Persons.Row(10, ("证件号码", id[..17])))[0].Rules.ShouldBe(["id-length"]);
        Csv(Persons.Row(10, ("证件号码", "E12345678"), ("证件类型", "护照")))[0].Errors.ShouldBeEmpty();
        Csv(Persons.Row(10, ("性别", "女")))[0].Rules.ShouldBe(["id-sex"]);
        Csv(Persons.Row(10, ("出生日期", "1980-01-12")))[0].Rules.ShouldBe(["id-birth"]);
        Csv(Persons.Row(10, ("证件号码", Persons.Id("29030118990101101")), ("出生日期", "")))[0].Rules.ShouldBe(["id-birth-year"]);
        Csv(Persons.Row(10, ("证件号码", Persons.Id("29030120200613101")), ("出生日期", "")))[0].Rules.ShouldBe(["id-birth-year"]);
        var placeholder = Csv(Persons.Row(10, ("证件号码", "999999198001110011")))[0];
        placeholder.Rules.ShouldBe(["id-none"]);
        placeholder.Refused.ShouldBeFalse();
        var old = Csv(Persons.Row(10, ("证件号码", id[..6] + id[8..17])))[0];
        old.Rules.ShouldBe(["id-upgraded"]);
        old[Targets.PersonId]!.Value.Text.ShouldBe(id);
        Reading
            .All(files.Text("x.csv", Persons.Csv([Persons.Row(10)])), options: Packs.Options with { AdmittedPrefixes = new HashSet<int> { 530326 } })[
                0
            ]
            .Rules.ShouldBe(["id-area"]);
    }

    [Fact]
    public void Xlsx_numbers_dates_formulas_and_errors_are_taken_or_named()
    {
        var head = string.Concat(
            "省 市 县 乡 村 户编号 年度 工资性收入 财产性收入 转移性收入 低保金"
                .Split(' ')
                .Select((t, i) => $"<c r='{(char)('A' + i)}1' t='inlineStr'><is><t>{t}</t></is></c>")
        );
        string Row(int n, string cells) =>
            $"<row r='{n}'>"
            + string.Concat("云南省 曲靖市 会泽县 者海镇 三道沟".Split(' ').Select((t, i) => $"<c r='{(char)('A' + i)}{n}' t='str'><v>{t}</v></c>"))
            + cells
            + "</row>";
        var path = files.Xlsx(
            "n.xlsx",
            $"<row r='1'>{head}</row>"
                + Row(
                    2,
                    "<c r='F2'><v>53032612345678</v></c><c r='G2'><v>2019</v></c><c r='H2'><v>3217.9899999999998</v></c><c r='I2'><f>1+1</f><v>2</v></c><c r='J2'><f>H2*2</f></c>"
                )
                + Row(
                    3,
                    "<c r='F3'><v>5.3032612345678E+17</v></c><c r='G3'><v>2019</v></c><c r='H3'><v>0.005</v></c><c r='I3' t='e'><v>#N/A</v></c><c r='K3'><v>1E3</v></c>"
                )
        );
        var rows = Reading.All(path);
        rows[0].Rules.ShouldBe(["cell-formula"]);
        rows[0].Errors[0].Title.ShouldBe("转移性收入");
        rows[0][Targets.HouseholdNo]!.Value.Text.ShouldBe("53032612345678");
        rows[0]["household.income_wage"]!.Value.Number.ShouldBe(321799);
        rows[0]["household.income_property"]!.Value.Number.ShouldBe(200);
        rows[1].Rules.ShouldBe(["number-as-float", "number-decimals", "cell-error"], ignoreOrder: true);
        rows[1]["household.income_subsistence"]!.Value.Number.ShouldBe(100000);
    }

    [Fact]
    public void Blank_rows_repeated_headers_and_totals_are_passed_over()
    {
        var rows = Csv(Persons.Row(10), [], Persons.Titles, Persons.Row(20), ["合计", .. new string[46].Select(_ => "")]);
        rows.Select(r => r.Number).ShouldBe([2, 5, 6]);
        rows[2].Rules.ShouldBe(["total-row"]);
        rows[2].Refused.ShouldBeTrue();
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1234.5", 123450)]
    [InlineData("-0.01", -1)]
    [InlineData("1,234,567.89", 123456789)]
    [InlineData("+12", 1200)]
    [InlineData("00012.340", 1234)]
    [InlineData("9999999999999999.99", 999999999999999999)]
    public void Money_is_exact(string text, long fen)
    {
        ScaledNumber.Parse(text, 2, false, out var number).ShouldBeNull();
        number.ShouldBe(fen);
        ScaledNumber.Parse(ScaledNumber.Format(fen, 2), 2, false, out var again).ShouldBeNull();
        again.ShouldBe(fen);
    }

    [Theory]
    [InlineData("1.005", "number-decimals")]
    [InlineData("12,34", "number")]
    [InlineData("1 2", "number")]
    [InlineData("--1", "number")]
    [InlineData("1e5", "number")]
    [InlineData(".5", "number")]
    [InlineData("5.", "number")]
    [InlineData("-", "number")]
    [InlineData("一百", "number")]
    [InlineData("99999999999999999999", "number")]
    [InlineData("123456789012345678.99", "number")]
    public void What_is_not_money_is_named(string text, string rule) => ScaledNumber.Parse(text, 2, false, out _)!.Id.ShouldBe(rule);

    [Theory]
    [InlineData("2019-05-01", 20190501)]
    [InlineData("2019/5/1", 20190501)]
    [InlineData("2019.5.1", 20190501)]
    [InlineData("2019年5月1日", 20190501)]
    [InlineData("20190501", 20190501)]
    [InlineData("201905", 20190501)]
    [InlineData("2019-05", 20190501)]
    [InlineData("2019年5月", 20190501)]
    [InlineData("2019-05-01 00:00:00", 20190501)]
    [InlineData("2019-05-01T12:30:00Z", 20190501)]
    [InlineData("43586", 20190501)]
    [InlineData("2020-02-29", 20200229)]
    [InlineData("2019-02-29", null)]
    [InlineData("2019-13-01", null)]
    [InlineData("01/05/2019", null)]
    [InlineData("2019", null)]
    [InlineData("19-05-01", null)]
    [InlineData("2019-05-01x", null)]
    [InlineData("不详", null)]
    [InlineData("", null)]
    public void Days_are_read_in_the_ways_met(string text, int? day) => DayWords.Parse(text, CellKind.Text, 0).ShouldBe(day);

    [Theory]
    [InlineData("36526", 0, 20000101)]
    [InlineData("35064", 1462, 20000101)]
    [InlineData("36526.75", 0, 20000101)]
    [InlineData("1", 0, 19000101)]
    [InlineData("59", 0, 19000228)]
    [InlineData("60", 0, null)]
    [InlineData("61", 0, 19000301)]
    [InlineData("99999999", 0, null)]
    public void Day_numbers_of_spreadsheets_are_read(string text, int offset, int? day) => DayWords.Parse(text, CellKind.Date, offset).ShouldBe(day);

    [Fact]
    public void Every_rule_has_its_own_id_and_is_documented()
    {
        ImportRules.All.Select(r => r.Id).ShouldBeUnique();
        var text = File.ReadAllText(Path.Combine(Packs.Folder, "..", "docs", "import.md"));
        foreach (var rule in ImportRules.All)
            text.ShouldContain($"`{rule.Id}`");
        foreach (var target in Targets.Structural.Keys)
            text.ShouldContain(target.StartsWith("living.", StringComparison.Ordinal) ? "living." : $"`{target}`");
        foreach (var reason in Enum.GetNames<RefusalReason>())
            text.ShouldContain($"`{reason}`");
    }
}
