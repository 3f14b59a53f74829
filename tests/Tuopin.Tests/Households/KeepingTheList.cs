using Shouldly;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Standards;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>The list that every page reads says what the record says, whatever changed the record.</summary>
public sealed class KeepingTheList(Installations installations)
{
    private static Sheet Persons(TuopinCli cli) => Sheet.Read(Path.Combine(cli.Folder, "demo-files", "persons.csv"));

    private static int SomeMember(Sheet sheet, int after = 0) => sheet.Rows.FindIndex(after, r => r[sheet["与户主关系"]] is "之子" or "之女");

    [Theory, BothEngines]
    public void It_holds_each_household_once_where_it_is_registered(Engine engine)
    {
        var tables = installations.Shared(engine).Tables;
        tables
            .Query<(long, long)>("SELECT area_code, household_id FROM household_list WHERE place_code = area_code ORDER BY household_id")
            .ShouldBe(tables.Query<(long, long)>("SELECT area_code, id FROM households ORDER BY id"));
        tables.Number("SELECT count(*) FROM household_list WHERE members IS NOT NULL AND income_per_head IS NOT NULL").ShouldBeGreaterThan(100);
    }

    [Theory, BothEngines]
    public void Its_members_and_statuses_are_those_of_the_record(Engine engine)
    {
        var tables = installations.Shared(engine).Tables;
        var day = tables.Number("SELECT max(day) FROM household_list");
        tables
            .Number(
                $"""
                SELECT count(*) FROM household_list l WHERE coalesce(l.members, 0) <> (
                  SELECT count(*) FROM memberships m WHERE m.household_id = l.household_id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day}))
                """
            )
            .ShouldBe(0);
        tables
            .Number(
                $"""
                SELECT count(*) FROM household_list l LEFT JOIN household_statuses s
                  ON s.household_id = l.household_id AND s.from_day <= {day} AND (s.to_day IS NULL OR s.to_day > {day})
                WHERE coalesce(l.status, 0) <> coalesce(s.kind, 0) OR l.registered <> CASE WHEN s.kind IN (2, 3, 4, 5) THEN 1 ELSE 0 END
                """
            )
            .ShouldBe(0);
    }

    [Theory, BothEngines]
    public void Its_lights_are_the_deciding_verdicts_and_exclude_each_other(Engine engine)
    {
        var tables = installations.Shared(engine).Tables;
        tables.Number("SELECT count(*) FROM household_list WHERE standard_version_id IS NULL").ShouldBe(0);
        tables.Number("SELECT count(*) FROM household_list WHERE met & unmet <> 0 OR met & exempt <> 0 OR unmet & exempt <> 0").ShouldBe(0);
        tables
            .Number(
                """
                SELECT count(*) FROM household_list l JOIN verdicts v ON v.standard_version_id = l.standard_version_id AND v.subject_id = l.household_id
                WHERE v.unmet <> l.unmet
                """
            )
            .ShouldBe(0);
        tables.Number("SELECT count(*) FROM household_list WHERE unmet <> 0").ShouldBeGreaterThan(0);
    }

    [Theory, BothEngines]
    public void After_an_import_and_after_its_undoing_it_equals_a_full_rebuild(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var first = Listed(cli);
        var sheet = Persons(cli);
        var row = SomeMember(sheet);
        var changed = sheet.With(row, "劳动技能", "丧失劳动力").With(SomeMember(sheet, row + 1), "务工时间（月）", "3");
        var batch = cli.Import(changed.Write(cli.Folder, "labour.csv")).Json[0].GetProperty("batch").GetInt64();
        var imported = Listed(cli);
        imported.Except(first).Count().ShouldBeGreaterThan(0);
        imported.ShouldBe(Rebuilt(cli));
        cli.Undo(batch).Done();
        Listed(cli).ShouldBe(first);
        Rebuilt(cli).ShouldBe(first);
    }

    [Theory, BothEngines]
    public void After_a_judgement_it_equals_a_full_rebuild(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var first = Listed(cli);
        cli.Tables.Execute("DELETE FROM household_list WHERE household_id % 5 = 0");
        cli.Tables.Execute("UPDATE household_list SET members = 99, unmet = 0 WHERE household_id % 5 = 1");
        cli.Tables.Execute("UPDATE household_list SET place_code = place_code + 1 WHERE household_id % 5 = 2");
        Listed(cli).ShouldNotBe(first);
        cli.Judge().Done();
        Listed(cli).ShouldBe(first);
        Rebuilt(cli).ShouldBe(first);
    }

    // Each takes @id, a household.
    private static readonly string[] Edits =
    [
        "UPDATE household_years SET water_safe = NOT water_safe, change_id = {0} WHERE household_id = {1}",
        "UPDATE household_years SET income_wage = NULL, income_per_head_stated = NULL, change_id = {0} WHERE household_id = {1}",
        "UPDATE household_statuses SET to_day = 20200101, change_id = {0} WHERE household_id = {1} AND to_day IS NULL",
        "UPDATE households SET living_village_id = (SELECT max(h.village_id) FROM households h), change_id = {0} WHERE id = {1}",
        "UPDATE households SET head_name = '某某', change_id = {0} WHERE id = {1}",
        "UPDATE memberships SET to_day = 20200201, change_id = {0} WHERE household_id = {1} AND to_day IS NULL",
        "UPDATE responsibilities SET to_day = 20200201, change_id = {0} WHERE household_id = {1}",
    ];

    [Theory, BothEngines]
    public void After_edits_of_single_households_it_equals_a_full_rebuild(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var installation = cli.Open();
        var first = Listed(cli);
        var ids = cli.Tables.Query<long>("SELECT id FROM households ORDER BY id");
        using (var connection = installation.Store.Open())
            for (var i = 0; i < Edits.Length * 3; i++)
            {
                using var transaction = installation.Store.BeginWrite(connection);
                var county = AreaTree.Load(connection, installation.WorkDate).ByCode("530326")!;
                using var rejudge = RejudgeHousehold.For(installation, connection, transaction, county);
                var id = ids[i * 37 % ids.Count];
                var before = rejudge.Before(transaction, id);
                var change = AuditLog.BeginChange(connection, transaction, TimeProvider.System, new("test"), "edit", "village", 20200612);
                var edit = Edits[i % Edits.Length];
                Sql.Execute(connection, string.Format(System.Globalization.CultureInfo.InvariantCulture, edit, change, id), transaction);
                rejudge.After(before);
                transaction.Commit();
            }
        var edited = Listed(cli);
        edited.Except(first).Count().ShouldBeGreaterThan(Edits.Length);
        edited.Count.ShouldBeGreaterThan(first.Count);
        edited.ShouldBe(Rebuilt(cli));
    }

    private static List<string> Listed(TuopinCli cli) => cli.Tables.Dump(["household_list"])["household_list"];

    private static List<string> Rebuilt(TuopinCli cli)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        Sql.Execute(connection, "DELETE FROM household_list", transaction);
        HouseholdList.Refresh(installation, connection, transaction);
        transaction.Commit();
        return Listed(cli);
    }
}
