using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.OpenData;

/// <summary>
/// <c>/open-data</c>: the data sets that may be published, and their files for an area, made by a job as one zip, or by <c>tuopin open-data</c> into a folder. What
/// goes out is in the audit with its hash and with how many numbers were withheld.
/// </summary>
public static class PublishOpenData
{
    public static readonly JobKind Kind = new("open-data", new("开放数据", "Open data"), Permission.PublishOpenData, Writes: false, Run);

    public sealed record Asked(string Set, string Area, DateOnly AsOf);

    public sealed record Result(AreaVersion Area, DateOnly Day, IReadOnlyList<OpenDataSet> Sets, bool MayPublish, string? Error);

    /// <param name="Level">The narrowest level that is published.</param>
    /// <param name="Threshold">The least count of people or households that is published.</param>
    /// <param name="Status">working or official.</param>
    public sealed record ToldSet(
        string Set,
        Label Title,
        Label? Description,
        string Level,
        IReadOnlyList<string> Days,
        int Threshold,
        PackStatus Status,
        string Source,
        string? Licence,
        IReadOnlyList<string> Figures
    );

    public sealed record Told(IReadOnlyList<ToldSet> Sets);

    /// <param name="Small">Withheld as below the threshold.</param>
    /// <param name="Covering">Withheld so that those do not follow.</param>
    /// <param name="Hash">SHA-256 of the files, in their order.</param>
    public sealed record Published(
        string Set,
        string Area,
        DateOnly AsOf,
        int Numbers,
        int Small,
        int Covering,
        IReadOnlyList<string> Files,
        string Hash
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/open-data", (ConsoleContext context) => Page(context, null, StatusCodes.Status200OK)).Needs(Permission.ViewFigures);
        routes.MapPost("/open-data", Post).Needs(Permission.PublishOpenData);
        routes
            .MapGet(
                Api.Root + "/open-data",
                (ConsoleContext context, HttpContext http) =>
                    Api.Answer(http, new Told([.. OpenDataSet.Load(context.Installation).Values.Select(Tell)]))
            )
            .OfApi<Told>(Permission.ViewFigures, "open-data", "Data sets that may be published, with figures, level and threshold");
        routes
            .MapPost(
                Api.Root + "/open-data/{set}",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string set, string? asOf) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, set, AreaArgument.Day(asOf), Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(
                Permission.PublishOpenData,
                "publishOpenData",
                "Make the files of a data set for an area, small counts withheld",
                StatusCodes.Status202Accepted
            )
            .Asks(Api.Area, ("asOf", "yyyy-MM-dd: the effective day; without it the work date"))
            .Once();
    }

    public static Command Command(Shell shell)
    {
        var (area, asOf) = (AreaArgument.Area(), AreaArgument.AsOf());
        var set = new Argument<string?>("SET") { Description = "a data set by its id; without one they are listed", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--output", "-o") { Description = "folder to write the files to" };
        var command = new Command("open-data", "write a data set for publication, small counts withheld") { set, area, asOf, folder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(set) is not null && result.GetValue(folder) is null)
                result.AddError("a data set goes into a folder: -o FOLDER");
        });
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                if (parsed.GetValue(set) is not { } id)
                    List(shell, installation);
                else
                {
                    var published = ToFolder(
                        installation,
                        id,
                        parsed.GetValue(area),
                        AreaArgument.Day(parsed.GetValue(asOf)),
                        parsed.GetValue(folder)!
                    );
                    if (shell.IsJson)
                        shell.PrintJson(published);
                    else
                        shell.Output.WriteLine(
                            $"{published.Numbers:N0} numbers in {published.Files.Count} files, {published.Small + published.Covering:N0} of them withheld ({published.Small:N0} small, {published.Covering:N0} that would tell them)"
                        );
                }
            })
        );
        return command;
    }

    private static void List(Shell shell, Installation installation)
    {
        var told = new Told([.. OpenDataSet.Load(installation).Values.Select(Tell)]);
        if (shell.IsJson)
            shell.PrintJson(told);
        else
            foreach (var one in told.Sets)
                shell.Output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{one.Set}  {one.Title.Zh} / {one.Title.En}  {one.Level}, from {one.Threshold}, {one.Status}"
                    )
                );
    }

    private static ToldSet Tell(OpenDataSet s) =>
        new(
            s.Id,
            s.Title,
            s.Description,
            WriteOpenData.LevelName(s.Level),
            [.. s.Days.Select(d => d.ToString())],
            s.Threshold,
            s.Status,
            s.Source.Title,
            s.Licence,
            [.. s.Figures.Select(f => f.Id)]
        );

    private static IResult Page(ConsoleContext context, string? error, int status) =>
        AreaInView.Of(context) is { } area
            ? new RazorComponentResult<Pages.OpenDataPage>(
                new
                {
                    Found = new Result(
                        area,
                        context.WorkDate,
                        [.. OpenDataSet.Load(context.Installation).Values],
                        context.Caller.Scope(Permission.PublishOpenData).Covers(AreaTree.RangeOf(area)),
                        error
                    ),
                }
            )
            {
                StatusCode = status,
            }
            : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, JobQueue queue)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var day = form["asOf"].ToString();
        if (day.Length > 0 && DayText.Read(day) is null)
            return Page(context, context.L["日期请写成 2020-06-12。", "Write the day like 2020-06-12."], StatusCodes.Status422UnprocessableEntity);
        try
        {
            var job = await Queue(context, queue, form["set"].ToString(), DayText.Read(day), null);
            return TypedResults.LocalRedirect($"/jobs/{job.Id}");
        }
        catch (Refusal refused) when (refused.Code.StartsWith("open-data.", StringComparison.Ordinal))
        {
            return Page(context, context.L[refused.Text], StatusCodes.Status422UnprocessableEntity);
        }
    }

    /// <exception cref="NotInScope">The area is not one that the caller publishes of.</exception>
    /// <exception cref="Refusal">open-data.unknown, open-data.too-narrow, open-data.day-ahead.</exception>
    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, string id, DateOnly? asOf, string? key)
    {
        var area = AreaInView.Need(context);
        if (!context.Caller.Scope(Permission.PublishOpenData).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        var set = OpenDataSet.Need(context.Installation, id);
        WriteOpenData.Check(set, area, asOf ?? context.WorkDate, context.WorkDate);
        return queue.Add(context.Caller, Kind, $"{area.Name} {set.Id}", new Asked(set.Id, PickArea.Code(area), asOf ?? context.WorkDate), key);
    }

    /// <exception cref="Refusal">As <see cref="WriteOpenData.Compute"/>; NotInScope when the area is no longer the owner's.</exception>
    private static void Run(JobRun run)
    {
        var (installation, asked) = (run.Installation, run.Request<Asked>());
        using var connection = installation.Store.OpenStreaming();
        using var snapshot = Store.Snapshot(connection);
        // Named by its code of today.
        var today = AreaTree.Load(connection, installation.WorkDate).ByCode(asked.Area);
        if (today is null || !run.Caller.Scope(Permission.PublishOpenData).Covers(AreaTree.RangeOf(today)))
            throw new NotInScope();
        run.Progress(0, 2);
        var edition = WriteOpenData.Compute(installation, connection, OpenDataSet.Need(installation, asked.Set), today, asked.AsOf);
        run.Progress(1, 2);
        var path = run.File($"{asked.Set}-{asked.Area}-{asked.AsOf:yyyyMMdd}.zip");
        var draft = path + ".part";
        try
        {
            IReadOnlyList<string> files;
            using (var archive = new ZipArchive(new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None), ZipArchiveMode.Create))
                files = WriteOpenData.Handle(installation, edition, name => archive.CreateEntry(name).Open());
            run.Result = Record(installation, edition, files, HashOf([draft]));
            File.Move(draft, path, overwrite: true);
            run.Progress(2, 2);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes the files into a folder for the command line.</summary>
    /// <exception cref="Refusal">As <see cref="WriteOpenData.Compute"/>; open-data.unknown, area.unknown, data.none.</exception>
    public static Published ToFolder(Installation installation, string id, string? areaCode, DateOnly? asOf, string folder)
    {
        using var connection = installation.Store.OpenStreaming();
        using var snapshot = Store.Snapshot(connection);
        var day = asOf ?? installation.WorkDate;
        var area = AreaArgument.Find(AreaTree.Load(connection, day), areaCode, installation);
        var edition = WriteOpenData.Compute(installation, connection, OpenDataSet.Need(installation, id), area, day);
        var into = Directory.CreateDirectory(folder).FullName;
        var draft = Directory.CreateDirectory(Path.Combine(into, $".{Guid.NewGuid():N}")).FullName;
        try
        {
            var files = WriteOpenData.Handle(installation, edition, name => File.Create(Path.Combine(draft, name)));
            var published = Record(installation, edition, files, HashOf(files.Select(f => Path.Combine(draft, f))));
            foreach (var file in files)
                File.Move(Path.Combine(draft, file), Path.Combine(into, file), overwrite: true);
            return published;
        }
        finally
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    private static string HashOf(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
            hash.AppendData(File.ReadAllBytes(path));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Without the entry nothing leaves.
    private static Published Record(Installation installation, WriteOpenData.Edition edition, IReadOnlyList<string> files, string hash)
    {
        var published = new Published(
            edition.Set.Id,
            PickArea.Code(edition.Area),
            edition.AsOf,
            edition.Table.Cells.Count,
            edition.Table.Small,
            edition.Table.Covering,
            files,
            hash
        );
        AuditLog.Append(
            installation,
            "open-data.publish",
            JsonSerializer.Serialize(
                new
                {
                    set = published.Set,
                    area = published.Area,
                    asOf = published.AsOf,
                    days = edition.Days,
                    threshold = edition.Set.Threshold,
                    numbers = published.Numbers,
                    withheld = edition.Withheld,
                    knownAt = edition.KnownAt,
                    packs = installation.Packs.FilesHash,
                    hash,
                }
            )
        );
        return published;
    }
}
