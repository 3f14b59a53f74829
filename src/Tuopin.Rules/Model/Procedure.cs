using System.Collections.Immutable;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Model;

/// <summary>What is done in a step of a procedure.</summary>
public enum StepKind : byte
{
    /// <summary>The list is put together and put forward.</summary>
    Propose,

    /// <summary>A meeting looks at the list and votes (民主评议).</summary>
    Meeting,

    /// <summary>Somebody looks at every subject.</summary>
    Verify,

    /// <summary>Each subject agrees or refuses (签字认可).</summary>
    Agree,

    /// <summary>The list hangs on a board for some days, and anybody may object (公示).</summary>
    Publicity,

    /// <summary>A level above looks at the list and at a share of its subjects.</summary>
    Review,

    /// <summary>Whoever decides, decides: what changes, changes here. A procedure has one such step.</summary>
    Decide,

    /// <summary>What was decided is announced (公告).</summary>
    Announce,

    /// <summary>The papers are filed and the entries made (归档, 系统录入, 销号).</summary>
    File,
}

/// <summary>Who acts in a step: a role of the console.</summary>
public enum ActingRole : byte
{
    Village,
    Township,
    County,
    City,
    Province,
}

/// <summary>What must be said when a step is taken, beside what its kind asks for.</summary>
public enum StepInput : byte
{
    /// <summary>The number of a document (文号).</summary>
    Document,

    /// <summary>Where photographs and signed sheets are kept (佐证材料).</summary>
    Evidence,

    /// <summary>Who took part, by name (参会人员).</summary>
    Attendees,
}

/// <summary>What the notice of a publicity shows of each subject; never more than the procedure says.</summary>
public enum NoticeColumn : byte
{
    /// <summary>The head's name in full.</summary>
    Name,

    /// <summary>The head's name with a star in it: 李*明.</summary>
    MaskedName,

    /// <summary>The group (组) of the village.</summary>
    Group,

    /// <summary>How many members.</summary>
    Members,

    /// <summary>What the list proposes for it.</summary>
    Outcome,
}

/// <summary>How days are counted.</summary>
public enum DayCount : byte
{
    /// <summary>Every day of the calendar.</summary>
    Natural,

    /// <summary>Working days: weekends are off, and public holidays of the years whose holidays a pack states (<see cref="Holidays"/>).</summary>
    Working,
}

/// <summary>Why a subject of a list is done with. What each is called is the procedure's to say.</summary>
public enum OutcomeCause : byte
{
    /// <summary>It went through: the change was decided.</summary>
    Passed,

    /// <summary>Somebody held it back.</summary>
    Held,

    /// <summary>An indicator is unmet or unknown.</summary>
    Unmet,

    /// <summary>The subject itself did not agree.</summary>
    Refused,

    /// <summary>An objection was upheld.</summary>
    Objection,

    /// <summary>The whole list was refused.</summary>
    Rejected,

    /// <summary>The list ran out of its time.</summary>
    Lapsed,
}

/// <summary>A number of days: fixed by law (<see cref="Count"/>), or set by the county before its first list (<see cref="Parameter"/>).</summary>
public sealed record DayLength(int? Count, string? Parameter, DayCount Counted)
{
    /// <summary>The number, with what the county set.</summary>
    public int Of(IReadOnlyDictionary<string, int> set) => Count ?? set[Parameter!];
}

/// <summary>Until when a step must be done: so many days after it began, or a day of the year the list was opened in.</summary>
public sealed record StepDeadline(DayLength? Within, int? ByMonth, int? ByDay, bool Lapses);

/// <summary>A count of days that the law leaves open.</summary>
public sealed record ProcedureParameter(string Id, Label Label, int Min, int Max);

/// <summary>What a list can be opened for: which subjects may stand on it, and what becomes of them.</summary>
/// <param name="Takes">Keys of <c>status_kind</c>; empty where the subject is no household.</param>
/// <param name="Becomes">Key of <c>status_kind</c> of the new episode; null when the status stays as it is.</param>
/// <param name="Undoes">The episode that stands is taken back, and the one before it holds again (回退).</param>
/// <param name="YearFact">The fact that takes the year of the decision: of the new episode, or, of a place, of its registry year.</param>
/// <param name="NeedsVerdict">Every indicator of the deciding standard must be met or exempt.</param>
public sealed record ProcedureChange(
    string Id,
    Label Title,
    ImmutableArray<string> Takes,
    string? Becomes,
    bool Undoes,
    string? YearFact,
    bool NeedsVerdict
)
{
    /// <summary>Key of <c>monitoring_kind</c>: the episode of monitoring that the decision opens.</summary>
    public string? Opens { get; init; }

    /// <summary>Key of <c>elimination_kind</c>: how the episode of monitoring that stands is closed.</summary>
    public string? Closes { get; init; }

    /// <summary>What must be true of every household at the decision; unknown is not true.</summary>
    public ImmutableArray<ProcedureCondition> Conditions { get; init; } = [];

    /// <summary>Whether somebody may be kept from passing by what the record says.</summary>
    public bool Asks => NeedsVerdict || Conditions.Length > 0;
}

/// <summary>A rule over the household that a decision asks for.</summary>
public sealed record ProcedureCondition(string Id, Label Title, Variable Household, Expr Met);

public sealed record ProcedureStep(string Id, StepKind Kind, Label Title, ActingRole Role, AreaLevel Level)
{
    /// <summary>The step after it; null at the end.</summary>
    public string? Next { get; init; }

    /// <summary>Where the list goes when it is sent back; null where it cannot be.</summary>
    public string? ReturnsTo { get; init; }

    /// <summary>The whole list may be refused here.</summary>
    public bool MayRefuse { get; init; }

    /// <summary>How long a publicity hangs.</summary>
    public DayLength? Days { get; init; }

    /// <summary>What the notice of a publicity shows.</summary>
    public ImmutableArray<NoticeColumn> Shows { get; init; } = [NoticeColumn.MaskedName, NoticeColumn.Group];

    /// <summary>The least share, in percent, of the subjects that are looked at.</summary>
    public int? SpotCheck { get; init; }
    public StepDeadline? Due { get; init; }
    public ImmutableArray<StepInput> Inputs { get; init; } = [];
    public Source? Source { get; init; }
}

/// <summary>
/// An official flow as data: steps that act on a list of subjects. A list finishes under the version it began with, so the text of the file is kept by
/// <see cref="Hash"/>.
/// </summary>
/// <param name="Family">A subject stands on at most one open list of a family.</param>
/// <param name="ListLevel">The level of the area a list is of.</param>
public sealed record Procedure(
    string Id,
    int Version,
    string Family,
    SubjectType Subject,
    AreaLevel ListLevel,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    ImmutableArray<ProcedureParameter> Parameters,
    ImmutableArray<ProcedureChange> Changes,
    ImmutableArray<ProcedureStep> Steps,
    ImmutableDictionary<OutcomeCause, Label> Outcomes
)
{
    public string File { get; init; } = "";
    public string Hash { get; init; } = "";
    public Label? Note { get; init; }

    public ProcedureStep First => Steps[0];

    public ProcedureStep Step(string id) => Steps.First(s => s.Id == id);

    public ProcedureChange Change(string id) => Changes.First(c => c.Id == id);

    /// <summary>The steps in the order they are taken.</summary>
    public IEnumerable<ProcedureStep> InOrder
    {
        get
        {
            for (var step = First; step is not null; step = step.Next is { } next ? Step(next) : null)
                yield return step;
        }
    }
}
