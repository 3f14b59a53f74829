using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Numbers;
using Tuopin.Numbers.Ties;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Figures;

/// <summary>
/// <c>tuopin check-report FILE</c>, the page <c>/check-report</c> and the API: every number of a text is tied to arithmetic inside the text, to rules of plausibility and to
/// known figures (those of the registry's catalogue for an area, or of a list), and marked. The command needs no registry. Nothing of the text is kept: the audit says that somebody checked a text, and how many marks came of it.
/// </summary>
public static class CheckReport
{
    /// <param name="Number">Digits and unit in half-width characters.</param>
    /// <param name="Text">Digits and unit as printed.</param>
    /// <param name="Verdict">right, wrong, stale, other-base or unknown.</param>
    /// <param name="Reason">In plain words; it holds numbers and no words of the text.</param>
    public sealed record Line(string Number, string Text, string Verdict, string Reason);

    /// <param name="Start">Where the number begins, in characters of the text.</param>
    public sealed record Told(string Number, string Text, string Verdict, Label Reason, int Start, int Length);

    public sealed record Counts(int Right, int Wrong, int Stale, int OtherBase, int Unknown);

    /// <param name="LeftOut">Numbers that are no figures: dates, pages, telephone numbers, codes, names.</param>
    public sealed record Result(Counts Counts, IReadOnlyList<Told> Marks, int LeftOut);

    /// <param name="Published">The day of the text, for countdowns.</param>
    /// <param name="Registry">Whether numbers are held against the figures of the area in view, too.</param>
    public sealed record Request([property: Required] string? Text, DateOnly? Published, bool Registry = false);

    /// <summary>What the page shows.</summary>
    /// <param name="Against">The area whose figures numbers are held against, too; null where the caller has none in view.</param>
    /// <param name="Registry">Whether they are.</param>
    public sealed record Shown(CheckedText? Checked, string Pasted, string Published, Refusal? Refused, AreaVersion? Against, bool Registry);

    private static readonly RequestSizeLimitAttribute Size = new(ReportText.Largest + (1 << 20));
    private static readonly RequestFormLimitsAttribute Form = new()
    {
        MultipartBodyLengthLimit = ReportText.Largest + (1 << 20),
        ValueLengthLimit = 8 << 20,
    };

    public static Command Command(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "a docx or a text file; - reads standard input" };
        var known = new Option<string?>("--known") { Description = "YAML list of figures known from elsewhere" };
        var date = new Option<string?>("--date") { Description = "day of the text, for countdowns (2020-06-12)" };
        var language = new Option<string?>("--language") { Description = "zh or en; without it that of the text" };
        var area = new Option<string?>("--area")
        {
            Description = "code of an area: numbers are held against its figures in the registry, too; without it no registry is read",
        };
        var check = new Command("check-report", "check the numbers of a text; exit code 1 when one is wrong") { file, known, date, language, area };
        check.SetAction(parsed =>
        {
            var wrong = 0;
            var code = shell.Run(p =>
            {
                var chinese = p.GetValue(language) switch
                {
                    null => (bool?)null,
                    "zh" => true,
                    "en" => false,
                    _ => throw new WrongUsage("report-check.language", "the language is zh or en"),
                };
                var text = ReadFile(p.GetValue(file)!);
                var checkedText = Handle(
                    text,
                    [
                        .. p.GetValue(known) is { } list ? PlausibilityPack.Known(ReadKnown(list)) : [],
                        .. p.GetValue(area) is { } code ? OfRegistry(shell.Open(p), code) : [],
                    ],
                    Installation.FoldersOf(Shell.Options(p)),
                    Day(p.GetValue(date))
                );
                wrong = checkedText.Count(Verdict.Wrong);
                var lines = Lines(checkedText, chinese ?? text.Any(c => c is >= '\u4e00' and <= '\u9fff'));
                if (shell.IsJson)
                    shell.PrintJson(lines);
                else
                    Print(shell.Output, checkedText, lines);
            })(parsed);
            return code == 0 && wrong > 0 ? 1 : code;
        });
        return check;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/check-report", IResult (ConsoleContext context) => Page(new(null, "", "", null, AreaInView.Of(context), true)))
            .Needs(Permission.CheckReports);
        routes.MapPost("/check-report", Post).WithMetadata(Size).WithMetadata(Form).Needs(Permission.CheckReports);
        routes
            .MapPost(
                Api.Root + "/report-checks",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Tell(Audited(context, ReportText.Checked(request.Text ?? ""), request.Published, request.Registry)));
                }
            )
            .WithMetadata(Size)
            .OfApi<Result>(Permission.CheckReports, "checkReport", "Check the numbers of a text against each other; nothing of it is kept")
            .Asks(Api.Area);
    }

    /// <summary>Checks a text with the rules of the packs.</summary>
    public static CheckedText Handle(string text, IReadOnlyList<KnownFigure> known, IEnumerable<string> packFolders, DateOnly? published) =>
        CheckText.Check(text, known, PlausibilityPack.Load(packFolders), published);

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var (pasted, day, registry) = (form["text"].ToString(), form["published"].ToString(), form["registry"] == "yes");
        var against = AreaInView.Of(context);
        try
        {
            var text = pasted;
            if (form.Files.GetFile("file") is { Length: > 0 } file)
            {
                await using var stream = file.OpenReadStream();
                text = ReportText.Read(ReportText.Take(stream));
            }
            return Page(new(Audited(context, ReportText.Checked(text), Day(day), registry), pasted, day, null, against, registry));
        }
        catch (Refusal refused)
        {
            return Page(new(null, pasted.Length > 100_000 ? "" : pasted, day, refused, against, registry), StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static RazorComponentResult<Pages.CheckReportPage> Page(Shown shown, int status = StatusCodes.Status200OK) =>
        new(new { Shown = shown }) { StatusCode = status };

    private static IReadOnlyList<KnownFigure> OfRegistry(Installation installation, string area)
    {
        using var connection = installation.Store.OpenReader();
        var place = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), area, installation);
        return KnownFigures.Of(installation, connection, place, installation.WorkDate);
    }

    private static CheckedText Audited(ConsoleContext context, string text, DateOnly? published, bool registry)
    {
        var installation = context.Installation;
        var found = Handle(text, registry ? KnownFigures.Of(context) : [], installation.PackFolders, published);
        AuditLog.Append(
            installation,
            "report.check",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{found.Marks.Count} numbers: {found.Count(Verdict.Right)} right, {found.Count(Verdict.Wrong)} wrong"
            )
        );
        return found;
    }

    private static DateOnly? Day(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : DayText.Read(text) is { } day ? day
        : throw new WrongUsage("report-check.day", "the day of the text is a date like 2020-06-12");

    private static string ReadFile(string path)
    {
        if (path == "-")
            using (var input = Console.OpenStandardInput())
                return ReportText.Read(ReportText.Take(input));
        if (!File.Exists(path))
            throw new WrongUsage("report-check.no-file", $"there is no file {path}");
        using var stream = File.OpenRead(path);
        return ReportText.Read(ReportText.Take(stream));
    }

    private static string ReadKnown(string path) =>
        File.Exists(path) ? File.ReadAllText(path) : throw new WrongUsage("report-check.no-file", $"there is no file {path}");

    /// <summary>A verdict as it is written in answers.</summary>
    public static string NameOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Right => "right",
            Verdict.Wrong => "wrong",
            Verdict.Stale => "stale",
            Verdict.OtherBase => "other-base",
            Verdict.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    /// <summary>A verdict as people read it.</summary>
    public static Label LabelOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Right => new("正确", "right"),
            Verdict.Wrong => new("错误", "wrong"),
            Verdict.Stale => new("过时", "stale"),
            Verdict.OtherBase => new("口径不同", "other base"),
            Verdict.Unknown => new("无从核对", "unknown"),
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    private static List<Line> Lines(CheckedText found, bool chinese) =>
        [.. found.Marks.Select(m => new Line(m.Number.Plain, m.Number.Text, NameOf(m.Verdict), chinese ? m.Reason.Zh : m.Reason.En))];

    private static Result Tell(CheckedText found) =>
        new(
            new(
                found.Count(Verdict.Right),
                found.Count(Verdict.Wrong),
                found.Count(Verdict.Stale),
                found.Count(Verdict.OtherBase),
                found.Count(Verdict.Unknown)
            ),
            [
                .. found.Marks.Select(m => new Told(
                    m.Number.Plain,
                    m.Number.Text,
                    NameOf(m.Verdict),
                    new(m.Reason.Zh, m.Reason.En),
                    m.Number.Start,
                    m.Number.End - m.Number.Start
                )),
            ],
            LeftOut(found)
        );

    /// <summary>Numbers without a mark.</summary>
    public static int LeftOut(CheckedText found) => found.Passage.Numbers.Count - found.Marks.Count;

    private static void Print(TextWriter output, CheckedText found, IReadOnlyList<Line> lines)
    {
        foreach (var line in lines)
            output.WriteLine($"{line.Verdict, -10} {Columns.Pad(line.Text, 18)} {line.Reason}");
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{lines.Count} numbers: {found.Count(Verdict.Right)} right, {found.Count(Verdict.Wrong)} wrong, {found.Count(Verdict.Stale)} stale, {found.Count(Verdict.OtherBase)} other base, {found.Count(Verdict.Unknown)} unknown; {LeftOut(found)} left out (dates, pages, codes, names)"
            )
        );
    }
}
