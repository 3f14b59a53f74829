using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.OpenData;
using Tuopin.Tests.Shared;
using Xunit;

namespace Tuopin.Tests.OpenData;

/// <summary>
/// Small counts stay withheld whatever an intruder does with what is published. The intruder of these tests is written apart from the decision: it carries bounds
/// through every sum until nothing changes, and, of small tables, looks for others that are published alike.
/// </summary>
public sealed class WithholdingCells
{
    private const int Threshold = 10;

    /// <summary>A county, its townships, and in each of them a whole with its parts: what a data set is.</summary>
    private sealed record County(int[][] Parts)
    {
        /// <summary>Cells by area (0 the county) and column (0 the whole).</summary>
        public CellsToPublish Cells()
        {
            var (areas, columns) = (Parts.Length + 1, Parts[0].Length + 1);
            var values = new long[areas * columns];
            int At(int area, int column) => area * columns + column;
            for (var a = 1; a < areas; a++)
            for (var c = 1; c < columns; c++)
            {
                values[At(a, c)] = Parts[a - 1][c - 1];
                values[At(a, 0)] += Parts[a - 1][c - 1];
                values[At(0, c)] += Parts[a - 1][c - 1];
                values[At(0, 0)] += Parts[a - 1][c - 1];
            }
            List<CellSum> sums =
            [
                .. Enumerable.Range(0, areas).Select(a => new CellSum(At(a, 0), [.. Enumerable.Range(1, columns - 1).Select(c => At(a, c))])),
                .. Enumerable.Range(0, columns).Select(c => new CellSum(At(0, c), [.. Enumerable.Range(1, areas - 1).Select(a => At(a, c))])),
            ];
            return new(
                values,
                [.. values.Select(_ => true)],
                new bool[values.Length],
                new bool[values.Length],
                [.. Enumerable.Range(0, values.Length).Select(i => i < columns ? 3 : 4)],
                sums,
                []
            );
        }
    }

    private static Gen<County> Counties(int townships, int columns, int most) =>
        from rows in Gen.Choose(0, most).ArrayOf(columns).ArrayOf(townships)
        select new County(rows);

    private static readonly Gen<County> Any =
        from townships in Gen.Choose(1, 9)
        from columns in Gen.Choose(1, 4)
        from most in Gen.Elements(3, 12, 40, 400)
        from county in Counties(townships, columns, most)
        select county;

    [Fact]
    public void From_all_that_is_published_no_withheld_cell_follows_and_no_small_one_is_known_to_be_small() =>
        Prop.ForAll(
                Any.ToArbitrary(),
                county =>
                {
                    var cells = county.Cells();
                    var withheld = WithholdCells.Of(cells, Threshold);
                    var (low, high) = Intrude(cells, withheld);
                    for (var i = 0; i < withheld.Length; i++)
                    {
                        var small = cells.Values[i] is > 0 and < Threshold;
                        (withheld[i] || !small).ShouldBeTrue("a small count is published");
                        if (!withheld[i])
                            continue;
                        (low[i] < high[i]).ShouldBeTrue($"cell {i} = {cells.Values[i]} follows");
                        (!small || high[i] >= Threshold).ShouldBeTrue($"cell {i} = {cells.Values[i]} is told to be small");
                    }
                }
            )
            .Check(Properties.Cases(300));

    [Fact]
    public void For_each_withheld_cell_there_is_another_table_that_looks_the_same() =>
        Prop.ForAll(
                Counties(3, 2, 14).ToArbitrary(),
                county =>
                {
                    var cells = county.Cells();
                    var withheld = WithholdCells.Of(cells, Threshold);
                    // Parts are the cells of no whole and of no total.
                    var others = Others(cells, withheld, [4, 5, 7, 8, 10, 11]).ToList();
                    foreach (var cell in Enumerable.Range(0, withheld.Length).Where(i => withheld[i]))
                        others.ShouldContain(o => o[cell] != cells.Values[cell], $"cell {cell} of {string.Join(' ', cells.Values)}");
                }
            )
            .Check(Properties.Cases(60));

    [Fact]
    public void What_hides_nothing_is_published()
    {
        var large = new County([
            [20, 30],
            [40, 11],
            [0, 15],
        ]).Cells();
        WithholdCells.Of(large, Threshold).ShouldAllBe(w => !w);
        // One small count takes one other of its column and of its row, and the two where these cross; the totals stay.
        var one = new County([
            [3, 30],
            [40, 31],
            [50, 15],
        ]).Cells();
        var withheld = WithholdCells.Of(one, Threshold);
        withheld.Count(w => w).ShouldBe(4);
        withheld[..3].ShouldAllBe(w => !w);
    }

    [Fact]
    public void A_share_goes_with_its_numerator_and_the_rest_of_a_whole_is_protected_though_nobody_publishes_it()
    {
        // Whole 50, part 47: 3 are left. Their share is cell 2; cell 3 is the rest. Two more places have nothing small.
        CellsToPublish Table(long whole, long part) =>
            new(
                [whole, part, 0, whole - part],
                [true, true, false, true],
                [false, false, false, true],
                new bool[4],
                [4, 4, 4, 4],
                [new(0, [1, 3])],
                [new(2, [0, 1])]
            );
        WithholdCells.Of(Table(50, 47), Threshold).ShouldBe([false, true, true, false]);
        WithholdCells.Of(Table(50, 30), Threshold).ShouldBe([false, false, false, false]);
        // Whose share is withheld, its whole tells nothing of it.
        WithholdCells.Of(Table(50, 4), Threshold).ShouldBe([false, true, true, false]);
    }

    [Fact]
    public void What_several_sums_tell_together_is_found()
    {
        // x + y = 30, y + z = 40, x + z = 30 with x = 10, y = 20, z = 20: no sum tells any of them, all three do.
        var cells = new CellsToPublish(
            [30, 40, 30, 10, 20, 20],
            [true, true, true, true, true, true],
            new bool[6],
            new bool[6],
            [3, 3, 3, 4, 4, 4],
            [new(0, [3, 4]), new(1, [4, 5]), new(2, [3, 5])],
            []
        );
        var withheld = WithholdCells.Of(cells, Threshold, [false, false, false, true, true, true]);
        withheld[..3].ShouldContain(true);
    }

    // Bounds of every open cell, sum by sum, as often as anything changes.
    private static (long[] Low, long[] High) Intrude(CellsToPublish cells, bool[] withheld)
    {
        const long Most = 1_000_000_000;
        var low = cells.Values.Select((v, i) => withheld[i] ? 0 : v).ToArray();
        var high = cells.Values.Select((v, i) => withheld[i] ? Most : v).ToArray();
        for (var changed = true; changed; )
        {
            changed = false;
            foreach (var sum in cells.Sums)
            {
                var parts = sum.Parts;
                changed |= Narrow(sum.Total, parts.Sum(p => low[p]), parts.Sum(p => high[p]));
                foreach (var part in parts)
                    changed |= Narrow(
                        part,
                        low[sum.Total] - parts.Where(p => p != part).Sum(p => high[p]),
                        high[sum.Total] - parts.Where(p => p != part).Sum(p => low[p])
                    );
            }
        }
        return (low, high);

        bool Narrow(int cell, long from, long to)
        {
            if (from <= low[cell] && to >= high[cell])
                return false;
            (low[cell], high[cell]) = (Math.Max(low[cell], from), Math.Min(high[cell], to));
            return true;
        }
    }

    // All other tables near by under which every sum holds: parts moved by up to two, totals with them.
    private static IEnumerable<long[]> Others(CellsToPublish cells, bool[] withheld, IReadOnlyList<int> parts)
    {
        var moves = new int[parts.Count];
        Array.Fill(moves, -2);
        while (true)
        {
            var values = cells.Values.ToArray();
            for (var k = 0; k < parts.Count; k++)
                values[parts[k]] += moves[k];
            // Totals of parts, then the total of totals.
            foreach (var sum in cells.Sums.OrderByDescending(s => s.Parts.All(parts.Contains)))
                values[sum.Total] = sum.Parts.Sum(p => values[p]);
            if (values.All(v => v >= 0) && Enumerable.Range(0, values.Length).All(i => withheld[i] || values[i] == cells.Values[i]))
                yield return values;
            var at = 0;
            while (at < moves.Length && ++moves[at] > 2)
                moves[at++] = -2;
            if (at == moves.Length)
                yield break;
        }
    }
}
