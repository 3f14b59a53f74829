using System.Data.Common;
using Dapper;

namespace Tuopin.Platform.Database;

/// <summary>What the database says of its own tables.</summary>
public static class Catalog
{
    /// <summary>Columns of a table in order; empty when there is no such table.</summary>
    public static List<string> Columns(DbConnection connection, Engine engine, string table) =>
        [
            .. connection.Query<string>(
                engine == Engine.Sqlite
                    ? "SELECT name FROM pragma_table_info(@table) ORDER BY cid"
                    : "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = @table ORDER BY ordinal_position",
                new { table }
            ),
        ];

    /// <summary>Whether an index of this name is there.</summary>
    public static bool HasIndex(DbConnection connection, Engine engine, string index) =>
        connection.ExecuteScalar<long>(
            engine == Engine.Sqlite
                ? "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = @index"
                : "SELECT count(*) FROM pg_class WHERE relkind IN ('i', 'I') AND oid = to_regclass(@index)",
            new { index }
        ) > 0;

    /// <summary>Columns of the primary key in order.</summary>
    public static List<string> Key(DbConnection connection, Engine engine, string table) =>
        [
            .. connection.Query<string>(
                engine == Engine.Sqlite
                    ? "SELECT name FROM pragma_table_info(@table) WHERE pk > 0 ORDER BY pk"
                    : """
                    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                    WHERE i.indrelid = to_regclass(@table) AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)
                    """,
                new { table }
            ),
        ];

    /// <summary>The declared type of each column of a table.</summary>
    public static Dictionary<string, string> Types(DbConnection connection, Engine engine, string table) =>
        connection
            .Query<(string Name, string Type)>(
                engine == Engine.Sqlite
                    ? "SELECT name, type FROM pragma_table_info(@table)"
                    : "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped",
                new { table }
            )
            .ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);

    /// <summary>
    /// The triggers on a table that are switched on, by name: on SQLite as they were made, on PostgreSQL the body of the function of the same name that they run.
    /// </summary>
    public static Dictionary<string, string> TriggerTexts(DbConnection connection, Engine engine, string table) =>
        connection
            .Query<(string Name, string Text)>(
                engine == Engine.Sqlite
                    ? "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = @table"
                    : """
                    SELECT t.tgname, trim(both E'\n' from p.prosrc) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = t.tgname
                    WHERE t.tgrelid = to_regclass(@table) AND NOT t.tgisinternal AND t.tgenabled = 'O'
                    """,
                new { table }
            )
            .ToDictionary(t => t.Name, t => t.Text, StringComparer.Ordinal);
}
