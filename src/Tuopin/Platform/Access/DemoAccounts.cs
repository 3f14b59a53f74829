using System.Net;
using Microsoft.EntityFrameworkCore;

namespace Tuopin.Platform.Access;

/// <summary>Accounts whose password everybody knows: they are served to this machine alone.</summary>
public static class DemoAccounts
{
    public const string Password = "tuopin-demo-2020";
    private const string Claim = "tuopin:demo";

    public static void Mark(DeskDb desk, User user) =>
        desk.UserClaims.Add(
            new()
            {
                UserId = user.Id,
                ClaimType = Claim,
                ClaimValue = "yes",
            }
        );

    /// <summary>Refuses addresses that other machines reach while an account of the demo still has the demo's password.</summary>
    /// <exception cref="Refusal">serve.demo-users.</exception>
    public static void OnlyHere(Installation installation, IEnumerable<string> urls)
    {
        if (urls.FirstOrDefault(u => !IsLoopback(u)) is not { } open)
            return;
        using var desk = installation.Store.Desk();
        desk.Database.Migrate();
        var known = desk
            .Users.Where(u => !u.Disabled && desk.UserClaims.Any(c => c.UserId == u.Id && c.ClaimType == Claim))
            .AsEnumerable()
            .Where(u => Accounts.HasPassword(u, Password))
            .Select(u => u.UserName!)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (known.Count > 0)
            throw new Refusal(
                "serve.demo-users",
                $"{open} can be reached from other machines, and demo users still have the password everybody knows; reset or lock them (tuopin users)",
                known
            );
    }

    private static bool IsLoopback(string url)
    {
        var host = BindingAddress.Parse(url.Trim()).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
