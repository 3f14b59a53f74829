using System.Globalization;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>Groups (组) are made of the names households come with, found again by other spellings, and what lists are filtered by.</summary>
public sealed class GroupsOfVillages(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_file_makes_the_groups_it_names_once_and_lists_are_filtered_by_them(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var sheet = Sheet.Read(Directory.GetFiles(Path.Combine(cli.Folder, "demo-files"), "unregistered-households.*").Single());
        var village = sheet.Rows[0][sheet["村"]];
        var rows = sheet.Rows.Where(r => r[sheet["村"]] == village).Take(4).ToList();
        var import = Import("第一村民小组", "第一村民小组", "小河组", "小河组");
        var parent = cli.Tables.Number("SELECT max(parent_id) FROM area_versions WHERE level = 6");
        var code = cli.Tables.Number($"SELECT max(code) FROM area_versions WHERE area_id = {parent}");
        cli.Tables.Query<string>("SELECT name || ' ' || CAST(code AS text) FROM area_versions WHERE level = 6 ORDER BY code")
            .ShouldBe([$"第一村民小组 {code}001", $"小河组 {code}002"]);
        cli.Tables.Number(
                "SELECT count(*) FROM households h JOIN area_versions a ON a.area_id = h.group_id AND a.parent_id = h.village_id AND a.name = h.group_name"
            )
            .ShouldBe(4);
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'registry.import' ORDER BY id DESC LIMIT 1")!.ShouldContain("\"groups\":2");

        // Other spellings are the same groups; a group the village has not is added with a warning.
        Import("一组", "1组", "小河", "小河组").GetProperty("committed").GetBoolean().ShouldBeFalse();
        Import("一组", "1组", "小河组", "大坪组");
        cli.Tables.Query<long>("SELECT code FROM area_versions WHERE level = 6 ORDER BY code")
            .ShouldBe([code * 1000 + 1, code * 1000 + 2, code * 1000 + 3]);
        cli.Tables.Number("SELECT count(*) FROM areas WHERE id NOT IN (SELECT area_id FROM area_versions)").ShouldBe(0);

        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        Listed(await county.Get($"/households?group={Uri.EscapeDataString("第一村民小组")}")).ShouldBe(2);
        Listed(await county.Get($"/households?group={Uri.EscapeDataString("大坪组")}")).ShouldBe(1);
        // People still work with villages: no page offers a group as an area.
        var page = await county.Get($"/overview?area={code.ToString(CultureInfo.InvariantCulture)}");
        page.Text.ShouldNotContain($"area={code}001");
        console.Cli.Undo(import.GetProperty("batch").GetInt64()).Refused("import.changed-since");

        System.Text.Json.JsonElement Import(params string[] groups)
        {
            var named = Sheet.Of([.. sheet.Titles, "组"], rows.Select((r, i) => r.Append(groups[i]).ToArray()));
            return cli.Import(named.Write(cli.Folder, "groups.csv")).Json[0];
        }

        static int Listed(TuopinConsole.Page page) => page.Html.QuerySelectorAll("td.cell-head a").Length;
    }
}
