using System.Net;
using System.Text;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Discipline;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>Discipline clues: the office handles them, headquarters counts them, and nobody else reads a word of one, from the database neither.</summary>
public sealed class KeepingTheCompartment(Installations installations)
{
    private const string Words = "反映某某挪用绵羊款项";
    private const string Named = "欧阳虚构甲";
    private const string Person = "司徒虚构乙，村会计";
    private const string Result = "退赔到位鹧鸪结案";
    private const string Township = "530326001";

    private const string PaperTitle = "领款单照片鸬鹚";

    private static readonly string[] Secrets = [Words, Named, "司徒虚构乙", Result, PaperTitle];

    private static async Task<long> Enter(TuopinConsole console, TuopinConsole.Browser office)
    {
        (
            await office.Press(
                "/discipline",
                "#enter",
                ("place", Township),
                ("source", "petition"),
                ("words", Words),
                ("names", Named),
                ("due", "2020-07-01")
            )
        ).Status.ShouldBe(HttpStatusCode.Redirect);
        return console.Cli.Tables.Number("SELECT max(id) FROM discipline_clues");
    }

    [Theory, BothEngines]
    public async Task The_office_takes_a_clue_from_its_receipt_to_a_closed_case(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var office = await console.As("discipline");
        var before = await Counts();
        var id = await Enter(console, office);
        var page = $"/discipline/clues/{id}";
        (await office.Get("/discipline")).Text.ShouldContain(Words);
        (await office.Get("/discipline?show=overdue")).Text.ShouldNotContain(Words);
        (await office.Get("/discipline?source=audit")).Text.ShouldNotContain(Words);
        (await office.Get("/discipline?year=2018")).Text.ShouldNotContain(Words);
        (await office.Get($"/discipline?before={id}")).Text.ShouldNotContain(Words);

        // What cannot be done says why, and changes nothing.
        foreach (
            var (fields, code) in new (string, string)[][]
            {
                [("place", Township), ("source", "rumour"), ("words", Words)],
                [("place", Township), ("source", "petition"), ("words", "x")],
                [("place", Township), ("source", "petition"), ("words", Words), ("due", "2020-01-01")],
                [("place", Township), ("source", "petition"), ("words", "电话 13800000000 的人")],
            }.Zip(["discipline.source", "discipline.words", "discipline.due", "edit.number-in-words"])
        )
        {
            var wrong = await office.Press("/discipline", "#enter", fields);
            wrong.Status.ShouldBe(HttpStatusCode.BadRequest, code);
            wrong.Text.ShouldContain(code);
        }
        (await office.Press("/discipline", "#enter", ("place", "530322001"), ("source", "petition"), ("words", Words))).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await office.Submit("/discipline", page + "/step", new() { ["to"] = "CaseClosed", ["result"] = Result })).Text.ShouldContain(
            "discipline.step"
        );
        (await office.Get("/discipline/clues/5303269999999999")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await office.Submit("/discipline", "/discipline/clues/5303269999999999/due", [])).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("county")).Submit("/work", "/discipline", new() { ["words"] = Words })).Status.ShouldBe(HttpStatusCode.Forbidden);

        await Press("#step-Checking");
        await Press("#step-Filed");
        (await office.Submit(page, page + "/persons", new() { ["name"] = Person })).Text.ShouldContain("discipline.words");
        (await office.Submit(page, page + "/persons", new() { ["name"] = Person, ["sanction"] = "exile" })).Text.ShouldContain("discipline.sanction");
        await Press("#person", ("name", Person), ("sanction", "party_warning"));
        await Press("#person", ("name", "诸葛虚构丙"), ("words", "谈话提醒"));
        await Press("#person", ("name", "写错的人"), ("words", "谈话提醒"));
        (await office.Press(page, $"form[action='{page}/persons/3/strike']")).Status.ShouldBe(HttpStatusCode.Redirect);
        await Press("#due", ("due", "2020-08-01"));

        // Papers: told by their content, kept encrypted, fetched by the office alone, struck where one is of another clue.
        (await Paper(KeepingEvidence.Photo(), "photo.jpg", PaperTitle)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Paper(KeepingEvidence.Photo("another"), "wrong.jpg", "")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Paper("MZ programme"u8.ToArray(), "photo.jpg", "")).Text.ShouldContain("evidence.kind-unknown");
        (await Paper(KeepingEvidence.Photo(), "photo.jpg", "电话 13800000000")).Text.ShouldContain("edit.number-in-words");
        (await office.Get(page)).Text.ShouldContain(PaperTitle);
        var fetched = await office.Get(page + "/papers/1", "*/*");
        (fetched.Status, fetched.Text.Contains("picture", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true));
        (await office.Get(page)).Html.QuerySelector("#acts")!.TextContent.ShouldContain("看材料");
        (await office.Press(page, $"form[action='{page}/papers/2/strike']")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await office.Get(page + "/papers/2", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await office.Get(page + "/papers/9", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var user in new[] { "admin", "county", "village", "auditor" })
            (await (await console.As(user)).Get(page + "/papers/1", "*/*")).Status.ShouldBe(HttpStatusCode.Forbidden, user);
        // No address of evidence leads to it, and the file is not in the clear.
        console.Cli.Tables.Number("SELECT count(*) FROM attachments").ShouldBe(0);
        (await (await console.As("county")).Get("/evidence/1", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var kept in Directory.EnumerateFiles(Path.Combine(console.Cli.Folder, "evidence"), "*", SearchOption.AllDirectories))
            (await File.ReadAllBytesAsync(kept, TestContext.Current.CancellationToken)).AsSpan().IndexOf("picture"u8).ShouldBe(-1);

        // A word is looked for in what only the office can read, and stands in no address.
        foreach (var word in new[] { "绵羊", Named, "司徒虚构乙", "谈话提醒", PaperTitle })
        {
            var hits = await Search(word);
            hits.Html.QuerySelectorAll("#clues tbody tr").Select(r => r.Id).ShouldBe([$"clue-{id}"], word);
        }
        (await Search("没有这样的词")).Html.QuerySelectorAll("#clues tbody tr").ShouldBeEmpty();
        (await office.Submit("/discipline", "/discipline/search", new() { ["word"] = " " })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await (await console.As("county")).Submit("/work", "/discipline/search", new() { ["word"] = "绵羊" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await office.Get("/")).Html.QuerySelector("#discipline")!.TextContent.ShouldContain("未了结");
        (await (await console.As("county")).Get("/")).Html.QuerySelector("#discipline").ShouldBeNull();
        await Press("#step-CaseClosed", ("result", Result));
        (await Paper(KeepingEvidence.Photo(), "photo.jpg", "")).Text.ShouldContain("discipline.closed");
        var shown = await office.Get(page);
        foreach (var secret in Secrets)
            shown.Text.ShouldContain(secret);
        shown.Text.ShouldNotContain("写错的人");
        shown.Html.QuerySelectorAll("#persons tbody tr").Length.ShouldBe(2);
        (await office.Submit("/discipline", page + "/persons", new() { ["name"] = Person, ["words"] = "谈话" })).Text.ShouldContain(
            "discipline.closed"
        );

        // Headquarters counts what the office knows: one more received, closed, filed, two handled, one sanctioned.
        (await Counts())
            .Zip(before, (a, b) => a - b)
            .ShouldBe([1, 1, 1, 2, 1]);
        (await office.Get("/discipline/print?show=all")).Text.ShouldContain(Words);
        (await office.Get("/discipline/file?show=closed", "*/*")).Text.ShouldContain(Result);

        // The audit says that somebody acted, not about what; the words are ciphertext in every column, also of what is past, and in the files.
        var acts = console.Cli.Tables.Query<string>("SELECT action FROM audit_entries WHERE action LIKE 'discipline.%'");
        acts.Distinct().Order().ShouldBe(["discipline.export", "discipline.list", "discipline.open", "discipline.print", "discipline.write"]);
        console
            .Cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action LIKE 'discipline.%' AND (detail <> '' OR subject_id IS NOT NULL)")
            .ShouldBe(0);
        console.Cli.Tables.Number($"SELECT count(*) FROM discipline_clues_history WHERE id = {id}").ShouldBeGreaterThan(5);
        console.Cli.Tables.Number($"SELECT count(*) FROM discipline_persons_history WHERE clue_id = {id}").ShouldBe(1);
        console.Cli.Run("audit", "verify").Done();
        foreach (var lines in console.Cli.Tables.Dump(console.Cli.Tables.Names()))
        foreach (var line in lines.Value)
        foreach (var secret in Secrets)
            (
                line.Contains(secret, StringComparison.Ordinal)
                || line.Contains(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal)
            ).ShouldBeFalse($"{lines.Key}: {line}");
        foreach (var file in Directory.EnumerateFiles(console.Cli.Folder, "*.db*", SearchOption.AllDirectories))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            open.CopyTo(bytes);
            foreach (var secret in Secrets)
                bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, file);
        }

        // A new key writes them again, and they are read with it.
        console.Cli.Run("keys", "rotate").Done();
        using var numbers = new PersonalNumbers(console.Cli.Open().Keys);
        var stored = console.Cli.Tables.Query<byte[]>($"SELECT words_cipher FROM discipline_clues WHERE id = {id}").Single();
        stored[1].ShouldBe(console.Cli.Open().Keys.Current);
        numbers.Decrypt(stored).ShouldBe(Words);

        Task<TuopinConsole.Page> Search(string word) => office.Submit("/discipline", "/discipline/search", new() { ["word"] = word });

        async Task<TuopinConsole.Page> Paper(byte[] content, string name, string title)
        {
            var token = (await office.Get(page)).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
            using var form = new MultipartFormDataContent
            {
                { new StringContent(token), "__RequestVerificationToken" },
                { new StringContent(title), "title" },
                { new ByteArrayContent(content), "file", name },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, page + "/papers") { Content = form };
            return await office.Send(request, "text/html");
        }

        async Task Press(string form, params (string, string)[] typed) =>
            (await office.Press(page, form, typed)).Status.ShouldBe(HttpStatusCode.Redirect, form);

        async Task<List<long>> Counts()
        {
            var county = await console.As("county");
            var row = (await county.Get("/discipline/counts?area=530326")).Html.QuerySelector("#years tbody tr")!;
            return [.. row.QuerySelectorAll("td").Select(c => long.Parse(c.TextContent, System.Globalization.CultureInfo.InvariantCulture))];
        }
    }

    [Theory, BothEngines]
    public async Task No_route_tells_anybody_else_a_word_of_a_clue_and_a_planted_one_is_found(Engine engine)
    {
        await using var console = await TuopinConsole.Own(
            installations.Copy(engine),
            plant: routes =>
                routes
                    .MapGet(
                        "/planted",
                        (ConsoleContext context) =>
                        {
                            using var numbers = new PersonalNumbers(context.Installation.Keys);
                            return string.Join(
                                '\n',
                                context.Reader.Query<byte[]>("SELECT words_cipher FROM discipline_clues").Select(w => numbers.Decrypt(w))
                            );
                        }
                    )
                    .Needs(Permission.ViewAudit)
        );
        var office = await console.As("discipline");
        var id = await Enter(console, office);
        (await office.Press($"/discipline/clues/{id}", "#step-Checking")).Status.ShouldBe(HttpStatusCode.Redirect);
        var routes = RouteTable.Of(console).Where(r => r is { Method: "GET", Needs: not null }).ToList();
        var found = new List<string>();
        foreach (var user in new[] { "admin", "province", "city", "county", "housing", "township", "village", "cadre", "auditor" })
        {
            var browser = await console.As(user);
            foreach (var route in routes)
            {
                var path = route.Path(name => name == "clue" || name.EndsWith("id", StringComparison.OrdinalIgnoreCase) ? $"{id}" : "1")!;
                var answer = await browser.Get(path, path.StartsWith("/api/", StringComparison.Ordinal) ? "application/json" : "text/html");
                if (Secrets.Any(s => answer.Text.Contains(s, StringComparison.Ordinal)))
                    found.Add($"{user} {route}");
            }
        }
        found.ShouldBe(["auditor GET /planted"]);
        // A look at the audit says that the office acted; who is of another place is told nothing of this one.
        (await (await console.As("auditor")).Get("/audit?act=discipline")).Text.ShouldContain("discipline.write");
        var other = Account(console, "qujing-office", "530322");
        var stranger = await console.As(other);
        (await stranger.Get($"/discipline/clues/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.Get("/discipline?show=all")).Text.ShouldNotContain(Words);
        (await stranger.Get("/discipline/members")).Text.ShouldNotContain(">纪检监察<");
        // A village is told no counts, nor are others' areas.
        var county = await console.As("county");
        var village = console.Cli.Tables.Number("SELECT min(area_code) FROM households");
        (await county.Get($"/discipline/counts?area={village:D12}")).Html.QuerySelector("#not-told").ShouldNotBeNull();
        (await county.Get("/discipline/counts?area=530322")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("village")).Get("/discipline/counts")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static string Account(TuopinConsole console, string name, string? area, bool own = true)
    {
        var installation = console.Cli.Open();
        using (var desk = installation.Store.Desk())
        {
            var user = Accounts.New(installation, name, name);
            Accounts.SetPassword(user, DemoUsers.Password);
            user.MustChangePassword = !own;
            desk.Users.Add(user);
            desk.SaveChanges();
        }
        if (area is not null)
            console.Cli.Run("users", "grant", name, "--role", "Discipline", "--area", area).Done();
        return name;
    }

    [Theory, BothEngines]
    public async Task An_administrator_lets_nobody_in_neither_by_a_grant_nor_by_a_password(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var admin = await console.As("admin");
        var (puppet, late) = (Account(console, "puppet", null), Account(console, "late", null, own: false));
        Dictionary<string, long> ids;
        using (var desk = console.Cli.Open().Store.Desk())
            ids = desk.Users.ToDictionary(u => u.UserName!, u => u.Id);
        Task<TuopinConsole.Page> Grant(string name, string role) =>
            admin.Submit($"/users/{ids[name]}", $"/users/{ids[name]}/grants", new() { ["role"] = role, ["area"] = "530326" });
        var asked = await Grant(puppet, "Discipline");
        asked.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await (await console.As(puppet)).Get("/discipline")).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized);
        // Nor does the office's user become somebody else's beside it.
        (await Grant("discipline", "County")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);

        // Who is in it admits others: an account of its own, whose password is its owner's.
        var office = await console.As("discipline");
        async Task<TuopinConsole.Page> Admit(string name) => await office.Press("/discipline/members", "#admit", ("name", name), ("place", "530326"));
        (await Admit(late)).Text.ShouldContain("discipline.password");
        (await Admit("county")).Text.ShouldContain("grant.compartment-alone");
        (await Admit("nobody-of-this-name")).Text.ShouldContain("users.unknown");
        (await Admit("discipline")).Text.ShouldContain("discipline.member");
        (await Admit(puppet)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Admit(puppet)).Text.ShouldContain("discipline.member");
        (await office.Press("/discipline/members", "#admit", ("name", puppet), ("place", "530322"))).Status.ShouldBe(HttpStatusCode.NotFound);
        var admitted = await console.As(puppet);
        (await admitted.Get("/discipline")).Status.ShouldBe(HttpStatusCode.OK);
        (await admin.Submit("/users", "/discipline/members", new() { ["name"] = puppet })).Status.ShouldBe(HttpStatusCode.Forbidden);

        // A password that an administrator sets opens the account, and no clue; a work date set back brings nothing back.
        (await admin.Press($"/users/{ids[puppet]}", $"form[action='/users/{ids[puppet]}/reset']")).Status.ShouldBe(HttpStatusCode.OK);
        using (var desk = console.Cli.Open().Store.Desk())
        {
            var user = await desk.Users.SingleAsync(u => u.Id == ids[puppet], TestContext.Current.CancellationToken);
            Accounts.SetPassword(user, DemoUsers.Password);
            (user.MustChangePassword, user.OneTimeUntil) = (false, null);
            await desk.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        foreach (var day in new[] { "2020-06-12", "2020-06-01", "2014-01-01" })
        {
            console.Cli.Tables.Execute($"UPDATE settings SET value = '{day}' WHERE name = 'work_date'");
            (await (await console.As(puppet)).Get("/discipline")).Status.ShouldBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized], day);
        }
        console.Cli.Tables.Execute("UPDATE settings SET value = '2020-06-12' WHERE name = 'work_date'");
        (await Admit(puppet)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await (await console.As(puppet)).Get("/discipline")).Status.ShouldBe(HttpStatusCode.OK);
        // Nobody ends what is one's own; another of the office does, and then it stays ended.
        var grant = (await office.Get("/discipline/members")).Html.QuerySelector("form[action$='/end']")!.GetAttribute("action")!;
        (await office.Submit("/discipline/members", grant, [])).Status.ShouldBe(HttpStatusCode.Redirect);
        (await (await console.As(puppet)).Get("/discipline")).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized);
        // No token carries it.
        CreateToken.Choices([Role.Discipline]).ShouldBe([Permission.ViewStandards, Permission.CountDiscipline], ignoreOrder: true);
    }

    [Fact]
    public void Townships_with_few_are_told_together_so_that_no_difference_gives_one_away()
    {
        static CountClues.PlaceCounts Of(int code, long received) =>
            new(
                code == 0
                    ? null
                    : new AreaVersion
                    {
                        AreaId = code,
                        Code = code,
                        Name = $"{code}",
                    },
                new(received, 0, 0, 0, 0)
            );
        static List<(long?, long)> Told(params CountClues.PlaceCounts[] places) =>
            [.. CountClues.Together(places, 5).Select(p => (p.Place?.Code, p.Counts.Received))];
        Told(Of(1, 9), Of(2, 5)).ShouldBe([(1, 9), (2, 5)]);
        Told(Of(1, 9), Of(2, 3), Of(3, 2), Of(4, 6)).ShouldBe([(1, 9), (4, 6), (null, 5)]);
        // One with few alone would be the county less the others: the smallest of those joins it.
        Told(Of(1, 9), Of(2, 1), Of(3, 6)).ShouldBe([(1, 9), (null, 7)]);
        Told(Of(1, 9), Of(0, 1)).ShouldBe([(null, 10)]);
        Told(Of(1, 2)).ShouldBe([(null, 2)]);
        Told().ShouldBeEmpty();
    }
}
