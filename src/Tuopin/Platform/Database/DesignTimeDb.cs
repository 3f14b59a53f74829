using Microsoft.EntityFrameworkCore.Design;
using Tuopin.Platform.Access;

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

/// <inheritdoc cref="DesignTimeSqliteDb"/>
public sealed class DesignTimeSqliteDeskDb : IDesignTimeDbContextFactory<SqliteDeskDb>
{
    public SqliteDeskDb CreateDbContext(string[] args) => new(Store.SqliteDeskOptions("Data Source=:memory:"));
}

/// <inheritdoc cref="DesignTimeSqliteDb"/>
public sealed class DesignTimePostgresDeskDb : IDesignTimeDbContextFactory<PostgresDeskDb>
{
    public PostgresDeskDb CreateDbContext(string[] args) => new(Store.PostgresDeskOptions("Host=localhost"));
}
