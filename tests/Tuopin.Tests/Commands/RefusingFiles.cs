using System.Text;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

/// <summary>Bad input through the command: refused with row, column, value and rule, and nothing is changed.</summary>
public sealed class RefusingFiles(Installations installations) : IDisposable
{
    private const int Second = 3; // the row a person sees, of the second person
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private static string[][] Rows(params (string, string)[] secondWith) =>
        [MakingTheDemo.RealVillage(0), MakingTheDemo.RealVillage(1, secondWith), MakingTheDemo.RealVillage(10)];

    private string Csv(params (string, string)[] secondWith) => files.Text("persons.csv", Persons.Csv(Rows(secondWith)));

    private void ShouldRefuse(Engine engine, string file, string code, params string[] saying)
    {
        using var cli = installations.Empty(engine);
        // Refused rows are written to a workbook of personal data, which the audit knows of.
        var tables = cli.Tables.Names().Where(t => t is not "audit_entries").ToList();
        var (before, entries) = (cli.Tables.Dump(tables), cli.Tables.Number("SELECT count(*) FROM audit_entries"));
        cli.Import(file).Refused(code, saying);
        cli.Tables.Dump(tables).ShouldEqual(before);
        var rejects = Path.Combine(cli.Folder, "rejects");
        var written = Directory.Exists(rejects) ? Directory.GetFiles(rejects).Length : 0;
        cli.Tables.Number("SELECT count(*) FROM audit_entries").ShouldBe(entries + written);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'registry.rejects'").ShouldBe(written);
        var staging = Path.Combine(cli.Folder, "staging");
        (Directory.Exists(staging) ? Directory.GetFiles(staging, "*.db*") : []).ShouldBeEmpty();
    }

    [Theory, BothEngines]
    public void A_code_that_is_none(Engine engine) =>
        ShouldRefuse(engine, Csv(("民族", "火星族")), "import.rows-rejected", $"第{Second}行", "民族", "[火星族]", "code-unknown");

    [Theory, BothEngines]
    public void A_required_cell_that_is_blank(Engine engine) =>
        ShouldRefuse(engine, Csv(("健康状况", "")), "import.rows-rejected", $"第{Second}行", "健康状况", "required");

    [Theory, BothEngines]
    public void A_day_that_is_none(Engine engine) =>
        ShouldRefuse(engine, Csv(("出生日期", "1980-02-30")), "import.rows-rejected", $"第{Second}行", "出生日期", "[1980-02-30]", "date");

    [Theory, BothEngines]
    public void A_number_out_of_range(Engine engine) =>
        ShouldRefuse(engine, Csv(("务工时间（月）", "13")), "import.rows-rejected", $"第{Second}行", "务工时间", "[13]", "range");

    [Theory, BothEngines]
    public void A_place_that_is_none(Engine engine) =>
        ShouldRefuse(engine, Csv(("村", "子虚村")), "import.rows-rejected", $"第{Second}行", "村", "[子虚村]", "area-unknown");

    [Theory, BothEngines]
    public void An_ID_number_that_stands_twice_and_is_masked(Engine engine)
    {
        var twice = Rows()[0][Array.IndexOf(Persons.Titles, "证件号码")];
        using var cli = installations.Empty(engine);
        var refused = cli.Import(Csv(("证件号码", twice), ("出生日期", "1980-01-01")))
            .Refused("import.rows-rejected", $"第{Second}行", "证件号码", "id-duplicate");
        refused.Errors.ShouldNotContain(twice);
        refused.Errors.ShouldContain(twice[..3] + "*");
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(0);
    }

    [Theory, BothEngines]
    public void An_ID_number_with_a_wrong_check_digit(Engine engine)
    {
        var good = Rows()[1][Array.IndexOf(Persons.Titles, "证件号码")];
        var bad = good[..17] + (good[17] == '1' ? '2' : '1');
        ShouldRefuse(engine, Csv(("证件号码", bad)), "import.rows-rejected", $"第{Second}行", "id-checksum");
    }

    [Theory, BothEngines]
    public void A_household_without_a_head(Engine engine) =>
        ShouldRefuse(
            engine,
            files.Text("persons.csv", Persons.Csv([MakingTheDemo.RealVillage(1), MakingTheDemo.RealVillage(2)])),
            "import.rows-rejected",
            "head-missing"
        );

    [Theory, BothEngines]
    public void A_required_column_that_is_missing(Engine engine)
    {
        var at = Array.IndexOf(Persons.Titles, "证件号码");
        var rows = Rows().Prepend(Persons.Titles).Select(r => string.Join(',', r.Where((_, i) => i != at)));
        ShouldRefuse(engine, files.Text("persons.csv", string.Join("\r\n", rows)), "import.file-refused", "persons.csv", "证件号码");
    }

    [Theory, BothEngines]
    public void A_column_that_stands_twice(Engine engine)
    {
        var rows = Rows().Prepend(Persons.Titles).Select(r => string.Join(',', r.Append(r[Array.IndexOf(Persons.Titles, "民族")])));
        ShouldRefuse(engine, files.Text("persons.csv", string.Join("\r\n", rows)), "import.file-refused", "民族", "occurs 2 times");
    }

    [Theory, BothEngines]
    public void A_sheet_nobody_knows(Engine engine) =>
        ShouldRefuse(engine, files.Text("prices.csv", "菜,价\r\n白菜,3\r\n萝卜,2\r\n"), "import.file-refused", "prices.csv", "header");

    [Theory, BothEngines]
    public void A_web_page_named_as_a_workbook(Engine engine) =>
        ShouldRefuse(engine, files.Text("persons.xls", "<html><table><tr><td>户编号</td></tr></table></html>"), "import.file-refused", "persons.xls");

    [Theory, BothEngines]
    public void A_file_that_is_not_there(Engine engine) => ShouldRefuse(engine, files.At("missing.csv"), "import.file-missing", "missing.csv");

    [Theory, BothEngines]
    public void A_formula_that_kept_no_result(Engine engine) =>
        ShouldRefuse(engine, WithCell("<f>1+1</f>"), "import.rows-rejected", $"第{Second}行", "务工时间", "cell-formula");

    [Theory, BothEngines]
    public void A_formula_counts_by_its_stored_result(Engine engine)
    {
        using var cli = installations.Empty(engine);
        cli.Import(WithCell("<f>1+1</f><v>2</v>")).Done();
        cli.Tables.Number("SELECT count(*) FROM person_years WHERE work_months = 2").ShouldBe(1);
    }

    /// <summary>A workbook of the three persons in which the months of work of the second are this cell.</summary>
    private string WithCell(string cell)
    {
        var at = Array.IndexOf(Persons.Titles, "务工时间（月）");
        var data = new StringBuilder();
        foreach (var (cells, number) in Rows().Prepend(Persons.Titles).Select((r, i) => (r, i + 1)))
        {
            data.Append($"<row r='{number}'>");
            for (var i = 0; i < cells.Length; i++)
                data.Append(
                    number == Second && i == at ? $"<c r='{Column(i)}{number}'>{cell}</c>"
                    : cells[i].Length == 0 ? ""
                    : $"<c r='{Column(i)}{number}' t='inlineStr'><is><t>{cells[i]}</t></is></c>"
                );
            data.Append("</row>");
        }
        return files.Xlsx($"formula-{cell.Length}.xlsx", data.ToString());
    }

    private static string Column(int index) => index < 26 ? $"{(char)('A' + index)}" : $"{(char)('A' + index / 26 - 1)}{(char)('A' + index % 26)}";

    [Theory, BothEngines]
    public void The_same_rows_in_other_clothes_are_the_same_rows(Engine engine)
    {
        using var plain = installations.Empty(engine);
        plain.Import(Csv()).Done();
        foreach (var (name, file) in Clothes())
        {
            using var cli = installations.Empty(engine);
            cli.Import(file).Done();
            try
            {
                Content(cli).ShouldEqual(Content(plain));
            }
            catch (ShouldAssertException e)
            {
                throw new ShouldAssertException($"{name}: {e.Message}");
            }
        }
    }

    // Blind indexes are compared as well: the copies share one key file.
    private static Dictionary<string, List<string>> Content(TuopinCli cli) => cli.Tables.Dump(cli.Tables.Known(), "id_cipher", "phone_cipher");

    private IEnumerable<(string, string)> Clothes()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        yield return ("GB18030", files.Text("gb.csv", Persons.Csv(Rows()), Encoding.GetEncoding("GB18030")));
        yield return ("UTF-8 with a mark", files.Text("bom.csv", Persons.Csv(Rows()), new UTF8Encoding(true)));
        yield return ("xlsx", Sheet.Of(Persons.Titles, Rows()).Write(files.At("."), "plain.xlsx"));
        yield return ("header moved down", Sheet.Of(Persons.Titles, Rows()).Under(["某县人口导出"], [""]).Write(files.At("."), "down.xlsx"));
        var order = Enumerable.Range(0, Persons.Titles.Length).Reverse().ToArray();
        string[] Turned(string[] row) => [.. order.Select(i => row[i])];
        yield return ("columns in another order", Sheet.Of(Turned(Persons.Titles), Rows().Select(Turned)).Write(files.At("."), "turned.xlsx"));
        var wide = Rows();
        foreach (var row in wide)
        {
            row[Array.IndexOf(Persons.Titles, "证件号码")] = string.Concat(
                row[Array.IndexOf(Persons.Titles, "证件号码")].Select(c => (char)(c + 0xFEE0))
            );
            row[Array.IndexOf(Persons.Titles, "务工时间（月）")] = " ６　";
            row[Array.IndexOf(Persons.Titles, "民族")] = "　汉族 ";
            row[Array.IndexOf(Persons.Titles, "村")] = "石河村";
        }
        yield return ("full-width digits and stray spaces", Sheet.Of(Persons.Titles, wide).Write(files.At("."), "wide.xlsx"));
    }

    [Theory, BothEngines]
    public void Refused_rows_come_back_in_a_workbook_that_can_be_corrected_and_fed_back(Engine engine)
    {
        using var whole = installations.Empty(engine);
        whole.Import(Csv()).Done();
        using var cli = installations.Empty(engine);
        var file = Csv(("民族", "火星族"));
        var refusal = cli.Import(file).Refused("import.rows-rejected");
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(0);
        var loaded = cli.Import(file, "--yes").Json[0];
        // With the member who is refused, his household waits.
        loaded.GetProperty("rejected").GetInt64().ShouldBe(2);
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(1);
        var rejects = Sheet.Read(loaded.GetProperty("rejects").GetString()!);
        refusal.Errors.ShouldContain("rejects");
        var row = rejects.RowOf("民族", "火星族");
        rejects.Cell(row, "错误").ShouldNotBeEmpty();
        rejects.Cell(row, "错误所在列").ShouldContain("民族");
        rejects.Cell(row, "原行号").ShouldBe($"{Second}");
        cli.Import(rejects.With(row, "民族", "汉族").Write(files.At("."), "corrected.xlsx")).Done();
        var people =
            "SELECT p.name || ' ' || p.national_no || ' ' || h.national_no FROM persons p JOIN memberships m ON m.person_id = p.id JOIN households h ON h.id = m.household_id ORDER BY p.national_no";
        cli.Tables.Query<string>(people).ShouldBe(whole.Tables.Query<string>(people));
    }

    [Theory, BothEngines]
    public void Every_error_of_every_row_is_reported(Engine engine)
    {
        using var cli = installations.Empty(engine);
        var rows = Enumerable.Range(0, 8).Select(n => MakingTheDemo.RealVillage(n * 10, ("民族", "火星族"), ("健康状况", "很好吗")));
        var refused = cli.Import(files.Text("persons.csv", Persons.Csv(rows))).Refused("import.rows-rejected", "8 of 8 rows");
        for (var row = 2; row < 10; row++)
            refused.Errors.Split('\n').Count(l => l.Contains($"第{row}行", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory, BothEngines]
    public void A_broken_mapping_names_its_file(Engine engine)
    {
        using var cli = installations.Empty(engine);
        var packs = Directory.CreateDirectory(files.At("packs/mappings"));
        File.WriteAllText(
            Path.Combine(packs.FullName, "ours.yaml"),
            "mapping: ours\nkind: described\nsubject: household\nlabel: { zh: 表, en: sheet }\nstatus: working\ncolumns:\n  - { title: 户编号, to: household.national_number }\n"
        );
        cli.Import(Csv(), "--packs", files.At("packs")).Refused("import.mapping-broken", "ours.yaml", "household.national_number");
    }

    [Fact]
    public void A_command_without_a_file_is_told_to_name_one()
    {
        using var cli = installations.Empty(Engine.Sqlite);
        cli.Run("import").Misused("import.no-file", "--undo");
        cli.Run("import", "--undo", "x").WrongUsage();
    }
}
