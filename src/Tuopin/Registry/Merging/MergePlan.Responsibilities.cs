using System.Data.Common;
using Tuopin.Exchange;

namespace Tuopin.Registry.Merging;

// Units, who works there, and what they answer for: pairings of helpers with households, teams of villages.
public sealed partial class MergePlan
{
    // People of one name in one unit are told apart by their telephone.
    private const string PostNumber = "unit_name || '/' || helper_name || '/' || coalesce(CAST(phone_index AS text), '')";

    private void ResolveResponsibilities(DbTransaction? transaction)
    {
        Run($"UPDATE {Staging} SET unit_id = NULL, post_id = NULL, responsibility_id = NULL", transaction);
        Run($"UPDATE {Staging} AS s SET unit_id = u.id FROM units u WHERE u.name = s.unit_name", transaction);
        Run(
            $"""
            UPDATE {Staging} AS s SET post_id = p.id FROM posts p
            WHERE p.unit_id = s.unit_id AND p.holder_name = s.helper_name AND p.phone_index {Same} s.phone_index AND p.to_day IS NULL
            """,
            transaction
        );
        var subject = sheet.Kind == SheetKind.Helpers ? "r.household_id = s.household_id" : "r.area_id = s.village_id";
        Run(
            $"UPDATE {Staging} AS s SET responsibility_id = r.id FROM responsibilities r WHERE r.post_id = s.post_id AND {subject} AND r.role = s.role AND r.to_day IS NULL",
            transaction
        );
        Run($"UPDATE {Staging} SET from_day = {Days.Beginning} WHERE from_day IS NULL", transaction);
    }

    private void Responsibilities()
    {
        var subject = sheet.Kind == SheetKind.Helpers ? new MergeColumn("household_id", "household_id") : new MergeColumn("area_id", "village_id");
        Step(
            "responsibilities",
            sheet.Kind == SheetKind.Helpers ? "household_id IS NOT NULL AND helper_name IS NOT NULL" : "unit_name IS NOT NULL AND helper_name IS NOT NULL",
            [("id", "responsibility_id")],
            [
                new("unit_id", "unit_id", Compared: false),
                new("post_id", "post_id", Compared: false),
                subject,
                new("role", "role"),
                new("from_day", "from_day"),
                new("to_day", "to_day"),
            ]
        );
    }

    private void InsertUnitsAndPosts(long changeId, DbTransaction transaction)
    {
        if (!sheet.Has("unit_name"))
            return;
        Keys.Assign(connection, transaction, Staging, "units", "unit_id", "unit_name");
        Keys.Assign(connection, transaction, Staging, "posts", "post_id", PostNumber);
        Keys.Assign(connection, transaction, Staging, "responsibilities", "responsibility_id", "row_no");
        Run(
            $"""
            INSERT INTO units (id, name, level, change_id) SELECT s.unit_id, min(s.unit_name), 0, {changeId} FROM {Staging} s
            WHERE s.unit_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM units u WHERE u.id = s.unit_id) GROUP BY s.unit_id
            """,
            transaction
        );
        Run(
            $"""
            INSERT INTO posts (id, unit_id, holder_name, title, phone_cipher, phone_index, from_day, change_id)
            SELECT s.post_id, s.unit_id, s.helper_name, s.post_title, s.phone_cipher, s.phone_index, {Days.Beginning}, {changeId} FROM {Staging} s
            WHERE s.row_no IN (
              SELECT min(row_no) FROM {Staging} n WHERE n.post_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = n.post_id) GROUP BY n.post_id)
            """,
            transaction
        );
    }
}
