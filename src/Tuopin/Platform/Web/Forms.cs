using Microsoft.AspNetCore.Antiforgery;
using Tuopin.Platform.Access;

namespace Tuopin.Platform.Web;

/// <summary>What every posted form goes through.</summary>
public static class Forms
{
    /// <summary>Checks the antiforgery token; tokens of the API need none, for no browser sends them by itself.</summary>
    /// <exception cref="AntiforgeryFailed"/>
    public static async Task Check(HttpContext http)
    {
        await Read(http);
        var byToken = http.User.HasClaim(c => c.Type == TokenAuthentication.TokenClaim);
        if (!byToken && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
            throw new AntiforgeryFailed();
    }

    /// <summary>Reads the form. One that cannot be read is the sender's fault; no text of ours holds a zero character and PostgreSQL can store none.</summary>
    /// <exception cref="BadHttpRequestException"/>
    public static async Task<IFormCollection> Read(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
            throw new BadHttpRequestException("a form is expected", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            var form = await http.Request.ReadFormAsync();
            if (form.Any(f => f.Value.Any(v => v?.Contains('\0') == true)))
                throw new BadHttpRequestException("zero character");
            return form;
        }
        // A body that ends in the middle of a part is an IOException; a connection that broke is one too, and nobody reads the answer then.
        catch (Exception broken) when (broken is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new BadHttpRequestException("the form cannot be read", broken);
        }
    }

    /// <summary>A path of this site, or the home page: a return address from outside leads nowhere else.</summary>
    public static string LocalPath(string? path) =>
        path is { Length: > 0 and < 2000 } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\')) && !path.Any(char.IsControl)
            ? path
            : "/";

    public static CookieOptions Lasting(HttpContext http) =>
        new()
        {
            MaxAge = TimeSpan.FromDays(365),
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
        };
}
