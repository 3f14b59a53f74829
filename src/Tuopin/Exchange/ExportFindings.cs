using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.Features;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Quality;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// <c>/checks/findings.xlsx</c>: the list of findings as a workbook, all pages of what the page shows; with <c>show=exempt</c> it is the list of exemptions
/// (豁免清单). The audit is written before the first byte goes out.
/// </summary>
public static class ExportFindings
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/checks/findings.xlsx", Send).Needs(Permission.ExportLists);

    private static async Task Send(ConsoleContext context, HttpContext http, string? check, string? show, string? kind, long? household)
    {
        // Whoever sees no findings has none to take away.
        if (!context.Caller.May(Permission.ViewFindings))
            throw new NotInScope();
        var area = context.Area(Permission.ViewFindings);
        var filter = new ListFindings.Filter(check, Api.Word(show, ListFindings.Shows), Api.Word(kind, ListFindings.Kinds), household);
        Require(context, area, filter);
        Record(context, area, filter);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=findings-{PickArea.Code(area)}-{context.WorkDate:yyyyMMdd}.xlsx";
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        Write(http.Response.Body, context, AreaTree.RangeOf(area), filter);
        await http.Response.CompleteAsync();
    }

    // What was asked stands in the audit, which others read: a check there is, a household of the caller's own.
    private static void Require(ConsoleContext context, AreaVersion area, ListFindings.Filter filter)
    {
        if (!string.IsNullOrEmpty(filter.Check) && context.Installation.Packs.Checks.All(c => c.Id != filter.Check))
            throw new BadHttpRequestException("no such check");
        if (
            filter.Household is { } household
            && context.Reader.QuerySingle<long>(
                $"SELECT count(*) FROM household_list l WHERE l.household_id = @household AND {context.Caller.Scope(Permission.ViewFindings).Households("l", AreaTree.RangeOf(area), context.Day)}",
                new { household }
            ) == 0
        )
            throw new NotInScope();
    }

    private static void Record(ConsoleContext context, AreaVersion area, ListFindings.Filter filter)
    {
        var installation = context.Installation;
        AuditLog.Append(installation, "finding.export", filter.Address(PickArea.Code(area)));
    }

    private static void Write(Stream stream, ConsoleContext context, AreaRange area, ListFindings.Filter filter)
    {
        var L = context.L;
        string Day(int? number) => number is { } day ? DayText.Of(DayNumber.ToDate(day)) : "";
        using var sheet = new XlsxSheetWriter(stream, L["核查问题", "findings"]);
        string[] titles =
        [
            L["规则", "check"],
            L["类别", "kind"],
            L["对象", "subject"],
            L["户编号或区划代码", "household or area"],
            L["地区", "area"],
            L["证据值", "value found"],
            L["状态", "state"],
            L["发现日期", "found on"],
            L["期限", "deadline"],
            L["核实人", "verified by"],
            L["核实日期", "verified on"],
            L["原因", "reason"],
            L["处理", "result"],
            L["豁免至", "exempt until"],
            L["确认人", "confirmed by"],
            L["规则编号", "check id"],
        ];
        sheet.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);
        foreach (var row in ListFindings.All(ListFindings.Reading.Of(context), area, filter))
        {
            var f = row.Held;
            sheet.WriteRow([
                L[row.Title],
                f.Hard ? L["错误", "error"] : L["疑似", "suspect"],
                row.Name,
                row.Number,
                row.Place is { } place ? context.Tree.Path(place) : f.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                Quality.Findings.Shown(row.Check, f.Evidence, L),
                L[Quality.Findings.Words(row.Standing)],
                Day(f.RaisedDay),
                Day(f.Deadline),
                f.AnsweredName ?? "",
                Day(f.AnsweredDay),
                f.Reason ?? "",
                f.Result is { } result ? L[Quality.Findings.Words((FindingResult)result)] : "",
                Day(f.LastDay),
                f.ConfirmedName ?? "",
                f.CheckId,
            ]);
        }
    }
}
