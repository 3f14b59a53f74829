using Tuopin.Rules.Language;

namespace Tuopin.Rules.Sql;

/// <summary>
/// Macros. All that can be are outputs of one grouped derived table per collection; a macro whose body reads an outer item other than the source of the
/// collection becomes a correlated subquery.
/// </summary>
internal sealed partial class Compiler
{
    private Operand Aggregated(Aggregate a, Block block)
    {
        var source = block.Resolve(a.Source);
        if (CanGroup(a))
            return IfThere(a, source, Grouped(a, source));
        var inner = block.Correlate(source, a.Collection, a.Item);
        var result = Finished(a, Functions(a, inner), t => t, correlated: true);
        Term Scalar(Term term) => statement.Subquery(block, ["(", .. inner.Select([(null, term)]), ")"], term.Known);
        return IfThere(
            a,
            source,
            new Operand(
                Scalar(result.Low),
                result.High is null ? null : Scalar(result.High),
                result.LowDenominator is null ? null : Scalar(result.LowDenominator),
                result.HighDenominator is null ? null : Scalar(result.HighDenominator)
            )
            {
                Scale = result.Scale,
            }
        );
    }

    /// <summary>The derived table is joined where the source stands, which may be an outer block.</summary>
    private Operand Grouped(Aggregate a, Row source)
    {
        var inner = source.Block.Group(source, a.Collection, a);
        return Finished(a, Functions(a, inner), inner.Output, correlated: false);
    }

    /// <summary>A place that does not exist has no collection: unknown, not empty.</summary>
    private Operand IfThere(Aggregate a, Row source, Operand x)
    {
        if (source.Id.Known || a.Source.Steps.IsDefaultOrEmpty)
            return x;
        Term Guard(Term term) => T(false, "(CASE WHEN ", source.Id, " IS NOT NULL THEN ", term, " END)");
        return x with { Low = Guard(x.Low), High = x.High is null ? null : Guard(x.High) };
    }

    /// <summary>The aggregate functions a macro needs, each over terms of one item.</summary>
    private sealed record Parts(Block Block, Term Count)
    {
        public Term? Decided { get; init; }
        public Term? Sure { get; init; }

        /// <summary>The sure and the unknown.</summary>
        public Term? Most { get; init; }

        public Term? Unknown { get; init; }
        public Term? Base { get; init; }
        public Term? Total { get; init; }
    }

    private Parts Functions(Aggregate a, Block inner)
    {
        var filter = a.Filter is null ? null : Bool(a.Filter, inner);
        var parts = new Parts(inner, statement.Aggregate(inner, true, "count(*)"));
        switch (a.Kind)
        {
            case AggregateKind.All:
                return Quantified(parts, Implied(filter, Bool(a.Body!, inner)), isAll: true);
            case AggregateKind.Exists:
                return Quantified(parts, Both(filter, a.Body is null ? null : Bool(a.Body, inner)) ?? T(true, Dialect.True), isAll: false);
            case AggregateKind.Count:
                return Counted(parts, Both(filter, a.Body is null ? null : Bool(a.Body, inner)));
            case AggregateKind.Share:
                return Filtered(Counted(parts, Both(filter, a.Body is null ? null : Bool(a.Body, inner))), filter);
            default:
                return Measured(a, Filtered(parts, filter), filter, Value(a.Body!, inner));
        }
    }

    private Term? Both(Term? filter, Term? body) =>
        filter is null ? body
        : body is null ? filter
        : T("(", filter, " AND ", body, ")");

    private Term Implied(Term? filter, Term body) => filter is null ? body : T("(NOT ", filter, " OR ", body, ")");

    /// <summary>
    /// What decides weighs more than all that is unknown can, what does not decide weighs nothing, so that a test is evaluated once for the usual item:
    /// one that does not decide. PostgreSQL: and is the least of false 0, unknown 1, true 2, and or the greatest.
    /// </summary>
    private Parts Quantified(Parts parts, Term test, bool isAll)
    {
        var inner = parts.Block;
        if (Dialect.IsPostgres)
        {
            var order = T(true, "(CASE ", test, " WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END)");
            return parts with { Decided = statement.Aggregate(inner, false, isAll ? "min(" : "max(", inner.Argument(order), ")") };
        }
        // A subquery stands once in the text: what stands twice would be a column of a select of its own, and the rows lose their order for the grouping.
        if (test.Weight >= DearTest)
        {
            object[] once =
            [
                "(CASE ",
                test,
                $" WHEN {(isAll ? Dialect.True : Dialect.False)} THEN 0 WHEN {(isAll ? Dialect.False : Dialect.True)} THEN {Decisive} ELSE 1 END)",
            ];
            return parts with { Decided = statement.Aggregate(inner, false, "sum(", inner.Argument(T(true, once)), ")") };
        }
        var (usual, other) = isAll ? (test, T("(NOT ", test, ")")) : (T("(NOT ", test, ")"), test);
        object[] unknown = test.Known ? [] : ["WHEN ", other, " THEN "];
        object[] weight = ["(CASE WHEN ", usual, " THEN 0 ", .. unknown, test.Known ? "ELSE " : "", Decisive, test.Known ? " END)" : " ELSE 1 END)"];
        return parts with { Decided = statement.Aggregate(inner, false, "sum(", inner.Argument(T(true, weight)), ")") };
    }

    private const string Decisive = "4294967296";

    private Parts Counted(Parts parts, Term? test) =>
        test is null
            ? parts with
            {
                Sure = parts.Count,
            }
            : parts with
            {
                Sure = CountWhere(parts.Block, test),
                Most = test.Known ? null : CountWhere(parts.Block, T(true, "(", test, " IS NOT FALSE)")),
            };

    private Parts Filtered(Parts parts, Term? filter) =>
        filter is null
            ? parts with
            {
                Base = parts.Count,
            }
            : parts with
            {
                Base = CountWhere(parts.Block, filter),
                Unknown = filter.Known ? null : CountWhere(parts.Block, T(true, "(", filter, " IS NULL)")),
            };

    /// <summary>Sum, min, max, avg: unknown counts the items that may belong and have no value, or may belong at all.</summary>
    private Parts Measured(Aggregate a, Parts parts, Term? filter, Term body)
    {
        var inner = parts.Block;
        var name = a.Kind switch
        {
            AggregateKind.Min => "min",
            AggregateKind.Max => "max",
            _ => "sum",
        };
        var only = filter is null ? Array.Empty<object>() : [" FILTER (WHERE ", inner.Argument(filter), ")"];
        var wide = name == "sum" ? Dialect.Wide : "";
        var total = statement.Aggregate(inner, false, [$"{name}(", inner.Argument(body), ")", .. only, wide]);
        var unknown = parts.Unknown;
        if (!body.Known)
        {
            var test = filter is null
                ? T(true, "(", body, " IS NULL)")
                : T(
                    true,
                    "(CASE ",
                    filter,
                    $" WHEN {Dialect.True} THEN ",
                    body,
                    $" IS NULL WHEN {Dialect.False} THEN {Dialect.False} ELSE {Dialect.True} END)"
                );
            unknown = CountWhere(inner, test);
        }
        return parts with { Total = total, Unknown = unknown };
    }

    private Term CountWhere(Block inner, Term test) => statement.Aggregate(inner, true, "count(*) FILTER (WHERE ", inner.Argument(test), ")");

    /// <summary>
    /// The value of the macro from its functions. In a grouped block no row at all means an empty collection, so every function is NULL there; in a
    /// correlated one the counts are zero.
    /// </summary>
    private Operand Finished(Aggregate a, Parts p, Func<Term, Term> read, bool correlated)
    {
        var required = a.Collection.Required;
        Term Or(Term term, string empty) => required && !correlated ? term : T(true, "coalesce(", term, $", {empty})");
        Term Held(Term term) => required && correlated ? T(false, "(CASE WHEN ", read(p.Count), " > 0 THEN ", term, " END)") : term;
        Term Settled(Term term) => p.Unknown is null ? term : T(false, "(CASE WHEN ", Or(read(p.Unknown), "0"), " = 0 THEN ", term, " END)");
        switch (a.Kind)
        {
            case AggregateKind.All or AggregateKind.Exists:
                return new Operand(Decided(a.Kind == AggregateKind.All, p, read, required, Or));
            case AggregateKind.Count:
                return new Operand(Held(Or(read(p.Sure!), "0")), p.Most is null ? null : Held(Or(read(p.Most), "0")));
            case AggregateKind.Share:
                var all = Settled(read(p.Base!));
                return new Operand(read(p.Sure!), p.Most is null ? null : read(p.Most), all, p.Most is null ? null : all);
            case AggregateKind.Sum:
                // The sum of nothing is 0; over a required collection without a row it stays unknown with its count.
                var sum = T(true, "coalesce(", read(p.Total!), ", 0)");
                var there = required ? T(false, "(CASE WHEN ", read(p.Count), " > 0 THEN ", sum, " END)") : sum;
                return new Operand(Settled(there)) { Scale = a.Type.Scale };
            case AggregateKind.Avg:
                return new Operand(Settled(read(p.Total!)), null, read(p.Base!)) { Scale = a.Body!.Type.Scale };
            default:
                return new Operand(Settled(read(p.Total!))) { Scale = a.Type.Scale };
        }
    }

    private Term Decided(bool isAll, Parts p, Func<Term, Term> read, bool required, Func<Term, string, Term> or)
    {
        var state = required
            ? read(p.Decided!)
            : or(
                read(p.Decided!),
                !Dialect.IsPostgres ? "0"
                    : isAll ? "2"
                    : "0"
            );
        if (Dialect.IsPostgres)
            return T(false, "(CASE ", state, " WHEN 2 THEN TRUE WHEN 0 THEN FALSE END)");
        var (found, rest) = isAll ? (Dialect.False, Dialect.True) : (Dialect.True, Dialect.False);
        return T(false, "(CASE WHEN ", state, $" = 0 THEN {rest} WHEN ", state, $" >= {Decisive} THEN {found} END)");
    }

    /// <summary>
    /// A grouped block can read its items and, by the key of the group, the source of the collection; a link fact of the source is of another row, and so
    /// is any other outer variable.
    /// </summary>
    private bool CanGroup(Aggregate a)
    {
        var reads = new Reads(VariesByArea, subject);
        reads.Visit(a.Filter);
        reads.Visit(a.Body);
        reads.Free.Remove(a.Item);
        if (a.Source.Steps.IsDefaultOrEmpty && Block.FromId(a.Collection) && !reads.Links.Contains(a.Source.Variable))
            reads.Free.Remove(a.Source.Variable);
        return reads.Free.Count == 0;
    }
}
