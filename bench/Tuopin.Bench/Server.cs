using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tuopin.Demo;
using Tuopin.Platform.Web;

namespace Tuopin.Bench;

/// <summary>The console served by a process of its own, so that its CPU is told apart from that of whoever asks.</summary>
internal sealed partial class Server : IDisposable
{
    /// <summary>Serves a folder until told to stop; run in a process of its own.</summary>
    public static void Serve(string folder, string port, string? connection)
    {
        using var host = ConsoleHost.Build(County.Open(folder, connection), b => b.WebHost.UseUrls($"http://127.0.0.1:{port}"));
        host.Start();
        Console.WriteLine("serving");
        Console.In.ReadLine();
    }

    private readonly Process process;
    private readonly Uri address;

    private Server(Process process, Uri address) => (this.process, this.address) = (process, address);

    /// <summary>Milliseconds all threads of the server have used.</summary>
    public double Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalMilliseconds;
        }
    }

    public static Server Start(string folder, string? connection = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        listener.Stop();
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            ["child", "serve", folder, port, .. connection is null ? Array.Empty<string>() : [connection]]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line && line != "serving")
            Console.WriteLine(line);
        _ = process.StandardOutput.ReadToEndAsync();
        return new(process, new($"http://127.0.0.1:{port}"));
    }

    /// <summary>A client without a session, for programs with a token.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

    public HttpClient SignIn(string user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 1000 })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        var token = Token().Match(client.GetStringAsync("/sign-in").Result).Groups[1].Value;
        var form = new Dictionary<string, string>
        {
            ["name"] = user,
            ["password"] = DemoUsers.Password,
            ["__RequestVerificationToken"] = token,
        };
        using var answer = client.PostAsync("/sign-in", new FormUrlEncodedContent(form)).Result;
        return answer.StatusCode == HttpStatusCode.Redirect
            ? client
            : throw new InvalidOperationException($"{user} cannot sign in: {answer.StatusCode}");
    }

    public void Dispose()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Close();
        if (!process.WaitForExit(10_000))
            process.Kill();
        process.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
