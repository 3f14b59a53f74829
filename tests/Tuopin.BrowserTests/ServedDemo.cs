using Dapper;
using Microsoft.Playwright;
using Shouldly;
using Tuopin.BrowserTests;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Xunit;

[assembly: AssemblyFixture(typeof(ServedDemo))]
// One demo for all: what one test imports or certifies another would see change under its hands.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tuopin.BrowserTests;

/// <summary>The township demo, served on a port of its own, and Debian's Chromium to look at it with.</summary>
public sealed class ServedDemo : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-browser-").FullName;
    private WebApplication? host;
    private IPlaywright? playwright;
    private IBrowser? chromium;
    private readonly Dictionary<string, string> signedIn = [];

    /// <summary>Errors of scripts and of the content policy that pages told their console.</summary>
    public List<string> Troubles { get; } = [];

    public Installation Installation { get; private set; } = null!;

    public string Address => host!.Urls.First();

    /// <summary>Where pictures go: artifacts/screenshots of the repository.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "screenshots")).FullName;

    public async ValueTask InitializeAsync()
    {
        var errors = new StringWriter();
        CommandLine
            .Run(["demo", "--size", "township", "--no-serve", "--json", "--data", folder], new StringWriter(), errors, TimeProvider.System)
            .ShouldBe(0, errors.ToString());
        Installation = Installation.Open(new InstallationOptions(folder, null, null, null), create: false, TimeProvider.System, _ => { });
        host = ConsoleHost.Build(Installation, builder => builder.WebHost.UseUrls("http://127.0.0.1:0"));
        await host.StartAsync();
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    /// <summary>The first line of a list of houses.</summary>
    public const string Titles = "县,乡,村,户编号,危房等级(鉴定)\r\n";

    /// <summary>A household of the village of the demo's users, and its line in a list of houses.</summary>
    public sealed record House(long Id, string No, string Place)
    {
        public string Row(string grade) => $"{Place},{No},{grade}\r\n";
    }

    /// <summary>The households of the first village, in order.</summary>
    public House Household(int number)
    {
        using var connection = Installation.Store.OpenReader();
        var (id, no, area) = connection.QueryFirst<(long, string, long)>(
            "SELECT h.id, h.national_no, h.area_code FROM households h JOIN residences r ON r.household_id = h.id AND r.to_day IS NULL WHERE h.national_no IS NOT NULL ORDER BY h.area_code, h.id LIMIT 1 OFFSET @number",
            new { number }
        );
        var tree = AreaTree.Load(connection, Installation.WorkDate);
        return new(id, no, string.Join(',', new short[] { 3, 4, 5 }.Select(level => tree.Ancestor(tree.ByCode(area)!, level)!.Name)));
    }

    /// <summary>A browser of a size, theme and language in which a user of the demo has signed in; nobody has with the name <c>nobody</c>.</summary>
    public async Task<IPage> As(
        string user,
        int width = 1280,
        int height = 800,
        string theme = "light",
        bool script = true,
        bool english = false,
        bool forgiving = false
    )
    {
        var context = await chromium!.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                JavaScriptEnabled = script,
                BaseURL = Address,
                StorageState = signedIn.GetValueOrDefault(user),
            }
        );
        await context.AddCookiesAsync([Cookie(ConsoleContext.ThemeCookie, theme), Cookie(ConsoleContext.LanguageCookie, english ? "en" : "zh")]);
        var page = await context.NewPageAsync();
        if (!forgiving)
        {
            page.PageError += (_, error) => Troubles.Add($"{page.Url}: {error}");
            page.Console += (_, said) =>
            {
                // A request that a newer one takes the place of is aborted, and htmx says so.
                if (
                    said.Text.StartsWith("htmx:sendAbort", StringComparison.Ordinal)
                    || said.Text.StartsWith("htmx:afterRequest", StringComparison.Ordinal)
                )
                    return;
                // That a page is a refusal is what it is there for.
                if (
                    said.Type == "error"
                    && !(
                        said.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                        && said.Location.StartsWith(page.Url, StringComparison.Ordinal)
                    )
                )
                    Troubles.Add($"{page.Url}: {said.Text}");
            };
        }
        if (user == "nobody")
            return page;
        await page.GotoAsync("/");
        if (!page.Url.EndsWith('/') || await page.Locator("#password").CountAsync() > 0)
        {
            await page.GotoAsync("/sign-in");
            await page.FillAsync("#name", user);
            await page.FillAsync("#password", DemoUsers.Password);
            await page.ClickAsync("form[action='/sign-in'] button[type=submit]");
            await page.ArrivesAsync("^(?!.*/sign-in)");
            signedIn[user] = await context.StorageStateAsync();
        }
        return page;
    }

    private Microsoft.Playwright.Cookie Cookie(string name, string value) =>
        new()
        {
            Name = name,
            Value = value,
            Url = Address,
        };

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
            await chromium.DisposeAsync();
        playwright?.Dispose();
        if (host is not null)
            await host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "Tuopin.slnx")))
            at = Path.GetDirectoryName(at);
        return at ?? throw new InvalidOperationException("the repository was not found above the tests");
    }
}
