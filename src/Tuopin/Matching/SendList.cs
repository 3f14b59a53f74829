using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>
/// A list is sent on <c>/matching</c>, previewed on <c>/matching/sent/{id}</c> with its columns as they were guessed, corrected, and matched;
/// <c>tuopin match load FILE</c> does the same.
/// </summary>
public static class SendList
{
    /// <summary>What is asked of an upload; it stands on its card.</summary>
    private sealed record Choice(string Kind, string Area, Dictionary<string, int>? Columns);

    private sealed record Asked(string Upload);

    /// <summary>What the page of a list that was sent shows.</summary>
    public sealed record Shown(
        Upload Upload,
        Label Kind,
        string Area,
        DepartmentList.Columns? Columns,
        Refusal? Refused,
        ShowJob.Result? Preview,
        ShowJob.Result? Commit
    )
    {
        public LoadList.Report? Found => ReportOf(Commit) ?? ReportOf(Preview);
        public bool Running => Preview is { Ended: false } || Commit is { Ended: false };

        private static LoadList.Report? ReportOf(ShowJob.Result? job) =>
            job is { State: JobState.Done, Outcome: { } json } ? json.Deserialize<LoadList.Report>(JobQueue.JsonOptions) : null;
    }

    public sealed record Told(string Id, string Name, string Kind, string Department, string Area, long? PreviewJob, long? CommitJob)
    {
        /// <summary>What comes or would come of it, once a job has said so.</summary>
        public LoadList.Report? Report { get; init; }
    }

    /// <param name="Columns">Position of each column by its role; -1 for none.</param>
    public sealed record Corrected(Dictionary<string, int>? Columns);

    public static readonly JobKind PreviewKind = new(
        "match-preview",
        new("数据比对预览", "Matching preview"),
        Permission.MatchLists,
        Writes: false,
        run => Run(run, commit: false)
    );

    public static readonly JobKind Kind = new(
        "match",
        new("数据比对", "Matching"),
        Permission.MatchLists,
        Writes: true,
        run => Run(run, commit: true)
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/matching",
                async Task<IResult> (ConsoleContext context, HttpContext http, JobQueue queue) =>
                {
                    await Forms.Check(http);
                    return TypedResults.LocalRedirect($"/matching/sent/{(await Keep(context, http, queue, null)).Id}");
                }
            )
            .WithMetadata(new RequestSizeLimitAttribute(Uploads.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = Uploads.Largest + (1 << 20) })
            .Needs(Permission.MatchLists);
        routes
            .MapGet(
                "/matching/sent/{id}",
                async Task<IResult> (ConsoleContext context, DeskDb desk, string id) =>
                {
                    var shown = await Show(context, desk, id);
                    return context.WantsPart
                        ? new RazorComponentResult<Pages.SentListPart>(new { Shown = shown })
                        : new RazorComponentResult<Pages.SentListPage>(new { Shown = shown });
                }
            )
            .Needs(Permission.MatchLists);
        foreach (var step in new[] { "preview", "commit" })
            routes
                .MapPost(
                    "/matching/sent/{id}/" + step,
                    async Task<IResult> (ConsoleContext context, HttpContext http, JobQueue queue, string id) =>
                    {
                        await Forms.Check(http);
                        var form = await Forms.Read(http);
                        Dictionary<string, int>? said = null;
                        foreach (var role in DepartmentList.Roles)
                            if (form.TryGetValue($"column-{role.Id}", out var at))
                                (said ??= [])[role.Id] = int.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i)
                                    ? i
                                    : -1;
                        await Start(context, queue, id, step, said, null);
                        return TypedResults.LocalRedirect($"/matching/sent/{id}");
                    }
                )
                .Needs(Permission.MatchLists);
        routes
            .MapPost(
                Api.Root + "/matching",
                async (ConsoleContext context, HttpContext http, JobQueue queue) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Tell(await Keep(context, http, queue, Api.Key(http))), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<Told>(
                Permission.MatchLists,
                "sendList",
                "Send a department's list; its preview is queued at once. kind is a key of record_kind, department one of department",
                StatusCodes.Status202Accepted
            )
            .Sends("data_date", "kind", "department", "area")
            .Once()
            .WithMetadata(new RequestSizeLimitAttribute(Uploads.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = Uploads.Largest + (1 << 20) });
        routes
            .MapGet(
                Api.Root + "/matching/sent/{id}",
                async (ConsoleContext context, HttpContext http, DeskDb desk, string id) =>
                {
                    var shown = await Show(context, desk, id);
                    await Api.Answer(http, Tell(shown.Upload) with { Report = shown.Found });
                }
            )
            .OfApi<Told>(Permission.MatchLists, "sentList", "A list that was sent, and what comes or would come of it");
        routes
            .MapPost(
                Api.Root + "/matching/sent/{id}/preview",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id, Corrected request) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Start(context, queue, id, "preview", request.Columns, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.MatchLists, "previewList", "Preview a list with its columns corrected", StatusCodes.Status202Accepted)
            .Once();
        routes
            .MapPost(
                Api.Root + "/matching/sent/{id}/commit",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Start(context, queue, id, "commit", null, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.MatchLists, "matchList", "Match a list that was sent", StatusCodes.Status202Accepted)
            .Once();
    }

    public static Command Command(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "csv, xlsx or xls with columns of name and ID number" };
        var kind = new Option<string>("--kind") { Description = "which list: a key of code list record_kind, for example car", Required = true };
        var department = new Option<string>("--department") { Description = "who gave it: a key of code list department", Required = true };
        var area = AreaArgument.Area();
        var day = new Option<string?>("--data-date") { Description = "yyyy-MM-dd, the day the data is of; default: the work date" };
        var preview = new Option<bool>("--preview") { Description = "say what would come of it and change nothing" };
        var command = new Command("load", "match a department's list with the members of an area") { file, kind, department, area, day, preview };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, install: true);
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path))
                    throw new WrongUsage("import.no-file", $"there is no file {path}");
                string place;
                using (var connection = installation.Store.OpenReader())
                    place = PickArea.Code(AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation));
                var request = new LoadList.Request(
                    parsed.GetValue(kind)!,
                    parsed.GetValue(department)!,
                    place,
                    AreaArgument.Day(parsed.GetValue(day)) ?? installation.WorkDate,
                    null
                );
                var report = parsed.GetValue(preview)
                    ? LoadList.Preview(installation, path, request, Scope.Everything, shell.Warn)
                    : LoadList.Handle(installation, path, Path.GetFileName(path), request, Scope.Everything, shell.Warn);
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    private static void Print(TextWriter output, LoadList.Report report)
    {
        output.WriteLine(
            $"{report.Rows} 行 rows, {report.Members} 名成员 members: 按证件号码 by number {report.ByNumber}, 按把握 by score {report.ByScore}, 待核对 to look at {report.Waiting}, 未匹配 unmatched {report.Unmatched}"
        );
        foreach (var reason in report.Reasons)
            output.WriteLine(
                $"  {reason.Rows} × {MatchWords.Reason(reason.Reason).Zh} {MatchWords.Reason(reason.Reason).En}: {string.Join(", ", reason.First)}"
            );
        foreach (var left in report.LeftOut)
            output.WriteLine($"  太大而未比对 too large to compare: {left.Key}, {left.Records} rows");
        output.WriteLine(report.File is { } id ? $"名单 file {id}" : "预览，未作改动 preview; nothing was changed");
    }

    private static async Task<Upload> Keep(ConsoleContext context, HttpContext http, JobQueue queue, string? key)
    {
        var form = await Forms.Read(http);
        if (form.Files is not [var file])
            throw new Refusal("import.no-file", "choose one file");
        var (caller, lists) = (context.Caller, context.Installation.Packs.Dictionary.CodeLists);
        var kind = form["kind"].ToString();
        if (lists["record_kind"].Find(kind) is null)
            throw new WrongUsage("match.kind", "请选择名单类型。Say which kind of list it is.");
        var department = form["department"].ToString();
        // A department gives its own lists; the county says who gave one.
        if (caller.FieldsOf(Permission.MatchLists) is { } own)
            department = own.Contains(department) ? department : own.First();
        if (lists["department"].Find(department) is null)
            throw new WrongUsage("match.department", "请选择提供名单的部门。Say which department gave the list.");
        var place = form["area"].ToString() is { Length: > 0 } asked
            ? context.Tree.ByCode(asked) ?? throw new NotInScope()
            : context.Area(Permission.MatchLists);
        if (!caller.Scope(Permission.MatchLists).Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        var day = form["data_date"].ToString() is { Length: > 0 } text
            ? DayText.Read(text) ?? throw new WrongUsage("date.bad", $"'{text}' is not a date like 2020-06-12")
            : context.WorkDate;
        var upload = await Uploads.Keep(context.Installation, caller, file, day, department, key);
        if (upload.PreviewJob is not null)
            return upload;
        upload = upload with { Mapping = JsonSerializer.Serialize(new Choice(kind, PickArea.Code(place), null), JobQueue.JsonOptions) };
        var job = await queue.Add(caller, PreviewKind, upload.Name, new Asked(upload.Id));
        upload = upload with { PreviewJob = job.Id };
        Uploads.Save(context.Installation, upload);
        return upload;
    }

    private static async Task<long> Start(ConsoleContext context, JobQueue queue, string id, string step, Dictionary<string, int>? said, string? key)
    {
        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates: true);
        var choice = ChoiceOf(upload);
        if (said is not null)
            upload = upload with { Mapping = JsonSerializer.Serialize(choice with { Columns = said }, JobQueue.JsonOptions) };
        Uploads.Save(context.Installation, upload);
        var job = await queue.Add(context.Caller, step == "commit" ? Kind : PreviewKind, upload.Name, new Asked(id), key);
        Uploads.Save(
            context.Installation,
            step == "commit" ? upload with { CommitJob = job.Id } : upload with { PreviewJob = job.Id, CommitJob = null }
        );
        return job.Id;
    }

    // An upload that is no list of ours has another mapping, or none.
    private static Choice ChoiceOf(Upload upload)
    {
        try
        {
            return upload.Mapping is { } json && JsonSerializer.Deserialize<Choice>(json, JobQueue.JsonOptions) is { Kind: not null } choice
                ? choice
                : throw new NotInScope();
        }
        catch (JsonException)
        {
            throw new NotInScope();
        }
    }

    private static Told Tell(Upload upload)
    {
        var choice = ChoiceOf(upload);
        return new(upload.Id, upload.Name, choice.Kind, upload.StatedBy!, choice.Area, upload.PreviewJob, upload.CommitJob);
    }

    private static async Task<Shown> Show(ConsoleContext context, DeskDb desk, string id)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var upload = Uploads.Find(installation, caller, id, certificates: true);
        var choice = ChoiceOf(upload);
        DepartmentList.Columns? columns = null;
        Refusal? refused = null;
        try
        {
            if (!context.WantsPart)
                columns = DepartmentList.Find(Uploads.PathOf(installation, upload), installation.Packs.Dictionary, choice.Columns);
        }
        catch (Refusal why)
        {
            refused = why;
        }
        var kind = installation.Packs.Dictionary.CodeLists["record_kind"].Find(choice.Kind)!.Label;
        return new(
            upload,
            kind,
            context.Tree.ByCode(choice.Area)?.Name ?? choice.Area,
            columns,
            refused,
            await Job(upload.PreviewJob),
            await Job(upload.CommitJob)
        );

        async Task<ShowJob.Result?> Job(long? job) => job is { } number ? await ShowJob.Handle(installation, desk, caller, number) : null;
    }

    private static void Run(JobRun run, bool commit)
    {
        var upload = Uploads.Find(run.Installation, run.Caller, run.Request<Asked>().Upload, certificates: true);
        var choice = ChoiceOf(upload);
        var request = new LoadList.Request(choice.Kind, upload.StatedBy!, choice.Area, upload.Day, choice.Columns);
        var (path, reach) = (Uploads.PathOf(run.Installation, upload), run.Caller.Scope(Permission.MatchLists));
        if (!commit)
        {
            run.Result = LoadList.Preview(run.Installation, path, request, reach, run.Say);
            run.Say("预览完成 / previewed");
            return;
        }
        run.Result = LoadList.Handle(run.Installation, path, upload.Name, request, reach, run.Say);
        // What the checks make of the records is known with them.
        RunImport.Follow(run);
        run.Say("比对完成 / matched");
    }
}
