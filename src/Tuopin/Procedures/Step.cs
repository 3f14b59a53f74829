using System.Collections.Immutable;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>What came of an act: the state after it, or why it was refused.</summary>
public readonly record struct Taken(ListState? State, Refusal? Why)
{
    public static implicit operator Taken(ListState state) => new(state, null);

    public static implicit operator Taken(Refusal why) => new(null, why);

    /// <exception cref="Refusal">The act was refused.</exception>
    public ListState OrThrow() => State ?? throw Why!;
}

/// <summary>
/// The engine: a list, an act, and the list after it. It knows no database and no clock; all that decides stands in its arguments, so that the same acts
/// lead to the same state whenever they are taken again.
/// </summary>
public static class Step
{
    /// <summary>The list as it is on a day: out of its time, it is over, and whoever was open on it has lapsed.</summary>
    public static ListState AsOf(Procedure procedure, ListState state, Moment at) =>
        state.LapsesAfter(procedure) is { } last && at.Work > last
            ? Finish(state with { Since = at, Last = at, Acts = state.Acts + 1 }, OutcomeCause.Lapsed, ListEnd.Lapsed)
            : state;

    public static Taken Take(Procedure procedure, ListState state, Act act)
    {
        if (state.Ended is not null)
            return new Refusal("list.ended", "the list has come to its end");
        if (AsOf(procedure, state, act.At).Ended == ListEnd.Lapsed)
            return new Refusal("list.lapsed", $"the list ran out of its time on {Text(state.LapsesAfter(procedure)!.Value)}");
        if (act.At.Work < state.Last.Work)
            return new Refusal("list.day-before", $"the work date lies before {Text(state.Last.Work)}, when something was last done to the list");
        var step = procedure.Step(state.Step);
        if (!act.Hats.Contains(act is Act.SettleAppeal ? Above(step) : new Hat(step.Role, step.Level)))
            return new NotPermitted("list.not-your-step", $"step '{step.Title}' is not yours to take");
        var after = act switch
        {
            Act.Add add => Add(procedure, state, step, add),
            Act.Hold hold => Hold(state, hold),
            Act.Hang => Hang(state, step, act.At),
            Act.Raise objection => Raise(state, step, objection),
            Act.Settle settle => Settle(state, step, settle),
            Act.Appeal appeal => Appeal(state, step, appeal),
            Act.SettleAppeal settle => Settle(state, step, settle),
            Act.Take take when take.Step != state.Step => new Refusal("list.step-not-current", $"the list stands at step '{step.Title}'"),
            Act.Take { Answer: StepAnswer.Return } take => Return(state, step, take),
            Act.Take { Answer: StepAnswer.Refuse } => RefuseAll(state, step),
            Act.Take take => Forward(procedure, state, step, take),
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };
        return after.State is not { } next ? after : Counted(procedure, next with { Last = act.At, Acts = state.Acts + 1 });
    }

    // With nobody left before the decision there is nothing to decide.
    private static ListState Counted(Procedure procedure, ListState state) =>
        state.Ended is null && state.Subjects.Count > 0 && !state.OpenSubjects.Any() && !state.Subjects.ContainsValue(OutcomeCause.Passed)
            ? state with
            {
                Ended = ListEnd.Done,
            }
            : state;

    private static Taken Add(Procedure procedure, ListState state, ProcedureStep step, Act.Add add)
    {
        if (step != procedure.First)
            return new Refusal("list.put-forward", "the list has been put forward: nobody is added to it");
        if (add.Subjects.Count == 0)
            return new Refusal("list.nobody", "name at least one");
        if (add.Subjects.Any(state.Subjects.ContainsKey) || add.Subjects.Distinct().Count() != add.Subjects.Count)
            return new Refusal("list.on-it-already", "one of them is on the list already");
        return state with { Subjects = state.Subjects.AddRange(add.Subjects.Select(s => KeyValuePair.Create(s, (OutcomeCause?)null))) };
    }

    private static Taken Hold(ListState state, Act.Hold hold) =>
        hold.Subjects.Count == 0 ? new Refusal("list.nobody", "name at least one")
        : !hold.Subjects.All(state.IsOpen) ? NotOpen()
        : End(state, hold.Subjects, hold.ForVerdict ? OutcomeCause.Unmet : OutcomeCause.Held);

    private static Taken Hang(ListState state, ProcedureStep step, Moment at)
    {
        if (step.Kind != StepKind.Publicity)
            return new Refusal("list.no-publicity", "the list does not hang in this step");
        if (state.Hung is not null)
            return new Refusal("list.hung-already", $"the list hangs since {Text(state.Hung.Value.Work)}");
        return state with { Hung = at };
    }

    private static Taken Raise(ListState state, ProcedureStep step, Act.Raise objection)
    {
        if (step.Kind != StepKind.Publicity || state.Hung is null)
            return new Refusal("list.no-publicity", "the list does not hang in this step");
        if (objection.Subject is { } subject && !state.IsOpen(subject))
            return NotOpen();
        return state with { Objections = state.Objections.Add(new(state.Objections.Length + 1, objection.Subject, null)) };
    }

    private static Taken Settle(ListState state, ProcedureStep step, Act.Settle settle)
    {
        if (step.Kind != StepKind.Publicity)
            return new Refusal("list.no-publicity", "the list does not hang in this step");
        if (state.Objections.FirstOrDefault(o => o.Number == settle.Number) is not { } objection)
            return new Refusal("list.no-objection", $"there is no objection {settle.Number}");
        if (objection.Upheld is not null)
            return new Refusal("list.objection-answered", $"objection {settle.Number} has been answered");
        var after = state with { Objections = state.Objections.Replace(objection, objection with { Upheld = settle.Upheld }) };
        return settle.Upheld && objection.Subject is { } subject && state.IsOpen(subject) ? End(after, [subject], OutcomeCause.Objection) : after;
    }

    /// <summary>Who answers an appeal: the role one level above the step's. Above a province there is nobody, and no appeal.</summary>
    public static Hat Above(ProcedureStep step) =>
        step.Role switch
        {
            ActingRole.Village => new(ActingRole.Township, AreaLevel.Township),
            ActingRole.Township => new(ActingRole.County, AreaLevel.County),
            ActingRole.County => new(ActingRole.City, AreaLevel.City),
            ActingRole.City or ActingRole.Province => new(ActingRole.Province, AreaLevel.Province),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };

    private static Taken Appeal(ListState state, ProcedureStep step, Act.Appeal appeal)
    {
        if (step.Kind != StepKind.Publicity)
            return new Refusal("list.no-publicity", "the list does not hang in this step");
        if (step.Role == ActingRole.Province)
            return new Refusal("list.no-level-above", "there is no level above that could answer an appeal");
        if (state.Objections.FirstOrDefault(o => o.Number == appeal.Number) is not { } objection)
            return new Refusal("list.no-objection", $"there is no objection {appeal.Number}");
        if (objection.Upheld != false)
            return new Refusal("list.nothing-to-appeal", $"objection {appeal.Number} has no answer that could be appealed against");
        if (objection.Appealed)
            return new Refusal("list.appealed", $"there is an appeal about objection {appeal.Number} already");
        return state with { Objections = state.Objections.Replace(objection, objection with { Appealed = true }) };
    }

    private static Taken Settle(ListState state, ProcedureStep step, Act.SettleAppeal settle)
    {
        if (step.Kind != StepKind.Publicity)
            return new Refusal("list.no-publicity", "the list does not hang in this step");
        if (state.Objections.FirstOrDefault(o => o.Number == settle.Number) is not { Appealed: true, AppealUpheld: null } objection)
            return new Refusal("list.no-appeal", $"no appeal about objection {settle.Number} waits for an answer");
        var after = state with { Objections = state.Objections.Replace(objection, objection with { AppealUpheld = settle.Upheld }) };
        return settle.Upheld && objection.Subject is { } subject && state.IsOpen(subject) ? End(after, [subject], OutcomeCause.Objection) : after;
    }

    private static Taken Return(ListState state, ProcedureStep step, Act.Take take) =>
        step.ReturnsTo is { } back
            ? state with
            {
                Step = back,
                Since = take.At,
                Hung = null,
            }
            : new Refusal("list.cannot-return", $"step '{step.Title}' sends nothing back");

    private static Taken RefuseAll(ListState state, ProcedureStep step) =>
        step.MayRefuse
            ? Finish(state, OutcomeCause.Rejected, ListEnd.Rejected)
            : new Refusal("list.cannot-refuse", $"step '{step.Title}' refuses no list; hold back whom it does not agree to");

    private static Taken Forward(Procedure procedure, ListState state, ProcedureStep step, Act.Take take)
    {
        var open = state.OpenSubjects.Count();
        if (state.Subjects.Count == 0)
            return new Refusal("list.empty", "nobody is on the list");
        if (Missing(procedure, state, step, take, open) is { } why)
            return why;
        if (step.Kind == StepKind.Agree)
            state = End(state, take.Refusing, OutcomeCause.Refused);
        if (step.Kind == StepKind.Decide)
            state = End(state, [.. state.OpenSubjects], OutcomeCause.Passed);
        return state with { Step = step.Next ?? state.Step, Since = take.At, Hung = null, Ended = step.Next is null ? ListEnd.Done : null };
    }

    private static Refusal? Missing(Procedure procedure, ListState state, ProcedureStep step, Act.Take take, int open)
    {
        var said = take.Inputs;
        if (step.Inputs.Any(i => string.IsNullOrWhiteSpace(said.Of(i))))
            return new Refusal("list.inputs-missing", "say all that the step asks for");
        if (new[] { said.Attended, said.For, said.Against, said.Abstained, said.Checked }.Any(n => n < 0))
            return new Refusal("list.inputs-missing", "say all that the step asks for");
        if (step.Kind == StepKind.Meeting)
        {
            if (said is not { Attended: { } came, For: { } yes, Against: { } no, Abstained: { } neither })
                return new Refusal("list.inputs-missing", "say all that the step asks for");
            if ((long)yes + no + neither > came)
                return new Refusal("list.more-votes-than-people", $"{(long)yes + no + neither} votes of {came} people");
            // Our reading: no source gives a majority, but a list that more are against than for is not agreed.
            if (no >= yes)
                return new Refusal("list.voted-down", $"{yes} for and {no} against: the meeting does not agree");
        }
        if (step.SpotCheck is { } share)
        {
            var least = (open * share + 99) / 100;
            if (said.Checked is not { } looked)
                return new Refusal("list.inputs-missing", "say all that the step asks for");
            if (looked < least || looked > open)
                return new Refusal(
                    "list.spot-check",
                    $"{looked} of {open} were looked at; at least {least} must be ({share} %), and no more than there are"
                );
        }
        if (step.Kind == StepKind.Agree && !take.Refusing.All(state.IsOpen))
            return NotOpen();
        if (step.Kind == StepKind.Publicity && Hanging(procedure, state, step, take.At) is { } hangs)
            return hangs;
        if (step.Kind == StepKind.Decide && procedure.Change(state.Change).NeedsVerdict && state.OpenSubjects.Any(take.Wanting.Contains))
            return new Refusal(
                "list.verdict",
                $"{state.OpenSubjects.Count(take.Wanting.Contains)} have an indicator that is unmet or unknown: hold them back"
            );
        return null;
    }

    // The days count on the work date, and on the clock of the machine as well where that goes: setting the one forward shortens nothing.
    private static Refusal? Hanging(Procedure procedure, ListState state, ProcedureStep step, Moment at)
    {
        if (state.Hung is not { } hung)
            return new Refusal("list.not-hung", "the list has not been hung up");
        var days = step.Days!.Of(state.Days);
        var until = DayCounting.After(hung.Work, days, step.Days.Counted, state.Holidays);
        if (at.Work < until)
            return new Refusal("list.hangs", $"the list hangs until {Text(until)}");
        if (hung.Clock is { } from && (at.Clock is not { } now || now < DayCounting.After(from, days, step.Days.Counted, state.Holidays)))
            return new Refusal(
                "list.hangs-by-the-clock",
                $"the list was hung up on {Text(from)}: whatever the work date says, it hangs until {Text(DayCounting.After(from, days, step.Days.Counted, state.Holidays))}"
            );
        // One about somebody who is done with anyhow keeps nobody waiting.
        if (state.Objections.Any(o => o.Waits && (o.Subject is not { } s || state.IsOpen(s))))
            return new Refusal("list.objections-open", "answer every objection first");
        return null;
    }

    private static Refusal NotOpen() => new("list.not-open", "one of them is not on the list, or is done with");

    private static ListState End(ListState state, IReadOnlyList<long> subjects, OutcomeCause cause) =>
        state with
        {
            Subjects = state.Subjects.SetItems(subjects.Select(s => KeyValuePair.Create(s, (OutcomeCause?)cause))),
        };

    private static ListState Finish(ListState state, OutcomeCause cause, ListEnd end) =>
        End(state, [.. state.OpenSubjects], cause) with
        {
            Ended = end,
        };

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
