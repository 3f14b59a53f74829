using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// <c>/areas/loaded</c>: the trees that were loaded, and taking one back as a whole: places, the households, houses and people that moved with them, duties,
/// lists and outlines become as they were, and all is judged and counted again in the same transaction (<see cref="UndoImport"/> does the rows).
/// </summary>
public static class UndoAreaTree
{
    /// <param name="From">The first day the tree holds.</param>
    /// <param name="Moved">Households that moved with it.</param>
    public sealed record Loaded(
        long Id,
        string File,
        string At,
        string Actor,
        DateOnly From,
        IReadOnlyList<string> Counties,
        long Added,
        long Moved,
        bool Undone
    );

    public sealed record Result(IReadOnlyList<Loaded> Trees);

    private sealed record Asked(long Batch);

    public static readonly JobKind Kind = new(
        "undo-areas",
        new("撤销区划调整", "Undo a tree of areas"),
        Permission.LoadAreas,
        Writes: true,
        run =>
        {
            var batch = run.Request<Asked>().Batch;
            using (var connection = run.Installation.Store.OpenReader())
                RequireReach(connection, run.Caller, batch);
            UndoImport.Handle(run.Installation, batch, run.Progress);
            run.Say(
                "区划已恢复原样，户和人随之回到原处，并已重新判定 / the tree is as it was, households went back with it, and all is judged again"
            );
            run.Result = new { undone = batch };
        }
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/areas/loaded/{batch:long}/undo", IResult (ConsoleContext context, long batch) => Ask(context, batch))
            .Needs(Permission.LoadAreas);
        routes
            .MapPost(
                "/areas/loaded/{batch:long}/undo",
                async (ConsoleContext context, HttpContext http, JobQueue queue, long batch) =>
                {
                    await Forms.Check(http);
                    return TypedResults.LocalRedirect($"/jobs/{(await Queue(context, queue, batch, null)).Id}");
                }
            )
            .Needs(Permission.LoadAreas);
        routes
            .MapGet(
                Api.Root + "/areas/loaded",
                async (ConsoleContext context, HttpContext http) => await Api.Answer(http, new Result(List(context.Reader, context.Caller)))
            )
            .OfApi<Result>(Permission.LoadAreas, "loaded-area-trees", "Trees of areas that were loaded, the last first");
        routes
            .MapPost(
                Api.Root + "/areas/loaded/{batch:long}/undo",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long batch) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, batch, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.LoadAreas, "undo-area-tree", "Undo a loaded tree of areas as a whole", StatusCodes.Status202Accepted)
            .Once();
    }

    /// <summary>The trees that were loaded of counties the caller may load trees of, the last first.</summary>
    public static IReadOnlyList<Loaded> List(DbConnection connection, Caller caller)
    {
        var reach = LoadAreaTree.Reach(caller);
        var counties = connection
            .Query<(long Batch, long County)>(
                $"SELECT DISTINCT b.id, v.code / 1000000 FROM import_batches b JOIN ({TouchedPlaces}) v ON v.change_id = b.change_id WHERE b.mapping = @tree ORDER BY 1, 2",
                new { tree = ImportBatch.AreaTree }
            )
            .ToLookup(c => c.Batch, c => c.County * 1_000_000);
        return
        [
            .. connection
                .Query<Held>($"{Columns} WHERE b.mapping = @tree ORDER BY b.id DESC", new { tree = ImportBatch.AreaTree })
                .Where(b => counties[b.Id].All(reach.Covers))
                .Select(b => new Loaded(
                    b.Id,
                    b.File,
                    b.At,
                    b.Actor,
                    DayNumber.ToDate(b.DataDay),
                    [.. counties[b.Id].Select(c => c.ToString("D12", CultureInfo.InvariantCulture))],
                    b.Added,
                    b.Changed,
                    b.UndoneBy is not null
                )),
        ];
    }

    private const string Columns = """
        SELECT b.id, b.file, c.at, c.actor, c.data_day, b.added, b.changed, b.undone_by FROM import_batches b JOIN changes c ON c.id = b.change_id
        """;

    // Places of counties and beneath that a change wrote or ended.
    private const string TouchedPlaces = """
        SELECT change_id, code FROM area_versions WHERE level BETWEEN 3 AND 5 AND change_id > 0
        UNION SELECT change_id, code FROM area_versions_history WHERE level BETWEEN 3 AND 5
        UNION SELECT ended_by, code FROM area_versions_history WHERE level BETWEEN 3 AND 5
        """;

    private sealed class Held
    {
        public long Id { get; init; }
        public string File { get; init; } = "";
        public string At { get; init; } = "";
        public string Actor { get; init; } = "";
        public int DataDay { get; init; }
        public long Added { get; init; }
        public long Changed { get; init; }
        public long? UndoneBy { get; init; }
    }

    private static RazorComponentResult<Pages.UndoAreaTreePage> Ask(ConsoleContext context, long batch) =>
        new(new { Tree = Find(context.Reader, context.Caller, batch) });

    /// <summary>Queues taking a tree back.</summary>
    /// <exception cref="NotInScope">There is none of this number, or a county of it is not the caller's.</exception>
    public static Task<Job> Queue(ConsoleContext context, JobQueue queue, long batch, string? key) =>
        queue.Add(context.Caller, Kind, Find(context.Reader, context.Caller, batch).File, new Asked(batch), key);

    private static Loaded Find(DbConnection connection, Caller caller, long batch) =>
        List(connection, caller).FirstOrDefault(t => t.Id == batch) ?? throw new NotInScope();

    private static void RequireReach(DbConnection connection, Caller caller, long batch) => Find(connection, caller, batch);

    /// <summary>What a loaded tree made, looked at before it is taken back.</summary>
    /// <param name="places">The rows of area_versions that stand as the load wrote them.</param>
    internal sealed class Made(Installation installation, DbConnection connection, DbTransaction transaction, long change, UndoImport.Written places)
    {
        private readonly int from = (int)connection.Number("SELECT data_day FROM changes WHERE id = @change", transaction, new { change });

        /// <summary>Whether nothing that came later stands on the tree.</summary>
        /// <exception cref="Refusal">areas.built-upon, areas.year-closed.</exception>
        public void RequireFree(IReadOnlyList<UndoImport.Written> tables)
        {
            var counties = Counties();
            if (counties.Any(c => ClosedYears.Hold(connection, transaction, new(c, c + 999_999), DayNumber.ToDate(from), change)))
                throw new Refusal(
                    "areas.year-closed",
                    "载入之后已结转年度，这次区划不能撤销。A year was closed since the tree was loaded; it is not undone any more."
                );
            List<string> standing =
            [
                .. Trees(counties),
                .. tables.Where(t => t.ChangedSince()).Select(t => $"{t.Table}：载入后又有改动 changed since"),
            ];
            var (codes, ids) = (WithdrawnCodes(), Gone.Select(g => g.Id).ToList());
            if (codes.Count > 0)
                standing.AddRange(
                    tables.Where(t => t.Names(codes, ids)).Select(t => $"{t.Table}：有新的记录在将撤去的区域 new rows lie in places that would go")
                );
            standing.AddRange(Reports(codes));
            standing.AddRange(Users());
            if (standing.Count > 0)
                throw new Refusal(
                    "areas.built-upon",
                    "之后的工作以这次区划为基础，不能整体撤销。What came later stands on this tree; it cannot be undone as a whole.",
                    standing
                );
        }

        /// <summary>Places that were not there before, with their names.</summary>
        private IReadOnlyList<(long Id, string Name)> Gone { get; } =
        [
            .. connection.Query<(long, string)>(
                $"SELECT n.area_id, max(n.name) FROM area_versions n WHERE {places.Stands("n")} AND NOT EXISTS (SELECT 1 FROM area_versions_history o WHERE o.area_id = n.area_id AND o.ended_by = @change) GROUP BY n.area_id",
                new { change },
                transaction
            ),
        ];

        /// <summary>What was judged and counted of places that are no more, and trees kept in memory, go.</summary>
        public void Forget()
        {
            var gone = string.Join(", ", Gone.Select(g => g.Id).Append(0));
            connection.Execute($"DELETE FROM verdicts WHERE subject_id IN ({gone})", transaction);
            connection.Execute($"DELETE FROM tallies WHERE area_id IN ({gone})", transaction);
            LoadAreaTree.CountLoad(installation, connection, transaction);
        }

        private List<long> WithdrawnCodes() =>
            [
                .. connection.Query<long>(
                    $"SELECT n.code FROM area_versions n WHERE {places.Stands("n")} AND n.from_day = @from AND NOT EXISTS (SELECT 1 FROM area_versions_history o WHERE o.area_id = n.area_id AND o.code = n.code AND o.ended_by = @change)",
                    new { change, from },
                    transaction
                ),
            ];

        private List<long> Counties() =>
            [
                .. connection
                    .Query<long>(
                        $"SELECT DISTINCT v.code / 1000000 FROM ({TouchedPlaces}) v WHERE v.change_id = @change",
                        new { change },
                        transaction
                    )
                    .Select(c => c * 1_000_000),
            ];

        // Trees are taken back as they lie upon each other, the last first.
        private IEnumerable<string> Trees(List<long> counties) =>
            connection
                .Query<(long Batch, long County, string File)>(
                    $"SELECT DISTINCT b.id, v.code / 1000000, b.file FROM import_batches b JOIN ({TouchedPlaces}) v ON v.change_id = b.change_id WHERE b.mapping = @tree AND b.change_id > @change AND b.undone_by IS NULL ORDER BY 1",
                    new { change, tree = ImportBatch.AreaTree },
                    transaction
                )
                .Where(b => counties.Contains(b.County * 1_000_000))
                .Select(b => $"第 {b.Batch} 批 {b.File}：同一县后来的区划 a later tree of the same county")
                .Distinct();

        private IEnumerable<string> Reports(List<long> codes)
        {
            if (codes.Count == 0)
                yield break;
            var list = string.Join(", ", codes);
            if (
                connection.Number(
                    $"SELECT count(*) FROM sealed_reports WHERE known_change >= @change AND area_code IN ({list})",
                    transaction,
                    new { change }
                ) > 0
            )
                yield return "sealed_reports：有将撤去的区域的封存材料 reports are sealed of places that would go";
            if (
                connection.Number(
                    $"SELECT count(*) FROM report_templates WHERE withdrawn_at IS NULL AND added_at >= (SELECT at FROM changes WHERE id = @change) AND area_code IN ({list})",
                    transaction,
                    new { change }
                ) > 0
            )
                yield return "report_templates：有将撤去的区域的模板 templates are of places that would go";
        }

        // A grant of a place that was there before is read through the tree and goes back with it; of a place that goes it would be of nothing.
        private IEnumerable<string> Users()
        {
            var ids = Gone.ToDictionary(g => g.Id, g => g.Name);
            var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
            using var desk = installation.Store.Desk();
            return
            [
                .. desk
                    .Grants.Where(g => g.AreaId != null && (g.ToDay == null || g.ToDay > day))
                    .Select(g => g.AreaId!.Value)
                    .ToList()
                    .Where(ids.ContainsKey)
                    .GroupBy(id => id)
                    .Select(g => $"{ids[g.Key]}：有 {g.Count()} 项用户授权 {g.Count()} grants of users"),
            ];
        }
    }
}
