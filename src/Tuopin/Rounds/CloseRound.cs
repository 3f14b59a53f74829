using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Rounds;

/// <summary>
/// <c>POST /rounds/{round}/close</c>: the county ends a round in its last stage. What the registry says of each household is kept beside its outcome, so that
/// the report stays as it is; from then on nothing is changed that takes effect on a day of the round.
/// </summary>
public static class CloseRound
{
    /// <param name="Anyway">Although some have no outcome, or the registry says otherwise: the report names them.</param>
    public sealed record Request(bool? Anyway);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/rounds/{round:long}/close",
                async Task<IResult> (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Handle(context, round, form["anyway"] == "yes");
                    return TypedResults.LocalRedirect($"/rounds/{round}");
                }
            )
            .Needs(Permission.OpenRound);
        routes
            .MapPost(
                Api.Root + "/rounds/{round:long}/close",
                async (ConsoleContext context, HttpContext http, long round, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, round, request.Anyway == true);
                    await Api.Answer(http, ShowRound.Tell(context, round));
                }
            )
            .OfApi<ShowRound.Told>(Permission.OpenRound, "closeRound", "Close a round: its report stays as it is");
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">round.over, round.not-yet, round.unreconciled.</exception>
    public static void Handle(ConsoleContext context, long id, bool anyway)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var round = RoundHeld.Find(connection, transaction, installation.Packs, caller, Permission.OpenRound, id);
        if (!caller.Scope(Permission.OpenRound).Covers(round.Range))
            throw new NotInScope();
        round.RequireLastStage(day);
        var kinds = installation.Packs.Dictionary.CodeLists["status_kind"];
        var change = Begin(installation, connection, transaction, id, day);
        RecordOutcomes.Take(connection, transaction, round, kinds, day, [round.Range], change);
        var report = RoundReport.Of(round.Pack, kinds, ShowRound.Flows(connection, transaction, round, day, [round.Range]));
        if (!report.Reconciles && !anyway)
            throw new Refusal(
                "round.unreconciled",
                $"还有 {report.Undecided} 户没有结果，{report.Differing} 户与登记不符；核对后再结束，或注明照样结束。{report.Undecided} households have no outcome and {report.Differing} differ from the registry: settle them, or close it all the same."
            );
        connection.Execute(
            $"""
            UPDATE round_subjects AS s SET closing = (SELECT st.kind FROM household_statuses st WHERE st.household_id = s.subject_id AND {Pairings.Covers(
                "st",
                day
            )}),
              change_id = @change WHERE s.round_id = @id
            """,
            transaction,
            new { id, change }
        );
        End(
            installation,
            connection,
            transaction,
            id,
            day,
            change,
            string.Create(
                CultureInfo.InvariantCulture,
                $"round {id}: {report.Opening} + {report.TakenIn} - {report.Left} = {report.Closing}, registry {report.Registry}, undecided {report.Undecided}, differing {report.Differing}"
            )
        );
        transaction.Commit();
    }

    /// <summary>The change that closes a round.</summary>
    public static long Begin(Installation installation, DbConnection connection, DbTransaction transaction, long id, int day) =>
        AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, $"round {id} close", "poverty_office", day);

    /// <summary>Writes that a round is closed, with its account in the audit.</summary>
    public static void End(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        long id,
        int day,
        long change,
        string account
    )
    {
        connection.Execute(
            "UPDATE rounds SET closed_day = @day, change_id = @change WHERE id = @id",
            transaction,
            new
            {
                id,
                day,
                change,
            }
        );
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, "round.close", account, new("round", id));
    }
}
