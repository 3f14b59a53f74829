using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Standards;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed partial class CallingTheApi(Installations installations)
{
    [Fact]
    public async Task The_committed_description_is_what_the_server_says_of_itself()
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        var served = (await console.Nobody().Get("/api/v1/openapi.json", "application/json")).Text;
        var committed = Path.Combine(Repository.Root, "docs", "openapi.json");
        // After a change of the API: TUOPIN_WRITE_OPENAPI=1 writes it, to be looked at and committed.
        if (Environment.GetEnvironmentVariable("TUOPIN_WRITE_OPENAPI") is not null)
            await File.WriteAllTextAsync(committed, served.TrimEnd() + "\n", TestContext.Current.CancellationToken);
        (await File.ReadAllTextAsync(committed, TestContext.Current.CancellationToken)).TrimEnd().ShouldBe(served.TrimEnd());
        JsonDocument.Parse(served).RootElement.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
    }

    [Theory, BothEngines]
    public async Task A_token_sends_a_file_once_however_often_it_asks(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        using var client = Client(console, "village", "Import,ViewJobs");
        var (inside, _) = console.Neighbours();
        var sent = await Json(
            client,
            HttpMethod.Post,
            "/api/v1/imports",
            Csv("房.csv", $"户编号,危房等级(鉴定)\r\n{inside.No},D级"),
            HttpStatusCode.Accepted
        );
        var upload = sent.GetProperty("id").GetString();
        List<long> jobs = [];
        foreach (var key in new[] { "one", "one", "two" })
            jobs.Add(
                (await Json(client, HttpMethod.Post, $"/api/v1/imports/{upload}/preview", null, HttpStatusCode.Accepted, ("Idempotency-Key", key)))
                    .GetProperty("id")
                    .GetInt64()
            );
        jobs[1].ShouldBe(jobs[0]);
        jobs[2].ShouldNotBe(jobs[0]);
        (await Problem(client, HttpMethod.Post, $"/api/v1/imports/{upload}/commit", HttpStatusCode.Conflict, ("Idempotency-Key", "one"))).ShouldBe(
            "job.key-reused"
        );
        await SendsOnce(client, inside.No);
        using var again = Client(console, "township", "Import,ViewJobs");
        (await Problem(again, HttpMethod.Get, $"/api/v1/jobs/{jobs[0]}", HttpStatusCode.NotFound)).ShouldBe("not-found");
        (await Problem(again, HttpMethod.Get, $"/api/v1/imports/{upload}", HttpStatusCode.NotFound)).ShouldBe("not-found");
    }

    // The same key with the same file is the same upload, at whatever moment it comes; with another file, or another day, it is refused.
    private static async Task SendsOnce(HttpClient client, string no)
    {
        var text = $"户编号,危房等级(鉴定)\r\n{no},C级";
        Task<(HttpStatusCode Status, string Text, string? Tag)> Sent(string file, string key) =>
            Send(client, HttpMethod.Post, "/api/v1/imports", Csv("房.csv", file), ("Idempotency-Key", key));
        static string Id(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()!;
        var sent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sent(text, "file-1")));
        sent.ShouldAllBe(s => s.Status == HttpStatusCode.Accepted);
        sent.Select(s => Id(s.Text)).Distinct().Count().ShouldBe(1);
        Id((await Sent(text, "file-2")).Text).ShouldNotBe(Id(sent[0].Text));
        var other = await Sent(text + "\r\n", "file-1");
        other.Status.ShouldBe(HttpStatusCode.Conflict);
        other.Text.ShouldContain("\"code\":\"job.key-reused\"");
        (await Send(client, HttpMethod.Get, $"/api/v1/imports/{Id(sent[0].Text)}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_list_of_households_reads_of_its_address_is_what_the_description_says()
    {
        var installation = installations.Shared(Engine.Sqlite).Open();
        await using var connection = installation.Store.OpenReader();
        var viewer = new Viewer(
            connection,
            installation.Packs,
            AreaTree.Load(connection, installation.WorkDate),
            installation.WorkDate,
            Scope.Everything,
            null
        );
        var asked = new Recorded();
        HouseholdQuery.Read(asked, viewer);
        asked.Names.ShouldBe(HouseholdQuery.Names.Select(n => n.Name), ignoreOrder: true);
        HouseholdQuery.Names.ShouldAllBe(n => n.Says.Length > 0);
        foreach (var path in new[] { "/api/v1/households", "/api/v1/households/export" })
        {
            var described = JsonDocument
                .Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "openapi.json"), TestContext.Current.CancellationToken))
                .RootElement.GetProperty("paths")
                .GetProperty(path)
                .EnumerateObject()
                .Single()
                .Value.GetProperty("parameters")
                .EnumerateArray()
                .Where(p => p.GetProperty("in").GetString() == "query")
                .Select(p => p.GetProperty("name").GetString()!)
                .ToList();
            described.ShouldContain("area");
            asked.Names.Except(described).ShouldBe(path.EndsWith("export") ? ["total", "before", "after"] : [], ignoreOrder: true);
        }
    }

    /// <summary>An empty address that knows what was looked for in it.</summary>
    private sealed class Recorded : IQueryCollection
    {
        public HashSet<string> Names { get; } = [];

        public StringValues this[string key]
        {
            get
            {
                Names.Add(key);
                return StringValues.Empty;
            }
        }

        public int Count => 0;
        public ICollection<string> Keys => [];

        public bool ContainsKey(string key) => Names.Add(key) && false;

        public bool TryGetValue(string key, out StringValues value)
        {
            value = this[key];
            return false;
        }

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => throw new NotSupportedException("each name by itself");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Fact]
    public async Task The_description_tells_what_headers_do_and_what_answers_there_are()
    {
        var paths = JsonDocument
            .Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "openapi.json"), TestContext.Current.CancellationToken))
            .RootElement.GetProperty("paths");
        foreach (var path in paths.EnumerateObject())
        foreach (var operation in path.Value.EnumerateObject())
        {
            var what = $"{operation.Name} {path.Name}";
            var answers = operation.Value.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
            var parameters = operation.Value.TryGetProperty("parameters", out var all)
                ? all.EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!, p => p)
                : [];
            foreach (var status in new[] { "400", "401", "403", "404", "409", "429" })
                answers.ShouldContain(status, what);
            answers.Contains("304").ShouldBe(parameters.ContainsKey("If-None-Match"), what);
            answers.Contains("412").ShouldBe(parameters.ContainsKey("If-Match"), what);
            // An act on a household names what it changes from, a decision is made once; any other post is a job or is done at once under a key. A tree is
            // loaded by a job as it was previewed: it names both.
            var acts =
                (parameters.ContainsKey("If-Match") && !parameters.ContainsKey("Idempotency-Key"))
                || path.Name.Contains("/reviews/", StringComparison.Ordinal);
            answers.Contains("428").ShouldBe(parameters.ContainsKey("If-Match"), what);
            answers.Any(a => a is "201" or "202" || (a == "200" && operation.Name == "post")).ShouldBe(operation.Name == "post", what);
            // Done again these are the same: a file is at its subject once, a new key ends the old one, a name is looked at once more, an outcome is what it
            // is, a tree that was sent is only looked at. Or who comes second is told that it was done: an overrule is decided, a round opened and closed once.
            string[] repeatable =
            [
                "/cancel",
                "/days",
                "/evidence",
                "/withdraw",
                "/link",
                "/who",
                "/publicity",
                "/outcomes",
                "/feed",
                "/areas/loads",
                "/overrules/{overrule}/confirm",
                "/overrules/{overrule}/refuse",
                "/overrules/{overrule}/lift",
                "/rounds",
                "/rounds/{round}/close",
                // A year is opened and closed once; a place is confirmed, or given back, as it is.
                "/year-ends",
                "/year-ends/{round}/places",
                "/year-ends/{round}/close",
                // A row, a pair, a clue, a finding is answered once; of a source a household has one open clue; a visit found what it found.
                "/review/{file}/{row}/accept",
                "/review/{file}/{row}/reject",
                "/matching/duplicates/{pair}",
                // A text is checked and not kept.
                "/report-checks",
                // The same file under the same name is the same template.
                "/report-templates",
                "/monitoring/clues",
                "/monitoring/clues/raise",
                "/monitoring/clues/take",
                "/clues/{clue}/dismiss",
                "/clues/{clue}/household",
                "/monitoring/check",
                "/monitoring/after",
                "/findings/{finding}/answer",
                "/findings/answers",
                "/findings/{finding}/confirm",
                "/findings/{finding}/refuse",
                // An order said again is the same, so is a comment; an item stands where it stands; a ledger is there once, and a measure in it.
                "/work",
                "/work/assign",
                .. new[] { "take", "assign", "comment", "hand-in", "pass", "return", "deadline", "urge", "card-back" }.Select(a =>
                    $"/work/{{item}}/{a}"
                ),
                // A department states the same again, or the same choice is made: nothing changes.
                "/figures/{figure}/statements",
                "/figures/statements/{statement}/choose",
                // A target is set once for a deadline; villages are planned as they are named.
                "/targets",
                "/targets/exits",
                // What was removed is not there to be removed.
                "/judgements/{judgement}/remove",
                "/ledgers",
                "/ledgers/{ledger}/measures",
            ];
            (
                parameters.ContainsKey("Idempotency-Key")
                || (operation.Name == "post" && repeatable.Any(r => path.Name.EndsWith(r, StringComparison.Ordinal)))
            ).ShouldBe(operation.Name == "post" && !acts, what);
            foreach (var (name, parameter) in parameters.Where(p => p.Value.GetProperty("in").GetString() != "path"))
                parameter.TryGetProperty("description", out _).ShouldBeTrue($"{what} {name}");
        }
    }

    [Theory, BothEngines]
    public async Task What_was_changed_since_is_not_overwritten(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        using var client = Client(console, "housing", "Certify");
        var (house, _) = console.Neighbours();
        var path = $"/api/v1/certificates/{house.No}/dwelling.grade";
        var (first, tag) = await Tagged(client, path);
        (await Problem(client, HttpMethod.Put, path, (HttpStatusCode)428, "{\"value\":\"D\"}")).ShouldBe("api.if-match-missing");
        var value = first.GetProperty("value").GetString() == "D" ? "C" : "D";
        var put = await Json(client, HttpMethod.Put, path, Body($$"""{"value":"{{value}}"}"""), HttpStatusCode.OK, ("If-Match", tag));
        put.GetProperty("value").GetString().ShouldBe(value);
        (await Problem(client, HttpMethod.Put, path, HttpStatusCode.PreconditionFailed, "{\"value\":\"A\"}", ("If-Match", tag))).ShouldBe(
            "certify.changed-since"
        );
        (await Tagged(client, path)).Value.GetProperty("value").GetString().ShouldBe(value);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        using var client = Client(console, "county", "ViewStandards");
        var (_, tag) = await Tagged(client, "/api/v1/standards");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/standards");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory, BothEngines]
    public async Task Whoever_may_not_is_told_by_a_code(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        using var weak = Client(console, "county", "ViewJobs");
        (await Problem(weak, HttpMethod.Get, "/api/v1/imports", HttpStatusCode.Forbidden)).ShouldBe("access.not-permitted");
        using var over = Client(console, "county", "ViewJobs", expires: "2019-01-01T00:00:00.000Z");
        (await Problem(over, HttpMethod.Get, "/api/v1/jobs", HttpStatusCode.Unauthorized)).ShouldBe("access.not-signed-in");
        using var broken = Client(console, "housing", "Certify");
        (await Problem(broken, HttpMethod.Put, "/api/v1/certificates/1/dwelling.grade", HttpStatusCode.BadRequest, "{\"value\":")).ShouldBe(
            "request.bad"
        );
        using var plain = new StringContent("value=D", Encoding.UTF8, "text/plain");
        (await Send(broken, HttpMethod.Put, "/api/v1/certificates/1/dwelling.grade", plain)).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await Send(broken, HttpMethod.Post, "/api/v1/certificates", Body("{}"))).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        // A browser with a session but no form of ours writes nothing.
        var session = await console.As("county");
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports/1/undo") { Content = new FormUrlEncodedContent([]) };
        (await session.Send(forged, "application/json")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void Every_code_of_a_refusal_stands_in_the_list_of_problems()
    {
        var raised = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src", "Tuopin"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Codes().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        raised.Count.ShouldBeGreaterThan(50);
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "problems.md"))).Select(m => m.Groups[1].Value).ToList();
        raised.Except(listed).ShouldBeEmpty();
        listed.Except(raised).ShouldBeEmpty();
    }

    private static readonly string[] Headlines = ["county", "department", "administrator", "auditor"];

    [Fact]
    public async Task The_examples_of_the_manual_work()
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite, "township"));
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"), TestContext.Current.CancellationToken);
        var examples = Examples().Matches(text).Select(m => m.Groups[1].Value).ToList();
        examples.Count.ShouldBeGreaterThan(4);
        examples.ShouldAllBe(e => Headlines.Any(h => e.StartsWith($"# as {h}:", StringComparison.Ordinal)));
        var (house, _) = console.Neighbours();
        var folder = Directory.CreateTempSubdirectory("tuopin-api-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "houses.csv"),
            $"县,乡,村,户编号,危房等级(鉴定)\r\n会泽县,宝云街道,,{house.No},C级\r\n",
            TestContext.Current.CancellationToken
        );
        foreach (
            var (user, permissions, headline) in new[]
            {
                ("county", "Import,Judge,ViewJobs,ViewStandards,ViewFigures,ViewHouseholds,ViewLists", "county"),
                ("housing", "Certify,ViewJobs", "department"),
                ("admin", "ManageUsers", "administrator"),
                ("auditor", "ViewAudit", "auditor"),
            }
        )
        {
            var mine = examples.Where(e => e.Contains($"# as {headline}", StringComparison.Ordinal)).ToList();
            mine.ShouldNotBeEmpty();
            var start = new System.Diagnostics.ProcessStartInfo("bash", ["-euo", "pipefail", "-c", string.Join('\n', mine)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
            };
            start.Environment["TUOPIN"] = console.Address.ToString().TrimEnd('/');
            start.Environment["TOKEN"] = Token(console, user, permissions);
            start.Environment["HOUSEHOLD"] = house.No;
            using var process = System.Diagnostics.Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, output + await errors);
        }
        Directory.Delete(folder, recursive: true);
    }

    internal static HttpClient Client(TuopinConsole console, string user, string permissions, string expires = "2099-01-01T00:00:00.000Z")
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = console.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(console, user, permissions, expires));
        return client;
    }

    private static string Token(TuopinConsole console, string user, string permissions, string expires = "2099-01-01T00:00:00.000Z")
    {
        var token = "tp_" + Guid.NewGuid().ToString("N");
        using var desk = console.Cli.Open().Store.Desk();
        desk.AccessTokens.Add(
            new()
            {
                UserId = desk.Users.Single(u => u.UserName == user).Id,
                Name = "test",
                Hash = TokenAuthentication.Hash(token),
                Permissions = permissions,
                CreatedAt = "2020-06-12T00:00:00.000Z",
                ExpiresAt = expires,
            }
        );
        desk.SaveChanges();
        return token;
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static MultipartFormDataContent Csv(string name, string text) =>
        new() { { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", name }, { new StringContent("2020-06-12"), "data_date" } };

    private static async Task<(HttpStatusCode Status, string Text, string? Tag)> Send(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ETag?.ToString());
    }

    private static async Task<JsonElement> Json(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpContent? content,
        HttpStatusCode expected,
        params (string, string)[] headers
    )
    {
        var (status, text, _) = await Send(client, method, path, content, headers);
        status.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<(JsonElement Value, string Tag)> Tagged(HttpClient client, string path)
    {
        var (status, text, tag) = await Send(client, HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK, text);
        return (JsonDocument.Parse(text).RootElement, tag!);
    }

    private static Task<string> Problem(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpStatusCode expected,
        params (string, string)[] headers
    ) => Problem(client, method, path, expected, null, headers);

    private static async Task<string> Problem(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpStatusCode expected,
        string? body,
        params (string, string)[] headers
    )
    {
        var (status, text, _) = await Send(client, method, path, body is null ? null : Body(body), headers);
        status.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
    }

    // new Refusal("a.b", WrongUsage("a.b", : Refusal("a.b", PreconditionFailed("a.b"
    [GeneratedRegex("""(?:Refusal|WrongUsage|PreconditionFailed|NotPermitted)\(\s*"([a-z0-9-]+(?:\.[a-z0-9-]+)*)"\s*[,)]""")]
    private static partial Regex Codes();

    [GeneratedRegex("^\\| `([a-z0-9.-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Examples();
}
