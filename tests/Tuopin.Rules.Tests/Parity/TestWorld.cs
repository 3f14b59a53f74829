using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>
/// A small dictionary in code, with every kind of value, every place a fact can be kept, every shape of relation: what the back ends are compared on.
/// </summary>
public static class TestWorld
{
    public static readonly CodeList Sex = Codes("sex", "male", "female");
    public static readonly CodeList Relations = Codes("relation_to_head", "head", "spouse", "child", "parent");
    public static readonly CodeList School = Codes("school_state", "preschool", "primary", "junior", "dropped_out");
    public static readonly CodeList Health = Codes("health_state", "healthy", "chronic", "severe", "disabled");
    public static readonly CodeList Grade = Codes("house_grade", "A", "B", "C", "D");
    public static readonly CodeList Water = Codes("water_kind", "tap", "well", "carried");
    public static readonly CodeList MeasureKind = Codes("measure_kind", "loan", "job", "training");
    public static readonly CodeList Tenure = Codes("tenure", "own", "rented");

    public static readonly SubjectType County = Area("county", AreaLevel.County);
    public static readonly SubjectType Township = Area("township", AreaLevel.Township);
    public static readonly SubjectType Village = Area("village", AreaLevel.Village);
    public static readonly SubjectType Household = Subject("household", "households", "household_years");
    public static readonly SubjectType Person = Subject("person", "persons", "person_years");
    public static readonly SubjectType Dwelling = Subject("dwelling", "dwellings", null);
    public static readonly SubjectType Measure = new("measure", Label("measure"), "measures") { AreaThrough = "household" };

    public static readonly Relation HouseholdMembers = Link(
        Household,
        "members",
        Person,
        true,
        "memberships",
        "household_id",
        "person_id",
        required: true
    );
    public static readonly Relation PersonHousehold = Link(Person, "household", Household, false, "memberships", "person_id", "household_id");
    public static readonly Relation HouseholdDwelling = Link(Household, "dwelling", Dwelling, false, "residences", "household_id", "dwelling_id");
    public static readonly Relation DwellingHouseholds = Link(Dwelling, "households", Household, true, "residences", "dwelling_id", "household_id");
    public static readonly Relation HouseholdMeasures = Many(Household, "measures", Measure, "household_id", dated: true);
    public static readonly Relation PersonMeasures = Many(Person, "measures", Measure, "person_id", dated: true);
    public static readonly Relation MeasureHousehold = One(Measure, "household", Household, "household_id");
    public static readonly Relation MeasurePerson = One(Measure, "person", Person, "person_id");
    public static readonly Relation HouseholdVillage = One(Household, "village", Village, "village_id");
    public static readonly Relation VillageHouseholds = Many(Village, "households", Household, "village_id");
    public static readonly Relation VillageTownship = One(Village, "township", Township, "parent_id");
    public static readonly Relation TownshipVillages = Many(Township, "villages", Village, "parent_id");
    public static readonly Relation TownshipCounty = One(Township, "county", County, "parent_id");
    public static readonly Relation CountyTownships = Many(County, "townships", Township, "parent_id");

    public static readonly Fact HouseArea = Fact(Household, "house_area", ValueType.Decimal(2, 0, 100_000), Kept.Row);
    public static readonly Fact Stated = Fact(Household, "members_stated", ValueType.Int(0, 20), Kept.Row);
    public static readonly Fact Note = Fact(Household, "note", ValueType.Text, Kept.Row);
    public static readonly Fact MovedOn = Fact(Household, "moved_on", ValueType.Date, Kept.Row);
    public static readonly Fact Wage = Fact(Household, "income_wage", ValueType.Fen(0, 10_000_000), Kept.IncomeYear);
    public static readonly Fact Business = Fact(Household, "income_business", ValueType.Fen(-5_000_000, 10_000_000), Kept.IncomeYear);
    public static readonly Fact HasTap = Fact(Household, "has_tap", ValueType.Bool, Kept.RegistryYear);
    public static readonly Fact WaterKind = Fact(Household, "water_kind", ValueType.Code(Water), Kept.RegistryYear);
    public static readonly Fact Paid = Fact(Household, "paid", ValueType.Bool, Kept.PolicyYear);

    public static readonly Fact Birth = Fact(Person, "birth", ValueType.Date, Kept.Row);
    public static readonly Fact SexOf = Fact(Person, "sex", ValueType.Code(Sex), Kept.Row);
    public static readonly Fact Name = Fact(Person, "name", ValueType.Text, Kept.Row);
    public static readonly Fact IdIndex = Fact(Person, "id_index", ValueType.Int(0, 1_000_000_000), Kept.Row);
    public static readonly Fact HealthOf = Fact(Person, "health", ValueType.Codes(Health), Kept.RegistryYear);
    public static readonly Fact SchoolOf = Fact(Person, "school", ValueType.Code(School), Kept.RegistryYear);
    public static readonly Fact Away = Fact(Person, "months_away", ValueType.Int(0, 12), Kept.RegistryYear);
    public static readonly Fact Insured = Fact(Person, "insured", ValueType.Bool, Kept.PolicyYear);
    public static readonly Fact Pay = Fact(Person, "pay", ValueType.Fen(0, 10_000_000), Kept.IncomeYear);
    public static readonly Fact RelationToHead = Fact(Person, "relation", ValueType.Code(Relations), Kept.Link);

    public static readonly Fact GradeOf = Fact(Dwelling, "grade", ValueType.Code(Grade), Kept.Row);
    public static readonly Fact Rooms = Fact(Dwelling, "rooms", ValueType.Int(0, 50), Kept.Row);
    public static readonly Fact TenureOf = Fact(Dwelling, "tenure", ValueType.Code(Tenure), Kept.Link);

    public static readonly Fact MeasureKindOf = Fact(Measure, "kind", ValueType.Code(MeasureKind), Kept.Row);
    public static readonly Fact Amount = Fact(Measure, "amount", ValueType.Fen(0, 10_000_000), Kept.Row);

    public static readonly Fact Road = Fact(Village, "road_hardened", ValueType.Bool, Kept.RegistryYear);
    public static readonly Fact PoorRate = Fact(Village, "poor_rate", ValueType.Decimal(4, 0, 10_000), Kept.RegistryYear);
    public static readonly Fact Clinics = Fact(Village, "clinics", ValueType.Int(0, 9), Kept.RegistryYear);
    public static readonly Fact TownshipSchools = Fact(Township, "schools", ValueType.Int(0, 30), Kept.RegistryYear);
    public static readonly Fact CountyBudget = Fact(County, "budget", ValueType.Fen(0, 1_000_000_000), Kept.IncomeYear);

    public static readonly ImmutableArray<SubjectType> Types = [County, Township, Village, Household, Person, Dwelling, Measure];

    public static readonly FactDictionary Dictionary = Collect();

    public static readonly Source Source = new("made for a test", null, "recall");

    /// <summary>A number of persons counted by village; its bounds are written by the test.</summary>
    public static readonly Tally Remaining = new("remaining", Label("remaining"), Household, new Variable("household", Household), null, null)
    {
        Source = Source,
        Type = ValueType.Int(0, 100_000),
    };

    /// <summary>The standard whose verdicts rules may read: indicators housing (bit 0) and water (bit 3), version 7.</summary>
    public const string OtherStandard = "test.other";
    public const long OtherVersion = 7;
    public static readonly ImmutableArray<(string Id, int Bit)> OtherIndicators = [("housing", 0), ("water", 3)];

    public static Label Label(string name) => new(name, name);

    private static CodeList Codes(string name, params string[] keys) =>
        new(name, Label(name), [.. keys.Select((k, i) => new CodeEntry(i + 1, k, Label(k), null, []))]);

    private static SubjectType Area(string name, AreaLevel level) =>
        new(name, Label(name), "areas")
        {
            Level = level,
            YearTable = $"{name}_years",
            YearKey = "area_id",
        };

    private static SubjectType Subject(string name, string table, string? years) =>
        new(name, Label(name), table) { YearTable = years, YearKey = years is null ? null : $"{name}_id" };

    private static Fact Fact(SubjectType subject, string name, ValueType type, Kept kept)
    {
        var fact = new Fact(subject, name, Label(name), type, kept);
        subject.Facts.Add(name, fact);
        return fact;
    }

    private static Relation Add(Relation relation)
    {
        relation.Source.Relations.Add(relation.Name, relation);
        return relation;
    }

    private static Relation Link(
        SubjectType source,
        string name,
        SubjectType target,
        bool many,
        string link,
        string from,
        string to,
        bool required = false
    ) =>
        Add(
            new Relation(name, source, target, many)
            {
                LinkTable = link,
                SourceColumn = from,
                TargetColumn = to,
                Dated = true,
                Required = required,
            }
        );

    private static Relation Many(SubjectType source, string name, SubjectType target, string column, bool dated = false) =>
        Add(new Relation(name, source, target, true) { TargetColumn = column, Dated = dated });

    private static Relation One(SubjectType source, string name, SubjectType target, string column) =>
        Add(new Relation(name, source, target, false) { SourceColumn = column });

    private static FactDictionary Collect()
    {
        var dictionary = new FactDictionary();
        foreach (var type in Types)
            dictionary.Subjects.Add(type.Name, type);
        foreach (var list in new[] { Sex, Relations, School, Health, Grade, Water, MeasureKind, Tenure })
            dictionary.CodeLists.Add(list.Name, list);
        return dictionary;
    }
}
