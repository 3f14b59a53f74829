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
        foreach (var table in tables)
        {
            var columns = Catalog.Types(connection, engine, table);
            if (!columns.ContainsKey("change_id"))
                continue;
            var history = table + "_history";
            var held = Catalog.Columns(connection, engine, history).ToHashSet(StringComparer.Ordinal);
            if (held.Count == 0)
                CreateHistory(connection, engine, table, columns);
            else
                foreach (var (name, type) in columns.Where(c => !held.Contains(c.Key)))
                    connection.Execute($"ALTER TABLE {history} ADD COLUMN {name} {type}");
            CreateTriggers(connection, engine, table);
        }
    }

    /// <summary>Refuses to go on when a table has lost its triggers or its history lacks a column.</summary>
    /// <exception cref="InvalidOperationException">Names the table and what is wrong.</exception>
    public static void Verify(DbConnection connection, Engine engine, IEnumerable<string> tables)
    {
        foreach (var table in tables)
        {
            var columns = Catalog.Columns(connection, engine, table);
            var missing = columns.Except(Catalog.Columns(connection, engine, table + "_history")).ToList();
            if (missing.Count > 0)
                throw new InvalidOperationException($"history of '{table}' lacks columns {string.Join(", ", missing)}");
            var triggers = Catalog.Triggers(connection, engine, table);
            foreach (var name in new[] { $"{table}_history_update", $"{table}_history_delete" })
                if (!triggers.Contains(name))
                    throw new InvalidOperationException($"trigger '{name}' is missing: changes of '{table}' would leave no history");
            var text = TriggerText(connection, engine, table);
            var unread = columns.FirstOrDefault(c => !text.Contains(OldColumn(engine, c), StringComparison.Ordinal));
            if (unread is not null)
                throw new InvalidOperationException($"trigger '{table}_history_update' does not copy column '{unread}'");
        }
    }

    private static void CreateHistory(DbConnection connection, Engine engine, string table, Dictionary<string, string> columns)
    {
        var (number, end) = engine == Engine.Sqlite ? ("INTEGER", " STRICT") : ("bigint", "");
        var list = string.Join(", ", columns.Select(c => $"{c.Key} {c.Value}"));
        connection.Execute($"CREATE TABLE {table}_history ({list}, ended_by {number} NOT NULL){end}");
        var key = string.Join(", ", Catalog.Key(connection, engine, table));
        connection.Execute($"CREATE INDEX ix_{table}_history ON {table}_history ({key})");
        connection.Execute($"CREATE INDEX ix_{table}_history_ended_by ON {table}_history (ended_by)");
    }

    private static void CreateTriggers(DbConnection connection, Engine engine, string table)
    {
        var columns = Catalog.Columns(connection, engine, table);
        var list = string.Join(", ", columns);
        var old = string.Join(", ", columns.Select(c => OldColumn(engine, c)));
        connection.Execute(
            engine == Engine.Sqlite
                ? $"""
                DROP TRIGGER IF EXISTS {table}_history_update;
                DROP TRIGGER IF EXISTS {table}_history_delete;
                CREATE TRIGGER {table}_history_update AFTER UPDATE ON {table} BEGIN
                  SELECT RAISE(ABORT, 'a changed row must name the current change') WHERE NEW.change_id <> (SELECT change_id FROM current_change);
                  INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, NEW.change_id WHERE OLD.change_id <> NEW.change_id;
                END;
                CREATE TRIGGER {table}_history_delete AFTER DELETE ON {table} BEGIN
                  INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, (SELECT change_id FROM current_change);
                END;
                """
                : PostgresTriggers(connection, table, list, old)
        );
    }

    private static string PostgresTriggers(DbConnection connection, string table, string list, string old)
    {
        var key = string.Join(", ", Catalog.Key(connection, Engine.PostgreSql, table));
        return $"""
            CREATE OR REPLACE FUNCTION {table}_history_update() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
              IF EXISTS (SELECT 1 FROM new_rows WHERE change_id <> (SELECT c.change_id FROM current_change c)) THEN
                RAISE EXCEPTION 'a changed row must name the current change';
              END IF;
              INSERT INTO {table}_history ({list}, ended_by)
                SELECT {old}, n.change_id FROM old_rows o JOIN (SELECT {key}, change_id FROM new_rows) n USING ({key}) WHERE o.change_id <> n.change_id;
              RETURN NULL;
            END $body$;
            CREATE OR REPLACE FUNCTION {table}_history_delete() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
              INSERT INTO {table}_history ({list}, ended_by) SELECT {old}, (SELECT c.change_id FROM current_change c) FROM old_rows o;
              RETURN NULL;
            END $body$;
            CREATE OR REPLACE TRIGGER {table}_history_update AFTER UPDATE ON {table}
              REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_history_update();
            CREATE OR REPLACE TRIGGER {table}_history_delete AFTER DELETE ON {table}
              REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_history_delete();
            """;
    }

    private static string OldColumn(Engine engine, string column) => engine == Engine.Sqlite ? $"OLD.{column}" : $"o.{column}";

    private static string TriggerText(DbConnection connection, Engine engine, string table) =>
        connection.Text(
            engine == Engine.Sqlite
                ? "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = @name"
                : "SELECT prosrc FROM pg_proc WHERE proname = @name AND pronamespace = current_schema()::regnamespace",
            null,
            new { name = $"{table}_history_update" }
        ) ?? "";
}
