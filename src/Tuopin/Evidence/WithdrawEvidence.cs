using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Evidence;

/// <summary>
/// <c>POST /evidence/{attachment}/withdraw</c>: a photo that shows the wrong house is withdrawn with a reason, by whoever added it or by a reviewer of the
/// place. The file and the row stay.
/// </summary>
public static class WithdrawEvidence
{
    public sealed record Request(string Reason);

    public sealed record Told(long Id, string WithdrawnAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/evidence/{attachment:long}/withdraw",
                async Task<IResult> (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long attachment) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Handle(context, subjects, attachment, form["reason"].ToString());
                    return TypedResults.LocalRedirect(Forms.LocalPath(form["return"]));
                }
            )
            .Needs(Permission.AddEvidence);
        routes
            .MapPost(
                Api.Root + "/evidence/{attachment:long}/withdraw",
                async (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long attachment, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Handle(context, subjects, attachment, request.Reason));
                }
            )
            .OfApi<Told>(Permission.AddEvidence, "withdrawEvidence", "Withdraw a piece of evidence with a reason; it stays on the record");
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="NotPermitted">evidence.not-yours.</exception>
    /// <exception cref="Refusal">evidence.withdrawn; evidence.title: the reason.</exception>
    public static Told Handle(ConsoleContext context, EvidenceSubjects subjects, long id, string reason)
    {
        var why = EvidenceWords.Checked((reason ?? "").Trim());
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var row = ShowEvidence.Find(context, subjects, connection, transaction, id, Permission.AddEvidence);
        var reviews = subjects
            .Find(row.Subject)
            .Holds(connection, transaction, context.Caller.Scope(Permission.Review), context.Day, row.SubjectId, row.Part);
        if (row.AddedBy != context.Caller.UserId && !reviews)
            throw new NotPermitted("evidence.not-yours", $"whoever added it withdraws it, or the township or county");
        if (row.WithdrawnAt is not null)
            throw new Refusal("evidence.withdrawn", "it has been withdrawn already");
        var at = AuditLog.Stamp(installation.Clock);
        connection.Execute(
            "UPDATE attachments SET withdrawn_at = @at, withdrawn_name = @name, withdrawn_reason = @why WHERE id = @id",
            new
            {
                at,
                name = installation.Actor.Name,
                why,
                id,
            },
            transaction
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "evidence.withdraw",
            string.Create(CultureInfo.InvariantCulture, $"evidence {id}: {why}"),
            new(row.Subject, row.SubjectId)
        );
        transaction.Commit();
        return new(id, at);
    }
}
