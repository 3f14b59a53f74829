namespace Tuopin.Reports;

/// <summary>A piece of a line of a report.</summary>
public abstract record ReportInline;

public sealed record TextRun(string Text, bool Bold = false, bool Italic = false) : ReportInline;

/// <param name="Key">Of the number (<see cref="ReportNumber.Key"/>) that it prints, or follows from.</param>
/// <param name="Text">As printed here: a share of the whole stands with the number it is a share of.</param>
public sealed record NumberRun(int Key, string Text, bool Bold = false, bool Italic = false) : ReportInline;

public sealed record LinkRun(string Address, string Text) : ReportInline;

public sealed record LineBreakRun : ReportInline;

/// <summary>A block of a report, whatever it is written as.</summary>
public abstract record ReportBlock;

/// <param name="Level">From 1, beneath the title.</param>
/// <param name="Number">As it is written before the heading: 一、（一）1. ; empty where the template numbers its headings itself.</param>
public sealed record ReportHeading(int Level, string Number, IReadOnlyList<ReportInline> Text) : ReportBlock;

public sealed record ReportParagraph(IReadOnlyList<ReportInline> Text) : ReportBlock;

public sealed record ReportQuote(IReadOnlyList<ReportBlock> Blocks) : ReportBlock;

public sealed record ReportList(bool Ordered, int First, IReadOnlyList<IReadOnlyList<ReportBlock>> Items) : ReportBlock;

/// <param name="Numeric">Set to the right.</param>
public sealed record ReportCell(IReadOnlyList<ReportInline> Text, bool Numeric = false)
{
    public static ReportCell Of(string text) => new([new TextRun(text)]);
}

/// <param name="Heads">How many rows from the top are headings.</param>
public sealed record ReportTable(string? Title, int Heads, IReadOnlyList<IReadOnlyList<ReportCell>> Rows) : ReportBlock;

/// <param name="Value">In the unit of the chart; null where there is no number.</param>
public sealed record ChartBar(string Label, int Key, string Text, decimal? Value);

public sealed record ReportChart(string Title, string Unit, IReadOnlyList<ChartBar> Bars) : ReportBlock;

/// <param name="Media">image/png or image/jpeg.</param>
public sealed record ReportPicture(byte[] Bytes, string Media, string Caption) : ReportBlock;

public sealed record ReportPageBreak : ReportBlock;
