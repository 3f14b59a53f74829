using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Two households become one (合户): members, help and helpers come over, the other is closed and says where it went; what a procedure decides is not decided here.</summary>
public sealed class MergingHouseholds(Installations installations)
{
    private static string Path(long household) => $"/households/{household}/members";

    private static string Number(TuopinConsole console, long household) =>
        console.Query<string>($"SELECT coalesce(national_no, provisional_no) FROM households WHERE id = {household}")[0];

    /// <summary>Households of the first village with a head, all of one status.</summary>
    private static List<long> Alike(TuopinConsole console) =>
        console.Query<long>(
            """
            SELECT h.id FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.to_day IS NULL
            WHERE h.area_code = (SELECT min(area_code) FROM households) AND EXISTS (
                SELECT 1 FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = h.id AND m.to_day IS NULL AND m.relation = 1 AND p.sex = 1)
              AND s.kind = 2 AND s.from_day < 20200101
            ORDER BY h.id
            """
        );

    private static (string, string)[] Merge(string other, string relation = "sibling", string day = "2020-06-01") =>
        [("other", other), ("relation", relation), ("day", day)];

    [Theory, BothEngines]
    public async Task Two_of_one_status_become_one_and_the_other_says_where_it_went(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var township = await console.As("township");
        var alike = Alike(console);
        alike.Count.ShouldBeGreaterThan(2);
        var (a, b, c) = (alike[0], alike[1], alike[2]);
        var (mine, theirs) = (Members(console, a), Members(console, b));
        console.Cli.Edit(
            $"INSERT INTO measures (id, household_id, kind, from_day, change_id) VALUES (5303269999999101, {b}, 1, 20200101, CHANGE), (5303269999999102, {b}, 1, 20190101, CHANGE)",
            "UPDATE measures SET to_day = 20191231, change_id = CHANGE WHERE id = 5303269999999102"
        );
        console.Cli.Judge().Done();

        // What cannot be, changes nothing.
        var elsewhere = console.Query<long>("SELECT max(id) FROM households WHERE area_code = (SELECT max(area_code) FROM households)")[0];
        var exited = console.Query<long>(
            "SELECT min(h.id) FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.to_day IS NULL WHERE h.area_code = (SELECT min(area_code) FROM households) AND s.kind = 3"
        )[0];
        foreach (
            var (form, told) in new[]
            {
                (Merge(Number(console, a)), "不能与自己合户"),
                (Merge("5303260099"), "没有这个户编号"),
                (Merge(Number(console, elsewhere)), "不在同一个村"),
                (Merge(Number(console, exited)), "户身份或脱贫年度不同"),
                (Merge(Number(console, b), "head"), "与户主关系填写不对"),
                (Merge(Number(console, b), "daughter"), "与户主关系填写不对"),
                (Merge(Number(console, b), "sibling", "1960-01-01"), "合户日期应晚于"),
            }
        )
        {
            var refused = await township.Fill(Path(a), "form.merge-form", form);
            refused.Status.ShouldBeOneOf([HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity], refused.Text);
            refused.Html.QuerySelector("#wrong")!.TextContent.ShouldContain(told);
        }
        console.Query<long>("SELECT count(*) FROM households WHERE merged_into IS NOT NULL").ShouldBe([0]);
        // One on an open list waits for its end; so does one of whom a change is proposed.
        console.Cli.Tables.Execute(
            $"INSERT INTO list_subjects (list_id, subject_id, family, area_code, added_by, change_id) VALUES (1, {b}, 'household-status', 0, 1, 1)"
        );
        (await township.Fill(Path(a), "form.merge-form", Merge(Number(console, b)))).Text.ShouldContain("办理中的名单");
        console.Cli.Edit($"UPDATE list_subjects SET cause = 1, done_by = 2, change_id = CHANGE WHERE list_id = 1 AND subject_id = {b}");
        // Somebody recorded in both.
        console.Cli.Edit($"UPDATE persons SET id_index = 4711, change_id = CHANGE WHERE id IN ({mine[0].Person}, {theirs[0].Person})");
        (await township.Fill(Path(a), "form.merge-form", Merge(Number(console, b)))).Text.ShouldContain("同时登记在两户");
        console.Cli.Edit($"UPDATE persons SET id_index = 4712, change_id = CHANGE WHERE id = {theirs[0].Person}");
        console.Cli.Judge().Done();

        // Incomes: what both state is added up, what one states is unknown; first it is only told.
        console.Cli.Edit(
            $"UPDATE household_years SET income_wage = 300000, income_property = 1000, income_per_head_stated = 100000, change_id = CHANGE WHERE household_id = {a} AND year = 2019",
            $"UPDATE household_years SET income_wage = 200000, income_property = NULL, change_id = CHANGE WHERE household_id = {b} AND year = 2019"
        );
        console.Cli.Judge().Done();
        string Incomes(long household) =>
            console.Query<string>(
                $"SELECT coalesce(CAST(income_wage AS text), '?') || '|' || coalesce(CAST(income_property AS text), '?') || '|' || coalesce(CAST(income_per_head_stated AS text), '?') FROM household_years WHERE household_id = {household} AND year = 2019"
            )[0];
        var theirIncomes = Incomes(b);
        var look = await township.Fill(Path(a), "form.merge-form", [.. Merge(Number(console, b)), ("incomes", "add"), ("look", "yes")]);
        look.Status.ShouldBe(HttpStatusCode.OK);
        var rows = look.Html.QuerySelectorAll("#merge-preview tbody tr").Select(r => r.TextContent).ToList();
        rows.ShouldContain(r => r.Contains("2019 年工资性收入") && r.Contains("3,000") && r.Contains("2,000") && r.Contains("5,000"));
        rows.ShouldContain(r => r.Contains("2019 年财产性收入") && r.Contains("未知"));
        Incomes(a).ShouldBe("300000|1000|100000");
        console.Query<long>("SELECT count(*) FROM households WHERE merged_into IS NOT NULL").ShouldBe([0]);

        var done = await township.Fill(Path(a), "form.merge-form", [.. Merge(Number(console, b)), ("incomes", "add")]);
        done.Status.ShouldBe(HttpStatusCode.Redirect, done.Text);
        Members(console, a).Select(m => m.Person).ShouldBe(mine.Concat(theirs).Select(m => m.Person), ignoreOrder: true);
        Members(console, b).ShouldBeEmpty();
        Members(console, a).Where(m => m.Relation == 1).ShouldHaveSingleItem().Person.ShouldBe(mine.First(m => m.Relation == 1).Person);
        console
            .Query<string>(
                $"SELECT s.kind || '|' || s.from_day || '|' || h.merged_into || '|' || h.split_day FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.to_day IS NULL WHERE h.id = {b}"
            )
            .ShouldBe([$"7|20200601|{a}|20200601"]);
        console.Query<long>($"SELECT id FROM measures WHERE household_id = {a} AND id > 5303269999999100").ShouldBe([5303269999999101]);
        console.Query<long>($"SELECT id FROM measures WHERE household_id = {b} AND id > 5303269999999100").ShouldBe([5303269999999102]);
        console.Query<long>($"SELECT count(*) FROM residences WHERE household_id = {b} AND to_day IS NULL").ShouldBe([0]);
        console.Query<long>($"SELECT count(*) FROM responsibilities WHERE household_id = {b} AND to_day IS NULL").ShouldBe([0]);
        (Incomes(a), Incomes(b)).ShouldBe(("500000|?|?", theirIncomes));
        // The sum is the word of whoever stated the parts; nothing said of the one household alone is left.
        console
            .Query<long>($"SELECT count(*) FROM statements WHERE subject_id = {a} AND fact = 'income_wage' AND year = 2019 AND value <> 500000")
            .ShouldBe([0]);
        // Both pages name the other; verdicts, counts and lists are those of a judgement of the whole.
        (await township.Get($"/households/{b}")).Text.ShouldContain($"并入农户 {Number(console, a)}");
        (await township.Get($"/households/{a}")).Text.ShouldContain($"并入一户 {Number(console, b)}");
        ChangingMembers.Judged(console);
        console.Cli.Run("audit", "verify").Done();

        // Again it is there no more; an older page is told; of two at once one finds the other done.
        (await township.Fill(Path(a), "form.merge-form", Merge(Number(console, b)))).Text.ShouldContain("已并入别户");
        using var api = CallingTheApi.Client(console, "township", "ChangeMembers");
        var tag = await Tag(api, a);
        var answers = await Task.WhenAll(Send(api, a, Number(console, c), tag), Send(api, a, Number(console, c), tag));
        answers
            .Select(x => x.Status)
            .ShouldBe([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], ignoreOrder: true, answers[0].Text + answers[1].Text);
        ChangingMembers.Judged(console);
        (await Send(api, 7, Number(console, a), "\"x\"")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("auditor")).Get(Path(a))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, BothEngines]
    public async Task A_village_proposes_and_the_township_accepts_with_the_head_of_the_other(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (village, township) = (await console.As("village"), await console.As("township"));
        var alike = Alike(console);
        var (a, b) = (alike[0], alike[1]);
        var head = Members(console, b).First(m => m.Relation == 1).Person;
        var former = Members(console, a).First(m => m.Relation == 1).Person;
        var elsewhere = console.Query<long>("SELECT max(id) FROM households WHERE area_code = (SELECT max(area_code) FROM households)")[0];
        // What lies in another village is no other than what does not exist.
        (await village.Fill(Path(a), "form.merge-form", Merge(Number(console, elsewhere)))).Text.ShouldContain("没有这个户编号");
        var proposed = await village.Fill(Path(a), "form.merge-form", [.. Merge(Number(console, b), "father"), ("other_heads", "yes")]);
        proposed.Location.ShouldBe($"{Path(a)}?said=proposed", proposed.Text);
        Members(console, b).ShouldNotBeEmpty();
        var reviews = await township.Get("/reviews");
        reviews.Text.ShouldContain("并入户");
        var accepted = await township.Press("/reviews", "form[action$='/accept']");
        accepted.Status.ShouldBe(HttpStatusCode.Redirect, accepted.Text);
        var now = Members(console, a);
        now.Where(m => m.Relation == 1).ShouldHaveSingleItem().Person.ShouldBe(head);
        console.Query<long>($"SELECT CAST(relation AS bigint) FROM memberships WHERE person_id = {former} AND to_day IS NULL").ShouldBe([11]);
        console
            .Query<string>($"SELECT head_name FROM households WHERE id = {a}")
            .ShouldBe(console.Query<string>($"SELECT name FROM persons WHERE id = {head}"));
        ChangingMembers.Judged(console);
    }

    private static List<(long Person, long? Relation)> Members(TuopinConsole console, long household) =>
        console.Query<(long, long?)>(
            $"SELECT person_id, CAST(relation AS bigint) FROM memberships WHERE household_id = {household} AND to_day IS NULL ORDER BY person_id"
        );

    private static async Task<string> Tag(HttpClient api, long household)
    {
        using var members = await api.GetAsync($"/api/v1/households/{household}/members", TestContext.Current.CancellationToken);
        return members.Headers.ETag!.ToString();
    }

    private static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient api, long household, string other, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/households/{household}/merge")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(
                    new
                    {
                        other,
                        relation = "sibling",
                        reason = "两兄弟共同生活",
                    }
                ),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
