using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /lists/{list}/link</c>: a new key for the public page of a list that hangs. It is shown once, on the notice that goes to the board; kept is its
/// hash. A new key ends the one before it; <c>.../link/end</c> ends it without another.
/// </summary>
public static class LinkNotice
{
    public sealed record Told(string Path);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/lists/{list:long}/link",
                async Task<IResult> (ConsoleContext context, HttpContext http, long list) =>
                {
                    await Forms.Check(http);
                    var key = Handle(context, list);
                    return new RazorComponentResult<Pages.NoticePage>(
                        new
                        {
                            Notice = PrintNotice.Handle(context, list),
                            Large = (await Forms.Read(http))["paper"] == "a3",
                            Key = key,
                        }
                    );
                }
            )
            .Needs(Permission.ActOnLists);
        routes
            .MapPost(
                "/lists/{list:long}/link/end",
                async Task<IResult> (ConsoleContext context, HttpContext http, long list) =>
                {
                    await Forms.Check(http);
                    End(context, list);
                    return TypedResults.LocalRedirect($"/lists/{list}");
                }
            )
            .Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/link",
                async (ConsoleContext context, HttpContext http, long list) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, new Told($"/p/{Handle(context, list)}"), StatusCodes.Status201Created);
                }
            )
            .OfApi<Told>(
                Permission.ActOnLists,
                "linkNotice",
                "A new key for the public page of a list that hangs; shown once, the one before it ends",
                StatusCodes.Status201Created
            );
    }

    /// <summary>The key.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">publicity.off, list.not-hung, list.no-publicity, list.not-your-step.</exception>
    public static string Handle(ConsoleContext context, long list)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        Act(
            context,
            list,
            "list.link",
            (connection, transaction, record) =>
            {
                if (!AllowPublicPages.Allowed(connection, transaction))
                    throw new Refusal("publicity.off", "the administrator has not allowed public pages");
                if (record.State.Ended is not null || record.Step.Kind != StepKind.Publicity)
                    throw new Refusal("list.no-publicity", "the list does not hang in this step");
                if (record.State.Hung is null)
                    throw new Refusal("list.not-hung", "the list has not been hung up");
                connection.Execute(
                    """
                    INSERT INTO publicity_links (list_id, hash, made_at, made_name, made_by) VALUES (@list, @hash, @at, @name, @by)
                    ON CONFLICT (list_id) DO UPDATE SET hash = @hash, made_at = @at, made_name = @name, made_by = @by
                    """,
                    new
                    {
                        list,
                        hash = PublicPage.Hash(key),
                        at = AuditLog.Stamp(context.Installation.Clock),
                        name = context.Installation.Actor.Name,
                        by = context.Installation.Actor.UserId,
                    },
                    transaction
                );
            }
        );
        return key;
    }

    public static void End(ConsoleContext context, long list) =>
        Act(
            context,
            list,
            "list.link-end",
            (connection, transaction, _) => connection.Execute("DELETE FROM publicity_links WHERE list_id = @list", new { list }, transaction)
        );

    private static void Act(
        ConsoleContext context,
        long list,
        string action,
        Action<System.Data.Common.DbConnection, System.Data.Common.DbTransaction, ListRecord> write
    )
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var record = ListRecord.Find(connection, transaction, installation.Packs, list, context.Caller.Scope(Permission.ActOnLists));
        var step = record.Step;
        if (!ListWriting.HatsOf(context.Caller, new AreaRange(record.Row.AreaCode, record.Row.AreaCode)).Contains(new(step.Role, step.Level)))
            throw new NotPermitted("list.not-your-step", $"step '{step.Title}' is not yours to take");
        write(connection, transaction, record);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            action,
            string.Create(CultureInfo.InvariantCulture, $"list {list}, step {record.State.Step}"),
            new AuditSubject("list", list)
        );
        transaction.Commit();
    }
}
