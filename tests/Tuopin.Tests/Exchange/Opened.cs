using System.Data.Common;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Tests.Shared;

namespace Tuopin.Tests.Exchange;

/// <summary>An installation of one test on either engine, standing at 12 June 2020, in a folder that goes away with it.</summary>
public sealed class Opened : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tuopin-opened-");

    /// <param name="postgres">On PostgreSQL, else on SQLite.</param>
    /// <param name="mapping">A mapping file of the county's own.</param>
    public Opened(bool postgres, string? mapping = null)
    {
        var connection = postgres ? PostgresCluster.Shared.CreateDatabase() : null;
        if (mapping is not null)
        {
            Directory.CreateDirectory(At("packs/mappings"));
            File.WriteAllText(At("packs/mappings/ours.yaml"), mapping);
        }
        var options = new InstallationOptions(folder.FullName, connection, mapping is null ? null : At("packs"), At("keys.json"))
        {
            ShippedPacks = Packs.Folder,
        };
        Installation = Installation.Open(options, create: true, Clock, _ => { });
        using var store = Installation.Store.Open();
        using var transaction = Installation.Store.BeginWrite(store);
        Installation.Set(store, transaction, "work_date", "2020-06-12");
        transaction.Commit();
    }

    public Installation Installation { get; }

    /// <summary>Moved by tests that need a change to be later than another.</summary>
    public Hands Clock { get; } = new();

    public string At(string name) => Path.Combine(folder.FullName, name);

    public IReadOnlyList<ImportFiles.Result> Import(string file, string? statedBy = null, bool yes = false, DateOnly? day = null) =>
        ImportFiles.Handle(
            Installation,
            new ImportFiles.Request([file], day ?? new DateOnly(2020, 6, 12), Compare: false, yes) { StatedBy = statedBy },
            _ => { }
        );

    /// <summary>Writes rows of cells as csv and imports them.</summary>
    public ImportFiles.Result Import(string name, string[][] rows, string? statedBy = null, bool yes = false, DateOnly? day = null)
    {
        using (var writer = SheetWriter.Create(At(name), "表"))
            foreach (var row in rows)
                writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        return Import(At(name), statedBy, yes, day).Single();
    }

    public T[] Query<T>(string sql)
    {
        using DbConnection connection = Installation.Store.Open();
        return [.. connection.Query<T>(sql)];
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    /// <summary>A clock that stands still.</summary>
    public sealed class Hands : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2020, 6, 12, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
