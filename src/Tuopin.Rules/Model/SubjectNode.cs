namespace Tuopin.Rules.Model;

/// <summary>
/// One subject with what is known of it, as a tree in memory: a YAML case, a form being filled in, a household being explained. What is absent is
/// unknown; links are already those of the judging day.
/// </summary>
public sealed class SubjectNode(SubjectType type)
{
    public SubjectType Type { get; } = type;

    /// <summary>Our key, when the subject is held.</summary>
    public long Id { get; set; }

    /// <summary>12-digit code of the area the subject belongs to, for parameters and unique_in.</summary>
    public long AreaCode { get; set; }

    /// <summary>Known values by fact and year shift (0 this year, -1 last year; 0 for facts that are not yearly).</summary>
    public Dictionary<(Fact Fact, int YearShift), Value> Facts { get; } = [];

    /// <summary>Subjects reached by a relation; at most one for a relation to one.</summary>
    public Dictionary<Relation, List<SubjectNode>> Related { get; } = [];

    /// <summary>Verdicts of other standards by (standard, indicator): true met or exempt, false unmet; absent unknown.</summary>
    public Dictionary<(string Standard, string Indicator), bool> Verdicts { get; } = [];

    /// <summary>Tallies of an area by id, as bounds.</summary>
    public Dictionary<string, (long Low, long High)> Tallies { get; } = [];
}
