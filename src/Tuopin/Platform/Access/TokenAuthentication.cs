using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Access;

/// <summary><c>Authorization: Bearer tp_...</c>: a personal access token, kept as its hash.</summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Installation installation
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "token";
    public const string PermissionClaim = "tuopin:permission";
    public const string TokenClaim = "tuopin:token";

    /// <summary>The hash of the token a request carries, as it is kept and as its limit is counted; null without one.</summary>
    public static byte[]? HashOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? Hash(header[Bearer.Length..].Trim())
            : null;

    private const string Bearer = "Bearer ";

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (HashOf(Request) is not { } hash)
            return AuthenticateResult.NoResult();
        var now = AuditLog.Stamp(installation.Clock);
        await using var desk = installation.Store.Desk();
        var token = await desk
            .AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Hash == hash && t.RevokedAt == null && desk.Users.Any(u => u.Id == t.UserId && !u.Disabled));
        if (token is null || string.CompareOrdinal(token.ExpiresAt, now) <= 0)
            return AuthenticateResult.Fail("token.invalid");
        // To the minute is enough to see whether a token is used, and keeps reading from writing.
        if (token.UsedAt is null || string.CompareOrdinal(token.UsedAt[..16], now[..16]) < 0)
            await desk.AccessTokens.Where(t => t.Id == token.Id).ExecuteUpdateAsync(t => t.SetProperty(x => x.UsedAt, now));
        var identity = new ClaimsIdentity(
            [
                new(ClaimTypes.NameIdentifier, token.UserId.ToString(CultureInfo.InvariantCulture)),
                new(TokenClaim, token.Id.ToString(CultureInfo.InvariantCulture)),
                .. token.Permissions.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => new Claim(PermissionClaim, p)),
            ],
            SchemeName
        );
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Web.Refused.Answer(Context, StatusCodes.Status401Unauthorized);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Web.Refused.Answer(Context, StatusCodes.Status403Forbidden);
}
