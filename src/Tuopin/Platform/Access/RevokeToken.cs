using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Ends a token at once.</summary>
public static class RevokeToken
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/account/tokens/{id:long}/revoke", Post).Needs(Permission.OwnAccount);

    private static async Task<RedirectHttpResult> Post(long id, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        await Handle(context.Installation, context.Caller.UserId, id);
        return TypedResults.LocalRedirect("/account#tokens");
    }

    public static Task Handle(Installation installation, long userId, long id) =>
        Desk.Act(
            installation,
            "token.revoke",
            string.Create(CultureInfo.InvariantCulture, $"user {userId}: token {id}"),
            async () =>
            {
                await using var desk = installation.Store.Desk();
                var ended = await desk
                    .AccessTokens.Where(t => t.UserId == userId && t.Id == id && t.RevokedAt == null)
                    .ExecuteUpdateAsync(t => t.SetProperty(x => x.RevokedAt, AuditLog.Stamp(installation.Clock)));
                return ended > 0 ? ended : throw new NotInScope();
            }
        );
}
