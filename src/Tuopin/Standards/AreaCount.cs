namespace Tuopin.Standards;

/// <summary>
/// How the households registered in an area stand under one indicator of the standard that decides for them; kept for every area from the village up, so
/// that a page about a county costs what a page about a village does.
/// </summary>
public class AreaCount
{
    public long AreaId { get; set; }
    public long StandardVersionId { get; set; }

    /// <summary>Bit of the indicator, or <see cref="Whole"/> for the standard as a whole.</summary>
    public int Bit { get; set; }

    /// <summary>A <see cref="Standards.Standing"/>.</summary>
    public short Standing { get; set; }
    public long MetHouseholds { get; set; }
    public long UnmetHouseholds { get; set; }
    public long UnknownHouseholds { get; set; }
    public long MetPersons { get; set; }
    public long UnmetPersons { get; set; }
    public long UnknownPersons { get; set; }

    /// <summary>Of the met, and of the unmet, those that are so by a person's word (<see cref="Overrule"/>).</summary>
    public long OverruledMetHouseholds { get; set; }
    public long OverruledUnmetHouseholds { get; set; }
    public long OverruledMetPersons { get; set; }
    public long OverruledUnmetPersons { get; set; }

    public const int Whole = -1;
}

/// <summary>What a verdict says of a household: a remaining one can exit, an exited one is at risk, an unregistered one was missed.</summary>
public enum Standing : short
{
    Unregistered = 0,
    Remaining = 1,
    Exited = 2,
}

/// <summary>One bar of a distribution or one year of a history of an area: households and persons under a key.</summary>
public class AreaFigure
{
    public long AreaId { get; set; }

    /// <summary>One of <see cref="AreaFigures"/>.</summary>
    public required string Figure { get; set; }
    public int Key { get; set; }
    public long Households { get; set; }
    public long Persons { get; set; }
}

/// <summary>Names of the figures kept by area.</summary>
public static class AreaFigures
{
    /// <summary>Remaining at the end of a year; the key is the year.</summary>
    public const string RemainingAtYearEnd = "year";

    /// <summary>Villages that state their rural population for a registry year (households) and its sum (persons).</summary>
    public const string RuralBase = "base";

    /// <summary>Households by <see cref="Standing"/>, and the members that are recorded of them: what there is to show where a tally of persons is unknown.</summary>
    public const string Recorded = "recorded";

    /// <summary>Registered households by main cause; the key is the code, 0 where none is stated.</summary>
    public const string Cause = "cause";

    /// <summary>Registered households by number of members; seven and more together, 0 where it is unknown.</summary>
    public const string Size = "size";

    /// <summary>Registered households by income per head: the key is the band of a thousand yuan, ten and more together, -1 where it is unknown.</summary>
    public const string Income = "income";
}
