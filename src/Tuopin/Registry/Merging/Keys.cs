using System.Data.Common;
using Dapper;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>
/// Issues keys: home county (6 digits) x 10^10 + sequence. A key never changes when people move or codes change. Sequences have gaps: a file draws as many
/// keys as it has rows, so that a key follows from the row and needs no counting.
/// </summary>
public static class Keys
{
    private const long PerCounty = 10_000_000_000;

    /// <summary>Takes <paramref name="count"/> keys of a table for a county and returns the first. Runs inside the write transaction.</summary>
    public static long Take(DbConnection connection, DbTransaction transaction, string table, long county, long count)
    {
        var name = $"{table}/{county}";
        var next = connection.ExecuteScalar<long?>("SELECT next FROM key_sequences WHERE name = @name", new { name }, transaction) ?? 1;
        connection.Execute(
            "INSERT INTO key_sequences (name, next) VALUES (@name, @after) ON CONFLICT (name) DO UPDATE SET next = @after",
            transaction,
            new { name, after = next + count }
        );
        return county * PerCounty + next;
    }

    /// <summary>
    /// Gives every resolved row whose key is still empty one of the named tables: the same for rows about the same thing, rising with its first row.
    /// Counties come from the area code of the row.
    /// </summary>
    public static void Assign(DbConnection connection, DbTransaction transaction, string resolved, IReadOnlyList<NewKey> keys)
    {
        if (keys.Count == 0)
            return;
        var open = string.Join(" OR ", keys.Select(k => $"{k.Column} IS NULL AND {k.Row} IS NOT NULL"));
        var counties = connection
            .Query<(long County, long Rows)>(
                $"SELECT area_code / 1000000 AS county, max(ordinal) FROM {resolved} WHERE area_code IS NOT NULL AND ({open}) GROUP BY 1 ORDER BY 1",
                transaction: transaction
            )
            .ToList();
        foreach (var (county, rows) in counties)
        {
            var sets = keys.Select(k => $"{k.Column} = coalesce({k.Column}, {Take(connection, transaction, k.Table, county, rows)} - 1 + {k.Row})");
            connection.Execute($"UPDATE {resolved} SET {string.Join(", ", sets)} WHERE area_code / 1000000 = {county} AND ({open})", transaction);
        }
    }
}

/// <summary>A key to be issued: for which table, into which column, by which column of first rows.</summary>
public sealed record NewKey(string Table, string Column, string Row = "ordinal");
