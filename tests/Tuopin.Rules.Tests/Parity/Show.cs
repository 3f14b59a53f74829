using Tuopin.Rules.Language;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Writes an expression nearly as the language does, for the message of a failed test.</summary>
public static class Show
{
    public static string Expression(Expr? e) =>
        e switch
        {
            null => "",
            Constant c => c.Value.Text is { } text ? $"'{text}'" : $"{c.Value.Number}:{c.Type}",
            ParameterRead p => $"param({p.Parameter.Id})",
            DayRead => "day",
            FactRead f => $"{Where(f.Place)}.{f.Fact.Name}",
            DerivedRead d => $"derived{{{Expression(d.Body)}}}",
            Has h => $"has({Expression(h.Operand)})",
            Not n => $"!{Expression(n.Operand)}",
            Negate n => $"-({Expression(n.Operand)})",
            Logical l => $"({Expression(l.Left)} {(l.IsAnd ? "&&" : "||")} {Expression(l.Right)})",
            Arithmetic a => $"({Expression(a.Left)} {a.Operator} {Expression(a.Right)})",
            Ratio r => $"({Expression(r.Numerator)} / {Expression(r.Denominator)})",
            DivideHalfUp d => $"div_half_up({Expression(d.Numerator)}, {Expression(d.Denominator)})",
            Comparison c => $"({Expression(c.Left)} {c.Operator} {Expression(c.Right)})",
            OneOf o => $"({Expression(o.Operand)} in [{string.Join(", ", o.Options.Select(Expression))}])",
            HasCode h => $"({h.Code.Value.Number} in {Expression(h.Set)})",
            Conditional c => $"({Expression(c.Test)} ? {Expression(c.Then)} : {Expression(c.Otherwise)})",
            Aggregate a => $"{Where(a.Source)}.{a.Collection.Name}{(a.Filter is null ? "" : $".filter({Name(a.Item)}, {Expression(a.Filter)})")}"
                + $".{a.Kind}({Name(a.Item)}, {Expression(a.Body)})",
            Call c => $"{c.Function}({string.Join(", ", c.Arguments.Select(Expression))})",
            UniqueIn u => $"unique_in({u.Level}, {Where(u.Place)}.{u.Key.Name})",
            VerdictRead v => $"{Where(v.Place)}.met({v.IndicatorId})",
            TallyRead t => $"{Where(t.Place)}.tally({t.Tally.Id})",
            _ => e.ToString(),
        };

    /// <summary>Everything directly beneath an expression.</summary>
    public static IEnumerable<Expr> Beneath(Expr e) =>
        e switch
        {
            DerivedRead d => [d.Body],
            Has h => [h.Operand],
            Not n => [n.Operand],
            Negate n => [n.Operand],
            Logical l => [l.Left, l.Right],
            Arithmetic a => [a.Left, a.Right],
            Ratio r => [r.Numerator, r.Denominator],
            DivideHalfUp d => [d.Numerator, d.Denominator],
            Comparison c => [c.Left, c.Right],
            OneOf o => [o.Operand],
            HasCode h => [h.Set],
            Conditional c => [c.Test, c.Then, c.Otherwise],
            Call c => c.Arguments,
            _ => [],
        };

    private static string Name(Variable v) => $"{v.Name[0]}{System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(v) % 1000}";

    private static string Where(Place p) =>
        string.Concat([Name(p.Variable), .. p.Steps.Select(s => $".{s.Name}"), p.YearShift == 0 ? "" : ".last_year"]);
}
