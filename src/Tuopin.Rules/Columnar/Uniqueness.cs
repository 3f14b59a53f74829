using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Where no other row of the same area holds the same key: one sort for each (level, key).</summary>
internal static class Uniqueness
{
    public static FlagColumn Of(Table table, AreaLevel level, Fact key)
    {
        var truth = Bits.Allocate(table.Count);
        var known = Bits.Allocate(table.Count);
        if (table.Find(key) is not { } column)
        {
            table.Snapshot.RequireLoose($"fact {key}");
            return Flags(table, known, truth);
        }
        var divisor = Divisor(level);
        var rows = new List<(long Area, long Key, int Row)>(table.Count);
        for (var row = 0; row < table.Count; row++)
            if (column.IsKnown(row))
                rows.Add((table.AreaCodes[row] / divisor, column[row], row));
        rows.Sort();
        for (var i = 0; i < rows.Count; i++)
        {
            Bits.Set(known, rows[i].Row);
            if (!Same(rows, i, i - 1) && !Same(rows, i, i + 1))
                Bits.Set(truth, rows[i].Row);
        }
        return Flags(table, known, truth);
    }

    private static bool Same(List<(long Area, long Key, int Row)> rows, int i, int other) =>
        other >= 0 && other < rows.Count && rows[i].Area == rows[other].Area && rows[i].Key == rows[other].Key;

    private static FlagColumn Flags(Table table, ulong[] known, ulong[] truth) =>
        new()
        {
            Count = table.Count,
            Known = known,
            Truth = truth,
        };

    /// <summary>What a 12-digit code is divided by to give the area of a level; groups share the code of their village.</summary>
    private static long Divisor(AreaLevel level) =>
        level switch
        {
            AreaLevel.Nation => 1_000_000_000_000,
            AreaLevel.Province => 10_000_000_000,
            AreaLevel.City => 100_000_000,
            AreaLevel.County => 1_000_000,
            AreaLevel.Township => 1_000,
            _ => 1,
        };
}
