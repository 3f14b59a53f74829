using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>
/// <c>/matching/duplicates</c>: the pairs of persons who may be one, for whoever has one of the two in the own area; of a person elsewhere only the area and
/// the unit that helps is told. The answer is one person, and which entry stays; or two persons, which is never asked again.
/// </summary>
public static class AnswerDuplicate
{
    public const int PageSize = 30;

    public static readonly string[] Shows = ["open", "same", "different"];

    /// <param name="Household">Null outside the reader's area, as everything that names them.</param>
    /// <param name="Place">Of the own area the village, else the county.</param>
    public sealed record Side(long? Person, long? Household, string? Name, string? Masked, int? Birth, string Place, string? Unit)
    {
        public bool Mine => Household is not null;
    }

    public sealed record Pair(DuplicatePair Of, Side A, Side B)
    {
        public IReadOnlyList<EvidenceText.Part> Evidence => EvidenceText.Read(Of.Evidence);
    }

    public sealed record Result(string Show, IReadOnlyList<Pair> Pairs, long? Next, bool MayFind, bool MayAnswer);

    /// <param name="Answer">a or b: one person, and the entry that stays; different: two persons.</param>
    public sealed record Request(string? Answer, string? Reason);

    public sealed record Told(
        long Id,
        bool SameNumber,
        double? Bits,
        Side A,
        Side B,
        IReadOnlyList<EvidenceText.Part> Evidence,
        string State,
        string? Keeps
    );

    public sealed record ToldPage(IReadOnlyList<Told> Pairs, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/matching/duplicates",
                IResult (ConsoleContext context, string? show, long? after) =>
                    new RazorComponentResult<Pages.DuplicatesPage>(new { Found = Handle(context, show, after) })
            )
            .Needs(Permission.ReviewMatches);
        routes
            .MapGet(
                Api.Root + "/matching/duplicates",
                (ConsoleContext context, HttpContext http, string? show, long? after) =>
                {
                    var found = Handle(context, show, after);
                    return Api.Answer(http, new ToldPage([.. found.Pairs.Select(Tell)], found.Next));
                }
            )
            .OfApi<ToldPage>(Permission.ReviewMatches, "duplicates", "Persons who may be one, one of them at least in the caller's area")
            .Asks(("show", "open (the default), same or different"), ("after", "cursor: next of the last answer"));
        routes
            .MapPost(
                "/matching/duplicates/{pair:long}",
                async Task<IResult> (ConsoleContext context, HttpContext http, long pair) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Answer(context, pair, new(form["answer"], form["reason"]));
                    return TypedResults.LocalRedirect("/matching/duplicates");
                }
            )
            .Needs(Permission.ReviewMatches);
        routes
            .MapPost(
                Api.Root + "/matching/duplicates/{pair:long}",
                async (ConsoleContext context, HttpContext http, long pair, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Answer(context, pair, request);
                    using var connection = context.Installation.Store.OpenReader();
                    await Api.Answer(http, Tell(Read(context, connection, $"d.id = {pair}", 1)[0]));
                }
            )
            .OfApi<Told>(Permission.ReviewMatches, "answerDuplicate", "One person or two");
    }

    private static Told Tell(Pair pair) =>
        new(
            pair.Of.Id,
            pair.Of.SameNumber,
            pair.Of.Centibits / 100.0,
            pair.A,
            pair.B,
            pair.Evidence,
            Shows[pair.Of.State],
            pair.Of.KeepsPerson is { } keeps ? (keeps == pair.Of.PersonA ? "a" : "b") : null
        );

    /// <exception cref="BadHttpRequestException">No such word.</exception>
    public static Result Handle(ConsoleContext context, string? show, long? after)
    {
        show = Api.Word(show, Shows);
        var found = Read(
            context,
            context.Reader,
            string.Create(CultureInfo.InvariantCulture, $"d.state = {Array.IndexOf(Shows, show)} AND d.id > {after ?? 0}"),
            PageSize + 1
        );
        return new(
            show,
            [.. found.Take(PageSize)],
            found.Count > PageSize ? found[PageSize - 1].Of.Id : null,
            context.Caller.May(Permission.MatchLists) && context.Caller.Scope(Permission.MatchLists).Areas.Count > 0,
            context.Caller.May(Permission.ReviewMatches)
        );
    }

    // Whose household is in the scope today, as a predicate on a person.
    private static string Mine(Scope scope, string person, int day) => Registry.RevealPersonalNumber.Within(scope, person, day);

    private static List<Pair> Read(ConsoleContext context, DbConnection connection, string where, int most)
    {
        var (scope, day) = (context.Caller.Scope(Permission.ReviewMatches), context.Day);
        var pairs = connection
            .Query<DuplicatePair>(
                $"""
                SELECT d.* FROM duplicate_pairs d JOIN persons a ON a.id = d.person_a JOIN persons b ON b.id = d.person_b
                WHERE {where} AND ({Mine(scope, "a", day)} OR {Mine(scope, "b", day)}) ORDER BY d.id LIMIT {most}
                """
            )
            .ToList();
        var sides = connection
            .Query<(long Person, long Household, string Name, byte[]? Cipher, int? Birth, long Area, string? Unit, long Mine)>(
                $"""
                SELECT p.id, m.household_id, p.name, p.id_cipher, p.birth, h.area_code,
                  (SELECT u.name FROM household_list l JOIN units u ON u.id = l.unit_id WHERE l.household_id = h.id AND l.place_code = l.area_code),
                  CASE WHEN {Mine(scope, "p", day)} THEN 1 ELSE 0 END
                FROM persons p JOIN memberships m ON m.person_id = p.id JOIN households h ON h.id = m.household_id
                WHERE p.id IN ({string.Join(
                    ", ",
                    pairs.SelectMany(p => new[] { p.PersonA, p.PersonB }).Distinct().DefaultIfEmpty(0)
                )}) ORDER BY m.from_day
                """
            )
            // The last membership counts: of whoever has left, where they were.
            .GroupBy(s => s.Person)
            .ToDictionary(g => g.Key, g => g.Last());
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        Side Of(long person)
        {
            var s = sides[person];
            var place = context.Tree.ByCode(s.Area);
            return s.Mine == 1
                ? new(
                    s.Person,
                    s.Household,
                    s.Name,
                    s.Cipher is null ? null : PersonalNumbers.Mask(numbers.Decrypt(s.Cipher)),
                    s.Birth,
                    place is null ? "" : context.Tree.Path(place),
                    s.Unit
                )
                : new(null, null, null, null, null, place is null ? "" : context.Tree.Path(place), s.Unit);
        }
        return
        [
            .. pairs.Where(p => sides.ContainsKey(p.PersonA) && sides.ContainsKey(p.PersonB)).Select(p => new Pair(p, Of(p.PersonA), Of(p.PersonB))),
        ];
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">match.pair-decided: somebody was faster; match.answer; edit.reason, edit.number-in-words.</exception>
    public static void Answer(ConsoleContext context, long id, Request request)
    {
        if (request.Answer is not ("a" or "b" or "different"))
            throw new WrongUsage(
                "match.answer",
                "请选择是同一个人（保留哪一条）还是两个人。Say whether they are one person, and which entry stays, or two."
            );
        var (reason, _) = ActWords.Read(request.Reason, null);
        var (installation, caller) = (context.Installation, context.Caller);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var scope = caller.Scope(Permission.ReviewMatches);
        var pair =
            connection.QueryFirstOrDefault<DuplicatePair>(
                $"""
                SELECT d.* FROM duplicate_pairs d JOIN persons a ON a.id = d.person_a JOIN persons b ON b.id = d.person_b
                WHERE d.id = @id AND ({Mine(scope, "a", day)} OR {Mine(scope, "b", day)})
                """,
                new { id },
                transaction
            ) ?? throw new NotInScope();
        if (pair.State != 0)
            throw new Refusal("match.pair-decided", "这一对已由别人答复。Somebody has answered this pair already.");
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, reason, "poverty_office", day);
        connection.Execute(
            """
            UPDATE duplicate_pairs SET state = @state, keeps_person = @keeps, reason = @reason, decided_by = @by, decided_at = @at, change_id = @change
            WHERE id = @id
            """,
            transaction,
            new
            {
                id,
                state = request.Answer == "different" ? 2 : 1,
                keeps = request.Answer == "a" ? pair.PersonA
                : request.Answer == "b" ? pair.PersonB
                : (long?)null,
                reason,
                by = caller.Actor.Name,
                at = AuditLog.Stamp(installation.Clock),
                change,
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "match.duplicate",
            string.Create(CultureInfo.InvariantCulture, $"pair {id}: {request.Answer} {reason}"),
            new("person", request.Answer == "b" ? pair.PersonB : pair.PersonA)
        );
        transaction.Commit();
    }
}
