using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>
/// What was planted is what is found: the files of a township, read by the importer's reader and judged by the columnar evaluator, show for every
/// indicator the households the manifest names, and no others. Written from the law's text on one side and from the packs on the other.
/// </summary>
public sealed class JudgingTheFiles : IDisposable
{
    private static readonly JudgingDay Day = new(new DateOnly(2020, 6, 12));
    private static readonly PackSet Packs = PackLoader.Load(DemoFixture.Packs).OrThrow();
    private readonly string _folder = Directory.CreateTempSubdirectory("tuopin-demo-").FullName;
    private readonly Dictionary<string, SubjectNode> _households = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_indicator_finds_the_planted_households_and_no_others()
    {
        var county = DemoFixture.Township;
        var mappings = MappingSet.Load(Packs, DemoFixture.Packs);
        foreach (var path in DemoFiles.Write(county, _folder, only: name => !name.StartsWith("village", StringComparison.Ordinal)))
            Read(mappings, path);
        var roots = _households.Values.ToArray();
        roots.Length.ShouldBe(county.Households.Length);
        var snapshot = NodeSnapshot.Of(Day, roots);
        var results = Packs
            .Standards.Where(s => s.Level.Name == "household")
            .GroupBy(s => s.Id)
            .ToDictionary(g => g.Key, g => snapshot.Judge(g.First()));
        var standing = Standings(county);
        var found = new List<string>();
        var expected = new List<string>();
        foreach (var gap in county.Manifest.Expected)
        {
            var plane = results[gap.Standard][gap.Indicator];
            var counts = new int[3];
            for (var i = 0; i < roots.Length; i++)
                if (gap.Unknown ? !Has(plane.Met, i) && !Has(plane.Unmet, i) && !(plane.Exempt is { } e && Has(e, i)) : Has(plane.Unmet, i))
                    counts[standing[i]]++;
            var name = $"{gap.Standard} {gap.Indicator} {(gap.Unknown ? "unknown" : "unmet")}";
            found.Add($"{name}: {counts[0]} {counts[1]} {counts[2]}");
            expected.Add($"{name}: {gap.Remaining.Households} {gap.Exited.Households} {gap.Unregistered.Households}");
        }
        found.ShouldBe(expected);
        expected.Count(e => !e.EndsWith(": 0 0 0", StringComparison.Ordinal)).ShouldBeGreaterThan(12);
    }

    [Fact]
    public void Every_village_indicator_finds_the_planted_villages_and_no_others()
    {
        var county = DemoFixture.County;
        var mappings = MappingSet.Load(Packs, DemoFixture.Packs);
        foreach (var path in DemoFiles.Write(county, _folder, only: name => name.StartsWith("village", StringComparison.Ordinal)))
            ReadVillages(mappings, path);
        for (var i = 0; i < county.Villages.Count; i++)
            _villages[i].Tallies["remaining_persons"] = (county.Villages[i].RemainingPersons, county.Villages[i].RemainingPersons);
        var standard = Packs.Standards.First(s => s.Id == "yunnan.village-exit");
        var result = NodeSnapshot.Of(Day, _villages.ToArray()).Judge(standard);
        county
            .Manifest.ExpectedVillages.Select(g => $"{g.Indicator} {CountUnmet(result[g.Indicator])}")
            .ShouldBe(county.Manifest.ExpectedVillages.Select(g => $"{g.Indicator} {g.Villages}"));
        county.Manifest.ExpectedVillages.ShouldAllBe(g => g.Villages > 0 && g.Villages < 389);
    }

    private readonly List<SubjectNode> _villages = [];

    private int CountUnmet(IndicatorPlanes plane) => Enumerable.Range(0, _villages.Count).Count(i => Has(plane.Unmet, i));

    /// <summary>Both village sheets list the villages in the same order.</summary>
    private void ReadVillages(MappingSet mappings, string path)
    {
        using var sheet = SheetReader.Open(path);
        var plan = mappings.Recognise(sheet);
        var at = 0;
        foreach (var row in new RowReader(plan, null, new ReadOptions { DataDay = Day.Date }).Read(sheet))
        {
            if (at == _villages.Count)
                _villages.Add(new SubjectNode(Packs.Dictionary["village"]) { AreaCode = 530326 * 1_000_000L });
            for (var i = 0; i < plan.Columns.Length; i++)
                if (plan.Columns[i].Target.Fact is { } fact && row.Values[i] is { } value)
                    _villages[at].Facts[(fact, 0)] = value;
            at++;
        }
    }

    private static bool Has(ulong[] bits, int row) => (bits[row >> 6] >> (row & 63) & 1) == 1;

    /// <summary>By row: 0 remaining, 1 exited, 2 unregistered.</summary>
    private int[] Standings(DemoCounty county)
    {
        var byNumber = new Dictionary<string, int>();
        foreach (ref readonly var household in county.Households)
            byNumber[Naming.HouseholdNumber(county.VillageOf(household).Area, household)] = Math.Min((int)household.Standing, 2);
        return [.. _households.Keys.Select(number => byNumber[number])];
    }

    private void Read(MappingSet mappings, string path)
    {
        using var sheet = SheetReader.Open(path);
        var plan = mappings.Recognise(sheet);
        var number = Math.Max(plan.IndexOf(Targets.HouseholdNo), plan.IndexOf(Targets.HouseholdProvisionalNo));
        if (number < 0)
            return;
        foreach (var row in new RowReader(plan, null, new ReadOptions { DataDay = Day.Date }).Read(sheet))
            Place(plan, row, Household(row[number]!.Value.Text!));
    }

    private void Place(ColumnPlan plan, ReadRow row, SubjectNode household)
    {
        var nodes = new Dictionary<string, SubjectNode> { ["household"] = household };
        var year = (int?)row[plan.IndexOf(Targets.Year)]?.Number;
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            if (plan.Columns[i].Target.Fact is not { } fact || row.Values[i] is not { } value)
                continue;
            if (!nodes.TryGetValue(fact.Subject.Name, out var node))
                nodes.Add(fact.Subject.Name, node = Related(household, fact.Subject));
            node.Facts[(fact, Shift(fact, year))] = value;
        }
    }

    /// <summary>The one dwelling of the household, or another member, measure or status.</summary>
    private static SubjectNode Related(SubjectNode household, SubjectType type)
    {
        var relation = household.Type.Relations.Values.FirstOrDefault(r => r.Target == type && (r.Many || type.Name == "dwelling"));
        var node = new SubjectNode(type) { AreaCode = household.AreaCode };
        if (relation is null)
            return node;
        if (!household.Related.TryGetValue(relation, out var list))
            household.Related.Add(relation, list = []);
        if (!relation.Many && list.Count > 0)
            return list[0];
        list.Add(node);
        return node;
    }

    private static int Shift(Fact fact, int? year) =>
        fact.Kept switch
        {
            Kept.RegistryYear => year!.Value - Day.RegistryYear,
            Kept.IncomeYear => year!.Value - Day.IncomeYear,
            Kept.PolicyYear => year!.Value - Day.PolicyYear,
            _ => 0,
        };

    private SubjectNode Household(string number)
    {
        if (!_households.TryGetValue(number, out var node))
            _households.Add(number, node = new SubjectNode(Packs.Dictionary["household"]) { AreaCode = 530326 * 1_000_000L });
        return node;
    }
}
