using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Registry.Merging;

namespace Tuopin.Exchange;

/// <summary>Lists where ours differs from a file without loading it: one line for each cell that differs and each row we do not have.</summary>
public static class CompareOnly
{
    /// <summary>Writes the list and returns its path; null when nothing differs.</summary>
    public static string? Write(Installation installation, DbConnection connection, MergePlan merge, StagedSheet sheet, string name)
    {
        var differences = merge.Differences();
        var folder = Path.Combine(installation.Store.Folder, "compare");
        Directory.CreateDirectory(folder);
        var stamp = installation.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{stamp}.csv");
        var lines = 0L;
        using (var writer = new StreamWriter(path, false, new System.Text.UTF8Encoding(true)))
        using (var csv = new CsvHelper.CsvWriter(writer, CultureInfo.InvariantCulture))
        {
            foreach (var title in new[] { "行号 row", "表 table", "列 column", "我方 ours", "文件 theirs" })
                csv.WriteField(title);
            csv.NextRecord();
            foreach (var sql in differences)
            {
                foreach (var row in connection.Query(sql, buffered: false))
                {
                    foreach (var value in ((IDictionary<string, object?>)row).Values)
                        csv.WriteField(value?.ToString() ?? "");
                    csv.NextRecord();
                    lines++;
                }
            }
        }
        if (lines > 0)
            return path;
        File.Delete(path);
        return null;
    }
}
