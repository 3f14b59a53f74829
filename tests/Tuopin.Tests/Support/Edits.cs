using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;

namespace Tuopin.Tests.Support;

/// <summary>Rows changed past the program, as one change with history: what no sheet can state.</summary>
public static class Edits
{
    /// <param name="cli">The installation.</param>
    /// <param name="statements">SQL; CHANGE stands for the number of the change.</param>
    public static void Edit(this TuopinCli cli, params string[] statements)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(connection, transaction, cli.Clock, new("test"), "edit", "village", 20200612);
        foreach (var statement in statements)
            connection.Execute(statement.Replace("CHANGE", $"{change}", StringComparison.Ordinal), transaction);
        transaction.Commit();
        cli.Clock.Now += TimeSpan.FromMinutes(1);
    }
}
