using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// Judges an area for a day: one set-based statement a standard, from facts to bit masks, households first, then the tallies, then villages and what
/// stands above them. A judgement of the work date is stored; of another day, or as known at another time, it goes to temporary tables of the connection
/// and is gone with it; <see cref="Judgement"/> keeps one.
/// </summary>
public sealed class Judging
{
    private readonly DbConnection connection;
    private DbTransaction? transaction;
    private readonly Installation installation;
    private readonly bool stored;
    private readonly long? knownAtChange;
    private readonly Dictionary<string, StandardBits> versions = new(StringComparer.Ordinal);

    private Judging(
        Installation installation,
        DbConnection connection,
        DbTransaction? transaction,
        AreaTree tree,
        AreaVersion area,
        JudgingDay day,
        bool stored,
        long? knownAtChange
    )
    {
        (this.installation, this.connection, this.transaction) = (installation, connection, transaction);
        (Tree, Area, Day, this.stored, this.knownAtChange) = (tree, area, day, stored, knownAtChange);
        Range = RangeOf(area);
    }

    public AreaTree Tree { get; }
    public AreaVersion Area { get; }
    public AreaRange Range { get; }
    public JudgingDay Day { get; }

    /// <summary>The standards in force on the day somewhere in the area.</summary>
    public IReadOnlyList<Standard> Standards { get; private set; } = [];

    /// <summary>The steps of a judgement: the facts read, each standard, the tallies, and the lists and counts made of them.</summary>
    public int Steps => Standards.Count + 3;

    /// <summary>Where the verdicts of this judgement are.</summary>
    public string VerdictTable => Source("verdicts");
    public string TallyTable => Source("tallies");

    /// <summary>Version id and bits of a judged standard.</summary>
    public StandardBits Version(string standardId) => versions[standardId];

    /// <summary>The same, or null for a standard that is not in force here.</summary>
    public StandardBits? FindVersion(string standardId) => versions.GetValueOrDefault(standardId);

    /// <summary>Judges the whole area for its day and writes the result where it belongs.</summary>
    public static Judging Run(
        Installation installation,
        DbConnection connection,
        DbTransaction? transaction,
        AreaVersion area,
        DateOnly day,
        bool store,
        long? knownAtChange = null,
        Action<int, int>? progress = null
    )
    {
        var judging = Begin(installation, connection, transaction, area, day, store, knownAtChange);
        var done = 0;
        void Done(int steps) => progress?.Invoke(done += steps, judging.Steps);
        if (!store)
            judging.CreateTemporaryTables();
        Statistics.Refresh(connection, transaction, installation.Store.Engine);
        var sheet = HouseholdSheet.Of(judging);
        sheet.Fill();
        Done(1);
        sheet.StoreVerdicts();
        Done(sheet.Standards.Count);
        foreach (var standard in judging.Standards.Where(s => s.Level.Level is null && !sheet.Standards.Contains(s)))
        {
            judging.Judge(standard);
            Done(1);
        }
        Tallying.Count(judging, sheet);
        Done(1);
        foreach (var standard in judging.Standards.Where(s => s.Level.Level is not null))
        {
            judging.Judge(standard);
            Done(1);
        }
        return judging;
    }

    /// <summary>A judging with nothing judged yet: versions are known, statements can be made.</summary>
    public static Judging Begin(
        Installation installation,
        DbConnection connection,
        DbTransaction? transaction,
        AreaVersion area,
        DateOnly day,
        bool store,
        long? knownAtChange = null
    )
    {
        var judging = new Judging(
            installation,
            connection,
            transaction,
            AreaTree.Load(connection, day, knownAt: knownAtChange),
            area,
            new JudgingDay(day),
            store,
            knownAtChange
        );
        judging.Standards = InForce(installation.Packs.Standards, judging.Range, day);
        foreach (var standard in judging.Standards)
            judging.versions[standard.Id] = StandardVersions.Of(connection, transaction, installation.Packs, standard, store);
        // Compiling such a statement takes longer than running it.
        if (!installation.Store.IsSqlite)
            connection.Execute(transaction is null ? "SET jit = off" : "SET LOCAL jit = off", transaction);
        return judging;
    }

    /// <summary>Standards in force on a day that apply somewhere in an area, households before areas and each after those it reads.</summary>
    public static IReadOnlyList<Standard> InForce(IEnumerable<Standard> standards, AreaRange area, DateOnly day) =>
        StandardOrder.Sort(standards.Where(s => s.InForce.Covers(day) && s.Area.Overlaps(area)));

    /// <summary>The standard that decides at a level for a place: the most specific in force.</summary>
    public Standard? Deciding(SubjectType level, long areaCode) =>
        Standards.Where(s => s.Level == level && s.Area.Contains(areaCode)).MinBy(s => s.Area.Width);

    public static AreaRange RangeOf(AreaVersion area)
    {
        var digits = area.Level switch
        {
            0 => 0,
            1 => 2,
            2 => 4,
            3 => 6,
            4 => 9,
            _ => 12,
        };
        return digits == 0 ? AreaRange.Nation : AreaRange.Of($"{area.Code:D12}"[..digits]);
    }

    /// <summary>The statement context for an area, on this judgement's day and tables.</summary>
    public SqlContext Context(AreaRange area, string? only = null) =>
        new(installation.Store.Dialect, Day)
        {
            Area = area,
            Only = only,
            Table = Source,
            Standards = FindVersion,
        };

    public IEnumerable<T> Query<T>(string sql, object? parameters = null) => connection.Query<T>(sql, parameters, transaction, commandTimeout: 0);

    public int Execute(string sql, object? parameters = null) => connection.Execute(sql, transaction, parameters);

    /// <summary>Goes on in another transaction of the same connection.</summary>
    public void Join(DbTransaction next) => transaction = next;

    public Installation Installation => installation;
    public SqlDialect Dialect => installation.Store.Dialect;
    public DbConnection Connection => connection;
    public DbTransaction? Transaction => transaction;

    /// <summary>A condition "the episode of this alias covers the day".</summary>
    public string Covers(string alias) => $"{alias}.from_day <= {Day.Number} AND ({alias}.to_day IS NULL OR {alias}.to_day > {Day.Number})";

    /// <summary>The table as this judgement sees it: as it is, as it was known, or its own temporary one.</summary>
    public string Source(string table) =>
        table switch
        {
            _ when Judgement.Tables.ContainsKey(table) => stored ? table : Judgement.Temporary(table),
            _ when knownAtChange is { } change => KnownAt.Table(connection, table, change),
            _ => table,
        };

    /// <summary>Judges one standard and writes its verdicts.</summary>
    public void Judge(Standard standard)
    {
        if (VerdictStatement(standard) is { } statement)
            Execute(statement);
    }

    /// <summary>The statement that judges a standard, for all subjects or some; null when it does not apply to the whole of the range nor lie within it.</summary>
    public string? VerdictStatement(Standard standard, string? only = null)
    {
        var area = standard.Area.Contains(Range) ? Range : standard.Area;
        return Range.Contains(area) ? UpsertVerdicts(standard, $"({SqlJudging.Masks(standard, Context(area, only))})", "", only) : null;
    }

    /// <summary>
    /// Writes the verdicts of a standard from the columns <c>id, met, unmet, exempt</c> (with a suffix) of a table; a verdict that stays as it is, is left alone.
    /// Beside them stands what people overruled and is in force on the day.
    /// </summary>
    /// <param name="only">A query of the subjects that the table holds; null for any.</param>
    public string UpsertVerdicts(Standard standard, string from, string suffix, string? only = null) =>
        $"""
            INSERT INTO {VerdictTable} AS v (standard_version_id, subject_id, day, {string.Join(", ", Masks)})
            SELECT {versions[
                standard.Id
            ].VersionId}, j.id, {Day.Number}, j.met{suffix}, j.unmet{suffix}, j.exempt{suffix}, coalesce(o.met, 0), coalesce(o.unmet, 0)
            FROM {from} AS j LEFT JOIN ({Overruling.Masks(this, standard, only)}) AS o ON o.subject_id = j.id WHERE TRUE
            ON CONFLICT (standard_version_id, subject_id) DO UPDATE SET day = excluded.day, {string.Join(", ", Masks.Select(m => $"{m} = excluded.{m}"))}
            WHERE v.day <> excluded.day OR {string.Join(" OR ", Masks.Select(m => $"v.{m} <> excluded.{m}"))}
            """;

    private static readonly string[] Masks = ["met", "unmet", "exempt", "overruled_met", "overruled_unmet"];

    /// <summary>Whether every household held lies in the range of the judgement, so that no statement need ask: the database of one county.</summary>
    public bool HoldsOnlyRange()
    {
        if (knownAtChange is not null)
            return false;
        var (first, last) = Query<(long?, long?)>("SELECT (SELECT min(area_code) FROM households), (SELECT max(area_code) FROM households)").Single();
        return first >= Range.From && last <= Range.To;
    }

    private void CreateTemporaryTables()
    {
        foreach (var (table, key) in Judgement.Tables)
        {
            var name = Judgement.Temporary(table);
            Execute($"DROP TABLE IF EXISTS {name}");
            Execute($"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {table} WHERE 1 = 0");
            Execute($"CREATE UNIQUE INDEX {name}_key ON {name} ({key})");
        }
    }
}
