using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// A household from a clue to monitoring to the risk eliminated, and again in the next era under the kinds of that one; a department's file of clues; what
/// refuses.
/// </summary>
public sealed class WatchingHouseholds(Installations installations)
{
    private static readonly Dictionary<string, string> Poor = new()
    {
        ["wage"] = "9000",
        ["business"] = "1200.50",
        ["property"] = "0",
        ["transfer"] = "800",
        ["expense"] = "300",
        ["claims"] = "0",
        ["self_paid"] = "8200.50",
    };

    private static (string, string)[] Check(params (string, string)[] more) =>
        [.. Poor.Select(p => (p.Key, p.Value)), ("risks", "illness"), ("consent", "2020-06-12"), .. more];

    private static void Accepted(TuopinConsole.Page page) => page.Status.ShouldBe(HttpStatusCode.Redirect, page.Html.Body?.TextContent);

    private static void Refused(TuopinConsole.Page page, string code, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        page.Status.ShouldBe(status, page.Html.Body?.TextContent);
        page.Text.ShouldContain(code);
    }

    private static (long Id, string Number) House(TuopinConsole console, int status, int skip = 0) =>
        console.Query<(long, string)>(
            $"""
            SELECT l.household_id, l.number FROM household_list l WHERE l.place_code = l.area_code AND l.status = {status}
              AND NOT EXISTS (SELECT 1 FROM monitorings g WHERE g.household_id = l.household_id) AND NOT EXISTS (SELECT 1 FROM clues c WHERE c.household_id = l.household_id)
              AND EXISTS (SELECT 1 FROM memberships m JOIN person_years y ON y.person_id = m.person_id AND y.labour IN (1, 2) WHERE m.household_id = l.household_id AND m.to_day IS NULL)
            ORDER BY l.household_id LIMIT 1 OFFSET {skip}
            """
        )[0];

    [Theory, BothEngines]
    public async Task Each_risk_waits_for_a_measure_of_its_kind_and_the_page_says_which(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "village"));
        var (township, house) = (await console.As("township"), House(console, 3).Id);
        // Illness and disability: kinds are named for both; a failed business: no source names any.
        console.Cli.Edit(
            $"DELETE FROM measures WHERE household_id = {house}",
            $"INSERT INTO monitorings (id, household_id, kind, from_day, risks, change_id) VALUES (5303260000088001, {house}, 1, 20200501, {1 << 1 | 1 << 3 | 1 << 6}, CHANGE)"
        );
        console.Cli.Run("work", "refresh").Done();
        List<string> Waits() =>
            console.Query<string>(
                $"SELECT what FROM work_items WHERE kind = 'monitoring' AND subject_id = {house} AND closed_day IS NULL AND what LIKE 'monitoring-measure%' ORDER BY what"
            );
        const string measure = "monitoring-measure/";
        Waits().ShouldBe([measure + "disability", measure + "illness", measure + "project_failed"]);
        var page = (await township.Get($"/households/{house}/monitoring")).Html.QuerySelector("#measures")!;
        page.QuerySelectorAll("tbody tr").Length.ShouldBe(3);
        page.TextContent.ShouldContain("健康帮扶、社会帮扶、综合保障");
        page.TextContent.ShouldContain("未找到依据；识别以来的任何措施都算");
        // In Yunnan no law says by when: nothing is called late.
        page.TextContent.ShouldContain("识别至今 42 天");
        page.TextContent.ShouldNotContain("已超期");
        page.QuerySelector("#development")!.TextContent.ShouldContain("按措施类别没有");

        // Each measure closes what it answers, with the save.
        async Task Help(string kind) =>
            Accepted(
                await township.Fill(
                    $"/households/{house}/measures",
                    "form.measure-form",
                    [("f.measure.kind", kind), ("f.measure.from_day", "2020-06-02")]
                )
            );
        await Help("health");
        Waits().ShouldBe([measure + "disability"]);
        await Help("industry");
        Waits().ShouldBe([measure + "disability"]);
        await Help("social_security");
        Waits().ShouldBeEmpty();
        page = (await township.Get($"/households/{house}/monitoring")).Html.QuerySelector("#measures")!;
        page.QuerySelectorAll("tbody .verdict-met").Length.ShouldBe(3);
        page.QuerySelector("#development")!.TextContent.ShouldContain("产业帮扶");
        console
            .Query<string>($"SELECT what FROM work_items WHERE kind = 'monitoring' AND subject_id = {house} AND closed_day IS NULL")
            .ShouldBeEmpty();
        var told = JsonDocument.Parse((await township.Get($"/api/v1/households/{house}/monitoring", "application/json")).Text).RootElement;
        told.GetProperty("risks").EnumerateArray().Select(r => r.GetProperty("measures").GetInt32()).ShouldBe([2, 1, 3]);
    }

    [Fact]
    public void A_risk_is_late_once_its_day_is_past_and_no_measure_of_its_kinds_counts()
    {
        var dictionary = installations.Shared(Engine.Sqlite).Open().Packs.Dictionary;
        long Kind(string key) => dictionary.CodeLists["measure_kind"].Find(key)!.Number;
        bool? Late(int? due, params IReadOnlyList<Tuopin.Monitoring.RiskMeasures.Held> held) =>
            new Tuopin.Monitoring.RiskMeasures(dictionary).Of(1 << 1, 20230501, due, 20230601, held).Single().Late;
        Late(null).ShouldBeNull();
        Late(20230601).ShouldBe(false);
        Late(20230531).ShouldBe(true);
        Late(20230531, new Tuopin.Monitoring.RiskMeasures.Held(Kind("health"), 20230520, null)).ShouldBe(false);
        Late(20230531, new Tuopin.Monitoring.RiskMeasures.Held(Kind("health"), 20220101, null)).ShouldBe(false);
        Late(20230531, new Tuopin.Monitoring.RiskMeasures.Held(Kind("health"), 20220101, 20230501)).ShouldBe(true);
        Late(20230531, new Tuopin.Monitoring.RiskMeasures.Held(Kind("industry"), 20230520, null)).ShouldBe(true);
    }

    private static Task<TuopinConsole.Page> Enter(TuopinConsole.Browser browser, string number, params (string, string)[] more) =>
        browser.Press(
            "/monitoring/clues",
            "#enter",
            [("household", number), ("source", "screening"), ("words", "住院费用大"), ("risks", "illness"), .. more]
        );

    private sealed record People(TuopinConsole Console, TuopinConsole.Browser Village, TuopinConsole.Browser Township, TuopinConsole.Browser County);

    private static async Task<People> Of(TuopinConsole console) =>
        new(console, await console.As("village"), await console.As("township"), await console.As("county"));

    // From the list to the decision; the publicity hangs from one day to the other.
    private static async Task<TuopinConsole.Page> Decide(People people, string list, string until)
    {
        var (village, forward) = (people.Village, ("answer", "forward"));
        Accepted(await village.Press(list, "#take", forward));
        Accepted(await village.Press(list, "#take", forward, ("evidence", "村档案柜 3 号")));
        Accepted(
            await village.Press(
                list,
                "#take",
                forward,
                ("attended", "30"),
                ("for", "28"),
                ("against", "1"),
                ("abstained", "1"),
                ("attendees", "村民代表")
            )
        );
        Accepted(await village.Press(list, "#hang"));
        people.Console.Cli.Run("workdate", until).Done();
        Accepted(await village.Press(list, "#take", forward));
        Accepted(await people.Township.Press(list, "#take", forward));
        return await people.County.Press(list, "#take", forward, ("document", "会防贫〔2020〕1号"));
    }

    private static async Task<string> OnList(People people, string number, string offer)
    {
        var opened = await people.Village.Press("/lists", "#open-list", ("offer", offer));
        Accepted(opened);
        Accepted(await people.Village.Press(opened.Location!, "#add", ("subject-numbers", number)));
        return opened.Location!;
    }

    [Theory, BothEngines]
    public async Task A_clue_becomes_a_monitored_household_whose_history_reads_through_the_eras(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var people = await Of(console);
        var (village, county) = (people.Village, people.County);
        var (house, number) = House(console, 3);
        var sheet = $"/households/{house}/monitoring";
        var before = console.Cli.Tables.Number("SELECT count(*) FROM monitorings");

        // Clues: bad input, twice the same, whoever may not.
        Refused(await Enter(village, "没有这户"), "clue.no-household");
        Refused(await Enter(village, number, ("source", "")), "clue.source", HttpStatusCode.BadRequest);
        Refused(await Enter(village, number, ("source", "warning")), "clue.department", HttpStatusCode.BadRequest);
        Refused(await Enter(village, number, ("risks", "bad luck")), "clue.risk", HttpStatusCode.BadRequest);
        Refused(await Enter(village, number, ("words", "身份证 530326199001010010")), "edit.number-in-words", HttpStatusCode.BadRequest);
        Refused(await Enter(village, number, ("day", "2020-06-13")), "edit.day", HttpStatusCode.BadRequest);
        Accepted(await Enter(village, number));
        Refused(await Enter(village, number), "clue.there");
        (await (await console.As("auditor")).Submit("/monitoring/clues", "/monitoring/clues", new() { ["household"] = number })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        var clue = console.Cli.Tables.Number($"SELECT id FROM clues WHERE household_id = {house}");
        // No law found gives a number of days in 2020.
        (await village.Get("/monitoring/clues"))
            .Html.QuerySelector($"#clue-{clue}")!
            .TextContent.ShouldContain("未找到依据");

        // The days of publicity are the county's to set in 2020; then the clue goes on a list.
        Refused(await Take("national.monitoring-identification/unstable_exited"), "list.days-not-set");
        Accepted(await county.Press("/procedures/national.monitoring-identification", "#days", ("days-publicity_days", "5")));
        Refused(await Take("national.monitoring-identification/sudden_hardship"), "list.no-such-procedure");
        Refused(await Take("national.monitoring-identification/marginal"), "list.not-taken");
        var taken = await Take("national.monitoring-identification/unstable_exited");
        Accepted(taken);
        console.Cli.Tables.Number($"SELECT state FROM clues WHERE id = {clue}").ShouldBe(1);
        Refused(await village.Press("/monitoring/clues", $"#answer-{clue} .dismiss", ("reason", "不成立")), "clue.on-list");

        // Without a home check and the signed authorisation nobody is decided for.
        Refused(await Decide(people, taken.Location!, "2020-06-17"), "monitoring.not-checked");
        Refused(await village.Press(sheet, "#check", Check(("wage", ""))), "check.value", HttpStatusCode.BadRequest);
        Refused(await village.Press(sheet, "#check", Check(("self_paid", "-1"))), "check.value", HttpStatusCode.BadRequest);
        Refused(await village.Press(sheet, "#check", Check(("risks", ""))), "check.risk-none", HttpStatusCode.BadRequest);
        Refused(await village.Press(sheet, "#check", Check(("risks", "other"))), "check.note", HttpStatusCode.BadRequest);
        Refused(await village.Press(sheet, "#check", Check(("disasters", "flood"))), "check.disaster", HttpStatusCode.BadRequest);
        Accepted(await village.Press(sheet, "#check", Check(("consent", ""))));
        Refused(await Decided(), "monitoring.not-checked");
        Accepted(await village.Press(sheet, "#check", Check()));

        // 9000 + 1200.50 + 0 + 800 - 300 = 10700.50; less 8200.50 = 2500.00, under 5000 a head.
        var page = await village.Get(sheet);
        page.Html.QuerySelector("#reference")!.TextContent.ShouldBe("2,500.00");
        page.Html.QuerySelector("#worksheet")!.TextContent.ShouldContain("2019-06-01 至 2020-05-31");
        page.Html.QuerySelector("#against")!.TextContent.ShouldContain("在监测范围内");
        var members = console.Cli.Tables.Number($"SELECT members FROM home_checks WHERE household_id = {house}");
        Accepted(await Decided());
        var episode = console.Query<(long, long, long, long?)>(
            $"SELECT kind, from_day, reference_per_head, to_day FROM monitorings WHERE household_id = {house}"
        )[0];
        episode.ShouldBe((1, 20200617, (long)Math.Round(250000m / members, MidpointRounding.AwayFromZero), null));
        console.Cli.Tables.Number($"SELECT state FROM clues WHERE id = {clue}").ShouldBe(3);
        Refused(await Enter(village, number), "clue.monitored");

        // The list by kind, risk and place, with its file; by the era it is 脱贫监测户.
        var listed = await county.Get("/monitoring?show=unhelped&kind=unstable_exited&risk=illness");
        listed.Html.QuerySelector("#names")!.TextContent.ShouldContain(number);
        listed.Html.QuerySelector("#names")!.TextContent.ShouldContain("脱贫监测户");
        (await county.Get("/monitoring.xlsx?show=current")).Text.ShouldContain(number);
        (await county.Get("/monitoring?kind=nothing")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await (await console.As("cadre")).Get("/monitoring")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("housing")).Get(sheet)).Status.ShouldBe(HttpStatusCode.NotFound);

        // Elimination refuses what is unmet or unknown, by name.
        console.Cli.Run("workdate", "2020-09-01").Done();
        var done = await OnList(people, number, "national.risk-elimination/by_help");
        var unknown = await Decide(people, done, "2020-09-06");
        Refused(unknown, "list.conditions");
        unknown.Text.ShouldContain("收入高于当年监测范围");
        (string, string)[] safe =
        [
            ("after_dropout", "no"),
            ("after_uninsured", "no"),
            ("after_house_damaged", "no"),
            ("after_water_damaged", "no"),
            ("risk_gone", "yes"),
            ("no_new_risk", "yes"),
        ];
        // Exactly the line is not above it.
        (string, string)[] Income(decimal each) =>
            [.. Poor.Select(p => (p.Key, p.Key == "wage" ? (each * members).ToString(CultureInfo.InvariantCulture) : "0"))];
        Accepted(await village.Press(sheet, "#after", [.. Income(5000), .. safe]));
        var atLine = await Again(done);
        Refused(atLine, "list.conditions");
        atLine.Text.ShouldNotContain("原风险已消除");
        Accepted(await village.Press(sheet, "#after", [.. Income(5000.01m), .. safe]));
        Accepted(await Again(done));
        console
            .Query<(long, long, long)>($"SELECT to_day, elimination, eliminated_day FROM monitorings WHERE household_id = {house}")[0]
            .ShouldBe((20200906, 1, 20200906));
        Refused(await village.Press(sheet, "#check", Check(("risks", "weather"))), "check.risk", HttpStatusCode.BadRequest);

        // Again in 2025, when there are three kinds and fifteen days, and in 2026 by the one term: episodes of their own.
        console.Cli.Run("workdate", "2025-03-03").Done();
        Accepted(await Enter(village, number));
        (await village.Get("/monitoring/clues")).Html.QuerySelector("#clues")!.TextContent.ShouldContain("2025-03-18");
        Accepted(await village.Press(sheet, "#check", Check(("consent", "2025-03-03"))));
        var list = await Take("national.monitoring-identification/sudden_hardship");
        Accepted(list);
        Accepted(await Decide(people, list.Location!, "2025-03-08"));
        done = await OnList(people, number, "national.risk-elimination/natural");
        Accepted(await Decide(people, done, "2025-03-13"));
        console.Cli.Run("workdate", "2026-02-10").Done();
        Accepted(await county.Press("/procedures/national.monitoring-identification", "#days", ("days-publicity_days", "5")));
        (await village.Get("/monitoring")).Html.QuerySelector("#line")!.TextContent.ShouldContain("未找到依据");
        Accepted(await village.Press(sheet, "#check", Check(("consent", "2026-02-10"))));
        done = await OnList(people, number, "national.monitoring-identification/at_risk");
        Accepted(await Decide(people, done, "2026-02-15"));
        var history = (await village.Get($"/households/{house}")).Text;
        foreach (var words in new[] { "纳入监测: 脱贫监测户 因病", "再次纳入监测: 突发严重困难户 因病", "再次纳入监测: 防止返贫致贫对象 因病" })
            history.ShouldContain(words);
        console.Cli.Run("monitoring", "list").Done().Output.ShouldContain("防止返贫致贫对象");

        // A sheet of episodes comes in by import, risks in columns of their own; the same file again changes nothing.
        var (other, otherNumber) = House(console, 3, 3);
        var folder = Directory.CreateTempSubdirectory("tuopin-watch-");
        var file = Path.Combine(folder.FullName, "监测对象.csv");
        await File.WriteAllTextAsync(
            file,
            $"户编号,监测对象类别,识别监测时间,返贫致贫风险1,返贫致贫风险2,其他风险备注\r\n{otherNumber},突发严重困难户,2022-05-10,因病,因学,\r\n",
            TestContext.Current.CancellationToken
        );
        console.Cli.Run("import", file, "--data-date", "2026-02-10").Done();
        console.Cli.Run("import", file, "--data-date", "2026-02-10").Done();
        folder.Delete(recursive: true);
        console
            .Query<(long, long, long)>($"SELECT kind, from_day, risks FROM monitorings WHERE household_id = {other}")
            .ShouldBe([(3, 20220510, 2 | 512)]);
        console.Cli.Tables.Number("SELECT count(*) FROM monitorings").ShouldBe(before + 4);
        console.Cli.Run("audit", "verify").Done();

        async Task<TuopinConsole.Page> Take(string offer)
        {
            var open = console.Cli.Tables.Number($"SELECT id FROM clues WHERE household_id = {house} AND state < 2");
            return await village.Press("/monitoring/clues", "#take", ("clue", open.ToString(CultureInfo.InvariantCulture)), ("offer", offer));
        }
        Task<TuopinConsole.Page> Decided() => Again(taken.Location!);
        Task<TuopinConsole.Page> Again(string of) => county.Press(of, "#take", ("answer", "forward"), ("document", "会防贫〔2020〕1号"));
    }

    [Theory, BothEngines]
    public async Task A_departments_file_meets_households_by_number_and_keeps_whoever_is_nobodys(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var (county, village) = (await console.As("county"), await console.As("village"));
        var installation = console.Cli.Open();
        using var numbers = new Tuopin.Platform.Security.PersonalNumbers(installation.Keys);
        var people = console
            .Query<(byte[] Stored, long House, string Number)>(
                """
                SELECT p.id_cipher, l.household_id, l.number FROM persons p JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL
                JOIN household_list l ON l.household_id = m.household_id AND l.place_code = l.area_code
                WHERE p.id_cipher IS NOT NULL AND p.id_checksum_ok AND p.id_length = 18
                  AND NOT EXISTS (SELECT 1 FROM monitorings g WHERE g.household_id = l.household_id) AND NOT EXISTS (SELECT 1 FROM clues c WHERE c.household_id = l.household_id)
                ORDER BY p.id LIMIT 40
                """
            )
            .GroupBy(p => p.House)
            .Select(g => (Id: numbers.Decrypt(g.First().Stored), g.First().House, g.First().Number))
            .Take(2)
            .ToList();
        var file =
            $"医保大额支出\r\n姓名,身份证号码,个人自付\r\n甲,{people[0].Id},\"12,345.67\"\r\n甲,{people[0].Id},1\r\n乙,{people[1].Id},9000\r\n丙,11010519491231002X,800\r\n丁,不知道,5\r\n";
        Refused(await Send("nothing"), "clue.department", HttpStatusCode.BadRequest);
        var bad = await county.Settled((await Send("medical_insurance", "idColumn", "没有这列")).Location!);
        bad.Html.QuerySelector("#wrong")!.TextContent.ShouldContain("clue.no-column");
        var sent = (await Send("medical_insurance")).Location!;
        sent.ShouldStartWith("/monitoring/clues/sent/");
        // A preview says what would come of it, and which rows are wrong and why; it changes nothing, and is its sender's alone.
        var preview = await county.Settled(sent);
        Told(preview).ShouldBe((2, 1, 1, 1));
        preview.Html.QuerySelector("#reasons")!.TextContent.ShouldContain("前面已有一行");
        preview.Html.QuerySelector("#reasons")!.TextContent.ShouldContain("位数或内容不对");
        console.Cli.Tables.Number("SELECT count(*) FROM clues WHERE words = '大额自付医疗费'").ShouldBe(0);
        (await village.Get(sent)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get(sent.Replace("/monitoring/clues", "/matching", StringComparison.Ordinal))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Submit("/monitoring/clues", "/monitoring/clues/sent/00000000000000000000000000000000/commit", [])).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        Accepted(await county.Press(sent, "#commit"));
        Told(await county.Settled(sent)).ShouldBe((2, 1, 1, 1));
        console.Cli.Tables.Number("SELECT count(*) FROM clues WHERE words = '大额自付医疗费'").ShouldBe(3);
        var twice = (await Send("medical_insurance")).Location!;
        Told(await county.Settled(twice)).ShouldBe((0, 0, 4, 1));
        (await county.Get(twice)).Html.QuerySelector("#commit").ShouldBeNull();
        // What came of it is told to programs as well.
        (await county.Get("/api/v1" + sent, "application/json")).Text.ShouldContain("\"entered\":2");
        var page = await county.Get("/monitoring/clues");
        page.Text.ShouldContain("12,345.67");
        page.Text.ShouldNotContain("11010519491231002X");
        page.Text.ShouldContain("110105********002X");
        // A village sees those of its households; whoever is nobody's is the county's to answer.
        (await village.Get("/monitoring/clues")).Text.ShouldNotContain("110105********002X");
        var nobody = console.Cli.Tables.Number("SELECT id FROM clues WHERE household_id IS NULL");
        var third = House(console, 3, 9);
        (await village.Submit("/monitoring/clues", $"/monitoring/clues/{nobody}/household", new() { ["number"] = third.Number })).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        Refused(await county.Press("/monitoring/clues", $"#answer-{nobody} .match", ("number", people[0].Number)), "clue.there");
        Accepted(await county.Press("/monitoring/clues", $"#answer-{nobody} .match", ("number", third.Number)));
        (await county.Get("/monitoring/clues")).Text.ShouldNotContain("110105********002X");
        Refused(await county.Press("/monitoring/clues", $"#answer-{nobody} .dismiss", ("reason", " ")), "edit.reason", HttpStatusCode.BadRequest);
        Accepted(await county.Press("/monitoring/clues", $"#answer-{nobody} .dismiss", ("reason", "已由大病保险报销")));

        // By the API: rules raise what they find; the one without a threshold says so and raises nothing.
        using var program = CallingTheApi.Client(console, "county", "ViewClues,EnterClues,HandleClues,ViewLists");
        var raised = JsonDocument.Parse(await Call(program, "/api/v1/monitoring/clues/raise", "{}")).RootElement.GetProperty("rules");
        var selfPaid = raised.EnumerateArray().Single(r => r.GetProperty("rule").GetString() == "national.self-paid-cost");
        selfPaid.GetProperty("clues").GetInt32().ShouldBe(0);
        selfPaid.GetProperty("lacks")[0].GetString().ShouldBe("clue.self_paid_min");
        (await county.Get("/monitoring/clues")).Html.QuerySelector("#rules")!.TextContent.ShouldContain("大额自付医疗费预警线");
        var again = JsonDocument.Parse(await Call(program, "/api/v1/monitoring/clues/raise", "{}")).RootElement.GetProperty("rules");
        again.EnumerateArray().Sum(r => r.GetProperty("clues").GetInt32()).ShouldBe(0);
        (await Call(program, $"/api/v1/monitoring/clues/{nobody}/dismiss", """{"reason":"再答一次"}""")).ShouldContain("clue.answered");
        (await Call(program, "/api/v1/monitoring/clues/1/dismiss", """{"reason":"没有这条"}""")).ShouldContain("not-found");
        (
            await program.GetStringAsync(new Uri("/api/v1/monitoring/clues?show=dismissed", UriKind.Relative), TestContext.Current.CancellationToken)
        ).ShouldContain("已由大病保险报销");
        (
            await program.GetStringAsync(
                new Uri($"/api/v1/households/{third.Id}/monitoring", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        ).ShouldContain("\"lineFen\":500000");
        // What is open work is one query; of some households, the same about those.
        await using var reader = console.Cli.Open().Store.OpenReader();
        var work = Dapper
            .SqlMapper.Query<(string Key, string What)>(
                reader,
                $"SELECT w.source_key, w.what FROM ({Tuopin.Monitoring.MonitoringWork.Source.Open(new(installation, reader, null!, 20200612))}) w"
            )
            .ToList();
        work.Count(w => w.What.StartsWith("clue", StringComparison.Ordinal))
            .ShouldBe((int)console.Cli.Tables.Number("SELECT count(*) FROM clues WHERE state < 2"));

        static (long, long, long, long) Told(TuopinConsole.Page page)
        {
            long Of(string id) => long.Parse(page.Html.QuerySelector(id)!.TextContent, CultureInfo.InvariantCulture);
            return (Of("#entered"), Of("#nobody"), Of("#already"), Of("#unreadable"));
        }

        async Task<TuopinConsole.Page> Send(string department, string? field = null, string? value = null)
        {
            var token = (await county.Get("/monitoring/clues")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
            using var form = new MultipartFormDataContent
            {
                { new StringContent(token), "__RequestVerificationToken" },
                { new StringContent(department), "department" },
                { new StringContent("大额自付医疗费"), "words" },
                { new StringContent("illness"), "risks" },
                { new StringContent(field == "idColumn" ? value! : ""), "idColumn" },
                { new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "file", "医保.csv" },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/monitoring/clues/upload?area=530326") { Content = form };
            return await county.Send(request, "text/html");
        }
    }

    private static async Task<string> Call(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return await answer.Content.ReadAsStringAsync();
    }
}
