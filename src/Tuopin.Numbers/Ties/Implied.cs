using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>The base that a rate and its count imply: 5074 people at 0.59% live among 860,000.</summary>
internal static partial class Implied
{
    /// <summary>The people among whom the poverty incidence was counted, from the latest rate and those still poor.</summary>
    public static decimal? Population(Passage passage)
    {
        var rate = passage.Figures.LastOrDefault(n =>
            n.Dimension == Dimension.Percent && n.Value > 0 && Rate().IsMatch(passage.Between(Math.Max(0, n.Start - 40), n.Start))
        );
        var poor = passage.Figures.FirstOrDefault(n => n.Dimension == Dimension.Person && Poor().IsMatch(n.Before) && !n.IsHuge);
        return rate is null || poor is null ? null : poor.Value * 100 / rate.Value;
    }

    [GeneratedRegex("贫困发生率|incidence", RegexOptions.IgnoreCase)]
    private static partial Regex Rate();

    [GeneratedRegex("未脱贫|still poor|remaining poor|not yet", RegexOptions.IgnoreCase)]
    private static partial Regex Poor();
}
