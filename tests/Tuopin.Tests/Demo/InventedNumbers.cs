using Shouldly;
using Tuopin.Demo;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>Nobody can be found by a number of the demo: prefixes were never issued, and each number is used once.</summary>
public class InventedNumbers
{
    private static readonly DemoCounty County = DemoFixture.County;

    [Fact]
    public void No_area_ever_had_the_prefix()
    {
        var prefix = (Naming.Prefix(0) / 10_000).ToString();
        prefix.ShouldBe("29");
        foreach (var file in Directory.GetFiles(Path.Combine(DemoFixture.Packs, "areas"), "*.csv"))
            File.ReadLines(file).ShouldNotContain(line => line.TrimStart('\uFEFF').StartsWith(prefix, StringComparison.Ordinal), file);
    }

    [Fact]
    public void Id_numbers_are_unique_and_pass_the_check_with_birth_and_sex()
    {
        var seen = new HashSet<string>(County.Persons.Length);
        var wrong = new List<string>();
        foreach (ref readonly var person in County.Persons)
        {
            var id = Naming.Id(Naming.Prefix(County.VillageOf(County.Households[person.Household]).Area.TownshipOrdinal), person);
            var fits = id.AsSpan(6, 8).SequenceEqual($"{person.Birth}") && ((id[16] - '0') % 2 == 1) == person.Male && CheckSum(id) == 1;
            if (!seen.Add(id) || !fits)
                wrong.Add(id);
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void The_check_character_is_that_of_the_worked_example_of_the_standard() =>
        // 11010519491231002X is the example printed in GB 11643
        Naming.Id(110_105, new DemoPerson { Birth = 1949_12_31, IdSequence = 2 }).ShouldBe("11010519491231002X");

    [Fact]
    public void Phones_start_with_an_unassigned_prefix_and_are_unique()
    {
        var seen = new HashSet<uint>();
        foreach (ref readonly var person in County.Persons)
            if (person.Phone > 0 && !(seen.Add(person.Phone) && Naming.Phone(person.Phone) is ['1', '2', '0', ..] and { Length: 11 }))
                Assert.Fail($"{person.Phone} is used twice or is no demo phone");
        seen.Count.ShouldBeGreaterThan(99_225);
    }

    [Fact]
    public void Household_numbers_carry_the_demo_mark_and_are_unique()
    {
        var seen = new HashSet<string>();
        foreach (ref readonly var household in County.Households)
        {
            var number = Naming.HouseholdNumber(County.VillageOf(household).Area, household);
            if (!number.StartsWith(household.Registered ? "DEMO5" : "DEMOX5", StringComparison.Ordinal) || !seen.Add(number))
                Assert.Fail(number);
        }
    }

    /// <summary>ISO 7064 MOD 11-2: the weighted sum of all 18 characters is 1 modulo 11.</summary>
    private static int CheckSum(string id)
    {
        var sum = 0;
        foreach (var c in id)
            sum = (sum * 2 + (c == 'X' ? 10 : c - '0')) % 11;
        return sum;
    }
}
