using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Rules.Model;
using Xunit;
using Check = FsCheck.Check;

namespace Tuopin.Tests.Exchange;

public sealed class WritingFiles : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private static readonly string[] Naughty = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Files.Shipped("blns.json")))!;

    private string[][] RoundTrip(string name, string[][] rows)
    {
        using (var writer = SheetWriter.Create(files.At(name), "表"))
            foreach (var row in rows)
                writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        using var reader = SheetReader.Open(files.At(name));
        var read = new List<string[]>();
        while (reader.Read())
            read.Add([.. Enumerable.Range(0, rows[0].Length).Select(i => reader.Row[i].ToString())]);
        return [.. read];
    }

    /// <summary>Texts a csv file can hold: whole surrogate pairs and no NUL.</summary>
    private static Gen<string> Texts()
    {
        var marks = Gen.Elements(
            "=",
            "+",
            "-",
            "@",
            "\t",
            "\r",
            "\n",
            "\r\n",
            "'",
            "\"",
            ",",
            ";",
            " ",
            "\u3000",
            "＝",
            "-1.5",
            "\uFEFF",
            "_x000D_",
            "村",
            "𠀀",
            "1"
        );
        var any = ArbMap.Default.ArbFor<string>().Generator.Select(s => s ?? "").Where(s => !s.Contains('\0') && !s.Any(char.IsSurrogate));
        return Gen.OneOf(
            Gen.Elements(Naughty.Where(s => !s.Contains('\0')).ToArray()),
            any,
            marks.ListOf().Select(string.Concat),
            marks.Two().Select(t => t.Item1 + t.Item2)
        );
    }

    [Fact]
    public void Csv_reads_back_exactly_what_was_written()
    {
        var rows = Texts().Three().NonEmptyListOf().Select(r => r.Select(t => new[] { t.Item1, t.Item2, t.Item3, "终" }).ToArray());
        Check.One(
            Tuopin.Tests.Shared.Properties.Cases(300),
            Prop.ForAll(rows.ToArbitrary(), written => RoundTrip("p.csv", written).SelectMany(r => r).SequenceEqual(written.SelectMany(r => r)))
        );
    }

    [Theory]
    [InlineData("naughty.csv")]
    [InlineData("naughty.xlsx")]
    public void Every_naughty_string_survives(string name)
    {
        var rows = Naughty.Where(s => !s.Contains('\0')).Select((s, i) => new[] { i.ToString(CultureInfo.InvariantCulture), s }).ToArray();
        RoundTrip(name, rows).SelectMany(r => r).ShouldBe(rows.SelectMany(r => r));
    }

    [Fact]
    public void Another_csv_reader_sees_the_same_cells_with_formulas_disarmed()
    {
        using (var writer = SheetWriter.Create(files.At("o.csv"), ""))
            foreach (var text in Naughty)
                writer.WriteRow([new OutCell(text), new OutCell("x")]);
        File.ReadAllBytes(files.At("o.csv"))[..3].ShouldBe([0xEF, 0xBB, 0xBF]);
        using var csv = new CsvReader(
            new StreamReader(files.At("o.csv")),
            new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, IgnoreBlankLines = false }
        );
        foreach (var text in Naughty)
        {
            csv.Read().ShouldBeTrue();
            var cell = csv[0].ShouldNotBeNull();
            cell.ShouldBe(FormulaGuard.Needs(text) ? "'" + text : text);
            cell.StartsWith('=').ShouldBeFalse();
        }
    }

    [Fact]
    public void Our_csv_reader_agrees_with_another_one()
    {
        var field = Texts().Select(t => FormulaGuard.WasGuarded(t) ? "x" : t);
        var rows = field.ArrayOf(3).NonEmptyListOf();
        Check.One(
            Tuopin.Tests.Shared.Properties.Cases(200),
            Prop.ForAll(
                rows.ToArbitrary(),
                written =>
                {
                    using (
                        var csv = new CsvWriter(
                            new StreamWriter(files.At("c.csv"), false, new UTF8Encoding(false)),
                            new CsvConfiguration(CultureInfo.InvariantCulture)
                        )
                    )
                        foreach (var row in written.Prepend(["甲", "乙", "丙"]))
                        {
                            foreach (var cell in row)
                                csv.WriteField(cell);
                            csv.NextRecord();
                        }
                    using var reader = SheetReader.Open(files.At("c.csv"));
                    return written
                        .Prepend(["甲", "乙", "丙"])
                        .All(row => reader.Read() && row.Index().All(c => reader.Row[c.Index].SequenceEqual(c.Item)));
                }
            )
        );
    }

    [Theory]
    [InlineData("=1+1", true)]
    [InlineData("@SUM(A1)", true)]
    [InlineData("+86", true)]
    [InlineData("-1", false)]
    [InlineData("-1.50", false)]
    [InlineData("-1-1", true)]
    [InlineData("-", true)]
    [InlineData("'=1", true)]
    [InlineData("''", false)]
    [InlineData("'90年代", false)]
    [InlineData("\tx", true)]
    [InlineData("＝1", true)]
    [InlineData("村", false)]
    [InlineData("", false)]
    public void Only_what_a_spreadsheet_would_run_is_guarded(string text, bool guarded) => FormulaGuard.Needs(text).ShouldBe(guarded);

    [Fact]
    public void The_workbook_is_valid_and_holds_no_formula()
    {
        var path = files.Workbook("v.xlsx", ["姓名", "数"], ["=HYPERLINK(\"http://example.invalid\")", "1"], ["_x0041_", "a\r\nb"]);
        using var document = SpreadsheetDocument.Open(path, false);
        new OpenXmlValidator().Validate(document, TestContext.Current.CancellationToken).Select(e => e.Description).ShouldBeEmpty();
        document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<DocumentFormat.OpenXml.Spreadsheet.CellFormula>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("e.csv")]
    [InlineData("e.xlsx")]
    public void Exports_in_every_format_read_back_the_same_values(string name)
    {
        foreach (var mapping in Packs.Mappings.All)
        {
            var random = new Random(mapping.Id.Length);
            var rows = Enumerable.Range(1, 20).Select(n => mapping.Columns.Select(c => Sample(c, n, random)).ToArray()).ToList();
            using (var export = new ExportSheet(mapping, files.At(name)))
                foreach (var row in rows)
                    export.Write(row);
            var read = Reading.All(files.At(name), mapping.Id, areas: false);
            read.Count.ShouldBe(20);
            foreach (var (row, values) in read.Zip(rows))
            {
                row.Errors.Where(e => e.IsError).Select(e => e.ToString()).ShouldBeEmpty(mapping.Id);
                for (var i = 0; i < values.Length; i++)
                    if (mapping.Columns[i].Target is { Gathers: false } target && mapping.Columns[i].Empty is null)
                        row[target.Name].ShouldBe(values[i], $"{mapping.Id} {target.Name}");
            }
        }
    }

    private static Value? Sample(MappingColumn column, int n, Random random)
    {
        var target = column.Target!;
        if (!column.Required && random.Next(4) == 0 || target.Reading == Tuopin.Exchange.Reading.Identity && !column.Required)
            return null;
        return target.Reading switch
        {
            Tuopin.Exchange.Reading.Fact => target.Fact!.Type switch
            {
                { Kind: Kind.Text } => "=说明" + n,
                { Kind: Kind.Bool } => n % 2,
                // Sex and birth must agree with the number below.
                { Kind: Kind.Code, List: { } list } => target.Name == "person.sex" ? 1 : list.Entries[random.Next(list.Entries.Length)].Number,
                { Kind: Kind.Codes, List: { } list } => 1L << list.Entries[random.Next(list.Entries.Length)].Number,
                { Kind: Kind.Date } => target.Name == "person.birth" ? 19800111 : 20190101 + n,
                var type => random.NextInt64((long)Int128.Max(type.Min, -1_000_000), (long)Int128.Min(type.Max, 1_000_000)),
            },
            Tuopin.Exchange.Reading.Year => 2019,
            Tuopin.Exchange.Reading.Day => 20190501,
            Tuopin.Exchange.Reading.Identity => Persons.Id($"29030119800111{n * 2 + 1:D3}"),
            Tuopin.Exchange.Reading.AreaName => "三道沟村",
            Tuopin.Exchange.Reading.Name => "甲某" + n,
            _ => $"{5303260000 + n}",
        };
    }

    [Fact]
    public void Rejects_are_corrected_and_fed_back()
    {
        var source = files.Text(
            "s.csv",
            Persons.Csv([Persons.Row(10, ("与户主关系", "户住"), ("务工企业名称", "=1+1")), Persons.Row(20), Persons.Row(30, ("民族", ""))])
        );
        var errors = Reading.All(source).ToDictionary(r => r.Number, r => r.Errors.ToList());
        using (var sheet = SheetReader.Open(source))
            RejectWorkbook.Write(files.At("rejects.xlsx"), sheet, Packs.Mappings.Recognise(sheet), errors).ShouldBe(2);
        var rejected = new List<string[]>();
        using (var sheet = SheetReader.Open(files.At("rejects.xlsx")))
            while (sheet.Read())
                rejected.Add(sheet.Row.ToStrings());
        rejected[0][^3..].ShouldBe(["错误", "错误所在列", "原行号"]);
        rejected[1][^3].ShouldContain("不在“与户主关系”的取值范围内");
        rejected[2][^3..].ShouldBe(["必填项为空", "民族", "4"]);
        Reading.All(files.At("rejects.xlsx")).ShouldAllBe(r => r.Refused);
        rejected[1][16] = "户主";
        rejected[2][12] = "汉族";
        var again = Reading.All(files.Workbook("corrected.xlsx", [.. rejected]));
        again.Count.ShouldBe(2);
        again.ShouldAllBe(r => r.Errors.Length == 0);
        again[0]["person.employer"]!.Value.Text.ShouldBe("=1+1");
    }

    [Fact]
    public void Rejects_of_a_workbook_keep_dates_numbers_and_merged_headers()
    {
        var source = files.Xlsx(
            "r.xlsx",
            "<row r='1'><c r='A1' t='str'><v>户编号</v></c><c r='B1' t='str'><v>年度</v></c><c r='C1' t='str'><v>措施类型</v></c><c r='D1' t='str'><v>开始日期</v></c><c r='E1' t='str'><v>金额</v></c></row>"
                + "<row r='2'><c r='A2' t='str'><v>1</v></c><c r='B2'><v>2019</v></c><c r='C2' t='str'><v>没有的</v></c><c r='D2' s='1'><v>43586</v></c><c r='E2'><v>3217.9899999999998</v></c></row>",
            ("xl/styles.xml", "<styleSheet xmlns='x'><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>")
        );
        var errors = Reading.All(source).ToDictionary(r => r.Number, r => r.Errors.ToList());
        using (var sheet = SheetReader.Open(source))
            RejectWorkbook.Write(files.At("rr.xlsx"), sheet, Packs.Mappings.Recognise(sheet), errors);
        var row = Reading.All(files.At("rr.xlsx")).ShouldHaveSingleItem();
        row.Rules.ShouldBe(["code-unknown"]);
        row["measure.from_day"]!.Value.Number.ShouldBe(20190501);
        row["measure.amount"]!.Value.Number.ShouldBe(321799);
    }
}
