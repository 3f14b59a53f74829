using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Inspection;

/// <summary>
/// <c>POST /ledgers</c> and <c>POST /ledgers/{ledger}/measures</c>: a rectification ledger (整改台账) from a file, a form or a program: a source of findings, aspects,
/// problems and measures as a tree of work. Measures are dealt with as any work; what is above them closes when all beneath it has.
/// </summary>
public static class WriteLedger
{
    /// <param name="Source">Key of code list finding_source.</param>
    /// <param name="Area">Code of a county, township or village; without it the area in view.</param>
    public sealed record Request(string? Title, string? Source, string? Area, IReadOnlyList<LedgerRow>? Measures);

    public sealed record Added(IReadOnlyList<LedgerRow>? Measures);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/ledgers",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    var rows = form.Files.GetFile("file") is { Length: > 0 } file ? await Sent(context.Installation, file) : [Row(form)];
                    return TypedResults.LocalRedirect($"/ledgers/{Handle(context, new(form["title"], form["source"], form["area"], rows))}");
                }
            )
            .Needs(Permission.DirectWork);
        routes
            .MapPost(
                "/ledgers/{ledger:long}/measures",
                async Task<IResult> (ConsoleContext context, HttpContext http, long ledger) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Add(context, ledger, form.Files.GetFile("file") is { Length: > 0 } file ? await Sent(context.Installation, file) : [Row(form)]);
                    return TypedResults.LocalRedirect($"/ledgers/{ledger}");
                }
            )
            .Needs(Permission.DirectWork);
        routes
            .MapPost(
                Api.Root + "/ledgers",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request);
                    http.Response.Headers.Location = $"{Api.Root}/ledgers/{id}";
                    await Api.Answer(http, ShowLedger.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowLedger.Told>(
                Permission.DirectWork,
                "writeLedger",
                "Write a rectification ledger: source, aspects, problems and measures, all of them or none",
                StatusCodes.Status201Created
            );
        routes
            .MapPost(
                Api.Root + "/ledgers/{ledger:long}/measures",
                async (ConsoleContext context, HttpContext http, long ledger, Added request) =>
                {
                    await Api.CheckWrite(http);
                    Add(context, ledger, request.Measures ?? []);
                    await Api.Answer(http, ShowLedger.Tell(context, ledger));
                }
            )
            .OfApi<ShowLedger.Told>(
                Permission.DirectWork,
                "addMeasures",
                "Add measures to a ledger, beneath aspects and problems that are there or new"
            );
    }

    private static LedgerRow Row(IFormCollection form) =>
        new(form["aspect"], form["problem"], form["measure"], form["wanted"], form["department"], form["place"], form["day"]);

    // The readers read files; this one is gone once it was read.
    private static async Task<IReadOnlyList<LedgerRow>> Sent(Installation installation, IFormFile file)
    {
        var folder = Path.Combine(installation.Store.Folder, "ledger-files");
        Store.CreateFolder(folder);
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}{Path.GetExtension(file.FileName).ToLowerInvariant()}");
        try
        {
            await using (var target = File.Create(path))
                await file.CopyToAsync(target);
            return LedgerRows.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">work.title, ledger.source, and what <see cref="LedgerRows.Understand"/> refuses.</exception>
    public static long Handle(ConsoleContext context, Request request)
    {
        var title = WriteOrder.Text(request.Title, 2, 200);
        var source = SourceOf(context.Installation.Packs, request.Source);
        var area = string.IsNullOrEmpty(request.Area) ? context.Area(Permission.DirectWork) : context.Tree.ByCode(request.Area);
        if (area is not { Level: >= 3 } || !context.Caller.Scope(Permission.DirectWork).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        return New(context.Installation, context.Tree, area, title, source, request.Measures ?? []);
    }

    /// <exception cref="WrongUsage">ledger.source.</exception>
    internal static CodeEntry SourceOf(PackSet packs, string? key) =>
        packs.Dictionary.CodeLists["finding_source"].Find(key ?? "")
        ?? throw new WrongUsage("ledger.source", "请选择问题来源。Choose the source of the findings.");

    /// <summary>A new ledger of a place; who may is asked before.</summary>
    /// <exception cref="Refusal">ledger.there, and what <see cref="LedgerRows.Understand"/> refuses.</exception>
    internal static long New(
        Installation installation,
        AreaTree tree,
        AreaVersion area,
        string title,
        CodeEntry source,
        IReadOnlyList<LedgerRow> rows
    ) =>
        Write(
            installation,
            tree,
            area,
            rows,
            (_, _, day) =>
                new()
                {
                    Kind = "ledger",
                    Title = title,
                    Origin = source.Key,
                    AreaCode = area.Code,
                    Due = WorkItem.NoDeadline,
                    OpenedDay = day,
                    Live = true,
                }
        );

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">work.closed, and what <see cref="LedgerRows.Understand"/> refuses.</exception>
    public static void Add(ConsoleContext context, long ledger, IReadOnlyList<LedgerRow> rows)
    {
        var held = WorkReading.Find(context.Reader, null, context.Caller, Permission.DirectWork, context.Day, ledger);
        if (held.Kind != "ledger")
            throw new NotInScope();
        More(context.Installation, context.Tree, held.AreaCode, ledger, rows);
    }

    /// <summary>More measures of a ledger that is there.</summary>
    /// <exception cref="Refusal">work.closed, and what <see cref="LedgerRows.Understand"/> refuses.</exception>
    internal static void More(Installation installation, AreaTree tree, long areaCode, long ledger, IReadOnlyList<LedgerRow> rows) =>
        Write(
            installation,
            tree,
            tree.ByCode(areaCode) ?? throw new NotInScope(),
            rows,
            (connection, transaction, _) =>
                connection.QuerySingle<WorkItem>("SELECT * FROM work_items WHERE id = @ledger", new { ledger }, transaction)
        );

    private static long Write(
        Installation installation,
        AreaTree tree,
        AreaVersion area,
        IReadOnlyList<LedgerRow> rows,
        Func<DbConnection, DbTransaction, int, WorkItem> top
    )
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var measures = LedgerRows.Understand(rows, installation.Packs.Dictionary.CodeLists["department"], tree, area, today);
        var ledger = top(connection, transaction, day);
        if (
            ledger.Id == 0
            && connection.QuerySingle<long>(
                "SELECT count(*) FROM work_items WHERE kind = 'ledger' AND closed_day IS NULL AND title = @Title AND origin = @Origin AND area_code = @AreaCode",
                ledger,
                transaction
            ) > 0
        )
            throw new Refusal(
                "ledger.there",
                "这个来源已有同名的台账，请往里添加措施。There is a ledger of this name and source: add measures to it."
            );
        var held =
            ledger.Id == 0 ? [] : connection.Query<WorkItem>("SELECT * FROM work_items WHERE root_id = @Id", new { ledger.Id }, transaction).ToList();
        var next = Keys.Take(connection, transaction, "work_items", area.Code / 1_000_000, 1 + 3L * measures.Count);
        var made = new List<WorkItem>();
        var grown = new HashSet<WorkItem>();
        if (ledger.Id == 0)
        {
            ledger.Id = next++;
            ledger.RootId = ledger.Id;
            made.Add(ledger);
        }
        var all = held.Where(h => h.Id != ledger.Id).ToList();
        WorkItem Beneath(WorkItem parent, string kind, string title, LedgerMeasure measure)
        {
            // Of a problem a measure stands once for a place and a department.
            if (
                all.Find(i =>
                    i.ParentId == parent.Id
                    && i.Kind == kind
                    && i.Title == title
                    && (kind != "measure" || (i.AreaCode == measure.AreaCode && i.Department == measure.Department))
                ) is
                { } there
            )
                return there;
            if (parent.ClosedDay is not null)
                throw new Refusal("work.closed", "这件事已经结束。It is closed.");
            var item = new WorkItem
            {
                Id = next++,
                Kind = kind,
                Title = title,
                ParentId = parent.Id,
                RootId = ledger.Id,
                Ordinal = 1 + all.Count(i => i.ParentId == parent.Id),
                AreaCode = kind == "measure" ? measure.AreaCode : area.Code,
                Department = kind == "measure" ? measure.Department : null,
                Wanted = kind == "measure" ? measure.Wanted : null,
                Due = kind == "measure" ? measure.Due : WorkItem.NoDeadline,
                DueByHand = kind == "measure" && measure.Due != WorkItem.NoDeadline,
                OpenedDay = day,
                Live = true,
            };
            parent.OpenChildren++;
            grown.Add(parent);
            all.Add(item);
            made.Add(item);
            return item;
        }
        foreach (var measure in measures)
            Beneath(
                Beneath(Beneath(ledger, "aspect", measure.Aspect, measure), "problem", measure.Problem, measure),
                "measure",
                measure.Measure,
                measure
            );
        ActOnWork.Write(
            installation,
            connection,
            transaction,
            day,
            "open",
            null,
            [ledger.Id],
            $"{ledger.Title}: {measures.Count}",
            change =>
            {
                foreach (var item in made)
                    item.ChangeId = change;
                WriteOrder.Insert(connection, transaction, made);
                SqlMapper.Execute(
                    connection,
                    "UPDATE work_items SET open_children = @OpenChildren, change_id = @change WHERE id = @Id",
                    grown
                        .Except(made)
                        .Select(p => new
                        {
                            p.OpenChildren,
                            p.Id,
                            change,
                        }),
                    transaction
                );
            }
        );
        transaction.Commit();
        return ledger.Id;
    }
}
