using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Dapper;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;

namespace Tuopin.Bench;

/// <summary>
/// The life of a registry at county size, through the console: the form of a household is opened, saved by one and by fifty at once, and a list of
/// 3,000 households goes through a procedure. On both engines. Latencies are by the clock, five runs each, beside a loop of fixed work.
/// </summary>
internal static class LifeBench
{
    private const int Savers = 50;
    private const int Listed = 3_000;
    private const long FirstListed = 5303269000000000;
    private static readonly HtmlParser Parser = new();

    public static void Run(Report report, bool quick)
    {
        foreach (var engine in new[] { "sqlite", "postgresql" })
            Over(engine, report, quick);
    }

    private static void Over(string engine, Report report, bool quick)
    {
        var demo = County.Demo(quick ? DemoSize.Township : DemoSize.County);
        var folder = County.Copy(demo, "life-" + engine);
        var connection = engine == "sqlite" ? null : County.IntoPostgres(demo).Replace("Pooling=false", "Pooling=true", StringComparison.Ordinal);
        var installation = County.Open(folder, connection);
        DemoUsers.Make(installation);
        using var record = installation.Store.Open();
        var township = record.QuerySingle<long>("SELECT min(area_code) / 1000 FROM households");
        var households = record.Query<long>("SELECT id FROM households WHERE area_code / 1000 = @township ORDER BY id", new { township }).ToArray();
        new Random(11).Shuffle(households);
        using var server = Server.Start(folder, connection);
        report.Amount($"fixed work beside it: 64 MB hashed, {engine}", [.. Enumerable.Range(0, Report.Rounds).Select(_ => FixedWork())], "ms", null);
        using (var clerk = server.SignIn("township"))
        {
            OpenForms(engine, report, clerk, households, quick ? 2 : 5);
            SaveForms(engine, report, clerk, households);
        }
        SaveAtOnce(engine, report, server, installation, households, quick ? 10 : 60);
        StepAList(engine, report, server, installation);
        using (var audited = installation.Store.Open())
            if (AuditLog.Verify(audited) is { } broken)
                report.Amount($"audit chain broken at {broken}, {engine}", [1], "breaks", 0);
    }

    private static double FixedWork()
    {
        var buffer = new byte[64 << 20];
        var clock = Stopwatch.StartNew();
        SHA256.HashData(buffer);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double P95(double[] times)
    {
        Array.Sort(times);
        return times[Math.Min(times.Length - 1, times.Length * 95 / 100)];
    }

    private static void OpenForms(string engine, Report report, HttpClient clerk, long[] households, int seconds)
    {
        string[] addresses = [.. households.Take(200).Select(h => $"/households/{h}/edit")];
        ConsoleBench.Loop(clerk, addresses, 2);
        var runs = Enumerable.Range(0, Report.Rounds).Select(_ => ConsoleBench.Loop(clerk, addresses, seconds)).ToList();
        report.Amount($"the form of a household opened, p95, {engine}", [.. runs.Select(r => P95(r.Times))], "ms", 60);
        Errors(report, $"forms, {engine}", runs.Sum(r => r.Failed));
    }

    // As a person saves: the form is fetched, one field is changed, all fields are sent back.
    private static void SaveForms(string engine, Report report, HttpClient clerk, long[] households)
    {
        const int saves = 40;
        var failed = 0;
        var at = 0;
        double[] Round() =>
            [
                .. Enumerable
                    .Range(0, saves)
                    .Select(i =>
                    {
                        var page = $"/households/{households[at++ % households.Length]}/edit";
                        var form = (IHtmlFormElement)Parser.ParseDocument(clerk.GetStringAsync(page).Result).QuerySelector("form.edit-form")!;
                        var fields = Fields(form);
                        fields["f.household.house_area"] = (60 + at % 90).ToString(CultureInfo.InvariantCulture);
                        fields["reason"] = "入户核实";
                        var clock = Stopwatch.StartNew();
                        using var answer = clerk.PostAsync(form.GetAttribute("action"), new FormUrlEncodedContent(fields)).Result;
                        failed += answer.StatusCode == HttpStatusCode.Redirect ? 0 : 1;
                        return clock.Elapsed.TotalMilliseconds;
                    }),
            ];
        Round();
        report.Amount($"a household saved, p95, {engine}", [.. Enumerable.Range(0, Report.Rounds).Select(_ => P95(Round()))], "ms", 100);
        Errors(report, $"saves, {engine}", failed);
    }

    // Fifty people, each with households of their own, save once a second whether or not the last save has been answered.
    private static void SaveAtOnce(string engine, Report report, Server server, Installation installation, long[] households, int seconds)
    {
        using var record = installation.Store.Open();
        var township = record.QuerySingle<long>(
            "SELECT a.area_id FROM area_versions a WHERE a.level = 4 AND a.to_day IS NULL AND a.code = (SELECT min(area_code) / 1000 * 1000 FROM households)"
        );
        var clients = Clerks(installation, township).Select(token => Client(server, token)).ToArray();
        var own = households.Reverse().Take(Savers).ToArray();
        var tags = new string[Savers];
        for (var i = 0; i < Savers; i++)
            using (var answer = clients[i].GetAsync(FactsOf(own[i])).Result)
                tags[i] = answer.EnsureSuccessStatusCode().Headers.ETag!.ToString();
        var first = record.QuerySingle<long>("SELECT max(id) FROM changes");
        var saved = new ConcurrentBag<double>();
        var lost = 0;
        var clock = Stopwatch.StartNew();
        var users = Enumerable.Range(0, Savers).Select(i => Task.Run(() => Save(i))).ToArray();
        Task.WaitAll(users);
        var took = clock.Elapsed.TotalSeconds;
        async Task Save(int i)
        {
            for (var n = 0; n < seconds; n++)
            {
                // Everybody's second begins at another moment.
                var due = TimeSpan.FromSeconds(n + (double)i / Savers);
                if (due > clock.Elapsed)
                    await Task.Delay(due - clock.Elapsed);
                using var request = new HttpRequestMessage(HttpMethod.Patch, FactsOf(own[i]))
                {
                    Content = new StringContent(
                        $$"""{"facts":{"household.house_area":"{{100 + n}}.37"},"reason":"入户核实"}""",
                        Encoding.UTF8,
                        "application/json"
                    ),
                };
                request.Headers.TryAddWithoutValidation("If-Match", tags[i]);
                using var answer = await clients[i].SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.OK)
                    (tags[i], _) = (answer.Headers.ETag!.ToString(), Note((clock.Elapsed - due).TotalMilliseconds));
                else
                    Interlocked.Increment(ref lost);
            }
        }
        bool Note(double time)
        {
            saved.Add(time);
            return true;
        }
        report.Note($"{Savers} people saved {saved.Count:N0} times in {took:0.0} s, {saved.Count / took:0.0} a second; p95 {P95([.. saved]):0} ms");
        report.Amount($"{Savers} people saving once a second for {seconds} s: all saved after, {engine}", [took], "s", seconds * 1.05);
        Errors(report, $"saves at once, {engine}", lost);
        // Nothing lost: a change for each save, each but the first of a household kept in its history, and what was said last stands.
        var changes = record.QuerySingle<long>("SELECT count(*) FROM changes WHERE id > @first", new { first });
        var history = record.QuerySingle<long>("SELECT count(*) FROM household_years_history WHERE ended_by > @first", new { first });
        var standing = record.QuerySingle<long>(
            $"SELECT count(*) FROM household_years WHERE year = 2020 AND house_area = {100 * (99 + seconds) + 37} AND household_id IN ({string.Join(", ", own)})"
        );
        Errors(report, $"saves without a change, {engine}", (int)Math.Abs(saved.Count - changes));
        Errors(report, $"saves without a history, {engine}", (int)Math.Abs(saved.Count - history));
        Errors(report, $"last words that do not stand, {engine}", (int)(Savers - standing));
        foreach (var client in clients)
            client.Dispose();
    }

    private static string FactsOf(long household) => $"/api/v1/households/{household}/facts";

    private static HttpClient Client(Server server, string token)
    {
        var client = server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    // Fifty clerks of a township, each with a token of their own.
    private static List<string> Clerks(Installation installation, long township)
    {
        using var desk = installation.Store.Desk();
        var tokens = new List<string>();
        for (var i = 0; i < Savers; i++)
        {
            var user = Accounts.New(installation, $"clerk-{i}", "乡镇");
            Accounts.SetPassword(user, DemoUsers.Password);
            desk.Users.Add(user);
            desk.SaveChanges();
            var token = "tp_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            desk.Grants.Add(
                new()
                {
                    UserId = user.Id,
                    Role = Role.Township,
                    AreaId = township,
                    FromDay = 20140101,
                }
            );
            desk.AccessTokens.Add(
                new()
                {
                    UserId = user.Id,
                    Name = "bench",
                    Hash = TokenAuthentication.Hash(token),
                    Permissions = nameof(Permission.Edit),
                    CreatedAt = "2020-06-12T00:00:00.000Z",
                    ExpiresAt = "2099-01-01T00:00:00.000Z",
                }
            );
            desk.SaveChanges();
            tokens.Add(token);
        }
        return tokens;
    }

    // A removal, which asks for no verdict: what is measured is the list.
    private static void StepAList(string engine, Report report, Server server, Installation installation)
    {
        const string procedure = "national.dynamic-adjustment";
        using (var record = installation.Store.Open())
            County.Run(record, Inserts(record.QuerySingle<long>("SELECT min(area_code) FROM households")));
        using var clerk = server.SignIn("village");
        using var township = server.SignIn("township");
        using var county = server.SignIn("county");
        Press(county, $"/procedures/{procedure}", "#days", ("days-publicity_days", "1"));
        List<(string Step, double Seconds)> steps = [];
        string? list = null;
        void Timed(string step, Func<string?> act)
        {
            var clock = Stopwatch.StartNew();
            var to = act();
            steps.Add((step, clock.Elapsed.TotalSeconds));
            list ??= to;
        }
        Timed("open", () => Press(clerk, "/lists", "#open-list", ("offer", procedure + "/remove")));
        Timed("add", () => Press(clerk, list!, "#add", ("subject-numbers", string.Join(' ', Enumerable.Range(1, Listed).Select(i => $"N{i}")))));
        string? Take(HttpClient who, params (string, string)[] said) => Press(who, list!, "#take", [("answer", "forward"), .. said]);
        Timed("apply", () => Take(clerk));
        Timed(
            "meet",
            () =>
                Take(
                    clerk,
                    ("attended", "46"),
                    ("for", "40"),
                    ("against", "2"),
                    ("abstained", "3"),
                    ("attendees", "村民代表"),
                    ("evidence", "档案柜 3 号")
                )
        );
        Timed("check", () => Take(clerk));
        if (Has(clerk, list!, "#refusing"))
            Timed("sign", () => Take(clerk, ("evidence", "签字表")));
        Timed("hang", () => Press(clerk, list!, "#hang"));
        SetWorkDate.Handle(installation, installation.WorkDate.AddDays(1));
        Timed("end the publicity", () => Take(clerk));
        Timed("review", () => Take(township));
        Timed("decide", () => Take(county, ("document", "一号")));
        using var after = installation.Store.Open();
        var decided = after.QuerySingle<long>(
            $"SELECT count(*) FROM household_statuses WHERE kind = 6 AND to_day IS NULL AND household_id > {FirstListed} AND from_day > 20141231"
        );
        Errors(report, $"households of the list not decided, {engine}", (int)(Listed - decided));
        report.Note(string.Join("; ", steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Step} {s.Seconds:0.00} s"))));
        report.Amount(
            $"the longest step of a list of {Listed:N0} ({steps.MaxBy(s => s.Seconds).Step}), {engine}",
            [steps.Max(s => s.Seconds)],
            "s",
            2
        );
    }

    // Households of nobody, remaining since 2014.
    private static string Inserts(long village) =>
        $"""
            UPDATE current_change SET change_id = (SELECT max(id) FROM changes);
            INSERT INTO households (id, provisional_no, village_id, area_code, head_name, change_id)
            SELECT {FirstListed} + n.n, 'N' || n.n, h.village_id, h.area_code, '户主', h.change_id
            FROM (SELECT village_id, area_code, change_id FROM households WHERE area_code = {village} LIMIT 1) h,
              (SELECT row_number() OVER (ORDER BY a.id) AS n FROM persons a LIMIT {Listed}) n;
            INSERT INTO household_statuses (id, household_id, from_day, kind, identified_year, change_id)
            SELECT id, id, 20141231, 2, 2014, change_id FROM households WHERE id > {FirstListed};
            INSERT INTO household_list (place_code, household_id, area_code, number, status, status_from, registered, met, unmet, exempt, overruled, day)
            SELECT area_code, id, area_code, provisional_no, 2, 20141231, 1, 0, 0, 0, 0, 20200612 FROM households WHERE id > {FirstListed};
            UPDATE current_change SET change_id = 0
            """;

    private static bool Has(HttpClient client, string page, string selector) =>
        Parser.ParseDocument(client.GetStringAsync(page).Result).QuerySelector(selector) is not null;

    // Presses the button of a form: its hidden fields and what was typed. Gives where it led.
    private static string? Press(HttpClient client, string page, string selector, params (string Name, string Value)[] typed)
    {
        var html = Parser.ParseDocument(client.GetStringAsync(page).Result);
        var form = html.QuerySelector(selector) ?? throw new InvalidOperationException($"{page} has no {selector}: {html.Body?.TextContent}");
        var fields = form.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        foreach (var (name, value) in typed)
            fields[name] = value;
        using var answer = client.PostAsync(form.GetAttribute("action"), new FormUrlEncodedContent(fields)).Result;
        return answer.StatusCode == HttpStatusCode.Redirect
            ? answer.Headers.Location?.ToString()
            : throw new InvalidOperationException(
                $"{page} {selector}: {answer.StatusCode} {Parser.ParseDocument(answer.Content.ReadAsStringAsync().Result).Body?.TextContent}"
            );
    }

    private static Dictionary<string, string> Fields(IHtmlFormElement form)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in form.Elements)
            switch (field)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio" } box when !box.IsChecked:
                case IHtmlInputElement { Type: "submit" or "button" }:
                    break;
                case IHtmlInputElement { Name: { Length: > 0 } name } input:
                    fields[name] = fields.TryGetValue(name, out var before) && before.Length > 0 ? $"{before},{input.Value}" : input.Value;
                    break;
                case IHtmlSelectElement { Name: { Length: > 0 } name } select:
                    fields[name] = select.Value ?? "";
                    break;
                case IHtmlTextAreaElement { Name: { Length: > 0 } name } text:
                    fields[name] = text.Value;
                    break;
            }
        return fields;
    }

    private static void Errors(Report report, string what, int count)
    {
        if (count > 0)
            report.Amount($"errors: {what}", [count], "errors", 0);
    }
}
