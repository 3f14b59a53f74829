using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;
using static Tuopin.Tests.Console.SteppingThroughLists;

namespace Tuopin.Tests.Console;

/// <summary>The exit of a village by a list: its year becomes a fact, those who stated the rest of its row are still named for it, and the county counts it.</summary>
public sealed class DecidingOnPlaces(Installations installations)
{
    private const string Village = "530326002203";

    private const string Flow = """
        procedure: huize.village-exit
        version: 1
        family: village-exit
        subject: village
        list_of: village
        title: { zh: 贫困村出列, en: exit of a village }
        area: "530326"
        in_force: { from: 2016-04-23, to: 2020-12-31 }
        status: working
        source: { title: made for a test, grade: B }
        parameters:
          publicity_days: { label: { zh: 公示天数, en: days of publicity }, min: 1, max: 60 }
        changes:
          - { id: exit, title: { zh: 出列, en: exit }, year_fact: exit_year }
        steps:
          - { id: propose, kind: propose, title: { zh: 申请, en: the village proposes }, who: { role: village, level: village }, next: board }
          - { id: board, kind: publicity, title: { zh: 公示, en: publicity }, who: { role: village, level: village }, days: { parameter: publicity_days, counted: natural }, next: decide }
          - { id: decide, kind: decide, title: { zh: 批准, en: approval }, who: { role: county, level: county }, inputs: [document], returns_to: propose, next: end }
        outcomes:
          passed: { zh: 出列, en: exited }
          held: { zh: 缓退, en: held back }
          objection: { zh: 异议成立, en: an objection upheld }
        """;

    [Theory, BothEngines]
    public async Task A_village_that_exits_by_list_has_the_year_as_a_fact_and_everybody_keeps_what_they_stated(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        cli.Packs = Directory.CreateTempSubdirectory("tuopin-packs-").FullName;
        var folder = Directory.CreateDirectory(Path.Combine(cli.Packs, "procedures", "530326")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "village-exit.yaml"), Flow, TestContext.Current.CancellationToken);
        await using (var console = await TuopinConsole.Over(cli))
        {
            var row =
                $"FROM village_years y JOIN area_versions a ON a.area_id = y.area_id AND a.to_day IS NULL WHERE a.code = {Village} AND y.year = 2020";
            Count(console, $"SELECT count(*) {row} AND y.exit_year IS NULL AND y.road_hardened IS NOT NULL").ShouldBe(1);
            // The row is the transport office's: it ranks above the county for the road.
            cli.Tables.Execute($"UPDATE changes SET stated_by = 'transport' WHERE id = (SELECT y.change_id {row})");
            var (clerk, county) = (await Clerk(console), await console.As("county"));
            await SetDays(console, "huize.village-exit", "1");
            var list = await Listed(clerk, [Village], "huize.village-exit/exit");
            Accepted(await Take(clerk, list));
            Accepted(await clerk.Press(list, "#hang"));
            OnDay(console, "2020-06-14");
            cli.Judge().Done();
            Accepted(await Take(clerk, list));
            Accepted(await Take(county, list, ("document", "会扶组〔2020〕12号")));

            Count(console, $"SELECT count(*) {row} AND y.exit_year = 2020").ShouldBe(1);
            var stated = cli.Tables.Query<string>($"SELECT c.actor || ' ' || c.stated_by FROM changes c WHERE c.id = (SELECT y.change_id {row})");
            stated.ShouldBe(["县指挥部 county"]);
            cli.Tables.Query<string>(
                    $"SELECT DISTINCT s.stated_by FROM statements s JOIN area_versions a ON a.area_id = s.subject_id AND a.to_day IS NULL WHERE s.subject = 'village' AND s.fact = 'road_hardened' AND s.year = 2020 AND a.code = {Village}"
                )
                .ShouldBe(["transport"]);
            // The judgement has been overtaken, and history keeps the row as it was.
            Count(console, "SELECT count(*) FROM settings WHERE name = 'judged' AND value = 'overtaken'").ShouldBe(1);
            cli.Judge().Done();
            cli.Run("audit", "verify").Done();
        }
        Directory.Delete(cli.Packs, recursive: true);
    }
}
