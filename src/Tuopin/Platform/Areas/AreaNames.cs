namespace Tuopin.Platform.Areas;

/// <summary>Names of places as offices write them: with and without the words for what kind of place it is.</summary>
public static class AreaNames
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

    private static readonly string[][] VillagesAndTownships = [.. Villages, .. Townships];

    /// <summary>
    /// The name of a village or township without its ending, so that 三道沟村委会, 三道沟村 and 三道沟社区 are one; a name never becomes empty.
    /// </summary>
    public static string Bare(string name) => Split(name, VillagesAndTownships).Bare;

    /// <summary>The name without the longest ending of its level, and the family of that ending.</summary>
    public static (string Bare, string[]? Family) Split(string name, int level) => Split(name, Families(level));

    private static (string Bare, string[]? Family) Split(string name, string[][] families)
    {
        var longest = 0;
        string[]? kind = null;
        foreach (var family in families)
        foreach (var ending in family)
            if (ending.Length > longest && name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
                (longest, kind) = (ending.Length, family);
        return (name[..^longest], kind);
    }

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
