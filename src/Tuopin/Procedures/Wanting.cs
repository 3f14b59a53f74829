using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>
/// Whose verdict does not carry a decision: an indicator of the deciding standard is unmet or unknown. Overrules count, for they are in the verdict
/// (<see cref="VerdictSql"/>): this is the one place where an overruled indicator lets somebody pass.
/// </summary>
internal static class Wanting
{
    /// <summary>Of those still open on a list.</summary>
    public static HashSet<long> Of(ListRecord list, Viewer viewer, DbConnection connection, DbTransaction? transaction)
    {
        if (!list.Change.NeedsVerdict)
            return [];
        const string open = "SELECT s.subject_id FROM list_subjects s WHERE s.list_id = @id AND s.cause IS NULL";
        var passes = list.Procedure.Subject.Level is null
            ? $"EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = s.subject_id AND l.place_code = l.area_code AND {Met(viewer, list)})"
            : OfArea(list, viewer);
        return [.. connection.Query<long>($"{open} AND NOT {passes}", new { id = list.Row.Id }, transaction)];
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
