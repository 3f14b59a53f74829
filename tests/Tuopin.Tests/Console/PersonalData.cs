using System.IO.Compression;
using System.Net;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class PersonalData(Installations installations)
{
    private sealed record Somebody(long Id, string Name, string Number, string Village);

    /// <summary>A member of a household of the demo user's village, or of another one.</summary>
    private static Somebody Person(TuopinCli cli, bool ofVillage)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        using var numbers = new PersonalNumbers(installation.Keys);
        var home = connection.ExecuteScalar<long>("SELECT area_code FROM households ORDER BY area_code, id LIMIT 1");
        var (id, name, stored, code) = connection.QueryFirst<(long, string, byte[], long)>(
            $"""
            SELECT p.id, p.name, p.id_cipher, h.area_code FROM persons p JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL
            JOIN households h ON h.id = m.household_id
            WHERE p.id_index IS NOT NULL AND h.area_code {(
                ofVillage ? "=" : "<>"
            )} @home AND coalesce(h.living_village_id, h.village_id) = h.village_id
            ORDER BY p.id LIMIT 1
            """,
            new { home }
        );
        return new(id, name, numbers.Decrypt(stored), $"{code:D12}");
    }

    private static List<(string Action, string Detail, string? Subject, long? SubjectId, string? Field, long? UserId)> Audit(TuopinCli cli)
    {
        using var connection = cli.Open().Store.Open();
        return
        [
            .. connection.Query<(string, string, string?, long?, string?, long?)>(
                "SELECT action, detail, subject, subject_id, field, user_id FROM audit_entries ORDER BY id DESC LIMIT 20"
            ),
        ];
    }

    private static Task<TuopinConsole.Page> Reveal(TuopinConsole.Browser browser, long person, string field, string purpose) =>
        browser.Submit("/account", $"/persons/{person}/reveal", new() { ["field"] = field, ["purpose"] = purpose });

    [Theory, BothEngines]
    public async Task A_number_is_shown_for_a_purpose_and_the_audit_says_to_whom(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var person = Person(console.Cli, ofVillage: true);
        var shown = await Reveal(await console.As("village"), person.Id, "id", "核对低保名单");
        shown.Status.ShouldBe(HttpStatusCode.OK, shown.Text);
        shown.Text.ShouldContain(person.Number);
        var entry = Audit(console.Cli)[0];
        (entry.Action, entry.Detail, entry.Subject, entry.SubjectId, entry.Field).ShouldBe(
            ("person.reveal", "核对低保名单", "person", person.Id, "id")
        );
        entry.UserId.ShouldNotBeNull();
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task Outside_the_scope_without_a_purpose_or_without_the_permission_nothing_is_shown(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (own, other) = (Person(console.Cli, ofVillage: true), Person(console.Cli, ofVillage: false));
        var village = await console.As("village");
        (await Reveal(village, other.Id, "id", "核对低保名单")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Reveal(village, 1, "id", "核对低保名单")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Reveal(village, own.Id, "id_cipher", "核对低保名单")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Reveal(village, own.Id, "name", "核对低保名单")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var purpose in new[] { "", " ", "x", own.Number, $"查 {own.Number}", new string('长', 201) })
            (await Reveal(village, own.Id, "id", purpose)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity, purpose);
        foreach (var user in new[] { "admin", "province", "housing", "cadre" })
            (await Reveal(await console.As(user), own.Id, "id", "核对低保名单")).Status.ShouldBe(HttpStatusCode.Forbidden, user);
        Audit(console.Cli).ShouldNotContain(e => e.Action == "person.reveal");
    }

    // Gives a household of the demo user's village, and one elsewhere, a telephone number and an account.
    private static (long Own, long Other) Homes(TuopinCli cli)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        using var numbers = new PersonalNumbers(installation.Keys);
        var rows = connection
            .Query<(long Id, long Code)>(
                "SELECT id, area_code FROM households WHERE coalesce(living_village_id, village_id) = village_id ORDER BY area_code, id"
            )
            .ToList();
        var (own, other) = (rows[0].Id, rows[^1].Id);
        using var transaction = installation.Store.BeginWrite(connection);
        var change = Platform.Audit.AuditLog.BeginChange(connection, transaction, cli.Clock, new("test"), "numbers", "village", 20200612);
        connection.Execute(
            "UPDATE households SET phone_cipher = @phone, bank_card_cipher = @card, change_id = @change WHERE id IN (@own, @other)",
            new
            {
                phone = numbers.Encrypt("12000004321"),
                card = numbers.Encrypt("6200000000000004321"),
                change,
                own,
                other,
            },
            transaction
        );
        transaction.Commit();
        return (own, other);
    }

    private static Task<TuopinConsole.Page> RevealOf(TuopinConsole.Browser browser, long household, string field, string purpose) =>
        browser.Submit("/account", $"/households/{household}/reveal", new() { ["field"] = field, ["purpose"] = purpose });

    [Theory, BothEngines]
    public async Task Numbers_of_a_household_are_masked_in_the_brief_and_shown_for_a_purpose(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (own, other) = Homes(console.Cli);
        var village = await console.As("village");
        var brief = await village.Get($"/households/{own}");
        brief.Text.ShouldContain("120****4321");
        brief.Text.ShouldNotContain("12000004321");
        brief.Text.ShouldNotContain("6200000000000004321");
        foreach (var (field, number) in new[] { ("phone", "12000004321"), ("bank_card", "6200000000000004321") })
        {
            brief.Html.QuerySelector($"#reveal-{field}-{own} form[action='/households/{own}/reveal']").ShouldNotBeNull(field);
            (await RevealOf(village, own, field, "核对补贴账户")).Text.ShouldContain(number);
            var entry = Audit(console.Cli)[0];
            (entry.Action, entry.Detail, entry.Subject, entry.SubjectId, entry.Field).ShouldBe(
                ("household.reveal", "核对补贴账户", "household", own, field)
            );
        }
        console.Cli.Run("audit", "verify").Done();
        var before = Audit(console.Cli).Count(e => e.Action == "household.reveal");
        foreach (var (household, field) in new[] { (other, "phone"), (1, "phone"), (own, "id"), (own, "bank_card_cipher"), (own, "head_name") })
            (await RevealOf(village, household, field, "核对补贴账户")).Status.ShouldBe(HttpStatusCode.NotFound, field);
        foreach (var purpose in new[] { "", "x", "查 12000004321" })
            (await RevealOf(village, own, "phone", purpose)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity, purpose);
        foreach (var user in new[] { "admin", "province", "housing", "cadre" })
            (await RevealOf(await console.As(user), own, "phone", "核对补贴账户")).Status.ShouldBe(HttpStatusCode.Forbidden, user);
        using var bare = new HttpRequestMessage(HttpMethod.Post, $"/households/{own}/reveal")
        {
            Content = new FormUrlEncodedContent([new("field", "phone"), new("purpose", "核对补贴账户")]),
        };
        (await village.Send(bare, "text/html")).Status.ShouldBe(HttpStatusCode.BadRequest);
        Audit(console.Cli).Count(e => e.Action == "household.reveal").ShouldBe(before);
    }

    [Theory, BothEngines]
    public async Task A_full_number_finds_a_person_of_the_scope_and_nobody_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (own, other) = (Person(console.Cli, ofVillage: true), Person(console.Cli, ofVillage: false));
        var village = await console.As("village");
        var found = await village.Press("/find-number", "main form", ("number", $" {own.Number.ToLowerInvariant()} "));
        found.Html.QuerySelector("tbody tr")!.TextContent.ShouldContain(own.Name);
        found.Html.QuerySelector("tbody code")!.TextContent.ShouldBe(own.Number[..6] + new string('*', own.Number.Length - 10) + own.Number[^4..]);
        found.Text.ShouldNotContain(own.Number);
        var none = await village.Press("/find-number", "main form", ("number", other.Number));
        none.Html.QuerySelector("tbody").ShouldBeNull();
        none.Text.ShouldNotContain(other.Name);
        var entries = Audit(console.Cli);
        entries.Count(e => e.Action == "person.find").ShouldBe(2);
        string.Join(' ', entries.Select(e => e.Detail)).ShouldNotContain(own.Number);
        // The number is nowhere in an address: there is no way to ask by one.
        (await village.Get($"/find-number?number={own.Number}")).Text.ShouldNotContain(own.Name);
    }

    private static async Task<long> Ask(TuopinConsole.Browser browser, TuopinConsole console)
    {
        var asked = await browser.Press("/number-exports", "form[action='/number-exports']", ("purpose", "与危房改造名单比对"));
        asked.Status.ShouldBe(HttpStatusCode.Redirect, asked.Text);
        using var desk = console.Cli.Open().Store.Desk();
        return await desk.NumberExports.MaxAsync(e => e.Id);
    }

    private static Task<TuopinConsole.Page> Act(TuopinConsole.Browser browser, long export, string act) =>
        browser.Submit("/account", $"/number-exports/{export}/{act}", []);

    [Theory, BothEngines]
    public async Task A_list_with_full_numbers_needs_a_second_person_carries_a_mark_and_ends(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var (housing, county) = (await console.As("housing"), await console.As("county"));
        var export = await Ask(housing, console);
        (await Act(housing, export, "file")).Status.ShouldBe(HttpStatusCode.NotFound, "nobody agreed yet");
        (await Act(housing, export, "approve")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Act(await console.As("village"), export, "approve")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Act(county, export, "approve")).Status.ShouldBe(HttpStatusCode.Redirect);
        (await Act(county, export, "file")).Status.ShouldBe(HttpStatusCode.NotFound, "it is for whoever asked");
        var rows = await Download(housing, export);
        rows.ShouldContain(Person(console.Cli, ofVillage: true).Number);
        rows.ShouldContain("与危房改造名单比对");
        rows.ShouldContain("住建局(housing)");
        Directory.EnumerateFiles(console.Cli.Folder, "numbers-*").ShouldBeEmpty("no list stays on the server");
        Audit(console.Cli).Select(e => e.Action).Take(3).ShouldBe(["numbers.fetch", "numbers.agree", "numbers.ask"]);
        console.Cli.Clock.Now += TimeSpan.FromHours(72);
        (await Act(await console.As("housing"), export, "file")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    private static async Task<string> Download(TuopinConsole.Browser browser, long export)
    {
        var token = (await browser.Get("/account")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var response = await browser.Client.PostAsync(
            $"/number-exports/{export}/file",
            new FormUrlEncodedContent([new("__RequestVerificationToken", token)])
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var zip = new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()));
        return string.Join(
            '\n',
            zip.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal)).Select(e => new StreamReader(e.Open()).ReadToEnd())
        );
    }

    [Theory, BothEngines]
    public async Task Nobody_agrees_to_his_own_list_not_even_in_the_database(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var county = await console.As("county");
        var export = await Ask(county, console);
        (await Act(county, export, "approve")).Status.ShouldBe(HttpStatusCode.Conflict);
        await using var desk = console.Cli.Open().Store.Desk();
        var asked = await desk.NumberExports.SingleAsync(e => e.Id == export, TestContext.Current.CancellationToken);
        asked.ApprovedBy = asked.RequestedBy;
        await Should.ThrowAsync<DbUpdateException>(() => desk.SaveChangesAsync());
    }

    [Theory, BothEngines]
    public async Task The_audit_is_searched_by_person_field_user_act_and_period(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var person = Person(console.Cli, ofVillage: true);
        await Reveal(await console.As("village"), person.Id, "id", "核对低保名单");
        var auditor = await console.As("auditor");
        async Task<int> Count(string query) => (await auditor.Get($"/audit?act=person.reveal&{query}")).Html.QuerySelectorAll("tbody tr").Length;
        (await Count("")).ShouldBe(1);
        (await Count($"person={person.Id}")).ShouldBe(1);
        (await Count($"person={person.Id + 1}")).ShouldBe(0);
        (await Count("field=id")).ShouldBe(1);
        (await Count("field=phone")).ShouldBe(0);
        (await Count("user=village")).ShouldBe(1);
        (await Count("user=township")).ShouldBe(0);
        (await Count("from=2026-11-21&to=2030-01-01")).ShouldBe(1);
        (await Count("to=2020-01-01")).ShouldBe(0);
        (await Count("from=nonsense&post=nonsense&before=nonsense")).ShouldBe(1);
        (await auditor.Get("/audit/sign-ins?user=village")).Html.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
    }

    [Theory, BothEngines]
    public void Rotating_keys_writes_every_number_again_and_no_history(Engine engine)
    {
        var cli = installations.Copy(engine);
        var before = Numbers(cli);
        before.ShouldNotBeEmpty();
        var history = Count(cli, "SELECT count(*) FROM persons_history");
        // A row of history holds a number too.
        Execute(
            cli,
            "INSERT INTO persons_history SELECT p.*, 999999 FROM persons p WHERE p.id = (SELECT min(id) FROM persons WHERE id_cipher IS NOT NULL)"
        );
        var report = cli.Run("keys", "rotate", "--json").Json;
        report.GetProperty("key").GetInt32().ShouldBe(2);
        report.GetProperty("values").GetInt64().ShouldBeGreaterThan(before.Count);
        Count(cli, "SELECT count(*) FROM persons_history").ShouldBe(history + 1);
        foreach (var table in new[] { "persons", "persons_history", "posts" })
        foreach (var column in table == "posts" ? new[] { "phone_cipher" } : ["id_cipher", "phone_cipher"])
            Count(
                    cli,
                    $"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 2, 1) <> {(engine == Engine.Sqlite ? "x'02'" : "'\\x02'::bytea")}"
                )
                .ShouldBe(0, $"{table}.{column}");
        Numbers(cli).ShouldBe(before);
        cli.Run("audit", "verify").Done();
        // Triggers stand again: the next opening verifies them.
        cli.Run("users", "list").Done();
    }

    [Theory, BothEngines]
    public void A_rotation_that_was_cut_off_goes_on_where_it_stopped(Engine engine)
    {
        var cli = installations.Copy(engine);
        var before = Numbers(cli);
        // Cut off after the new key was made and before the first number was written.
        cli.Open().Keys.Rotate();
        var report = cli.Run("keys", "rotate", "--json").Json;
        report.GetProperty("continued").GetBoolean().ShouldBeTrue();
        report.GetProperty("key").GetInt32().ShouldBe(2);
        Numbers(cli).ShouldBe(before);
        cli.Run("keys", "rotate", "--json").Json.GetProperty("key").GetInt32().ShouldBe(3);
        Numbers(cli).ShouldBe(before);
    }

    [Theory, BothEngines]
    public async Task A_server_that_runs_reads_numbers_of_a_key_made_meanwhile(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var person = Person(console.Cli, ofVillage: true);
        var village = await console.As("village");
        console.Cli.Run("keys", "rotate").Done();
        (await Reveal(village, person.Id, "id", "核对低保名单")).Text.ShouldContain(person.Number);
    }

    [Theory, BothEngines]
    public void What_runs_writes_with_the_new_key_and_the_next_rotation_makes_another(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var running = cli.Open();
        using (var old = new PersonalNumbers(running.Keys))
        {
            cli.Run("keys", "rotate").Done();
            running.Keys.Current.ShouldBe((byte)2);
            // What began before the rotation ends after it, with the old key.
            Execute(
                cli,
                $"UPDATE posts_history SET phone_cipher = {Hex(engine, old.Encrypt("12000000000"))}; INSERT INTO persons_history SELECT p.*, 999999 FROM persons p WHERE p.id = (SELECT min(id) FROM persons)"
            );
            Execute(cli, $"UPDATE persons_history SET id_cipher = {Hex(engine, old.Encrypt("290326199001011234"))}");
        }
        var report = cli.Run("keys", "rotate", "--json").Json;
        report.GetProperty("continued").GetBoolean().ShouldBeFalse();
        report.GetProperty("key").GetInt32().ShouldBe(3);
        Numbers(cli).ShouldNotBeEmpty();
    }

    [Fact]
    public void Of_two_rotations_at_once_one_is_refused_and_no_key_is_lost()
    {
        using var cli = installations.Copy(Engine.Sqlite);
        var before = Numbers(cli);
        var ring = cli.Open().Keys;
        using (ring.Rotating())
            cli.Run("keys", "rotate").Refused("keys.busy");
        // Two that read the file at the same moment make two keys, not one over the other.
        var (first, second) = (ring.Rotate(), ring.Rotate());
        (first.Current, second.Current).ShouldBe(((byte)2, (byte)3));
        second.Keys[2].ShouldBe(first.Keys[2]);
        Numbers(cli).ShouldBe(before);
    }

    private static string Hex(Engine engine, byte[] value) =>
        engine == Engine.Sqlite ? $"x'{Convert.ToHexString(value)}'" : $"'\\x{Convert.ToHexString(value)}'::bytea";

    private static List<string> Numbers(TuopinCli cli)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        using var numbers = new PersonalNumbers(installation.Keys);
        return
        [
            .. connection.Query<byte[]>("SELECT id_cipher FROM persons WHERE id_cipher IS NOT NULL ORDER BY id").Select(n => numbers.Decrypt(n)),
            .. connection.Query<byte[]>("SELECT phone_cipher FROM posts WHERE phone_cipher IS NOT NULL ORDER BY id").Select(n => numbers.Decrypt(n)),
        ];
    }

    private static long Count(TuopinCli cli, string sql)
    {
        using var connection = cli.Open().Store.Open();
        return connection.ExecuteScalar<long>(sql);
    }

    private static void Execute(TuopinCli cli, string sql)
    {
        using var connection = cli.Open().Store.Open();
        SqlMapper.Execute(connection, sql);
    }

    [Theory]
    [InlineData("530326199001011234", "530326********1234")]
    [InlineData("53032619900101123444B1", "530326************44B1")]
    [InlineData("13800138000", "138****8000")]
    [InlineData("A123", "****")]
    [InlineData("", "")]
    public void A_mask_gives_away_neither_birthday_nor_short_numbers(string number, string shown) => PersonalNumbers.Mask(number).ShouldBe(shown);
}
