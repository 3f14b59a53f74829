using System.Diagnostics;
using System.Text;
using Tuopin.Platform;

namespace Tuopin.Reports.Writing;

/// <summary>A report as PDF: the HTML page printed by the browser that is installed (Chromium, Chrome or Edge), which reaches no network.</summary>
public static class WritePdf
{
    /// <summary>Names the browser where it is not on the path.</summary>
    public const string Variable = "TUOPIN_BROWSER";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly string[] Browsers =
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "microsoft-edge",
        "msedge",
    ];

    // A browser takes hundreds of megabytes: two at once are enough for an office.
    private static readonly SemaphoreSlim Turns = new(2);

    /// <summary>Whether there is a browser to print with.</summary>
    public static bool IsThere => Find() is not null;

    /// <exception cref="Refusal">report.no-browser: none is installed; report.pdf-failed: it made no file.</exception>
    public static byte[] Of(ComposedReport report)
    {
        var browser =
            Find()
            ?? throw new Refusal(
                "report.no-browser",
                $"PDF is printed by Chromium, Chrome or Edge, and none is installed here: install chromium, or name a browser in {Variable}"
            );
        var folder = Directory.CreateTempSubdirectory("tuopin-pdf-").FullName;
        Turns.Wait();
        try
        {
            var (page, file) = (Path.Combine(folder, "report.html"), Path.Combine(folder, "report.pdf"));
            File.WriteAllText(page, WriteHtml.Page(report), new UTF8Encoding(false));
            Print(browser, folder, page, file);
            return File.Exists(file) ? File.ReadAllBytes(file) : throw Failed();
        }
        finally
        {
            Turns.Release();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Refusal Failed() => new Refusal("report.pdf-failed", "the browser printed no PDF; try another format");

    private static void Print(string browser, string folder, string page, string file)
    {
        var start = new ProcessStartInfo(browser)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            "--headless",
            "--disable-gpu",
            "--disable-extensions",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-pdf-header-footer",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            $"--user-data-dir={Path.Combine(folder, "profile")}",
            $"--print-to-pdf={file}",
            // Chromium does not start as root within its sandbox; the page holds no script and reaches nothing.
            .. Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? ["--no-sandbox"] : Array.Empty<string>(),
            new Uri(page).AbsoluteUri,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw Failed();
        // What it says is read, or it would wait for ever to say it.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(Longest))
        {
            // Its children end a moment later and still write into the folder.
            process.WaitForExit();
            return;
        }
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        throw Failed();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).ToList();
        if (OperatingSystem.IsWindows())
            folders.AddRange(
                new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 }
                    .Select(Environment.GetFolderPath)
                    .SelectMany(f =>
                        new[] { Path.Combine(f, "Microsoft", "Edge", "Application"), Path.Combine(f, "Google", "Chrome", "Application") }
                    )
            );
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        return folders.SelectMany(f => Browsers.Select(b => Path.Combine(f, b + ending))).FirstOrDefault(File.Exists);
    }
}
