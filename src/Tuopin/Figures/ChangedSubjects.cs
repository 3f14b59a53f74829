using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Figures;

/// <summary>One of two moments that are held against each other.</summary>
/// <param name="Area">As the tree of that day has it.</param>
public sealed record FigureSide(AreaVersion Area, FigureMoment Moment)
{
    public AreaRange Range => AreaTree.RangeOf(Area);
}

/// <summary>How a subject makes a figure another one.</summary>
public enum ChangeWay : byte
{
    /// <summary>It counts now and did not.</summary>
    Entered,

    /// <summary>It counted and does not any more.</summary>
    Left,

    /// <summary>It counts with another amount.</summary>
    Changed,

    /// <summary>At one of the moments it is not known whether, or with how much, it counts.</summary>
    Doubtful,
}

/// <summary>
/// The subjects that make the difference of a counted figure between two moments: those whose share of it is another, found by one statement. What they add
/// is, added up, the difference of the two values.
/// </summary>
public static class ChangedSubjects
{
    public const int PageSize = 50;

    /// <summary>With how much a subject counts at a moment; two ends where that is open, none where a number is missing.</summary>
    public sealed record Share(Exact? Low, Exact? High)
    {
        public bool IsNothing => Low is { IsZero: true } && High is { IsZero: true };
    }

    /// <param name="Id">Of the subject.</param>
    /// <param name="Household">The household it is or belongs to; null for a place.</param>
    public sealed record Row(long Id, long AreaCode, long? Household, string? Number, string? Name, ChangeWay Way, Share Before, Share After);

    /// <param name="Low">What they add to the low end of the value, in base units.</param>
    /// <param name="High">What they add to the high end.</param>
    public sealed record Total(long Entered, long Left, long Changed, long Doubtful, Exact Low, Exact High)
    {
        public long All => Entered + Left + Changed + Doubtful;
    }

    /// <summary>
    /// Whether the subjects of a figure at both moments can be told apart: it counts something that has a name and whose rule reads no verdicts, or the
    /// verdicts themselves.
    /// </summary>
    public static bool CanBeNamed(Figure figure, FigureSide from, FigureSide to) =>
        (
            figure.Verdicts is not null
            || figure.Counted is { } counted
                && NameSubjects.Opens(counted.Over)
                && !new[] { counted.Where, counted.Sum }.OfType<Expr>().SelectMany(e => e.All()).OfType<VerdictRead>().Any()
        )
        && figure.Moment.On(from.Moment.Day) is not null
        && figure.Moment.On(to.Moment.Day) is not null;

    /// <summary>How many there are of each way, and what they come to.</summary>
    public static Total Count(Installation installation, DbConnection connection, Figure figure, FigureSide from, FigureSide to)
    {
        Prepare(installation, connection);
        var groups = connection
            .Query<(int Way, long Subjects, long Low, long High)>(
                $"""
                SELECT t.way, count(*), CAST(sum(t.low_after - t.low_before) AS bigint), CAST(sum(t.high_after - t.high_before) AS bigint)
                FROM ({Both(installation, connection, figure, from, to)}) t GROUP BY t.way
                """,
                commandTimeout: 0
            )
            .ToList();
        long Of(ChangeWay way) => groups.Where(g => g.Way == (int)way).Sum(g => g.Subjects);
        return new(
            Of(ChangeWay.Entered),
            Of(ChangeWay.Left),
            Of(ChangeWay.Changed),
            Of(ChangeWay.Doubtful),
            NameSubjects.Amount(figure, groups.Sum(g => g.Low)),
            NameSubjects.Amount(figure, groups.Sum(g => g.High))
        );
    }

    /// <summary>A page of them by name, households and persons within a scope.</summary>
    /// <param name="way">Only these; null for all.</param>
    /// <param name="after">The last row of the page before.</param>
    /// <param name="today">The day on which pairings of the scope hold (yyyyMMdd).</param>
    public static IReadOnlyList<Row> Read(
        Installation installation,
        DbConnection connection,
        Figure figure,
        FigureSide from,
        FigureSide to,
        Scope scope,
        int today,
        ChangeWay? way,
        (long Code, long Id)? after,
        int limit
    )
    {
        var over = OverOf(installation, figure);
        Prepare(installation, connection);
        var day = DayNumber.Of(figure.Moment.On(to.Moment.Day)!.Value);
        // PostgreSQL takes those who changed for very few and would find them anew for each household of the list: it is told to ask the list for each of them.
        string ListOf(string household) =>
            installation.Store.IsSqlite
                ? $"JOIN household_list l ON l.household_id = {household}"
                : $"JOIN LATERAL (SELECT * FROM household_list o WHERE o.household_id = {household} OFFSET 0) l ON TRUE";
        // Whoever has gone is named where the person last belonged.
        const string last =
            "NOT EXISTS (SELECT 1 FROM memberships x WHERE x.person_id = m.person_id AND (x.from_day, x.household_id) > (m.from_day, m.household_id))";
        var (columns, joins, order) =
            over.Level is not null
                ? (
                    "v.code AS area_code, NULL AS household, NULL AS number, v.name",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"JOIN area_versions v ON v.area_id = s.id AND v.from_day = (SELECT max(x.from_day) FROM area_versions x WHERE x.area_id = s.id AND x.from_day <= {day})"
                    ),
                    "v.code"
                )
            : over.Name == "household" ? (Listed("l.head_name"), ListOf("s.id"), "l.area_code")
            : over.Name == "person"
                ? (
                    Listed("p.name"),
                    $"JOIN persons p ON p.id = s.id JOIN memberships m ON m.person_id = p.id AND {last} {ListOf("m.household_id")}",
                    "l.area_code"
                )
            : (
                Listed("l.head_name"),
                $"JOIN {over.Table} t ON t.id = s.id {ListOf($"t.{NameSubjects.HouseholdOf(over)!.SourceColumn}")}",
                "l.area_code"
            );
        // A household that moved away is somewhere else now: whoever sees it there is told.
        var within = over.Level is not null ? "TRUE" : $"{scope.Households("l", AreaRange.Nation, today)} AND l.place_code = l.area_code";
        var rest = after is { } seen ? string.Create(CultureInfo.InvariantCulture, $" AND ({order}, s.id) > ({seen.Code}, {seen.Id})") : "";
        var only = way is { } asked ? string.Create(CultureInfo.InvariantCulture, $" AND s.way = {(int)asked}") : "";
        return
        [
            .. connection
                .Query<Found>(
                    $"""
                    SELECT s.id, {columns}, s.way, s.low_before, s.high_before, s.open_before, s.low_after, s.high_after, s.open_after
                    FROM ({Both(installation, connection, figure, from, to)}) s {joins}
                    WHERE {within}{only}{rest} ORDER BY {order}, s.id LIMIT {limit}
                    """,
                    commandTimeout: 0
                )
                .Select(f => new Row(
                    f.Id,
                    f.AreaCode,
                    f.Household,
                    f.Number,
                    f.Name,
                    (ChangeWay)f.Way,
                    ShareOf(figure, f.LowBefore, f.HighBefore, f.OpenBefore),
                    ShareOf(figure, f.LowAfter, f.HighAfter, f.OpenAfter)
                )),
        ];
    }

    /// <summary>What a figure counts: of verdicts, households.</summary>
    public static SubjectType OverOf(Installation installation, Figure figure) => figure.Counted?.Over ?? installation.Packs.Dictionary["household"];

    private static void Prepare(Installation installation, DbConnection connection)
    {
        if (!installation.Store.IsSqlite)
            connection.Execute("SET jit = off");
    }

    private static Share ShareOf(Figure figure, long low, long high, long open) =>
        open > 0 ? new(null, null) : new(NameSubjects.Amount(figure, low), NameSubjects.Amount(figure, high));

    private static string Listed(string name) => $"l.area_code, l.household_id AS household, l.number, {name} AS name";

    // Each subject once: with how much it counts before and after. Who is elsewhere, or not recorded, counts with nothing.
    private static string Both(Installation installation, DbConnection connection, Figure figure, FigureSide from, FigureSide to) =>
        figure.Verdicts is not null
            ? ChangedVerdicts.Both(installation, connection, figure, from, to)
            : $"""
            SELECT u.id, CAST(sum(u.low_before) AS bigint) AS low_before, CAST(sum(u.high_before) AS bigint) AS high_before, sum(u.open_before) AS open_before,
              CAST(sum(u.low_after) AS bigint) AS low_after, CAST(sum(u.high_after) AS bigint) AS high_after, sum(u.open_after) AS open_after,
              CASE WHEN sum(u.open_before) > 0 OR sum(u.open_after) > 0 OR sum(u.low_before) <> sum(u.high_before) OR sum(u.low_after) <> sum(u.high_after) THEN {(int)
                ChangeWay.Doubtful}
                WHEN sum(u.low_before) = 0 THEN {(int)ChangeWay.Entered} WHEN sum(u.low_after) = 0 THEN {(int)ChangeWay.Left} ELSE {(int)
                ChangeWay.Changed} END AS way
            FROM (
              SELECT a.id, coalesce(a.low, 0) AS low_before, coalesce(a.high, 0) AS high_before, CASE WHEN a.low IS NULL OR a.high IS NULL THEN 1 ELSE 0 END AS open_before,
                0 AS low_after, 0 AS high_after, 0 AS open_after FROM ({Shares(installation, connection, figure, from)}) a
              UNION ALL
              SELECT b.id, 0, 0, 0, coalesce(b.low, 0), coalesce(b.high, 0), CASE WHEN b.low IS NULL OR b.high IS NULL THEN 1 ELSE 0 END
              FROM ({Shares(installation, connection, figure, to)}) b
            ) u
            GROUP BY u.id
            HAVING sum(u.low_before) <> sum(u.low_after) OR sum(u.high_before) <> sum(u.high_after) OR sum(u.open_before) <> sum(u.open_after)
            """;

    // What may or may not belong moves the low end if it is a loss, the high end if it is a gain: as the value is added up.
    private static string Shares(Installation installation, DbConnection connection, Figure figure, FigureSide side)
    {
        var context = FigureValues.ContextOf(installation, connection, figure.Moment.On(side.Moment.Day)!.Value, side.Moment.KnownAt, side.Range);
        return $"""
            SELECT m.id, CASE WHEN m.sure = 1 THEN m.low WHEN m.low < 0 THEN m.low WHEN m.low >= 0 THEN 0 END AS low,
              CASE WHEN m.sure = 1 THEN m.high WHEN m.high > 0 THEN m.high WHEN m.high <= 0 THEN 0 END AS high
            FROM ({SqlJudging.Members(figure.Counted!, figure.Kept is null, context)}) m WHERE m.sure = 1 OR m.sure IS NULL
            """;
    }

    private sealed class Found
    {
        public long Id { get; init; }
        public long AreaCode { get; init; }
        public long? Household { get; init; }
        public string? Number { get; init; }
        public string? Name { get; init; }
        public int Way { get; init; }
        public long LowBefore { get; init; }
        public long HighBefore { get; init; }
        public long OpenBefore { get; init; }
        public long LowAfter { get; init; }
        public long HighAfter { get; init; }
        public long OpenAfter { get; init; }
    }
}
