using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;

namespace Tuopin.Exchange;

/// <summary>The subjects a figure counts as a workbook, numbers of people never in it. The audit is written before the first byte goes out.</summary>
public static class ExportFigure
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/figures/{figure}/names.xlsx", Send).Needs(Permission.ExportLists);

    private static async Task Send(ConsoleContext context, HttpContext http, string figure, string? which, string? asOf, string? knownAt)
    {
        if (!context.Caller.May(Permission.ViewHouseholds))
            throw new NotInScope();
        var (asked, area, moment, unknown) = NameSubjects.Asked(context, figure, which, asOf, knownAt);
        Record(context.Installation, asked, area, moment, unknown);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename={asked.Id}-{PickArea.Code(area)}-{moment.Day:yyyyMMdd}.xlsx";
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        Write(http.Response.Body, context, asked, NameSubjects.Stream(context, asked, area, moment, unknown));
        await http.Response.CompleteAsync();
    }

    private static void Record(Installation installation, Figure figure, AreaVersion area, FigureMoment moment, bool unknown)
    {
        AuditLog.Append(
            installation,
            "figures.export-names",
            string.Create(CultureInfo.InvariantCulture, $"{figure.Id} {area.Code} {moment.Day:yyyy-MM-dd} {(unknown ? "unknown" : "counted")}")
        );
    }

    private static void Write(Stream stream, ConsoleContext context, Figure figure, IEnumerable<NameSubjects.Row> rows)
    {
        var L = context.L;
        using var sheet = new XlsxSheetWriter(stream, L[figure.Label]);
        var unit = L[figure.Unit.Shown];
        sheet.WriteRow([
            .. new[]
            {
                L["区划代码", "area code"],
                L["地区", "area"],
                L["户编号", "number"],
                L["名称", "name"],
                unit.Length == 0 ? L["数值", "value"] : unit,
            }.Select(t => new OutCell(t, CellLook.Title)),
        ]);
        foreach (var row in rows)
            sheet.WriteRow([
                row.Code,
                row.Village?.Name,
                row.Number,
                row.Name,
                row.Amount is { } amount ? new OutCell(FigureText.Of(figure, amount), CellLook.Number) : L["不明", "unknown"],
            ]);
    }
}
