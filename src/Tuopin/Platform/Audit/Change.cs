namespace Tuopin.Platform.Audit;

/// <summary>One recorded act that changed data: who, when (the program's clock), why, from which source. Rows carry its id; history is kept by triggers.</summary>
public sealed class Change
{
    public long Id { get; set; }

    /// <summary>UTC, yyyy-MM-ddTHH:mm:ss.fffZ, the same text on both engines.</summary>
    public required string At { get; set; }
    public required string Actor { get; set; }

    /// <summary>The user and the post who acted; null for the command line.</summary>
    public long? UserId { get; set; }
    public long? PostId { get; set; }
    public required string Reason { get; set; }

    /// <summary>Key of code list department: who stated the facts.</summary>
    public required string StatedBy { get; set; }

    /// <summary>The day the data is of (数据日期).</summary>
    public int DataDay { get; set; }

    /// <summary>The year whose values it carried on when the next one was opened; who stated them, and of which day, is kept.</summary>
    public int? CarriedYear { get; set; }

    /// <summary>The paper it rests on, as its author named it.</summary>
    public string? Document { get; set; }
}

/// <summary>One imported file; the whole of it is one <see cref="Change"/> and can be undone as one.</summary>
public sealed class ImportBatch
{
    /// <summary><see cref="Mapping"/> of a tree of areas that was loaded: it is no sheet of a registry, but one change that is undone as a whole.</summary>
    public const string AreaTree = "area-tree";

    public long Id { get; set; }
    public long ChangeId { get; set; }
    public required string File { get; set; }
    public required string Sha256 { get; set; }
    public required string Mapping { get; set; }
    public long Rows { get; set; }
    public long Added { get; set; }
    public long Changed { get; set; }
    public long Unchanged { get; set; }
    public long Rejected { get; set; }

    /// <summary>The file came out of the national system: what it states need not be keyed there.</summary>
    public bool National { get; set; }
    public long? UndoneBy { get; set; }

    /// <summary>The job that loaded it, with its rejected rows; null for the command line.</summary>
    public long? JobId { get; set; }
}

/// <summary>An entry of the audit chain: <see cref="Hash"/> covers the entry and the hash before it, so that none can be changed or taken out unseen.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }
    public string At { get; set; } = "";
    public string Actor { get; set; } = "";
    public long? UserId { get; set; }
    public long? PostId { get; set; }

    /// <summary>module.act, for example registry.import, person.reveal.</summary>
    public string Action { get; set; } = "";

    /// <summary>Subject type of the dictionary and key, when the act concerned one subject.</summary>
    public string? Subject { get; set; }
    public long? SubjectId { get; set; }

    /// <summary>The field that was looked at or changed.</summary>
    public string? Field { get; set; }
    public string Detail { get; set; } = "";
    public byte[] Previous { get; set; } = [];
    public byte[] Hash { get; set; } = [];
}

/// <summary>A setting of the installation: the work date, whether the data is invented.</summary>
public sealed class Setting
{
    public required string Name { get; set; }
    public required string Value { get; set; }
}

/// <summary>The next key of a home county and table.</summary>
public sealed class KeySequence
{
    public required string Name { get; set; }
    public long Next { get; set; }
}

/// <summary>One row: the change that deletes and updates in the running transaction belong to, read by the history triggers.</summary>
public sealed class CurrentChange
{
    public int Id { get; set; }
    public long ChangeId { get; set; }
}
