using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>/lists/{list}/notice</c>: the notice of a list in publicity as it is hung on the board, A4 or A3. It shows of each subject what the step of the procedure
/// says and nothing else; who printed it is audited.
/// </summary>
public static class PrintNotice
{
    public sealed record Row(int Number, string? Name, string? Group, int? Members);

    /// <param name="First">The day it hangs from; before it is hung the work date.</param>
    /// <param name="Last">The day after whose end it may come down.</param>
    public sealed record Notice(
        long List,
        string Title,
        Label Procedure,
        Label Outcome,
        Label Step,
        string Place,
        string? Above,
        IReadOnlyList<NoticeColumn> Shows,
        DateOnly First,
        DateOnly Last,
        bool Hangs,
        IReadOnlyList<Row> Rows
    );

    public sealed record Told(
        long List,
        string Title,
        string Outcome,
        string Place,
        string First,
        string Last,
        IReadOnlyList<NoticeColumn> Shows,
        IReadOnlyList<Row> Rows
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/lists/{list:long}/notice",
                IResult (ConsoleContext context, long list, string? paper) =>
                    new RazorComponentResult<Pages.NoticePage>(new { Notice = Handle(context, list), Large = paper == "a3" })
            )
            .Needs(Permission.ActOnLists);
        routes
            .MapGet(
                Api.Root + "/lists/{list:long}/notice",
                (ConsoleContext context, HttpContext http, long list) =>
                {
                    var notice = Handle(context, list);
                    return Api.Answer(
                        http,
                        new Told(
                            list,
                            notice.Title,
                            context.L[notice.Outcome],
                            notice.Place,
                            DayText.Of(notice.First),
                            DayText.Of(notice.Last),
                            notice.Shows,
                            notice.Rows
                        )
                    );
                }
            )
            .OfApi<Told>(
                Permission.ActOnLists,
                "notice",
                "The notice of a list in publicity, with what the procedure lets it show; audited as a print"
            );
    }

    /// <summary>The notice, after the audit entry that says who printed it.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">list.no-publicity.</exception>
    public static Notice Handle(ConsoleContext context, long id)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var list = ListRecord.Find(connection, transaction, installation.Packs, id, context.Caller.Scope(Permission.ActOnLists));
        var notice = Of(list, context.Tree, ListWriting.Now(installation, connection, transaction), connection, transaction);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "list.print",
            string.Create(CultureInfo.InvariantCulture, $"list {id}, step {list.State.Step}: notice with {notice.Rows.Count}"),
            new AuditSubject("list", id)
        );
        transaction.Commit();
        return notice;
    }

    /// <exception cref="Refusal">list.no-publicity.</exception>
    internal static Notice Of(ListRecord list, AreaTree tree, Moment at, DbConnection connection, DbTransaction? transaction)
    {
        var step = list.Step;
        if (list.State.Ended is not null || step.Kind != StepKind.Publicity)
            throw new Refusal("list.no-publicity", "the list does not hang in this step");
        var first = list.State.Hung?.Work ?? at.Work;
        var place = tree.ById(list.Row.AreaId);
        return new(
            list.Row.Id,
            list.Row.Title,
            list.Procedure.Title,
            list.Change.Title,
            step.Title,
            place is null ? "" : tree.Path(place),
            place?.ParentId is { } parent && tree.ById(parent) is { } above ? above.Name : null,
            step.Shows,
            first,
            DayCounting.After(first, step.Days!.Of(list.State.Days), step.Days.Counted, list.State.Holidays),
            list.State.Hung is not null,
            Rows(list, connection, transaction)
        );
    }

    // In the order of the village's groups, as a board has them; the number on the notice is what an objection names.
    private static List<Row> Rows(ListRecord list, DbConnection connection, DbTransaction? transaction)
    {
        var shows = list.Step.Shows;
        var full = shows.Contains(NoticeColumn.Name);
        return
        [
            .. Subjects(list, connection, transaction)
                .Select(
                    (r, i) =>
                        new Row(
                            i + 1,
                            list.Procedure.Subject.Level is not null || full ? r.Name
                                : shows.Contains(NoticeColumn.MaskedName) ? Masked(r.Name)
                                : null,
                            shows.Contains(NoticeColumn.Group) ? r.Group : null,
                            shows.Contains(NoticeColumn.Members) ? r.Members : null
                        )
                ),
        ];
    }

    /// <summary>The subjects still open, in the order of the notice.</summary>
    internal static IReadOnlyList<(long Id, string? Name, string? Group, int? Members)> Subjects(
        ListRecord list,
        DbConnection connection,
        DbTransaction? transaction
    ) =>
        [
            .. connection.Query<(long, string?, string?, int?)>(
                list.Procedure.Subject.Level is null
                    ? """
                    SELECT s.subject_id, h.head_name, h.group_name, l.members FROM list_subjects s JOIN households h ON h.id = s.subject_id
                    LEFT JOIN household_list l ON l.household_id = h.id AND l.place_code = h.area_code
                    WHERE s.list_id = @id AND s.cause IS NULL ORDER BY h.group_name, s.subject_id
                    """
                    : """
                    SELECT s.subject_id, v.name, CAST(NULL AS text), CAST(NULL AS integer) FROM list_subjects s
                    JOIN area_versions v ON v.area_id = s.subject_id AND v.code = s.area_code AND v.to_day IS NULL
                    WHERE s.list_id = @id AND s.cause IS NULL ORDER BY v.code
                    """,
                new { id = list.Row.Id },
                transaction
            ),
        ];

    /// <summary>A name as a board may show it: 李*, 李*明, 欧阳*明.</summary>
    public static string? Masked(string? name)
    {
        if (name is null)
            return null;
        var signs = new StringInfo(name);
        return signs.LengthInTextElements switch
        {
            0 => "",
            1 => "*",
            2 => signs.SubstringByTextElements(0, 1) + "*",
            var n and <= 4 => signs.SubstringByTextElements(0, n - 2) + "*" + signs.SubstringByTextElements(n - 1),
            var n => signs.SubstringByTextElements(0, 1) + new string('*', n - 2) + signs.SubstringByTextElements(n - 1),
        };
    }
}
