using System.Globalization;
using Tuopin.Exchange;

namespace Tuopin.Reports.Writing;

/// <summary>The tables of a report as a workbook, a sheet for each, and a last sheet that says which figure every number of the report is.</summary>
public static class WriteWorkbook
{
    public static byte[] Of(ComposedReport report)
    {
        var tables = All(report.Blocks).ToList();
        var names = new List<string>();
        foreach (var (table, at) in tables.Select((t, i) => (t, i)))
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"{(report.IsEnglish ? "Table " : "表")}{at + 1}");
            names.Add(table.Title is { } title ? $"{prefix} {title}" : prefix);
        }
        using var file = new MemoryStream();
        using (var sheet = new XlsxSheetWriter(file, [.. names, report.IsEnglish ? "Notes" : "数据说明"]))
        {
            foreach (var table in tables)
            {
                foreach (var (row, at) in table.Rows.Select((r, i) => (r, i)))
                    sheet.WriteRow([.. row.Select(c => Cell(c, at < table.Heads))]);
                sheet.NextSheet();
            }
            Notes(sheet, report);
        }
        return file.ToArray();
    }

    private static void Notes(XlsxSheetWriter sheet, ComposedReport report)
    {
        string[] heads = report.IsEnglish
            ? ["No.", "Printed", "Figure", "Name", "Area code", "Area", "Day", "Packs"]
            : ["序号", "文中数", "指标", "标识", "区划代码", "地区", "日期", "规则包"];
        sheet.WriteRow([.. heads.Select(h => new OutCell(h, CellLook.Title))]);
        foreach (var number in report.Numbers)
            sheet.WriteRow([
                new OutCell(number.Key.ToString(CultureInfo.InvariantCulture), CellLook.Number),
                number.Text,
                report.IsEnglish ? number.Figure.Label.En : number.Figure.Label.Zh,
                number.Figure.Id,
                number.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
                number.Area.Name,
                number.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                report.PackHash[..12],
            ]);
    }

    private static OutCell Cell(ReportCell cell, bool head)
    {
        var text = ReportTextBuilder.Plain(cell.Text);
        return head ? new(text, CellLook.Title)
            : cell.Numeric && PlainDigits(text) is { } digits ? new(digits, CellLook.Number)
            : new(text);
    }

    /// <summary>A printed number as a workbook holds it; null for what is no number.</summary>
    internal static string? PlainDigits(string text) =>
        decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture,
            out _
        )
            ? text.Replace(",", "", StringComparison.Ordinal)
            : null;

    /// <summary>All tables, also those of charts and within lists, in reading order.</summary>
    private static IEnumerable<ReportTable> All(IEnumerable<ReportBlock> blocks) =>
        blocks.SelectMany(b =>
            b switch
            {
                ReportTable table => [table],
                ReportQuote quote => All(quote.Blocks),
                ReportList list => list.Items.SelectMany(All),
                ReportChart chart =>
                [
                    new(
                        chart.Title,
                        0,
                        [
                            .. chart.Bars.Select(c =>
                                (IReadOnlyList<ReportCell>)[ReportCell.Of(c.Label), new ReportCell([new NumberRun(c.Key, c.Text)], Numeric: true)]
                            ),
                        ]
                    ),
                ],
                _ => Enumerable.Empty<ReportTable>(),
            }
        );
}
