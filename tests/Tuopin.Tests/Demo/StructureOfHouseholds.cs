using Shouldly;
using Tuopin.Demo;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>Rules of the registry that every household and person of the county keeps, so that what the checks find was planted.</summary>
public class StructureOfHouseholds
{
    private const int Day = DemoTotals.WorkDay;
    private static readonly DemoCounty County = DemoFixture.County;

    [Fact]
    public void Every_household_has_one_head_first_and_at_most_one_spouse_of_the_other_sex()
    {
        EveryHousehold((_, m) => m.Length is >= 1 and <= 9 && m[0].Relation == Relation.Head && m.Count(p => p.Relation == Relation.Head) == 1);
        EveryHousehold(
            (_, m) => m.Count(p => p.Relation == Relation.Spouse) <= 1 && m.All(p => p.Relation != Relation.Spouse || p.Male != m[0].Male)
        );
        EveryHousehold((_, m) => m.Count(p => p.Relation == Relation.Father) <= 1 && m.Count(p => p.Relation == Relation.Mother) <= 1);
    }

    [Fact]
    public void Relation_agrees_with_sex() =>
        EveryPerson(p =>
            p.Relation switch
            {
                Relation.Son or Relation.Grandson or Relation.Father => p.Male,
                Relation.Daughter or Relation.DaughterInLaw or Relation.Granddaughter or Relation.Mother => !p.Male,
                _ => true,
            }
        );

    [Fact]
    public void Parents_are_at_least_sixteen_years_older_than_their_children() =>
        EveryHousehold(
            (_, m) =>
                Older(m, [Relation.Head, Relation.Spouse], [Relation.Son, Relation.Daughter])
                && Older(m, [Relation.Father, Relation.Mother], [Relation.Head, Relation.Sibling])
                && Older(m, [Relation.Son, Relation.DaughterInLaw], [Relation.Grandson, Relation.Granddaughter])
                && Older(m, [Relation.Head, Relation.Spouse], [Relation.Grandson, Relation.Granddaughter])
        );

    private static bool Older(DemoPerson[] members, Relation[] parents, Relation[] children)
    {
        foreach (var parent in members)
            if (parents.Contains(parent.Relation))
                foreach (var child in members)
                    if (children.Contains(child.Relation) && child.Birth - parent.Birth < 16_00_00)
                        return false;
        return true;
    }

    [Fact]
    public void Couples_are_of_legal_age() =>
        EveryHousehold(
            (_, m) =>
                m.All(p => p.Relation != Relation.Spouse)
                || m.All(p => p.Relation is not (Relation.Head or Relation.Spouse) || p.AgeOn(Day) >= (p.Male ? 22 : 20))
        );

    [Fact]
    public void School_state_fits_the_age_and_excludes_an_education_level()
    {
        EveryPerson(p => (p.School == School.NotInSchool) == (p.Education != Education.None));
        EveryPerson(p =>
            p.School switch
            {
                School.PreschoolAge or School.Kindergarten => p.AgeOn(Day) <= 6,
                School.Primary => p.AgeOn(Day) is >= 6 and <= 13,
                School.Grade7 or School.Grade8 or School.Grade9 => p.AgeOn(Day) is >= 12 and <= 16,
                School.NotInSchool => p.AgeOn(Day) >= 8,
                >= School.College1 => p.AgeOn(Day) is >= 18 and <= 23,
                _ => p.AgeOn(Day) is >= 15 and <= 19,
            }
        );
    }

    [Fact]
    public void A_child_of_school_age_is_out_of_school_only_where_that_was_planted()
    {
        const Planted Dropout = Planted.DropoutByPoverty | Planted.DropoutOtherwise | Planted.DropoutReasonMissing;
        EveryPerson(p => (p.School == School.NotInSchool && p.AgeOn(Day) is >= 6 and <= 15) == (p.LeavingReason != LeavingReason.None));
        EveryHousehold((h, m) => h.Has(Dropout) == m.Any(p => p.LeavingReason != LeavingReason.None));
    }

    [Fact]
    public void Labour_and_work_fit_age_school_and_health()
    {
        EveryPerson(p => p.Labour == Labour.None || (p.AgeOn(Day) >= 16 && !p.InSchool));
        EveryPerson(p => p.AgeOn(Day) < 60 || p.Labour is Labour.Weak or Labour.None);
        EveryPerson(p => p.AgeOn(Day) is < 16 or >= 60 || p.Health != Health.Healthy || p.InSchool || p.Labour is Labour.Ordinary or Labour.Skilled);
        EveryPerson(p => p.WorkMonths == 0 || (p.Labour is Labour.Ordinary or Labour.Skilled && p.WorkPlace > 0 && p.Phone > 0));
        EveryPerson(p => (p.PublicPost > 0) == (p.PublicPostMonths > 0));
    }

    [Fact]
    public void The_disabled_hold_a_certificate_and_nobody_else()
    {
        EveryPerson(p => ((p.Health & Health.Disabled) != 0) == (p.DisabilityClass is >= 1 and <= 7 && p.DisabilityGrade is >= 1 and <= 4));
        EveryPerson(p => Naming.Document(290_301, p).Length == (p.DisabilityClass > 0 ? 20 : 18));
        EveryPerson(p => p.DisabilityClass == 0 || (p.DisabilityYear > p.Birth / 10000 && p.DisabilityYear <= 2019));
    }

    [Fact]
    public void Registered_households_have_basic_insurance_safe_water_and_rebuilt_houses()
    {
        EveryHousehold((h, _) => !h.Registered || !h.Has(Planted.Water | Planted.DangerousHouse | Planted.BasicInsurance));
        EveryHousehold(
            (h, m) => h.Has(Planted.BasicInsurance) || m.All(p => p.Has(PersonFlags.ResidentMedical) != p.Has(PersonFlags.EmployeeMedical))
        );
        EveryHousehold((h, m) => h.Has(Planted.SeriousIllnessCover) == m.Any(p => !p.Has(PersonFlags.SeriousIllnessInsured)));
    }

    [Fact]
    public void Old_age_insurance_is_missing_only_where_planted()
    {
        const PersonFlags Pension = PersonFlags.ResidentPension | PersonFlags.EmployeePension;
        EveryHousehold((h, m) => h.Has(Planted.OldAgeInsurance) == m.Any(p => p.AgeOn(Day) >= 16 && !p.InSchool && !p.Has(Pension)));
    }

    [Fact]
    public void A_house_is_unsafe_or_unproven_only_where_planted()
    {
        EveryHousehold((h, _) => h.Has(Planted.AppraisalMissing) == (h.Dwelling.Grade == Grade.Missing && h.Dwelling.SafeBy == SafeBy.None));
        EveryHousehold(
            (h, _) =>
                h.Has(Planted.CertificateConflict | Planted.DangerousHouse)
                == (h.Dwelling.Grade is Grade.C or Grade.D && h.Dwelling.SafeBy == SafeBy.None)
        );
        EveryHousehold(
            (h, _) => h.Has(Planted.CertificateConflict) == (h.Dwelling.Grade is Grade.C or Grade.D && h.Dwelling.VillageGrade is Grade.A or Grade.B)
        );
    }

    [Fact]
    public void Every_registered_household_has_a_helper_of_its_village_and_every_helper_a_household()
    {
        var served = new int[County.Population.Helpers.Count];
        foreach (ref readonly var household in County.Households)
            if (household.Registered)
                served[household.Helper]++;
        EveryHousehold((h, _) => h.Registered ? County.Population.Helpers[h.Helper].Village == h.Village : h.Helper == -1);
        served.Min().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public void Incomes_add_up_and_stay_clear_of_the_lines()
    {
        EveryHousehold((h, _) => h.Income2019.Known != h.Has(Planted.IncomeMissing));
        EveryHousehold((h, _) => Positive(h.Income2018) && Positive(h.Income2019));
        EveryHousehold(
            (h, _) =>
                !h.Income2019.Known
                || (h.Has(Planted.Income) ? h.Income2019.Net / h.Size is >= 1_700_00 and <= 3_200_00 : h.Income2019.Net / h.Size > 4_000_00)
        );
    }

    [Fact]
    public void Help_received_is_missing_only_where_planted()
    {
        var helped = new bool[County.Households.Length];
        foreach (var measure in County.Population.Measures)
            helped[measure.Household] |= measure.Kind is not (MeasureKind.Health or MeasureKind.PublicPost or MeasureKind.SocialSecurity);
        Enumerable.Range(0, helped.Length).Count(i => helped[i] == County.Population.Households[i].Has(Planted.NoMeasure)).ShouldBe(0);
    }

    private static bool Positive(in DemoIncome income) =>
        income.Wage >= 0
        && income.Business >= 0
        && income.Expense >= 0
        && income.Dividend >= 0
        && income.OtherProperty >= 0
        && income.Pension >= 0
        && income.Subsistence >= 0
        && income.Destitute >= 0
        && income.Ecology >= 0
        && income.OtherTransfer >= 0;

    // A lambda over all and one assertion: an assertion for each of 375,000 persons takes half a minute.
    private static void EveryPerson(Func<DemoPerson, bool> keeps) =>
        County
            .Population.Persons.Where(p => !keeps(p))
            .Take(3)
            .Select(p => $"{p.Household} {p.Relation} {p.Birth} {p.School} {p.Labour} {p.Health} {p.WorkMonths}")
            .ShouldBeEmpty();

    private static void EveryHousehold(Func<DemoHousehold, DemoPerson[], bool> keeps) =>
        County
            .Population.Households.Where(h => !keeps(h, County.MembersOf(h).ToArray()))
            .Take(3)
            .Select(h => $"{h.Village}/{h.Number} {h.Standing} {h.Planted} {h.Dwelling.Grade} {h.Dwelling.SafeBy} size {h.Size}")
            .ShouldBeEmpty();
}
