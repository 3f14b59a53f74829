using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Reads, binds and checks one expression: the only way from text to <see cref="Expr"/>.</summary>
public sealed class RuleCompiler(RuleScope scope)
{
    /// <summary>The bound rule over <paramref name="subject"/>; throws <see cref="RuleException"/> at the first fault.</summary>
    public Expr Compile(RuleText text, Variable subject, Expectation expected)
    {
        var rule = Formula(text, subject, expected);
        new Reach(subject).Check(rule);
        return rule;
    }

    /// <summary>The bound rule, or null with the fault reported.</summary>
    public Expr? Compile(RuleText text, Variable subject, Expectation expected, ICollection<Diagnostic> findings)
    {
        try
        {
            return Compile(text, subject, expected);
        }
        catch (RuleException e)
        {
            if (!e.Consequent)
                findings.Add(e.ToDiagnostic());
            return null;
        }
    }

    /// <summary>
    /// A bound formula of a derived fact. What it may read depends on the rules it is written into, so its reach is checked there.
    /// </summary>
    public Expr Formula(RuleText text, Variable subject, Expectation expected)
    {
        var tree = new Parser(text).Parse();
        var rule = new Binder(scope, subject).Bind(tree, expected.Type);
        return Require(rule, expected);
    }

    private static Expr Require(Expr rule, Expectation expected)
    {
        if (expected == Expectation.Condition)
            return Types.Condition(rule);
        if (expected == Expectation.Number)
            return Types.Number(rule);
        if (expected.Type is not { } type)
            return rule;
        if (rule.Type.IsNumeric && type.Kind == Kind.Decimal && rule.Type.Kind is Kind.Int or Kind.Decimal && rule.Type.Scale <= type.Scale)
            rule = Scaling.Finer(rule, type.Scale - rule.Type.Scale);
        if (rule.Type.Kind != type.Kind || rule.Type.List != type.List || rule.Type.Scale != type.Scale)
            throw new RuleException(rule.Span, $"expected {Types.Name(type)}, found {Types.Name(rule)}");
        return rule.Type.IsNumeric ? Held(rule, type) : rule;
    }

    /// <summary>The number held inside the bounds of the fact, because every range was worked out from these.</summary>
    private static Expr Held(Expr rule, ValueType type)
    {
        if (rule.Type.Max < type.Min || rule.Type.Min > type.Max)
            throw new RuleException(rule.Span, "this lies outside the bounds of the fact it is for");
        if (rule.Type.Min < type.Min)
            rule = new Call(Function.MaxOf, [rule, Bound(type.Min)], type with { Max = rule.Type.Max }, rule.Span);
        if (rule.Type.Max > type.Max)
            rule = new Call(Function.MinOf, [rule, Bound(type.Max)], type, rule.Span);
        return rule;

        Constant Bound(Int128 number) => new(type with { Min = number, Max = number }, (long)number, rule.Span);
    }
}
