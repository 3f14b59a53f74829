using System.Data.Common;
using Dapper;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>Issues keys: home county (6 digits) x 10^10 + sequence. A key never changes when people move or codes change.</summary>
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
    /// Gives every staged row whose <paramref name="idColumn"/> is still empty a key, one for each distinct value of <paramref name="numberColumn"/>, in order
    /// of first appearance. Counties come from the staged area_code.
    /// </summary>
    public static void Assign(DbConnection connection, DbTransaction transaction, string staging, string table, string idColumn, string numberColumn)
    {
        var counties = connection
            .Query<(long County, long Count)>(
                $"SELECT area_code / 1000000 AS county, count(DISTINCT {numberColumn}) AS count FROM {staging} WHERE {idColumn} IS NULL AND {numberColumn} IS NOT NULL AND area_code IS NOT NULL GROUP BY area_code / 1000000 ORDER BY 1",
                transaction: transaction
            )
            .ToList();
        foreach (var (county, count) in counties)
        {
            var first = Take(connection, transaction, table, county, count);
            connection.Execute(
                $"""
                UPDATE {staging} AS s SET {idColumn} = n.id FROM (
                  SELECT {numberColumn} AS number, {first} - 1 + row_number() OVER (ORDER BY min(row_no)) AS id
                  FROM {staging} WHERE {idColumn} IS NULL AND {numberColumn} IS NOT NULL AND area_code / 1000000 = {county} GROUP BY {numberColumn}
                ) AS n WHERE s.{idColumn} IS NULL AND {numberColumn} = n.number
                """,
                transaction
            );
        }
    }
}
