using System.Diagnostics;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// Runs the checks in force over an area for a day: one statement for each type of subject, whatever the number of checks, gives the few subjects on which
/// any fires; which do, and their evidence, is asked of those alone, and what is found is held in a temporary table of the connection.
/// </summary>
/// <remarks>
/// Who is no longer in the books is not asked about: members who left, and households that were removed or closed, with their members.
/// </remarks>
public sealed class Checking
{
    /// <summary>Columns <c>check_id, rule_hash, pack_hash, subject, subject_id, household_id, area_code, hard, evidence</c>.</summary>
    public const string Found = "found_now";

    private readonly Judging judging;

    private Checking(Judging judging, IReadOnlyList<Check> checks, IReadOnlyList<Check> silent)
    {
        (this.judging, Checks, Silent) = (judging, checks, silent);
        var status = judging.Installation.Packs.Dictionary.CodeLists["status_kind"];
        gone = $"({status.Find("removed")!.Number}, {status.Find("closed")!.Number})";
    }

    private readonly string gone;

    /// <summary>The checks that are asked.</summary>
    public IReadOnlyList<Check> Checks { get; }

    /// <summary>Those in force whose threshold has no source: no law found.</summary>
    public IReadOnlyList<Check> Silent { get; }

    /// <summary>The checks of each type of subject; a statement asks those of one type.</summary>
    public IEnumerable<IGrouping<SubjectType, Check>> Sets => Checks.GroupBy(c => c.Over);

    public Judging Judging => judging;

    /// <summary>Milliseconds that each type of subject took in the last run.</summary>
    public IReadOnlyDictionary<string, double> Spent => spent;

    private readonly Dictionary<string, double> spent = new(StringComparer.Ordinal);

    public static Checking Of(Judging judging)
    {
        var here = InForce(judging.Installation.Packs, judging.Range, judging.Day.Date);
        return new(judging, [.. here.Where(c => c.When is not null)], [.. here.Where(c => c.When is null)]);
    }

    /// <summary>The checks in force on a day somewhere in an area, by number.</summary>
    public static IReadOnlyList<Check> InForce(PackSet packs, AreaRange area, DateOnly day) =>
        [.. packs.Checks.Where(c => c.InForce.Covers(day) && c.Area.Overlaps(area)).OrderBy(c => c.Number).ThenBy(c => c.Id, StringComparer.Ordinal)];

    /// <summary>Finds everything in the area of the judging; returns how many.</summary>
    /// <param name="progress">Told after each type of subject, and of how many.</param>
    public long Run(Action<int, int>? progress = null)
    {
        judging.Execute($"DROP TABLE IF EXISTS {Found}");
        judging.Execute(
            $"""
            CREATE TEMPORARY TABLE {Found} (check_id {Text} NOT NULL, rule_hash {Text} NOT NULL, pack_hash {Text} NOT NULL, subject {Text} NOT NULL,
              subject_id {Big} NOT NULL, household_id {Big}, area_code {Big} NOT NULL, hard {Flag} NOT NULL, evidence {Text})
            """
        );
        var (sets, done) = (Sets.ToList(), 0);
        var context = judging.Context(judging.Range) with { HoldsOnlyArea = judging.HoldsOnlyRange() };
        foreach (var set in sets)
        {
            var (type, checks) = (set.Key.Name, set.ToList());
            var begun = Stopwatch.GetTimestamp();
            judging.Execute($"DROP TABLE IF EXISTS asked_{type}");
            judging.Execute($"CREATE TEMPORARY TABLE asked_{type} AS {SqlJudging.Suspects(checks, context)}");
            var few = context with { Only = $"SELECT id FROM asked_{type}" };
            judging.Execute($"DROP TABLE IF EXISTS fired_{type}");
            judging.Execute($"CREATE TEMPORARY TABLE fired_{type} AS {Placed(set.Key, SqlJudging.Fired(checks, few))}");
            judging.Execute($"DROP TABLE IF EXISTS shown_{type}");
            judging.Execute($"CREATE TEMPORARY TABLE shown_{type} AS {SqlJudging.Shown(checks, few)}");
            judging.Execute(
                $"INSERT INTO {Found} {string.Join(" UNION ALL ", checks.Select((c, i) => Row(c, i, $"fired_{type} AS f JOIN shown_{type} AS s ON s.id = f.id")))}"
            );
            spent[type] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            progress?.Invoke(++done, sets.Count);
        }
        judging.Execute($"CREATE INDEX ix_{Found} ON {Found} (subject_id, check_id)");
        if (!judging.Installation.Store.IsSqlite)
            judging.Execute($"ANALYZE {Found}");
        return judging.Query<long>($"SELECT count(*) FROM {Found}").Single();
    }

    private string Big => judging.Installation.Store.IsSqlite ? "INTEGER" : "bigint";
    private string Text => judging.Installation.Store.IsSqlite ? "text" : "text COLLATE \"C\"";
    private string Flag => judging.Installation.Store.IsSqlite ? "INTEGER" : "boolean";

    // One finding of one check, from the rows on which something fired.
    private string Row(Check check, int index, string from) =>
        $"""
            SELECT {SqlDialect.Quoted(check.Id)}, {SqlDialect.Quoted(check.Hash)}, {SqlDialect.Quoted(check.FileHash)}, {SqlDialect.Quoted(
                check.Over.Name
            )}, f.id, f.household_id, f.area_code, {(check.Hard ? "TRUE" : "FALSE")}, s.shown{index}
            FROM {from} WHERE f.fired{index / SqlJudging.PerColumn} & {1L << (index % SqlJudging.PerColumn)} <> 0
            """;

    /// <summary>The rows of <see cref="SqlJudging.Fired"/> with <c>household_id</c> and <c>area_code</c>, of those who are in the books.</summary>
    public string Placed(SubjectType type, string fired)
    {
        var inBooks =
            $"NOT EXISTS (SELECT 1 FROM household_statuses st WHERE st.household_id = q.household_id AND {judging.Covers("st")} AND st.kind IN {gone})";
        if (type.Level is not null)
            return $"SELECT s.*, CAST(NULL AS bigint) AS household_id, a.code AS area_code FROM ({fired}) AS s JOIN area_versions a ON a.area_id = s.id AND {judging.Covers("a")}";
        return type.Name switch
        {
            "household" =>
                $"SELECT q.* FROM (SELECT s.*, s.id AS household_id, h.area_code FROM ({fired}) AS s JOIN households h ON h.id = s.id) AS q WHERE {inBooks}",
            "person" =>
                $"""
                SELECT q.*, coalesce(h.area_code, p.area_code) AS area_code FROM (
                  SELECT s.*, (SELECT min(m.household_id) FROM memberships m WHERE m.person_id = s.id AND {judging.Covers(
                    "m"
                )}) AS household_id FROM ({fired}) AS s
                ) AS q JOIN persons p ON p.id = q.id LEFT JOIN households h ON h.id = q.household_id
                WHERE {inBooks} AND (q.household_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = q.id))
                """,
            _ => throw new NotSupportedException($"nothing says where findings of a {type.Name} lie"),
        };
    }
}
