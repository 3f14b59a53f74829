using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.Numbers.Ties;
using Tuopin.Tests.Shared;
using Xunit;

namespace Tuopin.Numbers.Tests;

/// <summary>
/// Reports made up of groups of true numbers have no wrong mark; with one number changed beyond what its printed digits leave open, the wrong marks are of its group and of
/// no other.
/// </summary>
public sealed class AnyReport
{
    /// <summary>A sentence, and the same with one number changed.</summary>
    private sealed record Group(string True, string False);

    private static string N(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string P(decimal value, int decimals) => Wording.Percent(value, decimals);

    private static readonly string[] Places = ["东川", "西坡", "南沟", "北岭", "中坝"];

    private static readonly Gen<Group> Totals =
        from count in Gen.Choose(2, 5)
        from parts in Gen.Choose(100, 99_999).ArrayOf(count)
        from unit in Gen.Elements("户", "人")
        from wording in Gen.Choose(0, 2)
        let total = parts.Sum(p => (long)p)
        from off in Gen.Choose(1, (int)(total / 20)).SelectMany(o => Gen.Elements(o, -o))
        select new Group(Total(parts, total, unit, wording), Total(parts, total + off, unit, wording));

    private static string Total(int[] parts, long total, string unit, int wording)
    {
        var list = string.Join('、', parts.Select((p, i) => $"{Places[i]}{N(p)}{unit}"));
        return wording switch
        {
            0 => $"全片在册{N(total)}{unit}（{list}）。",
            1 => $"全片在册{N(total)}{unit}，其中{list}。",
            _ => $"{list}，几片合计{N(total)}{unit}。",
        };
    }

    private static readonly Gen<Group> Shares =
        from whole in Gen.Choose(2_000, 99_999)
        from part in Gen.Choose(whole / 20, whole * 9 / 10)
        from decimals in Gen.Choose(0, 2)
        from off in Gen.Choose(2, 8).SelectMany(o => Gen.Elements(o, -o))
        from bracket in ArbMap.Default.GeneratorFor<bool>()
        let share = 100m * part / whole
        select new Group(Share(part, whole, share, decimals, bracket), Share(part, whole, share + off, decimals, bracket));

    private static string Share(int part, int whole, decimal share, int decimals, bool bracket) =>
        bracket
            ? $"应修水窖{N(whole)}口，修好{N(part)}口（{P(share, decimals)}）。"
            : $"通水农户{N(part)}户，占应通{N(whole)}户的{P(share, decimals)}。";

    private static readonly Gen<Group> Rates =
        from paid in Gen.Choose(1_000, 9_000)
        from more in Gen.Choose(100, 9_000)
        from off in Gen.Choose(2, 6).SelectMany(o => Gen.Elements(o, -o))
        let share = 100m * paid / (paid + more)
        select new Group(
            $"下达资金{N(paid + more)}万元，已支出{N(paid)}万元，支出率{P(share, 2)}。",
            $"下达资金{N(paid + more)}万元，已支出{N(paid)}万元，支出率{P(share + off, 2)}。"
        );

    private static readonly Gen<Group> Growths =
        from before in Gen.Choose(1_000, 20_000)
        from more in Gen.Choose(100, 9_000)
        from decimals in Gen.Choose(0, 2)
        from off in Gen.Choose(2, 9)
        let rate = 100m * more / before
        select new Group(
            $"人均收入由{N(before)}元提高到{N(before + more)}元，增长{P(rate, decimals)}。",
            $"人均收入由{N(before)}元提高到{N(before + more)}元，增长{P(rate + off, decimals)}。"
        );

    private static readonly Gen<Group> Points =
        from before in Gen.Choose(100, 600)
        from more in Gen.Choose(10, 300)
        from off in Gen.Choose(2, 9)
        select new Group(
            $"就业率从{P(before / 10m, 1)}提高到{P((before + more) / 10m, 1)}，提高{Wording.Percent(more / 10m, 1).TrimEnd('%')}个百分点。",
            $"就业率从{P(before / 10m, 1)}提高到{P((before + more) / 10m, 1)}，提高{Wording.Percent((more + off) / 10m, 1).TrimEnd('%')}个百分点。"
        );

    private static readonly Gen<Group> PerHeads =
        from households in Gen.Choose(50, 2_000)
        from each in Gen.Choose(1_000, 20_000)
        from off in Gen.Choose(10, 500)
        select new Group(
            $"发放补助{N((long)households * each)}元，惠及{N(households)}户，户均{N(each)}元。",
            $"发放补助{N((long)households * each)}元，惠及{N(households)}户，户均{N(each + off)}元。"
        );

    private static readonly Arbitrary<Group[]> Reports = Gen.OneOf(Totals, Shares, Rates, Growths, Points, PerHeads)
        .ArrayOf()
        .Where(g => g.Length is > 0 and < 12)
        .ToArbitrary();

    [Fact]
    public void True_numbers_are_nowhere_wrong() =>
        Prop.ForAll(
                Reports,
                groups =>
                {
                    var found = CheckText.Check(string.Join('\n', groups.Select(g => g.True)), plausibility: Rules.All);
                    found.Marks.Where(m => m.Verdict == Verdict.Wrong).Select(m => m.Number.Plain + ": " + m.Reason.Zh).ShouldBeEmpty();
                    found.Count(Verdict.Right).ShouldBeGreaterThanOrEqualTo(groups.Length);
                }
            )
            .Check(Properties.Cases(300));

    [Fact]
    public void One_number_changed_is_wrong_in_its_group_and_nowhere_else() =>
        Prop.ForAll(
                Reports,
                Gen.Choose(0, 100).ToArbitrary(),
                (groups, pick) =>
                {
                    pick %= groups.Length;
                    var text = string.Join('\n', groups.Select((g, i) => i == pick ? g.False : g.True));
                    var found = CheckText.Check(text, plausibility: Rules.All);
                    found.Marks.Where(m => m.Verdict == Verdict.Wrong).Select(m => m.Number.Paragraph).Distinct().ShouldBe([pick], text);
                }
            )
            .Check(Properties.Cases(300));
}
