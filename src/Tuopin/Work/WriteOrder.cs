using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary><c>POST /work</c>: an order (交办) that a person writes for a place and a department, alone or beneath another item that is open.</summary>
public static class WriteOrder
{
    /// <param name="Area">Code; without it the area in view.</param>
    /// <param name="Day">Deadline, yyyy-MM-dd.</param>
    /// <param name="Parent">The item it is a part of.</param>
    public sealed record Request(string? Title, string? Wanted, string? Area, string? Department, string? Day, long? Parent);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/work",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    long? parent = long.TryParse(form["parent"], out var id) ? id : null;
                    var made = Handle(context, new(form["title"], form["wanted"], form["area"], form["department"], form["day"], parent));
                    return TypedResults.LocalRedirect($"/work/{parent ?? made}");
                }
            )
            .Needs(Permission.DirectWork);
        routes
            .MapPost(
                Api.Root + "/work",
                async (ConsoleContext context, WorkSources sources, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request);
                    http.Response.Headers.Location = $"{Api.Root}/work/{id}";
                    await Api.Answer(http, ShowItem.Tell(context, sources, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowItem.Told>(
                Permission.DirectWork,
                "writeOrder",
                "Write an order, alone or as a part of an open item",
                StatusCodes.Status201Created
            );
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">work.title, work.department, work.closed, work.day.</exception>
    public static long Handle(ConsoleContext context, Request request)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var (title, wanted) = (Text(request.Title, 2, 200), Text(request.Wanted, 0, 1000));
        var department = Department(context, request.Department);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var due = string.IsNullOrWhiteSpace(request.Day) ? WorkItem.NoDeadline : WorkActing.Deadline(DayText.Read(request.Day), today);
        var parent = request.Parent is { } id ? WorkReading.Find(connection, transaction, caller, Permission.DirectWork, day, id) : null;
        if (parent?.ClosedDay is not null)
            throw new Refusal("work.closed", "这件事已经结束。It is closed.");
        if (parent is not null && WorkActing.OfTree.Contains(parent.Kind))
            throw new Refusal(
                "work.of-a-tree",
                "台账、方面和问题随下面的措施办理。Ledgers, aspects and problems are dealt with by the measures beneath them."
            );
        var place = string.IsNullOrEmpty(request.Area)
            ? parent is null
                ? context.Area(Permission.DirectWork)
                : context.Tree.ByCode(parent.AreaCode)
            : context.Tree.ByCode(request.Area);
        if (place is not { Level: >= 3 } || !caller.Scope(Permission.DirectWork).Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        // Said again on the same day it is the same order.
        if (
            connection.QueryFirstOrDefault<long?>(
                """
                SELECT w.id FROM work_items w JOIN work_acts a ON a.item_id = w.id AND a.number = 1 AND a.user_id = @user
                WHERE w.kind = 'order' AND w.closed_day IS NULL AND w.opened_day = @day AND w.title = @title AND w.area_code = @code AND w.due = @due
                  AND coalesce(w.department, '') = @department AND coalesce(w.parent_id, 0) = @parent
                """,
                new
                {
                    user = caller.UserId,
                    day,
                    title,
                    code = place.Code,
                    due,
                    department = department ?? "",
                    parent = parent?.Id ?? 0,
                },
                transaction
            ) is
            { } there
        )
            return there;
        var made = Keys.Take(connection, transaction, "work_items", place.Code / 1_000_000, 1);
        ActOnWork.Write(
            installation,
            connection,
            transaction,
            day,
            "open",
            null,
            [made],
            title,
            change =>
            {
                Insert(
                    connection,
                    transaction,
                    new WorkItem
                    {
                        Id = made,
                        Kind = "order",
                        Live = true,
                        ParentId = parent?.Id,
                        RootId = parent is null ? null : parent.RootId ?? parent.Id,
                        Title = title,
                        Wanted = wanted.Length == 0 ? null : wanted,
                        AreaCode = place.Code,
                        Department = department,
                        Due = due,
                        DueByHand = due != WorkItem.NoDeadline,
                        OpenedDay = day,
                        ChangeId = change,
                    }
                );
                if (parent is not null)
                    connection.Execute(
                        "UPDATE work_items SET open_children = open_children + 1, change_id = @change WHERE id = @id",
                        transaction,
                        new { id = parent.Id, change }
                    );
            }
        );
        transaction.Commit();
        return made;
    }

    internal static void Insert(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        params IReadOnlyList<WorkItem> items
    ) =>
        SqlMapper.Execute(
            connection,
            """
            INSERT INTO work_items (id, kind, live, parent_id, root_id, ordinal, open_children, title, wanted, origin, subject, subject_id, area_code, department, unit_id,
              due, due_by_hand, state, opened_day, card, change_id)
            VALUES (@Id, @Kind, @Live, @ParentId, @RootId, @Ordinal, @OpenChildren, @Title, @Wanted, @Origin, @Subject, @SubjectId, @AreaCode, @Department, @UnitId,
              @Due, @DueByHand, @State, @OpenedDay, @Card, @ChangeId)
            """,
            items,
            transaction
        );

    /// <exception cref="WrongUsage">work.title, edit.number-in-words.</exception>
    internal static string Text(string? text, int least, int most)
    {
        var plain = (text ?? "").Trim();
        if (plain.Length < least || plain.Length > most || plain.Any(c => char.IsControl(c) && c is not ('\n' or '\r')))
            throw new WrongUsage("work.title", $"请写 {least} 至 {most} 字。Write {least} to {most} characters.");
        ActWords.RequireNoNumber(plain);
        return plain;
    }

    /// <exception cref="WrongUsage">work.department.</exception>
    internal static string? Department(ConsoleContext context, string? key) =>
        string.IsNullOrEmpty(key) ? null
        : context.Installation.Packs.Dictionary.CodeLists["department"].Find(key) is { } known ? known.Key
        : throw new WrongUsage("work.department", $"没有部门 {key}。There is no department {key}.");
}
