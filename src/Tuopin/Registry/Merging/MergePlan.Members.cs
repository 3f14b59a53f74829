using System.Data.Common;

namespace Tuopin.Registry.Merging;

// When somebody became a member, and when no longer. Most sheets list who is a member now; a sheet of changes, or one with the days, states the episode.
public sealed partial class MergePlan
{
    // A stated beginning replaces "from before our record"; a closed episode is known again by its beginning, or by its end where none is stated.
    private void MembershipsStated(DbTransaction? transaction)
    {
        Run(
            $"UPDATE {Staging} SET membership_from = from_day WHERE from_day IS NOT NULL AND (membership_from IS NULL OR membership_from = {Days.Beginning})",
            transaction
        );
        if (sheet.Has("to_day"))
            Run(
                $"""
                UPDATE {Staging} AS s SET membership_from = m.from_day FROM memberships m
                WHERE s.membership_from IS NULL AND m.person_id = s.person_id AND m.household_id = s.household_id AND m.to_day = s.to_day
                """,
                transaction
            );
        // Who is first heard of when leaving was a member from before our record.
        if (sheet.Has("to_day"))
            Run($"UPDATE {Staging} SET membership_from = {Days.Beginning} WHERE membership_from IS NULL AND to_day IS NOT NULL", transaction);
    }

    // The episode whose beginning was not known is written again with its beginning.
    private void DropUndatedMemberships(DbTransaction transaction)
    {
        if (MakesPersons && sheet.Has("from_day"))
            Run(
                $"""
                DELETE FROM memberships WHERE to_day IS NULL AND from_day = {Days.Beginning}
                  AND person_id IN (SELECT n.person_id FROM {Staging} n WHERE n.f_memberships = 2)
                  AND EXISTS (
                  SELECT 1 FROM {Staging} s WHERE s.f_memberships = 2 AND s.person_id = memberships.person_id AND s.household_id = memberships.household_id
                    AND s.membership_from > {Days.Beginning})
                """,
                transaction
            );
    }
}
