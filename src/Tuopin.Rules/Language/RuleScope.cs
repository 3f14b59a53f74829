using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>What another rule may know of a standard: its level and the ids of its indicators.</summary>
public sealed record StandardOutline(string Id, SubjectType Level, IReadOnlySet<string> Indicators);

/// <summary>All names a rule can use.</summary>
public sealed class RuleScope(FactDictionary dictionary)
{
    public FactDictionary Dictionary { get; } = dictionary;
    public IReadOnlyDictionary<string, Parameter> Parameters { get; init; } = new Dictionary<string, Parameter>();
    public IReadOnlyDictionary<string, Tally> Tallies { get; init; } = new Dictionary<string, Tally>();
    public IReadOnlyDictionary<string, StandardOutline> Standards { get; init; } = new Dictionary<string, StandardOutline>();

    /// <summary>Names that are declared but at fault, already reported: <c>household.helped</c>, <c>param line.exit</c>, <c>tally persons</c>.</summary>
    public IReadOnlySet<string> Faulty { get; init; } = new HashSet<string>();

    /// <summary>Supplies derived facts that are not bound yet; null when the subject has none of that name.</summary>
    public Func<SubjectType, string, Span, Fact?> Derived { get; init; } = (_, _, _) => null;

    /// <summary>Names of derived facts not bound yet, for "did you mean".</summary>
    public Func<SubjectType, IEnumerable<string>> DerivedNames { get; init; } = _ => [];
}

/// <summary>What an expression must give.</summary>
public sealed record Expectation
{
    private Expectation(string name) => Name = name;

    /// <summary>True or false.</summary>
    public static readonly Expectation Condition = new("a condition (true or false)");

    /// <summary>Any value, also a ratio: an indicator's value and limit, a derived fact.</summary>
    public static readonly Expectation Shown = new("a value");

    /// <summary>A whole number, fen or decimal: what can be summed.</summary>
    public static readonly Expectation Number = new("a number");

    /// <summary>A value that can be stored in a fact of this type.</summary>
    public static Expectation Storable(ValueType type) => new(type.ToString()) { Type = type };

    public string Name { get; }

    /// <summary>The exact type, where one is needed.</summary>
    public ValueType? Type { get; private init; }
}
