using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary><c>/lists</c>: the lists of the area in view, those that wait for the reader first; and the form that opens one.</summary>
public static class ListLists
{
    public const int PageSize = 100;

    public sealed record Row(SubjectList List, Procedure Procedure, string AreaName, int Open, int Passed, int Others, ListEnd? Ended, bool Waits);

    /// <param name="Offers">What this reader may open a list for, and where.</param>
    public sealed record Result(
        AreaVersion Area,
        bool All,
        IReadOnlyList<Row> Rows,
        long? Next,
        IReadOnlyList<(AreaVersion Area, Offer Offer)> Offers
    )
    {
        /// <summary>Procedures among the offers whose days the county has not set: no list of theirs can be opened yet.</summary>
        public IReadOnlyList<Procedure> Unset { get; init; } = [];
    }

    public sealed record ToldList(
        long Id,
        string Title,
        string Procedure,
        string Change,
        string Area,
        string Step,
        string? Ended,
        int Open,
        int Passed,
        bool Waits
    );

    public sealed record Told(IReadOnlyList<ToldList> Lists, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/lists",
                IResult (ConsoleContext context, string? show, long? before) =>
                    new RazorComponentResult<Pages.ListsPage>(new { Found = Handle(context, show == "all", before) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                Api.Root + "/lists",
                (ConsoleContext context, HttpContext http, string? show, long? before) =>
                    Api.Answer(http, Tell(Handle(context, Api.Word(show, "open", "all") == "all", before)))
            )
            .OfApi<Told>(Permission.ViewLists, "lists", "Lists of an area, the last opened first")
            .Asks(Api.Area, ("show", "open or all"), ("before", "cursor: next of the last answer"));
    }

    public static Result Handle(ConsoleContext context, bool all, long? before)
    {
        var area = context.Area(Permission.ViewLists);
        var scope = context.Caller.Scope(Permission.ViewLists);
        var rows = context
            .Reader.Query<SubjectList>(
                $"""
                SELECT l.* FROM subject_lists l WHERE {ListRecord.Within(scope, AreaTree.RangeOf(area), "l")} AND l.id < @before {(
                    all ? "" : "AND l.ended IS NULL"
                )}
                ORDER BY l.id DESC LIMIT {PageSize + 1}
                """,
                new { before = before ?? long.MaxValue }
            )
            .ToList();
        var shown = rows.Take(PageSize).ToList();
        var counts =
            shown.Count == 0
                ? []
                : context
                    .Reader.Query<(long List, short? Cause, int Count)>(
                        $"SELECT list_id, cause, count(*) FROM list_subjects WHERE list_id IN ({string.Join(", ", shown.Select(l => l.Id))}) GROUP BY list_id, cause"
                    )
                    .ToList();
        var may = context.Caller.May(Permission.ActOnLists);
        var offers = may ? Offers(context) : [];
        return new(
            area,
            all,
            [
                .. shown
                    .Select(l =>
                    {
                        var procedure = ListRecord.ProcedureOf(context.Reader, null, context.Installation.Packs, l.Hash);
                        var lapsed = l.Ended is null && l.LapsesAfter < context.Day;
                        var step = procedure.Step(l.Step);
                        int Of(Func<short?, bool> cause) => counts.Where(c => c.List == l.Id && cause(c.Cause)).Sum(c => c.Count);
                        return new Row(
                            l,
                            procedure,
                            context.Tree.ById(l.AreaId)?.Name ?? "",
                            lapsed ? 0 : Of(c => c is null),
                            Of(c => c == (short)OutcomeCause.Passed),
                            Of(c => c is { } known && known != (short)OutcomeCause.Passed || (lapsed && c is null)),
                            lapsed ? ListEnd.Lapsed : (ListEnd?)l.Ended,
                            may
                                && l.Ended is null
                                && !lapsed
                                && ListWriting.HatsOf(context.Caller, new AreaRange(l.AreaCode, l.AreaCode)).Contains(new(step.Role, step.Level))
                        );
                    })
                    .OrderByDescending(r => r.Waits)
                    .ThenByDescending(r => r.List.Id),
            ],
            rows.Count > PageSize ? shown[^1].Id : null,
            offers
        )
        {
            Unset = Unset(context, offers),
        };
    }

    /// <summary>How many open lists stand at a step that is the reader's: for the home page.</summary>
    public static int Waiting(ConsoleContext context)
    {
        if (!context.Caller.May(Permission.ActOnLists))
            return 0;
        var within = ListRecord.Within(context.Caller.Scope(Permission.ActOnLists), AreaRange.Nation, "l");
        return context
            .Reader.Query<SubjectList>($"SELECT l.* FROM subject_lists l WHERE l.ended IS NULL AND {within}")
            .Where(l => l.LapsesAfter is null || l.LapsesAfter >= context.Day)
            .Count(l =>
            {
                var step = ListRecord.ProcedureOf(context.Reader, null, context.Installation.Packs, l.Hash).Step(l.Step);
                return ListWriting.HatsOf(context.Caller, new AreaRange(l.AreaCode, l.AreaCode)).Contains(new(step.Role, step.Level));
            });
    }

    private static IReadOnlyList<Procedure> Unset(ConsoleContext context, IReadOnlyList<(AreaVersion Area, Offer Offer)> offers)
    {
        var asked = offers.Where(o => o.Offer.Procedure.Parameters.Length > 0).ToList();
        if (asked.Count == 0)
            return [];
        var set = context
            .Reader.Query<(string Procedure, long County, string Parameter)>("SELECT procedure_id, area_id, parameter FROM procedure_days")
            .ToHashSet();
        return
        [
            .. asked
                .Where(o =>
                    (context.Tree.Ancestor(o.Area, 3)?.AreaId ?? o.Area.AreaId) is var county
                    && o.Offer.Procedure.Parameters.Any(p => !set.Contains((o.Offer.Procedure.Id, county, p.Id)))
                )
                .Select(o => o.Offer.Procedure)
                .Distinct(),
        ];
    }

    // In the areas of the reader's own: whoever acts first in a procedure opens its lists.
    private static IReadOnlyList<(AreaVersion, Offer)> Offers(ConsoleContext context) =>
        [
            .. context
                .Caller.Scope(Permission.ActOnLists)
                .Areas.Select(a => context.Tree.ByCode(a.From))
                .OfType<AreaVersion>()
                .SelectMany(a => Offer.In(context.Installation.Packs, a, context.WorkDate).Select(o => (a, o)))
                .Where(o =>
                    ListWriting.HatsOf(context.Caller, AreaTree.RangeOf(o.a)).Contains(new(o.o.Procedure.First.Role, o.o.Procedure.First.Level))
                ),
        ];

    private static Told Tell(Result found) =>
        new(
            [
                .. found.Rows.Select(r => new ToldList(
                    r.List.Id,
                    r.List.Title,
                    r.List.ProcedureId,
                    r.List.ChangeKind,
                    r.List.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                    r.List.Step,
                    r.Ended?.ToString().ToLowerInvariant(),
                    r.Open,
                    r.Passed,
                    r.Waits
                )),
            ],
            found.Next
        );
}
