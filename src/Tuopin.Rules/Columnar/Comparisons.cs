using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Chooses the node for a comparison: booleans, quotients, bounds, exact numbers.</summary>
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
        var (leftFactor, rightFactor) = Factors(Scale(left) - Scale(right));
        if (Exact(left) is not { } a || Exact(right) is not { } b)
            return new FractionCompare(op, planner.Fraction(left), planner.Fraction(right), leftFactor, rightFactor);
        var denominators = new[] { a.Denominator, b.Denominator }.OfType<Expr>().Select(planner.Number).ToArray();
        return new ExactRatioCompare(
            op,
            Product(planner, a.Numerator, b.Denominator, leftFactor),
            Product(planner, b.Numerator, a.Denominator, rightFactor),
            denominators
        );
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

    private static NumberNode Product(Planner planner, Expr number, Expr? factor, long constant)
    {
        var node = planner.Number(number);
        if (factor is not null)
            node = new ArithmeticNode(ArithmeticOperator.Multiply, node, planner.Number(factor));
        return constant == 1 ? node : new ArithmeticNode(ArithmeticOperator.Multiply, node, new ConstantNumber(constant));
    }

    /// <summary>Digits behind the point: value = numerator / denominator / 10^scale.</summary>
    private static int Scale(Expr expr) =>
        expr switch
        {
            DerivedRead d => Scale(d.Body),
            Ratio r => r.Numerator.Type.Scale - r.Denominator.Type.Scale,
            Conditional { Type.Kind: Kind.Ratio } c => Scale(c.Then),
            Aggregate { Kind: AggregateKind.Avg } a => a.Body!.Type.Scale,
            { Type.Kind: Kind.Ratio } => 0,
            _ => expr.Type.Scale,
        };

    /// <summary>What the sides are multiplied by when the left has so many more digits than the right; the binder leaves nothing to multiply.</summary>
    private static (long Left, long Right) Factors(int difference)
    {
        var factor = 1L;
        for (var i = 0; i < Math.Abs(difference); i++)
            factor *= 10;
        return difference > 0 ? (1, factor) : (factor, 1);
    }
}
