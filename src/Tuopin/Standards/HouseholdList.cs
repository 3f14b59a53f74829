using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// Keeps table <c>household_list</c> equal to what the record says, set-based and in the transaction that changed it: for all households, for those that
/// one change touched, or for one. Rows that stay as they are, are left alone.
/// </summary>
public sealed class HouseholdList
{
    private const string Touched = "touched_households";

    // What a household is in lists, in the language of rules: the dictionary says where it is kept.
    private static readonly (string Column, string Rule)[] Rules =
    [
        ("registered", "household.registered"),
        ("members", "household.member_count"),
        ("labour", "household.labour_count"),
        ("cause", "household.main_cause"),
        ("category", "household.category"),
        ("income_per_head", "household.net_income_per_head"),
        ("income_per_head", "household.income_per_head_stated"),
        ("income_per_head", "household.last_year.income_per_head_stated"),
    ];

    private static readonly string[] Columns =
    [
        "place_code",
        "household_id",
        "area_code",
        "group_name",
        "number",
        "head_name",
        "status",
        "status_from",
        "registered",
        "members",
        "labour",
        "cause",
        "category",
        "income_per_head",
        "standard_version_id",
        "met",
        "unmet",
        "exempt",
        "overruled",
        "unit_id",
        "post_id",
        "day",
    ];

    private readonly Installation installation;
    private readonly DbConnection connection;
    private readonly DbTransaction? transaction;
    private readonly Judging? moment;
    private readonly JudgingDay day;
    private readonly Variable household;
    private readonly IReadOnlyList<Expr> values;

    private HouseholdList(Installation installation, DbConnection connection, DbTransaction transaction)
        : this(installation, connection, transaction, new JudgingDay(Installation.WorkDateOf(connection, installation.Clock, transaction))) { }

    private HouseholdList(Judging moment)
        : this(moment.Installation, moment.Connection, moment.Transaction, moment.Day) => this.moment = moment;

    private HouseholdList(Installation installation, DbConnection connection, DbTransaction? transaction, JudgingDay day)
    {
        (this.installation, this.connection, this.transaction, this.day) = (installation, connection, transaction, day);
        household = new Variable("household", installation.Packs.Dictionary["household"]);
        var compiler = new RuleCompiler(installation.Packs.Scope);
        values = [.. Rules.Select(r => compiler.Compile(RuleText.Of(r.Rule), household, Expectation.Shown))];
    }

    /// <summary>The households that figures count: registered, or known to be unregistered; what was removed or closed counts nowhere.</summary>
    public static string Counted(string alias, CodeList kinds) =>
        string.Create(CultureInfo.InvariantCulture, $"({alias}.registered = 1 OR {alias}.status = {kinds.Find("not_registered")!.Number})");

    /// <summary>Of these, the unregistered.</summary>
    public static string Unregistered(string alias, CodeList kinds) => $"({alias}.registered = 0 AND {Counted(alias, kinds)})";

    /// <summary>The list of all households made again.</summary>
    public static void Refresh(Installation installation, DbConnection connection, DbTransaction transaction) =>
        new HouseholdList(installation, connection, transaction).Write(null);

    /// <summary>The list of another moment, of the area of its judgement, where that has its tables.</summary>
    public static void Fill(Judging moment)
    {
        var list = new HouseholdList(moment);
        list.connection.Execute(list.Upsert(null), moment.Transaction, commandTimeout: 0);
    }

    /// <summary>The rows of the households that a change touched: added, changed or deleted something of theirs.</summary>
    public static void Refresh(Installation installation, DbConnection connection, DbTransaction transaction, long changeId)
    {
        var list = new HouseholdList(installation, connection, transaction);
        list.FindTouched(changeId);
        list.Write($"SELECT household_id FROM {Touched}");
    }

    /// <summary>The two statements that bring the row of household <c>@id</c> up to date, for a caller that prepares them.</summary>
    public static IReadOnlyList<string> StatementsForOne(Installation installation, DbConnection connection, DbTransaction transaction) =>
        new HouseholdList(installation, connection, transaction).Statements("@id");

    private void Write(string? only)
    {
        foreach (var statement in Statements(only))
            connection.Execute(statement, transaction);
    }

    private IReadOnlyList<string> Statements(string? only) => [Delete(only), Upsert(only)];

    // Tables that say something of a household, and how their rows lead to one. A dwelling leads to none: no column of the list is about it.
    private static readonly (string Table, string Household)[] Sources =
    [
        ("households", "t.id"),
        ("household_statuses", "t.household_id"),
        ("household_years", "t.household_id"),
        ("memberships", "t.household_id"),
        ("responsibilities", "t.household_id"),
    ];

    private static readonly (string Table, string Person)[] PersonSources = [("persons", "t.id"), ("person_years", "t.person_id")];

    private void FindTouched(long changeId)
    {
        connection.Execute($"DROP TABLE IF EXISTS {Touched}", transaction);
        connection.Execute($"CREATE TEMPORARY TABLE {Touched} AS {TouchedBy(changeId)}", transaction);
        if (!installation.Store.IsSqlite)
            connection.Execute($"ANALYZE {Touched}", transaction);
    }

    /// <summary>The households that a change added, changed or deleted something of, as a query of <c>household_id</c>.</summary>
    public static string TouchedBy(long changeId)
    {
        string Rows(string table) =>
            $"(SELECT {KeyOf(table)} FROM {table} WHERE change_id = {changeId} UNION ALL SELECT {KeyOf(table)} FROM {table}_history WHERE ended_by = {changeId})";
        var direct = Sources.Select(s => $"SELECT {s.Household} AS household_id FROM {Rows(s.Table)} t");
        var persons = PersonSources.Select(s => $"SELECT {s.Person} FROM {Rows(s.Table)} t");
        var theirs = $"SELECT m.household_id FROM memberships m WHERE m.person_id IN ({string.Join(" UNION ALL ", persons)})";
        return $"SELECT DISTINCT u.household_id FROM ({string.Join(" UNION ALL ", direct.Append(theirs))}) u WHERE u.household_id IS NOT NULL";
    }

    private static string KeyOf(string table) =>
        table switch
        {
            "households" or "persons" => "id",
            "person_years" => "person_id",
            _ => "household_id",
        };

    private string Delete(string? only) =>
        $"""
            DELETE FROM household_list WHERE {(only is null ? "TRUE" : $"household_id IN ({only})")} AND NOT EXISTS (
              SELECT 1 FROM households h WHERE h.id = household_list.household_id AND (
                h.area_code = household_list.place_code OR EXISTS (
                  SELECT 1 FROM area_versions a WHERE a.area_id = h.living_village_id AND {Covers("a")} AND a.code = household_list.place_code)))
            """;

    private string Upsert(string? only)
    {
        var context = moment?.Context(moment.Range, only) ?? new SqlContext(installation.Store.Dialect, day) { Only = only };
        var sheet = SqlJudging.Sheet(household, [], [], values, context);
        var among = only is null ? "" : $" AND r.household_id IN ({only})";
        var given = Columns.Where(c => c is not ("place_code" or "household_id")).ToList();
        var differs = installation.Store.IsSqlite ? "IS NOT" : "IS DISTINCT FROM";
        return $"""
            INSERT INTO {Source("household_list")} AS l ({string.Join(", ", Columns)})
            WITH listed AS MATERIALIZED (
              SELECT h.area_code AS place_code, h.id AS household_id, h.area_code, h.group_name,
                coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS number, h.head_name, s.kind AS status, s.from_day AS status_from,
                coalesce({Value("registered")}, 0) AS registered, {Value("members")} AS members, {Value("labour")} AS labour, {Value("cause")} AS cause,
                {Value("category")} AS category, coalesce({Value("income_per_head")}) AS income_per_head, v.standard_version_id,
                coalesce((v.met | v.overruled_met) & ~v.overruled_unmet, 0) AS met,
                coalesce({VerdictSql.Unmet("v")}, 0) AS unmet,
                coalesce(v.exempt & ~(v.overruled_met | v.overruled_unmet), 0) AS exempt,
                coalesce(v.overruled_met | v.overruled_unmet, 0) AS overruled,
                coalesce(r.unit_id, p.unit_id) AS unit_id, r.post_id, {day.Number} AS day, a.code AS living_code
              FROM ({sheet}) j JOIN {Source("households")} h ON h.id = j.id
              LEFT JOIN {Source("household_statuses")} s ON s.household_id = h.id AND {Covers("s")}
              LEFT JOIN {Source("verdicts")} v ON v.subject_id = h.id AND v.standard_version_id = {Deciding()}
              LEFT JOIN (
                SELECT r.household_id, min(r.id) AS id FROM {Source("responsibilities")} r WHERE r.household_id IS NOT NULL AND {Covers(
                    "r"
                )}{among} GROUP BY r.household_id
              ) f ON f.household_id = h.id
              LEFT JOIN {Source("responsibilities")} r ON r.id = f.id LEFT JOIN posts p ON p.id = r.post_id
              LEFT JOIN {Source("area_versions")} a ON a.area_id = h.living_village_id AND a.code <> h.area_code AND {Covers("a")}
            )
            SELECT {string.Join(", ", Columns)} FROM listed
            UNION ALL
            SELECT living_code, {string.Join(", ", Columns.Skip(1))} FROM listed WHERE living_code IS NOT NULL
            ON CONFLICT (place_code, household_id) DO UPDATE SET {string.Join(", ", given.Select(c => $"{c} = excluded.{c}"))}
            WHERE {string.Join(" OR ", given.Select(c => $"l.{c} {differs} excluded.{c}"))}
            """;
    }

    private string Source(string table) => moment?.Source(table) ?? table;

    private static string Value(string column) =>
        string.Join(", ", Rules.Select((r, i) => (r.Column, Name: $"j.value{i}")).Where(r => r.Column == column).Select(r => r.Name));

    // The stored version of the most specific household standard in force at the registered village.
    private string Deciding()
    {
        var standards = Judging
            .InForce(installation.Packs.Standards, AreaRange.Nation, day.Date)
            .Where(s => s.Level == household.Type)
            .OrderBy(s => s.Area.Width)
            .ThenBy(s => s.Id, StringComparer.Ordinal)
            .ToList();
        var held = connection
            .Query<(long Id, string Standard, string Hash)>(
                "SELECT id, standard_id, hash FROM standard_versions ORDER BY id",
                transaction: transaction
            )
            .ToList();
        var cases = standards.Select(s =>
        {
            var version = moment?.FindVersion(s.Id)?.VersionId ?? held.FirstOrDefault(v => v.Standard == s.Id && v.Hash == s.Hash).Id;
            return string.Create(CultureInfo.InvariantCulture, $" WHEN h.area_code BETWEEN {s.Area.From} AND {s.Area.To} THEN {version}");
        });
        return standards.Count == 0 ? "NULL" : $"CASE{string.Concat(cases)} END";
    }

    private string Covers(string alias) => $"{alias}.from_day <= {day.Number} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day.Number})";
}
