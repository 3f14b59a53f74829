using System.Collections.Immutable;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Model;

/// <summary>Where a clue (线索) came from.</summary>
public enum ClueSource : byte
{
    /// <summary>The household declared itself (农户自主申报).</summary>
    SelfApplication = 1,

    /// <summary>A cadre found it (干部排查).</summary>
    Screening = 2,

    /// <summary>The data of a department warned (部门筛查预警).</summary>
    Warning = 3,
}

/// <summary>
/// A rule that raises a clue for the households for which it is true. A threshold is a parameter: without one that a county set the rule is unknown
/// everywhere, and raises nothing.
/// </summary>
/// <param name="Department">Key of <c>department</c>: whose data warns; null where nobody's in particular.</param>
/// <param name="Risks">Keys of <c>risk</c> that the clue points at.</param>
public sealed record ClueRule(
    string Id,
    int Version,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    ClueSource Of,
    string? Department,
    ImmutableArray<string> Risks,
    Variable Household,
    Expr When
)
{
    public Label? Note { get; init; }

    /// <summary>The parameters it reads.</summary>
    public IEnumerable<Parameter> Thresholds => When.All().OfType<ParameterRead>().Select(p => p.Parameter).DistinctBy(p => p.Id);
}
