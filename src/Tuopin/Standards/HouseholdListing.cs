namespace Tuopin.Standards;

/// <summary>
/// A household as lists show it, in one narrow row on the work date: at its registered village and, where that differs, once more at its living place
/// (<see cref="PlaceCode"/> is not <see cref="AreaCode"/>). Counts of areas take the rows where the two are the same. Kept by <see cref="HouseholdList"/>.
/// </summary>
public class HouseholdListing
{
    public long PlaceCode { get; set; }
    public long HouseholdId { get; set; }

    /// <summary>12-digit code of the registered village.</summary>
    public long AreaCode { get; set; }
    public string? GroupName { get; set; }

    /// <summary>The national number, else the provisional one, else our key.</summary>
    public required string Number { get; set; }
    public string? HeadName { get; set; }

    /// <summary>Number in code list status_kind; null when no episode covers the day.</summary>
    public int? Status { get; set; }
    public int? StatusFrom { get; set; }

    /// <summary>1 when registered as poor on the day (remaining, exited or returned), else 0.</summary>
    public int Registered { get; set; }

    /// <summary>Members and those able to work; null when none, or not all, are known.</summary>
    public int? Members { get; set; }
    public int? Labour { get; set; }

    /// <summary>Number in code list poverty_cause.</summary>
    public int? Cause { get; set; }

    /// <summary>Number in code list household_category.</summary>
    public int? Category { get; set; }

    /// <summary>Net income per head in fen, of the latest year known: computed, else as stated, else that of the year before.</summary>
    public long? IncomePerHead { get; set; }

    /// <summary>The household standard that decides here; null before the first judgement.</summary>
    public long? StandardVersionId { get; set; }

    /// <summary>Bits of its indicators after overrules; no bit lies in two masks, unknown is the rest.</summary>
    public long Met { get; set; }
    public long Unmet { get; set; }
    public long Exempt { get; set; }

    /// <summary>Bits that a person overruled, to met or to unmet.</summary>
    public long Overruled { get; set; }

    /// <summary>Unit and post that help, the longest held pairing first.</summary>
    public long? UnitId { get; set; }
    public long? PostId { get; set; }

    /// <summary>The work date the row is of (yyyyMMdd).</summary>
    public int Day { get; set; }
}
