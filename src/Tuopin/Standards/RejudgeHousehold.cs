using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// Keeps the stored judgement true when one household is edited, in the transaction of the edit: its verdicts are made again, what it added to the
/// tallies is taken off and what it adds now put on, for its village and all above, and the standards of those places are judged again if something
/// they may read changed. A full judgement of the day finds the same bits. The cost does not grow with the county.
/// </summary>
/// <remarks>
/// One of these belongs to a connection and keeps its statements prepared; make another when the area tree, the packs or the work date change. Where
/// the county has not been judged for the day there are no tallies to keep, and they are left to the judgement.
/// </remarks>
public sealed class RejudgeHousehold : IDisposable
{
    private readonly Judging judging;
    private readonly HouseholdSheet sheet;
    private readonly PreparedStatements statements;
    private readonly AreaCounting.OfOne counting;
    private readonly string select;
    private readonly IReadOnlyList<string> storing;
    private readonly Dictionary<Standard, string?> rules = [];
    private readonly IReadOnlyList<string> listing;

    private RejudgeHousehold(Judging judging, IReadOnlyList<string> listing)
    {
        (this.judging, this.listing) = (judging, listing);
        sheet = HouseholdSheet.Of(judging);
        select = sheet.Select(only: "@id");
        storing =
        [
            .. sheet.Standards.Select(s =>
                judging.UpsertVerdicts(s, "(SELECT @id AS id, @met AS met, @unmet AS unmet, @exempt AS exempt)", "", "@id")
            ),
        ];
        statements = new(judging.Connection);
        counting = new(judging, statements);
    }

    /// <summary>What a household was before its edit.</summary>
    public sealed record Standing(long HouseholdId, long?[]? Row, AreaCounting.Shares? Counted = null);

    /// <summary>Readies a connection for the households of a county (or of any other area), on the work date.</summary>
    public static RejudgeHousehold For(Installation installation, DbConnection connection, DbTransaction transaction, AreaVersion area)
    {
        var judging = Judging.Begin(installation, connection, transaction, area, installation.WorkDate, store: true);
        // For the whole session: planning a statement for one household takes longer than running it.
        if (!installation.Store.IsSqlite)
            judging.Execute("SET jit = off; SET plan_cache_mode = force_generic_plan");
        return new(judging, HouseholdList.StatementsForOne(installation, connection, transaction));
    }

    /// <summary>To be called in the transaction, before the first row of the household is changed.</summary>
    public Standing Before(DbTransaction transaction, long householdId)
    {
        judging.Join(transaction);
        var batch = statements.Together(transaction);
        var row = Read(batch, householdId);
        var counted = counting.Of(batch, householdId);
        batch.Send();
        return new(householdId, row.FirstOrDefault(), counted());
    }

    /// <summary>To be called in the same transaction, after the last row is changed and before the commit.</summary>
    public void After(Standing before)
    {
        var reading = statements.Together(judging.Transaction);
        var sheetNow = Read(reading, before.HouseholdId);
        reading.Send();
        var now = sheetNow.FirstOrDefault();
        var batch = statements.Together(judging.Transaction);
        for (var i = 0; i < sheet.Standards.Count; i++)
            StoreVerdict(batch, sheet.Standards[i], before.HouseholdId, now, i);
        foreach (var standard in judging.Standards.Where(s => s.Level.Level is null && !sheet.Standards.Contains(s)))
            if (TextOf(standard) is { } text)
                batch.Run(text, ("@id", before.HouseholdId));
        foreach (var statement in listing)
            batch.Run(statement, ("@id", before.HouseholdId));
        var counted = counting.Of(batch, before.HouseholdId);
        var places = new[] { before.Row?[1], now?[1] }.OfType<long>().Distinct().Select(v => judging.Tree.ById(v)).OfType<AreaVersion>().ToList();
        var judged = places.ConvertAll(v => Judged(batch, v));
        batch.Send();
        var villages = places.Where((_, i) => judged[i].Single() > 0).ToList();
        var texts = new List<string>();
        if (villages.Count > 0)
            texts.AddRange(counting.Replace(judging.Transaction, before.Counted ?? AreaCounting.Shares.None, counted()));
        var changed = false;
        foreach (var village in villages)
            changed |= Tally(village, before.Row?[1] == village.AreaId ? before.Row : null, now?[1] == village.AreaId ? now : null, texts);
        if (texts.Count > 0)
            judging.Execute(string.Join(";\n", texts));
        foreach (var village in villages)
            JudgePlaces(village, changed);
    }

    /// <summary>
    /// The verdict of a village, township or county itself made again, and of the places above that may read it. False when rules of households or tallies
    /// read such verdicts: then all has to be judged again.
    /// </summary>
    public bool Place(DbTransaction transaction, AreaVersion place)
    {
        judging.Join(transaction);
        JudgePlaces(place, tallied: true);
        var rules = judging
            .Standards.Where(s => s.Level.Level is not { } level || (short)level > place.Level)
            .SelectMany(s => s.Indicators)
            .SelectMany(i => new[] { i.Met, i.ExemptWhen })
            .Concat(judging.Installation.Packs.Tallies.Values.SelectMany(t => new[] { t.Where, t.Sum }));
        return !rules.OfType<Expr>().SelectMany(ExprTree.All).OfType<VerdictRead>().Any(v => (short?)v.Place.Type.Level == place.Level);
    }

    public void Dispose() => statements.Dispose();

    private int FirstTally => 2 + 3 * sheet.Standards.Count;

    // One row of the sheet as numbers; none when the household is not held.
    private List<long?[]> Read(PreparedStatements.Batch batch, long householdId) =>
        batch.Read(
            select,
            r => Enumerable.Range(0, FirstTally + 2 * sheet.Tallies.Count).Select(i => r.IsDBNull(i) ? (long?)null : r.GetInt64(i)).ToArray(),
            ("@id", householdId)
        );

    private void StoreVerdict(PreparedStatements.Batch batch, Standard standard, long householdId, long?[]? row, int index)
    {
        var version = judging.Version(standard.Id).VersionId;
        if (row is null)
        {
            batch.Run($"DELETE FROM verdicts WHERE standard_version_id = {version} AND subject_id = @id", ("@id", householdId));
            return;
        }
        var at = 2 + 3 * index;
        batch.Run(storing[index], ("@id", householdId), ("@met", row[at]), ("@unmet", row[at + 1]), ("@exempt", row[at + 2]));
    }

    // Writing the text of a rule takes longer than asking it of one subject.
    private string? TextOf(Standard standard) =>
        rules.TryGetValue(standard, out var text) ? text : rules[standard] = judging.VerdictStatement(standard, "@id");

    private List<long> Judged(PreparedStatements.Batch batch, AreaVersion village) =>
        batch.Read($"SELECT count(*) FROM tallies WHERE area_id = @id AND day = {judging.Day.Number}", r => r.GetInt64(0), ("@id", village.AreaId));

    // Brings the tallies of a village and the places above it up to date, by a statement told or at once; true when any changed.
    private bool Tally(AreaVersion village, long?[]? before, long?[]? now, List<string> texts)
    {
        var differences = new List<string>();
        var recount = sheet.OtherTallies.Any();
        for (var i = 0; i < sheet.Tallies.Count; i++)
        {
            // A household that is not there adds nothing; a sum it makes unknown has no difference and is counted again.
            var (low, high) = (FirstTally + 2 * i, FirstTally + 2 * i + 1);
            var (wasLow, wasHigh) = before is null ? (0, 0) : (before[low], before[high]);
            var (isLow, isHigh) = now is null ? (0, 0) : (now[low], now[high]);
            if ((wasLow, wasHigh) == (isLow, isHigh))
                continue;
            recount |= wasLow is null || isLow is null || wasHigh is null || isHigh is null;
            differences.Add($"({SqlDialect.Quoted(sheet.Tallies[i].Id)}, {Text(isLow - wasLow)}, {Text(isHigh - wasHigh)})");
        }
        if (recount)
            Tallying.Recount(judging, sheet, village);
        else if (differences.Count > 0)
            texts.Add(
                $"""
                WITH d (tally_id, low, high) AS (VALUES {string.Join(", ", differences)})
                UPDATE tallies SET low = tallies.low + d.low, high = tallies.high + d.high FROM d
                WHERE tallies.tally_id = d.tally_id AND tallies.day = {judging.Day.Number} AND tallies.area_id IN ({string.Join(
                    ", ",
                    Upward(village).Select(a => a.AreaId)
                )})
                """
            );
        return recount || differences.Count > 0;
    }

    // A rule of a village may read its households and their members; above it only tallies and the rows of places beneath, and their verdicts.
    private void JudgePlaces(AreaVersion village, bool tallied)
    {
        var above = tallied;
        foreach (var place in Upward(village).Where(p => p.Level >= 3))
        {
            if (place.Level < 5 && !above)
                return;
            var batch = statements.Together(judging.Transaction);
            foreach (var standard in judging.Standards.Where(s => (short?)s.Level.Level == place.Level))
                if (TextOf(standard) is { } text)
                    batch.Run(text, ("@id", place.AreaId));
            above |= batch.Send() > 0;
        }
    }

    private IEnumerable<AreaVersion> Upward(AreaVersion village)
    {
        for (var at = village; at is not null; at = at.ParentId is { } parent ? judging.Tree.ById(parent) : null)
            yield return at;
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "NULL";
}
