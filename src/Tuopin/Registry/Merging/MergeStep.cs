using System.Data.Common;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>A column that a step writes. <see cref="Compared"/> is false for ciphertext, which differs at every writing: another column tells the change.</summary>
public sealed record MergeColumn(string Name, string Source, bool Compared = true)
{
    /// <summary>Written only when the named column changes as well (the ciphertext follows its blind index).</summary>
    public string? Follows { get; init; }
}

/// <summary>What a step would do, in rows.</summary>
public readonly record struct MergeCounts(long Added, long Changed, long Unchanged);

/// <summary>
/// Brings staged rows into one table by key, set-based: new rows are inserted, rows that differ in a column are updated, equal rows are not touched.
/// <see cref="Compare"/> writes the decision into the staging column <see cref="Flag"/> without taking the write lock; <see cref="Apply"/> is then short.
/// </summary>
/// <param name="Name">Name of the step: the flag column is <c>f_name</c>.</param>
/// <param name="Table">Target table.</param>
/// <param name="Key">Key columns of the target and the staging columns they come from.</param>
/// <param name="Columns">Columns to write.</param>
/// <param name="Where">Which staged rows take part, over alias s; the rows must be unique by key.</param>
public sealed record MergeStep(
    string Name,
    string Table,
    IReadOnlyList<(string Column, string Source)> Key,
    IReadOnlyList<MergeColumn> Columns,
    string Where = "TRUE"
)
{
    /// <summary>0 unchanged, 1 changed, 2 new, NULL not concerned.</summary>
    public string Flag => "f_" + Name;

    public MergeCounts Compare(DbConnection connection, Engine engine, string staging, DbTransaction? transaction)
    {
        var match = string.Join(" AND ", Key.Select(k => $"t.{k.Column} = s.{k.Source}"));
        connection.Execute($"UPDATE {staging} AS s SET {Flag} = 2 WHERE {Where}", transaction);
        connection.Execute(
            $"UPDATE {staging} AS s SET {Flag} = CASE WHEN {Differs(engine, "t", "s")} THEN 1 ELSE 0 END FROM {Table} AS t WHERE {match} AND s.{Flag} = 2",
            transaction
        );
        return new(Count(2), Count(1), Count(0));

        long Count(int flag) => connection.Number($"SELECT count(*) FROM {staging} WHERE {Flag} = {flag}", transaction);
    }

    public void Apply(DbConnection connection, Engine engine, string staging, long changeId, DbTransaction transaction)
    {
        var names = string.Join(", ", Key.Select(k => k.Column).Concat(Columns.Select(c => c.Name)).Append("change_id"));
        var sources = string.Join(", ", Key.Select(k => "s." + k.Source).Concat(Columns.Select(c => "s." + c.Source)));
        var order = string.Join(", ", Key.Select(k => "s." + k.Source));
        connection.Execute(
            $"INSERT INTO {Table} ({names}) SELECT {sources}, {changeId} FROM {staging} AS s WHERE s.{Flag} = 2 ORDER BY {order}",
            transaction
        );
        if (Columns.Count == 0)
            return;
        var sets = string.Join(", ", Columns.Select(c => $"{c.Name} = {NewValue(engine, c)}"));
        var match = string.Join(" AND ", Key.Select(k => $"{Table}.{k.Column} = s.{k.Source}"));
        connection.Execute($"UPDATE {Table} SET {sets}, change_id = {changeId} FROM {staging} AS s WHERE {match} AND s.{Flag} = 1", transaction);
    }

    private string NewValue(Engine engine, MergeColumn column) =>
        column.Follows is not { } other
            ? $"s.{column.Source}"
            : $"CASE WHEN {Table}.{other} {Distinct(engine)} s.{Columns.First(c => c.Name == other).Source} THEN s.{column.Source} ELSE {Table}.{column.Name} END";

    private string Differs(Engine engine, string target, string source)
    {
        var compared = Columns.Where(c => c.Compared).ToList();
        return compared.Count == 0 ? "FALSE" : string.Join(" OR ", compared.Select(c => $"{target}.{c.Name} {Distinct(engine)} {source}.{c.Source}"));
    }

    private static string Distinct(Engine engine) => engine == Engine.Sqlite ? "IS NOT" : "IS DISTINCT FROM";
}
