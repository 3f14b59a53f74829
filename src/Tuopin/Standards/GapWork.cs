using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Work;

namespace Tuopin.Standards;

/// <summary>
/// Every gap as work (短板): an indicator of the deciding standard that is unmet, of a household that is counted or of a place, the same that
/// <see cref="ListGaps"/> counts. It belongs to the department of the indicator; a household's helper is named with it. Without a judgement that holds nothing is said.
/// </summary>
public static class GapWork
{
    public static WorkSource Source { get; } = new("gap", Open, Tell) { OfHouseholds = true, Steady = true };

    private static string? Open(WorkAsk ask)
    {
        if (!JudgedState.Holds(ask.Installation, ask.Connection, ask.Transaction))
            return null;
        var nation = Platform.Areas.AreaTree.Load(ask.Connection, DayNumber.ToDate(ask.Day)).ByCode(0)!;
        var judging = Judging.Begin(ask.Installation, ask.Connection, ask.Transaction, nation, DayNumber.ToDate(ask.Day), store: false);
        var parts = judging
            .Standards.Select(s => Of(judging, s, s.Level.Level is null ? ask.Among("v.subject_id") : ask.AmongPlaces("v.subject_id")))
            .OfType<string>()
            .ToList();
        return parts.Count == 0 ? null : string.Join(" UNION ALL ", parts);
    }

    private static string? Of(Judging judging, Standard standard, string among)
    {
        var indicators = standard.Indicators.Where(i => !i.Retired).ToList();
        if (indicators.Count == 0 || HouseholdGaps.Decided(judging, standard, beside: false) is not { } decided)
            return null;
        var unmet = VerdictSql.Unmet("v");
        var bits = string.Join(
            " UNION ALL ",
            indicators.Select(i =>
                $"SELECT {1L << i.Bit}{judging.Dialect.Wide} AS bit, CAST({SqlDialect.Quoted(i.Id)} AS text) AS indicator, CAST({SqlDialect.Quoted(i.Department)} AS text) AS department"
            )
        );
        var (subjects, helper) = standard.Level.Level is null
            ? (
                $"JOIN households h ON h.id = v.subject_id JOIN {CountedHouseholds.Join(judging, "h")} LEFT JOIN household_list l ON l.place_code = h.area_code AND l.household_id = h.id",
                "l.unit_id AS unit_id, l.post_id AS post_id"
            )
            : (
                $"JOIN (SELECT a.area_id AS id, a.code AS area_code FROM area_versions a WHERE {judging.Covers("a")}) h ON h.id = v.subject_id",
                $"{WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id"
            );
        var level = SqlDialect.Quoted(standard.Level.Name);
        return $"""
            SELECT {level} || '/' || v.subject_id || '/' || i.indicator AS source_key, {SqlDialect.Quoted(
                standard.Id + "/"
            )} || i.indicator AS what, {level} AS subject, v.subject_id AS subject_id,
              h.area_code AS area_code, i.department AS department, {helper}, CAST(NULL AS integer) AS due, {WorkSource.NoText} AS stamp
            FROM verdicts v {subjects} JOIN ({bits}) i ON {unmet} & i.bit <> 0
            WHERE v.standard_version_id = {judging.Version(
                standard.Id
            ).VersionId} AND {unmet} & {VerdictSql.Mask(standard)}{judging.Dialect.Wide} <> 0 AND {decided}{among}
            """;
    }

    /// <summary>The title of an indicator by standard/indicator; what it is called now.</summary>
    public static Label Tell(PackSet packs, string what)
    {
        var (standard, indicator) = what.LastIndexOf('/') is > 0 and var at ? (what[..at], what[(at + 1)..]) : (what, what);
        return packs.Standards.Where(s => s.Id == standard).SelectMany(s => s.Indicators).LastOrDefault(i => i.Id == indicator)?.Title
            ?? new(what, what);
    }
}
