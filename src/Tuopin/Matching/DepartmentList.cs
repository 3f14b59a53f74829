using System.Globalization;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Registry;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>A row of a department's list as it was read.</summary>
/// <param name="Row">Row of the sheet, from 1.</param>
/// <param name="Place">The address as written.</param>
/// <param name="Amount">In fen.</param>
/// <param name="Unread">Columns whose cell could not be read.</param>
public sealed record ListRow(
    int Row,
    string? Name,
    IdentityNumber Identity,
    int Birth,
    string? Place,
    string? Item,
    long? Amount,
    int? FromDay,
    int? ToDay,
    bool? Active,
    IReadOnlyList<string> Unread
)
{
    /// <summary>The 18 characters by which people are found; null where there are none.</summary>
    public string? Number => Identity is { Kind: IdentityKind.Citizen or IdentityKind.Disability, First18.Length: 18 } ? Identity.First18 : null;
}

/// <summary>Reads a department's list: which column is which is guessed by its title, and said by hand where that fails.</summary>
public static class DepartmentList
{
    private const int LongestText = 200;

    /// <summary>What a column of a list can be, with the titles it is known by; the dictionary's own titles are taken as well.</summary>
    /// <param name="Fact">The fact of the dictionary whose titles hold for it.</param>
    public sealed record Role(string Id, Label Label, string? Fact, params string[] Titles);

    public static readonly IReadOnlyList<Role> Roles =
    [
        new("name", new("姓名", "Name"), null, "姓名", "名字", "参保人姓名", "机主", "车主", "产权人", "权利人", "法定代表人", "学生姓名", "name"),
        new(
            "number",
            new("证件号码", "ID number"),
            "person.id_index",
            "证件号码",
            "身份证",
            "身份证件号码",
            "身份证明号码",
            "统一证件号码",
            "idnumber"
        ),
        new("birth", new("出生日期", "Birth"), "person.birth", "出生年月日", "生日", "birth"),
        new("place", new("地址", "Address"), null, "地址", "住址", "家庭住址", "户籍地址", "现住址", "所在村", "行政村", "村", "区划代码", "address"),
        new("item", new("名称或型号", "Item"), "department_record.item", "项目", "品牌型号", "号牌号码", "item"),
        new("amount", new("金额（元）", "Amount (yuan)"), "department_record.amount", "价格", "amount"),
        new("from", new("起始日期", "From"), "department_record.from_day", "起始日期", "开始日期", "死亡日期", "成立日期", "发证日期", "from"),
        new("to", new("终止日期", "To"), "department_record.to_day", "终止日期", "结束日期", "to"),
        new("active", new("实际在用或在营", "In use"), "department_record.active", "在营", "active"),
    ];

    /// <summary>The columns of a sheet: titles as they stand, and which of them is which.</summary>
    /// <param name="Header">Row of the titles.</param>
    /// <param name="At">Position of each role found, by its id.</param>
    public sealed record Columns(int Header, IReadOnlyList<string> Titles, IReadOnlyDictionary<string, int> At);

    /// <summary>Finds the titles; <paramref name="said"/> (position by role) goes before what is guessed.</summary>
    /// <exception cref="Refusal">import.file-refused; match.columns: no title is known and none was named.</exception>
    public static Columns Find(string path, FactDictionary dictionary, IReadOnlyDictionary<string, int>? said)
    {
        using var sheet = Open(path);
        var best = sheet
            .Head.Select(row => (Row: row, Titles: row.ToStrings()))
            .Select(r => (r.Row.Number, r.Titles, At: Guess(r.Titles, dictionary)))
            .MaxBy(r => r.At.Count);
        var at = new Dictionary<string, int>(said ?? best.At);
        if (said is null && best.At.Count == 0 || !at.ContainsKey("name") && !at.ContainsKey("number"))
            throw new Refusal(
                "match.columns",
                "没有认出“姓名”或“证件号码”列，请检查表头。No column is known for a name or an ID number: look at the titles.",
                [.. best.Titles ?? []]
            );
        return new(best.Number, best.Titles, at.Where(a => a.Value >= 0 && a.Value < best.Titles.Length).ToDictionary());
    }

    private static Dictionary<string, int> Guess(string[] titles, FactDictionary dictionary)
    {
        var keys = titles.Select(t => CellText.Key(t)).ToList();
        var found = new Dictionary<string, int>();
        foreach (var role in Roles)
        {
            var fact = role.Fact?.Split('.') is [var subject, var name] ? dictionary[subject].Facts.GetValueOrDefault(name) : null;
            foreach (var title in role.Titles.Concat(fact?.Titles ?? []).Select(t => CellText.Key(t)))
                if (keys.IndexOf(title) is >= 0 and var at && !found.ContainsValue(at) && found.TryAdd(role.Id, at))
                    break;
        }
        return found;
    }

    /// <exception cref="Refusal">import.file-refused.</exception>
    public static IEnumerable<ListRow> Read(string path, Columns columns)
    {
        using var sheet = Open(path);
        sheet.StartAfter(columns.Header);
        while (Next(sheet))
            if (!sheet.Row.IsBlank)
                yield return Row(sheet, columns.At);
    }

    private static ListRow Row(SheetReader sheet, IReadOnlyDictionary<string, int> at)
    {
        var unread = new List<string>();
        string? Text(string role) =>
            at.TryGetValue(role, out var i) && CellText.Fold(sheet.Row[i].ToString()) is { Length: > 0 } text
                ? text.Length > LongestText
                    ? text[..LongestText]
                    : text
                : null;
        int? Day(string role)
        {
            if (Text(role) is not { } text)
                return null;
            if (
                sheet.Row.Kind(at[role]) == CellKind.Date
                && double.TryParse(text, CultureInfo.InvariantCulture, out var serial)
                && serial is > 0 and < 2_900_000
            )
                return DayNumber.Of(new DateOnly(1899, 12, 30).AddDays((int)serial + sheet.DateOffset));
            if (text.Length == 8 && DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var plain))
                return DayNumber.Of(plain);
            if (Platform.Web.DayText.Read(text.Replace('/', '-').Replace('.', '-')) is { Year: >= 1800 } day)
                return DayNumber.Of(day);
            unread.Add(role);
            return null;
        }
        long? Fen(string role)
        {
            if (Text(role)?.Replace(",", "", StringComparison.Ordinal).TrimEnd('元') is not { } text)
                return null;
            if (
                decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var yuan)
                && Math.Abs(yuan) <= 1_000_000_000
            )
                return (long)Math.Round(yuan * 100, MidpointRounding.AwayFromZero);
            unread.Add(role);
            return null;
        }
        bool? Yes(string role) =>
            Text(role) switch
            {
                "是" or "有" or "在营" or "存续" or "1" => true,
                "否" or "无" or "注销" or "吊销" or "0" => false,
                _ => null,
            };
        var identity = IdentityNumber.Read(Text("number") ?? "");
        var name = Text("name")?.Replace(" ", "", StringComparison.Ordinal);
        return new(
            sheet.Row.Number,
            // A name is letters; what has none is a stray cell.
            name is not null
            && name.Any(char.IsLetter)
                ? name
                : null,
            identity,
            Day("birth") ?? identity.Birth ?? 0,
            Text("place"),
            Text("item"),
            Fen("amount"),
            Day("from"),
            Day("to"),
            Yes("active"),
            unread
        );
    }

    private static SheetReader Open(string path)
    {
        try
        {
            return SheetReader.Open(path, null, SheetLimits.Default);
        }
        catch (FileRefused refused)
        {
            throw Refuse(refused);
        }
    }

    private static bool Next(SheetReader sheet)
    {
        try
        {
            return sheet.Read();
        }
        catch (FileRefused refused)
        {
            throw Refuse(refused);
        }
    }

    private static Refusal Refuse(FileRefused refused) =>
        new Refusal("import.file-refused", $"{Path.GetFileName(refused.File)}: {refused.Text.Zh} / {refused.Text.En}");
}
