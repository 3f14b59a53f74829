using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary><c>POST /work/assign</c>: many items given to somebody at once, with a deadline or without; all of them or none.</summary>
public static class AssignWork
{
    public const int Most = 500;

    /// <param name="To">User name; without it only the deadline is set.</param>
    /// <param name="Day">Deadline, yyyy-MM-dd; without it each keeps its own.</param>
    public sealed record Request(IReadOnlyList<long>? Items, string? To, string? Day, string? Words);

    public sealed record Told(int Items);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/work/assign",
                async Task<IResult> (ConsoleContext context, DeskDb desk, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    var items = form["item"].Select(i => long.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0);
                    await Handle(context, desk, new([.. items], form["to"], form["day"], form["words"]));
                    return TypedResults.LocalRedirect(Forms.LocalPath(form["back"]) is { Length: > 1 } back ? back : "/work");
                }
            )
            .Needs(Permission.DirectWork);
        routes
            .MapPost(
                Api.Root + "/work/assign",
                async (ConsoleContext context, DeskDb desk, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, new Told(await Handle(context, desk, request)));
                }
            )
            .OfApi<Told>(Permission.DirectWork, "assignMuchWork", "Give up to 500 items to a user, with a deadline or without: all of them or none");
    }

    /// <exception cref="NotInScope">One of them is none of the caller's.</exception>
    /// <exception cref="Refusal">work.nothing-chosen, work.nobody, work.not-all, work.day, edit.reason.</exception>
    public static async Task<int> Handle(ConsoleContext context, DeskDb desk, Request request)
    {
        var items = (request.Items ?? []).Distinct().ToList();
        var (dated, given) = (!string.IsNullOrWhiteSpace(request.Day), !string.IsNullOrWhiteSpace(request.To));
        if (items.Count is 0 or > Most || (!dated && !given))
            throw new WrongUsage(
                "work.nothing-chosen",
                $"请选择 1 至 {Most} 件事，并写明交给谁或期限。Choose 1 to {Most} items, and whom to give them to or a deadline."
            );
        var (installation, caller) = (context.Installation, context.Caller);
        var to = given ? await ActOnWork.Person(context, desk, request.To) : null;
        var words = string.IsNullOrWhiteSpace(request.Words) && !dated ? null : ActWords.Read(request.Words, null).Reason;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var due = dated ? WorkActing.Deadline(DayText.Read(request.Day), today) : 0;
        var ids = $"w.id IN ({ActOnWork.Ids(installation.Store.Engine)})";
        var within = WorkReading.Within(caller, Permission.DirectWork, AreaRange.Nation, day);
        long Count(string where) =>
            connection.Number($"SELECT count(*) FROM work_items w WHERE {ids} AND {where}", transaction, new { ids = ActOnWork.Json(items) });
        if (Count(within) != items.Count)
            throw new NotInScope();
        var ready = Count($"w.closed_day IS NULL AND w.kind NOT IN ('ledger', 'aspect', 'problem'){(given ? " AND w.state <> 2" : "")}");
        if (ready != items.Count)
            throw new Refusal(
                "work.not-all",
                $"其中 {items.Count - ready} 件已结束、已交复核或是台账的上级，没有派办任何一件。None was given: {items.Count - ready} of them are closed, handed in, or parents of a ledger."
            );
        if (to is not null)
            ActOnWork.Require(connection, transaction, to, day, items, installation.Store.Engine);
        var set = string.Join(
            ", ",
            new[]
            {
                given ? "state = 1, holder_id = @to, holder_name = @name" : null,
                dated
                    ? $"due = @due, due_by_hand = TRUE, card = {WorkCards.Shown.Replace("work_items.due", "@due", StringComparison.Ordinal)}"
                    : null,
            }.OfType<string>()
        );
        ActOnWork.Write(
            installation,
            connection,
            transaction,
            day,
            given ? "assign" : "deadline",
            words,
            items,
            string.Join(", ", new[] { given ? $"-> {to!.User.DisplayName}" : null, dated ? $"-> {due}" : null }.OfType<string>()),
            change =>
                connection.Execute(
                    $"UPDATE work_items SET {set}, change_id = @change WHERE id IN ({ActOnWork.Ids(installation.Store.Engine)})",
                    new
                    {
                        ids = ActOnWork.Json(items),
                        to = to?.UserId,
                        name = to?.User.DisplayName,
                        due,
                        change,
                    },
                    transaction
                )
        );
        transaction.Commit();
        return items.Count;
    }
}
