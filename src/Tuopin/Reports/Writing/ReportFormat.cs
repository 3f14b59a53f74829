using System.Text;
using Tuopin.Platform;

namespace Tuopin.Reports.Writing;

/// <summary>The formats a report is written in.</summary>
public static class ReportFormat
{
    public static readonly string[] All = ["html", "docx", "pdf", "xlsx", "txt", "md"];

    /// <summary>The format of a name's ending.</summary>
    /// <exception cref="WrongUsage">report.format.</exception>
    public static string Of(string ending) =>
        All.Contains(ending.TrimStart('.').ToLowerInvariant())
            ? ending.TrimStart('.').ToLowerInvariant()
            : throw new WrongUsage("report.format", "a report is written as .docx, .html, .pdf, .xlsx, .txt or .md");

    /// <exception cref="Refusal">report.no-browser, report.pdf-failed.</exception>
    public static byte[] Write(ComposedReport report, string format, string address = "") =>
        format switch
        {
            "html" => Utf8(WriteHtml.Page(report, address)),
            "docx" => report.Form is { Format: "docx" } form ? form.Content : WriteDocument.Of(report),
            "pdf" => WritePdf.Of(report),
            "xlsx" => report.Form is { Format: "xlsx" } form ? form.Content : WriteWorkbook.Of(report),
            "md" => Utf8(WriteText.Of(report, markdown: true)),
            _ => Utf8(WriteText.Of(report)),
        };

    public static string MediaOf(string format) =>
        format switch
        {
            "html" => "text/html; charset=utf-8",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "pdf" => "application/pdf",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "md" => "text/markdown; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };

    private static byte[] Utf8(string text) => new UTF8Encoding(false).GetBytes(text);
}
