using Tuopin.Figures;
using Tuopin.Platform.Areas;
using Tuopin.Reports.Template;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

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
)
{
    /// <summary>What stands under the title, in reading order; empty for a form (a workbook, a document with a layout of its own).</summary>
    public IReadOnlyList<ReportBlock> Blocks { get; init; } = [];

    /// <summary>Of a template with a layout of its own: the document or workbook it was filled into; else null.</summary>
    public FilledForm? Form { get; init; }

    public bool IsEnglish { get; init; }

    /// <summary>Who issues it; null where the pack does not say.</summary>
    public Label? Issuer { get; init; }

    /// <summary>The number of the document (发文字号); null where it has none.</summary>
    public string? DocumentNumber { get; init; }

    /// <summary>SHA-256 over all pack files it was computed with, figures among them, lower-case hexadecimal.</summary>
    public required string PackHash { get; init; }

    /// <summary>The moment of recording asked for, as addresses take it; null for all that is recorded.</summary>
    public string? KnownAt { get; init; }

    /// <summary>Numbers that could not be told; their texts say why.</summary>
    public IEnumerable<ReportNumber> Missing => Numbers.Where(n => !n.Value.IsKnown);

    public ReportNumber Number(int key) => Numbers[key - 1];
}
