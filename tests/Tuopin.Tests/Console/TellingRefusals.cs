using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Whoever is refused reads why in the language of the page, with the names and counts of the case.</summary>
public sealed partial class TellingRefusals(Installations installations)
{
    [Fact]
    public void Every_code_has_a_title_in_Chinese()
    {
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "problems.md"))).Select(m => m.Groups[1].Value).ToList();
        listed.Count.ShouldBeGreaterThan(50);
        listed.Append("access.not-signed-in").Append("access.not-permitted").Except(RefusalTexts.Titles.Keys).ShouldBeEmpty();
        RefusalTexts.Titles.ShouldAllBe(t => Chinese().IsMatch(t.Value));
    }

    [Fact]
    public void Every_sentence_in_Chinese_stands_for_one_that_is_thrown()
    {
        var sources = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src", "Tuopin"), "*.cs", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(f) != "RefusalTexts.cs")
                .Select(File.ReadAllText)
        );
        RefusalTexts
            .Sentences.Keys.Where(k => !Regex.IsMatch(sources, "\"" + Holes().Replace(Regex.Escape(k), @"\{[^\n]+?\}") + "\""))
            .ShouldBeEmpty();
        foreach (var (english, chinese) in RefusalTexts.Sentences)
            Holes().Matches(Regex.Escape(chinese)).Count.ShouldBeLessThanOrEqualTo(Holes().Matches(Regex.Escape(english)).Count, english);
    }

    [Fact]
    public void A_sentence_keeps_its_particulars_in_both_languages()
    {
        var (name, count) = ("a{b}", 1234);
        new Refusal("users.unknown", $"there is no user '{name}'").Text.ShouldBe(new("没有用户“a{b}”", "there is no user 'a{b}'"));
        new Refusal("import.file-too-large", $"the file is larger than {count:N0} MB").Text.Zh.ShouldBe("文件大于 1,234 MB");
        // One without Chinese of its own: the title of the code and the particulars.
        new Refusal("users.unknown", $"nobody here is {name}, not in {count}").Text.Zh.ShouldBe("没有这个用户（a{b}，1234）");
        new Refusal("judged.never", "anything").Text.Zh.ShouldBe(RefusalTexts.Titles["judged.never"]);
        // Thrown in both languages.
        new WrongUsage("users.exists", $"已有用户 {name}。There is a user {name} already.").Text.ShouldBe(
            new("已有用户 a{b}。", "There is a user a{b} already.")
        );
        new Refusal("users.unknown", $"there is no user '{name}'").With(["one"]).Text.Zh.ShouldBe("没有用户“a{b}”");
    }

    [Theory, BothEngines]
    public async Task Pages_and_jobs_tell_it_in_the_language_of_the_reader(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, outside) = console.Neighbours();
        var village = await console.As("village");
        var upload = (
            await village.Send("/imports", "厕所.csv", ["户编号", "甲", "卫生厕所"], [inside.No, "", "是"], [outside.No, "", "是"])
        ).Location!;
        Dictionary<string, string> columns = new()
        {
            ["sheet"] = "厕所",
            ["kind"] = "facts",
            ["to-0"] = "户编号 · household.national_no",
            ["to-1"] = "household.toilet",
            ["to-2"] = "household.toilet",
        };
        var twice = await village.Submit(upload, $"{upload}/columns", columns);
        twice.Status.ShouldBe(HttpStatusCode.Conflict);
        var why = twice.Html.QuerySelector("main p")!.TextContent;
        why.ShouldContain("有两列都对应");
        why.ShouldNotContain("household.");
        columns["to-1"] = "";
        (await village.Submit(upload, $"{upload}/columns", columns)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await village.Get(upload)).Html.QuerySelector("input[name=to-0]")!.GetAttribute("value")!.ShouldStartWith("户编号");

        // Loaded without asking for the good rows only: the job is refused, and says of which file and how many rows.
        var tried = await village.Take(upload, "preview");
        tried.Html.QuerySelector("#upload td[data-label=表]")!.TextContent.ShouldMatch(@"\p{IsCJKUnifiedIdeographs}");
        (await village.Take(upload, "commit")).Text.ShouldContain("2 行中有 1 行有错误");
        await using var desk = console.Cli.Open().Store.Desk();
        var job = await desk.Jobs.AsNoTracking().OrderByDescending(j => j.Id).FirstAsync(TestContext.Current.CancellationToken);
        var page = await village.Get($"/jobs/{job.Id}");
        page.Html.QuerySelector("#job")!.TextContent.ShouldContain("没有改动任何数据");
        page.Html.QuerySelector("#job")!.TextContent.ShouldNotContain("rows have errors");
        var log = (await village.Get($"/jobs/{job.Id - 1}")).Html.QuerySelector(".job-log")!.TextContent;
        log.ShouldContain("拒绝 1 行");
        log.ShouldNotContain("rejected");

        // Times are those of China.
        var asked = DateTimeOffset
            .Parse(job.CreatedAt, CultureInfo.InvariantCulture)
            .AddHours(8)
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        page.Html.QuerySelector(".job-times dd")!.TextContent.ShouldBe(asked);
        (await village.Get("/jobs")).Html.QuerySelector($"time[datetime='{job.CreatedAt}']")!.TextContent.ShouldBe(asked);

        (await village.Submit("/", "/preferences/language", new() { ["value"] = "en" })).Status.ShouldBe(HttpStatusCode.Redirect);
        var english = (await village.Get($"/jobs/{job.Id}")).Html.QuerySelector("#job")!.TextContent;
        english.ShouldContain("1 of 2 rows have errors");
        english.ShouldNotContain("没有改动");
        var englishLog = (await village.Get($"/jobs/{job.Id - 1}")).Html.QuerySelector(".job-log")!.TextContent;
        englishLog.ShouldContain("1 rejected");
        englishLog.ShouldNotContain("拒绝");
    }

    [GeneratedRegex("^\\| `([a-z0-9.-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    // A hole of a template as Regex.Escape leaves it.
    [GeneratedRegex(@"\\\{\d}")]
    private static partial Regex Holes();
}
