using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>
/// One subject within a block: gives its columns, and joins its table, its years and the subjects it leads to when they are first asked for.
/// </summary>
internal sealed class Row
{
    private readonly Dictionary<Relation, Row> steps = [];
    private readonly Dictionary<string, string> joins = new(StringComparer.Ordinal);
    private readonly Row? parent;
    private readonly Relation? reachedBy;
    private string? alias;

    public Row(Block block, SubjectType type, Term id, string? alias, string? link, Row? parent, Relation? reachedBy)
    {
        Block = block;
        Type = type;
        Id = id;
        this.alias = alias;
        Link = link;
        this.parent = parent;
        this.reachedBy = reachedBy;
    }

    public Block Block { get; }
    public SubjectType Type { get; }
    public Term Id { get; }

    /// <summary>The alias of the link by which the row was reached.</summary>
    public string? Link { get; private set; }

    /// <summary>Inner joins are right for the items of a collection, outer ones for everything reached from a row that stays.</summary>
    public bool Inner { get; init; }

    /// <summary>The row of the block around that this one stands for.</summary>
    public Row? SameAs { get; init; }

    private Statement Statement => Block.Statement;
    private string Day => Statement.Context.Day.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string Alias =>
        alias ??= Block.Join(Inner ? "JOIN" : "LEFT JOIN", Tables.Of(Type), a => $"{a}.{Tables.IdOf(Type)} = {TextOf(Id)}{InForce(Type, a)}");

    public Term Column(string column, string cast = "") => Statement.Column(Block, $"{Alias}.{SqlDialect.Name(column)}{cast}");

    /// <summary>A fact of the row's own table, of the year that applies, or of its link.</summary>
    public Term Fact(Fact fact, int yearShift)
    {
        var day = Statement.Context.Day;
        var cast = fact.Type.Kind is Kind.Int ? Statement.Dialect.Wide : "";
        var from = fact.Kept switch
        {
            Kept.Row => Alias,
            Kept.RegistryYear => Year(day.RegistryYear + yearShift),
            Kept.PolicyYear => Year(day.PolicyYear + yearShift),
            Kept.IncomeYear => Year(day.IncomeYear + yearShift),
            Kept.Link => LinkAlias(),
            _ => throw new NotSupportedException($"{fact} is derived; it is written into rules, never read"),
        };
        return Statement.Column(Block, $"{from}.{SqlDialect.Name(fact.Column)}{cast}");
    }

    /// <summary>The 12-digit code of the area the subject belongs to.</summary>
    public Term AreaCode()
    {
        if (Type.Level is not null)
            return Column("code");
        if (Type.AreaThrough is not { } through)
            return Column("area_code");
        return Step(Type.Relations[through]).AreaCode();
    }

    public Row Step(Relation relation)
    {
        if (!steps.TryGetValue(relation, out var row))
            steps.Add(relation, row = Reach(relation));
        return row;
    }

    /// <summary>The column of the row that a relation starts from.</summary>
    public Term SourceColumn(Relation relation) =>
        relation.LinkTable is not null || relation.SourceColumn == "id" ? Id : Column(relation.SourceColumn);

    /// <summary>Joins a table on one alias for all who ask with the same key.</summary>
    public string Joined(string key, string table, Func<string, string> on) => JoinedQuery(key, Statement.Table(table), on);

    public string JoinedQuery(string key, string query, Func<string, string> on)
    {
        if (!joins.TryGetValue(key, out var joined))
            joins.Add(key, joined = Block.JoinQuery("LEFT JOIN", query, on));
        return joined;
    }

    /// <summary>
    /// A query of ids that holds at least this row in every case that matters, so that a derived table need not aggregate the whole nation; null when the
    /// statement is for everyone.
    /// </summary>
    public string? Domain()
    {
        if (SameAs is not null)
            return SameAs.Domain();
        if (reachedBy is not { } relation)
            return Block.RootDomain;
        if (parent?.Domain() is not { } domain)
            return null;
        var target = Tables.IdOf(Type);
        if (relation.LinkTable is { } link)
            return $"SELECT {SqlDialect.Name(relation.TargetColumn)} FROM {Statement.Table(link)} d WHERE {SqlDialect.Name(relation.SourceColumn)} IN ({domain})";
        if (relation.SourceColumn == "id")
            return $"SELECT {target} FROM {Statement.Table(Tables.Of(Type))} d WHERE {Tables.Target(relation)} IN ({domain})";
        if (relation.TargetColumn != "id")
            return null;
        var source = $"{Statement.Table(Tables.Of(parent.Type))} d WHERE {Tables.IdOf(parent.Type)}";
        return $"SELECT {SqlDialect.Name(relation.SourceColumn)} FROM {source} IN ({domain})";
    }

    /// <summary>The text of a column of this block's FROM.</summary>
    public static string TextOf(Term column) => string.Concat(column.Parts.Select(p => p is Term t ? TextOf(t) : (string)p));

    private Row Reach(Relation relation)
    {
        var source = TextOf(SourceColumn(relation));
        var target = relation.Target;
        if (relation.LinkTable is { } linkTable)
        {
            var link = Block.Join("LEFT JOIN", linkTable, a => $"{a}.{SqlDialect.Name(relation.SourceColumn)} = {source}{Dated(relation, a)}");
            var through = $"{link}.{SqlDialect.Name(relation.TargetColumn)}";
            if (target.Level is null)
                return new Row(Block, target, Statement.Column(Block, through), null, link, this, relation);
            var area = Block.Join("LEFT JOIN", Tables.Of(target), a => $"{a}.area_id = {through}{InForce(target, a)}");
            return new Row(Block, target, Statement.Column(Block, $"{area}.area_id"), area, link, this, relation);
        }
        // A foreign key is the id of the row it names; its table is joined only if something else of it is read.
        if (relation.TargetColumn == "id" && !relation.Dated && target.Level is null)
            return new Row(Block, target, SourceColumn(relation), null, null, this, relation);
        var joined = Block.Join(
            "LEFT JOIN",
            Tables.Of(target),
            a => $"{a}.{Tables.Target(relation)} = {source}{Dated(relation, a)}{InForce(target, a)}"
        );
        return new Row(Block, target, Statement.Column(Block, $"{joined}.{Tables.IdOf(target)}"), joined, null, this, relation);
    }

    private string Year(int year)
    {
        var table = Type.YearTable ?? throw new NotSupportedException($"{Type} has no table of years");
        var key = SqlDialect.Name(Type.YearKey ?? (Type.Level is null ? $"{Type.Name}_id" : "area_id"));
        return Joined($"{table} {year}", table, a => $"{a}.{key} = {TextOf(Id)} AND {a}.year = {year}");
    }

    /// <summary>The link by which the subject was reached, or its own link to the one subject it hangs on.</summary>
    private string LinkAlias()
    {
        if (Link is not null)
            return Link;
        var own = Type.Relations.Values.FirstOrDefault(r => r is { Many: false, LinkTable: not null });
        if (own is null)
            throw new NotSupportedException($"{Type} was not reached through a link and has none of its own");
        return Link = Step(own).Link!;
    }

    internal string Dated(Relation relation, string a) =>
        relation.Dated ? $" AND {a}.from_day <= {Day} AND ({a}.to_day IS NULL OR {a}.to_day > {Day})" : "";

    internal string InForce(SubjectType type, string a) =>
        type.Level is { } level ? $" AND {a}.level = {(int)level} AND {a}.from_day <= {Day} AND ({a}.to_day IS NULL OR {a}.to_day > {Day})" : "";
}

/// <summary>Physical names that do not follow from the dictionary alone.</summary>
internal static class Tables
{
    /// <summary>Areas are read from their dated versions.</summary>
    public static string Of(SubjectType type) => type.Level is null ? type.Table : "area_versions";

    public static string IdOf(SubjectType type) => type.Level is null ? "id" : "area_id";

    public static string Target(Relation relation) => relation.TargetColumn == "id" ? IdOf(relation.Target) : SqlDialect.Name(relation.TargetColumn);
}
