using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Procedures;

/// <summary><c>/publicity</c>: whether lists in publicity may have a public page. It is off until the administrator allows it; turned off, every key ends.</summary>
public static class AllowPublicPages
{
    private const string Name = "public_pages";

    /// <param name="Links">Keys that were made and not ended.</param>
    public sealed record Told(bool Allowed, long Links);

    public sealed record Request(bool Allowed);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/publicity",
                IResult (ConsoleContext context) => new RazorComponentResult<Pages.PublicityPage>(new { Told = Tell(context.Reader) })
            )
            .Needs(Permission.AllowPublicPages);
        routes
            .MapPost(
                "/publicity",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    Handle(context, (await Forms.Read(http))["allowed"] == "yes");
                    return TypedResults.LocalRedirect("/publicity");
                }
            )
            .Needs(Permission.AllowPublicPages);
        routes
            .MapPost(
                Api.Root + "/publicity",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Handle(context, request.Allowed));
                }
            )
            .OfApi<Told>(Permission.AllowPublicPages, "allowPublicPages", "Allow or end the public pages of lists in publicity");
    }

    public static bool Allowed(DbConnection connection, DbTransaction? transaction) => Installation.Setting(connection, Name, transaction) == "yes";

    public static Told Handle(ConsoleContext context, bool allowed)
    {
        using var connection = context.Installation.Store.Open();
        using var transaction = context.Installation.Store.BeginWrite(connection);
        context.Installation.Set(connection, transaction, Name, allowed ? "yes" : "no");
        if (!allowed)
            connection.Execute("DELETE FROM publicity_links", transaction: transaction);
        transaction.Commit();
        return Tell(connection);
    }

    private static Told Tell(DbConnection connection) =>
        new(Allowed(connection, null), connection.ExecuteScalar<long>("SELECT count(*) FROM publicity_links"));
}
