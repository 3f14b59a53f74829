namespace Tuopin.Platform.Areas;

/// <summary>Names of places as offices write them: with and without the words for what kind of place it is.</summary>
public static class AreaNames
{
    private static readonly string[] Endings =
    [
        "社区居民委员会",
        "村村民委员会",
        "村民委员会",
        "居民委员会",
        "社区居委会",
        "社区村委会",
        "街道办事处",
        "村委会",
        "居委会",
        "办事处",
        "社区",
        "街道",
        "村",
        "镇",
        "乡",
    ];

    /// <summary>The name without its ending, so that 三道沟村委会, 三道沟村 and 三道沟社区 are one; a name never becomes empty.</summary>
    public static string Bare(string name)
    {
        foreach (var ending in Endings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
                return name[..^ending.Length];
        return name;
    }
}
