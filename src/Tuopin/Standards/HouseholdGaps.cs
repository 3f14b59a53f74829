using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>Unmet indicators of households, counted by area in one statement a standard, and by name.</summary>
public static class HouseholdGaps
{
    public static IEnumerable<ListGaps.Gap> Of(Judging judging, Standard standard, short level, string? only, bool names, bool beside)
    {
        var indicators = standard.Indicators.Where(i => !i.Retired && (only is null || i.Id == only)).ToList();
        if (indicators.Count == 0 || Decided(judging, standard, beside) is not { } decided)
            yield break;
        var counts = string.Concat(
            indicators.Select(i =>
                $", count(*) FILTER (WHERE {Bit(i)}), coalesce(sum(n.members) FILTER (WHERE {Bit(i)}), 0), count(*) FILTER (WHERE {Bit(i)} AND n.registered = 0)"
            )
        );
        var divisor = level switch
        {
            3 => 1_000_000L,
            4 => 1_000L,
            _ => 1L,
        };
        var sql = $"""
            SELECT h.area_code / {divisor} * {divisor} AS area{counts}
            FROM verdicts v JOIN households h ON h.id = v.subject_id JOIN ({Held(judging)}) n ON n.household_id = h.id
            WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Unmet("v")} <> 0 AND {decided}
            GROUP BY 1 ORDER BY 1
            """;
        var rows = judging
            .Query<dynamic>(sql)
            .Select(r => ((IDictionary<string, object>)r).Values.Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        for (var i = 0; i < indicators.Count; i++)
        {
            var named = names ? Names(judging, standard, indicators[i], decided, divisor) : null;
            foreach (var row in rows.Where(r => r[1 + 3 * i] > 0))
            {
                var place = judging.Tree.ByCode(row[0]);
                yield return new(
                    indicators[i].Id,
                    indicators[i].Title.Zh,
                    standard.Id,
                    standard.Level.Name,
                    row[0].ToString("D12", CultureInfo.InvariantCulture),
                    place?.Name ?? "",
                    indicators[i].Department,
                    row[1 + 3 * i],
                    row[2 + 3 * i],
                    row[3 + 3 * i],
                    0,
                    named?[row[0]].ToList()
                );
            }
        }
    }

    /// <summary>Whether the standard is the deciding one somewhere in the range.</summary>
    public static bool Decides(Judging judging, Standard standard) => Decided(judging, standard, beside: false) is not null;

    private static string Bit(Indicator indicator) => $"{VerdictSql.Unmet("v")} & {1L << indicator.Bit} <> 0";

    // Where this standard decides: its area within the range, without the areas of more specific ones. Null when that is nowhere.
    private static string? Decided(Judging judging, Standard standard, bool beside)
    {
        var area = standard.Area.Contains(judging.Range) ? judging.Range : standard.Area;
        if (beside)
            return $"h.area_code BETWEEN {area.From} AND {area.To}";
        var narrower = judging
            .Standards.Where(s => s.Level == standard.Level && s.Area.Width < standard.Area.Width && standard.Area.Contains(s.Area))
            .ToList();
        if (narrower.Any(s => s.Area.Contains(area)))
            return null;
        return $"h.area_code BETWEEN {area.From} AND {area.To}"
            + string.Concat(narrower.Select(s => $" AND NOT (h.area_code BETWEEN {s.Area.From} AND {s.Area.To})"));
    }

    // Members of each household on the day, and whether it is registered as poor.
    private static string Held(Judging judging)
    {
        var kinds = judging.Installation.Packs.Dictionary.CodeLists["status_kind"];
        var registered = string.Join(
            ", ",
            new[] { "remaining", "exited_on_support", "exited_support_ended", "returned" }.Select(k => kinds.Find(k)!.Number)
        );
        return $"""
            SELECT k.id AS household_id, count(m.person_id) AS members,
              max(CASE WHEN s.kind IN ({registered}) THEN 1 ELSE 0 END) AS registered
            FROM households k LEFT JOIN memberships m ON m.household_id = k.id AND {judging.Covers("m")}
            LEFT JOIN household_statuses s ON s.household_id = k.id AND {judging.Covers("s")}
            GROUP BY k.id
            """;
    }

    private sealed class NameRow
    {
        public long Area { get; init; }
        public string Household { get; init; } = "";
        public string? Head { get; init; }
        public long VillageId { get; init; }
        public string? Unit { get; init; }
        public string? Helper { get; init; }
    }

    private static ILookup<long, ListGaps.Named> Names(Judging judging, Standard standard, Indicator indicator, string decided, long divisor) =>
        judging
            .Query<NameRow>(
                $"""
                SELECT h.area_code / {divisor} * {divisor} AS area, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS household, h.head_name AS head,
                  h.village_id, u.name AS unit, p.holder_name AS helper
                FROM verdicts v JOIN households h ON h.id = v.subject_id
                LEFT JOIN (
                  SELECT r.household_id, min(r.id) AS id FROM responsibilities r WHERE {judging.Covers("r")} GROUP BY r.household_id
                ) f ON f.household_id = h.id
                LEFT JOIN responsibilities r ON r.id = f.id LEFT JOIN posts p ON p.id = r.post_id LEFT JOIN units u ON u.id = p.unit_id
                WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {Bit(indicator)} AND {decided}
                ORDER BY h.area_code, h.id
                """
            )
            .ToLookup(r => r.Area, r => new ListGaps.Named(r.Household, r.Head, judging.Tree.ById(r.VillageId)?.Name ?? "", r.Unit, r.Helper));
}
