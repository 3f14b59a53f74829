using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>A file is sent, looked at, its columns corrected, tried and loaded: <c>/imports/{id}</c>, and <c>/certificates/{id}</c> for a department's list.</summary>
public static class UploadFile
{
    /// <summary>What the page of an upload shows.</summary>
    public sealed record Shown(
        Upload Upload,
        IReadOnlyList<GuessColumns.Sheet> Sheets,
        Refusal? Refused,
        ShowJob.Result? Preview,
        ShowJob.Result? Commit
    )
    {
        public IReadOnlyList<ImportFiles.Result> Found =>
            Preview is { State: JobState.Done, Outcome: { } json } ? json.Deserialize<List<ImportFiles.Result>>(JobQueue.JsonOptions)! : [];

        public string Root => Upload.StatedBy is null ? "/imports" : "/certificates";
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/imports", Permission.Import, certificates: false);
        Map(routes, "/certificates", Permission.Certify, certificates: true);
        MapApi(routes, "/imports", Permission.Import, certificates: false);
        MapApi(routes, "/certificates", Permission.Certify, certificates: true);
    }

    /// <summary>An upload as the API tells it.</summary>
    public sealed record Told(
        string Id,
        string Name,
        string DataDate,
        string? StatedBy,
        IReadOnlyList<ToldSheet> Sheets,
        string? Refused,
        long? PreviewJob,
        long? CommitJob
    );

    public sealed record ToldSheet(string Name, string? Mapping, bool Readable, IReadOnlyList<GuessColumns.Column> Columns);

    /// <summary>How to go on with an upload.</summary>
    /// <param name="Yes">Load the good rows although others are rejected or conflict.</param>
    /// <param name="AcceptConflicts">Load rows too that contradict whom we hold.</param>
    /// <param name="CloseAbsent">Members whom a full list of their household lacks leave on the data date.</param>
    public sealed record Going(bool Yes = false, bool AcceptConflicts = false, bool CloseAbsent = false);

    private static void MapApi(IEndpointRouteBuilder routes, string root, Permission permission, bool certificates)
    {
        var name = root[1..];
        routes
            .MapPost(
                Api.Root + root,
                async (ConsoleContext context, HttpContext http, DeskDb desk) =>
                {
                    await Api.CheckWrite(http);
                    if (!http.Request.HasFormContentType)
                        throw new BadHttpRequestException("multipart", StatusCodes.Status415UnsupportedMediaType);
                    var upload = await Keep(context, http, certificates, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}{root}/{upload.Id}";
                    await Api.Answer(http, Tell(await Show(context, desk, upload.Id, certificates)), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<Told>(
                permission,
                $"send-{name}",
                "Send a file; data_date is the day its data is of, by default the work date",
                StatusCodes.Status202Accepted
            )
            .Sends("data_date", "department")
            .Once()
            .WithMetadata(new RequestSizeLimitAttribute(Uploads.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = Uploads.Largest + (1 << 20) });
        routes
            .MapGet(
                Api.Root + root + "/{id}",
                async (ConsoleContext context, HttpContext http, DeskDb desk, string id) =>
                    await Api.Answer(http, Tell(await Show(context, desk, id, certificates)))
            )
            .OfApi<Told>(permission, $"upload-of-{name}", "A file that was sent: how it would be read");
        foreach (var step in new[] { "preview", "commit", "compare" }.Where(s => !certificates || s != "compare"))
            routes
                .MapPost(
                    Api.Root + root + "/{id}/" + step,
                    async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string id, Going? going) =>
                    {
                        await Api.CheckWrite(http);
                        var upload = Uploads.Find(context.Installation, context.Caller, id, certificates);
                        var job = await Start(context, queue, upload, step, going ?? new(), Api.Key(http));
                        http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                        await Api.Answer(
                            http,
                            await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id),
                            StatusCodes.Status202Accepted
                        );
                    }
                )
                .OfApi<ShowJob.Result>(permission, $"{step}-{name}", "Go on with a file that was sent", StatusCodes.Status202Accepted)
                .Once();
    }

    private static Told Tell(Shown shown) =>
        new(
            shown.Upload.Id,
            shown.Upload.Name,
            shown.Upload.DataDate,
            shown.Upload.StatedBy,
            [.. shown.Sheets.Select(s => new ToldSheet(s.Name, s.Mapping?.Id, s.Refused is null, s.Columns))],
            shown.Refused?.Code,
            shown.Upload.PreviewJob,
            shown.Upload.CommitJob
        );

    private static async Task<Upload> Keep(ConsoleContext context, HttpContext http, bool certificates, string? idempotencyKey = null)
    {
        var form = await Forms.Read(http);
        if (form.Files is not [var file])
            throw new Refusal("import.no-file", "choose one file");
        var statedBy = certificates ? DepartmentOf(context.Caller, form["department"].ToString()) : null;
        var day = DayOf(form["data_date"].ToString(), context.WorkDate);
        return await Uploads.Keep(context.Installation, context.Caller, file, day, statedBy, idempotencyKey);
    }

    private static void Map(IEndpointRouteBuilder routes, string root, Permission permission, bool certificates)
    {
        routes
            .MapPost(root, (ConsoleContext context, HttpContext http) => Send(context, http, root, certificates))
            .WithMetadata(new RequestSizeLimitAttribute(Uploads.Largest + (1 << 20)))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = Uploads.Largest + (1 << 20) })
            .Needs(permission);
        routes
            .MapGet(
                root + "/{id}",
                async Task<IResult> (ConsoleContext context, DeskDb desk, string id) =>
                {
                    var shown = await Show(context, desk, id, certificates, columns: !context.WantsPart);
                    return context.WantsPart
                        ? new RazorComponentResult<Pages.UploadPart>(new { Shown = shown })
                        : new RazorComponentResult<Pages.UploadPage>(new { Shown = shown });
                }
            )
            .Needs(permission);
        routes
            .MapPost(root + "/{id}/columns", (ConsoleContext context, HttpContext http, string id) => Correct(context, http, root, id, certificates))
            .Needs(permission);
        foreach (var step in new[] { "preview", "commit", "compare" }.Where(s => !certificates || s != "compare"))
            routes
                .MapPost(
                    root + "/{id}/" + step,
                    (ConsoleContext context, HttpContext http, JobQueue queue, string id) => Start(context, http, queue, root, id, certificates, step)
                )
                .Needs(permission);
    }

    private static async Task<RedirectHttpResult> Send(ConsoleContext context, HttpContext http, string root, bool certificates)
    {
        await Forms.Check(http);
        return TypedResults.LocalRedirect($"{root}/{(await Keep(context, http, certificates)).Id}");
    }

    /// <summary>The department a caller states facts for: the only one, or the one named among several.</summary>
    public static string DepartmentOf(Caller caller, string? asked) =>
        caller.Departments is [var only] ? only
        : caller.Departments.Contains(asked, StringComparer.Ordinal) ? asked!
        : throw new Refusal("certify.department-unknown", "say for which of your departments");

    /// <param name="columns">Whether the workbook is looked into: while a job is at work, who asks every second need not know its columns.</param>
    public static async Task<Shown> Show(ConsoleContext context, DeskDb desk, string id, bool certificates, bool columns = true)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var upload = Uploads.Find(installation, caller, id, certificates);
        IReadOnlyList<GuessColumns.Sheet> sheets = [];
        Refusal? refused = null;
        try
        {
            if (columns)
                sheets = GuessColumns.Handle(
                    installation,
                    Uploads.PathOf(installation, upload),
                    [Uploads.OwnMappings(installation, caller.UserId)],
                    upload.Mapping
                );
        }
        catch (Refusal why)
        {
            refused = why;
        }
        return new(upload, sheets, refused, await JobOf(upload.PreviewJob), await JobOf(upload.CommitJob));

        async Task<ShowJob.Result?> JobOf(long? job) => job is { } number ? await ShowJob.Handle(installation, desk, caller, number) : null;
    }

    private static async Task<RedirectHttpResult> Correct(ConsoleContext context, HttpContext http, string root, string id, bool certificates)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var (installation, caller) = (context.Installation, context.Caller);
        var upload = Uploads.Find(installation, caller, id, certificates);
        var own = Uploads.OwnMappings(installation, caller.UserId);
        var sheets = GuessColumns.Handle(installation, Uploads.PathOf(installation, upload), [own], upload.Mapping);
        var sheet = sheets.FirstOrDefault(s => s.Name == form["sheet"].ToString()) ?? throw new NotInScope();
        var kind =
            KindsOf(installation, certificates).FirstOrDefault(m => m.Id == form["kind"].ToString())
            ?? throw new Refusal("import.mapping-unknown", "choose a kind of sheet");
        var width = sheet.Columns.Count == 0 ? 0 : sheet.Columns.Max(c => c.Position) + 1;
        var (titles, targets) = (new string[width], new string?[width]);
        Array.Fill(titles, "");
        foreach (var column in sheet.Columns)
        {
            titles[column.Position] = column.Title;
            var to = form[$"to-{column.Position}"].ToString().Split(Dot)[^1].Trim();
            targets[column.Position] = Targets.Find(to, installation.Packs.Dictionary) is null ? null : to;
        }
        if (
            targets
                .OfType<string>()
                .GroupBy(t => t)
                .FirstOrDefault(t => t.Count() > 1 && Targets.Find(t.Key, installation.Packs.Dictionary)!.Gathers == false) is
            { } twice
        )
            throw new Refusal("import.target-twice", $"two columns go to {LabelOf(installation.Packs.Dictionary, twice.Key)}");
        try
        {
            OwnMapping.Write(installation, own, kind, titles, targets);
        }
        catch (MappingError error)
        {
            throw new Refusal("import.mapping-broken", $"{error.Message}");
        }
        Uploads.Save(installation, upload with { PreviewJob = null, CommitJob = null });
        return TypedResults.LocalRedirect($"{root}/{id}");
    }

    private static async Task<RedirectHttpResult> Start(
        ConsoleContext context,
        HttpContext http,
        JobQueue queue,
        string root,
        string id,
        bool certificates,
        string step
    )
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var going = new Going(form["yes"] == "yes", form["accept_conflicts"] == "yes", form["close_absent"] == "yes");
        var job = await Start(context, queue, Uploads.Find(context.Installation, context.Caller, id, certificates), step, going, null);
        return TypedResults.LocalRedirect(step == "compare" ? $"/jobs/{job.Id}" : $"{root}/{id}");
    }

    /// <summary>Queues looking at an upload, loading it or comparing with it.</summary>
    public static async Task<Job> Start(ConsoleContext context, JobQueue queue, Upload upload, string step, Going going, string? idempotencyKey)
    {
        var kind = RunImport.KindOf(step, upload.StatedBy is not null);
        var asked = new RunImport.Asked(upload.Id, going.Yes, going.AcceptConflicts, going.CloseAbsent);
        var job = await queue.Add(context.Caller, kind, upload.Name, asked, idempotencyKey);
        Uploads.Save(
            context.Installation,
            step switch
            {
                "preview" => upload with { PreviewJob = job.Id, CommitJob = null },
                "commit" => upload with { CommitJob = job.Id },
                _ => upload,
            }
        );
        return job;
    }

    /// <summary>The kinds of sheet a header can be said to be of: those that are known, and facts by household number.</summary>
    public static IEnumerable<Mapping> KindsOf(Installation installation, bool certificates) =>
        MappingSet
            .Load(installation.Packs, installation.PackFolders)
            .All.Prepend(
                new("facts", SheetKind.Described, new("按户编号填报的情况", "Facts by household number"), MappingStatus.Own, [])
                {
                    File = "",
                    Subject = installation.Packs.Dictionary["household"],
                }
            )
            .Where(m => !certificates || !Certificates.Brings(m.Kind));

    private const char Dot = '·';

    /// <summary>A target as people choose it: what it is called, and its name.</summary>
    public static string Shows(Language language, FactDictionary dictionary, string target) =>
        $"{language[LabelOf(dictionary, target)]} {Dot} {target}";

    private static Label LabelOf(FactDictionary dictionary, string target) =>
        ShownNames.Column(target) ?? Targets.Find(target, dictionary)?.Fact?.Label ?? new(target, target);

    // Every fact of the file is filed under this day: one that cannot be read is nobody's to guess.
    private static DateOnly DayOf(string text, DateOnly unless) =>
        text.Trim().Length == 0 ? unless
        : DayText.Read(text) is { } day ? day
        : throw new WrongUsage("date.bad", $"'{text}' is not a date like 2020-06-12");
}
