using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Work;

namespace Tuopin.Quality;

/// <summary>
/// <c>POST /checks/findings/answers</c>: one answer for the findings that were ticked, or for all that a filter shows. First it says what that would come to,
/// row by row; said again with <c>sure</c> it is written, and each row that cannot be answered so says why. Exemptions wait for somebody else, one by one.
/// </summary>
public static class AnswerFindings
{
    /// <summary>As many at once; the filter makes them fewer.</summary>
    public const int Most = 1000;

    /// <param name="Seen">The version of each finding the caller saw, by finding; another answer meanwhile refuses that row.</param>
    /// <param name="Filter">All that this shows of the area in view; null for those of <paramref name="Seen"/>.</param>
    public sealed record Request(IReadOnlyDictionary<long, long> Seen, ListFindings.Filter? Filter, AnswerFinding.Request Answer, bool Sure);

    /// <param name="Refused">Why it is not answered so; null where it is.</param>
    public sealed record Outcome(ListFindings.Row Row, Refusal? Refused);

    /// <param name="Written">False while it is only said what it would come to.</param>
    public sealed record Result(AreaVersion Area, IReadOnlyList<Outcome> Outcomes, AnswerFinding.Request Answer, bool Written);

    /// <param name="Code">Why it is not answered so; null where it is.</param>
    public sealed record ToldOutcome(long Finding, string? Code, string? Message);

    /// <param name="Answered">Findings that are, or would be, answered so.</param>
    public sealed record Told(bool Written, int Answered, IReadOnlyList<ToldOutcome> Outcomes);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/checks/findings/answers", Post).Needs(Permission.VerifyFinding);
        routes
            .MapPost(
                Api.Root + "/checks/findings/answers",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    if (request.Answer is null)
                        throw new BadHttpRequestException("an answer is expected");
                    var found = Handle(context, request with { Seen = request.Seen ?? new Dictionary<long, long>() });
                    await Api.Answer(
                        http,
                        new Told(
                            found.Written,
                            found.Outcomes.Count(o => o.Refused is null),
                            [.. found.Outcomes.Select(o => new ToldOutcome(o.Row.Held.Id, o.Refused?.Code, o.Refused?.Message))]
                        )
                    );
                }
            )
            .OfApi<Told>(
                Permission.VerifyFinding,
                "answerFindings",
                "Give one answer to many findings: those seen, with their versions, or all that a filter shows; without sure it is only said what that comes to"
            )
            .Asks(Api.Area);
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var filter =
            form["all"] == "yes"
                ? new ListFindings.Filter(
                    form["check"],
                    form["show"],
                    form["kind"],
                    long.TryParse(form["household"], NumberStyles.None, CultureInfo.InvariantCulture, out var household) ? household : null
                )
                : null;
        var found = Handle(
            context,
            new(
                filter is null ? Seen(form["finding"]) : new Dictionary<long, long>(),
                filter,
                new(form["answer"], form["reason"], form["result"], form["last"]),
                form["sure"] == "yes"
            )
        );
        return new RazorComponentResult<Pages.AnswersPage>(new { Found = found });
    }

    // Each as finding-version.
    private static Dictionary<long, long> Seen(IEnumerable<string?> ticked)
    {
        var seen = new Dictionary<long, long>();
        foreach (var pair in ticked.Select(t => (t ?? "").Split('-')))
            seen[Number(pair, 0)] = Number(pair, 1);
        return seen;

        static long Number(string[] pair, int i) =>
            pair.Length == 2 && long.TryParse(pair[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new BadHttpRequestException("a finding and its version are expected");
    }

    /// <exception cref="NotInScope">One of them is none of the caller's: then none is answered.</exception>
    /// <exception cref="Refusal">finding.none-chosen, finding.too-many, and what is wrong about the answer itself, whatever the finding.</exception>
    public static Result Handle(ConsoleContext context, Request request)
    {
        var area = context.Area(Permission.VerifyFinding);
        var (installation, packs) = (context.Installation, context.Installation.Packs);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var reading = new ListFindings.Reading(connection, packs, context.Tree, context.Caller.Scope(Permission.VerifyFinding), day);
        IReadOnlyList<ListFindings.Row> rows = request.Filter is { } filter
            ? ListFindings.Read(
                reading,
                AreaTree.RangeOf(area),
                filter with
                {
                    Show = Api.Word(filter.Show, ListFindings.Shows),
                    Kind = Api.Word(filter.Kind, ListFindings.Kinds),
                },
                Most + 1
            )
            : ListFindings.Read(reading, AreaRange.Nation, new(null, "all", "any", null), Most + 1, [.. request.Seen.Keys]);
        if (request.Filter is null && rows.Count < request.Seen.Count)
            throw new NotInScope();
        if (rows.Count == 0)
            throw new WrongUsage("finding.none-chosen", "请勾选问题，或选择筛选出的全部。Tick findings, or choose all that the filter shows.");
        if (rows.Count > Most)
            throw new Refusal("finding.too-many", $"一次至多回答 {Most} 个，请缩小筛选范围。At most {Most} are answered at once: narrow the filter.");
        var statuses = AnswerFinding.StatusesOf(connection, transaction, packs, [.. rows.Select(r => r.Held)], today);
        var decided = rows.Select(r => Decide(r, statuses)).ToList();
        var outcomes = decided.Select(d => new Outcome(d.Row, d.Refused)).ToList();
        var good = decided.Where(d => d.Answer is not null).ToList();
        if (!request.Sure || good.Count == 0)
            return new(area, outcomes, request.Answer, false);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            good[0].Answer!.Reason,
            "poverty_office",
            day
        );
        foreach (var same in good.GroupBy(d => d.Answer!))
            connection.Execute(
                $"""
                UPDATE findings SET state = @state, answered_day = @day, answered_by = @user, answered_name = @name, reason = @reason, result = @result, last_day = @last,
                  deadline = @deadline, confirmed_by = NULL, confirmed_name = NULL, change_id = @change
                WHERE id IN ({string.Join(", ", same.Select(d => d.Row.Held.Id))})
                """,
                new
                {
                    state = (short)same.Key.State,
                    day,
                    user = context.Caller.UserId,
                    name = context.Caller.Actor.Name,
                    reason = same.Key.Reason,
                    result = (short?)same.Key.Result,
                    last = same.Key.LastDay,
                    deadline = same.Key.Deadline,
                    change,
                },
                transaction
            );
        RefreshHouseholds.After(
            context,
            new(installation, connection, transaction, day)
            {
                ChangedPlaces = [.. good.Select(d => d.Row.Held).Where(f => f.OfPlace).Select(f => f.SubjectId)],
            },
            [.. good.Select(d => d.Row.Held.HouseholdId).OfType<long>().Distinct()],
            change,
            SuspectWork.Source.Kind
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "finding.answer-many",
            string.Create(CultureInfo.InvariantCulture, $"{good[0].Answer!.State}: {good.Count} findings, change {change}")
        );
        transaction.Commit();
        return new(area, outcomes, request.Answer, true);

        // What is wrong about the answer whatever the finding refuses all of it; what is wrong with a row refuses the row.
        (ListFindings.Row Row, AnswerFinding.Answered? Answer, Refusal? Refused) Decide(ListFindings.Row row, IReadOnlyDictionary<long, string> held)
        {
            try
            {
                AnswerFinding.RequireOpen(row.Held, day, request.Filter is null ? request.Seen[row.Held.Id] : null);
                return (row, AnswerFinding.Read(packs, row.Held, held, request.Answer, today), null);
            }
            catch (Refusal refused) when (refused is not WrongUsage)
            {
                return (row, null, refused);
            }
        }
    }
}
