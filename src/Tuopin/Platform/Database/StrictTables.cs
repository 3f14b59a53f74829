using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Tuopin.Platform.Database;

#pragma warning disable EF1001 // the SQLite generator's constructor takes an internal type

/// <summary>Makes every SQLite table STRICT ('abc' never passes as a number), and clusters those the model marks so.</summary>
public sealed class StrictTables(MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        base.Generate(operation, model, builder, terminate: false);
        var clustered =
            model?.GetEntityTypes().Any(t => t.GetTableName() == operation.Name && t.FindAnnotation("Tuopin:Clustered") is not null) ?? false;
        builder.Append(clustered ? " STRICT, WITHOUT ROWID" : " STRICT");
        if (terminate)
        {
            builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
            EndStatement(builder);
        }
    }
}
