using System.Data.Common;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>
/// What people do to an item: take it in hand, hand it over, comment, hand it in, look whether it is done, return, urge, move its deadline, withdraw it. Each is
/// decided under the write lock, so that of two who take one exactly one has it, and is written with its act and the audit.
/// </summary>
public static class ActOnWork
{
    /// <param name="Words">Why, or what was done; where the paper or the photograph is.</param>
    /// <param name="To">assign: the user name of whoever is to have it.</param>
    /// <param name="Day">deadline: yyyy-MM-dd.</param>
    public sealed record Request(string? Words, string? To, string? Day);

    private static readonly (string Word, Permission Permission, string Name, string Summary)[] Acts =
    [
        ("take", Permission.DoWork, "takeWork", "Take an item in hand; of two exactly one has it"),
        ("assign", Permission.DoWork, "assignWork", "Hand an item to another user: to"),
        ("comment", Permission.DoWork, "commentWork", "Say something about an item: words"),
        ("hand-in", Permission.DoWork, "handInWork", "Say that it is done, and what was done: words"),
        ("pass", Permission.DirectWork, "passWork", "Close what somebody else handed in, or what all beneath has ended of"),
        ("return", Permission.DirectWork, "returnWork", "Return what was handed in and is not done: words"),
        ("deadline", Permission.DirectWork, "setWorkDeadline", "Set the deadline of an item, with a reason: day, words"),
        ("urge", Permission.DirectWork, "urgeWork", "Urge whoever has an item in hand"),
        ("withdraw", Permission.DirectWork, "withdrawWork", "Withdraw an item that a person wrote: words"),
        ("card-back", Permission.DirectWork, "withdrawWorkCard", "Take back the card of an item, for good: words"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var act in Acts)
        {
            routes
                .MapPost(
                    "/work/{item:long}/" + act.Word,
                    async Task<IResult> (ConsoleContext context, WorkSources sources, DeskDb desk, HttpContext http, long item) =>
                    {
                        await Forms.Check(http);
                        var form = await Forms.Read(http);
                        try
                        {
                            await Handle(context, sources, desk, item, act.Word, act.Permission, new(form["words"], form["to"], form["day"]));
                        }
                        catch (Refusal refused) when (refused is not (NotInScope or NotPermitted))
                        {
                            return await ShowItem.Page(context, sources, http, desk, item, refused);
                        }
                        return TypedResults.LocalRedirect(Forms.LocalPath(form["back"]) is { Length: > 1 } back ? back : $"/work/{item}");
                    }
                )
                .Needs(act.Permission);
            routes
                .MapPost(
                    Api.Root + "/work/{item:long}/" + act.Word,
                    async (ConsoleContext context, WorkSources sources, DeskDb desk, HttpContext http, long item, Request request) =>
                    {
                        await Api.CheckWrite(http);
                        await Handle(context, sources, desk, item, act.Word, act.Permission, request);
                        await Api.Answer(http, ShowItem.Tell(context, sources, item));
                    }
                )
                .OfApi<ShowItem.Told>(act.Permission, act.Name, act.Summary);
        }
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">What <see cref="WorkActing.Check"/> refuses; work.nobody, work.day, edit.reason.</exception>
    public static async Task Handle(
        ConsoleContext context,
        WorkSources sources,
        DeskDb desk,
        long id,
        string act,
        Permission permission,
        Request request
    )
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var to = act == "assign" ? await Person(context, desk, request.To) : null;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var item = WorkReading.Find(connection, transaction, caller, permission, day, id);
        var passed = connection.Number("SELECT count(*) FROM work_items WHERE parent_id = @id AND ended = 2", transaction, new { id });
        var directs =
            connection.Number(
                $"SELECT count(*) FROM work_items w WHERE w.id = @id AND {WorkReading.Within(caller, Permission.DirectWork, AreaRange.Nation, day)}",
                transaction,
                new { id }
            ) > 0;
        WorkActing.Check(item, act, new(caller.UserId, directs, sources.Find(item.Kind)?.Answerable == true, passed));
        var words =
            act is "take" or "assign" or "urge" or "pass" && string.IsNullOrWhiteSpace(request.Words)
                ? null
                : ActWords.Read(request.Words, null).Reason;
        // Pressed twice: it has been said.
        if (
            act == "comment"
            && connection.QueryFirstOrDefault<(string Kind, string? Words, long? User, int Day)>(
                "SELECT kind, words, user_id, day FROM work_acts WHERE item_id = @id ORDER BY number DESC LIMIT 1",
                new { id },
                transaction
            ) == ("comment", words, caller.UserId, day)
        )
            return;
        var due = act == "deadline" ? WorkActing.Deadline(DayText.Read(request.Day), today) : 0;
        if (to is not null)
            Require(connection, transaction, to, day, [id], installation.Store.Engine);
        var detail = act switch
        {
            "deadline" => $"{item.Due} -> {due}",
            "assign" => $"{item.HolderName} -> {to!.User.DisplayName}",
            "card-back" => ((WarningColour)item.Card).ToString(),
            _ => null,
        };
        Write(
            installation,
            connection,
            transaction,
            day,
            act,
            words,
            [id],
            detail,
            change =>
            {
                connection.Execute(
                    $"UPDATE work_items SET {Set(act)}, change_id = @change WHERE id = @id",
                    new
                    {
                        id,
                        change,
                        day,
                        due,
                        user = caller.UserId,
                        name = caller.User.DisplayName,
                        to = to?.UserId,
                        toName = to?.User.DisplayName,
                    },
                    transaction
                );
                if (act == "card-back")
                    connection.Execute(
                        "UPDATE work_cards SET withdrawn_day = @day, withdrawn_by = @user, withdrawn_name = @name, withdrawn_reason = @words, change_id = @change WHERE item_id = @id AND due = @due AND withdrawn_day IS NULL",
                        new
                        {
                            id,
                            change,
                            day,
                            words,
                            due = item.Due,
                            user = caller.UserId,
                            name = caller.User.DisplayName,
                        },
                        transaction
                    );
                // A constraint counts the open children, so that no path closes a parent over one.
                if (act is "pass" or "withdraw" && item.ParentId is { } parent)
                    connection.Execute(
                        "UPDATE work_items SET open_children = open_children - 1, change_id = @change WHERE id = @parent",
                        new { parent, change },
                        transaction
                    );
            }
        );
        transaction.Commit();
    }

    private static string Set(string act) =>
        act switch
        {
            "take" => "state = 1, holder_id = @user, holder_name = @name",
            "assign" => "state = 1, holder_id = @to, holder_name = @toName",
            "hand-in" => "state = 2, handed_by = @user, handed_name = @name",
            // A parent of a tree is closed by whoever directs it: what is beneath it passed the re-check of somebody else.
            "pass" =>
                "state = 4, ended = 2, closed_day = @day, card = 0, checked_by = CASE WHEN handed_by IS NULL THEN NULL ELSE @user END, checked_name = @name",
            "return" => "state = 3, handed_by = NULL, handed_name = NULL",
            "deadline" => $"due = @due, due_by_hand = TRUE, card = {WorkCards.Shown.Replace("work_items.due", "@due", StringComparison.Ordinal)}",
            "urge" => "urged_day = @day",
            "withdraw" => "state = 4, ended = 3, closed_day = @day, live = FALSE, card = 0",
            "card-back" => "card = 0",
            _ => "ordinal = ordinal",
        };

    /// <summary>Writes what was done, the acts of it and the audit as one change; the caller commits.</summary>
    internal static void Write(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        int day,
        string act,
        string? words,
        IReadOnlyList<long> items,
        string? detail,
        Action<long> update
    )
    {
        var actor = installation.Actor;
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, actor, words ?? $"work {act}", "poverty_office", day);
        update(change);
        connection.Execute(
            $"""
            INSERT INTO work_acts (item_id, number, kind, user_id, name, at, day, words, detail, change_id)
            SELECT w.id, 1 + coalesce((SELECT max(a.number) FROM work_acts a WHERE a.item_id = w.id), 0), @act, @user, @name, @at, @day, @words, @detail, @change
            FROM work_items w WHERE w.id IN ({Ids(installation.Store.Engine)})
            """,
            new
            {
                act,
                user = actor.UserId,
                name = actor.Name,
                at = AuditLog.Stamp(installation.Clock),
                day,
                words,
                detail,
                change,
                ids = Json(items),
            },
            transaction
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            actor,
            "work." + act,
            string.Join("; ", new[] { items.Count == 1 ? null : $"{items.Count} items", detail, words }.OfType<string>()),
            items.Count == 1 ? new("work", items[0]) : null
        );
    }

    /// <summary>Keys handed over as one parameter <c>@ids</c>.</summary>
    internal static string Ids(Engine engine) =>
        engine == Engine.Sqlite
            ? "SELECT value FROM json_each(@ids)"
            : "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(@ids AS json))";

    internal static string Json(IEnumerable<long> ids) => $"[{string.Join(',', ids)}]";

    /// <summary>A user by name, with the grants of the day.</summary>
    /// <exception cref="Refusal">work.nobody.</exception>
    internal static async Task<Caller> Person(ConsoleContext context, DeskDb desk, string? name)
    {
        var wanted = (name ?? "").Trim();
        var id = await desk.Users.AsNoTracking().Where(u => u.UserName == wanted).Select(u => (long?)u.Id).FirstOrDefaultAsync();
        var person = id is { } known ? await Caller.Load(desk, known, context.Tree, context.Day) : null;
        return person?.May(Permission.DoWork) == true ? person : throw Nobody();
    }

    private static Refusal Nobody() =>
        new Refusal("work.nobody", "没有这个用户，或者这些事不在他（她）的范围内。There is no such user, or the items are none of theirs.");

    /// <summary>Whoever is to have items in hand must see them.</summary>
    internal static void Require(DbConnection connection, DbTransaction transaction, Caller person, int day, IReadOnlyList<long> items, Engine engine)
    {
        if (
            connection.Number(
                $"SELECT count(*) FROM work_items w WHERE w.id IN ({Ids(engine)}) AND {WorkReading.Within(person, Permission.DoWork, AreaRange.Nation, day)}",
                transaction,
                new { ids = Json(items) }
            ) != items.Count
        )
            throw Nobody();
    }

    /// <summary>Users who may be given items of a place: those who hold it or a place around it, and the holder of its post.</summary>
    public static async Task<IReadOnlyList<(string Name, string Shown)>> Candidates(
        ConsoleContext context,
        DeskDb desk,
        long areaCode,
        string? department,
        long? post
    )
    {
        var around = new List<long?>();
        for (var at = context.Tree.ByCode(areaCode); at is not null; at = at.ParentId is { } parent ? context.Tree.ById(parent) : null)
            if (at.Level >= 3)
                around.Add(at.AreaId);
        Role[] roles = [.. Permissions.With(Permission.DoWork)];
        var held = await (
            from g in desk.Grants.AsNoTracking()
            join u in desk.Users on g.UserId equals u.Id
            where
                !u.Disabled
                && g.FromDay <= context.Day
                && (g.ToDay == null || g.ToDay > context.Day)
                && roles.Contains(g.Role)
                && (
                    around.Contains(g.AreaId) && (g.Role != Role.Department || department == null || g.Department == department)
                    || post != null && g.PostId == post
                )
            orderby u.UserName
            select new { u.UserName, u.DisplayName }
        )
            .Distinct()
            .Take(200)
            .ToListAsync();
        return [.. held.Select(u => (u.UserName!, u.DisplayName))];
    }
}
