namespace Tuopin.Standards;

/// <summary>A version of a standard as it was first judged: its bits are fixed for ever.</summary>
public sealed class StandardVersion
{
    public long Id { get; set; }
    public required string StandardId { get; set; }
    public int Version { get; set; }

    /// <summary>SHA-256 of the pack text.</summary>
    public required string Hash { get; set; }

    /// <summary>Indicator ids in bit order, joined by commas.</summary>
    public required string Indicators { get; set; }
}

/// <summary>
/// What a subject's facts say under one standard version on a day. Bit n is the indicator with bit n; unknown is every bit not set in any mask.
/// Overrules are a person's and survive recomputing.
/// </summary>
public class Verdict
{
    public long StandardVersionId { get; set; }
    public long SubjectId { get; set; }
    public int Day { get; set; }
    public long Met { get; set; }
    public long Unmet { get; set; }
    public long Exempt { get; set; }
    public long OverruledMet { get; set; }
    public long OverruledUnmet { get; set; }
}

/// <summary>A count or sum declared as a tally, kept for every area; two bounds that differ by what is unknown.</summary>
public class TallyValue
{
    public long AreaId { get; set; }
    public required string TallyId { get; set; }
    public int Day { get; set; }

    /// <summary>Null when a number in a sum was unknown.</summary>
    public long? Low { get; set; }
    public long? High { get; set; }
}

/// <summary>The text of a pack file that a judgement used, kept by content hash.</summary>
public sealed class PackFile
{
    public required string Hash { get; set; }
    public required string Path { get; set; }
    public required string Content { get; set; }
}
