using Tuopin.Platform;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>What may be done to an item, by whom and when: pure, so that it can be tried without a database.</summary>
public static class WorkActing
{
    public static readonly string[] OfTree = ["ledger", "aspect", "problem"];

    /// <param name="User">Who acts.</param>
    /// <param name="Directs">They direct work where the item is.</param>
    /// <param name="Answerable">A re-check may close what the source still reports.</param>
    /// <param name="PassedChildren">Children that passed their re-check.</param>
    public readonly record struct By(long User, bool Directs, bool Answerable, long PassedChildren);

    /// <exception cref="Refusal">What <see cref="Objection"/> says.</exception>
    public static void Check(WorkItem item, string act, By by)
    {
        if (Objection(item, act, by) is { } objection)
            throw objection;
    }

    /// <summary>
    /// Why it may not be done: work.closed, work.taken, work.not-yours, work.of-a-tree, work.handed-in, work.not-handed-in, work.own, work.still-there,
    /// work.children, work.nothing-passed, work.no-card; null when it may.
    /// </summary>
    public static Refusal? Objection(WorkItem item, string act, By by)
    {
        var state = (WorkState)item.State;
        if (state == WorkState.Closed && act != "comment")
            return new Refusal("work.closed", "这件事已经结束。It is closed.");
        return act switch
        {
            "take" => OfATree(item) ?? Taken(item),
            "assign" => OfATree(item) ?? (by.Directs ? null : NotTheirs(item, by)) ?? HandedIn(state),
            "hand-in" => OfATree(item) ?? NotTheirs(item, by) ?? HandedIn(state) ?? Children(item),
            "pass" when OfTree.Contains(item.Kind) => Children(item) ?? NothingPassed(by),
            "pass" => Children(item) ?? NotHandedIn(state) ?? Own(item, by) ?? (by.Answerable ? null : StillThere(item)),
            "return" => NotHandedIn(state),
            "withdraw" => Children(item) ?? StillThere(item),
            "card-back" when item.Card == 0 => new Refusal("work.no-card", "现在没有黄牌或红牌。There is no card in force."),
            _ => null,
        };
    }

    private static Refusal? OfATree(WorkItem item) =>
        OfTree.Contains(item.Kind)
            ? new Refusal(
                "work.of-a-tree",
                "台账、方面和问题随下面的措施办理。Ledgers, aspects and problems are dealt with by the measures beneath them."
            )
            : null;

    private static Refusal? Taken(WorkItem item) =>
        item.HolderId is null ? null : new Refusal("work.taken", $"这件事已由 {item.HolderName} 办理。It is in hand with {item.HolderName}.");

    private static Refusal? NotTheirs(WorkItem item, By by) =>
        item.HolderId == by.User
            ? null
            : new Refusal("work.not-yours", "只有承办人或派办的人可以这样做。Only whoever has it in hand, or directs it, may do that.");

    private static Refusal? HandedIn(WorkState state) =>
        state == WorkState.HandedIn ? new Refusal("work.handed-in", "已交复核：先通过或退回。It was handed in: pass it or return it first.") : null;

    private static Refusal? NotHandedIn(WorkState state) =>
        state == WorkState.HandedIn ? null : new Refusal("work.not-handed-in", "还没有交复核。It was not handed in.");

    private static Refusal? Children(WorkItem item) =>
        item.OpenChildren > 0
            ? new Refusal("work.children", $"下面还有 {item.OpenChildren} 项没有结束。Beneath it {item.OpenChildren} are open.")
            : null;

    private static Refusal? NothingPassed(By by) =>
        by.PassedChildren > 0
            ? null
            : new Refusal("work.nothing-passed", "下面没有一项通过复核，不能销号。Nothing beneath it has passed a re-check: it cannot be closed.");

    private static Refusal? Own(WorkItem item, By by) =>
        item.HandedBy == by.User ? new Refusal("work.own", "办理人不能复核自己办的事。Nobody re-checks what they handed in themselves.") : null;

    private static Refusal? StillThere(WorkItem item) =>
        item.SourceKey is null
            ? null
            : new Refusal(
                "work.still-there",
                "来源仍在报告这个问题：事实改正之后它自行销号。Its source still reports it: it closes by itself once the fact is mended."
            );

    /// <summary>A deadline a person sets lies on the work date or after it.</summary>
    /// <exception cref="WrongUsage">work.day.</exception>
    public static int Deadline(DateOnly? asked, DateOnly workDate) =>
        asked is { } day && day >= workDate
            ? DayNumber.Of(day)
            : throw new WrongUsage("work.day", "期限写作 2020-06-30，不早于工作日。Write a deadline as 2020-06-30, not before the work date.");
}
