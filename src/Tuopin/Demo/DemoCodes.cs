namespace Tuopin.Demo;

/// <summary>How much of the county is generated; the smaller ones are cuts of the same county.</summary>
public enum DemoSize : byte
{
    Village,
    Township,
    County,
}

public enum Standing : byte
{
    Remaining,
    Exited,

    /// <summary>Not registered, moved together with registered neighbours (同步搬迁).</summary>
    AccompanyingMover,

    /// <summary>Not registered, held because a department or the village reported it.</summary>
    OtherUnregistered,
}

public enum Move : byte
{
    None,
    CountySeat,
    Elsewhere,
}

public enum Relation : byte
{
    Head,
    Spouse,
    Son,
    Daughter,
    DaughterInLaw,
    Grandson,
    Granddaughter,
    Father,
    Mother,
    Sibling,
}

public enum Education : byte
{
    /// <summary>Blank: in school, where the school state says it.</summary>
    None,
    Illiterate,
    Primary,
    Junior,
    Senior,
    College,
    University,
}

public enum School : byte
{
    NotInSchool,
    PreschoolAge,
    Kindergarten,
    Primary,
    Grade7,
    Grade8,
    Grade9,
    Senior1,
    Senior2,
    Senior3,
    Vocational1,
    Vocational2,
    Vocational3,
    College1,
    College2,
    College3,
    University1,
    University2,
    University3,
    University4,
}

public enum Labour : byte
{
    Ordinary,
    Skilled,
    Weak,
    Lost,
    None,
}

[Flags]
public enum Health : byte
{
    Healthy = 1,
    Chronic = 2,
    Serious = 4,
    Disabled = 8,
}

/// <summary>Why a child of school age is not in school; poverty is the one the national standard counts.</summary>
public enum LeavingReason : byte
{
    None,
    Poverty,
    Unwilling,
    Illness,
    Disability,

    /// <summary>Out of school and no reason recorded.</summary>
    Missing,
}

[Flags]
public enum PersonFlags : ushort
{
    None = 0,
    Subsistence = 1,
    EmployeePension = 2,
    ResidentPension = 4,
    EmployeeMedical = 8,
    ResidentMedical = 16,
    SeriousIllnessInsured = 32,
    CommercialMedical = 64,
    Mandarin = 128,
    SeriousIllnessAid = 256,
    OtherHealthHelp = 512,
    Destitute = 1024,
    SchoolExempt = 2048,
    TaughtAtHome = 4096,
}

/// <summary>What was planted on a household on purpose; the manifest counts them and a test compares them with the verdicts.</summary>
[Flags]
public enum Planted : uint
{
    None = 0,
    Income = 1,
    IncomeMissing = 2,
    Food = 4,
    Clothing = 8,
    DropoutByPoverty = 16,
    DropoutOtherwise = 32,
    DropoutReasonMissing = 64,
    SeriousIllnessCover = 128,
    BasicInsurance = 256,
    AppraisalMissing = 512,
    CertificateConflict = 1024,
    DangerousHouse = 2048,
    Water = 4096,
    OldAgeInsurance = 8192,
    NoMeasure = 16384,
}

public enum Grade : byte
{
    Missing,
    A,
    B,
    C,
    D,
}

public enum SafeBy : byte
{
    None,
    Appraisal,
    Rebuilding,
    Relocation,
    OtherHousing,
}

public enum MeasureKind : byte
{
    Industry,
    Employment,
    Relocation,
    Housing,
    Education,
    Health,
    Finance,
    PublicPost,
    Ecology,
    SocialSecurity,
    AssetIncome,
    Training,
    Social,
}

public enum MeasureItem : byte
{
    None,
    Yulu,
    Subsistence,
    Destitute,
    DisabilitySubsidy,
    LabourExport,
    Planting,
}

/// <summary>Risks of returning to poverty that the demo gives.</summary>
public enum Risk : byte
{
    Illness,
    Disability,
    Schooling,
    Labour,
    Job,
    Accident,
}
