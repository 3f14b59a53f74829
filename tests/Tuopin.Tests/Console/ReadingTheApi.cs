using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>What a program reads of figures, helpers, accounts and the audit: who may, what is asked wrongly, and what is not there for the caller.</summary>
public sealed class ReadingTheApi(Installations installations)
{
    /// <summary>An address with who reads it and what its token must hold; {area} is the village next door, {unit} and {post} help the reader's own.</summary>
    private static readonly (string User, string Permission, string Path)[] Answered =
    [
        ("county", "ViewFigures", "/overview"),
        ("village", "ViewFigures", "/overview"),
        ("housing", "ViewFigures", "/overview"),
        ("county", "ViewFigures", "/gaps?result=unknown&who=remaining"),
        ("county", "ViewFigures", "/compare?sort=unmet"),
        ("township", "ViewFigures", "/what-if"),
        ("village", "ViewHouseholds", "/helpers?kind=units"),
        ("village", "ViewHouseholds", "/helpers?kind=posts&name=%E6%9D%8E"),
        ("village", "ViewHouseholds", "/units/{unit}"),
        ("cadre", "ViewHouseholds", "/posts/{post}"),
        ("housing", "Certify", "/conflicts"),
        ("township", "ViewFindings", "/checks"),
        ("village", "ViewFindings", "/checks/findings?show=all&kind=error"),
        ("village", "ViewLists", "/procedures"),
        ("township", "ViewLists", "/lists?show=all"),
        ("county", "ViewStandards", "/standards/yunnan.household-exit?day=2019-06-01"),
        ("admin", "ManageUsers", "/users?q=VILL"),
        ("admin", "ManageUsers", "/users/{user}"),
        ("auditor", "ViewAudit", "/audit?act=registry&from=2019-01-01&to=2030-01-01"),
    ];

    private static readonly (string User, string Permission, string Path, HttpStatusCode Status, string Code)[] Refused =
    [
        ("village", "ViewFigures", "/overview?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewFigures", "/gaps?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewFigures", "/compare?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewFigures", "/what-if?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewHouseholds", "/helpers?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("housing", "Certify", "/conflicts?area=11", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewLists", "/lists?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewLists", "/lists/999999999", HttpStatusCode.NotFound, "not-found"),
        ("county", "ViewLists", "/lists?show=some", HttpStatusCode.BadRequest, "request.bad"),
        ("cadre", "ViewFigures", "/overview", HttpStatusCode.NotFound, "not-found"),
        ("cadre", "ViewFigures", "/gaps", HttpStatusCode.NotFound, "not-found"),
        ("cadre", "ViewFigures", "/compare", HttpStatusCode.NotFound, "not-found"),
        ("cadre", "ViewFigures", "/what-if", HttpStatusCode.NotFound, "not-found"),
        ("cadre", "ViewFigures", "/what-if?area={area}", HttpStatusCode.NotFound, "not-found"),
        ("county", "ViewFigures", "/gaps?result=bad", HttpStatusCode.BadRequest, "request.bad"),
        ("county", "ViewFigures", "/gaps?indicator=no/such", HttpStatusCode.Conflict, "gaps.indicator-unknown"),
        ("county", "ViewFigures", "/compare?sort=name", HttpStatusCode.BadRequest, "request.bad"),
        ("county", "ViewFigures", "/what-if?overlay=none", HttpStatusCode.Conflict, "whatif.overlay-unknown"),
        ("county", "ViewFigures", "/what-if?set.none=1", HttpStatusCode.Conflict, "whatif.parameter-unknown"),
        ("county", "ViewFigures", "/what-if?set.line.exit=many", HttpStatusCode.BadRequest, "whatif.value-bad"),
        ("county", "ViewHouseholds", "/helpers?kind=cars", HttpStatusCode.BadRequest, "request.bad"),
        ("village", "ViewHouseholds", "/units/999999999", HttpStatusCode.NotFound, "not-found"),
        ("housing", "ViewHouseholds", "/units/{unit}", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewHouseholds", "/posts/999999999", HttpStatusCode.NotFound, "not-found"),
        ("county", "ViewStandards", "/standards/no.such", HttpStatusCode.NotFound, "not-found"),
        ("county", "ViewStandards", "/standards/yunnan.household-exit?day=soon", HttpStatusCode.BadRequest, "date.bad"),
        ("county", "ViewStandards", "/standards/yunnan.household-exit?area=7", HttpStatusCode.Conflict, "area.unknown"),
        ("admin", "ManageUsers", "/users/999999", HttpStatusCode.NotFound, "not-found"),
        ("auditor", "ViewAudit", "/audit?from=soon", HttpStatusCode.BadRequest, "date.bad"),
        ("county", "ViewJobs", "/jobs?before=last", HttpStatusCode.BadRequest, "request.bad"),
        ("auditor", "ViewAudit", "/audit?post=first", HttpStatusCode.BadRequest, "request.bad"),
        ("village", "ViewFindings", "/checks/findings/5303260000000001", HttpStatusCode.NotFound, "not-found"),
        ("village", "ViewFindings", "/checks/findings?show=some", HttpStatusCode.BadRequest, "request.bad"),
    ];

    [Theory, BothEngines]
    public async Task Each_address_answers_whoever_may_and_tells_everybody_else_why_not(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var clients = new Dictionary<(string, string), HttpClient>();
        HttpClient Client(string user, string permission) =>
            clients.TryGetValue((user, permission), out var client)
                ? client
                : clients[(user, permission)] = CallingTheApi.Client(console, user, permission);
        var names = Names(console);
        var weak = Client("county", "OwnAccount");
        foreach (var (user, permission, path) in Answered)
        {
            var address = "/api/v1" + names.Aggregate(path, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal));
            var (status, _, tag) = await Get(Client(user, permission), address);
            status.ShouldBe(HttpStatusCode.OK, $"{user} {address}");
            (await Get(Client(user, permission), address, tag)).Status.ShouldBe(HttpStatusCode.NotModified, address);
            var (refused, problem, _) = await Get(weak, address);
            (refused, Code(problem)).ShouldBe((HttpStatusCode.Forbidden, "access.not-permitted"), address);
        }
        foreach (var (user, permission, path, expected, code) in Refused)
        {
            var address = "/api/v1" + names.Aggregate(path, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal));
            var (status, problem, _) = await Get(Client(user, permission), address);
            (status, Code(problem)).ShouldBe((expected, code), $"{user} {address}");
        }
        // Whoever holds households and no area is told so, as on the page.
        (await Get(Client("cadre", "ViewFigures"), "/api/v1/overview"))
            .Json.GetProperty("title")
            .GetString()!
            .ShouldContain("households, not an area");

        // The order of a list would tell a department of verdicts it does not see.
        (await Get(Client("housing", "ViewFigures"), "/api/v1/compare?sort=unmet"))
            .Json.GetProperty("sort")
            .GetString()
            .ShouldBe("area");

        await Judges(Client("village", "Judge,ViewJobs"));
        (await Post(weak, "/api/v1/judge")).Status.ShouldBe(HttpStatusCode.Forbidden);
        await SaysWhatListsSay(console, Client("county", "ViewFigures,ViewHouseholds"));
        await TellsWhatPagesTell(console, Client("village", "ViewHouseholds"), names);
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private static async Task Judges(HttpClient client)
    {
        var first = await Post(client, "/api/v1/judge", ("Idempotency-Key", "judge-1"));
        var again = await Post(client, "/api/v1/judge", ("Idempotency-Key", "judge-1"));
        (first.Status, again.Status).ShouldBe((HttpStatusCode.Accepted, HttpStatusCode.Accepted));
        again.Json.GetProperty("id").GetInt64().ShouldBe(first.Json.GetProperty("id").GetInt64());
        first.Json.GetProperty("kind").GetString().ShouldBe("judge");
        var bad = await Post(client, "/api/v1/judge", ("Idempotency-Key", new('k', 101)));
        (bad.Status, bad.Json.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "job.key-bad"));
    }

    // A number is as many households as the list behind it has.
    private static async Task SaysWhatListsSay(TuopinConsole console, HttpClient client)
    {
        async Task<JsonElement> Read(string path) => (await Get(client, $"/api/v1{path}")).Json;
        async Task<long> Total(string query) => (await Read($"/households?counted=yes&total=1&{query}")).GetProperty("total").GetInt64();
        var overview = await Read("/overview");
        var area = overview.GetProperty("area").GetProperty("code").GetString();
        overview.GetProperty("registered").GetProperty("households").GetInt64().ShouldBe(await Total($"area={area}&registered=yes"));
        overview.GetProperty("remaining").GetProperty("households").GetInt64().ShouldBe(await Total($"area={area}&standing=remaining"));
        overview.GetProperty("years").EnumerateArray().Last().GetProperty("on").GetString().ShouldBe("2020-06-12");
        overview.GetProperty("whyNone").ValueKind.ShouldBe(JsonValueKind.Null);

        var gaps = await Read("/gaps?who=exited");
        var (columns, cells) = (gaps.GetProperty("columns"), gaps.GetProperty("total").GetProperty("cells"));
        columns.GetArrayLength().ShouldBe(overview.GetProperty("indicators").GetArrayLength());
        cells.GetArrayLength().ShouldBe(columns.GetArrayLength());
        var at = Enumerable.Range(0, cells.GetArrayLength()).First(i => cells[i].GetProperty("households").GetInt64() > 0);
        var (standard, indicator) = (columns[at].GetProperty("standard").GetString(), columns[at].GetProperty("indicator").GetString());
        cells[at]
            .GetProperty("households")
            .GetInt64()
            .ShouldBe(await Total($"area={area}&standard={standard}&indicator={indicator}&light=unmet&standing=exited"));
        var chosen = await Read($"/gaps?who=exited&indicator={standard}/{indicator}");
        chosen.GetProperty("indicator").GetProperty("indicator").GetString().ShouldBe(indicator);
        chosen
            .GetProperty("units")
            .EnumerateArray()
            .Sum(u => u.GetProperty("households").GetInt64())
            .ShouldBe(cells[at].GetProperty("households").GetInt64());

        var compared = (await Read($"/compare?area={area}&sort=registered")).GetProperty("rows").EnumerateArray().ToList();
        compared
            .Sum(r => r.GetProperty("registered").GetProperty("households").GetInt64())
            .ShouldBe(overview.GetProperty("registered").GetProperty("households").GetInt64());
        compared[0].GetProperty("overall").GetProperty("households").GetInt64().ShouldBeGreaterThan(0);
        using var department = CallingTheApi.Client(console, "housing", "ViewFigures");
        (await Get(department, "/api/v1/compare")).Json.GetProperty("rows")[0].GetProperty("overall").ValueKind.ShouldBe(JsonValueKind.Null);

        var asIs = await Read($"/what-if?area={area}");
        asIs.GetProperty("now").ToString().ShouldBe(asIs.GetProperty("then").ToString());
        var then = await Read($"/what-if?area={area}&set.line.exit=99999");
        then.GetProperty("numbers")
            .EnumerateArray()
            .Single(n => n.GetProperty("parameter").GetString() == "line.exit")
            .GetProperty("asked")
            .GetDecimal()
            .ShouldBe(99999m);
        then.GetProperty("then").GetProperty("households").GetInt64().ShouldBeLessThan(then.GetProperty("now").GetProperty("households").GetInt64());
    }

    private static async Task TellsWhatPagesTell(TuopinConsole console, HttpClient client, Dictionary<string, string> names)
    {
        var unit = (await Get(client, $"/api/v1/units/{names["{unit}"]}")).Json;
        var listed = (await Get(client, $"/api/v1/helpers")).Json.GetProperty("helpers").EnumerateArray();
        unit.GetProperty("households")
            .GetProperty("households")
            .GetInt64()
            .ShouldBe(listed.Single(h => h.GetProperty("id").GetInt64() == unit.GetProperty("id").GetInt64()).GetProperty("households").GetInt64());
        unit.GetProperty("households").GetProperty("indicators").GetArrayLength().ShouldBeGreaterThan(0);
        using var cadre = CallingTheApi.Client(console, "cadre", "ViewHouseholds");
        var post = (await Get(cadre, $"/api/v1/posts/{names["{post}"]}")).Json;
        post.GetProperty("paired").GetArrayLength().ShouldBeGreaterThan(0);
        post.GetProperty("paired")[0].GetProperty("lights").EnumerateObject().ShouldNotBeEmpty();

        using var reader = CallingTheApi.Client(console, "county", "ViewStandards");
        var standard = (await Get(reader, "/api/v1/standards/yunnan.household-exit")).Json;
        standard.GetProperty("inForce").GetBoolean().ShouldBeTrue();
        standard.GetProperty("indicators").EnumerateArray().ShouldContain(i => i.GetProperty("met").ValueKind == JsonValueKind.String);
        decimal Number(string parameter) =>
            standard
                .GetProperty("numbers")
                .EnumerateArray()
                .Single(n => n.GetProperty("parameter").GetString() == parameter)
                .GetProperty("number")
                .GetDecimal();
        Number("line.exit").ShouldBeGreaterThan(2000);

        var line = (await Get(reader, "/api/v1/parameters/line.exit?area=53&day=2020-06-12")).Json;
        line.GetProperty("inForce").GetProperty("number").GetDecimal().ShouldBe(Number("line.exit"));
        line.GetProperty("entries").EnumerateArray().ShouldContain(e => e.GetProperty("source").GetProperty("title").GetString() != "");
        line.GetProperty("standards").EnumerateArray().ShouldContain(s => s.GetProperty("id").GetString() == "yunnan.household-exit");
        Code((await Get(reader, "/api/v1/parameters/no-such")).Json).ShouldBe("not-found");
        var compared = (await Get(reader, "/api/v1/standards/compare?area=53&withArea=45&day=2020-06-12")).Json;
        compared.GetProperty("left").GetProperty("place").GetProperty("name").GetString().ShouldBe("云南省");
        compared
            .GetProperty("standards")
            .EnumerateArray()
            .Single(s => s.GetProperty("level").GetString() == "household")
            .GetProperty("indicators")
            .EnumerateArray()
            .ShouldContain(i => i.GetProperty("difference").GetString() != "same");
        Code((await Get(reader, "/api/v1/standards/compare?withArea=99")).Json).ShouldBe("area.unknown");
        Code((await Get(reader, "/api/v1/standards/compare?withDay=soon")).Json).ShouldBe("date.bad");

        using var admin = CallingTheApi.Client(console, "admin", "ManageUsers");
        var user = (await Get(admin, "/api/v1/users?q=cadre")).Json.GetProperty("users")[0];
        user.GetProperty("grants")[0].GetProperty("role").GetString().ShouldBe("cadre");
        user.GetProperty("grants")[0].GetProperty("post").GetInt64().ToString(CultureInfo.InvariantCulture).ShouldBe(names["{post}"]);
        var account = (await Get(admin, $"/api/v1/users/{user.GetProperty("id").GetInt64()}")).Json;
        // The tokens of a person are nobody else's business.
        (account.GetProperty("forPrograms").GetBoolean(), account.GetProperty("tokens").GetArrayLength()).ShouldBe((false, 0));
        account.ToString().ShouldNotContain("ash");

        using var auditor = CallingTheApi.Client(console, "auditor", "ViewAudit");
        var entries = (await Get(auditor, "/api/v1/audit?before=3")).Json.GetProperty("entries");
        entries.EnumerateArray().Select(e => e.GetProperty("id").GetInt64()).ShouldBe([2, 1]);
    }

    private static Dictionary<string, string> Names(TuopinConsole console)
    {
        string One(string sql) => console.Query<long>(sql).First().ToString(CultureInfo.InvariantCulture);
        var own = "(SELECT k.id FROM households k WHERE k.area_code = (SELECT min(area_code) FROM households))";
        using var desk = console.Cli.Open().Store.Desk();
        return new()
        {
            ["{area}"] = One("SELECT max(area_code) FROM households"),
            ["{unit}"] = One(
                $"SELECT p.unit_id FROM responsibilities r JOIN posts p ON p.id = r.post_id WHERE r.to_day IS NULL AND r.household_id IN {own} AND p.unit_id IS NOT NULL ORDER BY 1 LIMIT 1"
            ),
            ["{post}"] = desk.Grants.Single(g => g.PostId != null).PostId!.Value.ToString(CultureInfo.InvariantCulture),
            ["{user}"] = desk.Users.Single(u => u.UserName == "county").Id.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string? Code(JsonElement problem) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("code", out var code) ? code.GetString() : null;

    private static Task<(HttpStatusCode Status, JsonElement Json, string? Tag)> Get(HttpClient client, string path, string? tag = null) =>
        Send(client, new(HttpMethod.Get, path), tag is null ? [] : [("If-None-Match", tag)]);

    private static Task<(HttpStatusCode Status, JsonElement Json, string? Tag)> Post(
        HttpClient client,
        string path,
        params (string, string)[] headers
    ) => Send(client, new(HttpMethod.Post, path), headers);

    private static async Task<(HttpStatusCode Status, JsonElement Json, string? Tag)> Send(
        HttpClient client,
        HttpRequestMessage request,
        (string Name, string Value)[] headers
    )
    {
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        try
        {
            return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, answer.Headers.ETag?.ToString());
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{request.RequestUri}: {answer.StatusCode} {text}");
        }
    }
}
