using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>From A to B, up by X: differences, growth rates, percentage points.</summary>
internal static partial class Growth
{
    public static IEnumerable<Tie> Find(Passage passage) =>
        Enumerable.Range(0, passage.SentenceCount).SelectMany(s => Of(passage, passage.InSentence(s)));

    private static IEnumerable<Tie> Of(Passage passage, IReadOnlyList<NumberInText> figures)
    {
        var claimed = new HashSet<int>();
        for (var i = 0; i < figures.Count; i++)
        {
            if (figures[i].IsHuge)
                continue;
            if (FromTo(passage, figures, i) is { } from)
                foreach (var tie in Moves(passage, figures, from, i))
                {
                    claimed.Add(tie.Target.Index);
                    yield return tie;
                }
        }
        for (var i = 0; i < figures.Count; i++)
            if (!claimed.Contains(figures[i].Index))
                foreach (var tie in Against(figures, i).Concat(Apart(figures, i)))
                    yield return tie;
    }

    private static NumberInText? FromTo(Passage passage, IReadOnlyList<NumberInText> figures, int to)
    {
        var b = figures[to];
        if (to == 0 || !figures[to - 1].Adds(b) || b.Bounds.IsOpen || figures[to - 1].Bounds.IsOpen || figures[to - 1].IsHuge)
            return null;
        var between = Undated().Replace(passage.Between(figures[to - 1], b), "");
        if (between.Length > 30 || between.IndexOfAny(['。', ';']) >= 0 || !Words.Upto().IsMatch(between))
            return null;
        return
            Words.Up().IsMatch(between)
            || Words.Down().IsMatch(between)
            || FromWord().IsMatch(passage.Between(Math.Max(0, figures[to - 1].Start - 16), figures[to - 1].Start))
            ? figures[to - 1]
            : null;
    }

    [GeneratedRegex(@"(?:19|20)\d{2}年?[末底初]?的?|\bin (?:19|20)\d{2}\b")]
    private static partial Regex Undated();

    [GeneratedRegex("从|由|from", RegexOptions.IgnoreCase)]
    private static partial Regex FromWord();

    private static IEnumerable<Tie> Moves(Passage passage, IReadOnlyList<NumberInText> figures, NumberInText a, int to)
    {
        var b = figures[to];
        var between = passage.Between(a, b);
        var (up, down) = (Words.Up().IsMatch(between), Words.Down().IsMatch(between));
        if (up != down && (up && b.Value < a.Value || down && b.Value > a.Value))
            yield return new(
                b,
                [a],
                Verdict.Wrong,
                new(
                    $"文中说{(up ? "上升" : "下降")}，而 {a.Plain} 到 {b.Plain} 方向相反",
                    $"said to go {(up ? "up" : "down")}, but {a.Plain} to {b.Plain} goes the other way"
                ),
                IsGroup: true
            );
        if (to + 1 < figures.Count && IsChange(figures[to + 1]) && figures[to + 1].Start - b.End <= 40)
            foreach (var tie in Change(figures[to + 1], a, b, claimed: true))
                yield return tie;
        // "+50% and +30%, from 3000 to 4500": which of the two it is the words do not say, so a miss claims nothing.
        foreach (
            var before in figures
                .Take(to - 1)
                .Where(n =>
                    (n.Dimension == Dimension.Percent && a.Dimension != Dimension.Percent || n.Unit.Name == "番") && IsChangeOrAfter(n, figures)
                )
        )
        foreach (var tie in Change(before, a, b, claimed: false))
            yield return tie;
    }

    private static bool IsChange(NumberInText n) =>
        (Words.Up().IsMatch(n.Before) || Words.Down().IsMatch(n.Before)) && !Words.Upto().IsMatch(n.Before) || n.Unit.Name == "番";

    private static bool IsChangeOrAfter(NumberInText n, IReadOnlyList<NumberInText> figures) =>
        IsChange(n) || figures.Any(f => f.Index == n.Index - 1 && IsChange(f) && n.Before.Length < 3);

    private static IEnumerable<Tie> Change(NumberInText x, NumberInText a, NumberInText b, bool claimed)
    {
        if (x.Bounds.IsOpen)
            yield break;
        var apart = a.Value <= b.Value ? b.Bounds - a.Bounds : a.Bounds - b.Bounds;
        apart = apart with { Low = Math.Max(apart.Low, 0) };
        if (x.Dimension == Dimension.Points || x.Adds(a) && x.Dimension != Dimension.Percent)
        {
            if (x.Dimension == Dimension.Points && a.Dimension != Dimension.Percent)
                yield break;
            yield return apart.Meets(x.Bounds)
                ? new(x, [a, b], Verdict.Right, Difference(x, a, b, holds: true))
                : new(x, [a, b], Verdict.Wrong, Difference(x, a, b, holds: false));
        }
        else if (x.Dimension == Dimension.Percent && a.Bounds.Low == 0)
            yield return new(x, [a, b], Verdict.Unknown, new("基数为零，没有增长率", "from zero there is no rate of growth"));
        else if (x.Dimension == Dimension.Percent && a.Bounds.Low > 0)
        {
            var rate = (apart / a.Bounds).Times(100);
            if (rate.Meets(x.Bounds))
                yield return new(x, [a, b], Verdict.Right, Rate(x, a, b, holds: true));
            else if (a.Dimension == Dimension.Percent && apart.Meets(x.Bounds))
                yield return new(
                    x,
                    [a, b],
                    Verdict.OtherBase,
                    new(
                        $"{a.Plain} 到 {b.Plain} 相差的是百分点；按增长率是 {Show.Percent(100 * Math.Abs(b.Value - a.Value) / a.Value)}（需要人判断）",
                        $"{a.Plain} to {b.Plain} differ by percentage points; as a rate it is {Show.Percent(100 * Math.Abs(b.Value - a.Value) / a.Value)} (needs a reading)"
                    )
                );
            else if (claimed)
                yield return new(x, [a, b], Verdict.Wrong, Rate(x, a, b, holds: false));
        }
        else if (x.Dimension == Dimension.Times && a.Bounds.Low > 0)
        {
            var (ratio, growth) = (b.Bounds / a.Bounds, apart / a.Bounds);
            if (ratio.Meets(x.Bounds) && x.Unit.Name == "番" || growth.Meets(x.Bounds) && x.Unit.Name != "番")
                yield return new(x, [a, b], Verdict.Right, Ratio(x, a, b, ""));
            else if (ratio.Meets(x.Bounds))
                yield return new(x, [a, b], Verdict.OtherBase, Ratio(x, a, b, "，是几倍，不是增长几倍（需要人判断）"));
            else if (claimed)
                yield return new(x, [a, b], Verdict.Wrong, Ratio(x, a, b, $"，而文中写作 {x.Plain}"));
        }
    }

    private static Said Difference(NumberInText x, NumberInText a, NumberInText b, bool holds)
    {
        var (high, low) = a.Value <= b.Value ? (b, a) : (a, b);
        var shown = $"{high.Plain} - {low.Plain} = {Show.Plain(Math.Abs(b.Value - a.Value))}";
        return holds ? new(shown, shown) : new($"{shown}，而文中写作 {x.Plain}", $"{shown}, the text says {x.Plain}");
    }

    private static Said Rate(NumberInText x, NumberInText a, NumberInText b, bool holds)
    {
        var (zh, en) = (
            $"{a.Plain} 到 {b.Plain} 变化 {Show.Percent(100 * Math.Abs(b.Value - a.Value) / a.Value)}",
            $"{a.Plain} to {b.Plain} is a change of {Show.Percent(100 * Math.Abs(b.Value - a.Value) / a.Value)}"
        );
        return holds ? new(zh, en) : new($"{zh}，而文中写作 {x.Plain}", $"{en}, the text says {x.Plain}");
    }

    private static Said Ratio(NumberInText x, NumberInText a, NumberInText b, string zh) =>
        new(
            $"{b.Plain} ÷ {a.Plain} = {Show.Ratio(b.Value, a.Value)}{zh}",
            $"{b.Plain} / {a.Plain} = {Show.Ratio(b.Value, a.Value)}" + (zh.Length > 0 ? $"; the text says {x.Plain}" : "")
        );

    /// <summary>Now C, that is X more than the year before, up by Y%.</summary>
    private static IEnumerable<Tie> Against(IReadOnlyList<NumberInText> figures, int i)
    {
        if (i < 2 || figures[i].Dimension != Dimension.Percent || !IsChange(figures[i]) || figures[i].Bounds.IsOpen)
            yield break;
        var (now, more, rate) = (figures[i - 2], figures[i - 1], figures[i]);
        if (!now.Adds(more) || !Compared().IsMatch(more.Before) || !IsChange(more) || more.IsHuge || now.Bounds.IsOpen || more.Bounds.IsOpen)
            yield break;
        var less = Words.Down().IsMatch(more.Before);
        var then = less ? now.Bounds + more.Bounds : now.Bounds - more.Bounds;
        if (then.Low <= 0)
            yield break;
        var real = (more.Bounds / then).Times(100);
        var shown =
            $"{more.Plain} ÷ ({now.Plain} {(less ? '+' : '-')} {more.Plain}) = {Show.Percent(100 * more.Value / (less ? now.Value + more.Value : now.Value - more.Value))}";
        yield return real.Meets(rate.Bounds)
            ? new(rate, [now, more], Verdict.Right, new(shown, shown))
            : new(rate, [now, more], Verdict.Wrong, new($"{shown}，而文中写作 {rate.Plain}", $"{shown}, the text says {rate.Plain}"));
    }

    [GeneratedRegex("比|较|同比|环比|than|over|from", RegexOptions.IgnoreCase)]
    private static partial Regex Compared();

    /// <summary>9.7% against 9.3%, 0.4 points higher.</summary>
    private static IEnumerable<Tie> Apart(IReadOnlyList<NumberInText> figures, int i)
    {
        var x = figures[i];
        if (x.Dimension != Dimension.Points || x.Bounds.IsOpen)
            yield break;
        var rates = figures.Take(i).Where(n => n.Dimension == Dimension.Percent).TakeLast(2).ToList();
        if (rates.Count < 2 || rates.Any(r => r.Bounds.IsOpen))
            yield break;
        foreach (var tie in Change(x, rates[0], rates[1], claimed: true))
            yield return tie;
    }
}
