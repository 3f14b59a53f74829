using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>POST /monitoring/clues/{clue}/dismiss</c> and <c>/household</c>: a clue that leads nowhere is dismissed with a reason; one without a household is given
/// the household it is about. Taking it further is putting its household on a list.
/// </summary>
public static class AnswerClue
{
    public sealed record Dismissal(string? Reason);

    /// <param name="Number">Number of the household.</param>
    public sealed record Matching(string Number);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/monitoring/clues/{clue:long}/dismiss",
                async (ConsoleContext context, HttpContext http, long clue) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return EnterClue.Answer(
                        context,
                        () =>
                        {
                            Dismiss(context, clue, form["reason"]);
                            return "dismissed";
                        }
                    );
                }
            )
            .Needs(Permission.HandleClues);
        routes
            .MapPost(
                "/monitoring/clues/{clue:long}/household",
                async (ConsoleContext context, HttpContext http, long clue) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return EnterClue.Answer(
                        context,
                        () =>
                        {
                            Match(context, clue, form["number"].ToString());
                            return "matched";
                        }
                    );
                }
            )
            .Needs(Permission.HandleClues);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/{clue:long}/dismiss",
                async (ConsoleContext context, HttpContext http, long clue, Dismissal request) =>
                {
                    await Api.CheckWrite(http);
                    Dismiss(context, clue, request.Reason);
                    await Api.Answer(http, ListClues.Tell(context, clue));
                }
            )
            .OfApi<ListClues.Told>(Permission.HandleClues, "dismissClue", "Dismiss a clue with a reason");
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/{clue:long}/household",
                async (ConsoleContext context, HttpContext http, long clue, Matching request) =>
                {
                    await Api.CheckWrite(http);
                    Match(context, clue, request.Number);
                    await Api.Answer(http, ListClues.Tell(context, clue));
                }
            )
            .OfApi<ListClues.Told>(Permission.HandleClues, "matchClue", "Say whose a clue without a household is");
    }

    /// <exception cref="Refusal">clue.answered, clue.on-list, edit.reason.</exception>
    public static void Dismiss(ConsoleContext context, long id, string? reason)
    {
        var why = ActWords.Read(reason, null).Reason;
        Write(
            context,
            id,
            "dismiss",
            (installation, connection, transaction, clue, day, change) =>
            {
                if (clue.State == (short)ClueState.Listed)
                    throw new Refusal(
                        "clue.on-list",
                        "这条线索的户在办理中的名单上，请在名单上缓办。Its household stands on an open list: hold it back there."
                    );
                connection.Execute(
                    "UPDATE clues SET state = 2, reason = @why, decided_day = @day, change_id = @change WHERE id = @id",
                    transaction,
                    new
                    {
                        why,
                        day,
                        change,
                        id,
                    }
                );
            }
        );
    }

    /// <exception cref="Refusal">clue.answered, clue.has-household, clue.no-household, clue.there, clue.monitored.</exception>
    public static void Match(ConsoleContext context, long id, string number) =>
        Write(
            context,
            id,
            "match",
            (installation, connection, transaction, clue, day, change) =>
            {
                if (clue.HouseholdId is not null)
                    throw new Refusal("clue.has-household", "这条线索已有对应的农户。The clue has its household already.");
                var (household, area) = EnterClue.Find(connection, transaction, context.Caller, number, day);
                EnterClue.RequireFree(connection, transaction, household, (ClueSource)clue.Source, day);
                connection.Execute(
                    "UPDATE clues SET household_id = @household, area_code = @area, name = NULL, id_masked = NULL, id_index = NULL, change_id = @change WHERE id = @id",
                    transaction,
                    new
                    {
                        household,
                        area,
                        change,
                        id,
                    }
                );
            }
        );

    private static void Write(
        ConsoleContext context,
        long id,
        string act,
        Action<Installation, System.Data.Common.DbConnection, System.Data.Common.DbTransaction, Clue, int, long> write
    )
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var clue =
            connection.QueryFirstOrDefault<Clue>(
                $"SELECT c.* FROM clues c WHERE c.id = @id AND {ListClues.Within(context.Caller, Permission.HandleClues, AreaRange.Nation, day)}",
                new { id },
                transaction
            ) ?? throw new NotInScope();
        if (clue.State >= (short)ClueState.Dismissed)
            throw new Refusal("clue.answered", "这条线索已经有了结果。The clue has been answered.");
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            string.Create(CultureInfo.InvariantCulture, $"clue {id} {act}"),
            "village",
            day
        );
        write(installation, connection, transaction, clue, day, change);
        if (clue.HouseholdId is { } known)
            Work.RefreshHouseholds.After(context, new(installation, connection, transaction, day), [known], change, MonitoringWork.Source.Kind);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"clue.{act}",
            string.Create(CultureInfo.InvariantCulture, $"clue {id}"),
            clue.HouseholdId is { } household ? new AuditSubject("household", household) : null
        );
        transaction.Commit();
    }
}
