using Tuopin.Work;

namespace Tuopin.Editing;

/// <summary>Proposed changes that wait for a decision as work.</summary>
public static class ReviewWork
{
    public static WorkSource Source { get; } =
        new(
            "review",
            ask =>
                $"""
                    SELECT CAST(p.id AS text) AS source_key, 'review' AS what, 'household' AS subject, p.household_id AS subject_id, h.area_code AS area_code,
                      {WorkSource.NoText} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST(NULL AS integer) AS due, {WorkSource.NoText} AS stamp
                    FROM proposed_changes p JOIN households h ON h.id = p.household_id WHERE p.state = 0{ask.Among("p.household_id")}
                    """,
            (_, _) => new("变更待审核", "a proposed change waits for a decision")
        )
        {
            OfHouseholds = true,
            Link = _ => "/reviews",
        };
}
