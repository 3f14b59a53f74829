using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Work;

namespace Tuopin.Inspection;

/// <summary>A row of a ledger as it is written: one measure. Aspect and problem may be left out where they are those of the row above, as in merged cells.</summary>
/// <param name="Department">Key, name or another name of code list department.</param>
/// <param name="Area">Code, or the name of a place directly beneath that of the ledger; without it the ledger's own.</param>
/// <param name="Day">Deadline, 2020-06-30.</param>
public sealed record LedgerRow(string? Aspect, string? Problem, string? Measure, string? Wanted, string? Department, string? Area, string? Day);

/// <summary>A measure that can be kept: every word of its row was understood.</summary>
public sealed record LedgerMeasure(string Aspect, string Problem, string Measure, string? Wanted, string? Department, long AreaCode, int Due);

/// <summary>Reads rows of ledgers, from files and from forms; all of them or none.</summary>
public static class LedgerRows
{
    public const int Most = 2_000;

    private static readonly (string Field, bool Needed, string[] Titles)[] Columns =
    [
        ("aspect", true, ["方面", "整改方面", "问题类别", "aspect"]),
        ("problem", true, ["问题", "存在问题", "反馈问题", "problem"]),
        ("measure", true, ["措施", "整改措施", "measure"]),
        ("wanted", false, ["要求", "整改要求", "整改目标", "wanted"]),
        ("department", false, ["责任单位", "责任部门", "牵头单位", "department"]),
        ("area", false, ["责任地区", "地区", "乡镇", "area"]),
        ("day", false, ["期限", "整改期限", "整改时限", "完成时限", "deadline"]),
    ];

    /// <exception cref="Refusal">import.file-refused; ledger.columns: a column that is needed is missing or twice there; ledger.too-long.</exception>
    public static IReadOnlyList<LedgerRow> Read(string path)
    {
        try
        {
            using var sheet = SheetReader.Open(path, null, SheetLimits.Default);
            var (header, at) = Header(sheet);
            sheet.StartAfter(header);
            var rows = new List<LedgerRow>();
            while (sheet.Read())
            {
                if (sheet.Row.IsBlank)
                    continue;
                if (rows.Count == Most)
                    throw TooLong();
                string? Cell(int i) =>
                    at[i] < 0 ? null
                    : CellText.Fold(sheet.Row[at[i]].ToString()) is { Length: > 0 } text ? text
                    : null;
                rows.Add(new(Cell(0), Cell(1), Cell(2), Cell(3), Cell(4), Cell(5), Cell(6)));
            }
            return rows;
        }
        catch (FileRefused refused)
        {
            throw new Refusal("import.file-refused", $"{Path.GetFileName(refused.File)}: {refused.Text.Zh} / {refused.Text.En}");
        }
    }

    private static (int Row, int[] At) Header(SheetReader sheet)
    {
        foreach (var row in sheet.Head)
        {
            var titles = row.ToStrings().Select(t => CellText.Key(t)).ToList();
            var found = Columns
                .Select(c => Enumerable.Range(0, titles.Count).Where(i => c.Titles.Any(t => CellText.Key(t) == titles[i])).ToArray())
                .ToList();
            if (Columns.Where((c, i) => c.Needed && found[i].Length == 0).Any() || found.Exists(f => f.Length > 1))
                continue;
            return (row.Number, [.. found.Select(f => f.Length == 0 ? -1 : f[0])]);
        }
        throw new Refusal(
            "ledger.columns",
            "台账要有“方面”“问题”“措施”三列，各一列；可以有“要求”“责任单位”“责任地区”“期限”。A ledger has the columns 'aspect', 'problem' and 'measure', each once."
        );
    }

    private static Refusal TooLong() => new Refusal("ledger.too-long", $"一次至多 {Most} 条措施。At most {Most} measures at a time.");

    /// <summary>What the rows say; every row that says it wrongly is named.</summary>
    /// <exception cref="Refusal">ledger.empty, ledger.too-long, ledger.rows.</exception>
    public static IReadOnlyList<LedgerMeasure> Understand(
        IReadOnlyList<LedgerRow> rows,
        CodeList departments,
        AreaTree tree,
        AreaVersion area,
        DateOnly workDate
    )
    {
        if (rows.Count == 0)
            throw new Refusal("ledger.empty", "台账里没有措施。There is no measure in the ledger.");
        if (rows.Count > Most)
            throw TooLong();
        var (measures, wrong) = (new List<LedgerMeasure>(), new List<string>());
        string? aspect = null;
        string? problem = null;
        foreach (var (row, number) in rows.Select((r, i) => (r, i + 1)))
        {
            void Wrong(string zh, string en) => wrong.Add($"第 {number} 条：{zh} / measure {number}: {en}");
            // A new aspect has problems of its own.
            if (Plain(row.Aspect) is { } newAspect && newAspect != aspect)
                (aspect, problem) = (newAspect, null);
            problem = Plain(row.Problem) ?? problem;
            var measure = Plain(row.Measure);
            if (aspect is null || problem is null || measure is null)
            {
                Wrong("缺方面、问题或措施", "aspect, problem or measure is missing");
                continue;
            }
            if (new[] { aspect, problem, measure }.Any(t => t.Length > 200) || (Plain(row.Wanted)?.Length ?? 0) > 1000)
                Wrong("文字超过 200 字（要求 1,000 字）", "a text is longer than 200 characters (1,000 of what is wanted)");
            foreach (var text in new[] { aspect, problem, measure, Plain(row.Wanted) ?? "" })
                ActWords.RequireNoNumber(text);
            var department = Plain(row.Department) is { } named
                ? departments.Entries.FirstOrDefault(d => d.Key == named || d.Label.Zh == named || d.Label.En == named || d.Aliases.Contains(named))
                : null;
            if (department is null && Plain(row.Department) is { } unknown)
                Wrong($"没有部门“{unknown}”", $"there is no department '{unknown}'");
            var place = Plain(row.Area) is { } where
                ? tree.ByCode(where) is { } byCode && AreaTree.RangeOf(area).Contains(byCode.Code)
                    ? byCode
                    : area.Name == where
                        ? area
                        : tree.Children[area.AreaId].FirstOrDefault(p => p.Name == where)
                : area;
            if (place is null)
                Wrong($"{area.Name}之下没有“{row.Area}”", $"there is no '{row.Area}' beneath {area.Name}");
            var due = Plain(row.Day) is { } text2 ? DayText.Read(text2) : null;
            if (Plain(row.Day) is { } day && (due is null || due < workDate))
                Wrong($"期限“{day}”不是工作日或以后的日期", $"'{day}' is no day on or after the work date");
            measures.Add(
                new(
                    aspect,
                    problem,
                    measure,
                    Plain(row.Wanted),
                    department?.Key,
                    place?.Code ?? area.Code,
                    due is { } last ? DayNumber.Of(last) : WorkItem.NoDeadline
                )
            );
        }
        if (wrong.Count > 0)
            throw new Refusal(
                "ledger.rows",
                new Sentence("台账里有写错的行，没有改动任何内容。Some rows of the ledger are wrong; nothing was changed."),
                [.. wrong.Take(50)]
            );
        return measures;
    }

    private static string? Plain(string? text) => text?.Trim() is { Length: > 0 } plain ? plain : null;
}
