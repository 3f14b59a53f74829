using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>
/// A new one-time password for somebody who lost it, and an end to the lockout. It ends every session and revokes every token; the second factor stays unless it is taken
/// away too. A user of the discipline office is out of it until somebody of the office admits him again: who resets a password could sign in with it.
/// </summary>
public static class ResetPassword
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/users/{id:long}/reset", Post).Needs(Permission.ManageUsers);

    private static async Task<IResult> Post(long id, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        Accounts.NotOneself(context.Installation, id);
        var password = await Handle(context.Installation, id, form["second-factor"].ToString() == "remove");
        return await ShowUser.Page(context, id, password: password);
    }

    /// <summary>The one-time password.</summary>
    public static async Task<string> Handle(Installation installation, long id, bool removeSecondFactor)
    {
        await using var desk = installation.Store.Desk();
        var user = await Accounts.Find(desk, id);
        return await Desk.Act(
            installation,
            removeSecondFactor ? "user.reset-all" : "user.reset",
            user.UserName!,
            async () =>
            {
                var password = "";
                await Accounts.Change(
                    desk,
                    user,
                    u =>
                    {
                        password = Accounts.HandOver(installation, u);
                        u.TwoFactorEnabled &= !removeSecondFactor;
                    }
                );
                if (removeSecondFactor)
                    await desk.UserTokens.Where(t => t.UserId == id).ExecuteDeleteAsync();
                await GrantRole.CloseCompartment(desk, installation, id);
                // Whoever knew the password may have made tokens with it.
                await desk.Sessions.Where(s => s.UserId == id).ExecuteDeleteAsync();
                var now = AuditLog.Stamp(installation.Clock);
                await desk
                    .AccessTokens.Where(t => t.UserId == id && t.RevokedAt == null)
                    .ExecuteUpdateAsync(t => t.SetProperty(x => x.RevokedAt, now));
                return password;
            }
        );
    }
}
