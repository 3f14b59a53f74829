using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Locks an account, which ends its sessions at once and its tokens while it lasts; or unlocks it.</summary>
public static class LockUser
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/users/{id:long}/lock", (long id, HttpContext http, ConsoleContext context) => Post(id, true, http, context))
            .Needs(Permission.ManageUsers);
        routes
            .MapPost("/users/{id:long}/unlock", (long id, HttpContext http, ConsoleContext context) => Post(id, false, http, context))
            .Needs(Permission.ManageUsers);
    }

    private static async Task<RedirectHttpResult> Post(long id, bool locked, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        Accounts.NotOneself(context.Installation, id);
        await Handle(context.Installation, id, locked);
        return TypedResults.LocalRedirect(ShowUser.Path(id));
    }

    /// <exception cref="Refusal">users.last-administrator.</exception>
    public static async Task Handle(Installation installation, long id, bool locked)
    {
        await using var desk = installation.Store.Desk();
        var user = await Accounts.Find(desk, id);
        await Desk.Act(
            installation,
            locked ? "user.lock" : "user.unlock",
            user.UserName!,
            async () =>
            {
                await using var transaction = await desk.Database.BeginTransactionAsync();
                await Accounts.Change(
                    desk,
                    user,
                    u =>
                    {
                        u.Disabled = locked;
                        if (!locked)
                            (u.AccessFailedCount, u.LockoutEnd) = (0, null);
                    }
                );
                if (locked)
                {
                    await Accounts.SomebodyAdministers(desk, Accounts.Today(installation));
                    await desk.Sessions.Where(s => s.UserId == id).ExecuteDeleteAsync();
                }
                await transaction.CommitAsync();
                return true;
            }
        );
    }
}
