using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary>
/// A department's file of warnings is sent on <c>/monitoring/clues</c>, previewed on <c>/monitoring/clues/sent/{id}</c> (what would come of it, which rows are
/// wrong and why), and entered; both are jobs, with their progress, and can be cancelled.
/// </summary>
public static class SendClues
{
    private sealed record Asked(string Upload);

    /// <summary>What the page of a file shows.</summary>
    public sealed record Sent(Upload Upload, UploadClues.Request Request, string Area, ShowJob.Result? Preview, ShowJob.Result? Commit)
    {
        public UploadClues.Report? Found => ReportOf(Commit) ?? ReportOf(Preview);
        public bool Running => Preview is { Ended: false } || Commit is { Ended: false };

        private static UploadClues.Report? ReportOf(ShowJob.Result? job) =>
            job is { State: JobState.Done, Outcome: { } json } ? json.Deserialize<UploadClues.Report>(JobQueue.JsonOptions) : null;
    }

    public sealed record Told(string Id, string Name, string Department, string Area, long? PreviewJob, long? CommitJob, UploadClues.Report? Report);

    private static readonly JobKind PreviewKind = new(
        "clues-preview",
        new("线索文件预览", "Preview of a file of clues"),
        Permission.EnterClues,
        Writes: false,
        run => Run(run, commit: false)
    );

    private static readonly JobKind Kind = new(
        "clues",
        new("线索文件登记", "A file of clues"),
        Permission.EnterClues,
        Writes: true,
        run => Run(run, commit: true)
    );

    public static IReadOnlyList<JobKind> Jobs => [PreviewKind, Kind];

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string sent = "/monitoring/clues/sent/{id}";
        routes
            .MapPost(
                "/monitoring/clues/upload",
                async (ConsoleContext context, HttpContext http, JobQueue queue) =>
                {
                    await Forms.Check(http);
                    try
                    {
                        return TypedResults.LocalRedirect($"/monitoring/clues/sent/{(await Keep(context, http, queue, null)).Id}");
                    }
                    catch (Refusal refused) when (refused is not (NotInScope or NotPermitted))
                    {
                        return EnterClue.Refused(context, refused);
                    }
                }
            )
            .WithMetadata(new RequestSizeLimitAttribute(UploadClues.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = UploadClues.Largest + (1 << 20) })
            .Needs(Permission.EnterClues);
        routes
            .MapGet(
                sent,
                async Task<IResult> (ConsoleContext context, DeskDb desk, string id) =>
                {
                    var shown = await Show(context, desk, id);
                    return context.WantsPart
                        ? new RazorComponentResult<Pages.SentCluesPart>(new { Shown = shown })
                        : new RazorComponentResult<Pages.SentCluesPage>(new { Shown = shown });
                }
            )
            .Needs(Permission.EnterClues);
        routes
            .MapPost(
                sent + "/commit",
                async Task<IResult> (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id) =>
                {
                    await Forms.Check(http);
                    await Enter(context, queue, id, null);
                    return TypedResults.LocalRedirect($"/monitoring/clues/sent/{id}");
                }
            )
            .Needs(Permission.EnterClues);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/upload",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue) =>
                {
                    await Api.CheckWrite(http);
                    var upload = await Keep(context, http, queue, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/monitoring/clues/sent/{upload.Id}";
                    await Api.Answer(http, Tell(await Show(context, desk, upload.Id)), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<Told>(
                Permission.EnterClues,
                "uploadClues",
                "Send a department's file of warnings, a person in a row; its preview is queued at once",
                StatusCodes.Status202Accepted
            )
            .Sends("department", "words", "risks", "idColumn", "nameColumn", "amountColumn")
            .Asks(Api.Area)
            .Once()
            .WithMetadata(new RequestSizeLimitAttribute(UploadClues.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = UploadClues.Largest + (1 << 20) });
        routes
            .MapGet(
                Api.Root + sent,
                async (ConsoleContext context, HttpContext http, DeskDb desk, string id) =>
                    await Api.Answer(http, Tell(await Show(context, desk, id)))
            )
            .OfApi<Told>(
                Permission.EnterClues,
                "sentClues",
                "A file of warnings that was sent: what comes or would come of it, with the rows that are wrong"
            );
        routes
            .MapPost(
                Api.Root + sent + "/commit",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Enter(context, queue, id, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.EnterClues, "enterSentClues", "Enter the clues of a file that was sent", StatusCodes.Status202Accepted)
            .Once();
    }

    private static async Task<Upload> Keep(ConsoleContext context, HttpContext http, JobQueue queue, string? key)
    {
        var form = await Forms.Read(http);
        var area = context.Area(Permission.EnterClues);
        if (!context.Caller.Scope(Permission.EnterClues).Covers(AreaTree.RangeOf(area)))
            throw new NotPermitted("clue.not-your-area", new("名单按您管的地区上传。A file is of an area of your own."));
        var department = EnterClue.DepartmentOf(context, ClueSource.Warning, form["department"])!;
        var request = new UploadClues.Request(
            PickArea.Code(area),
            department,
            EnterClue.Bits(
                context.Installation.Packs.Dictionary.CodeLists["risk"],
                [.. form["risks"].SelectMany(r => (r ?? "").Split(',', StringSplitOptions.TrimEntries))],
                "clue.risk"
            ),
            ActWords.Read(form["words"], null).Reason,
            new(form["idColumn"], form["nameColumn"], form["amountColumn"])
        );
        if (form.Files.FirstOrDefault(f => f.Length > 0) is not { } file)
            throw new WrongUsage("clue.no-file", "请选择文件。Choose a file.");
        if (file.Length > UploadClues.Largest)
            throw new WrongUsage("clue.file-large", "文件不超过 20 MB。A file is at most 20 MB.");
        var upload = await Uploads.Keep(context.Installation, context.Caller, file, context.WorkDate, department, key);
        if (upload.PreviewJob is not null)
            return upload;
        upload = upload with { Mapping = JsonSerializer.Serialize(new Choice(request), JobQueue.JsonOptions) };
        Uploads.Save(context.Installation, upload);
        upload = upload with { PreviewJob = (await queue.Add(context.Caller, PreviewKind, upload.Name, new Asked(upload.Id))).Id };
        Uploads.Save(context.Installation, upload);
        return upload;
    }

    /// <exception cref="NotInScope"/>
    private static async Task<long> Enter(ConsoleContext context, JobQueue queue, string id, string? key)
    {
        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates: true);
        RequestOf(upload);
        var job = await queue.Add(context.Caller, Kind, upload.Name, new Asked(id), key);
        Uploads.Save(context.Installation, upload with { CommitJob = job.Id });
        return job.Id;
    }

    // What stands on the card of an upload of ours; that of another page has something else there, or nothing.
    private sealed record Choice(UploadClues.Request? Clues);

    private static UploadClues.Request RequestOf(Upload upload)
    {
        try
        {
            return (upload.Mapping is { } json ? JsonSerializer.Deserialize<Choice>(json, JobQueue.JsonOptions)?.Clues : null)
                ?? throw new NotInScope();
        }
        catch (JsonException)
        {
            throw new NotInScope();
        }
    }

    private static Told Tell(Sent shown) =>
        new(
            shown.Upload.Id,
            shown.Upload.Name,
            shown.Request.Department,
            shown.Request.Area,
            shown.Upload.PreviewJob,
            shown.Upload.CommitJob,
            shown.Found
        );

    private static async Task<Sent> Show(ConsoleContext context, DeskDb desk, string id)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var upload = Uploads.Find(installation, caller, id, certificates: true);
        var request = RequestOf(upload);
        async Task<ShowJob.Result?> Job(long? job) => job is { } number ? await ShowJob.Handle(installation, desk, caller, number) : null;
        return new(
            upload,
            request,
            context.Tree.ByCode(request.Area)?.Name ?? request.Area,
            await Job(upload.PreviewJob),
            await Job(upload.CommitJob)
        );
    }

    private static void Run(JobRun run, bool commit)
    {
        var upload = Uploads.Find(run.Installation, run.Caller, run.Request<Asked>().Upload, certificates: true);
        var (request, path, reach) = (RequestOf(upload), Uploads.PathOf(run.Installation, upload), run.Caller.Scope(Permission.EnterClues));
        run.Say("读取文件 / reading the file");
        var report = commit
            ? UploadClues.Handle(run.Installation, reach, path, request, rows => run.Progress(rows))
            : UploadClues.Preview(run.Installation, reach, path, request, rows => run.Progress(rows));
        run.Result = report;
        run.Progress(report.Rows, report.Rows);
        run.Say(commit ? "已登记 / entered" : "预览完成 / previewed");
    }
}
