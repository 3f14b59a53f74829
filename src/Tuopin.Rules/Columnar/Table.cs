using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>A step to one: the row of the target for each row of the source, -1 for none.</summary>
internal sealed class OneLink
{
    public required Table Target { get; init; }
    public required int[] Rows { get; init; }

    /// <summary>Whether every row has a target.</summary>
    public required bool Complete { get; init; }
}

/// <summary>
/// A step to many: the children of row i are positions Offsets[i] to Offsets[i + 1] of <see cref="Rows"/>, or of the target itself when its rows stand in
/// the order of their parents.
/// </summary>
internal sealed class ManyLink
{
    public required Table Target { get; init; }
    public required int[] Offsets { get; init; }
    public required int[]? Rows { get; init; }

    /// <summary>A bit on the last child of each source row; only for children in order.</summary>
    public ulong[]? Ends { get; init; }

    /// <summary>A bit for each source row that has children; null when all have.</summary>
    public ulong[]? NonEmpty { get; init; }

    /// <summary>Children of all rows.</summary>
    public int Children => Offsets[^1];

    public static ManyLink Of(Table target, int[] offsets, int[]? rows)
    {
        var count = offsets.Length - 1;
        var ends = rows is null ? Bits.Allocate(target.Count) : null;
        var nonEmpty = Bits.Allocate(count);
        var empties = false;
        for (var i = 0; i < count; i++)
        {
            if (offsets[i + 1] == offsets[i])
                empties = true;
            else
            {
                Bits.Set(nonEmpty, i);
                if (ends is not null)
                    Bits.Set(ends, offsets[i + 1] - 1);
            }
        }
        return new ManyLink
        {
            Target = target,
            Offsets = offsets,
            Rows = rows,
            Ends = ends,
            NonEmpty = empties ? nonEmpty : null,
        };
    }
}

/// <summary>All rows of one subject type, in area order.</summary>
public sealed class Table
{
    private readonly Dictionary<Relation, OneLink> ones = [];
    private readonly Dictionary<Relation, ManyLink> manys = [];
    private readonly Dictionary<(Fact Fact, int YearShift), Column> columns = [];
    private readonly Dictionary<(string Standard, string Indicator), FlagColumn> verdicts = [];
    private readonly Dictionary<string, TallyColumn> tallies = [];
    private readonly Dictionary<(AreaLevel Level, Fact Key), FlagColumn> unique = [];

    internal Table(Snapshot snapshot, SubjectType type, long[] ids, long[] areaCodes)
    {
        Snapshot = snapshot;
        Type = type;
        Ids = ids;
        AreaCodes = areaCodes;
        InAreaOrder = true;
        for (var i = 1; i < areaCodes.Length && InAreaOrder; i++)
            InAreaOrder = areaCodes[i - 1] <= areaCodes[i];
    }

    internal Snapshot Snapshot { get; }

    /// <summary>What a row is.</summary>
    public SubjectType Type { get; }

    /// <summary>Our keys.</summary>
    public long[] Ids { get; }

    /// <summary>The 12-digit area code of each row.</summary>
    public long[] AreaCodes { get; }

    /// <summary>Rows.</summary>
    public int Count => Ids.Length;

    /// <summary>Whether area codes ascend, so that an area is a range of rows.</summary>
    public bool InAreaOrder { get; }

    internal Dictionary<Relation, OneLink> Ones => ones;
    internal Dictionary<Relation, ManyLink> Manys => manys;
    internal Dictionary<(Fact Fact, int YearShift), Column> Columns => columns;
    internal Dictionary<(string Standard, string Indicator), FlagColumn> Verdicts => verdicts;
    internal Dictionary<string, TallyColumn> Tallies => tallies;

    /// <summary>Bytes held by columns, keys and links.</summary>
    public long Size =>
        16L * Count
        + columns.Values.Sum(c => c.Size)
        + ones.Values.Sum(l => 4L * l.Rows.Length)
        + manys.Values.Sum(l => 4L * (l.Offsets.Length + (l.Rows?.Length ?? 0)) + 8L * ((l.Ends?.Length ?? 0) + (l.NonEmpty?.Length ?? 0)));

    /// <summary>The column of a fact, or null when it was not loaded.</summary>
    public Column? Find(Fact fact, int yearShift = 0) => columns.GetValueOrDefault((fact, yearShift));

    /// <summary>The rows of an area: first, and one past the last. Rows must be in area order.</summary>
    public (int From, int To) RowsOf(AreaRange area)
    {
        if (!InAreaOrder)
            throw new InvalidOperationException($"the rows of {Type.Name} are not in area order");
        return (LowerBound(area.From), LowerBound(area.To + 1));
    }

    /// <summary>The number of children of a relation that the rows of a mask have within a range of rows: persons of households.</summary>
    public long CountChildren(ReadOnlySpan<ulong> rows, Relation relation, int from, int to)
    {
        var offsets = manys[relation].Offsets;
        long sum = 0;
        for (var i = from; i < to; i++)
            if (Bits.Get(rows, i))
                sum += offsets[i + 1] - offsets[i];
        return sum;
    }

    /// <summary>Stores verdicts of a standard for <c>met(...)</c>: true where met or exempt, known where met, exempt or unmet.</summary>
    public void SetVerdict(string standard, string indicator, ulong[] known, ulong[] truth) =>
        verdicts[(standard, indicator)] = new FlagColumn
        {
            Count = Count,
            Known = Padded(known),
            Truth = Padded(truth),
        };

    /// <summary>Stores a tally for each row, as bounds.</summary>
    public void SetTally(string id, ulong[] known, long[] low, long[] high)
    {
        Array.Resize(ref low, Count + RangeKernel.Padding);
        Array.Resize(ref high, Count + RangeKernel.Padding);
        tallies[id] = new TallyColumn(Padded(known), low, high);
    }

    /// <summary>Stores where a key is unique in the areas of a level, when the rows here are not all there are.</summary>
    public void SetUnique(AreaLevel level, Fact key, ulong[] known, ulong[] truth) =>
        unique[(level, key)] = new FlagColumn
        {
            Count = Count,
            Known = Padded(known),
            Truth = Padded(truth),
        };

    internal FlagColumn Unique(AreaLevel level, Fact key)
    {
        lock (unique)
        {
            if (!unique.TryGetValue((level, key), out var found))
                unique[(level, key)] = found = Uniqueness.Of(this, level, key);
            return found;
        }
    }

    private int LowerBound(long code)
    {
        int low = 0,
            high = AreaCodes.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (AreaCodes[middle] < code)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private ulong[] Padded(ulong[] bits)
    {
        if (bits.Length < Bits.Words(Count))
            throw new ArgumentException($"a mask over {Count} rows needs {Bits.Words(Count)} words", nameof(bits));
        var padded = Bits.Allocate(Count);
        bits.AsSpan(0, Bits.Words(Count)).CopyTo(padded);
        return padded;
    }
}

/// <summary>A tally for each row of an area table, as bounds.</summary>
internal sealed record TallyColumn(ulong[] Known, long[] Low, long[] High);
