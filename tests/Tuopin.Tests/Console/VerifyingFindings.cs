using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// What the data checks find: raised by a run, answered by the village, exempt only by two people and to a last day; a run clears what was mended and never
/// raises again what was answered while question and value are the same. An error cannot be stated by hand, a suspect can.
/// </summary>
public sealed class VerifyingFindings(Installations installations)
{
    private const string Negative = "c073-negative-production";
    private const string Ethnic = "c015-ethnic-missing";

    private static JsonElement Run(TuopinConsole console) => console.Cli.Run("check", "--json").Done().Document;

    private static (long Found, long? Raised, long? Cleared) Counts(JsonElement report) =>
        (
            report.GetProperty("found").GetInt64(),
            report.GetProperty("raised").ValueKind == JsonValueKind.Null ? null : report.GetProperty("raised").GetInt64(),
            report.GetProperty("cleared").ValueKind == JsonValueKind.Null ? null : report.GetProperty("cleared").GetInt64()
        );

    // A household with production income below its expense, and a member without an ethnic group, in the first and the last village.
    private static (long House, long Person, long Elsewhere) Plant(TuopinConsole console)
    {
        var houses = console.Query<long>(
            """
            SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2019 AND y.income_business > 0
            JOIN household_list l ON l.household_id = h.id AND l.place_code = l.area_code AND l.registered = 1 ORDER BY h.area_code, h.id
            """
        );
        var (house, elsewhere) = (houses[0], houses[^1]);
        var person = console.Query<long>($"SELECT min(person_id) FROM memberships WHERE household_id = {house} AND to_day IS NULL")[0];
        console.Cli.Edit(
            $"UPDATE household_years SET expense_business = income_business + 100, income_net_stated = NULL, change_id = CHANGE WHERE household_id IN ({house}, {elsewhere}) AND year = 2019",
            $"UPDATE persons SET ethnic = NULL, change_id = CHANGE WHERE id = {person}"
        );
        return (house, person, elsewhere);
    }

    private static long Finding(TuopinConsole console, string check, long subject) =>
        console.Query<long>($"SELECT id FROM findings WHERE check_id = '{check}' AND subject_id = {subject}").ShouldHaveSingleItem();

    private static string State(TuopinConsole console, long finding) =>
        console.Query<string>(
            $"SELECT CAST(state AS text) || CASE WHEN cleared_day IS NULL THEN '' ELSE ' cleared' END FROM findings WHERE id = {finding}"
        )[0];

    private static string Page(long finding) => $"/checks/findings/{finding}";

    private static Task<TuopinConsole.Page> Answer(TuopinConsole.Browser browser, long finding, params (string, string)[] typed) =>
        browser.Press(Page(finding), "#answer", [("reason", "入户核实"), .. typed]);

    [Theory, BothEngines]
    public async Task A_run_clears_what_was_mended_and_asks_again_only_when_the_value_is_another(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine));
        Counts(Run(console)).ShouldBe((0, 0, 0));
        var (house, person, elsewhere) = Plant(console);
        // Another day is told and not kept.
        Counts(console.Cli.Run("check", "--json", "--day", "2020-06-01").Done().Document).ShouldBe((3, null, null));
        var report = Run(console);
        Counts(report).ShouldBe((3, 3, 0));
        report
            .GetProperty("noLaw")
            .EnumerateArray()
            .Select(c => c.GetProperty("id").GetString())
            .ShouldBe(["c073-transfer-share", "c073-year-on-year"]);
        report.GetProperty("checks").EnumerateArray().ShouldAllBe(c => !c.GetProperty("id").GetString()!.StartsWith("c068"));
        var changes = console.Cli.Tables.Number("SELECT count(*) FROM findings_history");
        Counts(Run(console)).ShouldBe((3, 0, 0));
        console.Cli.Tables.Number("SELECT count(*) FROM findings_history").ShouldBe(changes);

        var (negative, ethnic, other) = (Finding(console, Negative, house), Finding(console, Ethnic, person), Finding(console, Negative, elsewhere));
        var village = await console.As("village");
        (await Answer(village, negative, ("answer", "false"))).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Answer(village, other, ("answer", "true"), ("result", "mend"))).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Cli.Edit($"UPDATE persons SET ethnic = 1, change_id = CHANGE WHERE id = {person}");
        Counts(Run(console)).ShouldBe((2, 0, 1));
        (State(console, negative), State(console, ethnic), State(console, other)).ShouldBe(("2", "0 cleared", "1"));
        // Gone and there again with the same value: the answer stands. With another value it is asked anew; what was true stays true.
        console.Cli.Edit($"UPDATE household_years SET expense_business = 0, change_id = CHANGE WHERE household_id = {house} AND year = 2019");
        Counts(Run(console)).ShouldBe((1, 0, 1));
        console.Cli.Edit(
            $"UPDATE household_years SET expense_business = income_business + 100, change_id = CHANGE WHERE household_id = {house} AND year = 2019"
        );
        Counts(Run(console)).ShouldBe((2, 0, 0));
        State(console, negative).ShouldBe("2");
        console.Cli.Edit(
            $"UPDATE household_years SET expense_business = expense_business + 1, change_id = CHANGE WHERE household_id IN ({house}, {elsewhere}) AND year = 2019"
        );
        Counts(Run(console)).ShouldBe((2, 1, 0));
        (State(console, negative), State(console, other)).ShouldBe(("0", "1"));
        var page = await village.Get(Page(negative));
        page.Html.QuerySelector("#state")!.TextContent.ShouldContain("待核实");
        page.Html.QuerySelectorAll("#history li").Length.ShouldBeGreaterThanOrEqualTo(4);
        page.Html.QuerySelector("#rule")!.TextContent.ShouldContain("household.income_business < household.expense_business");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task One_answer_for_many_says_first_what_it_comes_to_and_of_each_row_why_not(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (house, person, elsewhere) = Plant(console);
        Run(console);
        console.Cli.Run("work", "refresh").Done();
        var (negative, ethnic, other) = (Finding(console, Negative, house), Finding(console, Ethnic, person), Finding(console, Negative, elsewhere));
        long Work() => console.Cli.Tables.Number("SELECT count(*) FROM work_items WHERE kind = 'suspect' AND closed_day IS NULL");
        Work().ShouldBe(3);
        var (county, village) = (await console.As("county"), await console.As("village"));
        const string list = "/checks/findings?area=530326";
        Task<TuopinConsole.Page> Ask(params (string, string)[] typed) => county.Press(list, "#answers", typed);
        (await Ask(("answer", "false"), ("reason", "入户核实"))).Text.ShouldContain("finding.none-chosen");
        (await Ask(("all", "yes"), ("answer", "true"), ("reason", "入户核实"))).Text.ShouldContain("finding.no-result");
        (await Ask(("all", "yes"), ("answer", "false"), ("reason", " "))).Text.ShouldContain("edit.reason");
        (await Ask(("finding", "x"), ("answer", "false"), ("reason", "入户核实"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Ask(("finding", "7-1"), ("answer", "false"), ("reason", "入户核实"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("cadre")).Submit("/", "/checks/findings/answers", new() { ["all"] = "yes" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );

        // An error of the record is true or exempt: of three, two are answered so. Nothing is written before that is confirmed.
        var look = await Ask(("all", "yes"), ("answer", "false"), ("reason", "入户核实"));
        look.Html.QuerySelector("#comes-to")!.TextContent.ShouldContain("将回答 2 个；1 个不能这样回答");
        look.Html.QuerySelector("#refused")!.TextContent.ShouldContain("finding.error-is-true");
        State(console, negative).ShouldBe("0");
        // The same to a program.
        using (var program = CallingTheApi.Client(console, "county", "VerifyFinding"))
        {
            const string asked = """{"seen":{},"filter":{"show":"waiting"},"answer":{"answer":"false","reason":"入户核实"},"sure":false}""";
            using var content = new StringContent(asked, System.Text.Encoding.UTF8, "application/json");
            using var answer = await program.PostAsync(
                new Uri("/api/v1/checks/findings/answers?area=530326", UriKind.Relative),
                content,
                TestContext.Current.CancellationToken
            );
            var told = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, told);
            told.ShouldContain("\"written\":false,\"answered\":2");
            told.ShouldContain("finding.error-is-true");
        }
        State(console, negative).ShouldBe("0");
        // Meanwhile somebody else answers one of them.
        (await Answer(village, negative, ("answer", "true"), ("result", "mend"))).Status.ShouldBe(HttpStatusCode.Redirect);
        Task<TuopinConsole.Page> Sure() =>
            county.Send(
                new(HttpMethod.Post, "/checks/findings/answers?area=530326")
                {
                    Content = new FormUrlEncodedContent(
                        look.Html.QuerySelectorAll("#sure input[type=hidden]")
                            .Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value") ?? ""))
                    ),
                },
                "text/html"
            );
        var done = await Sure();
        done.Html.QuerySelector("#comes-to")!.TextContent.ShouldContain("已回答 1 个；1 个不能这样回答");
        done.Html.QuerySelector("#refused")!.TextContent.ShouldContain("finding.changed-since");
        (State(console, negative), State(console, ethnic), State(console, other)).ShouldBe(("1", "0", "2"));
        // The work ended with the answer, and said again it is nothing new.
        Work().ShouldBe(2);
        (await Sure()).Html.QuerySelector("#comes-to")!.TextContent.ShouldContain("将回答 0 个；2 个");
        console.Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'finding.answer-many'").ShouldBe(1);
        // Exemptions of many wait for somebody else.
        look = await Ask(
            ("finding", $"{ethnic}-{console.Cli.Tables.Number($"SELECT change_id FROM findings WHERE id = {ethnic}")}"),
            ("answer", "exempt"),
            ("last", "2020-12-31"),
            ("reason", "族别待公安核定")
        );
        (await Sure()).Html.QuerySelector("#comes-to")!.TextContent.ShouldContain("已回答 1 个");
        State(console, ethnic).ShouldBe("3");
        (await county.Submit(Page(ethnic), Page(ethnic) + "/confirm", [])).Text.ShouldContain("不能确认自己申请的豁免");
        State(console, ethnic).ShouldBe("3");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task An_exemption_takes_two_people_and_ends_on_its_last_day(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine));
        var (house, person, _) = Plant(console);
        Run(console);
        var (negative, ethnic) = (Finding(console, Negative, house), Finding(console, Ethnic, person));
        var (village, township) = (await console.As("village"), await console.As("township"));
        foreach (
            var (typed, says) in new ((string, string)[], string)[]
            {
                ([], "请选择属实"),
                ([("answer", "true")], "请选择处理"),
                ([("answer", "true"), ("result", "1")], "请选择处理"),
                ([("answer", "exempt")], "必须写明最后一天"),
                ([("answer", "exempt"), ("last", "2020-06-11")], "不早于今天"),
                ([("answer", "exempt"), ("last", "2021-06-13")], "至多 366 天"),
                ([("answer", "exempt"), ("last", "永久")], "不早于今天"),
                ([("answer", "false"), ("reason", " ")], "请写明原因"),
                ([("answer", "false"), ("reason", "电话 13812345678")], "不要写证件号码"),
                ([("answer", "false"), ("version", "1")], "有人办理过"),
            }
        )
        {
            var refused = await Answer(village, negative, typed);
            refused.Status.ShouldBeOneOf([HttpStatusCode.UnprocessableEntity, HttpStatusCode.Conflict], says);
            refused.Html.QuerySelector("#wrong")!.TextContent.ShouldContain(says);
        }
        (await Answer(village, ethnic, ("answer", "false"))).Html.QuerySelector("#wrong")!.TextContent.ShouldContain("记录本身的错误");
        State(console, negative).ShouldBe("0");

        (await Answer(village, negative, ("answer", "exempt"), ("last", "2020-06-20"))).Status.ShouldBe(HttpStatusCode.Redirect);
        (await village.Get(Page(negative))).Html.QuerySelector("#withdraw").ShouldNotBeNull();
        (await village.Submit(Page(negative), Page(negative) + "/confirm", new())).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Answer(township, ethnic, ("answer", "exempt"), ("last", "2020-06-20"))).Status.ShouldBe(HttpStatusCode.Redirect);
        var own = await township.Submit(Page(ethnic), Page(ethnic) + "/confirm", new());
        own.Html.QuerySelector("#wrong")!.TextContent.ShouldContain("另一人");
        (await township.Press(Page(negative), "#decide")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await township.Submit(Page(negative), Page(negative) + "/confirm", new()))
            .Html.QuerySelector("#wrong")!
            .TextContent.ShouldContain("没有待确认");
        State(console, negative).ShouldBe("4");
        Counts(Run(console)).Raised.ShouldBe(0);
        (await village.Get("/checks/findings?show=exempt")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(1);

        // The day after its last it waits again, at once on every page, and so says the next run.
        console.Cli.Run("workdate", "2020-06-21").Done();
        (await village.Get(Page(negative))).Html.QuerySelector("#state")!.TextContent.ShouldContain("待核实");
        (await village.Get("/")).Html.QuerySelector("#findings-due")!.TextContent.ShouldContain("3");
        Counts(Run(console)).Raised.ShouldBe(2);
        (State(console, negative), State(console, ethnic)).ShouldBe(("0", "0"));
    }

    [Theory, BothEngines]
    public async Task Lists_pages_and_files_show_the_same_within_the_scope(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "township"));
        var (house, _, elsewhere) = Plant(console);
        Run(console);
        var (mine, theirs) = (Finding(console, Negative, house), Finding(console, Negative, elsewhere));
        var (village, township, housing) = (await console.As("village"), await console.As("township"), await console.As("housing"));
        (await village.Get(Page(mine))).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { Page(theirs), $"/households/{elsewhere}/findings", $"/api/v1{Page(theirs)}" })
            (await village.Get(path, "application/json")).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await village.Submit(Page(mine), Page(theirs) + "/answer", new() { ["answer"] = "false", ["reason"] = "入户核实" })).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await housing.Get("/checks")).Html.QuerySelector("#firing").ShouldBeNull();
        (await (await console.As("auditor")).Submit(Page(mine), Page(mine) + "/answer", new())).Status.ShouldBe(HttpStatusCode.Forbidden);

        (await village.Get("/checks/findings")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(2);
        (await township.Get("/checks/findings")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(3);
        (await township.Get("/checks/findings?kind=error")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(1);
        (await township.Get($"/checks/findings?check={Negative}")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(2);
        (await township.Get("/checks/findings?show=exempt")).Html.QuerySelector("#findings").ShouldBeNull();
        (await township.Get("/checks/findings?show=nonsense")).Status.ShouldBe(HttpStatusCode.BadRequest);
        var book = (await township.Get($"/checks/findings.xlsx?check={Negative}")).Text;
        book.Split("生产经营性支出").Length.ShouldBeGreaterThanOrEqualTo(1);
        book.Split(Negative).Length.ShouldBeGreaterThan(1);
        book.ShouldNotContain(Ethnic);
        var checks = await township.Get("/checks");
        checks.Html.QuerySelectorAll("#firing tbody tr").Length.ShouldBe(2);
        checks.Html.QuerySelector("#no-law")!.TextContent.ShouldContain("未找到法规");
        checks.Html.QuerySelector("#freshness").ShouldBeNull();
        (await village.Get($"/households/{house}")).Html.QuerySelector($"[hx-get='/households/{house}/findings']").ShouldNotBeNull();
        (await village.Get($"/households/{house}/findings")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(2);
        var told = JsonDocument.Parse((await township.Get("/api/v1/checks/findings?kind=suspect", "application/json")).Text).RootElement;
        told.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetInt64()).ShouldBe([mine, theirs], ignoreOrder: true);
    }

    [Theory, BothEngines]
    public async Task A_department_is_told_of_the_checks_of_its_own_facts_alone(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine));
        var (house, _, _) = Plant(console);
        var insured = console.Query<long>(
            """
            SELECT min(m.person_id) FROM memberships m JOIN person_years y ON y.person_id = m.person_id AND y.year = 2020
              AND y.medical_resident = TRUE AND y.medical_employee = FALSE WHERE m.to_day IS NULL
            """
        )[0];
        console.Cli.Edit($"UPDATE person_years SET medical_employee = TRUE, change_id = CHANGE WHERE person_id = {insured} AND year = 2020");
        Run(console);
        var (own, other) = (Finding(console, "c037-both-medical", insured), Finding(console, Negative, house));
        (await (await console.As("housing")).Get("/checks/findings")).Html.QuerySelector("#findings").ShouldBeNull();
        using (var desk = console.Cli.Open().Store.Desk())
        {
            desk.Grants.Single(g => g.Department == "housing").Department = "medical_insurance";
            await desk.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var insurance = await console.As("housing");
        (await insurance.Get("/checks")).Html.QuerySelectorAll("#firing tbody tr").Length.ShouldBe(1);
        (await insurance.Get("/checks/findings")).Html.QuerySelectorAll("#findings tbody tr").Length.ShouldBe(1);
        (await insurance.Get(Page(own))).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { Page(other), $"/api/v1{Page(other)}" })
            (await insurance.Get(path, "application/json")).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await insurance.Get($"/households/{house}/findings")).Text.ShouldNotContain(Page(other));
        var book = (await insurance.Get("/checks/findings.xlsx")).Text;
        (book.Contains("c037", StringComparison.Ordinal), book.Contains(Negative, StringComparison.Ordinal)).ShouldBe((true, false));
        (await insurance.Submit(Page(own), Page(own) + "/answer", new() { ["answer"] = "false" })).Status.ShouldBe(HttpStatusCode.Forbidden);
        // It is work of the trade, where people say what they know and put papers.
        console.Cli.Run("work", "refresh").Done();
        console
            .Query<string>(
                $"SELECT coalesce(department, '-') FROM work_items WHERE kind = 'suspect' AND source_key IN ('finding/{own}', 'finding/{other}') ORDER BY 1"
            )
            .ShouldBe(["-", "medical_insurance"]);
        (await insurance.Get("/work")).Html.QuerySelector($"a[href^='/work/']").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task An_error_is_refused_at_its_field_and_a_suspect_is_told_and_saved(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine));
        Run(console);
        var (house, person) = console.Query<(long, long)>(
            """
            SELECT m.household_id, m.person_id FROM memberships m JOIN person_years y ON y.person_id = m.person_id AND y.year = 2020 AND y.medical_resident = TRUE
            WHERE m.to_day IS NULL AND y.medical_employee = FALSE ORDER BY m.household_id, m.person_id LIMIT 1
            """
        )[0];
        // Who states what: insurance is the village's and the township's to correct, incomes are the county's.
        var (township, county) = (await console.As("township"), await console.As("county"));
        var form = $"/households/{house}/members/{person}/edit";
        var changes = console.Cli.Tables.Number("SELECT count(*) FROM changes");
        var refused = await township.Fill(form, "form.edit-form", [("f.person.medical_employee", "yes"), ("reason", "入户核实")]);
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, $"{refused.Location} {refused.Html.Body?.TextContent}");
        refused.Html.QuerySelector("#f-person-medical_employee-says .fact-wrong")!.TextContent.ShouldContain("同时参加居民医保和职工医保");
        console.Cli.Tables.Number("SELECT count(*) FROM changes").ShouldBe(changes);

        var (home, expense) = console.Query<(long, long)>(
            """
            SELECT household_id, income_business FROM household_years WHERE year = 2019 AND income_business > 0 ORDER BY household_id LIMIT 1
            """
        )[0];
        var page = $"/households/{home}/edit?year=2019";
        (string, string)[] typed =
        [
            ("f.household.expense_business", $"{(expense + 10000) / 100m}"),
            ("f.household.income_net_stated", ""),
            ("reason", "入户核实"),
        ];
        var opened = (await county.Get(page)).Html;
        var token = opened.QuerySelector("form.edit-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var says = await county.Post(
            $"/households/{home}/edit/check",
            new()
            {
                ["__RequestVerificationToken"] = token,
                ["year"] = "2019",
                [typed[0].Item1] = typed[0].Item2,
                [typed[1].Item1] = typed[1].Item2,
            }
        );
        says.Html.QuerySelector("#f-household-expense_business-says .fact-meanwhile")!.TextContent.ShouldContain("请核实");
        console.Cli.Tables.Number("SELECT count(*) FROM findings").ShouldBe(0);
        (await county.Fill(page, "form.edit-form", typed, opened)).Status.ShouldBe(HttpStatusCode.Redirect);
        var finding = Finding(console, Negative, home);
        State(console, finding).ShouldBe("0");
        // What the edit raised is what a run finds; mended by hand it is cleared at once.
        Counts(Run(console)).ShouldBe((1, 0, 0));
        (await county.Fill(page, "form.edit-form", [("f.household.expense_business", "0"), ("reason", "入户核实")])).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        State(console, finding).ShouldBe("0 cleared");
        Counts(Run(console)).ShouldBe((0, 0, 0));
    }
}
