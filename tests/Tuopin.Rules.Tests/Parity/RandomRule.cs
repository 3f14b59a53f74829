using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using static Tuopin.Rules.Tests.Parity.Ir;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>
/// Random well-typed expressions over <see cref="TestWorld"/>: every kind of node, macros within macros over outer items, quotients, bounds, steps and
/// years back. Ranges are kept as the type check keeps them, so that nothing overflows 64 bits.
/// </summary>
public sealed partial class RandomRule(Random random)
{
    private static readonly Int128 Most = (Int128)1 << 61;
    private static readonly SubjectType[] Subjects =
    [
        TestWorld.Household,
        TestWorld.Household,
        TestWorld.Household,
        TestWorld.Person,
        TestWorld.Village,
        TestWorld.Dwelling,
        TestWorld.Measure,
        TestWorld.Township,
        TestWorld.County,
    ];

    private readonly List<Variable> scope = [];
    private int macros;

    /// <summary>The subject of the rules to come.</summary>
    public Variable Begin()
    {
        scope.Clear();
        scope.Add(Var(Subjects[random.Next(Subjects.Length)]));
        return scope[0];
    }

    public Expr Any(int depth)
    {
        macros = 0;
        return random.Next(8) switch
        {
            0 => Number(depth),
            1 => DayOf(depth),
            2 => Quotient(depth),
            3 => TextOf(depth),
            _ => Truth(depth),
        };
    }

    public Expr Truth(int depth)
    {
        if (depth <= 0)
            return random.Next(8) == 0 ? Bool(random.Next(2) == 0) : Fact(Kind.Bool) ?? Comparison(0);
        return random.Next(20) switch
        {
            0 or 1 => And(Truth(depth - 1), Truth(depth - 1)),
            2 or 3 => Or(Truth(depth - 1), Truth(depth - 1)),
            4 => Not(Truth(depth - 1)),
            5 => Has(Single(depth - 1)),
            6 => If(Truth(depth - 1), Truth(depth - 1), Truth(depth - 1)),
            7 or 8 or 9 or 10 => Macro(random.Next(2) == 0 ? AggregateKind.All : AggregateKind.Exists, depth) ?? Comparison(depth),
            11 => OneOfMany(depth),
            12 => SetHas(depth) ?? Comparison(depth),
            13 => TextTest(depth),
            14 => Lookup() ?? Comparison(depth),
            15 => Derived(Truth(depth - 1)),
            _ => Comparison(depth),
        };
    }

    /// <summary>One value, as has() asks for: neither bounds nor a quotient.</summary>
    private Expr Single(int depth)
    {
        var expr = random.Next(6) switch
        {
            0 => TextOf(depth),
            1 => Truth(depth),
            2 => DayOf(depth),
            _ => Number(depth),
        };
        return expr.Bounded ? DayOf(depth) : expr;
    }

    private Expr Comparison(int depth)
    {
        var op = (ComparisonOperator)random.Next(6);
        var equality = random.Next(2) == 0 ? ComparisonOperator.Equal : ComparisonOperator.NotEqual;
        switch (random.Next(9))
        {
            case 0:
                return Compare(DayOf(depth - 1), op, DayOf(depth - 1));
            case 1:
                return Compare(TextOf(depth - 1), op, TextOf(depth - 1));
            case 2:
                return CodeOf(depth - 1) is { } code ? Compare(code, equality, Constant(code.Type)) : Comparison(depth);
            case 3:
                return depth > 0 ? Compare(Truth(depth - 1), equality, Truth(depth - 1)) : Comparison(depth);
            case 4 or 5:
                return Ratios(op, depth);
            default:
                var left = Number(depth - 1);
                var right = random.Next(3) == 0 ? NumberLike(left.Type, depth - 1) : Constant(left.Type);
                return Compare(left, op, right);
        }
    }

    /// <summary>A quotient against a quotient or a number; both sides' products must fit.</summary>
    private Comparison Ratios(ComparisonOperator op, int depth)
    {
        while (true)
        {
            var left = Quotient(depth - 1);
            var right = random.Next(3) == 0 ? Quotient(depth - 1) : Constant(ValueType.Decimal(Math.Max(ScaleOf(left), random.Next(3)), -100, 1_000));
            var more = ScaleOf(right) - ScaleOf(left);
            if (Finer(left, more) is not { } a || Finer(right, -more) is not { } b)
                continue;
            var (x, y) = (Largest(a), Largest(b));
            if (x.Top * y.Under < Most && y.Top * x.Under < Most)
                return (Comparison)(random.Next(2) == 0 ? Compare(a, op, b) : Compare(b, op, a));
        }
    }

    /// <summary>The same with more decimals, where there can be, as the type check brings two quotients to one scale.</summary>
    private static Expr? Finer(Expr expr, int digits)
    {
        if (digits <= 0)
            return expr;
        switch (expr)
        {
            case Ratio r:
                return Finer(r.Numerator, digits) is { } finer ? r with { Numerator = finer } : null;
            case DerivedRead { Type.Kind: Kind.Ratio } d:
                return Finer(d.Body, digits) is { } body ? d with { Body = body } : null;
            case { Type.Kind: Kind.Ratio }:
                return null;
            default:
                var factor = Int((long)Math.Pow(10, digits));
                return Fit(
                    ((Arithmetic)Times(expr, factor)) with
                    {
                        Type = Times(expr, factor).Type with { Kind = expr.Type.Kind, Scale = expr.Type.Scale + digits },
                    }
                );
        }
    }

    private static int ScaleOf(Expr expr) =>
        expr switch
        {
            Ratio r => ScaleOf(r.Numerator) - ScaleOf(r.Denominator),
            DerivedRead d => ScaleOf(d.Body),
            Conditional { Type.Kind: Kind.Ratio } c => ScaleOf(c.Then),
            Aggregate { Kind: AggregateKind.Avg } a => ScaleOf(a.Body!),
            _ => expr.Type.Scale,
        };

    /// <summary>The largest numerator and denominator.</summary>
    private static (Int128 Top, Int128 Under) Largest(Expr expr)
    {
        switch (expr)
        {
            case Ratio r:
                return (Size(r.Numerator.Type), Size(r.Denominator.Type));
            case DerivedRead d:
                return Largest(d.Body);
            case Conditional { Type.Kind: Kind.Ratio } c:
                var (a, b) = (Largest(c.Then), Largest(c.Otherwise));
                return (Int128.Max(a.Top, b.Top), Int128.Max(a.Under, b.Under));
            case Aggregate { Kind: AggregateKind.Share }:
                return (10_000, 10_000);
            case Aggregate { Kind: AggregateKind.Avg } average:
                return (Size(average.Body!.Type) * 10_000, 10_000);
            default:
                return (Size(expr.Type), 1);
        }
    }

    private static Int128 Size(ValueType type) => Int128.Max(Int128.Abs(type.Min), Int128.Abs(type.Max));

    private Expr Quotient(int depth)
    {
        switch (depth > 0 ? random.Next(6) : 5)
        {
            case 0 or 1 when Macro(AggregateKind.Share, depth) is { } share:
                return share;
            case 2 when Macro(AggregateKind.Avg, depth) is { } average:
                return average;
            case 3:
                return Derived(Quotient(depth - 1));
            default:
                return Per(Number(depth - 1), Divisor(depth - 1));
        }
    }

    /// <summary>A number that is never negative.</summary>
    private Expr Divisor(int depth)
    {
        for (var i = 0; i < 5; i++)
            if (Number(depth) is { Type.Min: var min } number && min >= 0)
                return number;
        return Constant(ValueType.Int(0, 3));
    }

    private Expr OneOfMany(int depth)
    {
        var operand = random.Next(3) switch
        {
            0 => Number(depth - 1),
            1 => TextOf(depth - 1),
            _ => CodeOf(depth - 1) ?? DayOf(depth - 1),
        };
        return In(operand, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Constant(operand.Type))]);
    }

    private Expr? SetHas(int depth)
    {
        var set = Fact(Kind.Codes);
        if (set is not null && depth > 1 && random.Next(4) == 0)
            set = If(Truth(depth - 2), set, Fact(Kind.Codes) is { } other && other.Type.List == set.Type.List ? other : set);
        return set is null ? null : HasCode(set, Constant(ValueType.Code(set.Type.List!)));
    }

    private Expr TextTest(int depth) =>
        Call(
            Pick([Rules.Language.Function.StartsWith, Rules.Language.Function.EndsWith, Rules.Language.Function.Contains]),
            TextOf(depth - 1),
            Constant(ValueType.Text)
        );

    private Expr? Lookup()
    {
        var places = Places();
        switch (random.Next(2))
        {
            case 0:
                var persons = places.Where(p => p.Type == TestWorld.Person).ToArray();
                return persons.Length == 0 ? null : Unique((AreaLevel)random.Next(6), Pick(persons), TestWorld.IdIndex);
            default:
                return Met(Pick(places), random.Next(5) == 0 ? "no-such" : Pick(TestWorld.OtherIndicators).Id);
        }
    }

    private Expr Derived(Expr body) =>
        new DerivedRead(At(scope[0]), new Fact(scope[0].Type, "derived", TestWorld.Label("derived"), body.Type, Kept.Derived), body, body.Span);

    private T Pick<T>(IReadOnlyList<T> options) => options[random.Next(options.Count)];
}
