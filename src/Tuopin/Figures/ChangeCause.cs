using Tuopin.Rules.Model;

namespace Tuopin.Figures;

/// <summary>Why a subject counts otherwise at one moment than at another.</summary>
public enum CauseKind : byte
{
    /// <summary>补录: recorded after the moment before, though it held by then.</summary>
    LateData,

    /// <summary>更正: the same fact was recorded with another value.</summary>
    Corrected,

    /// <summary>撤销: what was recorded is no longer held.</summary>
    TakenBack,

    /// <summary>The registered village lies in the area now.</summary>
    MovedIn,

    /// <summary>The registered village lies elsewhere now.</summary>
    MovedOut,

    /// <summary>Another registration status from a day on.</summary>
    StatusDecided,
    Birth,
    Death,

    /// <summary>Came into the household otherwise: by marriage, moved in.</summary>
    Joined,

    /// <summary>Left the household otherwise.</summary>
    Departed,

    /// <summary>The facts of another year.</summary>
    NewYear,

    /// <summary>Stated since, of a later day; such facts are kept without a day of their own.</summary>
    Stated,

    /// <summary>An episode began: a measure, another house.</summary>
    Began,

    /// <summary>An episode ended.</summary>
    Ended,

    /// <summary>A parameter it reads has another value in force.</summary>
    LawChanged,

    /// <summary>Nothing but time: an age was reached, a term ran out.</summary>
    Time,

    /// <summary>Nothing that the figure reads of it differs: the reason lies in what it is compared with.</summary>
    NotFound,
}

/// <summary>The act that recorded something.</summary>
/// <param name="At">UTC.</param>
/// <param name="StatedBy">Key of code list department, or a level.</param>
/// <param name="DataDay">The day the data is of (yyyyMMdd).</param>
public sealed record RecordedAct(long Change, string At, string Actor, string Reason, string StatedBy, int DataDay);

/// <summary>One thing that is otherwise, and since when.</summary>
public sealed record ChangeCause(CauseKind Kind)
{
    /// <summary>The fact that is another one; null where somebody came or went, or the place changed.</summary>
    public Fact? Fact { get; init; }

    /// <summary>What came, went or changed.</summary>
    public Label? What { get; init; }
    public Value? Before { get; init; }
    public Value? After { get; init; }

    /// <summary>The member concerned, by name, where it is another than the subject itself.</summary>
    public string? Person { get; init; }

    /// <summary>The day it took effect (yyyyMMdd); null where that is not kept.</summary>
    public int? Day { get; init; }

    /// <summary>Who recorded it; null where only the effective day went on.</summary>
    public RecordedAct? Act { get; init; }

    /// <summary>The values are of another trade than the reader's, or a personal number: that they differ is told, not what they are.</summary>
    public bool Withheld { get; init; }
}
