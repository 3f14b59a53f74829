using System.Data.Common;

namespace Tuopin.Platform.Database;

/// <summary>
/// The recorded clock: a row that is changed or deleted is copied to TABLE_history with the change that ended it. Triggers do it, so that nothing can
/// forget; an insert costs nothing. A row was the known one at change K when <c>change_id &lt;= K</c> and (in history) <c>ended_by &gt; K</c>.
/// </summary>
public static class HistoryTables
{
    /// <summary>Makes history tables and triggers again for the given tables, from their columns as they are now.</summary>
    public static void Apply(DbConnection connection, Engine engine, IEnumerable<string> tables)
    {
        var catalog = Catalog.Of(connection, engine);
        foreach (var table in tables)
        {
            var columns = catalog.Types(table);
            if (!columns.ContainsKey("change_id"))
                continue;
            var history = table + "_history";
            var held = catalog.Types(history);
            if (held.Count == 0)
                CreateHistory(connection, engine, catalog, table);
            else
                foreach (var (name, type) in columns.Where(c => !held.ContainsKey(c.Key)))
                    connection.Execute($"ALTER TABLE {history} ADD COLUMN {name} {type}");
            foreach (var (name, text) in Triggers(catalog, engine, table))
                connection.Execute(engine == Engine.Sqlite ? $"DROP TRIGGER IF EXISTS {name}; {text}" : PostgresTrigger(table, name, text));
        }
    }

    /// <summary>Refuses to go on when a trigger of a table is missing, switched off or another than ours, or its history differs from it.</summary>
    /// <exception cref="InvalidOperationException">Names the table and what is wrong.</exception>
    public static void Verify(Catalog catalog, Engine engine, IEnumerable<string> tables)
    {
        foreach (var table in tables)
        {
            VerifyColumns(catalog, table);
            var held = catalog.TriggerTexts(table);
            foreach (var (name, text) in Triggers(catalog, engine, table))
                if (!held.TryGetValue(name, out var found))
                    throw new InvalidOperationException($"trigger '{name}' is missing or switched off: changes of '{table}' would leave no history");
                else if (found != text)
                    throw new InvalidOperationException(
                        $"trigger '{name}' is not the one this program made: {Difference(catalog, engine, table, found)}"
                    );
        }
    }

    private static void VerifyColumns(Catalog catalog, string table)
    {
        var columns = catalog.Types(table);
        var history = catalog.Types(table + "_history");
        var missing = columns.Keys.Except(history.Keys).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"history of '{table}' lacks columns {string.Join(", ", missing)}");
        var surplus = history.Keys.Except(columns.Keys).Where(c => c != "ended_by").ToList();
        if (surplus.Count > 0)
            throw new InvalidOperationException($"history of '{table}' has columns the table has not: {string.Join(", ", surplus)}");
        if (columns.Keys.FirstOrDefault(c => columns[c] != history[c]) is { } other)
            throw new InvalidOperationException($"history of '{table}' keeps '{other}' as {history[other]} and not as {columns[other]}");
    }

    private static string Difference(Catalog catalog, Engine engine, string table, string found)
    {
        var unread = catalog.Columns(table).FirstOrDefault(c => !found.Split([' ', ',', '\n', '(', ')']).Contains(OldColumn(engine, c)));
        return unread is null ? "its text differs" : $"it does not copy column '{unread}'";
    }

    private static void CreateHistory(DbConnection connection, Engine engine, Catalog catalog, string table)
    {
        var (number, end) = engine == Engine.Sqlite ? ("INTEGER", " STRICT") : ("bigint", "");
        var list = string.Join(", ", catalog.Types(table).Select(c => $"{c.Key} {c.Value}"));
        connection.Execute($"CREATE TABLE {table}_history ({list}, ended_by {number} NOT NULL){end}");
        var key = string.Join(", ", catalog.Key(table));
        connection.Execute($"CREATE INDEX ix_{table}_history ON {table}_history ({key})");
        connection.Execute($"CREATE INDEX ix_{table}_history_ended_by ON {table}_history (ended_by)");
    }

    private const string Unnamed = "a changed row must name the current change";
    private const string Unopened = "a row is deleted only within a change";

    /// <summary>The trigger on SQLite, the body of its function on PostgreSQL, by name. Change 0 stands for no open change: then nothing can be written.</summary>
    private static IEnumerable<(string Name, string Text)> Triggers(Catalog catalog, Engine engine, string table)
    {
        var columns = catalog.Columns(table);
        var list = string.Join(", ", columns);
        var old = string.Join(", ", columns.Select(c => OldColumn(engine, c)));
        if (engine == Engine.Sqlite)
            return
            [
                (
                    $"{table}_history_update",
                    $"""
                    CREATE TRIGGER {table}_history_update AFTER UPDATE ON {table} BEGIN
                      SELECT RAISE(ABORT, '{Unnamed}') WHERE NEW.change_id = 0 OR NEW.change_id <> (SELECT change_id FROM current_change);
                      INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, NEW.change_id WHERE OLD.change_id <> NEW.change_id;
                    END
                    """
                ),
                (
                    $"{table}_history_delete",
                    $"""
                    CREATE TRIGGER {table}_history_delete AFTER DELETE ON {table} BEGIN
                      SELECT RAISE(ABORT, '{Unopened}') WHERE (SELECT change_id FROM current_change) = 0;
                      INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, (SELECT change_id FROM current_change);
                    END
                    """
                ),
            ];
        var key = string.Join(", ", catalog.Key(table));
        return
        [
            (
                $"{table}_history_update",
                $"""
                BEGIN
                  IF EXISTS (SELECT 1 FROM new_rows WHERE change_id = 0 OR change_id <> (SELECT c.change_id FROM current_change c)) THEN
                    RAISE EXCEPTION '{Unnamed}';
                  END IF;
                  INSERT INTO {table}_history ({list}, ended_by)
                    SELECT {old}, n.change_id FROM old_rows o JOIN (SELECT {key}, change_id FROM new_rows) n USING ({key}) WHERE o.change_id <> n.change_id;
                  RETURN NULL;
                END
                """
            ),
            (
                $"{table}_history_delete",
                $"""
                BEGIN
                  IF EXISTS (SELECT 1 FROM old_rows) AND (SELECT c.change_id FROM current_change c) = 0 THEN
                    RAISE EXCEPTION '{Unopened}';
                  END IF;
                  INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, (SELECT c.change_id FROM current_change c) FROM old_rows o;
                  RETURN NULL;
                END
                """
            ),
        ];
    }

    private static string PostgresTrigger(string table, string name, string body)
    {
        var (act, rows) = name.EndsWith("_update", StringComparison.Ordinal)
            ? ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows")
            : ("DELETE", "OLD TABLE AS old_rows");
        return $"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
            {body}
            $body$;
            CREATE OR REPLACE TRIGGER {name} AFTER {act} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
            """;
    }

    private static string OldColumn(Engine engine, string column) => engine == Engine.Sqlite ? $"OLD.{column}" : $"o.{column}";
}
