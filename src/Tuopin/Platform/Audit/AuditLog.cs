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
        Actor actor,
        string reason,
        string statedBy,
        int dataDay,
        string? document = null
    )
    {
        var id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM changes", transaction);
        connection.Execute(
            "INSERT INTO changes (id, at, actor, user_id, post_id, reason, stated_by, data_day, document) VALUES (@id, @at, @actor, @user, @post, @reason, @statedBy, @dataDay, @document)",
            transaction,
            new
            {
                id,
                at = Stamp(clock),
                actor = actor.Name,
                user = actor.UserId,
                post = actor.PostId,
                reason,
                statedBy,
                dataDay,
                document,
            }
        );
        connection.Execute("UPDATE current_change SET change_id = @id", transaction, new { id });
        return id;
    }

    /// <summary>Appends an act that changes no row, an export or a print, in a transaction of its own: it stands in the chain before anything is shown.</summary>
    /// <param name="about">The one subject it concerned, if there was one.</param>
    public static void Append(Installation installation, string action, string detail, AuditSubject? about = null)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        Append(connection, transaction, installation.Clock, installation.Actor, action, detail, about);
        transaction.Commit();
    }

    /// <summary>
    /// Appends to the chain and closes the change it is about: what is written afterwards needs a change of its own, so that no row of the latest change can be
    /// altered without history. The head is read under the write lock, so that the chain has no forks.
    /// </summary>
    /// <param name="about">Whom and which field the act concerned, when it was one subject: the audit can be searched by both.</param>
    public static void Append(
        DbConnection connection,
        DbTransaction transaction,
        TimeProvider clock,
        Actor actor,
        string action,
        string detail,
        AuditSubject? about = null
    )
    {
        var head = connection.QueryFirstOrDefault<AuditEntry>(
            "SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1",
            transaction: transaction
        );
        var entry = new AuditEntry
        {
            Id = (head?.Id ?? 0) + 1,
            At = Stamp(clock),
            Actor = actor.Name,
            UserId = actor.UserId,
            PostId = actor.PostId,
            Action = action,
            Subject = about?.Type,
            SubjectId = about?.Id,
            Field = about?.Field,
            Detail = detail,
            Previous = head?.Hash ?? new byte[32],
        };
        entry.Hash = Hash(entry);
        connection.Execute(
            $"INSERT INTO audit_entries ({Columns}) VALUES (@Id, @At, @Actor, @UserId, @PostId, @Action, @Subject, @SubjectId, @Field, @Detail, @Previous, @Hash)",
            transaction,
            entry
        );
        connection.Execute("UPDATE current_change SET change_id = 0 WHERE change_id <> 0", transaction);
    }

    /// <summary>The latest entry. Kept outside (printed, in another office), it proves later that nothing before it was written anew.</summary>
    public readonly record struct Head(long Entry, string Hash);

    /// <summary>The head of the chain; entry 0 of an empty one.</summary>
    public static Head HeadOf(DbConnection connection) =>
        connection.QueryFirstOrDefault<AuditEntry>("SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1") is { } last
            ? new(last.Id, Convert.ToHexStringLower(last.Hash))
            : Beginning;

    private static readonly Head Beginning = new(0, Convert.ToHexStringLower(new byte[32]));

    /// <summary>Whether a head that was kept outside is still in the chain: a whole chain written anew holds too, but not this.</summary>
    public static bool Holds(DbConnection connection, Head kept) =>
        kept == Beginning
        || connection.ExecuteScalar<byte[]>("SELECT hash FROM audit_entries WHERE id = @Entry", new { kept.Entry }) is { } hash
            && Convert.ToHexStringLower(hash) == kept.Hash;

    /// <summary>Walks the whole chain; null when it holds, else the first entry that does not.</summary>
    public static string? Verify(DbConnection connection)
    {
        var previous = new byte[32];
        var expected = 1L;
        foreach (var e in connection.Query<AuditEntry>($"SELECT {Columns} FROM audit_entries ORDER BY id", buffered: false))
        {
            if (e.Id != expected)
                return $"entry {expected} is missing";
            if (!e.Previous.AsSpan().SequenceEqual(previous) || !e.Hash.AsSpan().SequenceEqual(Hash(e)))
                return $"entry {e.Id} was changed";
            previous = e.Hash;
            expected++;
        }
        return null;
    }

    public static string Stamp(TimeProvider clock) => Stamp(clock.GetUtcNow());

    public static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private const string Columns = "id, at, actor, user_id, post_id, action, subject, subject_id, field, detail, previous, hash";

    private static byte[] Hash(AuditEntry e)
    {
        // Lengths stand before the texts: no two entries have the same.
        static string Text(string? part) => part is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{e.Id}|{e.At}|{Text(e.Actor)}|{e.UserId}|{e.PostId}|{Text(e.Action)}|{Text(e.Subject)}|{e.SubjectId}|{Text(e.Field)}|{Text(e.Detail)}|"
        );
        return SHA256.HashData([.. Encoding.UTF8.GetBytes(text), .. e.Previous]);
    }
}
