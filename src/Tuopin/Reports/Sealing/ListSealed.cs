using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.Sealing;

/// <summary>Sealed reports of the area in view and beneath it, the latest first: <c>/reports/sealed</c>.</summary>
public static class ListSealed
{
    public const int PageSize = 50;

    public sealed record Row(SealedReport Report, long Numbers);

    /// <param name="Reports">What can be sealed; empty for whoever may not.</param>
    public sealed record Result(AreaVersion Area, IReadOnlyList<Row> Rows, string? Next, IReadOnlyList<ReportPack> Reports);

    public sealed record ToldRow(
        long Id,
        string Report,
        string Title,
        int Edition,
        string Area,
        string AreaName,
        DateOnly Day,
        string SealedAt,
        string SealedBy,
        long Numbers,
        string Hash
    );

    public sealed record Told(PickArea.Place Area, IReadOnlyList<ToldRow> Reports, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports/sealed", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/reports/sealed",
                (ConsoleContext context, HttpContext http, string? before) =>
                    Api.Answer(http, Tell(Handle(context, AreaInView.Need(context), before)))
            )
            .OfApi<Told>(Permission.ViewFigures, "sealedReports", "Sealed reports of an area and beneath it, the latest first")
            .Asks(Api.Area, ("before", "cursor: next of the last answer"));
    }

    private static IResult Show(ConsoleContext context, string? before) =>
        AreaInView.Of(context) is { } area
            ? new RazorComponentResult<Pages.SealedListPage>(new { Found = Handle(context, area, before) })
            : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();

    /// <summary>
    /// The condition that a sealed report (alias r) is the caller's to read: its area and those of all its numbers lie within the scope. A report is of all
    /// trades: a department's user reads none.
    /// </summary>
    public static string Within(ConsoleContext context)
    {
        if (context.Caller.FieldsOf(Permission.ViewFigures) is not null)
            return "1 = 0";
        var areas = context.Caller.Scope(Permission.ViewFigures).Areas;
        string Inside(string alias) =>
            areas.Count == 0
                ? "1 = 0"
                : "("
                    + string.Join(
                        " OR ",
                        areas.Select(a => string.Create(CultureInfo.InvariantCulture, $"{alias}.area_code BETWEEN {a.From} AND {a.To}"))
                    )
                    + ")";
        return $"({Inside("r")} AND NOT EXISTS (SELECT 1 FROM sealed_numbers n WHERE n.report_id = r.id AND NOT {Inside("n")}))";
    }

    public static Result Handle(ConsoleContext context, AreaVersion area, string? before)
    {
        var range = AreaTree.RangeOf(area);
        var (at, id) =
            before?.Split('_') is [var stamp, var last] && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
                ? (stamp, seen)
                : ("9", long.MaxValue);
        var rows = context
            .Reader.Query<SealedReport>(
                $"""
                SELECT r.* FROM sealed_reports r
                WHERE r.area_code BETWEEN {range.From} AND {range.To} AND {Within(context)} AND (r.sealed_at, r.id) < (@at, @id)
                ORDER BY r.sealed_at DESC, r.id DESC LIMIT {PageSize + 1}
                """,
                new { at, id }
            )
            .ToList();
        var page = rows.Take(PageSize).ToList();
        var counts =
            page.Count == 0
                ? []
                : context
                    .Reader.Query<(long Report, long Numbers)>(
                        $"SELECT report_id, count(*) FROM sealed_numbers WHERE report_id IN ({string.Join(", ", page.Select(r => r.Id))}) GROUP BY report_id"
                    )
                    .ToDictionary(c => c.Report, c => c.Numbers);
        return new(
            area,
            [.. page.Select(r => new Row(r, counts.GetValueOrDefault(r.Id)))],
            rows.Count > page.Count ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].SealedAt}_{page[^1].Id}") : null,
            context.Caller.May(Permission.SealReports) && context.Caller.Scope(Permission.SealReports).Covers(range)
                ? [.. ReportPack.Load(context.Installation.PackFolders).Values]
                : []
        );
    }

    private static Told Tell(Result found) => new(PickArea.Tell(found.Area), [.. found.Rows.Select(r => Tell(r.Report, r.Numbers))], found.Next);

    public static ToldRow Tell(SealedReport r, long numbers) =>
        new(
            r.Id,
            r.Report,
            r.Title,
            r.Edition,
            r.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            r.AreaName,
            DayNumber.ToDate(r.Day),
            r.SealedAt,
            r.SealedName,
            numbers,
            r.Hash
        );
}
