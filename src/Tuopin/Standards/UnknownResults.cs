using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>Subjects of which an indicator is unknown, each with the facts that are missing for it: the work list of those who collect facts.</summary>
public static class UnknownResults
{
    /// <summary>Subjects read and explained at once.</summary>
    private const int Batch = 500;

    public sealed record Unknown(
        string Indicator,
        string Title,
        string Standard,
        string Level,
        string Area,
        string AreaName,
        string Department,
        string? Household,
        string? Head,
        IReadOnlyList<string> Missing
    );

    private sealed class Row
    {
        public long Id { get; init; }
        public long Bits { get; init; }
        public long PlaceId { get; init; }
        public long AreaCode { get; init; }
        public string? Household { get; init; }
        public string? Head { get; init; }
    }

    /// <param name="judging">The judgement whose day and range count.</param>
    /// <param name="verdicts">Table of its verdicts.</param>
    /// <param name="tallies">Table of its tallies.</param>
    /// <param name="standard">The standard to list.</param>
    /// <param name="only">One indicator, or all.</param>
    /// <param name="beside">Also where another standard decides.</param>
    public static IEnumerable<Unknown> Of(Judging judging, string verdicts, string tallies, Standard standard, string? only, bool beside)
    {
        var indicators = standard.Indicators.Where(i => !i.Retired && (only is null || i.Id == only)).ToList();
        var rows = indicators.Count == 0 ? [] : Rows(judging, verdicts, standard, indicators.Aggregate(0L, (m, i) => m | 1L << i.Bit), beside);
        foreach (var batch in rows.Chunk(Batch))
        {
            var rules = indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen }).OfType<Expr>();
            var tree = SubjectTree.Load(
                judging.Connection,
                judging.Day,
                standard.Level,
                [.. batch.Select(r => r.Id)],
                rules,
                name =>
                    name switch
                    {
                        "tallies" => tallies,
                        "verdicts" => verdicts,
                        _ => name,
                    },
                judging.FindVersion
            );
            var names = Names(judging, tree);
            foreach (var (row, node) in batch.Zip(tree.Roots))
            foreach (var explained in node.Explain(standard, judging.Day).Indicators)
                if ((row.Bits >> explained.Indicator.Bit & 1) == 1)
                    yield return Show(judging, standard, row, explained, names);
        }
    }

    private static Unknown Show(Judging judging, Standard standard, Row row, IndicatorExplanation explained, Dictionary<long, string> names)
    {
        var (i, place) = (explained.Indicator, judging.Tree.ById(row.PlaceId));
        return new(
            i.Id,
            i.Title.Zh,
            standard.Id,
            standard.Level.Name,
            ListGaps.Code(place?.Code ?? row.AreaCode),
            place?.Name ?? "",
            i.Department,
            row.Household,
            row.Head,
            i.Met is null
                ? ["未找到条文 (no text of law found)"]
                : MissingFacts.Of(explained, id => names.GetValueOrDefault(id), Tongue.Zh, named: true)
        );
    }

    private static List<Row> Rows(Judging judging, string verdicts, Standard standard, long mask, bool beside)
    {
        var unknown = $"({mask} & ~({VerdictSql.Met("v")} | {VerdictSql.Unmet("v")}))";
        var version = judging.Version(standard.Id).VersionId;
        if (standard.Level.Level is not null)
            return
            [
                .. judging
                    .Query<Row>(
                        $"SELECT v.subject_id AS id, v.subject_id AS place_id, {unknown} AS bits FROM {verdicts} v WHERE v.standard_version_id = {version} AND {unknown} <> 0"
                    )
                    .Where(r =>
                        judging.Tree.ById(r.Id) is { } place
                        && judging.Range.Contains(place.Code)
                        && (beside || judging.Deciding(standard.Level, place.Code) == standard)
                    )
                    .OrderBy(r => judging.Tree.ById(r.Id)!.Code),
            ];
        if (HouseholdGaps.Decided(judging, standard, beside) is not { } decided)
            return [];
        return
        [
            .. judging.Query<Row>(
                $"""
                SELECT v.subject_id AS id, h.village_id AS place_id, h.area_code, {unknown} AS bits,
                  coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS household, h.head_name AS head
                FROM {verdicts} v JOIN households h ON h.id = v.subject_id JOIN {CountedHouseholds.Join(judging, "h")}
                WHERE v.standard_version_id = {version} AND {unknown} <> 0 AND {decided} ORDER BY h.area_code, h.id
                """
            ),
        ];
    }

    private static Dictionary<long, string> Names(Judging judging, SubjectTree tree) =>
        judging
            .Query<(long Id, string Name)>($"SELECT id, name FROM persons WHERE id IN ({string.Join(", ", tree.Of("person").Append(0L))})")
            .ToDictionary(p => p.Id, p => p.Name);
}
