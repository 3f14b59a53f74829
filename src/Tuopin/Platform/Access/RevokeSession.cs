using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Ends one of one's own sessions, or all but the present one.</summary>
public static class RevokeSession
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/account/sessions/{id:long}/revoke", (long id, HttpContext http, ConsoleContext context) => Handle(http, context, id))
            .Needs(Permission.OwnAccount)
            .EvenBeforePasswordChange();
        routes
            .MapPost("/account/sessions/revoke-others", (HttpContext http, ConsoleContext context) => Handle(http, context, null))
            .Needs(Permission.OwnAccount)
            .EvenBeforePasswordChange();
    }

    private static async Task<RedirectHttpResult> Handle(HttpContext http, ConsoleContext context, long? id)
    {
        await Forms.Check(http);
        var (me, current) = (context.Caller.UserId, Sessions.Current(http));
        await Desk.Act(
            context.Installation,
            "session.revoke",
            id?.ToString(CultureInfo.InvariantCulture) ?? "others",
            async () =>
            {
                await using var desk = context.Installation.Store.Desk();
                var ended = await desk.Sessions.Where(s => s.UserId == me && (id == null ? s.Id != current : s.Id == id)).ExecuteDeleteAsync();
                return ended > 0 || id is null ? ended : throw new NotInScope();
            }
        );
        return TypedResults.LocalRedirect("/account#sessions");
    }
}
