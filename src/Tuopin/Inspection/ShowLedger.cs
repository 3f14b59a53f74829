using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Inspection;

/// <summary>
/// <c>/ledgers</c> and <c>/ledgers/{ledger}</c>: rectification ledgers and how far they are; printed as a form and as a workbook, which is audited.
/// </summary>
public static class ShowLedger
{
    /// <summary>How many of a kind there are, and how many of them passed.</summary>
    public readonly record struct Count(long All, long Passed);

    public sealed record Summary(WorkItem Ledger, string Area, Count Aspects, Count Problems, Count Measures, long Overdue);

    /// <param name="Items">Every item of the tree in the order of the ledger: each aspect, its problems, their measures.</param>
    public sealed record Result(Summary Summary, Label Source, IReadOnlyList<WorkItem> Items, bool MayWrite);

    public sealed record ToldMeasure(
        long Id,
        string Aspect,
        string Problem,
        string Measure,
        string? Wanted,
        string? Department,
        string Area,
        DateOnly? Due,
        string State,
        string? HandedBy,
        string? CheckedBy,
        DateOnly? Closed
    );

    public sealed record Told(
        long Id,
        string Title,
        string Source,
        string Area,
        DateOnly Opened,
        DateOnly? Closed,
        Count Aspects,
        Count Problems,
        Count Measures,
        long Overdue,
        IReadOnlyList<ToldMeasure> Rows
    );

    public sealed record ToldLedger(long Id, string Title, string Source, string Area, Count Aspects, Count Problems, Count Measures, long Overdue);

    public sealed record ToldAll(IReadOnlyList<ToldLedger> Ledgers);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/ledgers",
                IResult (ConsoleContext context) =>
                    new RazorComponentResult<Pages.LedgersPage>(
                        new { Found = All(context), Place = context.Caller.May(Permission.DirectWork) ? context.Area(Permission.DirectWork) : null }
                    )
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                "/ledgers/{ledger:long}",
                IResult (ConsoleContext context, long ledger) => new RazorComponentResult<Pages.LedgerPage>(new { Found = Handle(context, ledger) })
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                "/ledgers/{ledger:long}/print",
                IResult (ConsoleContext context, long ledger) =>
                {
                    var found = Handle(context, ledger);
                    Audit(context, "ledger.print", ledger);
                    return new RazorComponentResult<Pages.LedgerPrint>(new { Found = found });
                }
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                "/ledgers/{ledger:long}/file",
                (ConsoleContext context, long ledger) =>
                {
                    var content = Workbook(context.Installation.Packs, Handle(context, ledger));
                    Audit(context, "ledger.export", ledger);
                    return TypedResults.File(
                        content,
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        $"ledger-{ledger.ToString(CultureInfo.InvariantCulture)}.xlsx"
                    );
                }
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                Api.Root + "/ledgers",
                (ConsoleContext context, HttpContext http) => Api.Answer(http, new ToldAll([.. All(context).Select(Tell)]))
            )
            .OfApi<ToldAll>(Permission.ViewWork, "ledgers", "Rectification ledgers of an area and how far they are")
            .Asks(Api.Area);
        routes
            .MapGet(
                Api.Root + "/ledgers/{ledger:long}",
                (ConsoleContext context, HttpContext http, long ledger) => Api.Answer(http, Tell(context, ledger))
            )
            .OfApi<Told>(Permission.ViewWork, "ledger", "A rectification ledger: its measures with aspect and problem, and the counts at each level");
    }

    internal static ToldLedger Tell(Summary s) =>
        new(s.Ledger.Id, s.Ledger.Title!, s.Ledger.Origin!, Code(s.Ledger), s.Aspects, s.Problems, s.Measures, s.Overdue);

    /// <summary>The ledgers of the area in view, the last opened first.</summary>
    public static IReadOnlyList<Summary> All(ConsoleContext context) =>
        Summaries(
            new(context.Reader, context.Tree, context.Day),
            WorkReading.Within(context.Caller, Permission.ViewWork, AreaTree.RangeOf(context.Area(Permission.ViewWork)), context.Day)
        );

    /// <param name="Day">The work date, yyyyMMdd.</param>
    internal readonly record struct Reading(DbConnection Reader, AreaTree Tree, int Day);

    // One statement for the counts of all of them, at each level.
    internal static List<Summary> Summaries(Reading context, string which)
    {
        var ledgers = context
            .Reader.Query<WorkItem>($"SELECT w.* FROM work_items w WHERE w.kind = 'ledger' AND {which} ORDER BY w.id DESC LIMIT 200")
            .ToList();
        if (ledgers.Count == 0)
            return [];
        var counts = context
            .Reader.Query<(long Root, string Kind, long All, long Passed, long Overdue)>(
                $"""
                SELECT root_id, kind, count(*) FILTER (WHERE ended IS NULL OR ended <> 3), count(*) FILTER (WHERE ended = 2),
                  count(*) FILTER (WHERE closed_day IS NULL AND due < {context.Day})
                FROM work_items WHERE root_id IN ({string.Join(", ", ledgers.Select(l => l.Id))}) AND kind <> 'ledger' GROUP BY root_id, kind
                """
            )
            .ToList();
        return
        [
            .. ledgers.Select(l =>
            {
                Count Of(string kind) => counts.Find(c => c.Root == l.Id && c.Kind == kind) is var c ? new(c.All, c.Passed) : default;
                return new Summary(
                    l,
                    context.Tree.ByCode(l.AreaCode)?.Name ?? "",
                    Of("aspect"),
                    Of("problem"),
                    Of("measure"),
                    counts.Where(c => c.Root == l.Id).Sum(c => c.Overdue)
                );
            }),
        ];
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long id)
    {
        var within = WorkReading.Within(context.Caller, Permission.ViewWork, AreaRange.Nation, context.Day);
        var found = Of(new(context.Reader, context.Tree, context.Day), context.Installation.Packs, id, within);
        return found with
        {
            MayWrite = found.Summary.Ledger.ClosedDay is null && context.Caller.Scope(Permission.DirectWork).Covers(found.Summary.Ledger.AreaCode),
        };
    }

    /// <exception cref="NotInScope"/>
    internal static Result Of(Reading context, PackSet packs, long id, string within)
    {
        var summary =
            Summaries(context, string.Create(CultureInfo.InvariantCulture, $"w.id = {id} AND {within}")).FirstOrDefault() ?? throw new NotInScope();
        var items = context.Reader.Query<WorkItem>("SELECT * FROM work_items WHERE root_id = @id AND id <> @id", new { id }).ToList();
        var children = items.ToLookup(i => i.ParentId ?? 0);
        IEnumerable<WorkItem> Walk(long parent) => children[parent].OrderBy(c => c.Ordinal).ThenBy(c => c.Id).SelectMany(c => Walk(c.Id).Prepend(c));
        return new(
            summary,
            packs.Dictionary.CodeLists["finding_source"].Find(summary.Ledger.Origin ?? "")?.Label ?? new("", ""),
            [.. Walk(id)],
            false
        );
    }

    public static Told Tell(ConsoleContext context, long id) => Tell(Handle(context, id));

    internal static Told Tell(Result found)
    {
        var (s, byId) = (found.Summary, found.Items.ToDictionary(i => i.Id));
        return new(
            s.Ledger.Id,
            s.Ledger.Title!,
            s.Ledger.Origin!,
            Code(s.Ledger),
            DayNumber.ToDate(s.Ledger.OpenedDay),
            s.Ledger.ClosedDay is { } closed ? DayNumber.ToDate(closed) : null,
            s.Aspects,
            s.Problems,
            s.Measures,
            s.Overdue,
            [
                .. found
                    .Items.Where(i => i.Kind == "measure")
                    .Select(m =>
                    {
                        var problem = byId[m.ParentId!.Value];
                        return new ToldMeasure(
                            m.Id,
                            byId[problem.ParentId!.Value].Title!,
                            problem.Title!,
                            m.Title!,
                            m.Wanted,
                            m.Department,
                            Code(m),
                            WorkReading.Due(m),
                            WorkReading.Word((WorkState)m.State),
                            m.HandedName,
                            m.CheckedName,
                            m.ClosedDay is { } day ? DayNumber.ToDate(day) : null
                        );
                    }),
            ]
        );
    }

    private static string Code(WorkItem item) => item.AreaCode.ToString("D12", CultureInfo.InvariantCulture);

    // It reads back: the columns are those a ledger is read from.
    internal static byte[] Workbook(PackSet packs, Result found)
    {
        var departments = packs.Dictionary.CodeLists["department"];
        var byId = found.Items.ToDictionary(i => i.Id);
        using var stream = new MemoryStream();
        using (var writer = new XlsxSheetWriter(stream, "整改台账"))
        {
            string[] titles = ["序号", "方面", "问题", "措施", "要求", "责任单位", "责任地区", "期限", "办理情况", "办理人", "复核人", "销号日期"];
            writer.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);
            foreach (var (m, number) in found.Items.Where(i => i.Kind == "measure").Select((m, i) => (m, i + 1)))
            {
                var problem = byId[m.ParentId!.Value];
                writer.WriteRow([
                    new(number.ToString(CultureInfo.InvariantCulture), CellLook.Number),
                    byId[problem.ParentId!.Value].Title,
                    problem.Title,
                    m.Title,
                    m.Wanted,
                    m.Department is { } key ? departments.Find(key)?.Label.Zh ?? key : null,
                    Code(m),
                    WorkReading.Due(m) is { } due ? DayText.Of(due) : null,
                    WorkReading.State(m).Zh,
                    m.HandedName ?? m.HolderName,
                    m.CheckedName,
                    m.ClosedDay is { } closed ? DayText.Of(DayNumber.ToDate(closed)) : null,
                ]);
            }
        }
        return stream.ToArray();
    }

    private static void Audit(ConsoleContext context, string act, long ledger) => Audit(context.Installation, act, ledger);

    internal static void Audit(Installation installation, string act, long ledger) =>
        AuditLog.Append(installation, act, $"ledger {ledger}", new("work", ledger));
}
