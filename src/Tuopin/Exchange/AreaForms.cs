namespace Tuopin.Exchange;

/// <summary>
/// The forms under which a place is written. Rank 0 is the official name, rank 1 the same with another word for the same kind of place (村民委员会 =
/// 村委会 = 村), rank 2 the bare name.
/// </summary>
internal static class AreaForms
{
    // The first of a family of endings is written for all of it; longer endings come first.
    private static readonly string[][] Villages =
    [
        ["村村民委员会", "村民委员会", "村委员会", "村村委会", "村委会", "村"],
        ["社区居民委员会", "社区村民委员会", "居民委员会", "社区居委会", "社区村委会", "居委会", "社区"],
    ];
    private static readonly string[][] Townships =
    [
        ["街道办事处", "街道办", "办事处", "街道"],
        ["民族乡", "乡"],
        ["镇"],
    ];
    private static readonly string[][] Counties =
    [
        ["自治县"],
        ["自治旗"],
        ["林区", "区"],
        ["县"],
        ["市"],
        ["旗"],
    ];
    private static readonly string[][] Cities =
    [
        ["自治州", "州"],
        ["地区"],
        ["盟"],
        ["市"],
        ["县"],
    ];
    private static readonly string[][] Provinces =
    [
        ["自治区"],
        ["省"],
        ["市"],
        ["特别行政区"],
    ];
    private static readonly string[][] Groups =
    [
        ["村民小组", "居民小组", "小组", "组"],
        ["屯"],
        ["自然村", "村", "寨"],
    ];

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
        var (bare, family) = Split(key, level);
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
        var (bare, family) = Split(key, level);
        if (family is not null)
            foreach (var stem in Stems(bare))
                yield return (stem, true);
        if (level == 6 && Numeral(bare) is { } number)
            yield return (number, true);
    }

    /// <summary>True when the written name says another kind of place than the found one (村 for a 社区).</summary>
    public static bool KindsDiffer(string written, string found, int level) =>
        Split(CellText.Key(written), level).Family is { } a && Split(CellText.Key(found), level).Family is { } b && a != b;

    /// <summary>The name without the longest ending of its level, and the family of that ending.</summary>
    private static (string Bare, string[]? Family) Split(string name, int level)
    {
        var longest = 0;
        string[]? kind = null;
        foreach (var family in Families(level))
        foreach (var ending in family)
            if (ending.Length > longest && name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
                (longest, kind) = (ending.Length, family);
        return (name[..^longest], kind);
    }

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

    private static string[][] Families(int level) =>
        level switch
        {
            1 => Provinces,
            2 => Cities,
            3 => Counties,
            4 => Townships,
            5 => Villages,
            _ => Groups,
        };
}
