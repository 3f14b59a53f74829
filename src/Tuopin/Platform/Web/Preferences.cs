using Microsoft.AspNetCore.Http.HttpResults;

namespace Tuopin.Platform.Web;

/// <summary>Language and theme, kept in cookies; a reader who is not signed in may choose them too.</summary>
public static class Preferences
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/preferences/language", (HttpContext http, CancellationToken _) => Keep(http, ConsoleContext.LanguageCookie, "zh", "en"))
            .AllowAnonymous();
        routes
            .MapPost("/preferences/theme", (HttpContext http, CancellationToken _) => Keep(http, ConsoleContext.ThemeCookie, "light", "dark", "auto"))
            .AllowAnonymous();
    }

    private static async Task<RedirectHttpResult> Keep(HttpContext http, string cookie, params string[] values)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        if (values.Contains(form["value"].ToString()))
            http.Response.Cookies.Append(cookie, form["value"].ToString(), Forms.Lasting(http));
        return TypedResults.LocalRedirect(Forms.LocalPath(form["return"].ToString()));
    }
}
