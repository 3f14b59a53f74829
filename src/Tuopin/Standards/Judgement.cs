namespace Tuopin.Standards;

/// <summary>
/// A judgement of an area for another day than the work date, or as was known at another time, that is kept: the five tables that pages and figures read
/// of a judgement, of that moment.
/// </summary>
public sealed class Judgement
{
    public long Id { get; set; }
    public long AreaId { get; set; }

    /// <summary>The codes of the area on that day; it answers for every area between them.</summary>
    public long AreaFrom { get; set; }
    public long AreaTo { get; set; }

    /// <summary>The day judged for (yyyyMMdd).</summary>
    public int Day { get; set; }

    /// <summary>The last change that counted: of one state of the record it is true for ever.</summary>
    public long KnownChange { get; set; }

    /// <summary>Hash of the packs it was judged by.</summary>
    public required string Packs { get; set; }
    public long Households { get; set; }

    /// <summary>Who asked for it; null for the command line.</summary>
    public long? MadeBy { get; set; }

    /// <summary>When, UTC.</summary>
    public required string MadeAt { get; set; }

    /// <summary>What is read of a judgement: its tables, and what a row of each is found by.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tables = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["verdicts"] = "standard_version_id, subject_id",
        ["tallies"] = "area_id, tally_id",
        ["household_list"] = "place_code, household_id",
        ["area_counts"] = "area_id, standard_version_id, bit, standing",
        ["area_figures"] = "area_id, figure, key",
    };

    /// <summary>The temporary table of a connection that a judgement of another moment fills.</summary>
    public static string Temporary(string table) => "judged_" + table;

    /// <summary>The table that keeps such rows, each with the number of its judgement.</summary>
    public static string KeptIn(string table) => "judgement_" + table;
}

/// <summary>A row of a kept judgement, as the others below.</summary>
public sealed class KeptVerdict : Verdict
{
    public long JudgementId { get; set; }
}

public sealed class KeptTally : TallyValue
{
    public long JudgementId { get; set; }
}

public sealed class KeptListing : HouseholdListing
{
    public long JudgementId { get; set; }
}

public sealed class KeptCount : AreaCount
{
    public long JudgementId { get; set; }
}

public sealed class KeptFigure : AreaFigure
{
    public long JudgementId { get; set; }
}
