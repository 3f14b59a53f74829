using System.Text.RegularExpressions;

namespace Tuopin.Numbers.Ties;

/// <summary>The words by which a text claims arithmetic, and how alike two labels are.</summary>
internal static partial class Words
{
    /// <summary>How many pairs of neighbouring characters two labels share; English words count as they are.</summary>
    public static int Alike(string a, string b)
    {
        var pairs = new HashSet<string>(Grams(a), StringComparer.OrdinalIgnoreCase);
        return Grams(b).Distinct(StringComparer.OrdinalIgnoreCase).Count(pairs.Contains);
    }

    private static IEnumerable<string> Grams(string text)
    {
        for (var i = 0; i + 1 < text.Length; i++)
            if (IsHan(text[i]) && IsHan(text[i + 1]) && !Empty.Contains(text.Substring(i, 2)))
                yield return text.Substring(i, 2);
        foreach (Match word in EnglishWord().Matches(text))
            if (!Empty.Contains(word.Value.ToLowerInvariant()))
                yield return word.Value.TrimEnd('s');
    }

    public static bool IsHan(char c) => c is >= '\u4e00' and <= '\u9fff';

    // They stand beside any number.
    private static readonly HashSet<string> Empty =
    [
        "全县",
        "全市",
        "全省",
        "目前",
        "累计",
        "共有",
        "其中",
        "已经",
        "达到",
        "完成",
        "以上",
        "分别",
        "今年",
        "去年",
        "人口",
        "the",
        "and",
        "with",
        "were",
        "have",
        "had",
        "was",
        "from",
        "that",
        "households",
        "household",
        "persons",
        "person",
        "people",
        "which",
        "whom",
        "these",
        "county",
    ];

    [GeneratedRegex(@"[A-Za-z]{3,}")]
    private static partial Regex EnglishWord();

    [GeneratedRegex(
        @"其中|包括|包含|分别为|分为|由|of which|of whom|of these|including|comprising|consisting of|made up of",
        RegexOptions.IgnoreCase
    )]
    public static partial Regex AmongWhich();

    [GeneratedRegex(
        @"(?<sure>共计|合计|总计|一共|总共|in total|altogether|totall?ing|adding up to|for a total of|a total of|bringing the total to)|(?<maybe>共|累计)",
        RegexOptions.IgnoreCase
    )]
    public static partial Regex Altogether();

    [GeneratedRegex(@"未|还有|剩|尚|余下|其余|not yet|remain|left|still", RegexOptions.IgnoreCase)]
    public static partial Regex Left();

    [GeneratedRegex(@"已|累计|退出|出列|完成|实现|exited|completed|have left|already|lifted", RegexOptions.IgnoreCase)]
    public static partial Regex Gone();

    [GeneratedRegex(@"[只还尚仍]差|相差|缺口|短缺|(?<!反)差(?=\d|$)|short of|still needs|to go", RegexOptions.IgnoreCase)]
    public static partial Regex Short();

    [GeneratedRegex(
        @"户均|人均|村均|每户平均|每人平均|平均每户|平均每人|平均每村|每户|每人(?!均)|每村|per household|per family|per person|per capita|per head|per village|each|on average|average",
        RegexOptions.IgnoreCase
    )]
    public static partial Regex PerHead();

    [GeneratedRegex(@"每[亩户人村月年天个千万\d]|人均|户均|亩均|村均|per |each", RegexOptions.IgnoreCase)]
    public static partial Regex PerAnything();

    [GeneratedRegex(@"提高|上升|增长|增加|提升|扩大|上涨|上调|升|新增|up|ris|rose|grew|increas|climb", RegexOptions.IgnoreCase)]
    public static partial Regex Up();

    [GeneratedRegex(@"下降|降低|减少|缩小|回落|压减|降|down|fell|fall|drop|decreas|declin|cut", RegexOptions.IgnoreCase)]
    public static partial Regex Down();

    [GeneratedRegex(@"(?:到|至|为|\bto\b)\s*(?:\d{4}年[末底]?的?|目前的?|现在的?|了)?\s*$", RegexOptions.IgnoreCase)]
    public static partial Regex Upto();

    [GeneratedRegex(@"占|account|make up|makes up|made up|represent|\bor\b|equal to|\bthat is\b", RegexOptions.IgnoreCase)]
    public static partial Regex Share();
}
