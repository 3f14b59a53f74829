using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>
/// Whose record does not carry a decision: an indicator of the deciding standard, or a condition of the change, is unmet or unknown. Overrules count, for they are in the verdict
/// (<see cref="VerdictSql"/>): this is the one place where an overruled indicator lets somebody pass.
/// </summary>
internal static class Wanting
{
    private const string Open = "SELECT s.subject_id FROM list_subjects s WHERE s.list_id = @id AND s.cause IS NULL";

    /// <summary>Of those still open on a list.</summary>
    public static HashSet<long> Of(ListRecord list, Viewer viewer, DbConnection connection, DbTransaction? transaction)
    {
        var found = Failing(list, viewer, connection, transaction).Select(f => f.Household).ToHashSet();
        if (!list.Change.NeedsVerdict)
            return found;
        var passes = list.Procedure.Subject.Level is null
            ? $"EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = s.subject_id AND l.place_code = l.area_code AND {Met(viewer, list)})"
            : OfArea(list, viewer);
        found.UnionWith(connection.Query<long>($"{Open} AND NOT {passes}", new { id = list.Row.Id }, transaction));
        return found;
    }

    /// <summary>Of those still open on a list the conditions of its change that do not hold, or of which that is not known.</summary>
    public static IReadOnlyList<(long Household, ProcedureCondition Condition)> Failing(
        ListRecord list,
        Viewer viewer,
        DbConnection connection,
        DbTransaction? transaction
    )
    {
        if (list.Change.Conditions is not [var any, ..] conditions)
            return [];
        var sql = SqlJudging.Values(
            any.Household,
            [.. conditions.Select(c => c.Met)],
            new(viewer.Engine == Engine.Sqlite ? SqlDialect.Sqlite : SqlDialect.PostgreSql, new JudgingDay(viewer.Date)) { Only = Open }
        );
        var failing = new List<(long, ProcedureCondition)>();
        using var reader = connection.ExecuteReader(sql.Text, new { id = list.Row.Id }, transaction);
        while (reader.Read())
            for (var i = 0; i < conditions.Length; i++)
                if (reader.IsDBNull(sql.Values[i].Low) || reader.GetInt64(sql.Values[i].Low) != 1)
                    failing.Add((reader.GetInt64(0), conditions[i]));
        return failing;
    }

    /// <exception cref="Refusal">list.conditions, with whom and which.</exception>
    public static void RequireConditions(ListRecord list, Viewer viewer, DbConnection connection, DbTransaction transaction)
    {
        var failing = Failing(list, viewer, connection, transaction);
        if (failing.Count == 0)
            return;
        var ids = failing.Select(f => f.Household).Distinct().ToList();
        var numbers = connection
            .Query<(long Id, string Number)>(
                $"SELECT h.id, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) FROM households h WHERE h.id IN ({string.Join(", ", ids)})",
                transaction: transaction
            )
            .ToDictionary(n => n.Id, n => n.Number);
        throw new Refusal(
            "list.conditions",
            $"有 {ids.Count} 户的条件不满足或不明，请缓办。Of {ids.Count} a condition is unmet or unknown: hold them back.",
            [
                .. failing
                    .GroupBy(f => f.Household)
                    .Take(20)
                    .Select(f =>
                        $"{numbers[f.Key]}: {string.Join("、", f.Select(c => c.Condition.Title.Zh))} / {string.Join(", ", f.Select(c => c.Condition.Title.En))}"
                    ),
            ]
        );
    }

    /// <summary>The condition "the deciding standard is met as a whole" over <c>household_list</c>.</summary>
    public static string Met(Viewer viewer, ListRecord list) =>
        Lights.Of(viewer, new AreaRange(list.Row.AreaCode, list.Row.AreaCode)).WhereOverall("l", Light.Met);

    private static string OfArea(ListRecord list, Viewer viewer)
    {
        var standard = viewer
            .Packs.StandardsFor(list.Row.AreaCode, viewer.Date)
            .Where(s => s.Level == list.Procedure.Subject)
            .MinBy(s => s.Area.Width);
        if (standard is null)
            return "1 = 0";
        var mask = VerdictSql.Mask(standard);
        return $"""
            EXISTS (SELECT 1 FROM verdicts v JOIN standard_versions sv ON sv.id = v.standard_version_id
              WHERE v.subject_id = s.subject_id AND sv.standard_id = '{standard.Id}' AND sv.hash = '{standard.Hash}' AND {VerdictSql.Met(
                "v"
            )} & {mask} = {mask})
            """;
    }

    /// <exception cref="Refusal">list.judgement-stale.</exception>
    public static void RequireFresh(Installation installation, DbConnection connection, DbTransaction transaction)
    {
        if (!JudgedState.Holds(installation, connection, transaction))
            throw new Refusal("list.judgement-stale", "data, packs or the work date have changed since the last judgement: judge again, then decide");
    }
}
