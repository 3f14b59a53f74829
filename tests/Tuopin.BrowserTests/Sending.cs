using System.Text;
using Microsoft.Playwright;

namespace Tuopin.BrowserTests;

internal static class Sending
{
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
