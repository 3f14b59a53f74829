using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>SQL over verdict rows. A standard is unmet if any indicator is unmet, else unknown if any is unknown, else met; exempt counts as met.</summary>
public static class VerdictSql
{
    /// <summary>Unmet bits after overrules.</summary>
    public static string Unmet(string alias) => $"(({alias}.unmet & ~{alias}.overruled_met) | {alias}.overruled_unmet)";

    /// <summary>Met or exempt bits after overrules.</summary>
    public static string Met(string alias) => $"(({alias}.met | {alias}.exempt | {alias}.overruled_met) & ~{alias}.overruled_unmet)";

    /// <summary>All live bits of a standard.</summary>
    public static long Mask(Standard standard) => standard.Indicators.Where(i => !i.Retired).Aggregate(0L, (mask, i) => mask | (1L << i.Bit));

    /// <summary>The whole verdict as a word: met, unmet, exempt (every indicator is) or unknown.</summary>
    public static string Result(Standard standard, string alias)
    {
        var mask = Mask(standard);
        return $"CASE WHEN {Unmet(alias)} & {mask} <> 0 THEN 'unmet' WHEN {Met(alias)} & {mask} <> {mask} THEN 'unknown' WHEN {alias}.exempt & {mask} = {mask} THEN 'exempt' ELSE 'met' END";
    }
}
