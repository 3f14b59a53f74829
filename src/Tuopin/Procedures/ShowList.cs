using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary><c>/lists/{list}</c>: where a list stands in its flow, who is on it and how they came off, what was done, and the form of the step for whoever may take it.</summary>
public static class ShowList
{
    public const int PageSize = 100;

    /// <summary>A subject with its lights; <see cref="Cause"/> null while it is open.</summary>
    public sealed class Row
    {
        public long SubjectId { get; init; }
        public string Number { get; init; } = "";
        public string? Name { get; init; }
        public short? Cause { get; init; }
        public string? Reason { get; init; }
        public long? StandardVersionId { get; init; }
        public long Met { get; init; }
        public long Unmet { get; init; }
        public long Exempt { get; init; }
        public IReadOnlyList<(Indicator Indicator, Light Light)> Lights { get; set; } = [];
    }

    /// <summary>Something that was done, by whom.</summary>
    public sealed class Entry
    {
        public int Number { get; init; }
        public string Kind { get; init; } = "";
        public string Step { get; init; } = "";
        public int WorkDay { get; init; }
        public string Actor { get; init; } = "";
        public int Subjects { get; init; }
        public int? Attended { get; init; }
        public int? VotesFor { get; init; }
        public int? VotesAgainst { get; init; }
        public int? Abstained { get; init; }
        public int? LookedAt { get; init; }
        public string? Document { get; init; }
        public string? Evidence { get; init; }
        public string? Attendees { get; init; }
        public string? Words { get; init; }
    }

    /// <param name="Candidates">Whoever may be put on the list, the first of them, while it is put together by this reader.</param>
    /// <param name="Wanting">How many cannot be decided for, as their verdict stands.</param>
    public sealed record Result(
        ListRecord List,
        AreaVersion? Area,
        IReadOnlyList<Row> Rows,
        long? Next,
        IReadOnlyDictionary<OutcomeCause, int> Outcomes,
        IReadOnlyList<ListObjection> Objections,
        IReadOnlyList<Entry> Entries,
        bool MayAct,
        IReadOnlyList<Row> Candidates,
        int CandidatesInAll,
        int Wanting,
        bool Repeated
    )
    {
        /// <summary>The reader answers appeals: the role above that of the step.</summary>
        public bool MayAnswerAppeals { get; init; }

        /// <summary>Public pages are allowed here, and the list has one.</summary>
        public bool PublicPages { get; init; }
        public bool HasLink { get; init; }

        /// <summary>Photos and documents of the list, its acts and its objections.</summary>
        public IReadOnlyList<Attachment> Evidence { get; init; } = [];
    }

    public sealed record ToldSubject(string Number, string? Outcome, string? Reason);

    public sealed record ToldObjection(
        int Number,
        string? About,
        string Words,
        string Raised,
        bool ByPublicPage,
        bool? Upheld,
        string? Answer,
        string? Answered,
        string? AppealWords,
        string? Appealed,
        bool? AppealUpheld,
        string? AppealAnswer,
        string? AppealAnswered
    );

    public sealed record Told(
        long Id,
        string Title,
        string Procedure,
        int Version,
        string Change,
        string Area,
        string Step,
        string? Ended,
        string? Deadline,
        string? HangsUntil,
        int Seen,
        int Open,
        IReadOnlyDictionary<string, int> Outcomes,
        IReadOnlyList<ToldSubject> Subjects,
        IReadOnlyList<ToldObjection> Objections
    );

    internal static Result WithEvidence(ConsoleContext context, EvidenceSubjects subjects, Result shown) =>
        shown with
        {
            Evidence = ShowEvidence.Of(context, subjects, [.. SubjectList.Evidence.Select(s => (s.Name, (IReadOnlyList<long>)[shown.List.Row.Id]))]),
        };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/lists/{list:long}",
                IResult (ConsoleContext context, EvidenceSubjects subjects, long list, long? after, string? done) =>
                    new RazorComponentResult<Pages.ListPage>(
                        new { Shown = WithEvidence(context, subjects, Handle(context, list, after) with { Repeated = done == "before" }) }
                    )
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(Api.Root + "/lists/{list:long}", (ConsoleContext context, HttpContext http, long list) => Api.Answer(http, Tell(context, list)))
            .OfApi<Told>(Permission.ViewLists, "list", "A list: its step, its subjects with their outcomes, its objections");
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long id, long? after)
    {
        var scope = context.Caller.Scope(Permission.ViewLists);
        var list = AsOfToday(context, ListRecord.Find(context.Reader, null, context.Installation.Packs, id, scope));
        var viewer = Viewer.Of(context);
        var rows = Rows(list, viewer, after);
        var last = rows.Count > PageSize ? rows[PageSize - 1].SubjectId : (long?)null;
        var step = list.Step;
        var hats = ListWriting.HatsOf(context.Caller, new AreaRange(list.Row.AreaCode, list.Row.AreaCode));
        var mayAct = list.State.Ended is null && context.Caller.May(Permission.ActOnLists) && hats.Contains(new(step.Role, step.Level));
        var candidates = mayAct && step == list.Procedure.First ? Candidates(list, viewer) : [];
        return new(
            list,
            context.Tree.ById(list.Row.AreaId),
            [.. rows.Take(PageSize)],
            last,
            list.State.Subjects.Values.OfType<OutcomeCause>().GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count()),
            [.. context.Reader.Query<ListObjection>("SELECT * FROM list_objections WHERE list_id = @id ORDER BY number", new { id })],
            [
                .. context.Reader.Query<Entry>(
                    """
                    SELECT a.number, a.kind, a.step, a.work_day, c.actor, a.subjects, a.attended, a.votes_for, a.votes_against, a.abstained, a.looked_at, a.document,
                      a.evidence, a.attendees, a.words
                    FROM list_acts a JOIN changes c ON c.id = a.change_id WHERE a.list_id = @id ORDER BY a.number
                    """,
                    new { id }
                ),
            ],
            mayAct,
            [.. candidates.Take(PageSize)],
            candidates.Count,
            mayAct ? Wanting.Of(list, viewer, context.Reader, null).Count : 0,
            false
        )
        {
            MayAnswerAppeals =
                list.State.Ended is null
                && step.Kind == StepKind.Publicity
                && context.Caller.May(Permission.ActOnLists)
                && hats.Contains(Step.Above(step)),
            PublicPages = AllowPublicPages.Allowed(context.Reader, null),
            HasLink = context.Reader.ExecuteScalar<long>("SELECT count(*) FROM publicity_links WHERE list_id = @id", new { id }) > 0,
        };
    }

    // Out of its time a list is over, whether or not anybody has touched it since.
    private static ListRecord AsOfToday(ConsoleContext context, ListRecord list) =>
        list with
        {
            State = list.State.Ended is null
                ? Step.AsOf(list.Procedure, list.State, ListWriting.Now(context.Installation, context.Reader, null))
                : list.State,
        };

    private static List<Row> Rows(ListRecord list, Viewer viewer, long? after)
    {
        var (name, join) = list.Procedure.Subject.Level is null
            ? (
                "coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS number, h.head_name AS name, l.standard_version_id, coalesce(l.met, 0) AS met, coalesce(l.unmet, 0) AS unmet, coalesce(l.exempt, 0) AS exempt",
                "JOIN households h ON h.id = s.subject_id LEFT JOIN household_list l ON l.household_id = h.id AND l.place_code = h.area_code"
            )
            : (
                "CAST(s.area_code AS text) AS number, v.name",
                "LEFT JOIN area_versions v ON v.area_id = s.subject_id AND v.from_day <= @day AND (v.to_day IS NULL OR v.to_day > @day)"
            );
        var rows = viewer
            .Connection.Query<Row>(
                $"""
                SELECT s.subject_id, s.cause, s.reason, {name} FROM list_subjects s {join}
                WHERE s.list_id = @id AND s.subject_id > @after ORDER BY s.subject_id LIMIT {PageSize + 1}
                """,
                new
                {
                    id = list.Row.Id,
                    after = after ?? 0,
                    day = viewer.Day,
                }
            )
            .ToList();
        return Lit(list, viewer, rows);
    }

    private static List<Row> Lit(ListRecord list, Viewer viewer, List<Row> rows)
    {
        if (list.Procedure.Subject.Level is not null)
            return rows;
        var lights = Lights.Of(viewer, AddSubjects.RangeOf(list));
        foreach (var row in rows)
            row.Lights = [.. lights.Of(row.StandardVersionId, row.Met, row.Unmet, row.Exempt)];
        return rows;
    }

    private static List<Row> Candidates(ListRecord list, Viewer viewer)
    {
        var (sql, parameters) = AddSubjects.Candidates(list, viewer, met: false);
        var from = list.Procedure.Subject.Level is null
            ? $"SELECT c.household_id AS subject_id, c.number, l.head_name AS name, l.standard_version_id, l.met, l.unmet, l.exempt FROM ({sql}) c JOIN household_list l ON l.household_id = c.household_id AND l.place_code = l.area_code ORDER BY c.household_id"
            : $"SELECT c.area_id AS subject_id, c.code AS number, v.name FROM ({sql.Replace("CAST(v.code AS text)", "CAST(v.code AS text) AS code", StringComparison.Ordinal)}) c JOIN area_versions v ON v.area_id = c.area_id AND v.from_day <= @day AND (v.to_day IS NULL OR v.to_day > @day)";
        return Lit(list, viewer, [.. viewer.Connection.Query<Row>(from, parameters)]);
    }

    /// <summary>The same for programs.</summary>
    public static Told Tell(ConsoleContext context, long id)
    {
        // What a write has just changed is not what this request read before it.
        using var connection = context.Installation.Store.OpenReader();
        var list = AsOfToday(context, ListRecord.Find(connection, null, context.Installation.Packs, id, context.Caller.Scope(Permission.ViewLists)));
        var numbers = list.Procedure.Subject.Level is null
            ? "SELECT h.id, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)), s.reason FROM list_subjects s JOIN households h ON h.id = s.subject_id WHERE s.list_id = @id"
            : "SELECT s.subject_id, CAST(s.area_code AS text), s.reason FROM list_subjects s WHERE s.list_id = @id";
        var named = connection.Query<(long Id, string Number, string? Reason)>(numbers, new { id }).ToDictionary(n => n.Id);
        var objections = connection.Query<ListObjection>("SELECT * FROM list_objections WHERE list_id = @id ORDER BY number", new { id });
        var state = list.State;
        return new(
            id,
            list.Row.Title,
            list.Procedure.Id,
            list.Procedure.Version,
            list.Change.Id,
            list.Row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            state.Step,
            state.Ended?.ToString().ToLowerInvariant(),
            state.Deadline(list.Procedure) is { } due ? DayText.Of(due) : null,
            state.HangsUntil(list.Procedure) is { } until ? DayText.Of(until) : null,
            state.Acts,
            state.OpenSubjects.Count(),
            state
                .Subjects.Values.OfType<OutcomeCause>()
                .GroupBy(c => c)
                .ToDictionary(g => g.Key.ToString().ToLowerInvariant(), g => g.Count(), StringComparer.Ordinal),
            [
                .. state
                    .Subjects.Where(s => named.ContainsKey(s.Key))
                    .Select(s => new ToldSubject(named[s.Key].Number, s.Value?.ToString().ToLowerInvariant(), named[s.Key].Reason)),
            ],
            [
                .. objections.Select(o => new ToldObjection(
                    o.Number,
                    o.SubjectId is { } s && named.TryGetValue(s, out var about) ? about.Number : null,
                    o.Words,
                    DayText.Of(DayNumber.ToDate(o.RaisedDay)),
                    o.ByLink,
                    o.Upheld,
                    o.Answer,
                    Day(o.AnsweredDay),
                    o.AppealWords,
                    Day(o.AppealedDay),
                    o.AppealUpheld,
                    o.AppealAnswer,
                    Day(o.AppealAnsweredDay)
                )),
            ]
        );
    }

    private static string? Day(int? day) => day is { } known ? DayText.Of(DayNumber.ToDate(known)) : null;

    /// <summary>What every form of a list carries.</summary>
    public static ListWriting.Sent SentBy(IFormCollection form) =>
        new(
            form["key"].ToString() is { Length: > 0 and <= 100 } key ? key : null,
            int.TryParse(form["seen"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : null
        );

    /// <summary>Back to the list; an act that had been done already says so there.</summary>
    public static IResult Back(long list, ListWriting.Done done) =>
        TypedResults.LocalRedirect(done.Repeated ? $"/lists/{list}?done=before" : $"/lists/{list}");

    /// <summary>Words that somebody typed, at most 500 of them kept; null when there are none.</summary>
    public static string? Words(string? text) =>
        text?.Trim() is { Length: > 0 } words
            ? words.Length > 500
                ? throw new WrongUsage("list.too-long", "at most 500 characters")
                : words
            : null;
}
