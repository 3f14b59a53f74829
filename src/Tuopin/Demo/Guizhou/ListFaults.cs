using System.Runtime.InteropServices;

namespace Tuopin.Demo.Guizhou;

/// <summary>What must be found because of a list: the check, and the person (an index) or the household of that person it fires on.</summary>
internal sealed record ListFault(string Check, bool OfHousehold, int Person);

/// <summary>
/// Faults 99 to 110 as they come into a registry: a department's list says what the registry does not, or the other way round. Each is put on a household of
/// its own before the lists are written; the check it must be found by is written by hand.
/// </summary>
internal sealed class ListFaults(DemoCounty county, DepartmentLists lists)
{
    private readonly HashSet<int> _used = [.. county.Watched.Select(w => w.Household)];
    private readonly List<(string Kind, ListEntry Row)> _more = [];
    private readonly HashSet<(string Kind, int Person)> _left = [];
    private readonly HashSet<int> _indebted = [.. county.Population.Measures.Where(m => m.Kind == MeasureKind.Finance).Select(m => m.Household)];

    public List<ListFault> Chosen { get; } = [];

    public bool LeftOut(string kind, int person) => _left.Contains((kind, person));

    public bool Uses(in DemoHousehold household) => _used.Contains(county.Population.Persons[household.FirstPerson].Household);

    /// <summary>Numbers of the households that have one.</summary>
    public IEnumerable<string> Households =>
        Chosen.Select(f => Number(county.Population.Persons[f.Person].Household)).Distinct(StringComparer.Ordinal);

    private string Number(int household) =>
        Naming.HouseholdNumber(county.VillageOf(county.Population.Households[household]).Area, county.Population.Households[household]);

    public void AddTo(DepartmentSheet sheet) => sheet.Rows.AddRange(_more.Where(m => m.Kind == sheet.Kind).Select(m => m.Row));

    public void Choose()
    {
        OnLists();
        RecordedOnly();
        RecordsThatAreWrong();
    }

    private delegate bool Fits(in DemoHousehold household, in DemoPerson person);

    private bool Grown(in DemoHousehold household, in DemoPerson person) => person.Birth < 1990_01_01 && household.Registered;

    // Somebody of here stands on a list of what people own, hold or became, or on a roll that the registry does not know of.
    private void OnLists()
    {
        static bool Head(in DemoHousehold household, in DemoPerson person) => household.Registered && person.Relation == Relation.Head;
        On("c099-car-price", "car", Grown, e => e with { Amount = 50_000, From = 2018_03_01, To = 2021_03_01 });
        On("c099-car", "car", Grown, e => e with { Amount = 10_000, From = 2018_03_01 });
        On("c099-large-machine", "large_machine", Grown);
        On("c100-town-housing", "town_housing", Grown);
        On("c100-shop-or-land", "shop", Grown);
        On("c100-shop-or-land", "building_land", Grown);
        On("c101-payroll-member", "payroll", Grown);
        On("c101-village-cadre", "village_cadre", Grown, household: true);
        On("c102-business", "business", Grown, e => e with { Item = "演示百货店", Active = true });
        On("c103-big-grower", "big_grower", Grown);
        On("c103-big-grower", "employer", Grown);
        On("c105-dead", "death", Grown, e => e with { From = 2023_03_01 });
        On("c105-prison-or-missing", "prison", Grown, e => e with { From = 2023_01_10 });
        On("c105-prison-or-missing", "missing", Grown, e => e with { From = 2022_11_05 });
        On("c106-study-or-pension", "study_abroad", Grown);
        On("c106-study-or-pension", "commercial_pension", Grown);
        On(
            "c107-subsistence-on-list-only",
            "subsistence_roll",
            static (in DemoHousehold h, in DemoPerson p) => h.Registered && !p.Has(PersonFlags.Subsistence)
        );
        On(
            "c107-destitute-on-list-only",
            "destitute_roll",
            static (in DemoHousehold h, in DemoPerson p) => h.Registered && !p.Has(PersonFlags.Destitute)
        );
        On("c108-school-on-list-only", "school_roll", (in DemoHousehold h, in DemoPerson p) => Grown(h, p) && p.School == School.NotInSchool);
        On("c108-disability-on-list-only", "disability_roll", (in DemoHousehold h, in DemoPerson p) => Grown(h, p) && p.Health == Health.Healthy);
        On("c108-house-on-list-only", "dilapidated_roll", Head, household: true);
        On(
            "c108-loan-on-list-only",
            "loan_roll",
            (in DemoHousehold h, in DemoPerson p) => Head(h, p) && !_indebted.Contains(p.Household),
            household: true
        );
        On(
            "c108-relocation-on-list-only",
            "relocation_roll",
            (in DemoHousehold h, in DemoPerson p) => Head(h, p) && h.Move == Move.None,
            household: true
        );
        foreach (var kind in new[] { "deposit_change", "land_change", "vehicle_change" })
            On("c110-change-after-exit", kind, Head, e => e with { Amount = 180_000, From = 2022_05_01 }, household: true);
    }

    // The registry says so and the roll does not.
    private void RecordedOnly()
    {
        LeaveOut(
            "c107-subsistence-recorded-only",
            "subsistence_roll",
            static (in DemoHousehold h, in DemoPerson p) => h.Category == 1 && h.Size > 1 && p.Has(PersonFlags.Subsistence)
        );
        // Whoever is destitute lives alone, so nobody of the household is on a roll.
        LeaveOut(
            "c107-destitute-recorded-only",
            "destitute_roll",
            static (in DemoHousehold h, in DemoPerson p) => p.Has(PersonFlags.Destitute),
            "c107-category"
        );
        LeaveOut(
            "c108-school-recorded-only",
            "school_roll",
            (in DemoHousehold h, in DemoPerson p) => p.InSchool && p.AgeOn(county.Set.WorkDay) is >= 16 and <= 18
        );
        var child = LeaveOut(
            "c108-school-age-no-roll",
            "school_roll",
            (in DemoHousehold h, in DemoPerson p) => h.Registered && p.School == School.Primary && p.AgeOn(county.Set.WorkDay) is > 7 and < 12
        );
        Chosen.Add(new("c108-school-recorded-only", false, child));
        LeaveOut("c108-medical-recorded-only", "medical_roll", Grown);
        LeaveOut(
            "c108-disability-recorded-only",
            "disability_roll",
            static (in DemoHousehold h, in DemoPerson p) => (p.Health & Health.Disabled) != 0
        );
        LeaveOut(
            "c108-loan-recorded-only",
            "loan_roll",
            (in DemoHousehold h, in DemoPerson p) => p.Relation == Relation.Head && _indebted.Contains(p.Household),
            household: true
        );
        LeaveOut(
            "c108-relocation-recorded-only",
            "relocation_roll",
            static (in DemoHousehold h, in DemoPerson p) => p.Relation == Relation.Head && h.Move != Move.None,
            household: true
        );
    }

    // The roll is right and the record is not.
    private void RecordsThatAreWrong()
    {
        var persons = CollectionsMarshal.AsSpan(county.Population.Persons);
        var households = CollectionsMarshal.AsSpan(county.Population.Households);
        const PersonFlags Medical = PersonFlags.ResidentMedical | PersonFlags.EmployeeMedical;
        var uninsured = Find(
            (in DemoHousehold h, in DemoPerson p) => Grown(h, p) && p.Has(PersonFlags.ResidentMedical) && !p.Has(PersonFlags.SeriousIllnessAid)
        );
        _more.Add(("medical_roll", lists.Entry(uninsured) with { From = 2023_01_01, Planted = true }));
        persons[uninsured].Flags &= ~Medical;
        foreach (var check in new[] { "c108-medical-on-list-only", "c037-no-medical", "c039-medical-not-assured" })
            Chosen.Add(new(check, false, uninsured));
        // On allowance by category, and neither a member nor a roll says so.
        var category = Find(static (in DemoHousehold h, in DemoPerson p) => h.Registered && h.Category == 1 && p.Relation == Relation.Head);
        foreach (ref var member in persons.Slice(households[persons[category].Household].FirstPerson, households[persons[category].Household].Size))
            member.Flags &= ~PersonFlags.Subsistence;
        Chosen.Add(new("c107-category", true, category));
    }

    private void On(string check, string kind, Fits fits, Func<ListEntry, ListEntry>? with = null, bool household = false)
    {
        var person = Find(fits);
        _more.Add((kind, (with ?? (e => e))(lists.Entry(person) with { From = 2022_01_01 }) with { Planted = true }));
        Chosen.Add(new(check, household, person));
    }

    private int LeaveOut(string check, string kind, Fits fits, string? ofHousehold = null, bool household = false)
    {
        var person = Find(fits);
        _left.Add((kind, person));
        Chosen.Add(new(check, household, person));
        if (ofHousehold is not null)
            Chosen.Add(new(ofHousehold, true, person));
        return person;
    }

    // The first that will do in a household that has no fault and is not monitored.
    private int Find(Fits fits)
    {
        var persons = CollectionsMarshal.AsSpan(county.Population.Persons);
        for (var i = 0; i < persons.Length; i++)
            if (!_used.Contains(persons[i].Household) && fits(county.Population.Households[persons[i].Household], persons[i]))
            {
                _used.Add(persons[i].Household);
                return i;
            }
        throw new InvalidOperationException("the population is too small for the faults of lists");
    }
}
