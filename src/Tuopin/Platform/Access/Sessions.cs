using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Access;

/// <summary>Keeps signed-in sessions in the desk, so that they can be listed and revoked; the cookie carries only a key.</summary>
public sealed class Sessions(Installation installation, IHttpContextAccessor http) : ITicketStore
{
    /// <summary>However busy it is, a session ends after a week.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        await using var desk = installation.Store.Desk();
        var now = AuditLog.Stamp(installation.Clock);
        var request = http.HttpContext?.Request;
        await desk.Sessions.Where(s => string.Compare(s.ExpiresAt, now) <= 0).ExecuteDeleteAsync();
        desk.Sessions.Add(
            new Session
            {
                KeyHash = SHA256.HashData(key),
                UserId = UserOf(ticket),
                Ticket = TicketSerializer.Default.Serialize(ticket),
                CreatedAt = now,
                SeenAt = now,
                ExpiresAt = Stamp(ticket.Properties.ExpiresUtc),
                Agent = Cut(request?.Headers.UserAgent.ToString() ?? "", 200),
                Address = http.HttpContext?.Connection.RemoteIpAddress?.ToString() ?? "",
            }
        );
        await desk.SaveChangesAsync();
        return WebEncoders.Base64UrlEncode(key);
    }

    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var hash = Hash(key);
        await using var desk = installation.Store.Desk();
        await desk
            .Sessions.Where(s => s.KeyHash == hash)
            .ExecuteUpdateAsync(s =>
                s.SetProperty(x => x.UserId, UserOf(ticket))
                    .SetProperty(x => x.Ticket, TicketSerializer.Default.Serialize(ticket))
                    .SetProperty(x => x.SeenAt, AuditLog.Stamp(installation.Clock))
                    .SetProperty(x => x.ExpiresAt, Stamp(ticket.Properties.ExpiresUtc))
            );
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var hash = Hash(key);
        var now = AuditLog.Stamp(installation.Clock);
        await using var desk = installation.Store.Desk();
        // A disabled account has no session, whatever the table still holds.
        var session = await desk
            .Sessions.AsNoTracking()
            .FirstOrDefaultAsync(s => s.KeyHash == hash && desk.Users.Any(u => u.Id == s.UserId && !u.Disabled));
        if (
            session is null
            || string.CompareOrdinal(session.ExpiresAt, now) <= 0
            || string.CompareOrdinal(session.CreatedAt, Desk.Stamp(installation.Clock.GetUtcNow() - Longest)) <= 0
        )
            return null;
        // To five minutes is enough for the list of sessions, and keeps reading from writing.
        if (string.CompareOrdinal(session.SeenAt, Desk.Stamp(installation.Clock.GetUtcNow().AddMinutes(-5))) < 0)
            await desk.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.SeenAt, now));
        http.HttpContext?.Items[nameof(Session)] = session.Id;
        return TicketSerializer.Default.Deserialize(session.Ticket);
    }

    public async Task RemoveAsync(string key)
    {
        var hash = Hash(key);
        await using var desk = installation.Store.Desk();
        await desk.Sessions.Where(s => s.KeyHash == hash).ExecuteDeleteAsync();
    }

    /// <summary>The session this request came with, or null.</summary>
    public static long? Current(HttpContext http) => http.Items[nameof(Session)] as long?;

    private static long UserOf(AuthenticationTicket ticket) =>
        long.Parse(ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier)!, CultureInfo.InvariantCulture);

    private static byte[] Hash(string key) => SHA256.HashData(Decode(key));

    // A cookie is anything a stranger sends.
    private static byte[] Decode(string key)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(key);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    internal static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private static string Stamp(DateTimeOffset? at) =>
        (at ?? DateTimeOffset.MaxValue).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
