using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Subjects of <see cref="TestWorld"/> tied to each other in both directions, so that a rule may start from any of them.</summary>
public sealed class World
{
    public static readonly JudgingDay Day = new(new DateOnly(2020, 6, 12));

    private readonly Dictionary<SubjectType, List<SubjectNode>> nodes = TestWorld.Types.ToDictionary(t => t, _ => new List<SubjectNode>());

    public List<SubjectNode> Of(SubjectType type) => nodes[type];

    public IEnumerable<SubjectNode> All => nodes.Values.SelectMany(n => n);

    public SubjectNode Add(SubjectType type, SubjectNode? above = null, long? areaCode = null)
    {
        var node = new SubjectNode(type) { Id = (Array.IndexOf([.. TestWorld.Types], type) + 1) * 1_000L + nodes[type].Count + 1 };
        node.AreaCode = areaCode ?? above?.AreaCode ?? 530_326_000_000;
        foreach (var relation in type.Relations.Values)
            node.Related[relation] = [];
        nodes[type].Add(node);
        return node;
    }

    public SubjectNode AddCounty(long code) => Add(TestWorld.County, null, code);

    public SubjectNode AddTownship(SubjectNode county, long code)
    {
        var township = Add(TestWorld.Township, county, code);
        Tie(county, TestWorld.CountyTownships, township, TestWorld.TownshipCounty);
        return township;
    }

    public SubjectNode AddVillage(SubjectNode township, long code)
    {
        var village = Add(TestWorld.Village, township, code);
        Tie(township, TestWorld.TownshipVillages, village, TestWorld.VillageTownship);
        return village;
    }

    public SubjectNode AddHousehold(SubjectNode village)
    {
        var household = Add(TestWorld.Household, village);
        Tie(village, TestWorld.VillageHouseholds, household, TestWorld.HouseholdVillage);
        return household;
    }

    public SubjectNode AddMember(SubjectNode household)
    {
        var person = Add(TestWorld.Person, household);
        Tie(household, TestWorld.HouseholdMembers, person, TestWorld.PersonHousehold);
        return person;
    }

    public SubjectNode AddDwelling(SubjectNode household)
    {
        var dwelling = Add(TestWorld.Dwelling, household);
        Tie(dwelling, TestWorld.DwellingHouseholds, household, TestWorld.HouseholdDwelling);
        return dwelling;
    }

    public SubjectNode AddMeasure(SubjectNode household, SubjectNode? person = null)
    {
        var measure = Add(TestWorld.Measure, household);
        Tie(household, TestWorld.HouseholdMeasures, measure, TestWorld.MeasureHousehold);
        if (person is not null)
            Tie(person, TestWorld.PersonMeasures, measure, TestWorld.MeasurePerson);
        return measure;
    }

    /// <summary>One county, township and village.</summary>
    public static (World World, SubjectNode Village) WithVillage()
    {
        var world = new World();
        var county = world.AddCounty(530_326_000_000);
        return (world, world.AddVillage(world.AddTownship(county, 530_326_001_000), 530_326_001_201));
    }

    private static void Tie(SubjectNode one, Relation many, SubjectNode item, Relation back)
    {
        one.Related[many].Add(item);
        item.Related[back].Add(one);
    }
}

/// <summary>Short ways to say facts.</summary>
public static class WorldFacts
{
    public static SubjectNode With(this SubjectNode node, Fact fact, Value value, int yearShift = 0)
    {
        node.Facts[(fact, yearShift)] = value;
        return node;
    }
}
