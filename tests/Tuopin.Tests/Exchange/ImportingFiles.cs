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
            using var rejects = SheetReader.Open(Directory.GetFiles(opened.At("rejects")).Single());
            return string.Join(' ', rejects.Head[1].ToStrings()).Contains("前六位") ? "id-area" : found.Message;
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
