using System.Data;
using System.Data.Common;

namespace Tuopin.Standards;

/// <summary>
/// Statements over whole numbers that a connection keeps prepared, found by their text. A parameter may be null; the same text is always given the same names.
/// </summary>
internal sealed class PreparedStatements(DbConnection connection) : IDisposable
{
    private readonly DbConnection connection = connection;
    private readonly Dictionary<string, DbCommand> commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DbBatch> batches = new(StringComparer.Ordinal);

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

    /// <summary>Statements that are sent together, in their order: one journey to the server where the driver can, one after the other where it cannot.</summary>
    public Batch Together(DbTransaction? transaction) => new(this, transaction);

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
        foreach (var batch in batches.Values)
            batch.Dispose();
    }

    /// <inheritdoc cref="Together"/>
    public sealed class Batch
    {
        private readonly PreparedStatements statements;
        private readonly DbTransaction? transaction;
        private readonly List<(string Text, (string Name, long? Value)[] Parameters, Action<DbDataReader>? Row)> asked = [];

        internal Batch(PreparedStatements statements, DbTransaction? transaction) => (this.statements, this.transaction) = (statements, transaction);

        public void Run(string text, params (string Name, long? Value)[] parameters) => asked.Add((text, parameters, null));

        /// <summary>The rows of a query, there once all was sent.</summary>
        public List<T> Read<T>(string text, Func<DbDataReader, T> row, params (string Name, long? Value)[] parameters)
        {
            var rows = new List<T>();
            asked.Add((text, parameters, r => rows.Add(row(r))));
            return rows;
        }

        /// <summary>Sends all that was asked and tells how many rows its statements changed.</summary>
        public int Send() =>
            asked.Count == 0 ? 0
            : statements.connection.CanCreateBatch ? SendBatch()
            : asked.Sum(SendOne);

        private int SendOne((string Text, (string Name, long? Value)[] Parameters, Action<DbDataReader>? Row) one)
        {
            var command = statements.Command(one.Text, transaction, one.Parameters);
            if (one.Row is null)
                return command.ExecuteNonQuery();
            using var reader = command.ExecuteReader();
            while (reader.Read())
                one.Row(reader);
            return 0;
        }

        private int SendBatch()
        {
            var batch = Prepared();
            batch.Transaction = transaction;
            for (var i = 0; i < asked.Count; i++)
                Set(batch.BatchCommands[i].Parameters, asked[i].Parameters);
            using (var reader = batch.ExecuteReader())
                foreach (var one in asked.Where(a => a.Row is not null))
                {
                    while (reader.Read())
                        one.Row!(reader);
                    reader.NextResult();
                }
            return asked.Index().Where(a => a.Item.Row is null).Sum(a => batch.BatchCommands[a.Index].RecordsAffected);
        }

        private DbBatch Prepared()
        {
            var key = string.Join('\0', asked.Select(a => a.Text));
            if (statements.batches.TryGetValue(key, out var batch))
                return batch;
            batch = statements.connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var (text, parameters, _) in asked)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = text;
                foreach (var (name, _) in parameters)
                    command.Parameters.Add(Parameter(command.CreateParameter(), name));
                batch.BatchCommands.Add(command);
            }
            batch.Prepare();
            statements.batches.Add(key, batch);
            return batch;
        }
    }

    private DbCommand Command(string text, DbTransaction? transaction, ReadOnlySpan<(string Name, long? Value)> parameters)
    {
        if (!commands.TryGetValue(text, out var command))
        {
            command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (text, transaction);
            foreach (var (name, _) in parameters)
                command.Parameters.Add(Parameter(command.CreateParameter(), name));
            command.Prepare();
            commands.Add(text, command);
        }
        command.Transaction = transaction;
        Set(command.Parameters, parameters);
        return command;
    }

    private static DbParameter Parameter(DbParameter parameter, string name)
    {
        (parameter.ParameterName, parameter.DbType, parameter.Value) = (name, DbType.Int64, DBNull.Value);
        return parameter;
    }

    private static void Set(DbParameterCollection of, ReadOnlySpan<(string Name, long? Value)> parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
            of[i].Value = parameters[i].Value is { } value ? value : DBNull.Value;
    }
}
