using System.IO.Compression;
using System.Text.Unicode;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.WebEncoders;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Operation;

namespace Tuopin.Platform.Web;

/// <summary>Builds the console: services, the way of a request, and the table of routes.</summary>
public static class ConsoleHost
{
    public static WebApplication Build(Installation installation, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = "tuopin", ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.ClearProviders();
        builder.Logging.AddJsonConsole();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // The keys of cookies lie in the data folder, which only its owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // A stale form is answered and counted; a line for each would drown the others.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        builder.WebHost.UseKestrelHttpsConfiguration();
        configure?.Invoke(builder);
        _ = installation.Keys;
        using (var desk = installation.Store.Desk())
            desk.Database.Migrate();
        Services(builder.Services, installation);
        var app = builder.Build();
        Pipeline(app);
        Routes.Map(app);
        return app;
    }

    private static void Services(IServiceCollection services, Installation installation)
    {
        services.AddSingleton(installation);
        services.AddSingleton(installation.Clock);
        services.AddSingleton<AreaTrees>();
        services.AddSingleton<Bundle>();
        services.AddSingleton<Measured>();
        services.AddHttpContextAccessor();
        services.AddScoped<ConsoleContext>();
        services.AddScoped(_ => installation.Store.Desk());
        services.TryAddSingleton(new JobKinds(Routes.Jobs));
        services.AddSingleton<JobQueue>();
        services.AddSingleton<RunJobs>();
        services.AddHostedService(p => p.GetRequiredService<RunJobs>());
        services.AddRazorComponents();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "tuopin-csrf";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new(UnicodeRanges.All));
        services.AddProblemDetails();
        // BREACH: pages echo no input beside secrets, and antiforgery tokens are random each time.
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        var keys = Directory.CreateDirectory(Path.Combine(installation.Store.Folder, "cookie-keys"));
        services.AddDataProtection().SetApplicationName("tuopin").PersistKeysToFileSystem(keys);
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        Api.Services(services);
        AccessServices.Add(services);
        Routes.Services(services);
    }

    private static void Pipeline(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<Measure>();
        app.UseMiddleware<Faults>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseResponseCompression();
        app.UseRouting();
        app.Use(
            (http, next) =>
                // No route, and endpoints of the framework that stand for "no such method" and "no such content": they name no permission and would be taken
                // for forbidden.
                http.GetEndpoint() switch
                {
                    null => Refused.Answer(http, StatusCodes.Status404NotFound),
                    { DisplayName: "405 HTTP Method Not Supported" } => Refused.Answer(
                        http,
                        StatusCodes.Status405MethodNotAllowed,
                        new Refusal("request.method", "this address does not take this method")
                    ),
                    { DisplayName: "415 HTTP Unsupported Media Type" } => Refused.Answer(
                        http,
                        StatusCodes.Status415UnsupportedMediaType,
                        new Refusal("request.media-type", "this address does not take this kind of content")
                    ),
                    _ => next(http),
                }
        );
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }
}
