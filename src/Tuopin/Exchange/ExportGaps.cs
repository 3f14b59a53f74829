using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// The gap matrix as a workbook: a line for each area and indicator, then the units that help where an indicator is chosen, and the gaps of the places
/// themselves: all lines of what the page shows, counts only, no names of people. The audit is written before the first byte goes out.
/// </summary>
public static class ExportGaps
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/gaps.xlsx", Send).Needs(Permission.ExportLists);

    private static async Task Send(
        ConsoleContext context,
        HttpContext http,
        string? result,
        string? who,
        string? indicator,
        string? asOf,
        string? knownAt
    )
    {
        var then = AreaMoment.Need(context, asOf, knownAt);
        var standing = ViewGaps.StandingOf(who);
        var asked = ViewGaps.Handle(context, then, result == "unknown", standing, indicator);
        var other = ViewGaps.Handle(context, then, !asked.Unknown, standing, null);
        Record(context.Installation, asked, then.Date);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=gaps-{PickArea.Code(then.Area)}-{then.Date:yyyyMMdd}.xlsx";
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        Write(http.Response.Body, context, asked, other);
        await http.Response.CompleteAsync();
    }

    private static void Record(Installation installation, ViewGaps.Result asked, DateOnly day)
    {
        var what = string.Join(
            ' ',
            new[]
            {
                asked.Unknown ? "unknown" : null,
                asked.Standing?.ToString().ToLowerInvariant(),
                asked.Chosen is { } chosen ? $"{chosen.Standard.Id}/{chosen.Indicator.Id}" : null,
            }.OfType<string>()
        );
        AuditLog.Append(
            installation,
            "figures.export-gaps",
            string.Create(CultureInfo.InvariantCulture, $"{asked.Area.Code} {day:yyyy-MM-dd} {what}").TrimEnd()
        );
    }

    private static void Write(Stream stream, ConsoleContext context, ViewGaps.Result asked, ViewGaps.Result other)
    {
        var L = context.L;
        var names = new List<string> { L["短板", "gaps"] };
        if (asked.Chosen is { } chosen)
            names.Add(L[$"帮扶单位 {chosen.Indicator.Title.Zh}", $"units {chosen.Indicator.Title.En}"]);
        if (asked.PlacesAsked.Count > 0)
            names.Add(L["地区自身", "places"]);
        using var sheet = new XlsxSheetWriter(stream, [.. names]);
        var (unmet, unknown) = asked.Unknown ? (other, asked) : (asked, other);
        WriteMatrix(sheet, context, unmet, unknown);
        if (asked.Chosen is not null)
        {
            sheet.NextSheet();
            WriteUnits(sheet, context, asked);
        }
        if (asked.PlacesAsked.Count > 0)
        {
            sheet.NextSheet();
            WritePlaces(sheet, context, asked);
        }
    }

    private static void WriteMatrix(SheetWriter sheet, ConsoleContext context, ViewGaps.Result unmet, ViewGaps.Result unknown)
    {
        var L = context.L;
        var who = unmet.Standing is { } standing ? L[HouseholdFilters.NameOf(standing)] : L["全部", "all"];
        Titles(
            sheet,
            L["区划代码", "area code"],
            L["地区", "area"],
            L["标准", "standard"],
            L["口径", "status"],
            L["指标", "indicator"],
            L["责任部门", "department"],
            L["未达标户数", "unmet households"],
            L["未达标人数", "unmet persons"],
            L["不明户数", "unknown households"],
            L["不明人数", "unknown persons"],
            L["判定户数", "judged households"],
            L["未达标中人工认定户数", "unmet by overrule"],
            L["人工认定达标户数（不在未达标中）", "met by overrule (not among the unmet)"],
            L["农户", "households"]
        );
        foreach (var (row, other) in unmet.Rows.Append(unmet.Total).Zip(unknown.Rows.Append(unknown.Total)))
            for (var i = 0; i < unmet.Columns.Count; i++)
            {
                if (row.Cells[i] is not { } gap || other.Cells[i] is not { } open)
                    continue;
                var (standard, indicator) = (unmet.Columns[i].Standard, unmet.Columns[i].Indicator);
                sheet.WriteRow([
                    PickArea.Code(row.Place),
                    row.Place.Name,
                    L[standard.Title],
                    Status(context, standard),
                    L[indicator.Title],
                    Department(context, indicator),
                    Number(gap.Gap.Households),
                    Number(gap.Gap.Persons),
                    Number(open.Gap.Households),
                    Number(open.Gap.Persons),
                    Number(gap.Of),
                    Number(gap.OverruledUnmet.Households),
                    Number(gap.OverruledMet.Households),
                    who,
                ]);
            }
    }

    private static void WriteUnits(SheetWriter sheet, ConsoleContext context, ViewGaps.Result asked)
    {
        var L = context.L;
        var result = asked.Unknown ? L["不明", "unknown"] : L["未达标", "unmet"];
        Titles(sheet, L["帮扶单位", "helping unit"], L["指标", "indicator"], L["结果", "result"], L["户数", "households"], L["人数", "persons"]);
        foreach (var unit in asked.Units)
            sheet.WriteRow([
                unit.Unit ?? L["没有帮扶单位", "no unit"],
                L[asked.Chosen!.Indicator.Title],
                result,
                Number(unit.Households),
                Number(unit.Persons),
            ]);
    }

    private static void WritePlaces(SheetWriter sheet, ConsoleContext context, ViewGaps.Result asked)
    {
        var L = context.L;
        Titles(
            sheet,
            L["区划代码", "area code"],
            L["地区", "area"],
            L["标准", "standard"],
            L["口径", "status"],
            L["指标", "indicator"],
            L["责任部门", "department"],
            L["结果", "result"]
        );
        foreach (var place in asked.PlacesAsked)
        foreach (
            var (indicator, result) in place
                .Unmet.Select(i => (i, place.OverruledUnmet.Contains(i) ? L["未达标（人工认定）", "unmet (overruled)"] : L["未达标", "unmet"]))
                .Concat(place.Unknown.Select(i => (i, L["不明", "unknown"])))
                .Concat(place.OverruledMet.Select(i => (i, L["达标（人工认定）", "met (overruled)"])))
        )
            sheet.WriteRow([
                PickArea.Code(place.Place),
                place.Place.Name,
                L[place.Standard.Title],
                Status(context, place.Standard),
                L[indicator.Title],
                Department(context, indicator),
                result,
            ]);
    }

    private static void Titles(SheetWriter sheet, params IEnumerable<string> titles) =>
        sheet.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);

    private static string Status(ConsoleContext context, Standard standard) =>
        standard.Status == PackStatus.Working ? context.L["试行", "working"] : context.L["正式", "official"];

    private static string Department(ConsoleContext context, Indicator indicator) =>
        context.Installation.Packs.Dictionary.CodeLists.GetValueOrDefault("department")?.Find(indicator.Department) is { } department
            ? context.L[department.Label]
            : indicator.Department;

    private static OutCell Number(long number) => new(number.ToString(CultureInfo.InvariantCulture), CellLook.Number);
}
