using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Bound expressions written by hand, for tests that must not depend on the parser.</summary>
public static class Ir
{
    private static readonly Span Nowhere = new("", 0, 0, 0);

    public static Variable Var(SubjectType type) => new(type.Name, type);

    public static Place At(Variable variable, params Relation[] steps) => new(variable, [.. steps]);

    public static Expr Read(Variable variable, Fact fact) => new FactRead(At(variable), fact, Nowhere);

    public static Expr Read(Place place, Fact fact) => new FactRead(place, fact, Nowhere);

    public static Constant Int(long number) => new(ValueType.Int(number, number), number, Nowhere);

    public static Constant Fen(long number) => new(ValueType.Fen(number, number), number, Nowhere);

    public static Constant Decimal(int scale, long number) => new(ValueType.Decimal(scale, number, number), number, Nowhere);

    public static Constant Date(long number) => new(ValueType.Date, number, Nowhere);

    public static Constant Bool(bool value) => new(ValueType.Bool, value, Nowhere);

    public static Constant Text(string value) => new(ValueType.Text, value, Nowhere);

    public static Constant Code(CodeList list, string key) => new(ValueType.Code(list), list.Find(key)!.Number, Nowhere);

    public static Expr Day => new DayRead(Nowhere);

    public static Expr And(Expr a, Expr b) => new Logical(true, a, b, Nowhere);

    public static Expr Or(Expr a, Expr b) => new Logical(false, a, b, Nowhere);

    public static Expr Not(Expr a) => new Not(a, Nowhere);

    public static Expr Has(Expr a) => new Has(a, Nowhere);

    public static Expr Compare(Expr a, ComparisonOperator op, Expr b) => new Comparison(op, a, b, Nowhere);

    public static Expr Same(Expr a, Expr b) => Compare(a, ComparisonOperator.Equal, b);

    public static Expr AtLeast(Expr a, Expr b) => Compare(a, ComparisonOperator.GreaterOrEqual, b);

    public static Expr Less(Expr a, Expr b) => Compare(a, ComparisonOperator.Less, b);

    public static Expr In(Expr a, params Constant[] options) => new OneOf(a, [.. options], Nowhere);

    public static Expr HasCode(Expr set, Constant code) => new HasCode(set, code, Nowhere);

    public static Expr Plus(Expr a, Expr b) => Arithmetic(ArithmeticOperator.Add, a, b, a.Type.Min + b.Type.Min, a.Type.Max + b.Type.Max);

    public static Expr Minus(Expr a, Expr b) => Arithmetic(ArithmeticOperator.Subtract, a, b, a.Type.Min - b.Type.Max, a.Type.Max - b.Type.Min);

    public static Expr Times(Expr a, Expr b)
    {
        Int128[] corners = [a.Type.Min * b.Type.Min, a.Type.Min * b.Type.Max, a.Type.Max * b.Type.Min, a.Type.Max * b.Type.Max];
        var type =
            a.Type.Kind == Kind.Fen || b.Type.Kind == Kind.Fen ? Kind.Fen
            : a.Type.Scale + b.Type.Scale > 0 ? Kind.Decimal
            : Kind.Int;
        return new Arithmetic(
            ArithmeticOperator.Multiply,
            a,
            b,
            new ValueType(type)
            {
                Scale = a.Type.Scale + b.Type.Scale,
                Min = corners.Min(),
                Max = corners.Max(),
            },
            Nowhere
        );
    }

    private static Arithmetic Arithmetic(ArithmeticOperator op, Expr a, Expr b, Int128 min, Int128 max) =>
        new(op, a, b, a.Type with { Min = min, Max = max }, Nowhere);

    public static Expr Negate(Expr a) => new Negate(a, a.Type with { Min = -a.Type.Max, Max = -a.Type.Min }, Nowhere);

    public static Expr Per(Expr a, Expr b) => new Ratio(a, b, Nowhere);

    public static Expr DivideHalfUp(Expr a, Expr b) => DivideHalfUp(a, b, a.Type);

    /// <summary>A quotient of whole numbers lies between its numerator and 0.</summary>
    public static Expr DivideHalfUp(Expr a, Expr b, ValueType type) =>
        new DivideHalfUp(a, b, type with { Min = Int128.Min(0, a.Type.Min), Max = Int128.Max(0, a.Type.Max) }, Nowhere);

    public static Expr If(Expr test, Expr then, Expr otherwise) =>
        new Conditional(
            test,
            then,
            otherwise,
            then.Type with
            {
                Min = Int128.Min(then.Type.Min, otherwise.Type.Min),
                Max = Int128.Max(then.Type.Max, otherwise.Type.Max),
            },
            Nowhere
        );

    public static Expr Call(Function function, params Expr[] arguments) =>
        new Call(function, [.. arguments], TypeOf(function, arguments[0]), Nowhere);

    private static ValueType TypeOf(Function function, Expr first) =>
        function switch
        {
            Function.AddMonths => ValueType.Date,
            Function.MinOf or Function.MaxOf => first.Type,
            Function.Abs => first.Type with { Min = 0, Max = Int128.Max(Int128.Abs(first.Type.Min), first.Type.Max) },
            Function.StartsWith or Function.EndsWith or Function.Contains => ValueType.Bool,
            Function.MonthsBetween => ValueType.Int(-120_000, 120_000),
            Function.DaysBetween => ValueType.Int(-4_000_000, 4_000_000),
            _ => ValueType.Int(0, 10_000),
        };

    public static Expr Macro(AggregateKind kind, Place source, Relation collection, Variable item, Expr? body, Expr? filter = null)
    {
        var type = kind switch
        {
            AggregateKind.All or AggregateKind.Exists => ValueType.Bool,
            AggregateKind.Count => ValueType.Int(0, 10_000),
            AggregateKind.Share or AggregateKind.Avg => Ratio.RatioType,
            // Of nothing it is 0, whatever the items.
            AggregateKind.Sum => body!.Type with { Min = Int128.Min(0, body.Type.Min * 10_000), Max = Int128.Max(0, body.Type.Max * 10_000) },
            _ => body!.Type,
        };
        return new Aggregate(kind, source, collection, item, filter, body, type, Nowhere);
    }

    /// <summary>A macro over the members of a household, its body made from the variable of the member.</summary>
    public static Expr Members(AggregateKind kind, Variable household, Func<Variable, Expr>? body = null, Func<Variable, Expr>? filter = null)
    {
        var member = Var(TestWorld.Person);
        return Macro(kind, At(household), TestWorld.HouseholdMembers, member, body?.Invoke(member), filter?.Invoke(member));
    }

    public static Expr Parameter(Parameter parameter) => new ParameterRead(parameter, Nowhere);

    public static Expr Unique(AreaLevel level, Place place, Fact key) => new UniqueIn(level, place, key, Nowhere);

    public static Expr Met(Place place, string indicator) => new VerdictRead(place, TestWorld.OtherStandard, indicator, Nowhere);

    public static Expr Tally(Place place) => new TallyRead(place, TestWorld.Remaining, Nowhere);

    public static Expr Age(Expr birth) => Call(Function.Age, birth, Day);
}
