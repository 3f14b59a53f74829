using System.Globalization;
using Dapper;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Tuopin.BrowserTests;

/// <summary>
/// Each page, from a phone to a wall, in light and in dark, in Chinese and in English: WCAG 2.2 AA by axe, nothing beside the screen, no error of a script or
/// of the content policy, and a picture to look at.
/// </summary>
public sealed class LookingAtEveryPage(ServedDemo demo)
{
    private static readonly (string User, string Path, string Name)[] Pages =
    [
        ("county", "/", "home-county"),
        ("village", "/", "home-village"),
        ("cadre", "/", "home-cadre"),
        ("housing", "/", "home-department"),
        ("auditor", "/", "home-auditor"),
        ("admin", "/", "home-admin"),
        ("county", "/overview", "overview"),
        ("township", "/overview", "overview-township"),
        ("village", "/overview", "overview-village"),
        ("county", "/compare", "compare"),
        ("county", "/gaps", "gaps"),
        ("county", "/gaps?indicator=yunnan.household-exit/housing", "gaps-housing"),
        ("county", "/standards", "standards"),
        ("county", "/standards/yunnan.household-exit", "standard"),
        ("county", "/standards/parameters/line.exit", "line"),
        ("county", "/standards/compare?a=530326&b=45", "standards-compared"),
        ("county", "/what-if?overlay=d-grade-rebuilt", "what-if"),
        ("county", "/wall", "wall"),
        ("county", "/wall?step=1&pause=yes", "wall-tiles"),
        ("county", "/wall?step=2&pause=yes", "wall-gaps"),
        ("county", "/households", "households"),
        ("village", "/households/{household}", "brief"),
        ("village", "/households/{household}/edit", "edit-household"),
        ("village", "/households/{household}/members", "members"),
        ("township", "/reviews", "reviews"),
        ("village", "/households/{household}/move", "move"),
        ("county", "/units/{unit}", "unit"),
        ("county", "/posts/{post}", "post"),
        ("county", "/imports", "imports"),
        ("county", "/imports/{upload}", "upload"),
        ("county", "/jobs", "jobs"),
        ("county", "/jobs/{job}", "job"),
        ("county", "/find-number", "find-number"),
        ("county", "/number-exports", "number-exports"),
        ("housing", "/certificates", "certificates"),
        ("county", "/procedures", "procedures"),
        ("county", "/procedures/yunnan.household-exit", "procedure"),
        ("village", "/lists", "lists"),
        ("village", "/lists/{list}", "list"),
        ("admin", "/users", "users"),
        ("admin", "/users/{user}", "user"),
        ("county", "/figures", "figures"),
        ("county", "/figures?asOf=2019-12-31", "figures-as-of"),
        ("county", "/figures/export", "figures-export"),
        ("county", "/open-data", "open-data"),
        ("county", "/year-ends", "year-ends"),
        ("county", "/households/as-of?asOf=2019-12-31", "households-as-of"),
        ("county", "/overview?asOf=2019-12-31", "overview-as-of"),
        ("township", "/gaps?asOf=2019-12-31", "gaps-as-of"),
        ("county", "/compare?asOf=2019-12-31", "compare-as-of"),
        ("county", "/households?asOf=2019-12-31", "households-judged-as-of"),
        ("county", "/judgements", "judgements"),
        ("county", "/figures/poverty_incidence", "figure"),
        ("county", "/figures/piped_water_households/names", "figure-names"),
        ("county", "/figures/incidence", "incidence"),
        ("county", "/check-report", "check-report"),
        ("county", "/figures/stated", "figures-stated"),
        ("county", "/figures/funds_received", "figure-stated"),
        ("county", "/figures/between?from=2019-12-31&to=2020-06-12", "figures-between"),
        ("county", "/figures/registered_households/between?from=2019-12-31&to=2020-06-12", "figure-between"),
        ("county", "/targets", "targets"),
        ("county", "/targets/exits", "planned-exits"),
        ("county", "/reports", "reports"),
        ("county", "/reports/county_briefing", "report"),
        ("county", "/reports/sealed", "sealed-reports"),
        ("county", "/reports/sealed/{sealed}", "sealed-report"),
        ("county", "/reports/sealed/{sealed}/numbers/1", "sealed-number"),
        ("county", "/reports/sealed/{sealed}/recomputed", "recomputed-report"),
        ("discipline", "/discipline?show=all", "discipline"),
        ("discipline", "/discipline/members", "discipline-members"),
        ("discipline", "/discipline/clues/{clue}", "discipline-clue"),
        ("county", "/discipline/counts", "discipline-counts"),
        ("county", "/monitoring/clues", "clues"),
        ("county", "/monitoring/clues/sent/{clues}", "clues-sent"),
        ("county", "/checks", "checks"),
        ("housing", "/checks/findings", "findings-department"),
        ("auditor", "/audit", "audit"),
        ("auditor", "/audit/sign-ins", "sign-ins"),
        ("village", "/account", "account"),
        ("nobody", "/sign-in", "sign-in"),
        ("cadre", "/what-if", "no-whole-area"),
        ("village", "/jobs/999999999", "refusal"),
    ];

    public static TheoryData<string, string, int[]> Looks => new() { { "light", "zh", [360, 1280, 1920, 3840] }, { "dark", "en", [1280, 360] } };

    /// <param name="widths">The page is opened at the first, where axe reads it, and drawn out to the others.</param>
    [Theory, MemberData(nameof(Looks))]
    public async Task No_page_breaks_a_rule_of_accessibility_or_runs_over_the_side(string theme, string language, int[] widths)
    {
        var places = await Places();
        var wrong = new List<string>();
        foreach (var user in Pages.GroupBy(p => p.User))
        {
            var page = await demo.As(user.Key, widths[0], theme: theme, english: language == "en");
            var height = page.ViewportSize!.Height;
            foreach (var (_, path, name) in user)
            {
                await page.SetViewportSizeAsync(widths[0], height);
                var answer = await page.GotoAsync(places.Aggregate(path, (p, place) => p.Replace(place.Key, place.Value, StringComparison.Ordinal)));
                answer!.Status.ShouldBe(name == "refusal" ? 404 : 200, path);
                await page.WaitForLoadStateAsync();
                if (language == "en")
                    wrong.AddRange((await page.EvaluateAsync<string[]>(ChineseMarks)).Select(t => $"{name}: Chinese marks in English: {t}"));
                var found = await page.RunAxe(
                    new AxeRunOptions
                    {
                        RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
                        // What passes need not be told node by node.
                        ResultTypes = [ResultType.Violations],
                    }
                );
                wrong.AddRange(found.Violations.Select(v => $"{name}: {v.Id} {v.Help}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}"));
                foreach (var width in widths)
                {
                    await page.SetViewportSizeAsync(width, height);
                    var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
                    if (over > 0)
                        wrong.Add($"{name}: {over} px over the side of {width}");
                    if (width <= 1920)
                        await page.ScreenshotAsync(new() { Path = Path.Combine(ServedDemo.Pictures, $"{name}-{theme}-{width}-{language}.png") });
                }
            }
            await page.Context.CloseAsync();
        }
        wrong.ShouldBeEmpty();
        demo.Troubles.ShouldBeEmpty();
    }

    // Texts of the page that have a Chinese mark and no Chinese word: what stands between two English words. Law, names and reports in Chinese stay as they are.
    private const string ChineseMarks = """
        () => {
          const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
          const found = []
          while (walker.nextNode()) {
            if (walker.currentNode.parentElement.closest('[lang^=zh]')?.matches('main *')) continue
            const text = walker.currentNode.textContent.trim()
            if (/[：；，、。（）]/.test(text) && !/\p{Script=Han}/u.test(text)) found.push(text)
          }
          return found
        }
        """;

    // What the addresses of single things name in this demo; a file is sent so that its page can be looked at.
    private async Task<Dictionary<string, string>> Places()
    {
        using var connection = demo.Installation.Store.OpenReader();
        string One(string sql) => Convert.ToInt64(connection.ExecuteScalar(sql), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        await using var desk = demo.Installation.Store.Desk();
        if (upload is null)
        {
            var page = await demo.As("county");
            await page.GotoAsync("/imports");
            await page.SendAsync("wrong.csv", ServedDemo.Titles + demo.Household(3).Row("C级") + demo.Household(4).Row("很差"));
            await page.PressAsync("form[action$='/preview']");
            await page.Locator("#upload:not([hx-get]) .job-done").WaitForAsync();
            upload = new Uri(page.Url).Segments[^1];
            await page.Context.CloseAsync();
            // A report that the county publishes.
            page = await demo.As("county");
            await page.GotoAsync("/reports/county_briefing");
            await page.ClickAsync("form[data-report=county_briefing] button");
            await page.ArrivesAsync("/reports/sealed/[0-9]+");
            published = new Uri(page.Url).Segments[^1];
            await page.Context.CloseAsync();
            // A list that its clerk puts together: the form with the most on it.
            var county = await demo.As("county");
            await county.GotoAsync("/procedures/national.dynamic-adjustment");
            await county.FillAsync("input[name=days-publicity_days]", "7");
            await county.ClickAsync("#days button");
            await county.Context.CloseAsync();
            var village = await demo.As("village");
            await village.GotoAsync("/lists");
            await village.SelectOptionAsync("select[name=offer]", "national.dynamic-adjustment/remove");
            await village.ClickAsync("#open-list button");
            await village.ClickAsync("#add button[value=all]");
            list = new Uri(village.Url).Segments[^1];
            await village.Context.CloseAsync();
            // A department's file of clues: one row that is nobody's here, one without a number.
            page = await demo.As("county");
            await page.GotoAsync("/monitoring/clues");
            await page.ClickAsync("details:has(#upload-clues) > summary");
            await page.SetInputFilesAsync(
                "#clues-file",
                Payload("warnings.csv", "text/csv", "姓名,证件号码,金额\r\n无名,530326199001010010,8200\r\n坏号,123,1\r\n"u8)
            );
            await page.SelectOptionAsync("#clues-department", "medical_insurance");
            await page.FillAsync("#clues-words", "大额自付医疗费");
            await page.ClickAsync("#upload-clues button[type=submit]");
            await page.Locator("#upload:not([hx-get]) #entered").WaitForAsync();
            clues = new Uri(page.Url).Segments[^1];
            await page.Context.CloseAsync();
            // A clue of the discipline office with a paper.
            page = await demo.As("discipline");
            await page.GotoAsync("/discipline");
            await page.Locator("table tbody a").First.ClickAsync();
            await page.ArrivesAsync("/discipline/clues/[0-9]+");
            clue = new Uri(page.Url).Segments[^1];
            await page.ClickAsync("details:has(#paper) > summary");
            await page.SetInputFilesAsync("#paper-file", Payload("paper.png", "image/png", await page.ScreenshotAsync()));
            await page.ClickAsync("#paper button[type=submit]");
            await page.Locator("#papers ul a").WaitForAsync();
            await page.Context.CloseAsync();
        }
        return new()
        {
            ["{clue}"] = clue!,
            ["{clues}"] = clues!,
            ["{list}"] = list!,
            ["{sealed}"] = published!,
            ["{household}"] = demo.Household(0).Id.ToString(CultureInfo.InvariantCulture),
            ["{unit}"] = One("SELECT min(unit_id) FROM responsibilities"),
            ["{post}"] = One("SELECT min(post_id) FROM responsibilities"),
            ["{upload}"] = upload,
            ["{job}"] = (await desk.Jobs.MaxAsync(j => j.Id)).ToString(CultureInfo.InvariantCulture),
            ["{user}"] = (await desk.Users.Where(u => u.UserName == "county").Select(u => u.Id).FirstAsync()).ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string? upload;
    private static string? list;
    private static string? published;
    private static string? clues;
    private static string? clue;

    private static FilePayload Payload(string name, string type, ReadOnlySpan<byte> bytes) =>
        new()
        {
            Name = name,
            MimeType = type,
            Buffer = bytes.ToArray(),
        };

    [Theory, InlineData(1920, 1080), InlineData(3840, 2160)]
    public async Task The_wall_fills_its_screen_and_goes_on_by_itself(int width, int height)
    {
        var page = await demo.As("county", width, height);
        foreach (var step in Enumerable.Range(0, 3))
        {
            await page.GotoAsync($"/wall?step={step}&pause=yes");
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
            (await page.EvaluateAsync<double>("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")).ShouldBeGreaterThan(
                width / 120.0
            );
            await page.ScreenshotAsync(new() { Path = Path.Combine(ServedDemo.Pictures, $"wall-{step}-{width}.png") });
        }
        await page.GotoAsync("/wall");
        await page.WaitForSelectorAsync("a[href$='step=1'][aria-current=page]", new() { Timeout = 30_000 });
        // A wall that is left open goes on by itself under the tests that follow.
        await page.Context.CloseAsync();
    }
}
