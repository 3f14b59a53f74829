using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Lists on their way through a procedure, as a village clerk, a township reviewer and a county decider do it in a browser without script.</summary>
public sealed class SteppingThroughLists(Installations installations)
{
    private const string Village = "530326002203";
    private const string Exit = "yunnan.household-exit/exit";

    private const string Remaining = $"""
        SELECT l.number FROM household_list l JOIN standard_versions v ON v.id = l.standard_version_id
        WHERE l.area_code = {Village} AND l.place_code = l.area_code AND l.status = 2 AND
        """;

    // Twenty-seven that meet the six indicators, two that do not, one of whom something is not known.
    internal static List<string> Thirty(TuopinConsole console) =>
        [
            .. Numbers(console, $"{Remaining} l.unmet = 0 AND (l.met | l.exempt) = 63 ORDER BY l.household_id LIMIT 27"),
            .. Numbers(console, $"{Remaining} l.unmet <> 0 ORDER BY l.household_id LIMIT 2"),
            .. Numbers(console, $"{Remaining} l.unmet = 0 AND (l.met | l.exempt) <> 63 ORDER BY l.household_id LIMIT 1"),
        ];

    internal static List<string> Numbers(TuopinConsole console, string sql) => console.Cli.Tables.Query<string>(sql);

    internal static long Count(TuopinConsole console, string sql) => console.Cli.Tables.Number(sql);

    /// <summary>A clerk of the village with many remaining households; the demo's own is of another.</summary>
    internal static async Task<TuopinConsole.Browser> Clerk(TuopinConsole console)
    {
        var installation = console.Cli.Open();
        await using var desk = installation.Store.Desk();
        if (!desk.Users.Any(u => u.UserName == "clerk"))
        {
            var user = Accounts.New(installation, "clerk", "村文书");
            Accounts.SetPassword(user, DemoUsers.Password);
            desk.Users.Add(user);
            await desk.SaveChangesAsync();
            var area = Count(console, $"SELECT area_id FROM area_versions WHERE code = {Village} AND to_day IS NULL");
            desk.Grants.Add(
                new()
                {
                    UserId = user.Id,
                    Role = Role.Village,
                    AreaId = area,
                    FromDay = 20140101,
                }
            );
            await desk.SaveChangesAsync();
        }
        return await console.As("clerk");
    }

    internal static async Task SetDays(TuopinConsole console, string procedure = "yunnan.household-exit", string days = "7")
    {
        var county = await console.As("county");
        (await county.Press($"/procedures/{procedure}", "#days", ("days-publicity_days", days))).Status.ShouldBe(HttpStatusCode.Redirect);
    }

    private static async Task<string> Open(TuopinConsole.Browser clerk, string offer = Exit)
    {
        var answer = await clerk.Press("/lists", "#open-list", ("offer", offer));
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        return answer.Location!;
    }

    internal static async Task<string> Listed(TuopinConsole.Browser clerk, IEnumerable<string> numbers, string offer = Exit)
    {
        var list = await Open(clerk, offer);
        Accepted(await clerk.Press(list, "#add", ("subject-numbers", string.Join('\n', numbers))));
        return list;
    }

    internal static Task<TuopinConsole.Page> Take(TuopinConsole.Browser browser, string list, params (string, string)[] said) =>
        browser.Press(list, "#take", [("answer", "forward"), .. said]);

    internal static readonly (string, string)[] Meeting =
    [
        ("attended", "46"),
        ("for", "40"),
        ("against", "2"),
        ("abstained", "3"),
        ("attendees", "村两委、驻村工作队、村民代表"),
        ("evidence", "村档案柜 3 号"),
    ];

    internal static void Accepted(TuopinConsole.Page page) => page.Status.ShouldBe(HttpStatusCode.Redirect, page.Html.Body?.TextContent);

    internal static void Refused(TuopinConsole.Page page, string code, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        page.Text.ShouldContain(code);
    }

    internal static void OnDay(TuopinConsole console, string day) => console.Cli.Run("workdate", day).Done();

    // To the decision, by the book; the publicity hangs from the first day to the second.
    private static async Task ToTheDecision(TuopinConsole console, TuopinConsole.Browser clerk, string list, string until)
    {
        Accepted(await Take(clerk, list));
        Accepted(await Take(clerk, list, Meeting));
        Accepted(await Take(clerk, list));
        if ((await clerk.Get(list)).Html.QuerySelector("#refusing") is not null)
            Accepted(await Take(clerk, list, ("evidence", "签字表")));
        Accepted(await clerk.Press(list, "#hang"));
        OnDay(console, until);
        Accepted(await Take(clerk, list));
        Accepted(await Take(await console.As("township"), list));
    }

    [Theory, BothEngines]
    public async Task Of_thirty_households_twenty_five_exit_and_five_are_held(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (clerk, township, county) = (await Clerk(console), await console.As("township"), await console.As("county"));
        Refused(await clerk.Press("/lists", "#open-list", ("offer", Exit)), "list.days-not-set");
        await SetDays(console);
        var thirty = Thirty(console);
        thirty.Count.ShouldBe(30);
        var list = await Open(clerk);
        var added = await clerk.Get(list);
        added.Html.QuerySelectorAll("#add tbody tr").Length.ShouldBe(79);
        Accepted(await clerk.Press(list, "#add", ("subject-numbers", string.Join('\n', thirty))));

        // The county sees it and cannot do what is the village's; the clerk of another village sees nothing.
        (await county.Get(list))
            .Html.QuerySelector("#take")
            .ShouldBeNull();
        (await (await console.As("village")).Get(list)).Status.ShouldBe(HttpStatusCode.NotFound);
        var form = (await clerk.Get(list))
            .Html.QuerySelectorAll("#take input[type=hidden]")
            .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        var byCounty = new Dictionary<string, string>(form)
        {
            ["__RequestVerificationToken"] = (await county.Get(list))
                .Html.QuerySelector("input[name=__RequestVerificationToken]")!
                .GetAttribute("value")!,
        };
        Refused(await county.Post($"{list}/step", byCounty), "list.not-your-step", HttpStatusCode.Forbidden);

        // Pressed twice, it is done once and says so.
        Accepted(await clerk.Post($"{list}/step", form));
        var twice = await clerk.Post($"{list}/step", form);
        twice.Location.ShouldBe($"{list}?done=before");
        (await clerk.Get(twice.Location!)).Html.QuerySelector("#done-before").ShouldNotBeNull();
        // The page as it was before, sent with a key of its own: somebody was faster.
        Refused(await clerk.Post($"{list}/step", new(form) { ["key"] = "another" }), "list.overtaken");
        Refused(await clerk.Post($"{list}/step", new(form) { ["key"] = "another", ["seen"] = "2" }), "list.step-not-current");

        // What is wrong is said on the page of the list, and what was typed stays.
        var tooMany = await Take(clerk, list, [.. Meeting, ("for", "45")]);
        Refused(tooMany, "list.more-votes-than-people");
        tooMany.Html.QuerySelector("#take [name=attended]")!.GetAttribute("value").ShouldBe("46");
        Accepted(await Take(clerk, list, Meeting));
        Accepted(await Take(clerk, list));
        Accepted(await Take(clerk, list, ("refusing-numbers", thirty[0]), ("evidence", "签字表")));
        Accepted(await clerk.Press(list, "#hang"));
        Accepted(await clerk.Press(list, "#object", ("number", thirty[1]), ("by", "匿名"), ("words", "家里有未申报的收入困难")));
        Refused(await Take(clerk, list), "list.hangs");
        OnDay(console, "2020-06-18");
        Refused(await Take(clerk, list), "list.hangs");
        OnDay(console, "2020-06-19");
        Refused(await Take(clerk, list), "list.objections-open");
        Accepted(await clerk.Press(list, "form.answer", ("words", "经核实属实"), ("upheld", "yes")));
        Accepted(await Take(clerk, list));
        Accepted(await Take(township, list));

        Refused(await Take(county, list, ("document", "会扶组〔2020〕12号")), "list.judgement-stale");
        console.Cli.Judge().Done();
        Refused(await Take(county, list, ("document", "会扶组〔2020〕12号")), "list.verdict");
        (await county.Get(list)).Html.QuerySelector("#wanting")!.TextContent.ShouldContain("3 户");
        Accepted(await county.Press(list, "#hold-wanting"));
        Refused(await Take(county, list), "list.inputs-missing");
        Accepted(await Take(county, list, ("document", "会扶组〔2020〕12号")));

        (await clerk.Get(list))
            .Html.QuerySelector("#outcomes")!
            .TextContent.ShouldBe("在办 0；脱贫 25；有不达标或不明指标 3；本户不认可 1；异议成立 1");
        var decided = "SELECT count(*) FROM household_statuses s JOIN changes c ON c.id = s.change_id WHERE c.reason LIKE 'list %forward'";
        Count(
                console,
                $"{decided} AND s.to_day IS NULL AND s.kind = 3 AND s.from_day = 20200619 AND s.exit_year = 2020 AND s.identified_year IS NOT NULL"
            )
            .ShouldBe(25);
        Count(console, $"{decided} AND s.to_day = 20200619 AND s.kind = 2").ShouldBe(25);
        console
            .Cli.Tables.Query<string>(
                "SELECT DISTINCT c.actor FROM household_statuses s JOIN changes c ON c.id = s.change_id WHERE s.from_day = 20200619"
            )
            .ShouldBe(["县指挥部"]);
        Count(console, $"SELECT count(*) FROM household_list WHERE area_code = {Village} AND place_code = area_code AND status = 2")
            .ShouldBe(79 - 25);
        Count(console, "SELECT count(*) FROM audit_entries WHERE action = 'list.forward'").ShouldBe(7);

        // What was judged again with the decision is what a judgement of the whole finds.
        string[] judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
        var before = console.Cli.Tables.Dump(judged);
        console.Cli.Judge().Done();
        console.Cli.Tables.Dump(judged).ShouldEqual(before);

        Accepted(await Take(clerk, list));
        Accepted(await Take(county, list));
        Count(console, "SELECT ended FROM subject_lists").ShouldBe(1);
        (await county.Get("/lists?show=all")).Text.ShouldContain("已办结");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task A_household_is_on_one_open_list_and_a_list_finishes_under_the_version_it_began_with(Engine engine)
    {
        var cli = installations.Copy(engine, "township");
        cli.Packs = Directory.CreateTempSubdirectory("tuopin-packs-").FullName;
        var folder = Directory.CreateDirectory(Path.Combine(cli.Packs, "procedures", "530326")).FullName;
        var shipped = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "packs", "procedures", "53", "household-exit.yaml"),
            TestContext.Current.CancellationToken
        );
        // The county's own flow, in which a meeting that is not held in five days makes the list lapse.
        var own = shipped
            .Replace("yunnan.household-exit", "huize.household-exit", StringComparison.Ordinal)
            .Replace("area: \"53\"", "area: \"530326\"", StringComparison.Ordinal)
            .Replace(
                "    inputs: [attendees, evidence]\n",
                "    inputs: [attendees, evidence]\n    due: { count: 5, counted: natural, lapses: true }\n    source: { title: county plan, grade: B }\n",
                StringComparison.Ordinal
            )
            .Replace("outcomes:\n", "outcomes:\n  lapsed: { zh: 逾期失效, en: out of time }\n", StringComparison.Ordinal);
        var file = Path.Combine(folder, "household-exit.yaml");
        await File.WriteAllTextAsync(file, own, TestContext.Current.CancellationToken);
        var thirty = new List<string>();
        string first,
            second;
        await using (var console = await TuopinConsole.Over(cli))
        {
            var clerk = await Clerk(console);
            await SetDays(console, "huize.household-exit", "5");
            await SetDays(console, "national.dynamic-adjustment", "5");
            // The narrowest law is the law: the province's flow for the same change is no longer offered.
            (await clerk.Get("/lists"))
                .Html.QuerySelectorAll("select[name=offer] option")
                .ShouldNotContain(o => o.GetAttribute("value") == Exit);
            thirty = Thirty(console);
            first = await Listed(clerk, thirty.Take(3), "huize.household-exit/exit");
            second = await Listed(clerk, thirty.Skip(3).Take(1), "national.dynamic-adjustment/remove");
            Refused(await clerk.Press(second, "#add", ("subject-numbers", thirty[0])), "list.elsewhere");
            Refused(await clerk.Press(second, "#add", ("subject-numbers", "没有这户")), "list.not-taken");
            Should.Throw<Exception>(() =>
                console.Cli.Tables.Execute(
                    $"INSERT INTO list_subjects (list_id, subject_id, family, area_code, added_by, change_id) SELECT {second.Split('/')[^1]}, subject_id, family, area_code, 1, change_id FROM list_subjects WHERE list_id = {first.Split('/')[^1]}"
                )
            );
            Accepted(await Take(clerk, first));
        }
        // Somebody edits the file of the county: the list that is open goes on as it began, and so does its deadline.
        await File.WriteAllTextAsync(
            file,
            own.Replace("村民主评议", "院坝会", StringComparison.Ordinal)
                .Replace("    due: { count: 5, counted: natural, lapses: true }\n", "", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await using (var console = await TuopinConsole.Over(cli))
        {
            var clerk = await Clerk(console);
            (await clerk.Get(first)).Html.QuerySelector("#step")!.TextContent.ShouldBe("村民主评议");
            (await clerk.Get("/procedures/huize.household-exit")).Text.ShouldContain("院坝会");
            OnDay(console, "2020-06-17");
            (await clerk.Get(first)).Html.QuerySelector("#take").ShouldNotBeNull();
            var late = (await clerk.Get(first))
                .Html.QuerySelectorAll("#take input[type=hidden]")
                .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
            OnDay(console, "2020-06-18");
            (await clerk.Get(first)).Html.QuerySelector("#take").ShouldBeNull();
            Refused(await clerk.Post($"{first}/step", late), "list.lapsed");
            Refused(await clerk.Post($"{first}/step", late), "list.ended");
            (await clerk.Get(first)).Html.QuerySelector("#outcomes")!.TextContent.ShouldContain("逾期失效 3");
            // Whoever was on it is free.
            Accepted(await clerk.Press(second, "#add", ("subject-numbers", thirty[0])));
            var third = await Open(clerk, "huize.household-exit/exit");
            Count(console, "SELECT count(DISTINCT hash) FROM subject_lists WHERE procedure_id = 'huize.household-exit'").ShouldBe(2);
            (await clerk.Get(third)).Text.ShouldContain("院坝会");
        }
        cli.Dispose();
        Directory.Delete(cli.Packs, recursive: true);
    }

    [Theory, BothEngines]
    public async Task Whose_only_gap_is_overruled_passes_and_passes_no_more_once_that_has_ended(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (clerk, township, county) = (await Clerk(console), await console.As("township"), await console.As("county"));
        await SetDays(console, days: "1");
        var (household, number, indicator) = console.Query<(long, string, string)>(
            $"""
            SELECT l.household_id, l.number, CASE l.unmet WHEN 1 THEN 'income' WHEN 2 THEN 'housing' WHEN 4 THEN 'education' WHEN 8 THEN 'medical' ELSE 'pension' END
            FROM household_list l WHERE l.area_code = {Village} AND l.place_code = l.area_code AND l.status = 2
              AND l.unmet IN (1, 2, 4, 8, 16) AND (l.met | l.exempt | l.unmet) = 63 ORDER BY l.household_id LIMIT 1
            """
        )[0];
        var list = await Listed(clerk, [number]);
        await ToTheDecision(console, clerk, list, "2020-06-13");
        console.Cli.Judge().Done();
        Refused(await Take(county, list, ("document", "一号")), "list.verdict");
        // The demo's own township is another: the county asks, and somebody else of the county confirms.
        Accepted(
            await county.Press(
                $"/households/{household}/overrule",
                "#ask-overrule",
                ("indicator", $"yunnan.household-exit/{indicator}"),
                ("met", "yes"),
                ("reason", "现场核实已解决，材料尚未录入"),
                ("evidence", "会扶组〔2020〕9号"),
                ("last", "2020-06-13")
            )
        );
        Refused(await Take(county, list, ("document", "一号")), "list.verdict");
        var deputy = await OverrulingIndicators.Deputy(console);
        Accepted(await deputy.Press("/overrules?show=waiting", ".decide"));
        // A day too late it is refused again; on its last day it passes.
        OnDay(console, "2020-06-14");
        console.Cli.Judge().Done();
        Refused(await Take(county, list, ("document", "一号")), "list.verdict");
        OnDay(console, "2020-06-13");
        console.Cli.Judge().Done();
        Accepted(await Take(county, list, ("document", "一号")));
        Count(
                console,
                $"SELECT count(*) FROM household_statuses WHERE household_id = {household} AND kind = 3 AND to_day IS NULL AND from_day = 20200613"
            )
            .ShouldBe(1);
        (await township.Get("/overrules")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, BothEngines]
    public async Task A_reversed_exit_corrects_the_past_and_a_return_belongs_to_its_own_year(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (clerk, county) = (await Clerk(console), await console.As("county"));
        await SetDays(console, "national.dynamic-adjustment", "1");
        var exited = Numbers(
            console,
            $"""
            SELECT l.number FROM household_list l JOIN household_statuses s ON s.household_id = l.household_id AND s.to_day IS NULL
            WHERE l.area_code = {Village} AND l.place_code = l.area_code AND s.kind = 3 AND s.exit_year = 2019
              AND EXISTS (SELECT 1 FROM household_statuses b WHERE b.household_id = s.household_id AND b.to_day = s.from_day AND b.kind = 2)
            ORDER BY l.household_id LIMIT 2
            """
        );
        string Episodes(string number) =>
            string.Join(
                "; ",
                console.Cli.Tables.Query<string>(
                    $"""
                    SELECT s.kind || ' ' || s.from_day || '-' || coalesce(CAST(s.to_day AS text), '') || ' ' || coalesce(CAST(s.returned_year AS text), '') || ' ' || coalesce(CAST(s.earlier_exit_year AS text), '')
                    FROM household_statuses s JOIN households h ON h.id = s.household_id WHERE h.national_no = '{number}' OR h.provisional_no = '{number}' ORDER BY s.from_day
                    """
                )
            );
        var reversed = await Listed(clerk, exited.Take(1), "national.dynamic-adjustment/reverse");
        await ToTheDecision(console, clerk, reversed, "2020-06-13");
        Accepted(await Take(county, reversed, ("document", "一号")));
        var returned = await Listed(clerk, exited.Skip(1), "national.dynamic-adjustment/return");
        await ToTheDecision(console, clerk, returned, "2020-06-14");
        Accepted(await Take(county, returned, ("document", "二号")));

        Episodes(exited[0]).ShouldMatch("^2 [0-9]{8}-  $");
        Episodes(exited[1]).ShouldMatch("^2 [0-9]{8}-20191231  ; 3 20191231-20200614  ; 5 20200614- 2020 2019$");
        Count(console, "SELECT count(*) FROM household_statuses_history WHERE kind = 3 AND from_day = 20191231").ShouldBe(2);
        Count(console, $"SELECT count(*) FROM household_list WHERE status = 5 AND number = '{exited[1]}'").ShouldBe(1);
    }

    [Theory, BothEngines]
    public async Task A_program_takes_a_list_as_far_as_its_role_goes(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        await Clerk(console);
        using var clerk = CallingTheApi.Client(console, "clerk", "ViewLists,ActOnLists");
        using var county = CallingTheApi.Client(console, "county", "ViewLists,ActOnLists,SetProcedureDays");
        using var reader = CallingTheApi.Client(console, "county", "ViewLists");
        using var other = CallingTheApi.Client(console, "village", "ViewLists,ActOnLists");
        async Task<(HttpStatusCode Status, JsonElement Json)> Post(HttpClient client, string path, object body, string? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1{path}") { Content = JsonContent.Create(body) };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
        }
        string? Code((HttpStatusCode, JsonElement Json) answer) => answer.Json.TryGetProperty("code", out var code) ? code.GetString() : null;
        var open = new { procedure = "yunnan.household-exit", change = "exit" };
        Code(await Post(clerk, "/lists", open)).ShouldBe("list.days-not-set");
        Code(await Post(county, "/procedures/yunnan.household-exit/days", new { days = new { publicity_days = 0 } })).ShouldBe("procedure.days-bad");
        (await Post(county, "/procedures/yunnan.household-exit/days", new { days = new { publicity_days = 7 } })).Status.ShouldBe(HttpStatusCode.OK);
        Code(await Post(clerk, "/procedures/yunnan.household-exit/days", new { days = new { publicity_days = 7 } })).ShouldBe("access.not-permitted");
        var made = await Post(clerk, "/lists", open, "one");
        made.Status.ShouldBe(HttpStatusCode.Created);
        var list = made.Json.GetProperty("id").GetInt64();
        (await Post(clerk, "/lists", open, "one")).Json.GetProperty("id").GetInt64().ShouldBe(list);
        Code(
                await Post(
                    county,
                    "/lists",
                    new
                    {
                        procedure = "yunnan.household-exit",
                        change = "exit",
                        area = Village,
                    }
                )
            )
            .ShouldBe("list.not-your-step");
        Code(
                await Post(
                    other,
                    "/lists",
                    new
                    {
                        procedure = "yunnan.household-exit",
                        change = "exit",
                        area = Village,
                    }
                )
            )
            .ShouldBe("not-found");
        (await Post(clerk, $"/lists/{list}/subjects", new { all = "met" }, "two")).Json.GetProperty("open").GetInt32().ShouldBe(48);
        (await Post(clerk, $"/lists/{list}/subjects", new { all = "met" }, "two")).Json.GetProperty("seen").GetInt32().ShouldBe(1);
        Code(await Post(clerk, $"/lists/{list}/hold", new { numbers = new[] { "1" }, reason = "有异议" }, "two")).ShouldBe("list.key-reused");
        var step = new
        {
            step = "propose",
            answer = "forward",
            seen = 1,
        };
        (await Post(county, $"/lists/{list}/step", step)).Status.ShouldBe(HttpStatusCode.Forbidden);
        Code(await Post(reader, $"/lists/{list}/step", step)).ShouldBe("access.not-permitted");
        (await Post(other, $"/lists/{list}/step", step)).Status.ShouldBe(HttpStatusCode.NotFound);
        var taken = await Post(clerk, $"/lists/{list}/step", step);
        taken.Json.GetProperty("step").GetString().ShouldBe("meeting");
        Code(await Post(clerk, $"/lists/{list}/step", step)).ShouldBe("list.overtaken");
    }

    [Theory, BothEngines]
    public async Task Three_thousand_households_go_through_a_step_at_a_time(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var clerk = await Clerk(console);
        await SetDays(console, "national.dynamic-adjustment", "1");
        // Empty households, for a removal that asks for no verdict.
        console.Cli.Tables.Execute(
            $"""
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            INSERT INTO households (id, provisional_no, village_id, area_code, head_name, change_id)
            SELECT 5303269000000000 + n.n, 'N' || n.n, h.village_id, h.area_code, '户主', h.change_id FROM (SELECT village_id, area_code, change_id FROM households WHERE area_code = {Village} LIMIT 1) h,
              (SELECT row_number() OVER (ORDER BY a.id) AS n FROM persons a LIMIT 3000) n;
            INSERT INTO household_statuses (id, household_id, from_day, kind, identified_year, change_id)
            SELECT id, id, 20141231, 2, 2014, change_id FROM households WHERE id > 5303269000000000;
            INSERT INTO household_list (place_code, household_id, area_code, number, status, status_from, registered, met, unmet, exempt, overruled, day)
            SELECT area_code, id, area_code, provisional_no, 2, 20141231, 1, 0, 0, 0, 0, 20200612 FROM households WHERE id > 5303269000000000;
            UPDATE current_change SET change_id = 0
            """
        );
        var list = await Open(clerk, "national.dynamic-adjustment/remove");
        var times = new List<(string, double)>();
        async Task Timed(string what, Func<Task> step)
        {
            var watch = Stopwatch.StartNew();
            await step();
            times.Add((what, watch.Elapsed.TotalSeconds));
        }
        await Timed(
            "add",
            async () =>
                Accepted(await clerk.Press(list, "#add", ("subject-numbers", string.Join(' ', Enumerable.Range(1, 3000).Select(i => $"N{i}")))))
        );
        await Timed("steps until the decision", () => ToTheDecision(console, clerk, list, "2020-06-13"));
        var county = await console.As("county");
        await Timed("decide", async () => Accepted(await Take(county, list, ("document", "一号"))));
        Count(console, "SELECT count(*) FROM household_statuses WHERE kind = 6 AND from_day = 20200613 AND to_day IS NULL").ShouldBe(3000);
        // How long it took is told, not asserted: the machine is shared.
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join("; ", times.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Item1} {t.Item2:0.00} s")))
        );
    }
}
