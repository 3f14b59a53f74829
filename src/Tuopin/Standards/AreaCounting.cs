using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Keeps <c>area_counts</c> and <c>area_figures</c> from <c>household_list</c>, in the transaction that changed it: all of them after a judgement, the
/// difference of one household after its edit.
/// </summary>
public sealed class AreaCounting
{
    private const string Results =
        "met_households, unmet_households, unknown_households, overruled_met_households, overruled_unmet_households, met_persons, unmet_persons, unknown_persons, overruled_met_persons, overruled_unmet_persons";

    private readonly Installation installation;
    private readonly DbConnection connection;
    private readonly DbTransaction? transaction;
    private readonly int day;

    private AreaCounting(Installation installation, DbConnection connection, DbTransaction? transaction, DateOnly on)
    {
        (this.installation, this.connection, this.transaction, day) = (installation, connection, transaction, DayNumber.Of(on));
        Day = on;
    }

    private DateOnly Day { get; }

    /// <summary>Counts everything again.</summary>
    public static void Refresh(Installation installation, DbConnection connection, DbTransaction transaction, DateOnly on)
    {
        var counting = new AreaCounting(installation, connection, transaction, on);
        counting.Run("DELETE FROM area_counts");
        counting.Run("DELETE FROM area_figures");
        counting.CountVillages();
        counting.CountFigures();
        foreach (var level in new[] { 4, 3, 2, 1, 0 })
        {
            counting.RollUp("area_counts", "standard_version_id, bit, standing", Results, level);
            counting.RollUp("area_figures", "figure, key", "households, persons", level);
        }
    }

    /// <summary>What one household adds to the counts of its village and all above.</summary>
    public sealed record Share
    {
        public long Village { get; init; }
        public long? Version { get; init; }
        public int Standing { get; init; }
        public long Members { get; init; }
        public long Met { get; init; }
        public long Unmet { get; init; }
        public long Overruled { get; init; }
    }

    /// <summary>The share of a household as the list has it now; null when it is not counted.</summary>
    public static Share? ShareOf(Judging judging, long householdId)
    {
        var counting = Of(judging);
        return judging.Query<Share>(counting.Counted("l.household_id = @householdId"), new { householdId }).FirstOrDefault();
    }

    /// <summary>Takes off what a household added and puts on what it adds now.</summary>
    public static void Replace(Judging judging, Share? before, Share? now)
    {
        if (before == now)
            return;
        var masks = Masks(judging.Installation, judging.Connection, judging.Transaction);
        var rows = new List<string>();
        var areas = new HashSet<long>();
        var recorded = new Dictionary<(long Area, int Standing), (long Households, long Persons)>();
        foreach (var (share, sign) in new[] { (before, -1), (now, 1) })
        {
            if (share is null || judging.Tree.ByCode(share.Village) is not { } village)
                continue;
            for (var at = village; at is not null; at = at.ParentId is { } parent ? judging.Tree.ById(parent) : null)
            {
                areas.Add(at.AreaId);
                var (households, persons) = recorded.GetValueOrDefault((at.AreaId, share.Standing));
                recorded[(at.AreaId, share.Standing)] = (households + sign, persons + sign * share.Members);
                rows.AddRange(masks.Where(m => m.Version == share.Version).Select(m => Row(at.AreaId, share, m.Bit, m.Mask, sign)));
            }
        }
        // A statement may touch a row once only.
        foreach (var half in rows.Chunk(Math.Max(1, rows.Count / (before is null || now is null ? 1 : 2))))
            judging.Execute(
                $"""
                INSERT INTO area_counts AS c (area_id, standard_version_id, bit, standing, {Results}) VALUES {string.Join(", ", half)}
                ON CONFLICT (area_id, standard_version_id, bit, standing) DO UPDATE SET {string.Join(
                    ", ",
                    Results.Split(", ").Select(r => $"{r} = c.{r} + excluded.{r}")
                )}
                """
            );
        if (areas.Count > 0)
        {
            judging.Execute(
                $"""
                INSERT INTO area_figures AS f (area_id, figure, key, households, persons) VALUES {string.Join(
                    ", ",
                    recorded.Select(r => $"({r.Key.Area}, '{AreaFigures.Recorded}', {r.Key.Standing}, {r.Value.Households}, {r.Value.Persons})")
                )}
                ON CONFLICT (area_id, figure, key) DO UPDATE SET households = f.households + excluded.households, persons = f.persons + excluded.persons
                """
            );
            judging.Execute(
                $"DELETE FROM area_figures WHERE area_id IN ({string.Join(", ", areas)}) AND figure = '{AreaFigures.Recorded}' AND households = 0"
            );
            judging.Execute(
                $"DELETE FROM area_counts WHERE area_id IN ({string.Join(", ", areas)}) AND met_households + unmet_households + unknown_households = 0"
            );
        }
    }

    /// <summary>What one household adds to a distribution of its village and all above.</summary>
    public sealed record Part(long Village, string Figure, long Key, long Members);

    /// <summary>The parts of a household as the list and its statuses are now.</summary>
    public static IReadOnlyList<Part> PartsOf(Judging judging, long householdId)
    {
        var counting = Of(judging);
        return
        [
            .. judging
                .Query<(long Village, string Figure, long Key, long Members)>(
                    counting.Years
                        + string.Join(
                            " UNION ALL ",
                            counting.Distributions.Select(d =>
                                $"SELECT l.area_code, '{d.Name}', {d.Key}, coalesce(l.members, 0) FROM {d.From} WHERE l.household_id = @householdId AND l.place_code = l.area_code AND {d.Where}"
                            )
                        ),
                    new { householdId }
                )
                .Select(p => new Part(p.Village, p.Figure, p.Key, p.Members)),
        ];
    }

    /// <summary>Takes the parts of a household off the distributions and puts on what they are now.</summary>
    public static void Replace(Judging judging, IReadOnlyList<Part> before, IReadOnlyList<Part> now)
    {
        var parts = new Dictionary<(long Area, string Figure, long Key), (long Households, long Persons)>();
        foreach (var (part, sign) in before.Except(now).Select(p => (p, -1)).Concat(now.Except(before).Select(p => (p, 1))))
            for (var at = judging.Tree.ByCode(part.Village); at is not null; at = at.ParentId is { } parent ? judging.Tree.ById(parent) : null)
            {
                var (households, persons) = parts.GetValueOrDefault((at.AreaId, part.Figure, part.Key));
                parts[(at.AreaId, part.Figure, part.Key)] = (households + sign, persons + sign * part.Members);
            }
        if (parts.Count == 0)
            return;
        judging.Execute(
            $"""
            INSERT INTO area_figures AS f (area_id, figure, key, households, persons) VALUES {string.Join(
                ", ",
                parts.Select(p => $"({p.Key.Area}, '{p.Key.Figure}', {p.Key.Key}, {p.Value.Households}, {p.Value.Persons})")
            )}
            ON CONFLICT (area_id, figure, key) DO UPDATE SET households = f.households + excluded.households, persons = f.persons + excluded.persons
            """
        );
        judging.Execute(
            $"DELETE FROM area_figures WHERE area_id IN ({string.Join(", ", parts.Keys.Select(p => p.Area).Distinct())}) AND figure IN ({string.Join(", ", parts.Keys.Select(p => p.Figure).Distinct().Select(f => $"'{f}'"))}) AND households = 0"
        );
    }

    private static AreaCounting Of(Judging judging) => new(judging.Installation, judging.Connection, judging.Transaction, judging.Day.Date);

    private static string Row(long area, Share share, int bit, long mask, int sign)
    {
        var result =
            (share.Unmet & mask) != 0 ? 1
            : (share.Met & mask) != mask ? 2
            : 0;
        var overruled = result < 2 && (share.Overruled & (result == 0 ? share.Met : share.Unmet) & mask) != 0;
        var values = new long[10];
        foreach (var at in overruled ? new[] { result, 3 + result } : [result])
            (values[at], values[5 + at]) = (sign, sign * share.Members);
        return string.Create(CultureInfo.InvariantCulture, $"({area}, {share.Version}, {bit}, {share.Standing}, {string.Join(", ", values)})");
    }

    private string Counted(string where) =>
        $"""
            SELECT l.area_code AS village, l.standard_version_id AS version,
              CASE WHEN l.registered = 0 THEN 0 WHEN l.status IN ({Kind("remaining")}, {Kind("returned")}) THEN 1 ELSE 2 END AS standing,
              coalesce(l.members, 0) AS members, l.met | l.exempt AS met, l.unmet, l.overruled
            FROM household_list l
            WHERE l.place_code = l.area_code AND {HouseholdList.Counted(
                "l",
                installation.Packs.Dictionary.CodeLists["status_kind"]
            )} AND {where}
            """;

    private int Kind(string key) => installation.Packs.Dictionary.CodeLists["status_kind"].Find(key)!.Number;

    private void CountVillages()
    {
        var masks = Masks(installation, connection, transaction);
        if (masks.Count == 0)
            return;
        string Of(string result, bool persons) =>
            persons ? $"coalesce(sum(h.members) FILTER (WHERE {result}), 0){Wide}" : $"count(*) FILTER (WHERE {result})";
        string[] results =
        [
            "h.unmet & b.mask = 0 AND h.met & b.mask = b.mask",
            "h.unmet & b.mask <> 0",
            "h.unmet & b.mask = 0 AND h.met & b.mask <> b.mask",
            "h.unmet & b.mask = 0 AND h.met & b.mask = b.mask AND h.overruled & h.met & b.mask <> 0",
            "h.overruled & h.unmet & b.mask <> 0",
        ];
        Run(
            $"""
            INSERT INTO area_counts (area_id, standard_version_id, bit, standing, {Results})
            WITH b (version, bit, mask) AS (VALUES {string.Join(
                ", ",
                masks.Select(m => string.Create(CultureInfo.InvariantCulture, $"({m.Version}, {m.Bit}, {m.Mask})"))
            )}),
            h AS ({Counted("TRUE")})
            SELECT a.area_id, h.version, b.bit, h.standing, {string.Join(
                ", ",
                results.Select(r => Of(r, false)).Concat(results.Select(r => Of(r, true)))
            )}
            FROM h JOIN b ON b.version = h.version JOIN area_versions a ON a.code = h.village AND a.level = 5 AND {Covers("a")}
            GROUP BY a.area_id, h.version, b.bit, h.standing
            """
        );
    }

    private void CountFigures()
    {
        Run(
            $"""
            INSERT INTO area_figures (area_id, figure, key, households, persons)
            SELECT a.area_id, '{AreaFigures.Recorded}', h.standing, count(*), sum(h.members){Wide}
            FROM ({Counted("TRUE")}) h JOIN area_versions a ON a.code = h.village AND a.level = 5 AND {Covers("a")} GROUP BY 1, 3
            """
        );
        foreach (var distribution in Distributions)
            Figure(distribution);
        Run(
            $"""
            INSERT INTO area_figures (area_id, figure, key, households, persons)
            SELECT v.area_id, '{AreaFigures.RuralBase}', v.year, 1, v.rural_population{Wide} FROM village_years v WHERE v.rural_population IS NOT NULL
            """
        );
    }

    /// <param name="Key">The class a household falls into.</param>
    /// <param name="From">With <c>household_list</c> as l; years as y.</param>
    private sealed record Distribution(string Name, string Key, string From, string Where);

    private string Years =>
        $"WITH y (year) AS (VALUES {string.Join(", ", Enumerable.Range(2013, Math.Max(1, Day.Year - 2013)).Select(y => $"({y})"))}) ";

    private IReadOnlyList<Distribution> Distributions =>
        [
            new(
                AreaFigures.RemainingAtYearEnd,
                "y.year",
                $"y JOIN household_statuses s ON s.kind IN ({Kind("remaining")}, {Kind("returned")}) AND s.from_day <= y.year * 10000 + 1231 AND (s.to_day IS NULL OR s.to_day > y.year * 10000 + 1231) JOIN household_list l ON l.household_id = s.household_id",
                "TRUE"
            ),
            new(AreaFigures.Cause, "coalesce(l.cause, 0)", "household_list l", "l.registered = 1"),
            new(AreaFigures.Size, "CASE WHEN l.members > 7 THEN 7 ELSE coalesce(l.members, 0) END", "household_list l", "l.registered = 1"),
            new(
                AreaFigures.Income,
                "CASE WHEN l.income_per_head IS NULL THEN -1 WHEN l.income_per_head < 0 THEN 0 WHEN l.income_per_head >= 1000000 THEN 10 ELSE l.income_per_head / 100000 END",
                "household_list l",
                "l.registered = 1"
            ),
        ];

    private void Figure(Distribution distribution) =>
        Run(
            $"""
            INSERT INTO area_figures (area_id, figure, key, households, persons)
            {Years}SELECT a.area_id, '{distribution.Name}', {distribution.Key}, count(*), coalesce(sum(l.members), 0){Wide}
            FROM {distribution.From} JOIN area_versions a ON a.code = l.area_code AND a.level = 5 AND {Covers("a")}
            WHERE l.place_code = l.area_code AND {distribution.Where} GROUP BY 1, 3
            """
        );

    private void RollUp(string table, string keys, string values, int level) =>
        Run(
            $"""
            INSERT INTO {table} (area_id, {keys}, {values})
            SELECT a.parent_id, {keys}, {string.Join(", ", values.Split(", ").Select(v => $"sum({v}){Wide}"))}
            FROM {table} c JOIN area_versions a ON a.area_id = c.area_id AND a.level = {level + 1} AND {Covers("a")}
            GROUP BY a.parent_id, {keys}
            """
        );

    private string Wide => installation.Store.Dialect.Wide;

    private string Covers(string alias) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";

    private void Run(string sql) => connection.Execute(sql, transaction);

    // The bits of each household standard that has been judged, and all of them together.
    private static List<(long Version, int Bit, long Mask)> Masks(Installation installation, DbConnection connection, DbTransaction? transaction)
    {
        var held = connection.Query<(long Id, string Standard, string Hash)>(
            "SELECT id, standard_id, hash FROM standard_versions",
            transaction: transaction
        );
        return
        [
            .. from version in held
            let standard = installation.Packs.Standards.FirstOrDefault(s =>
                s.Id == version.Standard && s.Hash == version.Hash && s.Level.Level is null
            )
            where standard is not null
            from bit in standard
                .Indicators.Where(i => !i.Retired)
                .Select(i => (i.Bit, Mask: 1L << i.Bit))
                .Append((AreaCount.Whole, VerdictSql.Mask(standard)))
            select (version.Id, bit.Item1, bit.Item2),
        ];
    }
}
