using System.Buffers.Binary;
using System.Globalization;
using System.Security;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Tuopin.Reports.Writing;

/// <summary>
/// A report as a Word document laid out as GB/T 9704-2012 asks: A4 with margins of 37, 35, 28 and 26 mm, 22 lines of 28 characters, its typefaces with fallbacks for
/// computers that lack them, numbered headings, page numbers left and right, and a list of notes in which every number says which figure it is.
/// </summary>
public static class WriteDocument
{
    private const string Body = "仿宋_GB2312";
    private const string Latin = "Times New Roman";

    // Twentieths of a point: 225 mm of text in 22 lines.
    private const string Pitch = "579";

    // A4 between the margins, in English metric units (36,000 to the millimetre).
    private const long TextWidth = 156 * 36_000;
    private const long TextHeight = 200 * 36_000;

    // The same width in twentieths of a point.
    private const int TextTwips = 8845;

    private static readonly (string Name, string Others, string Panose)[] Fonts =
    [
        ("方正小标宋简体", "FZXiaoBiaoSong-B05S,小标宋,宋体,SimSun,Noto Serif CJK SC", "02010601030101010101"),
        (Body, "FangSong_GB2312,仿宋,FangSong,Noto Serif CJK SC", "02010609030101010101"),
        ("楷体_GB2312", "KaiTi_GB2312,楷体,KaiTi,Noto Serif CJK SC", "02010609030101010101"),
        ("黑体", "SimHei,Noto Sans CJK SC", "02010609060101010101"),
        ("宋体", "SimSun,Noto Serif CJK SC", "02010600030101010101"),
    ];

    public static byte[] Of(ComposedReport report)
    {
        using var file = new MemoryStream();
        using (var package = WordprocessingDocument.Create(file, WordprocessingDocumentType.Document))
        {
            package.PackageProperties.Title = Clean(report.Title);
            package.PackageProperties.Language = report.IsEnglish ? "en-US" : "zh-CN";
            var main = package.AddMainDocumentPart();
            main.Document = new(new DocumentFormat.OpenXml.Wordprocessing.Body());
            AddFonts(main);
            AddStyles(main, report.IsEnglish);
            main.AddNewPart<DocumentSettingsPart>().Settings = new(
                new EvenAndOddHeaders(),
                new CharacterSpacingControl { Val = CharacterSpacingValues.CompressPunctuation },
                new Compatibility(
                    new CompatibilitySetting
                    {
                        Name = CompatSettingNameValues.CompatibilityMode,
                        Uri = "http://schemas.microsoft.com/office/word",
                        Val = "15",
                    }
                )
            );
            var writer = new Writer(main, report);
            writer.Write();
            main.Document.Body!.Append(Section(main, report.IsEnglish));
        }
        return file.ToArray();
    }

    /// <summary>The list of notes at the end of a document that has a layout of its own.</summary>
    internal static IEnumerable<OpenXmlElement> Notes(ComposedReport report, bool marked)
    {
        yield return new Paragraph(
            new ParagraphProperties(new KeepNext(), new PageBreakBefore(), new Justification { Val = JustificationValues.Center }),
            Run(report.IsEnglish ? "Notes on the numbers" : "数据说明", bold: true)
        );
        yield return new Paragraph(
            new ParagraphProperties(new SpacingBetweenLines { Line = "300", LineRule = LineSpacingRuleValues.Auto }),
            Run(WriteHtml.Foot(report), size: "18")
        );
        var table = new Table(TableLook(), Grid(600, 1700, 3000, 1500, 1245, 800));
        string[] heads = report.IsEnglish
            ? ["No.", "Printed", "Figure", "Area", "Day", "Packs"]
            : ["序号", "文中数", "指标", "地区", "日期", "规则包"];
        table.Append(Row(heads.Select(h => Cell([Run(h, bold: true, size: "18")], false)), head: true));
        foreach (var number in report.Numbers)
        {
            var key = number.Key.ToString(CultureInfo.InvariantCulture);
            string[] texts =
            [
                key,
                number.Text,
                $"{(report.IsEnglish ? number.Figure.Label.En : number.Figure.Label.Zh)} ({number.Figure.Id})",
                number.Area.Name,
                number.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                report.PackHash[..12],
            ];
            var cells = texts.Select(t => Cell([Run(t, size: "18")], false)).ToList();
            if (marked)
                cells[0].GetFirstChild<Paragraph>()!.Append(new BookmarkStart { Name = $"n{key}", Id = key }, new BookmarkEnd { Id = key });
            table.Append(Row(cells, head: false));
        }
        yield return table;
        yield return new Paragraph(new ParagraphProperties(new SpacingBetweenLines { Line = "20", LineRule = LineSpacingRuleValues.Exact }));
    }

    /// <summary>A text without the characters that no XML holds.</summary>
    internal static string Clean(string text) =>
        text.All(c => !char.IsControl(c) || c is '\t') ? text : string.Concat(text.Where(c => !char.IsControl(c) || c is '\t'));

    private static Run Run(string text, bool bold = false, bool italic = false, string? size = null, bool missing = false)
    {
        var properties = new RunProperties();
        if (bold)
            properties.Append(new Bold());
        if (italic)
            properties.Append(new Italic());
        if (missing)
            properties.Append(new Highlight { Val = HighlightColorValues.Yellow });
        if (size is not null)
            properties.Append(new FontSize { Val = size });
        var run = new Run();
        if (properties.HasChildren)
        {
            // The schema has an order: bold, italic, size, highlight.
            if (properties.GetFirstChild<Highlight>() is { } mark)
            {
                mark.Remove();
                properties.Append(mark);
            }
            run.Append(properties);
        }
        run.Append(new Text(Clean(text)) { Space = SpaceProcessingModeValues.Preserve });
        return run;
    }

    private static TableProperties TableLook()
    {
        static T Line<T>()
            where T : BorderType, new() => new() { Val = BorderValues.Single, Size = 4 };
        return new(
            new TableWidth { Type = TableWidthUnitValues.Pct, Width = "5000" },
            new TableBorders(
                Line<TopBorder>(),
                Line<LeftBorder>(),
                Line<BottomBorder>(),
                Line<RightBorder>(),
                Line<InsideHorizontalBorder>(),
                Line<InsideVerticalBorder>()
            )
        );
    }

    private static TableGrid Grid(params ReadOnlySpan<int> widths)
    {
        var grid = new TableGrid();
        foreach (var width in widths)
            grid.Append(new GridColumn { Width = width.ToString(CultureInfo.InvariantCulture) });
        return grid;
    }

    private static TableRow Row(IEnumerable<TableCell> cells, bool head)
    {
        var row = new TableRow();
        var properties = new TableRowProperties(new CantSplit());
        if (head)
            properties.Append(new TableHeader());
        row.Append(properties);
        row.Append(cells);
        return row;
    }

    private static TableCell Cell(IEnumerable<OpenXmlElement> text, bool numeric)
    {
        var paragraph = new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "TableText" }));
        if (numeric)
            paragraph.ParagraphProperties!.Append(new Justification { Val = JustificationValues.Right });
        paragraph.Append(text);
        return new(paragraph);
    }

    private static void AddFonts(MainDocumentPart main)
    {
        var fonts = new Fonts();
        foreach (var (name, others, panose) in Fonts)
            fonts.Append(
                new Font(
                    new AltName { Val = others },
                    new Panose1Number { Val = panose },
                    new FontCharSet { Val = "86" },
                    new FontFamily { Val = FontFamilyValues.Auto },
                    new Pitch { Val = FontPitchValues.Variable }
                )
                {
                    Name = name,
                }
            );
        main.AddNewPart<FontTablePart>().Fonts = fonts;
    }

    private static RunFonts FontsOf(string eastern, string latin = Latin) =>
        new()
        {
            Ascii = latin,
            HighAnsi = latin,
            EastAsia = eastern,
            ComplexScript = latin,
        };

    private static void AddStyles(MainDocumentPart main, bool english)
    {
        static SpacingBetweenLines Lines(string? before = null) =>
            new()
            {
                Before = before ?? "0",
                After = "0",
                Line = Pitch,
                LineRule = LineSpacingRuleValues.Exact,
            };
        static Style Named(string id, string name, StyleParagraphProperties paragraph, StyleRunProperties run, string basedOn = "Normal") =>
            new(new StyleName { Val = name }, new BasedOn { Val = basedOn }, new PrimaryStyle(), paragraph, run)
            {
                Type = StyleValues.Paragraph,
                StyleId = id,
            };
        Style Heading(int level, string font, bool bold)
        {
            var run = new StyleRunProperties(FontsOf(font));
            if (bold)
                run.Append(new Bold());
            return Named(
                string.Create(CultureInfo.InvariantCulture, $"Heading{level}"),
                string.Create(CultureInfo.InvariantCulture, $"heading {level}"),
                new(new KeepNext(), new OutlineLevel { Val = level - 1 }),
                run
            );
        }
        main.AddNewPart<StyleDefinitionsPart>().Styles = new(
            new DocDefaults(
                new RunPropertiesDefault(
                    new RunPropertiesBaseStyle(
                        FontsOf(Body),
                        new FontSize { Val = "32" },
                        new FontSizeComplexScript { Val = "32" },
                        new Languages { Val = "en-US", EastAsia = "zh-CN" }
                    )
                ),
                new ParagraphPropertiesDefault()
            ),
            new Style(
                new StyleName { Val = "Normal" },
                new PrimaryStyle(),
                new StyleParagraphProperties(
                    new OverflowPunctuation(),
                    Lines(),
                    new Indentation { FirstLineChars = english ? 0 : 200, FirstLine = english ? "0" : "640" },
                    new Justification { Val = JustificationValues.Both }
                )
            )
            {
                Type = StyleValues.Paragraph,
                StyleId = "Normal",
                Default = true,
            },
            Named(
                "Title",
                "Title",
                new(
                    new KeepNext(),
                    new SpacingBetweenLines
                    {
                        Before = "579",
                        After = "579",
                        Line = "720",
                        LineRule = LineSpacingRuleValues.Exact,
                    },
                    new Indentation { FirstLineChars = 0, FirstLine = "0" },
                    new Justification { Val = JustificationValues.Center }
                ),
                new(FontsOf("方正小标宋简体"), new FontSize { Val = "44" })
            ),
            Heading(1, "黑体", bold: english),
            Heading(2, "楷体_GB2312", bold: english),
            Heading(3, Body, bold: true),
            Heading(4, Body, bold: false),
            Named(
                "TableText",
                "Table Text",
                new(
                    new SpacingBetweenLines
                    {
                        Before = "20",
                        After = "20",
                        Line = "300",
                        LineRule = LineSpacingRuleValues.AtLeast,
                    },
                    new Indentation { FirstLineChars = 0, FirstLine = "0" },
                    new Justification { Val = JustificationValues.Left }
                ),
                new(new FontSize { Val = "21" })
            ),
            Named(
                "TableTitle",
                "Table Title",
                new(
                    new KeepNext(),
                    Lines("120"),
                    new Indentation { FirstLineChars = 0, FirstLine = "0" },
                    new Justification { Val = JustificationValues.Center }
                ),
                new(FontsOf("黑体"), new FontSize { Val = "24" })
            )
        );
    }

    // Odd pages have their number to the right, even ones to the left, one character from the edge.
    private static SectionProperties Section(MainDocumentPart main, bool english)
    {
        FooterReference Footer(HeaderFooterValues which, JustificationValues side)
        {
            var part = main.AddNewPart<FooterPart>();
            Run Piece(OpenXmlElement inner) => new(new RunProperties(FontsOf("宋体", "SimSun"), new FontSize { Val = "28" }), inner);
            Text Literal(string text) => new(text) { Space = SpaceProcessingModeValues.Preserve };
            part.Footer = new(
                new Paragraph(
                    new ParagraphProperties(
                        new SpacingBetweenLines { Line = "280", LineRule = LineSpacingRuleValues.AtLeast },
                        new Indentation
                        {
                            FirstLineChars = 0,
                            FirstLine = "0",
                            LeftChars = side == JustificationValues.Left ? 100 : 0,
                            Left = side == JustificationValues.Left ? "280" : "0",
                            RightChars = side == JustificationValues.Right ? 100 : 0,
                            Right = side == JustificationValues.Right ? "280" : "0",
                        },
                        new Justification { Val = side }
                    ),
                    Piece(Literal("— ")),
                    Piece(new FieldChar { FieldCharType = FieldCharValues.Begin }),
                    Piece(new FieldCode(" PAGE ") { Space = SpaceProcessingModeValues.Preserve }),
                    Piece(new FieldChar { FieldCharType = FieldCharValues.Separate }),
                    Piece(Literal("1")),
                    Piece(new FieldChar { FieldCharType = FieldCharValues.End }),
                    Piece(Literal(" —"))
                )
            );
            return new() { Type = which, Id = main.GetIdOfPart(part) };
        }
        return new(
            Footer(HeaderFooterValues.Default, JustificationValues.Right),
            Footer(HeaderFooterValues.Even, JustificationValues.Left),
            new PageSize { Width = 11906, Height = 16838 },
            new PageMargin
            {
                Top = 2098,
                Bottom = 1984,
                Left = 1587,
                Right = 1474,
                Header = 851,
                Footer = 1304,
                Gutter = 0,
            },
            // 28 characters of 16 points in 156 mm: each a fifth of a point closer. (4096ths of a point.)
            new DocGrid
            {
                Type = english ? DocGridValues.Lines : DocGridValues.LinesAndChars,
                LinePitch = 579,
                CharacterSpace = english ? 0 : -849,
            }
        );
    }

    /// <summary>Width and height of a png or jpeg in pixels; null where the file does not say.</summary>
    internal static (int Width, int Height)? SizeOf(byte[] picture)
    {
        ReadOnlySpan<byte> bytes = picture;
        if (bytes.Length > 24 && bytes[0] == 0x89)
            return (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]));
        for (var at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]))
            if (bytes[at + 1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]));
        return null;
    }

    private sealed class Writer(MainDocumentPart main, ComposedReport report)
    {
        private readonly DocumentFormat.OpenXml.Wordprocessing.Body body = main.Document.Body!;
        private readonly Numbering numbering = main.AddNewPart<NumberingDefinitionsPart>().Numbering = new Numbering();
        private readonly List<NumberingInstance> instances = [];
        private uint pictures;
        private int lists;

        public void Write()
        {
            numbering.Append(Headings(), Items(1, ordered: true), Items(2, ordered: false));
            instances.Add(new(new AbstractNumId { Val = 0 }) { NumberID = 1 });
            instances.Add(new(new AbstractNumId { Val = 2 }) { NumberID = 2 });
            lists = 2;
            if (report.DocumentNumber is { } number)
                body.Append(new Paragraph(Plain(JustificationValues.Center), Run(number)));
            body.Append(new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "Title" }), Run(report.Title)));
            foreach (var block in report.Blocks)
                Write(block, 0);
            if (report.Issuer is { } issuer)
                body.Append(
                    new Paragraph(Plain(JustificationValues.Right, before: "1158"), Run(report.IsEnglish ? issuer.En : issuer.Zh)),
                    new Paragraph(Plain(JustificationValues.Right), Run(ComposeReport.InWords(report.Moment.Day, report.IsEnglish)))
                );
            if (report.Numbers.Count > 0)
                body.Append(Notes(report, marked: true));
            numbering.Append(instances);
        }

        private static ParagraphProperties Plain(JustificationValues side, string? before = null)
        {
            var properties = new ParagraphProperties();
            if (before is not null)
                properties.Append(new SpacingBetweenLines { Before = before });
            properties.Append(new Indentation { FirstLineChars = 0, FirstLine = "0" }, new Justification { Val = side });
            return properties;
        }

        private void Write(ReportBlock block, int depth)
        {
            switch (block)
            {
                case ReportHeading head:
                    var level = Math.Min(head.Level, 4);
                    var heading = new ParagraphProperties(
                        new ParagraphStyleId { Val = string.Create(CultureInfo.InvariantCulture, $"Heading{level}") }
                    );
                    if (head.Number.Length > 0)
                        heading.Append(
                            new NumberingProperties(new NumberingLevelReference { Val = level - 1 }, new NumberingId { Val = 1 }),
                            First(report.IsEnglish)
                        );
                    body.Append(Filled(heading, head.Text));
                    break;
                case ReportParagraph paragraph:
                    body.Append(Filled(depth == 0 ? null : new(Hanging(depth)), paragraph.Text));
                    break;
                case ReportQuote quote:
                    foreach (var inner in quote.Blocks)
                        Write(inner, depth + 1);
                    break;
                case ReportList list:
                    Write(list, depth);
                    break;
                case ReportTable table:
                    Write(table);
                    break;
                case ReportChart chart:
                    Write(chart);
                    break;
                case ReportPicture picture:
                    Write(picture);
                    break;
                case ReportPageBreak:
                    body.Append(new Paragraph(new Run(new Break { Type = BreakValues.Page })));
                    break;
            }
        }

        private static Indentation First(bool english) => new() { FirstLineChars = english ? 0 : 200, FirstLine = english ? "0" : "640" };

        private static Indentation Hanging(int depth) =>
            new()
            {
                LeftChars = 200 * depth,
                Left = string.Create(CultureInfo.InvariantCulture, $"{640 * depth}"),
                FirstLineChars = 0,
                FirstLine = "0",
            };

        private Paragraph Filled(ParagraphProperties? properties, IEnumerable<ReportInline> text)
        {
            var paragraph = new Paragraph();
            if (properties is not null)
                paragraph.Append(properties);
            paragraph.Append(Runs(text));
            return paragraph;
        }

        private IEnumerable<OpenXmlElement> Runs(IEnumerable<ReportInline> text, string? size = null)
        {
            foreach (var inline in text)
                yield return inline switch
                {
                    TextRun t => Run(t.Text, t.Bold, t.Italic, size),
                    NumberRun n => new Hyperlink(Run(n.Text, n.Bold, n.Italic, size, missing: !report.Number(n.Key).Value.IsKnown))
                    {
                        Anchor = string.Create(CultureInfo.InvariantCulture, $"n{n.Key}"),
                        Tooltip = Clean(WriteHtml.TitleOf(report, report.Number(n.Key))),
                        History = true,
                    },
                    LinkRun l => Run(l.Text, size: size),
                    _ => new Run(new Break()),
                };
        }

        private void Write(ReportList list, int depth)
        {
            var id = 2;
            if (list.Ordered)
            {
                id = ++lists;
                instances.Add(
                    new(
                        new AbstractNumId { Val = 1 },
                        new LevelOverride(new StartOverrideNumberingValue { Val = list.First }) { LevelIndex = Math.Min(depth, 3) }
                    )
                    {
                        NumberID = id,
                    }
                );
            }
            foreach (var item in list.Items)
            {
                var marked = false;
                foreach (var block in item)
                    if (block is ReportParagraph paragraph && !marked)
                    {
                        marked = true;
                        body.Append(
                            Filled(
                                new(new NumberingProperties(new NumberingLevelReference { Val = Math.Min(depth, 3) }, new NumberingId { Val = id })),
                                paragraph.Text
                            )
                        );
                    }
                    else
                        Write(block, depth + 1);
            }
        }

        private void Write(ReportTable table)
        {
            if (table.Title is { } title)
                body.Append(new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "TableTitle" }), Run(title)));
            var columns = table.Rows.Max(r => r.Count);
            var made = new Table(TableLook(), Grid([.. Enumerable.Repeat(TextTwips / columns, columns)]));
            foreach (var (row, at) in table.Rows.Select((r, i) => (r, i)))
                made.Append(
                    Row(
                        row.Select(c =>
                            Cell(Runs(at < table.Heads ? c.Text.Select(t => t is TextRun run ? run with { Bold = true } : t) : c.Text), c.Numeric)
                        ),
                        at < table.Heads
                    )
                );
            body.Append(made);
            // Two tables that follow each other would become one.
            body.Append(new Paragraph(new ParagraphProperties(new SpacingBetweenLines { Line = "240", LineRule = LineSpacingRuleValues.Exact })));
        }

        private void Write(ReportChart chart)
        {
            body.Append(
                new Paragraph(
                    new ParagraphProperties(new ParagraphStyleId { Val = "TableTitle" }),
                    Run(
                        chart.Unit.Length == 0 ? chart.Title
                        : report.IsEnglish ? $"{chart.Title} ({chart.Unit})"
                        : $"{chart.Title}（{chart.Unit}）"
                    )
                )
            );
            var part = main.AddNewPart<ChartPart>();
            using (var xml = new MemoryStream(Encoding.UTF8.GetBytes(ChartXml(chart))))
                part.FeedData(xml);
            var high = Math.Min(TextHeight, (chart.Bars.Count * 8L + 12) * 36_000);
            Place(
                TextWidth,
                high,
                chart.Title,
                "http://schemas.openxmlformats.org/drawingml/2006/chart",
                $"<c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"{main.GetIdOfPart(part)}\"/>"
            );
            // A chart is read by those who see it; the numbers stand below for everybody, each with its note.
            Write(
                new ReportTable(
                    null,
                    0,
                    [
                        .. chart.Bars.Select(b =>
                            (IReadOnlyList<ReportCell>)[ReportCell.Of(b.Label), new ReportCell([new NumberRun(b.Key, b.Text)], Numeric: true)]
                        ),
                    ]
                )
            );
        }

        private void Write(ReportPicture picture)
        {
            var part = main.AddImagePart(picture.Media == "image/png" ? ImagePartType.Png : ImagePartType.Jpeg);
            using (var bytes = new MemoryStream(picture.Bytes))
                part.FeedData(bytes);
            var (width, height) = SizeOf(picture.Bytes) ?? (400, 300);
            // 96 pixels to the inch, made smaller where it is larger than the page.
            var (wide, high) = (Math.Max(1, width) * 9525L, Math.Max(1, height) * 9525L);
            var scale = Math.Min(1, Math.Min((double)TextWidth / wide, (double)TextHeight / high));
            (wide, high) = ((long)(wide * scale), (long)(high * scale));
            var name = SecurityElement.Escape(Clean(picture.Caption));
            Place(
                wide,
                high,
                picture.Caption,
                "http://schemas.openxmlformats.org/drawingml/2006/picture",
                FormattableString.Invariant(
                    $"<pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:nvPicPr><pic:cNvPr id=\"{pictures + 1}\" name=\"{name}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:embed=\"{main.GetIdOfPart(part)}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{wide}\" cy=\"{high}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
                )
            );
            if (picture.Caption.Length > 0)
                body.Append(new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "TableTitle" }), Run(picture.Caption)));
        }

        private void Place(long wide, long high, string name, string kind, string graphic)
        {
            var drawing = new Drawing(
                FormattableString.Invariant(
                    $"<w:drawing xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{wide}\" cy=\"{high}\"/><wp:docPr id=\"{++pictures}\" name=\"{SecurityElement.Escape(Clean(name))}\" descr=\"{SecurityElement.Escape(Clean(name))}\"/><a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:graphicData uri=\"{kind}\">{graphic}</a:graphicData></a:graphic></wp:inline></w:drawing>"
                )
            );
            // A line of just so much height would cut the picture off.
            body.Append(
                new Paragraph(
                    new ParagraphProperties(
                        new KeepNext(),
                        new SpacingBetweenLines { Line = "240", LineRule = LineSpacingRuleValues.Auto },
                        new Indentation { FirstLineChars = 0, FirstLine = "0" },
                        new Justification { Val = JustificationValues.Center }
                    ),
                    new Run(drawing)
                )
            );
        }

        private static string ChartXml(ReportChart chart)
        {
            string Points(Func<ChartBar, string?> of) =>
                string.Concat(
                    chart.Bars.Select(
                        (b, i) =>
                            of(b) is { } text
                                ? FormattableString.Invariant($"<c:pt idx=\"{i}\"><c:v>{SecurityElement.Escape(Clean(text))}</c:v></c:pt>")
                                : ""
                    )
                );
            var count = chart.Bars.Count.ToString(CultureInfo.InvariantCulture);
            return $"""
                <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
                <c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/><c:ser><c:idx val="0"/><c:order val="0"/><c:spPr><a:solidFill><a:srgbClr val="31639C"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/><c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls><c:cat><c:strLit><c:ptCount val="{count}"/>{Points(
                    b => b.Label
                )}</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{Points(b =>
                    b.Value?.ToString(CultureInfo.InvariantCulture)
                )}</c:numLit></c:val></c:ser><c:gapWidth val="50"/><c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx></c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>
                """;
        }

        private AbstractNum Headings()
        {
            (NumberFormatValues Format, string Text)[] levels = report.IsEnglish
                ?
                [
                    (NumberFormatValues.Decimal, "%1. "),
                    (NumberFormatValues.Decimal, "%1.%2 "),
                    (NumberFormatValues.Decimal, "%1.%2.%3 "),
                    (NumberFormatValues.Decimal, "%1.%2.%3.%4 "),
                ]
                :
                [
                    (NumberFormatValues.ChineseCountingThousand, "%1、"),
                    (NumberFormatValues.ChineseCountingThousand, "（%2）"),
                    (NumberFormatValues.Decimal, "%3."),
                    (NumberFormatValues.Decimal, "（%4）"),
                ];
            var made = new AbstractNum { AbstractNumberId = 0 };
            made.Append(new MultiLevelType { Val = MultiLevelValues.Multilevel });
            made.Append(
                levels.Select(
                    (l, i) =>
                        new Level(
                            new StartNumberingValue { Val = 1 },
                            new NumberingFormat { Val = l.Format },
                            new LevelSuffix { Val = LevelSuffixValues.Nothing },
                            new LevelText { Val = l.Text },
                            new LevelJustification { Val = LevelJustificationValues.Left }
                        )
                        {
                            LevelIndex = i,
                        }
                )
            );
            return made;
        }

        private static AbstractNum Items(int id, bool ordered)
        {
            var made = new AbstractNum { AbstractNumberId = id };
            made.Append(new MultiLevelType { Val = MultiLevelValues.HybridMultilevel });
            made.Append(
                Enumerable
                    .Range(0, 4)
                    .Select(i => new Level(
                        new StartNumberingValue { Val = 1 },
                        new NumberingFormat { Val = ordered ? NumberFormatValues.Decimal : NumberFormatValues.Bullet },
                        new LevelSuffix { Val = LevelSuffixValues.Nothing },
                        new LevelText { Val = ordered ? string.Create(CultureInfo.InvariantCulture, $"%{i + 1}. ") : "· " },
                        new LevelJustification { Val = LevelJustificationValues.Left },
                        new PreviousParagraphProperties(
                            new Indentation { Left = string.Create(CultureInfo.InvariantCulture, $"{640 * i}"), FirstLine = "640" }
                        )
                    )
                    {
                        LevelIndex = i,
                    })
            );
            return made;
        }
    }
}
