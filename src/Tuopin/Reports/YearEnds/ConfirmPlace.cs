using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rounds;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.YearEnds;

/// <summary>
/// <c>POST /year-ends/{round}/places</c>: a place confirms its figures of the year, in the stages that are its users'; the county gives them back, with the reason, for
/// the place to look again.
/// </summary>
public static class ConfirmPlace
{
    /// <param name="Area">Code of the place.</param>
    /// <param name="Outcome">confirmed or returned.</param>
    /// <param name="Reason">Needed where it is returned.</param>
    public sealed record Request(string Area, string Outcome, string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/year-ends/{round:long}/places",
                async Task<IResult> (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Handle(context, round, new(form["area"].ToString(), form["outcome"].ToString(), form["reason"]));
                    return TypedResults.LocalRedirect($"/year-ends/{round}");
                }
            )
            .Needs(Permission.RecordOutcome);
        routes
            .MapPost(
                Api.Root + "/year-ends/{round:long}/places",
                async (ConsoleContext context, HttpContext http, long round, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, round, request);
                    await Api.Answer(http, ShowYearEnd.Tell(context, round));
                }
            )
            .OfApi<ShowYearEnd.Told>(
                Permission.RecordOutcome,
                "confirmYearEnd",
                "Confirm the figures of a year for a place, or give them back with a reason"
            );
    }

    /// <summary>Whether a caller confirms for a place in a stage.</summary>
    public static bool May(Caller caller, RoundStage stage, long code, short level) =>
        caller
            .GrantsWith(Permission.RecordOutcome)
            .Any(g =>
                Enum.TryParse<ActingRole>(g.Role.ToString(), out var role)
                && stage.Who.Contains(role)
                && g.Scope.Covers(new AreaRange(code, code + (level == 4 ? 999 : 0)))
            );

    /// <exception cref="NotInScope">There is no such closing, or the place is not on its list or not the caller's.</exception>
    /// <exception cref="NotPermitted">round.not-your-stage.</exception>
    /// <exception cref="Refusal">round.over, round.no-stage, round.no-outcome, edit.reason.</exception>
    public static void Handle(ConsoleContext context, long id, Request request)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        if (request.Outcome is not (ShowYearEnd.Confirmed or ShowYearEnd.Returned))
            throw new WrongUsage("round.no-outcome", "没有这种结果，或者它由登记产生。There is no such outcome, or it comes from the registry.");
        var returned = request.Outcome == ShowYearEnd.Returned;
        var reason = returned || !string.IsNullOrWhiteSpace(request.Reason) ? ActWords.Read(request.Reason, null).Reason : "核对无误 / confirmed";
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var round = RoundHeld.Find(connection, transaction, installation.Packs, caller, Permission.RecordOutcome, id, ofPlaces: true);
        var place = context.Tree.ByCode(request.Area ?? "") ?? throw new NotInScope();
        if (!caller.Scope(Permission.RecordOutcome).Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        if (round.Row.ClosedDay is not null)
            throw new Refusal("round.over", "这一轮已经结束。The round is closed.");
        var stage =
            round.Stage(day)
            ?? throw new Refusal("round.no-stage", "今天不在任何阶段之内，不能记录。Today is in no stage of the round: nothing is recorded.");
        // Giving back is the county's, confirming whoever's the stage is.
        if (
            returned
                ? !(caller.May(Permission.OpenRound) && caller.Scope(Permission.OpenRound).Covers(round.Range))
                : !May(caller, stage, place.Code, place.Level)
        )
            throw new NotPermitted(
                "round.not-your-stage",
                new($"“{stage.Title.Zh}”阶段不由您记录。The stage '{stage.Title.En}' is not yours to record in.")
            );
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, reason, "poverty_office", day);
        var found = connection.Execute(
            "UPDATE round_subjects SET outcome = @outcome, reason = @reason, change_id = @change WHERE round_id = @id AND subject_id = @place",
            transaction,
            new
            {
                id,
                outcome = request.Outcome,
                reason,
                change,
                place = place.AreaId,
            }
        );
        if (found == 0)
            throw new NotInScope();
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "round.outcomes",
            string.Create(CultureInfo.InvariantCulture, $"round {id}, {stage.Id}: {PickArea.Code(place)} {request.Outcome}"),
            new("round", id)
        );
        transaction.Commit();
    }
}
