using System.Security.Cryptography;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

public sealed class AskingWhatIf(Installations installations)
{
    private const string Yunnan = "yunnan.household-exit";

    [Theory, BothEngines]
    public void As_things_are_it_counts_what_is_stored(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var now = cli.WhatIf("--overlay", "water-safe").Json.GetProperty("now");
        foreach (var unmet in now.GetProperty("unmet").EnumerateObject())
        {
            var (standard, indicator) = (unmet.Name.Split('/')[0], unmet.Name.Split('/')[1]);
            var (id, bit) = MakingTheDemo.Bit(cli.Tables, standard, indicator);
            unmet
                .Value.GetInt64()
                .ShouldBe(cli.Tables.Number($"SELECT count(*) FROM verdicts WHERE standard_version_id = {id} AND unmet & {bit} <> 0"), unmet.Name);
        }
        var version = cli.Tables.Number($"SELECT id FROM standard_versions WHERE standard_id = '{Yunnan}'");
        var remaining = cli.Open().Packs.Dictionary.CodeLists["status_kind"].Find("remaining")!.Number;
        var returned = cli.Open().Packs.Dictionary.CodeLists["status_kind"].Find("returned")!.Number;
        now.GetProperty("canExit")
            .GetProperty("households")
            .GetInt64()
            .ShouldBe(
                cli.Tables.Number(
                    $"""
                    SELECT count(*) FROM verdicts v JOIN household_statuses s ON s.household_id = v.subject_id AND s.to_day IS NULL AND s.kind IN ({remaining}, {returned})
                    WHERE v.standard_version_id = {version} AND v.unmet = 0 AND (v.met | v.exempt) = 63
                    """
                )
            );
    }

    [Theory, BothEngines]
    public void An_overlay_says_what_the_same_facts_imported_would_bring(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var asked = Unmet(cli.WhatIf("--overlay", "all-insured").Json.GetProperty("whatIf"));
        foreach (var name in new[] { "persons.csv", "unregistered-persons.csv" })
        {
            var sheet = Sheet.Read(Path.Combine(cli.Folder, "demo-files", name));
            foreach (var row in sheet.Rows)
            foreach (var title in new[] { "是否参加大病保险", "是否参加新型农村合作医疗（城乡居民基本医疗保险）", "是否参加城乡居民基本养老保险" })
                row[sheet[title]] = "是";
            cli.Import(sheet.Write(cli.Folder, "all-" + name)).Done();
        }
        cli.Judge().Done();
        Unmet(cli.WhatIf("--overlay", "water-safe").Json.GetProperty("now")).ShouldBe(asked);
        asked[$"{Yunnan}/medical"].ShouldBe(0);
    }

    [Theory, BothEngines]
    public void A_higher_line_leaves_more_below_it(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        long Below(string line) => Unmet(cli.WhatIf("--set", $"line.exit={line}").Json.GetProperty("whatIf"))["national.household-exit/income"];
        var (low, now, high) = (Below("0"), Below("3747"), Below("100000"));
        low.ShouldBe(0);
        now.ShouldBe(Unmet(cli.WhatIf("--overlay", "water-safe").Json.GetProperty("now"))["national.household-exit/income"]);
        high.ShouldBeGreaterThan(now);
    }

    private static Dictionary<string, long> Unmet(JsonElement side) =>
        side.GetProperty("unmet").EnumerateObject().ToDictionary(u => u.Name, u => u.Value.GetInt64());

    [Theory, BothEngines]
    public void What_was_asked_is_said_again_with_both_sides(Engine engine)
    {
        var report = installations.Shared(engine, "township").WhatIf("--overlay", "all-insured", "--set", "line.exit=4000.50").Json;
        report.GetProperty("overlays").EnumerateArray().Select(o => o.GetString()).ShouldBe(["all-insured"]);
        report.GetProperty("set").GetProperty("line.exit").GetString().ShouldBe("4000.50");
        foreach (var side in new[] { "now", "whatIf" })
            report.GetProperty(side).EnumerateObject().Select(p => p.Name).ShouldBe(["canExit", "incidence", "villagesReady", "unmet"]);
    }

    [Theory, BothEngines]
    public void What_makes_no_sense_is_refused(Engine engine)
    {
        var cli = installations.Shared(engine);
        cli.WhatIf().Misused("whatif.nothing", "--overlay", "--set");
        cli.WhatIf("--overlay", "all-happy").Refused("whatif.overlay-unknown", "all-happy", "all-insured");
        cli.WhatIf("--set", "line.exot=4000").Refused("whatif.parameter-unknown", "line.exot");
        foreach (var bad in new[] { "abc", "3747.005", "-1", "99999999999999999999", "1e3", "" })
            cli.WhatIf("--set", $"line.exit={bad}").Misused("whatif.value-bad", "line.exit");
        cli.WhatIf("--set", "line.exit").Misused("whatif.value-bad", "NAME=VALUE");
        cli.WhatIf("--set", "line.exit=4000", "--area", "530399").Refused("area.unknown");
    }

    [Theory, BothEngines]
    public void Nothing_is_written(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Rest();
        var (before, hash) = (cli.Tables.Dump(cli.Tables.Names()), Hash(cli));
        cli.WhatIf("--overlay", "all-insured", "d-grade-rebuilt", "water-safe", "members-employed", "--set", "line.exit=5000").Done();
        cli.WhatIf("--set", "line.exit=5000", "--as-of", "2018-12-31").Done();
        Hash(cli).ShouldBe(hash);
        cli.Tables.Dump(cli.Tables.Names()).ShouldEqual(before);
    }

    private static string Hash(TuopinCli cli) =>
        cli.Engine == Engine.PostgreSql ? "" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(cli.Folder, "tuopin.db"))));

    [Fact]
    public void What_can_be_asked_is_listed_without_data()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        var choices = cli.WhatIf("--list").Json.EnumerateArray().ToList();
        choices
            .Where(c => c.GetProperty("kind").GetString() == "overlay")
            .Select(c => c.GetProperty("id").GetString())
            .ShouldBe(["all-insured", "d-grade-rebuilt", "members-employed", "water-safe"], ignoreOrder: true);
        choices.ShouldContain(c => c.GetProperty("id").GetString() == "line.exit" && c.GetProperty("unit").GetString() == "CNY/person/year");
        Directory.EnumerateFileSystemEntries(cli.Folder).ShouldBeEmpty();
    }
}
