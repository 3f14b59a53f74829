using Shouldly;
using Tuopin.Demo;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>Rules of the registry that every household and person of the county keeps, so that what the checks find was planted.</summary>
public class HouseholdStructure
{
    private static readonly DemoCounty County = DemoFixture.County;

    [Fact]
    public void Every_household_has_one_head_first_and_at_most_one_spouse_of_the_other_sex()
    {
        foreach (ref readonly var household in County.Households)
        {
            var members = County.MembersOf(household).ToArray();
            members.Count(m => m.Relation == Relation.Head).ShouldBe(1);
            members[0].Relation.ShouldBe(Relation.Head);
            members.Length.ShouldBeInRange(1, 9);
            var spouses = members.Where(m => m.Relation == Relation.Spouse).ToArray();
            spouses.Length.ShouldBeLessThanOrEqualTo(1);
            spouses.ShouldAllBe(s => s.Male != members[0].Male);
        }
    }

    [Fact]
    public void Relation_agrees_with_sex()
    {
        foreach (ref readonly var person in County.Persons)
            if (person.Relation is Relation.Son or Relation.Grandson or Relation.Father)
                person.Male.ShouldBeTrue();
            else if (person.Relation is Relation.Daughter or Relation.DaughterInLaw or Relation.Granddaughter or Relation.Mother)
                person.Male.ShouldBeFalse();
    }

    [Fact]
    public void Parents_are_at_least_sixteen_years_older_than_their_children()
    {
        foreach (ref readonly var household in County.Households)
        {
            var members = County.MembersOf(household).ToArray();
            Older(members, [Relation.Head, Relation.Spouse], [Relation.Son, Relation.Daughter]);
            Older(members, [Relation.Father, Relation.Mother], [Relation.Head, Relation.Sibling]);
            Older(members, [Relation.Son, Relation.DaughterInLaw], [Relation.Grandson, Relation.Granddaughter]);
        }
    }

    private static void Older(DemoPerson[] members, Relation[] parents, Relation[] children)
    {
        foreach (var parent in members.Where(m => parents.Contains(m.Relation)))
        foreach (var child in members.Where(m => children.Contains(m.Relation)))
            (child.Birth - parent.Birth).ShouldBeGreaterThanOrEqualTo(16_00_00, $"{parent.Relation} {parent.Birth}, {child.Relation} {child.Birth}");
    }

    [Fact]
    public void Couples_are_of_legal_age()
    {
        foreach (ref readonly var household in County.Households)
        {
            var members = County.MembersOf(household).ToArray();
            if (members.FirstOrDefault(m => m.Relation == Relation.Spouse) is { Birth: > 0 } spouse)
                foreach (var one in new[] { members[0], spouse })
                    one.AgeOn(20_200_612).ShouldBeGreaterThanOrEqualTo(one.Male ? 22 : 20);
        }
    }

    [Fact]
    public void School_state_fits_the_age_and_excludes_an_education_level()
    {
        foreach (ref readonly var person in County.Persons)
        {
            var age = person.AgeOn(20_200_612);
            (person.School == School.NotInSchool).ShouldBe(person.Education != Education.None);
            var (low, high) = person.School switch
            {
                School.PreschoolAge or School.Kindergarten => (0, 6),
                School.Primary => (6, 13),
                School.Grade7 or School.Grade8 or School.Grade9 => (12, 16),
                School.NotInSchool => (8, 120),
                >= School.College1 => (18, 23),
                _ => (15, 20),
            };
            age.ShouldBeInRange(low, high, $"{person.School} {person.Birth}");
            if (person.School == School.NotInSchool && age is >= 6 and <= 15)
                person.LeavingReason.ShouldNotBe(LeavingReason.None);
            else
                person.LeavingReason.ShouldBe(LeavingReason.None);
        }
    }

    [Fact]
    public void Labour_and_work_fit_age_school_and_health()
    {
        foreach (ref readonly var person in County.Persons)
        {
            var age = person.AgeOn(20_200_612);
            if (age < 16 || person.InSchool)
                person.Labour.ShouldBe(Labour.None);
            if (age >= 60)
                person.Labour.ShouldBeOneOf(Labour.Weak, Labour.None);
            if (age is >= 16 and < 60 && person.Health == Health.Healthy && !person.InSchool)
                person.Labour.ShouldBeOneOf(Labour.Ordinary, Labour.Skilled);
            if (person.WorkMonths > 0)
                (person.Labour is Labour.Ordinary or Labour.Skilled && person.WorkPlace > 0 && person.Phone > 0).ShouldBeTrue();
            (person.PublicPost > 0).ShouldBe(person.PublicPostMonths > 0);
        }
    }

    [Fact]
    public void The_disabled_hold_a_certificate_and_nobody_else()
    {
        foreach (ref readonly var person in County.Persons)
        {
            var disabled = (person.Health & Health.Disabled) != 0;
            disabled.ShouldBe(person.DisabilityClass is >= 1 and <= 7 && person.DisabilityGrade is >= 1 and <= 4);
            Naming.Document(290_301, person).Length.ShouldBe(disabled ? 20 : 18);
            if (disabled)
                ((int)person.DisabilityYear).ShouldBeInRange(person.Birth / 10000 + 1, 2019);
        }
    }

    [Fact]
    public void Registered_persons_have_basic_insurance_of_one_kind_and_safe_water()
    {
        foreach (ref readonly var household in County.Households)
        {
            if (!household.Registered)
                continue;
            household.Has(Planted.Water | Planted.DangerousHouse | Planted.BasicInsurance).ShouldBeFalse();
            foreach (ref readonly var member in County.MembersOf(household))
                member.Has(PersonFlags.ResidentMedical).ShouldNotBe(member.Has(PersonFlags.EmployeeMedical));
        }
    }

    [Fact]
    public void Every_registered_household_has_a_helper_of_its_village_and_every_helper_a_household()
    {
        var served = new int[County.Population.Helpers.Count];
        foreach (ref readonly var household in County.Households)
            if (household.Registered)
            {
                served[household.Helper]++;
                County.Population.Helpers[household.Helper].Village.ShouldBe(household.Village);
            }
            else
                household.Helper.ShouldBe(-1);
        served.Min().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public void Incomes_add_up_and_stay_clear_of_the_lines()
    {
        foreach (ref readonly var household in County.Households)
        {
            var income = household.Income2019;
            income.Known.ShouldBe(!household.Has(Planted.IncomeMissing));
            if (!income.Known)
                continue;
            long[] leaves = [income.Wage, income.Business, income.Expense, income.Property, income.Transfer, income.Pension, income.Dividend];
            leaves.Min().ShouldBeGreaterThanOrEqualTo(0);
            var perHead = income.Net / household.Size;
            if (household.Has(Planted.Income))
                perHead.ShouldBeInRange(1_700_00, 3_200_00);
            else
                perHead.ShouldBeGreaterThan(4_000_00);
        }
    }
}
