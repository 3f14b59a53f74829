using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>A text is checked on the command line without a registry, in the console and over HTTP; nothing of it is kept.</summary>
public sealed class CheckingReports(Installations installations) : IDisposable
{
    private const string Report = "全村共有农户500户，其中东组260户，西组250户。参加合作社320户，占全村５００户的６４％。";
    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    // The data folder is empty: there is no registry.
    private static Answer Check(string file, params string[] options)
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        return cli.Run(["check-report", file, .. options]);
    }

    private static List<(string Text, string Verdict)> Marks(Answer answer) =>
        [
            .. JsonDocument
                .Parse(answer.Output)
                .RootElement.EnumerateArray()
                .Select(m => (m.GetProperty("text").GetString()!, m.GetProperty("verdict").GetString()!)),
        ];

    [Fact]
    public void The_command_needs_no_registry_and_answers_number_text_verdict_and_reason()
    {
        var answer = Check(Write("村.txt", Report), "--json");
        answer.Code.ShouldBe(1, answer.Errors);
        answer.Errors.ShouldBeEmpty();
        var marks = JsonDocument.Parse(answer.Output).RootElement.EnumerateArray().ToList();
        foreach (var mark in marks)
        {
            mark.EnumerateObject().Select(p => p.Name).ShouldBe(["number", "text", "verdict", "reason"]);
            foreach (var word in new[] { "全村", "农户", "东组", "合作社" })
                mark.ToString().ShouldNotContain(word);
        }
        marks[^1].GetProperty("number").GetString().ShouldBe("64%");
        marks[^1].GetProperty("text").GetString().ShouldBe("６４％");
        Marks(answer)
            .ShouldBe([("500户", "wrong"), ("260户", "wrong"), ("250户", "wrong"), ("320户", "right"), ("５００户", "right"), ("６４％", "right")]);
    }

    [Fact]
    public void Without_json_it_is_a_table_and_a_text_without_a_wrong_number_ends_with_0()
    {
        var right = Check(Write("村.md", "参加320户，占全村500户的64%。2020年6月12日"));
        right.Code.ShouldBe(0, right.Errors);
        right.Output.ShouldContain("3 numbers: 3 right, 0 wrong");
        right.Output.ShouldContain("1 left out");
        right.Output.ShouldContain("320户 ÷ 500户 = 64%");
        Check(Write("wrong.txt", Report), "--language", "en").Output.ShouldContain("off by 10");
    }

    [Fact]
    public void Rules_of_plausibility_are_those_of_the_packs()
    {
        Marks(Check(Write("年.txt", "过去的2018年不易。进入2018年，难题还多。每户学会12项技术。"), "--json"))
            .ShouldBe([("2018年", "wrong"), ("2018年", "wrong"), ("12项", "wrong")]);
        var packs = Directory.CreateDirectory(Path.Combine(folder, "packs", "reports")).FullName;
        File.WriteAllText(Path.Combine(packs, "plausibility.yaml"), "rules:\n  - { id: a, kind: lost-dash, title: { zh: 甲, en: a } }\n");
        var text = Write("空.txt", "三户");
        Check(text, "--packs", Path.Combine(folder, "packs")).Refused("packs.broken", "lost-dash");
        File.WriteAllText(Path.Combine(packs, "plausibility.yaml"), "rules:\n  - { id: a, kind: lost-dash, titel: { zh: 甲, en: a } }\n");
        Check(text, "--packs", Path.Combine(folder, "packs")).Refused("packs.broken", "titel");
    }

    [Fact]
    public void Figures_known_from_elsewhere_and_the_day_of_the_text_are_given()
    {
        var known = Write(
            "known.yaml",
            """
            figures:
              - { name: registered, label: { zh: 登记贫困人口, en: registered poor }, value: 341742, unit: 人, moment: 2020-06-01 }
              - { name: registered, label: { zh: 登记贫困人口, en: registered poor }, value: 340000, unit: 人, moment: 2019-12-31 }
            """
        );
        var text = Write("数.txt", "登记贫困人口340000人。离2019年收官还有643天。");
        Marks(Check(text, "--json", "--known", known, "--date", "2018-03-28")).ShouldBe([("340000人", "stale"), ("643天", "right")]);
        Marks(Check(text, "--json")).ShouldBe([("340000人", "unknown"), ("643天", "unknown")]);
        Check(text, "--known", Write("bad.yaml", "figures: [{ name: a, value: x, unit: 人 }]")).Misused("report-check.known");
        Check(text, "--known", Write("unit.yaml", "figures: [{ name: a, value: 1, unit: 丈 }]")).Misused("report-check.known", "丈");
        Check(text, "--known", Path.Combine(folder, "none.yaml")).Misused("report-check.no-file");
        Check(text, "--date", "soon").Misused("report-check.day");
        Check(text, "--language", "fr").Misused("report-check.language");
        Check(Path.Combine(folder, "none.txt")).Misused("report-check.no-file");
    }

    [Fact]
    public void A_docx_is_read_with_its_tables_and_old_encodings_are_read()
    {
        var path = Path.Combine(folder, "报告.docx");
        using (var document = WordprocessingDocument.Create(path, WordprocessingDocumentType.Document))
            document.AddMainDocumentPart().Document = new(
                new Body(
                    new Paragraph(new Run(new Text("全村共有农户500户，")), new Run(new Text("其中东组260户，西组240户。"))),
                    new Table(
                        new TableRow(
                            new TableCell(new Paragraph(new Run(new Text("参加320户")))),
                            new TableCell(new Paragraph(new Run(new Text("占全村500户的65%"))))
                        )
                    )
                )
            );
        Marks(Check(path, "--json"))
            .ShouldBe([("500户", "right"), ("260户", "right"), ("240户", "right"), ("320户", "unknown"), ("500户", "right"), ("65%", "wrong")]);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Marks(Check(Write("gb.txt", Encoding.GetEncoding("GB18030").GetBytes("参加320户，占全村500户的64%。")), "--json"))
            .ShouldBe([("320户", "right"), ("500户", "right"), ("64%", "right")]);
        Marks(Check(Write("u16.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("参加320户")]), "--json")).ShouldBe([("320户", "unknown")]);
    }

    [Fact]
    public void A_hostile_or_foreign_file_is_refused_by_name()
    {
        byte[] Zip(params (string Name, byte[] Content)[] parts)
        {
            using var held = new MemoryStream();
            using (var archive = new ZipArchive(held, ZipArchiveMode.Create, leaveOpen: true))
                foreach (var (name, content) in parts)
                    using (var entry = archive.CreateEntry(name).Open())
                        entry.Write(content);
            return held.ToArray();
        }
        const string types =
            """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>""";
        var content = ("[Content_Types].xml", Encoding.UTF8.GetBytes(types));
        Check(Write("bomb.docx", Zip(content, ("word/document.xml", new byte[110 << 20])))).Misused("report-check.too-large");
        Check(Write("macro.docx", Zip(content, ("word/vbaProject.bin", [1])))).Misused("report-check.macros");
        Check(Write("none.docx", Zip(content))).Misused("report-check.unreadable");
        Check(Write("zip.docx", Zip(("a.txt", [65])))).Misused("report-check.unreadable");
        Check(Write("cut.docx", Zip(content, ("a.xml", new byte[5000]))[..60])).Misused("report-check.unreadable");
        Check(Write("old.doc", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0])).Misused("report-check.unreadable");
        Check(Write("locked.docx", [0xD0, 0xCF, 0x11, 0xE0, .. Encoding.Unicode.GetBytes("EncryptedPackage")])).Misused("report-check.encrypted");
        Check(Write("picture.txt", [0x89, 0x50, 0x4E, 0x47, 0, 0, 0])).Misused("report-check.unreadable");
        Check(Write("odd.txt", [0x81, 0x20, 0xFF, 0xFF])).Misused("report-check.encoding");
        Check(Write("empty.txt", " \n")).Misused("report-check.empty");
        Check(Write("large.txt", new string('一', 500_001))).Misused("report-check.too-large");
    }

    [Theory, BothEngines]
    public async Task The_page_shows_the_text_with_marks_and_keeps_nothing_of_it(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var cadre = await console.As("cadre");
        var shown = await cadre.Press("/check-report", "#check", ("text", Report + "<b>甲</b>"));
        shown.Status.ShouldBe(HttpStatusCode.OK, shown.Text);
        shown.Html.QuerySelector(".report-text")!.TextContent.ShouldContain("✗500户");
        shown.Html.QuerySelector(".report-text b").ShouldBeNull();
        shown.Html.QuerySelectorAll(".report-text a.figure-wrong").Length.ShouldBe(3);
        shown.Html.QuerySelectorAll("#marks tbody tr").Length.ShouldBe(6);
        (await cadre.Press("/check-report", "#check", ("text", " "))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await cadre.Press("/check-report", "#check", ("text", "三户"), ("published", "soon"))).Text.ShouldContain("report-check.day");
        console.Query<string>("SELECT detail FROM audit_entries WHERE action = 'report.check'").ShouldBe(["6 numbers: 3 right, 3 wrong"]);
        (await console.Nobody().Get("/check-report")).Status.ShouldNotBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task Numbers_are_held_against_the_figures_of_the_area_in_view(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        long Figure(string name, params string[] more) =>
            long.Parse(
                console
                    .Cli.Run(["figures", name, "--json", .. more])
                    .Done()
                    .Document.GetProperty("areas")[0]
                    .GetProperty("figures")[0]
                    .GetProperty("value")
                    .GetString()!,
                CultureInfo.InvariantCulture
            );
        var (registered, remaining) = (Figure("registered_households"), Figure("remaining_persons"));
        var before = Figure("remaining_persons", "--as-of", "2019-12-31");
        before.ShouldNotBe(0);
        var text =
            $"我村建档立卡户数{registered}户，剩余贫困人口{remaining + 1}人，2019年末剩余贫困人口{before}人，2015年建档立卡户数{registered + 9}户。";
        var village = await console.As("village");
        string[] Signs(TuopinConsole.Page page) => [.. page.Html.QuerySelectorAll(".report-text a").Select(a => a.TextContent[..1])];
        Signs(await village.Press("/check-report", "#check", ("text", text), ("registry", "yes"))).ShouldBe(["✓", "✗", "✓", "?"]);
        Signs(await village.Press("/check-report", "#check", ("text", text), ("registry", ""))).ShouldBe(["?", "?", "?", "?"]);
        var area = console.Query<long>("SELECT min(area_code) FROM household_list")[0].ToString(CultureInfo.InvariantCulture);
        var checkedText = console.Cli.Run("check-report", Write("village.txt", text), "--area", area, "--json");
        (checkedText.Code, string.Join(' ', Marks(checkedText).Select(m => m.Verdict))).ShouldBe((1, "right wrong right unknown"));
        console.Cli.Run("check-report", Write("village.txt", text), "--area", "999999999999").Refused("area.unknown");
    }

    [Theory, BothEngines]
    public async Task The_api_answers_marks_with_their_places(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        using var client = CallingTheApi.Client(console, "village", "CheckReports");
        async Task<(HttpStatusCode Status, string Text)> Ask(HttpClient from, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await from.PostAsync(new Uri("/api/v1/report-checks", UriKind.Relative), content);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        var body = JsonSerializer.Serialize(new { text = Report });
        var (status, text) = await Ask(client, body);
        status.ShouldBe(HttpStatusCode.OK, text);
        var told = JsonDocument.Parse(text).RootElement;
        told.GetProperty("counts").GetProperty("wrong").GetInt32().ShouldBe(3);
        foreach (var mark in told.GetProperty("marks").EnumerateArray())
            Report
                .Substring(mark.GetProperty("start").GetInt32(), mark.GetProperty("length").GetInt32())
                .ShouldBe(mark.GetProperty("text").GetString());
        (await Ask(client, body)).ShouldBe((status, text));
        (await Ask(client, """{"text":" "}""")).Text.ShouldContain("report-check.empty");
        (await Ask(client, "{}")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Ask(client, """{"text":"三户","published":"soon"}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        using var other = CallingTheApi.Client(console, "village", "ViewWork");
        (await Ask(other, body)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}
