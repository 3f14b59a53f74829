using Tuopin.Platform.Areas;

namespace Tuopin.Exchange;

/// <summary>
/// The forms under which a place is written. Rank 0 is the official name, rank 1 the same with another word for the same kind of place (村民委员会 =
/// 村委会 = 村), rank 2 the bare name.
/// </summary>
internal static class AreaForms
{
    private static readonly string[] Peoples =
    [
        "蒙古族",
        "蒙古",
        "回族",
        "藏族",
        "维吾尔",
        "苗族",
        "彝族",
        "壮族",
        "布依族",
        "朝鲜族",
        "满族",
        "侗族",
        "瑶族",
        "白族",
        "土家族",
        "哈尼族",
        "哈萨克族",
        "哈萨克",
        "傣族",
        "黎族",
        "傈僳族",
        "佤族",
        "畲族",
        "拉祜族",
        "水族",
        "东乡族",
        "纳西族",
        "景颇族",
        "柯尔克孜",
        "土族",
        "达斡尔族",
        "仫佬族",
        "羌族",
        "布朗族",
        "撒拉族",
        "毛南族",
        "仡佬族",
        "锡伯",
        "锡伯族",
        "阿昌族",
        "普米族",
        "塔吉克",
        "怒族",
        "鄂温克族",
        "鄂伦春",
        "德昂族",
        "保安族",
        "裕固族",
        "独龙族",
        "各族",
    ];

    /// <summary>Every form of an official name with its rank.</summary>
    public static IEnumerable<(string Form, int Rank)> Of(string name, int level)
    {
        var key = CellText.Key(name);
        yield return (key, 0);
        var (bare, family) = AreaNames.Split(key, level);
        if (level == 6 && Numeral(bare) is { } number)
            yield return (number, 2);
        if (family is null)
        {
            yield return (key, 2);
            yield break;
        }
        foreach (var stem in Stems(bare))
        {
            foreach (var ending in family)
                yield return (stem + ending, 1);
            yield return (stem, 2);
        }
    }

    /// <summary>The forms to look a written name up by: as written first, then without its ending and open to another kind of place.</summary>
    public static IEnumerable<(string Form, bool Widen)> Asked(string name, int level)
    {
        var key = CellText.Key(name);
        yield return (key, false);
        yield return (key, true);
        var (bare, family) = AreaNames.Split(key, level);
        if (family is not null)
            foreach (var stem in Stems(bare))
                yield return (stem, true);
        if (level == 6 && Numeral(bare) is { } number)
            yield return (number, true);
    }

    /// <summary>True when the written name says another kind of place than the found one (村 for a 社区).</summary>
    public static bool KindsDiffer(string written, string found, int level) =>
        AreaNames.Split(CellText.Key(written), level).Family is { } a && AreaNames.Split(CellText.Key(found), level).Family is { } b && a != b;

    // 文山壮族苗族(自治州) is also 文山; 雨碌(乡) has nothing to take off.
    private static IEnumerable<string> Stems(string bare)
    {
        yield return bare;
        var stem = bare;
        while (Peoples.FirstOrDefault(p => stem.Length > p.Length && stem.EndsWith(p, StringComparison.Ordinal)) is { } people)
            stem = stem[..^people.Length];
        if (stem != bare)
            yield return stem;
    }

    // 第3, 三 and 3 are one group; groups have rarely more than 99.
    private static string? Numeral(string bare)
    {
        var text = bare.TrimStart('第');
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return text.TrimStart('0');
        var (tens, ones) = text.IndexOf('十') is >= 0 and var ten ? (text[..ten], text[(ten + 1)..]) : ("", text);
        var first =
            tens.Length == 0
                ? text.Contains('十')
                    ? 1
                    : 0
                : Digit(tens);
        var last = ones.Length == 0 ? 0 : Digit(ones);
        return text.Length == 0 || first < 0 || last < 0 ? null : (first * 10 + last).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static int Digit(string text) => text.Length == 1 && "一二三四五六七八九".IndexOf(text[0]) is >= 0 and var at ? at + 1 : -1;
}
