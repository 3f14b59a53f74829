using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>One row of the record as an edit finds it: its values, who wrote it last and of which day. It need not be there yet.</summary>
public sealed class HeldRow
{
    private IDictionary<string, object?>? values;

    public required SubjectType Subject { get; init; }
    public required long SubjectId { get; init; }
    public required string Table { get; init; }
    public required IReadOnlyList<(string Column, long Value)> Key { get; init; }

    /// <summary>The year of a yearly row, else 0.</summary>
    public int Year { get; init; }

    /// <summary>Authors may differ about it; a link is dated instead.</summary>
    public bool Disputed { get; init; } = true;

    public bool Exists => values is not null;
    public long ChangeId => Number("change_id") ?? 0;
    public string? Author => values?["said_by"] as string;
    public int DataDay => (int)(Number("said_on") ?? 0);
    public string Where => string.Join(" AND ", Key.Select(k => string.Create(CultureInfo.InvariantCulture, $"t.{k.Column} = {k.Value}")));

    /// <summary>The value of a fact; null when it is not known.</summary>
    public Value? this[Fact fact] => ValueOf(values, fact.Column);

    public long? Number(string column) => ValueOf(values, column)?.Number;

    public string? Text(string column) => values is not null && values.TryGetValue(column, out var value) ? value as string : null;

    public byte[]? Bytes(string column) => values is not null && values.TryGetValue(column, out var value) ? value as byte[] : null;

    public HeldRow Read(DbConnection connection, DbTransaction? transaction)
    {
        values = Rows(connection, transaction, $"{Table} t", Where).FirstOrDefault();
        return this;
    }

    /// <summary>The row as a change left it; null where that change wrote no such row.</summary>
    public HeldRow? AsOf(DbConnection connection, long change)
    {
        if (change == ChangeId)
            return this;
        var then = change == 0 ? null : Rows(connection, null, $"{Table}_history t", $"{Where} AND t.change_id = {change}").FirstOrDefault();
        return new()
        {
            Subject = Subject,
            SubjectId = SubjectId,
            Table = Table,
            Key = Key,
            Year = Year,
            values = then,
        };
    }

    public static List<IDictionary<string, object?>> Rows(DbConnection connection, DbTransaction? transaction, string from, string where) =>
        [
            .. connection
                .Query(
                    $"SELECT t.*, k.stated_by AS said_by, k.data_day AS said_on FROM {from} LEFT JOIN changes k ON k.id = t.change_id WHERE {where}",
                    transaction: transaction
                )
                .Select(r => (IDictionary<string, object?>)r),
        ];

    /// <summary>A row that came with others.</summary>
    public HeldRow With(IDictionary<string, object?>? row)
    {
        values = row;
        return this;
    }

    public static Value? ValueOf(IDictionary<string, object?>? row, string column) =>
        row is not null && row.TryGetValue(column, out var held)
            ? held switch
            {
                null => null,
                string text => text,
                bool flag => flag,
                byte[] => null,
                _ => Convert.ToInt64(held, CultureInfo.InvariantCulture),
            }
            : null;
}
