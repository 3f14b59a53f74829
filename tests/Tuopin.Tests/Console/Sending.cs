using System.Net;
using System.Text;
using Dapper;
using Shouldly;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>What tests of imports and certificates do again and again: send a file, wait for its job, look into the record.</summary>
internal static class Sending
{
    /// <summary>Sends rows of cells as csv; the path of the upload's page.</summary>
    public static Task<TuopinConsole.Page> Send(this TuopinConsole.Browser browser, string root, string name, params string[][] rows) =>
        browser.SendFile(root, name, Encoding.UTF8.GetBytes(string.Join("\r\n", rows.Select(r => string.Join(',', r)))));

    public static async Task<TuopinConsole.Page> SendFile(
        this TuopinConsole.Browser browser,
        string root,
        string name,
        byte[] content,
        string day = "2020-06-12"
    )
    {
        var form = await browser.Get(root);
        using var body = new MultipartFormDataContent
        {
            {
                new StringContent(form.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
                "__RequestVerificationToken"
            },
            { new StringContent(day), "data_date" },
            { new ByteArrayContent(content), "file", name },
        };
        return await browser.Send(new(HttpMethod.Post, root) { Content = body }, "text/html");
    }

    /// <summary>Presses a button of an upload's page and waits for its job; the page after it.</summary>
    public static async Task<TuopinConsole.Page> Take(this TuopinConsole.Browser browser, string upload, string step, bool yes = false)
    {
        var pressed = await browser.Submit(upload, $"{upload}/{step}", yes ? new() { ["yes"] = "yes" } : []);
        pressed.Status.ShouldBe(HttpStatusCode.Redirect, pressed.Text);
        return await browser.Settled(pressed.Location!);
    }

    /// <summary>The page once nothing on it asks again.</summary>
    public static async Task<TuopinConsole.Page> Settled(this TuopinConsole.Browser browser, string path)
    {
        for (var i = 0; i < 600; i++)
        {
            var page = await browser.Get(path);
            if (page.Html.QuerySelector("[hx-trigger^='every']") is null)
                return page;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException(path);
    }

    /// <summary>The file of a job, once it has one.</summary>
    public static async Task<string> FileOf(this TuopinConsole.Browser browser, long job)
    {
        (await browser.Settled($"/jobs/{job}")).Html.QuerySelector(".job-done").ShouldNotBeNull();
        return (await browser.Get($"/jobs/{job}/file")).Text;
    }

    public static List<T> Query<T>(this TuopinConsole console, string sql, object? parameters = null)
    {
        using var connection = console.Cli.Open().Store.Open();
        return [.. SqlMapper.Query<T>(connection, sql, parameters)];
    }

    /// <summary>A household of the village of the user, and one elsewhere, both with a house.</summary>
    public static ((string No, long Id) Inside, (string No, long Id) Outside) Neighbours(this TuopinConsole console)
    {
        var rows = console.Query<(string No, long Id, long Area)>(
            "SELECT h.national_no, h.id, h.area_code FROM households h JOIN residences r ON r.household_id = h.id AND r.to_day IS NULL WHERE h.national_no IS NOT NULL ORDER BY h.area_code, h.id"
        );
        var (first, last) = (rows[0], rows[^1]);
        first.Area.ShouldNotBe(last.Area);
        return ((first.No, first.Id), (last.No, last.Id));
    }
}
