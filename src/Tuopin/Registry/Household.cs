namespace Tuopin.Registry;

// These classes hold keys and structure only. Facts are columns that the dictionary adds to the same tables (Platform/Database/FactTables.cs), so that
// a fact is declared once, in packs/dictionary, for import, rules, forms and export alike. Every row names the change that made it.

/// <summary>A rural household, registered as poor or not. Keys: home county (6 digits) x 10^10 + sequence, and they never change.</summary>
public sealed class Household
{
    public long Id { get; set; }

    /// <summary>户编号 of the national system, when it has one.</summary>
    public string? NationalNo { get; set; }

    /// <summary>Our number until the national one arrives.</summary>
    public string? ProvisionalNo { get; set; }

    /// <summary>Registered village (户籍地).</summary>
    public long VillageId { get; set; }

    /// <summary>Natural village or group within the village; it has no national code.</summary>
    public string? GroupName { get; set; }

    /// <summary>The group as an area below the village.</summary>
    public long? GroupId { get; set; }

    /// <summary>12-digit code of the registered village in the tree in force at the work date: "everything under 530326" is a range of it.</summary>
    public long AreaCode { get; set; }

    /// <summary>Living place (居住地), when it differs.</summary>
    public long? LivingVillageId { get; set; }
    public string? HeadName { get; set; }

    /// <summary>The household that took in its members (合户); this one is closed.</summary>
    public long? MergedInto { get; set; }

    /// <summary>The telephone number of the household, encrypted as those of persons are.</summary>
    public byte[]? PhoneCipher { get; set; }
    public long? PhoneIndex { get; set; }

    /// <summary>The account that allowances are paid into.</summary>
    public byte[]? BankCardCipher { get; set; }
    public long? BankCardIndex { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A dated episode of the household's status: remaining, exited, returned, removed, closed; at most one covers a day.</summary>
public sealed class HouseholdStatus
{
    public long Id { get; set; }
    public long HouseholdId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>Facts collected yearly about a household.</summary>
public sealed class HouseholdYear
{
    public long HouseholdId { get; set; }
    public int Year { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A person. Personal numbers are encrypted; what rules need of them is derived when they are written.</summary>
public sealed class Person
{
    public long Id { get; set; }

    /// <summary>人口编号 of the national system.</summary>
    public string? NationalNo { get; set; }
    public string? ProvisionalNo { get; set; }
    public required string Name { get; set; }
    public long AreaCode { get; set; }

    /// <summary>The ID number, encrypted (Platform/Security/PersonalNumbers.cs).</summary>
    public byte[]? IdCipher { get; set; }
    public byte[]? PhoneCipher { get; set; }

    /// <summary>Blind index of the telephone number.</summary>
    public long? PhoneIndex { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A person belongs to a household from a day to a day.</summary>
public sealed class Membership
{
    public long HouseholdId { get; set; }
    public long PersonId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>Facts collected yearly about a person.</summary>
public sealed class PersonYear
{
    public long PersonId { get; set; }
    public int Year { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A house. Its grade belongs to it, not to the household.</summary>
public sealed class Dwelling
{
    public long Id { get; set; }
    public long VillageId { get; set; }
    public long AreaCode { get; set; }
    public string? Number { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A household lives in a dwelling from a day to a day; at most one covers a day.</summary>
public sealed class Residence
{
    public long HouseholdId { get; set; }
    public long DwellingId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>Help received (帮扶措施) by a household or one of its members.</summary>
public sealed class Measure
{
    public long Id { get; set; }
    public long HouseholdId { get; set; }
    public long? PersonId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>Facts of a village, township or county for a year.</summary>
public abstract class AreaYear
{
    public long AreaId { get; set; }
    public int Year { get; set; }
    public long ChangeId { get; set; }
}

public sealed class VillageYear : AreaYear;

public sealed class TownshipYear : AreaYear;

public sealed class CountyYear : AreaYear;
