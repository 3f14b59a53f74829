using System.Globalization;

namespace Tuopin.Rules.Sql;

/// <summary>Writes a block: what is used often and costs something is computed once, in an inner select per layer of dependence.</summary>
internal sealed partial class Block
{
    private readonly Dictionary<Term, int> uses = [];
    private readonly Dictionary<Term, int> levels = [];
    private List<List<Term>> layers = [];
    private string[] layerAliases = [];

    /// <summary>
    /// <c>select outputs from ... [where filter] [group by key]</c>, as strings and the terms of the blocks around that stay to be written by them.
    /// </summary>
    public object[] Select(IReadOnlyList<(string? Name, Term Term)> selected, Term? filter = null)
    {
        uses.Clear();
        levels.Clear();
        foreach (var (_, term) in selected)
            CountUses(term);
        if (filter is not null)
            CountUses(filter);
        sharing = true;
        sharing = Pays();
        var top = selected.Select(s => Level(s.Term)).Append(filter is null ? 0 : Level(filter)).Max();
        layers = [.. Enumerable.Range(0, top + 1).Select(_ => new List<Term>())];
        layerAliases = [.. Enumerable.Range(0, top + 1).Select(_ => Statement.Alias("s"))];
        List<object> text = ["SELECT "];
        for (var i = 0; i < selected.Count; i++)
        {
            if (i > 0)
                text.Add(", ");
            Write(text, selected[i].Term, top);
            if (selected[i].Name is { } name)
                text.Add($" AS {name}");
        }
        List<object> tail = [];
        if (filter is not null)
        {
            tail.Add(top > 0 ? " WHERE " : " AND ");
            Write(tail, filter, top);
        }
        else if (top > 0)
            tail.Add(Statement.Dialect.BarrierOutside);
        if (Key is not null)
        {
            tail.Add(" GROUP BY ");
            Write(tail, Key, top);
        }
        text.AddRange(Source(top));
        text.AddRange(tail);
        return [.. text];
    }

    private int Threshold =>
        Parent is null ? 8
        : Statement.Dialect.IsPostgres ? 24
        : 500;

    private bool sharing;

    // SQLite carries every column through an inner select, so what that spares outermost must be worth them all.
    private bool Pays() =>
        Parent is not null
        || Statement.Dialect.IsPostgres
        || uses.Where(u => !u.Key.Forced && Shared(u.Key)).Sum(u => (long)(u.Value - 1) * u.Key.Weight) >= 2L * uses.Keys.Count(t => t.IsColumn);

    private bool Shared(Term term) =>
        term.Forced
        || (
            sharing
            && term is { IsColumn: false, IsAggregate: false }
            && uses[term] > 1
            && (long)(uses[term] - 1) * term.Weight >= Threshold
            && term.Owner == this
        );

    private void CountUses(Term term)
    {
        if (term.Owner != this)
            return;
        uses[term] = uses.GetValueOrDefault(term) + 1;
        if (uses[term] == 1)
            foreach (var part in term.Parts)
                if (part is Term inner)
                    CountUses(inner);
    }

    private int Level(Term term)
    {
        if (term.Owner != this || term.IsColumn)
            return 0;
        if (!levels.TryGetValue(term, out var level))
        {
            level = term.Parts.Max(p => p is Term inner ? Level(inner) : 0) + (Shared(term) ? 1 : 0);
            levels.Add(term, level);
        }
        return level;
    }

    private void Write(List<object> text, Term term, int layer, bool defining = false)
    {
        if (term.Owner is not null && term.Owner != this)
            text.Add(term);
        else if (term.Owner is not null && layer > 0 && !defining && (term.IsColumn || Shared(term)))
            text.Add(Demand(term, layer));
        else
            foreach (var part in term.Parts)
                if (part is Term inner)
                    Write(text, inner, layer);
                else
                    text.Add(part);
    }

    private string Demand(Term term, int layer)
    {
        var index = layers[layer].IndexOf(term);
        if (index < 0)
        {
            index = layers[layer].Count;
            layers[layer].Add(term);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{layerAliases[layer]}.c{index}");
    }

    /// <summary>The FROM of one layer: the joins themselves, or a select over the layer beneath.</summary>
    private List<object> Source(int layer)
    {
        List<object> text = [" FROM "];
        if (layer == 0)
        {
            WriteJoins(text);
            return text;
        }
        List<object> columns = [];
        for (var i = 0; i < layers[layer].Count; i++)
        {
            var term = layers[layer][i];
            columns.Add(i == 0 ? "SELECT " : ", ");
            Write(columns, term, layer - 1, defining: !term.IsColumn && levels.GetValueOrDefault(term) == layer);
            columns.Add(string.Create(CultureInfo.InvariantCulture, $" AS c{i}"));
        }
        if (columns.Count == 0)
            columns.Add("SELECT 1");
        text.Add("(");
        text.AddRange(columns);
        text.AddRange(Source(layer - 1));
        if (layer > 1)
            text.Add(Statement.Dialect.BarrierOutside);
        text.Add($"{Statement.Dialect.Barrier}) {layerAliases[layer]}");
        return text;
    }

    private void WriteJoins(List<object> text)
    {
        // Derived tables last: no join reads them, and SQLite takes a tenth less when its nested loops meet them after the keyed tables.
        foreach (var part in from.OrderBy(p => p is Grouped))
        {
            if (part is not Grouped grouped)
            {
                text.Add(part);
                continue;
            }
            // Groups within groups, once: PostgreSQL takes them for one row and counts them again for each row outside.
            var once = Key is not null && Statement.Dialect.IsPostgres;
            text.Add(once ? " LEFT JOIN (WITH once AS MATERIALIZED (" : " LEFT JOIN (");
            var outputs = grouped.Block.outputs.Select((o, i) => ((string?)string.Create(CultureInfo.InvariantCulture, $"a{i}"), o));
            text.AddRange(grouped.Block.Select([("k", grouped.Block.Key!), .. outputs]));
            text.Add($"{(once ? ") SELECT * FROM once" : "")}) {grouped.Alias} ON {grouped.Alias}.k = {Row.TextOf(grouped.Source)}");
        }
        text.Add(" WHERE ");
        for (var i = 0; i < where.Count; i++)
        {
            if (i > 0)
                text.Add(" AND ");
            if (where[i] is Term term)
                Write(text, term, 0);
            else
                text.Add(where[i]);
        }
    }
}
