using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;

namespace Tuopin.Evidence;

/// <summary>
/// <c>GET /evidence/{attachment}</c>: the file, for whoever sees its subject; who looked stands in the audit before the first byte is sent. Pages list what
/// there is and show no picture by themselves.
/// </summary>
public static class ShowEvidence
{
    public sealed record Told(
        long Id,
        string Subject,
        long SubjectId,
        int Part,
        EvidenceKind Kind,
        string? Title,
        string? Taken,
        string Media,
        string Sha256,
        int Size,
        string AddedAt,
        string AddedBy,
        string? WithdrawnAt,
        string? WithdrawnBy,
        string? WithdrawnReason
    );

    public sealed record Listed(IReadOnlyList<Told> Evidence);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/evidence/{attachment:long}", Fetch).Needs(Permission.ViewEvidence);
        routes
            .MapGet(
                Api.Root + "/evidence",
                (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, string subject, long id) =>
                    Api.Answer(
                        http,
                        new Listed([
                            .. Of(context, subjects, (subjects.Find(subject).Name, [id]))
                                .Select(a => new Told(
                                    a.Id,
                                    a.Subject,
                                    a.SubjectId,
                                    a.Part,
                                    (EvidenceKind)a.Kind,
                                    a.Title,
                                    a.TakenDay is { } day ? DayText.Of(Rules.Model.DayNumber.ToDate(day)) : null,
                                    a.Media,
                                    a.Hash,
                                    a.Size,
                                    a.AddedAt,
                                    a.AddedName,
                                    a.WithdrawnAt,
                                    a.WithdrawnName,
                                    a.WithdrawnReason
                                )),
                        ])
                    )
            )
            .OfApi<Listed>(Permission.ViewEvidence, "evidence", "Photos and documents of a subject, also those withdrawn")
            .Asks(
                ("subject", "household, person, dwelling, area, list, list_act, objection, proposal, work, figure_statement"),
                ("id", "key of the subject; of an act or an objection that of its list")
            );
        routes
            .MapGet(Api.Root + "/evidence/{attachment:long}", Fetch)
            .OfApi<byte[]>(Permission.ViewEvidence, "evidenceFile", "The file of a piece of evidence; who fetched it is audited");
    }

    /// <summary>The evidence of subjects of some kinds, within the caller's scope, the oldest first.</summary>
    public static IReadOnlyList<Attachment> Of(
        ConsoleContext context,
        EvidenceSubjects subjects,
        params IReadOnlyList<(string Kind, IReadOnlyList<long> Ids)> of
    )
    {
        var asked = of.Where(o => o.Ids.Count > 0).ToList();
        if (asked.Count == 0 || !context.Caller.May(Permission.ViewEvidence))
            return [];
        var scope = context.Caller.Scope(Permission.ViewEvidence);
        var any = asked.Select(o =>
            $"a.subject = '{o.Kind}' AND a.subject_id IN ({string.Join(", ", o.Ids)}) AND {subjects.Find(o.Kind).Within(scope, context.Day)}"
        );
        return [.. context.Reader.Query<Attachment>($"SELECT a.* FROM attachments a WHERE {string.Join(" OR ", any)} ORDER BY a.id")];
    }

    private static IResult Fetch(ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long attachment)
    {
        var (row, content) = Handle(context, subjects, attachment);
        var photo = row.Media != FileContent.Pdf;
        // Whatever a browser makes of it, nothing in it runs, loads or is framed.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture,
            $"{(photo ? "inline" : "attachment")}; filename=\"evidence-{row.Id}.{row.Extension}\""
        );
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return TypedResults.Bytes(content, row.Media);
    }

    /// <summary>The file, after the audit entry that says who looked.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">evidence.lost.</exception>
    public static (Attachment Row, byte[] Content) Handle(ConsoleContext context, EvidenceSubjects subjects, long id)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var row = Find(context, subjects, connection, transaction, id, Permission.ViewEvidence);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "evidence.view",
            string.Create(CultureInfo.InvariantCulture, $"evidence {id}"),
            new(row.Subject, row.SubjectId)
        );
        transaction.Commit();
        return (row, new FileStore(installation).Read(row.Hash));
    }

    /// <exception cref="NotInScope"/>
    internal static Attachment Find(
        ConsoleContext context,
        EvidenceSubjects subjects,
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        long id,
        Permission permission
    ) =>
        connection.QueryFirstOrDefault<Attachment>(
            $"SELECT a.* FROM attachments a WHERE a.id = @id AND {subjects.Within(context.Caller.Scope(permission), context.Day)}",
            new { id },
            transaction
        ) ?? throw new NotInScope();
}
