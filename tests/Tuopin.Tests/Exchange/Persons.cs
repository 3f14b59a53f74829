using Tuopin.Registry;

namespace Tuopin.Tests.Exchange;

/// <summary>Invented rows of the person export.</summary>
public static class Persons
{
    public static string[] Titles { get; } = [.. Packs.Mappings["persons-47"].Columns.Select(c => c.Title)];

    /// <summary>A correct row; what is named by title replaces its cell.</summary>
    public static string[] Row(int number, params (string Title, string Cell)[] with)
    {
        var birth = 19800101 + number % 28;
        var cells = new Dictionary<string, string>
        {
            ["省"] = "云南省",
            ["市"] = "曲靖市",
            ["县"] = "会泽县",
            ["乡"] = "者海镇",
            ["村"] = "三道沟村",
            ["户编号"] = "5303260000" + (number / 10).ToString("D4"),
            ["人口编号"] = "53032600000" + number.ToString("D6"),
            ["姓名"] = "甲某",
            ["性别"] = "男",
            ["出生日期"] = $"{birth / 10000}-{birth / 100 % 100:D2}-{birth % 100:D2}",
            ["证件类型"] = "居民身份证(户口簿)",
            ["证件号码"] = Id($"290301{birth}{number % 500 * 2 + 1:D3}"),
            ["民族"] = "汉族",
            ["年度"] = "2019",
            ["与户主关系"] = number % 10 == 0 ? "户主" : "其他",
            ["文化程度"] = "小学",
            ["劳动技能"] = "普通劳动力",
            ["务工时间（月）"] = "6",
            ["健康状况"] = "健康",
            ["是否参加大病保险"] = "是",
        };
        foreach (var (title, cell) in with)
            cells[title] = Titles.Contains(title) ? cell : throw new ArgumentException(title);
        return [.. Titles.Select(t => cells.GetValueOrDefault(t, ""))];
    }

    /// <summary>The same in a village of the shipped area trees, for tests that import.</summary>
    public static string[] Placed(int number, params (string Title, string Cell)[] with) => Row(number, [("村", "小街社区"), .. with]);

    public static string Id(string seventeen) => seventeen + IdentityNumber.CheckDigit(seventeen);

    public static string Csv(IEnumerable<string[]> rows) =>
        string.Join(
            "\r\n",
            rows.Prepend(Titles).Select(r => string.Join(',', r.Select(c => c.AsSpan().ContainsAny(",\"\n") ? $"\"{c.Replace("\"", "\"\"")}\"" : c)))
        );
}
