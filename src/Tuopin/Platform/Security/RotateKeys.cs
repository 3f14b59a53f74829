using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;

namespace Tuopin.Platform.Security;

/// <summary>
/// <c>tuopin keys rotate</c>: a new key, and every stored personal number written again with it: in tables, in their history, and the keys of second factors
/// in the desk. It writes no history, for no fact changes. Cut off, it goes on where it stopped when called again.
/// </summary>
public static class RotateKeys
{
    private const int Batch = 5000;
    private const string Ended = "keys_rotated";

    public sealed record Report(int Key, bool Continued, long Values);

    public static Command Command(Shell shell)
    {
        var rotate = new Command("rotate", "make a new key and write every personal number again with it");
        rotate.SetAction(
            shell.Run(parsed =>
            {
                var report = Handle(shell.Open(parsed), shell.Warn);
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    shell.Output.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"key {report.Key}: {report.Values:N0} values written again; older keys stay in the key file for backups"
                        )
                    );
            })
        );
        return new Command("keys", "the keys of personal numbers") { rotate };
    }

    public static Report Handle(Installation installation, Action<string> say)
    {
        using var connection = installation.Store.Open();
        var columns = Columns(installation, connection);
        using var alone = installation.Keys.Rotating();
        var keys = installation.Keys;
        // A rotation that ended is over, although an import that began before it may have left values of the old key behind: those are for the next one.
        var unfinished =
            keys.Keys.Count > 1
            && Installation.Setting(connection, Ended) != keys.Current.ToString(CultureInfo.InvariantCulture)
            && columns.Any(c => Pending(connection, c, keys.Current) > 0);
        if (!unfinished)
            keys = keys.Rotate();
        Note(installation, connection, string.Create(CultureInfo.InvariantCulture, $"key {keys.Current}{(unfinished ? ", continued" : "")}"));
        using var numbers = new PersonalNumbers(keys);
        var values = 0L;
        // Again until nothing is left: others write while this goes on.
        for (var before = -1L; before != values; )
        {
            before = values;
            foreach (var column in columns)
                while (Write(installation, connection, column, numbers, keys.Current) is > 0 and var written)
                {
                    values += written;
                    say(string.Create(CultureInfo.InvariantCulture, $"{column.Table}: {values:N0} values"));
                }
        }
        values += WriteDesk(installation, numbers, keys.Current);
        values += new Files.FileStore(installation).Rotate(keys);
        using (var transaction = installation.Store.BeginWrite(connection))
        {
            installation.Set(connection, transaction, Ended, keys.Current.ToString(CultureInfo.InvariantCulture));
            transaction.Commit();
        }
        Note(installation, connection, string.Create(CultureInfo.InvariantCulture, $"key {keys.Current} done, {values} values"));
        return new(keys.Current, unfinished, values);
    }

    private sealed record Column(string Table, string Name, bool HasTriggers);

    // Wherever a table or its history has a column of that name.
    private static List<Column> Columns(Installation installation, DbConnection connection)
    {
        using var model = installation.Store.Model();
        return
        [
            .. Installation
                .HistoryOf(model, installation.Packs.Dictionary)
                .SelectMany(t =>
                    Catalog
                        .Columns(connection, installation.Store.Engine, t)
                        .Where(c => c.EndsWith("_cipher", StringComparison.Ordinal))
                        .SelectMany(c => new[] { new Column(t, c, true), new Column(t + "_history", c, false) })
                ),
            // Proposals have no history: they are never part of the record.
            new("proposed_changes", "number_cipher", false),
        ];
    }

    private static string Other(Column column) => $"{column.Name} IS NOT NULL AND substr({column.Name}, 2, 1) <> @key";

    private static long Pending(DbConnection connection, Column column, byte key) =>
        connection.Number($"SELECT count(*) FROM {column.Table} WHERE {Other(column)}", null, new { key = new[] { key } });

    private static int Write(Installation installation, DbConnection connection, Column column, PersonalNumbers numbers, byte key)
    {
        var sqlite = installation.Store.IsSqlite;
        var (row, isRow) = sqlite ? ("CAST(rowid AS text)", "rowid = CAST(@row AS INTEGER)") : ("CAST(ctid AS text)", "ctid = CAST(@row AS tid)");
        // Statements and not an ADO.NET transaction: the triggers are made again inside it.
        connection.Execute(sqlite ? "BEGIN IMMEDIATE" : "BEGIN; SELECT pg_advisory_xact_lock(7867)");
        try
        {
            var stored = connection
                .Query<(string Row, byte[] Value)>(
                    $"SELECT {row}, {column.Name} FROM {column.Table} WHERE {Other(column)} LIMIT {Batch}",
                    new { key = new[] { key } }
                )
                .ToList();
            if (stored.Count > 0)
            {
                if (column.HasTriggers)
                    WithoutTriggers(connection, sqlite, column.Table);
                connection.Execute(
                    $"UPDATE {column.Table} SET {column.Name} = @value WHERE {isRow}",
                    null,
                    stored.Select(s => new { row = s.Row, value = numbers.Encrypt(numbers.Decrypt(s.Value)) })
                );
                if (column.HasTriggers)
                    WithTriggers(installation, connection, column.Table);
            }
            connection.Execute("COMMIT");
            return stored.Count;
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    private static void WithoutTriggers(DbConnection connection, bool sqlite, string table) =>
        connection.Execute(
            sqlite ? $"DROP TRIGGER {table}_history_update; DROP TRIGGER {table}_history_delete" : $"ALTER TABLE {table} DISABLE TRIGGER USER"
        );

    private static void WithTriggers(Installation installation, DbConnection connection, string table)
    {
        if (installation.Store.IsSqlite)
            HistoryTables.Apply(connection, installation.Store.Engine, [table]);
        else
            connection.Execute($"ALTER TABLE {table} ENABLE TRIGGER USER");
    }

    private static long WriteDesk(Installation installation, PersonalNumbers numbers, byte key)
    {
        using var desk = installation.Store.Desk();
        Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.Migrate(desk.Database);
        var secrets = desk
            .UserTokens.Where(t => t.Name == "AuthenticatorKey")
            .AsEnumerable()
            .Select(t => (Token: t, Stored: Convert.FromBase64String(t.Value!)))
            .Where(t => t.Stored[1] != key)
            .ToList();
        foreach (var (token, stored) in secrets)
            token.Value = Convert.ToBase64String(numbers.Encrypt(numbers.Decrypt(stored)));
        desk.SaveChanges();
        return secrets.Count;
    }

    private static void Note(Installation installation, DbConnection connection, string detail)
    {
        using var transaction = installation.Store.BeginWrite(connection);
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, "keys.rotate", detail);
        transaction.Commit();
    }
}
