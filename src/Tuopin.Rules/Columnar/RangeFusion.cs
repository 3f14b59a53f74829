using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Finds "from 6 to 15" in what is written as two comparisons, and "outside" in their opposites: one pass over the column instead of two.</summary>
internal static class RangeFusion
{
    /// <summary>The one test for both sides, or null when they are not of that kind.</summary>
    public static BoolNode? Fuse(Planner planner, Logical logical)
    {
        if (Of(logical.Left) is not { } a || Of(logical.Right) is not { } b || !Same(a.Operand, b.Operand))
            return null;
        if (a.Opposite == logical.IsAnd || b.Opposite == logical.IsAnd)
            return null;
        return new RangeNode(planner.Number(a.Operand), Math.Max(a.Low, b.Low), Math.Min(a.High, b.High), a.Opposite);
    }

    private static (Expr Operand, long Low, long High, bool Opposite)? Of(Expr expr)
    {
        if (expr is not Comparison comparison || !IsPlain(comparison.Left) || !IsPlain(comparison.Right))
            return null;
        var (op, operand, constant) =
            comparison.Right is Constant
                ? (comparison.Operator, comparison.Left, comparison.Right)
                : (NumberCompare.Flip(comparison.Operator), comparison.Right, comparison.Left);
        if (constant is not Constant { Value.Number: var number })
            return null;
        var (low, high, opposite) = NumberCompare.Range(op, number);
        return (operand, low, high, opposite);
    }

    private static bool IsPlain(Expr expr) =>
        expr.Type.Kind is Kind.Int or Kind.Fen or Kind.Decimal or Kind.Date or Kind.Code && !Planner.IsBounded(expr);

    /// <summary>Whether two expressions are written alike.</summary>
    private static bool Same(Expr a, Expr b) =>
        (a, b) switch
        {
            (FactRead x, FactRead y) => x.Fact == y.Fact && x.Place == y.Place,
            (DerivedRead x, DerivedRead y) => Same(x.Body, y.Body),
            (DayRead, DayRead) => true,
            (Constant x, Constant y) => x.Type.Kind == y.Type.Kind && x.Value == y.Value,
            (Call x, Call y) => x.Function == y.Function
                && x.Arguments.Length == y.Arguments.Length
                && x.Arguments.Zip(y.Arguments).All(p => Same(p.First, p.Second)),
            _ => false,
        };
}
