using Microsoft.AspNetCore.Authentication.Cookies;

namespace Tuopin.Platform.Access;

/// <summary>
/// The framework's cookies, except that the sign-in pages see no session: whoever signs in gets a new key, and a key planted in a browser beforehand
/// opens nothing.
/// </summary>
public sealed class SignInCookies : ICookieManager
{
    private readonly ChunkingCookieManager framework = new();

    public string? GetRequestCookie(HttpContext context, string key) =>
        context.Request.Path.StartsWithSegments("/sign-in") ? null : framework.GetRequestCookie(context, key);

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        framework.AppendResponseCookie(context, key, value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => framework.DeleteCookie(context, key, options);
}
