using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>POST /judgements</c>: an area judged for another moment, as a job, and kept; figures, pages and lists of that moment read it. The oldest are removed,
/// for they can be made again.
/// </summary>
public static class JudgeMoment
{
    /// <summary>Judgements of other moments that are kept.</summary>
    public const int Most = 24;

    private const string Name = "judge-moment";

    public static readonly JobKind Kind = new(Name, new("判定某一天", "Judge a day"), Permission.ViewFigures, Writes: true, Run);

    /// <param name="Area">Code of the area.</param>
    /// <param name="Known">The last change that counts; null for all that is recorded when the job begins.</param>
    public sealed record Asked(string Area, DateOnly Day, long? Known);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/judgements", Post).Needs(Permission.ViewFigures);
        routes
            .MapPost(
                Api.Root + "/judgements",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string? asOf, string? knownAt) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, asOf, knownAt, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(
                Permission.ViewFigures,
                "judge-moment",
                "Judge an area for another day, or as was known at another time, and keep it for pages, lists and figures of that moment",
                StatusCodes.Status202Accepted
            )
            .Asks(
                Api.Area,
                ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then")
            )
            .Once();
    }

    private static async Task<RedirectHttpResult> Post(ConsoleContext context, HttpContext http, JobQueue queue)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var job = await Queue(context, queue, form["asOf"], form["knownAt"], null, form["area"]);
        return TypedResults.LocalRedirect($"/jobs/{job.Id}");
    }

    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, string? asOf, string? knownAt, string? key, string? code = null)
    {
        var area = code is { Length: > 0 } ? context.Tree.ByCode(code) ?? throw new NotInScope() : context.Area(Permission.ViewFigures);
        var day = string.IsNullOrWhiteSpace(asOf) ? context.WorkDate : DayText.Read(asOf) ?? AreaArgument.Day(asOf)!.Value;
        var known = string.IsNullOrWhiteSpace(knownAt) ? (long?)null : KnownAt.Change(context.Reader, knownAt);
        var then = Then(context.Caller, AreaTree.Load(context.Reader, day, knownAt: known), area.AreaId);
        return queue.Add(context.Caller, Kind, $"{then.Name} {DayText.Of(day)}", new Asked(PickArea.Code(then), day, known), key);
    }

    // The area as the tree of the day has it, where it is wholly the caller's.
    private static AreaVersion Then(Caller caller, AreaTree tree, long area) =>
        tree.ById(area) is { } then && caller.Scope(Permission.ViewFigures).Covers(AreaTree.RangeOf(then)) ? then : throw new NotInScope();

    private static void Run(JobRun run)
    {
        var asked = run.Request<Asked>();
        AreaVersion area;
        using (var connection = run.Installation.Store.OpenReader())
        {
            var tree = AreaTree.Load(connection, asked.Day, knownAt: asked.Known);
            area = Then(run.Caller, tree, (tree.ByCode(asked.Area) ?? throw new NotInScope()).AreaId);
        }
        run.Say("判定 / judging");
        var kept = Keep(run.Installation, area, asked.Day, asked.Known, (done, total) => run.Progress(done, total));
        run.Result = new { judgement = kept.Id, kept.Households };
        run.Say($"{area.Name} {DayText.Of(asked.Day)} 判定完成 / judged");
    }

    /// <summary>Judges an area for a moment and keeps it; one of the same moment and packs that is kept already will do.</summary>
    /// <param name="area">Of the tree of the day.</param>
    /// <param name="knownAt">The last change that counts; null for all that is recorded now.</param>
    /// <param name="progress">Told after each step, and of how many.</param>
    public static Judgement Keep(Installation installation, AreaVersion area, DateOnly day, long? knownAt, Action<int, int>? progress = null)
    {
        using var connection = installation.Store.Open();
        var (packs, range) = (installation.Packs, AreaTree.RangeOf(area));
        using (var versions = installation.Store.BeginWrite(connection))
        {
            foreach (var standard in Judging.InForce(packs.Standards, range, day))
                StandardVersions.Of(connection, versions, packs, standard, store: true);
            PackArchive.Keep(connection, versions, packs);
            versions.Commit();
        }
        // As known at a change, not as it is: others write while it is judged.
        var known = knownAt ?? connection.Number("SELECT coalesce(max(id), 0) FROM changes");
        var made = new Judgement
        {
            AreaId = area.AreaId,
            AreaFrom = range.From,
            AreaTo = range.To,
            Day = DayNumber.Of(day),
            KnownChange = known,
            Packs = packs.Hash,
            MadeBy = installation.Actor.UserId,
            MadeAt = AuditLog.Stamp(installation.Clock),
        };
        if (Held(connection, null, made) is { } held)
            return held;
        JudgedMoment.Fill(installation, connection, area, day, known, progress);
        using var transaction = installation.Store.BeginWrite(connection);
        // Another process may have been faster.
        if (Held(connection, transaction, made) is { } faster)
            return faster;
        Store(installation, connection, transaction, made);
        transaction.Commit();
        return made;
    }

    private static Judgement? Held(DbConnection connection, DbTransaction? transaction, Judgement made) =>
        connection.QueryFirstOrDefault<Judgement>(
            "SELECT * FROM judgements WHERE day = @Day AND known_change = @KnownChange AND packs = @Packs AND area_id = @AreaId",
            made,
            transaction
        );

    private static void Store(Installation installation, DbConnection connection, DbTransaction transaction, Judgement made)
    {
        made.Id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM judgements", transaction);
        made.Households = connection.Number(
            $"SELECT count(*) FROM {Judgement.Temporary("household_list")} WHERE place_code = area_code",
            transaction
        );
        SqlMapper.Execute(
            connection,
            """
            INSERT INTO judgements (id, area_id, area_from, area_to, day, known_change, packs, households, made_by, made_at)
            VALUES (@Id, @AreaId, @AreaFrom, @AreaTo, @Day, @KnownChange, @Packs, @Households, @MadeBy, @MadeAt)
            """,
            made,
            transaction
        );
        foreach (var table in Judgement.Tables.Keys)
        {
            var columns = string.Join(", ", Catalog.Columns(connection, installation.Store.Engine, table));
            connection.Execute(
                $"INSERT INTO {Judgement.KeptIn(table)} (judgement_id, {columns}) SELECT {made.Id}, {columns} FROM {Judgement.Temporary(table)}",
                transaction
            );
        }
        connection.Execute($"DELETE FROM judgements WHERE id NOT IN (SELECT id FROM judgements ORDER BY id DESC LIMIT {Most})", transaction);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "standards.judge-moment",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{made.AreaFrom} {DayNumber.ToDate(made.Day):yyyy-MM-dd} change {made.KnownChange} packs {made.Packs}"
            )
        );
    }
}
