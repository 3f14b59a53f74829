using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rounds;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// The account of a round as a workbook: the sums by status and by outcome, how far each place is, and every household with its status at the opening, its
/// outcome and what the registry says. No numbers of people. The audit is written before the first byte goes out.
/// </summary>
public static class ExportRound
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/rounds/{round:long}/account.xlsx", Send).Needs(Permission.ExportLists);

    private static async Task Send(ConsoleContext context, HttpContext http, long round)
    {
        // Whoever takes a list away may also read it.
        if (!context.Caller.May(Permission.ViewLists))
            throw new NotInScope();
        var found = ShowRound.Handle(context, round, null, null);
        var ranges = context
            .Caller.Scope(Permission.ViewLists)
            .Within(AreaTree.RangeOf(found.Area))
            .SelectMany(r => context.Caller.Scope(Permission.ExportLists).Within(r))
            .ToList();
        Record(context.Installation, found);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=round-{round}-{PickArea.Code(found.Area)}-{context.WorkDate:yyyyMMdd}.xlsx";
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        Write(http.Response.Body, context, found, ranges);
        await http.Response.CompleteAsync();
    }

    private static void Record(Installation installation, ShowRound.Result found) =>
        AuditLog.Append(
            installation,
            "round.export",
            string.Create(CultureInfo.InvariantCulture, $"round {found.Round.Row.Id} of {found.Area.Code:D12}"),
            new("round", found.Round.Row.Id)
        );

    private static void Write(Stream stream, ConsoleContext context, ShowRound.Result found, IReadOnlyList<AreaRange> ranges)
    {
        var L = context.L;
        var names = new List<string> { L["对账", "account"] };
        if (found.Places.Count > 0)
            names.Add(L["各地进度", "by place"]);
        names.Add(L["逐户", "households"]);
        using var sheet = new XlsxSheetWriter(stream, [.. names]);
        WriteAccount(sheet, L, found);
        sheet.NextSheet();
        if (found.Places.Count > 0)
        {
            WritePlaces(sheet, L, found);
            sheet.NextSheet();
        }
        WriteHouseholds(sheet, context, found, ranges);
    }

    private static void WriteAccount(SheetWriter sheet, Language L, ShowRound.Result found)
    {
        var (row, pack, report) = (found.Round.Row, found.Round.Pack, found.Report);
        Titles(
            sheet,
            L["轮次", "round"],
            L["年度", "year"],
            L["地区", "area"],
            L["冻结名单", "list frozen on"],
            L["结束", "closed on"],
            L["口径", "status"]
        );
        sheet.WriteRow([
            L[pack.Title],
            Number(row.Year),
            $"{found.Area.Name} {PickArea.Code(found.Area)}",
            Day(row.OpenedDay),
            row.ClosedDay is { } closed ? Day(closed) : L["未结束", "open"],
            pack.Status == PackStatus.Working ? L["试行", "working"] : L["正式", "official"],
        ]);
        sheet.WriteRow([]);
        Titles(
            sheet,
            L["期初", "opening"],
            L["新纳入", "taken in"],
            L["退出登记", "left"],
            L["期末", "closing"],
            L["登记在册", "in the registry"],
            L["没有结果", "without outcome"],
            L["与登记不符", "differing"]
        );
        sheet.WriteRow([
            Number(report.Opening),
            Number(report.TakenIn),
            Number(report.Left),
            Number(report.Closing),
            Number(report.Registry),
            Number(report.Undecided),
            Number(report.Differing),
        ]);
        sheet.WriteRow([]);
        Titles(sheet, L["户身份", "status"], L["期初", "opening"], L["按记录期末", "closing as recorded"], L["登记期末", "closing in the registry"]);
        foreach (var s in report.Statuses)
            sheet.WriteRow([L[s.Kind.Label], Number(s.Opening), Number(s.Recorded), Number(s.Registry)]);
        sheet.WriteRow([]);
        Titles(sheet, L["结果", "outcome"], L["户", "households"]);
        foreach (var line in report.Lines)
            sheet.WriteRow([L[line.Outcome.Title], Number(line.Households)]);
    }

    private static void WritePlaces(SheetWriter sheet, Language L, ShowRound.Result found)
    {
        Titles(sheet, L["区划代码", "area code"], L["地区", "area"], L["户", "households"], L["未记录", "open"]);
        foreach (var p in found.Places)
            sheet.WriteRow([PickArea.Code(p.Area), p.Area.Name, Number(p.Households), Number(p.Open)]);
    }

    private static void WriteHouseholds(SheetWriter sheet, ConsoleContext context, ShowRound.Result found, IReadOnlyList<AreaRange> ranges)
    {
        var (L, pack) = (context.L, found.Round.Pack);
        var kinds = context.Installation.Packs.Dictionary.CodeLists["status_kind"];
        string Kind(int? kind) => kind is { } k && kinds.Find(k) is { } entry ? L[entry.Label] : L["无", "none"];
        Titles(
            sheet,
            L["区划代码", "area code"],
            L["地区", "area"],
            L["户编号", "number"],
            L["户主", "head"],
            L["期初", "opening"],
            L["结果", "outcome"],
            L["原因", "why"],
            L["按记录期末", "closing as recorded"],
            L["登记期末", "closing in the registry"],
            L["与登记", "against the registry"]
        );
        foreach (var n in ShowRound.All(context, found.Round, ranges))
        {
            var expected = RoundReport.Expected(pack, kinds, n.Opening, n.Outcome);
            sheet.WriteRow([
                n.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                context.Tree.ByCode(n.AreaCode)?.Name,
                n.Number,
                n.Head,
                n.Opening is null ? L["新纳入", "taken in"] : Kind(n.Opening),
                pack.Outcome(n.Outcome) is { } outcome ? L[outcome.Title] : L["未记录", "open"],
                n.Reason,
                Kind(expected),
                Kind(n.Registry),
                expected == n.Registry ? L["相符", "agrees"] : L["不符", "differs"],
            ]);
        }
    }

    private static void Titles(SheetWriter sheet, params IEnumerable<string> titles) =>
        sheet.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);

    private static string Day(int day) => DayText.Of(DayNumber.ToDate(day));

    private static OutCell Number(long number) => new(number.ToString(CultureInfo.InvariantCulture), CellLook.Number);
}
