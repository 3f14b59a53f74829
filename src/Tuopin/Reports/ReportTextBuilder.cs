using System.Globalization;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Tuopin.Numbers;
using Tuopin.Platform.Areas;
using Tuopin.Reports.Template;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports;

/// <summary>Makes the text of a report from a template and the values it named.</summary>
public sealed class ReportTextBuilder(MarkdownTemplate template, ReportValues values, bool english, ReadNames? names)
{
    private readonly int[] counts = new int[7];

    private string Say(string chinese, string other) => english ? other : chinese;

    /// <summary>The title (the template's first heading of the first level, or null) and what stands beneath it.</summary>
    public (string? Title, IReadOnlyList<ReportBlock> Blocks) Build()
    {
        string? title = null;
        var blocks = new List<ReportBlock>();
        foreach (var block in template.Text)
            if (block is HeadingBlock { Level: 1 } head && title is null)
                title = Plain(Inlines(head.Inline));
            else
                blocks.AddRange(Of(block));
        return (title, blocks);
    }

    /// <summary>Inlines as plain text.</summary>
    public static string Plain(IEnumerable<ReportInline> inlines) =>
        string.Concat(
            inlines.Select(i =>
                i switch
                {
                    TextRun t => t.Text,
                    NumberRun n => n.Text,
                    LinkRun l => l.Text,
                    _ => " ",
                }
            )
        );

    private IEnumerable<ReportBlock> Of(Block block)
    {
        switch (block)
        {
            case HeadingBlock head:
                // The title is the first level: what stands beneath begins with the second.
                var level = Math.Max(1, head.Level - 1);
                yield return new ReportHeading(level, template.IsNumbered ? "" : NumberOf(level), Inlines(head.Inline));
                break;
            case ParagraphBlock paragraph:
                var inlines = Inlines(paragraph.Inline);
                if (inlines.Any(i => i is not (TextRun { Text: " " } or LineBreakRun)))
                    yield return new ReportParagraph(inlines);
                foreach (var picture in paragraph.Inline?.Descendants<LinkInline>().Where(l => l.IsImage) ?? [])
                    if (template.Pictures.GetValueOrDefault(picture.Url ?? "") is { } content)
                        yield return new ReportPicture(content.Bytes, content.Media, MarkdownTemplate.PlainText(picture));
                break;
            case QuoteBlock quote:
                yield return new ReportQuote([.. quote.SelectMany(Of)]);
                break;
            case ListBlock list:
                yield return new ReportList(
                    list.IsOrdered,
                    int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 1,
                    [.. list.OfType<ListItemBlock>().Select(i => (IReadOnlyList<ReportBlock>)[.. i.SelectMany(Of)])]
                );
                break;
            case Table table:
                yield return Written(table);
                break;
            case ThematicBreakBlock:
                yield return new ReportPageBreak();
                break;
            case FencedCodeBlock fence:
                foreach (var made in Asked(template.Blocks[fence]))
                    yield return made;
                break;
            case CodeBlock code:
                yield return new ReportParagraph([new TextRun(code.Lines.ToString())]);
                break;
        }
    }

    // 一、（一）1. （1）, as GB/T 9704 has them; in English 1, 1.1, 1.1.1.
    private string NumberOf(int level)
    {
        counts[level]++;
        Array.Clear(counts, level + 1, counts.Length - level - 1);
        if (english)
            return string.Join('.', counts.Skip(1).Take(level).Select(c => c.ToString(CultureInfo.InvariantCulture))) + (level == 1 ? ". " : " ");
        return level switch
        {
            1 => ChineseNumerals.Write(counts[1]) + "、",
            2 => $"（{ChineseNumerals.Write(counts[2])}）",
            3 => string.Create(CultureInfo.InvariantCulture, $"{counts[3]}."),
            _ => string.Create(CultureInfo.InvariantCulture, $"（{counts[level]}）"),
        };
    }

    private List<ReportInline> Inlines(ContainerInline? of)
    {
        var inlines = new List<ReportInline>();
        if (of is not null)
            Add(of, inlines, false, false);
        return inlines;
    }

    private void Add(ContainerInline of, List<ReportInline> into, bool bold, bool italic)
    {
        foreach (var inline in of)
            switch (inline)
            {
                case LiteralInline literal:
                    Add(literal.Content.ToString(), into, bold, italic);
                    break;
                case CodeInline code:
                    Add(code.Content, into, bold, italic);
                    break;
                case HtmlEntityInline entity:
                    Add(entity.Transcoded.ToString(), into, bold, italic);
                    break;
                case EmphasisInline emphasis:
                    Add(emphasis, into, bold || emphasis.DelimiterCount > 1, italic || emphasis.DelimiterCount == 1);
                    break;
                case LineBreakInline { IsHard: true }:
                    into.Add(new LineBreakRun());
                    break;
                // Chinese lines are joined without a blank.
                case LineBreakInline when english:
                    into.Add(new TextRun(" ", bold, italic));
                    break;
                case LinkInline { IsImage: true }:
                    break;
                case LinkInline link:
                    into.Add(Link(link.Url, Plain(Inlines(link))));
                    break;
                case AutolinkInline link:
                    into.Add(Link(link.Url, link.Url));
                    break;
                case ContainerInline other:
                    Add(other, into, bold, italic);
                    break;
            }
    }

    // A link of a report leads to a page, never to a script.
    private static ReportInline Link(string? address, string text) =>
        address is not null && (address.StartsWith("https://", StringComparison.Ordinal) || address.StartsWith("http://", StringComparison.Ordinal))
            ? new LinkRun(address, text)
            : new TextRun(text);

    private void Add(string text, List<ReportInline> into, bool bold, bool italic)
    {
        foreach (var (literal, at) in MarkdownTemplate.Pieces(text))
            if (literal is not null)
                into.Add(new TextRun(literal, bold, italic));
            else
                into.AddRange(Printed(template.Placeholders[at], bold, italic));
    }

    private IEnumerable<ReportInline> Printed(Placeholder placeholder, bool bold, bool italic)
    {
        switch (placeholder)
        {
            case FigurePlaceholder figure:
                yield return Run(values.Tell(figure, english), bold, italic);
                break;
            case PairPlaceholder pair:
                yield return Run(values.Tell(pair.Households, english), bold, italic);
                if (english)
                    yield return new TextRun(" with ", bold, italic);
                yield return Run(values.Tell(pair.Persons, english), bold, italic);
                break;
            case AreaPlaceholder:
                yield return new TextRun(values.Area.Name, bold, italic);
                break;
            case DayPlaceholder { At: var at }:
                yield return new TextRun(ComposeReport.InWords(at.On(values.Moment.Day) ?? at.Fixed, english), bold, italic);
                break;
        }
    }

    private static NumberRun Run(ReportNumber number, bool bold = false, bool italic = false) => new(number.Key, number.Text, bold, italic);

    private static ReportCell Cell(ReportNumber number) => new([Run(number)], Numeric: true);

    private ReportTable Written(Table table)
    {
        var rows = table.OfType<TableRow>().ToList();
        return new(
            null,
            rows.TakeWhile(r => r.IsHeader).Count(),
            [
                .. rows.Select(r =>
                    (IReadOnlyList<ReportCell>)
                        [
                            .. r.OfType<TableCell>()
                                .Select(c => (ReportCell)new([.. c.OfType<ParagraphBlock>().SelectMany(p => Inlines(p.Inline))]))
                                .Select(c => c with { Numeric = c.Text.Count > 0 && c.Text.All(i => i is NumberRun or TextRun { Text: " " }) }),
                        ]
                ),
            ]
        );
    }

    private IEnumerable<ReportBlock> Asked(AskedBlock block) =>
        block switch
        {
            AskedTable { By: { } level } table => [ByArea(table, level)],
            AskedTable table => [ByMoment(table)],
            // Beneath a village there is nothing to draw.
            AskedChart chart => Chart(chart) is { Bars.Count: > 0 } drawn ? [drawn] : [],
            AskedNames asked => [Names(asked)],
            _ => throw new InvalidOperationException(block.ToString()),
        };

    private string Name(Figure figure) => english ? figure.Label.En : figure.Label.Zh;

    private ReportCell Head(FigurePlaceholder figure)
    {
        var unit = PrintedNumber.After(figure.Figure, figure.Style, "", english).Trim();
        return ReportCell.Of(unit.Length == 0 ? Name(figure.Figure) : Say($"{Name(figure.Figure)}（{unit}）", $"{Name(figure.Figure)} ({unit})"));
    }

    // A column prints no units: its head does.
    private static FigurePlaceholder Bare(FigurePlaceholder figure) => figure with { Style = figure.Style with { Bare = true } };

    private ReportTable ByMoment(AskedTable table)
    {
        var moments = table.Moments;
        var rows = new List<IReadOnlyList<ReportCell>>
        {
            (ReportCell[])
                [
                    ReportCell.Of(Say("指标", "Figure")),
                    .. moments.Select(m => ReportCell.Of(ComposeReport.InWords(m.On(values.Moment.Day) ?? m.Fixed, english))),
                    .. moments.Count == 0 ? [ReportCell.Of(Say("数值", "Value"))] : Array.Empty<ReportCell>(),
                ],
        };
        foreach (var figure in table.Figures)
            rows.Add([Head(figure), .. moments.DefaultIfEmpty(figure.At).Select(m => Cell(values.Tell(Bare(figure) with { At = m }, english)))]);
        return new(table.Title, 1, rows);
    }

    private ReportTable ByArea(AskedTable table, short level)
    {
        var places = values.Beneath(values.Moment.Day, level);
        var columns = table.Figures.Select(f => Texts(f, places, table.Total)).ToList();
        var shares = table.ShareOfTotal is { } of ? Shares(of, places, table.SharePlaces) : null;
        var rows = new List<IReadOnlyList<ReportCell>>
        {
            (ReportCell[])
                [
                    ReportCell.Of(Say("地区", "Area")),
                    .. table.Figures.Select(Head),
                    .. shares is null ? Array.Empty<ReportCell>() : [ReportCell.Of(Say("占比（%）", "Share (%)"))],
                ],
        };
        foreach (var (place, row) in places.Select((p, i) => (p, i)))
            rows.Add(Row(table, place, place.Name, columns.Select(c => c[row]), shares?[row]));
        if (table.Total)
            rows.Add(
                Row(
                    table,
                    null,
                    Say("合计", "Total"),
                    columns.Select(c => c[^1]),
                    shares is null ? null
                        : shares.All(s => s is not null) && shares.Count > 0 ? PrintedNumber.Rounded(100, table.SharePlaces, false)
                        : PrintedNumber.Missing(FigureState.Unknown, english)
                )
            );
        return new(table.Title, 1, rows);
    }

    private List<ReportCell> Row(AskedTable table, AreaVersion? place, string name, IEnumerable<string?> texts, string? share)
    {
        var cells = new List<ReportCell> { ReportCell.Of(name) };
        var told = new Dictionary<Figure, int>();
        foreach (var (figure, text) in table.Figures.Zip(texts))
        {
            var number = text is null ? values.Tell(Bare(figure), english, place) : values.Tell(Bare(figure), text, place);
            told.TryAdd(figure.Figure, number.Key);
            cells.Add(Cell(number));
        }
        if (table.ShareOfTotal is { } of)
        {
            var asked = new FigurePlaceholder(of, NumberStyle.Plain, default, null);
            if (!told.TryGetValue(of, out var key))
                key = values.Tell(asked, english, place).Key;
            cells.Add(new([new NumberRun(key, share ?? PrintedNumber.Missing(FigureState.NoBase, english))], Numeric: true));
        }
        return cells;
    }

    // Rounded parts that come to the rounded whole, where the exact parts come to the exact whole; null where each is printed by itself.
    private List<string?> Texts(FigurePlaceholder figure, IReadOnlyList<AreaVersion> places, bool total)
    {
        var plain = Enumerable.Repeat((string?)null, places.Count + 1).ToList();
        var form = PrintedNumber.Form(figure.Figure, figure.Style, english);
        if (!total || figure.Style.Change || figure.Figure.Unit.Text is "%" or "ratio")
            return plain;
        var parts = places.Select(p => values.Look(figure, p).Value).ToList();
        if (parts.Count == 0 || values.Look(figure).Value.Exactly is not { } whole || !parts.All(p => p.IsExact))
            return plain;
        if (parts.Aggregate((Exact)0, (sum, p) => sum + p.Low) != whole)
            return plain;
        var rounded = Rounding.Parts([.. parts.Select(p => Decimal(p.Low / form.Unit.Factor))], form.Places);
        return
        [
            .. rounded.Select(r => PrintedNumber.Rounded(r, form.Places, figure.Style.Grouped)),
            PrintedNumber.Rounded(Decimal((whole / form.Unit.Factor).Rounded(form.Places)), form.Places, figure.Style.Grouped),
        ];
    }

    // Shares of what is known of all; null for each where the whole is nothing or something is not known.
    private List<string?> Shares(Figure of, IReadOnlyList<AreaVersion> places, int decimals)
    {
        var asked = new FigurePlaceholder(of, NumberStyle.Plain, default, null);
        var parts = places.Select(p => values.Look(asked, p).Value).ToList();
        if (!parts.All(p => p.IsExact && p.Low.Sign >= 0) || parts.All(p => p.Low.IsZero))
            return [.. parts.Select(_ => (string?)null)];
        return
        [
            .. Rounding.Percents([.. parts.Select(p => Decimal(p.Low))], decimals).Select(s => (string?)PrintedNumber.Rounded(s, decimals, false)),
        ];
    }

    private static decimal Decimal(Exact value) => (decimal)value.Numerator / (decimal)value.Denominator;

    private ReportChart Chart(AskedChart chart)
    {
        var form = PrintedNumber.Form(chart.Figure.Figure, chart.Figure.Style, english);
        ChartBar Bar(string label, ReportNumber number) =>
            new(label, number.Key, number.Text, number.Value.IsKnown ? Decimal(number.Value.Low / form.Unit.Factor) : null);
        var bars = chart.By is { } level
            ? values.Beneath(values.Moment.Day, level).Select(p => Bar(p.Name, values.Tell(Bare(chart.Figure), english, p)))
            : chart.Moments.Select(m =>
                Bar(ComposeReport.InWords(m.On(values.Moment.Day) ?? m.Fixed, english), values.Tell(Bare(chart.Figure) with { At = m }, english))
            );
        return new(
            chart.Title ?? Name(chart.Figure.Figure),
            PrintedNumber.After(chart.Figure.Figure, chart.Figure.Style, "", english).Trim(),
            [.. bars]
        );
    }

    private ReportBlock Names(AskedNames asked)
    {
        var title = asked.Title ?? Name(asked.Figure);
        if (names is null)
            return new ReportParagraph([
                new TextRun(Say($"〔{title}：名单只给能看农户的人〕", $"[{title}: names are for those who may see households]")),
            ]);
        var found = names(asked.Figure, values.Area, values.Moment, asked.Unknown, asked.Most + 1);
        var places = asked.Figure.Counted!.Over.Level is not null;
        var rows = new List<IReadOnlyList<ReportCell>>
        {
            (ReportCell[])
                [
                    ReportCell.Of(Say("序号", "No.")),
                    ReportCell.Of(Say("名称", "Name")),
                    .. places ? Array.Empty<ReportCell>() : [ReportCell.Of(Say("户编号", "Household")), ReportCell.Of(Say("村", "Village"))],
                ],
        };
        foreach (var (row, i) in found.Take(asked.Most).Select((r, i) => (r, i)))
            rows.Add([
                new([new TextRun((i + 1).ToString(CultureInfo.InvariantCulture))], Numeric: true),
                ReportCell.Of(places ? row.Name ?? "" : Masked(row.Name)),
                .. places ? Array.Empty<ReportCell>() : [ReportCell.Of(row.Number ?? ""), ReportCell.Of(row.Village?.Name ?? "")],
            ]);
        if (found.Count > asked.Most)
            rows.Add([
                ReportCell.Of("…"),
                ReportCell.Of(Say($"另有若干，见数字目录", "more: see the figure")),
                .. places ? Array.Empty<ReportCell>() : [ReportCell.Of(""), ReportCell.Of("")],
            ]);
        return new ReportTable(title, 1, rows);
    }

    /// <summary>A name as a report prints it: of 张三丰 the first and the last character.</summary>
    public static string Masked(string? name) =>
        name switch
        {
            null or "" => "",
            { Length: 1 } => name,
            { Length: 2 } => name[..1] + "*",
            _ => name[..1] + new string('*', name.Length - 2) + name[^1..],
        };
}
