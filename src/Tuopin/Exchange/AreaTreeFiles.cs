using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Reads a tree of areas and an old-to-new table from csv, xlsx or xls, in any order of columns, with Chinese or English titles.</summary>
public static class AreaTreeFiles
{
    // A nation has some 700,000 places; a file is of counties.
    private const int MostRows = 50_000;

    private sealed record Column(Label Label, bool Needed, params string[] Titles);

    private static readonly Column Code = new(PlanTree.CodeColumn, true, "代码", "区划代码", "行政区划代码", "统计用区划代码", "12位代码", "code");
    private static readonly Column Name = new(PlanTree.NameColumn, true, "名称", "区划名称", "单位名称", "name");
    private static readonly Column Parent = new(PlanTree.ParentColumn, false, "上级代码", "上级区划代码", "父级代码", "parent", "parentcode");
    private static readonly Column Old = new(PlanTree.OldColumn, true, "旧代码", "原代码", "变更前代码", "old", "oldcode");
    private static readonly Column New = new(PlanTree.NewColumn, true, "新代码", "现代码", "变更后代码", "new", "newcode");
    private static readonly Column Group = new(PlanTree.GroupColumn, false, "组", "自然村", "村民小组", "自然村（组）", "group");

    /// <exception cref="Refusal">import.file-refused; areas.columns: a column that is needed is missing or twice there.</exception>
    public static IReadOnlyList<PlanTree.Row> Tree(string path) =>
        Read(
            path,
            [Code, Name, Parent],
            (number, cells) => new PlanTree.Row(number, cells[0], cells[1], cells[2] is { Length: > 0 } parent ? parent : null)
        );

    /// <exception cref="Refusal">import.file-refused, areas.columns.</exception>
    public static IReadOnlyList<PlanTree.Step> Map(string path) =>
        Read(
            path,
            [Old, New, Group],
            (number, cells) =>
                new PlanTree.Step(number, cells[0], cells[1] is { Length: > 0 } to ? to : null, cells[2] is { Length: > 0 } group ? group : null)
        );

    private static List<T> Read<T>(string path, Column[] columns, Func<int, string[], T> make)
    {
        try
        {
            using var sheet = SheetReader.Open(path, null, SheetLimits.Default);
            var (header, at) = Header(sheet, columns);
            sheet.StartAfter(header);
            var rows = new List<T>();
            while (sheet.Read())
            {
                if (sheet.Row.IsBlank)
                    continue;
                if (rows.Count == MostRows)
                    throw new Refusal("areas.too-large", $"the file has more than {MostRows} rows");
                rows.Add(make(sheet.Row.Number, [.. at.Select(position => position < 0 ? "" : CellText.Fold(sheet.Row[position].ToString()))]));
            }
            return rows;
        }
        catch (FileRefused refused)
        {
            throw new Refusal("import.file-refused", $"{Path.GetFileName(refused.File)}: {refused.Text.Zh} / {refused.Text.En}");
        }
    }

    private static (int Row, int[] At) Header(SheetReader sheet, Column[] columns)
    {
        foreach (var row in sheet.Head)
        {
            var titles = row.ToStrings().Select(t => CellText.Key(t)).ToList();
            int[] At(Column column) => [.. Enumerable.Range(0, titles.Count).Where(i => column.Titles.Any(t => CellText.Key(t) == titles[i]))];
            var found = columns.Select(c => (Column: c, At: At(c))).ToList();
            if (found.Where(f => f.Column.Needed).Any(f => f.At.Length == 0))
                continue;
            if (found.Find(f => f.At.Length > 1) is { Column: { } twice })
                throw Columns(sheet, twice, "出现了两次", "stands there twice");
            return (row.Number, [.. found.Select(f => f.At.Length == 0 ? -1 : f.At[0])]);
        }
        throw Columns(sheet, columns[0], "没有找到", "is missing");
    }

    private static Refusal Columns(SheetReader sheet, Column column, string zh, string en) =>
        new Refusal(
            "areas.columns",
            new Sentence(
                "区划文件要有“代码”“名称”两列，对照表要有“旧代码”“新代码”两列。A tree has columns 'code' and 'name', a table 'old' and 'new'."
            ),
            [string.Create(CultureInfo.InvariantCulture, $"{sheet.File}: {column.Label.Zh} {zh} / {column.Label.En} {en}")]
        );
}
