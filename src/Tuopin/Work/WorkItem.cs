namespace Tuopin.Work;

/// <summary>
/// Something that somebody has to deal with (工作事项): raised by a source (<see cref="WorkSource"/>) or written by a person, alone or in a tree. It ends when
/// what it is about has ended, or when what was done passed the re-check of somebody else.
/// </summary>
public sealed class WorkItem
{
    /// <summary>The day of what has no deadline: it comes last.</summary>
    public const int NoDeadline = 99999999;

    public long Id { get; set; }

    /// <summary>The kind of its source, or order, ledger, aspect, problem, measure.</summary>
    public required string Kind { get; set; }

    /// <summary>What its source calls it; null for an item that a person wrote.</summary>
    public string? SourceKey { get; set; }
    public string? What { get; set; }
    public string? Stamp { get; set; }

    /// <summary>It stands for its key: open, or closed by an answer that the source still speaks against. One of a key does.</summary>
    public bool Live { get; set; }
    public long? ParentId { get; set; }

    /// <summary>The top of its tree; its own key there.</summary>
    public long? RootId { get; set; }

    /// <summary>Its place among the children of its parent, from 1.</summary>
    public int Ordinal { get; set; }

    /// <summary>How many of its children are open: it cannot be closed before there are none.</summary>
    public int OpenChildren { get; set; }

    /// <summary>As a person wrote it; null where the source tells.</summary>
    public string? Title { get; set; }

    /// <summary>What is wanted, as a person wrote it.</summary>
    public string? Wanted { get; set; }

    /// <summary>Key of the code list of sources of findings, at the top of a ledger.</summary>
    public string? Origin { get; set; }
    public string? Subject { get; set; }
    public long? SubjectId { get; set; }
    public long AreaCode { get; set; }

    /// <summary>Whose it is: a department (code list department), a unit, a post.</summary>
    public string? Department { get; set; }
    public long? UnitId { get; set; }
    public long? PostId { get; set; }

    /// <summary>The last day (yyyyMMdd), or <see cref="NoDeadline"/>.</summary>
    public int Due { get; set; }

    /// <summary>A person set the deadline: the source's no longer counts.</summary>
    public bool DueByHand { get; set; }

    /// <summary>A <see cref="WorkState"/>.</summary>
    public short State { get; set; }

    /// <summary>Who has it in hand.</summary>
    public long? HolderId { get; set; }
    public string? HolderName { get; set; }

    /// <summary>Who said that it is done, and who looked whether it is: somebody else.</summary>
    public long? HandedBy { get; set; }
    public string? HandedName { get; set; }
    public long? CheckedBy { get; set; }
    public string? CheckedName { get; set; }
    public int OpenedDay { get; set; }
    public int? ClosedDay { get; set; }

    /// <summary>A <see cref="WorkEnd"/>; null while it is open.</summary>
    public short? Ended { get; set; }

    /// <summary>When it was last urged (催办).</summary>
    public int? UrgedDay { get; set; }

    /// <summary>The card in force: 0 none, 1 yellow, 2 red.</summary>
    public short Card { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>How far an item is.</summary>
public enum WorkState : short
{
    /// <summary>Nobody has it in hand.</summary>
    Open = 0,
    Taken = 1,

    /// <summary>Said to be done; somebody else looks.</summary>
    HandedIn = 2,

    /// <summary>It was looked at and is not done.</summary>
    Returned = 3,
    Closed = 4,
}

/// <summary>How an item ended.</summary>
public enum WorkEnd : short
{
    /// <summary>Its source reports it no more.</summary>
    Cleared = 1,

    /// <summary>It passed the re-check.</summary>
    Passed = 2,

    /// <summary>It was taken back: it should not have been there.</summary>
    Withdrawn = 3,
}

/// <summary>What somebody did to an item, in the order of the numbers.</summary>
public sealed class WorkAct
{
    public long ItemId { get; set; }
    public int Number { get; set; }

    /// <summary>open, take, assign, comment, deadline, hand-in, pass, return, withdraw, urge, card, card-back.</summary>
    public required string Kind { get; set; }
    public long? UserId { get; set; }
    public required string Name { get; set; }
    public required string At { get; set; }

    /// <summary>The work date.</summary>
    public int Day { get; set; }
    public string? Words { get; set; }

    /// <summary>From what to what: a deadline, a holder.</summary>
    public string? Detail { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// A yellow or red card (黄牌、红牌) for a deadline that was missed. There is one of a colour for a deadline: a work date set back and forward again issues none twice.
/// </summary>
public sealed class WorkCard
{
    public long ItemId { get; set; }

    /// <summary>1 yellow, 2 red.</summary>
    public short Colour { get; set; }

    /// <summary>The deadline that was missed.</summary>
    public int Due { get; set; }
    public int IssuedDay { get; set; }

    /// <summary>The rule of the packs it follows from.</summary>
    public required string Rule { get; set; }

    /// <summary>Whom it is for.</summary>
    public string? Department { get; set; }
    public long? UnitId { get; set; }
    public string? HolderName { get; set; }
    public int? WithdrawnDay { get; set; }

    /// <summary>Who took it back, for good; null where the work date was set to a day before it was issued: then it comes back with that day.</summary>
    public long? WithdrawnBy { get; set; }
    public string? WithdrawnName { get; set; }
    public string? WithdrawnReason { get; set; }
    public long ChangeId { get; set; }
}
