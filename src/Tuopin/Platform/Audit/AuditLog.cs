using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Tuopin.Platform.Database;

namespace Tuopin.Platform.Audit;

/// <summary>Writes changes and the audit chain, always inside the transaction of what they record: no audit, no change.</summary>
public static class AuditLog
{
    /// <summary>Opens the change that every row written in this transaction will name.</summary>
    public static long BeginChange(
        DbConnection connection,
        DbTransaction transaction,
        TimeProvider clock,
        string actor,
        string reason,
        string statedBy,
        int dataDay
    )
    {
        var id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM changes", transaction);
        connection.Execute(
            "INSERT INTO changes (id, at, actor, reason, stated_by, data_day) VALUES (@id, @at, @actor, @reason, @statedBy, @dataDay)",
            transaction,
            new
            {
                id,
                at = Stamp(clock),
                actor,
                reason,
                statedBy,
                dataDay,
            }
        );
        connection.Execute("UPDATE current_change SET change_id = @id", transaction, new { id });
        return id;
    }

    /// <summary>Appends to the chain. The head is read under the write lock, so that the chain has no forks.</summary>
    public static void Append(DbConnection connection, DbTransaction transaction, TimeProvider clock, string actor, string action, string detail)
    {
        var head = connection.QueryFirstOrDefault<Entry>("SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1", transaction: transaction);
        var id = (head?.Id ?? 0) + 1;
        var previous = head?.Hash ?? new byte[32];
        var at = Stamp(clock);
        connection.Execute(
            "INSERT INTO audit_entries (id, at, actor, action, detail, previous, hash) VALUES (@id, @at, @actor, @action, @detail, @previous, @hash)",
            transaction,
            new
            {
                id,
                at,
                actor,
                action,
                detail,
                previous,
                hash = Hash(id, at, actor, action, detail, previous),
            }
        );
    }

    /// <summary>Walks the whole chain; null when it holds, else the first entry that does not.</summary>
    public static string? Verify(DbConnection connection)
    {
        var previous = new byte[32];
        var expected = 1L;
        foreach (
            var e in connection.Query<Entry>("SELECT id, at, actor, action, detail, previous, hash FROM audit_entries ORDER BY id", buffered: false)
        )
        {
            if (e.Id != expected)
                return $"entry {expected} is missing";
            if (
                !e.Previous.AsSpan().SequenceEqual(previous)
                || !e.Hash.AsSpan().SequenceEqual(Hash(e.Id, e.At, e.Actor, e.Action, e.Detail, e.Previous))
            )
                return $"entry {e.Id} was changed";
            previous = e.Hash;
            expected++;
        }
        return null;
    }

    public static string Stamp(TimeProvider clock) =>
        clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static byte[] Hash(long id, string at, string actor, string action, string detail, byte[] previous)
    {
        // Lengths stand before the parts: no two entries have the same text.
        var text = string.Create(CultureInfo.InvariantCulture, $"{id}|{at}|{actor.Length}:{actor}|{action.Length}:{action}|{detail}|");
        return SHA256.HashData([.. Encoding.UTF8.GetBytes(text), .. previous]);
    }

    private sealed class Entry
    {
        public long Id { get; init; }
        public string At { get; init; } = "";
        public string Actor { get; init; } = "";
        public string Action { get; init; } = "";
        public string Detail { get; init; } = "";
        public byte[] Previous { get; init; } = [];
        public byte[] Hash { get; init; } = [];
    }
}
