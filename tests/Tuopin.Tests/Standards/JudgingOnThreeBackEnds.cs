using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Standards;
using Tuopin.Tests.Shared;
using Xunit;
using Judging = Tuopin.Standards.Judging;

namespace Tuopin.Tests.Standards;

/// <summary>
/// The shipped packs over a whole demo township, imported for real: what SQL stored is what the columnar evaluator finds, bit for bit, on either database.
/// </summary>
/// <remarks>Seen to fail: with the year rows in SnapshotLoader joined one year too early, the first household compared differs on either engine.</remarks>
public class JudgingOnThreeBackEnds
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stored_verdicts_equal_the_columnar_ones_for_every_household_and_village(bool postgres)
    {
        var folder = Directory.CreateTempSubdirectory("tuopin-").FullName;
        var connectionString = postgres ? PostgresCluster.Shared.CreateDatabase() : null;
        var options = new InstallationOptions(folder, connectionString, null, Path.Combine(folder, "keys.json"));
        var installation = Installation.Open(options, create: true, TimeProvider.System, _ => { });
        MakeDemo.Handle(installation, DemoSize.Township, 7, _ => { });
        JudgeArea.Handle(installation, "530326", null, null);

        using var connection = installation.Store.Open();
        var day = installation.WorkDate;
        var county = AreaTree.Load(connection, day).ByCode("530326")!;
        var judging = Judging.Begin(installation, connection, null, county, day, store: true);
        var standards = judging.Standards.Where(s => s.Level.Name is "household" or "village").ToList();
        var rules = standards.SelectMany(s => s.Indicators).SelectMany(i => new[] { i.Met, i.ExemptWhen }).OfType<Expr>();
        var snapshot = SnapshotLoader.Load(
            connection,
            installation.Store.Engine,
            installation.Packs.Dictionary,
            judging.Day,
            judging.Range,
            rules,
            []
        );
        SetTallies(judging, snapshot);

        var compared = 0;
        foreach (var standard in standards)
        {
            var result = snapshot.Judge(standard);
            var stored = judging
                .Query<(long Id, long Met, long Unmet, long Exempt)>(
                    $"SELECT subject_id, met, unmet, exempt FROM verdicts WHERE standard_version_id = {judging.Version(standard.Id).VersionId}"
                )
                .ToDictionary(v => v.Id, v => (v.Met, v.Unmet, v.Exempt));
            stored.Count.ShouldBe(result.Table.Count);
            for (var row = 0; row < result.Table.Count; row++, compared++)
                result.MasksOf(row).ShouldBe(stored[result.Table.Ids[row]], $"{standard.Id} subject {result.Table.Ids[row]}");
        }
        compared.ShouldBeGreaterThan(2 * 2500 + 2 * 389);
    }

    // Village rules read tallies; the columnar side is given the stored ones.
    private static void SetTallies(Judging judging, Snapshot snapshot)
    {
        var villages = snapshot[judging.Installation.Packs.Dictionary["village"]];
        var stored = judging
            .Query<(long Area, string Tally, long? Low, long? High)>("SELECT area_id, tally_id, low, high FROM tallies")
            .ToLookup(t => t.Tally);
        foreach (var tally in stored)
        {
            var byArea = tally.ToDictionary(t => t.Area);
            var (low, high) = (new long[villages.Count], new long[villages.Count]);
            var known = new ulong[(villages.Count + 63) / 64];
            for (var i = 0; i < villages.Count; i++)
            {
                if (byArea.GetValueOrDefault(villages.Ids[i]) is not { Low: { } l, High: { } h })
                    continue;
                (low[i], high[i]) = (l, h);
                known[i >> 6] |= 1UL << i;
            }
            villages.SetTally(tally.Key, known, low, high);
        }
    }
}
