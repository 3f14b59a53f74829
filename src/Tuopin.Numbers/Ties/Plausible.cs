namespace Tuopin.Numbers.Ties;

/// <summary>What breaks a rule of plausibility.</summary>
internal static class Plausible
{
    public static IEnumerable<Tie> Find(Passage passage, IReadOnlyList<PlausibilityRule> rules) =>
        rules.SelectMany(r =>
            r switch
            {
                YearPassedAndEntered years => Years(passage, years),
                LostDash dash => Dashes(passage, dash),
                WithinPer per => Per(passage, per),
                SameBase same => Bases(passage, same),
                _ => throw new ArgumentException($"no such rule: {r.GetType().Name}", nameof(rules)),
            }
        );

    private static bool Any(IReadOnlyList<string> words, string text) => words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static Said Because(PlausibilityRule rule, string zh, string en) =>
        new($"{zh}：{rule.Title.Zh}（需要人判断）", $"{en}: {rule.Title.En} (needs a reading)");

    private static IEnumerable<Tie> Years(Passage passage, YearPassedAndEntered rule)
    {
        var years = passage.Numbers.Where(n => n.Role == NumberRole.Date && n.Value > 0).ToList();
        bool Follows(NumberInText year, IReadOnlyList<string> words) => words.Any(w => year.Before.EndsWith(w, StringComparison.OrdinalIgnoreCase));
        var passed = years.Where(y => Follows(y, rule.Passed)).ToList();
        foreach (var entered in years.Where(y => Follows(y, rule.Entered)))
            if (passed.FirstOrDefault(p => p.Value == entered.Value) is { } gone)
                yield return new(
                    entered,
                    [gone],
                    Verdict.Wrong,
                    Because(rule, $"{entered.Plain} 既说已经过去，又说刚刚进入", $"{entered.Plain} is said both to have passed and to begin"),
                    IsGroup: true
                );
    }

    private static IEnumerable<Tie> Dashes(Passage passage, LostDash rule)
    {
        foreach (
            var n in passage.Figures.Where(n =>
                n.Dimension == Dimension.Thing && n.Bounds.IsExact && n.Value is >= 12 and <= 89 && n.Value > rule.Most
            )
        )
        {
            var (tens, ones) = ((int)n.Value / 10, (int)n.Value % 10);
            if (ones != tens + 1 || ones > rule.Most || !Any(rule.Things, n.After) || !Any(rule.Within, passage.Around(n)))
                continue;
            yield return new(
                n,
                [],
                Verdict.Wrong,
                Because(rule, $"{n.Plain} 或为 {tens}-{ones} 漏了连接号", $"{n.Plain} may be {tens}-{ones} that lost its dash")
            );
        }
    }

    private static IEnumerable<Tie> Per(Passage passage, WithinPer rule)
    {
        foreach (var whole in passage.Figures.Where(n => n.Dimension == rule.Base && n.Bounds.Low > 0 && !n.IsHuge))
        {
            NumberInText? amount;
            if (rule.Words.Count == 0)
                amount = whole.Pair >= 0 && passage.Numbers[whole.Pair].Dimension == rule.Amount ? passage.Numbers[whole.Pair] : null;
            else if (Any(rule.Words, passage.Around(whole)))
                amount = passage
                    .InSentence(whole.Sentence)
                    .LastOrDefault(n => n.Dimension == rule.Amount && n.End <= whole.Start && Any(rule.Words, n.Label) && whole.Start - n.End < 30);
            else
                continue;
            if (amount is null || amount.IsHuge || amount.Bounds.IsOpen || whole.Bounds.IsOpen || amount.Bounds.Low < 0)
                continue;
            var each = amount.Bounds / whole.Bounds;
            if (rule.Most is { } most && each.Low > most || rule.Least is { } least && each.High < least)
                yield return new(
                    amount,
                    [whole],
                    Verdict.Wrong,
                    Because(
                        rule,
                        $"{amount.Plain} ÷ {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}",
                        $"{amount.Plain} / {whole.Plain} = {Show.Ratio(amount.Value, whole.Value)}"
                    ),
                    IsGroup: rule.Words.Count == 0
                );
        }
    }

    private static IEnumerable<Tie> Bases(Passage passage, SameBase rule)
    {
        var persons = passage.Figures.Where(n => n.Dimension == Dimension.Person && !n.IsHuge && n.Bounds.Low > 0 && !n.Bounds.IsOpen).ToList();
        var first = persons.Where(n => Any(rule.First, n.Before)).MaxBy(n => n.Value);
        var second = persons.FirstOrDefault(n => Any(rule.Second, n.Before));
        if (first is null || second is null || first == second)
            yield break;
        for (var s = 0; s < passage.SentenceCount; s++)
        {
            var rates = passage.InSentence(s).Where(n => n.Dimension == Dimension.Percent && n.Bounds.Low > 0).ToList();
            for (var i = 0; i + 1 < rates.Count; i++)
            {
                var (a, b) = (rates[i], rates[i + 1]);
                var lead = passage.Between(Math.Max(passage.Sentence(s).Start, a.Start - 30), a.Start);
                if (
                    !Any(rule.Rate, lead)
                    || !Words.Upto().IsMatch(passage.Between(a, b))
                    || b.Index != a.Index + 1 && passage.Numbers.Skip(a.Index + 1).Take(b.Index - a.Index - 1).Any(n => n.IsFigure)
                )
                    continue;
                var (then, now) = (first.Bounds.Times(100) / a.Bounds, second.Bounds.Times(100) / b.Bounds);
                var wide = rule.Apart / 100 + 1;
                if (then.High * wide < now.Low || now.High * wide < then.Low)
                    yield return new(
                        a,
                        [b],
                        Verdict.Wrong,
                        Because(
                            rule,
                            $"{first.Plain} ÷ {a.Plain} 的总人口是 {Show.Plain(Math.Round(first.Value * 100 / a.Value))}，{second.Plain} ÷ {b.Plain} 是 {Show.Plain(Math.Round(second.Value * 100 / b.Value))}，不是同一口径",
                            $"{first.Plain} / {a.Plain} is a population of {Show.Plain(Math.Round(first.Value * 100 / a.Value))}, {second.Plain} / {b.Plain} one of {Show.Plain(Math.Round(second.Value * 100 / b.Value))}: two bases"
                        ),
                        IsGroup: true
                    );
            }
        }
    }
}
