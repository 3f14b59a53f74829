using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Editing;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Who belongs to a household: births, marriages, deaths, another head, with days and codes, and never a household without a head.</summary>
public sealed class ChangingMembers(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_birth_gives_a_provisional_number_and_is_judged_like_everything_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var township = await console.As("township");
        var before = console.Cli.Tables.Number($"SELECT members FROM household_list WHERE household_id = {household} AND place_code = area_code");
        var born = await township.Fill(Path(household), "form.add-form", [.. Child("张小满"), ("document", "出生医学证明")]);
        born.Status.ShouldBe(HttpStatusCode.Redirect, born.Text);
        (await township.Get(born.Location!)).Text.ShouldContain("张小满");
        console
            .Query<string>(
                $"SELECT p.provisional_no || '|' || m.from_day || '|' || m.relation || '|' || m.change FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = {household} AND p.name = '张小满'"
            )
            .ShouldBe([$"P{console.Query<long>("SELECT max(id) FROM persons")[0]}|20200601|3|6"]);
        console
            .Cli.Tables.Number($"SELECT members FROM household_list WHERE household_id = {household} AND place_code = area_code")
            .ShouldBe(before + 1);
        Judged(console);

        // Sent again from the old page it is told; from a new one the child is there.
        (await township.Fill(Path(household), "form.add-form", Child("张小满"))).Text.ShouldContain("已有同名同生日的成员");
        // Bad words change nothing.
        foreach (
            var (field, value, told) in new[]
            {
                ("birth", "2020-07-01", "晚于加入日期"),
                ("relation", "daughter", "与性别不符"),
                ("relation", "head", "已有其人"),
                ("change", "death", "不是增加人口的原因"),
                ("sex", "9x", "性别"),
                ("name", "", "姓名"),
                ("id_number", "53032620200602123", "18、20 或 22 位"),
                ("id_number", "530326202006011231", "校验位"),
                ("reason", "", "请写明原因"),
            }
        )
        {
            var refused = await township.Fill(Path(household), "form.add-form", [.. Child("李小寒"), (field, value)]);
            refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, $"{field} {value}: {refused.Text}");
            refused.Html.QuerySelector("#wrong")!.TextContent.ShouldContain(told, customMessage: $"{field} {value}");
            refused.Html.QuerySelector("#add-name")!.GetAttribute("value").ShouldBe(field == "name" ? "" : "李小寒");
        }
        console.Cli.Tables.Number("SELECT count(*) FROM persons WHERE name = '李小寒'").ShouldBe(0);
    }

    [Theory, BothEngines]
    public async Task Who_leaves_and_comes_back_keeps_the_number_and_a_head_is_never_missing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var township = await console.As("township");
        var (head, spouse, child) = (Member(console, household, 1), Member(console, household, 2), Member(console, household, 3, 4));
        (string, string)[] Leave(long person, string change, long? next = null) =>
            [("person", $"{person}"), ("change", change), ("day", "2020-05-01"), ("new_head", $"{next}")];

        (await township.Fill(Path(household), "form.leave-form", Leave(head.Id, "death"))).Text.ShouldContain("请指定新户主");
        (await township.Fill(Path(household), "form.leave-form", Leave(child.Id, "born"))).Text.ShouldContain("不是减少人口的原因");
        (await township.Fill(Path(household), "form.leave-form", Leave(child.Id, "imprisoned"))).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Query<string>($"SELECT CAST(to_day AS text) || '|' || change FROM memberships WHERE person_id = {child.Id}").ShouldBe(["20200501|4"]);
        Judged(console);

        var died = await township.Fill(Path(household), "form.leave-form", Leave(head.Id, "death", spouse.Id));
        died.Status.ShouldBe(HttpStatusCode.Redirect, died.Text);
        Heads(console, household).ShouldBe([spouse.Name]);
        console.Query<string>($"SELECT head_name FROM households WHERE id = {household}").ShouldBe([spouse.Name]);
        console.Query<string>($"SELECT head_name FROM household_list WHERE household_id = {household}").Distinct().ShouldBe([spouse.Name]);

        // Released, the same person with the same record.
        var (birth, sex) = console.Query<(long, long)>($"SELECT birth, sex FROM persons WHERE id = {child.Id}")[0];
        var back = await township.Fill(
            Path(household),
            "form.add-form",
            [
                ("name", child.Name),
                ("birth", $"{birth}"),
                ("sex", sex == 1 ? "male" : "female"),
                ("relation", sex == 1 ? "son" : "daughter"),
                ("change", "moved_in"),
                ("day", "2020-06-10"),
            ]
        );
        back.Status.ShouldBe(HttpStatusCode.Redirect, back.Text);
        console.Query<long>($"SELECT person_id FROM memberships WHERE household_id = {household} AND to_day IS NULL").ShouldContain(child.Id);
        Judged(console);
        console.Cli.Run("audit", "verify").Done();

        // The last one stays.
        foreach (
            var member in console.Query<long>(
                $"SELECT person_id FROM memberships WHERE household_id = {household} AND to_day IS NULL AND relation <> 1"
            )
        )
            console.Cli.Edit(
                $"UPDATE memberships SET to_day = 20200611, change_id = CHANGE WHERE household_id = {household} AND person_id = {member} AND to_day IS NULL"
            );
        var page = await township.Get(Path(household));
        page.Html.QuerySelector("form.leave-form").ShouldBeNull();
        using var api = CallingTheApi.Client(console, "township", "ChangeMembers");
        (await Send(api, HttpMethod.Post, $"/members/{spouse.Id}/leave", household, """{"change":"death","reason":"病故"}""")).Code.ShouldBe(
            "edit.last-member"
        );
    }

    [Theory, BothEngines]
    public async Task A_split_leaves_two_households_with_heads_and_neither_without(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var (head, spouse, child) = (Member(console, household, 1), Member(console, household, 2), Member(console, household, 3, 4));
        var township = await console.As("township");
        (string, string)[] Split(string leaves, long newHead, long? rest = null) =>
            [("leaves", leaves), ("head", $"{newHead}"), ("rest_head", $"{rest}"), ("day", "2020-06-01")];
        var everybody = string.Join(
            ',',
            console.Query<long>($"SELECT person_id FROM memberships WHERE household_id = {household} AND to_day IS NULL")
        );
        (await township.Fill(Path(household), "form.split-form", Split(everybody, child.Id))).Text.ShouldContain("两户都要有户主");
        (await township.Fill(Path(household), "form.split-form", Split($"{child.Id}", spouse.Id))).Text.ShouldContain("两户都要有户主");
        (await township.Fill(Path(household), "form.split-form", Split($"{head.Id}", head.Id))).Text.ShouldContain("请指定新户主");

        var done = await township.Fill(Path(household), "form.split-form", Split($"{head.Id},{spouse.Id}", spouse.Id, child.Id));
        done.Status.ShouldBe(HttpStatusCode.Redirect, done.Text);
        var made = console.Query<long>("SELECT max(id) FROM households")[0];
        (Heads(console, household), Heads(console, made)).ShouldSatisfyAllConditions(
            h => h.Item1.ShouldBe([child.Name]),
            h => h.Item2.ShouldBe([spouse.Name])
        );
        Relation(console, made, head.Id).ShouldBe(2);
        // Same village, status, helpers and house; a number of ours; and the list has both.
        console
            .Cli.Tables.Number(
                $"SELECT count(*) FROM households a JOIN households b ON b.village_id = a.village_id AND b.area_code = a.area_code WHERE a.id = {household} AND b.id = {made} AND b.provisional_no = 'H{made}' AND a.split_day = 20200601 AND b.split_day = 20200601"
            )
            .ShouldBe(1);
        foreach (var (table, column) in new[] { ("household_statuses", "kind"), ("residences", "dwelling_id"), ("responsibilities", "post_id") })
            console
                .Query<long?>($"SELECT CAST({column} AS bigint) FROM {table} WHERE household_id = {made} AND to_day IS NULL")
                .ShouldBe(
                    console.Query<long?>($"SELECT CAST({column} AS bigint) FROM {table} WHERE household_id = {household} AND to_day IS NULL"),
                    table
                );
        (await township.Get($"/households/{made}")).Text.ShouldContain(spouse.Name);
        Judged(console);
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task A_move_ends_one_residence_and_begins_another_and_both_places_see_the_household(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var township = await console.As("township");
        var (area, elsewhere) = console.Query<(long, long)>("SELECT min(area_code), max(area_code) FROM households")[0];
        var path = $"/households/{household}/move";
        (await township.Fill(path, "form.move-form", [("place", "530326999999")])).Text.ShouldContain("没有这个村");
        (await township.Fill(path, "form.move-form", [("place", $"{elsewhere}"), ("day", "1999-01-01")])).Status.ShouldBe(
            HttpStatusCode.Redirect,
            "a first house has been lived in from before the record"
        );
        console.Cli.Tables.Number($"SELECT count(*) FROM household_list WHERE household_id = {household} AND place_code = {elsewhere}").ShouldBe(1);
        console.Cli.Tables.Number($"SELECT count(*) FROM residences WHERE household_id = {household} AND to_day = 19990101").ShouldBe(1);
        Judged(console);
        // Not earlier than the last move; back in its village it stands there alone, in another group.
        (await township.Fill(path, "form.move-form", [("place", $"{area}"), ("day", "1998-01-01")])).Text.ShouldContain("晚于入住");
        (await township.Fill(path, "form.move-form", [("place", $"{area}"), ("day", "2020-06-01"), ("group", "新村组")])).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        console.Query<long>($"SELECT place_code FROM household_list WHERE household_id = {household}").ShouldBe([area]);
        console.Query<string>($"SELECT group_name FROM households WHERE id = {household}").ShouldBe(["新村组"]);
        Judged(console);
    }

    [Theory, BothEngines]
    public async Task Another_head_turns_the_relations_and_a_program_can_say_them(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var (head, spouse, child) = (Member(console, household, 1), Member(console, household, 2), Member(console, household, 3, 4));
        using var api = CallingTheApi.Client(console, "township", "ChangeMembers");
        var body = $$"""{"person":{{child.Id}},"reason":"户主年迈"}""";
        (await Send(api, HttpMethod.Put, "/head", household, body, tag: "")).Status.ShouldBe(HttpStatusCode.PreconditionRequired);
        (await Send(api, HttpMethod.Put, "/head", household, body, tag: "\"old\"")).Code.ShouldBe("edit.changed-since");
        var done = await Send(api, HttpMethod.Put, "/head", household, body);
        done.Status.ShouldBe(HttpStatusCode.OK, done.Text);
        Heads(console, household).ShouldBe([child.Name]);
        var sex = console.Query<long>($"SELECT sex FROM persons WHERE id = {head.Id}")[0];
        Relation(console, household, head.Id).ShouldBe(sex == 1 ? 11 : 12);
        Relation(console, household, spouse.Id).ShouldBe(sex == 1 ? 12 : 11);
        Judged(console);
        (
            await Send(api, HttpMethod.Put, "/head", household, $$"""{"person":{{head.Id}},"reason":"改回","relations":{"{{child.Id}}":"head"} }""")
        ).Code.ShouldBe("edit.value-bad");
        (await Send(api, HttpMethod.Put, "/head", household, """{"person":7,"reason":"没有这个人"}""")).Code.ShouldBe("edit.no-member");
        (await Send(api, HttpMethod.Put, "/head", 7, body, tag: "\"x\"")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("spouse", 1, 2, "head", 1, "spouse")]
    [InlineData("spouse", 1, 2, "father", 1, "husbands_father")]
    [InlineData("spouse", 2, 1, "husbands_mother", 2, "mother")]
    [InlineData("son", 1, 1, "head", 1, "father")]
    [InlineData("son", 1, 1, "spouse", 2, "mother")]
    [InlineData("daughter", 2, 2, "mother", 2, "mothers_mother")]
    [InlineData("son", 1, 1, "grandson", 1, "other")]
    [InlineData("father", 1, 1, "spouse", 2, "daughter_in_law")]
    [InlineData("mother", 2, 2, "son", 1, "daughters_son")]
    [InlineData("sibling", 1, 1, "head", 1, "other")]
    public void Relations_turn_as_far_as_they_tell(string head, long old, long next, string member, long sex, string expected) =>
        Relations.Seen(head, old, next, member, sex).ShouldBe(expected);

    [Theory, BothEngines]
    public async Task Facts_of_a_member_are_stated_like_those_of_a_household_but_not_what_its_number_says(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var (head, child) = (Member(console, household, 1), Member(console, household, 3, 4));
        var township = await console.As("township");
        var path = $"{Path(household)}/{child.Id}/edit";
        var saved = await township.Fill(
            path,
            "form.edit-form",
            [("f.person.work_months", "7"), ("f.person.work_place", "昆明"), ("f.person.mandarin", "yes")]
        );
        saved.Status.ShouldBe(HttpStatusCode.Redirect, saved.Text);
        console.Query<long>($"SELECT CAST(work_months AS bigint) FROM person_years WHERE person_id = {child.Id} AND year = 2020").ShouldBe([7]);
        Judged(console);
        (await township.Fill(path, "form.edit-form", [("f.person.work_months", "13")])).Text.ShouldContain("超出范围");
        (await township.Fill(path, "form.edit-form", [("f.person.birth", "1950-01-01")])).Text.ShouldContain("与证件号码不一致");
        (await township.Fill(path, "form.edit-form", [("f.person.relation", "head")])).Text.ShouldContain("变更户主");
        (await township.Get($"{Path(household)}/{head.Id + 1_000_000}/edit")).Status.ShouldBe(HttpStatusCode.NotFound);
        // The education department has the school, and nothing of the family's income or house.
        (await (await console.As("auditor")).Get(Path(household))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("cadre")).Get(Path(household))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, BothEngines]
    public async Task A_name_and_a_telephone_are_put_right_and_help_is_added_and_ended(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = Family(console);
        var (township, village) = (await console.As("township"), await console.As("village"));
        var head = Member(console, household, 1);
        (string, string)[] Name(string name, string phone = "") => [("person", $"{head.Id}"), ("known_as", name), ("phone", phone)];
        (await township.Fill(Path(household), "form.name-form", Name("", "12345"))).Text.ShouldContain("7 至 20 位");
        var named = await township.Fill(Path(household), "form.name-form", Name("王改名", "138 0000 4321"));
        named.Status.ShouldBe(HttpStatusCode.Redirect, named.Text);
        console.Query<string>($"SELECT name FROM persons WHERE id = {head.Id}").ShouldBe(["王改名"]);
        Heads(console, household).ShouldBe(["王改名"]);
        console.Query<string>($"SELECT DISTINCT head_name FROM household_list WHERE household_id = {household}").ShouldBe(["王改名"]);
        console
            .Query<string>($"SELECT phone_length || '|' || CASE WHEN phone_is_mobile THEN 1 ELSE 0 END FROM persons WHERE id = {head.Id}")
            .ShouldBe(["11|1"]);
        console.Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE detail LIKE '%13800004321%' OR detail LIKE '%4321%'").ShouldBe(0);
        (await township.Get($"/households/{household}")).Text.ShouldNotContain("13800004321");
        // A village proposes; the number waits encrypted, and is written as it was proposed.
        var proposed = await village.Fill(Path(household), "form.name-form", Name("王改回", "13900001234"));
        proposed.Location.ShouldBe($"{Path(household)}?said=proposed", proposed.Text);
        console
            .Cli.Tables.Number("SELECT count(*) FROM proposed_changes WHERE payload LIKE '%13900001234%' OR differences LIKE '%1234%'")
            .ShouldBe(0);
        (await township.Get("/reviews")).Text.ShouldNotContain("13900001234");
        var before = console.Query<long>($"SELECT phone_index FROM persons WHERE id = {head.Id}")[0];
        (await township.Press("/reviews", "form[action$='/accept']")).Status.ShouldBe(HttpStatusCode.Redirect);
        console.Query<long>($"SELECT phone_index FROM persons WHERE id = {head.Id}")[0].ShouldNotBe(before);
        Heads(console, household).ShouldBe(["王改回"]);

        var measures = $"/households/{household}/measures";
        (string, string)[] Help(string kind, string from, string to = "", string amount = "") =>
            [("f.measure.kind", kind), ("f.measure.from_day", from), ("f.measure.to_day", to), ("f.measure.amount", amount)];
        var kind = console.Cli.Open().Packs.Dictionary["measure"].Facts["kind"].Type.List!.Entries[0];
        (await township.Fill(measures, "form.measure-form", Help("", "2020-05-01"))).Text.ShouldContain("措施类型");
        (await township.Fill(measures, "form.measure-form", Help(kind.Key, "2021-05-01"))).Text.ShouldContain("不晚于工作日");
        (await township.Fill(measures, "form.measure-form", Help(kind.Key, "2020-05-01", "2020-04-01"))).Text.ShouldContain("早于开始日期");
        (await township.Fill(measures, "form.measure-form", Help(kind.Key, "2020-05-01", amount: "很多"))).Status.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        var held = console.Cli.Tables.Number($"SELECT count(*) FROM measures WHERE household_id = {household}");
        var added = await township.Fill(
            measures,
            "form.measure-form",
            [.. Help(kind.Key, "2020-05-01", amount: "1200.50"), ("person", $"{head.Id}")]
        );
        added.Status.ShouldBe(HttpStatusCode.Redirect, added.Text);
        var made = console.Query<long>($"SELECT max(id) FROM measures WHERE household_id = {household}")[0];
        console
            .Query<string>($"SELECT kind || '|' || from_day || '|' || amount || '|' || person_id FROM measures WHERE id = {made}")
            .ShouldBe([$"{kind.Number}|20200501|120050|{head.Id}"]);
        (await township.Get(measures)).Html.QuerySelector("#measures")!.TextContent.ShouldContain("王改回");
        (await township.Fill($"{measures}?measure={made}", "form.measure-form", [("f.measure.to_day", "2020-06-01")])).Status.ShouldBe(
            HttpStatusCode.Redirect
        );
        console.Query<long>($"SELECT CAST(to_day AS bigint) FROM measures WHERE id = {made}").ShouldBe([20200601]);
        console.Cli.Tables.Number($"SELECT count(*) FROM measures_history WHERE id = {made} AND to_day IS NULL").ShouldBe(1);
        console.Cli.Tables.Number($"SELECT count(*) FROM measures WHERE household_id = {household}").ShouldBe(held + 1);
        (await township.Get($"{measures}?measure=7")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("auditor")).Get(measures)).Status.ShouldBe(HttpStatusCode.Forbidden);
        Judged(console);

        // A program moves a household and adds help, from the version it read.
        using var api = CallingTheApi.Client(console, "township", "ChangeMembers,Edit");
        var elsewhere = console.Query<long>("SELECT max(area_code) FROM households")[0];
        async Task<(HttpStatusCode Status, string Text)> Do(string path, string body, string? tag = null)
        {
            using var read = await api.GetAsync($"/api/v1/households/{household}{path}", TestContext.Current.CancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/households/{household}{path}")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("If-Match", tag ?? read.Headers.ETag!.ToString());
            using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        var move = $$"""{"place":"{{elsewhere}}","day":"2020-06-01","reason":"搬到女儿家"}""";
        (await Do("/move", move, "\"old\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Do("/move", """{"place":"530326999999","reason":"没有这个村"}""")).Text.ShouldContain("edit.value-bad");
        (await Do("/move", move)).Text.ShouldContain($"\"lives\":\"{elsewhere}\"");
        var help = $$"""{"facts":{"kind":"{{kind.Key}}","from_day":"2020-06-02"},"reason":"新增措施"}""";
        (await Do("/measures", help, "\"old\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Do("/measures", """{"facts":{"colour":"red"},"reason":"没有这一项"}""")).Text.ShouldContain("edit.no-fact");
        (await Do("/measures", help)).Status.ShouldBe(HttpStatusCode.OK);
        console.Cli.Tables.Number($"SELECT count(*) FROM measures WHERE household_id = {household}").ShouldBe(held + 2);
        Judged(console);
        console.Cli.Run("audit", "verify").Done();
    }

    private static string Path(long household) => $"/households/{household}/members";

    private static (string, string)[] Child(string name) =>
        [("name", name), ("sex", "male"), ("birth", "2020-06-01"), ("relation", "son"), ("change", "born"), ("day", "2020-06-01")];

    /// <summary>A household of the village of the user with head, spouse and a child whose birth is known.</summary>
    internal static long Family(TuopinConsole console) =>
        console.Query<long>(
            """
            SELECT h.id FROM households h WHERE h.area_code = (SELECT min(area_code) FROM households)
              AND EXISTS (SELECT 1 FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = h.id AND m.to_day IS NULL AND m.relation = 1 AND p.sex IS NOT NULL)
              AND (SELECT count(*) FROM memberships m WHERE m.household_id = h.id AND m.to_day IS NULL AND m.relation = 2) = 1
              AND EXISTS (SELECT 1 FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = h.id AND m.to_day IS NULL AND m.relation IN (3, 4) AND p.birth IS NOT NULL AND p.id_birth IS NOT NULL)
            ORDER BY h.id LIMIT 1
            """
        )[0];

    private static (long Id, string Name) Member(TuopinConsole console, long household, params int[] relations) =>
        console.Query<(long, string)>(
            $"SELECT p.id, p.name FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = {household} AND m.to_day IS NULL AND m.relation IN ({string.Join(", ", relations)}) ORDER BY p.id"
        )[0];

    private static List<string> Heads(TuopinConsole console, long household) =>
        console.Query<string>(
            $"SELECT p.name FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = {household} AND m.to_day IS NULL AND m.relation = 1"
        );

    private static long Relation(TuopinConsole console, long household, long person) =>
        console.Query<long>(
            $"SELECT CAST(relation AS bigint) FROM memberships WHERE household_id = {household} AND person_id = {person} AND to_day IS NULL"
        )[0];

    // Nothing is left for a judgement of the whole to find.
    internal static void Judged(TuopinConsole console)
    {
        string[] judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
        var kept = console.Cli.Tables.Dump(judged);
        console.Cli.Run("gaps", "--json").Done();
        console.Cli.Run("judge").Done();
        kept.ShouldEqual(console.Cli.Tables.Dump(judged));
    }

    private sealed record Said(HttpStatusCode Status, string Text)
    {
        public string? Code => JsonDocument.Parse(Text).RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
    }

    private static async Task<Said> Send(HttpClient api, HttpMethod method, string path, long household, string body, string? tag = null)
    {
        if (tag is null)
        {
            using var members = await api.GetAsync($"/api/v1/households/{household}/members", TestContext.Current.CancellationToken);
            tag = members.Headers.ETag!.ToString();
        }
        using var request = new HttpRequestMessage(method, $"/api/v1/households/{household}{path}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (tag.Length > 0)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
