using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Platform.Files;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Photos and documents put to subjects, as a phone in a village sends them.</summary>
public sealed class KeepingEvidence(Installations installations)
{
    private const string Place = "GPS 26.4N 103.3E HUAWEI";

    /// <summary>A photo as a phone writes it: lying on its side, with its place, a remark, and a film behind its end.</summary>
    internal static byte[] Photo(string picture = "picture") =>
        [
            .. new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16 },
            .. "JFIF\0"u8,
            1,
            1,
            0,
            0,
            1,
            0,
            1,
            0,
            0,
            .. new byte[] { 0xFF, 0xE1, 0, (byte)(34 + Place.Length) },
            .. "Exif\0\0MM\0*\0\0\0\b"u8,
            .. new byte[] { 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0 },
            .. Encoding.ASCII.GetBytes(Place),
            .. new byte[] { 0xFF, 0xFE, 0, 8 },
            .. "remark"u8,
            .. new byte[] { 0xFF, 0xDB, 0, 4, 1, 1, 0xFF, 0xC0, 0, 5, 8, 0, 1, 0xFF, 0xDA, 0, 4, 1, 1 },
            .. Encoding.UTF8.GetBytes(picture),
            .. new byte[] { 0xFF, 0, 0xFF, 0xD0, 7, 0xFF, 0xD9 },
            .. "ftypmp4 film"u8,
        ];

    private static byte[] Png(params (string Name, string Content)[] chunks) =>
        [
            .. new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A },
            .. chunks.SelectMany(c => (byte[])[0, 0, 0, (byte)c.Content.Length, .. Encoding.ASCII.GetBytes(c.Name + c.Content), 0, 0, 0, 0]),
        ];

    private static byte[] WebP() =>
        [
            .. "RIFF"u8,
            58,
            0,
            0,
            0,
            .. "WEBPVP8X"u8,
            10,
            0,
            0,
            0,
            0x0C,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. "EXIF"u8,
            6,
            0,
            0,
            0,
            .. "GPSGPS"u8,
            .. "VP8 "u8,
            6,
            0,
            0,
            0,
            .. "pixels"u8,
            .. "XMP "u8,
            0,
            0,
            0,
            0,
        ];

    /// <summary>A pdf with a page and what programs, scanners and people put beside it.</summary>
    internal static readonly byte[] Pdf = MakePdf(null);

    private static byte[] MakePdf(string? password)
    {
        using var document = new PdfSharp.Pdf.PdfDocument();
        var page = document.AddPage();
        document.Info.Author = "who wrote it";
        document.Info.Title = "whose paper it is";
        page.Elements.SetString("/LastModified", "D:20200101");
        var photo = new PdfSharp.Pdf.PdfDictionary(document);
        photo.Elements.SetName("/Type", "/XObject");
        photo.Elements.SetName("/Subtype", "/Image");
        photo.Elements.SetName("/Filter", "/DCTDecode");
        photo.CreateStream(Photo());
        document.Internals.AddObject(photo);
        var held = new PdfSharp.Pdf.PdfDictionary(document);
        held.Elements.SetReference("/photo", photo);
        page.Elements.SetObject("/Held", held);
        var names = new PdfSharp.Pdf.PdfDictionary(document);
        names.Elements.SetString("/EmbeddedFiles", "a hidden file");
        document.Internals.Catalog.Elements.SetObject("/Names", names);
        document.Internals.Catalog.Elements.SetString("/OpenAction", "a script");
        if (password is not null)
            document.SecuritySettings.UserPassword = password;
        using var bytes = new MemoryStream();
        document.Save(bytes, false);
        return bytes.ToArray();
    }

    [Fact]
    public void Of_a_pdf_the_pages_stay_and_nothing_says_who_made_it()
    {
        var before = Encoding.Latin1.GetString(Pdf);
        foreach (var held in new[] { "who wrote it", "whose paper", "GPS", "hidden file", "a script", "LastModified", "picture" })
            before.ShouldContain(held);
        var kept = FileContent.Read(Pdf);
        var text = Encoding.Latin1.GetString(kept.Bytes);
        (kept.Media, text.StartsWith("%PDF-")).ShouldBe(("application/pdf", true));
        text.ShouldContain("picture");
        text.ShouldContain("/Type/Page");
        foreach (var gone in new[] { "who wrote it", "whose paper", "GPS", "hidden file", "a script", "LastModified" })
            text.ShouldNotContain(gone);
        // The same file is the same evidence, and what was cleaned has nothing left to clean.
        FileContent.Read(Pdf).Bytes.ShouldBe(kept.Bytes);
        FileContent.Read(kept.Bytes).Bytes.ShouldBe(kept.Bytes);
        Should.Throw<Platform.Refusal>(() => FileContent.Read(MakePdf("secret"))).Code.ShouldBe("evidence.pdf-locked");
        Should.Throw<Platform.Refusal>(() => FileContent.Read([.. "%PDF-1.7\n1 0 obj\n%%EOF\n"u8])).Code.ShouldBe("evidence.damaged");
        // A table of objects that unfolds to more than any document has.
        using var folded = new MemoryStream();
        folded.Write("%PDF-1.7\n1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"u8);
        using (var folding = new System.IO.Compression.ZLibStream(folded, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 0; i < 128; i++)
                folding.Write(new byte[1 << 20]);
        folded.Write("\nendstream endobj\n%%EOF\n"u8);
        Should.Throw<Platform.Refusal>(() => FileContent.Read(folded.ToArray())).Code.ShouldBe("evidence.damaged");
    }

    [Fact]
    public void Photos_keep_the_picture_and_which_way_up_it_is_and_nothing_else()
    {
        string Kept(byte[] content) => Encoding.Latin1.GetString(FileContent.Read(content).Bytes);
        var photo = Kept(Photo());
        photo.ShouldContain("picture");
        photo.ShouldContain("Exif");
        foreach (var gone in new[] { "GPS", "remark", "film" })
            photo.ShouldNotContain(gone);
        // Read again it is the same: what was cleaned has nothing left to clean.
        FileContent.Read(FileContent.Read(Photo()).Bytes).Bytes.ShouldBe(FileContent.Read(Photo()).Bytes);
        FileContent.Read(Photo()).Bytes.AsSpan().IndexOf(new byte[] { 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6 }).ShouldBeGreaterThan(0);

        var png = Kept([.. Png(("IHDR", "head"), ("tEXt", "GPS"), ("eXIf", "GPS"), ("IDAT", "pixels"), ("IEND", "")), .. "film"u8]);
        png.ShouldContain("pixels");
        png.ShouldNotContain("GPS");
        png.ShouldNotContain("film");

        var webp = FileContent.Read(WebP());
        Encoding.Latin1.GetString(webp.Bytes).ShouldContain("pixels");
        Encoding.Latin1.GetString(webp.Bytes).ShouldNotContain("GPS");
        webp.Bytes[20].ShouldBe((byte)0);
        BitConverter.ToInt32(webp.Bytes, 4).ShouldBe(webp.Bytes.Length - 8);

        foreach (var cut in new[] { Photo()[..60], Photo()[..^20], Png(("IHDR", "head")), WebP()[..40], "%PDF-1.7 cut off"u8.ToArray() })
            Should.Throw<Platform.Refusal>(() => FileContent.Read(cut)).Code.ShouldBe("evidence.damaged");
        foreach (
            var other in (byte[][])
                [
                    [.. "<html>"u8],
                    [.. "GIF89a"u8],
                    [.. "PK\x3\x4"u8],
                    [],
                    [0xFF, 0xD8],
                ]
        )
            Should.Throw<Platform.Refusal>(() => FileContent.Read(other)).Code.ShouldBe("evidence.kind-unknown");
    }

    internal static async Task<TuopinConsole.Page> Add(
        TuopinConsole.Browser browser,
        string page,
        string of,
        (string Field, string Value)[] said,
        params (string Name, byte[] Content)[] files
    )
    {
        var form = await browser.Get(page);
        using var body = new MultipartFormDataContent
        {
            {
                new StringContent(form.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
                "__RequestVerificationToken"
            },
            { new StringContent(of), "of" },
            { new StringContent(page), "return" },
        };
        foreach (var (field, value) in said)
            body.Add(new StringContent(value), field);
        foreach (var (name, content) in files)
            body.Add(new ByteArrayContent(content), "file", name);
        return await browser.Send(new(HttpMethod.Post, "/evidence") { Content = body }, "text/html");
    }

    // A household of the village clerk of the demo, and one of another village.
    private static async Task<(string Own, string Other)> Households(TuopinConsole console, TuopinConsole.Browser clerk)
    {
        var own = (await clerk.Get("/households"))
            .Html.QuerySelectorAll("a[href^='/households/']")
            .Select(a => a.GetAttribute("href")!.Split('/')[2])
            .First(id => id.All(char.IsAsciiDigit));
        var other = console.Cli.Tables.Text(
            $"SELECT CAST(min(household_id) AS text) FROM household_list WHERE place_code = area_code AND area_code <> (SELECT min(area_code) FROM household_list WHERE household_id = {own}) AND household_id NOT IN (SELECT household_id FROM household_list WHERE place_code = (SELECT min(area_code) FROM household_list WHERE household_id = {own}))"
        )!;
        return (own, other);
    }

    [Theory, BothEngines]
    public async Task A_photo_is_kept_encrypted_shown_to_its_scope_and_withdrawn_with_a_reason(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (clerk, township) = (await console.As("village"), await console.As("township"));
        var (own, other) = await Households(console, clerk);
        var brief = $"/households/{own}";
        (await clerk.Get(brief)).Html.QuerySelector("input[type=file][capture]").ShouldNotBeNull();

        var sent = await Add(
            clerk,
            brief,
            $"household:{own}:0",
            [("title", "厨房"), ("taken", "2020-06-11"), ("kind", "photo")],
            ("a.jpg", Photo()),
            ("b.exe", Pdf)
        );
        (sent.Status, sent.Location).ShouldBe((HttpStatusCode.Redirect, brief));
        // The same photo again is the one that is there.
        (await Add(clerk, brief, $"household:{own}:0", [], ("again.png", Photo()))).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Cli.Tables.Number("SELECT count(*) FROM attachments").ShouldBe(2);
        console.Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'evidence.add'").ShouldBe(2);
        (await clerk.Get(brief)).Text.ShouldContain("厨房");

        // On the disk it can be read by nobody, and its place is nowhere.
        var files = Directory.GetFiles(Path.Combine(console.Cli.Folder, "evidence"), "*", SearchOption.AllDirectories);
        files.Length.ShouldBe(2);
        foreach (var file in files)
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldNotContain("picture");

        using (var answer = await clerk.Client.GetAsync("/evidence/1", TestContext.Current.CancellationToken))
        {
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
            var content = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            content.ShouldBe(FileContent.Read(Photo()).Bytes);
        }
        using (var answer = await clerk.Client.GetAsync("/evidence/2", TestContext.Current.CancellationToken))
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        console
            .Cli.Tables.Number($"SELECT count(*) FROM audit_entries WHERE action = 'evidence.view' AND subject = 'household' AND subject_id = {own}")
            .ShouldBe(2);

        // What is refused changes nothing, and says which file and why.
        async Task Refused(string code, (string, string)[] said, params (string, byte[])[] sending)
        {
            var refused = await Add(clerk, brief, $"household:{own}:0", said, sending);
            ((int)refused.Status).ShouldBeInRange(400, 409);
            refused.Text.ShouldContain(code);
        }
        await Refused("evidence.kind-unknown", [], ("good.jpg", Photo("another")), ("页面.jpg", "<html><script>"u8.ToArray()));
        await Refused("evidence.damaged", [], ("cut.jpg", Photo()[..60]));
        await Refused("evidence.no-file", []);
        await Refused("evidence.too-large", [], ("large.jpg", new byte[(10 << 20) + 1]));
        await Refused("evidence.too-many", [], [.. Enumerable.Range(0, 10).Select(i => ($"{i}.jpg", Photo($"{i}")))]);
        await Refused("evidence.title", [("title", "身份证530326199001011234")], ("a.jpg", Photo("b")));
        await Refused("evidence.day", [("taken", "2020-06-13")], ("a.jpg", Photo("b")));
        console.Cli.Tables.Number("SELECT count(*) FROM attachments").ShouldBe(2);

        // Not there, not yours, not your trade.
        foreach (var of in new[] { $"household:{other}:0", $"household:{own}:1", "household:7:0", "secret:1:0", "list:1:0", "household:x:0", "" })
            (await Add(clerk, brief, of, [], ("a.jpg", Photo("c")))).Status.ShouldBe(HttpStatusCode.NotFound, of);
        (await Add(township, "/households", $"household:{other}:0", [("title", "乡镇核查")], ("a.jpg", Photo("d")))).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        foreach (var path in new[] { "/evidence/3", "/evidence/99", "/api/v1/evidence/3" })
            (await clerk.Get(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await (await console.As("housing")).Get("/evidence/1")).Status.ShouldBe(HttpStatusCode.Forbidden);
        var auditor = await console.As("auditor");
        (await auditor.Get("/evidence/1")).Status.ShouldBe(HttpStatusCode.OK);
        (await Add(auditor, "/households", $"household:{own}:0", [], ("a.jpg", Photo("e")))).Status.ShouldBe(HttpStatusCode.Forbidden);

        // Withdrawn, it stays with the reason, and the same photo may be added anew.
        async Task<TuopinConsole.Page> Withdraw(TuopinConsole.Browser browser, int id, string reason) =>
            await browser.Submit("/households", $"/evidence/{id}/withdraw", new() { ["reason"] = reason, ["return"] = brief });
        (await Withdraw(clerk, 1, "1")).Text.ShouldContain("evidence.title");
        (await Withdraw(await console.As("cadre"), 1, "拍错了")).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
        (await Withdraw(clerk, 1, "拍错了房子")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Withdraw(clerk, 1, "拍错了房子")).Text.ShouldContain("evidence.withdrawn");
        (await clerk.Get(brief)).Text.ShouldContain("拍错了房子");
        (await Withdraw(township, 2, "不是这一户")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Add(clerk, brief, $"household:{own}:0", [], ("a.jpg", Photo()))).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Cli.Tables.Number("SELECT count(*) FROM attachments WHERE withdrawn_at IS NULL").ShouldBe(2);
        console.Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'evidence.withdraw'").ShouldBe(2);

        // Programs see the same.
        using var program = CallingTheApi.Client(console, "village", "ViewEvidence,AddEvidence");
        var listed = JsonDocument.Parse(
            await program.GetStringAsync($"/api/v1/evidence?subject=household&id={own}", TestContext.Current.CancellationToken)
        );
        listed.RootElement.GetProperty("evidence").GetArrayLength().ShouldBe(3);
        JsonDocument
            .Parse(await program.GetStringAsync($"/api/v1/evidence?subject=household&id={other}", TestContext.Current.CancellationToken))
            .RootElement.GetProperty("evidence")
            .GetArrayLength()
            .ShouldBe(0);
        using var sending = new MultipartFormDataContent
        {
            { new StringContent("household"), "subject" },
            { new StringContent(own), "id" },
            { new ByteArrayContent(Photo()), "file", "a.jpg" },
        };
        using var answered = await program.PostAsync("/api/v1/evidence", sending, TestContext.Current.CancellationToken);
        answered.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await answered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"before\":true");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task Files_are_verified_rotated_backed_up_and_restored(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using (var console = await TuopinConsole.Over(cli))
        {
            var clerk = await console.As("village");
            var (own, _) = await Households(console, clerk);
            (await Add(clerk, $"/households/{own}", $"household:{own}:0", [], ("a.jpg", Photo()), ("b.pdf", Pdf))).Status.ShouldBe(
                HttpStatusCode.Redirect
            );
        }
        cli.Run("audit", "verify", "--files").Done().Output.ShouldContain("2 files of evidence");
        var file = Directory.GetFiles(Path.Combine(cli.Folder, "evidence"), "*", SearchOption.AllDirectories)[0];
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))[1].ShouldBe((byte)1);
        cli.Run("keys", "rotate").Done();
        var stored = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        stored[1].ShouldBe((byte)2);
        cli.Run("audit", "verify", "--files").Done();

        var backup = Path.Combine(cli.Folder, "backup");
        cli.Run("backup", backup).Done();
        using (var other = TuopinCli.Nowhere(engine))
        {
            other.Run("restore", backup).Done();
            File.Copy(Path.Combine(cli.Folder, "keys.json"), Path.Combine(other.Folder, "keys.json"));
            other.Run("audit", "verify", "--files").Done().Output.ShouldContain("2 files of evidence");
        }
        var copied = Path.Combine(backup, Path.GetRelativePath(cli.Folder, file));
        await File.WriteAllBytesAsync(copied, stored[..^1], TestContext.Current.CancellationToken);
        using (var other = TuopinCli.Nowhere(engine))
            other.Run("restore", backup).Errors.ShouldContain("restore.damaged");

        // A file in the place of another, or one that was touched, is seen.
        var second = Directory.GetFiles(Path.Combine(cli.Folder, "evidence"), "*", SearchOption.AllDirectories)[1];
        File.Copy(second, file, overwrite: true);
        cli.Run("audit", "verify", "--files").Errors.ShouldContain("evidence.files-lost");
        File.Delete(file);
        cli.Run("audit", "verify", "--files").Errors.ShouldContain("is missing");
        await using var after = await TuopinConsole.Over(cli);
        var lost = await (await after.As("village")).Get(
            Path.GetFileName(file) == after.Cli.Tables.Text("SELECT hash FROM attachments WHERE id = 1") ? "/evidence/1" : "/evidence/2"
        );
        (lost.Status, lost.Text.Contains("evidence.lost", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Conflict, true));
    }
}
