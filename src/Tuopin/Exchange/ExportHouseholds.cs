using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// The list of households as a file: the rows, columns and order of the page it was asked from, all pages of it. A short list is answered at once, a long
/// one is made by a job. Either is written row by row, and leaves only after the audit says who took what.
/// </summary>
public static class ExportHouseholds
{
    /// <summary>Rows that are answered at once.</summary>
    public const int AtOnce = 2000;

    // An xlsx sheet holds 1,048,576 rows; two of them are titles.
    private const int MostInSheet = 1_048_574;
    private const string Csv = "csv";
    private const string Xlsx = "xlsx";

    public static readonly JobKind Kind = new("export-households", new("导出农户", "Export households"), Permission.ExportLists, Writes: false, Run);

    /// <summary>A list as it was asked for; the scope is that of the owner when the job runs.</summary>
    /// <param name="Query">Filters, order and columns as in the address.</param>
    public sealed record Asked(string Area, string Query, string File, bool English);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/households/export.xlsx", (ConsoleContext context) => SendShort(context, Xlsx)).Needs(Permission.ExportLists);
        routes.MapGet("/households/export.csv", (ConsoleContext context) => SendShort(context, Csv)).Needs(Permission.ExportLists);
        routes.MapPost("/households/export", Post).Needs(Permission.ExportLists);
        routes
            .MapPost(
                Api.Root + "/households/export",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, string? file) =>
                {
                    await Api.CheckWrite(http);
                    var asked = Ask(context, file ?? Csv);
                    var job = await Queue(context, queue, asked, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(
                Permission.ExportLists,
                "export-households",
                "Make a file of a list: filters, order and columns as in the address of the page",
                StatusCodes.Status202Accepted
            )
            .Asks([Api.Area, ("file", "csv (default) or xlsx"), .. HouseholdQuery.Names.Where(n => n.Name is not ("after" or "before" or "total"))])
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, JobQueue queue)
    {
        await Forms.Check(http);
        var asked = Ask(context, (await http.Request.ReadFormAsync())["file"].ToString());
        var list = List.Of(context, asked);
        using var moment = list.Viewer.Moment;
        if (list.Count(AtOnce + 1) <= AtOnce)
            return Send(context, list);
        var job = await Queue(context, queue, asked, null);
        return TypedResults.LocalRedirect($"/jobs/{job.Id}");
    }

    private static IResult SendShort(ConsoleContext context, string file)
    {
        var list = List.Of(context, Ask(context, file));
        using var moment = list.Viewer.Moment;
        return list.Count(AtOnce + 1) <= AtOnce
            ? Send(context, list)
            : throw new Refusal(
                "export.too-long",
                $"the list has more than {AtOnce:N0} rows: export it from the page of the list, or with POST, as a job"
            );
    }

    private static Asked Ask(ConsoleContext context, string file) =>
        new(
            PickArea.Code(context.Area(Permission.ExportLists)),
            HouseholdQuery.Read(context.Http.Request.Query, Viewer.Of(context, Permission.ExportLists)).Address(null),
            file == Xlsx ? Xlsx : Csv,
            context.L.IsEnglish
        );

    // The title is seen by whoever manages users: it names the place and nobody.
    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, Asked asked, string? idempotencyKey) =>
        queue.Add(context.Caller, Kind, $"{context.Area(Permission.ExportLists).Name} {asked.File}", asked, idempotencyKey);

    private static IResult Send(ConsoleContext context, List list)
    {
        var folder = Path.Combine(context.Installation.Store.Folder, "exports");
        Store.CreateFolder(folder);
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.{list.Asked.File}");
        // The file goes with the answer: nothing is left of it here.
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            var rows = list.Write(new Kept(file), _ => { });
            Audit(context.Installation, list, rows, () => { });
            file.Position = 0;
            var type = list.Asked.File == Csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            return Results.File(file, type, list.FileName);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="Refusal">export.too-many-rows; NotInScope when the area is no longer the owner's.</exception>
    private static void Run(JobRun run)
    {
        using var connection = run.Installation.Store.OpenStreaming();
        var list = List.Of(run, connection, run.Request<Asked>());
        using var moment = list.Viewer.Moment;
        var total = list.Count(null);
        if (list.Asked.File == Xlsx && total > MostInSheet)
            throw new Refusal("export.too-many-rows", $"the list has {total:N0} rows, an xlsx sheet at most {MostInSheet:N0}: export it as csv");
        run.Progress(0, total);
        var path = run.File(list.FileName);
        var draft = path + ".part";
        try
        {
            long rows;
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
                rows = list.Write(file, done => run.Progress(done, Math.Max(done, total)));
            // Without the entry there is no file, and without the file no entry.
            Audit(run.Installation, list, rows, () => File.Move(draft, path, overwrite: true));
            run.Progress(rows, rows);
            run.Result = new { rows };
        }
        finally
        {
            File.Delete(draft);
        }
    }

    // Names asked for are personal data: the audit says that a name was asked for, not which.
    private static void Audit(Installation installation, List list, long rows, Action within)
    {
        var query = list.Query;
        var asked = query
            .ToAddress(all: true)
            .ToDictionary(p => p.Key, p => p.Key is "name" or "head" or "number" or "helper_name" ? "…" : p.Value.ToString());
        AuditLog.Append(
            installation,
            "households.export",
            JsonSerializer.Serialize(
                new
                {
                    area = PickArea.Code(list.Area),
                    file = list.Asked.File,
                    rows,
                    columns = query.Columns.Select(c => c.Id),
                    asked,
                }
            )
        );
        within();
    }

    /// <summary>A list with whoever reads it: in a request, or in a job that has none.</summary>
    private sealed record List(Asked Asked, Viewer Viewer, AreaVersion Area, HouseholdQuery Query, Language Language, bool Invented)
    {
        public string FileName =>
            $"{Language["农户", "households"]}-{PickArea.Code(Area)}-{Viewer.Date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.{Asked.File}";

        public static List Of(ConsoleContext context, Asked asked) =>
            Of(context.Installation, Viewer.Of(context, Permission.ExportLists), asked, context.Area(Permission.ExportLists), context.Invented);

        public static List Of(JobRun run, DbConnection connection, Asked asked)
        {
            var date = run.Installation.WorkDate;
            var tree = AreaTree.Load(connection, date);
            var scope = run.Caller.Scope(Permission.ExportLists);
            var area = tree.ByCode(asked.Area) is { } place && scope.Touches(AreaTree.RangeOf(place)) ? place : throw new NotInScope();
            var viewer = new Viewer(connection, run.Installation.Packs, tree, date, scope, run.Caller.FieldsOf(Permission.ExportLists));
            return Of(run.Installation, viewer, asked, area, Installation.Setting(connection, "invented") == "yes");
        }

        // Of another moment it is read from a judgement of that moment, which the caller disposes of.
        private static List Of(Installation installation, Viewer viewer, Asked asked, AreaVersion area, bool invented)
        {
            var query = HouseholdQuery.Read(new QueryCollection(QueryHelpers.ParseQuery(asked.Query)), viewer);
            (viewer, area) = ListHouseholds.AtMoment(installation, viewer, area, query);
            return new(asked, viewer, area, query, asked.English ? Language.English : Language.Chinese, invented);
        }

        public long Count(long? most) => ListHouseholds.Count(Viewer, Area, Query, most);

        public long Write(Stream stream, Action<long> progress) =>
            ExportHouseholds.Write(stream, Asked.File, Viewer, Area, Query, Language, Invented, progress);
    }

    /// <summary>Writes a list row by row: never more than a row of it is held.</summary>
    /// <param name="file">csv or xlsx.</param>
    /// <returns>How many rows.</returns>
    public static long Write(
        Stream stream,
        string file,
        Viewer viewer,
        AreaVersion area,
        HouseholdQuery query,
        Language language,
        bool invented,
        Action<long> progress
    )
    {
        using SheetWriter writer = file == Csv ? new CsvSheetWriter(stream) : new XlsxSheetWriter(stream, language["农户", "households"]);
        if (invented)
            writer.WriteRow([new OutCell(ExportFile.InventedNotice, CellLook.Title)]);
        var cells = new OutCell[query.Columns.Count];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = new OutCell(language[query.Columns[i].Title], CellLook.Title);
        writer.WriteRow(cells);
        long rows = 0;
        foreach (var row in ListHouseholds.Stream(viewer, area, query))
        {
            for (var i = 0; i < cells.Length; i++)
            {
                var column = query.Columns[i];
                var text = column.Text(row, language, viewer);
                cells[i] = column.IsNumber ? new OutCell(text.Replace(",", "", StringComparison.Ordinal), CellLook.Number) : new OutCell(text);
            }
            writer.WriteRow(cells);
            if (++rows % 100 == 0)
                progress(rows);
        }
        return rows;
    }

    // The writers close what they write to; the file must stay open to be sent.
    private sealed class Kept(Stream file) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => file.Length;
        public override long Position
        {
            get => file.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => file.Flush();

        public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
