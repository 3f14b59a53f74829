using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Facts of a household stated by hand: with history, audit and verdict in one save, by rank, and never over what somebody else just said.</summary>
public sealed class EditingHouseholds(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_save_leaves_history_audit_verdicts_and_tallies_as_a_full_judgement_would(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var township = await console.As("township");
        var safe = Fact(console, house.Id, "water_safe");
        var page = await township.Get(Path(house.Id));
        page.Html.QuerySelector($"select[name='f.household.water_safe'] option[selected]")!.GetAttribute("value").ShouldBe(Word(safe));

        var answer = await township.Save(house.Id, [("f.household.water_safe", safe == 1 ? "no" : "yes"), ("document", "会政发〔2020〕12号")]);
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        (await township.Get(answer.Location!)).Html.QuerySelector("#saved").ShouldNotBeNull();

        Fact(console, house.Id, "water_safe").ShouldBe(1 - safe);
        console
            .Query<string>("SELECT stated_by || '|' || reason || '|' || document || '|' || actor FROM changes ORDER BY id DESC LIMIT 1")
            .ShouldBe([
                "township|入户核实|会政发〔2020〕12号|" + console.Query<string>("SELECT actor FROM audit_entries ORDER BY id DESC LIMIT 1")[0],
            ]);
        console
            .Query<long>(
                $"SELECT CAST(count(*) AS bigint) FROM household_years_history WHERE household_id = {house.Id} AND year = 2020 AND ended_by = (SELECT max(id) FROM changes)"
            )
            .ShouldBe([1]);
        console
            .Query<string>($"SELECT action FROM audit_entries WHERE subject = 'household' AND subject_id = {house.Id} ORDER BY id DESC LIMIT 1")
            .ShouldBe(["household.edit"]);
        console.Cli.Run("audit", "verify").Done();
        // Nothing is left for a judgement of the whole to find.
        string[] judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
        var kept = console.Cli.Tables.Dump(judged);
        console.Cli.Run("gaps", "--json").Done();
        console.Cli.Run("judge").Done();
        var full = console.Cli.Tables.Dump(judged);
        foreach (var table in judged)
            kept[table].ShouldBe(full[table], table);
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_read_is_told_beside_its_field_and_changes_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var township = await console.As("township");
        var changes = console.Cli.Tables.Number("SELECT count(*) FROM changes");
        var bad = await township.Save(house.Id, [("f.household.house_area", "很大"), ("f.household.land_arable", "2.5")]);
        bad.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        bad.Html.QuerySelector("#wrong li")!.TextContent.ShouldBe("住房面积：不是数字");
        bad.Html.QuerySelector("#f-household-house_area-note")!.TextContent.ShouldContain("不是数字");
        bad.Html.QuerySelector("#f-household-house_area")!.GetAttribute("value").ShouldBe("很大");
        bad.Html.QuerySelector("#f-household-land_arable")!.GetAttribute("value").ShouldBe("2.5");
        (await township.Save(house.Id, [("f.household.house_area", "99999999")])).Text.ShouldContain("超出范围");
        foreach (
            var (field, value, code) in new[]
            {
                ("reason", " ", "请写明原因"),
                ("reason", "电话 13812345678", "不要写证件号码"),
                ("day", "2020-07-01", "不晚于工作日"),
                ("day", "2020-02-30", "日期写作"),
                ("document", new string('字', 201), "至多 200 字"),
            }
        )
        {
            var refused = await township.Save(house.Id, [("f.household.house_area", "90"), (field, value)]);
            (refused.Status, refused.Html.QuerySelector("#wrong")!.TextContent.Contains(code)).ShouldBe(
                (HttpStatusCode.UnprocessableEntity, true),
                code
            );
        }
        (await township.Get(Path(house.Id) + "?year=2012")).Status.ShouldBe(HttpStatusCode.BadRequest);
        console.Cli.Tables.Number("SELECT count(*) FROM changes").ShouldBe(changes);
    }

    [Theory, BothEngines]
    public async Task The_second_of_two_is_told_what_changed_and_loses_nothing_and_a_double_click_is_one_save(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var (first, second) = (await console.As("township"), await console.As("village"));
        var opened = (await second.Get(Path(house.Id))).Html;
        (await first.Save(house.Id, [("f.household.house_area", "91"), ("f.household.land_arable", "7")])).Status.ShouldBe(HttpStatusCode.Redirect);

        var late = await second.Save(house.Id, [("f.household.house_area", "92"), ("f.household.land_grass", "3")], opened);
        late.Status.ShouldBe(HttpStatusCode.Conflict, late.Text);
        late.Html.QuerySelector("#f-household-house_area")!.GetAttribute("value").ShouldBe("92");
        late.Html.QuerySelector("#f-household-house_area-note .fact-meanwhile")!.TextContent.ShouldContain("91");
        // What the second left alone is shown as it is now, and would not be taken back.
        late.Html.QuerySelector("#f-household-land_arable")!.GetAttribute("value").ShouldBe("7.00");
        late.Html.QuerySelector("#f-household-land_grass")!.GetAttribute("value").ShouldBe("3");
        Area(console, house.Id).ShouldBe(9100);

        var changes = console.Cli.Tables.Number("SELECT count(*) FROM changes");
        (await second.Save(house.Id, [], late.Html)).Status.ShouldBe(HttpStatusCode.Redirect);
        (Area(console, house.Id), Fact(console, house.Id, "land_arable"), Fact(console, house.Id, "land_grass")).ShouldBe((9200, 700, 300));
        (await second.Save(house.Id, [], late.Html)).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Cli.Tables.Number("SELECT count(*) FROM changes").ShouldBe(changes + 1);
    }

    [Theory, BothEngines]
    public async Task By_hand_and_by_file_the_same_statements_leave_the_same_record(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        await using var other = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        // Each author says something of the grade in turn: the department outranks, the others are kept beside it or written over.
        (string User, string Author, string Grade)[] turns =
        [
            ("village", "village", "B"),
            ("township", "township", "C"),
            ("housing", "housing", "D"),
            ("village", "village", "A"),
            ("housing", "housing", "A"),
            ("township", "township", "B"),
        ];
        foreach (var (user, author, grade) in turns)
        {
            var browser = await console.As(user);
            (await browser.Save(house.Id, [("f.dwelling.grade", grade)])).Status.ShouldBe(HttpStatusCode.Redirect);
            var file = System.IO.Path.Combine(other.Cli.Folder, "grade.csv");
            var row = string.Join(',', Certifying.Placed(other, house.Id, house.No, $"{grade}级"));
            await File.WriteAllTextAsync(file, $"县,乡,村,户编号,危房等级(鉴定)\r\n{row}", TestContext.Current.CancellationToken);
            other.Cli.Run("import", file, "--data-date", "2020-06-12", "--stated-by", author, "--yes").Done();
            console
                .Cli.Tables.Dump(["dwellings", "statements"], "id", "change_id", "document")
                .ShouldEqual(other.Cli.Tables.Dump(["dwellings", "statements"], "id", "change_id", "document"));
            Grade(console, house.Id).ShouldBe(Grade(other, house.Id), $"{user} {grade}");
        }
        var page = await (await console.As("township")).Get(Path(house.Id));
        page.Html.QuerySelector("#f-dwelling-grade-note")!.TextContent.ShouldContain("B级");
    }

    [Theory, BothEngines]
    public async Task Everybody_states_what_is_theirs_where_it_is_theirs(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, outside) = console.Neighbours();
        var village = await console.As("village");
        (await village.Get(Path(outside.Id))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Post(Path(outside.Id), await Fields(village, house.Id, [("f.household.house_area", "90")]))).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        foreach (var reader in new[] { "auditor", "province", "admin" })
            (await (await console.As(reader)).Get(Path(house.Id))).Status.ShouldBe(HttpStatusCode.Forbidden, reader);
        // A department has the fields of its trade; a forged one is refused.
        var housing = await console.As("housing");
        var page = await housing.Get(Path(house.Id));
        page.Html.QuerySelector("[name='f.dwelling.grade']").ShouldNotBeNull();
        page.Html.QuerySelector("[name='f.household.water_safe']").ShouldBeNull();
        using var api = CallingTheApi.Client(console, "housing", "Edit");
        var (tag, told) = await Facts(api, house.Id);
        told.GetProperty("author").GetString().ShouldBe("housing");
        (await Patch(api, house.Id, tag, """{"facts":{"household.water_safe":"no"},"reason":"试"}""")).Code.ShouldBe("edit.reason");
        (await Patch(api, house.Id, tag, """{"facts":{"household.water_safe":"no"},"reason":"试一试"}""")).Code.ShouldBe("edit.no-fact");
        // Whoever is not registered as poor can be edited as well.
        var plain = console.Query<(long Id, long Village)>(
            "SELECT l.household_id, l.area_code FROM household_list l JOIN household_statuses s ON s.household_id = l.household_id AND s.kind = 1 ORDER BY 1 LIMIT 1"
        );
        if (plain.Count > 0)
            (await (await console.As("township")).Save(plain[0].Id, [("f.household.toilet", "no")])).Status.ShouldBe(HttpStatusCode.Redirect);
        // The brief leads here for those who may.
        (await village.Get($"/households/{house.Id}"))
            .Html.QuerySelector($"a[href='{Path(house.Id)}']")
            .ShouldNotBeNull();
        (await (await console.As("auditor")).Get($"/households/{house.Id}")).Html.QuerySelector($"a[href='{Path(house.Id)}']").ShouldBeNull();
    }

    [Theory, BothEngines]
    public async Task A_program_states_facts_with_what_it_changes_them_from(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, outside) = console.Neighbours();
        using var api = CallingTheApi.Client(console, "township", "Edit");
        var (tag, _) = await Facts(api, house.Id);
        const string body = """{"facts":{"household.house_area":"93.5","household.fuel":null},"reason":"入户核实","document":"表"}""";
        (await Patch(api, house.Id, null, body)).Status.ShouldBe(HttpStatusCode.PreconditionRequired);
        (await Patch(api, house.Id, "\"other\"", body)).Code.ShouldBe("edit.changed-since");
        var done = await Patch(api, house.Id, tag, body);
        done.Status.ShouldBe(HttpStatusCode.OK, done.Text);
        (Area(console, house.Id), Fact(console, house.Id, "fuel")).ShouldBe((9350, null));
        (await Patch(api, house.Id, tag, body)).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Patch(api, house.Id, done.Tag, """{"facts":{"household.house_area":"x"},"reason":"入户核实"}""")).Code.ShouldBe("edit.value-bad");
        (await Patch(api, outside.Id + 999_999, done.Tag, body)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothEngines]
    public async Task Many_who_save_at_once_lose_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var households = console.Query<long>("SELECT id FROM households ORDER BY id LIMIT 12");
        var before = console.Cli.Tables.Number("SELECT count(*) FROM changes");
        using var api = CallingTheApi.Client(console, "township", "Edit");
        // Two at each household: one is first, the other is told.
        var answers = await Task.WhenAll(
            households.SelectMany(h =>
                new[] { "11", "12" }.Select(async area =>
                {
                    var (tag, _) = await Facts(api, h);
                    return await Patch(api, h, tag, $$"""{"facts":{"household.house_area":"{{area}}"},"reason":"同时保存"}""");
                })
            )
        );
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Code == "edit.changed-since");
        var saved = answers.Count(a => a.Status == HttpStatusCode.OK);
        saved.ShouldBeGreaterThanOrEqualTo(households.Count);
        console.Cli.Tables.Number("SELECT count(*) FROM changes").ShouldBe(before + saved);
        console
            .Cli.Tables.Number("SELECT count(*) FROM household_years WHERE year = 2020 AND house_area IN (1100, 1200)")
            .ShouldBeGreaterThanOrEqualTo(households.Count);
        console.Cli.Run("audit", "verify").Done();
    }

    private static string Path(long household) => $"/households/{household}/edit";

    private static string Word(long? flag) =>
        flag switch
        {
            1 => "yes",
            0 => "no",
            _ => "",
        };

    private static long? Fact(TuopinConsole console, long household, string column) =>
        console.Query<string?>($"SELECT CAST({column} AS text) FROM household_years WHERE household_id = {household} AND year = 2020").Single() switch
        {
            null => null,
            "true" => 1,
            "false" => 0,
            var number => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
        };

    private static long? Area(TuopinConsole console, long household) => Fact(console, household, "house_area");

    private static long? Grade(TuopinConsole console, long household) =>
        console
            .Query<long?>(
                "SELECT d.grade FROM dwellings d JOIN residences r ON r.dwelling_id = d.id AND r.to_day IS NULL WHERE r.household_id = @household",
                new { household }
            )
            .Single();

    internal static async Task<Dictionary<string, string>> Fields(TuopinConsole.Browser browser, long household, (string, string)[] typed) =>
        EditForms.Filled((await browser.Get(Path(household))).Html.QuerySelector("form.edit-form")!, typed);

    private static async Task<(string Tag, JsonElement Told)> Facts(HttpClient api, long household)
    {
        using var answer = await api.GetAsync($"/api/v1/households/{household}/facts", TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return (answer.Headers.ETag!.ToString(), JsonDocument.Parse(text).RootElement);
    }

    private sealed record Said(HttpStatusCode Status, string Text, string? Tag)
    {
        public string? Code => JsonDocument.Parse(Text).RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
    }

    private static async Task<Said> Patch(HttpClient api, long household, string? tag, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/households/{household}/facts")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.ETag?.ToString());
    }
}

/// <summary>Forms of edits as a browser sends them: every field as it stands, but for those that were typed.</summary>
internal static class EditForms
{
    public static Task<TuopinConsole.Page> Save(
        this TuopinConsole.Browser browser,
        long household,
        (string Name, string Value)[] typed,
        IHtmlDocument? opened = null
    ) => browser.Fill($"/households/{household}/edit", "form.edit-form", typed, opened);

    public static async Task<TuopinConsole.Page> Fill(
        this TuopinConsole.Browser browser,
        string page,
        string selector,
        (string Name, string Value)[] typed,
        IHtmlDocument? opened = null
    )
    {
        var html = opened ?? (await browser.Get(page)).Html;
        var form = html.QuerySelector(selector).ShouldNotBeNull($"{page} has no {selector}: {html.Body?.TextContent}");
        return await browser.Post(form.GetAttribute("action")!, Filled(form, typed));
    }

    public static Dictionary<string, string> Filled(AngleSharp.Dom.IElement form, (string Name, string Value)[] typed)
    {
        var fields = new Dictionary<string, string>();
        foreach (var input in form.QuerySelectorAll("input[name], select[name]"))
        {
            var name = input.GetAttribute("name")!;
            if (input.GetAttribute("type") is "checkbox" or "radio")
            {
                if (input.HasAttribute("checked"))
                    fields[name] = fields.GetValueOrDefault(name) is { Length: > 0 } before
                        ? $"{before},{input.GetAttribute("value")}"
                        : input.GetAttribute("value") ?? "";
            }
            else if (input is IHtmlSelectElement select)
                fields[name] = select.QuerySelector("option[selected]")?.GetAttribute("value") ?? "";
            else
                fields[name] = input.GetAttribute("value") ?? "";
        }
        if (fields.GetValueOrDefault("reason") is "")
            fields["reason"] = "入户核实";
        foreach (var (name, value) in typed)
            fields[name] = value;
        return fields;
    }
}
