using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;

namespace Tuopin.Exchange;

/// <summary>Undoes an import as a whole: what it added goes, what it changed becomes as it was. Refused when something it wrote has been changed since.</summary>
public static class UndoImport
{
    /// <exception cref="Refusal">import.batch-unknown, import.undone-already, import.changed-since.</exception>
    public static void Handle(Installation installation, long batch)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var change = connection.Number("SELECT coalesce((SELECT change_id FROM import_batches WHERE id = @batch), 0)", transaction, new { batch });
        if (change == 0)
            throw new Refusal("import.batch-unknown", $"there is no import {batch}");
        if (connection.Number("SELECT count(*) FROM import_batches WHERE id = @batch AND undone_by IS NOT NULL", transaction, new { batch }) > 0)
            throw new Refusal("import.undone-already", $"import {batch} is undone already");
        using var model = installation.Store.Model();
        var tables = Installation.HistoryOf(model, installation.Packs.Dictionary);
        var later = tables.Where(t => connection.Number($"SELECT count(*) FROM {t}_history WHERE change_id = {change}", transaction) > 0).ToList();
        if (later.Count > 0)
            throw new Refusal(
                "import.changed-since",
                $"import {batch} cannot be undone: rows it wrote have been changed since, in {string.Join(", ", later)}"
            );
        var children = References
            .SelectMany(r => tables.Where(t => t != r.Parent).Select(t => (Child: t, r.Parent, r.Column)))
            .Where(r => Catalog.Columns(connection, installation.Store.Engine, r.Child).Contains(r.Column))
            .Where(r => connection.Number(LaterChildren(r.Child, r.Parent, r.Column, change), transaction) > 0)
            .Select(r => r.Child)
            .Distinct()
            .ToList();
        if (children.Count > 0)
            throw new Refusal(
                "import.built-upon",
                $"import {batch} cannot be undone: later imports added rows to what it brought, in {string.Join(", ", children)}; undo those first"
            );
        var undo = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, $"undo import {batch}", "county", 0);
        foreach (var table in tables)
            Undo(connection, installation.Store.Engine, transaction, table, change, undo);
        // What is no longer there has no verdict.
        connection.Execute(
            "DELETE FROM verdicts WHERE subject_id >= 100000000000000 AND NOT EXISTS (SELECT 1 FROM households h WHERE h.id = verdicts.subject_id)",
            transaction
        );
        connection.Execute("UPDATE import_batches SET undone_by = @undo WHERE id = @batch", transaction, new { undo, batch });
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "registry.import-undo",
            string.Create(CultureInfo.InvariantCulture, $"batch {batch} change {change}")
        );
        transaction.Commit();
    }

    private static readonly (string Parent, string Column)[] References =
    [
        ("households", "household_id"),
        ("persons", "person_id"),
        ("dwellings", "dwelling_id"),
        ("units", "unit_id"),
        ("posts", "post_id"),
    ];

    // Rows of other changes that hang on what undoing would delete.
    private static string LaterChildren(string child, string parent, string column, long change) =>
        $"""
            SELECT count(*) FROM {child} c JOIN {parent} p ON p.id = c.{column}
            WHERE p.change_id = {change} AND c.change_id <> {change} AND NOT EXISTS (SELECT 1 FROM {parent}_history o WHERE o.id = p.id AND o.ended_by = {change})
            """;

    private static void Undo(DbConnection connection, Engine engine, DbTransaction transaction, string table, long change, long undo)
    {
        var key = Catalog.Key(connection, engine, table);
        var columns = Catalog.Columns(connection, engine, table);
        var restored = columns.Where(c => c != "change_id").ToList();
        var match = string.Join(" AND ", key.Select(k => $"o.{k} = {table}.{k}"));
        var values = string.Join(", ", restored.Where(c => !key.Contains(c)).Select(c => $"{c} = o.{c}").Append($"change_id = {undo}"));
        // What was added goes first: an episode it closed opens again, and a person is a member of one household at a time.
        connection.Execute(
            $"DELETE FROM {table} WHERE change_id = {change} AND NOT EXISTS (SELECT 1 FROM {table}_history AS o WHERE {match} AND o.ended_by = {change})",
            transaction
        );
        connection.Execute(
            $"UPDATE {table} SET {values} FROM {table}_history AS o WHERE {match} AND o.ended_by = {change} AND {table}.change_id = {change}",
            transaction
        );
        // Rows the import deleted come back.
        var list = string.Join(", ", restored);
        var gone = string.Join(" AND ", key.Select(k => $"t.{k} = o.{k}"));
        connection.Execute(
            $"INSERT INTO {table} ({list}, change_id) SELECT {string.Join(", ", restored.Select(c => "o." + c))}, {undo} FROM {table}_history o WHERE o.ended_by = {change} AND NOT EXISTS (SELECT 1 FROM {table} t WHERE {gone})",
            transaction
        );
    }
}
