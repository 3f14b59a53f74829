namespace Tuopin.Matching;

/// <summary>A department's list that was matched with the registry (数据比对): where it came from, and what came of it.</summary>
public sealed class MatchFile
{
    public long Id { get; set; }
    public required string File { get; set; }
    public required string Sha256 { get; set; }

    /// <summary>Number in code list record_kind.</summary>
    public int Kind { get; set; }

    /// <summary>Key of code list department: who gave it.</summary>
    public required string Department { get; set; }

    /// <summary>The day its data is of.</summary>
    public int DataDay { get; set; }

    /// <summary>The registry year in which its absences mean something.</summary>
    public int Year { get; set; }

    /// <summary>The area whose members it was compared with: the first of its codes, and the last.</summary>
    public long AreaCode { get; set; }
    public long AreaTo { get; set; }
    public long Rows { get; set; }

    /// <summary>Rows that name nobody.</summary>
    public long Junk { get; set; }

    /// <summary>Rows that stood there before.</summary>
    public long Repeated { get; set; }
    public long ByNumber { get; set; }
    public long ByScore { get; set; }
    public long Unmatched { get; set; }

    /// <summary>Bits from which on a pair was taken without review, and looked at; null where nothing was scored.</summary>
    public int? SureCentibits { get; set; }
    public int? ReviewCentibits { get; set; }
    public long? UserId { get; set; }
    public required string LoadedBy { get; set; }
    public required string LoadedAt { get; set; }

    /// <summary>The day after which unmatched rows are dropped.</summary>
    public int KeptTo { get; set; }
    public string? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// A row of a list that was not linked by its number at once. It holds no number, only its mask. It has no history: what is dropped is gone.
/// </summary>
public sealed class MatchRow
{
    public long FileId { get; set; }

    /// <summary>Row of the sheet, from 1.</summary>
    public int Number { get; set; }

    /// <summary>A <see cref="MatchState"/>.</summary>
    public short State { get; set; }

    /// <summary>Why it was not taken: a word of <see cref="MatchWords"/>; or the reason of whoever decided.</summary>
    public string? Reason { get; set; }
    public string? Name { get; set; }
    public string? Masked { get; set; }
    public int? Birth { get; set; }
    public long? PlaceCode { get; set; }
    public string? Item { get; set; }
    public long? Amount { get; set; }
    public int? FromDay { get; set; }
    public int? ToDay { get; set; }
    public bool? Active { get; set; }

    /// <summary>Key of the department_record it became.</summary>
    public long? RecordId { get; set; }
    public string? DecidedBy { get; set; }
    public string? DecidedAt { get; set; }
}

public enum MatchState : short
{
    Unmatched = 0,

    /// <summary>Linked by score, without review.</summary>
    Sure = 1,

    /// <summary>Somebody has to look.</summary>
    Waiting = 2,
    Accepted = 3,
    Rejected = 4,
}

/// <summary>Whom a row may be, the likeliest first.</summary>
public sealed class MatchCandidate
{
    public long FileId { get; set; }
    public int Number { get; set; }
    public long PersonId { get; set; }
    public long HouseholdId { get; set; }

    /// <summary>Weight in hundredths of a bit.</summary>
    public int Centibits { get; set; }

    /// <summary>Probability among all candidates of the row, in thousandths.</summary>
    public int PerThousand { get; set; }

    /// <summary>What each comparison said: <see cref="EvidenceText"/>.</summary>
    public required string Evidence { get; set; }
}

/// <summary>Two persons of the registry who may be one (疑似重复).</summary>
public sealed class DuplicatePair
{
    public long Id { get; set; }

    /// <summary>The lower key first.</summary>
    public long PersonA { get; set; }
    public long PersonB { get; set; }

    /// <summary>The numbers are equal.</summary>
    public bool SameNumber { get; set; }
    public int? Centibits { get; set; }
    public string? Evidence { get; set; }

    /// <summary>0 open, 1 one person, 2 two persons: never raised again.</summary>
    public short State { get; set; }

    /// <summary>Of one person, the entry that stays.</summary>
    public long? KeepsPerson { get; set; }
    public string? Reason { get; set; }
    public string? DecidedBy { get; set; }
    public string? DecidedAt { get; set; }
    public long ChangeId { get; set; }
}
