using System.Globalization;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Access;

/// <summary>Acts on accounts: what the desk stores and what the audit chain of the record says of it come together or not at all.</summary>
public static class Desk
{
    /// <summary>
    /// Opens the audit entry under the record's write lock, acts on the desk, and commits the entry last: an act that fails leaves no entry, and an entry that
    /// cannot be written lets nothing happen.
    /// </summary>
    /// <param name="detail">Names and ids; never a password, token or personal number.</param>
    /// <param name="happened">Whether the act took place; a refused one is not an act.</param>
    public static async Task<T> Act<T>(Installation installation, string action, string detail, Func<Task<T>> act, Func<T, bool>? happened = null)
    {
        await using var connection = installation.Store.Open();
        await using var transaction = installation.Store.BeginWrite(connection);
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, action, detail);
        var result = await act();
        if (happened is null || happened(result))
            await transaction.CommitAsync();
        return result;
    }

    public static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
