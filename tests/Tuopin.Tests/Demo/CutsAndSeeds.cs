using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Shouldly;
using Tuopin.Demo;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>The same seed makes the same population everywhere, and the smaller sizes are parts of the county.</summary>
public class CutsAndSeeds
{
    [Fact]
    public void The_same_seed_makes_the_same_population() =>
        Hash(DemoFixture.Township).ShouldBe(Hash(DemoCounty.Generate(DemoFixture.Source, DemoSize.Township, 1)));

    [Fact]
    public void Another_seed_makes_another_population() =>
        Hash(DemoFixture.Township).ShouldNotBe(Hash(DemoCounty.Generate(DemoFixture.Source, DemoSize.Township, 2)));

    [Fact]
    public void The_village_lies_in_the_township_and_the_township_in_the_county()
    {
        var village = DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 1);
        village.Villages.Count.ShouldBe(1);
        IsPart(village, DemoFixture.Township);
        IsPart(DemoFixture.Township, DemoFixture.County);
    }

    private static void IsPart(DemoCounty part, DemoCounty whole)
    {
        var known = new Dictionary<string, string>();
        foreach (ref readonly var household in whole.Households)
            known[Naming.HouseholdNumber(whole.VillageOf(household).Area, household)] = Print(whole, household);
        part.Households.Length.ShouldBeGreaterThan(100);
        foreach (ref readonly var household in part.Households)
            known[Naming.HouseholdNumber(part.VillageOf(household).Area, household)].ShouldBe(Print(part, household));
    }

    private static string Print(DemoCounty county, in DemoHousehold household)
    {
        var lines = new List<string> { $"{household.Standing} {household.Planted} {household.Dwelling.Grade} {household.Income2019.Net}" };
        foreach (ref readonly var member in county.MembersOf(household))
            lines.Add($"{county.Naming.Name(member)} {Naming.Id(290_301, member)} {member.School} {member.Labour} {member.Flags} {member.Phone}");
        return string.Join('\n', lines);
    }

    private static string Hash(DemoCounty county)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(county.Households));
        foreach (ref readonly var person in county.Persons)
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{county.Naming.Name(person)}{person.Birth}{person.IdSequence}{person.Flags}"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
