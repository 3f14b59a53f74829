using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>
/// One select with its joins: over the subjects judged, over the items of a collection grouped by what they belong to (joined once to the block around
/// it), or over the items that belong to the row around it (a correlated subquery).
/// </summary>
internal sealed partial class Block(Statement statement, Block? parent, bool correlated)
{
    private readonly Dictionary<Variable, Row> rows = [];
    private readonly List<object> from = [];
    private readonly List<object> where = [];
    private readonly Dictionary<(Row, Relation), (Block Block, string Alias)> groups = [];
    private readonly List<Term> outputs = [];

    public Statement Statement { get; } = statement;
    public Block? Parent { get; } = parent;
    public bool Correlated { get; } = correlated;
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;
    public int Number { get; } = statement.Number();

    /// <summary>The row of the item (or, outermost, the subject).</summary>
    public Row Item { get; private set; } = null!;

    /// <summary>What a grouped block groups by.</summary>
    public Term? Key { get; private set; }

    /// <summary>Which ids the statement is for; null for all.</summary>
    public string? RootDomain { get; private set; }

    /// <summary>The subjects judged.</summary>
    public static Block Root(Statement statement, Variable subject)
    {
        var block = new Block(statement, null, false);
        var type = subject.Type;
        var context = statement.Context;
        var alias = statement.Alias("r");
        block.from.Add($"{statement.Table(Tables.Of(type))} {alias}");
        var id = statement.Column(block, $"{alias}.{Tables.IdOf(type)}", known: true);
        block.rows[subject] = block.Item = new Row(block, type, id, alias, null, null, null);
        block.where.Add($"TRUE{block.Item.InForce(type, alias)}");
        if (context.Only is { } only)
            block.where.Add($"{alias}.{Tables.IdOf(type)} IN ({only})");
        var anywhere = context.Area == AreaRange.Nation || (context.HoldsOnlyArea && type.Level is null);
        if (!anywhere)
            block.where.Add($"{Row.TextOf(block.Item.AreaCode())} BETWEEN {context.Area.From} AND {context.Area.To}");
        block.RootDomain = context.Only ?? (anywhere ? null : block.AreaDomain(type));
        return block;
    }

    /// <summary>One more variable that stands for the item of this block.</summary>
    public void Name(Variable variable) => rows[variable] = Item;

    /// <summary>Makes one row per key of the subjects judged.</summary>
    public void GroupBy(Term key) => Key = key;

    /// <summary>The row a variable stands for, here or around here.</summary>
    public Row Resolve(Variable variable) =>
        rows.TryGetValue(variable, out var row) ? row
        : Correlated ? Parent!.Resolve(variable)
        : throw new InvalidOperationException($"variable {variable} is not in reach");

    public Row Resolve(Place place)
    {
        var row = Resolve(place.Variable);
        return place.Steps.IsDefaultOrEmpty ? row : place.Steps.Aggregate(row, (r, step) => r.Step(step));
    }

    /// <summary>Adds a join and gives its alias.</summary>
    public string Join(string how, string table, Func<string, string> on) => JoinQuery(how, Statement.Table(table), on);

    public string JoinQuery(string how, string query, Func<string, string> on)
    {
        var alias = Statement.Alias("t");
        from.Add($" {how} {query} {alias} ON {on(alias)}");
        return alias;
    }

    /// <summary>The grouped items of a collection, joined here once for all macros over them.</summary>
    public Block Group(Row source, Relation relation, Aggregate aggregate)
    {
        if (!groups.TryGetValue((source, relation), out var group))
        {
            var block = new Block(Statement, this, false);
            block.Key = block.FromItems(source, relation);
            if (FromId(relation) && source.Domain() is { } domain)
                block.where.Add($"{Row.TextOf(block.Key)} IN ({domain})");
            group = (block, Statement.Alias("g"));
            groups.Add((source, relation), group);
            from.Add(new Grouped(block, group.Alias, source.SourceColumn(relation)));
        }
        group.Block.rows[aggregate.Item] = group.Block.Item;
        if (aggregate.Source.Steps.IsDefaultOrEmpty && FromId(relation))
            group.Block.rows[aggregate.Source.Variable] = group.Block.SourceRow ??= group.Block.Around(source);
        return group.Block;
    }

    /// <summary>Whether a collection hangs on the id of its source, so that the key of the group stands for the source.</summary>
    public static bool FromId(Relation relation) => relation.LinkTable is not null || relation.SourceColumn == "id";

    private Row? SourceRow { get; set; }

    private Row Around(Row source) => new(this, source.Type, Key!, null, null, null, null) { SameAs = source };

    /// <summary>The column of the grouped block's result that holds an aggregate.</summary>
    public Term Output(Term aggregate)
    {
        var index = outputs.IndexOf(aggregate);
        if (index < 0)
        {
            index = outputs.Count;
            outputs.Add(aggregate);
        }
        var alias = Parent!.groups.Values.First(g => g.Block == this).Alias;
        return Statement.Column(Parent, $"{alias}.a{index}");
    }

    /// <summary>The items that belong to one row of the block around.</summary>
    public Block Correlate(Row source, Relation relation, Variable item)
    {
        var block = new Block(Statement, this, true);
        var key = block.FromItems(source, relation);
        block.where.Add(Statement.Term(key, " = ", source.SourceColumn(relation)));
        block.rows[item] = block.Item;
        return block;
    }

    /// <summary>
    /// What an aggregate function of this block is applied to. SQL gives an aggregate whose arguments are all outer columns to the outer query, so in a
    /// correlated block the argument is made a column first.
    /// </summary>
    public Term Argument(Term term) => Correlated && term.Owner is not null ? Statement.Forced(this, term) : term;

    private Term FromItems(Row source, Relation relation)
    {
        var type = relation.Target;
        var alias = Statement.Alias("i");
        var target = Tables.IdOf(type);
        if (relation.LinkTable is { } link)
        {
            from.Add($"{Statement.Table(link)} {alias}");
            var through = Statement.Column(this, $"{alias}.{SqlDialect.Name(relation.TargetColumn)}", known: true);
            Item = new Row(this, type, through, null, alias, source, relation) { Inner = true };
            if (type.Level is not null)
                throw new NotSupportedException($"{relation} reaches areas through a link");
            where.Add("TRUE" + Item.Dated(relation, alias));
            return Statement.Column(this, $"{alias}.{SqlDialect.Name(relation.SourceColumn)}", known: true);
        }
        from.Add($"{Statement.Table(Tables.Of(type))} {alias}");
        Item = new Row(this, type, Statement.Column(this, $"{alias}.{target}", known: true), alias, null, source, relation);
        where.Add("TRUE" + Item.Dated(relation, alias) + Item.InForce(type, alias));
        return Statement.Column(this, $"{alias}.{Tables.Target(relation)}");
    }

    private string AreaDomain(SubjectType type)
    {
        var area = Statement.Context.Area;
        if (type.Level is not null)
            return $"SELECT area_id FROM {Statement.Table("area_versions")} d WHERE code BETWEEN {area.From} AND {area.To}";
        if (type.AreaThrough is not { } through)
            return $"SELECT id FROM {Statement.Table(type.Table)} d WHERE area_code BETWEEN {area.From} AND {area.To}";
        var relation = type.Relations[through];
        var target = $"SELECT id FROM {Statement.Table(Tables.Of(relation.Target))} e WHERE area_code BETWEEN {area.From} AND {area.To}";
        return $"SELECT id FROM {Statement.Table(type.Table)} d WHERE {SqlDialect.Name(relation.SourceColumn)} IN ({target})";
    }

    /// <summary>A derived table in FROM, written when its outputs are known.</summary>
    private sealed record Grouped(Block Block, string Alias, Term Source);
}
