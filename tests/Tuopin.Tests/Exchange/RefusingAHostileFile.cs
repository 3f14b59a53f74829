using System.IO.Compression;
using System.Text;
using Shouldly;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class RefusingAHostileFile : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private static void Refused(string path, RefusalReason reason, SheetLimits? limits = null)
    {
        var refusal = Should.Throw<FileRefused>(() =>
        {
            using var reader = SheetReader.Open(path, null, limits);
            while (reader.Read()) { }
        });
        refusal.Reason.ShouldBe(reason, refusal.Message);
        refusal.File.ShouldBe(Path.GetFileName(path));
    }

    [Fact]
    public void A_part_that_unpacks_to_far_more_than_it_packs() =>
        Refused(
            files.Xlsx("bomb.xlsx", "<row r='1'><c r='A1' t='inlineStr'><is><t>" + new string(' ', 20 << 20) + "</t></is></c></row>"),
            RefusalReason.ZipBomb
        );

    [Fact]
    public void A_bomb_that_lies_about_its_size()
    {
        var path = files.Xlsx("liar.xlsx", "<row r='1'/>" + new string(' ', 20 << 20));
        var bytes = File.ReadAllBytes(path);
        // Size fields of every entry of the central directory say 1,000 bytes; the stream says otherwise.
        for (var at = bytes.AsSpan().IndexOf("PK\x1\x2"u8); at >= 0; )
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(at + 24), Math.Min(1000, BitConverter.ToInt32(bytes, at + 24)));
            var next = bytes.AsSpan(at + 4).IndexOf("PK\x1\x2"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }
        Should
            .Throw<FileRefused>(() =>
            {
                using var reader = SheetReader.Open(files.Bytes("liar2.xlsx", bytes));
                while (reader.Read()) { }
            })
            .Reason.ShouldBeOneOf(RefusalReason.ZipBomb, RefusalReason.Damaged);
    }

    [Fact]
    public void A_part_beyond_the_absolute_limit() =>
        Refused(
            files.Xlsx("big.xlsx", string.Concat(Enumerable.Range(1, 3000).Select(i => $"<row r='{i}'><c><v>{i * 7919}</v></c></row>"))),
            RefusalReason.ZipBomb,
            SheetLimits.Default with
            {
                PartBytes = 20_000,
            }
        );

    [Fact]
    public void Too_many_parts() =>
        Refused(
            files.Xlsx("parts.xlsx", "", [.. Enumerable.Range(0, 50).Select(i => ($"xl/media/{i}", "x"))]),
            RefusalReason.ZipBomb,
            SheetLimits.Default with
            {
                Parts = 40,
            }
        );

    [Fact]
    public void A_document_type_in_the_sheet() =>
        Refused(
            files.Xlsx(
                "xxe.xlsx",
                "",
                (
                    "xl/worksheets/sheet1.xml",
                    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><worksheet><sheetData><row r='1'><c t='str'><v>&x;</v></c></row></sheetData></worksheet>"
                )
            ),
            RefusalReason.DocumentType
        );

    [Fact]
    public void A_document_type_far_down_or_in_a_part_that_is_not_read()
    {
        var billion = $"<?xml version='1.0'?><!--{new string('x', 3000)}--><!DOCTYPE a [<!ENTITY a 'aaaa'>]><sst/>";
        Refused(files.Xlsx("late.xlsx", "", ("xl/workbook.xml", billion)), RefusalReason.DocumentType);
        Refused(
            files.Xlsx("unread.xlsx", "<row r='1'/>", ("docProps/app.xml", "<!DOCTYPE x SYSTEM 'http://example.invalid/'><x/>")),
            RefusalReason.DocumentType
        );
    }

    [Fact]
    public void An_archive_within_the_archive()
    {
        var path = files.Xlsx("nest.xlsx", "<row r='1'/>");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        using (var stream = archive.CreateEntry("xl/embeddings/data.bin").Open())
            stream.Write("PK\x3\x4inner"u8);
        Refused(path, RefusalReason.NestedArchive);
    }

    [Fact]
    public void A_million_columns()
    {
        Refused(files.Xlsx("wide.xlsx", "<row r='1'><c r='XFD1'><v>1</v></c></row>"), RefusalReason.TooManyColumns);
        Refused(files.Xlsx("wider.xlsx", "<row r='1'><c r='ZZZZZ1'><v>1</v></c></row>"), RefusalReason.TooManyColumns);
        Refused(files.Text("wide.csv", new string(',', 1_000_000)), RefusalReason.TooManyColumns);
    }

    [Fact]
    public void Absurd_shared_strings()
    {
        var rels =
            "<Relationships xmlns='p'><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r3' Type='x/sharedStrings' Target='shared.xml'/></Relationships>";
        var many = "<sst xmlns='x'>" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"<si><t>{i}</t></si>")) + "</sst>";
        Refused(
            files.Xlsx("sst.xlsx", "", ("xl/_rels/workbook.xml.rels", rels), ("xl/shared.xml", many)),
            RefusalReason.TooManyTexts,
            SheetLimits.Default with
            {
                SharedCount = 1000,
            }
        );
        var longOne = $"<sst xmlns='x'><si><t>{new string('长', 40_000)}</t></si></sst>";
        Refused(files.Xlsx("sst2.xlsx", "", ("xl/_rels/workbook.xml.rels", rels), ("xl/shared.xml", longOne)), RefusalReason.TooManyTexts);
    }

    [Fact]
    public void A_missing_shared_string_or_rows_out_of_order()
    {
        Refused(files.Xlsx("ref.xlsx", "<row r='1'><c t='s'><v>99</v></c></row>"), RefusalReason.Damaged);
        Refused(files.Xlsx("order.xlsx", "<row r='5'/><row r='4'/>"), RefusalReason.Damaged);
        Refused(files.Xlsx("neg.xlsx", "<row r='-5'/>"), RefusalReason.Damaged);
        Refused(files.Xlsx("cut.xlsx", "", ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r='1'>")), RefusalReason.Damaged);
    }

    [Fact]
    public void An_ending_that_says_something_else()
    {
        Refused(files.Text("a.xlsx", "村,户\n"), RefusalReason.WrongType);
        Refused(files.Text("b.xls", "<html><table><tr><td>1</td></tr></table></html>"), RefusalReason.WrongType);
        Refused(files.Bytes("c.csv", "PK\x3\x4"u8), RefusalReason.WrongType);
        Refused(files.Bytes("d.xlsx", File.ReadAllBytes(Files.Shipped("villages.xls"))), RefusalReason.WrongType);
        Refused(files.Text("e.docx", "x"), RefusalReason.WrongType);
    }

    [Fact]
    public void An_archive_that_is_no_workbook()
    {
        using (var archive = ZipFile.Open(files.At("z.xlsx"), ZipArchiveMode.Create))
            archive.CreateEntry("readme.txt").Open().Dispose();
        Refused(files.At("z.xlsx"), RefusalReason.WrongType);
        Refused(files.Bytes("cut.xlsx", "PK\x3\x4 and then nothing"u8), RefusalReason.Damaged);
    }

    [Fact]
    public void An_encrypted_workbook()
    {
        byte[] bytes =
        [
            0xD0,
            0xCF,
            0x11,
            0xE0,
            0xA1,
            0xB1,
            0x1A,
            0xE1,
            .. new byte[70_000],
            .. Encoding.Unicode.GetBytes("EncryptedPackage"),
            .. new byte[900],
        ];
        Refused(files.Bytes("locked.xlsx", bytes), RefusalReason.Encrypted);
    }

    [Fact]
    public void A_damaged_binary_workbook()
    {
        var bytes = File.ReadAllBytes(Files.Shipped("villages.xls"));
        Refused(files.Bytes("short.xls", bytes.AsSpan(0, 700)), RefusalReason.Damaged);
    }

    [Fact]
    public void Text_that_is_no_text()
    {
        Refused(files.Bytes("n.csv", "a,b\n\0\0\0"u8), RefusalReason.Encoding);
        Refused(files.Bytes("x.csv", [0x61, 0x2C, 0xFF, 0xFF, 0x0A]), RefusalReason.Encoding);
        Refused(files.Text("e.csv", ""), RefusalReason.Empty);
        Refused(files.At("none.csv"), RefusalReason.NotFound);
    }

    [Fact]
    public void Quotes_that_never_close_and_cells_without_end()
    {
        Refused(files.Text("q.csv", "a,b\n\"c,d\n"), RefusalReason.Damaged);
        Refused(files.Text("l.csv", "a,b\n" + new string('x', 40_000)), RefusalReason.CellTooLong);
        Refused(
            files.Text("r.csv", string.Concat(Enumerable.Repeat("x\n", 200))),
            RefusalReason.TooManyRows,
            SheetLimits.Default with
            {
                Rows = 100,
            }
        );
    }

    [Fact]
    public void Every_file_cut_or_bent_at_random_is_read_or_refused_by_name()
    {
        var random = new Random(20200612);
        foreach (var source in new[] { files.Workbook("base.xlsx", ["甲", "乙"], ["1", "2"]), Files.Shipped("villages.xls") })
            for (var i = 0; i < 150; i++)
            {
                var bytes = File.ReadAllBytes(source);
                for (var n = 0; n < 1 + i % 5; n++)
                    bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
                var path = files.Bytes("bent" + Path.GetExtension(source), bytes.AsSpan(0, i % 3 == 0 ? random.Next(9, bytes.Length) : bytes.Length));
                try
                {
                    using var reader = SheetReader.Open(path);
                    while (reader.Read()) { }
                }
                catch (FileRefused refused)
                {
                    // Any other exception fails the test; a refusal must say why.
                    refused.Text.Zh.ShouldNotBeNullOrWhiteSpace();
                }
            }
    }
}
