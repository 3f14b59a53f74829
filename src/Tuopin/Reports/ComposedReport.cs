using Tuopin.Figures;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports;

/// <summary>One number a report prints, with all that is needed to compute it again.</summary>
/// <param name="Key">Its place among the numbers of the report, from 1, in reading order.</param>
/// <param name="Day">The effective day it is of.</param>
/// <param name="Text">As printed, with its unit.</param>
public sealed record ReportNumber(int Key, Figure Figure, AreaVersion Area, DateOnly Day, FigureValue Value, string Text);

/// <summary>A report computed for an area at a moment, not yet written in any format.</summary>
/// <param name="Report">Its id in the packs.</param>
/// <param name="TemplateHash">SHA-256 of the template, lower-case hexadecimal.</param>
public sealed record ComposedReport(
    string Report,
    string Title,
    AreaVersion Area,
    FigureMoment Moment,
    string TemplateHash,
    IReadOnlyList<ReportNumber> Numbers
);
