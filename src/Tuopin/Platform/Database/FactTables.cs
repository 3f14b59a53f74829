using System.Data.Common;
using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Database;

/// <summary>
/// Gives every fact of the dictionary its typed column, and every declared subject type its tables: core facts and a county's own alike, so that a fact
/// is declared once and works everywhere.
/// </summary>
public static class FactTables
{
    // Columns that hold keys, history and ciphertext: no fact may be one.
    private static readonly HashSet<string> Reserved = new(
        ["id", "change_id", "ended_by", "id_cipher", "phone_cipher", "bank_card_cipher", "bank_card_index"],
        StringComparer.Ordinal
    );

    /// <summary>
    /// What the dictionary needs and the database lacks, each as one line for people; empty when nothing is to do. A subject may not name one of the
    /// program's <paramref name="own"/> tables.
    /// </summary>
    /// <exception cref="Refusal">packs.table-reserved.</exception>
    public static List<string> Missing(Catalog catalog, FactDictionary dictionary, IReadOnlySet<string> own)
    {
        var missing = new List<string>();
        foreach (var subject in dictionary.Subjects.Values.Where(s => s.Level is null))
        foreach (var table in new[] { subject.Table, subject.YearTable }.OfType<string>())
        {
            if (own.Contains(table))
                throw new Refusal("packs.table-reserved", $"subject '{subject.Name}' names table '{table}', which is the program's own");
            if (catalog.Columns(table).Count == 0)
                missing.Add($"table {table}");
        }
        foreach (var group in Columns(dictionary).GroupBy(c => c.Table, StringComparer.Ordinal))
        {
            if (group.FirstOrDefault(c => Reserved.Contains(c.Fact.Column)) is { Fact: { } wrong })
                throw new Refusal("packs.table-reserved", $"fact '{wrong}' names column '{wrong.Column}', which is the program's own");
            var held = catalog.Columns(group.Key).ToHashSet(StringComparer.Ordinal);
            missing.AddRange(group.Select(c => c.Fact.Column).Where(c => !held.Contains(c)).Distinct().Select(c => $"column {group.Key}.{c}"));
        }
        return missing;
    }

    /// <summary>Adds what is missing and returns the tables that changed. Columns are never dropped: a fact taken out of the packs keeps its data.</summary>
    public static List<string> Apply(DbConnection connection, Engine engine, FactDictionary dictionary)
    {
        var changed = new List<string>();
        var before = Catalog.Of(connection, engine);
        foreach (var subject in dictionary.Subjects.Values.Where(s => s.Level is null))
            CreateSubjectTables(connection, engine, before, subject, changed);
        var catalog = changed.Count > 0 ? Catalog.Of(connection, engine) : before;
        foreach (var group in Columns(dictionary).GroupBy(c => c.Table, StringComparer.Ordinal))
        {
            var held = catalog.Columns(group.Key).ToHashSet(StringComparer.Ordinal);
            if (held.Count == 0)
                throw new InvalidOperationException($"the dictionary keeps facts in table '{group.Key}', which does not exist");
            var missing = group.Where(c => held.Add(c.Fact.Column)).ToList();
            foreach (var (table, fact) in missing)
                connection.Execute($"ALTER TABLE {table} ADD COLUMN {fact.Column} {ColumnType(engine, fact.Type)}{Constraint(engine, fact)}");
            if (missing.Count > 0)
                changed.Add(group.Key);
        }
        return [.. changed.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Makes the indexes that are missing of the facts that rules ask to be unique in an area: an edit looks up who else has the number, and must not read
    /// everybody.
    /// </summary>
    public static void IndexKeys(DbConnection connection, Catalog catalog, IEnumerable<Fact> keys)
    {
        foreach (var (table, column) in keys.Select(k => (k.Subject.Table, k.Column)))
            if (!catalog.HasIndex($"ix_{table}_{column}_of_area"))
                connection.Execute($"CREATE INDEX ix_{table}_{column}_of_area ON {table} ({column}, area_code)");
    }

    /// <summary>Every stored fact with the table its column is on.</summary>
    public static IEnumerable<(string Table, Fact Fact)> Columns(FactDictionary dictionary)
    {
        foreach (var fact in dictionary.Subjects.Values.SelectMany(s => s.Facts.Values))
        {
            var table = TableOf(dictionary, fact);
            if (table is not null)
                yield return (table, fact);
        }
    }

    /// <summary>The table that holds a fact's column; null for a derived fact.</summary>
    public static string? TableOf(FactDictionary dictionary, Fact fact) =>
        fact.Kept switch
        {
            Kept.Derived => null,
            // Code and name of a place are dated with its tree; whatever else is known of it is kept by year.
            Kept.Row when fact.Subject.Level is not null => "area_versions",
            Kept.Row => fact.Subject.Table,
            Kept.Link => dictionary
                .Subjects.Values.SelectMany(s => s.Relations.Values)
                .First(r => r.Target == fact.Subject && r.LinkTable is not null && r.TargetColumn != "id")
                .LinkTable,
            _ => fact.Subject.YearTable
                ?? throw new InvalidOperationException($"{fact} is kept by year, but subject '{fact.Subject.Name}' names no year_table"),
        };

    public static string ColumnType(Engine engine, Rules.Model.ValueType type) =>
        engine == Engine.Sqlite
            ? type.Kind == Kind.Text
                ? "TEXT"
                : "INTEGER"
            : type.Kind switch
            {
                Kind.Text => "text COLLATE \"C\"",
                Kind.Bool => "boolean",
                Kind.Code => "smallint",
                Kind.Date => "integer",
                Kind.Int when type.Min >= int.MinValue && type.Max <= int.MaxValue => "integer",
                _ => "bigint",
            };

    private static string Constraint(Engine engine, Fact fact) =>
        fact.Type.Kind switch
        {
            Kind.Bool => engine == Engine.Sqlite ? $" CHECK ({fact.Column} IN (0, 1))" : "",
            Kind.Int or Kind.Fen or Kind.Decimal => string.Create(
                CultureInfo.InvariantCulture,
                $" CHECK ({fact.Column} BETWEEN {fact.Type.Min} AND {fact.Type.Max})"
            ),
            Kind.Date => $" CHECK ({fact.Column} BETWEEN 18000101 AND 99991231)",
            _ => "",
        };

    private static void CreateSubjectTables(DbConnection connection, Engine engine, Catalog catalog, SubjectType subject, List<string> changed)
    {
        var (number, end) = engine == Engine.Sqlite ? ("INTEGER", " STRICT") : ("bigint", "");
        if (catalog.Columns(subject.Table).Count == 0)
        {
            var parents = string.Concat(
                subject.Relations.Values.Where(r => !r.Many && r.SourceColumn != "id").Select(r => $", {r.SourceColumn} {number}")
            );
            var area = subject.AreaThrough is null ? $", area_code {number} NOT NULL" : "";
            connection.Execute($"CREATE TABLE {subject.Table} (id {number} PRIMARY KEY{area}{parents}, change_id {number} NOT NULL){end}");
            changed.Add(subject.Table);
        }
        if (subject is { YearTable: { } years, YearKey: { } key } && catalog.Columns(years).Count == 0)
        {
            connection.Execute(
                $"CREATE TABLE {years} ({key} {number} NOT NULL, year {number} NOT NULL, change_id {number} NOT NULL, PRIMARY KEY ({key}, year)){end}"
            );
            changed.Add(years);
        }
    }
}
