using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

/// <summary>A file comes again, a little different: what is written, what is kept, and that it can be undone.</summary>
public sealed class ImportingChanges(Installations installations)
{
    private static Sheet Persons(TuopinCli cli) => Sheet.Read(Path.Combine(cli.Folder, "demo-files", "persons.csv"));

    private static Dictionary<string, List<string>> All(TuopinCli cli) => cli.Tables.Dump(cli.Tables.Names());

    private static Dictionary<string, List<string>> Known(TuopinCli cli) => cli.Tables.Dump(cli.Tables.Known(), "change_id");

    private static long Batch(Answer import) => import.Json[0].GetProperty("batch").GetInt64();

    private static int SomeMember(Sheet sheet, int after = 0) => sheet.Rows.FindIndex(after, r => r[sheet["与户主关系"]] is "之子" or "之女");

    [Theory, BothEngines]
    public void The_same_file_changes_nothing(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = All(cli);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(cli.Folder, "demo-files")))
        {
            // The villages' own word on houses has the columns of the department's list.
            string[] options = Path.GetFileName(file) == "village-grades.xlsx" ? ["--mapping", "house-rebuilding", "--stated-by", "village"] : [];
            var result = cli.Import(file, options).Json[0];
            result.GetProperty("committed").GetBoolean().ShouldBeFalse(file);
            result.GetProperty("batch").ValueKind.ShouldBe(JsonValueKind.Null);
        }
        All(cli).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void A_changed_cell_changes_one_row_and_keeps_the_old_one(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        var number = sheet.Cell(row, "人口编号");
        var (before, ethnic) = (cli.Tables.Counts(), cli.Tables.Number($"SELECT ethnic FROM persons WHERE national_no = '{number}'"));
        sheet.Cell(row, "民族").ShouldBe("汉族");
        var result = cli.Import(sheet.With(row, "民族", "苗族").Write(cli.Folder, "one-cell.csv")).Json[0];
        result
            .GetProperty("tables")
            .EnumerateArray()
            .Where(t => t.GetProperty("added").GetInt64() + t.GetProperty("changed").GetInt64() > 0)
            .Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("added").GetInt64()} {t.GetProperty("changed").GetInt64()}")
            .ShouldBe(["persons 0 1"]);
        var change = cli.Tables.Number("SELECT max(id) FROM changes");
        cli.Tables.Number($"SELECT count(*) FROM persons WHERE change_id = {change}").ShouldBe(1);
        cli.Tables.Number($"SELECT ethnic FROM persons WHERE national_no = '{number}'").ShouldNotBe(ethnic);
        cli.Tables.Number($"SELECT ethnic FROM persons_history WHERE national_no = '{number}' AND ended_by = {change}").ShouldBe(ethnic);
        var after = cli.Tables.Counts();
        after
            .Where(c => c.Value != before[c.Key])
            .Select(c => $"{c.Key} {c.Value - before[c.Key]}")
            .Order()
            .ShouldBe(["audit_entries 1", "changes 1", "import_batches 1", "persons_history 1"]);
        AuditHolds(cli);
    }

    [Theory, BothEngines]
    public void Another_ID_number_is_written_with_its_index_and_the_old_one_kept(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        var row = sheet.Rows.FindIndex(r => r[sheet["证件号码"]].Length == 18 && r[sheet["与户主关系"]] == "之子");
        var old = sheet.Cell(row, "证件号码");
        var sequence = (int.Parse(old[14..17], System.Globalization.CultureInfo.InvariantCulture) + 500) % 1000;
        cli.Import(sheet.With(row, "证件号码", Exchange.Persons.Id($"{old[..14]}{sequence:D3}")).Write(cli.Folder, "id.csv")).Done();
        var change = cli.Tables.Number("SELECT max(id) FROM changes");
        var where = $"p.national_no = '{sheet.Cell(row, "人口编号")}'";
        cli.Tables.Number(
                $"SELECT count(*) FROM persons p JOIN persons_history h ON h.id = p.id AND h.ended_by = {change} WHERE {where} AND h.id_index <> p.id_index AND h.id_cipher <> p.id_cipher"
            )
            .ShouldBe(1);
    }

    [Theory, BothEngines]
    public void A_person_in_another_household_has_moved_there(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        var (person, from) = (sheet.Cell(row, "人口编号"), sheet.Cell(row, "户编号"));
        var other = sheet.Rows.FindIndex(r => r[sheet["户编号"]] != from && r[sheet["与户主关系"]] == "户主");
        var to = sheet.Cell(other, "户编号");
        sheet.With(row, "户编号", to).With(row, "与户主关系", "其他");
        var persons = cli.Judge().Json.GetProperty("registered").GetRawText();
        cli.Import(sheet.Write(cli.Folder, "moved.csv")).Done();
        string Membership(string household) =>
            cli.Tables.Text(
                $"""
                SELECT m.from_day || ' - ' || coalesce(CAST(m.to_day AS text), 'now') FROM memberships m JOIN persons p ON p.id = m.person_id
                JOIN households h ON h.id = m.household_id WHERE p.national_no = '{person}' AND h.national_no = '{household}'
                """
            )!;
        Membership(from).ShouldEndWith(" - 20200612");
        Membership(to).ShouldBe("20200612 - now");
        cli.Judge().Json.GetProperty("registered").GetRawText().ShouldBe(persons);
    }

    [Theory, BothEngines]
    public void A_person_who_is_new_joins_on_the_data_date(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        AddChild(sheet, SomeMember(sheet));
        cli.Import(sheet.Write(cli.Folder, "born.csv")).Done();
        cli.Tables.Number("SELECT count(*) FROM memberships WHERE from_day = 20200612 AND to_day IS NULL").ShouldBe(1);
        var judged = cli.Judge().Json.GetProperty("registered");
        judged.GetProperty("persons").GetInt32().ShouldBe(Installations.County(Tuopin.Demo.DemoSize.Village).Manifest.Registered.Persons + 1);
    }

    private static void AddChild(Sheet sheet, int sibling)
    {
        var child = sheet.Rows[sibling].ToArray();
        child[sheet["人口编号"]] = child[sheet["户编号"]] + "77";
        child[sheet["姓名"]] = "新某";
        child[sheet["性别"]] = "女";
        child[sheet["与户主关系"]] = "其他";
        child[sheet["出生日期"]] = "2020-05-01";
        child[sheet["证件号码"]] = Exchange.Persons.Id($"{child[sheet["证件号码"]][..6]}20200501992");
        child[sheet["残疾类别"]] = "";
        sheet.Rows.Add(child);
    }

    [Theory, BothEngines]
    public void An_undone_import_leaves_the_record_as_it_was(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = Known(cli);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        var other = sheet.Rows.FindIndex(r => r[sheet["户编号"]] != sheet.Cell(row, "户编号") && r[sheet["与户主关系"]] == "户主");
        AddChild(sheet, row);
        sheet
            .With(row, "户编号", sheet.Cell(other, "户编号"))
            .With(row, "与户主关系", "其他")
            .With(other, "民族", "苗族")
            .With(other, "姓名", "改某");
        var id = sheet.Cell(other, "证件号码");
        sheet.With(other, "成员联系电话", "12099999999");
        var batch = Batch(cli.Import(sheet.Write(cli.Folder, "many.csv")));
        Known(cli).EqualTo(before).ShouldBeFalse();
        cli.Undo(batch).Done();
        Known(cli).ShouldEqual(before);
        cli.Undo(batch).Refused("import.undone-already");
        AuditHolds(cli);
    }

    [Theory, BothEngines]
    public void A_first_import_undone_leaves_nothing(Engine engine)
    {
        using var cli = installations.Empty(engine);
        using var files = new Exchange.Files();
        var before = Known(cli);
        var rows = Enumerable.Range(0, 25).Select(n => MakingTheDemo.RealVillage(n));
        var batch = Batch(cli.Import(files.Text("persons.csv", Exchange.Persons.Csv(rows))));
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(25);
        cli.Undo(batch).Done();
        Known(cli).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void A_status_that_changes_closes_the_one_before_and_undo_opens_it_again(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = Known(cli);
        var sheet = Sheet.Read(Path.Combine(cli.Folder, "demo-files", "households.xlsx"));
        var row = sheet.RowOf("脱贫属性", "未脱贫");
        row.ShouldBeGreaterThanOrEqualTo(0, string.Join(' ', sheet.Rows.Select(r => r[sheet["脱贫属性"]]).Distinct()));
        sheet.With(row, "脱贫属性", "脱贫(享受政策)").With(row, "脱贫年度", "2020");
        var number = sheet.Cell(row, "户编号");
        var import = cli.Run("import", sheet.Write(cli.Folder, "exited.xlsx"), "--data-date", "2020-12-31", "--json");
        var episodes = cli.Tables.Query<string>(
            $"SELECT s.from_day || '-' || coalesce(CAST(s.to_day AS text), '') FROM household_statuses s JOIN households h ON h.id = s.household_id WHERE h.national_no = '{number}' ORDER BY s.from_day"
        );
        episodes.Count.ShouldBeGreaterThan(1, import.Errors);
        episodes[^2].ShouldEndWith("-20201231");
        episodes[^1].ShouldBe("20201231-");
        cli.Undo(Batch(import)).Done();
        Known(cli).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void An_import_that_was_built_on_cannot_be_undone(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        var first = Batch(cli.Import(sheet.With(row, "民族", "苗族").Write(cli.Folder, "first.csv")));
        cli.Import(sheet.With(row, "民族", "彝族").Write(cli.Folder, "second.csv")).Done();
        var before = All(cli);
        cli.Undo(first).Refused("import.changed-since", "persons");
        cli.Undo(4711).Refused("import.batch-unknown", "4711");
        All(cli).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void Comparing_lists_each_cell_that_differs_and_writes_nothing(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = Known(cli);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        AddChild(sheet, row);
        var held = sheet.Cell(row, "民族");
        var file = sheet.With(row, "民族", "苗族").Write(cli.Folder, "theirs.csv");
        var result = cli.Import(file, "--compare").Json[0];
        result.GetProperty("committed").GetBoolean().ShouldBeFalse();
        var list = File.ReadAllLines(result.GetProperty("rejects").GetString()!);
        list.Count(l => l.Contains(",民族,", StringComparison.Ordinal)).ShouldBe(1);
        list.ShouldContain(l => l.Contains($",民族,{held},苗族", StringComparison.Ordinal) && l.StartsWith($"{row + 2},", StringComparison.Ordinal));
        list.ShouldContain(l => l.Contains("(新 new)", StringComparison.Ordinal));
        Known(cli).ShouldEqual(before);
        // A list of personal data is entered in the audit; two of one second have two names.
        cli.Tables.Text("SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1").ShouldBe("registry.compare");
        cli.Clock.Now -= TimeSpan.FromMinutes(1);
        var again = cli.Import(file, "--compare").Json[0].GetProperty("rejects").GetString()!;
        again.ShouldNotBe(result.GetProperty("rejects").GetString());
        File.ReadAllLines(again).ShouldBe(list);
    }

    [Theory, BothEngines]
    public void Comparing_names_registered_households_that_a_full_export_lacks(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Persons(cli);
        var lacking = sheet.Cell(SomeMember(sheet), "户编号");
        cli.Import(sheet.Write(cli.Folder, "whole.csv"), "--compare").Json[0].GetProperty("absentHouseholds").GetInt64().ShouldBe(0);
        var without = sheet.Only(r => r[sheet["户编号"]] != lacking);
        var result = cli.Import(without.Write(cli.Folder, "lacking.csv"), "--compare").Json[0];
        result.GetProperty("absentHouseholds").GetInt64().ShouldBe(1);
        // A household that the file lacks whole has no absent members: it is named once.
        result.GetProperty("absent").GetInt64().ShouldBe(0);
        File.ReadAllLines(result.GetProperty("rejects").GetString()!)
            .Where(l => l.Contains("(缺 absent)", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .ShouldContain(lacking);
    }

    [Theory, BothEngines]
    public void Rows_about_households_nobody_knows_are_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = Known(cli);
        var sheet = Sheet.Read(Path.Combine(cli.Folder, "demo-files", "incomes-2019.csv")).Only(r => true);
        sheet.With(3, "户编号", "DEMO0000000000000001").With(5, "户编号", "DEMO0000000000000002").With(5, "工资性收入", "1");
        var file = sheet.Write(cli.Folder, "incomes.csv");
        cli.Import(file).Refused("import.subject-unknown", "row 5", "row 7");
        Known(cli).ShouldEqual(before);
        cli.Import(file, "--yes").Done();
    }

    [Theory, BothEngines]
    public void A_file_that_contradicts_many_persons_stops_before_it_commits(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = Known(cli);
        var sheet = Persons(cli);
        // Every number is given to somebody else: the file of another county, or sorted in one column only.
        foreach (var row in sheet.Rows)
        {
            row[sheet["姓名"]] = "另" + row[sheet["姓名"]];
            var id = row[sheet["证件号码"]];
            if (id.Length == 18)
                row[sheet["证件号码"]] = Exchange.Persons.Id(
                    $"{id[..14]}{(int.Parse(id[14..17], System.Globalization.CultureInfo.InvariantCulture) + 400) % 1000:D3}"
                );
        }
        cli.Import(sheet.Write(cli.Folder, "others.csv")).Refused("import.conflicts");
        Known(cli).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void Two_imports_at_once_queue(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var files = Path.Combine(cli.Folder, "demo-files");
        var persons = Sheet.Read(Path.Combine(files, "persons.csv"));
        foreach (var row in persons.Rows)
            row[persons["是否会讲普通话"]] = row[persons["是否会讲普通话"]] == "是" ? "否" : "是";
        var incomes = Sheet.Read(Path.Combine(files, "incomes-2019.csv"));
        foreach (var row in incomes.Rows)
            row[incomes["工资性收入"]] = "1234.00";
        string[] paths = [persons.Write(cli.Folder, "persons-2.csv"), incomes.Write(cli.Folder, "incomes-2.csv")];
        var answers = new Answer[2];
        var threads = paths.Select((path, i) => new Thread(() => answers[i] = cli.Import(path))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        foreach (var answer in answers)
            answer.Json[0].GetProperty("committed").GetBoolean().ShouldBeTrue();
        answers.Select(Batch).Distinct().Count().ShouldBe(2);
        cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2019 AND income_wage <> 123400").ShouldBe(0);
        AuditHolds(cli);
        var all = All(cli);
        foreach (var path in paths)
            cli.Import(path).Json[0].GetProperty("committed").GetBoolean().ShouldBeFalse(path);
        All(cli).ShouldEqual(all);
    }

    private static void AuditHolds(TuopinCli cli)
    {
        using var connection = cli.Open().Store.Open();
        AuditLog.Verify(connection).ShouldBeNull();
    }
}
