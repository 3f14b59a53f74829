using System.Globalization;
using System.Text;

namespace Tuopin.Rules.Sql;

/// <summary>
/// A piece of SQL in which further pieces are set. Terms are shared by identity (<see cref="Statement"/> makes them), so a block can see which piece
/// is used more than once and compute it once in an inner select instead of repeating its text.
/// </summary>
internal sealed class Term(int id, Block? owner, object[] parts)
{
    public int Id { get; } = id;

    /// <summary>The innermost block whose rows it reads; null for a constant.</summary>
    public Block? Owner { get; } = owner;

    /// <summary>Strings and terms.</summary>
    public object[] Parts { get; } = parts;

    /// <summary>A column of the block's own FROM.</summary>
    public bool IsColumn { get; init; }

    /// <summary>An aggregate function or something over one: belongs to the outermost select of its block.</summary>
    public bool IsAggregate { get; init; }

    /// <summary>Never NULL.</summary>
    public bool Known { get; init; }

    /// <summary>Must be a column of an inner select (see <see cref="Block.Argument"/>).</summary>
    public bool Forced { get; init; }

    /// <summary>A rough cost of computing it once.</summary>
    public int Weight { get; init; }
}

/// <summary>The names and shared terms of one statement.</summary>
internal sealed class Statement(SqlContext context)
{
    private readonly Dictionary<string, Term> terms = new(StringComparer.Ordinal);
    private int aliases;

    public SqlContext Context { get; } = context;
    public SqlDialect Dialect => Context.Dialect;

    public string Alias(string prefix) => prefix + (++aliases).ToString(CultureInfo.InvariantCulture);

    public int Number() => ++aliases;

    public string Table(string table) => Context.Table(table);

    public Term Column(Block owner, string text, bool known = false) => Intern(owner, [text], 1, known, column: true);

    /// <summary>A term of strings and terms; known when all its terms are, unless stated.</summary>
    public Term Term(bool? known, params object[] parts)
    {
        Block? owner = null;
        var weight = 1;
        var all = true;
        var aggregate = false;
        foreach (var part in parts)
        {
            if (part is not Term term)
                continue;
            if (term.Owner is not null && (owner is null || term.Owner.Depth > owner.Depth))
                owner = term.Owner;
            weight += term.Weight;
            all &= term.Known;
            aggregate |= term.IsAggregate;
        }
        return Intern(owner, parts, Math.Min(weight, 100_000), known ?? all, aggregate: aggregate);
    }

    public Term Term(params object[] parts) => Term(null, parts);

    public Term Aggregate(Block owner, bool known, params object[] parts) => Intern(owner, parts, 1, known, aggregate: true);

    public Term Forced(Block owner, Term term) => Intern(owner, ["", term], term.Weight + 1, term.Known, forced: true);

    /// <summary>A whole subquery, costly enough to be computed once wherever it is used twice.</summary>
    public Term Subquery(Block owner, object[] parts, bool known) => Intern(owner, parts, 1000, known);

    private Term Intern(Block? owner, object[] parts, int weight, bool known, bool column = false, bool aggregate = false, bool forced = false)
    {
        var key = new StringBuilder()
            .Append(owner?.Depth ?? -1)
            .Append(
                forced ? '!'
                : aggregate ? '#'
                : ' '
            )
            .Append(owner?.Number ?? 0)
            .Append(':');
        foreach (var part in parts)
            _ = part is Term term ? key.Append('\u0001').Append(term.Id).Append('\u0002') : key.Append((string)part);
        var name = key.ToString();
        if (terms.TryGetValue(name, out var known1))
            return known1;
        var made = new Term(terms.Count, owner, parts)
        {
            Weight = weight,
            Known = known,
            IsColumn = column,
            IsAggregate = aggregate,
            Forced = forced,
        };
        terms.Add(name, made);
        return made;
    }
}
