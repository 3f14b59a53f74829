using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Fills a snapshot from readers, one table after another, row by row, allocating nothing per row. Rows come in area order; children in the order of
/// their parents make the fastest snapshot (any order is right). A link is stated once, by the id of the other side on the row of the many side, and
/// gives both directions.
/// </summary>
public sealed class SnapshotBuilder(JudgingDay day)
{
    private readonly Dictionary<SubjectType, TableBuilder> tables = [];
    private readonly TextBuilder texts = new();

    /// <summary>The builder of a subject type's table.</summary>
    public TableBuilder Table(SubjectType type, int expectedRows = 0)
    {
        if (!tables.TryGetValue(type, out var table))
            tables.Add(type, table = new TableBuilder(type, texts, expectedRows));
        return table;
    }

    /// <summary>Closes the builder. A strict snapshot (the default) refuses rules that read what was not loaded.</summary>
    public Snapshot Build(bool strict = true)
    {
        var (pool, order) = texts.Build();
        var snapshot = new Snapshot(day, strict) { Texts = pool };
        foreach (var builder in tables.Values)
            snapshot.Add(builder.Build(snapshot, order));
        foreach (var builder in tables.Values)
            builder.BuildLinks(snapshot);
        return snapshot;
    }
}

/// <summary>Fills the rows of one subject type.</summary>
public sealed class TableBuilder
{
    private readonly SubjectType type;
    private readonly TextBuilder texts;
    private readonly Dictionary<(Fact, int), ColumnBuilder> columns = [];
    private readonly Dictionary<Relation, LinkBuilder> links = [];
    private long[] ids;
    private long[] areaCodes;
    private readonly int expectedRows;

    internal TableBuilder(SubjectType type, TextBuilder texts, int expectedRows)
    {
        this.type = type;
        this.texts = texts;
        this.expectedRows = expectedRows;
        ids = new long[expectedRows];
        areaCodes = new long[expectedRows];
    }

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a row and gives its number.</summary>
    public int Add(long id, long areaCode)
    {
        if (Count == ids.Length)
        {
            var capacity = Math.Max(256, Count * 2);
            Array.Resize(ref ids, capacity);
            Array.Resize(ref areaCodes, capacity);
        }
        ids[Count] = id;
        areaCodes[Count] = areaCode;
        return Count++;
    }

    /// <summary>The column of a fact; declaring it says that it was loaded, even if no row has a value.</summary>
    public ColumnBuilder Column(Fact fact, int yearShift = 0)
    {
        if (!columns.TryGetValue((fact, yearShift), out var column))
        {
            columns.Add((fact, yearShift), column = new ColumnBuilder(fact, texts));
            column.Reserve(expectedRows);
        }
        return column;
    }

    /// <summary>
    /// A link of these rows: a relation to one of this type (<c>person.household</c>), or the relation to many that leads here
    /// (<c>household.members</c>). Either gives both when the dictionary has both.
    /// </summary>
    public LinkBuilder Link(Relation relation)
    {
        if (relation.Many ? relation.Target != type : relation.Source != type)
            throw new ArgumentException($"{relation} does not tie rows of {type.Name} to one other row", nameof(relation));
        if (!links.TryGetValue(relation, out var link))
            links.Add(relation, link = new LinkBuilder(expectedRows));
        return link;
    }

    internal Table Build(Snapshot snapshot, int[] textOrder)
    {
        Array.Resize(ref ids, Count);
        Array.Resize(ref areaCodes, Count);
        var table = new Table(snapshot, type, ids, areaCodes);
        foreach (var ((fact, shift), column) in columns)
            table.Columns.Add((fact, shift), column.Build(Count, column.IsText ? textOrder : null));
        columns.Clear();
        return table;
    }

    internal void BuildLinks(Snapshot snapshot)
    {
        var own = snapshot[type];
        foreach (var (relation, link) in links)
        {
            var other = snapshot[relation.Many ? relation.Source : relation.Target];
            var rows = link.Resolve(Count, other.Ids);
            var inverse = Linking.Inverse(relation);
            if (!relation.Many)
                own.Ones[relation] = Linking.One(other, rows, Count);
            else if (inverse is not null)
                own.Ones[inverse] = Linking.One(other, rows, Count);
            if ((relation.Many ? relation : inverse) is { } many)
                other.Manys[many] = Linking.Many(own, rows, Count, other.Count);
        }
    }
}

/// <summary>Ids of the other side of a link, row by row; a row never stated has none.</summary>
public sealed class LinkBuilder
{
    private long[] ids;
    private ulong[] stated;

    internal LinkBuilder(int expectedRows)
    {
        ids = new long[expectedRows];
        stated = new ulong[Bits.Words(expectedRows) + 1];
    }

    /// <summary>States the id of the other side.</summary>
    public void Set(int row, long id)
    {
        if (row >= ids.Length)
            Array.Resize(ref ids, Math.Max(256, Math.Max(row + 1, ids.Length * 2)));
        if (row >> 6 >= stated.Length)
            Array.Resize(ref stated, Bits.Words(ids.Length) + 1);
        ids[row] = id;
        Bits.Set(stated, row);
    }

    /// <summary>Rows of the ids in the other table, -1 where there is none. Neighbours mostly share a target or take the next one.</summary>
    internal int[] Resolve(int count, long[] target)
    {
        var rows = new int[count + RangeKernel.Padding];
        var order = Linking.Order(target);
        var hint = 0;
        for (var row = 0; row < count; row++)
        {
            rows[row] = -1;
            // Both grow as rows are stated, each in its own steps.
            if (row >= ids.Length || row >> 6 >= stated.Length || !Bits.Get(stated, row))
                continue;
            var id = ids[row];
            if (hint < target.Length && target[hint] == id || ++hint < target.Length && target[hint] == id)
                rows[row] = hint;
            else if (order.Find(id) is var found and >= 0)
                rows[row] = hint = found;
        }
        return rows;
    }
}
