using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// <c>tuopin areas load FILE</c> and <c>/areas/load</c>: a newer tree of some counties with its old-to-new table. First it says which places, households and
/// grants move; then it is applied or refused as a whole, from its day on, and everything is judged and counted again in the same transaction.
/// </summary>
public static class LoadAreaTree
{
    /// <param name="From">The first day the tree holds.</param>
    /// <param name="Replace">Trees that are held for days after the work date are withdrawn.</param>
    public sealed record Files(string Tree, string? Map, DateOnly From, bool Replace);

    /// <param name="Was">The code and name it had.</param>
    public sealed record Named(string Code, string Name, string? Was = null);

    /// <param name="Group">Only this group of the village goes there.</param>
    public sealed record Goal(string Code, string Name, string? Group, long Households);

    /// <summary>A place whose rows move, and what moves.</summary>
    /// <param name="What">recoded, merged, divided or removed.</param>
    /// <param name="Living">Households registered elsewhere that live there.</param>
    /// <param name="Grants">Users who hold it: they hold its heir from then on.</param>
    public sealed record Moving(
        string What,
        string Code,
        string Name,
        IReadOnlyList<Goal> To,
        long Households,
        long Persons,
        long Dwellings,
        long Living,
        long Responsibilities,
        long OpenLists,
        long Reviews,
        long Grants
    );

    /// <param name="Until">The day the other place gave it up.</param>
    public sealed record ReusedCode(string Code, string Was, int? Until, string Now);

    /// <param name="Withdrawn">Rows of later trees that are withdrawn.</param>
    /// <param name="Mark">What was seen: another mark is another preview.</param>
    public sealed record Preview(
        string From,
        IReadOnlyList<string> Counties,
        int Unchanged,
        IReadOnlyList<Named> Added,
        IReadOnlyList<Named> Renamed,
        IReadOnlyList<Moving> Moving,
        IReadOnlyList<ReusedCode> Reused,
        long Withdrawn,
        IReadOnlyList<string> Faults,
        string Mark
    )
    {
        public long Households => Moving.Sum(m => m.Households);
    }

    public sealed record Report(Preview Preview, bool Applied, long Moved);

    private sealed record Asked(string Upload, bool Replace, string? Mark);

    public static readonly JobKind Kind = new("load-areas", new("区划调整", "Load a tree of areas"), Permission.LoadAreas, Writes: true, Run);

    public static Command Command(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "csv or xlsx with columns code and name; its counties are stated whole" };
        var map = new Option<string?>("--map") { Description = "csv or xlsx with columns old, new and, for a village that is divided, group" };
        var from = new Option<string?>("--from") { Description = "yyyy-MM-dd, the first day the tree holds; default: the work date" };
        var preview = new Option<bool>("--preview") { Description = "say what would move and change nothing" };
        var replace = new Option<bool>("--replace-later") { Description = "withdraw trees that are held for days after the work date" };
        var command = new Command("load", "load a newer tree of counties, with an old-to-new table") { file, map, from, preview, replace };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, install: true);
                var files = new Files(
                    parsed.GetValue(file)!,
                    parsed.GetValue(map),
                    AreaArgument.Day(parsed.GetValue(from)) ?? installation.WorkDate,
                    parsed.GetValue(replace)
                );
                var report = parsed.GetValue(preview)
                    ? new Report(Look(installation, files, Scope.Everything), false, 0)
                    : Handle(installation, files, Scope.Everything, null, (done, total) => shell.Warn($"判定 judging {done}/{total}"));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    private static void Print(TextWriter output, Report report)
    {
        var seen = report.Preview;
        output.WriteLine($"{string.Join(", ", seen.Counties)} {seen.From}  不变 unchanged {seen.Unchanged}");
        foreach (var place in seen.Added)
            output.WriteLine($"  新设 new      {place.Code} {place.Name}");
        foreach (var place in seen.Renamed)
            output.WriteLine($"  改名 renamed  {place.Code} {place.Was} -> {place.Name}");
        foreach (var m in seen.Moving)
            output.WriteLine(
                $"  {m.What, -8} {m.Code} {m.Name} -> {string.Join(", ", m.To.Select(t => $"{t.Code} {t.Name}{(t.Group is null ? "" : $" [{t.Group}]")} ({t.Households})"))}: {m.Households} households, {m.Persons} persons, {m.Dwellings} houses, {m.Living} living there, {m.Responsibilities} responsibilities, {m.Grants} users, {m.Reviews} reviews"
            );
        foreach (var code in seen.Reused)
            output.WriteLine($"  代码另用 code used again {code.Code}: {code.Was} -> {code.Now}");
        if (seen.Withdrawn > 0)
            output.WriteLine($"  {seen.Withdrawn} rows of later trees are withdrawn");
        foreach (var fault in seen.Faults)
            output.WriteLine("  ✗ " + fault);
        output.WriteLine(report.Applied ? $"已载入 loaded; {report.Moved} households moved" : "预览，未作改动 preview; nothing was changed");
    }

    /// <summary>What loading the files would do.</summary>
    /// <exception cref="Refusal">import.file-refused, areas.columns, areas.too-large, areas.day, areas.later-tree.</exception>
    public static Preview Look(Installation installation, Files files, Scope reach)
    {
        using var connection = installation.Store.OpenReader();
        return Plan(installation, connection, null, files, reach).Preview;
    }

    /// <summary>Loads the files, or refuses and changes nothing.</summary>
    /// <param name="mark">The preview that was agreed to; null where there was none.</param>
    /// <exception cref="Refusal">As <see cref="Look"/>; areas.faults, areas.changed-since, areas.nothing.</exception>
    public static Report Handle(Installation installation, Files files, Scope reach, string? mark, Action<int, int>? progress = null)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var (plan, preview) = Plan(installation, connection, transaction, files, reach);
        if (preview.Faults.Count > 0)
            throw new Refusal(
                "areas.faults",
                "区划文件有错，没有改动任何内容。The files have faults; nothing was changed.",
                [.. preview.Faults.Take(50)]
            );
        if (mark is not null && mark != preview.Mark)
            throw new Refusal("areas.changed-since", "预览之后记录有变，请重新查看。The record has changed since the preview; look again.");
        if (preview is { Added.Count: 0, Renamed.Count: 0, Moving.Count: 0, Withdrawn: 0 })
            throw new Refusal("areas.nothing", "与现行区划相同，无需载入。The tree is the one in force; there is nothing to load.");
        var (clock, actor) = (installation.Clock, installation.Actor);
        var from = DayNumber.Of(files.From);
        var name = Path.GetFileName(files.Tree);
        var change = AuditLog.BeginChange(connection, transaction, clock, actor, $"区划调整 {name}", "poverty_office", from, name);
        var moved = MoveToTree.Handle(
            installation,
            connection,
            transaction,
            plan,
            from,
            DayNumber.Of(Installation.WorkDateOf(connection, clock, transaction)),
            change
        );
        AuditLog.Append(
            connection,
            transaction,
            clock,
            actor,
            "areas.load",
            JsonSerializer.Serialize(
                new
                {
                    change,
                    preview.From,
                    preview.Counties,
                    files = new[] { Hash(files.Tree), files.Map is null ? null : Hash(files.Map) },
                    added = preview.Added.Count,
                    renamed = preview.Renamed.Count,
                    moving = preview.Moving.Select(m => $"{m.What} {m.Code} -> {string.Join('+', m.To.Select(t => t.Code))}: {m.Households}"),
                    reused = preview.Reused.Select(r => r.Code),
                    preview.Withdrawn,
                    moved,
                },
                Json
            )
        );
        connection.Execute(
            """
            INSERT INTO import_batches (id, change_id, file, sha256, mapping, rows, added, changed, unchanged, rejected, national)
            SELECT coalesce(max(id), 0) + 1, @change, @name, @sha, @mapping, @rows, @added, @moved, @unchanged, 0, FALSE FROM import_batches
            """,
            transaction,
            new
            {
                change,
                name,
                sha = Hash(files.Tree),
                mapping = ImportBatch.AreaTree,
                rows = plan.Places.Count,
                added = preview.Added.Count,
                moved,
                unchanged = preview.Unchanged,
            }
        );
        CountLoad(installation, connection, transaction);
        JudgeArea.Within(installation, connection, transaction, progress);
        transaction.Commit();
        return new(preview, true, moved);
    }

    /// <summary>Trees kept in memory are of the count of loads and of their undoing.</summary>
    internal static void CountLoad(Installation installation, DbConnection connection, DbTransaction transaction)
    {
        var loads = int.Parse(Installation.Setting(connection, "area_loads", transaction) ?? "0", CultureInfo.InvariantCulture) + 1;
        installation.Set(connection, transaction, "area_loads", loads.ToString(CultureInfo.InvariantCulture));
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static (PlanTree.Result Plan, Preview Preview) Plan(
        Installation installation,
        DbConnection connection,
        DbTransaction? transaction,
        Files files,
        Scope reach
    )
    {
        var work = Installation.WorkDateOf(connection, installation.Clock, transaction);
        if (files.From > work || files.From.Year < 1950)
            throw new WrongUsage("areas.day", "生效日不晚于工作日。A tree holds from the work date or from a day before it.");
        var (rows, steps) = (AreaTreeFiles.Tree(files.Tree), files.Map is null ? [] : AreaTreeFiles.Map(files.Map));
        var from = DayNumber.Of(files.From);
        var tree = AreaTree.Load(connection, files.From);
        var counties = rows.Select(r => r.Code)
            .Concat(steps.Select(s => s.Old))
            .Select(PlanTree.Number)
            .OfType<long>()
            .Where(c => PlanTree.LevelOf(c) >= 3)
            .Select(c => c / 1_000_000 * 1_000_000)
            .Distinct()
            .ToList();
        var ranges =
            counties.Count == 0
                ? "FALSE"
                : string.Join(" OR ", counties.Select(c => string.Create(CultureInfo.InvariantCulture, $"code BETWEEN {c} AND {c + 999_999}")));
        var held = connection
            .Query<AreaVersion>(
                $"SELECT area_id, from_day, to_day, code, name, parent_id, level, kind FROM area_versions WHERE level <= 5 AND ({ranges})",
                transaction: transaction
            )
            .ToList();
        var later = held.Where(h => h.FromDay >= from).ToList();
        if (later.Find(h => h.FromDay <= DayNumber.Of(work)) is { } newer)
            throw new Refusal(
                "areas.later-tree",
                $"这些县已有 {newer.FromDay} 起的区划，生效日应在它之后。These counties have a tree from {newer.FromDay} on already; a newer one begins after it."
            );
        if (later.Count > 0 && !files.Replace)
            throw new Refusal(
                "areas.later-tree",
                $"这些县已存有以后（{later.Max(h => h.FromDay)} 起）的区划；要以本文件为准，请选“撤去以后的区划”（--replace-later）。A tree of these counties is held for later days (from {later.Max(h => h.FromDay)}); to put this one in its place say --replace-later."
            );
        var taken = connection.Query<long>("SELECT id FROM areas", transaction: transaction).ToHashSet();
        var plan = PlanTree.Of(rows, steps, tree, from, [.. held.Where(h => h.FromDay < from)], taken);
        var faults = plan.Faults.ToList();
        faults.AddRange(
            rows.Where(r => PlanTree.Number(r.Code) is { } code && !reach.Covers(code))
                .Select(r => Outside(false, r.Number, PlanTree.CodeColumn, r.Code))
        );
        faults.AddRange(
            steps
                .Where(s => PlanTree.Number(s.Old) is { } code && !reach.Covers(code))
                .Select(s => Outside(true, s.Number, PlanTree.OldColumn, s.Old))
        );
        var moving = faults.Count > 0 ? [] : new Counting(installation, connection, transaction, DayNumber.Of(work)).Of(plan, steps, faults);
        var preview = new Preview(
            DayText.Of(files.From),
            [.. plan.Counties.Select(Code)],
            plan.Places.Count(p => !p.Changed),
            [.. plan.Places.Where(p => p.Before is null).Select(p => new Named(Code(p.Now.Code), p.Now.Name))],
            [.. plan.Places.Where(p => p.Renamed).Select(p => new Named(Code(p.Now.Code), p.Now.Name, p.Before!.Name))],
            moving,
            [.. plan.Codes.Select(c => new ReusedCode(Code(c.Code), c.Was, c.Until, c.Now))],
            later.Count,
            [.. faults.Select(f => f.ToString())],
            ""
        );
        return (plan, preview with { Mark = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(preview, Json)))[..24] });
    }

    private static PlanTree.Fault Outside(bool ofMap, int row, Label column, string code) =>
        new(ofMap, row, column, code, new("不在您的区域内", "outside your area"));

    private static string Code(long code) => code.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>What hangs on the places of a plan, counted by place; and what nobody said where it goes.</summary>
    private sealed class Counting(Installation installation, DbConnection connection, DbTransaction? transaction, int day)
    {
        public List<Moving> Of(PlanTree.Result plan, IReadOnlyList<PlanTree.Step> steps, List<PlanTree.Fault> faults)
        {
            var ids = plan.Successions.Select(s => s.Before.AreaId).ToList();
            if (ids.Count == 0)
                return [];
            var list = string.Join(", ", ids);
            var codes = string.Join(", ", plan.Successions.Select(s => s.Before.Code));
            var open = string.Create(CultureInfo.InvariantCulture, $"m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})");
            var households = connection
                .Query<(long Village, string? Group, long Number)>(
                    $"SELECT village_id, group_name, count(*) FROM households WHERE village_id IN ({list}) GROUP BY village_id, group_name",
                    transaction: transaction
                )
                .ToLookup(h => h.Village);
            var persons = Count(
                $"SELECT h.village_id, count(*) FROM memberships m JOIN households h ON h.id = m.household_id WHERE h.village_id IN ({list}) AND {open} GROUP BY h.village_id"
            );
            var dwellings = Count($"SELECT village_id, count(*) FROM dwellings WHERE village_id IN ({list}) GROUP BY village_id");
            var living = Count(
                $"SELECT living_village_id, count(*) FROM households WHERE living_village_id IN ({list}) AND village_id <> living_village_id GROUP BY living_village_id"
            );
            var duties = Count($"SELECT area_id, count(*) FROM responsibilities WHERE area_id IN ({list}) AND to_day IS NULL GROUP BY area_id");
            var lists = Count($"SELECT area_code, count(*) FROM subject_lists WHERE ended IS NULL AND area_code IN ({codes}) GROUP BY area_code");
            var standing = Count(
                $"SELECT subject_id, count(*) FROM list_subjects WHERE cause IS NULL AND subject_id IN ({list}) GROUP BY subject_id"
            );
            var reviews = Count(
                $"SELECT h.village_id, count(*) FROM proposed_changes p JOIN households h ON h.id = p.household_id WHERE p.state = 0 AND h.village_id IN ({list}) GROUP BY h.village_id"
            );
            var grants = Grants(ids);
            var moving = new List<Moving>();
            foreach (var of in plan.Successions)
            {
                var (was, here) = (of.Before, households[of.Before.AreaId].ToList());
                var row = steps.FirstOrDefault(s => PlanTree.Number(s.Old) == was.Code)?.Number ?? 0;
                void Wrong(string zh, string en) => faults.Add(new(true, row, PlanTree.OldColumn, Code(was.Code), new(zh, en)));
                foreach (var (group, _) in of.Groups.Where(g => here.TrueForAll(h => h.Group != g.Group)))
                    Wrong($"{was.Name} 没有农户登记在“{group}”", $"no household of {was.Name} is of group '{group}'");
                var held = here.Sum(h => h.Number) + dwellings.GetValueOrDefault(was.AreaId) + living.GetValueOrDefault(was.AreaId);
                if (of.Heir is null && held > 0)
                    Wrong(
                        $"{was.Name} 撤销后 {here.Sum(h => h.Number)} 户（及其住房）没有去向，请在对照表写明新代码",
                        $"{was.Name} ends and nothing says where its {here.Sum(h => h.Number)} households and houses go: give it a new code in the table"
                    );
                var busy = lists.GetValueOrDefault(was.Code) + standing.GetValueOrDefault(was.AreaId);
                if (busy > 0 && (of.Ends || of.Groups.Count > 0))
                    Wrong($"{was.Name} 有 {busy} 份名单未办结", $"{was.Name} has {busy} open lists: end them first");
                var away = of.Groups.Select(g => g.Group).ToHashSet();
                List<Goal> to =
                [
                    .. of.Heir is { } heir
                        ? [new Goal(Code(heir.Code), heir.Name, null, here.Where(h => h.Group is null || !away.Contains(h.Group)).Sum(h => h.Number))]
                        : Array.Empty<Goal>(),
                    .. of.Groups.Select(g => new Goal(
                        Code(g.Heir.Code),
                        g.Heir.Name,
                        g.Group,
                        here.Where(h => h.Group == g.Group).Sum(h => h.Number)
                    )),
                ];
                moving.Add(
                    new(
                        of.Groups.Count > 0 ? "divided"
                            : of.Heir is null ? "removed"
                            : of.Ends ? "merged"
                            : "recoded",
                        Code(was.Code),
                        was.Name,
                        to,
                        here.Sum(h => h.Number),
                        persons.GetValueOrDefault(was.AreaId),
                        dwellings.GetValueOrDefault(was.AreaId),
                        living.GetValueOrDefault(was.AreaId),
                        duties.GetValueOrDefault(was.AreaId),
                        busy,
                        reviews.GetValueOrDefault(was.AreaId),
                        grants.GetValueOrDefault(was.AreaId)
                    )
                );
            }
            return moving;
        }

        private Dictionary<long, long> Count(string sql) =>
            connection.Query<(long Key, long Number)>(sql, transaction: transaction).ToDictionary(r => r.Key, r => r.Number);

        private Dictionary<long, long> Grants(List<long> ids)
        {
            var wanted = ids.ToHashSet();
            using var desk = installation.Store.Desk();
            return desk
                .Grants.Where(g => g.AreaId != null && (g.ToDay == null || g.ToDay > day))
                .Select(g => new { Area = g.AreaId!.Value, g.UserId })
                .ToList()
                .Where(g => wanted.Contains(g.Area))
                .GroupBy(g => g.Area)
                .ToDictionary(g => g.Key, g => (long)g.Select(x => x.UserId).Distinct().Count());
        }
    }

    /// <summary>Whose tree a caller may load: an administrator's reach is every place, without a household's name.</summary>
    internal static Scope Reach(Caller caller) =>
        caller.May(Permission.LoadAreas) && caller.Roles.Contains(Role.Administrator) ? Scope.Everything : caller.Scope(Permission.LoadAreas);

    /// <summary>What the page of an upload shows.</summary>
    public sealed record Shown(Upload Upload, bool HasMap, bool Replace, Preview? Preview, Refusal? Refused);

    /// <summary>A load as the API tells it.</summary>
    public sealed record Told(string Id, string File, bool HasMap, Preview Preview);

    public sealed record Going(bool ReplaceLater = false);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/areas/load",
                IResult (ConsoleContext context) =>
                    new RazorComponentResult<Pages.LoadAreasPage>(new { Loaded = UndoAreaTree.List(context.Reader, context.Caller) })
            )
            .Needs(Permission.LoadAreas);
        routes
            .MapPost(
                "/areas/load",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var (upload, replace) = await Keep(context, http);
                    return TypedResults.LocalRedirect($"/areas/load/{upload.Id}{(replace ? "?replace=true" : "")}");
                }
            )
            .WithMetadata(new RequestSizeLimitAttribute(Largest))
            .Needs(Permission.LoadAreas);
        routes
            .MapGet(
                "/areas/load/{id}",
                IResult (ConsoleContext context, string id, bool? replace) =>
                    new RazorComponentResult<Pages.AreaTreePage>(new { Shown = Show(context, id, replace == true) })
            )
            .Needs(Permission.LoadAreas);
        routes.MapPost("/areas/load/{id}", Post).Needs(Permission.LoadAreas);
        MapApi(routes);
        UndoAreaTree.Map(routes);
    }

    private const long Largest = 64L << 20;

    private static void MapApi(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                Api.Root + "/areas/loads",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Api.CheckWrite(http);
                    if (!http.Request.HasFormContentType)
                        throw new BadHttpRequestException("multipart", StatusCodes.Status415UnsupportedMediaType);
                    var (upload, replace) = await Keep(context, http);
                    http.Response.Headers.Location = $"{Api.Root}/areas/loads/{upload.Id}";
                    await Api.Answer(http, Tell(context, upload.Id, replace), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<Told>(
                Permission.LoadAreas,
                "send-area-tree",
                "Send a tree of areas (file) with its old-to-new table (map); data_date is the first day it holds, replace=yes withdraws trees of later days",
                StatusCodes.Status202Accepted
            )
            .Sends()
            .WithMetadata(new RequestSizeLimitAttribute(Largest));
        routes
            .MapGet(
                Api.Root + "/areas/loads/{id}",
                async (ConsoleContext context, HttpContext http, string id, bool? replace) =>
                    await Api.Answer(http, Tell(context, id, replace == true))
            )
            .OfApi<Told>(Permission.LoadAreas, "area-tree", "What loading a tree that was sent would move")
            .Asks(("replace", "true: trees of later days are withdrawn"));
        routes
            .MapPost(
                Api.Root + "/areas/loads/{id}/apply",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id, Going? going) =>
                {
                    await Api.CheckWrite(http);
                    var replace = going?.ReplaceLater == true;
                    var told = Tell(context, id, replace);
                    Api.CheckMatch(http, told, "areas.changed-since");
                    var job = await queue.Add(context.Caller, Kind, told.File, new Asked(id, replace, told.Preview.Mark), Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.LoadAreas, "apply-area-tree", "Load a tree that was sent, as previewed", StatusCodes.Status202Accepted)
            .ChangesFrom()
            .Once();
    }

    private static Told Tell(ConsoleContext context, string id, bool replace)
    {
        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates: false);
        var files = FilesOf(context.Installation, upload, replace);
        return new(upload.Id, upload.Name, files.Map is not null, Look(context.Installation, files, Reach(context.Caller)));
    }

    private static async Task<(Upload Upload, bool Replace)> Keep(ConsoleContext context, HttpContext http)
    {
        var form = await Forms.Read(http);
        if (form.Files["file"] is not { } file)
            throw new Refusal("import.no-file", "choose one file");
        var typed = form["data_date"].ToString();
        var day =
            typed.Trim().Length == 0
                ? context.WorkDate
                : DayText.Read(typed) ?? throw new WrongUsage("date.bad", $"'{typed}' is not a date like 2020-06-12");
        var upload = await Uploads.Keep(context.Installation, context.Caller, file, day, null);
        if (form.Files["map"] is { Length: > 0 } map)
        {
            await using var target = File.Create(MapOf(context.Installation, upload, Path.GetExtension(JobFiles.SafeName(map.FileName))));
            await map.CopyToAsync(target);
        }
        return (upload, form["replace"] == "yes");
    }

    // Beside the tree, under its name and one more ending that says what kind of file it is.
    private static string MapOf(Installation installation, Upload upload, string ending) => $"{Uploads.PathOf(installation, upload)}.map{ending}";

    private static Files FilesOf(Installation installation, Upload upload, bool replace)
    {
        var tree = Uploads.PathOf(installation, upload);
        var map = Directory.EnumerateFiles(Path.GetDirectoryName(tree)!, $"{Path.GetFileName(tree)}.map*").FirstOrDefault();
        return new(tree, map, upload.Day, replace);
    }

    private static Shown Show(ConsoleContext context, string id, bool replace)
    {
        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates: false);
        var files = FilesOf(context.Installation, upload, replace);
        try
        {
            return new(upload, files.Map is not null, replace, Look(context.Installation, files, Reach(context.Caller)), null);
        }
        catch (Refusal refusal)
        {
            return new(upload, files.Map is not null, replace, null, refusal);
        }
    }

    private static async Task<RedirectHttpResult> Post(ConsoleContext context, HttpContext http, JobQueue queue, string id)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates: false);
        var job = await queue.Add(context.Caller, Kind, upload.Name, new Asked(id, form["replace"] == "yes", form["mark"].ToString()));
        return TypedResults.LocalRedirect($"/jobs/{job.Id}");
    }

    private static void Run(JobRun run)
    {
        var asked = run.Request<Asked>();
        var upload = Uploads.Find(run.Installation, run.Caller, asked.Upload, certificates: false);
        run.Say("载入区划并重新判定 / loading the tree and judging");
        var report = Handle(
            run.Installation,
            FilesOf(run.Installation, upload, asked.Replace),
            Reach(run.Caller),
            asked.Mark,
            (done, total) => run.Progress(done, total)
        );
        run.Result = report;
        run.Say($"已载入，{report.Moved} 户随之移动 / loaded, {report.Moved} households moved");
    }
}
