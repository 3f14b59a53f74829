using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Reports;

/// <summary>Reports in the console and over HTTP: every number opens, every file that leaves is audited, templates are a place's own.</summary>
public sealed class ReadingReports(Installations installations)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, BothEngines]
    public async Task A_report_is_read_its_numbers_open_and_its_files_are_audited(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var village = await console.As("village");
        var list = await village.Get("/reports");
        list.Html.QuerySelectorAll("#reports tbody tr").ShouldNotBeEmpty();
        list.Html.QuerySelector("#template").ShouldBeNull();
        var page = await village.Get("/reports/county_briefing");
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        var numbers = page.Html.QuerySelectorAll("article a.report-number").ToList();
        numbers.Count.ShouldBeGreaterThan(20);
        foreach (var number in numbers.Where((_, i) => i % 7 == 0))
        {
            number.GetAttribute("title")!.ShouldContain(" · ");
            (await village.Get(number.GetAttribute("href")!)).Status.ShouldBe(HttpStatusCode.OK, number.OuterHtml);
        }
        // The number of the page is the number of the figure.
        var first = numbers[0];
        (await village.Get(first.GetAttribute("href")!))
            .Html.QuerySelector("#value .kpi-value")!
            .TextContent.Replace(",", "")
            .ShouldContain(first.TextContent.TrimEnd('户', '人'));
        var before = console.Query<long>("SELECT count(*) FROM audit_entries WHERE action = 'report.export'")[0];
        foreach (var format in new[] { "html", "docx", "xlsx", "txt", "md" })
            (await village.Get($"/reports/county_briefing/file.{format}")).Status.ShouldBe(HttpStatusCode.OK, format);
        console.Query<long>("SELECT count(*) FROM audit_entries WHERE action = 'report.export'")[0].ShouldBe(before + 5);
        (await village.Get("/reports/county_briefing/file.rtf")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await village.Get("/reports/no-such")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/reports/own-999")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/reports/county_briefing?area=530326")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get("/reports/county_briefing?asOf=soon")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await village.Get("/reports/county_briefing?asOf=2019-12-31"))
            .Html.QuerySelectorAll("a.report-number[href*='2019-12-31']")
            .ShouldNotBeEmpty();
        (await (await console.As("admin")).Get("/reports")).Status.ShouldBe(HttpStatusCode.Forbidden);
        // A department is told the numbers of its trade; the others say that they are not.
        var housing = await (await console.As("housing")).Get("/reports/county_briefing");
        housing.Html.QuerySelectorAll("a.report-missing").ShouldContain(a => a.TextContent == "〔不属于您的业务〕");
        housing.Html.QuerySelectorAll("a.report-number:not(.report-missing)[href*='safe_house_households']").ShouldNotBeEmpty();
        using var client = CallingTheApi.Client(console, "village", "ViewFigures");
        using var listed = await client.GetAsync(new Uri("/api/v1/reports", UriKind.Relative), Stop);
        (await listed.Content.ReadAsStringAsync(Stop)).ShouldContain("county_briefing");
        using var told = await client.GetAsync(new Uri("/api/v1/reports/county_briefing", UriKind.Relative), Stop);
        var answer = JsonDocument.Parse(await told.Content.ReadAsStringAsync(Stop)).RootElement;
        answer.GetProperty("numbers").GetProperty("numbers").EnumerateArray().First().GetProperty("text").GetString().ShouldBe(first.TextContent);
        answer.GetProperty("text").GetString()!.ShouldContain("一、总体情况");
    }

    private static MultipartFormDataContent Sent(string file, string text, string name, string keep, string? token = null)
    {
        var body = new MultipartFormDataContent
        {
            { new StringContent(name), "name" },
            { new StringContent(keep), "keep" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", file },
        };
        if (token is not null)
            body.Add(new StringContent(token), "__RequestVerificationToken");
        return body;
    }

    private static async Task<TuopinConsole.Page> Send(TuopinConsole.Browser browser, string file, string text, string name, string keep)
    {
        var form = await browser.Get("/reports");
        var token = form.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var body = Sent(file, text, name, keep, token);
        return await browser.Send(new(HttpMethod.Post, "/report-templates") { Content = body }, "text/html");
    }

    [Theory, BothEngines]
    public async Task A_place_stores_its_own_templates_looked_at_first_and_they_are_its_own(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var township = await console.As("township");
        var looked = await Send(
            township,
            "月报.md",
            "# 月报\n\n{{ registered_persons }}\n\n```names\nfigure: registered_households\nmost: 2\n```\n",
            "月报",
            "no"
        );
        looked.Status.ShouldBe(HttpStatusCode.OK, looked.Text);
        looked.Html.QuerySelectorAll("article a.report-number").Length.ShouldBe(1);
        looked.Html.QuerySelectorAll("article table tbody tr").Length.ShouldBe(3);
        console.Query<long>("SELECT count(*) FROM report_templates")[0].ShouldBe(0);
        var bad = await Send(township, "bad.md", "{{ registered_person }} <script>", "坏", "yes");
        bad.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        bad.Html.QuerySelector("#refused")!
            .TextContent.ShouldContain("坏.md:1:4: there is no figure 'registered_person'; did you mean 'registered_persons'?");
        (await Send(township, "a.rtf", "x", "", "yes")).Text.ShouldContain("report.template-kind");
        (await Send(township, "a.md", "x", "a/b", "yes")).Text.ShouldContain("report.template-name");
        (await Send(township, "a.docx", "x", "a", "yes")).Text.ShouldContain("report.template-unreadable");
        var kept = await Send(township, "月报.md", "# 月报\n\n{{ registered_persons }}\n", "月报", "yes");
        kept.Status.ShouldBe(HttpStatusCode.Redirect, kept.Text);
        (await Send(township, "月报.md", "# 月报\n\n{{ registered_persons }}\n", "月报", "yes")).Location.ShouldBe(kept.Location);
        var own = kept.Location!.Split('?')[0];
        (await township.Get(own)).Html.QuerySelectorAll("article a.report-number").Length.ShouldBe(1);
        // The villages within make it, and store none.
        var village = await console.As("village");
        (await village.Get(own)).Status.ShouldBe(HttpStatusCode.OK);
        (await village.Get("/reports")).Text.ShouldContain("月报");
        (await village.Post("/report-templates", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        // A newer one takes its place; a withdrawn one is not found.
        var newer = await Send(township, "月报.md", "# 月报\n\n{{ registered_households }}\n", "月报", "yes");
        newer.Location.ShouldNotBe(kept.Location);
        (await township.Get(own)).Status.ShouldBe(HttpStatusCode.NotFound);
        own = newer.Location!.Split('?')[0];
        var form = $"/report-templates/{own.Split('/')[^1]}/withdraw";
        (await township.Submit("/reports", form, [])).Status.ShouldBe(HttpStatusCode.Redirect);
        (await township.Submit("/reports", form, [])).Status.ShouldBe(HttpStatusCode.NotFound);
        (await township.Get(own)).Status.ShouldBe(HttpStatusCode.NotFound);
        console
            .Query<string>("SELECT action FROM audit_entries WHERE action LIKE 'report.%-template' ORDER BY id")
            .ShouldBe(["report.store-template", "report.store-template", "report.withdraw-template"]);
        console.Query<string>("SELECT detail FROM audit_entries WHERE action LIKE 'report.%-template'").ShouldAllBe(d => !d.Contains("月报"));
        using var client = CallingTheApi.Client(console, "township", "WriteReports,ViewFigures");
        foreach (var before in new[] { false, true })
        {
            using var body = Sent("a.md", "# 甲\n\n{{ registered_persons }}", "甲", "yes");
            using var answer = await client.PostAsync(new Uri("/api/v1/report-templates", UriKind.Relative), body, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("before").GetBoolean().ShouldBe(before);
        }
    }
}
