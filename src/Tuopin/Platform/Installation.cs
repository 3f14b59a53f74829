using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Platform;

/// <summary>Where an installation keeps its things, as said on the command line.</summary>
/// <param name="DataFolder">Folder of the data; SQLite lives inside.</param>
/// <param name="Connection">PostgreSQL connection string, or null for SQLite.</param>
/// <param name="CountyPacks">A county's own law over the shipped packs, or null.</param>
/// <param name="KeyFile">Key file, or null for TUOPIN_KEYS, else keys.json in the data folder.</param>
public sealed record InstallationOptions(string DataFolder, string? Connection, string? CountyPacks, string? KeyFile)
{
    /// <summary>The packs shipped with the program.</summary>
    public string ShippedPacks { get; init; } = Path.Combine(AppContext.BaseDirectory, "packs");

    /// <summary>Further pack folders between the shipped ones and the county's (the demo pack).</summary>
    public IReadOnlyList<string> ExtraPacks { get; init; } = [];
}

/// <summary>An opened installation: the store, the packs, the keys, the clock and who acts.</summary>
public sealed class Installation
{
    private KeyRing? keys;
    private readonly InstallationOptions options;
    private readonly Action<string> warn;

    private Installation(InstallationOptions options, Store store, PackSet packs, TimeProvider clock, string actor, Action<string> warn)
    {
        this.options = options;
        this.warn = warn;
        Store = store;
        Packs = packs;
        Clock = clock;
        Actor = actor;
    }

    public Store Store { get; }
    public PackSet Packs { get; }
    public TimeProvider Clock { get; }

    /// <summary>The pack folders in order of precedence, the last wins.</summary>
    public IReadOnlyList<string> PackFolders => FoldersOf(options);

    /// <summary>The operating-system account, written to the audit.</summary>
    public string Actor { get; }

    /// <summary>The key file; the record remembers which one it was written with.</summary>
    /// <exception cref="Refusal">keys.unreadable; keys.wrong: indexes of another key would make every person a stranger.</exception>
    public KeyRing Keys => keys ??= OpenKeys();

    /// <summary>The day every clock, deadline and default of --as-of uses: stored, else today.</summary>
    public DateOnly WorkDate
    {
        get
        {
            using var connection = Store.Open();
            return Setting(connection, "work_date") is { } text
                ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture)
                : DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
        }
    }

    private KeyRing OpenKeys()
    {
        var path = options.KeyFile ?? Environment.GetEnvironmentVariable("TUOPIN_KEYS") ?? Path.Combine(options.DataFolder, "keys.json");
        var opened = KeyRing.Open(path, warn);
        using var connection = Store.Open();
        if (Setting(connection, "keys") is null)
        {
            using var transaction = Store.BeginWrite(connection);
            if (Setting(connection, "keys", transaction) is null)
                Set(connection, transaction, "keys", opened.Fingerprint);
            transaction.Commit();
        }
        if (Setting(connection, "keys") != opened.Fingerprint)
            throw new Refusal(
                "keys.wrong",
                $"the record was written with another key file than {path}; name the right one with --keys or TUOPIN_KEYS"
            );
        return opened;
    }

    /// <summary>Loads the packs, opens the store and brings it up to date.</summary>
    /// <exception cref="Refusal">A pack is broken (packs.broken), or there is no data and <paramref name="create"/> is false (data.none).</exception>
    public static Installation Open(InstallationOptions options, bool create, TimeProvider clock, Action<string> warn)
    {
        var packs = LoadPacks(options);
        var store = options.Connection is { } connection ? Store.Postgres(connection, options.DataFolder) : OpenSqlite(options.DataFolder, create);
        var installation = new Installation(options, store, packs, clock, Environment.UserName, warn);
        installation.BringUpToDate(create);
        return installation;
    }

    public static PackSet LoadPacks(InstallationOptions options)
    {
        var load = PackLoader.Load(FoldersOf(options));
        return load.Packs
            ?? throw new Refusal("packs.broken", "the packs have errors; nothing was loaded", [.. load.Findings.Select(f => f.ToString())]);
    }

    private static List<string> FoldersOf(InstallationOptions options) =>
        options.CountyPacks is { } county ? [options.ShippedPacks, .. options.ExtraPacks, county] : [options.ShippedPacks, .. options.ExtraPacks];

    private static Store OpenSqlite(string folder, bool create) =>
        create || File.Exists(Path.Combine(folder, "tuopin.db"))
            ? Store.Sqlite(folder)
            : throw new Refusal("data.none", $"there is no data in {Path.GetFullPath(folder)}; try: tuopin demo, or tuopin import FILE");

    /// <summary>The stored text of a setting, or null.</summary>
    public static string? Setting(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.Text("SELECT value FROM settings WHERE name = @name", transaction, new { name });

    /// <summary>Stores a setting; the act is audited in the same transaction.</summary>
    public void Set(DbConnection connection, DbTransaction transaction, string name, string value)
    {
        connection.Execute(
            "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = @value",
            transaction,
            new { name, value }
        );
        AuditLog.Append(connection, transaction, Clock, Actor, "setting.change", $"{name} = {value}");
    }

    /// <summary>The tables whose rows name a change and have history: those of the model, and those declared by packs.</summary>
    public static List<string> HistoryOf(TuopinDb model, FactDictionary dictionary) =>
        [
            .. model
                .Model.GetEntityTypes()
                .Where(t => t.FindProperty("ChangeId") is not null && t.GetTableName() is not ("current_change" or "import_batches"))
                .Select(t => t.GetTableName()!)
                .Concat(
                    dictionary
                        .Subjects.Values.Where(s => s.Level is null)
                        .SelectMany(s => s.YearTable is { } years ? [s.Table, years] : new[] { s.Table })
                )
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    private void BringUpToDate(bool create)
    {
        using var model = Store.Model();
        var pending = model.Database.GetPendingMigrations().Any();
        var fresh = !model.Database.GetAppliedMigrations().Any();
        if (fresh && !create)
            throw new Refusal("data.none", "the database holds no Tuopin data; try: tuopin demo, or tuopin import FILE");
        if (pending)
            model.Database.Migrate();
        using var connection = Store.Open();
        var changed = FactTables.Apply(connection, Store.Engine, Packs.Dictionary);
        var tables = HistoryOf(model, Packs.Dictionary);
        if (pending || changed.Count > 0)
            HistoryTables.Apply(connection, Store.Engine, pending ? tables : changed.Intersect(tables));
        HistoryTables.Verify(connection, Store.Engine, tables);
        if (connection.Number("SELECT count(*) FROM area_versions") == 0)
        {
            using var transaction = Store.BeginWrite(connection);
            var reused = LoadAreas.Load(connection, Path.Combine(options.ShippedPacks, "areas"));
            AuditLog.Append(connection, transaction, Clock, Actor, "areas.load", $"shipped trees 2016, 2020, 2023; {reused.Count} codes used again");
            transaction.Commit();
        }
    }
}
