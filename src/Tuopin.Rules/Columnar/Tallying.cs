using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>A tally of one area: [low, high], or unknown when a summed value was.</summary>
public readonly record struct TallyResult(bool Known, long Low, long High)
{
    /// <summary>The tally of two areas together.</summary>
    public static TallyResult operator +(TallyResult a, TallyResult b) => new(a.Known && b.Known, a.Low + b.Low, a.High + b.High);
}

/// <summary>Counts and sums over the subjects of areas; rows are in area order, so an area is a range of rows.</summary>
public static class Tallying
{
    /// <summary>
    /// The tally for each area. A subject of which it is unknown whether it counts widens the bounds; an unknown value of a subject that counts, or may,
    /// makes the sum unknown.
    /// </summary>
    public static TallyResult[] Count(this Snapshot snapshot, Tally tally, IReadOnlyList<AreaRange> areas, Overlay? overlay = null)
    {
        var table = snapshot[tally.Over];
        var where = tally.Where is null ? null : snapshot.Evaluate(tally.Where, tally.Item, overlay);
        var sum = tally.Sum is null ? null : snapshot.Evaluate(tally.Sum, tally.Item, overlay);
        var results = new TallyResult[areas.Count];
        for (var i = 0; i < areas.Count; i++)
        {
            var (from, to) = table.RowsOf(areas[i]);
            results[i] = Fold(where, sum, from, to);
        }
        return results;
    }

    private static TallyResult Fold(Outcome[]? where, Outcome[]? sum, int from, int to)
    {
        var result = new TallyResult(true, 0, 0);
        for (var row = from; row < to; row++)
        {
            var counts = where is null ? true : where[row].Flag;
            if (counts is false)
                continue;
            var value = sum is null ? new Outcome(true, 1, 1) : sum[row];
            var (low, high) = counts is null ? (Math.Min(0, value.Low), Math.Max(0, value.High)) : (value.Low, value.High);
            result += new TallyResult(value.Known, low, high);
        }
        return result;
    }
}
