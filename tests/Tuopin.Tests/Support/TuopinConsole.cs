using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.Logging.Console;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Web;

namespace Tuopin.Tests.Support;

/// <summary>The console as a browser or a program meets it: a real server on a port of its own over the data of a <see cref="TuopinCli"/>.</summary>
public sealed class TuopinConsole : IAsyncDisposable
{
    private readonly bool owned;

    private TuopinConsole(TuopinCli cli, WebApplication host, bool owned) => (Cli, Host, this.owned) = (cli, host, owned);

    public TuopinCli Cli { get; }
    public WebApplication Host { get; }
    public Uri Address => new(Host.Urls.First());

    /// <param name="services">Services that replace those of the program, for example tighter limits.</param>
    /// <param name="plant">Endpoints added to those of the program, to see that a walker finds them.</param>
    public static Task<TuopinConsole> Over(TuopinCli cli, Action<IServiceCollection>? services = null, Action<IEndpointRouteBuilder>? plant = null) =>
        Start(cli, services, plant, owned: false);

    /// <summary>As <see cref="Over"/>; the data goes when the console goes.</summary>
    public static Task<TuopinConsole> Own(TuopinCli cli, Action<IServiceCollection>? services = null, Action<IEndpointRouteBuilder>? plant = null) =>
        Start(cli, services, plant, owned: true);

    private static async Task<TuopinConsole> Start(
        TuopinCli cli,
        Action<IServiceCollection>? services,
        Action<IEndpointRouteBuilder>? plant,
        bool owned
    )
    {
        var host = ConsoleHost.Build(
            cli.Open(),
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                // On a machine that runs tests, most pages are slow, and the log would be about nothing else.
                builder.Logging.AddFilter<ConsoleLoggerProvider>("Tuopin.Platform.Operation.Measure", LogLevel.Error);
                services?.Invoke(builder.Services);
            }
        );
        plant?.Invoke(host);
        await host.StartAsync();
        return new(cli, host, owned);
    }

    /// <summary>A browser that nobody has signed in with.</summary>
    public Browser Nobody() => new(Address);

    /// <summary>A browser in which a user of the demo has signed in: county, township, village, cadre, auditor, ...</summary>
    public async Task<Browser> As(string user, string password = DemoUsers.Password)
    {
        var browser = Nobody();
        var answer = await browser.Submit("/sign-in", "/sign-in", new() { ["name"] = user, ["password"] = password });
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        // What works in the background has ended before its data goes.
        if (owned)
            await Host.StopAsync();
        await Host.DisposeAsync();
        if (owned)
            Cli.Dispose();
    }

    /// <summary>Keeps cookies, follows no redirects, runs no script.</summary>
    public sealed class Browser(Uri address)
    {
        private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All };
        private HttpClient? made;

        public HttpClient Client => made ??= new(handler) { BaseAddress = address };

        public CookieContainer Cookies => handler.CookieContainer;

        public Task<Page> Get(string path, string accept = "text/html", params (string Name, string Value)[] headers) =>
            Send(new(HttpMethod.Get, path), accept, headers);

        /// <summary>Opens a page, takes the antiforgery token of its form, and posts.</summary>
        public async Task<Page> Submit(string page, string action, Dictionary<string, string> fields)
        {
            var form = await Get(page);
            var token = form.Html.QuerySelector("input[name=__RequestVerificationToken]")?.GetAttribute("value") ?? "";
            return await Post(action, new(fields) { ["__RequestVerificationToken"] = token });
        }

        /// <summary>Presses the button of a form on a page: its hidden fields, and those that were typed.</summary>
        public async Task<Page> Press(string page, string selector, params (string Name, string Value)[] typed)
        {
            var html = (await Get(page)).Html;
            var form = (html.QuerySelector(selector) as IHtmlFormElement)!;
            form.ShouldNotBeNull($"{page} has no {selector}: {html.Body?.TextContent}");
            var fields = form.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
            foreach (var (name, value) in typed)
                fields[name] = value;
            return await Post(form.GetAttribute("action")!, fields);
        }

        public Task<Page> Post(string path, Dictionary<string, string> fields) =>
            Send(new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) }, "text/html");

        public async Task<Page> Send(HttpRequestMessage request, string accept, params (string Name, string Value)[] headers)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await Client.SendAsync(request);
            var content = await response.Content.ReadAsByteArrayAsync();
            return new(response.StatusCode, TextOf(content), response.Headers.Location?.ToString());
        }

        // A workbook is what its parts say.
        private static string TextOf(byte[] content)
        {
            if (!content.AsSpan().StartsWith("PK\x3\x4"u8))
                return System.Text.Encoding.UTF8.GetString(content);
            using var parts = new System.IO.Compression.ZipArchive(new MemoryStream(content));
            return string.Join('\n', parts.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd()));
        }
    }

    /// <summary>An answer: status, text, and the text as a document.</summary>
    public sealed record Page(HttpStatusCode Status, string Text, string? Location)
    {
        private IHtmlDocument? html;
        public IHtmlDocument Html => html ??= new HtmlParser().ParseDocument(Text);
    }
}
