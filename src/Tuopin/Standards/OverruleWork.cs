using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Work;

namespace Tuopin.Standards;

/// <summary>Overrules about to end as work: by their last day somebody makes the fact true or asks anew. One that ended is a gap again, or none.</summary>
public static class OverruleWork
{
    public static WorkSource Source { get; } = new("overrule", Open, GapWork.Tell) { OfHouseholds = true };

    private static string Open(WorkAsk ask)
    {
        var soon = DayNumber.Of(DayNumber.ToDate(ask.Day).AddDays(ListOverrules.Soon));
        string Of(string subject, string place, string code, string where) =>
            $"""
                SELECT CAST(o.id AS text) AS source_key, o.standard_id || '/' || o.indicator AS what, o.subject AS subject, o.subject_id AS subject_id, {code} AS area_code,
                  o.department AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, o.last_day AS due, {WorkSource.NoText} AS stamp
                FROM overrules o JOIN {place}
                WHERE o.subject {(subject == "household" ? "=" : "<>")} {SqlDialect.Quoted("household")} AND {Overruling.InForce("o", ask.Day)}
                  AND o.last_day <= {soon} AND o.lifted_day IS NULL{where}
                """;
        return Of("household", "households h ON h.id = o.subject_id", "h.area_code", ask.Among("o.subject_id"))
            + " UNION ALL "
            + Of(
                "place",
                "area_versions a ON a.area_id = o.subject_id",
                "a.code",
                $" AND {Pairings.Covers("a", ask.Day)}{ask.AmongPlaces("o.subject_id")}"
            );
    }
}
