using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Lists where ours differs from a file without loading it: one line for each cell that differs and each row we do not have.</summary>
public static class CompareOnly
{
    /// <summary>Writes the list and returns its path; null when nothing differs. The list holds personal data, so writing it is audited.</summary>
    public static string? Write(Installation installation, DbConnection connection, MergePlan merge, string name)
    {
        var differences = merge.Differences();
        var words = new Words(installation.Packs.Dictionary);
        var path = SideFile.Path(installation, "compare", name, ".csv");
        var lines = 0L;
        using (var writer = SheetWriter.Create(path, name))
        {
            writer.WriteRow(["行号 row", "表 table", "列 column", "我方 ours", "文件 theirs"]);
            foreach (var row in differences.SelectMany(sql => connection.Query(sql, buffered: false)))
            {
                string?[] cells = [.. ((IDictionary<string, object?>)row).Values.Select(v => v?.ToString())];
                writer.WriteRow([.. words.Of(cells).Select(c => new OutCell(c))]);
                lines++;
            }
        }
        if (lines > 0)
        {
            SideFile.Enter(installation, connection, "registry.compare", path, lines);
            return path;
        }
        File.Delete(path);
        return null;
    }

    /// <summary>Labels instead of tables and columns, and values as a person writes them.</summary>
    private sealed class Words(FactDictionary dictionary)
    {
        private readonly Dictionary<(string Table, string Column), Fact> facts = FactTables
            .Columns(dictionary)
            .GroupBy(c => (c.Table, c.Fact.Column))
            .ToDictionary(g => g.Key, g => g.First().Fact);

        private readonly Dictionary<string, string> tables = dictionary
            .Subjects.Values.SelectMany(s => new[] { s.Table, s.YearTable }.OfType<string>().Select(t => (Table: t, s.Label.Zh)))
            .DistinctBy(t => t.Table)
            .ToDictionary(t => t.Table, t => t.Zh, StringComparer.Ordinal);

        // Row, table, column, ours, theirs.
        public string?[] Of(string?[] cells)
        {
            var (table, column) = (cells[1]!, cells[2]!);
            var fact = facts.GetValueOrDefault((table, column));
            return
            [
                cells[0],
                tables.GetValueOrDefault(table, table),
                column switch
                {
                    "(new)" => "(新 new)",
                    "(ended)" => "(结束 ended)",
                    "(absent)" => "(缺 absent)",
                    _ => fact?.Label.Zh ?? column,
                },
                Value(fact, cells[3]),
                Value(fact, cells[4]),
            ];
        }

        private static string? Value(Fact? fact, string? held)
        {
            if (fact is null || string.IsNullOrEmpty(held) || fact.Type.Kind == Kind.Text)
                return held;
            var number = held switch
            {
                "true" => 1,
                "false" => 0,
                _ => long.Parse(held, CultureInfo.InvariantCulture),
            };
            return CellFormat.Show(new ColumnTarget(fact.ToString(), Reading.Fact, fact), new Value(number));
        }
    }
}
