using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Turns "the row of the other side" into links of both directions.</summary>
internal static class Linking
{
    /// <summary>The relation that walks the same link the other way, if the dictionary has one.</summary>
    public static Relation? Inverse(Relation relation) =>
        relation.Target.Relations.Values.FirstOrDefault(r =>
            r.Target == relation.Source
            && r.Many != relation.Many
            && r.LinkTable == relation.LinkTable
            && r.SourceColumn == relation.TargetColumn
            && r.TargetColumn == relation.SourceColumn
        );

    /// <summary>The array is padded, and may be shared with other links.</summary>
    public static OneLink One(Table target, int[] rows, int count) =>
        new()
        {
            Target = target,
            Rows = rows,
            Complete = !rows.AsSpan(0, count).Contains(-1),
        };

    /// <summary>From the parent row of each child: a run of children for each parent where they stand in order, else a counting sort.</summary>
    public static ManyLink Many(Table children, int[] parents, int childCount, int parentCount)
    {
        var offsets = new int[parentCount + 1];
        var ordered = true;
        var last = 0;
        for (var child = 0; child < childCount; child++)
        {
            var parent = parents[child];
            var place = parent < 0 ? int.MaxValue : parent;
            ordered &= place >= last;
            last = place;
            if (parent >= 0)
                offsets[parent + 1]++;
        }
        for (var i = 0; i < parentCount; i++)
            offsets[i + 1] += offsets[i];
        return ManyLink.Of(children, offsets, ordered ? null : Sort(parents, childCount, offsets));
    }

    private static int[] Sort(int[] parents, int childCount, int[] offsets)
    {
        var rows = new int[offsets[^1]];
        var next = offsets.AsSpan(0, offsets.Length - 1).ToArray();
        for (var child = 0; child < childCount; child++)
            if (parents[child] >= 0)
                rows[next[parents[child]]++] = child;
        return rows;
    }

    /// <summary>An index of ids; free when they ascend.</summary>
    public static IdOrder Order(long[] ids)
    {
        for (var i = 1; i < ids.Length; i++)
            if (ids[i - 1] > ids[i])
            {
                var sorted = (long[])ids.Clone();
                var rows = Enumerable.Range(0, ids.Length).ToArray();
                Array.Sort(sorted, rows);
                return new IdOrder(sorted, rows);
            }
        return new IdOrder(ids, null);
    }

    internal readonly record struct IdOrder(long[] Sorted, int[]? Rows)
    {
        public int Find(long id)
        {
            var place = Array.BinarySearch(Sorted, id);
            return place < 0 || Rows is null ? place : Rows[place];
        }
    }
}
