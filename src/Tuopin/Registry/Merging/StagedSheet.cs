using System.Data.Common;
using Microsoft.Data.Sqlite;
using NpgsqlTypes;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

/// <summary>
/// The rows of one file, parsed, validated and encrypted, in a table apart: a SQLite file of its own beside the data, or an unlogged table in schema
/// <c>staging</c>. Filling it blocks nobody; the merge reads from it in one short transaction.
/// </summary>
public sealed class StagedSheet : IDisposable
{
    private readonly DbConnection connection;
    private readonly string? file;

    private readonly StagingPlace place;

    private StagedSheet(DbConnection connection, Engine engine, SheetKind kind, string folder, StagingPlace place)
    {
        (this.connection, Engine, Kind, this.place) = (connection, engine, kind, place);
        file = engine == Engine.Sqlite ? Path.Combine(folder, $"import-{place.Number}.db") : null;
        Table = engine == Engine.Sqlite ? "staging.rows" : $"staging.import_{place.Number}";
    }

    public Engine Engine { get; }
    public SheetKind Kind { get; }

    /// <summary>Qualified name of the staging table.</summary>
    public string Table { get; }

    /// <summary>The facts the file states, each with its staging column.</summary>
    public IReadOnlyDictionary<Fact, string> Facts { get; private set; } = new Dictionary<Fact, string>();

    /// <summary>Structural columns the file fills (household_no, person_no, village_id, ...).</summary>
    public IReadOnlySet<string> Structural { get; private set; } = new HashSet<string>();

    public bool Has(string structural) => Structural.Contains(structural);

    /// <summary>The staged columns in the order of writing.</summary>
    public IReadOnlyList<BulkColumn> Columns { get; private set; } = [];

    /// <summary>Every structural column there is, with its type; those a file does not fill stay empty.</summary>
    public static readonly IReadOnlyList<BulkColumn> AllStructural =
    [
        BulkColumn.Number("row_no"),
        BulkColumn.Text("household_no"),
        BulkColumn.Text("household_provisional_no"),
        BulkColumn.Text("person_no"),
        BulkColumn.Text("person_provisional_no"),
        BulkColumn.Text("person_name"),
        BulkColumn.Text("head_name"),
        BulkColumn.Blob("id_cipher"),
        BulkColumn.Blob("phone_cipher"),
        BulkColumn.Number("phone_index"),
        BulkColumn.Number("village_id"),
        BulkColumn.Number("area_id"),
        BulkColumn.Number("area_code"),
        BulkColumn.Text("group_name"),
        BulkColumn.Number("living_village_id"),
        new("year", NpgsqlDbType.Integer),
        new("from_day", NpgsqlDbType.Integer),
        new("to_day", NpgsqlDbType.Integer),
        BulkColumn.Text("unit_name"),
        BulkColumn.Text("helper_name"),
        BulkColumn.Text("role"),
        BulkColumn.Text("dwelling_no"),
        BulkColumn.Number("first_of_household"),
    ];

    private static readonly string[] Resolved =
    [
        "household_id",
        "household_is_new",
        "person_id",
        "dwelling_id",
        "measure_id",
        "declared_id",
        "status_id",
        "unit_id",
        "post_id",
        "responsibility_id",
        "membership_from",
        "residence_from",
        "status_from",
    ];

    /// <summary>Makes the table for a file.</summary>
    /// <remarks>The name is the file's alone: two imports may fill their tables at the same time. The connection is the one that will merge; on SQLite the staging file is attached to it.</remarks>
    public static StagedSheet Create(
        DbConnection connection,
        Engine engine,
        string folder,
        SheetKind kind,
        IReadOnlyList<Fact> facts,
        IReadOnlySet<string> structural
    )
    {
        folder = Path.Combine(folder, "staging");
        var sheet = new StagedSheet(connection, engine, kind, folder, StagingPlace.Take(connection, engine, folder));
        sheet.Facts = facts.ToDictionary(f => f, f => $"{f.Subject.Name}_{f.Column}");
        sheet.Structural = structural;
        sheet.Columns =
        [
            .. AllStructural,
            .. facts.Select(f => new BulkColumn(
                sheet.Facts[f],
                f.Type.Kind switch
                {
                    Rules.Model.Kind.Text => NpgsqlDbType.Text,
                    Rules.Model.Kind.Bool => NpgsqlDbType.Boolean,
                    Rules.Model.Kind.Code => NpgsqlDbType.Smallint,
                    Rules.Model.Kind.Date => NpgsqlDbType.Integer,
                    _ => NpgsqlDbType.Bigint,
                }
            )),
        ];
        sheet.CreateTable();
        return sheet;
    }

    /// <summary>Adds columns for the decisions of merge steps.</summary>
    public void AddFlags(IEnumerable<string> flags)
    {
        foreach (var flag in flags)
            connection.Execute($"ALTER TABLE {Table} ADD COLUMN {flag} {(Engine == Engine.Sqlite ? "INTEGER" : "smallint")}");
    }

    public long Rows => connection.Number($"SELECT count(*) FROM {Table}");

    public void Dispose()
    {
        using var held = place;
        if (file is null)
        {
            connection.Execute($"DROP TABLE IF EXISTS {Table}; DROP TABLE IF EXISTS {Table}_disputes");
            return;
        }
        connection.Execute("DETACH DATABASE staging");
        SqliteConnection.ClearPool(new SqliteConnection($"Data Source={file}"));
        foreach (var part in new[] { file, file + "-wal", file + "-shm", file + "-journal" })
            File.Delete(part);
    }

    private void CreateTable()
    {
        var sqlite = Engine == Engine.Sqlite;
        if (sqlite)
        {
            File.Delete(file!);
            connection.Execute("ATTACH DATABASE @file AS staging", null, new { file });
            // A staging file that is lost is filled again: it needs no journal on disk.
            connection.Execute("PRAGMA staging.journal_mode = MEMORY; PRAGMA staging.synchronous = OFF;");
        }
        else
        {
            connection.Execute($"DROP TABLE IF EXISTS {Table}");
        }
        var columns = string.Join(
            ", ",
            Columns.Select(c => $"{c.Name} {TypeOf(c.Type)}").Concat(Resolved.Select(r => $"{r} {(sqlite ? "INTEGER" : "bigint")}"))
        );
        connection.Execute($"CREATE {(sqlite ? "TABLE" : "UNLOGGED TABLE")} {Table} ({columns})");
    }

    private string TypeOf(NpgsqlDbType type) =>
        Engine == Engine.Sqlite
            ? type switch
            {
                NpgsqlDbType.Text => "TEXT",
                NpgsqlDbType.Bytea => "BLOB",
                _ => "INTEGER",
            }
            : type switch
            {
                NpgsqlDbType.Text => "text COLLATE \"C\"",
                NpgsqlDbType.Bytea => "bytea",
                NpgsqlDbType.Boolean => "boolean",
                NpgsqlDbType.Smallint => "smallint",
                NpgsqlDbType.Integer => "integer",
                _ => "bigint",
            };
}
