using Microsoft.EntityFrameworkCore.Design;

namespace Tuopin.Platform.Database;

/// <summary>Lets <c>dotnet ef</c> build either context; it never connects.</summary>
public sealed class DesignTimeSqliteDb : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => new(Store.SqliteOptions("Data Source=:memory:"));
}

/// <inheritdoc cref="DesignTimeSqliteDb"/>
public sealed class DesignTimePostgresDb : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args) => new(Store.PostgresOptions("Host=localhost"));
}
