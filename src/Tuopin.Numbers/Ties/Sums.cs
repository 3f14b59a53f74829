using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>Parts and totals: in brackets, after 其中, before 共计, over pairs of households and persons, by complements, by what is still missing.</summary>
internal static partial class Sums
{
    /// <summary>How near to its total a list of parts must come to be read as all of them: a list after "of which" may leave out some.</summary>
    private const decimal NearlyAll = 0.9m;

    public static IEnumerable<Tie> Find(Passage passage) =>
        InBrackets(passage)
            .Concat(
                Enumerable
                    .Range(0, passage.SentenceCount)
                    .SelectMany(s => AmongWhich(passage, s).Concat(Altogether(passage, s)).Concat(Missing(passage, s)))
            )
            .Concat(Pairs(passage))
            .Concat(Complements(passage));

    private static IEnumerable<Tie> InBrackets(Passage passage)
    {
        foreach (var bracket in passage.Figures.Where(n => n.Bracket >= 0).GroupBy(n => n.Bracket))
        {
            var owners = passage.InSentence(bracket.First().Sentence).Where(n => n.End <= bracket.Key && n.Bracket != bracket.Key).ToList();
            var inside = bracket.ToList();
            var partial = Words.AmongWhich().IsMatch(passage.Between(bracket.Key, inside[0].Start));
            foreach (var parts in inside.GroupBy(n => (n.Dimension, n.Dimension == Dimension.Thing ? n.Unit.Name : "")))
            {
                var owner = owners.LastOrDefault(o => o.Adds(parts.First()) && bracket.Key - o.End <= 24);
                if (owner is not null && Countable(owner) && parts.Count() > 1 && !parts.Any(p => Words.PerAnything().IsMatch(p.Before)))
                    foreach (var tie in Checked(owner, [.. parts], partial ? NearlyAll : 0.5m, partial ? 1.3m : 2))
                        yield return tie;
                else if (owner is not null && partial && parts.Count() == 1 && Countable(owner))
                    foreach (var tie in Exceeds(owner, parts.First()))
                        yield return tie;
            }
        }
    }

    private static bool Countable(NumberInText n) => n.Dimension is not (Dimension.Percent or Dimension.Points or Dimension.Times) && !n.IsHuge;

    /// <summary>One sum: right when it holds, wrong when it comes so near that the words claim all of it.</summary>
    private static IEnumerable<Tie> Checked(NumberInText total, IReadOnlyList<NumberInText> parts, decimal from, decimal to)
    {
        if (parts.Any(p => p.IsHuge) || total.IsHuge)
            yield break;
        var sum = parts.Aggregate(Bounds.Exactly(0), (s, p) => s + p.Bounds);
        if (sum.Meets(total.Bounds))
        {
            if (!(sum.IsOpen || total.Bounds.IsOpen))
                yield return new(total, parts, Verdict.Right, Holds(total, parts), IsGroup: true);
        }
        else if (parts.Sum(p => p.Value) is var said && said >= total.Value * from && said <= total.Value * to)
            yield return new(total, parts, Verdict.Wrong, Fails(total, parts), IsGroup: true);
    }

    private static IEnumerable<Tie> Exceeds(NumberInText whole, NumberInText part)
    {
        if (!whole.Bounds.IsOpen && part.Bounds.Low > whole.Bounds.High)
            yield return new(
                part,
                [whole],
                Verdict.Wrong,
                new($"其中的 {part.Plain} 大于总数 {whole.Plain}", $"the part {part.Plain} is more than its whole {whole.Plain}"),
                IsGroup: true
            );
    }

    private static Said Holds(NumberInText total, IReadOnlyList<NumberInText> parts) =>
        new($"{Show.Sum(parts)} = {total.Plain}", $"{Show.Sum(parts)} = {total.Plain}");

    private static Said Fails(NumberInText total, IReadOnlyList<NumberInText> parts)
    {
        var sum = Show.Plain(parts.Sum(p => p.Value));
        var off = Show.Plain(parts.Sum(p => p.Value) - total.Value);
        return new(
            $"各项 {Show.Sum(parts)} 合计 {sum}，而总数写作 {total.Plain}，相差 {off}",
            $"the parts {Show.Sum(parts)} come to {sum}, the total says {total.Plain}: off by {off}"
        );
    }

    private static IEnumerable<Tie> AmongWhich(Passage passage, int sentence)
    {
        var (start, _) = passage.Sentence(sentence);
        var text = passage.SentenceText(sentence);
        var inSentence = passage.InSentence(sentence);
        var cues = Words.AmongWhich().Matches(text).Select(m => start + m.Index).ToList();
        for (var c = 0; c < cues.Count; c++)
        {
            var (cue, next) = (cues[c], c + 1 < cues.Count ? cues[c + 1] : int.MaxValue);
            var bracket = BracketAt(passage, cue);
            if (bracket >= 0)
                continue;
            var owners = inSentence.Where(n => n.End <= cue && n.Bracket < 0).ToList();
            if (owners.Count == 0 && sentence > 0 && text[..(cue - start)].Trim().Length == 0)
                owners = [.. passage.InSentence(sentence - 1).Where(n => n.Bracket < 0)];
            foreach (
                var group in inSentence
                    .Where(n => n.Start >= cue && n.Start < next && n.Bracket < 0 && Countable(n) && !IsDerived(n))
                    .GroupBy(n => (n.Dimension, n.Dimension is Dimension.Thing or Dimension.Other ? n.Unit.Name : ""))
            )
            {
                var parts = group.TakeWhile(p => !Words.Altogether().IsMatch(p.Before)).ToList();
                if (parts.Count == 0 || owners.LastOrDefault(o => o.Adds(parts[0]) && Countable(o) && !IsDerived(o)) is not { } owner)
                    continue;
                if (parts.Count == 1)
                {
                    if (passage.ClauseEnd(owner.End) + 2 >= passage.ClauseStart(cue) && parts[0].Start - cue < 40)
                        foreach (var tie in Exceeds(owner, parts[0]))
                            yield return tie;
                    continue;
                }
                var held = Enumerable.Range(2, parts.Count - 1).SelectMany(k => Checked(owner, [.. parts.Take(k)], 1, 0)).FirstOrDefault();
                if (held is not null)
                    yield return held;
                else
                    foreach (var tie in Checked(owner, parts, NearlyAll, group.Key.Dimension == Dimension.Thing ? 1.1m : 1.3m))
                        yield return tie;
            }
        }
    }

    private static int BracketAt(Passage passage, int place)
    {
        for (var i = place - 1; i >= Math.Max(0, place - 300) && passage.Text[i] is not ('。' or '\n'); i--)
            if (passage.Text[i] == ')')
                return -1;
            else if (passage.Text[i] == '(')
                return i;
        return -1;
    }

    private static bool IsDerived(NumberInText n) => Words.PerAnything().IsMatch(n.Before);

    private static IEnumerable<Tie> Altogether(Passage passage, int sentence)
    {
        var inSentence = passage.InSentence(sentence);
        foreach (var total in inSentence.Where(n => Countable(n) && Words.Altogether().IsMatch(n.Before)))
        {
            var cue = Words.Altogether().Match(total.Before);
            var sure = cue.Groups["sure"].Success;
            var before = inSentence
                .Where(n => n.End <= total.Start && n.Bracket == total.Bracket && Countable(n) && !IsDerived(n) && n.Pair != total.Index)
                .ToList();
            var same = before.Where(n => n.Adds(total)).ToList();
            if (
                same.Count < 2
                && total.Bounds.IsExact
                && before.Count >= 2
                && before[^1].Bounds.IsExact
                && before[^2].Bounds.IsExact
                && total.Digits >= 2
            )
            {
                // Posts in 个 are filled by persons: a sum over both is taken where it is exact, and claims nothing where it is not.
                if (before[^1].Value + before[^2].Value == total.Value)
                    yield return new(total, before[^2..], Verdict.Right, Holds(total, before[^2..]), IsGroup: true);
                continue;
            }
            if (same.Count < 2)
                continue;
            var held = Enumerable.Range(2, same.Count - 1).SelectMany(k => Checked(total, same[^k..], 1, 0)).FirstOrDefault();
            if (held is not null)
                yield return held;
            else if (!same.Any(n => Words.Altogether().IsMatch(n.Before) || Words.Left().IsMatch(n.Before)))
                foreach (var tie in Checked(total, same, sure ? 0.5m : NearlyAll, sure ? 2 : 1.1m))
                    yield return tie;
        }
    }

    /// <summary>"19 short of 90" after 30 and 41.</summary>
    private static IEnumerable<Tie> Missing(Passage passage, int sentence)
    {
        var inSentence = passage.InSentence(sentence).Where(n => Countable(n) && n.Bounds.IsExact).ToList();
        foreach (
            var gap in inSentence.Where(n => Words.Short().IsMatch(n.Before) || n.After.StartsWith("short of", StringComparison.OrdinalIgnoreCase))
        )
        {
            var others = inSentence.Where(n => n != gap && n.Adds(gap)).ToList();
            var goals = others
                .Where(n => n.Value >= gap.Value)
                .OrderByDescending(n => Goal().IsMatch(n.Before) || n == others[^1] && n.Start > gap.Start)
                .ToList();
            var held = (
                from goal in goals
                let done = others.Where(n => n != goal && n.Value != goal.Value).ToList()
                from count in Enumerable.Range(1, done.Count)
                where done[^count..].Sum(p => p.Value) == goal.Value - gap.Value
                select (goal, done[^count..])
            ).FirstOrDefault();
            if (held.goal is not null)
            {
                var shown = $"{held.goal.Plain} - ({Show.Sum(held.Item2)}) = {gap.Plain}";
                yield return new(gap, [held.goal, .. held.Item2], Verdict.Right, new(shown, shown), IsGroup: true);
            }
            else if (
                goals.FirstOrDefault(n => Goal().IsMatch(n.Before)) is { } aim
                && others.Where(n => n.Value < aim.Value).ToList() is { Count: > 0 } all
                && all.Sum(d => d.Value) <= aim.Value
            )
            {
                var shown = $"{aim.Plain} - ({Show.Sum(all)}) = {Show.Plain(aim.Value - all.Sum(d => d.Value))}";
                yield return new(
                    gap,
                    [aim, .. all],
                    Verdict.Wrong,
                    new($"{shown}，而差额写作 {gap.Plain}", $"{shown}, the shortfall says {gap.Plain}")
                );
            }
        }
    }

    [GeneratedRegex("目标|计划|任务|应|需|距|离|goal|target|plan|short of", RegexOptions.IgnoreCase)]
    private static partial Regex Goal();

    /// <summary>
    /// Households and persons side by side, three times, where one is the sum of the others: no words need to say it, for two exact sums at once are no chance. Where one
    /// of the two holds and the other does not, the other is wrong.
    /// </summary>
    private static IEnumerable<Tie> Pairs(Passage passage)
    {
        var pairs = passage
            .Figures.Where(n => n.Dimension == Dimension.Household && n.Pair >= 0 && n.Bounds.IsExact && passage.Numbers[n.Pair].Bounds.IsExact)
            .Select(n => (H: n, P: passage.Numbers[n.Pair]))
            .Where(p => p.H.Value > 0 && p.P.Value > 0)
            .DistinctBy(p => (p.H.Value, p.P.Value))
            .Take(200)
            .ToList();
        var byHouseholds = pairs.ToLookup(p => p.H.Value);
        var byPersons = pairs.ToLookup(p => p.P.Value);
        for (var a = 0; a < pairs.Count; a++)
        for (var b = a + 1; b < pairs.Count; b++)
        {
            var (x, y) = (pairs[a], pairs[b]);
            var (h, p) = (x.H.Value + y.H.Value, x.P.Value + y.P.Value);
            foreach (var t in byHouseholds[h])
                if (t.P.Value == p)
                {
                    yield return new(t.H, [x.H, y.H], Verdict.Right, Holds(t.H, [x.H, y.H]), IsGroup: true);
                    yield return new(t.P, [x.P, y.P], Verdict.Right, Holds(t.P, [x.P, y.P]), IsGroup: true);
                }
                else if (Together(pairs.Count, t.H, x.H, y.H))
                {
                    yield return new(t.H, [x.H, y.H], Verdict.Right, Holds(t.H, [x.H, y.H]), IsGroup: true);
                    yield return new(t.P, [x.P, y.P], Verdict.Wrong, Fails(t.P, [x.P, y.P]), IsGroup: true);
                }
            foreach (var t in byPersons[p])
                if (t.H.Value != h && Together(pairs.Count, t.P, x.P, y.P))
                {
                    yield return new(t.P, [x.P, y.P], Verdict.Right, Holds(t.P, [x.P, y.P]), IsGroup: true);
                    yield return new(t.H, [x.H, y.H], Verdict.Wrong, Fails(t.H, [x.H, y.H]), IsGroup: true);
                }
        }
    }

    // Whether a sum of neighbours is no chance: there are so many pairs of pairs, and so many numbers it could have been.
    private static bool Together(int pairs, NumberInText t, NumberInText a, NumberInText b) =>
        t.Value >= 100
        && pairs * pairs / 2m / t.Value < 0.05m
        && Math.Max(Math.Max(t.Paragraph, a.Paragraph), b.Paragraph) - Math.Min(Math.Min(t.Paragraph, a.Paragraph), b.Paragraph) <= 1;

    /// <summary>Done and left make all; poor villages and those that are not.</summary>
    private static IEnumerable<Tie> Complements(Passage passage)
    {
        static bool Whole(NumberInText n) => Countable(n) && n.Bounds.IsExact && n.Value > 0;
        foreach (var left in passage.Figures.Where(n => Whole(n)).Where(n => Words.Left().IsMatch(n.Before) || Opposite(n) is not null))
        {
            var opposite = Opposite(left);
            var others = passage.Near(left, 60).Where(n => n != left && Whole(n) && n.Adds(left)).ToList();
            var gone = opposite is not null
                ? others.Where(n => n.Label.Contains(opposite, StringComparison.Ordinal) && Opposite(n) is null)
                : others.Where(n => Words.Gone().IsMatch(n.Before) && !Words.Left().IsMatch(n.Before) && Words.Alike(n.Label, left.Label) > 0);
            foreach (var done in gone.Where(g => Math.Abs(g.Sentence - left.Sentence) <= 1 || opposite is null))
            {
                var sum = done.Value + left.Value;
                bool IsTotal(NumberInText t) =>
                    t != done && (opposite is null ? Words.Alike(t.Label, left.Label) > 0 : t.After.Contains(opposite[^1], StringComparison.Ordinal));
                if (others.FirstOrDefault(t => t.Value == sum && IsTotal(t)) is { } total)
                    yield return new(total, [done, left], Verdict.Right, Holds(total, [done, left]), IsGroup: true);
                else if (
                    opposite is null
                    && left.Sentence == done.Sentence
                    && others
                        .Where(t =>
                            t.Sentence == left.Sentence && t.Start < Math.Min(done.Start, left.Start) && IsTotal(t) && !Words.Left().IsMatch(t.Before)
                        )
                        .ToList()
                        is [var only]
                    && !passage.InSentence(left.Sentence).Any(f => f.Sentence == left.Sentence && f.Adds(left) && f != left && f != done && f != only)
                    && !(done.Pair >= 0 && done.Pair == left.Index)
                )
                    yield return new(only, [done, left], Verdict.Wrong, Fails(only, [done, left]), IsGroup: true);
            }
        }
    }

    // 非贫困村 is what 贫困村 leaves over.
    private static string? Opposite(NumberInText n)
    {
        var at = n.After.IndexOf('非', StringComparison.Ordinal);
        return at is 0 or 1 && n.After.Length >= at + 4 ? n.After.Substring(at + 1, 3) : null;
    }
}
