using System.Collections.Immutable;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Exchange;

/// <summary>The known sheets. Recognises which of them a file is, and where its header stands.</summary>
public sealed class MappingSet
{
    // The units titles carry in brackets; 万元 is another unit than 元 and never dropped.
    private static readonly HashSet<string> Units = ["元", "亩", "月", "个月", "人", "户", "平方米", "公里", "个", "米", "年", "%"];

    private readonly Dictionary<string, Mapping> mappings = new(StringComparer.Ordinal);

    public MappingSet(IEnumerable<Mapping> mappings)
    {
        foreach (var mapping in mappings)
            this.mappings[mapping.Id] = mapping;
    }

    public IEnumerable<Mapping> All => mappings.Values;

    public Mapping this[string id] => mappings[id];

    /// <summary>Loads the mapping files of pack folders (their <c>mappings</c>); a mapping of a later folder replaces one of the same name.</summary>
    public static MappingSet Load(PackSet packs, params IEnumerable<string> packFolders)
    {
        var loaded = new List<Mapping>();
        foreach (var folder in packFolders.Select(f => Path.Combine(f, "mappings")).Where(Directory.Exists))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var path in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var mapping = MappingLoader.Load(path, packs.Dictionary, packs.SourcesOfCodes);
                loaded.Add(
                    seen.Add(mapping.Id) ? mapping : throw new MappingError(path, 1, 1, $"mapping '{mapping.Id}' is defined twice in {folder}")
                );
            }
        }
        return new MappingSet(loaded);
    }

    /// <summary>
    /// Finds the header among the first rows: the row, or two rows one above the other, that fits a mapping best. The reader is left at the first
    /// row of data. Refuses a sheet without a known header, and one that lacks a required column.
    /// </summary>
    public ColumnPlan Recognise(SheetReader sheet, string? mappingId = null)
    {
        var candidates = mappingId is null ? All : [mappings[mappingId]];
        var best = candidates.SelectMany(m => Headers(sheet.Head).Select(h => Fit.Of(m, h))).MaxBy(f => f.Score);
        if (best is null || best.Matched < Math.Min(3, best.Mapping.Columns.Length))
            throw Refuse(
                sheet,
                RefusalReason.HeaderNotFound,
                $"前 {SheetReader.HeadRows} 行里没有认识的表头；可用对照文件描述这种表",
                $"no known header in the first {SheetReader.HeadRows} rows; describe the sheet in a mapping file"
            );
        if (best.Missing.Count > 0)
            throw Refuse(
                sheet,
                RefusalReason.ColumnMissing,
                $"按“{best.Mapping.Label.Zh}”识别（第 {best.Header.Row} 行为表头），缺少必需的列：{string.Join('、', best.Missing)}",
                $"taken for {best.Mapping.Id} (header in row {best.Header.Row}), required columns are missing: {string.Join(", ", best.Missing)}"
            );
        var plan = best.ToPlan(sheet);
        sheet.StartAfter(plan.HeaderRow);
        return plan;
    }

    internal static FileRefused Refuse(SheetReader sheet, RefusalReason reason, string zh, string en) =>
        new(reason, sheet.File, new Label($"工作表“{sheet.SheetName}”：{zh}", $"sheet '{sheet.SheetName}': {en}"));

    /// <summary>Each head row alone, and each with the one below it laid over it (headers merged over two rows).</summary>
    private static IEnumerable<Header> Headers(IReadOnlyList<RowBuffer> head)
    {
        for (var i = 0; i < head.Count; i++)
        {
            var upper = head[i].ToStrings();
            yield return new Header(head[i].Number, [.. upper.Select(t => (Clean(t), ""))]);
            if (i + 1 == head.Count)
                continue;
            var lower = head[i + 1].ToStrings();
            var titles = new (string, string)[Math.Max(upper.Length, lower.Length)];
            var group = "";
            for (var c = 0; c < titles.Length; c++)
            {
                var above = c < upper.Length ? Clean(upper[c]) : "";
                var below = c < lower.Length ? Clean(lower[c]) : "";
                group = above.Length > 0 ? above : group;
                titles[c] = below.Length > 0 ? (below, group + below) : (above, "");
            }
            yield return new Header(head[i + 1].Number, titles);
        }
    }

    private static string Clean(string text) => CellText.Fold(text).Replace("\n", "").Replace("\r", "");

    private sealed record Header(int Row, (string Title, string WithGroup)[] Titles);

    /// <summary>How well a header fits a mapping.</summary>
    private sealed record Fit(Mapping Mapping, Header Header, MappingColumn?[] Columns)
    {
        public int Matched { get; } = Columns.Where(c => c is not null).Distinct().Count();

        public List<string> Missing => [.. Mapping.Columns.Where(c => c.Required && !Columns.Contains(c)).Select(c => c.Title)];

        /// <summary>
        /// More titles first: a person sheet that lacks a required column must be refused as one, not taken for a smaller sheet it happens to
        /// complete. Then complete before incomplete, then fewer of the mapping left out, then the upper row.
        /// </summary>
        public (int, bool, bool, int, int) Score =>
            (Matched, Mapping.Status == MappingStatus.Own, Missing.Count == 0, -Mapping.Columns.Length, -Header.Row);

        public static Fit Of(Mapping mapping, Header header) =>
            new(
                mapping,
                header,
                [.. header.Titles.Select(t => Find(mapping, t.Title) ?? (t.WithGroup.Length > 0 ? Find(mapping, t.WithGroup) : null))]
            );

        public ColumnPlan ToPlan(SheetReader sheet)
        {
            var columns = new List<PlanColumn>();
            foreach (
                var group in Columns
                    .Select((c, i) => (Column: c, Position: i))
                    .Where(c => c.Column?.Target is not null)
                    .GroupBy(c => c.Column!.Target!.Name)
            )
            {
                var found = group.ToList();
                if (found.Count > 1 && !found[0].Column!.Target!.Gathers)
                    throw Refuse(
                        sheet,
                        RefusalReason.ColumnTwice,
                        $"列“{found[0].Column!.Title}”出现了 {found.Count} 次",
                        $"column '{found[0].Column!.Title}' occurs {found.Count} times"
                    );
                columns.Add(
                    new PlanColumn(found[0].Column!, [.. found.Select(c => c.Position)], [.. found.Select(c => Header.Titles[c.Position].Title)])
                );
            }
            return new ColumnPlan(Mapping, Header.Row, [.. Header.Titles.Select(t => t.Title)], [.. columns]);
        }

        private static MappingColumn? Find(Mapping mapping, string title)
        {
            var key = CellText.Key(title);
            if (key.Length == 0)
                return null;
            if (mapping.Find(key) is { } column)
                return column;
            var open = key.LastIndexOf('(');
            return open > 0 && key.EndsWith(')') && Units.Contains(key[(open + 1)..^1]) ? mapping.Find(key[..open]) : null;
        }
    }
}
