using System.Globalization;
using System.Runtime.CompilerServices;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Turns bound expressions into terms. One method per node; what the node means is written on it.</summary>
internal sealed partial class Compiler(Statement statement, Variable subject)
{
    private readonly Dictionary<(Block, Expr), Operand> done = new(SameObjects.Instance);

    private SqlDialect Dialect => statement.Dialect;
    private SqlContext Context => statement.Context;

    public Operand Compile(Expr expr, Block block)
    {
        if (!done.TryGetValue((block, expr), out var operand))
            done.Add((block, expr), operand = Node(expr, block));
        return operand;
    }

    private Operand Node(Expr expr, Block block) =>
        expr switch
        {
            Constant c => Exact(T(true, Dialect.Literal(c.Type.Kind, c.Value)), c.Type.Scale),
            ParameterRead p => Exact(Parameter(p.Parameter, block), p.Type.Scale),
            DayRead => Exact(T(true, Context.Day.Number.ToString(CultureInfo.InvariantCulture))),
            FactRead f => Exact(block.Resolve(f.Place).Fact(f.Fact, f.Place.YearShift), f.Type.Scale),
            DerivedRead d => Compile(d.Body, block),
            Has h => Exact(HasValue(Compile(h.Operand, block))),
            Not n => Exact(Negation(Bool(n.Operand, block))),
            Logical l => Exact(Joined(l.IsAnd, Bool(l.Left, block), Bool(l.Right, block))),
            Negate n => Negated(Compile(n.Operand, block)),
            Arithmetic a => Computed(a, Compile(a.Left, block), Compile(a.Right, block)),
            Ratio r => Quotient(Compile(r.Numerator, block), Compile(r.Denominator, block)),
            DivideHalfUp d => Exact(Divided(d, block), d.Type.Scale),
            Comparison c => Exact(Compared(c, block)),
            OneOf o => Exact(IsOneOf(o, block)),
            HasCode h => Exact(T("((", Value(h.Set, block), $" & {Dialect.Number(1L << (int)h.Code.Value.Number)}) <> 0)")),
            Conditional c => Chosen(c, block),
            Aggregate a => Aggregated(a, block),
            Call c => Exact(Called(c, block), c.Type.Scale),
            UniqueIn u => Exact(IsUnique(u, block)),
            VerdictRead v => Exact(Verdict(v, block)),
            TallyRead t => Tallied(t, block),
            _ => throw new NotSupportedException($"{expr.GetType().Name} has no SQL"),
        };

    /// <summary>A truth value.</summary>
    public Term Bool(Expr expr, Block block) => Compile(expr, block).Low;

    /// <summary>The truth value of a term that is the same for all: what law decides once need not be asked of every row.</summary>
    private bool? Settled(Term term) =>
        term.Owner is null && term.Parts is [string text]
            ? text == Dialect.True
                ? true
                : text == Dialect.False
                    ? false
                    : null
            : null;

    private Term Negation(Term term) => Settled(term) is { } known ? T(true, known ? Dialect.False : Dialect.True) : T("(NOT ", term, ")");

    private Term Joined(bool isAnd, Term left, Term right) =>
        Settled(left) is { } first
            ? first == isAnd
                ? right
                : left
            : Settled(right) is { } second
                ? second == isAnd
                    ? left
                    : right
                : !Dialect.IsPostgres && left.Weight < CheapTest && right.Weight >= DearTest
                    ? T(
                        "(CASE WHEN ",
                        left,
                        isAnd ? " IS FALSE THEN 0 ELSE " : " IS TRUE THEN 1 ELSE ",
                        left,
                        isAnd ? " AND " : " OR ",
                        right,
                        " END)"
                    )
                    : T("(", left, isAnd ? " AND " : " OR ", right, ")");

    // SQLite computes both sides of AND and OR where their value is asked for; a subquery is not run for rows that the other side decides.
    private const int CheapTest = 100;
    private const int DearTest = 1000;

    /// <summary>One value where one is needed: bounds count only when they are equal.</summary>
    private Term Value(Expr expr, Block block)
    {
        var operand = Compile(expr, block);
        if (operand.IsRatio)
            throw new NotSupportedException("a quotient is only for comparisons and indicator values");
        return Collapse(operand);
    }

    /// <summary>See <see cref="Value"/>.</summary>
    public Term Exactly(Expr expr, Block block) => Value(expr, block);

    private Term Collapse(Operand operand) =>
        operand.High is null ? operand.Low : T(false, "(CASE WHEN ", operand.Low, " = ", operand.High, " THEN ", operand.Low, " END)");

    private static Operand Exact(Term term, int scale = 0) => new(term) { Scale = scale };

    private Term T(params object[] parts) => statement.Term(parts);

    private Term T(bool known, params object[] parts) => statement.Term(known, parts);

    private Term HasValue(Operand x)
    {
        if (x is { IsBounded: false, IsRatio: false })
            return x.Low.Known ? T(true, Dialect.True) : T(true, "(", x.Low, " IS NOT NULL)");
        if (!x.IsRatio)
            return T(true, "((", x.Low, " = ", x.Top, ") IS TRUE)");
        if (!x.IsBounded)
            return T(true, "(", x.Low, " IS NOT NULL AND (", x.LowDenominator!, " <> 0) IS TRUE)");
        return T(true, "((", Times(x.Low, NonZero(x.TopDenominator!)), " = ", Times(x.Top, NonZero(x.LowDenominator!)), ") IS TRUE)");
    }

    private Operand Chosen(Conditional c, Block block)
    {
        var test = Bool(c.Test, block);
        var (yes, no) = SameShape(Compile(c.Then, block), Compile(c.Otherwise, block));
        if (Settled(test) is { } known)
            return known ? yes : no;
        Term Choose(Term a, Term b) =>
            a == b && test.Known ? a : T(false, "(CASE ", test, $" WHEN {Dialect.True} THEN ", a, $" WHEN {Dialect.False} THEN ", b, " END)");
        return new Operand(
            Choose(yes.Low, no.Low),
            yes.IsBounded || no.IsBounded ? Choose(yes.Top, no.Top) : null,
            yes.IsRatio ? Choose(yes.LowDenominator!, no.LowDenominator!) : null,
            yes.HighDenominator is null && no.HighDenominator is null ? null : Choose(yes.TopDenominator!, no.TopDenominator!)
        )
        {
            Scale = yes.Scale,
        };
    }

    private Term IsOneOf(OneOf o, Block block) =>
        o.Options.IsDefaultOrEmpty
            ? T(true, Dialect.False)
            : T("(", Value(o.Operand, block), " IN (", string.Join(", ", o.Options.Select(c => Dialect.Literal(c.Type.Kind, c.Value))), "))");

    private Term Parameter(Parameter parameter, Block block)
    {
        if (Context.Parameters.TryGetValue(parameter.Id, out var replaced))
            return T(true, Dialect.Literal(parameter.Type.Kind, replaced));
        var pieces = parameter.Pieces(Context.Area, parameter.IndexOn(Context.Day));
        var whole = pieces.FirstOrDefault(p => p.Area.Contains(Context.Area));
        var parts = whole is null ? pieces : [.. pieces.TakeWhile(p => p != whole)];
        var otherwise = whole is null ? Dialect.Null(parameter.Type.Kind) : Dialect.Literal(parameter.Type.Kind, whole.Value);
        if (parts.Length == 0)
            return T(whole is not null, otherwise);
        var code = block.Resolve(subject).AreaCode();
        List<object> text = ["(CASE"];
        foreach (var piece in parts)
            text.AddRange([
                " WHEN ",
                code,
                $" BETWEEN {piece.Area.From} AND {piece.Area.To} THEN {Dialect.Literal(parameter.Type.Kind, piece.Value)}",
            ]);
        text.Add($" ELSE {otherwise} END)");
        return T(whole is not null, [.. text]);
    }

    /// <summary>A whole number that is the same for all: a literal or what the law says here.</summary>
    private long? Fixed(Expr expr)
    {
        if (expr is Constant { Type: { Kind: Kind.Int, Scale: 0 } } constant)
            return constant.Value.Number;
        if (expr is not ParameterRead { Type: { Kind: Kind.Int, Scale: 0 } } read)
            return null;
        if (Context.Parameters.TryGetValue(read.Parameter.Id, out var replaced))
            return replaced.Number;
        var pieces = read.Parameter.Pieces(Context.Area, read.Parameter.IndexOn(Context.Day));
        return pieces.Length > 0 && pieces[0].Area.Contains(Context.Area) ? pieces[0].Value.Number : null;
    }

    /// <summary>Whether a parameter differs within the area judged, so that reading it means reading the subject's area.</summary>
    private bool VariesByArea(Parameter parameter)
    {
        if (Context.Parameters.ContainsKey(parameter.Id))
            return false;
        var pieces = parameter.Pieces(Context.Area, parameter.IndexOn(Context.Day));
        return pieces.Length > 0 && !pieces[0].Area.Contains(Context.Area);
    }

    private sealed class SameObjects : IEqualityComparer<(Block, Expr)>
    {
        public static readonly SameObjects Instance = new();

        public bool Equals((Block, Expr) x, (Block, Expr) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((Block, Expr) obj) => HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Item1), RuntimeHelpers.GetHashCode(obj.Item2));
    }
}
