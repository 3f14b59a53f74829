using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Small worlds from a seed: boundary days, half the facts unknown, households without members, keys held twice.</summary>
public static class RandomWorld
{
    private static readonly long[] Days =
    [
        1938_03_09,
        1950_12_31,
        1960_01_01,
        2000_02_29,
        2002_06_12,
        2004_02_29,
        2004_06_11,
        2004_06_13,
        2014_06_12,
        2019_10_01,
        2020_02_29,
        2020_06_12,
        2020_06_13,
        2021_01_31,
    ];

    private static readonly string[] Texts =
    [
        "",
        "a",
        "A",
        "ab",
        "AB%",
        "a_b",
        "张三",
        "张三丰",
        "\uFF21",
        "\U00020000",
        "z\U00020000",
        "it's",
        "\\",
    ];

    public static World Make(int seed)
    {
        var random = new Random(seed);
        var world = new World();
        var known = random.Next(3, 11);
        for (var c = 0; c < 2; c++)
        {
            var county = world.AddCounty(530_326_000_000 + c * 1_000_000);
            for (var t = 0; t < random.Next(1, 3); t++)
            {
                var township = world.AddTownship(county, county.AreaCode + (t + 1) * 1_000);
                for (var v = 0; v < random.Next(0, 3); v++)
                    AddHouseholds(random, world, world.AddVillage(township, township.AreaCode + 201 + v));
            }
        }
        foreach (var node in world.All.ToArray())
            State(random, node, known);
        return world;
    }

    private static void AddHouseholds(Random random, World world, SubjectNode village)
    {
        for (var h = 0; h < random.Next(0, 4); h++)
        {
            var household = world.AddHousehold(village);
            for (var m = 0; m < random.Next(0, 5); m++)
            {
                var person = world.AddMember(household);
                for (var i = 0; i < random.Next(-2, 3); i++)
                    world.AddMeasure(household, person);
            }
            if (random.Next(3) > 0)
                world.AddDwelling(household);
            for (var i = 0; i < random.Next(-1, 2); i++)
                world.AddMeasure(household);
        }
    }

    private static void State(Random random, SubjectNode node, int known)
    {
        foreach (var fact in node.Type.Facts.Values)
        {
            var yearly = fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear;
            for (var shift = yearly ? -1 : 0; shift <= 0; shift++)
                if (random.Next(11) < known && (fact.Kept != Kept.Link || Linked(node)))
                    node.With(fact, Any(random, fact), shift);
        }
        foreach (var (id, _) in TestWorld.OtherIndicators)
            if (random.Next(3) > 0)
                node.Verdicts[(TestWorld.OtherStandard, id)] = random.Next(2) == 0;
        if (node.Type.Level is not null && random.Next(4) > 0)
        {
            var low = random.Next(6);
            node.Tallies[TestWorld.Remaining.Id] = (low, low + (random.Next(2) == 0 ? 0 : random.Next(4)));
        }
    }

    private static bool Linked(SubjectNode node) => node.Type != TestWorld.Dwelling || node.Related[TestWorld.DwellingHouseholds].Count > 0;

    private static Value Any(Random random, Fact fact)
    {
        var type = fact.Type;
        switch (type.Kind)
        {
            case Kind.Text:
                return Texts[random.Next(Texts.Length)];
            case Kind.Date:
                return Days[random.Next(Days.Length)];
            case Kind.Code:
                return random.Next(1, type.List!.Entries.Length + 1);
            case Kind.Codes:
                return random.Next(0, 1 << type.List!.Entries.Length) << 1;
            case Kind.Bool:
                return random.Next(2);
            default:
                var (low, high) = ((long)type.Min, (long)type.Max);
                return random.Next(4) == 0 ? Math.Clamp(random.Next(-1, 3), low, high) : random.NextInt64(low, Math.Min(high, low + 400) + 1);
        }
    }
}
