using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text;
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

    /// <summary>
    /// Binds by plain calls of the library: an import binds twenty million values, and a safe handle and a copy for each cost more than the binding.
    /// Texts and blobs of a row lie in one buffer that does not move, where SQLite reads them when the row is written.
    /// </summary>
    private sealed class SqliteRows : RowWriter
    {
        private const int LongestRow = 1 << 16;
        private static readonly nint Stays = 0;
        private static readonly nint Copied = -1;
        private readonly sqlite3 database;
        private readonly sqlite3_stmt statement;
        private readonly nint handle;
        private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(LongestRow, pinned: true);
        private int used;
        private int position = 1;

        public SqliteRows(SqliteConnection connection, string table, IReadOnlyList<BulkColumn> columns)
        {
            database = connection.Handle!;
            var names = string.Join(", ", columns.Select(c => c.Name));
            var marks = string.Join(", ", columns.Select(_ => "?"));
            Check(raw.sqlite3_prepare_v2(database, $"INSERT INTO {table} ({names}) VALUES ({marks})", out statement));
            handle = statement.DangerousGetHandle();
        }

        // Bindings are cleared after each row: what is not bound is NULL.
        public override void Null() => position++;

        public override void Number(long value) => Check(Native.sqlite3_bind_int64(handle, position++, value));

        public override void Text(string? value)
        {
            if (value is null)
                Null();
            else if (Encoding.UTF8.TryGetBytes(value, buffer.AsSpan(used), out var length))
                Check(Native.sqlite3_bind_text(handle, position++, Keep(length), length, Stays));
            else
            {
                var bytes = Encoding.UTF8.GetBytes(value);
                Check(Native.sqlite3_bind_text(handle, position++, bytes, bytes.Length, Copied));
            }
        }

        public override void Blob(byte[]? value)
        {
            if (value is null)
                Null();
            else if (value.AsSpan().TryCopyTo(buffer.AsSpan(used)))
                Check(Native.sqlite3_bind_blob(handle, position++, Keep(value.Length), value.Length, Stays));
            else
                Check(Native.sqlite3_bind_blob(handle, position++, value, value.Length, Copied));
        }

        public override void EndRow()
        {
            var result = raw.sqlite3_step(statement);
            if (result != raw.SQLITE_DONE)
                Check(result);
            Check(raw.sqlite3_reset(statement));
            Check(raw.sqlite3_clear_bindings(statement));
            (position, used) = (1, 0);
        }

        public override void Complete() { }

        public override void Dispose() => statement.Dispose();

        // An address even of nothing: a null pointer would be bound as NULL.
        private nint Keep(int length)
        {
            var address = Marshal.UnsafeAddrOfPinnedArrayElement(buffer, used);
            used += length;
            return address;
        }

        private void Check(int result)
        {
            if (result != raw.SQLITE_OK)
                throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), result);
        }

        /// <summary>The library that SQLitePCL has loaded. A binding neither waits nor calls back: it needs no care of the collector's.</summary>
        private static class Native
        {
            private const string Library = "e_sqlite3";

            [DllImport(Library), SuppressGCTransition]
            public static extern int sqlite3_bind_int64(nint statement, int index, long value);

            [DllImport(Library), SuppressGCTransition]
            public static extern int sqlite3_bind_text(nint statement, int index, nint value, int length, nint free);

            [DllImport(Library), SuppressGCTransition]
            public static extern int sqlite3_bind_blob(nint statement, int index, nint value, int length, nint free);

            [DllImport(Library)]
            public static extern int sqlite3_bind_text(nint statement, int index, byte[] value, int length, nint free);

            [DllImport(Library)]
            public static extern int sqlite3_bind_blob(nint statement, int index, byte[] value, int length, nint free);
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
