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
        Tuopin.Platform.Database.Store.CreateFolder(folder);
        var stamp = installation.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{stamp}.csv");
        var lines = 0L;
        using (var writer = SheetWriter.Create(path, name))
        {
            writer.WriteRow(["行号 row", "表 table", "列 column", "我方 ours", "文件 theirs"]);
            foreach (var row in differences.SelectMany(sql => connection.Query(sql, buffered: false)))
            {
                writer.WriteRow([.. ((IDictionary<string, object?>)row).Values.Select(v => new OutCell(v?.ToString()))]);
                lines++;
            }
        }
        if (lines > 0)
            return path;
        File.Delete(path);
        return null;
    }
}
