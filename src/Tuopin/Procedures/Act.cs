using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>What somebody does to a list, in which capacities and when.</summary>
public abstract record Act(IReadOnlyList<Hat> Hats, Moment At)
{
    /// <summary>Puts subjects on a list that is not put forward yet.</summary>
    public sealed record Add(IReadOnlyList<Hat> Hats, Moment At, IReadOnlyList<long> Subjects) : Act(Hats, At);

    /// <summary>Holds subjects back; the others go on.</summary>
    /// <param name="ForVerdict">Because an indicator is unmet or unknown.</param>
    public sealed record Hold(IReadOnlyList<Hat> Hats, Moment At, IReadOnlyList<long> Subjects, bool ForVerdict) : Act(Hats, At);

    /// <summary>Hangs the list on the board: the days of a publicity count from here.</summary>
    public sealed record Hang(IReadOnlyList<Hat> Hats, Moment At) : Act(Hats, At);

    /// <summary>An objection that came in while the list hangs.</summary>
    public sealed record Raise(IReadOnlyList<Hat> Hats, Moment At, long? Subject) : Act(Hats, At);

    /// <summary>The answer to an objection; upheld, it takes its subject off the way.</summary>
    public sealed record Settle(IReadOnlyList<Hat> Hats, Moment At, int Number, bool Upheld) : Act(Hats, At);

    /// <summary>An appeal (申诉) against the answer to an objection that was not upheld.</summary>
    public sealed record Appeal(IReadOnlyList<Hat> Hats, Moment At, int Number) : Act(Hats, At);

    /// <summary>What the next level up says to an appeal; upheld, its subject is taken off the way.</summary>
    public sealed record SettleAppeal(IReadOnlyList<Hat> Hats, Moment At, int Number, bool Upheld) : Act(Hats, At);

    /// <summary>Takes the current step.</summary>
    /// <param name="Step">The step the writer saw: a list that has gone on refuses it.</param>
    /// <param name="Refusing">Subjects that do not agree, in a step that asks them.</param>
    /// <param name="Wanting">Subjects with an indicator unmet or unknown, as the record says at this moment.</param>
    public sealed record Take(
        IReadOnlyList<Hat> Hats,
        Moment At,
        string Step,
        StepAnswer Answer,
        StepInputs Inputs,
        IReadOnlyList<long> Refusing,
        IReadOnlySet<long> Wanting
    ) : Act(Hats, At);
}

/// <summary>How a step ends.</summary>
public enum StepAnswer : byte
{
    /// <summary>On to the next step.</summary>
    Forward,

    /// <summary>Back to where the step returns to.</summary>
    Return,

    /// <summary>The whole list is refused.</summary>
    Refuse,
}

/// <summary>What is said when a step is taken.</summary>
public sealed record StepInputs
{
    /// <summary>A meeting: how many came, and how they voted.</summary>
    public int? Attended { get; init; }
    public int? For { get; init; }
    public int? Against { get; init; }
    public int? Abstained { get; init; }

    /// <summary>Subjects that were looked at, of those still open.</summary>
    public int? Checked { get; init; }
    public string? Document { get; init; }
    public string? Evidence { get; init; }
    public string? Attendees { get; init; }

    public string? Of(StepInput input) =>
        input switch
        {
            StepInput.Document => Document,
            StepInput.Evidence => Evidence,
            StepInput.Attendees => Attendees,
            _ => throw new ArgumentOutOfRangeException(nameof(input)),
        };
}
