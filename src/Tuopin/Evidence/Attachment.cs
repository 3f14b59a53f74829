namespace Tuopin.Evidence;

/// <summary>What a piece of evidence (佐证材料) is of.</summary>
public enum EvidenceKind : short
{
    Photo = 1,

    /// <summary>A sheet with signatures: of a meeting, of a household.</summary>
    SignedSheet = 2,
    Certificate = 3,
    Other = 4,
}

/// <summary>
/// A photo or document at a subject; the file lies in the <see cref="Platform.Files.FileStore"/> under <see cref="Hash"/>. It is never changed; withdrawn, it
/// stays with the reason. One file is at one subject once.
/// </summary>
public sealed class Attachment
{
    public long Id { get; set; }

    /// <summary>The kind of subject (<see cref="EvidenceSubject"/>), its key, and the number of a part of it (an act of a list); 0 for the whole.</summary>
    public string Subject { get; set; } = "";
    public long SubjectId { get; set; }
    public int Part { get; set; }

    /// <summary><see cref="EvidenceKind"/>.</summary>
    public short Kind { get; set; }
    public string? Title { get; set; }
    public int? TakenDay { get; set; }
    public string Media { get; set; } = "";

    /// <summary>SHA-256 of the file as it is kept, in hexadecimal.</summary>
    public string Hash { get; set; } = "";
    public int Size { get; set; }
    public string AddedAt { get; set; } = "";
    public string AddedName { get; set; } = "";
    public long? AddedBy { get; set; }
    public string? WithdrawnAt { get; set; }
    public string? WithdrawnName { get; set; }
    public string? WithdrawnReason { get; set; }

    public string Extension => Platform.Files.FileContent.ExtensionOf(Media);
}
