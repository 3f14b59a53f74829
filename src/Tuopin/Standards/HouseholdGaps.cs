using System.Globalization;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>Unmet indicators of households, counted by area in one statement a standard, and by name.</summary>
public static class HouseholdGaps
{
    public static IEnumerable<ListGaps.Gap> Of(
        Judging judging,
        string verdicts,
        Standard standard,
        short level,
        string? only,
        bool names,
        bool beside
    )
    {
        var indicators = standard.Indicators.Where(i => !i.Retired && (only is null || i.Id == only)).ToList();
        if (indicators.Count == 0 || Decided(judging, standard, beside) is not { } decided)
            yield break;
        var failing = Failing(judging, verdicts, standard, indicators);
        var counts = string.Concat(
            indicators.Select(i =>
                $", count(*) FILTER (WHERE {Bit(i)}), coalesce(sum({PersonsOf(i, failing)}) FILTER (WHERE {Bit(i)}), 0), coalesce(sum(n.members) FILTER (WHERE {Bit(i)}), 0), count(*) FILTER (WHERE {Bit(i)} AND {CountedHouseholds.IsUnregistered(judging)}), count(*) FILTER (WHERE v.overruled_unmet & {1L << i.Bit} <> 0), count(*) FILTER (WHERE v.overruled_met & ~v.overruled_unmet & {1L << i.Bit} <> 0)"
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
            FROM {verdicts} v JOIN households h ON h.id = v.subject_id JOIN {CountedHouseholds.Join(judging, "h")}
            JOIN ({Members(judging)}) n ON n.household_id = h.id{failing?.Join}
            WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Unmet("v")} | v.overruled_met <> 0 AND {decided}
            GROUP BY 1 ORDER BY 1
            """;
        var rows = judging
            .Query<dynamic>(sql)
            .Select(r => ((IDictionary<string, object>)r).Values.Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        for (var i = 0; i < indicators.Count; i++)
        {
            var named = names ? Names(judging, verdicts, standard, indicators[i], decided, divisor) : null;
            const int each = 6;
            foreach (var row in rows.Where(r => r[1 + each * i] + r[6 + each * i] > 0))
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
                    row[1 + each * i],
                    row[2 + each * i],
                    row[3 + each * i],
                    row[4 + each * i],
                    0,
                    row[5 + each * i],
                    row[6 + each * i],
                    named?[row[0]].ToList()
                );
            }
        }
    }

    /// <summary>Whether the standard is the deciding one somewhere in the range.</summary>
    public static bool Decides(Judging judging, Standard standard) => Decided(judging, standard, beside: false) is not null;

    private static string Bit(Indicator indicator) => $"{VerdictSql.Unmet("v")} & {1L << indicator.Bit} <> 0";

    /// <summary>Where this standard decides: its area within the range, without the areas of more specific ones. Null when that is nowhere.</summary>
    public static string? Decided(Judging judging, Standard standard, bool beside)
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

    private static string Members(Judging judging) =>
        $"""
            SELECT k.id AS household_id, count(m.person_id) AS members
            FROM households k LEFT JOIN memberships m ON m.household_id = k.id AND {judging.Covers("m")}
            GROUP BY k.id
            """;

    /// <summary>How many members of each household fail, in columns by indicator.</summary>
    private sealed record FailingPersons(string Join, IReadOnlyDictionary<string, string> Columns);

    // Counted only where something is unmet. A member who may fail, and is not known to, is not counted.
    private static FailingPersons? Failing(Judging judging, string verdicts, Standard standard, List<Indicator> indicators)
    {
        var counting = indicators.Where(i => i.Persons is not null).ToList();
        if (counting.Count == 0)
            return null;
        var unmet = counting.Aggregate(0L, (mask, i) => mask | 1L << i.Bit);
        var only =
            $"SELECT v.subject_id FROM {verdicts} v WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Unmet("v")} & {unmet} <> 0";
        var counted = SqlJudging.Values(standard.Subject, [.. counting.Select(i => i.Persons!)], judging.Context(judging.Range, only));
        return new(
            $" LEFT JOIN ({counted.Text}) f ON f.id = h.id",
            counting.Index().ToDictionary(i => i.Item.Id, i => $"f.v{counted.Values[i.Index].Low}", StringComparer.Ordinal)
        );
    }

    private static string PersonsOf(Indicator indicator, FailingPersons? failing) =>
        failing?.Columns.GetValueOrDefault(indicator.Id) is { } column ? $"coalesce({column}, n.members)" : "n.members";

    private sealed class NameRow
    {
        public long Area { get; init; }
        public string Household { get; init; } = "";
        public string? Head { get; init; }
        public long VillageId { get; init; }
        public string? Unit { get; init; }
        public string? Helper { get; init; }
    }

    private static ILookup<long, ListGaps.Named> Names(
        Judging judging,
        string verdicts,
        Standard standard,
        Indicator indicator,
        string decided,
        long divisor
    ) =>
        judging
            .Query<NameRow>(
                $"""
                SELECT h.area_code / {divisor} * {divisor} AS area, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS household, h.head_name AS head,
                  h.village_id, u.name AS unit, p.holder_name AS helper
                FROM {verdicts} v JOIN households h ON h.id = v.subject_id JOIN {CountedHouseholds.Join(judging, "h")}
                LEFT JOIN (
                  SELECT r.household_id, r.post_id, r.unit_id, row_number() OVER (
                    PARTITION BY r.household_id
                    ORDER BY CASE WHEN r.role IN ('帮扶联系人', '帮扶责任人') THEN 0 ELSE 1 END, r.from_day DESC, r.id DESC
                  ) AS place
                  FROM responsibilities r WHERE r.household_id IS NOT NULL AND {judging.Covers("r")}
                ) r ON r.household_id = h.id AND r.place = 1
                LEFT JOIN posts p ON p.id = r.post_id LEFT JOIN units u ON u.id = coalesce(r.unit_id, p.unit_id)
                WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {Bit(indicator)} AND {decided}
                ORDER BY h.area_code, h.id
                """
            )
            .ToLookup(r => r.Area, r => new ListGaps.Named(r.Household, r.Head, judging.Tree.ById(r.VillageId)?.Name ?? "", r.Unit, r.Helper));
}
