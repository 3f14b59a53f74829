using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>A of B is p %: by 占, by a bracket after the number, by the name of the rate; shares of one whole that make 100.</summary>
internal static partial class Shares
{
    private static readonly Bounds Hundred = Bounds.Exactly(100);

    public static IEnumerable<Tie> Find(Passage passage) =>
        passage
            .Figures.Where(n => n.Dimension == Dimension.Percent && !n.Bounds.IsOpen)
            .SelectMany(p => Of(passage, p))
            .Concat(Enumerable.Range(0, passage.SentenceCount).SelectMany(s => MakeAll(passage, s)));

    private static IEnumerable<Tie> Of(Passage passage, NumberInText p)
    {
        if (Impossible(p) is { } impossible)
            return [impossible];
        var start = passage.Sentence(p.Sentence).Start;
        var before = passage.InSentence(p.Sentence).Where(n => n.End <= p.Start).ToList();
        var clause = passage.Between(Math.Max(start, passage.ClauseStart(p.Start)), p.Start);
        if (
            English().Match(passage.Text, p.End, Math.Min(60, passage.Text.Length - p.End)) is { Success: true } of
            && OfEnglish(passage, p, before, of).ToList() is { Count: > 0 } english
        )
            return english;
        if ((ShareWord(clause) is not null || p.Bracket >= 0) && OutOf(passage, before) is var (some, all))
            return Decide(p, [some], [all], [], named: true);
        if (ShareWord(clause) is { } at && !Change().IsMatch(clause[at..]))
            return OfNamed(passage, p, before, passage.ClauseStart(p.Start) + at);
        if (
            p.Bracket >= 0
            && clause.Trim().Length == 0
            && before.LastOrDefault(n => n.Bracket < p.Bracket && n.End <= p.Bracket) is { } owner
            && p.Bracket - owner.End <= 12
        )
            return OfBracket(passage, p, owner, before);
        if (RateName().Match(clause) is { Success: true } rate && !Change().IsMatch(rate.Groups["stem"].Value))
            return OfRate(passage, p, before, rate.Groups["stem"].Value, clause);
        return Exact(p, before);
    }

    /// <summary>Where in the clause the share is announced.</summary>
    private static int? ShareWord(string clause) => Words.Share().Matches(clause).LastOrDefault() is { } word ? word.Index : null;

    [GeneratedRegex("增长|提高|下降|增加|减少|上升|降低|增幅|降幅|growth|increase|rose|fell", RegexOptions.IgnoreCase)]
    private static partial Regex Change();

    [GeneratedRegex(@"\G\)?\s*of\s+(?:the\s+|all\s+|its\s+)?(?<what>[^.;,()]{0,50})", RegexOptions.IgnoreCase)]
    private static partial Regex English();

    [GeneratedRegex(@"(?<stem>\p{IsCJKUnifiedIdeographs}{2})率|(?<stem>\w+)\s+rate", RegexOptions.RightToLeft)]
    private static partial Regex RateName();

    private static Tie? Impossible(NumberInText p)
    {
        if (p.Bounds.Low <= 100 || p.IsRough || Change().IsMatch(p.Before))
            return null;
        return ShareWord(p.Before) is null && !SharesOnly().IsMatch(p.Before)
            ? null
            : new(
                p,
                [],
                Verdict.Wrong,
                new($"{p.Plain}：部分不会大于整体，占比不会超过 100%", $"{p.Plain}: a part is not more than its whole, no share is above 100%")
            );
    }

    [GeneratedRegex("发生率|参保率|覆盖率|普及率|达标率|入学率|脱贫率|完成率|开工率|支出率|占比|share|coverage", RegexOptions.IgnoreCase)]
    private static partial Regex SharesOnly();

    /// <summary>占 … 的 p%: the base is a number between, or what the words between name.</summary>
    private static IEnumerable<Tie> OfNamed(Passage passage, NumberInText p, List<NumberInText> before, int at)
    {
        var told = before.LastOrDefault(n => n.Start >= at && IsCount(n));
        var parts = before.Where(n => n.End <= at && IsCount(n)).ToList();
        if (parts.Count == 0)
            return [];
        var primary = Primary(parts);
        if (told is not null)
            return Decide(
                p,
                [.. primary.Where(n => n.Dimension == told.Dimension)],
                [told],
                Others(passage, "", parts, primary, [told]),
                named: true
            );
        var label = passage.Between(at, p.Start);
        label = Trim().Replace(label, "");
        if (label.Length < 2)
            return Decide(p, [primary[^1]], Larger(before, primary[^1]), [], named: Larger(before, primary[^1]).Count == 1);
        var bases = Named(passage, p, label, primary);
        return bases.Count > 0 ? Decide(p, primary, bases, Others(passage, label, parts, primary, bases), named: true) : [];
    }

    [GeneratedRegex(
        @"^占(?:比|到|了)?|^(?:account\w*|make\w* up|made up|represent\w*)\s*(?:for)?|的(?:比例|比重)?(?:为|达|约|近)?|总数|总量|全[县市省村镇乡]|达到?$|为$|约$|\s",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Trim();

    /// <summary>The numbers a share is of: the nearest outside brackets, and the other half of its pair.</summary>
    private static List<NumberInText> Primary(List<NumberInText> parts)
    {
        var depth = parts.Min(n => n.Bracket);
        var last = parts.Last(n => n.Bracket == depth);
        return [.. parts.Where(n => n == last || n.Index == last.Pair)];
    }

    private static bool IsCount(NumberInText n) =>
        n.Dimension is not (Dimension.Percent or Dimension.Points or Dimension.Times) && !n.IsHuge && !n.Bounds.IsOpen;

    private static List<NumberInText> Larger(IEnumerable<NumberInText> among, NumberInText part) =>
        [.. among.Where(n => n != part && n.Adds(part) && IsCount(n) && n.Value > part.Value).DistinctBy(n => n.Value)];

    /// <summary>Numbers whose label is most like the words that name the base.</summary>
    private static List<NumberInText> Named(Passage passage, NumberInText p, string label, List<NumberInText> parts)
    {
        var scored = passage
            .Near(p)
            .Where(n => n != p && IsCount(n) && parts.Any(a => a.Adds(n) && a != n && n.Value > a.Value))
            .Select(n => (Number: n, Score: Words.Alike(label, n.Label)))
            .Where(s => s.Score > 0)
            .ToList();
        if (scored.Count == 0)
            return [];
        var best = scored.Max(s => s.Score);
        // A total is named as its parts are: among labels as alike, the largest is the whole.
        return
        [
            .. scored
                .Where(s => s.Score == best)
                .GroupBy(s => (s.Number.Dimension, s.Number.Unit.Name))
                .Select(g => g.MaxBy(s => s.Number.Value).Number),
        ];
    }

    /// <summary>
    /// Other readings: another part of the sentence for the base that is named, or the same part for another base whose name shares words with it. More would be chance.
    /// </summary>
    private static List<(NumberInText Part, NumberInText Whole)> Others(
        Passage passage,
        string label,
        List<NumberInText> parts,
        List<NumberInText> primary,
        List<NumberInText> wholes
    ) =>
        [
            .. from part in parts.TakeLast(6)
            from whole in wholes
            where whole != part && whole.Adds(part) && whole.Value > part.Value && !primary.Contains(part)
            select (part, whole),
            .. from part in primary
            from whole in passage.Near(primary[0])
            where
                label.Length > 0
                && IsCount(whole)
                && whole != part
                && whole.Adds(part)
                && whole.Value > part.Value
                && Words.Alike(label, whole.Label) > 0
                && !wholes.Contains(whole)
            select (part, whole),
        ];

    private static IEnumerable<Tie> Decide(
        NumberInText p,
        List<NumberInText> parts,
        List<NumberInText> wholes,
        List<(NumberInText Part, NumberInText Whole)> others,
        bool named
    )
    {
        var pairs = (from a in parts from b in wholes where a.Adds(b) && a != b && b.Bounds.Low > 0 select (Part: a, Whole: b)).ToList();
        if (parts.Count > 0 && wholes.Any(w => w.Value == 0))
            return [new(p, [], Verdict.Unknown, new("基数为零，无法计算占比", "the base is zero: no share can be told"))];
        if (pairs.Where(x => Fits(p, x.Part, x.Whole)).ToList() is [var first, ..])
            return [Right(p, first.Part, first.Whole)];
        // Another part of the base that is named comes before another base.
        if (
            pairs.Count > 0
            && others
                .Where(x => x.Whole.Bounds.Low > 0 && (Fits(p, x.Part, x.Whole) || FitsLoosely(p, x.Part, x.Whole)))
                .OrderByDescending(x => wholes.Contains(x.Whole))
                .ToList()
                is [var other, ..]
        )
            return [OtherBase(p, other.Part, other.Whole, pairs.FirstOrDefault(x => x.Part.Adds(other.Part), pairs[0]))];
        return named && pairs.Count > 0 ? [Wrong(p, pairs[0].Part, pairs[0].Whole)] : [];
    }

    private static Bounds Share(NumberInText part, NumberInText whole) => (part.Bounds / whole.Bounds).Times(100);

    private static string Shown(NumberInText part, NumberInText whole) => Show.Percent(100 * part.Value / whole.Value);

    private static bool Fits(NumberInText p, NumberInText part, NumberInText whole) =>
        part.Bounds.Low >= 0 && whole.Bounds.Low > 0 && Share(part, whole).Meets(p.Bounds);

    // 25% for 24.47%: a round number is often a rounded one. Where it is a doubt anyhow which base is meant, one unit of it is granted.
    private static bool FitsLoosely(NumberInText p, NumberInText part, NumberInText whole) =>
        p.Value % 5 == 0
        && !p.Plain.Contains('.', StringComparison.Ordinal)
        && part.Bounds.Low >= 0
        && whole.Bounds.Low > 0
        && Share(part, whole).Meets(Bounds.Around(p.Value, 1));

    private static Tie Right(NumberInText p, NumberInText part, NumberInText whole) =>
        new(
            p,
            [part, whole],
            Verdict.Right,
            new($"{part.Plain} ÷ {whole.Plain} = {Shown(part, whole)}", $"{part.Plain} / {whole.Plain} = {Shown(part, whole)}")
        );

    private static Tie Wrong(NumberInText p, NumberInText part, NumberInText whole) =>
        new(
            p,
            [part, whole],
            Verdict.Wrong,
            new(
                $"{part.Plain} ÷ {whole.Plain} = {Shown(part, whole)}，而文中写作 {p.Plain}",
                $"{part.Plain} / {whole.Plain} = {Shown(part, whole)}, the text says {p.Plain}"
            )
        );

    private static Tie OtherBase(NumberInText p, NumberInText part, NumberInText whole, (NumberInText Part, NumberInText Whole) claimed) =>
        new(
            p,
            [part, whole],
            Verdict.OtherBase,
            new(
                $"按 {claimed.Part.Plain} ÷ {claimed.Whole.Plain} 是 {Shown(claimed.Part, claimed.Whole)}；{p.Plain} 只按 {part.Plain} ÷ {whole.Plain} = {Shown(part, whole)} 成立（需要人判断）",
                $"{claimed.Part.Plain} / {claimed.Whole.Plain} is {Shown(claimed.Part, claimed.Whole)}; {p.Plain} holds only as {part.Plain} / {whole.Plain} = {Shown(part, whole)} (needs a reading)"
            )
        );

    /// <summary>320 of the 400: the last such pair before the share.</summary>
    private static (NumberInText, NumberInText)? OutOf(Passage passage, List<NumberInText> before) =>
        before is [.., var part, var whole]
        && part.Adds(whole)
        && part.Value <= whole.Value
        && IsCount(whole)
        && Of().IsMatch(passage.Between(part, whole))
            ? (part, whole)
            : null;

    [GeneratedRegex(@"^\s*(?:[a-z]+\s+){0,2}(?:out\s+)?of\s+(?:the\s+|its\s+|all\s+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Of();

    /// <summary>p% of …: what follows is a number or names one.</summary>
    private static IEnumerable<Tie> OfEnglish(Passage passage, NumberInText p, List<NumberInText> before, Match of)
    {
        var parts = before.Where(IsCount).ToList();
        var told = passage.InSentence(p.Sentence).FirstOrDefault(n => n.Start >= p.End && n.Start <= of.Index + of.Length && IsCount(n));
        if (told is not null && parts.Count == 0)
            return [];
        if (told is not null)
            return Decide(p, [.. Primary(parts).Where(n => n.Adds(told))], [told], [], named: ShareWord(p.Before) is not null || p.Bracket >= 0);
        if (parts.Count == 0)
            return [];
        var (label, primary) = (of.Groups["what"].Value, Primary(parts));
        var bases = Named(passage, p, label, primary);
        return bases.Count > 0
            ? Decide(p, primary, bases, Others(passage, label, parts, primary, bases), named: p.Bracket >= 0 || ShareWord(p.Before) is not null)
            : [];
    }

    /// <summary>1692 户(39.58%): of the whole that the sentence, or the one before it, states.</summary>
    private static IEnumerable<Tie> OfBracket(Passage passage, NumberInText p, NumberInText owner, List<NumberInText> before)
    {
        if (!IsCount(owner))
            return [];
        // "1,000 (25%)" counts what the number before it counts.
        if (owner.Unit == Unit.None && before.LastOrDefault(n => n.Index < owner.Index && IsCount(n)) is { } counted)
            owner = owner with { Unit = counted.Unit };
        var wholes = Larger(before, owner).Where(n => n.Index != owner.Index).ToList();
        if (wholes.Count == 0 && p.Sentence > 0)
            wholes = [.. Larger(passage.InSentence(p.Sentence - 1), owner).TakeLast(1)];
        return Decide(p, [owner], wholes, [], named: wholes.Count == 1);
    }

    /// <summary>支出率达 76.15%: what was paid, of what there is.</summary>
    private static IEnumerable<Tie> OfRate(Passage passage, NumberInText p, List<NumberInText> before, string stem, string clause)
    {
        var counts = before.Where(IsCount).ToList();
        var done = counts.LastOrDefault(n => n.Label.Contains(stem, StringComparison.OrdinalIgnoreCase));
        if (p.Value == 100 && done is null)
        {
            var sentence = passage.Around(p);
            return AllOf().Match(sentence) is { Success: true } all && sentence.Contains(all.Value + stem, StringComparison.Ordinal)
                ? [new(p, [], Verdict.Right, new("文中说的是全部，全部就是 100%", "the text says all, and all is 100%"))]
                : [];
        }
        if (done is null)
            return Exact(p, before);
        var wholes = Larger(counts, done);
        return Decide(p, [done], wholes, [], named: wholes.Count == 1 && !wholes[0].Label.Contains(stem, StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex("全部|全面|均已|都已|所有")]
    private static partial Regex AllOf();

    /// <summary>No words, but so many digits that a chance is out of the question.</summary>
    private static IEnumerable<Tie> Exact(NumberInText p, List<NumberInText> before)
    {
        var counts = before.Where(IsCount).TakeLast(12).ToList();
        if (p.Digits < 4 || p.IsRough)
            return [];
        var fits = (from a in counts from b in counts where a != b && a.Adds(b) && a.Value < b.Value && Fits(p, a, b) select (a, b)).ToList();
        return fits is [var (part, whole), ..] ? [Right(p, part, whole)] : [];
    }

    /// <summary>Three shares of one whole, or two and the rest.</summary>
    private static IEnumerable<Tie> MakeAll(Passage passage, int sentence)
    {
        var text = passage.SentenceText(sentence);
        var shares = passage
            .InSentence(sentence)
            .Where(n => n.Dimension == Dimension.Percent && !n.IsFraction && !n.IsRough && n.Value < 100)
            .ToList();
        if (shares.Count < 2 || !Whole().IsMatch(text) || shares.Any(s => Change().IsMatch(s.Before)))
            yield break;
        var sum = shares.Aggregate(Bounds.Exactly(0), (s, p) => s + p.Bounds);
        if (sum.Meets(Hundred))
            yield return new(shares[^1], shares[..^1], Verdict.Right, new($"{Show.Sum(shares)} = 100%", $"{Show.Sum(shares)} = 100%"), IsGroup: true);
        else if (Claimed().IsMatch(text) && sum.High >= 90 && sum.Low <= 110)
            yield return new(
                shares[^1],
                shares[..^1],
                Verdict.Wrong,
                new(
                    $"{Show.Sum(shares)} 合计 {Show.Percent(shares.Sum(s => s.Value))}，不是 100%",
                    $"{Show.Sum(shares)} come to {Show.Percent(shares.Sum(s => s.Value))}, not 100%"
                ),
                IsGroup: true
            );
    }

    [GeneratedRegex("占|其余|构成|结构|share|account|rest|make up", RegexOptions.IgnoreCase)]
    private static partial Regex Whole();

    [GeneratedRegex("分别占|其余|构成|结构|the rest|make up the", RegexOptions.IgnoreCase)]
    private static partial Regex Claimed();
}
