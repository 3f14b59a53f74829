using System.Data;
using System.Data.Common;

namespace Tuopin.Standards;

/// <summary>
/// Statements over whole numbers that a connection keeps prepared, found by their text. A parameter may be null; the same text is always given the same names.
/// </summary>
internal sealed class PreparedStatements(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, DbCommand> commands = new(StringComparer.Ordinal);

    /// <summary>Runs a statement and tells how many rows it changed.</summary>
    public int Run(string text, DbTransaction? transaction, params ReadOnlySpan<(string Name, long? Value)> parameters) =>
        Command(text, transaction, parameters).ExecuteNonQuery();

    /// <summary>The rows of a query.</summary>
    public List<T> Read<T>(
        string text,
        DbTransaction? transaction,
        Func<DbDataReader, T> row,
        params ReadOnlySpan<(string Name, long? Value)> parameters
    )
    {
        using var reader = Command(text, transaction, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
    }

    private DbCommand Command(string text, DbTransaction? transaction, ReadOnlySpan<(string Name, long? Value)> parameters)
    {
        if (!commands.TryGetValue(text, out var command))
        {
            command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (text, transaction);
            foreach (var (name, _) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.DbType, parameter.Value) = (name, DbType.Int64, DBNull.Value);
                command.Parameters.Add(parameter);
            }
            command.Prepare();
            commands.Add(text, command);
        }
        command.Transaction = transaction;
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = parameters[i].Value is { } value ? value : DBNull.Value;
        return command;
    }
}
