using System.Data.Common;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>A column that a step writes, and the staged column it comes from. A blank cell states nothing and leaves the held value as it is.</summary>
public sealed record MergeColumn(string Name, string Source)
{
    /// <summary>A blank cell takes the held value away.</summary>
    public bool Erases { get; init; }

    /// <summary>Ciphertext differs at every writing: it is written when one of the named columns, its blind index and what is derived with it, changes.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];

    /// <summary>The staged column whose presence states this one too, blank or not: what is derived of one number changes as a group.</summary>
    public string? With { get; init; }

    /// <summary>Written with a new row only.</summary>
    public bool OnlyNew { get; init; }

    /// <summary>What a new row gets instead, as SQL over alias s.</summary>
    public string? WhenNew { get; init; }

    public bool Compared => !OnlyNew && Follows.Count == 0;

    /// <summary>The value after the merge, as SQL over a target and the staged rows s.</summary>
    public string Value(string target) =>
        Erases ? $"s.{Source}"
        : With is { } stated ? $"CASE WHEN s.{stated} IS NULL THEN {target}.{Name} ELSE s.{Source} END"
        : $"coalesce(s.{Source}, {target}.{Name})";
}

/// <summary>What a step would do, in rows.</summary>
public readonly record struct MergeCounts(long Added, long Changed, long Unchanged);

/// <summary>
/// Brings staged rows into one table by key, set-based: new rows are inserted, rows that differ in a column are updated, equal rows are not touched.
/// <see cref="Compare"/> notes what is to be written without taking the write lock; <see cref="Apply"/> is then short.
/// </summary>
/// <param name="Number">Its number in the plan.</param>
/// <param name="Table">Target table.</param>
/// <param name="Key">Key columns of the target and the staging columns they come from.</param>
/// <param name="Columns">Columns to write.</param>
/// <param name="Where">Which staged rows take part, over alias s; the rows must be unique by key.</param>
public sealed record MergeStep(
    int Number,
    string Table,
    IReadOnlyList<(string Column, string Source)> Key,
    IReadOnlyList<MergeColumn> Columns,
    string Where
)
{
    /// <summary>Which staged rows may mean a row that is held, over alias s; the others are new although the key is taken.</summary>
    public string Known { get; init; } = "TRUE";

    /// <summary>Rows s of the sheet that are new to the table.</summary>
    public string New(StagedSheet sheet) => Decided(sheet, 1);

    /// <summary>Rows s of the sheet that differ from what the table holds.</summary>
    public string Changed(StagedSheet sheet) => Decided(sheet, 0);

    /// <summary>Joins the held rows, alias of the caller, to the staged ones.</summary>
    public string Match(string target) => string.Join(" AND ", Key.Select(k => $"{target}.{k.Column} = s.{k.Source}"));

    /// <summary>The column of the target that a staged fact goes to; null when the sheet does not state it.</summary>
    public MergeColumn? Column(string name) => Columns.FirstOrDefault(c => c.Name == name);

    public MergeCounts Compare(DbConnection connection, StagedSheet sheet, DbTransaction? transaction)
    {
        var isNew = $"t.{Key[0].Column} IS NULL";
        var differs = string.Join("", Columns.Where(c => c.Compared).Select(c => $" OR {Differs(sheet.Engine, c, "t")}"));
        connection.Execute($"DELETE FROM {sheet.Decided} WHERE step = {Number}", transaction);
        var decided = connection.Execute(
            $"""
            INSERT INTO {sheet.Decided} (step, row_no, is_new)
            SELECT {Number}, s.row_no, CASE WHEN {isNew} THEN 1 ELSE 0 END
            FROM {sheet.Staged} s LEFT JOIN {Table} t ON {Match("t")} AND {Known} WHERE {Where} AND ({isNew}{differs})
            """,
            transaction
        );
        var added = decided == 0 ? 0 : Count($"{sheet.Decided} d WHERE d.step = {Number} AND d.is_new = 1");
        return new(added, decided - added, Count($"{sheet.Staged} s WHERE {Where}") - decided);

        long Count(string from) => connection.Number($"SELECT count(*) FROM {from}", transaction);
    }

    public void Apply(DbConnection connection, StagedSheet sheet, long changeId, DbTransaction transaction)
    {
        var names = string.Join(", ", Key.Select(k => k.Column).Concat(Columns.Select(c => c.Name)).Append("change_id"));
        var values = string.Join(", ", Key.Select(k => "s." + k.Source).Concat(Columns.Select(c => c.WhenNew ?? "s." + c.Source)));
        connection.Execute($"INSERT INTO {Table} ({names}) SELECT {values}, {changeId} FROM {New(sheet)}", transaction);
        var sets = Columns.Where(c => !c.OnlyNew).Select(c => $"{c.Name} = {NewValue(sheet.Engine, c)}").ToList();
        if (sets.Count > 0)
            connection.Execute(
                $"UPDATE {Table} SET {string.Join(", ", sets)}, change_id = {changeId} FROM {Changed(sheet)} AND {Match(Table)}",
                transaction
            );
    }

    /// <summary>Whether a merge would change the column, as SQL.</summary>
    public static string Differs(Engine engine, MergeColumn column, string target) =>
        $"{target}.{column.Name} {(engine == Engine.Sqlite ? "IS NOT" : "IS DISTINCT FROM")} {column.Value(target)}";

    private string NewValue(Engine engine, MergeColumn column) =>
        column.Follows.Count == 0
            ? column.Value(Table)
            : $"CASE WHEN {string.Join(" OR ", column.Follows.Select(Column).OfType<MergeColumn>().Select(c => Differs(engine, c, Table)))} THEN s.{column.Source} ELSE {Table}.{column.Name} END";

    private string Decided(StagedSheet sheet, int isNew) =>
        $"{sheet.Decided} d JOIN {sheet.Staged} s ON s.row_no = d.row_no WHERE d.step = {Number} AND d.is_new = {isNew}";
}
