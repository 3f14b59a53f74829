using System.Collections.Immutable;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Language;

internal sealed partial class Binder
{
    private Expr Unary(UnarySyntax u)
    {
        var operand = Bind(u.Operand);
        if (u.Operator == "!")
            return new Not(Types.Condition(operand), u.Span);
        Types.Number(operand);
        var type = operand.Type with { Min = -operand.Type.Max, Max = -operand.Type.Min };
        return operand is Constant c ? new Constant(type, -c.Value.Number, u.Span) : new Negate(operand, type, u.Span);
    }

    private Expr Binary(BinarySyntax b) =>
        b.Operator switch
        {
            "&&" or "||" => new Logical(b.Operator == "&&", Types.Condition(Bind(b.Left)), Types.Condition(Bind(b.Right)), b.Span),
            "+" or "-" => Sum(b),
            "*" => Product(b),
            "/" => Division(Bind(b.Left), Bind(b.Right), b.Span),
            "in" => In(b),
            _ => Comparison(b),
        };

    private Arithmetic Sum(BinarySyntax b)
    {
        var (left, right) = (Bind(b.Left), Bind(b.Right));
        if (left.Type.Kind == Kind.Date || right.Type.Kind == Kind.Date)
            throw new RuleException(
                b.Span,
                "days do not add or subtract with + and -: write days_between(a, b), months_between(a, b) or add_months(d, n)"
            );
        (left, right) = Scaling.Align(Types.Number(left), Types.Number(right), b.Span);
        var (x, y) = (Ranges.Of(left.Type), Ranges.Of(right.Type));
        var range = b.Operator == "+" ? Ranges.Add(x, y) : Ranges.Subtract(x, y);
        var type = Ranges.Fit(left.Type.Kind, left.Type.Scale, range, b.Span, "this sum");
        return new Arithmetic(b.Operator == "+" ? ArithmeticOperator.Add : ArithmeticOperator.Subtract, left, right, type, b.Span);
    }

    private Arithmetic Product(BinarySyntax b)
    {
        var (left, right) = (Types.Number(Bind(b.Left)), Types.Number(Bind(b.Right)));
        var kinds = (left.Type.Kind, right.Type.Kind);
        if (kinds is (Kind.Fen, Kind.Fen))
            throw new RuleException(b.Span, "fen times fen means nothing");
        if (kinds is (Kind.Fen, Kind.Decimal) or (Kind.Decimal, Kind.Fen))
            throw new RuleException(b.Span, "fen times a decimal is no whole number of fen: compare a * 10 >= b * 3, or a / b >= 0.3");
        var kind = kinds is (Kind.Fen, _) or (_, Kind.Fen) ? Kind.Fen : Kind.Int;
        var range = Ranges.Multiply(Ranges.Of(left.Type), Ranges.Of(right.Type));
        var type = Ranges.Fit(kind, left.Type.Scale + right.Type.Scale, range, b.Span, "this product");
        return new Arithmetic(ArithmeticOperator.Multiply, left, right, type, b.Span);
    }

    private static Ratio Division(Expr left, Expr right, Span span)
    {
        (left, right) = (Types.Number(left), Divisor(right));
        if (right.Type.Kind == Kind.Fen && left.Type.Kind != Kind.Fen)
            throw new RuleException(span, "a plain number divided by fen means nothing");
        return new Ratio(left, right, span);
    }

    private static Expr Divisor(Expr right)
    {
        Types.Number(right);
        if (right.Type.Min < 0)
            throw new RuleException(
                right.Span,
                FormattableString.Invariant($"what divides may be negative (down to {right.Type.Min}): a divisor needs min 0 or more")
            );
        if (right.Type.Max == 0)
            throw new RuleException(right.Span, "division by zero");
        return right;
    }

    private Comparison Comparison(BinarySyntax b)
    {
        var (left, right) = Pair(b.Left, b.Right);
        var operation = b.Operator switch
        {
            "==" => ComparisonOperator.Equal,
            "!=" => ComparisonOperator.NotEqual,
            "<" => ComparisonOperator.Less,
            "<=" => ComparisonOperator.LessOrEqual,
            ">" => ComparisonOperator.Greater,
            _ => ComparisonOperator.GreaterOrEqual,
        };
        if (left.Type.Kind == Kind.Ratio || right.Type.Kind == Kind.Ratio)
        {
            RequireNumberOrRatio(left);
            RequireNumberOrRatio(right);
            (left, right) = Scaling.AlignRatios(left, right, b.Span);
        }
        else if (left.Type.IsNumeric && right.Type.IsNumeric)
            (left, right) = Scaling.Align(left, right, b.Span);
        else
            RequireComparable(left, right, operation is ComparisonOperator.Equal or ComparisonOperator.NotEqual, b);
        return new Comparison(operation, left, right, b.Span);
    }

    private static void RequireNumberOrRatio(Expr side)
    {
        if (side.Type.Kind != Kind.Ratio)
            Types.Number(side);
    }

    private static void RequireComparable(Expr left, Expr right, bool equality, BinarySyntax b)
    {
        var (x, y) = (left.Type, right.Type);
        if (x.Kind == Kind.Codes || y.Kind == Kind.Codes)
            throw new RuleException(b.Span, "a set of codes is not compared: ask 'key' in it");
        if (x.Kind != y.Kind || x.List != y.List)
        {
            var advice = (x.Kind, y.Kind) switch
            {
                (Kind.Code, Kind.Int) or (Kind.Int, Kind.Code) => ": write the code's key in quotes",
                (Kind.Date, Kind.Text) or (Kind.Text, Kind.Date) => ": write date(\"2020-06-12\")",
                _ => "",
            };
            throw new RuleException(b.Span, $"cannot compare {Types.Name(left)} with {Types.Name(right)}{advice}");
        }
        if (!equality && x.Kind is Kind.Bool or Kind.Code)
            throw new RuleException(b.Span, $"{Types.Name(left)} has no order: only == and !=");
    }

    private Expr In(BinarySyntax b)
    {
        if (b.Right is ListSyntax list)
            return InList(b, list);
        var set = Bind(b.Right);
        if (set.Type.Kind != Kind.Codes)
            throw new RuleException(b.Right.Span, $"expected a list [..] or a set of codes after 'in', found {Types.Name(set)}");
        var code = Bind(b.Left, set.Type);
        if (code is not Constant { Type.Kind: Kind.Code } constant || constant.Type.List != set.Type.List)
            throw new RuleException(b.Left.Span, "expected the key of a code in quotes before 'in'");
        return new HasCode(set, constant, b.Span);
    }

    private OneOf InList(BinarySyntax b, ListSyntax list)
    {
        var operand = Bind(b.Left);
        if (operand.Type.Kind is Kind.Ratio or Kind.Codes)
            throw Types.Mismatch(operand, "one value");
        var options = ImmutableArray.CreateBuilder<Constant>();
        foreach (var item in list.Items)
        {
            var option = Bind(item, operand.Type);
            if (option is not Constant)
                throw new RuleException(option.Span, "a list holds constants only: compare facts with == and ||");
            var fits = option.Type.IsNumeric && operand.Type.IsNumeric || option.Type.Kind == operand.Type.Kind;
            if (!fits)
                throw new RuleException(option.Span, $"expected {Types.Name(operand)}, found {Types.Name(option)}");
            options.Add((Constant)option);
        }
        if (operand.Type.IsNumeric)
            operand = ToOneScale(operand, options, b.Span);
        return new OneOf(operand, options.ToImmutable(), b.Span);
    }

    private static Expr ToOneScale(Expr operand, ImmutableArray<Constant>.Builder options, Span span)
    {
        foreach (var option in options)
            operand = Scaling.Align(operand, option, span).Left;
        for (var i = 0; i < options.Count; i++)
            options[i] = (Constant)Scaling.Align(operand, options[i], span).Right;
        return operand;
    }
}
