using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Rounds;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// Undoes an import, or a loaded tree of areas, as a whole: what it added goes, what it changed becomes as it was. Refused when something it wrote has been
/// changed since.
/// </summary>
public static class UndoImport
{
    /// <exception cref="Refusal">
    /// import.batch-unknown, import.undone-already, round.closed, import.changed-since, import.built-upon; of a tree areas.built-upon, areas.year-closed.
    /// </exception>
    /// <param name="progress">Tables done, of how many.</param>
    /// <returns>Whether all is judged again: a tree takes the judgement of its places with it.</returns>
    public static bool Handle(Installation installation, long batch, Action<long, long?>? progress = null)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var held =
            connection.QueryFirstOrDefault<Batch>(
                "SELECT change_id, mapping, undone_by FROM import_batches WHERE id = @batch",
                new { batch },
                transaction
            ) ?? throw new Refusal("import.batch-unknown", $"there is no import {batch}");
        if (held.UndoneBy is not null)
            throw new Refusal("import.undone-already", $"import {batch} is undone already");
        var (change, ofTree) = (held.ChangeId, held.Mapping == ImportBatch.AreaTree);
        using var model = installation.Store.Model();
        var engine = installation.Store.Engine;
        var catalog = Catalog.Of(connection, engine);
        var tables = Installation
            .HistoryOf(model, installation.Packs.Dictionary)
            // Groups that a sheet named stay: a place is no statement of a file.
            .Where(t => ofTree || t != "area_versions")
            .Select(t => new Written(connection, catalog, transaction, t, change))
            .ToList();
        RequireOpenRounds(installation, connection, transaction, tables, change);
        var tree = ofTree
            ? new UndoAreaTree.Made(installation, connection, transaction, change, tables.First(t => t.Table == "area_versions"))
            : null;
        tree?.RequireFree(tables);
        var later = tables.Where(t => t.ChangedSince()).Select(t => t.Table).ToList();
        if (later.Count > 0)
            throw new Refusal(
                "import.changed-since",
                $"import {batch} cannot be undone: rows it wrote have been changed since, in {string.Join(", ", later)}; undo those imports first"
            );
        var children = References
            .SelectMany(r =>
                tables
                    .Where(t => t.Table != r.Parent && t.Has(r.Column))
                    .Select(t => (Child: t, Parent: tables.First(p => p.Table == r.Parent), r.Column))
            )
            .Where(r => r.Child.HangsOn(r.Parent, r.Column))
            .Select(r => r.Child.Table)
            .Distinct()
            .ToList();
        if (children.Count > 0)
            throw new Refusal(
                "import.built-upon",
                $"import {batch} cannot be undone: later imports added rows to what it brought, in {string.Join(", ", children)}; undo those first"
            );
        var undo = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            ofTree ? $"撤销区划调整 第 {batch} 批" : $"undo import {batch}",
            "county",
            0
        );
        for (var i = 0; i < tables.Count; i++)
        {
            progress?.Invoke(i, tables.Count);
            tables[i].Undo(undo);
        }
        progress?.Invoke(tables.Count, tables.Count);
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
            ofTree ? "areas.undo" : "registry.import-undo",
            string.Create(CultureInfo.InvariantCulture, $"batch {batch} change {change}")
        );
        if (tree is null)
            HouseholdList.Refresh(installation, connection, transaction, undo);
        else
        {
            tree.Forget();
            JudgeArea.Within(installation, connection, transaction, (done, total) => progress?.Invoke(done, total));
        }
        transaction.Commit();
        return ofTree;
    }

    private sealed class Batch
    {
        public long ChangeId { get; init; }
        public string Mapping { get; init; } = "";
        public long? UndoneBy { get; init; }
    }

    // What an import said of a day of a closed round is part of what was reported: taking it back is refused as an edit of that day is.
    private static void RequireOpenRounds(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<Written> tables,
        long change
    )
    {
        var day = (int)connection.Number("SELECT data_day FROM changes WHERE id = @change", transaction, new { change });
        var closed = ClosedRounds.Areas(connection, transaction, day);
        if (closed.Count == 0)
            return;
        var within = string.Join(" OR ", closed.Select(a => string.Create(CultureInfo.InvariantCulture, $"u.area_code BETWEEN {a.From} AND {a.To}")));
        var touched = string.Join(" UNION ALL ", tables.Select(t => t.Areas()).OfType<string>());
        if (connection.QueryFirstOrDefault<long?>($"SELECT min(u.area_code) FROM ({touched}) u WHERE {within}", transaction: transaction) is { } area)
            ClosedRounds.Require(connection, transaction, installation.Packs, area, day);
    }

    private static readonly (string Parent, string Column)[] References =
    [
        ("households", "household_id"),
        ("persons", "person_id"),
        ("dwellings", "dwelling_id"),
        ("units", "unit_id"),
        ("posts", "post_id"),
    ];

    /// <summary>The rows of a table that stand as one change wrote them, also when later imports changed them and were undone.</summary>
    internal sealed class Written
    {
        private readonly DbConnection connection;
        private readonly DbTransaction transaction;
        private readonly long change;
        private readonly IReadOnlyList<string> key;
        private readonly List<string> columns;
        private readonly string restored;

        public Written(DbConnection connection, Catalog catalog, DbTransaction transaction, string table, long change)
        {
            (this.connection, this.transaction, this.change, Table) = (connection, transaction, change, table);
            key = catalog.Key(table);
            columns = [.. catalog.Columns(table).Where(c => c != "change_id")];
            restored = FindRestored();
        }

        public string Table { get; }

        public bool Has(string column) => columns.Contains(column);

        /// <summary>Where the rows lie that the change wrote or deleted, as a query of <c>area_code</c>; null where they lie nowhere.</summary>
        public string? Areas()
        {
            string Rows(string column) =>
                $"(SELECT {column} FROM {Table} WHERE change_id = {change} UNION ALL SELECT {column} FROM {Table}_history WHERE ended_by = {change}) r";
            return Has("area_code") ? $"SELECT r.area_code FROM {Rows("area_code")}"
                : Has("household_id") ? $"SELECT h.area_code FROM {Rows("household_id")} JOIN households h ON h.id = r.household_id"
                : Has("person_id") ? $"SELECT p.area_code FROM {Rows("person_id")} JOIN persons p ON p.id = r.person_id"
                : Has("subject") && Has("subject_id")
                    ? $"""
                        SELECT coalesce(h.area_code, p.area_code, d.area_code) AS area_code FROM {Rows("subject, subject_id")}
                        LEFT JOIN households h ON r.subject = 'household' AND h.id = r.subject_id LEFT JOIN persons p ON r.subject = 'person' AND p.id = r.subject_id
                        LEFT JOIN dwellings d ON r.subject = 'dwelling' AND d.id = r.subject_id
                        """
                : Has("area_id") ? $"SELECT v.code AS area_code FROM {Rows("area_id")} JOIN area_versions v ON v.area_id = r.area_id"
                : null;
        }

        /// <summary>True when a row of the change was changed or deleted, and not given back.</summary>
        public bool ChangedSince() =>
            Any($"{Table}_history h WHERE h.change_id = {change} AND NOT EXISTS (SELECT 1 FROM {Table} t WHERE {Same("t", "h")} AND {Stands("t")})");

        /// <summary>True when rows of other changes hang on what undoing would delete.</summary>
        public bool HangsOn(Written parent, string column) =>
            Any(
                $"""
                {Table} c JOIN {parent.Table} p ON p.id = c.{column} WHERE {parent.Stands("p")} AND NOT {Stands("c")}
                  AND NOT EXISTS (SELECT 1 FROM {parent.Table}_history o WHERE o.id = p.id AND o.ended_by = {change})
                """
            );

        /// <summary>True when rows of later changes lie in one of these places, named by code or by id. What machines raise anew lies where its subject does.</summary>
        public bool Names(IReadOnlyList<long> codes, IReadOnlyList<long> ids)
        {
            if (Table is "findings" or "area_versions")
                return false;
            var inPlaces = new[] { ("area_code", codes), ("village_id", ids), ("living_village_id", ids), ("area_id", ids) }
                .Where(c => Has(c.Item1) && c.Item2.Count > 0)
                .Select(c => $"t.{c.Item1} IN ({string.Join(", ", c.Item2)})")
                .ToList();
            var byHand = Table == "work_items" ? " AND NOT t.live" : "";
            return inPlaces.Count > 0
                && Any($"{Table} t WHERE t.change_id > {change} AND NOT {Stands("t")} AND ({string.Join(" OR ", inPlaces)}){byHand}");
        }

        public void Undo(long undo)
        {
            // What was added goes first: an episode it closed opens again, and a person is a member of one household at a time.
            Run(
                $"DELETE FROM {Table} WHERE {Stands(Table)} AND NOT EXISTS (SELECT 1 FROM {Table}_history o WHERE {Same("o", Table)} AND o.ended_by = {change})"
            );
            var values = columns.Where(c => !key.Contains(c)).Select(c => $"{c} = o.{c}").Append($"change_id = {undo}");
            Run(
                $"UPDATE {Table} SET {string.Join(", ", values)} FROM {Table}_history AS o WHERE {Same("o", Table)} AND o.ended_by = {change} AND {Stands(Table)}"
            );
            // Rows the import deleted come back.
            Run(
                $"""
                INSERT INTO {Table} ({string.Join(", ", columns)}, change_id)
                SELECT {string.Join(", ", columns.Select(c => "o." + c))}, {undo} FROM {Table}_history o
                WHERE o.ended_by = {change} AND NOT EXISTS (SELECT 1 FROM {Table} t WHERE {Same("t", "o")})
                """
            );
            if (restored.Length > 0)
                Run($"DROP TABLE {restored}");
        }

        /// <summary>The condition that a row stands as the change wrote it.</summary>
        public string Stands(string alias) =>
            restored.Length == 0
                ? $"{alias}.change_id = {change}"
                : $"({alias}.change_id = {change} OR EXISTS (SELECT 1 FROM {restored} r WHERE {Same("r", alias)}))";

        // The undoing of a later import wrote back what it had ended: follow each such row back, undoing by undoing.
        private string FindRestored()
        {
            if (!Any($"import_batches WHERE undone_by > {change}") || !Any($"{Table}_history WHERE change_id = {change}"))
                return "";
            var keys = string.Join(", ", key);
            var name = $"restored_{Table}";
            Run(
                $"""
                CREATE TEMPORARY TABLE {name} AS
                WITH RECURSIVE version AS (
                  SELECT {keys}, change_id FROM {Table} WHERE change_id IN (SELECT undone_by FROM import_batches)
                  UNION
                  SELECT {string.Join(", ", key.Select(k => "h." + k))}, h.change_id FROM version v
                  JOIN import_batches b ON b.undone_by = v.change_id JOIN {Table}_history h ON {Same("h", "v")} AND h.ended_by = b.change_id
                )
                SELECT {keys} FROM version WHERE change_id = {change}
                """
            );
            return name;
        }

        private string Same(string left, string right) => string.Join(" AND ", key.Select(k => $"{left}.{k} = {right}.{k}"));

        private bool Any(string from) => connection.Number($"SELECT CASE WHEN EXISTS (SELECT 1 FROM {from}) THEN 1 ELSE 0 END", transaction) == 1;

        private void Run(string sql) => connection.Execute(sql, transaction);
    }
}
