namespace Tuopin.Platform.Web;

/// <summary>Scripts, styles and frames come from here or not at all; pages with personal data are kept by no cache.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task Invoke(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
        if (!http.Request.Path.StartsWithSegments("/assets"))
        {
            headers.CacheControl = "no-cache, no-store";
            headers.Pragma = "no-cache";
            headers.Vary = "HX-Request, Cookie";
        }
        return next(http);
    }
}
