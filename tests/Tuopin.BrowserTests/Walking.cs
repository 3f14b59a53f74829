using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Tuopin.BrowserTests;

internal static class Walking
{
    /// <summary>
    /// Waits until the address matches and its page has loaded. The browser is asked again and again: waiting for the event of a navigation
    /// (WaitForURLAsync) misses one that happens while it begins to listen.
    /// </summary>
    public static async Task ArrivesAsync(this IPage page, [StringSyntax(StringSyntaxAttribute.Regex)] string address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(address), new() { Timeout = 30_000 });
        await page.WaitForLoadStateAsync();
    }

    /// <summary>Presses the button of a form that posts and waits until the server has answered.</summary>
    public static async Task PressAsync(this IPage page, string form)
    {
        await page.RunAndWaitForResponseAsync(() => page.ClickAsync($"{form} button[type=submit]"), answer => answer.Request.Method == "POST");
        await page.WaitForLoadStateAsync();
    }

    /// <summary>Chooses an entry of the menu and waits for its page: a click alone does not.</summary>
    public static async Task OpenAsync(this IPage page, string path)
    {
        await page.ClickAsync($"nav a[href='{path}']");
        await page.ArrivesAsync($"{path}$");
    }

    /// <summary>Chooses a file on a page that takes one and sends it.</summary>
    public static async Task SendAsync(this IPage page, string name, string content)
    {
        await page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = name,
                MimeType = "text/csv",
                Buffer = Encoding.UTF8.GetBytes(content),
            }
        );
        await page.ClickAsync("form.send-file button[type=submit]");
        await page.Locator("#upload").WaitForAsync();
    }
}
