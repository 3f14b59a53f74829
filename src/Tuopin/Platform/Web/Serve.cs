using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Tuopin.Platform.Commands;

namespace Tuopin.Platform.Web;

/// <summary><c>tuopin serve</c>: the console over a data folder. It never prompts: without users it prints a link for the first one.</summary>
public static class Serve
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    public static Option<string> Urls() =>
        new("--urls") { Description = "addresses to listen on, separated by semicolons", DefaultValueFactory = _ => DefaultUrl };

    public static Command Command(Shell shell)
    {
        var urls = Urls();
        var proxies = new Option<string[]>("--behind")
        {
            Description = "addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("serve", "serve the console") { urls, proxies };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, create: true);
                Handle(shell, installation, parsed.GetValue(urls)!, parsed.GetValue(proxies));
            })
        );
        return command;
    }

    /// <summary>Serves until the program is told to stop.</summary>
    /// <param name="behind">Reverse proxies; without any, forwarded headers are believed of nobody.</param>
    public static void Handle(Shell shell, Installation installation, string urls, IReadOnlyList<string>? behind = null)
    {
        Access.DemoAccounts.OnlyHere(installation, urls.Split(';', StringSplitOptions.RemoveEmptyEntries));
        using var host = ConsoleHost.Build(
            installation,
            builder =>
            {
                builder.WebHost.UseUrls(urls);
                Behind(builder.Services, behind ?? []);
            }
        );
        host.Start();
        // Addresses may also come from the server's own settings.
        Access.DemoAccounts.OnlyHere(installation, host.Urls);
        foreach (var url in host.Urls)
            shell.Warn($"Tuopin serves {url}  (Ctrl+C ends it)");
        if (Access.SetUpLink.NeededFor(installation) is { } link)
            shell.Warn($"There is no user yet. Within 30 minutes open {host.Urls.First()}{link}");
        host.WaitForShutdown();
    }

    /// <summary>Takes the caller's address and https from proxies at these addresses.</summary>
    /// <exception cref="WrongUsage">serve.proxy-bad.</exception>
    public static void Behind(IServiceCollection services, IReadOnlyList<string> proxies) =>
        services.Configure<ForwardedHeadersOptions>(o =>
        {
            if (proxies.Count == 0)
                return;
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            o.KnownIPNetworks.Clear();
            o.KnownProxies.Clear();
            foreach (var proxy in proxies)
                o.KnownProxies.Add(
                    IPAddress.TryParse(proxy, out var address) ? address : throw new WrongUsage("serve.proxy-bad", $"'{proxy}' is no address")
                );
        });
}
