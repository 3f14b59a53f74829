using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary><c>/imports</c>: sending a file, and the imports that were made: one's own, those of users of the area, and, where all that is held lies within the area, those of the command line.</summary>
public static class ListBatches
{
    public const int PageSize = 50;

    public sealed class Batch
    {
        public long Id { get; init; }
        public string File { get; init; } = "";
        public string Mapping { get; init; } = "";
        public long Rows { get; init; }
        public long Added { get; init; }
        public long Changed { get; init; }
        public long Unchanged { get; init; }
        public long Rejected { get; init; }
        public string At { get; init; } = "";
        public string Actor { get; init; } = "";
        public string StatedBy { get; init; } = "";
        public int DataDay { get; init; }
        public long? UndoneBy { get; init; }

        /// <summary>A tree of areas, and no sheet.</summary>
        public bool IsTree => Mapping == ImportBatch.AreaTree;

        /// <summary>The caller's own job that loaded it; rejected rows lie there.</summary>
        public long? Job { get; init; }
    }

    /// <summary>What undoing an import would take back.</summary>
    public sealed record Undoing(Batch Batch, long Households);

    public sealed record Result(IReadOnlyList<Batch> Batches, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/imports", Show).Needs(Permission.Import);
        routes.MapGet("/imports/{batch:long}/undo", AskUndo).Needs(Permission.Import);
        routes.MapPost("/imports/{batch:long}/undo", PostUndo).Needs(Permission.Import);
        routes
            .MapGet(
                Api.Root + "/imports",
                async (ConsoleContext context, HttpContext http, DeskDb desk, long? before) =>
                    await Api.Answer(http, await Handle(context, desk, before))
            )
            .OfApi<Result>(Permission.Import, "imports", "Imports that were made, the last first")
            .Asks(("before", "only imports before this number"));
        routes
            .MapPost(
                Api.Root + "/imports/{batch:long}/undo",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long batch) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Undo(context, desk, queue, batch, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.Import, "undo-import", "Undo an import as a whole", StatusCodes.Status202Accepted)
            .Once();
    }

    private static async Task<IResult> Show(ConsoleContext context, DeskDb desk, string? before) =>
        new RazorComponentResult<Pages.ImportsPage>(
            new { Found = await Handle(context, desk, long.TryParse(before, CultureInfo.InvariantCulture, out var id) ? id : null) }
        );

    /// <param name="before">Only imports before this one.</param>
    public static async Task<Result> Handle(ConsoleContext context, DeskDb desk, long? before)
    {
        var visible = await Visible(context, desk);
        var rows = (
            await context.Reader.QueryAsync<Batch>(
                $"""
                {Columns} WHERE {visible} AND b.id < @before ORDER BY b.id DESC LIMIT {PageSize + 1}
                """,
                new { before = before ?? long.MaxValue, me = context.Caller.UserId }
            )
        ).ToList();
        return new([.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Id : null);
    }

    private const string Columns = """
        SELECT b.id, b.file, b.mapping, b.rows, b.added, b.changed, b.unchanged, b.rejected, c.at, c.actor, c.stated_by, c.data_day, b.undone_by,
          CASE WHEN c.user_id = @me THEN b.job_id END AS job
        FROM import_batches b JOIN changes c ON c.id = b.change_id
        """;

    private static async Task<IResult> AskUndo(ConsoleContext context, DeskDb desk, long batch)
    {
        var visible = await Visible(context, desk);
        var found =
            await context.Reader.QueryFirstOrDefaultAsync<Batch>(
                $"{Columns} WHERE {visible} AND b.id = @batch",
                new { batch, me = context.Caller.UserId }
            ) ?? throw new NotInScope();
        if (found.IsTree)
            return TypedResults.LocalRedirect($"/areas/loaded/{batch}/undo");
        var change = await context.Reader.ExecuteScalarAsync<long>("SELECT change_id FROM import_batches WHERE id = @batch", new { batch });
        var households = await context.Reader.ExecuteScalarAsync<long>($"SELECT count(*) FROM ({HouseholdList.TouchedBy(change)}) t");
        return new RazorComponentResult<Pages.UndoImportPage>(new { Undoing = new Undoing(found, households) });
    }

    private static async Task<RedirectHttpResult> PostUndo(ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long batch)
    {
        await Forms.Check(http);
        var job = await Undo(context, desk, queue, batch, null);
        return TypedResults.LocalRedirect($"/jobs/{job.Id}");
    }

    /// <summary>Queues undoing an import that the caller sees.</summary>
    /// <exception cref="NotInScope">It is out of sight, or there is none.</exception>
    public static async Task<Job> Undo(ConsoleContext context, DeskDb desk, JobQueue queue, long batch, string? idempotencyKey)
    {
        var visible = await Visible(context, desk);
        var sql = $"SELECT b.mapping FROM import_batches b JOIN changes c ON c.id = b.change_id WHERE {visible} AND b.id = @batch";
        var mapping = await context.Reader.ExecuteScalarAsync<string?>(sql, new { batch }) ?? throw new NotInScope();
        if (mapping == ImportBatch.AreaTree)
            return context.Caller.May(Permission.LoadAreas)
                ? await UndoAreaTree.Queue(context, queue, batch, idempotencyKey)
                : throw new NotInScope();
        return await queue.Add(context.Caller, UndoKind, $"{batch}", new Undone(batch), idempotencyKey);
    }

    private sealed record Undone(long Batch);

    public static readonly JobKind UndoKind = new(
        "import-undo",
        new("撤销导入", "Undo an import"),
        Permission.Import,
        Writes: true,
        run =>
        {
            var batch = run.Request<Undone>().Batch;
            UndoImport.Handle(run.Installation, batch, run.Progress);
            run.Say($"第 {batch} 次导入已撤销 / import {batch} is undone");
            RunImport.Follow(run);
            run.Result = new { undone = batch };
        }
    );

    // Users whose grants lie within the caller's own; the command line where nothing is held outside.
    private static async Task<string> Visible(ConsoleContext context, DeskDb desk)
    {
        var caller = context.Caller;
        var scope = caller.Scope(Permission.Import);
        var grants = await desk.Grants.AsNoTracking().Where(g => g.AreaId != null).Select(g => new { g.UserId, g.AreaId }).ToListAsync();
        var users = grants
            .GroupBy(g => g.UserId)
            .Where(u => u.All(g => context.Tree.ById(g.AreaId!.Value) is { } area && scope.Covers(AreaTree.RangeOf(area))))
            .Select(u => u.Key)
            .Append(caller.UserId);
        var all = await context.Reader.QueryFirstAsync<(long? First, long? Last)>("SELECT min(area_code), max(area_code) FROM households");
        var everything = all is not ({ } first, { } last) || scope.Areas.Any(a => a.Contains(first) && a.Contains(last));
        return $"(c.user_id IN ({string.Join(", ", users)}){(everything ? " OR c.user_id IS NULL" : "")})";
    }
}
