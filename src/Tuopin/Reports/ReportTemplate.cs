namespace Tuopin.Reports;

/// <summary>
/// A template that a place has stored, beside those of the packs; the file lies in the <see cref="Platform.Files.FileStore"/> under <see cref="Hash"/>. It is never
/// changed: a newer one of the same name withdraws it.
/// </summary>
public sealed class ReportTemplate
{
    public const string Prefix = "own-";

    public long Id { get; set; }

    /// <summary>The place whose template it is; it serves all areas within.</summary>
    public long AreaCode { get; set; }
    public string Name { get; set; } = "";

    /// <summary>md, docx or xlsx.</summary>
    public string Kind { get; set; } = "";
    public bool IsEnglish { get; set; }

    /// <summary>SHA-256 of the file, in hexadecimal.</summary>
    public string Hash { get; set; } = "";
    public int Size { get; set; }
    public string AddedAt { get; set; } = "";
    public string AddedName { get; set; } = "";
    public long? AddedBy { get; set; }
    public string? WithdrawnAt { get; set; }
    public string? WithdrawnName { get; set; }
    public long? WithdrawnBy { get; set; }
}
