using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

public sealed class ListingImports(Installations installations)
{
    [Theory, BothEngines]
    public void Each_import_is_listed_with_its_counts_and_its_undoing(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Run("imports", "--json").Json.EnumerateArray().ToList();
        before.Count.ShouldBe((int)cli.Tables.Number("SELECT count(*) FROM import_batches"));
        before.ShouldAllBe(b => b.GetProperty("dataDate").GetString() == "2020-06-12");
        var sheet = Sheet.Read(Directory.EnumerateFiles(Path.Combine(cli.Folder, "demo-files"), "*income*").First());
        var title = sheet.Titles.First(t => t.Contains("工资", StringComparison.Ordinal));
        var file = sheet.With(0, title, "12345.67").Write(cli.Folder, "incomes-new.csv");
        var batch = cli.Import(file).Json[0].GetProperty("batch").GetInt64();
        var listed = cli.Run("imports", "--json").Json[0];
        listed.GetProperty("id").GetInt64().ShouldBe(batch);
        listed.GetProperty("file").GetString().ShouldBe("incomes-new.csv");
        listed.GetProperty("changed").GetInt64().ShouldBe(1);
        listed.GetProperty("rows").GetInt64().ShouldBe(sheet.Rows.Count);
        listed.GetProperty("who").GetString().ShouldBe(Environment.UserName);
        listed.GetProperty("undone").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        cli.Undo(batch).Done();
        cli.Run("imports", "--json").Json[0].GetProperty("undone").GetString().ShouldNotBeNullOrEmpty();
        cli.Run("imports").Done().Output.ShouldContain("UNDONE");
    }

    [Fact]
    public void Rows_taken_in_with_a_warning_are_told_and_listed()
    {
        using var cli = installations.Empty(Engine.Sqlite);
        string[][] rows = [MakingTheDemo.RealVillage(0), MakingTheDemo.RealVillage(1, ("证件号码", "999999"))];
        var file = Path.Combine(cli.Folder, "persons.csv");
        File.WriteAllText(file, Exchange.Persons.Csv(rows));
        var answer = cli.Run("import", file, "--data-date", "2020-06-12", "--yes").Done();
        answer.Errors.ShouldContain("warnings, all in");
        answer.Errors.ShouldContain("id-none");
        var list = Directory.GetFiles(Path.Combine(cli.Folder, "warnings")).ShouldHaveSingleItem();
        File.ReadAllText(list).ShouldContain(",id-none,");
        File.ReadAllText(list).ShouldNotContain(rows[0][Array.IndexOf(Exchange.Persons.Titles, "证件号码")]);
    }

    [Theory, BothEngines]
    public void The_work_date_is_shown_set_and_audited(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Run("workdate").Done().Output.Trim().ShouldBe("2020-06-12");
        cli.Run("workdate", "2019-12-31", "--json").Json.GetProperty("workDate").GetString().ShouldBe("2019-12-31");
        cli.Tables.Text("SELECT detail FROM audit_entries ORDER BY id DESC LIMIT 1").ShouldBe("work_date = 2019-12-31");
        cli.Gaps().Refused("judged.stale");
        var entries = cli.Tables.Number("SELECT count(*) FROM audit_entries");
        cli.Run("workdate", "2019-12-31").Done();
        cli.Tables.Number("SELECT count(*) FROM audit_entries").ShouldBe(entries);
        cli.Run("workdate", "soon").Misused("date.bad", "soon");
        cli.Run("audit", "verify").Done();
    }
}
