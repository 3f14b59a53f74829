using System.Globalization;
using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>Days to a date, points of a stated list, the same figure said again.</summary>
internal static partial class Others
{
    public static IEnumerable<Tie> Find(Passage passage, DateOnly? published) =>
        Days(passage, published).Concat(Lists(passage)).Concat(Again(passage));

    /// <summary>Still so many days: to the day that is named before, or to the end of the year that is.</summary>
    private static IEnumerable<Tie> Days(Passage passage, DateOnly? published)
    {
        if (published is not { } day)
            yield break;
        foreach (var days in passage.Figures.Where(n => n.Dimension == Dimension.Days && n.Value is > 0 and < 20_000 && Still().IsMatch(n.Before)))
        {
            var (start, _) = passage.Sentence(days.Sentence);
            if (
                passage
                    .Numbers.Take(days.Index)
                    .TakeLast(20)
                    .LastOrDefault(n => n.Role == NumberRole.Date && n.Start >= start && n.End <= days.Start && n.Value > 0)
                is not { } named
            )
                continue;
            var goal = Goal(named);
            var real = goal.DayNumber - day.DayNumber;
            var shown = goal.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var from = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            // Whether the first or the last day counts is not said: one day either way is no error.
            yield return Math.Abs(real - days.Value) <= 1
                ? new(days, [], Verdict.Right, new($"{from} 到 {shown} 是 {real} 天", $"{from} to {shown} is {real} days"))
                : new(
                    days,
                    [],
                    Verdict.Wrong,
                    new($"{from} 到 {shown} 是 {real} 天，而文中写作 {days.Plain}", $"{from} to {shown} is {real} days, the text says {days.Plain}")
                );
        }
    }

    [GeneratedRegex("还有|仅剩|只有|剩|remain|left|until", RegexOptions.IgnoreCase)]
    private static partial Regex Still();

    private static DateOnly Goal(NumberInText date)
    {
        var parts = Digits().Matches(date.Plain).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture)).ToList();
        var (year, month) = (parts[0], parts.Count > 1 && parts[1] is >= 1 and <= 12 ? parts[1] : 12);
        var last = DateTime.DaysInMonth(year, month);
        return new(year, month, parts.Count > 2 && parts[2] >= 1 && parts[2] <= last ? parts[2] : last);
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();

    /// <summary>Three points: one, two, three.</summary>
    private static IEnumerable<Tie> Lists(Passage passage)
    {
        foreach (
            var count in passage.Figures.Where(n =>
                n.Value is >= 2 and <= 20 && Points().IsMatch(passage.Between(n.Start, Math.Min(passage.Text.Length, n.End + 8)))
            )
        )
        {
            var next = Markers().Match(passage.Text, count.End, Math.Min(40, passage.Text.Length - count.End));
            if (
                !next.Success
                || ChineseNumerals.Read(next.Groups["n"].Value) != 1
                || passage.InSentence(count.Sentence).Any(n => n.Start > count.Start && n.Start < next.Index && n.Dimension == Dimension.Thing)
            )
                continue;
            var (told, at) = (1, next.Index + 1);
            while (Markers().Match(passage.Text, at) is { Success: true } more && more.Groups["k"].Value == next.Groups["k"].Value)
            {
                at = more.Index + 1;
                if (ChineseNumerals.Read(more.Groups["n"].Value) != told + 1)
                    break;
                told++;
            }
            yield return told == count.Value
                ? new(count, [], Verdict.Right, new($"后面列出 {told} 点", $"{told} points follow"))
                : new(
                    count,
                    [],
                    Verdict.Wrong,
                    new($"后面列出 {told} 点，而文中写作 {count.Plain}", $"{told} points follow, the text says {count.Plain}")
                );
        }
    }

    [GeneratedRegex("^[0-9一二两三四五六七八九十]+(?:[个大条项](?:方面|问题|措施|重点|工作|任务|意见|建议|要求|原因|短板|不足)|点)")]
    private static partial Regex Points();

    [GeneratedRegex("(?:(?<n>[一二三四五六七八九十]{1,2})(?<k>是|要)|第(?<n>[一二三四五六七八九十]{1,2})(?<k>,))")]
    private static partial Regex Markers();

    /// <summary>The same amount of the same thing, also where it is printed in another unit.</summary>
    private static IEnumerable<Tie> Again(Passage passage)
    {
        foreach (
            var same in passage
                .Figures.Where(n =>
                    n.Digits >= 3 && !n.IsRough && !n.IsHuge && n.Dimension is not (Dimension.Percent or Dimension.Times or Dimension.Days)
                )
                .GroupBy(n => (n.Dimension, n.Value))
        )
        {
            var all = same.ToList();
            for (var i = 1; i < all.Count; i++)
                if (
                    all[Math.Max(0, i - 40)..i]
                        .FirstOrDefault(a =>
                            a.Unit.Name == all[i].Unit.Name
                            && (
                                a.Dimension != Dimension.Thing
                                || a.After.Length > 1 && all[i].After.Length > 1 && Words.Alike(a.Label, all[i].Label) > 0
                            )
                        ) is
                    { } before
                )
                    yield return new(
                        all[i],
                        [before],
                        Verdict.Right,
                        new($"{before.Plain} 与 {all[i].Plain} 前后一致", $"{before.Plain} and {all[i].Plain} are the same figure"),
                        IsGroup: true
                    );
        }
    }
}
