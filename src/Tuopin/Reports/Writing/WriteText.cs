using System.Globalization;
using System.Text;
using Tuopin.Platform.Commands;

namespace Tuopin.Reports.Writing;

/// <summary>A report as plain text, or as Markdown.</summary>
public static class WriteText
{
    public static string Of(ComposedReport report, bool markdown = false)
    {
        var text = new StringBuilder();
        text.Append(markdown ? "# " : "").Append(report.Title).Append("\n\n");
        if (report.DocumentNumber is { } number)
            text.Append(number).Append("\n\n");
        foreach (var block in report.Blocks)
            Write(text, block, markdown, "");
        if (report.Issuer is { } issuer)
            text.Append(report.IsEnglish ? issuer.En : issuer.Zh)
                .Append('\n')
                .Append(ComposeReport.InWords(report.Moment.Day, report.IsEnglish))
                .Append('\n');
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>One block after the other, for readers of the text alone.</summary>
    private static void Write(StringBuilder text, ReportBlock block, bool markdown, string indent)
    {
        switch (block)
        {
            case ReportHeading head:
                text.Append(indent)
                    .Append(markdown ? new string('#', head.Level + 1) + " " : "")
                    .Append(head.Number)
                    .Append(Line(head.Text, markdown))
                    .Append("\n\n");
                break;
            case ReportParagraph paragraph:
                text.Append(indent).Append(Line(paragraph.Text, markdown).Replace("\n", "\n" + indent, StringComparison.Ordinal)).Append("\n\n");
                break;
            case ReportQuote quote:
                foreach (var inner in quote.Blocks)
                    Write(text, inner, markdown, indent + (markdown ? "> " : "    "));
                break;
            case ReportList list:
                foreach (var (item, i) in list.Items.Select((x, i) => (x, i)))
                {
                    var mark =
                        list.Ordered ? string.Create(CultureInfo.InvariantCulture, $"{list.First + i}. ")
                        : markdown ? "- "
                        : "· ";
                    var from = text.Length;
                    foreach (var inner in item)
                        Write(text, inner, markdown, indent + new string(' ', mark.Length));
                    // The mark stands where the first line is indented.
                    text.Remove(from + indent.Length, Math.Min(mark.Length, text.Length - from - indent.Length)).Insert(from + indent.Length, mark);
                }
                break;
            case ReportTable table:
                Write(text, table, markdown, indent);
                break;
            case ReportChart chart:
                text.Append(indent).Append(chart.Title).Append(chart.Unit.Length > 0 ? $" ({chart.Unit})" : "").Append('\n');
                var width = chart.Bars.Select(b => Columns.Width(b.Label)).DefaultIfEmpty(0).Max();
                foreach (var bar in chart.Bars)
                    text.Append(indent)
                        .Append(markdown ? "- " : "  ")
                        .Append(Columns.Pad(bar.Label, width))
                        .Append("  ")
                        .Append(bar.Text)
                        .Append('\n');
                text.Append('\n');
                break;
            case ReportPicture picture:
                text.Append(indent).Append('[').Append(picture.Caption).Append("]\n\n");
                break;
        }
    }

    private static void Write(StringBuilder text, ReportTable table, bool markdown, string indent)
    {
        if (table.Title is { } title)
            text.Append(indent).Append(title).Append(markdown ? "\n\n" : "\n");
        var rows = table.Rows.Select(r => r.Select(c => Line(c.Text, markdown).Replace("|", "\\|", StringComparison.Ordinal)).ToList()).ToList();
        var widths = Enumerable.Range(0, rows.Max(r => r.Count)).Select(i => rows.Max(r => i < r.Count ? Columns.Width(r[i]) : 0)).ToList();
        foreach (var (row, at) in rows.Select((r, i) => (r, i)))
        {
            var cells = row.Select(
                (c, i) => table.Rows[at][i].Numeric ? new string(' ', widths[i] - Columns.Width(c)) + c : Columns.Pad(c, widths[i])
            );
            text.Append(indent).Append(markdown ? $"| {string.Join(" | ", cells)} |" : string.Join("  ", cells).TrimEnd()).Append('\n');
            if (markdown && at == Math.Max(0, table.Heads - 1))
                text.Append(indent).Append('|').Append(string.Concat(widths.Select(w => new string('-', w + 2) + "|"))).Append('\n');
        }
        text.Append('\n');
    }

    private static string Line(IEnumerable<ReportInline> inlines, bool markdown) =>
        string.Concat(
            inlines.Select(i =>
                i switch
                {
                    TextRun { Bold: true } t when markdown => $"**{t.Text}**",
                    TextRun t => t.Text,
                    NumberRun n => n.Text,
                    LinkRun l => markdown ? $"[{l.Text}]({l.Address})" : l.Text,
                    _ => "\n",
                }
            )
        );
}
