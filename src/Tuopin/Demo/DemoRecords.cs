namespace Tuopin.Demo;

/// <summary>A member. Years and days are those of the registry; names and numbers are made when a file is written.</summary>
public struct DemoPerson
{
    public int Household;
    public int Birth;

    /// <summary>When the membership began; never between the end of 2019 and the day the demo stands at.</summary>
    public int JoinedDay;
    public uint Phone;
    public ushort Surname;
    public char Given1;
    public char Given2;
    public ushort IdSequence;
    public PersonFlags Flags;
    public ushort DisabilityYear;
    public byte WorkPlace;
    public byte Industry;
    public byte Channel;
    public byte WorkMonths;
    public byte PublicPost;
    public byte PublicPostMonths;
    public byte DisabilityClass;
    public byte DisabilityGrade;
    public byte Ethnic;
    public byte Politics;
    public bool Male;
    public Relation Relation;
    public Education Education;
    public School School;
    public Labour Labour;
    public Health Health;
    public LeavingReason LeavingReason;

    public readonly bool Has(PersonFlags flag) => (Flags & flag) != 0;

    public readonly bool InSchool => School > School.Kindergarten;

    /// <summary>Completed years on a day (yyyyMMdd).</summary>
    public readonly int AgeOn(int day) => (day - Birth) / 10000;
}

/// <summary>Someone who was a member until an earlier year: died, married out, moved away.</summary>
public readonly record struct DemoFormerMember(int Household, DemoPerson Person, int LeftDay, byte Reason);

/// <summary>One accounting year of a household, in fen.</summary>
public struct DemoIncome
{
    public long Wage;
    public long Business;
    public long Expense;
    public long Dividend;
    public long OtherProperty;
    public long FamilyPlanning;
    public long Subsistence;
    public long Destitute;
    public long Pension;
    public long Ecology;
    public long OtherTransfer;

    /// <summary>False when the year was never collected.</summary>
    public bool Known;

    public readonly long Property => Dividend + OtherProperty;
    public readonly long Transfer => FamilyPlanning + Subsistence + Destitute + Pension + Ecology + OtherTransfer;
    public readonly long Total => Wage + Business + Property + Transfer;
    public readonly long Net => Total - Expense;
}

/// <summary>The dwelling lived in, with what the housing department and the village say of it.</summary>
public struct DemoDwelling
{
    /// <summary>The housing department's appraisal.</summary>
    public Grade Grade;

    /// <summary>The grade the village entered; differs from <see cref="Grade"/> only where certificates conflict.</summary>
    public Grade VillageGrade;
    public SafeBy SafeBy;
    public int AppraisedDay;
    public int RebuiltDay;
    public int RelocatedDay;
    public byte RebuildKind;
    public byte Structure;
    public ushort BuiltYear;
    public ushort Area;
    public int RebuildGrant;
}

/// <summary>A household with its status, dwelling, conditions and two income years.</summary>
public struct DemoHousehold
{
    public int Village;
    public int LivingVillage;

    /// <summary>Number within the village, from 1.</summary>
    public int Number;
    public int FirstPerson;
    public byte Size;
    public Standing Standing;
    public Move Move;
    public ushort IdentifiedYear;

    /// <summary>Year of the exit that stands; 0 when remaining.</summary>
    public ushort ExitYear;

    /// <summary>An earlier exit that did not last: undone (回退) or followed by a return (返贫) in <see cref="ReturnedYear"/>.</summary>
    public ushort EarlierExitYear;
    public ushort ReturnedYear;
    public bool ExitUndone;
    public bool PolicyEnded;
    public byte Category;
    public byte Cause;
    public byte OtherCause1;
    public byte OtherCause2;
    public byte RoadKind;
    public byte Fuel;
    public byte WaterSupply;
    public ushort RoadMetres;
    public ushort Arable;
    public ushort Forest;
    public ushort ReturnedForest;
    public ushort Orchard;
    public bool Toilet;
    public bool Cooperative;
    public bool LedByCompany;
    public bool LedByEntrepreneur;
    public ushort WaterLitres;
    public byte WaterShortDays;
    public byte FetchMinutes;
    public byte RemainingReason;
    public int Helper;
    public DemoDwelling Dwelling;
    public DemoIncome Income2018;
    public DemoIncome Income2019;
    public Planted Planted;

    public readonly bool Registered => Standing is Standing.Remaining or Standing.Exited;

    public readonly bool Has(Planted planted) => (Planted & planted) != 0;
}

/// <summary>Help received.</summary>
public readonly record struct DemoMeasure(int Household, MeasureKind Kind, ushort Year, int FromDay, long Amount)
{
    public MeasureItem Item { get; init; }
}

/// <summary>An episode of monitoring.</summary>
/// <param name="Kind">As the form writes it.</param>
/// <param name="IncomePerHead">At identification, in fen.</param>
/// <param name="SelfPaid">Compliant self-paid cost at identification, in fen.</param>
/// <param name="EliminatedDay">0 while the risk stands.</param>
/// <param name="Labour">Somebody of the household is able to work.</param>
public readonly record struct DemoWatch(
    int Household,
    string Kind,
    int FromDay,
    Risk Risk,
    long IncomePerHead,
    long SelfPaid,
    int EliminatedDay,
    bool Labour
);

/// <summary>A cadre who answers for some households of one village.</summary>
public readonly record struct DemoHelper(int Village, int Unit, DemoPerson Person, int FromDay, byte Post);

/// <summary>A member of the team that lives in a poor village; the first is its captain and first secretary.</summary>
public readonly record struct DemoTeamMember(int Village, int Team, int Unit, DemoPerson Person, int FromDay, bool Captain);

/// <summary>A unit that helps villages.</summary>
public readonly record struct DemoUnit(string Name, byte Level);
