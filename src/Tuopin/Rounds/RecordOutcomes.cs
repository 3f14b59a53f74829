using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Rounds;

/// <summary>
/// <c>POST /rounds/{round}/outcomes</c>: what the round comes to for named households, or for all of an area that are still open; with the reason, by whoever
/// the stage is of. <c>POST /rounds/{round}/feed</c> takes from the registry what lists have decided since the round began.
/// </summary>
public static class RecordOutcomes
{
    /// <param name="Numbers">Numbers of households.</param>
    /// <param name="Rest">All that are still open in <paramref name="Area"/>.</param>
    public sealed record Request(string Outcome, IReadOnlyList<string>? Numbers, bool? Rest, string? Area, string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/rounds/{round:long}/outcomes",
                async Task<IResult> (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    var numbers = form["numbers"].ToString().Split(['\n', '\r', ',', '，', ' ', '、'], StringSplitOptions.RemoveEmptyEntries);
                    var rest = form["rest"] == "yes";
                    var done = Handle(context, round, new(form["outcome"].ToString(), rest ? null : numbers, rest, form["area"], form["reason"]));
                    return TypedResults.LocalRedirect($"/rounds/{round}?done={done.ToString(CultureInfo.InvariantCulture)}");
                }
            )
            .Needs(Permission.RecordOutcome);
        routes
            .MapPost(
                "/rounds/{round:long}/feed",
                async Task<IResult> (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Forms.Check(http);
                    var done = Feed(context, round);
                    return TypedResults.LocalRedirect($"/rounds/{round}?done={done.ToString(CultureInfo.InvariantCulture)}");
                }
            )
            .Needs(Permission.RecordOutcome);
        routes
            .MapPost(
                Api.Root + "/rounds/{round:long}/outcomes",
                async (ConsoleContext context, HttpContext http, long round, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, round, request);
                    await Api.Answer(http, ShowRound.Tell(context, round));
                }
            )
            .OfApi<ShowRound.Told>(
                Permission.RecordOutcome,
                "recordOutcomes",
                "Record an outcome for named households, or for all still open in an area"
            );
        routes
            .MapPost(
                Api.Root + "/rounds/{round:long}/feed",
                async (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Api.CheckWrite(http);
                    Feed(context, round);
                    await Api.Answer(http, ShowRound.Tell(context, round));
                }
            )
            .OfApi<ShowRound.Told>(Permission.RecordOutcome, "feedOutcomes", "Take from the registry what lists have decided since the round began");
    }

    /// <summary>A round under the write lock, with the areas in which the caller records in its present stage.</summary>
    private sealed record Recording(
        Installation Installation,
        DbConnection Connection,
        DbTransaction Transaction,
        RoundHeld Round,
        int Day,
        IReadOnlyList<AreaRange> Areas
    )
    {
        public CodeList Kinds => Installation.Packs.Dictionary.CodeLists["status_kind"];
    }

    private static int Do(ConsoleContext context, long id, string reason, Func<Recording, Func<long>, int> work)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var round = RoundHeld.Find(connection, transaction, installation.Packs, caller, Permission.RecordOutcome, id);
        if (round.Row.ClosedDay is not null)
            throw new Refusal("round.over", "这一轮已经结束。The round is closed.");
        var stage =
            round.Stage(day)
            ?? throw new Refusal("round.no-stage", "今天不在任何阶段之内，不能记录。Today is in no stage of the round: nothing is recorded.");
        var hats = caller
            .GrantsWith(Permission.RecordOutcome)
            .Where(g => Enum.TryParse<ActingRole>(g.Role.ToString(), out var role) && stage.Who.Contains(role))
            .Select(g => (g.Role, Areas: g.Scope.Within(round.Range)))
            .Where(h => h.Areas.Any())
            .ToList();
        var areas = hats.SelectMany(h => h.Areas).Distinct().ToList();
        if (areas.Count == 0)
            throw new NotPermitted(
                "round.not-your-stage",
                new($"“{stage.Title.Zh}”阶段不由您记录。The stage '{stage.Title.En}' is not yours to record in.")
            );
        var acting = hats[0].Role.ToString().ToLowerInvariant();
        var change = 0L;
        var done = work(
            new(installation, connection, transaction, round, day, areas),
            () => change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, reason, acting, day)
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "round.outcomes",
            string.Create(CultureInfo.InvariantCulture, $"round {id}, {stage.Id}: {done} households, {reason}"),
            new("round", id)
        );
        transaction.Commit();
        return done;
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">round.over, round.no-stage, round.not-your-stage, round.no-outcome, round.nobody, round.not-on-list, round.other-status, edit.reason.</exception>
    public static int Handle(ConsoleContext context, long id, Request request)
    {
        var reason = ActWords.Read(request.Reason, null).Reason;
        return Do(
            context,
            id,
            reason,
            (r, begin) =>
            {
                var outcome = r.Round.Pack.Outcome(request.Outcome) is { IsNew: false } known
                    ? known
                    : throw new WrongUsage(
                        "round.no-outcome",
                        "没有这种结果，或者它由登记产生。There is no such outcome, or it comes from the registry."
                    );
                var takes = string.Join(", ", outcome.From.Select(f => r.Kinds.Find(f)!.Number));
                string which;
                if (request.Rest == true)
                {
                    var place = context.Tree.ByCode(request.Area ?? "") ?? throw new NotInScope();
                    if (!r.Areas.Any(a => a.Contains(AreaTree.RangeOf(place))))
                        throw new NotInScope();
                    which = $"s.outcome IS NULL AND s.opening IN ({takes}) AND {RoundHeld.Within([AreaTree.RangeOf(place)], "s")}";
                }
                else
                    which = $"s.subject_id IN ({string.Join(", ", Named(r, outcome, request.Numbers ?? []))})";
                var change = begin();
                return r.Connection.Execute(
                    $"""
                    UPDATE round_subjects AS s SET outcome = @outcome, reason = @reason, change_id = @change
                    WHERE s.round_id = @id AND {which} AND {RoundHeld.Within(
                        r.Areas,
                        "s"
                    )} AND (s.outcome IS DISTINCT FROM @outcome OR s.reason IS DISTINCT FROM @reason)
                    """,
                    r.Transaction,
                    new
                    {
                        id,
                        outcome = outcome.Id,
                        reason,
                        change,
                    }
                );
            }
        );
    }

    private static List<long> Named(Recording r, RoundOutcome outcome, IReadOnlyList<string> numbers)
    {
        if (numbers.Count == 0)
            throw new WrongUsage("round.nobody", "请写明户编号。Name the households by number.");
        var found = new Dictionary<string, (long Id, int? Opening)>(StringComparer.Ordinal);
        foreach (var chunk in numbers.Distinct().Chunk(500))
        {
            var among = string.Join(", ", chunk.Select(SqlDialect.Quoted));
            foreach (
                var (number, subject, opening) in r.Connection.Query<(string, long, int?)>(
                    $"""
                    SELECT coalesce(h.national_no, h.provisional_no), s.subject_id, s.opening FROM round_subjects s JOIN households h ON h.id = s.subject_id
                    WHERE s.round_id = @id AND (h.national_no IN ({among}) OR h.provisional_no IN ({among})) AND {RoundHeld.Within(r.Areas, "s")}
                    """,
                    new { id = r.Round.Row.Id },
                    r.Transaction
                )
            )
                found[number] = (subject, opening);
        }
        if (numbers.Where(n => !found.ContainsKey(n)).Take(20).ToList() is { Count: > 0 } unknown)
            throw new Refusal("round.not-on-list", "有的户不在您的名单上。Some are not on the list where you record.", unknown);
        var takes = outcome.From.Select(f => (int?)r.Kinds.Find(f)!.Number).ToHashSet();
        if (found.Where(f => !takes.Contains(f.Value.Opening)).Select(f => f.Key).Take(20).ToList() is { Count: > 0 } others)
            throw new Refusal(
                "round.other-status",
                "有的户开始时的身份不适用这种结果。Some had another status at the opening than this outcome is for.",
                others
            );
        return [.. found.Values.Select(f => f.Id)];
    }

    /// <summary>Outcomes that follow from episodes begun since the round did, and the households taken in; recorded ones stay.</summary>
    /// <inheritdoc cref="Handle"/>
    public static int Feed(ConsoleContext context, long id) =>
        Do(
            context,
            id,
            "按登记的户身份 / from the registry",
            (r, begin) => Take(r.Connection, r.Transaction, r.Round, r.Kinds, r.Day, r.Areas, begin())
        );

    internal static int Take(
        DbConnection connection,
        DbTransaction transaction,
        RoundHeld round,
        CodeList kinds,
        int day,
        IReadOnlyList<AreaRange> areas,
        long change
    )
    {
        var (id, done) = (round.Row.Id, 0);
        const string reason = "按登记的户身份 / from the registry";
        foreach (var outcome in round.Pack.Outcomes.Where(o => o.Becomes is not null))
        {
            var becomes = kinds.Find(outcome.Becomes!)!.Number;
            var parameters = new
            {
                outcome = outcome.Id,
                reason,
                change,
            };
            done += connection.Execute(
                outcome.IsNew
                    ? $"""
                    INSERT INTO round_subjects (round_id, subject_id, area_code, outcome, reason, change_id)
                    SELECT {id}, s.id, s.area_code, @outcome, @reason, @change FROM households s JOIN household_statuses st ON st.household_id = s.id AND {Pairings.Covers(
                        "st",
                        day
                    )}
                    WHERE st.kind = {becomes} AND {RoundHeld.Within(areas, "s")} AND NOT EXISTS (
                      SELECT 1 FROM round_subjects o WHERE o.round_id = {id} AND o.subject_id = s.id)
                    """
                    : $"""
                    UPDATE round_subjects AS s SET outcome = @outcome, reason = @reason, change_id = @change
                    WHERE s.round_id = {id} AND s.outcome IS NULL AND s.opening IN ({string.Join(
                        ", ",
                        outcome.From.Select(f => kinds.Find(f)!.Number)
                    )}) AND s.opening <> {becomes} AND {RoundHeld.Within(areas, "s")} AND EXISTS (
                      SELECT 1 FROM household_statuses st WHERE st.household_id = s.subject_id AND st.kind = {becomes} AND {Pairings.Covers("st", day)})
                    """,
                transaction,
                parameters
            );
        }
        return done;
    }
}
