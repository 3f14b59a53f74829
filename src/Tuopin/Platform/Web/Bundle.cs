using System.Text.Json;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Tuopin.Platform.Web;

/// <summary>Styles, scripts and icons as src/web bundled them: each name carries a hash, and a gzip and a brotli copy lie beside each file.</summary>
public sealed class Bundle
{
    private readonly Dictionary<string, string> names;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "wwwroot", "assets");

    public Bundle()
    {
        var list = Path.Combine(Folder, "assets.json");
        names = File.Exists(list)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(list))!
            : throw new InvalidOperationException("the web bundle is missing; ./tuopin and ./test make it (src/web/build)");
    }

    /// <summary>The address of a bundled file, for example <c>main.css</c>.</summary>
    public string this[string name] => "/assets/" + names[name];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var types = new FileExtensionContentTypeProvider();
        var files = new PhysicalFileProvider(Folder);
        routes
            .MapGet(
                "/assets/{name}",
                (string name, HttpContext http) =>
                {
                    var file = files.GetFileInfo(name);
                    if (!file.Exists || !types.TryGetContentType(name, out var type) || name.EndsWith(".json", StringComparison.Ordinal))
                        return Results.NotFound();
                    http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                    http.Response.Headers.Vary = "Accept-Encoding";
                    var accepted = http.Request.Headers.AcceptEncoding.ToString();
                    foreach (var (encoding, ending) in new[] { ("br", ".br"), ("gzip", ".gz") })
                        if (accepted.Contains(encoding, StringComparison.Ordinal) && files.GetFileInfo(name + ending) is { Exists: true } packed)
                        {
                            http.Response.Headers.ContentEncoding = encoding;
                            return Results.File(packed.PhysicalPath!, type);
                        }
                    return Results.File(file.PhysicalPath!, type);
                }
            )
            .AllowAnonymous();
    }
}
