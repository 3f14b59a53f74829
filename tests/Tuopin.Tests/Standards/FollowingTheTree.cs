using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Standards;

/// <summary>Households when the tree of areas changes under them.</summary>
public sealed class FollowingTheTree(Installations installations)
{
    [Theory, BothEngines]
    public async Task Households_of_a_village_that_has_ended_are_named_on_the_command_line_and_in_the_console(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Judge().Json.GetProperty("outsideTree").GetProperty("households").GetInt64().ShouldBe(0);
        var (id, code, name) = cli
            .Tables.Query<(long, long, string)>(
                "SELECT v.area_id, v.code, v.name FROM area_versions v WHERE v.level = 5 AND v.to_day = 20190101 AND v.code BETWEEN 530326000000 AND 530326999999 AND NOT EXISTS (SELECT 1 FROM area_versions n WHERE n.area_id = v.area_id AND n.from_day > v.from_day)"
            )
            .First();
        var lost = cli.Tables.Query<long>("SELECT id FROM households ORDER BY id")[..2];
        cli.Edit($"UPDATE households SET change_id = CHANGE, village_id = {id}, area_code = {code} WHERE id IN ({string.Join(", ", lost)})");
        var outside = cli.Judge("--area", "530326").Json.GetProperty("outsideTree");
        outside.GetProperty("households").GetInt64().ShouldBe(2);
        var village = outside.GetProperty("villages").EnumerateArray().ShouldHaveSingleItem();
        village.GetProperty("code").GetString().ShouldBe($"{code}");
        village.GetProperty("name").GetString().ShouldBe(name);
        village.GetProperty("households").GetInt64().ShouldBe(2);
        cli.Run("judge", "--area", "530326").Done().Output.ShouldContain($"{name} {code} (2)");
        // A clerk elsewhere is told nothing of it.
        await using var console = await TuopinConsole.Over(cli);
        var page = await (await console.As("county")).Get("/overview");
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Html.QuerySelector(".note")!.TextContent.ShouldContain($"{name} {code}");
        (await (await console.As("village")).Get("/overview")).Text.ShouldNotContain($"{code}");
    }

    [Theory, BothEngines]
    public void Codes_on_rows_follow_the_tree_of_the_day_that_is_judged(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var (village, was, now) = cli
            .Tables.Query<(long, long, long)>(
                "SELECT a.area_id, a.code, b.code FROM area_versions a JOIN area_versions b ON b.area_id = a.area_id AND b.from_day = 20230101 WHERE a.level = 5 AND a.to_day = 20230101 AND a.code <> b.code ORDER BY a.code"
            )
            .First();
        var household = cli.Tables.Number("SELECT min(household_id) FROM memberships WHERE to_day IS NULL");
        cli.Edit(
            $"UPDATE households SET change_id = CHANGE, village_id = {village}, area_code = {was} WHERE id = {household}",
            $"UPDATE persons SET change_id = CHANGE, area_code = {was} WHERE id IN (SELECT person_id FROM memberships WHERE household_id = {household})"
        );
        cli.Judge().Done();
        Code("households", "id").ShouldBe([was]);
        cli.Run("workdate", "2023-06-12").Done();
        cli.Judge().Json.GetProperty("outsideTree").GetProperty("households").GetInt64().ShouldBe(0);
        Code("households", "id").ShouldBe([now]);
        Code("household_list", "household_id").ShouldBe([now]);
        cli.Tables.Query<long>(
                $"SELECT DISTINCT p.area_code FROM persons p JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL WHERE m.household_id = {household}"
            )
            .ShouldBe([now]);
        cli.Tables.Number($"SELECT count(*) FROM households_history WHERE id = {household} AND area_code = {was}").ShouldBe(1);
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'areas.recode'").ShouldBe("2023-06-12 1 households");
        var changes = cli.Tables.Number("SELECT count(*) FROM changes");
        cli.Judge().Done();
        cli.Tables.Number("SELECT count(*) FROM changes").ShouldBe(changes);
        cli.Run("audit", "verify").Done();

        List<long> Code(string table, string key) => cli.Tables.Query<long>($"SELECT area_code FROM {table} WHERE {key} = {household}");
    }
}
