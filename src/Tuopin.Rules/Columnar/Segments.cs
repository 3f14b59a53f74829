using System.Buffers;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// The items of a collection for each position of a frame. Where parents are a run and children stand in their order, the items are a run as well and
/// nothing is copied; otherwise the pairs are written out.
/// </summary>
internal readonly struct Segments
{
    private readonly int[] offsets;
    private readonly int first;
    private readonly bool rented;

    private Segments(ManyLink? link, RowSet parents, int owners, int[] offsets, int first, RowSet items, bool rented)
    {
        Link = link;
        Parents = parents;
        Owners = owners;
        Items = items;
        this.offsets = offsets;
        this.first = first;
        this.rented = rented;
    }

    public ManyLink? Link { get; }
    public RowSet Parents { get; }

    /// <summary>Positions of the frame the collection belongs to.</summary>
    public int Owners { get; }
    public RowSet Items { get; }

    public int Count => offsets[first + Owners] - offsets[first];

    /// <summary>Whether the link's bit masks (ends, non-empty) hold for these segments.</summary>
    public bool IsRun => !rented && Items.IsRun && Link is not null;

    /// <summary>Item positions of an owner: first, and one past the last.</summary>
    public (int From, int To) this[int owner] => (offsets[first + owner] - offsets[first], offsets[first + owner + 1] - offsets[first]);

    /// <summary>The offsets of all owners and one more, not yet counted from the first item.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(first, Owners + 1);

    public static Segments Of(RowSet parents, int owners, ManyLink? link, Table target)
    {
        if (link is null)
            return Expand(parents, owners, null, target);
        if (!parents.IsRun)
            return Expand(parents, owners, link, target);
        var first = link.Offsets[parents.Start];
        var items = link.Rows is null ? new RowSet(target, first) : new RowSet(target, 0, link.Rows, first);
        return new Segments(link, parents, owners, link.Offsets, parents.Start, items, false);
    }

    public void Release()
    {
        if (!rented)
            return;
        ArrayPool<int>.Shared.Return(offsets);
        if (Items.Rows is not null)
            ArrayPool<int>.Shared.Return(Items.Rows);
    }

    private static Segments Expand(RowSet parents, int owners, ManyLink? link, Table target)
    {
        var offsets = ArrayPool<int>.Shared.Rent(owners + 1);
        offsets[0] = 0;
        for (var i = 0; i < owners; i++)
        {
            var row = link is null ? -1 : parents[i];
            offsets[i + 1] = offsets[i] + (row < 0 ? 0 : link!.Offsets[row + 1] - link.Offsets[row]);
        }
        var rows = ArrayPool<int>.Shared.Rent(offsets[owners] + RangeKernel.Padding);
        for (var i = 0; i < owners; i++)
        {
            var from = offsets[i];
            if (offsets[i + 1] == from)
                continue;
            var start = link!.Offsets[parents[i]];
            for (var k = 0; k < offsets[i + 1] - from; k++)
                rows[from + k] = link.Rows is null ? start + k : link.Rows[start + k];
        }
        return new Segments(link, parents, owners, offsets, 0, new RowSet(target, 0, rows), true);
    }
}
