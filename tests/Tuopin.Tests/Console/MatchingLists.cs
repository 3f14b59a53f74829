using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>A department's list is matched with the members of a county: by number, by score, by people who look; and taken back as a whole.</summary>
public sealed class MatchingLists(Installations installations)
{
    private sealed record Someone(long Person, long Household, string Name, string Number, int Birth, string Village, long Area);

    // Members with a number and a name that nobody shares.
    private static List<Someone> Members(TuopinCli cli, int count)
    {
        var installation = cli.Open();
        using var numbers = new PersonalNumbers(installation.Keys);
        using var connection = installation.Store.Open();
        return
        [
            .. connection
                .Query<(long, long, string, byte[], int, string, long)>(
                    """
                    SELECT p.id, m.household_id, p.name, p.id_cipher, p.birth, a.name, h.area_code FROM persons p JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL
                    JOIN households h ON h.id = m.household_id JOIN area_versions a ON a.code = h.area_code AND a.to_day IS NULL
                    WHERE p.id_kind = 1 AND p.id_length = 18 AND p.id_checksum_ok = @yes AND (SELECT count(*) FROM persons q WHERE q.name = p.name OR q.id_index = p.id_index) = 1 AND length(p.name) = 3
                    ORDER BY p.id LIMIT @count
                    """,
                    new { count, yes = true }
                )
                .Select(p => new Someone(p.Item1, p.Item2, p.Item3, numbers.Decrypt(p.Item4), p.Item5, p.Item6, p.Item7)),
        ];
    }

    private static string Csv(params IEnumerable<string> rows) =>
        string.Join("\r\n", rows.Prepend("姓名,身份证号,出生日期,家庭住址,品牌型号,购置价格"));

    private static string Row(Someone who, string? name = null, string? number = null, string? village = null) =>
        $"{name ?? who.Name},{number ?? who.Number},{who.Birth},{village ?? who.Village},小轿车,45000";

    private static string Slipped(string number) => number[..17] + (number[17] == '5' ? "7" : "5");

    private static string Elsewhere(int birth) => $"110101{birth}001{Tuopin.Registry.IdentityNumber.CheckDigit($"110101{birth}001")}";

    private static async Task<TuopinConsole.Page> Send(TuopinConsole.Browser browser, string csv, string kind = "car")
    {
        var form = await browser.Get("/matching");
        using var body = new MultipartFormDataContent();
        foreach (var (name, value) in new[] { ("kind", kind), ("department", "public_security"), ("area", "530326"), ("data_date", "2020-06-01") })
            body.Add(new StringContent(value), name);
        body.Add(
            new StringContent(form.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
            "__RequestVerificationToken"
        );
        body.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "车辆.csv");
        return await browser.Send(new(HttpMethod.Post, "/matching") { Content = body }, "text/html");
    }

    private static async Task<JsonElement> Api(TuopinConsole.Browser browser, string path) =>
        JsonDocument.Parse((await browser.Get($"/api/v1{path}", "application/json")).Text).RootElement;

    [Theory, BothEngines]
    public async Task A_list_is_previewed_matched_looked_at_by_two_and_taken_back(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        var m = Members(console.Cli, 12);
        console.Cli.Run("check").Done();
        // A car is a suspect of its owner, and work about the household.
        (long Findings, long Work) Suspect(long person) =>
            (
                console.Cli.Tables.Number(
                    $"SELECT count(*) FROM findings WHERE check_id = 'c099-car' AND subject_id = {person} AND cleared_day IS NULL"
                ),
                console.Cli.Tables.Number($"SELECT count(*) FROM work_items WHERE what = 'c099-car' AND subject_id = {person} AND closed_day IS NULL")
            );
        var csv = Csv(
            Row(m[0]),
            Row(m[1], number: m[1].Number.ToLowerInvariant()),
            // A disability certificate is the same 18 characters and two more.
            Row(m[2], number: m[2].Number + "43"),
            Row(m[3], name: "不同名"),
            // The number is missing; a digit of it is wrong.
            Row(m[4], number: ""),
            Row(m[5], number: Slipped(m[5].Number)),
            // The number is good and names somebody else, all the rest fits.
            Row(m[6], number: Elsewhere(m[6].Birth)),
            ",,,,小轿车,1",
            "某某某,,,,小轿车,1",
            Row(m[0]),
            "查无此,110101199003071938,19900307,北京,小轿车,x"
        );
        var (county, township) = (await console.As("county"), await console.As("township"));
        var sent = (await Send(county, csv)).Location!;
        sent.ShouldStartWith("/matching/sent/");
        var preview = await county.Settled(sent);
        preview.Html.QuerySelector("#reasons")!.TextContent.ShouldContain("与前面的行相同");
        preview.Html.QuerySelector("#reasons")!.TextContent.ShouldContain("“金额（元）”读不懂");
        console.Cli.Tables.Number("SELECT count(*) FROM department_records").ShouldBe(0);
        (await township.Get(sent)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("village")).Get("/matching")).Status.ShouldBe(HttpStatusCode.Forbidden);

        (await county.Press(sent, "#commit")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await county.Settled(sent)).Html.QuerySelector(".code").ShouldBeNull();
        var told = (await Api(county, "/matching")).GetProperty("files")[0];
        long Of(string name) => told.GetProperty(name).GetInt64();
        (Of("rows"), Of("byNumber"), Of("junk"), Of("repeated")).ShouldBe((11, 3, 2, 1), told.ToString());
        (Of("byScore") + Of("waiting") + Of("unmatched")).ShouldBe(8, told.ToString());
        var file = Of("id");
        // Nowhere in the clear, and each record has its source.
        foreach (var table in console.Cli.Tables.Dump(["match_rows", "match_candidates", "match_files", "department_records"]).Values)
        foreach (var number in m.Select(x => x.Number))
            table.ShouldAllBe(row => !row.Contains(number, StringComparison.Ordinal));
        console
            .Query<(long, long?, int, string, int, string)>(
                $"SELECT d.person_id, d.household_id, d.amount, c.stated_by, c.data_day, c.document FROM department_records d JOIN changes c ON c.id = d.change_id WHERE d.person_id = {m[0].Person}"
            )
            .ShouldBe([(m[0].Person, null, 4500000, "public_security", 20200601, "车辆.csv")]);
        Compared(console, m[11].Person).ShouldBe(1 << 1);
        (Suspect(m[0].Person), Suspect(m[3].Person)).ShouldBe(((1, 1), (0, 0)));

        // The same file again, another county's, and what is not there.
        var again = (await Send(county, csv)).Location!;
        await county.Settled(again);
        await county.Press(again, "#commit");
        (await county.Settled(again)).Text.ShouldContain("match.there");
        var elsewhere = (
            await Send(county, Csv(Enumerable.Range(0, 30).Select(i => $"某{(char)('一' + i)},1101011990030{71938 + i:D5},19900307,,轿车,1")))
        ).Location!;
        var refused = await county.Settled(elsewhere);
        refused.Text.ShouldContain("match.wrong-area");
        refused.Text.ShouldContain("110101: 30");
        (await Send(county, csv, "nothing")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Settled((await Send(county, "甲,乙\r\n1,2")).Location!)).Text.ShouldContain("match.columns");
        (await county.Get("/matching/1")).Status.ShouldBe(HttpStatusCode.NotFound);

        // What is not sure: both sides and why; the second to decide is told so.
        var rows = (await Api(township, "/matching/review")).GetProperty("rows").EnumerateArray().ToList();
        var byName = rows.Single(r => r.GetProperty("name").GetString() == "不同名");
        byName.GetProperty("reason").GetString().ShouldBe("number-other-name");
        rows.Single(r => r.GetProperty("name").GetString() == m[6].Name).GetProperty("reason").GetString().ShouldBe("other-number");
        var page = await township.Get("/matching/review");
        page.Text.ShouldNotContain(m[3].Number);
        page.Text.ShouldContain(PersonalNumbers.Mask(m[3].Number));
        var row = byName.GetProperty("row").GetInt32();
        var act = $"/matching/review/{file}/{row}";
        (await Decide(township, act, "accept", m[0].Person)).Text.ShouldContain("match.candidate");
        (await Decide(township, act, "reject", null)).Text.ShouldContain("edit.reason");
        (await Decide(county, $"/matching/review/{file}/999", "accept", m[3].Person)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Decide(township, act, "accept", m[3].Person, "户口本更名")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Decide(county, act, "reject", null, "不是")).Text.ShouldContain("match.decided");
        Records(console, m[3].Person).ShouldBe(1);
        Suspect(m[3].Person).ShouldBe((1, 1));
        var wrong = rows.Single(r => r.GetProperty("name").GetString() == m[6].Name).GetProperty("row").GetInt32();
        (await Decide(county, $"/matching/review/{file}/{wrong}", "reject", null, "外地同名")).Status.ShouldBe(HttpStatusCode.Redirect);
        Records(console, m[6].Person).ShouldBe(0);
        (await county.Get($"/matching/{file}")).Html.QuerySelector("#unmatched")!.TextContent.ShouldContain("外地同名");
        // A part of the area sees counts and no rows.
        (await township.Get($"/matching/{file}"))
            .Html.QuerySelector("#unmatched")
            .ShouldBeNull();

        // As a whole, what people accepted with it; twice is once.
        var job = (await county.Press($"/matching/{file}", "#undo")).Location!;
        (await county.Settled(job)).Html.QuerySelector(".code").ShouldBeNull();
        console.Cli.Tables.Number("SELECT count(*) FROM department_records").ShouldBe(0);
        (Suspect(m[0].Person), Suspect(m[3].Person)).ShouldBe(((0, 0), (0, 0)));
        Compared(console, m[11].Person).ShouldBe(0);
        (await Api(township, "/matching/review")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        console.Cli.Run("match", "undo", $"{file}").Refused("match.undone");
        console.Cli.Run("audit", "verify").Done();
    }

    private static long Compared(TuopinConsole console, long person) =>
        console.Cli.Tables.Number($"SELECT coalesce(compared_with, 0) FROM person_years WHERE person_id = {person} AND year = 2020");

    private static long Records(TuopinConsole console, long person) =>
        console.Cli.Tables.Number($"SELECT count(*) FROM department_records WHERE person_id = {person}");

    private static Task<TuopinConsole.Page> Decide(TuopinConsole.Browser browser, string act, string word, long? person, string reason = "") =>
        browser.Submit(
            "/matching/duplicates",
            $"{act}/{word}",
            new() { ["person"] = person?.ToString(CultureInfo.InvariantCulture) ?? "", ["reason"] = reason }
        );

    [Theory, BothEngines]
    public async Task Two_entries_of_one_number_are_raised_until_somebody_answers(Engine engine)
    {
        using var cli = installations.Copy(engine, "village");
        var m = Members(cli, 3);
        cli.Edit(
            $"UPDATE persons SET id_index = (SELECT q.id_index FROM persons q WHERE q.id = {m[0].Person}), change_id = CHANGE WHERE id = {m[1].Person}"
        );
        var found = cli.Run("match", "duplicates", "--json").Json;
        found.GetProperty("sameNumber").GetInt32().ShouldBeGreaterThan(0);
        cli.Run("match", "duplicates", "--json").Json.GetProperty("new").GetInt32().ShouldBe(0);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        var pair = console.Query<long>($"SELECT id FROM duplicate_pairs WHERE person_a = {m[0].Person} AND person_b = {m[1].Person}").Single();
        (await county.Get("/matching/duplicates")).Text.ShouldContain(m[1].Name);
        Task<TuopinConsole.Page> Answer(string answer, string reason) =>
            county.Submit("/matching/duplicates", $"/matching/duplicates/{pair}", new() { ["answer"] = answer, ["reason"] = reason });
        (await Answer("perhaps", "看过")).Text.ShouldContain("match.answer");
        (await Answer("different", "")).Text.ShouldContain("edit.reason");
        (await Answer("different", "两人号码登错")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Answer("a", "再想想")).Text.ShouldContain("match.pair-decided");
        (await (await console.As("village")).Get("/matching/duplicates")).Status.ShouldBe(HttpStatusCode.Forbidden);
        // Never raised again.
        cli.Run("match", "duplicates", "--json").Json.GetProperty("new").GetInt32().ShouldBe(0);
        (await county.Get("/matching/duplicates?show=different")).Text.ShouldContain("两人号码登错");
    }

    [Fact]
    public void The_command_line_previews_and_refuses_in_the_same_words()
    {
        using var cli = installations.Copy(Engine.Sqlite, "village");
        var m = Members(cli, 2);
        var path = Path.Combine(cli.Folder, "死亡.csv");
        File.WriteAllText(path, "姓名,证件号码,死亡日期\r\n" + $"{m[0].Name},{m[0].Number},2020-05-02\r\n");
        string[] load = ["match", "load", path, "--department", "public_security", "--json"];
        cli.Run([.. load, "--kind", "death", "--preview"]).Json.GetProperty("byNumber").GetInt32().ShouldBe(1);
        cli.Run([.. load, "--kind", "ghosts"]).Misused("match.kind");
        cli.Run([.. load, "--kind", "death"]).Json.GetProperty("file").GetInt64().ShouldBeGreaterThan(0);
        cli.Tables.Number($"SELECT from_day FROM department_records WHERE person_id = {m[0].Person}").ShouldBe(20200502);
        cli.Run([.. load, "--kind", "death"]).Refused("match.there");
        cli.Run("match", "files").Done().Output.ShouldContain("death public_security");
    }
}
