using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports.Sealing;

/// <summary>
/// A published report as it was when it was sealed: of which day, as known after which change, by which packs and template, its numbers and files, by whom.
/// Rows are written once. <see cref="Hash"/> covers the row, its numbers and its files, and stands in the audit chain too.
/// </summary>
public sealed class SealedReport
{
    public long Id { get; set; }

    /// <summary>Its id in the packs, or of a template of the county's own.</summary>
    public string Report { get; set; } = "";
    public string Title { get; set; } = "";

    /// <summary>From 1, of one report, area and day: what is sealed again is a further edition.</summary>
    public int Edition { get; set; }
    public long AreaId { get; set; }
    public long AreaCode { get; set; }
    public string AreaName { get; set; } = "";

    /// <summary>The effective day (yyyyMMdd).</summary>
    public int Day { get; set; }

    /// <summary>The last change that was known: what was recorded later is not in it.</summary>
    public long KnownChange { get; set; }

    /// <summary>SHA-256 over all pack files with their places.</summary>
    public string PackHash { get; set; } = "";

    /// <summary>SHA-256 of the template.</summary>
    public string TemplateHash { get; set; } = "";
    public string SealedAt { get; set; } = "";
    public string SealedName { get; set; } = "";
    public long? SealedBy { get; set; }
    public long? SealedPost { get; set; }

    /// <summary>The caller's own key of the request: sent again it is the same seal.</summary>
    public string? SentKey { get; set; }
    public string Hash { get; set; } = "";

    /// <summary>The hash over a report, its numbers and its files.</summary>
    public static string HashOf(SealedReport report, IEnumerable<SealedNumber> numbers, IEnumerable<SealedFile> files)
    {
        var text = new StringBuilder();
        Add(
            text,
            Number(report.Id),
            report.Report,
            report.Title,
            Number(report.Edition),
            Number(report.AreaId),
            Number(report.AreaCode),
            report.AreaName,
            Number(report.Day),
            Number(report.KnownChange),
            report.PackHash,
            report.TemplateHash,
            report.SealedAt,
            report.SealedName,
            report.SealedBy is { } by ? Number(by) : "-",
            report.SealedPost is { } post ? Number(post) : "-"
        );
        foreach (var n in numbers.OrderBy(n => n.Key))
            Add(
                text,
                Number(n.Key),
                n.Figure,
                n.Label,
                n.LabelEn,
                n.Unit,
                Number(n.AreaId),
                Number(n.AreaCode),
                n.AreaName,
                Number(n.Day),
                Number(n.State),
                n.Low ?? "-",
                n.High ?? "-",
                Number(n.Unknown),
                n.Text,
                n.DefinitionHash
            );
        foreach (var f in files.OrderBy(f => f.Format, StringComparer.Ordinal))
            Add(text, f.Format, f.Media, f.Hash, Number(f.Size));
        return Hex(text.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Lengths stand before the texts: no two records have the same.
    private static void Add(StringBuilder text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}|");
        text.Append('\n');
    }

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>One number of a sealed report, exact and as printed.</summary>
public sealed class SealedNumber
{
    public long ReportId { get; set; }

    /// <summary>Its place in reading order, from 1.</summary>
    public int Key { get; set; }
    public string Figure { get; set; } = "";

    /// <summary>Its name when it was sealed: packs change.</summary>
    public string Label { get; set; } = "";
    public string LabelEn { get; set; } = "";
    public string Unit { get; set; } = "";
    public long AreaId { get; set; }
    public long AreaCode { get; set; }
    public string AreaName { get; set; } = "";

    /// <summary>The effective day it is of (yyyyMMdd).</summary>
    public int Day { get; set; }

    /// <summary><see cref="FigureState"/>.</summary>
    public short State { get; set; }

    /// <summary>The two ends in base units, a whole number or a quotient of two; null where there is no number.</summary>
    public string? Low { get; set; }
    public string? High { get; set; }
    public long Unknown { get; set; }

    /// <summary>As printed.</summary>
    public string Text { get; set; } = "";

    /// <summary><see cref="FigureHash"/> of its figure.</summary>
    public string DefinitionHash { get; set; } = "";

    public FigureValue Value =>
        (FigureState)State == FigureState.Known
            ? new(FigureState.Known, Exact.Read(Low!), Exact.Read(High!), Unknown)
            : FigureValue.Without((FigureState)State) with
            {
                Unknown = Unknown,
            };
}

/// <summary>A file of a sealed report, as it was published; it lies in the <see cref="Platform.Files.FileStore"/> under its hash.</summary>
public sealed class SealedFile
{
    public long ReportId { get; set; }

    /// <summary>html, docx, pdf, xlsx, md, txt.</summary>
    public string Format { get; set; } = "";
    public string Media { get; set; } = "";
    public string Hash { get; set; } = "";
    public int Size { get; set; }
}

/// <summary>A sealed report with what belongs to it.</summary>
public sealed record SealedWhole(SealedReport Report, IReadOnlyList<SealedNumber> Numbers, IReadOnlyList<SealedFile> Files)
{
    /// <summary>Null when there is none of the id.</summary>
    public static SealedWhole? Read(DbConnection connection, DbTransaction? transaction, long id) =>
        connection.QueryFirstOrDefault<SealedReport>("SELECT * FROM sealed_reports WHERE id = @id", new { id }, transaction) is { } report
            ? new(
                report,
                [.. connection.Query<SealedNumber>("SELECT * FROM sealed_numbers WHERE report_id = @id ORDER BY key", new { id }, transaction)],
                [.. connection.Query<SealedFile>("SELECT * FROM sealed_files WHERE report_id = @id ORDER BY format", new { id }, transaction)]
            )
            : null;

    /// <summary>Whether the hash is that of what is held.</summary>
    public bool Holds => SealedReport.HashOf(Report, Numbers, Files) == Report.Hash;
}
