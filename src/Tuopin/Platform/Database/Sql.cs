using System.Data.Common;
using Dapper;

namespace Tuopin.Platform.Database;

/// <summary>Small shorthands over ADO.NET; queries that return rows use Dapper.</summary>
public static class Sql
{
    public static int Execute(this DbConnection connection, string sql, DbTransaction? transaction = null, object? parameters = null) =>
        SqlMapper.Execute(connection, sql, parameters, transaction, commandTimeout: 0);

    /// <summary>The first column of the first row as a number; 0 when there is none.</summary>
    public static long Number(this DbConnection connection, string sql, DbTransaction? transaction = null, object? parameters = null) =>
        Convert.ToInt64(SqlMapper.ExecuteScalar(connection, sql, parameters, transaction, commandTimeout: 0) ?? 0L, null);

    public static string? Text(this DbConnection connection, string sql, DbTransaction? transaction = null, object? parameters = null) =>
        SqlMapper.ExecuteScalar(connection, sql, parameters, transaction, commandTimeout: 0)?.ToString();
}
