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

    private readonly Judging? moment;

    private AreaCounting(Installation installation, DbConnection connection, DbTransaction? transaction, DateOnly on, Judging? moment = null)
    {
        (this.installation, this.connection, this.transaction, day) = (installation, connection, transaction, DayNumber.Of(on));
        (Day, this.moment) = (on, moment);
    }

    private DateOnly Day { get; }

    /// <summary>Counts everything again.</summary>
    public static void Refresh(Installation installation, DbConnection connection, DbTransaction transaction, DateOnly on)
    {
        var counting = new AreaCounting(installation, connection, transaction, on);
        counting.Run("DELETE FROM area_counts");
        counting.Run("DELETE FROM area_figures");
        counting.Count();
    }

    /// <summary>The counts of another moment from its list, where its judgement has its tables; of what lies above its area they are a part.</summary>
    public static void Fill(Judging moment) =>
        new AreaCounting(moment.Installation, moment.Connection, moment.Transaction, moment.Day.Date, moment).Count();

    private void Count()
    {
        CountVillages();
        CountFigures();
        foreach (var level in new[] { 4, 3, 2, 1, 0 })
        {
            RollUp(Source("area_counts"), "standard_version_id, bit, standing", Results, level);
            RollUp(Source("area_figures"), "figure, key", "households, persons", level);
        }
    }

    private string Source(string table) => moment?.Source(table) ?? table;

    /// <summary>What one household adds to the counts of its village and all above.</summary>
    public sealed record Share(long Village, long? Version, long Standing, long Members, long Met, long Unmet, long Overruled);

    /// <summary>What one household adds to a distribution of its village and all above.</summary>
    public sealed record Part(long Village, string Figure, long Key, long Members);

    /// <summary>What one household adds to all that is counted; nothing when it is not counted.</summary>
    public sealed record Shares(Share? Counted, IReadOnlyList<Part> Parts)
    {
        public static Shares None { get; } = new(null, []);
    }

    /// <summary>
    /// The shares of single households, by statements that a connection keeps: planning them would cost more than running them. Make another when the
    /// area tree, the packs or the work date change.
    /// </summary>
    public sealed class OfOne
    {
        private const int Depth = 6;
        private readonly Judging judging;
        private readonly PreparedStatements statements;
        private readonly string counted;
        private readonly string parts;
        private readonly string add;
        private readonly string forget;

        internal OfOne(Judging judging, PreparedStatements statements)
        {
            (this.judging, this.statements) = (judging, statements);
            var counting = new AreaCounting(judging.Installation, judging.Connection, judging.Transaction, judging.Day.Date);
            counted = counting.Counted("l.household_id = @id");
            parts =
                counting.Years
                + string.Join(
                    " UNION ALL ",
                    counting.Distributions.Select(d =>
                        $"SELECT l.area_code, '{d.Name}', {d.Key}, coalesce(l.members, 0){counting.Wide} FROM {d.From} WHERE l.household_id = @id AND l.place_code = l.area_code AND {d.Where}"
                    )
                );
            add = Add(judging, counting);
            forget =
                $"DELETE FROM area_counts WHERE area_id IN ({string.Join(", ", Places(0))}) AND met_households + unmet_households + unknown_households = 0";
        }

        /// <summary>The shares of a household as the list and its statuses are when the statements of a batch reach them; to be taken once it was sent.</summary>
        internal Func<Shares> Of(PreparedStatements.Batch batch, long householdId)
        {
            var share = batch.Read(
                counted,
                r => new Share(r.GetInt64(0), Number(r, 1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)),
                ("@id", householdId)
            );
            var rest = batch.Read(parts, r => new Part(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)), ("@id", householdId));
            return () => new(share.FirstOrDefault(), rest);
        }

        /// <summary>Takes off what a household added and puts on what it adds now, but for the distributions, whose statements are told, to be run with others.</summary>
        public IReadOnlyList<string> Replace(DbTransaction? transaction, Shares before, Shares now)
        {
            if (before.Counted != now.Counted)
            {
                (string, long?)[] Of(Share? share, int side) =>
                    [
                        .. Places(side).Zip(Upward(share?.Village)),
                        ($"@version{side}", share?.Version),
                        ($"@standing{side}", share?.Standing),
                        ($"@members{side}", share?.Members),
                        ($"@met{side}", share?.Met),
                        ($"@unmet{side}", share?.Unmet),
                        ($"@overruled{side}", share?.Overruled),
                    ];
                var batch = statements.Together(transaction);
                batch.Run(add, [.. Of(before.Counted, 0), .. Of(now.Counted, 1)]);
                if (before.Counted is { } was)
                    batch.Run(forget, [.. Places(0).Zip(Upward(was.Village))]);
                batch.Send();
            }
            return Replace([.. before.Parts, .. Recorded(before.Counted)], [.. now.Parts, .. Recorded(now.Counted)]);
        }

        private static IEnumerable<Part> Recorded(Share? share) =>
            share is null ? [] : [new Part(share.Village, AreaFigures.Recorded, share.Standing, share.Members)];

        private IReadOnlyList<string> Replace(IReadOnlyList<Part> before, IReadOnlyList<Part> now)
        {
            var changes = new Dictionary<(long Area, string Figure, long Key), (long Households, long Persons)>();
            foreach (var (part, sign) in before.Except(now).Select(p => (p, -1)).Concat(now.Except(before).Select(p => (p, 1))))
            foreach (var area in Upward(part.Village).OfType<long>())
            {
                var (households, persons) = changes.GetValueOrDefault((area, part.Figure, part.Key));
                changes[(area, part.Figure, part.Key)] = (households + sign, persons + sign * part.Members);
            }
            if (changes.Count == 0)
                return [];
            var statement = $"""
                INSERT INTO area_figures AS f (area_id, figure, key, households, persons) VALUES {string.Join(
                    ", ",
                    changes.Select(c => $"({c.Key.Area}, '{c.Key.Figure}', {c.Key.Key}, {c.Value.Households}, {c.Value.Persons})")
                )}
                ON CONFLICT (area_id, figure, key) DO UPDATE SET households = f.households + excluded.households, persons = f.persons + excluded.persons
                """;
            if (!changes.Values.Any(c => c.Households < 0))
                return [statement];
            return
            [
                statement,
                $"DELETE FROM area_figures WHERE area_id IN ({string.Join(", ", changes.Keys.Select(c => c.Area).Distinct())}) AND figure IN ({string.Join(", ", changes.Keys.Select(c => c.Figure).Distinct().Select(f => $"'{f}'"))}) AND households = 0",
            ];
        }

        // A result that stays where it was in all respects is not written; a statement may touch a row once only, so both sides are summed first.
        private static string Add(Judging judging, AreaCounting counting)
        {
            var masks = Masks(judging.Installation, judging.Connection, judging.Transaction);
            if (masks.Count == 0)
                return "SELECT 1";
            string Side(int side) => $"({2 * side - 1}, @version{side}, @standing{side}, @members{side}, @met{side}, @unmet{side}, @overruled{side})";
            // The results in the order of their columns; what was overruled is part of the met and of the unmet.
            string[] results = ["result = 0", "result = 1", "result = 2", "result = 0 AND said", "result = 1 AND said"];
            string Sums(string value) => string.Join(", ", results.Select(r => $"coalesce(sum({value}) FILTER (WHERE {r}), 0){counting.Wide}"));
            return $"""
                INSERT INTO area_counts AS c (area_id, standard_version_id, bit, standing, {Results})
                WITH b (version, bit, mask) AS (VALUES {Bits(masks)}),
                s (sign, version, standing, members, met, unmet, overruled) AS (VALUES {Side(0)}, {Side(1)}),
                a (sign, id) AS (VALUES {string.Join(
                    ", ",
                    Enumerable.Range(0, 2).SelectMany(side => Places(side).Select(p => $"({2 * side - 1}, {p})"))
                )}),
                d AS (
                  SELECT a.id, s.version, b.bit, s.standing, s.sign, s.sign * s.members AS persons,
                    CASE WHEN s.unmet & b.mask <> 0 THEN 1 WHEN s.met & b.mask <> b.mask THEN 2 ELSE 0 END AS result,
                    CASE WHEN s.unmet & b.mask <> 0 THEN s.overruled & s.unmet & b.mask <> 0
                      ELSE s.met & b.mask = b.mask AND s.overruled & s.met & b.mask <> 0 END AS said
                  FROM s JOIN b ON b.version = s.version JOIN a ON a.sign = s.sign AND a.id IS NOT NULL
                )
                SELECT id, version, bit, standing, {Sums("sign")}, {Sums("persons")}
                FROM d GROUP BY id, version, bit, standing
                HAVING count(DISTINCT result) > 1 OR min(CASE WHEN said THEN 1 ELSE 0 END) <> max(CASE WHEN said THEN 1 ELSE 0 END)
                  OR sum(sign) <> 0 OR sum(persons) <> 0
                ON CONFLICT (area_id, standard_version_id, bit, standing) DO UPDATE SET {string.Join(
                    ", ",
                    Results.Split(", ").Select(r => $"{r} = c.{r} + excluded.{r}")
                )}
                """;
        }

        private static IEnumerable<string> Places(int side) => Enumerable.Range(0, Depth).Select(i => $"@area{side}{i}");

        // A village and all above it, filled up with nothing.
        private IEnumerable<long?> Upward(long? villageCode)
        {
            var at = villageCode is { } code ? judging.Tree.ByCode(code) : null;
            for (var i = 0; i < Depth; i++)
            {
                yield return at?.AreaId;
                at = at?.ParentId is { } parent ? judging.Tree.ById(parent) : null;
            }
        }

        private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
    }

    private string Counted(string where) =>
        $"""
            SELECT l.area_code AS village, l.standard_version_id AS version,
              CASE WHEN l.registered = 0 THEN 0 WHEN l.status IN ({Kind("remaining")}, {Kind("returned")}) THEN 1 ELSE 2 END AS standing,
              coalesce(l.members, 0) AS members, l.met | l.exempt AS met, l.unmet, l.overruled
            FROM {Source("household_list")} l
            WHERE l.place_code = l.area_code AND {HouseholdList.Counted(
                "l",
                installation.Packs.Dictionary.CodeLists["status_kind"]
            )} AND {where}
            """;

    private int Kind(string key) => installation.Packs.Dictionary.CodeLists["status_kind"].Find(key)!.Number;

    private void CountVillages()
    {
        var masks = moment is null ? Masks(installation, connection, transaction) : MasksOf(moment);
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
            INSERT INTO {Source("area_counts")} (area_id, standard_version_id, bit, standing, {Results})
            WITH b (version, bit, mask) AS (VALUES {Bits(masks)}),
            h AS ({Counted("TRUE")})
            SELECT a.area_id, h.version, b.bit, h.standing, {string.Join(
                ", ",
                results.Select(r => Of(r, false)).Concat(results.Select(r => Of(r, true)))
            )}
            FROM h JOIN b ON b.version = h.version JOIN {Source("area_versions")} a ON a.code = h.village AND a.level = 5 AND {Covers("a")}
            GROUP BY a.area_id, h.version, b.bit, h.standing
            """
        );
    }

    private void CountFigures()
    {
        Run(
            $"""
            INSERT INTO {Source("area_figures")} (area_id, figure, key, households, persons)
            SELECT a.area_id, '{AreaFigures.Recorded}', h.standing, count(*), sum(h.members){Wide}
            FROM ({Counted("TRUE")}) h JOIN {Source("area_versions")} a ON a.code = h.village AND a.level = 5 AND {Covers("a")} GROUP BY 1, 3
            """
        );
        foreach (var distribution in Distributions)
            Figure(distribution);
        Run(
            $"""
            INSERT INTO {Source("area_figures")} (area_id, figure, key, households, persons)
            SELECT v.area_id, '{AreaFigures.RuralBase}', v.year, 1, v.rural_population{Wide} FROM {Source("village_years")} v WHERE v.rural_population IS NOT NULL{(
                moment is null ? "" : $" AND v.area_id IN (SELECT a.area_id FROM {Source("area_versions")} a WHERE a.code BETWEEN {moment.Range.From} AND {moment.Range.To})"
            )}
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
                $"y JOIN {Source("household_statuses")} s ON s.kind IN ({Kind("remaining")}, {Kind("returned")}) AND s.from_day <= y.year * 10000 + 1231 AND (s.to_day IS NULL OR s.to_day > y.year * 10000 + 1231) JOIN {Source("household_list")} l ON l.household_id = s.household_id",
                "TRUE"
            ),
            new(AreaFigures.Cause, "coalesce(l.cause, 0)", $"{Source("household_list")} l", "l.registered = 1"),
            new(
                AreaFigures.Size,
                "CASE WHEN l.members > 7 THEN 7 ELSE coalesce(l.members, 0) END",
                $"{Source("household_list")} l",
                "l.registered = 1"
            ),
            new(
                AreaFigures.Income,
                "CASE WHEN l.income_per_head IS NULL THEN -1 WHEN l.income_per_head < 0 THEN 0 WHEN l.income_per_head >= 1000000 THEN 10 ELSE l.income_per_head / 100000 END",
                $"{Source("household_list")} l",
                "l.registered = 1"
            ),
        ];

    private void Figure(Distribution distribution) =>
        Run(
            $"""
            INSERT INTO {Source("area_figures")} (area_id, figure, key, households, persons)
            {Years}SELECT a.area_id, '{distribution.Name}', {distribution.Key}, count(*), coalesce(sum(l.members), 0){Wide}
            FROM {distribution.From} JOIN {Source("area_versions")} a ON a.code = l.area_code AND a.level = 5 AND {Covers("a")}
            WHERE l.place_code = l.area_code AND {distribution.Where} GROUP BY 1, 3
            """
        );

    private void RollUp(string table, string keys, string values, int level) =>
        Run(
            $"""
            INSERT INTO {table} (area_id, {keys}, {values})
            SELECT a.parent_id, {keys}, {string.Join(", ", values.Split(", ").Select(v => $"sum({v}){Wide}"))}
            FROM {table} c JOIN {Source("area_versions")} a ON a.area_id = c.area_id AND a.level = {level + 1} AND {Covers("a")}
            GROUP BY a.parent_id, {keys}
            """
        );

    private string Wide => installation.Store.Dialect.Wide;

    private string Covers(string alias) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";

    private void Run(string sql) => connection.Execute(sql, transaction);

    private static string Bits(IEnumerable<(long Version, int Bit, long Mask)> masks) =>
        string.Join(", ", masks.Select(m => string.Create(CultureInfo.InvariantCulture, $"({m.Version}, {m.Bit}, {m.Mask})")));

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
            from mask in MasksOf(version.Id, standard)
            select mask,
        ];
    }

    // The same of the standards that a judgement of another moment judged by.
    private static List<(long Version, int Bit, long Mask)> MasksOf(Judging moment) =>
        [.. moment.Standards.Where(s => s.Level.Level is null).SelectMany(s => MasksOf(moment.Version(s.Id).VersionId, s))];

    private static IEnumerable<(long Version, int Bit, long Mask)> MasksOf(long version, Standard standard) =>
        standard
            .Indicators.Where(i => !i.Retired)
            .Select(i => (version, i.Bit, 1L << i.Bit))
            .Append((version, AreaCount.Whole, VerdictSql.Mask(standard)));
}
