using System.Data.Common;

namespace Tuopin.Platform.Database;

/// <summary>
/// Tables whose rows are written once: triggers refuse to change or delete them, whoever asks. Whoever takes the triggers away keeps the data closed, as with
/// those of history.
/// </summary>
public static class AppendOnly
{
    /// <summary>Sealed reports are never another than they were.</summary>
    public static readonly IReadOnlyList<string> Tables = ["sealed_reports", "sealed_numbers", "sealed_files"];

    private const string Refusal = "a sealed record is never changed";

    /// <summary>Makes the triggers again.</summary>
    public static void Apply(DbConnection connection, Engine engine)
    {
        foreach (var table in Tables)
        foreach (var (name, act) in Triggers(table))
            connection.Execute(
                engine == Engine.Sqlite
                    ? $"DROP TRIGGER IF EXISTS {name}; {SqliteText(table, name, act)}"
                    : $"""
                    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
                    {PostgresBody}
                    $body$;
                    CREATE OR REPLACE TRIGGER {name} BEFORE {act} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
                    """
            );
    }

    /// <summary>Refuses to go on when a trigger is missing, switched off or another than ours.</summary>
    /// <exception cref="InvalidOperationException">Names the trigger.</exception>
    public static void Verify(Catalog catalog, Engine engine)
    {
        foreach (var table in Tables)
        {
            var held = catalog.TriggerTexts(table);
            foreach (var (name, act) in Triggers(table))
                if (held.GetValueOrDefault(name) != (engine == Engine.Sqlite ? SqliteText(table, name, act) : PostgresBody))
                    throw new InvalidOperationException(
                        $"trigger '{name}' is missing, switched off or changed: rows of '{table}' could be written anew"
                    );
        }
    }

    private static IEnumerable<(string Name, string Act)> Triggers(string table) =>
        [($"{table}_no_update", "UPDATE"), ($"{table}_no_delete", "DELETE")];

    private static string SqliteText(string table, string name, string act) =>
        $"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{Refusal}'); END";

    private const string PostgresBody = $"BEGIN RAISE EXCEPTION '{Refusal}'; END";
}
