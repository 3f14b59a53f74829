using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Quality;

/// <summary>
/// Says what became of a finding: true with what is to be done, not true, or to be exempt until a day, which somebody else confirms or refuses. An error is
/// of the record itself: it is true or exempt, never "not true".
/// </summary>
public static class AnswerFinding
{
    /// <param name="Answer">true, false or exempt.</param>
    /// <param name="Result">mend, reverse, remove or return: what is to be done about what is true.</param>
    /// <param name="LastDay">The last day of an exemption, 2020-12-31.</param>
    /// <param name="Version">The version the caller saw; another answer meanwhile is refused. Null where nobody looked.</param>
    public sealed record Request(string? Answer, string? Reason, string? Result = null, string? LastDay = null, long? Version = null);

    public sealed record Remark(string? Why);

    private static readonly (string Word, string Name, string Summary)[] Decisions =
    [
        ("confirm", "confirmExemption", "Confirm an exemption that somebody else asked for"),
        ("refuse", "refuseExemption", "Refuse an exemption, with a reason: the finding waits again"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/checks/findings/{finding:long}/answer",
                (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long finding) =>
                    Post(
                        context,
                        subjects,
                        http,
                        finding,
                        form =>
                            Handle(
                                context,
                                finding,
                                new(
                                    form["answer"],
                                    form["reason"],
                                    form["result"],
                                    form["last"],
                                    long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null
                                )
                            )
                    )
            )
            .Needs(Permission.VerifyFinding);
        routes
            .MapPost(
                "/checks/findings/{finding:long}/withdraw",
                (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long finding) =>
                    Post(context, subjects, http, finding, _ => Decide(context, finding, "withdraw", null))
            )
            .Needs(Permission.VerifyFinding);
        routes
            .MapPost(
                Api.Root + "/checks/findings/{finding:long}/answer",
                async (ConsoleContext context, HttpContext http, long finding, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, finding, request);
                    await Api.Answer(http, ListFindings.Tell(ShowFinding.Find(context, finding)));
                }
            )
            .OfApi<ListFindings.Told>(Permission.VerifyFinding, "answerFinding", "Say whether a finding is true, or ask that it be exempt");
        routes
            .MapPost(
                Api.Root + "/checks/findings/{finding:long}/withdraw",
                async (ConsoleContext context, HttpContext http, long finding) =>
                {
                    await Api.CheckWrite(http);
                    Decide(context, finding, "withdraw", null);
                    await Api.Answer(http, ListFindings.Tell(ShowFinding.Find(context, finding)));
                }
            )
            .OfApi<ListFindings.Told>(Permission.VerifyFinding, "withdrawExemption", "Take back an exemption you asked for, while it waits");
        foreach (var (word, name, summary) in Decisions)
        {
            routes
                .MapPost(
                    "/checks/findings/{finding:long}/" + word,
                    (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, long finding) =>
                        Post(context, subjects, http, finding, form => Decide(context, finding, word, form["why"]))
                )
                .Needs(Permission.ConfirmExemption);
            routes
                .MapPost(
                    Api.Root + "/checks/findings/{finding:long}/" + word,
                    async (ConsoleContext context, HttpContext http, long finding, Remark remark) =>
                    {
                        await Api.CheckWrite(http);
                        Decide(context, finding, word, remark.Why);
                        await Api.Answer(http, ListFindings.Tell(ShowFinding.Find(context, finding)));
                    }
                )
                .OfApi<ListFindings.Told>(Permission.ConfirmExemption, name, summary);
        }
    }

    private static async Task<IResult> Post(
        ConsoleContext context,
        EvidenceSubjects subjects,
        HttpContext http,
        long finding,
        Action<IFormCollection> act
    )
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        try
        {
            act(form);
            return Results.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"/checks/findings/{finding}"));
        }
        catch (Refusal refusal) when (refusal is not (NotInScope or NotPermitted))
        {
            return new RazorComponentResult<Pages.FindingPage>(
                new
                {
                    Found = ShowFinding.Handle(context, subjects, finding) with
                    {
                        Refused = refusal,
                        Typed = form.ToDictionary(f => f.Key, f => f.Value.ToString()),
                    },
                }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }

    /// <summary>What an answer makes of a finding.</summary>
    internal sealed record Answered(FindingState State, string Reason, FindingResult? Result, int? LastDay, int? Deadline);

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">
    /// finding.answer-missing, finding.no-result, finding.result-not-possible, finding.no-last-day, finding.last-day, finding.no-limit, finding.error-is-true,
    /// finding.changed-since, finding.cleared, finding.waits-for-another, edit.reason, edit.number-in-words.
    /// </exception>
    public static void Handle(ConsoleContext context, long id, Request request)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var held = Held(connection, transaction, context.Caller, Permission.VerifyFinding, id, DayNumber.Of(today));
        var answer = Read(installation.Packs, held, StatusesOf(connection, transaction, installation.Packs, [held], today), request, today);
        RequireOpen(held, DayNumber.Of(today), request.Version);
        Write(
            context,
            connection,
            transaction,
            held,
            answer.Reason,
            $"finding.{request.Answer}",
            """
            state = @state, answered_day = @day, answered_by = @user, answered_name = @name, reason = @reason, result = @result, last_day = @last,
            deadline = @deadline, confirmed_by = NULL, confirmed_name = NULL
            """,
            new
            {
                id,
                state = (short)answer.State,
                day = DayNumber.Of(today),
                user = context.Caller.UserId,
                name = context.Caller.Actor.Name,
                reason = answer.Reason,
                result = (short?)answer.Result,
                last = answer.LastDay,
                deadline = answer.Deadline,
            },
            DayNumber.Of(today)
        );
        transaction.Commit();
    }

    /// <summary>Confirms or refuses an exemption that waits, or takes back one's own.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">finding.nothing-asked, finding.own, finding.not-yours, edit.reason, edit.number-in-words.</exception>
    public static void Decide(ConsoleContext context, long id, string word, string? why)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var remark = word == "refuse" || !string.IsNullOrWhiteSpace(why) ? ActWords.Read(why, null).Reason : null;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var permission = word == "withdraw" ? Permission.VerifyFinding : Permission.ConfirmExemption;
        var held = Held(connection, transaction, caller, permission, id, day);
        if (Findings.StandingOf(held, day) != "asked")
            throw new Refusal("finding.nothing-asked", "没有待确认的豁免。No exemption waits here.");
        if (word == "withdraw" && held.AnsweredBy != caller.UserId)
            throw new Refusal("finding.not-yours", "只能撤回自己的申请。Only whoever asked takes it back.");
        if (word != "withdraw" && held.AnsweredBy == caller.UserId)
            throw new Refusal("finding.own", "不能确认自己申请的豁免，请另一人办理。Nobody confirms an exemption one asked for oneself.");
        Write(
            context,
            connection,
            transaction,
            held,
            remark ?? held.Reason!,
            $"finding.{word}",
            word == "confirm"
                ? "state = 4, confirmed_by = @user, confirmed_name = @name"
                : "state = 0, answered_day = NULL, answered_by = NULL, answered_name = NULL, reason = NULL, last_day = NULL",
            new
            {
                id,
                user = caller.UserId,
                name = caller.Actor.Name,
            },
            day
        );
        transaction.Commit();
    }

    private static Finding Held(DbConnection connection, DbTransaction transaction, Caller caller, Permission permission, long id, int day) =>
        connection.QueryFirstOrDefault<Finding>(
            $"SELECT f.* FROM findings f WHERE f.id = @id AND {Findings.Within(caller.Scope(permission), AreaRange.Nation, day)}",
            new { id },
            transaction
        ) ?? throw new NotInScope();

    /// <exception cref="Refusal">finding.changed-since, finding.cleared, finding.waits-for-another.</exception>
    internal static void RequireOpen(Finding held, int day, long? version)
    {
        if (version is { } seen && seen != held.ChangeId)
            throw new Refusal(
                "finding.changed-since",
                "打开页面之后有人办理过，请核对后再答。It was dealt with since you opened it; look at it again."
            );
        switch (Findings.StandingOf(held, day))
        {
            case "cleared":
                throw new Refusal("finding.cleared", "这个问题已经消除。It is gone already.");
            case "asked" or "exempt":
                throw new Refusal(
                    "finding.waits-for-another",
                    "豁免待确认或仍有效，不能另作回答。An exemption waits or is in force: it is not answered otherwise."
                );
        }
    }

    /// <summary>What a request comes to for a finding: pure, whatever the number of findings.</summary>
    /// <param name="statuses">Keys of code list status_kind by household.</param>
    internal static Answered Read(PackSet packs, Finding held, IReadOnlyDictionary<long, string> statuses, Request request, DateOnly today)
    {
        long? Law(string parameter) =>
            packs.Parameters.GetValueOrDefault(parameter) is { } law
                ? law.InForce(held.AreaCode, law.IndexOn(new JudgingDay(today)))?.Value.Number
                : null;
        var state = request.Answer switch
        {
            "true" => FindingState.True,
            "false" => FindingState.False,
            "exempt" => FindingState.Asked,
            _ => throw new WrongUsage("finding.answer-missing", "请选择属实、不属实或申请豁免。Say whether it is true, not true, or to be exempt."),
        };
        var (reason, _) = ActWords.Read(request.Reason, null);
        switch (state)
        {
            case FindingState.True:
                if (
                    !Enum.TryParse<FindingResult>(request.Result, ignoreCase: true, out var result)
                    || !Enum.IsDefined(result)
                    || char.IsDigit(request.Result![0])
                )
                    throw new WrongUsage(
                        "finding.no-result",
                        "属实的请选择处理：修改、回退、清退或返贫。Say what is to be done about it: mend, reverse, remove or return."
                    );
                RequirePossible(held.HouseholdId is { } household ? statuses.GetValueOrDefault(household) : null, result);
                return new(state, reason, result, null, Law("check.mend_days") is { } span ? DayNumber.Of(today.AddDays((int)span)) : null);
            case FindingState.False when held.Hard:
                throw new Refusal(
                    "finding.error-is-true",
                    "这是记录本身的错误：请改正，或申请豁免。It is an error of the record itself: mend it, or ask that it be exempt."
                );
            case FindingState.False:
                return new(state, reason, null, null, null);
        }
        if (string.IsNullOrWhiteSpace(request.LastDay))
            throw new WrongUsage("finding.no-last-day", "豁免必须写明最后一天。An exemption needs its last day.");
        var longest =
            Law("check.longest_exemption_days")
            ?? throw new Refusal(
                "finding.no-limit",
                "政策包没有规定豁免最长可用多少天，不能申请。No pack says how long an exemption may last, so none can be asked for."
            );
        if (DayText.Read(request.LastDay) is not { } last || last < today || last.DayNumber - today.DayNumber + 1 > longest)
            throw new WrongUsage(
                "finding.last-day",
                $"最后一天写作 2020-12-31，不早于今天，至多 {longest} 天。Write the last day as 2020-12-31, not before today and at most {longest} days on."
            );
        return new(state, reason, null, DayNumber.Of(last), held.Deadline);
    }

    /// <summary>The status of the households of findings on a day, by household.</summary>
    internal static Dictionary<long, string> StatusesOf(
        DbConnection connection,
        DbTransaction transaction,
        PackSet packs,
        IReadOnlyList<Finding> held,
        DateOnly today
    )
    {
        var households = held.Select(f => f.HouseholdId).OfType<long>().Distinct().ToList();
        var kinds = packs.Dictionary.CodeLists["status_kind"];
        return households.Count == 0
            ? []
            : connection
                .Query<(long Household, int Kind)>(
                    $"SELECT s.household_id, s.kind FROM household_statuses s WHERE s.household_id IN ({string.Join(", ", households)}) AND {Standards.Pairings.Covers("s", DayNumber.Of(today))}",
                    transaction: transaction
                )
                .Where(s => kinds.Find(s.Kind) is not null)
                .ToDictionary(s => s.Household, s => kinds.Find(s.Kind)!.Key);
    }

    // An exit is undone, and poverty returned to, by whoever exited; removed is who is registered.
    private static void RequirePossible(string? status, FindingResult result)
    {
        if (result == FindingResult.Mend)
            return;
        string[] from =
            result == FindingResult.Remove
                ? ["remaining", "returned", "exited_on_support", "exited_support_ended"]
                : ["exited_on_support", "exited_support_ended"];
        if (!from.Contains(status))
            throw new Refusal(
                "finding.result-not-possible",
                "该户现在的身份不能作此处理：回退、返贫只对脱贫户，清退只对在册户。The household's status does not allow it: exits are undone, and poverty returned to, by who exited; removed is who is registered."
            );
    }

    private static void Write(
        ConsoleContext context,
        DbConnection connection,
        DbTransaction transaction,
        Finding held,
        string reason,
        string action,
        string set,
        object values,
        int day
    )
    {
        var installation = context.Installation;
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, reason, "poverty_office", day);
        connection.Execute(
            string.Create(CultureInfo.InvariantCulture, $"UPDATE findings SET {set}, change_id = {change} WHERE id = @id"),
            values,
            transaction
        );
        RefreshHouseholds.After(
            context,
            new(installation, connection, transaction, day) { ChangedPlaces = held.OfPlace ? [held.SubjectId] : [] },
            held.HouseholdId is { } household ? [household] : [],
            change,
            SuspectWork.Source.Kind
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            action,
            string.Create(CultureInfo.InvariantCulture, $"finding {held.Id} of {held.CheckId}: {reason}"),
            new(held.HouseholdId is null ? held.Subject : "household", held.HouseholdId ?? held.SubjectId)
        );
    }
}
