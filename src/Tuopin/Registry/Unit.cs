namespace Tuopin.Registry;

/// <summary>An organisation: department, enterprise, school, village committee.</summary>
public sealed class Unit
{
    public long Id { get; set; }
    public required string Name { get; set; }

    /// <summary>Key of code list department when the unit is the department of that trade.</summary>
    public string? Department { get; set; }
    public long? AreaId { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A post in a unit and who holds it, from a day to a day.</summary>
public sealed class Post
{
    public long Id { get; set; }
    public long UnitId { get; set; }
    public required string HolderName { get; set; }

    /// <summary>The ID number of the holder, which tells people of one name apart.</summary>
    public byte[]? IdCipher { get; set; }
    public long? IdIndex { get; set; }
    public byte[]? PhoneCipher { get; set; }
    public long? PhoneIndex { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// Unit or post - role - for a household or an area - from, to. Serves pairing (帮扶联系人), village teams, first secretaries and the contracted
/// responsibilities (五包, 挂包, 双组长) alike.
/// </summary>
public sealed class Responsibility
{
    public long Id { get; set; }
    public long? UnitId { get; set; }
    public long? PostId { get; set; }
    public long? HouseholdId { get; set; }
    public long? AreaId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// What one author stated about a fact when authors disagree or a department certified it. The row of the subject holds the statement of the highest
/// rank; the others stay here, and the conflict is work.
/// </summary>
public sealed class Statement
{
    public long Id { get; set; }

    /// <summary>Subject type of the dictionary.</summary>
    public required string Subject { get; set; }
    public long SubjectId { get; set; }
    public required string Fact { get; set; }

    /// <summary>Year of a yearly fact, 0 otherwise.</summary>
    public int Year { get; set; }

    /// <summary>Stored number; null when the author stated "not known".</summary>
    public long? Value { get; set; }

    /// <summary>Key of code list department.</summary>
    public required string StatedBy { get; set; }
    public int StatedDay { get; set; }
    public string? Document { get; set; }
    public long ChangeId { get; set; }
}
