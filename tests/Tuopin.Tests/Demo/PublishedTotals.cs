using Shouldly;
using Tuopin.Demo;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>The county holds the numbers published on 12 June 2020, for this seed and others.</summary>
public class PublishedTotals
{
    private static readonly DemoManifest Manifest = DemoFixture.County.Manifest;

    [Fact]
    public void Registered_exited_and_remaining_are_exact()
    {
        Manifest.Registered.ShouldBe(new DemoCount(90_225, 341_742));
        Manifest.Exited.ShouldBe(new DemoCount(70_319, 272_066));
        Manifest.Remaining.ShouldBe(new DemoCount(19_906, 69_676));
    }

    [Fact]
    public void Unregistered_households_and_movers_are_exact()
    {
        Manifest.Unregistered.Households.ShouldBe(9_000);
        Manifest.Accompanying.ShouldBe(new DemoCount(5_766, 21_441));
        Manifest.Relocated.ShouldBe(new DemoCount(27_293, 105_068));
        Manifest.RelocatedRegistered.ShouldBe(new DemoCount(21_527, 83_627));
    }

    [Fact]
    public void Villages_bases_helpers_and_teams_are_exact()
    {
        Manifest.Villages.ShouldBe(389);
        Manifest.PoorVillages.ShouldBe(355);
        Manifest.DeepVillages.ShouldBe(189);
        Manifest.RuralBase.ShouldBe(908_422);
        Manifest.Helpers.ShouldBe(17_049);
        Manifest.Teams.ShouldBe(355);
        Manifest.TeamMembers.ShouldBe(1_118);
        Manifest.Units.ShouldBe(229);
        DemoFixture.County.Villages.Count(v => v.Poor && v.Area.Community).ShouldBeGreaterThanOrEqualTo(11);
        DemoFixture.County.Villages.Count(v => v.Area.Community).ShouldBe(45);
    }

    [Fact]
    public void No_rural_base_is_below_the_persons_held_there()
    {
        var held = new int[389];
        foreach (var household in DemoFixture.County.Households)
            held[household.Village] += household.Size;
        foreach (var village in DemoFixture.County.Villages)
            held[village.Index].ShouldBeLessThanOrEqualTo(village.RuralBase, village.Area.Name);
    }

    [Fact]
    public void What_remains_at_the_end_of_each_year_reconciles_with_the_movements()
    {
        Manifest.Years.Select(y => y.Year).ShouldBe([2014, 2015, 2016, 2017, 2018, 2019]);
        Manifest.Years[^1].RemainingAtEnd.ShouldBe(19_906);
        Manifest.Years.Sum(y => y.Returned).ShouldBeGreaterThan(5);
        Manifest.Years.ShouldAllBe(y => y.Exited > 0 && y.RemainingAtEnd > 0);
    }

    [Fact]
    public void No_status_or_membership_changes_between_the_end_of_2019_and_the_work_date()
    {
        DemoFixture.County.Population.Households.Count(h => Math.Max(h.ExitYear, h.ReturnedYear) > 2019).ShouldBe(0);
        DemoFixture.County.Population.Persons.Count(p => p.JoinedDay is < 2014_00_00 or >= 2019_12_31 || p.Birth >= 2019_12_31).ShouldBe(0);
        DemoFixture.County.Population.Former.ShouldAllBe(f => f.LeftDay > f.Person.JoinedDay && f.LeftDay < 2019_12_31);
    }

    [Theory]
    [InlineData(2UL)]
    [InlineData(20_200_612UL)]
    public void Another_seed_holds_the_same_totals(ulong seed)
    {
        var other = DemoCounty.Generate(DemoFixture.Source, DemoSize.County, seed).Manifest;
        (other.Registered, other.Exited, other.Remaining, other.Unregistered).ShouldBe(
            (Manifest.Registered, Manifest.Exited, Manifest.Remaining, Manifest.Unregistered)
        );
        (other.Relocated, other.RuralBase, other.PoorVillages, other.DeepVillages, other.Helpers, other.TeamMembers, other.Units).ShouldBe(
            (Manifest.Relocated, 908_422, 355, 189, 17_049, 1_118, 229)
        );
    }
}
