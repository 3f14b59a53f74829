using System.Data.Common;
using Dapper;

namespace Tuopin.Platform.Database;

/// <summary>What the database says of its own tables, all of it in three statements: as it was when it was asked.</summary>
public sealed class Catalog
{
    private readonly ILookup<string, (string Table, string Name, string Type, long InKey)> columns;
    private readonly ILookup<string, (string Table, string Name, string Text)> triggers;
    private readonly HashSet<string> indexes;

    private Catalog(DbConnection connection, Engine engine)
    {
        columns = connection
            .Query<(string Table, string Name, string Type, long InKey)>(
                engine == Engine.Sqlite
                    ? """
                    SELECT m.name AS "table", c.name, c.type, c.pk AS in_key FROM sqlite_master m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' ORDER BY m.name, c.cid
                    """
                    : """
                    SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
                      coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::int8 AS in_key
                    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace(current_schema()) ORDER BY c.oid, a.attnum
                    """
            )
            .ToLookup(c => c.Table, StringComparer.Ordinal);
        triggers = connection
            .Query<(string Table, string Name, string Text)>(
                engine == Engine.Sqlite
                    ? "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
                    : """
                    SELECT c.relname, t.tgname, trim(both E'\n' from p.prosrc)
                    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = t.tgname
                    WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = to_regnamespace(current_schema())
                    """
            )
            .ToLookup(t => t.Table, StringComparer.Ordinal);
        indexes = connection
            .Query<string>(
                engine == Engine.Sqlite
                    ? "SELECT name FROM sqlite_master WHERE type = 'index'"
                    : "SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') AND relnamespace = to_regnamespace(current_schema())"
            )
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Asks for everything.</summary>
    public static Catalog Of(DbConnection connection, Engine engine) => new(connection, engine);

    /// <summary>Columns of a table in order; empty when there is no such table.</summary>
    public IReadOnlyList<string> Columns(string table) => [.. columns[table].Select(c => c.Name)];

    /// <summary>Columns of the primary key in order.</summary>
    public IReadOnlyList<string> Key(string table) => [.. columns[table].Where(c => c.InKey > 0).OrderBy(c => c.InKey).Select(c => c.Name)];

    /// <summary>The declared type of each column of a table.</summary>
    public IReadOnlyDictionary<string, string> Types(string table) => columns[table].ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);

    /// <summary>
    /// The triggers on a table that are switched on, by name: on SQLite as they were made, on PostgreSQL the body of the function of the same name that they run.
    /// </summary>
    public IReadOnlyDictionary<string, string> TriggerTexts(string table) =>
        triggers[table].ToDictionary(t => t.Name, t => t.Text, StringComparer.Ordinal);

    /// <summary>Whether an index of this name is there.</summary>
    public bool HasIndex(string index) => indexes.Contains(index);

    /// <summary>Columns of one table in order, for whoever asks for no more; empty when there is no such table.</summary>
    public static List<string> Columns(DbConnection connection, Engine engine, string table) =>
        [
            .. connection.Query<string>(
                engine == Engine.Sqlite
                    ? "SELECT name FROM pragma_table_info(@table) ORDER BY cid"
                    : "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                new { table }
            ),
        ];
}
