using System.Data.Common;
using Dapper;

namespace Tuopin.Platform.Database;

/// <summary>
/// What PostgreSQL's planner knows of the tables. Its own housekeeping comes by a minute after a county was loaded; a judgement that does not wait for
/// it would be planned for empty tables.
/// </summary>
public static class Statistics
{
    /// <summary>Counts again the tables of which a fifth changed since they were counted last. SQLite plans well without.</summary>
    public static void Refresh(DbConnection connection, DbTransaction? transaction, Engine engine)
    {
        if (engine == Engine.Sqlite)
            return;
        var stale = connection
            .Query<string>(
                "SELECT quote_ident(relname) FROM pg_stat_user_tables WHERE schemaname = current_schema() AND n_mod_since_analyze > 1000 + n_live_tup / 5",
                transaction: transaction
            )
            .ToList();
        if (stale.Count > 0)
            connection.Execute($"ANALYZE {string.Join(", ", stale)}", transaction);
    }
}
