using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Reports;

/// <summary>
/// A briefing is sealed before the press comes; at ten o'clock a birth is corrected. What was printed stands as it was printed, and the recomputation names the
/// child.
/// </summary>
public sealed class SealingReports(Installations installations)
{
    [Theory, BothEngines]
    public async Task What_was_printed_stands_and_whoever_makes_another_number_of_it_is_named(Engine engine)
    {
        await using var console = await TuopinConsole.Own(Briefed(installations.Copy(engine, "township")));
        var cli = console.Cli;
        var county = await console.As("county");
        var (household, child, name) = Child(cli);

        // Sealed by the button of the page, and every number opened once.
        var done = await county.Press("/reports/sealed", "form.seal-form");
        done.Status.ShouldBe(HttpStatusCode.Redirect, done.Text);
        var path = done.Location!;
        var id = path.Split('/')[^1];
        var page = await county.Get(path);
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        page.Html.QuerySelector("#seal")!.GetAttribute("data-holds").ShouldBe("yes");
        var numbers = page.Html.QuerySelectorAll("#numbers tbody tr").Select(r => r.GetAttribute("data-number")!).ToList();
        numbers.Count.ShouldBeGreaterThan(6);
        page.Html.QuerySelectorAll("#text a.report-number").Select(a => a.GetAttribute("href")).ShouldBe(numbers.Select(n => $"{path}/numbers/{n}"));
        foreach (var number in numbers)
        {
            var opened = await county.Get($"{path}/numbers/{number}");
            opened.Status.ShouldBe(HttpStatusCode.OK, opened.Text);
            opened.Html.QuerySelector("#number")!.GetAttribute("data-outcome").ShouldBe("Same", number);
            opened.Html.QuerySelector("#number")!.GetAttribute("data-differs").ShouldBe("no");
        }
        cli.Run("report", "verify", id).Done().Output.ShouldContain("0 would be others today");

        // At ten o'clock.
        cli.Clock.Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.FromHours(8));
        using var township = CallingTheApi.Client(console, "township", "Edit");
        var facts = $"/api/v1/households/{household}/members/{child}/facts";
        using (var read = await township.GetAsync(facts, TestContext.Current.CancellationToken))
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, facts)
            {
                Content = new StringContent(
                    """{"facts":{"person.birth":"2004-05-01"},"reason":"出生医学证明核对"}""",
                    Encoding.UTF8,
                    "application/json"
                ),
            };
            request.Headers.TryAddWithoutValidation("If-Match", read.Headers.ETag!.ToString());
            using var corrected = await township.SendAsync(request, TestContext.Current.CancellationToken);
            corrected.StatusCode.ShouldBe(HttpStatusCode.OK, await corrected.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var again = await county.Get($"{path}/recomputed");
        again.Html.QuerySelector("#outcome")!.GetAttribute("data-holds").ShouldBe("yes");
        var differs = again.Html.QuerySelectorAll("[data-differs]").ToList();
        // The number itself and the share that is made of it; no other.
        differs.Count.ShouldBe(2);
        foreach (var difference in differs)
        {
            var cause = difference.QuerySelector("[data-cause=Corrected]")!.TextContent;
            cause.ShouldContain(name);
            cause.ShouldContain("出生日期 2010-05-01 → 2004-05-01");
            cause.ShouldContain("10:00");
        }
        var told = Json(await county.Get($"/api/v1/reports/sealed/{id}/recomputed", "application/json"));
        told.GetProperty("holds").GetBoolean().ShouldBeTrue();
        var line = told.GetProperty("numbers").EnumerateArray().First(n => n.GetProperty("differs").GetBoolean());
        (Text(line, "outcome"), Text(line, "difference")).ShouldBe(("same", "-1"));
        var key = line.GetProperty("number").GetProperty("key").GetInt32();
        var who = Json(await county.Get($"/api/v1/reports/sealed/{id}/numbers/{key}", "application/json"))
            .GetProperty("causes")[0]
            .GetProperty("names")
            .GetProperty("subjects")
            .EnumerateArray()
            .Single();
        (who.GetProperty("household").GetInt64(), Text(who.GetProperty("causes")[0], "person")).ShouldBe((household, name));
        // It was not altered: it verifies.
        cli.Run("report", "verify", id).Done().Output.ShouldContain("2 would be others today");

        // Published again it is a further edition, which knows.
        var second = await county.Press("/reports/sealed", "form.seal-form");
        (await county.Get($"{second.Location}/recomputed")).Html.QuerySelectorAll("[data-differs]").ShouldBeEmpty();
        cli.Tables.Query<long>("SELECT CAST(edition AS bigint) FROM sealed_reports ORDER BY edition").ShouldBe([1, 2]);

        var file = await county.Get($"{path}/files/txt", "*/*");
        file.Text.ShouldContain("通稿");
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'report.fetch'").ShouldBe(1);
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'report.seal'").ShouldBe(2);
        cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task One_key_is_one_seal_and_whoever_may_not_finds_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(Briefed(installations.Copy(engine, "village")));
        using var api = CallingTheApi.Client(console, "county", "SealReports,ViewFigures,ViewHouseholds");
        async Task<(HttpStatusCode Status, JsonElement Body)> Seal(HttpClient client, string report, string body, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/reports/{report}/seal")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
        }
        var first = await Seal(api, "brief", "{}", "one");
        first.Status.ShouldBe(HttpStatusCode.Created, first.Body.ToString());
        var id = first.Body.GetProperty("report").GetProperty("id").GetInt64();
        (await Seal(api, "brief", "{}", "one")).Body.GetProperty("report").GetProperty("id").GetInt64().ShouldBe(id);
        var reused = await Seal(api, "brief", """{"day":"2019-12-31"}""", "one");
        (reused.Status, Text(reused.Body, "code")).ShouldBe((HttpStatusCode.Conflict, "job.key-reused"));
        var past = await Seal(api, "brief", """{"day":"2019-12-31"}""", null);
        past.Body.GetProperty("report").GetProperty("day").GetString().ShouldBe("2019-12-31");
        foreach (
            var (report, body, status, code) in new[]
            {
                ("none", "{}", HttpStatusCode.Conflict, "report.unknown"),
                ("brief", """{"day":"soon"}""", HttpStatusCode.BadRequest, "date.bad"),
                ("brief", """{"day":"2020-06-13"}""", HttpStatusCode.BadRequest, "report.day-ahead"),
                ("brief", """{"area":"110000000000"}""", HttpStatusCode.NotFound, "not-found"),
            }
        )
        {
            var refused = await Seal(api, report, body, null);
            (refused.Status, Text(refused.Body, "code")).ShouldBe((status, code), body);
        }
        using var small = CallingTheApi.Client(console, "village", "SealReports,ViewFigures");
        (await Seal(small, "brief", "{}", null)).Status.ShouldBe(HttpStatusCode.Forbidden);

        var (village, housing, auditor) = (await console.As("village"), await console.As("housing"), await console.As("auditor"));
        foreach (var path in new[] { "", "/recomputed", "/numbers/1", "/files/txt" })
        {
            (await village.Get($"/api/v1/reports/sealed/{id}{path}", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound, path);
            (await housing.Get($"/api/v1/reports/sealed/{id}{path}", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound, path);
            (await auditor.Get($"/api/v1/reports/sealed/{id}{path}", "*/*")).Status.ShouldBe(HttpStatusCode.OK, path);
        }
        (await auditor.Get($"/api/v1/reports/sealed/{id}/numbers/99", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await auditor.Get($"/api/v1/reports/sealed/{id}/files/exe", "*/*")).Status.ShouldBe(HttpStatusCode.NotFound);
        Json(await village.Get("/api/v1/reports/sealed", "application/json")).GetProperty("reports").GetArrayLength().ShouldBe(0);
        Json(await auditor.Get("/api/v1/reports/sealed", "application/json")).GetProperty("reports").GetArrayLength().ShouldBe(2);
        console.Cli.Run("report", "verify", "1").Refused("report.not-sealed");
    }

    [Theory, BothEngines]
    public async Task A_seal_that_was_broken_a_record_that_was_altered_and_another_law_are_told_apart(Engine engine)
    {
        await using var console = await TuopinConsole.Own(Briefed(installations.Copy(engine, "village")));
        var cli = console.Cli;
        var county = await console.As("county");
        var id = (await county.Press("/reports/sealed", "form.seal-form")).Location!.Split('/')[^1];
        foreach (var table in AppendOnly.Tables)
        {
            Should.Throw<Exception>(() => cli.Tables.Execute($"DELETE FROM {table}")).Message.ShouldContain("never changed");
            Should
                .Throw<Exception>(() =>
                    cli.Tables.Execute(
                        $"UPDATE {table} SET hash = hash".Replace(
                            "sealed_numbers SET hash = hash",
                            "sealed_numbers SET text = text",
                            StringComparison.Ordinal
                        )
                    )
                )
                .Message.ShouldContain("never changed");
        }

        // Another definition of a figure.
        var own = Path.Combine(cli.Packs!, "figures", "own.yaml");
        var text = File.ReadAllText(own);
        File.WriteAllText(own, text.Replace("age < 16", "age < 12", StringComparison.Ordinal));
        var law = cli.Run("report", "verify", id);
        law.Refused("report.seal-broken").Output.ShouldContain("definition or law is another");
        law.Output.ShouldNotContain("altered");
        File.WriteAllText(own, text);
        cli.Run("report", "verify", id).Done();

        // The record of that moment: a status is rewritten as the change that wrote it would have, without history.
        var (household, change, kind) = cli.Tables.Query<(long, long, long)>(
            "SELECT household_id, change_id, CAST(kind AS bigint) FROM household_statuses WHERE kind = 3 AND to_day IS NULL ORDER BY household_id LIMIT 1"
        )[0];
        void Rewrite(long to) =>
            cli.Tables.Execute(
                $"UPDATE current_change SET change_id = {change}; UPDATE household_statuses SET kind = {to}, change_id = {change} WHERE household_id = {household} AND to_day IS NULL; UPDATE current_change SET change_id = 0"
            );
        Rewrite(1);
        cli.Run("report", "verify", id).Refused("report.seal-broken").Output.ShouldContain("record of that moment was altered");
        Rewrite(kind);
        cli.Run("report", "verify", id).Done();

        // The seal itself, by somebody who took the triggers away and put them back.
        var installation = cli.Open();
        using (var connection = installation.Store.Open())
        {
            Sql.Execute(connection, $"DROP TRIGGER sealed_numbers_no_update{(engine == Engine.PostgreSql ? " ON sealed_numbers" : "")}");
            Sql.Execute(connection, $"UPDATE sealed_numbers SET low = '1', high = '1' WHERE report_id = {id} AND key = 1");
        }
        cli.Run("report", "verify", id).Errors.ShouldContain("sealed_numbers_no_update");
        using (var connection = installation.Store.Open())
            AppendOnly.Apply(connection, engine);
        var broken = cli.Run("report", "verify", id);
        broken.Refused("report.seal-broken").Output.ShouldContain("not what its hash says");
        (await county.Get($"/reports/sealed/{id}")).Html.QuerySelector("#seal")!.GetAttribute("data-holds").ShouldBe("no");
    }

    // A county's own briefing with a figure of its own: children, whose births are corrected.
    private static TuopinCli Briefed(TuopinCli cli)
    {
        cli.Packs = Path.Combine(cli.Folder, "own");
        var report = Path.Combine(cli.Packs, "reports", "brief");
        Directory.CreateDirectory(report);
        Directory.CreateDirectory(Path.Combine(cli.Packs, "figures"));
        File.WriteAllText(
            Path.Combine(cli.Packs, "figures", "own.yaml"),
            """
            group: { zh: 本县, en: own }
            figures:
              - { id: children, label: { zh: 儿童, en: children }, unit: persons, owner: poverty_office, over: household, where: household.registered, sum: "household.members.count(m, has(m.birth) && m.age < 16)", source: { title: "an example", grade: recall } }
              - { id: children_share, label: { zh: 儿童占比, en: share of children }, unit: "%", decimals: 2, owner: poverty_office, formula: children / registered_persons, source: { title: "an example", grade: recall } }
            """
        );
        File.WriteAllText(
            Path.Combine(report, "report.yaml"),
            "report: { id: brief, label: { zh: 新闻通稿, en: press briefing }, template: template.md, language: zh }\n"
        );
        File.WriteAllText(
            Path.Combine(report, "template.md"),
            """
            # {{ area }}脱贫攻坚新闻通稿

            截至{{ day }}，建档立卡{{ pair registered_households registered_persons }}，其中儿童{{ children }}，占{{ children_share }}，未达标{{ unmet_households }}，发生率{{ poverty_incidence }}。

            上年末剩余{{ remaining_persons | at end_of_last_year }}，已脱贫{{ exited_households }}。
            """
        );
        return cli;
    }

    // A child of ten whose number says nothing of the birth, in the township of the demo's user.
    private static (long Household, long Person, string Name) Child(TuopinCli cli)
    {
        var (household, person, name) = cli.Tables.Query<(long, long, string)>(
            """
            SELECT m.household_id, p.id, p.name FROM memberships m JOIN persons p ON p.id = m.person_id JOIN household_list l ON l.household_id = m.household_id AND l.place_code = l.area_code
            WHERE m.to_day IS NULL AND l.registered = 1 AND m.relation IN (3, 4) AND p.birth BETWEEN 20080101 AND 20121231 ORDER BY p.id LIMIT 1
            """
        )[0];
        cli.Edit(
            $"UPDATE persons SET birth = 20100501, id_birth = NULL, id_length = NULL, id_kind = NULL, id_sex = NULL, id_checksum_ok = NULL, change_id = CHANGE WHERE id = {person}"
        );
        return (household, person, name);
    }

    private static JsonElement Json(TuopinConsole.Page page)
    {
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        return JsonDocument.Parse(page.Text).RootElement;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
