using Tuopin.Numbers.Ties;

namespace Tuopin.Numbers;

/// <summary>What is said of one number of a text.</summary>
public sealed record Mark(NumberInText Number, Verdict Verdict, Said Reason);

/// <summary>A text with a mark on each of its figures, in order; dates and codes have none unless a rule is broken.</summary>
public sealed record CheckedText(Passage Passage, IReadOnlyList<Mark> Marks)
{
    public int Count(Verdict verdict) => Marks.Count(m => m.Verdict == verdict);
}

/// <summary>
/// Checks the figures of a text against each other, against figures known from outside and against what is plausible. Wrong is said only where the words claim a tie that
/// does not hold; a fit that no words claim is taken only where it can be no chance.
/// </summary>
public static class CheckText
{
    private static readonly Said Untied = new("没有与它勾稽的数", "nothing ties it");

    /// <param name="published">The day of the text, for countdowns; null leaves them unknown.</param>
    /// <exception cref="ArgumentException">The text is longer than <see cref="ReadNumbers.Longest"/>.</exception>
    public static CheckedText Check(
        string text,
        IReadOnlyList<KnownFigure>? known = null,
        IReadOnlyList<PlausibilityRule>? plausibility = null,
        DateOnly? published = null
    )
    {
        var passage = ReadNumbers.In(text);
        Tie[] inside =
        [
            .. Sums.Find(passage),
            .. Shares.Find(passage),
            .. PerHeads.Find(passage),
            .. Growth.Find(passage),
            .. Others.Find(passage, published),
            .. Plausible.Find(passage, plausibility ?? []),
        ];
        var outside = Known.Find(passage, known ?? []).ToDictionary(t => t.Target.Index);
        var found = Settle(inside);
        return new(
            passage,
            [
                .. passage
                    .Numbers.Where(n => n.IsFigure || found.ContainsKey(n.Index))
                    .Select(n => Together(n, found.GetValueOrDefault(n.Index), outside.GetValueOrDefault(n.Index))),
            ]
        );
    }

    private static Mark Together(NumberInText number, Tie? inside, Tie? outside) =>
        (inside, outside) switch
        {
            (null, null) => new(number, Verdict.Unknown, Untied),
            ({ } only, null) => new(number, only.Verdict, only.Reason),
            (null, { } only) => new(number, only.Verdict, only.Reason),
            ({ Verdict: Verdict.Wrong } wrong, { } other) => new(number, Verdict.Wrong, wrong.Reason + new Said("；", "; ") + other.Reason),
            ({ Verdict: Verdict.OtherBase } other, { Verdict: Verdict.Right } right) => new(
                number,
                other.Verdict,
                other.Reason + new Said("；", "; ") + right.Reason
            ),
            ({ } tie, { } from) => new(number, from.Verdict, from.Reason + new Said("；", "; ") + tie.Reason),
        };

    /// <summary>One tie for each number. A part that adds up elsewhere is not blamed for a sum that fails, unless nobody else is left to blame.</summary>
    private static Dictionary<int, Tie> Settle(Tie[] ties)
    {
        var sound = new HashSet<int>();
        foreach (var tie in ties.Where(t => t.Verdict == Verdict.Right && t.IsGroup && !IsWeak(t)))
            sound.UnionWith(Group(tie));
        var settled = new Dictionary<int, (int Rank, Tie Tie)>();
        void Say(int number, int rank, Tie tie)
        {
            if (!settled.TryGetValue(number, out var held) || rank > held.Rank)
                settled[number] = (rank, tie);
        }
        foreach (var tie in ties)
            switch (tie.Verdict)
            {
                case Verdict.Right when tie.IsGroup && !IsWeak(tie):
                    foreach (var number in Group(tie))
                        Say(number, 5, tie);
                    break;
                case Verdict.Right when !IsWeak(tie):
                    Say(tie.Target.Index, 7, tie);
                    foreach (var member in tie.Members)
                        Say(member.Index, 1, tie);
                    break;
                case Verdict.Right:
                    foreach (var number in Group(tie))
                        Say(number, 2, tie);
                    break;
                case Verdict.Wrong when !tie.IsGroup:
                    Say(tie.Target.Index, 6, tie);
                    break;
                case Verdict.Wrong:
                    var blamed = Group(tie).Where(n => !sound.Contains(n)).ToList();
                    foreach (var number in blamed)
                        Say(number, 4, tie);
                    if (blamed.Count == 0)
                        Say(tie.Target.Index, 6, tie);
                    break;
                case Verdict.OtherBase or Verdict.Stale:
                    Say(tie.Target.Index, 3, tie);
                    break;
                case Verdict.Unknown:
                    Say(tie.Target.Index, 0, tie);
                    break;
            }
        return settled.ToDictionary(s => s.Key, s => s.Value.Tie);
    }

    private static IEnumerable<int> Group(Tie tie) => tie.Members.Select(m => m.Index).Prepend(tie.Target.Index);

    // That a number is said twice proves it once more against nothing.
    private static bool IsWeak(Tie tie) => tie is { IsGroup: true, Members.Count: 1 };
}
