using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Arithmetic, bounds, quotients and comparison.</summary>
internal sealed partial class Compiler
{
    private Operand Negated(Operand x) =>
        x.High is null
            ? x with
            {
                Low = T("(- ", x.Low, ")"),
            }
            : new Operand(T("(- ", x.High, ")"), T("(- ", x.Low, ")"), x.TopDenominator, x.LowDenominator) { Scale = x.Scale };

    private Operand Computed(Arithmetic a, Operand left, Operand right)
    {
        if (left.IsRatio || right.IsRatio)
            throw new NotSupportedException("arithmetic over a quotient");
        var scale = a.Type.Scale;
        if (!left.IsBounded && !right.IsBounded)
            return Exact(Apply(a.Operator, left.Low, right.Low), scale);
        return a.Operator switch
        {
            ArithmeticOperator.Add => new Operand(Apply(a.Operator, left.Low, right.Low), Apply(a.Operator, left.Top, right.Top)) { Scale = scale },
            ArithmeticOperator.Subtract => new Operand(Apply(a.Operator, left.Low, right.Top), Apply(a.Operator, left.Top, right.Low))
            {
                Scale = scale,
            },
            _ => Product(left, right, scale),
        };
    }

    private Operand Product(Operand left, Operand right, int scale)
    {
        Term[] corners = [.. new[] { left.Low, left.Top }.Distinct().SelectMany(_ => new[] { right.Low, right.Top }.Distinct(), Times)];
        return new Operand(Extreme("min", "LEAST", corners), Extreme("max", "GREATEST", corners)) { Scale = scale };
    }

    /// <summary>All are NULL or none is, so that LEAST, which passes over NULL, and min, which does not, agree.</summary>
    private Term Extreme(string sqlite, string postgres, Term[] terms)
    {
        List<object> text = [$"{(Dialect.IsPostgres ? postgres : sqlite)}("];
        for (var i = 0; i < terms.Length; i++)
        {
            if (i > 0)
                text.Add(", ");
            text.Add(terms[i]);
        }
        text.Add(")");
        return T([.. text]);
    }

    private Term Apply(ArithmeticOperator op, Term left, Term right) =>
        op switch
        {
            ArithmeticOperator.Add when IsZero(left) => right,
            ArithmeticOperator.Add or ArithmeticOperator.Subtract when IsZero(right) => left,
            ArithmeticOperator.Add => T("(", left, " + ", right, ")"),
            ArithmeticOperator.Subtract => T("(", left, " - ", right, ")"),
            _ => Times(left, right),
        };

    private bool IsZero(Term term) => term.Owner is null && term.Parts is [string text] && text == Dialect.Number(0);

    private Term Times(Term left, Term right) => T("(", left, " * ", right, ")");

    private Term Times(Term term, long factor) => factor == 1 ? term : T("(", term, $" * {Dialect.Number(factor)})");

    private Term NonZero(Term denominator) => T(false, "NULLIF(", denominator, ", 0)");

    private static long Power(int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++)
            power = checked(power * 10);
        return power;
    }

    /// <summary>n / d as bounds: the low end of a numerator that is not negative stands over the high end of the denominator, and so on.</summary>
    private Operand Quotient(Operand n, Operand d)
    {
        if (n.IsRatio || d.IsRatio)
            throw new NotSupportedException("a quotient of quotients");
        var scale = n.Scale - d.Scale;
        if (!d.IsBounded)
            return new Operand(n.Low, n.High, d.Low, n.IsBounded ? d.Low : null) { Scale = scale };
        Term Under(Term numerator, Term positive, Term negative) =>
            T(false, "(CASE WHEN ", d.Low, " = 0 THEN 0 WHEN ", numerator, " >= 0 THEN ", positive, " ELSE ", negative, " END)");
        return new Operand(n.Low, n.Top, Under(n.Low, d.Top, d.Low), Under(n.Top, d.Low, d.Top)) { Scale = scale };
    }

    /// <summary>The same number of decimal places, and quotients on both sides or none (x is x / 1).</summary>
    private (Operand, Operand) SameShape(Operand a, Operand b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        return (Shape(a, scale, b.IsRatio), Shape(b, scale, a.IsRatio));
    }

    private Operand Shape(Operand x, int scale, bool ratio)
    {
        var factor = Power(scale - x.Scale);
        var one = ratio && !x.IsRatio ? T(true, Dialect.Number(1)) : null;
        return x with
        {
            Low = Times(x.Low, factor),
            High = x.High is null ? null : Times(x.High, factor),
            LowDenominator = x.LowDenominator ?? one,
            HighDenominator = x.HighDenominator ?? (x.IsBounded ? one : null),
            Scale = scale,
        };
    }

    private Term Compared(Comparison c, Block block)
    {
        if (AgeRange(c, block) is { } range)
            return range;
        var (left, right) = SameShape(Compile(c.Left, block), Compile(c.Right, block));
        var text = c.Left.Type.Kind == Kind.Text && c.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual);
        if (left is { IsBounded: false } && right is { IsBounded: false })
            return Test(c.Operator, left, false, right, false, text ? Dialect.Collate : "");
        return c.Operator switch
        {
            ComparisonOperator.Less => Decided(
                Test(ComparisonOperator.Less, left, true, right, false),
                Test(ComparisonOperator.GreaterOrEqual, left, false, right, true)
            ),
            ComparisonOperator.LessOrEqual => Decided(
                Test(ComparisonOperator.LessOrEqual, left, true, right, false),
                Test(ComparisonOperator.Greater, left, false, right, true)
            ),
            ComparisonOperator.Greater => Decided(
                Test(ComparisonOperator.Greater, left, false, right, true),
                Test(ComparisonOperator.LessOrEqual, left, true, right, false)
            ),
            ComparisonOperator.GreaterOrEqual => Decided(
                Test(ComparisonOperator.GreaterOrEqual, left, false, right, true),
                Test(ComparisonOperator.Less, left, true, right, false)
            ),
            ComparisonOperator.Equal => Decided(SurelyEqual(left, right), SurelyApart(left, right)),
            _ => Decided(SurelyApart(left, right), SurelyEqual(left, right)),
        };
    }

    private Term Decided(Term yes, Term no) => T(false, "(CASE WHEN ", yes, $" THEN {Dialect.True} WHEN ", no, $" THEN {Dialect.False} END)");

    /// <summary>The widest ends meet, so all four are one number.</summary>
    private Term SurelyEqual(Operand left, Operand right) =>
        T("(", Test(ComparisonOperator.Equal, left, false, right, true), " AND ", Test(ComparisonOperator.Equal, left, true, right, false), ")");

    private Term SurelyApart(Operand left, Operand right) =>
        T("(", Test(ComparisonOperator.Greater, left, false, right, true), " OR ", Test(ComparisonOperator.Less, left, true, right, false), ")");

    /// <summary>One end against one end; quotients by multiplying across (a denominator is positive, or zero and so unknown).</summary>
    private Term Test(ComparisonOperator op, Operand left, bool leftHigh, Operand right, bool rightHigh, string collate = "")
    {
        var (a, b) = (leftHigh ? left.Top : left.Low, rightHigh ? right.Top : right.Low);
        if (left.IsRatio)
        {
            var under = leftHigh ? left.TopDenominator! : left.LowDenominator!;
            var over = rightHigh ? right.TopDenominator! : right.LowDenominator!;
            (a, b) = (Across(a, over), Across(b, under));
        }
        return T("(", a, $"{collate} {Sign(op)} ", b, ")");
    }

    private Term Across(Term term, Term denominator)
    {
        var one = denominator.Owner is null && denominator.Parts is [string text] && text == Dialect.Number(1);
        return one ? term : Times(term, NonZero(denominator));
    }

    private static string Sign(ComparisonOperator op) =>
        op switch
        {
            ComparisonOperator.Equal => "=",
            ComparisonOperator.NotEqual => "<>",
            ComparisonOperator.Less => "<",
            ComparisonOperator.LessOrEqual => "<=",
            ComparisonOperator.Greater => ">",
            _ => ">=",
        };

    /// <summary>Halves go away from zero: (2|a| + b) / 2b by truncation, with the sign of a put back. What divides is never negative.</summary>
    private Term Divided(DivideHalfUp d, Block block)
    {
        var numerator = Value(d.Numerator, block);
        var denominator = Value(d.Denominator, block);
        var shift = d.Type.Scale - d.Numerator.Type.Scale + d.Denominator.Type.Scale;
        var a = Times(numerator, Power(Math.Max(shift, 0)));
        var b = Times(denominator, Power(Math.Max(-shift, 0)));
        var under = NonZero(b);
        return T(
            false,
            "(CASE WHEN ",
            a,
            " >= 0 THEN (2 * ",
            a,
            " + ",
            b,
            ") / (2 * ",
            under,
            ") ELSE - ((",
            b,
            " - 2 * ",
            a,
            ") / (2 * ",
            under,
            ")) END)"
        );
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
