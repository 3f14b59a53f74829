using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Tuopin.Figures;
using Tuopin.Platform.Web;

namespace Tuopin.Reports.Writing;

/// <summary>A report as HTML: each number is a link to its figure and says, under the pointer, which figure it is, of where and when, and by which packs.</summary>
public static class WriteHtml
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    private const string Style = """
        :root { color-scheme: light; }
        body { font: 16pt/28.95pt "仿宋_GB2312", "FangSong_GB2312", "仿宋", FangSong, "Noto Serif CJK SC", "Songti SC", serif; color: #000; background: #fff; max-width: 156mm; margin: 2em auto; padding: 0 1em; overflow-wrap: break-word; }
        h1 { font: 22pt/36pt "方正小标宋简体", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", SimSun, serif; text-align: center; margin: 0 0 1em; }
        h2, h3, h4, h5 { font-size: 1em; margin: 0; text-indent: 2em; }
        h2 { font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; font-weight: normal; }
        h3 { font-family: "楷体_GB2312", "楷体", KaiTi, "Noto Serif CJK SC", serif; font-weight: normal; }
        :lang(zh) > p, :lang(zh) article p { text-indent: 2em; }
        p { margin: 0; text-align: justify; }
        .report-issued { text-align: right; margin-top: 2em; }
        .report-issued p, .report-doc-number, li p, blockquote p, td p { text-indent: 0 !important; }
        .report-doc-number { text-align: center; }
        a.report-number { color: inherit; text-decoration: none; border-bottom: 1px dotted #888; }
        a.report-missing { background: #ffe9a8; }
        .report-table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 12pt; line-height: 1.5; margin: .5em 0; }
        caption { font-weight: bold; padding: .3em; }
        th, td { border: 1px solid #000; padding: .1em .4em; text-align: left; }
        thead th { background: #f2f2f2; font-weight: bold; text-align: center; }
        th[scope=row] { font-weight: normal; min-width: 5em; }
        td.num { text-align: right; white-space: nowrap; }
        figure { margin: .5em 0; }
        figure img, figure svg { max-width: 100%; }
        .report-bar { fill: #31639c; }
        .report-foot { font: 9pt/1.5 sans-serif; color: #444; border-top: 1px solid #999; margin-top: 3em; }
        .report-page-break { break-after: page; border: 0; }
        @page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 14pt SimSun, "Noto Serif CJK SC", serif; } }
        @media print { body { max-width: none; margin: 0; padding: 0; } a.report-number { border: 0; } .report-table { overflow: visible; } thead { display: table-header-group; } tr, figure { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } }
        """;

    /// <summary>A whole page that needs nothing else: no script, no font, no address of ours but those of its numbers.</summary>
    /// <param name="address">Where figures are opened, as https://tuopin.example; empty for addresses without a host.</param>
    public static string Page(ComposedReport report, string address = "")
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"").Append(report.IsEnglish ? "en" : "zh-CN").Append("\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n");
        html.Append("<title>")
            .Append(Text(report.Title))
            .Append("</title>\n<style>\n")
            .Append(Style)
            .Append("\n</style>\n</head>\n<body>\n<article>\n");
        html.Append("<h1>").Append(Text(report.Title)).Append("</h1>\n");
        html.Append(Body(report, address))
            .Append("</article>\n<footer class=\"report-foot\">")
            .Append(Text(Foot(report)))
            .Append("</footer>\n</body>\n</html>\n");
        return html.ToString();
    }

    /// <summary>What stands under the title, as a part of another page.</summary>
    public static string Body(ComposedReport report, string address = "")
    {
        var html = new StringBuilder();
        if (report.DocumentNumber is { } number)
            html.Append("<p class=\"report-doc-number\">").Append(Text(number)).Append("</p>\n");
        foreach (var block in report.Blocks)
            Write(html, report, block, address);
        if (report.Issuer is { } issuer)
            html.Append("<div class=\"report-issued\"><p>")
                .Append(Text(report.IsEnglish ? issuer.En : issuer.Zh))
                .Append("</p><p>")
                .Append(Text(ComposeReport.InWords(report.Moment.Day, report.IsEnglish)))
                .Append("</p></div>\n");
        return html.ToString();
    }

    /// <summary>Where the number of a report is opened, as it was asked for.</summary>
    public static string AddressOf(ComposedReport report, ReportNumber number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/figures/{number.Figure.Id}?area={PickArea.Code(number.Area)}{ShowFigure.At(number.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), report.KnownAt)}"
        );

    /// <summary>Which figure a number is, of where and when, and by which packs.</summary>
    public static string TitleOf(ComposedReport report, ReportNumber number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.IsEnglish ? number.Figure.Label.En : number.Figure.Label.Zh)} · {number.Area.Name} · {number.Day:yyyy-MM-dd}{(report.KnownAt is { } known ? $" ({known})" : "")} · {report.PackHash[..12]}"
        );

    /// <summary>The moment and the versions the report stands on.</summary>
    public static string Foot(ComposedReport report) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.IsEnglish ? "As of" : "数据截至")} {report.Moment.Day:yyyy-MM-dd}{(report.KnownAt is { } known ? $"{(report.IsEnglish ? ", as known at " : "，按已知时刻 ")}{known}" : "")} · {(report.IsEnglish ? "template" : "模板")} {report.TemplateHash[..12]} · {(report.IsEnglish ? "packs" : "规则包")} {report.PackHash[..12]}"
        );

    private static string Text(string text) => Encoder.Encode(text);

    private static void Write(StringBuilder html, ComposedReport report, ReportBlock block, string address)
    {
        switch (block)
        {
            case ReportHeading head:
                var tag = string.Create(CultureInfo.InvariantCulture, $"h{Math.Min(head.Level + 1, 6)}");
                html.Append('<').Append(tag).Append('>').Append(Text(head.Number));
                Write(html, report, head.Text, address);
                html.Append("</").Append(tag).Append(">\n");
                break;
            case ReportParagraph paragraph:
                html.Append("<p>");
                Write(html, report, paragraph.Text, address);
                html.Append("</p>\n");
                break;
            case ReportQuote quote:
                html.Append("<blockquote>\n");
                foreach (var inner in quote.Blocks)
                    Write(html, report, inner, address);
                html.Append("</blockquote>\n");
                break;
            case ReportList list:
                html.Append(list.Ordered ? string.Create(CultureInfo.InvariantCulture, $"<ol start=\"{list.First}\">\n") : "<ul>\n");
                foreach (var item in list.Items)
                {
                    html.Append("<li>");
                    foreach (var inner in item)
                        Write(html, report, inner, address);
                    html.Append("</li>\n");
                }
                html.Append(list.Ordered ? "</ol>\n" : "</ul>\n");
                break;
            case ReportTable table:
                Write(html, report, table, address);
                break;
            case ReportChart chart:
                Write(html, report, chart, address);
                break;
            case ReportPicture picture:
                html.Append("<figure><img alt=\"")
                    .Append(Text(picture.Caption))
                    .Append("\" src=\"data:")
                    .Append(picture.Media)
                    .Append(";base64,")
                    .Append(Convert.ToBase64String(picture.Bytes))
                    .Append("\"><figcaption>")
                    .Append(Text(picture.Caption))
                    .Append("</figcaption></figure>\n");
                break;
            case ReportPageBreak:
                html.Append("<hr class=\"report-page-break\">\n");
                break;
        }
    }

    private static void Write(StringBuilder html, ComposedReport report, IEnumerable<ReportInline> inlines, string address)
    {
        foreach (var inline in inlines)
            switch (inline)
            {
                case TextRun t:
                    Write(html, Text(t.Text), t.Bold, t.Italic);
                    break;
                case NumberRun n:
                    Write(html, Link(report, report.Number(n.Key), n.Text, address), n.Bold, n.Italic);
                    break;
                case LinkRun l:
                    html.Append("<a href=\"").Append(Text(l.Address)).Append("\" rel=\"noreferrer\">").Append(Text(l.Text)).Append("</a>");
                    break;
                case LineBreakRun:
                    html.Append("<br>");
                    break;
            }
    }

    private static void Write(StringBuilder html, string text, bool bold, bool italic) =>
        html.Append(bold ? "<strong>" : "").Append(italic ? "<em>" : "").Append(text).Append(italic ? "</em>" : "").Append(bold ? "</strong>" : "");

    private static string Link(ComposedReport report, ReportNumber number, string text, string address) =>
        $"<a class=\"report-number{(number.Value.IsKnown ? "" : " report-missing")}\" data-key=\"{number.Key.ToString(CultureInfo.InvariantCulture)}\" href=\"{Text(address + AddressOf(report, number))}\" title=\"{Text(TitleOf(report, number))}\">{Text(text)}</a>";

    private static void Write(StringBuilder html, ComposedReport report, ReportTable table, string address)
    {
        html.Append("<div class=\"report-table\"><table class=\"table\">\n");
        if (table.Title is { } title)
            html.Append("<caption>").Append(Text(title)).Append("</caption>\n");
        foreach (var (row, at) in table.Rows.Select((r, i) => (r, i)))
        {
            var head = at < table.Heads;
            html.Append(
                head && at == 0 ? "<thead>"
                : at == table.Heads ? "<tbody>"
                : ""
            );
            html.Append("<tr>");
            foreach (var (cell, column) in row.Select((c, i) => (c, i)))
            {
                var (tag, scope) =
                    head ? ("th", " scope=\"col\"")
                    : column == 0 ? ("th", " scope=\"row\"")
                    : ("td", "");
                var number =
                    cell.Numeric
                    || head && table.Rows.Count > table.Heads && column < table.Rows[table.Heads].Count && table.Rows[table.Heads][column].Numeric;
                html.Append('<').Append(tag).Append(scope).Append(number ? " class=\"num\"" : "").Append('>');
                Write(html, report, cell.Text, address);
                html.Append("</").Append(tag).Append('>');
            }
            html.Append("</tr>\n");
            html.Append(head && at == table.Heads - 1 ? "</thead>\n" : "");
        }
        html.Append(table.Rows.Count > table.Heads ? "</tbody>" : "").Append("</table></div>\n");
    }

    // Bars to the right of their names; a negative one has no length and its number says so.
    private static void Write(StringBuilder html, ComposedReport report, ReportChart chart, string address)
    {
        const int Names = 150,
            Bars = 330,
            High = 26;
        var most = chart.Bars.Select(b => b.Value ?? 0).DefaultIfEmpty(0).Max();
        var title =
            chart.Unit.Length == 0 ? chart.Title
            : report.IsEnglish ? $"{chart.Title} ({chart.Unit})"
            : $"{chart.Title}（{chart.Unit}）";
        html.Append("<figure class=\"report-chart\"><figcaption>").Append(Text(title)).Append("</figcaption>");
        html.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<svg viewBox=\"0 0 600 {chart.Bars.Count * High + 4}\" width=\"600\" role=\"group\" aria-label=\"{Text(title)}\" font-size=\"14\">"
            )
        );
        foreach (var (bar, i) in chart.Bars.Select((b, i) => (b, i)))
        {
            var length = most > 0 && bar.Value > 0 ? (int)(bar.Value.Value / most * Bars) : 0;
            var number = report.Number(bar.Key);
            html.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<text x=\"{Names - 8}\" y=\"{i * High + 18}\" text-anchor=\"end\" fill=\"currentColor\">{Text(bar.Label)}</text><rect class=\"report-bar\" fill=\"#31639c\" x=\"{Names}\" y=\"{i * High + 4}\" width=\"{Math.Max(length, bar.Value is null ? 0 : 1)}\" height=\"{High - 8}\"/><a href=\"{Text(address + AddressOf(report, number))}\"><title>{Text(TitleOf(report, number))}</title><text x=\"{Names + length + 6}\" y=\"{i * High + 18}\" fill=\"currentColor\">{Text(bar.Text)}</text></a>"
                )
            );
        }
        html.Append("</svg></figure>\n");
    }
}
