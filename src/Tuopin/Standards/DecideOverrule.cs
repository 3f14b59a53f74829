using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// What becomes of an overrule: a second person confirms or refuses it, whoever asked takes it back while it waits, and once in force it is lifted before its
/// end. The verdict, the list, the tallies and the counts follow in the same transaction; of two who decide, the write lock lets one find it decided.
/// </summary>
public static class DecideOverrule
{
    private static readonly (string Word, Permission Permission, string Name, string Summary)[] Acts =
    [
        ("confirm", Permission.ConfirmOverrule, "confirmOverrule", "Confirm an overrule that somebody else asked for: it counts from its first day"),
        ("refuse", Permission.ConfirmOverrule, "refuseOverrule", "Refuse an overrule, with a reason"),
        ("lift", Permission.ConfirmOverrule, "liftOverrule", "Lift an overrule from the work date on, with a reason"),
        ("withdraw", Permission.AskOverrule, "withdrawOverrule", "Take back what you asked for, while it waits"),
    ];

    public sealed record Reason(string? Why);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var act in Acts)
        {
            routes
                .MapPost(
                    "/overrules/{overrule:long}/" + act.Word,
                    (ConsoleContext context, HttpContext http, long overrule) => Post(context, http, overrule, act.Word, act.Permission)
                )
                .Needs(act.Permission);
            routes
                .MapPost(
                    Api.Root + "/overrules/{overrule:long}/" + act.Word,
                    async (ConsoleContext context, HttpContext http, long overrule, Reason reason) =>
                    {
                        await Api.CheckWrite(http);
                        Handle(context, overrule, act.Word, act.Permission, reason.Why);
                        await Api.Answer(http, ListOverrules.Tell(context, overrule));
                    }
                )
                .OfApi<ListOverrules.Told>(act.Permission, act.Name, act.Summary);
        }
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long overrule, string word, Permission permission)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        try
        {
            Handle(context, overrule, word, permission, form["why"]);
            return Results.LocalRedirect(Forms.LocalPath(form["back"]) is { Length: > 1 } back ? back : "/overrules");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return new RazorComponentResult<Pages.OverrulesPage>(
                new { Found = ListOverrules.Handle(context, new(null, null, null, null), null) with { Refused = refusal } }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">overrule.why, overrule.decided, overrule.own, overrule.over, overrule.not-in-force, overrule.not-yours, overrule.there.</exception>
    public static void Handle(ConsoleContext context, long id, string word, Permission permission, string? why)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var reason = (why ?? "").Trim();
        if (reason.Length > 200 || reason.Any(char.IsControl) || reason.Any(char.IsSurrogate) || (word is "refuse" or "lift" && reason.Length < 2))
            throw new WrongUsage("overrule.why", "请写明原因（2 至 200 字）。Say why, in 2 to 200 characters.");
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var held =
            connection.QueryFirstOrDefault<Overrule>(
                $"SELECT o.* FROM overrules o WHERE o.id = @id AND {ListOverrules.Within(caller, permission, AreaRange.Nation, day)}",
                new { id },
                transaction
            ) ?? throw new NotInScope();
        Check(connection, transaction, held, word, caller.UserId, day);
        var set = word switch
        {
            "confirm" => "state = 1, decided_by = @user, decided_name = @name, decided_at = @at, decided_reason = @reason",
            "refuse" => "state = 2, decided_by = @user, decided_name = @name, decided_at = @at, decided_reason = @reason",
            "withdraw" => "state = 3, decided_at = @at, decided_reason = @reason",
            _ => "lifted_day = @day, lifted_by = @user, lifted_name = @name, lifted_reason = @reason",
        };
        var change = 0L;
        void Write()
        {
            change = AuditLog.BeginChange(
                connection,
                transaction,
                installation.Clock,
                installation.Actor,
                reason.Length > 0 ? reason : held.Reason,
                "poverty_office",
                day,
                held.Evidence
            );
            connection.Execute(
                $"UPDATE overrules SET {set}, change_id = @change WHERE id = @id",
                new
                {
                    id,
                    change,
                    day,
                    user = caller.UserId,
                    name = caller.Actor.Name,
                    at = AuditLog.Stamp(installation.Clock),
                    reason = reason.Length == 0 ? null : reason,
                },
                transaction
            );
        }
        if (word is "confirm" or "lift" && JudgedState.Holds(installation, connection, transaction))
            Rejudge(installation, connection, transaction, today, held, Write);
        else
            Write();
        var ofHousehold = held.Subject == "household";
        Work.RefreshHouseholds.After(
            context,
            new(installation, connection, transaction, day) { ChangedPlaces = ofHousehold ? [] : [held.SubjectId] },
            ofHousehold ? [held.SubjectId] : [],
            change
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"overrule.{word}",
            string.Create(
                    CultureInfo.InvariantCulture,
                    $"overrule {id} of {held.AskedName}: {held.StandardId}/{held.Indicator} {(held.Met ? "met" : "unmet")} {held.FirstDay} to {held.LastDay} {reason}"
                )
                .TrimEnd(),
            new(held.Subject, held.SubjectId)
        );
        transaction.Commit();
    }

    private static void Check(DbConnection connection, DbTransaction transaction, Overrule held, string word, long user, int day)
    {
        if (word == "lift")
        {
            if (held.State != (short)OverruleState.Confirmed || held.LiftedDay is not null || held.LastDay < day)
                throw new Refusal("overrule.not-in-force", "这项认定没有生效或已经结束。It is not in force, or over already.");
            return;
        }
        if (held.State != (short)OverruleState.Waiting)
            throw new Refusal("overrule.decided", "这项申请已经办理。It has been decided already.");
        if (word == "withdraw")
        {
            if (held.AskedBy != user)
                throw new Refusal("overrule.not-yours", "只能撤回自己的申请。Only whoever asked takes it back.");
            return;
        }
        if (held.AskedBy == user)
            throw new Refusal("overrule.own", "不能确认自己的申请，请另一人办理。Nobody decides what one asked for oneself.");
        if (word == "refuse")
            return;
        if (held.LastDay < day)
            throw new Refusal("overrule.over", "到期日已过，请退回重新申请。Its last day has gone by: refuse it, to be asked for anew.");
        AskOverrule.RequireFree(
            connection,
            transaction,
            held.Subject,
            held.SubjectId,
            held.StandardId,
            held.Indicator,
            Math.Max(held.FirstDay, day),
            held.LastDay,
            held.Id
        );
    }

    // The verdict of the subject is made again, and what stands on it; what cannot be kept up at once is left to a judgement of the whole.
    private static void Rejudge(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        DateOnly today,
        Overrule held,
        Action write
    )
    {
        var tree = AreaTree.Load(connection, today);
        using var rejudge = RejudgeHousehold.For(installation, connection, transaction, AreaArgument.Smallest(tree, connection, transaction));
        if (held.Subject == "household")
        {
            var before = rejudge.Before(transaction, held.SubjectId);
            write();
            rejudge.After(before);
            return;
        }
        write();
        if (tree.ById(held.SubjectId) is { } place && !rejudge.Place(transaction, place))
            JudgedState.Overtake(connection, transaction);
    }
}
