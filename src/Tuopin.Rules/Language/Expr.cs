using System.Collections.Immutable;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>A place in a pack file, lines and columns from 1.</summary>
public readonly record struct Span(string File, int Line, int Column, int Length);

/// <summary>A name bound to a subject: the subject of the rule, or the item of a macro. Identity is the object, not the name.</summary>
public sealed class Variable(string name, SubjectType type)
{
    public string Name { get; } = name;
    public SubjectType Type { get; } = type;

    public override string ToString() => Name;
}

/// <summary>
/// The subject reached from a variable by steps to one (<c>m.household.village</c>), read <see cref="YearShift"/> years back (<c>last_year</c> is -1).
/// </summary>
public sealed record Place(Variable Variable, ImmutableArray<Relation> Steps, int YearShift = 0)
{
    public SubjectType Type => Steps.IsDefaultOrEmpty ? Variable.Type : Steps[^1].Target;

    public bool Equals(Place? other) =>
        other is not null && Variable == other.Variable && YearShift == other.YearShift && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => HashCode.Combine(Variable, Steps.Length, YearShift);
}

/// <summary>
/// A bound, typed expression. Every node is three-valued: it has a value or is unknown. <see cref="Bounded"/> nodes (counts with unknowns beneath) have
/// a pair [low, high] instead, and a comparison is decided only where both ends agree.
/// </summary>
public abstract record Expr(ValueType Type, Span Span)
{
    /// <summary>Whether the value is a pair of bounds.</summary>
    public virtual bool Bounded => false;
}

public sealed record Constant(ValueType Type, Value Value, Span Span) : Expr(Type, Span);

/// <summary>A dated legal number, looked up for the area of the rule's subject; unknown where no law was found.</summary>
public sealed record ParameterRead(Parameter Parameter, Span Span) : Expr(Parameter.Type, Span);

/// <summary>The judging day.</summary>
public sealed record DayRead(Span Span) : Expr(ValueType.Date, Span);

/// <summary>A stored fact; unknown when the place does not exist or the fact is missing.</summary>
public sealed record FactRead(Place Place, Fact Fact, Span Span) : Expr(Fact.Type, Span);

/// <summary>A derived fact with its formula written in; back ends evaluate <see cref="Body"/>, explanations show the name.</summary>
public sealed record DerivedRead(Place Place, Fact Fact, Expr Body, Span Span) : Expr(Body.Type, Span)
{
    public override bool Bounded => Body.Bounded;
}

/// <summary><c>has(x)</c>: whether the value is known; itself never unknown.</summary>
public sealed record Has(Expr Operand, Span Span) : Expr(ValueType.Bool, Span);

public sealed record Not(Expr Operand, Span Span) : Expr(ValueType.Bool, Span);

/// <summary>Kleene and / or: <c>false &amp;&amp; unknown</c> is false, <c>true || unknown</c> is true.</summary>
public sealed record Logical(bool IsAnd, Expr Left, Expr Right, Span Span) : Expr(ValueType.Bool, Span);

public sealed record Negate(Expr Operand, ValueType Type, Span Span) : Expr(Type, Span)
{
    public override bool Bounded => Operand.Bounded;
}

public enum ArithmeticOperator : byte
{
    Add,
    Subtract,
    Multiply,
}

/// <summary>Exact integer arithmetic in stored units; the binder has already brought both sides to one scale and refused overflow.</summary>
public sealed record Arithmetic(ArithmeticOperator Operator, Expr Left, Expr Right, ValueType Type, Span Span) : Expr(Type, Span)
{
    public override bool Bounded => Left.Bounded || Right.Bounded;

    /// <summary>Not written in the rule: put in to bring two sides to one scale. Texts leave it out.</summary>
    public bool Implied { get; init; }
}

/// <summary><c>a / b</c>, never computed: a comparison multiplies across. Unknown when b is zero; b is never negative (checked at load).</summary>
public sealed record Ratio(Expr Numerator, Expr Denominator, Span Span) : Expr(RatioType, Span)
{
    public static readonly ValueType RatioType = new(Kind.Ratio);
    public override bool Bounded => Numerator.Bounded || Denominator.Bounded;

    /// <summary>Not written in the rule: a plain number over a power of ten, to meet an average or share of fewer decimals. Texts leave it out.</summary>
    public bool Implied { get; init; }
}

/// <summary><c>div_half_up(a, b)</c>: a / b rounded to the stored unit of <see cref="Expr.Type"/>, halves away from zero; unknown when b is zero.</summary>
public sealed record DivideHalfUp(Expr Numerator, Expr Denominator, ValueType Type, Span Span) : Expr(Type, Span);

public enum ComparisonOperator : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Both sides have one kind and scale; either may be a <see cref="Ratio"/> (then compared by cross-multiplication) or bounded.</summary>
public sealed record Comparison(ComparisonOperator Operator, Expr Left, Expr Right, Span Span) : Expr(ValueType.Bool, Span);

/// <summary><c>x in [a, b]</c> with constants; an empty list is false, also for an unknown x.</summary>
public sealed record OneOf(Expr Operand, ImmutableArray<Constant> Options, Span Span) : Expr(ValueType.Bool, Span);

/// <summary><c>'disabled' in m.health</c>: whether the set has the code.</summary>
public sealed record HasCode(Expr Set, Constant Code, Span Span) : Expr(ValueType.Bool, Span);

/// <summary><c>test ? then : otherwise</c>; unknown when the test is unknown.</summary>
public sealed record Conditional(Expr Test, Expr Then, Expr Otherwise, ValueType Type, Span Span) : Expr(Type, Span)
{
    public override bool Bounded => Then.Bounded || Otherwise.Bounded;
}

public enum AggregateKind : byte
{
    All,
    Exists,
    Count,
    Sum,
    Share,
    Min,
    Max,
    Avg,
}

/// <summary>
/// A macro over a collection, after an optional <c>filter</c>. Let p be the filter (true without one) and b the body.
/// <list type="bullet">
/// <item>All = and of (!p || b), Exists = or of (p &amp;&amp; b), by Kleene logic; over an empty collection true and false.</item>
/// <item>Count = [number of p &amp;&amp; b true, that + number unknown] (b is true for <c>count()</c>); bounded.</item>
/// <item>Share = Count of (p &amp;&amp; b) over the number of p; unknown when any p is unknown or the base is zero; a bounded ratio.</item>
/// <item>Sum, Min, Max, Avg over b where p; unknown when any p is unknown or any b with p true is unknown. Empty: Sum is 0, the others unknown.
/// Avg is a ratio.</item>
/// </list>
/// Over a collection whose relation is <see cref="Relation.Required"/> and which is empty before the filter, all of them are unknown.
/// </summary>
public sealed record Aggregate(
    AggregateKind Kind,
    Place Source,
    Relation Collection,
    Variable Item,
    Expr? Filter,
    Expr? Body,
    ValueType Type,
    Span Span
) : Expr(Type, Span)
{
    public override bool Bounded => Kind is AggregateKind.Count or AggregateKind.Share;
}

public enum Function : byte
{
    /// <summary>age(birth, on): completed years; born on 29 February: birthday on 1 March in common years. Unknown when on is before birth.</summary>
    Age,

    /// <summary>months_between(a, b): completed months from a to b, negative when b is before a.</summary>
    MonthsBetween,

    /// <summary>days_between(a, b): b - a in days.</summary>
    DaysBetween,

    /// <summary>add_months(date, n): same day of the month, or the last day where there is none; unknown beyond the years 1 to 9999.</summary>
    AddMonths,

    /// <summary>year(date).</summary>
    Year,

    /// <summary>month(date).</summary>
    Month,

    /// <summary>size(text): number of Unicode code points.</summary>
    Size,

    /// <summary>text.startsWith(constant).</summary>
    StartsWith,

    /// <summary>text.endsWith(constant).</summary>
    EndsWith,

    /// <summary>text.contains(constant).</summary>
    Contains,

    /// <summary>min_of(a, b) and max_of(a, b): the smaller and the larger of two numbers or days.</summary>
    MinOf,
    MaxOf,

    /// <summary>abs(a).</summary>
    Abs,
}

public sealed record Call(Function Function, ImmutableArray<Expr> Arguments, ValueType Type, Span Span) : Expr(Type, Span);

/// <summary><c>unique_in('county', m.id_index)</c>: no other subject of the type in the same area of that level has the same key; unknown without a key.</summary>
public sealed record UniqueIn(AreaLevel Level, Place Place, Fact Key, Span Span) : Expr(ValueType.Bool, Span);

/// <summary><c>h.met('yunnan.household-exit', 'housing')</c>: met or exempt is true, unmet is false, else unknown; overrules count.</summary>
public sealed record VerdictRead(Place Place, string StandardId, string IndicatorId, Span Span) : Expr(ValueType.Bool, Span);

/// <summary><c>county.tally('remaining_persons')</c>: bounded; unknown when it was never counted for the area.</summary>
public sealed record TallyRead(Place Place, Tally Tally, Span Span) : Expr(Tally.Type, Span)
{
    public override bool Bounded => true;
}
