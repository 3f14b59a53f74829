using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// Chooses the node for a comparison: booleans, quotients, bounds, exact numbers. The binder has brought both sides to one scale, so that the products
/// across are in one unit.
/// </summary>
internal static class Comparisons
{
    public static BoolNode Plan(Planner planner, Comparison comparison)
    {
        var (op, left, right) = (comparison.Operator, comparison.Left, comparison.Right);
        if (left.Type.Kind == Kind.Bool)
            return new FlagCompare(op == ComparisonOperator.Equal, planner.Flag(left), planner.Flag(right));
        if (left.Type.Kind == Kind.Ratio || right.Type.Kind == Kind.Ratio)
            return Quotients(planner, op, left, right);
        if (Planner.IsBounded(left) || Planner.IsBounded(right))
            return new BoundsCompare(op, planner.Bounds(left), planner.Bounds(right));
        return new NumberCompare(op, planner.Number(left), planner.Number(right));
    }

    private static BoolNode Quotients(Planner planner, ComparisonOperator op, Expr left, Expr right)
    {
        if (Exact(left) is not { } a || Exact(right) is not { } b)
            return new FractionCompare(op, planner.Fraction(left), planner.Fraction(right));
        var denominators = new[] { a.Denominator, b.Denominator }.OfType<Expr>().Select(planner.Number).ToArray();
        return new ExactRatioCompare(op, Product(planner, a.Numerator, b.Denominator), Product(planner, b.Numerator, a.Denominator), denominators);
    }

    /// <summary>Numerator and denominator where both are exact; the denominator of a plain number is null.</summary>
    private static (Expr Numerator, Expr? Denominator)? Exact(Expr expr) =>
        expr switch
        {
            DerivedRead d => Exact(d.Body),
            Ratio r => Planner.IsBounded(r) ? null : (r.Numerator, r.Denominator),
            { Type.Kind: Kind.Ratio } => null,
            _ => Planner.IsBounded(expr) ? null : (expr, null),
        };

    private static NumberNode Product(Planner planner, Expr number, Expr? factor) =>
        factor is null ? planner.Number(number) : new ArithmeticNode(ArithmeticOperator.Multiply, planner.Number(number), planner.Number(factor));
}
