using System.Globalization;
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
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// Figures as a file, made by a job: those chosen, of an area and all areas of a level beneath it, as of one or more days. A csv has a row for each number, a
/// workbook besides a sheet to read; each number stands with its state, area, day, what was recorded by then and the packs that gave it.
/// </summary>
public static class ExportFigures
{
    /// <summary>Days of one file.</summary>
    public const int MostDays = 40;

    // An xlsx sheet holds 1,048,576 rows; one is the title.
    private const long MostInSheet = 1_048_575;
    private const string Csv = "csv";
    private const string Xlsx = "xlsx";

    public static readonly JobKind Kind = new("export-figures", new("导出数字", "Export figures"), Permission.ExportLists, Writes: false, Run);

    /// <summary>What was asked for; the scope is that of the owner when the job runs.</summary>
    /// <param name="Figures">By name; none for the catalogue, or all that <paramref name="Report"/> has of its own.</param>
    /// <param name="Level">city, county, township or village: all of it beneath the area.</param>
    /// <param name="KnownAt">yyyy-MM-ddTHH:mm:ss, UTC.</param>
    public sealed record Asked(
        string Area,
        IReadOnlyList<string> Figures,
        string? Report,
        string? Level,
        IReadOnlyList<DateOnly> Days,
        string? KnownAt,
        string File,
        bool English
    );

    /// <summary>What the page offers.</summary>
    public sealed record Offer(AreaVersion Area, IReadOnlyList<(Label Group, IReadOnlyList<Figure> Figures)> Groups, IReadOnlyList<string> Levels);

    public sealed record Written(string File, long Numbers, long Areas, int Days, string KnownAt, string PackVersion);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures/export", Show).Needs(Permission.ExportLists);
        routes.MapPost("/figures/export", Post).Needs(Permission.ExportLists);
        routes
            .MapPost(
                Api.Root + "/figures/export",
                async (
                    ConsoleContext context,
                    HttpContext http,
                    DeskDb desk,
                    JobQueue queue,
                    string? name,
                    string? report,
                    string? level,
                    string? asOf,
                    string? knownAt,
                    string? file
                ) =>
                {
                    await Api.CheckWrite(http);
                    var asked = Ask(context, Split(name), report, level, Split(asOf), knownAt, Api.Word(file, Csv, Xlsx));
                    var job = await Queue(context, queue, asked, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(
                Permission.ExportLists,
                "export-figures",
                "Make a file of figures: of an area and all areas of a level beneath it, as of one or more days",
                StatusCodes.Status202Accepted
            )
            .Asks(
                Api.Area,
                ("name", "figures by name, separated by commas; without it all of the catalogue"),
                ("report", "a report by its id: the figures it has of its own, instead of the catalogue's"),
                ("level", "city, county, township or village: all areas of the level beneath, besides the area"),
                ("asOf", "effective days, yyyy-MM-dd, separated by commas; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then"),
                ("file", "csv (default) or xlsx")
            )
            .Once();
    }

    private static string[] Split(string? words) =>
        (words ?? "").Split([',', '，', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IResult Show(ConsoleContext context) => Page(context, null, StatusCodes.Status200OK);

    private static IResult Page(ConsoleContext context, string? error, int status)
    {
        if (AreaInView.Of(context) is not { } area)
            return new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();
        var figures = context.Installation.Packs.FiguresOf(null).ToList();
        var seen = FigureValues.Of(
            context.Installation,
            context.Reader,
            [],
            [area],
            new(context.WorkDate),
            context.Caller.FieldsOf(Permission.ViewFigures)
        );
        var offer = new Offer(
            area,
            [.. figures.Where(f => !seen.Hides(f)).GroupBy(f => f.Group).Select(g => (g.Key, (IReadOnlyList<Figure>)[.. g]))],
            [.. new[] { (2, "city"), (3, "county"), (4, "township"), (5, "village") }.Where(l => l.Item1 > area.Level).Select(l => l.Item2)]
        );
        return new RazorComponentResult<Pages.ExportFiguresPage>(new { Offer = offer, Error = error }) { StatusCode = status };
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, JobQueue queue)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var days = Split(form["days"]);
        if (days.FirstOrDefault(d => DayText.Read(d) is null) is { } wrong)
            return Page(
                context,
                context.L[$"“{Shortened(wrong)}”不是日期，请写成 2020-06-12。", $"'{Shortened(wrong)}' is no day like 2020-06-12."],
                StatusCodes.Status422UnprocessableEntity
            );
        var known = form["knownAt"].ToString().Trim();
        try
        {
            var asked = Ask(
                context,
                [.. form["name"].OfType<string>()],
                null,
                form["level"],
                [.. days.Select(d => DayText.Of(DayText.Read(d)!.Value))],
                known.Length == 0 ? null : known,
                form["file"] == Csv ? Csv : Xlsx
            );
            return TypedResults.LocalRedirect($"/jobs/{(await Queue(context, queue, asked, null)).Id}");
        }
        catch (WrongUsage wrongly)
        {
            return Page(context, context.L[wrongly.Text], StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static string Shortened(string text) => text[..Math.Min(20, text.Length)];

    // The title is seen by whoever manages users: it names the place alone.
    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, Asked asked, string? idempotencyKey) =>
        queue.Add(context.Caller, Kind, $"{AreaInView.Need(context).Name} {asked.File}", asked, idempotencyKey);

    // Wrong words are told at once, not by a job.
    private static Asked Ask(
        ConsoleContext context,
        IReadOnlyList<string> names,
        string? report,
        string? level,
        IReadOnlyList<string> days,
        string? knownAt,
        string file
    )
    {
        var area = AreaInView.Need(context);
        _ = ListFigures.Chosen(context.Installation.Packs, names, report);
        _ = ListFigures.Areas(context.Tree, area, level);
        if (knownAt is not null)
            _ = Platform.Database.KnownAt.Change(context.Reader, knownAt);
        return new(
            PickArea.Code(area),
            names,
            string.IsNullOrEmpty(report) ? null : report,
            string.IsNullOrEmpty(level) ? null : level,
            Days([.. days.Select(d => AreaArgument.Day(d)!.Value)], context.WorkDate),
            knownAt,
            file,
            context.L.IsEnglish
        );
    }

    /// <exception cref="WrongUsage">export.too-many-days.</exception>
    private static IReadOnlyList<DateOnly> Days(IReadOnlyList<DateOnly> asked, DateOnly workDate)
    {
        DateOnly[] days = asked.Count == 0 ? [workDate] : [.. asked.Distinct().Order()];
        return days.Length <= MostDays ? days : throw new WrongUsage("export.too-many-days", $"a file of figures has at most {MostDays} days");
    }

    /// <exception cref="Refusal">export.too-many-rows, figure.unknown; NotInScope when the area is no longer the owner's.</exception>
    private static void Run(JobRun run)
    {
        var asked = run.Request<Asked>();
        var installation = run.Installation;
        using var connection = installation.Store.OpenStreaming();
        using var snapshot = Store.Snapshot(connection);
        var scope = run.Caller.Scope(Permission.ViewFigures);
        // Named by its code of today; each day has its own tree.
        var today = AreaTree.Load(connection, installation.WorkDate).ByCode(asked.Area) ?? throw new NotInScope();
        AreaVersion Place(AreaTree tree) =>
            tree.ById(today.AreaId) is { } place && scope.Covers(AreaTree.RangeOf(place)) ? place : throw new NotInScope();
        var cells = FigureCells.Of(
            installation,
            connection,
            ListFigures.Chosen(installation.Packs, asked.Figures, asked.Report),
            asked.Days,
            asked.KnownAt,
            asked.Level,
            Place,
            run.Caller.FieldsOf(Permission.ViewFigures)
        );
        var L = asked.English ? Language.English : Language.Chinese;
        var name = $"{L["数字", "figures"]}-{asked.Area}-{asked.Days[^1]:yyyyMMdd}.{asked.File}";
        var path = run.File(name);
        var written = Save(installation, cells, asked, path, L, (done, total) => run.Progress(done, total));
        run.Result = new
        {
            written.Numbers,
            written.Areas,
            written.KnownAt,
            written.PackVersion,
        };
    }

    /// <summary>The same for the command line, with the line it prints.</summary>
    public static (object Told, string Said) Command(Installation installation, ListFigures.FileAsked asked)
    {
        var written = ToFile(installation, asked);
        return (written, $"{written.Numbers:N0} numbers of {written.Areas:N0} areas and days written to {written.File}");
    }

    /// <summary>Writes figures into a file for the command line.</summary>
    /// <exception cref="Refusal">export.file-kind, export.too-many-rows, export.too-many-days, area.unknown, data.none, figure.level-unknown.</exception>
    public static Written ToFile(Installation installation, ListFigures.FileAsked asked)
    {
        var path = Path.GetFullPath(asked.File);
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".xlsx" or ".csv"))
            throw new Refusal("export.file-kind", $"'{path}' should end in .xlsx or .csv");
        using var connection = installation.Store.OpenStreaming();
        using var snapshot = Store.Snapshot(connection);
        var days = Days(asked.Days, installation.WorkDate);
        var area = AreaArgument.Find(AreaTree.Load(connection, days[^1]), asked.Area, installation);
        var cells = FigureCells.Of(
            installation,
            connection,
            asked.Figures,
            days,
            asked.KnownAt,
            asked.Level,
            tree =>
                tree.ById(area.AreaId)
                ?? throw new Refusal("area.unknown", $"no area has the code '{PickArea.Code(area)}' on this day; give 2, 4, 6, 9 or 12 digits"),
            null
        );
        var kept = new Asked(PickArea.Code(area), [], null, asked.Level, days, asked.KnownAt, ending[1..], false);
        return Save(installation, cells, kept, path, Language.Chinese, (_, _) => { });
    }

    private static Written Save(Installation installation, FigureCells cells, Asked asked, string path, Language L, Action<long, long> progress)
    {
        if (asked.File == Xlsx && Math.Max(cells.Cells, cells.Rows) > MostInSheet)
            throw new Refusal(
                "export.too-many-rows",
                $"the file has {cells.Cells:N0} numbers, an xlsx sheet at most {MostInSheet:N0}: export it as csv"
            );
        // Written beside its place first: without the entry there is no file, and without the file no entry.
        var draft = $"{path}.part";
        try
        {
            long numbers;
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
                numbers = Write(stream, cells, asked.File, L, progress);
            AuditLog.Append(
                installation,
                "figures.export",
                JsonSerializer.Serialize(
                    new
                    {
                        area = asked.Area,
                        asked.Level,
                        figures = cells.Figures.Select(f => f.Id),
                        days = asked.Days,
                        cells.KnownAt,
                        file = asked.File,
                        numbers,
                        packs = cells.PackVersion,
                    }
                )
            );
            File.Move(draft, path, overwrite: true);
            return new(path, numbers, cells.Rows, asked.Days.Count, cells.KnownAt, cells.PackVersion);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes the cells row by row; never more than a part of them is held.</summary>
    /// <returns>How many numbers, those without one among them.</returns>
    public static long Write(Stream stream, FigureCells cells, string file, Language L, Action<long, long> progress)
    {
        if (file == Csv)
        {
            using var csv = new CsvSheetWriter(stream);
            return WriteCells(csv, cells, L, progress, cells.Rows, 0);
        }
        using var workbook = new XlsxSheetWriter(stream, L["数字", "figures"], L["逐个数字", "each number"], L["口径", "definitions"]);
        WriteTable(workbook, cells, L, done => progress(done, 2 * cells.Rows));
        workbook.NextSheet();
        var numbers = WriteCells(workbook, cells, L, progress, 2 * cells.Rows, cells.Rows);
        workbook.NextSheet();
        WriteDefinitions(workbook, cells, L);
        return numbers;
    }

    // A row for each area and day, a column for each figure: to be read by people.
    private static void WriteTable(XlsxSheetWriter sheet, FigureCells cells, Language L, Action<long> progress)
    {
        var row = new OutCell[3 + cells.Figures.Count];
        Title(row.AsSpan(0, 3), L["区划代码", "area code"], L["地区", "area"], L["日期", "day"]);
        for (var i = 0; i < cells.Figures.Count; i++)
        {
            var figure = cells.Figures[i];
            var unit = L[figure.Unit.Shown];
            row[3 + i] = new(unit.Length == 0 ? L[figure.Label] : $"{L[figure.Label]}({unit})", CellLook.Title);
        }
        sheet.WriteRow(row);
        var done = 0L;
        foreach (var (values, areas) in cells.Read())
        foreach (var area in areas)
        {
            (row[0], row[1], row[2]) = (PickArea.Code(area), area.Name, DayText.Of(values.Moment.Day));
            for (var i = 0; i < cells.Figures.Count; i++)
                row[3 + i] = Cell(cells.Figures[i], values, area, L);
            sheet.WriteRow(row);
            if (++done % 100 == 0)
                progress(done);
        }
    }

    private static OutCell Cell(Figure figure, FigureValues values, AreaVersion area, Language L)
    {
        var (value, line) = (values.Of(figure, area), values.LineOf(figure, area));
        return value.IsExact ? new(FigureText.Of(figure, value, line), CellLook.Number) : new(FigureWords.Shown(figure, value, line, l => L[l]));
    }

    // A row for each number, with all that says where it comes from: to be read by programs.
    private static long WriteCells(SheetWriter sheet, FigureCells cells, Language L, Action<long, long> progress, long total, long before)
    {
        var row = new OutCell[14];
        Title(
            row,
            L["区划代码", "area code"],
            L["地区", "area"],
            L["日期", "day"],
            L["数字", "figure"],
            L["名称", "name"],
            L["单位", "unit"],
            L["状态", "state"],
            L["值", "value"],
            L["最小", "low"],
            L["最大", "high"],
            L["不明的户、人等", "unknown subjects"],
            L["法定线", "line"],
            L["录入截至(UTC)", "known at (UTC)"],
            L["规则包版本", "pack version"]
        );
        sheet.WriteRow(row);
        var (numbers, done) = (0L, before);
        var packs = cells.PackVersion;
        foreach (var (values, areas) in cells.Read())
        foreach (var area in areas)
        {
            (row[0], row[1], row[2], row[12], row[13]) = (PickArea.Code(area), area.Name, DayText.Of(values.Moment.Day), cells.KnownAt, packs);
            foreach (var figure in cells.Figures)
            {
                var (value, line) = (values.Of(figure, area), values.LineOf(figure, area));
                (row[3], row[4], row[5], row[6]) = (figure.Id, L[figure.Label], figure.Unit.Text, FigureCells.State(value));
                row[7] = value.IsExact ? Number(FigureText.Of(figure, value.Low, line)) : default;
                row[8] = value.IsKnown ? Number(FigureText.Of(figure, value.Low, line)) : default;
                row[9] = value.IsKnown ? Number(FigureText.Of(figure, value.High, line)) : default;
                row[10] = Number(value.Unknown.ToString(CultureInfo.InvariantCulture));
                row[11] = line is { } at ? Number(FigureText.Of(figure, at)) : default;
                sheet.WriteRow(row);
                numbers++;
            }
            if (++done % 100 == 0 || done == total)
                progress(done, total);
        }
        return numbers;
    }

    private static void WriteDefinitions(XlsxSheetWriter sheet, FigureCells cells, Language L)
    {
        var row = new OutCell[8];
        Title(
            row,
            L["数字", "figure"],
            L["名称", "name"],
            L["单位", "unit"],
            L["口径", "definition"],
            L["时点", "moment"],
            L["责任部门", "owner"],
            L["依据", "source"],
            L["口径散列", "hash of the definition"]
        );
        sheet.WriteRow(row);
        foreach (var figure in cells.Figures)
            sheet.WriteRow([
                figure.Id,
                L[figure.Label],
                figure.Unit.Text,
                figure.Definition,
                figure.Moment.ToString(),
                figure.Owner,
                figure.Source.Title,
                FigureHash.Of(figure),
            ]);
    }

    private static OutCell Number(string text) => new(text, CellLook.Number);

    private static void Title(Span<OutCell> row, params ReadOnlySpan<string> titles)
    {
        for (var i = 0; i < titles.Length; i++)
            row[i] = new(titles[i], CellLook.Title);
    }
}
