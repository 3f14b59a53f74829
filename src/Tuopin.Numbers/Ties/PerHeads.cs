using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>So much per household, per head, per village; norms times places; one for every thousand.</summary>
internal static partial class PerHeads
{
    public static IEnumerable<Tie> Find(Passage passage) =>
        passage
            .Figures.Where(n =>
                !n.IsHuge
                && !n.Rounded.IsOpen
                && n.Value > 0
                && n.Dimension is not (Dimension.Percent or Dimension.Points)
                && (Words.PerHead().IsMatch(n.Before) || n.After.StartsWith("per ", StringComparison.OrdinalIgnoreCase))
            )
            .SelectMany(q => PerHead(passage, q))
            .Concat(Enumerable.Range(0, passage.SentenceCount).SelectMany(s => Norms(passage, s)))
            .Concat(
                passage
                    .Figures.Where(n => n.Before.EndsWith('每') && n.Dimension == Dimension.Person && n.Value >= 10)
                    .Take(20)
                    .SelectMany(n => OnePer(passage, n))
            );

    private static Dimension? BaseOf(string word) =>
        word[0] == '户'
        || word.Contains("每户", StringComparison.Ordinal)
        || word.Contains("household", StringComparison.OrdinalIgnoreCase)
        || word.Contains("family", StringComparison.OrdinalIgnoreCase)
            ? Dimension.Household
        : word[0] == '人'
        || word.Contains("每人", StringComparison.Ordinal)
        || word.Contains("person", StringComparison.OrdinalIgnoreCase)
        || word.Contains("capita", StringComparison.OrdinalIgnoreCase)
        || word.Contains("head", StringComparison.OrdinalIgnoreCase)
            ? Dimension.Person
        : word.Contains('村', StringComparison.Ordinal) || word.Contains("village", StringComparison.OrdinalIgnoreCase) ? Dimension.Thing
        : null;

    private static IEnumerable<Tie> PerHead(Passage passage, NumberInText q)
    {
        var said = Words.PerHead().Matches(q.Before).LastOrDefault();
        var cue = said is not null && BaseOf(said.Value) is not null ? said : Words.PerHead().Match(q.After);
        var unit = cue.Success ? BaseOf(cue.Value) : null;
        // 每户 and 每人 also set norms ("3 metres for each"): only an average claims a division.
        if (unit is not { } of || cue.Value is "每户" or "每人" or "每村")
            yield break;
        var before = passage.InSentence(q.Sentence).Where(n => n.End <= q.Start && !n.IsHuge).ToList();
        var amounts = before
            .Where(n => n.Adds(q) && n.Value > q.Value && !n.Bounds.IsOpen && !Words.PerAnything().IsMatch(n.Before) && n.Pair < 0)
            .TakeLast(3)
            .ToList();
        if (of == Dimension.Household && q.Dimension == Dimension.Person)
            amounts = [.. before.Where(n => n.Dimension == Dimension.Person && n.Value > q.Value && !n.Bounds.IsOpen).TakeLast(2)];
        var bases = before
            .Where(n =>
                n.Dimension == of
                && (of != Dimension.Thing || n.After.Contains('村', StringComparison.Ordinal) || n.Unit.Name is "villages" or "村")
                && n.Bounds.Low > 0
                && !n.Bounds.IsOpen
            )
            .TakeLast(3)
            .ToList();
        if (amounts.Count == 0)
            yield break;
        if (bases.Count > 0)
        {
            var fits = (from a in amounts from b in bases where (a.Bounds / b.Bounds).Meets(q.Rounded) select (a, b)).ToList();
            if (fits is [var (amount, whole), ..])
                yield return Right(q, amount, whole);
            else if (bases.Count == 1 && amounts.Count == 1 || amounts[^1].Pair == bases[^1].Index)
                yield return Wrong(q, amounts[^1], bases[^1]);
            yield break;
        }
        // The base is not beside it: the words before the average must be its amount's own, or it is an average of somebody else.
        if (
            cue != said
            || q.Before[..cue.Index].Trim().Length > 0
            || passage.Between(amounts[^1], q).Count(c => c == ',') > 1
            || Words.Alike(amounts[^1].Label, q.Label) == 0
        )
            yield break;
        var known = passage
            .Near(q)
            .Where(n => n.Dimension == of && n.Bounds.Low > 0 && !n.IsHuge && !n.Bounds.IsOpen && Words.Alike(n.Label, amounts[^1].Label) > 0)
            .ToList();
        if (known.Count == 0)
            yield break;
        var main = known.MaxBy(n => n.Value)!;
        if ((amounts[^1].Bounds / main.Bounds).Meets(q.Rounded))
            yield return Right(q, amounts[^1], main);
        else if (known.FirstOrDefault(n => (amounts[^1].Bounds / n.Bounds).Meets(q.Rounded)) is { } other)
            yield return new(
                q,
                [amounts[^1], other],
                Verdict.OtherBase,
                new(
                    $"{amounts[^1].Plain} ÷ {main.Plain} = {Show.Ratio(amounts[^1].Value, main.Value)}；{q.Plain} 只按 {other.Plain} 成立（需要人判断）",
                    $"{amounts[^1].Plain} / {main.Plain} = {Show.Ratio(amounts[^1].Value, main.Value)}; {q.Plain} holds only for {other.Plain} (needs a reading)"
                )
            );
        else
            yield return Wrong(q, amounts[^1], main);
    }

    private static Tie Right(NumberInText q, NumberInText amount, NumberInText whole) =>
        new(
            q,
            [amount, whole],
            Verdict.Right,
            new(
                $"{amount.Plain} ÷ {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}",
                $"{amount.Plain} / {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}"
            )
        );

    private static Tie Wrong(NumberInText q, NumberInText amount, NumberInText whole) =>
        new(
            q,
            [amount, whole],
            Verdict.Wrong,
            new(
                $"{amount.Plain} ÷ {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}，而文中写作 {q.Plain}（要成立，基数须是 {Show.Ratio(amount.Value, q.Value)}）",
                $"{amount.Plain} / {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}, the text says {q.Plain} (the base would have to be {Show.Ratio(amount.Value, q.Value)})"
            )
        );

    /// <summary>99 villages with 3 each, 167 with 2 each: how many were sent.</summary>
    private static IEnumerable<Tie> Norms(Passage passage, int sentence)
    {
        var figures = passage.InSentence(sentence);
        var norms = new List<(NumberInText Places, NumberInText Each)>();
        for (var i = 0; i + 1 < figures.Count; i++)
        {
            var (places, each) = (figures[i], figures[i + 1]);
            if (
                !places.Adds(each)
                && places.Pair != each.Index
                && places.Bounds.IsExact
                && each.Bounds.IsExact
                && Norm().IsMatch(passage.Between(places, each))
                && !places.IsHuge
                && !each.IsHuge
            )
                norms.Add((places, each));
        }
        var each1 = norms.Count > 0 ? norms[0].Each : null;
        if (each1 is null || norms.Any(n => !n.Each.Adds(each1)))
            yield break;
        if (norms.Count == 1 && !EachOne().IsMatch(passage.Between(norms[0].Places, norms[0].Each)))
            yield break;
        var sum = norms.Sum(n => n.Places.Value * n.Each.Value);
        var others = figures
            .Where(n => n.Adds(each1) && !norms.Any(x => x.Each == n || x.Places == n) && n.Value > norms.Max(x => x.Each.Value))
            .ToList();
        if (
            others.FirstOrDefault(n => n.Start < norms[0].Places.Start) is not { } total
            && (others.FirstOrDefault(n => Words.Altogether().IsMatch(n.Before)) is not { } stated || (total = stated) is null)
        )
            yield break;
        var shown = string.Join(" + ", norms.Select(n => $"{n.Places.Plain} × {n.Each.Plain}"));
        var members = norms.SelectMany(n => new[] { n.Places, n.Each }).ToList();
        if (total.Bounds.Low <= sum && sum <= total.Bounds.High)
            yield return new(total, members, Verdict.Right, new($"{shown} = {Show.Plain(sum)}", $"{shown} = {Show.Plain(sum)}"), IsGroup: true);
        else if (!total.Bounds.IsOpen)
            yield return new(
                total,
                members,
                Verdict.Wrong,
                new($"{shown} = {Show.Plain(sum)}，而总数写作 {total.Plain}", $"{shown} = {Show.Plain(sum)}, the total says {total.Plain}")
            );
    }

    [GeneratedRegex(@"^[^,;。:\d]{0,14}(?:各|每|均|有|派|配|安排|with|have|has|at)[^,;。:\d]{0,12}$", RegexOptions.IgnoreCase)]
    private static partial Regex Norm();

    [GeneratedRegex("各|每|均|each", RegexOptions.IgnoreCase)]
    private static partial Regex EachOne();

    /// <summary>One doctor for every 1000, 818 doctors: enough for whom?</summary>
    private static IEnumerable<Tie> OnePer(Passage passage, NumberInText per)
    {
        var placed = passage
            .InSentence(per.Sentence)
            .FirstOrDefault(n => n.Start > per.End && n.Dimension == Dimension.Person && Placed().IsMatch(n.Before) && !n.IsHuge);
        if (placed is null || !One().IsMatch(passage.Between(per, placed)))
            yield break;
        var reach = placed.Value * per.Value;
        var populations = passage
            .Near(per)
            .Where(n => n.Dimension == Dimension.Person && n.Value > per.Value * 10 && !n.IsHuge && n != placed && Population().IsMatch(n.Label))
            .ToList();
        var implied = Implied.Population(passage);
        var enough = populations.Where(n => n.Value <= reach).ToList();
        var largest = Math.Max(populations.Count > 0 ? populations.Max(n => n.Value) : 0, implied ?? 0);
        if (largest == 0)
            yield break;
        var covers = new Said(
            $"按每 {Show.Plain(per.Value)} 人一名，{placed.Plain} 可覆盖 {Show.Plain(reach)} 人",
            $"at one for {Show.Plain(per.Value)}, {placed.Plain} reach {Show.Plain(reach)} people"
        );
        if (largest <= reach)
            yield return new(
                placed,
                [per],
                Verdict.Right,
                covers + new Said($"，不少于 {Show.Plain(largest)} 人", $", no fewer than {Show.Plain(largest)}")
            );
        else
            yield return new(
                placed,
                [per],
                enough.Count > 0 ? Verdict.OtherBase : Verdict.Wrong,
                covers
                    + (enough.Count > 0 ? new Said($"，够 {enough[0].Plain}", $", enough for {enough[0].Plain}") : new("", ""))
                    + new Said(
                        $"，不够 {Show.Plain(Math.Round(largest))} 人（需要人判断按哪个人口）",
                        $", short of {Show.Plain(Math.Round(largest))} (needs a reading: which population)"
                    )
            );
    }

    [GeneratedRegex("配|聘|有")]
    private static partial Regex Placed();

    [GeneratedRegex("一名|1名|1位|一位|1人|一人")]
    private static partial Regex One();

    [GeneratedRegex("人口")]
    private static partial Regex Population();
}
