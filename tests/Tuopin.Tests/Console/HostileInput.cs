using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class HostileInput(Installations installations)
{
    private static readonly string[] Naughty =
    [
        .. JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "blns.json")))!,
        "\0",
        "a\0b",
        "\uFFFE",
        new('字', 5000),
        "<img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script>",
        "'-alert(1)-'",
        "javascript:alert(1)",
    ];

    private static readonly int Step = Shared.Properties.Long ? 1 : 151;

    // Whoever sees most pages of each kind.
    private static readonly string[] Users = ["admin", "county", "village", "housing", "auditor", "discipline"];

    private static readonly string[] Addresses = ["href", "src", "action", "formaction"];

    // Nothing a stranger typed became markup: no script but ours, no handler, no address that runs.
    private static void IsClean(TuopinConsole.Page page, string what)
    {
        ((int)page.Status).ShouldBeLessThan(500, what);
        if (!page.Text.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) && !page.Text.StartsWith('<'))
            return;
        // Conditions first, sentences after: an assertion for every attribute of every page would cost more than the pages.
        foreach (var element in page.Html.All)
        {
            if (element.Attributes.FirstOrDefault(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) is { } handler)
                handler.Name.ShouldBeNull(what);
            if (element is IHtmlScriptElement script)
                (script.GetAttribute("src") ?? "").ShouldStartWith("/assets/", customMessage: what);
            foreach (var name in Addresses)
                if (element.GetAttribute(name) is { } address && address.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase))
                    address.ShouldBeNull(what);
        }
        if (page.Location is { } location)
            (
                location.StartsWith('/')
                && !location.StartsWith("//", StringComparison.Ordinal)
                && !location.StartsWith("/\\", StringComparison.Ordinal)
            ).ShouldBeTrue($"{what} leads to {location}");
    }

    [Theory, BothEngines]
    public async Task Every_query_parameter_takes_the_naughty_strings(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        string[] common =
        [
            "q",
            "area",
            "name",
            "head",
            "number",
            "person",
            "group",
            "category",
            "status",
            "cause",
            "indicator",
            "unit",
            "sort",
            "after",
            "page",
            "from",
            "to",
            "day",
            "return",
            "field",
            "user",
        ];
        var turn = 0;
        foreach (var user in Users)
        {
            var browser = await console.As(user);
            foreach (var route in RouteTable.Of(console).Where(r => r.Method == "GET" && !r.Parameters.Any()))
            {
                var names = common.Concat(route.Queries).Distinct().ToList();
                // Some strings into all parameters at once, then to each parameter another one; which ones differs from route to route. All of them in a
                // long run.
                var first = turn++;
                for (var i = first % Step; i < Naughty.Length; i += Step)
                    await Ask(names.Select(n => (n, Naughty[i])));
                await Ask(names.Select((n, i) => (n, Naughty[(first * 31 + i * 7) % Naughty.Length])));

                async Task Ask(IEnumerable<(string Name, string Value)> query)
                {
                    var address = $"{route.Path(_ => null)}?{string.Join('&', query.Select(q => $"{q.Name}={Uri.EscapeDataString(Cut(q.Value))}"))}";
                    IsClean(await browser.Get(address), $"{user} {route} {address[..Math.Min(300, address.Length)]}");
                }
            }
        }

        static string Cut(string text) => text.Length <= 100 ? text : text[..100];
    }

    [Theory, BothEngines]
    public async Task Every_form_field_takes_the_naughty_strings(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var seen = new HashSet<string>();
        foreach (var user in Users)
        {
            var browser = await console.As(user);
            foreach (var page in await Pages(console, browser))
            foreach (var form in page.Html.Forms.Where(f => f.Method == "post"))
            {
                var action = form.GetAttribute("action")!;
                var fields = Fields(form);
                if (fields.Count == 0 || !seen.Add(action))
                    continue;
                var token = form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
                // A password is hashed with great care, which takes its time.
                var step = Step * (fields.Exists(f => f.Type == "password") ? 3 : 1);
                for (var i = seen.Count % step; i < Naughty.Length; i += step)
                {
                    var posted = fields.GroupBy(f => f.Name).ToDictionary(f => f.Key, _ => Naughty[i]);
                    posted["__RequestVerificationToken"] = token;
                    IsClean(await browser.Post(action, posted), $"{user} POST {action} {i}: {Naughty[i][..Math.Min(80, Naughty[i].Length)]}");
                }
            }
        }
        seen.Count.ShouldBeGreaterThan(5);
    }

    private static List<(string Name, string Type)> Fields(IHtmlFormElement form) =>
        [
            .. form.QuerySelectorAll("input[name], select[name], textarea[name]")
                .Select(f => (Name: f.GetAttribute("name")!, Type: f.GetAttribute("type") ?? ""))
                .Where(f => f.Name != "__RequestVerificationToken" && f.Type != "file"),
        ];

    private static async Task<List<TuopinConsole.Page>> Pages(TuopinConsole console, TuopinConsole.Browser browser)
    {
        var pages = new List<TuopinConsole.Page>();
        foreach (var route in RouteTable.Of(console).Where(r => r.Method == "GET"))
        {
            if (route.Path(name => name == "id" ? "2" : null) is not { } path)
                continue;
            var page = await browser.Get(path);
            if (page.Status == HttpStatusCode.OK && page.Text.Contains("<form", StringComparison.Ordinal))
                pages.Add(page);
        }
        return pages;
    }

    [Theory, BothEngines]
    public async Task Every_posted_form_without_its_token_is_refused(Engine engine)
    {
        await using var console = await TuopinConsole.Over(
            installations.Shared(engine),
            s => s.AddSingleton(new RateLimits { PublicWritesPerWindow = 1000 })
        );
        foreach (var user in Users)
        {
            var browser = await console.As(user);
            var other = (await console.Nobody().Get("/sign-in")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
            foreach (var route in RouteTable.Of(console).Where(r => r.Method is "POST" && !r.ToString().Contains("/api/")))
            foreach (var token in new[] { "", "nonsense", other })
            {
                var answer = await browser.Post(
                    route.Anything(),
                    new()
                    {
                        ["__RequestVerificationToken"] = token,
                        ["name"] = "x",
                        ["value"] = "en",
                    }
                );
                answer.Status.ShouldBeOneOf(
                    [HttpStatusCode.BadRequest, HttpStatusCode.Forbidden],
                    $"{user} {route} took a form with token '{token[..Math.Min(9, token.Length)]}'"
                );
            }
        }
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\t/evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData(" //evil.example")]
    public async Task Signing_in_leads_nowhere_else(string to)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(Engine.Sqlite));
        var browser = console.Nobody();
        var answer = await browser.Submit(
            "/sign-in",
            "/sign-in",
            new()
            {
                ["name"] = "village",
                ["password"] = DemoUsers.Password,
                ["return"] = to,
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect);
        answer.Location.ShouldBe("/");
        foreach (var path in new[] { "/preferences/theme", "/preferences/language" })
            (await browser.Submit("/", path, new() { ["value"] = "dark", ["return"] = to })).Location.ShouldBe("/");
    }

    [Theory]
    [InlineData("../desk.db")]
    [InlineData("..%2Fdesk.db")]
    [InlineData("..%2f..%2ftuopin.db")]
    [InlineData("%2e%2e%2fkeys.json")]
    [InlineData("..%5ckeys.json")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("assets.json")]
    public async Task A_download_reaches_no_other_file(string name)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(Engine.Sqlite));
        var browser = await console.As("county");
        foreach (var route in RouteTable.Of(console).Where(r => r.Method == "GET" && r.Parameters.Any()))
        {
            var path = route.Path(_ => "PLACE")!.Replace("PLACE", name);
            var answer = await browser.Get(path);
            answer.Status.ShouldNotBe(HttpStatusCode.OK, path);
            ((int)answer.Status).ShouldBeLessThan(500, path);
        }
    }

    [Theory, BothEngines]
    public async Task Fields_that_no_form_has_change_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var browser = await console.As("village");
        (
            await browser.Press(
                "/account",
                "form[action='/account/password']",
                ("old", DemoUsers.Password),
                ("new", "another-good-one-7"),
                ("again", "another-good-one-7"),
                ("UserId", "1"),
                ("Id", "1"),
                ("Disabled", "false"),
                ("role", "Administrator"),
                ("UserName", "admin"),
                ("TwoFactorEnabled", "true")
            )
        ).Status.ShouldBe(HttpStatusCode.Redirect);
        using var desk = console.Cli.Open().Store.Desk();
        var user = await desk.Users.SingleAsync(u => u.UserName == "village", TestContext.Current.CancellationToken);
        user.TwoFactorEnabled.ShouldBeFalse();
        (await desk.Grants.SingleAsync(g => g.UserId == user.Id, TestContext.Current.CancellationToken)).Role.ShouldBe(Role.Village);
        await console.As("admin");
    }

    [Theory]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "{\"name\":\"village\"}")]
    [InlineData("text/plain", "name=village")]
    [InlineData("application/xml", "<a/>")]
    [InlineData("multipart/form-data", "no boundary")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nbroken")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nvil")]
    [InlineData("application/x-www-form-urlencoded", "%%%=%zz&=&&name")]
    public async Task A_body_of_the_wrong_kind_is_refused(string type, string body)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(Engine.Sqlite));
        var browser = await console.As("county");
        foreach (var route in RouteTable.Of(console).Where(r => r.Method is "POST"))
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            var answer = await browser.Send(new(HttpMethod.Post, route.Anything()) { Content = content }, "text/html");
            ((int)answer.Status).ShouldBeInRange(400, 499, route.ToString());
        }
    }

    [Theory]
    [InlineData("multipart/form-data", "no boundary")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"data_date\"\r\n\r\n2020")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"data_date\"\r\n\r\n20\020\r\n--x--\r\n")]
    public async Task A_program_that_sends_a_broken_form_is_refused(string type, string body)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(Engine.Sqlite));
        using var client = CallingTheApi.Client(console, "county", "Import");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await client.PostAsync("/api/v1/imports", content, TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBeInRange(400, 499);
    }

    [Fact]
    public async Task A_body_without_end_is_refused_early()
    {
        await using var console = await TuopinConsole.Over(installations.Shared(Engine.Sqlite));
        var browser = console.Nobody();
        var long_ = new FormUrlEncodedContent([new("name", new string('a', 5_000_000)), new("password", "x")]);
        var answer = await browser.Send(new(HttpMethod.Post, "/sign-in") { Content = long_ }, "text/html");
        ((int)answer.Status).ShouldBeInRange(400, 499);
        var many = new FormUrlEncodedContent(Enumerable.Range(0, 5000).Select(i => new KeyValuePair<string, string>($"f{i}", "x")));
        ((int)(await browser.Send(new(HttpMethod.Post, "/sign-in") { Content = many }, "text/html")).Status).ShouldBeInRange(400, 499);
    }
}
