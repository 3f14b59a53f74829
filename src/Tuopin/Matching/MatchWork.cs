using Tuopin.Rules.Model;
using Tuopin.Work;

namespace Tuopin.Matching;

/// <summary>What waits for somebody's eyes, as work (比对疑点): a list with doubtful rows, a pair of persons who may be one.</summary>
public static class MatchWork
{
    public static WorkSource Source { get; } =
        new(
            "match",
            _ =>
                $"""
                    SELECT 'list/' || CAST(f.id AS text) AS source_key, 'list' AS what, {WorkSource.NoText} AS subject, {WorkSource.NoNumber} AS subject_id,
                      f.area_code AS area_code, {WorkSource.NoText} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id,
                      CAST(NULL AS integer) AS due, {WorkSource.NoText} AS stamp
                    FROM match_files f WHERE f.undone_at IS NULL AND EXISTS (SELECT 1 FROM match_rows r WHERE r.file_id = f.id AND r.state = {(int)
                        MatchState.Waiting})
                    UNION ALL
                    SELECT 'pair/' || CAST(d.id AS text), 'pair', 'person', d.person_a, p.area_code, {WorkSource.NoText}, {WorkSource.NoNumber}, {WorkSource.NoNumber},
                      CAST(NULL AS integer), {WorkSource.NoText}
                    FROM duplicate_pairs d JOIN persons p ON p.id = d.person_a WHERE d.state = 0
                    """,
            (_, what) =>
                what == "pair"
                    ? new Label("疑似重复人员待核对", "two persons who may be one")
                    : new("部门名单有待核对的行", "a department's list with doubtful rows")
        )
        {
            Link = item => item.Subject == "person" ? "/matching/duplicates" : "/matching/review",
        };
}
