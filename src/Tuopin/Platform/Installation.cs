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

    private Installation(InstallationOptions options, Store store, PackSet packs, TimeProvider clock, Actor actor, Action<string> warn)
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

    /// <summary>Who acts, written to the audit: the operating-system account, or the caller an installation was opened <see cref="As"/>.</summary>
    public Actor Actor { get; }

    /// <summary>The same installation with somebody else acting.</summary>
    public Installation As(Actor actor) => new(options, Store, Packs, Clock, actor, warn) { keys = keys };

    /// <summary>The key file; the record remembers which one it was written with.</summary>
    /// <exception cref="Refusal">keys.unreadable; keys.wrong: indexes of another key would make every person a stranger.</exception>
    public KeyRing Keys => keys = (keys ?? OpenKeys()).Latest();

    /// <summary>The day every clock, deadline and default of --as-of uses: stored, else today.</summary>
    public DateOnly WorkDate
    {
        get
        {
            using var connection = Store.Open();
            return WorkDateOf(connection, Clock);
        }
    }

    /// <summary>The work date as a transaction sees it.</summary>
    public static DateOnly WorkDateOf(DbConnection connection, TimeProvider clock, DbTransaction? transaction = null) =>
        Setting(connection, "work_date", transaction) is { } text
            ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : ChinaTime.Today(clock);

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
    public static Installation Open(InstallationOptions options, bool create, TimeProvider clock, Action<string> warn, bool install = true)
    {
        var packs = LoadPacks(options);
        var store = options.Connection is { } connection ? Store.Postgres(connection, options.DataFolder) : OpenSqlite(options.DataFolder, create);
        var installation = new Installation(options, store, packs, clock, new Actor(Environment.UserName), warn);
        installation.BringUpToDate(create, install || create);
        return installation;
    }

    public static PackSet LoadPacks(InstallationOptions options)
    {
        var load = PackLoader.Load(FoldersOf(options));
        return load.Packs
            ?? throw new Refusal("packs.broken", "the packs have errors; nothing was loaded", [.. load.Findings.Select(f => f.ToString())]);
    }

    /// <summary>The pack folders of an installation in order of precedence, the last wins.</summary>
    public static List<string> FoldersOf(InstallationOptions options) =>
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

    private const string Upgrading = "upgrading";

    // Tables of the model that are no subject's: audit, settings, verdicts, ...
    private static HashSet<string> OwnTables(TuopinDb model)
    {
        string[] subjects =
        [
            "statements",
            "current_change",
            "import_batches",
            "area_boundaries",
            "subject_lists",
            "list_subjects",
            "list_acts",
            "list_objections",
            "procedure_days",
            "match_files",
            "duplicate_pairs",
            "work_items",
            "work_acts",
            "work_cards",
            "discipline_clues",
            "discipline_persons",
            "discipline_papers",
            "discipline_acts",
            "figure_statements",
            "figure_choices",
            "figure_targets",
            "planned_exits",
        ];
        return
        [
            .. model
                .Model.GetEntityTypes()
                .Where(t => t.FindProperty("ChangeId") is null || subjects.Contains(t.GetTableName()))
                .Select(t => t.GetTableName()!),
        ];
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

    private void BringUpToDate(bool create, bool install)
    {
        using var model = Store.Model();
        var applied = model.Database.GetAppliedMigrations().ToHashSet(StringComparer.Ordinal);
        var pending = !applied.IsSupersetOf(model.Database.GetMigrations());
        if (applied.Count == 0 && !create)
            throw new Refusal("data.none", "the database holds no Tuopin data; try: tuopin demo, or tuopin import FILE");
        if (pending)
            model.Database.Migrate();
        using var connection = Store.Open();
        var tables = HistoryOf(model, Packs.Dictionary);
        var catalog = Catalog.Of(connection, Store.Engine);
        var missing = FactTables.Missing(catalog, Packs.Dictionary, OwnTables(model));
        if (missing.Count > 0 && !install)
            throw new Refusal(
                "packs.not-installed",
                "the packs declare facts that the database has no columns for; a command that writes (judge, import) installs them",
                [.. missing.Take(20)]
            );
        // An upgrade that was cut off is done again: the mark stands from its first step to its last.
        var marked = Setting(connection, Upgrading) is not null;
        if (pending || missing.Count > 0 || marked)
        {
            connection.Execute(
                "INSERT INTO settings (name, value) VALUES (@name, 'yes') ON CONFLICT (name) DO NOTHING",
                null,
                new { name = Upgrading }
            );
            FactTables.Apply(connection, Store.Engine, Packs.Dictionary);
            HistoryTables.Apply(connection, Store.Engine, tables);
            AppendOnly.Apply(connection, Store.Engine);
            connection.Execute("DELETE FROM settings WHERE name = @name", null, new { name = Upgrading });
            catalog = Catalog.Of(connection, Store.Engine);
        }
        if (install)
            FactTables.IndexKeys(connection, catalog, Packs.Keys);
        HistoryTables.Verify(catalog, Store.Engine, tables);
        AppendOnly.Verify(catalog, Store.Engine);
        if (connection.Number("SELECT count(*) FROM area_versions") == 0)
        {
            using var transaction = Store.BeginWrite(connection);
            var reused = LoadAreas.Load(connection, Path.Combine(options.ShippedPacks, "areas"));
            AuditLog.Append(connection, transaction, Clock, Actor, "areas.load", $"shipped trees 2016, 2020, 2023; {reused.Count} codes used again");
            transaction.Commit();
        }
    }
}
