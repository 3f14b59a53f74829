using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.Sealing;

/// <summary>A sealed report as it was published: its text and files, its numbers, and whether it still is what was sealed.</summary>
public static partial class ShowSealed
{
    /// <param name="Broken">What of the seal does not hold; empty when all does.</param>
    /// <param name="KnownAt">When the last change it knows was recorded, UTC.</param>
    /// <param name="Text">As published, in HTML, where each number opens to what was sealed; null for whoever may not read its files.</param>
    public sealed record Result(SealedWhole Whole, IReadOnlyList<string> Broken, string? KnownAt, SealedText? Text);

    /// <param name="Language">As pages name it.</param>
    public sealed record SealedText(string Html, string Language);

    /// <param name="Low">Exact, in base units.</param>
    public sealed record ToldNumber(
        int Key,
        string Figure,
        Label Label,
        string Unit,
        string Area,
        string AreaName,
        DateOnly Day,
        Rules.Figures.FigureState State,
        string? Low,
        string? High,
        long Unknown,
        string Text,
        string DefinitionHash
    );

    public sealed record ToldFile(string Format, string Media, string Sha256, int Size);

    public sealed record Told(
        ListSealed.ToldRow Report,
        long KnownChange,
        string? KnownAt,
        string PackHash,
        string TemplateHash,
        IReadOnlyList<string> Broken,
        IReadOnlyList<ToldNumber> Numbers,
        IReadOnlyList<ToldFile> Files
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports/sealed/{sealedReport:long}", Show).Needs(Permission.ViewFigures);
        routes.MapGet("/reports/sealed/{sealedReport:long}/files/{format}", Fetch).Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/reports/sealed/{sealedReport:long}",
                (ConsoleContext context, HttpContext http, long sealedReport) => Api.Answer(http, Tell(Handle(context, sealedReport)))
            )
            .OfApi<Told>(
                Permission.ViewFigures,
                "sealedReport",
                "A sealed report: its numbers, its files by hash, and what of the seal does not hold"
            );
        routes
            .MapGet(Api.Root + "/reports/sealed/{sealedReport:long}/files/{format}", Fetch)
            .OfApi<byte[]>(Permission.ViewHouseholds, "sealedReportFile", "A file of a sealed report; who fetched it is audited");
    }

    /// <exception cref="NotInScope">There is no such report for the caller.</exception>
    public static SealedWhole Find(ConsoleContext context, long id) =>
        context.Reader.QueryFirstOrDefault<long?>($"SELECT r.id FROM sealed_reports r WHERE r.id = @id AND {ListSealed.Within(context)}", new { id })
            is { } found
            ? SealedWhole.Read(context.Reader, null, found)!
            : throw new NotInScope();

    /// <exception cref="NotInScope">There is no such report for the caller.</exception>
    public static Result Handle(ConsoleContext context, long id)
    {
        var whole = Find(context, id);
        return new(
            whole,
            VerifySeal.Broken(context.Installation, context.Reader, whole),
            context.Reader.QueryFirstOrDefault<string>("SELECT at FROM changes WHERE id = @change", new { change = whole.Report.KnownChange }),
            TextOf(context, whole)
        );
    }

    /// <summary>Whether the caller may read the files: they may name households of the area.</summary>
    public static bool Reads(ConsoleContext context, SealedReport report)
    {
        var scope = context.Caller.Scope(Permission.ViewHouseholds);
        return context.Caller.FieldsOf(Permission.ViewHouseholds) is null
            && context.Tree.ById(report.AreaId) is { } area
            && scope.Covers(Platform.Areas.AreaTree.RangeOf(area));
    }

    private static SealedText? TextOf(ConsoleContext context, SealedWhole whole)
    {
        if (!Reads(context, whole.Report) || whole.Files.FirstOrDefault(f => f.Format == "html") is not { } file)
            return null;
        try
        {
            var page = System.Text.Encoding.UTF8.GetString(new FileStore(context.Installation).Read(file.Hash));
            var (start, end) = (page.IndexOf("</h1>", StringComparison.Ordinal), page.LastIndexOf("</article>", StringComparison.Ordinal));
            return start < 0 || end < start
                ? null
                : new(
                    Numbers()
                        .Replace(
                            page[(start + "</h1>".Length)..end],
                            string.Create(CultureInfo.InvariantCulture, $"data-key=\"$1\" href=\"/reports/sealed/{whole.Report.Id}/numbers/$1\"")
                        ),
                    Language().Match(page).Groups[1].Value
                );
        }
        catch (Refusal lost) when (lost.Code == "evidence.lost")
        {
            // What is broken of the seal says so.
            return null;
        }
    }

    [GeneratedRegex("data-key=\"([0-9]+)\" href=\"[^\"]*\"")]
    private static partial Regex Numbers();

    [GeneratedRegex("<html lang=\"([A-Za-z-]+)\">")]
    private static partial Regex Language();

    private static IResult Show(ConsoleContext context, long sealedReport) =>
        new RazorComponentResult<Pages.SealedPage>(new { Found = Handle(context, sealedReport) });

    private static IResult Fetch(ConsoleContext context, HttpContext http, long sealedReport, string format)
    {
        var whole = Find(context, sealedReport);
        if (!Reads(context, whole.Report))
            throw new NotInScope();
        var file = whole.Files.FirstOrDefault(f => f.Format == format) ?? throw new NotInScope();
        var content = new FileStore(context.Installation).Read(file.Hash);
        AuditLog.Append(
            context.Installation,
            "report.fetch",
            string.Create(CultureInfo.InvariantCulture, $"sealed report {sealedReport}, {file.Format}, {file.Hash}"),
            new(KeepSeal.Subject, sealedReport)
        );
        // Whatever a browser makes of it, nothing in it runs, loads or is framed.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture,
            $"attachment; filename=\"report-{sealedReport}.{file.Format}\""
        );
        return TypedResults.Bytes(content, file.Media);
    }

    /// <summary>The report of an id, as the API tells it.</summary>
    /// <exception cref="NotInScope">There is no such report for the caller.</exception>
    public static Told Tell(ConsoleContext context, long id) => Tell(Handle(context, id));

    private static Told Tell(Result found)
    {
        var (report, numbers, files) = found.Whole;
        return new(
            ListSealed.Tell(report, numbers.Count),
            report.KnownChange,
            found.KnownAt,
            report.PackHash,
            report.TemplateHash,
            found.Broken,
            [.. numbers.Select(Tell)],
            [.. files.Select(f => new ToldFile(f.Format, f.Media, f.Hash, f.Size))]
        );
    }

    public static ToldNumber Tell(SealedNumber n) =>
        new(
            n.Key,
            n.Figure,
            new(n.Label, n.LabelEn),
            n.Unit,
            n.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            n.AreaName,
            DayNumber.ToDate(n.Day),
            (Rules.Figures.FigureState)n.State,
            n.Low,
            n.High,
            n.Unknown,
            n.Text,
            n.DefinitionHash
        );
}
