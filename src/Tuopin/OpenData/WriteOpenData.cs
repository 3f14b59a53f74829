using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.OpenData;

/// <summary>
/// The files of a data set: a csv of numbers for each level, the areas and figures they name, a description as CSV on the Web has it (W3C Recommendation, Metadata
/// Vocabulary for Tabular Data, 17 December 2015), and a readme in two languages.
/// </summary>
public static class WriteOpenData
{
    /// <param name="KnownAt">The moment up to which the record was read (UTC).</param>
    public sealed record Edition(
        OpenDataSet Set,
        AreaVersion Area,
        DateOnly AsOf,
        IReadOnlyList<DateOnly> Days,
        OpenTable Table,
        string KnownAt,
        bool Invented
    )
    {
        public int Withheld => Table.Small + Table.Covering;
    }

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Computes a data set for an area and all areas beneath it down to the level of the set.</summary>
    /// <param name="connection">Its reads are of one moment.</param>
    /// <exception cref="Refusal">open-data.too-narrow, open-data.day-ahead.</exception>
    public static Edition Compute(Installation installation, DbConnection connection, OpenDataSet set, AreaVersion area, DateOnly asOf)
    {
        Check(set, area, asOf, installation.WorkDate);
        DateOnly[] days = [.. set.Days.Select(d => d.On(asOf)).OfType<DateOnly>().Distinct().OrderDescending()];
        var tables = new List<(DateOnly, IReadOnlyList<AreaVersion>)>();
        foreach (var day in days)
        {
            var tree = AreaTree.Load(connection, day);
            if (tree.ById(area.AreaId) is not { } then)
                continue;
            var range = AreaTree.RangeOf(then);
            tables.Add(
                (
                    day,
                    [
                        then,
                        .. tree
                            .All.Where(a => a.Level > then.Level && a.Level <= set.Level && range.Contains(a.Code))
                            .OrderBy(a => a.Level)
                            .ThenBy(a => a.Code),
                    ]
                )
            );
        }
        return new(
            set,
            area,
            asOf,
            [.. tables.Select(t => t.Item1)],
            OpenTable.Of(installation, connection, set, tables),
            Platform.Database.Sql.Text(connection, "SELECT at FROM changes WHERE id = (SELECT max(id) FROM changes)") ?? "",
            Installation.Setting(connection, "invented") == "yes"
        );
    }

    /// <exception cref="Refusal">open-data.too-narrow, open-data.day-ahead.</exception>
    public static void Check(OpenDataSet set, AreaVersion area, DateOnly asOf, DateOnly workDate)
    {
        if (area.Level >= set.Level)
            throw new Refusal(
                "open-data.too-narrow",
                $"'{set.Id}' is published of areas wider than its level, {LevelName(set.Level)}: an area by itself has no others that hide what it withholds"
            );
        if (asOf > workDate)
            throw new WrongUsage("open-data.day-ahead", "open data are of no day after the work date");
    }

    /// <summary>Writes the files, one after the other.</summary>
    /// <param name="open">Opens a file of a name; it is closed when it is written.</param>
    public static IReadOnlyList<string> Handle(Installation installation, Edition edition, Func<string, Stream> open)
    {
        var files = new List<string>();
        Stream File(string name)
        {
            files.Add(name);
            return open(name);
        }
        var levels = edition.Table.Cells.Select(c => c.Area.Level).Distinct().Order().ToList();
        foreach (var level in levels)
            WriteValues(File(ValuesOf(level)), edition, level);
        WriteAreas(File("areas.csv"), edition);
        WriteFigures(File("figures.csv"), edition);
        using (var stream = File("csv-metadata.json"))
            JsonSerializer.Serialize(stream, Metadata(installation, edition, levels), Json);
        using (var readme = new StreamWriter(File("README.md")))
            readme.Write(Readme(edition, levels));
        return files;
    }

    private static string ValuesOf(short level) => $"values-{LevelName(level)}.csv";

    /// <summary>province, city, county, township, village.</summary>
    public static string LevelName(short level) =>
        level switch
        {
            0 => "nation",
            1 => "province",
            2 => "city",
            3 => "county",
            4 => "township",
            _ => "village",
        };

    private static void WriteValues(Stream stream, Edition edition, short level)
    {
        using var csv = new CsvSheetWriter(stream);
        csv.WriteRow(["area_code", "day", "figure", "status", "value", "low", "high"]);
        foreach (var cell in edition.Table.Cells.Where(c => c.Area.Level == level))
        {
            var shown = !cell.Withheld && cell.Value.IsKnown;
            csv.WriteRow([
                PickArea.Code(cell.Area),
                DayText.Of(cell.Day),
                cell.Figure.Id,
                cell.Withheld ? "withheld" : FigureCells.State(cell.Value),
                shown && cell.Value.IsExact ? FigureText.Of(cell.Figure, cell.Value.Low) : null,
                shown ? FigureText.Of(cell.Figure, cell.Value.Low) : null,
                shown ? FigureText.Of(cell.Figure, cell.Value.High) : null,
            ]);
        }
    }

    private static void WriteAreas(Stream stream, Edition edition)
    {
        using var csv = new CsvSheetWriter(stream);
        csv.WriteRow(["area_code", "name", "level"]);
        foreach (var area in edition.Table.Cells.Select(c => c.Area).DistinctBy(a => a.Code))
            csv.WriteRow([PickArea.Code(area), area.Name, LevelName(area.Level)]);
    }

    private static void WriteFigures(Stream stream, Edition edition)
    {
        using var csv = new CsvSheetWriter(stream);
        csv.WriteRow(["figure", "name_zh", "name_en", "unit", "decimals", "definition", "owner", "source", "definition_hash"]);
        foreach (var figure in edition.Set.Figures)
            csv.WriteRow([
                figure.Id,
                figure.Label.Zh,
                figure.Label.En,
                figure.Unit.Text,
                figure.Decimals.ToString(CultureInfo.InvariantCulture),
                figure.Definition,
                figure.Owner,
                figure.Source.Title,
                FigureHash.Of(figure),
            ]);
    }

    private static JsonObject Metadata(Installation installation, Edition edition, IReadOnlyList<short> levels)
    {
        var set = edition.Set;
        var described = new JsonObject
        {
            ["@context"] = new JsonArray("http://www.w3.org/ns/csvw", new JsonObject { ["@language"] = "zh" }),
            ["dc:title"] = Both(set.Title),
        };
        if (set.Description is { } description)
            described["dc:description"] = Both(description);
        if (set.Licence is { } licence)
            described["dc:license"] = Uri.IsWellFormedUriString(licence, UriKind.Absolute) ? new JsonObject { ["@id"] = licence } : licence;
        described["dc:spatial"] = $"{PickArea.Code(edition.Area)} {edition.Area.Name}";
        described["dc:temporal"] = new JsonArray([.. edition.Days.Select(d => (JsonNode)DayText.Of(d))]);
        described["dc:created"] = Platform.Audit.AuditLog.Stamp(installation.Clock);
        described["dc:modified"] = edition.KnownAt;
        described["dc:provenance"] = new JsonArray($"sha256:{installation.Packs.FilesHash}", Method(set).En);
        described["tables"] = new JsonArray([
            .. levels.Select(l =>
                (JsonNode)Table(ValuesOf(l), ["area_code", "day", "figure"], Values, ("area_code", "areas.csv"), ("figure", "figures.csv"))
            ),
            Table("areas.csv", ["area_code"], Areas),
            Table("figures.csv", ["figure"], Figures),
        ]);
        return described;
    }

    private sealed record Column(string Name, string Zh, string En, string Type, bool Required = true);

    private static readonly Column[] Values =
    [
        new("area_code", "区划代码", "area code", "string"),
        new("day", "日期", "day", "date"),
        new("figure", "数字", "figure", "string"),
        new("status", "状态", "status", "string"),
        new("value", "值", "value", "decimal", false),
        new("low", "最小", "low end", "decimal", false),
        new("high", "最大", "high end", "decimal", false),
    ];

    private static readonly Column[] Areas =
    [
        new("area_code", "区划代码", "area code", "string"),
        new("name", "名称", "name", "string"),
        new("level", "级别", "level", "string"),
    ];

    private static readonly Column[] Figures =
    [
        new("figure", "数字", "figure", "string"),
        new("name_zh", "中文名称", "name in Chinese", "string"),
        new("name_en", "英文名称", "name in English", "string"),
        new("unit", "单位", "unit", "string"),
        new("decimals", "小数位", "decimal places", "integer"),
        new("definition", "口径", "definition", "string", false),
        new("owner", "责任部门", "department that answers for it", "string"),
        new("source", "依据", "source", "string"),
        new("definition_hash", "口径散列", "hash of the definition", "string"),
    ];

    private static JsonObject Table(string url, string[] key, Column[] columns, params (string Column, string Table)[] refers)
    {
        static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);
        var schema = new JsonObject
        {
            ["columns"] = new JsonArray([
                .. columns.Select(c =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = c.Name,
                            ["titles"] = new JsonObject
                            {
                                ["und"] = Names([c.Name]),
                                ["zh"] = Names([c.Zh]),
                                ["en"] = Names([c.En]),
                            },
                            ["datatype"] = c.Type,
                            ["required"] = c.Required,
                        }
                ),
            ]),
            ["primaryKey"] = Names(key),
        };
        if (refers.Length > 0)
            schema["foreignKeys"] = new JsonArray([
                .. refers.Select(r =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["columnReference"] = r.Column,
                            ["reference"] = new JsonObject { ["resource"] = r.Table, ["columnReference"] = r.Column },
                        }
                ),
            ]);
        return new() { ["url"] = url, ["tableSchema"] = schema };
    }

    private static JsonArray Both(Label label) =>
        new(new JsonObject { ["@value"] = label.Zh, ["@language"] = "zh" }, new JsonObject { ["@value"] = label.En, ["@language"] = "en" });

    /// <summary>How small counts are kept back, in words.</summary>
    public static Label Method(OpenDataSet set) =>
        new(
            $"人数、户数为 1 至 {set.Threshold - 1} 的不公布；凡能由合计、差额或比例推出它的数，也一并不公布（主抑制与补充抑制，Hundepool 等，《Statistical Disclosure Control》，2012）。{(set.Status == PackStatus.Working ? "下限没有找到法律规定，由发布单位自定。" : $"下限依据：{set.Source.Title}。")}",
            $"Counts of people and households from 1 to {set.Threshold - 1} are withheld, and so is whatever would give them away by a total, a difference or a share (primary and complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012). {(set.Status == PackStatus.Working ? "No law was found that gives the least count: the place sets it." : $"The least count is of: {set.Source.Title}.")}"
        );

    private static string Readme(Edition edition, IReadOnlyList<short> levels)
    {
        var (set, tables) = (edition.Set, string.Join(", ", levels.Select(ValuesOf)));
        var days = string.Join(", ", edition.Days.Select(DayText.Of));
        string Licence(string none) => set.Licence ?? none;
        return $"""
            # {set.Title.Zh} / {set.Title.En}

            {(edition.Invented ? ExportFile.InventedNotice + "\n\n" : "")}{PickArea.Code(edition.Area)} {edition.Area.Name}: {days}

            {set.Description?.Zh}

            - `{tables}`：数值，一行一个数。`status` 为 number（一个数）、range（有不明的，写出两端）、withheld（不公布）或没有数的原因（unknown 不明、noBase 基数为零、notStated 没有填报、notKept 没有保存、notOfLevel 不是这一级的数）。
            - `areas.csv`：区划；`figures.csv`：口径、单位、依据；`csv-metadata.json`：按 W3C CSV on the Web 的说明。
            - {Method(set).Zh}
            - 许可：{Licence("没有写明，以发布单位的说明为准。")}
            - 数据录入截至 {edition.KnownAt}（UTC）。

            {set.Description?.En}

            - `{tables}`: the numbers, one in a row. `status` is number, range (some are unknown: both ends), withheld, or why there is no number (unknown, noBase, notStated, notKept, notOfLevel).
            - `areas.csv`: areas; `figures.csv`: definitions, units, sources; `csv-metadata.json`: the description, as W3C's CSV on the Web has it.
            - {Method(set).En}
            - Licence: {Licence("none is stated here; whoever publishes says it.")}
            - What was recorded by {edition.KnownAt} (UTC).

            """;
    }
}
