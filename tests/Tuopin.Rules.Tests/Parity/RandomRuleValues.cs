using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using static Tuopin.Rules.Tests.Parity.Ir;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Numbers, days, texts, codes, macros and places.</summary>
public sealed partial class RandomRule
{
    private static readonly string[] Sought = ["", "a", "A", "%", "_", "张", "丰", "\U00020000", "'", "\\", "ab"];
    private static readonly long[] Days = [1960_01_01, 2000_02_29, 2004_06_12, 2019_10_01, 2020_02_29, 2020_06_12, 2020_12_31];
    private static readonly Parameter[] Parameters =
    [
        MakeParameter("nation", IndexedBy.IncomeYear, ("0", 2019, 500), ("0", 2020, 900)),
        MakeParameter("county", IndexedBy.RegistryYear, ("530326", 2020, 3)),
        MakeParameter("pieces", IndexedBy.PolicyYear, ("0", 2020, 10), ("530327", 2020, 11), ("530326001", 2020, 12)),
        MakeParameter("none", IndexedBy.Day, ("0", 2021_01_01, 7)),
    ];

    private static Parameter MakeParameter(string id, IndexedBy by, params (string Area, int From, long Value)[] values) =>
        new(
            id,
            TestWorld.Label(id),
            ValueType.Int(0, 1_000),
            "",
            by,
            [.. values.Select(v => new ParameterValue(AreaRange.Of(v.Area), v.From, v.From, v.Value, TestWorld.Source, PackStatus.Working, default))]
        );

    private Expr Number(int depth)
    {
        if (depth <= 0)
            return random.Next(6) switch
            {
                0 => Constant(ValueType.Int(-3, 400)),
                1 => Ir.Parameter(Pick(Parameters)),
                _ => Fact(Kind.Int, Kind.Fen, Kind.Decimal) ?? Constant(ValueType.Int(0, 400)),
            };
        switch (random.Next(15))
        {
            case 0 or 1:
                var left = Number(depth - 1);
                return Fit(random.Next(2) == 0 ? Plus(left, NumberLike(left.Type, depth - 1)) : Minus(left, NumberLike(left.Type, depth - 1)))
                    ?? left;
            case 2:
                var factor = Number(depth - 1);
                return Fit(Times(factor, random.Next(2) == 0 ? Constant(ValueType.Int(-3, 9)) : WholeNumber(depth - 1))) ?? factor;
            case 3:
                return Negate(Number(depth - 1));
            case 4:
                var then = Number(depth - 1);
                return If(Truth(depth - 1), then, NumberLike(then.Type, depth - 1));
            case 5 or 6 or 7:
                return Macro(AggregateKind.Count, depth) ?? Number(depth - 1);
            case 8 or 9:
                var kind = Pick([AggregateKind.Sum, AggregateKind.Min, AggregateKind.Max]);
                return Macro(kind, depth) is { Type.IsNumeric: true } macro && Fit(macro) is { } fitting ? fitting : Number(depth - 1);
            case 10 or 11:
                return Function(depth);
            case 12:
                var numerator = Number(depth - 1);
                var divisor = Divisor(depth - 1);
                // As the type check does: the result keeps the decimals of the numerator, which is widened by those of the divisor.
                return Finer(numerator, divisor.Type.Scale) is { } wide && Size(wide.Type) < Most / 8
                    ? Ir.DivideHalfUp(wide, divisor, numerator.Type)
                    : numerator;
            case 13:
                var areas = Places().Where(p => p.Type.Level is not null).ToArray();
                return areas.Length == 0 ? Number(depth - 1) : Ir.Tally(Pick(areas));
            default:
                return Number(0);
        }
    }

    private Expr Function(int depth)
    {
        switch (random.Next(9))
        {
            case 0:
                return Call(Rules.Language.Function.Age, DayOf(depth - 1), random.Next(2) == 0 ? Day : DayOf(depth - 1));
            case 1:
                return Call(Rules.Language.Function.MonthsBetween, DayOf(depth - 1), DayOf(depth - 1));
            case 2:
                return Call(Rules.Language.Function.DaysBetween, DayOf(depth - 1), DayOf(depth - 1));
            case 3:
                return Call(Pick([Rules.Language.Function.Year, Rules.Language.Function.Month]), DayOf(depth - 1));
            case 4:
                return Call(Rules.Language.Function.Size, TextOf(depth - 1));
            case 5:
                return Call(Rules.Language.Function.Abs, Number(depth - 1));
            default:
                var left = Number(depth - 1);
                var right = NumberLike(left.Type, depth - 1);
                return new Call(
                    Pick([Rules.Language.Function.MinOf, Rules.Language.Function.MaxOf]),
                    [left, right],
                    left.Type with
                    {
                        Min = Int128.Min(left.Type.Min, right.Type.Min),
                        Max = Int128.Max(left.Type.Max, right.Type.Max),
                    },
                    left.Span
                );
        }
    }

    private static Expr? Fit(Expr expr) => Size(expr.Type) < Most / 1_000 ? expr : null;

    private Expr WholeNumber(int depth)
    {
        for (var i = 0; i < 6; i++)
            if (Number(depth) is { Type.Kind: Kind.Int } number)
                return number;
        return Constant(ValueType.Int(0, 5));
    }

    /// <summary>A number of the same kind and scale, as the type check would bring it to.</summary>
    private Expr NumberLike(ValueType type, int depth)
    {
        for (var i = 0; i < 4; i++)
            if (Number(depth) is { } number && number.Type.Kind == type.Kind && number.Type.Scale == type.Scale)
                return number;
        return Constant(type);
    }

    private Expr DayOf(int depth)
    {
        if (depth <= 0)
            return random.Next(4) switch
            {
                0 => Day,
                1 => Constant(ValueType.Date),
                _ => Fact(Kind.Date) ?? Day,
            };
        return random.Next(7) switch
        {
            0 => Call(Rules.Language.Function.AddMonths, DayOf(depth - 1), Constant(ValueType.Int(-30, 30))),
            1 => Call(Pick([Rules.Language.Function.MinOf, Rules.Language.Function.MaxOf]), DayOf(depth - 1), DayOf(depth - 1)),
            2 => If(Truth(depth - 1), DayOf(depth - 1), DayOf(depth - 1)),
            3 => Macro(Pick([AggregateKind.Min, AggregateKind.Max]), depth, (d) => DayOf(d)) ?? DayOf(depth - 1),
            _ => DayOf(0),
        };
    }

    private Expr TextOf(int depth) =>
        depth > 0 && random.Next(4) == 0 ? If(Truth(depth - 1), TextOf(depth - 1), TextOf(depth - 1))
        : random.Next(4) == 0 ? Constant(ValueType.Text)
        : Fact(Kind.Text) ?? Constant(ValueType.Text);

    private Expr? CodeOf(int depth)
    {
        var code = Fact(Kind.Code);
        return code is not null && depth > 0 && random.Next(4) == 0 ? If(Truth(depth - 1), code, Constant(code.Type)) : code;
    }

    private Constant Constant(ValueType type)
    {
        if (type.Kind == Kind.Text)
            return Text(Pick(Sought));
        var number =
            type.Kind == Kind.Date ? Pick(Days)
            : type.Kind == Kind.Code ? random.Next(1, type.List!.Entries.Length + 1)
            : Small(type);
        return new Constant(type.Kind is Kind.Date or Kind.Code ? type : type with { Min = number, Max = number }, number, default);
    }

    private long Small(ValueType type)
    {
        var high = (long)Int128.Max(type.Min, Int128.Min(type.Max, 420));
        return random.NextInt64((long)Int128.Max(type.Min, Int128.Min(-3, high)), high + 1);
    }

    /// <summary>A macro over a collection of a place in scope, or null where none is in reach or enough are nested.</summary>
    private Expr? Macro(AggregateKind kind, int depth, Func<int, Expr>? body = null)
    {
        var sources = Places()
            .SelectMany(p => p.Type.Relations.Values.Where(r => r.Many).Select(r => (Place: p with { YearShift = 0 }, Relation: r)))
            .ToArray();
        if (sources.Length == 0 || scope.Count > 3 || ++macros > 6)
            return null;
        var (source, relation) = Pick(sources);
        var item = Var(relation.Target);
        scope.Add(item);
        var filter = random.Next(3) == 0 ? Truth(depth - 2) : null;
        var of = kind switch
        {
            _ when body is not null => body(depth - 1),
            AggregateKind.Count when random.Next(4) == 0 => null,
            AggregateKind.Sum or AggregateKind.Min or AggregateKind.Max or AggregateKind.Avg => Number(depth - 1),
            _ => Truth(depth - 1),
        };
        scope.RemoveAt(scope.Count - 1);
        return Ir.Macro(kind, source, relation, item, of, filter);
    }

    private Expr? Fact(params Kind[] kinds)
    {
        var facts = Places()
            .SelectMany(p => p.Type.Facts.Values.Where(f => kinds.Contains(f.Type.Kind) && CanRead(p, f)).Select(f => (Place: p, Fact: f)))
            .ToArray();
        if (facts.Length == 0)
            return null;
        var (place, fact) = Pick(facts);
        return Read(fact.Kept is Kept.Row or Kept.Link ? place with { YearShift = 0 } : place, fact);
    }

    /// <summary>The tenure belongs to the link, so it is read where the dwelling was reached by one.</summary>
    private static bool CanRead(Place place, Fact fact) => fact != TestWorld.TenureOf || place.Steps.Length > 0;

    /// <summary>The variables in scope, the innermost twice, and what is up to three steps from them.</summary>
    private List<Place> Places()
    {
        List<Place> places = [];
        foreach (var variable in scope.Append(scope[^1]))
        {
            var place = At(variable);
            places.Add(place);
            for (var steps = random.Next(4); steps > 0; steps--)
            {
                var next = place.Type.Relations.Values.Where(r => !r.Many).ToArray();
                if (next.Length == 0)
                    break;
                place = place with { Steps = place.Steps.Add(Pick(next)) };
                places.Add(place);
            }
        }
        return random.Next(4) == 0 ? [.. places.Select(p => p with { YearShift = -1 })] : places;
    }
}
