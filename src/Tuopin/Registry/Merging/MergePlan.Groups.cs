namespace Tuopin.Registry.Merging;

// Groups (组, 自然村) below the villages. Nobody hands out their codes or lists them: they are made of the names that households come with.
public sealed partial class MergePlan
{
    private bool NamesGroups => MakesHouseholds && sheet.Has("group_name");

    /// <summary>Groups that <see cref="Apply"/> made, to be named in the audit. They stay when the import is undone: a place is no statement of a file.</summary>
    public long CreatedGroups { get; private set; }

    private void ResolveGroups()
    {
        if (NamesGroups)
            Update(
                "group_id = a.area_id",
                "area_versions a",
                "a.parent_id = k.village_id AND a.level = 6 AND a.to_day IS NULL AND a.name = s.group_name"
            );
    }

    // Dated from the beginning, as the village's households are; coded by the village's code and a number within it.
    private void CreateGroups(long changeId)
    {
        CreatedGroups = 0;
        if (!NamesGroups)
            return;
        Run(
            $"""
            CREATE TEMPORARY TABLE new_groups AS SELECT * FROM (
              SELECT g.village_id, g.name, g.village, g.village * 1000 + row_number() OVER (PARTITION BY g.village ORDER BY g.row_no)
                + coalesce((SELECT max(a.code) % 1000 FROM area_versions a WHERE a.code BETWEEN g.village * 1000 + 1 AND g.village * 1000 + 999), 0) AS id
              FROM (
                SELECT k.village_id, s.group_name AS name, k.area_code AS village, min(k.row_no) AS row_no FROM {sheet.Resolved} k JOIN {sheet.Rows} s ON s.row_no = k.row_no
                WHERE s.group_name IS NOT NULL AND k.village_id IS NOT NULL AND k.group_id IS NULL GROUP BY k.village_id, s.group_name, k.area_code
              ) g
            ) n WHERE n.id / 1000 = n.village
            """
        );
        CreatedGroups = Count("new_groups");
        if (CreatedGroups > 0)
        {
            Run("INSERT INTO areas (id) SELECT id FROM new_groups");
            Run(
                $"INSERT INTO area_versions (area_id, from_day, code, name, parent_id, level, kind, change_id) SELECT id, {Days.Beginning}, id, name, village_id, 6, 0, {changeId} FROM new_groups"
            );
            Update("group_id = n.id", "new_groups n", "k.group_id IS NULL AND n.village_id = k.village_id AND n.name = s.group_name");
        }
        Run("DROP TABLE new_groups");
    }
}
