using Shouldly;
using Xunit;

namespace Tuopin.BrowserTests;

/// <summary>What each role comes for, by hand.</summary>
public sealed class DoingTheMainJob(ServedDemo demo) : IDisposable
{
    public void Dispose()
    {
        var troubles = demo.Troubles.ToList();
        demo.Troubles.Clear();
        troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_headquarters_opens_a_gap_down_to_the_village()
    {
        var page = await demo.As("county");
        await page.OpenAsync("/gaps");
        await page.ClickAsync("#gaps tbody th a");
        await page.ArrivesAsync("/gaps[?]area=");
        await page.Locator("#gaps table.matrix").First.WaitForAsync();
        (await page.Locator("#gaps tbody tr").CountAsync()).ShouldBeGreaterThan(1);
        await page.SelectOptionAsync("select[name=result]", "unknown");
        await page.ArrivesAsync("result=unknown");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_headquarters_drags_the_line_and_shares_the_address()
    {
        var page = await demo.As("county");
        await page.GotoAsync("/what-if");
        var before = await page.InnerTextAsync("#answer .kpi-value");
        // The answer follows while the button is still down. Hovering waits until nothing moves under the mouse.
        var slider = page.Locator("#s-line-exit");
        var stood = await slider.InputValueAsync();
        await slider.HoverAsync();
        var box = (await slider.BoundingBoxAsync())!;
        var middle = box.Y + box.Height / 2;
        await page.Mouse.DownAsync();
        for (var i = 0; i < 40 && await page.InnerTextAsync("#answer .kpi-value") == before; i++)
        {
            await page.Mouse.MoveAsync(box.X + box.Width * (0.6f + i * 0.009f), middle);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        (await slider.InputValueAsync()).ShouldNotBe(stood);
        await page.WaitForFunctionAsync("before => document.querySelector('#answer .kpi-value').innerText !== before", before);
        await page.Mouse.UpAsync();
        // The slider may move on a little before it hears that the button is up: where it stops is asked last.
        await page.WaitForFunctionAsync(
            "() => !document.querySelector('.htmx-request') && new URL(location).searchParams.get('set.line.exit') === document.querySelector('#s-line-exit').value"
        );
        (await page.InnerTextAsync("#s-line-exit-o")).ShouldBe(await page.InputValueAsync("#s-line-exit"));
        var after = await page.InnerTextAsync("#answer .kpi-value");
        await page.ReloadAsync();
        (await page.InnerTextAsync("#answer .kpi-value")).ShouldBe(after);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_tile_map_is_walked_by_arrow_keys_and_opens_the_households_it_counts()
    {
        var page = await demo.As("township");
        await page.GotoAsync("/overview");
        var tiles = page.Locator(".tile");
        await tiles.First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        var said = await page.EvaluateAsync<string>("document.activeElement.title");
        said.ShouldBe(await tiles.Nth(1).GetAttributeAsync("title"));
        await page.Keyboard.PressAsync("Enter");
        await page.ArrivesAsync("/households[?]area=");
        (await page.InnerTextAsync(".area-picker summary")).ShouldContain(said.Split(':')[0]);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task From_the_skip_link_to_the_menu_everything_is_reached_by_keyboard()
    {
        var page = await demo.As("village");
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("document.activeElement.className")).ShouldBe("skip-link");
        await page.Keyboard.PressAsync("Enter");
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("main");
        await page.FocusAsync(".area-picker summary");
        await page.Keyboard.PressAsync("Enter");
        (await page.Locator(".area-picker[open]").CountAsync()).ShouldBe(1);
        await page.Keyboard.PressAsync("Escape");
        (await page.Locator(".area-picker[open]").CountAsync()).ShouldBe(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_chart_is_drawn_from_its_table_when_it_comes_into_view()
    {
        var page = await demo.As("county", height: 2000);
        await page.GotoAsync("/overview");
        var chart = page.Locator("[data-chart] canvas").First;
        await chart.WaitForAsync();
        // Its tooltip breaks no rule of the content policy: Troubles would tell.
        await chart.HoverAsync();
        await page.Mouse.MoveAsync(0, 0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Without_script_forms_and_links_work()
    {
        var page = await demo.As("county", script: false);
        await page.GotoAsync("/what-if?overlay=all-insured");
        (await page.IsCheckedAsync("input[name=overlay][value=all-insured]")).ShouldBeTrue();
        await page.ClickAsync("noscript button, form.what-if button[type=submit]");
        await page.ArrivesAsync("set[.]line[.]exit=");
        page.Url.ShouldContain("overlay=all-insured");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_cadre_and_the_administrator_get_a_home_of_their_own()
    {
        var cadre = await demo.As("cadre", 360);
        (await cadre.InnerTextAsync("#my-households")).ShouldContain("户还有短板或不明");
        await cadre.Context.CloseAsync();
        var admin = await demo.As("admin");
        (await admin.Locator("a[href='/users']").CountAsync()).ShouldBeGreaterThan(0);
        (await admin.Locator("a[href='/households']").CountAsync()).ShouldBe(0);
        await admin.Context.CloseAsync();
    }

    [Fact]
    public async Task A_clerk_imports_a_file_with_a_wrong_row_corrects_it_and_loads_it()
    {
        string Sheet(string grade) => ServedDemo.Titles + demo.Household(0).Row("C级") + demo.Household(1).Row(grade);
        var page = await demo.As("village");
        await page.OpenAsync("/imports");
        await page.SendAsync("住房.csv", Sheet("很差"));
        await page.PressAsync("form[action$='/preview']");
        await page.Locator("#upload:not([hx-get]) .job-done").WaitForAsync();
        var wrong = page.Locator("#upload details[open] tbody tr");
        (await wrong.CountAsync()).ShouldBe(1);
        (await wrong.InnerTextAsync()).ShouldContain("很差");
        await page.OpenAsync("/imports");
        await page.SendAsync("住房.csv", Sheet("D级"));
        await page.PressAsync("form[action$='/preview']");
        await page.Locator("#upload:not([hx-get]) .job-done").WaitForAsync();
        (await page.Locator("#upload details[open] tbody tr").CountAsync()).ShouldBe(0);
        await page.PressAsync("form[action$='/commit']");
        await page.Locator("#upload:not([hx-get]) .job-done").Nth(1).WaitForAsync();
        (await page.Locator("#upload .job-done").CountAsync()).ShouldBe(2);
        await page.OpenAsync("/imports");
        (await page.InnerTextAsync("tbody tr")).ShouldContain("住房.csv");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_department_ticks_a_certificate_and_sees_it_hold()
    {
        var house = demo.Household(2);
        var housing = await demo.As("housing");
        await housing.GotoAsync("/certificates?fact=dwelling.grade&show=all");
        await housing.SelectOptionAsync($"select[name='to-{house.No}']", "D");
        await housing.PressAsync("form[action='/certificates/tick']");

        await housing.GotoAsync("/certificates?fact=dwelling.grade&show=all");
        var row = housing.Locator("form[action='/certificates/tick'] tbody tr", new() { HasText = house.No });
        (await row.Locator("td[data-label=现在]").InnerTextAsync()).ShouldContain("D");
        await housing.Context.CloseAsync();
    }

    [Fact]
    public async Task An_auditor_searches_the_audit_and_is_told_how_much_was_found()
    {
        var page = await demo.As("auditor");
        await page.OpenAsync("/audit");
        await page.FillAsync("#act", "registry.import");
        await page.ClickAsync(".audit-filter button[type=submit]");
        await page.ArrivesAsync("act=registry[.]import");
        var acts = await page.Locator("#audit-list tbody code").AllInnerTextsAsync();
        acts.ShouldNotBeEmpty();
        acts.ShouldAllBe(a => a == "registry.import");
        (await page.TextContentAsync("#status")).ShouldBe($"{acts.Count} 条记录");
        await page.FillAsync("#act", "nothing.such");
        await page.ClickAsync(".audit-filter button[type=submit]");
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent === '0 条记录'");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_village_opens_the_brief_of_a_household_and_prints_it()
    {
        var page = await demo.As("village");
        await page.AddInitScriptAsync("window.print = () => { window.printed = true }");
        await page.OpenAsync("/households");
        await page.ClickAsync("#rows tbody a[href^='/households/']");
        await page.ArrivesAsync("/households/[0-9]+$");
        await page.ClickAsync("[data-print]");
        (await page.EvaluateAsync<bool>("window.printed === true")).ShouldBeTrue();
        await page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        (await page.Locator("aside.side").IsVisibleAsync()).ShouldBeFalse();
        (await page.Locator("header.top").IsVisibleAsync()).ShouldBeFalse();
        (await page.PdfAsync(new() { Path = Path.Combine(ServedDemo.Pictures, "brief.pdf"), Format = "A4" })).Length.ShouldBeGreaterThan(10_000);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Leafing_through_a_list_moves_the_focus_to_what_came_and_says_it()
    {
        var page = await demo.As("county");
        await page.GotoAsync("/households");
        var first = await page.InnerTextAsync("#rows tbody tr");
        await page.FocusAsync("#rows a[rel=next]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("first => document.querySelector('#rows tbody tr').innerText !== first", first);
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'rows'");
        (await page.TextContentAsync("#status")).ShouldBe(
            await page.GetAttributeAsync("#rows", "data-status") ?? await page.GetAttributeAsync("#rows [data-status]", "data-status")
        );
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task When_the_link_is_down_everybody_sees_it_and_can_try_again()
    {
        var page = await demo.As("county", forgiving: true);
        await page.GotoAsync("/gaps");
        await page.RouteAsync("**/gaps?*", route => route.AbortAsync());
        await page.SelectOptionAsync("select[name=result]", "unknown");
        await page.Locator("#trouble").WaitForAsync();
        (await page.InnerTextAsync("#trouble p")).ShouldContain("网络不通");
        await page.ScreenshotAsync(new() { Path = Path.Combine(ServedDemo.Pictures, "link-down.png") });
        await page.UnrouteAsync("**/gaps?*");
        await page.ClickAsync("#trouble [data-retry]");
        await page.ArrivesAsync("result=unknown");
        (await page.Locator("#trouble").IsVisibleAsync()).ShouldBeFalse();
        // What the server refuses says the server's reason.
        await page.RouteAsync(
            "**/gaps?*",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        Status = 409,
                        ContentType = "text/html; charset=utf-8",
                        Body = "<main><p>还没有评判过</p></main>",
                    }
                )
        );
        await page.SelectOptionAsync("select[name=result]", "");
        await page.Locator("#trouble", new() { HasText = "还没有评判过" }).WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_place_is_found_by_enter_and_language_keeps_the_filters()
    {
        var page = await demo.As("county");
        await page.GotoAsync("/gaps");
        await page.SelectOptionAsync("select[name=result]", "unknown");
        await page.ArrivesAsync("result=unknown");
        await page.ClickAsync(".area-picker summary");
        var village = page.Locator("#area-choices button").Last;
        var name = (await village.InnerTextAsync()).Split(' ', '\n')[0];
        await page.FillAsync("#area-find", (await village.GetAttributeAsync("value"))!);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".area-picker:not([open])").WaitForAsync();
        (await page.InnerTextAsync(".area-picker summary")).ShouldContain(name);
        page.Url.ShouldContain("result=unknown");
        await page.SelectOptionAsync("select[name=result]", "");
        await page.WaitForFunctionAsync("() => !location.search.includes('unknown')");
        var shown = page.Url;
        await page.ClickAsync("form[action='/preferences/language'] button");
        await page.Locator("html[lang=en]").WaitForAsync();
        page.Url.ShouldBe(shown);
        await page.Context.CloseAsync();
    }
}
