using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class ImportingFiles : IDisposable
{
    private readonly Opened opened = new(postgres: false);

    public void Dispose() => opened.Dispose();

    private static string[] Head(int number, params (string, string)[] with) => Persons.Placed(number * 10, with);

    [Fact]
    public void Rejected_rows_of_the_second_sheet_come_from_that_sheet()
    {
        var path = opened.At("two.xlsx");
        TwoSheets(
            path,
            [
                ["说明", "没有表头"],
            ],
            [Persons.Titles, Head(1), Head(2, ("性别", "女"))]
        );
        var result = opened.Import(path, yes: true).ShouldHaveSingleItem();
        (result.Rows, result.Rejected).ShouldBe((2, 1));
        using var rejects = SheetReader.Open(result.Rejects!);
        var rows = rejects.Head.Select(r => r.ToStrings()).ToList();
        rows.Count.ShouldBe(2);
        rows[1][5].ShouldBe("53032600000002");
        rows[1][Persons.Titles.Length + 2].ShouldBe("3");
    }

    [Fact]
    public void A_household_whose_head_is_refused_is_refused_as_a_whole()
    {
        var rows = new[] { Persons.Titles, Head(1, ("性别", "女")), Persons.Placed(11), Head(2), Persons.Placed(21) };
        var refusal = Should.Throw<Refusal>(() => opened.Import("p.csv", rows));
        refusal.Details.ShouldContain(d => d.Contains("head-refused"));
        opened.Import("p.csv", rows, yes: true).Rejected.ShouldBe(2);
        opened.Query<string>("SELECT national_no FROM households").ShouldBe(["53032600000002"]);
    }

    [Fact]
    public void Numbers_of_prefixes_never_given_out_are_taken_without_a_warning_in_the_demo_only()
    {
        Warnings().ShouldContain("id-area");
        using (var connection = opened.Installation.Store.Open())
        using (var transaction = opened.Installation.Store.BeginWrite(connection))
        {
            opened.Installation.Set(connection, transaction, "admitted_prefixes", "2903");
            transaction.Commit();
        }
        Warnings().ShouldNotContain("id-area");

        // The reject workbook shows what else was found on a refused row.
        string Warnings()
        {
            var found = Should.Throw<Refusal>(() => opened.Import("w.csv", [Persons.Titles, Head(1, ("性别", "女"))]));
            var path = Directory.GetFiles(opened.At("rejects")).Single();
            using (var rejects = SheetReader.Open(path))
                if (string.Join(' ', rejects.Head[1].ToStrings()).Contains("前六位"))
                    found = new Refusal("seen", "id-area");
            File.Delete(path);
            return found.Message;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_blank_cell_leaves_the_held_value_unless_the_mapping_lets_it_erase(bool postgres)
    {
        using var here = new Opened(
            postgres,
            """
            mapping: ours
            kind: persons
            label: { zh: 自拟, en: ours }
            status: working
            columns:
              - { title: 我方户号, to: household.national_no, required: true }
              - { title: 我方人口号, to: person.national_no, required: true }
              - { title: 县, to: area.county }
              - { title: 乡, to: area.township }
              - { title: 村, to: area.village }
              - { title: 姓名, to: person.name }
              - { title: 与户主关系, to: person.relation }
              - { title: 民族, to: person.ethnic }
              - { title: 政治面貌, to: person.politics, erases: true }
            """
        );
        here.Import("first.csv", Ours("汉族", "中共党员"));
        here.Import("blank.csv", Ours("", "")).Tables.Sum(t => t.Changed).ShouldBe(1);
        here.Query<long>("SELECT count(*) FROM persons WHERE ethnic IS NOT NULL").ShouldBe([1]);
        here.Query<long>("SELECT count(*) FROM person_years p WHERE p.politics IS NOT NULL").ShouldBe([0]);

        static string[][] Ours(string ethnic, string party) =>
            [
                ["县", "乡", "村", "我方户号", "我方人口号", "姓名", "与户主关系", "民族", "政治面貌"],
                ["会泽县", "者海镇", "小街社区", "1", "11", "甲某", "户主", ethnic, party],
            ];
    }

    [Fact]
    public void A_row_that_repeats_a_measure_is_refused()
    {
        opened.Import("p.csv", [Persons.Titles, Head(1)]);
        string[] Measure(string item) => ["53032600000001", "2019", "产业帮扶", item];
        string[][] rows =
        [
            ["户编号", "年度", "措施类型", "措施内容"],
            Measure("劳务输出"),
            Measure("技能培训"),
            Measure("劳务输出"),
        ];
        Should.Throw<Refusal>(() => opened.Import("m.csv", rows)).Details.ShouldHaveSingleItem().ShouldContain("measure-twice");
        opened.Import("m.csv", rows[..3]);
        opened.Import("m.csv", rows[..3]).Batch.ShouldBeNull();
        opened.Query<long>("SELECT count(*) FROM measures").ShouldBe([2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Imports_are_undone_one_after_the_other_the_last_first(bool postgres)
    {
        using var here = new Opened(postgres);
        long Batch(string name, params string[][] rows) => here.Import(name, [Persons.Titles, .. rows]).Batch!.Value;
        var first = Batch("1.csv", Head(1));
        var second = Batch("2.csv", Head(1, ("民族", "苗族")), Persons.Placed(11));
        var third = Batch("3.csv", Head(1, ("民族", "彝族")));
        Should.Throw<Refusal>(() => UndoImport.Handle(here.Installation, second)).Code.ShouldBe("import.changed-since");
        UndoImport.Handle(here.Installation, third);
        UndoImport.Handle(here.Installation, second);
        here.Query<long>("SELECT count(*) FROM persons").ShouldBe([1]);
        UndoImport.Handle(here.Installation, first);
        here.Query<long>("SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM households) + (SELECT count(*) FROM memberships)")
            .ShouldBe([0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_workbook_is_loaded_as_a_whole_or_not_at_all(bool postgres)
    {
        using var here = new Opened(postgres);
        string[] titles = ["县", "乡", "村", "户编号", "年度", "工资性收入"];
        string[] Income(string household, string wage) => ["会泽县", "者海镇", "小街社区", household, "2019", wage];
        // Each sheet is good on its own: the second is about a household that nobody brings.
        TwoSheets(here.At("bad.xlsx"), [Persons.Titles, Head(1)], [titles, Income("53032600000001", "100"), Income("53032600000009", "100")]);
        Should.Throw<Refusal>(() => here.Import(here.At("bad.xlsx"))).Code.ShouldBe("import.subject-unknown");
        // A cell of the second is wrong.
        TwoSheets(here.At("cell.xlsx"), [Persons.Titles, Head(1)], [titles, Income("53032600000001", "many")]);
        Should.Throw<Refusal>(() => here.Import(here.At("cell.xlsx"))).Code.ShouldBe("import.rows-rejected");
        here.Query<long>("SELECT (SELECT count(*) FROM households) + (SELECT count(*) FROM import_batches)").ShouldBe([0]);

        TwoSheets(here.At("good.xlsx"), [Persons.Titles, Head(1)], [titles, Income("53032600000001", "100")]);
        here.Import(here.At("good.xlsx")).Select(r => (r.Sheet, r.Batch)).ShouldBe([("表1", 1L), ("表2", 2L)]);
        here.Query<long>("SELECT income_wage FROM household_years WHERE income_wage IS NOT NULL").ShouldBe([10000]);
        here.Import(here.At("good.xlsx")).ShouldAllBe(r => !r.Committed);
        UndoImport.Handle(here.Installation, 2);
        here.Query<long>("SELECT count(*) FROM persons").ShouldBe([1]);
        UndoImport.Handle(here.Installation, 1);
        here.Query<long>("SELECT count(*) FROM households").ShouldBe([0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_area_is_asked_for_again_when_somebody_wrote_before_the_lock(bool postgres)
    {
        using var here = new Opened(postgres);
        here.Import("p.csv", [Persons.Titles, Head(1)]);
        var area = here.Query<long>("SELECT area_code FROM households").Single();
        var other = here.Query<string>(
                $"SELECT v.name FROM area_versions v WHERE v.level = 5 AND v.to_day IS NULL AND v.code / 1000 = {area / 1000} AND v.code <> {area} ORDER BY v.code"
            )
            .First();
        using (var writer = SheetWriter.Create(here.At("mine.csv"), "表"))
            foreach (var row in new[] { Persons.Titles, Head(1, ("民族", "苗族")) })
                writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        var mine = new ImportFiles.Request([here.At("mine.csv")], new DateOnly(2020, 6, 12), Compare: false, Yes: false)
        {
            Within = [new Tuopin.Rules.Model.AreaRange(area, area)],
        };
        var moved = false;
        // The warnings are told between the first look and the lock; the household moves away meanwhile.
        var refusal = Should.Throw<Refusal>(() => ImportFiles.Handle(here.Installation, mine, _ => MoveAway()));
        moved.ShouldBeTrue();
        (refusal.Code, refusal.Details.Count).ShouldBe(("import.rows-rejected", 1));
        refusal.Details[0].ShouldContain("scope-outside");
        here.Query<long>("SELECT area_code FROM households").Single().ShouldNotBe(area);

        void MoveAway()
        {
            if (!moved)
                here.Import("move.csv", [Persons.Titles, Head(1, ("村", other))]).Committed.ShouldBeTrue();
            moved = true;
        }
    }

    [Fact]
    public void A_list_of_errors_is_capped_and_the_counts_stay_exact()
    {
        var findings = new Findings(cap: 3);
        for (var row = 1; row <= 5; row++)
        {
            findings.Add(row, new RowError(ImportRules.IdNone, "s", row, 0, "t", ""));
            findings.Add(row, new RowError(ImportRules.Required, "s", row, 0, "t", ""));
            findings.Add(row, new RowError(ImportRules.Bool, "s", row, 0, "t", ""));
        }
        (findings.Rejected, findings.ByRow.Count, findings.TooMany).ShouldBe((5, 3, true));
    }

    private static void TwoSheets(string path, params string[][][] sheets)
    {
        using var files = new Files();
        using var archive = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create);
        void Part(string name, string xml)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(xml);
        }
        var numbers = Enumerable.Range(1, sheets.Length).ToList();
        Part("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>");
        Part(
            "xl/workbook.xml",
            "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets>"
                + string.Concat(numbers.Select(n => $"<sheet name='表{n}' sheetId='{n}' r:id='r{n}'/>"))
                + "</sheets></workbook>"
        );
        Part(
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
                + string.Concat(
                    numbers.Select(n =>
                        $"<Relationship Id='r{n}' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet{n}.xml'/>"
                    )
                )
                + "</Relationships>"
        );
        foreach (var n in numbers)
            Part(
                $"xl/worksheets/sheet{n}.xml",
                "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
                    + string.Concat(
                        sheets[n - 1].Select(r => $"<row>{string.Concat(r.Select(c => $"<c t='inlineStr'><is><t>{c}</t></is></c>"))}</row>")
                    )
                    + "</sheetData></worksheet>"
            );
    }
}
