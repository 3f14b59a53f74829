namespace Tuopin.Figures.Targets;

/// <summary>
/// What a figure of an area is to come to by a day, and which department answers for it; or, without a figure, a day that is counted down to. A target is never
/// altered: set anew for the same figure, area and deadline it takes the place of the one before.
/// </summary>
public sealed class FigureTarget
{
    public long Id { get; set; }

    /// <summary>Id of the figure in the packs; null for a day alone.</summary>
    public string? Figure { get; set; }

    /// <summary>What the day is of, where there is no figure.</summary>
    public string? Title { get; set; }
    public long AreaId { get; set; }

    /// <summary>Progress is counted from this day on (yyyyMMdd).</summary>
    public int FromDay { get; set; }
    public int Deadline { get; set; }

    /// <summary>Digits in the unit of the figure.</summary>
    public string? Goal { get; set; }

    /// <summary>Whether the figure is to rise to the goal, or to fall to it.</summary>
    public bool Rising { get; set; }

    /// <summary>The figure on the first day, as it was known when the target was set: a quotient in base units; null where it had no number.</summary>
    public string? Start { get; set; }

    /// <summary>Key of code list department.</summary>
    public string Owner { get; set; } = "";
    public string? Note { get; set; }
    public string At { get; set; } = "";
    public string Name { get; set; } = "";
    public long? UserId { get; set; }
    public long? PostId { get; set; }
    public string? EndedAt { get; set; }
    public string? EndedName { get; set; }
    public string? EndedReason { get; set; }
    public long? ReplacedBy { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A village that is to exit in a year, by the plan of its county.</summary>
public sealed class PlannedExit
{
    public long AreaId { get; set; }
    public int Year { get; set; }
    public string At { get; set; } = "";
    public string Name { get; set; } = "";
    public long? UserId { get; set; }
    public long? PostId { get; set; }
    public long ChangeId { get; set; }
}
