using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>Statuses and memberships as dated episodes, made from what a sheet says of years and days.</summary>
public sealed class EpisodesOfHouseholds
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_with_years_of_exit_and_return_is_the_whole_chain(bool postgres)
    {
        using var opened = new Opened(postgres);
        opened.Import(
            "h.csv",
            [
                ["县", "乡", "村", "户编号", "年度", "户类型", "识别年度", "脱贫年度", "返贫年度", "返贫前脱贫年度"],
                ["会泽县", "者海镇", "小街社区", "1", "2020", "返贫", "2014", "2016", "2018", ""],
                ["会泽县", "者海镇", "小街社区", "2", "2020", "脱贫户", "2014", "2019", "2017", "2015"],
                ["会泽县", "者海镇", "小街社区", "3", "2020", "脱贫户", "2014", "2014", "", ""],
                ["会泽县", "者海镇", "小街社区", "4", "2020", "未脱贫", "2014", "2016", "2016", ""],
            ]
        );
        Chain(opened, "1").ShouldBe(["2 20141231-20161231", "3 20161231-20181231", "5 20181231-"]);
        Chain(opened, "2").ShouldBe(["2 20141231-20151231", "3 20151231-20171231", "5 20171231-20191231", "3 20191231-"]);
        Chain(opened, "3").ShouldBe(["3 20141231-"]);
        Chain(opened, "4").ShouldBe(["2 20141231-"]);
    }

    [Fact]
    public void The_movements_of_every_year_of_the_demo_reconcile()
    {
        using var opened = new Opened(postgres: false);
        var county = DemoFixture.Township;
        foreach (
            var file in DemoFiles.Write(
                county,
                opened.At("demo"),
                only: n => n.StartsWith("persons", StringComparison.Ordinal) || n == "households.xlsx"
            )
        )
            opened.Import(file);
        foreach (var year in county.Manifest.Years)
            opened
                .Query<long>(
                    $"SELECT count(*) FROM household_statuses WHERE kind IN (2, 5) AND from_day <= {year.Year}1231 AND (to_day IS NULL OR to_day > {year.Year}1231)"
                )
                .Single()
                .ShouldBe(year.RemainingAtEnd, $"{year.Year}");
        county.Manifest.Years.Sum(y => y.Returned).ShouldBeGreaterThan(0);
        opened.Import(DemoFiles.WriteFormerMembers(county, opened.At("demo")));
        opened.Query<long>("SELECT count(*) FROM memberships WHERE to_day IS NOT NULL").ShouldBe([county.Manifest.FormerMembers]);
        opened.Query<long>("SELECT count(*) FROM memberships WHERE to_day IS NULL").ShouldBe([county.Manifest.Registered.Persons]);
        opened
            .Query<long>("SELECT count(*) FROM memberships WHERE from_day BETWEEN 20191231 AND 20200612 OR to_day BETWEEN 20191231 AND 20200612")
            .ShouldBe([0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sheet_of_member_changes_closes_and_opens_memberships_on_their_days(bool postgres)
    {
        using var opened = new Opened(postgres);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(11, ("姓名", "乙某"))]);
        var born = opened.Query<long>("SELECT birth FROM persons WHERE name = '乙某'").Single();
        string[][] rows =
        [
            ["县", "乡", "村", "户编号", "姓名", "出生日期", "与户主关系", "增加日期", "减少日期", "人员变更"],
            ["会泽县", "者海镇", "小街社区", "53032600000001", "乙某", $"{born}", "其他", "", "2019-03-02", "死亡"],
            ["会泽县", "者海镇", "小街社区", "53032600000001", "丙某", "2020-01-05", "之子", "2020-01-05", "", "新生儿"],
        ];
        opened.Import("c.csv", rows);
        opened
            .Query<string>(
                "SELECT p.name || ' ' || CAST(m.from_day AS text) || '-' || coalesce(CAST(m.to_day AS text), '') || ' ' || coalesce(CAST(m.change AS text), '') FROM memberships m JOIN persons p ON p.id = m.person_id ORDER BY p.id"
            )
            .ShouldBe(["甲某 18000101- ", "乙某 18000101-20190302 1", "丙某 20200105- 6"]);
        opened.Import("c.csv", rows).Tables.ShouldAllBe(t => t.Added + t.Changed == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_corrected_year_and_an_exit_taken_back_rewrite_the_chain_and_can_be_undone(bool postgres)
    {
        using var opened = new Opened(postgres);
        Statuses(opened, ["1", "脱贫户", "2014", "2019"], ["2", "脱贫户", "2014", "2018"], ["3", "脱贫户", "2014", "2018"]);
        var correction = Statuses(opened, ["1", "未脱贫", "2014", ""], ["2", "脱贫户", "2014", "2019"], ["3", "脱贫户", "2014", "2017"]);
        Chain(opened, "1").ShouldBe(["2 20141231-"]);
        Chain(opened, "2").ShouldBe(["2 20141231-20191231", "3 20191231-"]);
        Chain(opened, "3").ShouldBe(["2 20141231-20171231", "3 20171231-"]);
        Statuses(opened, ["1", "未脱贫", "2014", ""], ["2", "脱贫户", "2014", "2019"], ["3", "脱贫户", "2014", "2017"]).Batch.ShouldBeNull();
        UndoImport.Handle(opened.Installation, correction.Batch!.Value);
        Chain(opened, "1").ShouldBe(["2 20141231-20191231", "3 20191231-"]);
        Chain(opened, "2").ShouldBe(["2 20141231-20181231", "3 20181231-"]);
        Chain(opened, "3").ShouldBe(["2 20141231-20181231", "3 20181231-"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_older_than_the_status_held_is_refused_by_row(bool postgres)
    {
        using var opened = new Opened(postgres);
        Statuses(opened, ["1", "脱贫户", "2014", "2019"], ["2", "未脱贫", "2014", ""]);
        string[][] older =
        [
            ["1", "未脱贫", "2014", ""],
            ["2", "脱贫户", "2014", "2018"],
        ];
        var day = new DateOnly(2019, 6, 30);
        var refusal = Should.Throw<Refusal>(() => Statuses(opened, day, false, older));
        (refusal.Code, refusal.Details.Single()).ShouldBe(("import.outdated", "row 2"));
        Statuses(opened, day, true, older);
        Chain(opened, "1").ShouldBe(["2 20141231-20191231", "3 20191231-"]);
        Chain(opened, "2").ShouldBe(["2 20141231-20181231", "3 20181231-"]);
    }

    [Theory, BothEngines]
    public void Support_that_ends_or_is_granted_again_is_a_change_and_leaves_the_years_before_as_they_were(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        string[] onSupport = ["1", "脱贫(享受政策)", "2014", "2016"];
        string[] ended = ["1", "稳定脱贫(不再享受政策)", "2014", "2016"];
        Statuses(opened, onSupport);
        Statuses(opened, new DateOnly(2020, 12, 20), false, [ended]);
        string[] chain = ["2 20141231-20161231", "3 20161231-20201220", "4 20201220-"];
        Chain(opened, "1").ShouldBe(chain);
        // The year of the exit is the same as ever: nothing is corrected when the file comes again, however late.
        Statuses(opened, new DateOnly(2020, 12, 20), false, [ended]).Batch.ShouldBeNull();
        Statuses(opened, new DateOnly(2021, 12, 20), false, [ended]).Batch.ShouldBeNull();
        var again = Statuses(opened, new DateOnly(2022, 12, 20), false, [onSupport]);
        Chain(opened, "1").ShouldBe([.. chain[..2], "4 20201220-20221220", "3 20221220-"]);
        UndoImport.Handle(opened.Installation, again.Batch!.Value);
        Chain(opened, "1").ShouldBe(chain);
        // An exit taken back is a correction of all that followed from it.
        Statuses(
            opened,
            new DateOnly(2021, 12, 20),
            false,
            [
                ["1", "未脱贫", "2014", ""],
            ]
        );
        Chain(opened, "1").ShouldBe(["2 20141231-"]);
    }

    private static ImportFiles.Result Statuses(Opened opened, params string[][] rows) => Statuses(opened, new DateOnly(2020, 6, 12), false, rows);

    private static ImportFiles.Result Statuses(Opened opened, DateOnly day, bool yes, string[][] rows) =>
        opened.Import(
            "h.csv",
            [
                ["县", "乡", "村", "户编号", "年度", "户类型", "识别年度", "脱贫年度"],
                .. rows.Select(r => (string[])["会泽县", "者海镇", "小街社区", r[0], "2020", .. r[1..]]),
            ],
            yes: yes,
            day: day
        );

    private static string[] Chain(Opened opened, string number) =>
        opened.Query<string>(
            $"SELECT CAST(e.kind AS text) || ' ' || CAST(e.from_day AS text) || '-' || coalesce(CAST(e.to_day AS text), '') FROM household_statuses e JOIN households h ON h.id = e.household_id WHERE h.national_no = '{number}' ORDER BY e.from_day"
        );
}
