using System.Numerics;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// The result of one indicator for every row of a table, a bit each: met, unmet, exempt; unknown is the rest. Bits past the last row are clear, so that
/// counting a combination is counting the bits of an intersection.
/// </summary>
public sealed class IndicatorPlanes
{
    internal IndicatorPlanes(Indicator indicator, int count)
    {
        Indicator = indicator;
        Met = Bits.Allocate(count);
        Unmet = Bits.Allocate(count);
        Exempt = indicator.ExemptWhen is null ? null : Bits.Allocate(count);
    }

    /// <summary>The indicator.</summary>
    public Indicator Indicator { get; }

    /// <summary>Rows that meet it.</summary>
    public ulong[] Met { get; }

    /// <summary>Rows that do not.</summary>
    public ulong[] Unmet { get; }

    /// <summary>Rows it does not apply to; null when nothing exempts.</summary>
    public ulong[]? Exempt { get; }
}

/// <summary>The verdicts of a standard on all rows of its level.</summary>
public sealed class StandardResult
{
    internal StandardResult(Standard standard, Table table)
    {
        Standard = standard;
        Table = table;
        Planes = [.. standard.Indicators.Where(i => !i.Retired).Select(i => new IndicatorPlanes(i, table.Count))];
    }

    /// <summary>The standard.</summary>
    public Standard Standard { get; }

    /// <summary>The rows that were judged.</summary>
    public Table Table { get; }

    /// <summary>One for each indicator in use, in the order of the standard.</summary>
    public IReadOnlyList<IndicatorPlanes> Planes { get; }

    /// <summary>The planes of an indicator.</summary>
    public IndicatorPlanes this[string indicator] => Planes.First(p => p.Indicator.Id == indicator);

    /// <summary>The masks of one row, as verdict rows store them: the bit of each indicator.</summary>
    public (long Met, long Unmet, long Exempt) MasksOf(int row)
    {
        long met = 0,
            unmet = 0,
            exempt = 0;
        foreach (var plane in Planes)
        {
            var bit = 1L << plane.Indicator.Bit;
            if (Bits.Get(plane.Met, row))
                met |= bit;
            else if (Bits.Get(plane.Unmet, row))
                unmet |= bit;
            else if (plane.Exempt is not null && Bits.Get(plane.Exempt, row))
                exempt |= bit;
        }
        return (met, unmet, exempt);
    }

    /// <summary>Puts a person's word over what was computed for one row: masks as verdict rows store them; unmet stands over met.</summary>
    public void Overrule(int row, long met, long unmet)
    {
        foreach (var plane in Planes)
        {
            var bit = 1L << plane.Indicator.Bit;
            if (((met | unmet) & bit) == 0)
                continue;
            var (word, at) = (row >> 6, 1UL << row);
            plane.Met[word] &= ~at;
            plane.Unmet[word] &= ~at;
            if (plane.Exempt is { } exempt)
                exempt[word] &= ~at;
            ((unmet & bit) != 0 ? plane.Unmet : plane.Met)[word] |= at;
        }
    }

    /// <summary>A bit for each row that meets, or is exempt from, every indicator named (all of them when none is named).</summary>
    public ulong[] Passing(params ReadOnlySpan<string> indicators)
    {
        var rows = Bits.Allocate(Table.Count);
        rows.AsSpan().Fill(~0UL);
        Bits.ClearTail(rows, Table.Count);
        foreach (var plane in Planes)
        {
            if (!indicators.IsEmpty && !indicators.Contains(plane.Indicator.Id))
                continue;
            for (var i = 0; i < rows.Length; i++)
                rows[i] &= plane.Met[i] | (plane.Exempt is null ? 0 : plane.Exempt[i]);
        }
        return rows;
    }

    /// <summary>Makes the verdicts readable by rules as <c>met(standard, indicator)</c>.</summary>
    public void Publish()
    {
        foreach (var plane in Planes)
        {
            var truth = (ulong[])plane.Met.Clone();
            if (plane.Exempt is not null)
                Bits.Or(truth, plane.Exempt);
            var known = (ulong[])truth.Clone();
            Bits.Or(known, plane.Unmet);
            Table.SetVerdict(Standard.Id, plane.Indicator.Id, known, truth);
        }
    }
}

/// <summary>Counting rows of masks within areas.</summary>
public static class PlaneCounts
{
    /// <summary>Rows of a mask from one row to another (not included): a popcount.</summary>
    public static int Count(this ulong[] rows, int from, int to) => Bits.PopCount(rows, from, to);

    /// <summary>Rows of a mask within an area of the table.</summary>
    public static int Count(this ulong[] rows, Table table, AreaRange area)
    {
        var (from, to) = table.RowsOf(area);
        return Bits.PopCount(rows, from, to);
    }

    /// <summary>Rows of a mask.</summary>
    public static int Count(this ulong[] rows)
    {
        var count = 0;
        foreach (var word in rows)
            count += BitOperations.PopCount(word);
        return count;
    }
}
