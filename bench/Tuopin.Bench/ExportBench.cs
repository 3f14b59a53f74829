using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Standards;

namespace Tuopin.Bench;

/// <summary>
/// The most memory that a process holds which writes a workbook from the database: a list of a million households (those of the county, many times over in SQL), every
/// person of the county, and all figures of the county, its townships and villages for three days.
/// </summary>
internal static class ExportBench
{
    private const int Million = 1_000_000;

    public static void Run(Report report)
    {
        var folder = County.Copy(County.Demo(DemoSize.County), "exports");
        Lengthen(folder);
        var file = Path.Combine(folder, "export.xlsx");
        foreach (
            var (kind, name) in new[]
            {
                ("list", "a list of a million households"),
                ("persons", "the persons of a county"),
                ("values", "all figures, three days"),
            }
        )
        {
            var made = Child.Ask(kind, folder, file);
            report.Note($"{name}: {made.Rows:N0} rows or numbers, {new FileInfo(file).Length / 1_048_576.0:N1} MB, {made.Wall:N1} s");
            report.Amount($"{name} as xlsx, most memory", [made.Megabytes], "MB", 300);
            report.Amount($"{name} as xlsx", [made.Cpu], "ms CPU", null);
            File.Delete(file);
        }
    }

    // The rows of the county's list over and over, each under a number of its own, to a million.
    private static void Lengthen(string folder)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "tuopin.db")}");
        connection.Open();
        long Count() => connection.Number("SELECT count(*) FROM household_list WHERE place_code = area_code");
        var held = Count();
        County.Run(
            connection,
            $"""
            WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {Million / held})
            INSERT INTO household_list SELECT {Columns(connection)} FROM household_list l, k
            WHERE l.place_code = l.area_code ORDER BY k.n LIMIT {Million - held}
            """
        );
        if (Count() != Million)
            throw new InvalidOperationException($"the list has {Count()} rows");
    }

    private static string Columns(Microsoft.Data.Sqlite.SqliteConnection connection) =>
        string.Join(
            ", ",
            County.Columns(connection, "household_list").Select(c => c == "household_id" ? "l.household_id + (k.n + 1) * 100000000000" : $"l.{c}")
        );

    /// <summary>All of the list, as the job writes it.</summary>
    public static long List(Installation installation, string file)
    {
        using var connection = installation.Store.OpenStreaming();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var viewer = new Viewer(connection, installation.Packs, tree, installation.WorkDate, Scope.Everything, null);
        using var stream = File.Create(file);
        return ExportHouseholds.Write(
            stream,
            "xlsx",
            viewer,
            tree.ByCode("530326")!,
            HouseholdQuery.Read(new QueryCollection(), viewer),
            Language.Chinese,
            invented: true,
            _ => { }
        );
    }

    /// <summary>Every figure of the catalogue for the county and its villages, of three days.</summary>
    public static long Figures(Installation installation, string file)
    {
        DateOnly[] days = [installation.WorkDate, new(2019, 12, 31), new(2018, 12, 31)];
        return ExportFigures.ToFile(installation, new(file, [.. installation.Packs.FiguresOf(null)], "530326", "village", days, null)).Numbers;
    }
}
