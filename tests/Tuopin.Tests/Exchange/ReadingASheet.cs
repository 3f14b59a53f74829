using System.Text;
using Shouldly;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class ReadingASheet : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private static List<(int Row, string[] Cells, CellKind[] Kinds)> Rows(string path, string? sheet = null)
    {
        using var reader = SheetReader.Open(path, sheet);
        var rows = new List<(int, string[], CellKind[])>();
        while (reader.Read())
            rows.Add((reader.Row.Number, reader.Row.ToStrings(), [.. Enumerable.Range(0, reader.Row.Count).Select(reader.Row.Kind)]));
        return rows;
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("GB18030", false)]
    [InlineData("utf-16", true)]
    public void Detects_the_encoding_of_a_csv_file(string name, bool mark)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);
        byte[] text = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("村,户主姓名\r\n新街,龙㑇䶮\r\n")];
        Rows(files.Bytes("a.csv", text)).Select(r => string.Join('|', r.Cells)).ShouldBe(["村|户主姓名", "新街|龙㑇䶮"]);
    }

    [Fact]
    public void Reads_utf8_whose_characters_straddle_the_buffer()
    {
        var line = new string('一', 99_999);
        var text = "甲,乙\n" + string.Concat(Enumerable.Repeat("字,符\n", 60_000)) + "x" + line[..30_000] + ",终\n";
        var rows = Rows(files.Text("long.csv", text));
        rows.Count.ShouldBe(60_002);
        rows[^1].Cells[1].ShouldBe("终");
    }

    [Fact]
    public void Reads_quotes_line_breaks_and_other_delimiters()
    {
        Rows(files.Text("q.csv", "a,\"b\"\"c\",\"d\r\ne\"\n\n1,,3")).Select(r => string.Join('|', r.Cells)).ShouldBe(["a|b\"c|d\r\ne", "", "1||3"]);
        Rows(files.Text("t.csv", "a\tb,c\td\n1\t2\t3\n"))[0].Cells.ShouldBe(["a", "b,c", "d"]);
        Rows(files.Text("s.csv", "a;b;c\n1,5;2;3\n"))[1].Cells.ShouldBe(["1,5", "2", "3"]);
    }

    [Fact]
    public void Reads_what_the_xlsx_writer_wrote()
    {
        string?[] nasty = ["=1+1", "_x0041_", " 前后 ", "a\r\nb\tc", "\u0001\uFFFF\uD800", null, "𠀀龘", "'-1"];
        var rows = Rows(files.Workbook("w.xlsx", ["甲", "乙"], nasty));
        rows[1].Cells.ShouldBe(nasty.Select(c => c ?? ""));
        rows[1].Kinds[5].ShouldBe(CellKind.Blank);
    }

    [Fact]
    public void Keeps_the_kinds_of_xlsx_cells()
    {
        var styles =
            "<styleSheet xmlns='x'><numFmts><numFmt numFmtId='170' formatCode='yyyy&quot;年&quot;m'/></numFmts>"
            + "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/></cellXfs></styleSheet>";
        var path = files.Xlsx(
            "k.xlsx",
            "<row r='1'><c r='A1'><v>1.5</v></c><c r='B1' s='1'><v>36526</v></c><c r='C1' s='2'><v>36526</v></c><c r='E1' t='b'><v>1</v></c>"
                + "<c r='F1' t='e'><v>#N/A</v></c><c r='G1'><f>A1+1</f></c><c r='H1'><f>A1+1</f><v>2.5</v></c><c r='I1' t='str'><f>\"x\"</f><v>x</v></c>"
                + "<c r='J1'><f/><v>3</v></c></row><row r='7'><c r='B7' t='inlineStr'><is><r><t>富</t></r><r><t>文本</t></r><rPh><t>注音</t></rPh></is></c></row>",
            ("xl/styles.xml", styles)
        );
        var rows = Rows(path);
        rows[0].Cells.ShouldBe(["1.5", "36526", "36526", "", "1", "#N/A", "", "2.5", "x", "3"]);
        rows[0]
            .Kinds.ShouldBe([
                CellKind.Number,
                CellKind.Date,
                CellKind.Date,
                CellKind.Blank,
                CellKind.Bool,
                CellKind.Error,
                CellKind.FormulaWithoutValue,
                CellKind.Number,
                CellKind.Text,
                CellKind.Number,
            ]);
        rows[1].Row.ShouldBe(7);
        rows[1].Cells.ShouldBe(["", "富文本"]);
    }

    [Fact]
    public void Reads_shared_strings()
    {
        var path = files.Xlsx(
            "s.xlsx",
            "<row><c t='s'><v>1</v></c><c t='s'><v>0</v></c></row>",
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns='p'><Relationship Id='r1' Type='x/worksheet' Target='/xl/worksheets/sheet1.xml'/><Relationship Id='r3' Type='x/sharedStrings' Target='shared.xml'/></Relationships>"
            ),
            ("xl/shared.xml", "<sst xmlns='x'><si><t>甲</t></si><si><r><t>乙_x000D_</t></r><r><t xml:space='preserve'> 丙</t></r></si></sst>")
        );
        Rows(path)[0].Cells.ShouldBe(["乙\r 丙", "甲"]);
    }

    [Fact]
    public void Reads_a_binary_workbook()
    {
        var path = Files.Shipped("villages.xls");
        SheetReader.Sheets(path).ShouldBe(["村表", "第二张"]);
        SheetReader.Sheets(files.Workbook("one.xlsx", ["甲"])).ShouldBe(["表一"]);
        SheetReader.Sheets(files.Text("村.csv", "甲")).ShouldBe(["村"]);
        var rows = Rows(path);
        rows[2].Cells[..5].ShouldBe(["甲村", "1234", "1990-01-02", "1", "12.5"]);
        rows[3].Cells[4].ShouldBe("-3217.99");
        rows[2].Kinds[1].ShouldBe(CellKind.Number);
        Rows(path, "第二张")[0].Cells[0].ShouldBe("另一张表");
    }

    [Fact]
    public void Keeps_positions_after_the_head_was_looked_at()
    {
        using var reader = SheetReader.Open(files.Text("p.csv", string.Concat(Enumerable.Range(1, 50).Select(i => $"r{i}\n"))));
        reader.Head.Count.ShouldBe(SheetReader.HeadRows);
        reader.StartAfter(3);
        var seen = new List<string>();
        while (reader.Read())
            seen.Add($"{reader.Row.Number}={reader.Row[0]}");
        seen[0].ShouldBe("4=r4");
        seen[^1].ShouldBe("50=r50");
        seen.Count.ShouldBe(47);
    }
}
