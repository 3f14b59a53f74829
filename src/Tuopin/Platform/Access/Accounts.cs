using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>What console and command line share about other people's accounts.</summary>
public static class Accounts
{
    /// <summary>How long a password that was handed over opens the account.</summary>
    public static readonly TimeSpan OneTime = TimeSpan.FromDays(7);

    // Without letters and digits that look alike: the password is read out and copied from paper.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>An account that nobody can sign in to yet.</summary>
    public static User New(Installation installation, string name, string displayName) =>
        new()
        {
            UserName = name,
            NormalizedUserName = name.Normalize().ToUpperInvariant(),
            DisplayName = displayName,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            LockoutEnabled = true,
            CreatedAt = AuditLog.Stamp(installation.Clock),
        };

    public static void SetPassword(User user, string password) => user.PasswordHash = Hasher.HashPassword(user, password);

    public static bool HasPassword(User user, string password) =>
        user.PasswordHash is { } hash && Hasher.VerifyHashedPassword(user, hash, password) != PasswordVerificationResult.Failed;

    /// <summary>Gives the account a password for one sign-in, which must be changed then.</summary>
    public static string HandOver(Installation installation, User user)
    {
        var password = string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 4)));
        SetPassword(user, password);
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.MustChangePassword = true;
        user.OneTimeUntil = Desk.Stamp(installation.Clock.GetUtcNow() + OneTime);
        user.AccessFailedCount = 0;
        user.LockoutEnd = null;
        return password;
    }

    /// <exception cref="Refusal">users.own-account: nobody makes himself more, or locks himself out.</exception>
    public static void NotOneself(Installation installation, long userId)
    {
        if (installation.Actor.UserId == userId)
            throw new Refusal("users.own-account", "自己的权限和状态由另一位管理员处理。Another administrator acts on your own account.");
    }

    /// <summary>To be called inside <see cref="Desk.Act"/> after the change: its write lock lets no two administrators remove each other.</summary>
    /// <exception cref="Refusal">users.last-administrator.</exception>
    public static async Task SomebodyAdministers(DeskDb desk, int day)
    {
        var left = await desk.Grants.AnyAsync(g =>
            g.Role == Role.Administrator
            && g.FromDay <= day
            && (g.ToDay == null || g.ToDay > day)
            && desk.Users.Any(u => u.Id == g.UserId && !u.Disabled)
        );
        if (!left)
            throw new Refusal("users.last-administrator", "不能去掉最后一位管理员。The last administrator stays.");
    }

    /// <exception cref="Web.NotInScope"/>
    public static async Task<User> Find(DeskDb desk, long userId) =>
        await desk.Users.FirstOrDefaultAsync(u => u.Id == userId) ?? throw new Web.NotInScope();

    /// <exception cref="Refusal">users.unknown.</exception>
    public static async Task<User> Find(DeskDb desk, string name)
    {
        var normal = name.Normalize().ToUpperInvariant();
        return await desk.Users.FirstOrDefaultAsync(u => u.NormalizedUserName == normal)
            ?? throw new Refusal("users.unknown", $"there is no user '{name}'");
    }

    /// <summary>
    /// Changes an account, whatever a sign-in in flight writes at the same moment; what that one still has in hand is out of date from then on and is
    /// refused by the framework's store.
    /// </summary>
    public static async Task Change(DeskDb desk, User user, Action<User> change)
    {
        for (var tries = 0; ; tries++)
            try
            {
                change(user);
                user.ConcurrencyStamp = Guid.NewGuid().ToString("N");
                await desk.SaveChangesAsync();
                return;
            }
            catch (DbUpdateConcurrencyException) when (tries < 10)
            {
                await desk.Entry(user).ReloadAsync();
            }
    }

    public static int Today(Installation installation) => DayNumber.Of(installation.WorkDate);
}
