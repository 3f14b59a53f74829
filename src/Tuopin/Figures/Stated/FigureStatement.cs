namespace Tuopin.Figures.Stated;

/// <summary>
/// What a department states of a figure, for an area on a day. It is never altered: the same department stating the same again puts a new row in its place,
/// and one that is withdrawn stays with the reason. One of a department stands at a time (填报).
/// </summary>
public sealed class FigureStatement
{
    public long Id { get; set; }

    /// <summary>Id of the figure in the packs.</summary>
    public string Figure { get; set; } = "";
    public long AreaId { get; set; }

    /// <summary>The day it is of (yyyyMMdd).</summary>
    public int Day { get; set; }

    /// <summary>Digits as stated, in the unit of the figure.</summary>
    public string Value { get; set; } = "";

    /// <summary>Key of code list department.</summary>
    public string StatedBy { get; set; } = "";

    /// <summary>The paper or table it is from, and the day of that paper.</summary>
    public string Source { get; set; } = "";
    public int? DocumentDay { get; set; }
    public string? Note { get; set; }

    public string At { get; set; } = "";
    public string Name { get; set; } = "";
    public long? UserId { get; set; }
    public long? PostId { get; set; }

    public string? EndedAt { get; set; }
    public string? EndedName { get; set; }
    public long? EndedUserId { get; set; }

    /// <summary>Why it was withdrawn; null for one that another took the place of.</summary>
    public string? EndedReason { get; set; }
    public long? ReplacedBy { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// Which of two sources that differ holds, chosen by a person with a reason. Each choice is kept; the latest of a figure, area and day counts, for as long as
/// nobody states another value than those that were chosen among.
/// </summary>
public sealed class FigureChoice
{
    public long Id { get; set; }
    public string Figure { get; set; } = "";
    public long AreaId { get; set; }
    public int Day { get; set; }

    /// <summary>The department whose value was chosen, and the value.</summary>
    public string StatedBy { get; set; } = "";
    public string Value { get; set; } = "";

    /// <summary>What else was stated when it was chosen: <c>department=value</c>, joined by semicolons.</summary>
    public string Others { get; set; } = "";
    public string Reason { get; set; } = "";
    public string At { get; set; } = "";
    public string Name { get; set; } = "";
    public long? UserId { get; set; }
    public long? PostId { get; set; }
    public long ChangeId { get; set; }
}
