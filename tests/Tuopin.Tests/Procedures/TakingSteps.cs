using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.Platform.Web;
using Tuopin.Procedures;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Tests.Shared;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Procedures;

/// <summary>The engine, without a database: whatever is tried on a list, in any order and on any day, leaves it in a state the procedure has.</summary>
public sealed class TakingSteps
{
    private static readonly PackSet Packs = PackLoader.Load(Path.Combine(Repository.Root, "packs")).OrThrow();
    private static readonly Procedure Exit = Packs.Procedures.Single(p => p.Id == "yunnan.household-exit");
    private static readonly Procedure Identification = Packs.Procedures.Single(p => p.Id == "yunnan.identification");
    private static readonly ImmutableDictionary<string, int> Days = ImmutableDictionary<string, int>.Empty.Add("publicity_days", 7);
    private static readonly DateOnly Start = new(2020, 6, 12);

    private static readonly Hat[] Everybody = [.. Enum.GetValues<ActingRole>().Select(r => new Hat(r, Enum.Parse<AreaLevel>(r.ToString())))];
    private static readonly StepInputs Good = new()
    {
        Attended = 40,
        For = 30,
        Against = 5,
        Abstained = 5,
        Document = "会扶组〔2020〕1号",
        Evidence = "村档案",
        Attendees = "张三等",
    };

    private static Moment On(int day, bool clock = false) => new(Start.AddDays(day), clock ? Start.AddDays(day) : null);

    private static ListState Opened(Procedure procedure, params long[] ids) =>
        Step.Take(procedure, ListState.Open(procedure, procedure.Changes[0].Id, Days, On(0)), new Act.Add(Everybody, On(0), ids)).OrThrow();

    private static Act.Take Forward(ListState state, int day, StepInputs? inputs = null) =>
        new(
            Everybody,
            On(day),
            state.Step,
            StepAnswer.Forward,
            inputs ?? Good with { Checked = state.OpenSubjects.Count() },
            [],
            new HashSet<long>()
        );

    // The list at a step, everything done by the book until there.
    private static ListState At(Procedure procedure, string step, params long[] ids)
    {
        var (state, day) = (Opened(procedure, ids), 0);
        while (state.Step != step)
        {
            if (procedure.Step(state.Step).Kind == StepKind.Publicity)
            {
                state = Step.Take(procedure, state, new Act.Hang(Everybody, On(day))).OrThrow();
                day += 7;
            }
            state = Step.Take(procedure, state, Forward(state, day)).OrThrow();
        }
        return state;
    }

    private static string? Code(Taken taken) => taken.Why?.Code;

    [Fact]
    public void By_the_book_all_of_them_exit()
    {
        var state = At(Exit, "file", 1, 2, 3);
        state.Subjects.Values.ShouldAllBe(c => c == OutcomeCause.Passed);
        Step.Take(Exit, state, Forward(state, 9)).OrThrow().Ended.ShouldBe(ListEnd.Done);
    }

    [Fact]
    public void A_step_is_refused_out_of_turn_by_another_and_after_the_end()
    {
        var state = Opened(Exit, 1);
        Code(Step.Take(Exit, state, Forward(state, 0) with { Step = "decide" })).ShouldBe("list.step-not-current");
        var wrong = Step.Take(Exit, state, Forward(state, 0) with { Hats = [new(ActingRole.Township, AreaLevel.Township)] });
        wrong.Why.ShouldBeOfType<NotPermitted>();
        Code(wrong).ShouldBe("list.not-your-step");
        Code(Step.Take(Exit, state, Forward(state, 0) with { Hats = [new(ActingRole.Village, AreaLevel.Township)] })).ShouldBe("list.not-your-step");
        Code(Step.Take(Exit, state, Forward(state, -1))).ShouldBe("list.day-before");
        var ended = state with { Ended = ListEnd.Done };
        Code(Step.Take(Exit, ended, Forward(state, 0))).ShouldBe("list.ended");
    }

    [Theory]
    [InlineData(40, 30, 5, 6, "list.more-votes-than-people")]
    [InlineData(40, 40, 1, 0, "list.more-votes-than-people")]
    [InlineData(40, int.MaxValue, 1, 0, "list.more-votes-than-people")]
    [InlineData(40, 20, 20, 0, "list.voted-down")]
    [InlineData(40, -1, 0, 0, "list.inputs-missing")]
    [InlineData(40, 30, 5, 5, null)]
    public void Votes_are_no_more_than_those_who_came(int came, int yes, int no, int neither, string? code)
    {
        var state = At(Exit, "meeting", 1);
        var inputs = Good with { Attended = came, For = yes, Against = no, Abstained = neither };
        Code(Step.Take(Exit, state, Forward(state, 0, inputs))).ShouldBe(code);
    }

    [Theory]
    [InlineData(1, "list.spot-check")]
    [InlineData(2, null)]
    [InlineData(10, null)]
    [InlineData(11, "list.spot-check")]
    public void A_township_looks_at_a_fifth_of_the_list(int looked, string? code)
    {
        var state = At(Identification, "review", [.. Enumerable.Range(1, 10).Select(i => (long)i)]);
        Code(Step.Take(Identification, state, Forward(state, 30, Good with { Checked = looked }))).ShouldBe(code);
    }

    [Fact]
    public void Setting_the_clock_or_the_work_date_forward_shortens_no_publicity()
    {
        var state = At(Exit, "publicity", 1, 2);
        Code(Step.Take(Exit, state, Forward(state, 20))).ShouldBe("list.not-hung");
        var hung = Step.Take(Exit, state, new Act.Hang(Everybody, new(Start, Start))).OrThrow();
        Act.Take On(int work, int? clock) => Forward(hung, 0) with { At = new(Start.AddDays(work), clock is { } c ? Start.AddDays(c) : null) };
        Code(Step.Take(Exit, hung, On(6, 30))).ShouldBe("list.hangs");
        Code(Step.Take(Exit, hung, On(30, 6))).ShouldBe("list.hangs-by-the-clock");
        Code(Step.Take(Exit, hung, On(30, null))).ShouldBe("list.hangs-by-the-clock");
        Code(Step.Take(Exit, hung, On(7, 7))).ShouldBeNull();
    }

    [Fact]
    public void An_objection_is_answered_first_and_takes_only_its_own_household_off()
    {
        var state = Step.Take(Exit, At(Exit, "publicity", 1, 2), new Act.Hang(Everybody, On(0))).OrThrow();
        state = Step.Take(Exit, state, new Act.Raise(Everybody, On(1), 2)).OrThrow();
        Code(Step.Take(Exit, state, Forward(state, 8))).ShouldBe("list.objections-open");
        var upheld = Step.Take(Exit, state, new Act.Settle(Everybody, On(2), 1, true)).OrThrow();
        upheld.Subjects[2].ShouldBe(OutcomeCause.Objection);
        Code(Step.Take(Exit, upheld, new Act.Settle(Everybody, On(2), 1, false))).ShouldBe("list.objection-answered");
        Code(Step.Take(Exit, upheld, Forward(upheld, 8))).ShouldBeNull();
        // Held back meanwhile, the objection to it keeps nobody waiting.
        var held = Step.Take(Exit, state, new Act.Hold(Everybody, On(2), [2], false)).OrThrow();
        Code(Step.Take(Exit, held, Forward(held, 8))).ShouldBeNull();
    }

    [Fact]
    public void An_appeal_goes_to_the_level_above_and_the_publicity_waits_for_its_answer()
    {
        Hat[] village = [new(ActingRole.Village, AreaLevel.Village)];
        Hat[] township = [new(ActingRole.Township, AreaLevel.Township)];
        var state = Step.Take(Exit, At(Exit, "publicity", 1, 2), new Act.Hang(village, On(0))).OrThrow();
        state = Step.Take(Exit, state, new Act.Raise(village, On(1), 2)).OrThrow();
        Code(Step.Take(Exit, state, new Act.Appeal(village, On(1), 1))).ShouldBe("list.nothing-to-appeal");
        state = Step.Take(Exit, state, new Act.Settle(village, On(2), 1, false)).OrThrow();
        Code(Step.Take(Exit, state, new Act.SettleAppeal(township, On(2), 1, true))).ShouldBe("list.no-appeal");
        state = Step.Take(Exit, state, new Act.Appeal(village, On(3), 1)).OrThrow();
        Code(Step.Take(Exit, state, new Act.Appeal(village, On(3), 1))).ShouldBe("list.appealed");
        Code(Step.Take(Exit, state, Forward(state, 8))).ShouldBe("list.objections-open");
        Code(Step.Take(Exit, state, new Act.SettleAppeal(village, On(4), 1, true))).ShouldBe("list.not-your-step");
        var upheld = Step.Take(Exit, state, new Act.SettleAppeal(township, On(4), 1, true)).OrThrow();
        upheld.Subjects[2].ShouldBe(OutcomeCause.Objection);
        Code(Step.Take(Exit, upheld, Forward(upheld, 8))).ShouldBeNull();
        Step.Take(Exit, state, new Act.SettleAppeal(township, On(4), 1, false)).OrThrow().IsOpen(2).ShouldBeTrue();
    }

    [Fact]
    public void Nobody_exits_with_an_indicator_unmet_or_unknown()
    {
        var state = At(Exit, "decide", 1, 2, 3);
        var decide = Forward(state, 9) with { Wanting = new HashSet<long> { 3 } };
        Code(Step.Take(Exit, state, decide)).ShouldBe("list.verdict");
        var held = Step.Take(Exit, state, new Act.Hold(Everybody, On(9), [3], true)).OrThrow();
        var decided = Step.Take(Exit, held, decide).OrThrow();
        decided.Subjects.Values.ShouldBe([OutcomeCause.Passed, OutcomeCause.Passed, OutcomeCause.Unmet]);
    }

    [Fact]
    public void A_list_goes_back_is_refused_or_runs_out_of_time()
    {
        var state = At(Exit, "decide", 1);
        var back = Step.Take(Exit, state, Forward(state, 9) with { Answer = StepAnswer.Return }).OrThrow();
        back.Step.ShouldBe("review");
        back.Subjects[1].ShouldBeNull();
        var refused = Step.Take(Exit, state, Forward(state, 9) with { Answer = StepAnswer.Refuse }).OrThrow();
        refused.Ended.ShouldBe(ListEnd.Rejected);
        refused.Subjects[1].ShouldBe(OutcomeCause.Rejected);

        // A deadline of ten working days, which no shipped flow has yet: 12 June 2020 is a Friday.
        var due = Exit with
        {
            Steps = [.. Exit.Steps.Select(s => s.Id == "meeting" ? s with { Due = new(new(10, null, DayCount.Working), null, null, true) } : s)],
        };
        var meeting = At(due, "meeting", 1);
        meeting.LapsesAfter(due).ShouldBe(new DateOnly(2020, 6, 26));
        Code(Step.Take(due, meeting, Forward(meeting, 15))).ShouldBe("list.lapsed");
        Step.AsOf(due, meeting, On(14)).ShouldBeSameAs(meeting);
        var lapsed = Step.AsOf(due, meeting, On(15));
        lapsed.Ended.ShouldBe(ListEnd.Lapsed);
        lapsed.Subjects[1].ShouldBe(OutcomeCause.Lapsed);
        Code(Step.Take(due, lapsed, Forward(lapsed, 15))).ShouldBe("list.ended");
    }

    [Fact]
    public void Days_of_the_year_and_of_the_week_are_counted()
    {
        DayCounting.Next(new(2020, 10, 31), 10, 31).ShouldBe(new(2020, 10, 31));
        DayCounting.Next(new(2020, 11, 1), 10, 31).ShouldBe(new(2021, 10, 31));
        DayCounting.After(Start, 5, DayCount.Working, Holidays.None).ShouldBe(new(2020, 6, 19));
        DayCounting.After(Start, 5, DayCount.Natural, Holidays.None).ShouldBe(new(2020, 6, 17));
        // A holiday is no working day, a Sunday worked in its place is one; of a year that nobody stated only weekends are known.
        var june = new Holidays([
            new(2020, new("a test", null, "B"), new HashSet<DateOnly> { new(2020, 6, 18) }, new HashSet<DateOnly> { new(2020, 6, 14) }),
        ]);
        DayCounting.After(Start, 5, DayCount.Working, june).ShouldBe(new(2020, 6, 19));
        DayCounting.After(Start, 1, DayCount.Working, june).ShouldBe(new(2020, 6, 14));
        DayCounting.After(new(2020, 6, 15), 5, DayCount.Working, june).ShouldBe(new(2020, 6, 23));
        DayCounting.After(Start, 5, DayCount.Natural, june).ShouldBe(new(2020, 6, 17));
        (june.Know(Start), june.Know(new(2021, 6, 18)), june.IsWorking(new(2021, 6, 18))).ShouldBe((true, false, true));
    }

    // Anything at all, by anybody, on any day; most of it is refused.
    private static Gen<Func<ListState, Act>> Acts =>
        from kind in Gen.Choose(0, 13)
        from day in Gen.Frequency((8, Gen.Choose(0, 3)), (1, Gen.Choose(-30, 30)))
        from who in Gen.Frequency((9, Gen.Constant(Everybody)), (1, Gen.Constant(new[] { new Hat(ActingRole.City, AreaLevel.City) })))
        from id in Gen.Choose(1, 6)
        from yes in Gen.Choose(0, 50)
        from upheld in Gen.Elements(true, false)
        from wanting in Gen.Choose(1, 6).ArrayOf()
        from step in Gen.Elements(Exit.Steps.Select(s => s.Id).ToArray())
        select new Func<ListState, Act>(state =>
        {
            var at = new Moment(state.Last.Work.AddDays(day), state.Last.Clock?.AddDays(Math.Abs(day)));
            var inputs = Good with { For = yes, Checked = state.OpenSubjects.Count() };
            var wants = wanting.Take(upheld ? 0 : 2).Select(w => (long)w).ToHashSet();
            return kind switch
            {
                0 => new Act.Add(who, at, [id]),
                1 => new Act.Hold(who, at, [id], upheld),
                2 or 3 => new Act.Hang(who, at),
                4 => new Act.Raise(who, at, upheld ? null : id),
                5 => new Act.Settle(who, at, Math.Max(1, state.Objections.Length), upheld),
                6 => new Act.Take(who, at, step, StepAnswer.Forward, inputs, [], wants),
                7 => new Act.Take(who, at, state.Step, StepAnswer.Return, inputs, [], wants),
                8 => new Act.Take(who, at, state.Step, upheld ? StepAnswer.Refuse : StepAnswer.Forward, inputs, [id], wants),
                9 => new Act.Appeal(who, at, Math.Max(1, state.Objections.Length)),
                10 => new Act.SettleAppeal(who, at, Math.Max(1, state.Objections.Length), upheld),
                _ => new Act.Take(who, at, state.Step, StepAnswer.Forward, inputs, [], wants),
            };
        });

    [Fact]
    public void Whatever_is_tried_the_list_stays_whole()
    {
        var clocks = Gen.Elements<DateOnly?>(null, Start);
        Prop.ForAll(
                (from acts in Acts.ListOf(60) from clock in clocks select (acts, clock)).ToArbitrary(),
                t =>
                {
                    var first = ListState.Open(Exit, "exit", Days, new(Start, t.clock));
                    var (state, taken) = (first, new List<Act>());
                    foreach (var make in t.acts)
                    {
                        var act = make(state);
                        if (Step.Take(Exit, state, act).State is not { } next)
                            continue;
                        Holds(state, act, next);
                        taken.Add(act);
                        state = next;
                    }
                    // The same acts again lead to the same list.
                    var again = taken.Aggregate(first, (s, a) => Step.Take(Exit, s, a).OrThrow());
                    again.Subjects.ShouldBe(state.Subjects);
                    (again with { Subjects = state.Subjects, Objections = state.Objections }).ShouldBe(state);
                }
            )
            .Check(Properties.Cases(300));
    }

    private static void Holds(ListState before, Act act, ListState after)
    {
        before.Ended.ShouldBeNull("no act after the end");
        Exit.Steps.ShouldContain(s => s.Id == after.Step);
        after.Acts.ShouldBe(before.Acts + 1);
        // An outcome is for good, and there is one.
        foreach (var (subject, cause) in before.Subjects)
            after.Subjects[subject].ShouldBe(cause ?? after.Subjects[subject]);
        if (after.Ended is not null)
            after.Subjects.Values.ShouldAllBe(c => c != null);
        if (act is not Act.Take take)
            return;
        var step = Exit.Step(before.Step);
        take.Hats.ShouldContain(new Hat(step.Role, step.Level));
        if (step.Kind == StepKind.Meeting && take.Answer == StepAnswer.Forward)
            (take.Inputs.For + take.Inputs.Against + take.Inputs.Abstained).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(take.Inputs.Attended!.Value);
        if (step.Kind == StepKind.Publicity && take.Answer == StepAnswer.Forward)
        {
            (take.At.Work.DayNumber - before.Hung!.Value.Work.DayNumber).ShouldBeGreaterThanOrEqualTo(7);
            if (before.Hung.Value.Clock is { } clock)
                (take.At.Clock!.Value.DayNumber - clock.DayNumber).ShouldBeGreaterThanOrEqualTo(7);
        }
        if (step.Kind == StepKind.Decide && take.Answer == StepAnswer.Forward)
            foreach (var subject in before.OpenSubjects)
            {
                after.Subjects[subject].ShouldBe(OutcomeCause.Passed);
                take.Wanting.ShouldNotContain(subject);
            }
    }
}
