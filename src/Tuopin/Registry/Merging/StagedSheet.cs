using System.Data.Common;
using NpgsqlTypes;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

/// <summary>
/// The rows of one sheet, parsed, validated and encrypted, in tables of its <see cref="StagingPlace"/>. Filling them blocks nobody; the merge reads from
/// them in one short transaction.
/// </summary>
/// <remarks>
/// <see cref="Rows"/> holds what the file states and is written once. What a row means (<see cref="Resolved"/>) and what is to be done with it
/// (<see cref="Decided"/>) stand in narrow tables of their own, so that working it out never rewrites a wide row.
/// </remarks>
public sealed class StagedSheet
{
    private readonly DbConnection connection;

    private StagedSheet(StagingPlace place, SheetKind kind)
    {
        (connection, Engine, Kind) = (place.Connection, place.Engine, kind);
        Rows = place.NextSheet();
        (Resolved, Decided, Disputes) = ($"{Rows}_resolved", $"{Rows}_decided", $"{Rows}_disputes");
        (HeldBack, RefusedMembers) = ($"{Rows}_held", $"{Rows}_refused");
    }

    public Engine Engine { get; }
    public SheetKind Kind { get; }

    /// <summary>What the file states, one row for each of its rows.</summary>
    public string Rows { get; }

    /// <summary>Which household, person, dwelling ... each row means, and the beginnings of its episodes.</summary>
    public string Resolved { get; }

    /// <summary>Rows that a step of the merge writes: new to its table, or other than what it holds. Equal rows are not here.</summary>
    public string Decided { get; }

    /// <summary>What authors state differently.</summary>
    public string Disputes { get; }

    /// <summary>Rows that take no part, with the reason, a row they have to do with and the person they mean.</summary>
    public string HeldBack { get; }

    /// <summary>Of a sheet of persons: whom the rows refused on reading name.</summary>
    public string RefusedMembers { get; }

    /// <summary>How many rows <see cref="RefusedMembers"/> has.</summary>
    public int Refused { get; private set; }

    /// <summary>The rows state their year; without it, it is that of the data date.</summary>
    public bool StatesYear { get; private set; }

    /// <summary>Rows with what they mean, to be read from.</summary>
    public string Staged { get; private set; } = "";

    /// <summary>The facts the file states, each with its staging column.</summary>
    public IReadOnlyDictionary<Fact, string> Facts { get; private set; } = new Dictionary<Fact, string>();

    /// <summary>Structural columns the file fills (household_no, person_no, village_id, ...).</summary>
    public IReadOnlySet<string> Structural { get; private set; } = new HashSet<string>();

    /// <summary>Staging columns of which a blank cell takes the held value away.</summary>
    public IReadOnlySet<string> Erasing { get; private set; } = new HashSet<string>();

    public bool Has(string structural) => Structural.Contains(structural);

    /// <summary>The staged columns in the order of writing.</summary>
    public IReadOnlyList<BulkColumn> Columns { get; private set; } = [];

    /// <summary>Every structural column there is, with its type; those a file does not fill stay empty.</summary>
    /// <remarks>Staged rows are counted by ordinal, whatever stands between them; the columns named after it hold the first one about the same thing.</remarks>
    public static readonly IReadOnlyList<BulkColumn> AllStructural =
    [
        BulkColumn.Number("row_no"),
        BulkColumn.Number("ordinal"),
        BulkColumn.Number("household_row"),
        BulkColumn.Number("person_row"),
        BulkColumn.Number("dwelling_row"),
        BulkColumn.Number("unit_row"),
        BulkColumn.Number("post_row"),
        BulkColumn.Text("household_no"),
        BulkColumn.Text("household_provisional_no"),
        BulkColumn.Text("person_no"),
        BulkColumn.Text("person_provisional_no"),
        BulkColumn.Number("village_id"),
        BulkColumn.Number("area_id"),
        BulkColumn.Number("area_code"),
        new("year", NpgsqlDbType.Integer),
        new("from_day", NpgsqlDbType.Integer),
        new("to_day", NpgsqlDbType.Integer),
        BulkColumn.Text("person_name"),
        BulkColumn.Text("head_name"),
        BulkColumn.Blob("id_cipher"),
        BulkColumn.Blob("phone_cipher"),
        BulkColumn.Number("phone_index"),
        BulkColumn.Text("group_name"),
        BulkColumn.Number("living_village_id"),
        BulkColumn.Text("unit_name"),
        BulkColumn.Text("helper_name"),
        BulkColumn.Text("dwelling_no"),
    ];

    /// <summary>Personal numbers beside those of persons; a file that does not state them has no such columns.</summary>
    public static readonly IReadOnlyList<BulkColumn> Personal =
    [
        BulkColumn.Blob("household_phone_cipher"),
        BulkColumn.Number("household_phone_index"),
        BulkColumn.Blob("bank_card_cipher"),
        BulkColumn.Number("bank_card_index"),
        BulkColumn.Number("head_id_index"),
        BulkColumn.Blob("helper_id_cipher"),
        BulkColumn.Number("helper_id_index"),
    ];

    private static readonly BulkColumn[] Meaning =
    [
        .. AllStructural.Take(7),
        BulkColumn.Number("by_provisional_no"),
        BulkColumn.Number("household_id"),
        BulkColumn.Number("person_id"),
        BulkColumn.Number("village_id"),
        BulkColumn.Number("area_code"),
        new("from_day", NpgsqlDbType.Integer),
        BulkColumn.Text("role"),
        new("membership_from", NpgsqlDbType.Integer),
        BulkColumn.Number("left_household_id"),
        new("left_from", NpgsqlDbType.Integer),
        BulkColumn.Number("dwelling_id"),
        new("residence_from", NpgsqlDbType.Integer),
        BulkColumn.Number("dwelling_village_id"),
        BulkColumn.Number("dwelling_area_code"),
        BulkColumn.Number("measure_id"),
        BulkColumn.Number("declared_id"),
        BulkColumn.Number("status_id"),
        new("status_from", NpgsqlDbType.Integer),
        BulkColumn.Number("status_corrected"),
        BulkColumn.Number("unit_id"),
        BulkColumn.Number("post_id"),
        BulkColumn.Number("responsibility_id"),
        BulkColumn.Number("group_id"),
    ];

    /// <summary>Every row of the file is here: what it does not list for a household is not so.</summary>
    public bool IsWhole { get; set; } = true;

    /// <summary>Makes the tables for a sheet.</summary>
    public static StagedSheet Create(
        StagingPlace place,
        SheetKind kind,
        IReadOnlyList<Fact> facts,
        IReadOnlySet<string> structural,
        Func<Fact, bool> erases,
        bool statesYear
    )
    {
        var sheet = new StagedSheet(place, kind) { StatesYear = statesYear };
        sheet.Facts = facts.ToDictionary(f => f, f => $"{f.Subject.Name}_{f.Column}");
        sheet.Structural = structural;
        sheet.Erasing = facts.Where(erases).Select(f => sheet.Facts[f]).ToHashSet(StringComparer.Ordinal);
        sheet.Columns =
        [
            .. AllStructural,
            .. Personal.Where(c => structural.Contains(c.Name)),
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
        sheet.Staged = sheet.Join();
        sheet.CreateTables();
        return sheet;
    }

    /// <summary>A row of a person that was refused on reading: who it is, as far as it says.</summary>
    public readonly record struct RefusedMember(int Row, string HouseholdNo, string? PersonNo, string? ProvisionalNo);

    /// <summary>Keeps who the refused rows of a sheet of persons are.</summary>
    public void AddRefused(IReadOnlyCollection<RefusedMember> members)
    {
        if (members.Count == 0)
            return;
        using var writer = RowWriter.Open(connection, RefusedMembers, Refusing[..4]);
        foreach (var member in members)
        {
            writer.Number(member.Row);
            writer.Text(member.HouseholdNo);
            writer.Text(member.PersonNo);
            writer.Text(member.ProvisionalNo);
            writer.EndRow();
        }
        writer.Complete();
        Refused += members.Count;
    }

    private static readonly BulkColumn[] Refusing =
    [
        BulkColumn.Number("row_no"),
        BulkColumn.Text("household_no"),
        BulkColumn.Text("person_no"),
        BulkColumn.Text("person_provisional_no"),
        BulkColumn.Number("person_id"),
    ];

    // A column that is resolved stands for the one that was stated; a provisional number in the column of the national one goes where it belongs.
    private string Join()
    {
        var resolved = Meaning.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var columns = Columns
            .Where(c => c.Name == "row_no" || !resolved.Contains(c.Name))
            .Select(c =>
                c.Name switch
                {
                    "household_no" => "CASE WHEN k.by_provisional_no IS NULL THEN r.household_no END AS household_no",
                    "household_provisional_no" =>
                        "CASE WHEN k.by_provisional_no IS NULL THEN r.household_provisional_no ELSE r.household_no END AS household_provisional_no",
                    _ => $"r.{c.Name}",
                }
            )
            .Concat(Meaning.Skip(1).Select(c => $"k.{c.Name}"));
        return $"(SELECT {string.Join(", ", columns)} FROM {Rows} r JOIN {Resolved} k ON k.row_no = r.row_no)";
    }

    private void CreateTables()
    {
        Create(Rows, Columns);
        Create(Resolved, Meaning);
        Create(RefusedMembers, Refusing);
        Create(HeldBack, [BulkColumn.Number("row_no"), BulkColumn.Number("why"), BulkColumn.Number("first_row"), BulkColumn.Number("person_id")]);
        connection.Execute(
            Engine == Engine.Sqlite
                ? $"CREATE TABLE {Decided} (step INTEGER, row_no INTEGER, is_new INTEGER, PRIMARY KEY (step, row_no)) WITHOUT ROWID"
                : $"CREATE UNLOGGED TABLE {Decided} (step smallint, row_no bigint, is_new smallint)"
        );
        Create(
            Disputes,
            [
                BulkColumn.Number("kind"),
                BulkColumn.Text("subject"),
                BulkColumn.Text("fact"),
                BulkColumn.Number("row_no"),
                BulkColumn.Number("subject_id"),
                BulkColumn.Number("year"),
                BulkColumn.Text("stated_by"),
                BulkColumn.Number("stated_day"),
                BulkColumn.Number("value"),
                BulkColumn.Number("mine"),
                BulkColumn.Number("held"),
            ]
        );
    }

    private void Create(string table, IReadOnlyList<BulkColumn> columns)
    {
        var list = string.Join(", ", columns.Select(c => $"{c.Name} {TypeOf(c)}{(c == columns[0] && c.Name == "row_no" ? " PRIMARY KEY" : "")}"));
        connection.Execute($"CREATE {(Engine == Engine.Sqlite ? "TABLE" : "UNLOGGED TABLE")} {table} ({list})");
    }

    private string TypeOf(BulkColumn column) =>
        Engine == Engine.Sqlite
            ? column.Type switch
            {
                NpgsqlDbType.Text => "TEXT",
                NpgsqlDbType.Bytea => "BLOB",
                _ => "INTEGER",
            }
            : column.Type switch
            {
                NpgsqlDbType.Text => "text COLLATE \"C\"",
                NpgsqlDbType.Bytea => "bytea",
                NpgsqlDbType.Boolean => "boolean",
                NpgsqlDbType.Smallint => "smallint",
                NpgsqlDbType.Integer => "integer",
                _ => "bigint",
            };
}
