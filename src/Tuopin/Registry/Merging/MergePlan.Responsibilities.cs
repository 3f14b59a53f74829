using System.Data.Common;
using Tuopin.Exchange;

namespace Tuopin.Registry.Merging;

// Units, who works there, and what they answer for: pairings of helpers with households, teams of villages.
public sealed partial class MergePlan
{
    // People of one name in one unit are told apart by their telephone.
    private const string PostNumber = "unit_name || '/' || helper_name || '/' || coalesce(CAST(phone_index AS text), '')";

    // A pairing sheet that states no role pairs the helper (帮扶联系人).
    private string Role =>
        sheet.Facts.TryGetValue(Fact("responsibility", "role"), out var column) ? $"coalesce(s.{column}, '帮扶联系人')" : "'帮扶联系人'";

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
        var subject = sheet.Kind == SheetKind.Helpers ? "r.household_id = s.household_id" : $"r.area_id {Same} s.village_id";
        Run(
            $"UPDATE {Staging} AS s SET responsibility_id = r.id FROM responsibilities r WHERE r.post_id = s.post_id AND {subject} AND r.role {Same} {Role} AND r.to_day IS NULL",
            transaction
        );
        Run($"UPDATE {Staging} AS s SET from_day = coalesce(from_day, {Days.Beginning}), role = {Role}", transaction);
    }

    private void Responsibilities()
    {
        var subject = sheet.Kind == SheetKind.Helpers ? new MergeColumn("household_id", "household_id") : new MergeColumn("area_id", "village_id");
        Step(
            "responsibilities",
            sheet.Kind == SheetKind.Helpers
                ? "household_id IS NOT NULL AND helper_name IS NOT NULL"
                : "unit_name IS NOT NULL AND helper_name IS NOT NULL",
            [("id", "responsibility_id")],
            [
                new("unit_id", "unit_id", Compared: false),
                new("post_id", "post_id", Compared: false),
                subject,
                new("role", "role"),
                new("from_day", "from_day"),
                new("to_day", "to_day"),
                .. FactsOn("responsibilities").Where(c => c.Name != "role"),
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
        InsertOnce("units", "unit_id", [("name", "s.unit_name"), .. FactsOn("units").Select(c => (c.Name, "s." + c.Source))], changeId, transaction);
        InsertOnce(
            "posts",
            "post_id",
            [
                ("unit_id", "s.unit_id"),
                ("holder_name", "s.helper_name"),
                ("phone_cipher", "s.phone_cipher"),
                ("phone_index", "s.phone_index"),
                ("from_day", $"{Days.Beginning}"),
                .. FactsOn("posts").Where(c => c.Name != "holder_name").Select(c => (c.Name, "s." + c.Source)),
            ],
            changeId,
            transaction
        );
    }

    // The first staged row of each new thing states it.
    private void InsertOnce(string table, string id, IReadOnlyList<(string Column, string Value)> values, long changeId, DbTransaction transaction) =>
        Run(
            $"""
            INSERT INTO {table} (id, {string.Join(", ", values.Select(v => v.Column))}, change_id)
            SELECT s.{id}, {string.Join(", ", values.Select(v => v.Value))}, {changeId} FROM {Staging} s
            WHERE s.row_no IN (
              SELECT min(n.row_no) FROM {Staging} n WHERE n.{id} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = n.{id}) GROUP BY n.{id})
            """,
            transaction
        );
}
