using System.Text.Json;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

/// <summary>
/// Rows that are good in themselves and must not be merged: each is named with a rule, counted, written to the reject workbook, and nothing of it is in
/// the record. What the other rows say is loaded when <c>--yes</c> asks for it.
/// </summary>
public sealed class HoldingRowsBack(Installations installations)
{
    private const string One = "53032600000001";
    private const string Two = "53032600000002";
    private static readonly string[] Place = ["会泽县", "者海镇", "小街社区"];

    private static string Write(TuopinCli cli, string name, string[] titles, params string[][] rows) =>
        Sheet.Of(titles, rows).Write(cli.Folder, name);

    private static string People(TuopinCli cli, string name, params string[][] rows) => Write(cli, name, Persons.Titles, rows);

    private static string Placed(TuopinCli cli, string name, string[] titles, params string[][] rows) =>
        Write(cli, name, ["县", "乡", "村", .. titles], [.. rows.Select(r => (string[])[.. Place, .. r])]);

    private static JsonElement Result(Answer answer) => answer.Done().Document[0];

    // Warnings are for people: under --json they are in their file only.
    private static Answer Aloud(TuopinCli cli, string file, params string[] options) =>
        cli.Run(["import", file, "--data-date", "2020-06-12", .. options]).Done();

    private static string[] Rejected(JsonElement result)
    {
        using var sheet = SheetReader.Open(result.GetProperty("rejects").GetString()!);
        return [.. sheet.Head.Skip(1).Select(r => r.ToStrings()[^3])];
    }

    private TuopinCli With(Engine engine, params int[] persons)
    {
        var cli = installations.Empty(engine);
        cli.Import(People(cli, "first.csv", [.. persons.Select(p => Persons.Placed(p))])).Done();
        return cli;
    }

    [Theory, BothEngines]
    public void A_household_is_not_loaded_without_a_member_whose_row_is_refused(Engine engine)
    {
        using var cli = installations.Empty(engine);
        var wrong = ("性别", "女");
        var file = People(cli, "p.csv", Persons.Placed(10), Persons.Placed(11, wrong), Persons.Placed(12), Persons.Placed(20), Persons.Placed(21));
        cli.Import(file).Refused("import.rows-rejected", "id-sex");
        var loaded = Result(cli.Import(file, "--yes"));
        loaded.GetProperty("rejected").GetInt64().ShouldBe(3);
        cli.Tables.Query<string>("SELECT national_no FROM households").ShouldBe([Two]);
        cli.Tables.Number("SELECT rejected FROM import_batches").ShouldBe(3);
        var told = Rejected(loaded);
        told.Length.ShouldBe(3);
        told.Count(t => t.Contains("同户第 3 行", StringComparison.Ordinal)).ShouldBe(2);

        // A member who is held stays as he was, and the others are loaded.
        cli.Import(People(cli, "all.csv", Persons.Placed(10), Persons.Placed(11), Persons.Placed(12))).Done();
        var again = People(cli, "again.csv", Persons.Placed(10, ("民族", "苗族")), Persons.Placed(11, wrong), Persons.Placed(12));
        Result(cli.Import(again, "--yes")).GetProperty("rejected").GetInt64().ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM memberships WHERE to_day IS NULL").ShouldBe(5);
        cli.Tables.Number("SELECT count(DISTINCT ethnic) FROM persons").ShouldBe(2);
    }

    [Theory, BothEngines]
    public void Rows_that_say_the_same_thing_twice_are_named_with_the_first(Engine engine)
    {
        using var cli = With(engine, 10, 20);
        Twice("incomes.csv", ["户编号", "年度", "工资性收入"], [One, "2019", "100"], [Two, "2019", "100"], [One, "2019", "200"]);
        Twice("villages.csv", ["年度", "总户数"], ["2020", "100"], ["2019", "100"], ["2020", "101"]);
        Twice("houses.csv", ["户编号", "危房等级(鉴定)", "房屋结构"], [One, "A级", ""], [Two, "A级", ""], [One, "B级", ""]);
        Twice(
            "relocation.csv",
            ["户编号", "易地扶贫搬迁户", "搬迁入住日期"],
            [One, "是", "2019-05-01"],
            [Two, "是", "2019-05-01"],
            [One, "是", "2019-06-01"]
        );
        Twice("form.csv", ["户编号", "年度", "不愁吃", "不愁穿"], [One, "2020", "是", "是"], [Two, "2020", "是", "是"], [One, "2020", "否", "否"]);

        void Twice(string name, string[] titles, params string[][] rows)
        {
            var file = Placed(cli, name, titles, rows);
            var before = cli.Tables.Dump(cli.Tables.Known());
            cli.Import(file).Refused("import.rows-rejected", "第4行", "row-twice", "与第 2 行");
            cli.Tables.Dump(cli.Tables.Known()).ShouldEqual(before);
            Result(cli.Import(file, "--yes")).GetProperty("rejected").GetInt64().ShouldBe(1, name);
        }

        cli.Tables.Query<long>("SELECT income_wage FROM household_years WHERE year = 2019").ShouldBe([10000, 10000]);
    }

    [Theory, BothEngines]
    public void Of_two_years_of_a_household_the_later_states_what_is_not_kept_by_year(Engine engine)
    {
        using var cli = installations.Empty(engine);
        string[] titles = ["户编号", "年度", "户类型", "识别年度", "脱贫年度", "户主姓名"];
        var file = Placed(cli, "h.csv", titles, ["1", "2020", "脱贫户", "2014", "2019", "新某"], ["1", "2019", "未脱贫", "2014", "", "旧某"]);
        cli.Import(file).Done();
        cli.Tables.Query<string>("SELECT head_name FROM households").ShouldBe(["新某"]);
        cli.Tables.Query<long>("SELECT kind FROM household_statuses WHERE to_day IS NULL").ShouldBe([3]);
        Result(cli.Import(file)).GetProperty("committed").GetBoolean().ShouldBeFalse();
    }

    [Theory, BothEngines]
    public void A_helper_named_twice_for_a_household_helps_once(Engine engine)
    {
        using var cli = With(engine, 10);
        string[] row = [One, "丁某", "县教育局", "2018-01-01"];
        var file = Placed(cli, "helpers.csv", ["户编号", "帮扶责任人姓名", "单位名称", "帮扶开始时间"], row, row);
        var answer = Aloud(cli, file);
        answer.Output.ShouldContain("0 rejected");
        answer.Errors.ShouldContain("第3行  [] row-repeated: 与第 2 行相同");
        cli.Tables.Number("SELECT count(*) FROM responsibilities").ShouldBe(1);
        Result(cli.Import(file)).GetProperty("committed").GetBoolean().ShouldBeFalse();
    }

    [Theory, BothEngines]
    public void Rows_left_out_by_yes_are_counted_and_fed_back(Engine engine)
    {
        using var cli = With(engine, 10);
        string[] titles = ["户编号", "年度", "工资性收入"];
        var file = Placed(cli, "incomes.csv", titles, [One, "2019", "100"], ["53032600000099", "2019", "100"]);
        var result = Result(cli.Import(file, "--yes"));
        (result.GetProperty("rejected").GetInt64(), result.GetProperty("unmatched").GetInt64()).ShouldBe((1, 1));
        Rejected(result).ShouldHaveSingleItem().ShouldContain("系统中没有这一户");
        cli.Tables.Number("SELECT rejected FROM import_batches ORDER BY id DESC LIMIT 1").ShouldBe(1);
        Aloud(cli, file, "--yes").Output.ShouldContain("1 rejected");
    }

    [Theory, BothEngines]
    public void Who_contradicts_a_person_we_hold_is_loaded_only_when_accepted(Engine engine)
    {
        using var cli = With(engine, 10, 11, 20);
        string Id(int n) => Persons.Id($"29030119800101{n:D3}");
        string Held(string number) => cli.Tables.Text($"SELECT name FROM persons WHERE national_no = '{number}'")!;
        // Somebody else under a number we hold; an ID number we hold under a number of its own; and a corrected ID number.
        var another = Persons.Placed(10, ("姓名", "另某"), ("证件号码", Id(801)), ("出生日期", "1980-01-01"));
        var second = Persons.Placed(21, ("证件号码", Persons.Placed(11)[Array.IndexOf(Persons.Titles, "证件号码")]), ("出生日期", "1980-01-12"));
        var corrected = Persons.Placed(20, ("证件号码", Id(805)), ("出生日期", "1980-01-01"));
        var file = People(cli, "other.csv", another, corrected, second);
        cli.Import(file).Refused("import.conflicts", "row 2", "row 4");

        var good = Result(cli.Import(file, "--yes"));
        good.GetProperty("conflicting").GetInt64().ShouldBe(2);
        Held("53032600000000010").ShouldBe("甲某");
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(3);
        Rejected(good).Count(t => t.Contains("属于另一个人", StringComparison.Ordinal)).ShouldBe(2);

        var accepted = Aloud(cli, file, "--accept-conflicts");
        accepted.Output.ShouldContain("0 rejected, 2 conflicting");
        accepted.Errors.ShouldContain("id-corrected");
        Held("53032600000000010").ShouldBe("另某");
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(4);
    }

    [Theory, BothEngines]
    public void A_corrected_number_alone_is_loaded_and_told(Engine engine)
    {
        using var cli = With(engine, 10, 11);
        var index = cli.Tables.Number("SELECT id_index FROM persons WHERE national_no = '53032600000000011'");
        var corrected = Persons.Placed(11, ("证件号码", Persons.Id("29030119800101805")), ("出生日期", "1980-01-01"));
        var answer = Aloud(cli, People(cli, "corrected.csv", Persons.Placed(10), corrected));
        answer.Output.ShouldContain("committed as import 2");
        answer.Errors.ShouldContain("第3行  [] id-corrected");
        cli.Tables.Number("SELECT id_index FROM persons WHERE national_no = '53032600000000011'").ShouldNotBe(index);
    }

    [Theory, BothEngines]
    public void Older_data_does_not_overwrite_what_newer_data_stated(Engine engine)
    {
        using var cli = With(engine, 10, 11, 20);
        cli.Run("import", People(cli, "new.csv", Persons.Placed(10), Persons.Placed(11, ("民族", "苗族"))), "--data-date", "2020-06-20").Done();
        var miao = cli.Tables.Number("SELECT ethnic FROM persons WHERE national_no = '53032600000000011'");
        var older = People(cli, "old.csv", Persons.Placed(10), Persons.Placed(11, ("民族", "彝族")), Persons.Placed(20, ("民族", "彝族")));
        cli.Import(older).Refused("import.outdated", "row 3");
        var result = Result(cli.Import(older, "--yes"));
        (result.GetProperty("outdated").GetInt64(), result.GetProperty("rejected").GetInt64()).ShouldBe((1, 1));
        Rejected(result).Count(t => t.Contains("比系统中的记录旧", StringComparison.Ordinal)).ShouldBe(1);
        cli.Tables.Number("SELECT ethnic FROM persons WHERE national_no = '53032600000000011'").ShouldBe(miao);
        cli.Tables.Number("SELECT ethnic FROM persons WHERE national_no = '53032600000000020'").ShouldNotBe(miao);

        string[] titles = ["户编号", "年度", "工资性收入"];
        cli.Run("import", Placed(cli, "i.csv", titles, [One, "2019", "200"]), "--data-date", "2020-06-20").Done();
        cli.Import(Placed(cli, "i2.csv", titles, [One, "2019", "100"])).Refused("import.outdated", "row 2");
        cli.Tables.Number("SELECT income_wage FROM household_years WHERE year = 2019 AND income_wage IS NOT NULL").ShouldBe(20000);
    }

    [Theory, BothEngines]
    public void Members_a_full_list_lacks_are_told_and_leave_only_when_asked(Engine engine)
    {
        using var cli = With(engine, 10, 11, 12, 20, 21);
        // A row that is refused names its member all the same.
        var file = People(cli, "less.csv", Persons.Placed(10), Persons.Placed(12, ("性别", "女")));
        var compared = Result(cli.Import(file, "--compare"));
        compared.GetProperty("absent").GetInt64().ShouldBe(1);
        File.ReadAllLines(compared.GetProperty("rejects").GetString()!)
            .Where(l => l.Contains("(缺 absent)", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .ShouldContain($"{One} 53032600000000011 甲某");
        Result(cli.Import(file, "--yes")).GetProperty("absent").GetInt64().ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM memberships WHERE to_day IS NULL").ShouldBe(5);

        var before = cli.Tables.Dump(cli.Tables.Known(), "change_id");
        var closed = Result(cli.Import(file, "--yes", "--close-absent"));
        cli.Tables.Query<string>(
                "SELECT p.national_no || ' ' || m.to_day FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.to_day IS NOT NULL"
            )
            .ShouldBe(["53032600000000011 20200612"]);
        cli.Tables.Number("SELECT members FROM household_list ORDER BY number LIMIT 1").ShouldBe(2);
        cli.Undo(closed.GetProperty("batch").GetInt64()).Done();
        cli.Tables.Dump(cli.Tables.Known(), "change_id").ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void A_household_lives_in_one_house_of_a_list(Engine engine)
    {
        using var cli = With(engine, 10, 20);
        string[] titles = ["户编号", "住房编号", "危房等级(鉴定)", "实际入住"];
        var file = Placed(cli, "houses.csv", titles, [One, "A1", "D级", ""], [One, "A2", "A级", "是"], [Two, "A2", "A级", "是"]);
        cli.Import(file).Refused("import.rows-rejected", "第2行", "house-second");
        Result(cli.Import(file, "--yes")).GetProperty("rejected").GetInt64().ShouldBe(1);
        // Two households share the house.
        cli.Tables.Query<string>("SELECT d.number FROM residences r JOIN dwellings d ON d.id = r.dwelling_id").ShouldBe(["A2", "A2"]);
        cli.Tables.Number("SELECT count(*) FROM dwellings").ShouldBe(1);
        Result(cli.Import(file, "--yes")).GetProperty("committed").GetBoolean().ShouldBeFalse();
    }

    [Theory, BothEngines]
    public void A_relocated_household_has_left_its_old_house_for_a_new_one(Engine engine)
    {
        using var cli = With(engine, 10, 20);
        cli.Import(Placed(cli, "houses.csv", ["户编号", "危房等级(鉴定)", "房屋结构"], [One, "D级", "砖木"], [Two, "D级", "砖木"])).Done();
        string[] titles = ["户编号", "易地扶贫搬迁户", "安置县", "安置乡", "安置村", "搬迁入住日期", "是否实际入住"];
        var place = cli
            .Tables.Query<string>(
                "SELECT v.name || ' ' || t.name FROM area_versions v JOIN area_versions t ON t.area_id = v.parent_id WHERE v.level = 5 AND v.to_day IS NULL AND t.to_day IS NULL AND v.code / 1000000 = 530326 AND t.name <> '者海镇' ORDER BY v.code"
            )[0]
            .Split(' ');
        string[] moved = [One, "是", "会泽县", place[1], place[0], "2019-05-01", "是"];
        string[] waiting = [Two, "是", "会泽县", place[1], place[0], "", "否"];
        var file = Placed(cli, "relocation.csv", titles, moved, waiting);
        cli.Import(file).Done();
        Homes(One).ShouldBe(["4 18000101-20190501 小街社区居民委员会", $" 20190501- {place[0]}"]);
        Homes(Two).ShouldBe(["4 18000101- 小街社区居民委员会"]);
        Result(cli.Import(file)).GetProperty("committed").GetBoolean().ShouldBeFalse();
        // What is said of the household's house later is said of the new one, which stays where it is.
        cli.Import(Placed(cli, "later.csv", ["户编号", "危房等级(鉴定)", "房屋结构"], [One, "A级", "砖混"])).Done();
        Homes(One).ShouldBe(["4 18000101-20190501 小街社区居民委员会", $"1 20190501- {place[0]}"]);

        List<string> Homes(string household) =>
            cli.Tables.Query<string>(
                $"""
                SELECT coalesce(CAST(d.grade AS text), '') || ' ' || r.from_day || '-' || coalesce(CAST(r.to_day AS text), '') || ' ' || v.name FROM residences r
                JOIN households h ON h.id = r.household_id JOIN dwellings d ON d.id = r.dwelling_id JOIN area_versions v ON v.area_id = d.village_id AND v.code = d.area_code AND v.to_day IS NULL
                WHERE h.national_no = '{household}' ORDER BY r.from_day
                """
            );
    }

    [Theory, BothEngines]
    public void The_year_a_measure_is_of_need_not_be_that_of_its_first_day(Engine engine)
    {
        using var cli = With(engine, 10);
        string[] titles = ["户编号", "年度", "措施类型", "开始日期", "结束日期"];
        cli.Import(Placed(cli, "m.csv", titles, [One, "2019", "产业帮扶", "2018-11-20", ""])).Done();
        cli.Tables.Query<long>("SELECT year FROM measures").ShouldBe([2019]);
        var status = Placed(cli, "h.csv", ["户编号", "年度", "户类型"], [One, "2020", "未脱贫"]);
        cli.Import(status).Done();
        var export = Path.Combine(cli.Folder, "measures.csv");
        cli.Run("export", "--format", "measures", "--out", export, "--as-of", "2020-06-12").Done();
        Sheet.Read(export).Cell(0, "年度").ShouldBe("2019");
        cli.Import(Placed(cli, "m2.csv", titles, [One, "1999", "产业帮扶", "2018-11-20", ""])).Refused("import.rows-rejected", "range", "1999");
    }

    [Theory, BothEngines]
    public void What_ends_before_it_begins_is_refused_by_row(Engine engine)
    {
        using var cli = With(engine, 10, 11);
        string[] measures = ["户编号", "年度", "措施类型", "开始日期", "结束日期"];
        Wrong("m.csv", measures, "days-reversed", [One, "2019", "产业帮扶", "2019-05-01", "2019-04-01"]);
        Wrong("m2.csv", measures, "days-reversed", [One, "2019", "产业帮扶", "", "2018-04-01"]);
        Wrong("m3.csv", measures, "range", [One, "2019", "产业帮扶", "1019-05-01", ""]);
        string[] helpers = ["户编号", "帮扶责任人姓名", "单位名称", "帮扶开始时间", "帮扶结束时间"];
        Wrong("h.csv", helpers, "days-reversed", [One, "丁某", "县教育局", "2018-01-01", "2017-01-01"]);
        // The member joined after the day on which the file says he left.
        cli.Import(People(cli, "joined.csv", Persons.Placed(10), Persons.Placed(11), Persons.Placed(12, ("姓名", "丙某")))).Done();
        string[] changes = ["户编号", "人口编号", "姓名", "与户主关系", "增加日期", "减少日期", "人员变更"];
        Wrong("c.csv", changes, "days-reversed", [One, "53032600000000012", "丙某", "其他", "", "2019-03-02", "死亡"]);

        void Wrong(string name, string[] titles, string rule, string[] row) =>
            cli.Import(Placed(cli, name, titles, row)).Refused("import.rows-rejected", "第2行", rule);

        // Whoever writes past the rules meets the table.
        var made = cli.Tables.Number("SELECT max(change_id) FROM persons");
        Should.Throw<System.Data.Common.DbException>(() =>
            cli.Tables.Execute(
                $"INSERT INTO measures (id, household_id, from_day, to_day, change_id) SELECT 1, id, 20200101, 20190101, {made} FROM households"
            )
        );
    }

    [Theory, BothEngines]
    public void Households_of_one_house_are_judged_again_together(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var households = cli
            .Tables.Query<string>(
                "SELECT h.national_no || ' ' || v.name || ' ' || t.name FROM households h JOIN area_versions v ON v.area_id = h.village_id AND v.to_day IS NULL JOIN area_versions t ON t.area_id = v.parent_id AND t.to_day IS NULL WHERE h.national_no IS NOT NULL AND NOT coalesce(h.relocated, FALSE) ORDER BY h.id LIMIT 2"
            )
            .ConvertAll(h => h.Split(' '));
        string[] House(string[] household, string grade) => ["会泽县", household[2], household[1], household[0], "A1", grade, "2020-06-01"];
        string[] titles = ["县", "乡", "村", "户编号", "住房编号", "危房等级(鉴定)", "鉴定日期"];
        // The houses of both have no number yet: the first gets it, the second moves in.
        cli.Import(Write(cli, "first.csv", titles, House(households[0], "A级"))).Done();
        cli.Import(Write(cli, "second.csv", titles, House(households[1], "A级"))).Done();
        cli.Judge().Done();
        var safe = Verdicts();
        var result = Result(cli.Import(Write(cli, "graded.csv", titles, House(households[0], "D级"))));
        result.GetProperty("rejudged").GetBoolean().ShouldBeTrue();
        var kept = Verdicts();
        kept.EqualTo(safe).ShouldBeFalse();
        cli.Judge().Done();
        Verdicts().ShouldEqual(kept);

        Dictionary<string, List<string>> Verdicts() => cli.Tables.Dump(["verdicts", "household_list", "area_counts"], "change_id");
    }
}
