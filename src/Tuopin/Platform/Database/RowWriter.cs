using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace Tuopin.Platform.Database;

/// <summary>A column to be filled in bulk; the type only matters to PostgreSQL's binary COPY.</summary>
public readonly record struct BulkColumn(string Name, NpgsqlDbType Type)
{
    public static BulkColumn Number(string name) => new(name, NpgsqlDbType.Bigint);

    public static BulkColumn Text(string name) => new(name, NpgsqlDbType.Text);

    public static BulkColumn Blob(string name) => new(name, NpgsqlDbType.Bytea);
}

/// <summary>
/// Fills a table row by row as fast as the engine can: a prepared statement on SQLite, binary COPY on PostgreSQL. Values are given left to right; a row
/// ends with <see cref="EndRow"/>, the whole with <see cref="Complete"/>.
/// </summary>
public abstract class RowWriter : IDisposable
{
    public static RowWriter Open(DbConnection connection, string table, IReadOnlyList<BulkColumn> columns) =>
        connection is SqliteConnection sqlite
            ? new SqliteRows(sqlite, table, columns)
            : new PostgresRows((NpgsqlConnection)connection, table, columns);

    public abstract void Null();

    public abstract void Number(long value);

    public abstract void Text(string? value);

    public abstract void Blob(byte[]? value);

    public abstract void EndRow();

    public abstract void Complete();

    public abstract void Dispose();

    public void Number(long? value)
    {
        if (value is { } number)
            Number(number);
        else
            Null();
    }

    private sealed class SqliteRows : RowWriter
    {
        private readonly sqlite3 database;
        private readonly sqlite3_stmt statement;
        private int position = 1;

        public SqliteRows(SqliteConnection connection, string table, IReadOnlyList<BulkColumn> columns)
        {
            database = connection.Handle!;
            var names = string.Join(", ", columns.Select(c => c.Name));
            var marks = string.Join(", ", columns.Select(_ => "?"));
            Check(raw.sqlite3_prepare_v2(database, $"INSERT INTO {table} ({names}) VALUES ({marks})", out statement));
        }

        public override void Null() => Check(raw.sqlite3_bind_null(statement, position++));

        public override void Number(long value) => Check(raw.sqlite3_bind_int64(statement, position++, value));

        public override void Text(string? value) =>
            Check(value is null ? raw.sqlite3_bind_null(statement, position++) : raw.sqlite3_bind_text(statement, position++, value));

        public override void Blob(byte[]? value) =>
            Check(value is null ? raw.sqlite3_bind_null(statement, position++) : raw.sqlite3_bind_blob(statement, position++, value));

        public override void EndRow()
        {
            var result = raw.sqlite3_step(statement);
            if (result != raw.SQLITE_DONE)
                Check(result);
            Check(raw.sqlite3_reset(statement));
            position = 1;
        }

        public override void Complete() { }

        public override void Dispose() => statement.Dispose();

        private void Check(int result)
        {
            if (result != raw.SQLITE_OK)
                throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), result);
        }
    }

    private sealed class PostgresRows : RowWriter
    {
        private readonly NpgsqlBinaryImporter copy;
        private readonly NpgsqlDbType[] types;
        private int position;

        public PostgresRows(NpgsqlConnection connection, string table, IReadOnlyList<BulkColumn> columns)
        {
            types = [.. columns.Select(c => c.Type)];
            copy = connection.BeginBinaryImport($"COPY {table} ({string.Join(", ", columns.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY)");
        }

        public override void Null()
        {
            Begin();
            copy.WriteNull();
        }

        public override void Number(long value)
        {
            var type = Begin();
            switch (type)
            {
                case NpgsqlDbType.Boolean:
                    copy.Write(value != 0, type);
                    break;
                case NpgsqlDbType.Smallint:
                    copy.Write(checked((short)value), type);
                    break;
                case NpgsqlDbType.Integer:
                    copy.Write(checked((int)value), type);
                    break;
                default:
                    copy.Write(value, NpgsqlDbType.Bigint);
                    break;
            }
        }

        public override void Text(string? value)
        {
            Begin();
            if (value is null)
                copy.WriteNull();
            else
                copy.Write(value, NpgsqlDbType.Text);
        }

        public override void Blob(byte[]? value)
        {
            Begin();
            if (value is null)
                copy.WriteNull();
            else
                copy.Write(value, NpgsqlDbType.Bytea);
        }

        public override void EndRow() => position = 0;

        public override void Complete() => copy.Complete();

        public override void Dispose() => copy.Dispose();

        private NpgsqlDbType Begin()
        {
            if (position == 0)
                copy.StartRow();
            return types[position++];
        }
    }
}
