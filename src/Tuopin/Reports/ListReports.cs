using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Reports;

/// <summary><c>/reports</c> and <c>/api/v1/reports</c>: the reports of the packs and the templates of the area in view and of those it is part of.</summary>
public static class ListReports
{
    /// <param name="Stored">Null for one of the packs.</param>
    public sealed record Row(string Id, Label Label, string Template, bool IsEnglish, string? Area, DateOnly? Day, ReportTemplate? Stored);

    /// <param name="Area">Null for a caller who holds households and no area.</param>
    /// <param name="MayStore">Whether the caller may store templates for the area in view.</param>
    public sealed record Result(AreaVersion Area, IReadOnlyList<Row> Rows, bool MayStore);

    /// <param name="Kind">md, docx or xlsx.</param>
    /// <param name="AddedAt">When a stored template was stored; null for one of the packs.</param>
    public sealed record ToldReport(string Report, Label Label, string Kind, string Language, string? Area, DateOnly? Day, string? AddedAt);

    public sealed record Told(IReadOnlyList<ToldReport> Reports);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/reports",
                IResult (ConsoleContext context) =>
                    AreaInView.Of(context) is null
                        ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
                        : new RazorComponentResult<Pages.ReportsPage>(new { Found = Handle(context) })
            )
            .Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/reports",
                (ConsoleContext context, HttpContext http) =>
                    Api.Answer(
                        http,
                        new Told([
                            .. Handle(context)
                                .Rows.Select(r => new ToldReport(
                                    r.Id,
                                    r.Label,
                                    KindOf(r.Template),
                                    r.IsEnglish ? "en" : "zh",
                                    r.Area,
                                    r.Day,
                                    r.Stored?.AddedAt
                                )),
                        ])
                    )
            )
            .OfApi<Told>(Permission.ViewFigures, "reports", "The reports that can be made for an area")
            .Asks(Api.Area);
    }

    /// <exception cref="NotInScope">The caller holds no area, or the address names one that is not the caller's.</exception>
    public static Result Handle(ConsoleContext context)
    {
        var area = AreaInView.Need(context);
        return new(
            area,
            [
                .. ReportPack
                    .Load(context.Installation.PackFolders)
                    .Values.Select(p => new Row(p.Id, p.Label, p.Template, p.IsEnglish, p.Area, p.Day, null)),
                .. Stored(context, area).Select(t => new Row(IdOf(t), new(t.Name, t.Name), $"{t.Name}.{t.Kind}", t.IsEnglish, null, null, t)),
            ],
            StoreTemplate.May(context, area)
        );
    }

    public static string IdOf(ReportTemplate template) => ReportTemplate.Prefix + template.Id.ToString(CultureInfo.InvariantCulture);

    // Templates in use, of the area or of one that holds it.
    private static IEnumerable<ReportTemplate> Stored(ConsoleContext context, AreaVersion area, string condition = "TRUE", object? values = null) =>
        context.Reader.Query<ReportTemplate>(
            $"""
            SELECT * FROM report_templates
            WHERE withdrawn_at IS NULL AND area_code IN ({string.Join(
                ", ",
                context.Tree.Line(area).Select(a => a.Code)
            )}) AND {condition} ORDER BY name, id
            """,
            values
        );

    /// <summary>A report of the packs, or a stored template, that serves an area.</summary>
    /// <exception cref="NotInScope">There is none, or it is of another place.</exception>
    public static ReportPack Need(ConsoleContext context, string id, AreaVersion area)
    {
        if (!id.StartsWith(ReportTemplate.Prefix, StringComparison.Ordinal))
            return ReportPack.Load(context.Installation.PackFolders).GetValueOrDefault(id) ?? throw new NotInScope();
        if (!long.TryParse(id.AsSpan(ReportTemplate.Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new NotInScope();
        return Stored(context, area, "id = @number", new { number }).FirstOrDefault() is { } template
            ? Of(context.Installation, template)
            : throw new NotInScope();
    }

    private static ReportPack Of(Installation installation, ReportTemplate template) =>
        ReportPack.Of(
            IdOf(template),
            $"{template.Name}.{template.Kind}",
            new FileStore(installation).Read(template.Hash),
            null,
            template.IsEnglish
        ) with
        {
            Label = new(template.Name, template.Name),
        };

    /// <summary>md, docx or xlsx.</summary>
    public static string KindOf(string template) => Path.GetExtension(template).TrimStart('.').ToLowerInvariant();
}
