namespace Tuopin.Numbers;

/// <summary>What can be added to what: households to households, money to money.</summary>
public enum Dimension
{
    /// <summary>Things counted by a measure word, or by none.</summary>
    Thing,
    Household,
    Person,
    Money,
    Land,
    Percent,
    Points,
    Times,
    Days,
    Length,
    Floor,
    Weight,
    Other,
}

/// <summary>A unit as printed after a number.</summary>
/// <param name="Factor">One of it in the first unit of its dimension: 公顷 is 15 亩.</param>
public sealed record Unit(string Name, Dimension Dimension, decimal Factor = 1)
{
    public static readonly Unit None = new("", Dimension.Thing);

    /// <summary>The measure words that may stand after a Chinese numeral; "一级" or "四办" is no count.</summary>
    internal const string Measures = "个家支条项件所座口头只台套栋间处次场期批份张辆门类种村县镇乡组对枚盏眼面片株棵羽尾";

    private static readonly Unit[] Chinese =
    [
        new("个百分点", Dimension.Points),
        new("百分点", Dimension.Points),
        new("个百分比", Dimension.Points),
        new("%", Dimension.Percent),
        new("‰", Dimension.Percent, 0.1m),
        new("元", Dimension.Money),
        new("户次", Dimension.Other),
        new("户", Dimension.Household),
        new("人次", Dimension.Other),
        new("人", Dimension.Person),
        new("名", Dimension.Person),
        new("位", Dimension.Person),
        new("平方公里", Dimension.Land, 1500),
        new("平方米", Dimension.Floor),
        new("公顷", Dimension.Land, 15),
        new("亩", Dimension.Land),
        new("千伏安", Dimension.Other),
        new("千伏", Dimension.Other),
        new("千瓦时", Dimension.Other),
        new("千瓦", Dimension.Other),
        new("公里", Dimension.Length),
        new("千米", Dimension.Length),
        new("米", Dimension.Length, 0.001m),
        new("公斤", Dimension.Weight),
        new("斤", Dimension.Weight, 0.5m),
        new("吨", Dimension.Weight, 1000),
        new("个月", Dimension.Other),
        new("小时", Dimension.Other),
        new("天", Dimension.Days),
        new("日", Dimension.Days),
        new("年", Dimension.Other),
        new("岁", Dimension.Other),
        new("倍", Dimension.Times),
        .. Measures.Select(m => new Unit(m.ToString(), Dimension.Thing)),
    ];

    private static readonly Dictionary<string, Unit> English = new(StringComparer.OrdinalIgnoreCase)
    {
        ["percent"] = new("%", Dimension.Percent),
        ["households"] = new("户", Dimension.Household),
        ["household"] = new("户", Dimension.Household),
        ["families"] = new("户", Dimension.Household),
        ["people"] = new("人", Dimension.Person),
        ["persons"] = new("人", Dimension.Person),
        ["person"] = new("人", Dimension.Person),
        ["residents"] = new("人", Dimension.Person),
        ["villagers"] = new("人", Dimension.Person),
        ["members"] = new("人", Dimension.Person),
        ["workers"] = new("人", Dimension.Person),
        ["yuan"] = new("元", Dimension.Money),
        ["rmb"] = new("元", Dimension.Money),
        ["cny"] = new("元", Dimension.Money),
        ["mu"] = new("亩", Dimension.Land),
        ["hectares"] = new("公顷", Dimension.Land, 15),
        ["km"] = new("公里", Dimension.Length),
        ["kilometres"] = new("公里", Dimension.Length),
        ["kilometers"] = new("公里", Dimension.Length),
        ["days"] = new("天", Dimension.Days),
        ["times"] = new("倍", Dimension.Times),
    };

    /// <summary>The unit that a text starts with, and how many of its characters are the unit's; none when it starts with no unit.</summary>
    internal static (Unit Unit, int Length) At(ReadOnlySpan<char> text)
    {
        foreach (var unit in Chinese)
            if (text.StartsWith(unit.Name) && !Continues(unit, text[unit.Name.Length..]))
                return (unit, unit.Name.Length);
        var blank = text.Length > 0 && (text[0] == ' ' || text[0] == '-') ? 1 : 0;
        if (text[blank..].StartsWith("percentage point", StringComparison.OrdinalIgnoreCase))
            return (Points, blank + (text[blank..].StartsWith("percentage points", StringComparison.OrdinalIgnoreCase) ? 17 : 16));
        if (text[blank..].StartsWith("per cent", StringComparison.OrdinalIgnoreCase))
            return (English["percent"], blank + 8);
        var length = blank;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
            length++;
        if (length == blank)
            return (None, 0);
        var word = text[blank..length].ToString();
        if (English.TryGetValue(word, out var known))
            return (known, length);
        // "12 villages": the noun is what is counted. A word of two letters ("12 of the") is none.
        return blank == 1 && word.Length > 3 && word.EndsWith('s') ? (new(word.ToLowerInvariant(), Dimension.Thing), length) : (None, 0);
    }

    /// <summary>A unit by its name, as packs and lists of known figures write it: 户, 人, 元, 万元, 亿元, %, persons, yuan.</summary>
    /// <returns>null for a name that is no unit.</returns>
    public static Unit? Named(string name)
    {
        var factor =
            name.StartsWith('万') ? 10_000m
            : name.StartsWith('亿') ? 100_000_000m
            : 1;
        var plain = factor == 1 ? name : name[1..];
        var unit = Chinese.FirstOrDefault(u => u.Name == plain) ?? English.GetValueOrDefault(plain);
        return unit is null ? null : unit with { Factor = unit.Factor * factor };
    }

    private static readonly Unit Points = new("个百分点", Dimension.Points);

    // 名义, 位于, 人均, 年来: the character is a unit only where no other word begins with it.
    private static bool Continues(Unit unit, ReadOnlySpan<char> after) =>
        after.Length > 0
        && unit.Name switch
        {
            "名" => after[0] is '义' or '单',
            "位" => after[0] is '于' or '列',
            "面" => after[0] is '积' or '对' or '向',
            "类" or "期" or "组" => after[0] is '间' or '织' or '成' or '建',
            "对" => after[0] is '口' or '标' or '于' or '应' or '建' or '全' or '贫',
            _ => false,
        };
}
