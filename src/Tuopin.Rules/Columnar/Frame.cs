using System.Buffers;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Rows of a table for the positions of a frame: a run from <see cref="Start"/>, or listed (-1 none) from <see cref="Offset"/> in <see cref="Rows"/>.</summary>
internal readonly record struct RowSet(Table Table, int Start, int[]? Rows = null, int Offset = 0, bool Complete = true)
{
    public bool IsRun => Rows is null;

    public int this[int position] => Rows is null ? Start + position : Rows[Offset + position];

    public ReadOnlySpan<int> List(int count) => Rows.AsSpan(Offset, count);
}

/// <summary>
/// A set of positions evaluated together. The outermost frame is a chunk of the rule's subjects; each macro opens a frame whose positions are the items of
/// all segments, one after another, and whose outer variables are reached through the position each item belongs to.
/// </summary>
internal sealed class Frame
{
    private readonly Frame? outer;
    private readonly Variable variable;
    private readonly RowSet rows;
    private readonly Segments? segments;
    private readonly List<int[]> rented = [];
    private readonly List<(Place Place, RowSet Rows)> places = [];
    private readonly List<(Variable Variable, RowSet Rows)> variables = [];
    private int[]? owners;

    private Frame(Scratch scratch, Frame? outer, Variable variable, RowSet rows, int count, Segments? segments)
    {
        Scratch = scratch;
        this.outer = outer;
        this.variable = variable;
        this.rows = rows;
        this.segments = segments;
        Count = count;
        Words = Bits.Words(count);
    }

    public Scratch Scratch { get; }
    public int Count { get; }
    public int Words { get; }
    public Frame Root => outer is null ? this : outer.Root;

    /// <summary>The rows of the frame's own variable.</summary>
    public RowSet Own => rows;

    public static Frame Chunk(Scratch scratch, Variable variable, Table table, int start, int count) =>
        new(scratch, null, variable, new RowSet(table, start), count, null);

    /// <summary>The items of segments, one position each.</summary>
    public Frame Items(Variable item, Segments segments) => new(Scratch, this, item, segments.Items, segments.Count, segments);

    /// <summary>The same positions with one more variable, bound to a place of this frame.</summary>
    public Frame Rebound(Variable item, RowSet items) => new(Scratch, this, item, items, Count, null);

    public RowSet Of(Variable name)
    {
        if (name == variable)
            return rows;
        foreach (var (known, found) in variables)
            if (known == name)
                return found;
        if (outer is null)
            throw new InvalidOperationException($"variable {name} is not in scope");
        var above = outer.Of(name);
        var result = segments is null ? above : Spread(above);
        variables.Add((name, result));
        return result;
    }

    public RowSet At(Place place)
    {
        if (place.Steps.IsDefaultOrEmpty)
            return Of(place.Variable);
        foreach (var (known, found) in places)
            if (known.Variable == place.Variable && known.Steps.SequenceEqual(place.Steps))
                return found;
        var result = Of(place.Variable);
        foreach (var step in place.Steps)
            result = Step(result, step);
        places.Add((place, result));
        return result;
    }

    /// <summary>Numbers known for each position of the root frame, spread to this one.</summary>
    public void SpreadRoot(ReadOnlySpan<long> values, ReadOnlySpan<ulong> known, Span<long> target, Span<ulong> targetKnown)
    {
        targetKnown.Clear();
        for (var i = 0; i < Count; i++)
        {
            var root = RootPosition(i);
            target[i] = values[root];
            if (Bits.Get(known, root))
                Bits.Set(targetKnown, i);
        }
    }

    /// <summary>Gives back what was rented; the frame must not be used after.</summary>
    public void Release()
    {
        foreach (var array in rented)
            ArrayPool<int>.Shared.Return(array);
        segments?.Release();
    }

    private int RootPosition(int position)
    {
        var frame = this;
        for (; frame.outer is not null; frame = frame.outer)
            if (frame.segments is not null)
                position = frame.Owners()[position];
        return position;
    }

    private RowSet Step(RowSet from, Relation relation)
    {
        if (!from.Table.Ones.TryGetValue(relation, out var link))
        {
            from.Table.Snapshot.RequireLoose($"relation {relation}");
            var none = Rent(Count);
            none.AsSpan(0, Count).Fill(-1);
            return new RowSet(from.Table.Snapshot[relation.Target], 0, none, 0, false);
        }
        if (from.IsRun)
            return new RowSet(link.Target, 0, link.Rows, from.Start, link.Complete);
        var target = Rent(Count);
        var source = from.List(Count);
        for (var i = 0; i < Count; i++)
            target[i] = source[i] < 0 ? -1 : link.Rows[source[i]];
        return new RowSet(link.Target, 0, target, 0, from.Complete && link.Complete);
    }

    private RowSet Spread(RowSet above)
    {
        var target = Rent(Count);
        var owner = Owners();
        if (above.IsRun)
            for (var i = 0; i < Count; i++)
                target[i] = above.Start + owner[i];
        else
            for (var i = 0; i < Count; i++)
                target[i] = above.Rows![above.Offset + owner[i]];
        return new RowSet(above.Table, 0, target, 0, above.Complete);
    }

    private int[] Owners()
    {
        if (owners is not null)
            return owners;
        owners = Rent(Count);
        for (var position = 0; position < segments!.Value.Owners; position++)
        {
            var (from, to) = segments.Value[position];
            owners.AsSpan(from, to - from).Fill(position);
        }
        return owners;
    }

    private int[] Rent(int count)
    {
        var array = ArrayPool<int>.Shared.Rent(count + RangeKernel.Padding);
        rented.Add(array);
        return array;
    }
}
