using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

public sealed class KeepingTheSchema(Installations installations)
{
    [Fact]
    public void No_change_of_the_model_is_without_a_migration()
    {
        using var sqlite = new DesignTimeSqliteDb().CreateDbContext([]);
        sqlite.Database.HasPendingModelChanges().ShouldBeFalse("make the SQLite migration again");
        using var postgres = new DesignTimePostgresDb().CreateDbContext([]);
        postgres.Database.HasPendingModelChanges().ShouldBeFalse("make the PostgreSQL migration again");
    }

    [Fact]
    public void Every_SQLite_table_is_strict()
    {
        var loose = installations
            .Shared(Engine.Sqlite)
            .Tables.Query<string>(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'"
            );
        // EF's own bookkeeping.
        loose.ShouldBe(["__EFMigrationsLock"]);
    }

    [Fact]
    public void Both_engines_have_the_same_tables_and_columns()
    {
        List<string> Columns(Engine engine)
        {
            var cli = installations.Shared(engine);
            using var connection = cli.Open().Store.Open();
            return
            [
                .. cli.Tables.Names().SelectMany(t => Catalog.Columns(connection, engine, t).Select(c => $"{t}.{c}")).Order(StringComparer.Ordinal),
            ];
        }
        Columns(Engine.PostgreSql).ShouldBe(Columns(Engine.Sqlite));
    }

    [Theory, BothEngines]
    public void A_lost_trigger_keeps_the_data_closed_and_is_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute($"DROP TRIGGER persons_history_delete{(engine == Engine.PostgreSql ? " ON persons" : "")}");
        var answer = cli.Judge();
        answer.Code.ShouldBe(3);
        answer.Errors.ShouldContain("persons_history_delete");
        answer.Document.GetProperty("code").GetString().ShouldBe("failed");
    }

    [Theory, BothEngines]
    public void A_column_without_history_keeps_the_data_closed_and_is_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute("ALTER TABLE persons ADD COLUMN forgotten INTEGER");
        var answer = cli.Judge();
        answer.Code.ShouldBe(3);
        answer.Errors.ShouldContain("persons");
        answer.Errors.ShouldContain("forgotten");
    }

    [Theory, BothEngines]
    public void A_column_the_trigger_does_not_copy_keeps_the_data_closed_and_is_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute("ALTER TABLE persons ADD COLUMN forgotten INTEGER");
        cli.Tables.Execute("ALTER TABLE persons_history ADD COLUMN forgotten INTEGER");
        var answer = cli.Judge();
        answer.Code.ShouldBe(3);
        answer.Errors.ShouldContain("does not copy column 'forgotten'");
    }

    [Theory, BothEngines]
    public void A_row_is_not_changed_without_naming_the_current_change(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Tables.Dump(["persons", "persons_history"]);
        Should.Throw<Exception>(() => cli.Tables.Execute("UPDATE persons SET name = '无名'")).Message.ShouldContain("must name the current change");
        Should
            .Throw<Exception>(() => cli.Tables.Execute("UPDATE persons SET name = '无名', change_id = 999"))
            .Message.ShouldContain("must name the current change");
        // A row of the latest change that keeps its change: the change is closed.
        var latest = "(SELECT max(change_id) FROM household_years)";
        Should
            .Throw<Exception>(() => cli.Tables.Execute($"UPDATE household_years SET income_wage = 1 WHERE change_id = {latest}"))
            .Message.ShouldContain("must name the current change");
        Should
            .Throw<Exception>(() => cli.Tables.Execute("UPDATE household_years SET income_wage = 1, change_id = 0"))
            .Message.ShouldContain("must name the current change");
        Should.Throw<Exception>(() => cli.Tables.Execute("DELETE FROM persons")).Message.ShouldContain("only within a change");
        cli.Tables.Dump(["persons", "persons_history"]).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void A_trigger_that_copies_half_keeps_the_data_closed_and_is_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Tables.Execute(
            engine == Engine.Sqlite
                ? """
                DROP TRIGGER units_history_delete;
                CREATE TRIGGER units_history_delete AFTER DELETE ON units BEGIN SELECT 1; END;
                """
                : "CREATE OR REPLACE FUNCTION units_history_delete() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        );
        cli.Judge().Errors.ShouldContain("units_history_delete");
        using var off = installations.Copy(engine);
        if (engine == Engine.Sqlite)
            return;
        off.Tables.Execute("ALTER TABLE units DISABLE TRIGGER units_history_update");
        off.Judge().Errors.ShouldContain("units_history_update");
    }

    [Theory, BothEngines]
    public void A_deleted_row_stays_in_history_with_the_change_that_ended_it(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var current = cli.Tables.Number("SELECT max(id) FROM changes");
        var measure = cli.Tables.Number("SELECT min(id) FROM measures");
        cli.Tables.Execute($"UPDATE current_change SET change_id = {current}");
        cli.Tables.Execute($"DELETE FROM measures WHERE id = {measure}");
        cli.Tables.Number($"SELECT ended_by FROM measures_history WHERE id = {measure}").ShouldBe(current);
    }

    [Theory, BothEngines]
    public void A_value_outside_its_bounds_is_refused_by_the_database_itself(Engine engine)
    {
        using var cli = installations.Copy(engine);
        Should.Throw<Exception>(() =>
            cli.Tables.Execute("UPDATE current_change SET change_id = 1; UPDATE person_years SET work_months = 13, change_id = 1")
        );
        cli.Tables.Number("SELECT count(*) FROM person_years WHERE work_months > 12").ShouldBe(0);
    }
}
