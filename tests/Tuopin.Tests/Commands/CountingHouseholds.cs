using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

/// <summary>Which households and persons a count is about: the command line and the console agree.</summary>
public sealed class CountingHouseholds(Installations installations)
{
    private const string Yunnan = "yunnan.household-exit";

    private static List<JsonElement> OfHouseholds(Answer answer) =>
        [.. answer.Json.EnumerateArray().Where(g => g.GetProperty("standard").GetString() == Yunnan)];

    private static long Sum(IEnumerable<JsonElement> gaps, string indicator, string what) =>
        gaps.Where(g => g.GetProperty("indicator").GetString() == indicator).Sum(g => g.GetProperty(what).GetInt64());

    [Theory, BothEngines]
    public void Removed_closed_and_unstated_households_are_counted_nowhere(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = OfHouseholds(cli.Gaps());
        var chosen = cli.Tables.Query<long>(
            "SELECT household_id FROM household_list WHERE place_code = area_code AND registered = 1 AND unmet <> 0 ORDER BY household_id"
        )[..4];
        cli.Edit(
            $"UPDATE household_statuses SET kind = 6, change_id = CHANGE WHERE household_id = {chosen[0]} AND to_day IS NULL",
            $"UPDATE household_statuses SET kind = 7, change_id = CHANGE WHERE household_id = {chosen[1]} AND to_day IS NULL",
            $"DELETE FROM household_statuses WHERE household_id = {chosen[2]}",
            $"UPDATE household_statuses SET kind = 1, change_id = CHANGE WHERE household_id = {chosen[3]} AND to_day IS NULL"
        );
        var report = cli.Judge().Json;
        report.GetProperty("uncounted").GetProperty("households").GetInt64().ShouldBe(3);
        cli.Run("judge", "--as-of", "2020-06-12").Done().Output.ShouldContain("uncounted 不计");

        var place = cli.Tables.Number($"SELECT area_id FROM area_versions WHERE code = {report.GetProperty("area").GetString()} AND to_day IS NULL");
        long Kept(string column, int bit, string standing) =>
            cli.Tables.Number(
                $"SELECT coalesce(sum(c.{column}), 0) FROM area_counts c JOIN standard_versions s ON s.id = c.standard_version_id AND s.standard_id = '{Yunnan}' WHERE c.area_id = {place} AND c.bit = {bit} AND c.standing IN ({standing})"
            );
        var gaps = OfHouseholds(cli.Gaps());
        var unknown = OfHouseholds(cli.Gaps("--unknown"));
        foreach (var indicator in new[] { "income", "housing", "education", "medical", "pension", "help" })
        {
            var bit = System.Numerics.BitOperations.Log2((ulong)MakingTheDemo.Bit(cli.Tables, Yunnan, indicator).Bit);
            Sum(gaps, indicator, "households").ShouldBe(Kept("unmet_households", bit, "0, 1, 2"), indicator);
            Sum(gaps, indicator, "members").ShouldBe(Kept("unmet_persons", bit, "0, 1, 2"), indicator);
            Sum(gaps, indicator, "unregistered").ShouldBe(Kept("unmet_households", bit, "0"), indicator);
            unknown.Count(u => u.GetProperty("indicator").GetString() == indicator).ShouldBe((int)Kept("unknown_households", bit, "0, 1, 2"));
        }
        gaps.Sum(g => g.GetProperty("households").GetInt64()).ShouldBeLessThan(before.Sum(g => g.GetProperty("households").GetInt64()));
        gaps.Sum(g => g.GetProperty("unregistered").GetInt64()).ShouldBeGreaterThan(before.Sum(g => g.GetProperty("unregistered").GetInt64()));

        var standard = report.GetProperty("standards").EnumerateArray().Single(s => s.GetProperty("id").GetString() == Yunnan);
        long Judged(string side, string result) => standard.GetProperty(side).GetProperty(result).GetProperty("households").GetInt64();
        foreach (var (side, standing) in new[] { ("registered", "1, 2"), ("unregistered", "0") })
        {
            Judged(side, "unmet").ShouldBe(Kept("unmet_households", -1, standing), side);
            Judged(side, "unknown").ShouldBe(Kept("unknown_households", -1, standing), side);
            (Judged(side, "met") + Judged(side, "exempt")).ShouldBe(Kept("met_households", -1, standing), side);
        }
        var named = OfHouseholds(cli.Gaps("--names")).SelectMany(g => g.GetProperty("names").EnumerateArray());
        var gone = cli.Tables.Query<string>(
            $"SELECT coalesce(national_no, provisional_no) FROM households WHERE id IN ({string.Join(", ", chosen[..3])})"
        );
        named.ShouldAllBe(n => !gone.Contains(n.GetProperty("household").GetString()!));
    }

    [Theory, BothEngines]
    public void Where_an_indicator_counts_persons_those_who_fail_are_counted(Engine engine)
    {
        var cli = installations.Shared(engine);
        var gaps = OfHouseholds(cli.Gaps());
        foreach (var indicator in new[] { "education", "medical", "pension" })
        {
            var (id, bit) = MakingTheDemo.Bit(cli.Tables, Yunnan, indicator);
            var numbers = cli.Tables.Query<string>(
                $"SELECT coalesce(h.national_no, h.provisional_no) FROM households h JOIN verdicts v ON v.subject_id = h.id WHERE v.standard_version_id = {id} AND v.unmet & {bit} <> 0"
            );
            numbers.ShouldNotBeEmpty(indicator);
            // The explanation finds the members behind a result in its own way.
            var failing = numbers.Sum(n =>
                cli.Explain(n)
                    .Json.GetProperty("standards")
                    .EnumerateArray()
                    .Single(s => s.GetProperty("id").GetString() == Yunnan)
                    .GetProperty("indicators")
                    .EnumerateArray()
                    .Single(i => i.GetProperty("id").GetString() == indicator)
                    .GetProperty("persons")
                    .GetArrayLength()
            );
            Sum(gaps, indicator, "persons").ShouldBe(failing, indicator);
            Sum(gaps, indicator, "persons").ShouldBeLessThan(Sum(gaps, indicator, "members"), indicator);
        }
        Sum(gaps, "income", "persons").ShouldBe(Sum(gaps, "income", "members"));
    }

    [Theory, BothEngines]
    public void The_helper_stands_before_other_roles_and_a_unit_without_a_post_is_named(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var named = OfHouseholds(cli.Gaps("--names")).SelectMany(g => g.GetProperty("names").EnumerateArray()).ToList();
        var paired = named.First(n => n.GetProperty("helper").GetString() is not null);
        var alone = named.First(n => n.GetProperty("helper").GetString() is null);
        long Id(JsonElement name) =>
            cli.Tables.Number($"SELECT id FROM households WHERE '{name.GetProperty("household").GetString()}' IN (national_no, provisional_no)");
        var unit = cli.Tables.Number($"SELECT max(id) FROM units WHERE name <> '{paired.GetProperty("unit").GetString()}'");
        // Ids before all others: the lowest id is not what decides.
        cli.Edit(
            $"INSERT INTO responsibilities (id, unit_id, household_id, role, from_day, change_id) VALUES (1, {unit}, {Id(paired)}, '包村单位', 20200301, CHANGE)",
            $"INSERT INTO responsibilities (id, unit_id, household_id, role, from_day, change_id) VALUES (2, {unit}, {Id(alone)}, '包村单位', 20190301, CHANGE)",
            $"INSERT INTO responsibilities (id, post_id, household_id, role, from_day, change_id) SELECT 3, min(id), {Id(alone)}, '包村干部', 20180301, CHANGE FROM posts"
        );
        var now = OfHouseholds(cli.Gaps("--names")).SelectMany(g => g.GetProperty("names").EnumerateArray()).ToList();
        JsonElement Same(JsonElement name) => now.First(n => n.GetProperty("household").GetString() == name.GetProperty("household").GetString());
        Same(paired).GetRawText().ShouldBe(paired.GetRawText());
        Same(alone).GetProperty("unit").GetString().ShouldBe(cli.Tables.Text($"SELECT name FROM units WHERE id = {unit}"));
        Same(alone).GetProperty("helper").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, BothEngines]
    public void What_hangs_on_an_unknown_tally_names_the_tally(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var remaining = cli.Tables.Number("SELECT min(household_id) FROM household_statuses WHERE kind = 2 AND to_day IS NULL");
        cli.Edit($"UPDATE memberships SET to_day = 20200201, change_id = CHANGE WHERE household_id = {remaining}");
        cli.Judge().Done();
        cli.Tables.Number("SELECT count(*) FROM tallies WHERE tally_id = 'remaining_persons' AND low IS NULL").ShouldBeGreaterThan(0);
        var unknown = cli.Gaps("--unknown", "--indicator", "incidence")
            .Json.EnumerateArray()
            .Where(u => u.GetProperty("level").GetString() == "village")
            .ToList();
        unknown.ShouldNotBeEmpty();
        unknown.ShouldAllBe(u => u.GetProperty("missing")[0].GetString()!.Contains("remaining_persons"));
    }

    [Theory, BothEngines]
    public void A_verdict_that_another_standard_reads_is_explained_as_it_was_judged(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var packs = Path.Combine(cli.Folder, "ours");
        Directory.CreateDirectory(Path.Combine(packs, "standards", "530326"));
        File.WriteAllText(
            Path.Combine(packs, "standards", "530326", "read.yaml"),
            """
            standard: example.reads-a-verdict
            version: 1
            level: household
            title: { zh: 读判定, en: reads a verdict }
            area: "530326"
            in_force: { from: 2019-01-01, to: 2020-12-31 }
            status: working
            source: { title: "an example, no law", grade: recall }
            indicators:
              - id: house
                bit: 0
                title: { zh: 住房, en: house }
                department: housing
                counts: households
                met: "household.met('national.household-exit', 'housing')"
            """
        );
        cli.Judge("--packs", packs).Done();
        string Result(JsonElement report, string standard, string indicator) =>
            report
                .GetProperty("standards")
                .EnumerateArray()
                .Single(s => s.GetProperty("id").GetString() == standard)
                .GetProperty("indicators")
                .EnumerateArray()
                .Single(i => i.GetProperty("id").GetString() == indicator)
                .GetProperty("result")
                .GetString()!;
        var seen = new HashSet<string>();
        var numbers = cli.Tables.Query<string>("SELECT coalesce(national_no, provisional_no) FROM households WHERE id % 5 = 0 ORDER BY id");
        foreach (var number in numbers.Take(20))
        foreach (var day in new[] { "2020-06-12", "2020-03-31" })
        {
            var report = cli.Explain(number, "--packs", packs, "--as-of", day).Json;
            var result = Result(report, "example.reads-a-verdict", "house");
            result.ShouldBe(Result(report, "national.household-exit", "housing"), $"{number} {day}");
            seen.Add(result);
        }
        seen.ShouldContain("met");
        var missing = cli.Gaps("--packs", packs, "--unknown", "--indicator", "house").Json.EnumerateArray().ToList();
        missing.Count.ShouldBe(
            (int)
                cli.Tables.Number(
                    "SELECT count(*) FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id WHERE s.standard_id = 'example.reads-a-verdict' AND (v.met | v.unmet | v.exempt) = 0"
                )
        );
        missing.ShouldAllBe(u => u.GetProperty("missing")[0].GetString()!.Contains("national.household-exit/housing"));
    }

    [Theory, BothEngines]
    public void Persons_as_known_at_a_time_are_of_the_households_as_they_were(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var ids = cli.Tables.Query<long>("SELECT household_id FROM household_statuses WHERE kind = 2 AND to_day IS NULL ORDER BY household_id");
        cli.Edit($"UPDATE memberships SET to_day = 20200201, change_id = CHANGE WHERE household_id = {ids[0]}");
        var before = cli.Judge().Json;
        var moment = cli.Clock.Text;
        cli.Clock.Now += TimeSpan.FromHours(1);
        var area = before.GetProperty("area").GetString()!;
        cli.Edit(
            $"UPDATE households SET change_id = CHANGE, area_code = v.code, village_id = v.area_id FROM area_versions v WHERE households.id = {ids[1]} AND {Covers("v")} AND v.code = (SELECT min(o.code) FROM area_versions o WHERE o.level = 5 AND {Covers("o")} AND o.code BETWEEN 530326000000 AND 530326999999 AND o.code <> {area})"
        );
        string Covers(string alias) => $"{alias}.from_day <= 20200612 AND ({alias}.to_day IS NULL OR {alias}.to_day > 20200612)";
        string Remaining(JsonElement report) => report.GetProperty("remaining").GetRawText();
        Remaining(cli.Judge("--area", area, "--known-at", moment).Json).ShouldBe(Remaining(before));
        Remaining(cli.Judge("--area", area).Json).ShouldNotBe(Remaining(before));
    }
}
