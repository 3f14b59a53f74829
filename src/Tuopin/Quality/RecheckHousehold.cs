using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// Keeps the findings of households true when they are edited, in the transaction of the edit: what was mended is cleared, what is new is raised. The cost
/// does not grow with the county. What a check of another subject would find now (a village, somebody elsewhere with the same number) is left to the next run.
/// </summary>
/// <remarks>One of these belongs to a connection and keeps its statements prepared; make another when the tree, the packs or the work date change.</remarks>
public sealed class RecheckHousehold : IDisposable
{
    private readonly Checking checking;
    private readonly PreparedStatements statements;
    private readonly IReadOnlyList<(SubjectType Type, IReadOnlyList<Check> Checks, string Text)> sets;

    private RecheckHousehold(Checking checking)
    {
        this.checking = checking;
        statements = new(Judging.Connection);
        sets =
        [
            .. checking
                .Sets.Where(s => s.Key.Name is "household" or "person")
                .Select(s =>
                {
                    IReadOnlyList<Check> checks = [.. s];
                    var only =
                        s.Key.Name == "household"
                            ? "@id"
                            : $"SELECT m.person_id FROM memberships m WHERE m.household_id = @id AND {Judging.Covers("m")}";
                    return (s.Key, checks, checking.Placed(s.Key, SqlJudging.Fired(checks, Judging.Context(AreaRange.Nation, only))));
                }),
        ];
    }

    private Judging Judging => checking.Judging;

    /// <summary>Readies a connection for the households of a county (or of any other area), on the work date.</summary>
    public static RecheckHousehold For(Installation installation, DbConnection connection, DbTransaction transaction, AreaVersion area) =>
        new(Checking.Of(Judging.Begin(installation, connection, transaction, area, installation.WorkDate, store: true)));

    /// <summary>Whether there are findings to keep: before the first run there are none.</summary>
    public static bool Wanted(Installation installation, DbConnection connection, DbTransaction transaction) =>
        RunChecks.State(installation, connection, transaction, DayNumber.Of(installation.WorkDate)) != Freshness.Never;

    /// <summary>To be called after the last row is changed and before the commit.</summary>
    public void After(DbTransaction transaction, IReadOnlyList<long> households, long change)
    {
        Judging.Join(transaction);
        var found = new List<string>();
        foreach (var (type, checks, text) in sets)
        {
            var masks = (checks.Count + SqlJudging.PerColumn - 1) / SqlJudging.PerColumn;
            var rows = households
                .SelectMany(h =>
                    statements.Read(
                        text,
                        transaction,
                        r =>
                            (
                                Id: r.GetInt64(0),
                                Fired: Enumerable.Range(1, masks).Select(r.GetInt64).ToArray(),
                                Household: r.GetInt64(masks + 1),
                                Area: r.GetInt64(masks + 2)
                            ),
                        ("@id", h)
                    )
                )
                .ToList();
            if (rows.Count == 0)
                continue;
            var fired = checks.Where((_, i) => rows.Exists(r => Fires(r.Fired, i))).ToList();
            var shown = Judging
                .Query<dynamic>(SqlJudging.Shown(fired, Judging.Context(AreaRange.Nation, string.Join(", ", rows.Select(r => r.Id).Distinct()))))
                .Select(r => (IDictionary<string, object?>)r)
                .ToDictionary(r => Convert.ToInt64(r["id"], CultureInfo.InvariantCulture));
            foreach (var row in rows)
                for (var i = 0; i < checks.Count; i++)
                    if (Fires(row.Fired, i))
                        found.Add(Row(checks[i], row.Id, row.Household, row.Area, shown[row.Id][$"shown{fired.IndexOf(checks[i])}"] as string));
        }
        var within = $"f.household_id IN ({string.Join(", ", households)})";
        if (found.Count > 0 || Judging.Connection.Number($"SELECT count(*) FROM findings f WHERE {within}", transaction) > 0)
            new KeepFindings(Judging, change, KeepFindings.Rows(found), within).Run();
    }

    private static bool Fires(long[] masks, int check) => (masks[check / SqlJudging.PerColumn] >> (check % SqlJudging.PerColumn) & 1) == 1;

    private string Row(Check check, long subject, long household, long area, string? evidence)
    {
        string Text(string? text) =>
            $"CAST({(text is null ? "NULL" : SqlDialect.Quoted(text))} AS text){(Judging.Installation.Store.IsSqlite ? "" : " COLLATE \"C\"")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {Text(check.Id)} AS check_id, {Text(check.Hash)} AS rule_hash, {Text(check.FileHash)} AS pack_hash, {Text(check.Over.Name)} AS subject, CAST({subject} AS bigint) AS subject_id, CAST({household} AS bigint) AS household_id, CAST({area} AS bigint) AS area_code, {(check.Hard ? "TRUE" : "FALSE")} AS hard, {Text(evidence)} AS evidence"
        );
    }

    public void Dispose() => statements.Dispose();
}
