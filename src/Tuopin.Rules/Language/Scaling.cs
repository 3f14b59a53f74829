using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Brings numbers and ratios to one scale by multiplying with powers of ten; never rounds.</summary>
internal static class Scaling
{
    private const int DeepestScale = 18;

    /// <summary>The number in units <paramref name="digits"/> powers of ten smaller.</summary>
    public static Expr Finer(Expr number, int digits)
    {
        if (digits == 0)
            return number;
        if (digits > DeepestScale)
            throw new RuleException(number.Span, $"more than {DeepestScale} decimals");
        var factor = (long)Ranges.Power(digits);
        var range = Ranges.Multiply(Ranges.Of(number.Type), (factor, factor));
        var type = Ranges.Fit(number.Type.Kind, number.Type.Scale + digits, range, number.Span, "bringing this to more decimals");
        if (number is Constant c)
            return new Constant(type, c.Value.Number * factor, c.Span);
        return new Arithmetic(ArithmeticOperator.Multiply, number, Whole(factor, number.Span), type, number.Span) { Implied = true };
    }

    public static Constant Whole(long number, Span span) => new(ValueType.Int(number, number), number, span);

    /// <summary>Both numbers at the finer of the two scales; fen and plain numbers do not mix.</summary>
    public static (Expr Left, Expr Right) Align(Expr left, Expr right, Span span)
    {
        if (left.Type.Kind == Kind.Fen != (right.Type.Kind == Kind.Fen))
            throw MixedMoney(span, left, right);
        if (left.Type.Kind == Kind.Fen)
            return (left, right);
        var scale = Math.Max(left.Type.Scale, right.Type.Scale);
        return (Finer(left, scale - left.Type.Scale), Finer(right, scale - right.Type.Scale));
    }

    public static RuleException MixedMoney(Span span, Expr left, Expr right)
    {
        var plain = left.Type.Kind == Kind.Fen ? right : left;
        var advice = plain is Constant ? "write yuan(..) for an amount of money" : "money and plain numbers do not add or compare";
        return new RuleException(span, $"one side is fen, the other {Types.Name(plain)}: {advice}");
    }

    /// <summary>Both sides of a comparison with a ratio, so that n1 * d2 and n2 * d1 are in one unit; refuses products beyond 63 bits.</summary>
    public static (Expr Left, Expr Right) AlignRatios(Expr left, Expr right, Span span)
    {
        var (a, b) = (Quotient.Of(left), Quotient.Of(right));
        if (a.IsMoney != b.IsMoney)
            throw new RuleException(
                span,
                $"one side is {a.Unit}, the other {b.Unit}: {(a.IsMoney ? "the left" : "the right")} side is money per piece; write yuan(..) for an amount"
            );
        if (a.Scale < b.Scale)
            (left, right) = Refine(left, right, b.Scale - a.Scale);
        else if (b.Scale < a.Scale)
            (right, left) = Refine(right, left, a.Scale - b.Scale);
        (a, b) = (Quotient.Of(left), Quotient.Of(right));
        const string what = "this comparison multiplies across, and a side";
        Ranges.Refuse(Ranges.Multiply(a.Top, b.Bottom), span, what);
        Ranges.Refuse(Ranges.Multiply(b.Top, a.Bottom), span, what);
        return (left, right);
    }

    private static (Expr Coarse, Expr Fine) Refine(Expr coarse, Expr fine, int digits) =>
        MoreTop(coarse, digits) is { } finer ? (finer, fine)
        : MoreBottom(fine, digits) is { } coarser ? (coarse, coarser)
        : throw new RuleException(coarse.Span, "these two averages have different decimals and cannot be compared exactly");

    private static Expr? MoreTop(Expr side, int digits) =>
        side switch
        {
            Ratio r => r with { Numerator = Finer(r.Numerator, digits) },
            DerivedRead { Type.Kind: Kind.Ratio } d => MoreTop(d.Body, digits) is { } body ? d with { Body = body } : null,
            { Type.Kind: Kind.Ratio } => null,
            _ => Finer(side, digits),
        };

    private static Expr? MoreBottom(Expr side, int digits) =>
        side switch
        {
            Ratio r => r with { Denominator = Finer(r.Denominator, digits) },
            DerivedRead { Type.Kind: Kind.Ratio } d => MoreBottom(d.Body, digits) is { } body ? d with { Body = body } : null,
            { Type.Kind: Kind.Ratio } => null,
            // One, in units as fine: the scale of the quotient falls by the digits, its value stays.
            _ => new Ratio(side, Finer(Whole(1, side.Span), digits), side.Span) { Implied = true },
        };
}

/// <summary>The ranges and unit of a ratio, or of a plain number as a ratio over one.</summary>
public readonly record struct Quotient((Int128 Min, Int128 Max) Top, (Int128 Min, Int128 Max) Bottom, bool IsMoney, int Scale)
{
    /// <summary>The unit in words.</summary>
    public string Unit => IsMoney ? "fen" : "a plain number";

    /// <summary>Value = top / bottom / 10^<see cref="Scale"/>, in fen where <see cref="IsMoney"/>.</summary>
    public static Quotient Of(Expr side)
    {
        switch (side)
        {
            case DerivedRead d:
                return Of(d.Body);
            case Ratio r:
                var money = r.Numerator.Type.Kind == Kind.Fen && r.Denominator.Type.Kind != Kind.Fen;
                return new(Ranges.Of(r.Numerator.Type), Ranges.Of(r.Denominator.Type), money, ScaleOf(r.Numerator) - ScaleOf(r.Denominator));
            case Aggregate { Kind: AggregateKind.Share } a:
                return new((0, Ranges.MostIn(a.Collection)), (0, Ranges.MostIn(a.Collection)), false, 0);
            case Aggregate { Kind: AggregateKind.Avg, Body: { } b } a:
                var items = Ranges.MostIn(a.Collection);
                return new(Ranges.Total(Ranges.Of(b.Type), items), (0, items), b.Type.Kind == Kind.Fen, ScaleOf(b));
            default:
                return new(Ranges.Of(side.Type), (1, 1), side.Type.Kind == Kind.Fen, ScaleOf(side));
        }
    }

    // Fen brought to more decimals for a comparison keeps its kind; the digits show only in how it was multiplied.
    private static int ScaleOf(Expr number) => number.Type.Scale;
}
