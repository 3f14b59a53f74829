using System.Globalization;
using Tuopin.Linkage;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>What matching says, in words for people.</summary>
public static class MatchWords
{
    /// <summary>Why a row of a list was not linked.</summary>
    public static Label Reason(string? reason) =>
        reason switch
        {
            "nobody" => new("没有找到相符的人", "nobody fits"),
            "junk" => new("没有姓名，也没有可读的证件号码", "neither a name nor a readable number"),
            "too-little" => new("只有姓名，没有证件号码、出生日期或住址", "a name alone: no number, birth or place"),
            "repeated" => new("与前面的行相同", "the same as a row before it"),
            "number-other-name" => new("证件号码相同而姓名不同", "the number is held under another name"),
            "two-with-number" => new("登记中有两人用这个证件号码", "two persons are registered with this number"),
            "other-number" => new("其他相符而证件号码不同", "all else fits, but the numbers differ"),
            "not-sure" => new("把握不足，需人工核对", "not sure enough to go unseen"),
            "undone" => new("名单已撤销", "the list was undone"),
            null => new("", ""),
            _ => new(reason, reason),
        };

    public static Label Comparison(string name) =>
        name switch
        {
            People.Name => new("姓名", "name"),
            People.Birth => new("出生日期", "birth"),
            People.Serial => new("证件末四位", "last four of the number"),
            People.Home => new("证件首次签发地", "county of the number"),
            People.Place => new("住址", "place"),
            "number" => new("证件号码", "number"),
            _ => new(name, name),
        };

    public static Label Level(string? level) =>
        level switch
        {
            null => new("一方没有", "one says nothing"),
            "same" => new("相同", "the same"),
            "homophone" => new("同音", "read the same"),
            "reordered" => new("字序不同", "in another order"),
            "one_character" => new("差一个字", "one character off"),
            "surname" => new("只有姓相同", "the surname alone"),
            "exchanged" => new("填在了另一栏", "in the other column"),
            "one_slip" => new("差一位", "one slip"),
            "two_slips" => new("差两位", "two slips"),
            "alike" => new("相近", "alike"),
            "day_month_exchanged" => new("月日颠倒", "day and month exchanged"),
            "one_digit" => new("差一位数字", "one digit off"),
            "one_part" => new("年月日有一项不同", "one of year, month, day differs"),
            "near" => new("相差不到两年", "less than two years apart"),
            "village" => new("同村", "the same village"),
            "township" => new("同乡镇", "the same township"),
            "county" => new("同县", "the same county"),
            "city" => new("同市", "the same city"),
            _ => new("不同", "different"),
        };
}

/// <summary>Evidence as it is kept: comparison=level:bits[:share of records with it], apart by semicolons; it names nobody.</summary>
public static class EvidenceText
{
    /// <param name="Share">How common what they agree in is, where that was weighed.</param>
    public sealed record Part(string Comparison, string? Level, double Bits, double? Share);

    public static string Of(IEnumerable<Linkage.Evidence> evidence) =>
        string.Join(
            ';',
            evidence.Select(e =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{e.Comparison.Name}={e.LevelName}:{e.Bits:F2}{(e.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $":{share:G3}") : "")}"
                )
            )
        );

    public static IReadOnlyList<Part> Read(string? text) =>
        string.IsNullOrEmpty(text)
            ? []
            :
            [
                .. text.Split(';')
                    .Select(p =>
                    {
                        var (name, rest) = (
                            p[..p.IndexOf('=', StringComparison.Ordinal)],
                            p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(':')
                        );
                        double Number(int i) => double.Parse(rest[i], CultureInfo.InvariantCulture);
                        return new Part(name, rest[0].Length == 0 ? null : rest[0], Number(1), rest.Length > 2 ? Number(2) : null);
                    }),
            ];
}
