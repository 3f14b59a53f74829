using System.Globalization;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Writes a bound expression back in the language's own syntax, for messages, explanations and tests.</summary>
public static class ExprText
{
    public static string Of(Expr e) => Write(e, 0);

    public static string Of(Place place) => string.Join('.', Steps(place));

    /// <summary>A value of the type as a literal of the language.</summary>
    public static string Of(ValueType type, Value value) =>
        type.Kind switch
        {
            Kind.Bool => value.Number != 0 ? "true" : "false",
            Kind.Fen => $"yuan({Scaled(value.Number, 2)})",
            Kind.Decimal => Scaled(value.Number, type.Scale),
            Kind.Date => $"date(\"{DayNumber.ToDate(value.Number):yyyy-MM-dd}\")",
            Kind.Code => $"'{type.List!.Find(value.Number)?.Key ?? value.Number.ToString(CultureInfo.InvariantCulture)}'",
            Kind.Codes => $"[{string.Join(", ", type.List!.Entries.Where(x => (value.Number >> x.Number & 1) != 0).Select(x => $"'{x.Key}'"))}]",
            Kind.Text => Quoted(value.Text ?? ""),
            _ => value.Number.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>An integer with its decimal point put in.</summary>
    public static string Scaled(long number, int scale)
    {
        var digits = Int128.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = number < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    // Binding strengths: 1 ?:, 2 ||, 3 &&, 4 comparison, 5 + -, 6 * /, 7 ! -, 8 members and calls.
    private static string Write(Expr e, int outer)
    {
        var (text, strength) = Parts(e);
        return strength < outer ? $"({text})" : text;
    }

    private static (string Text, int Strength) Parts(Expr e) =>
        e switch
        {
            Constant c => (Of(c.Type, c.Value), c.Type.IsNumeric && c.Value.Number < 0 && c.Type.Kind != Kind.Fen ? 7 : 8),
            ParameterRead p => ($"param(\"{p.Parameter.Id}\")", 8),
            DayRead => ("day", 8),
            FactRead f => ($"{Of(f.Place)}.{f.Fact.Name}", 8),
            DerivedRead d => ($"{Of(d.Place)}.{d.Fact.Name}", 8),
            Has h => ($"has({Write(h.Operand, 0)})", 8),
            Not n => ($"!{Write(n.Operand, 7)}", 7),
            Negate n => ($"-{Write(n.Operand, 7)}", 7),
            Logical { IsAnd: true } l => ($"{Write(l.Left, 3)} && {Write(l.Right, 4)}", 3),
            Logical l => ($"{Write(l.Left, 2)} || {Write(l.Right, 3)}", 2),
            Arithmetic { Implied: true } a => Parts(a.Left),
            Ratio { Implied: true } r => Parts(r.Numerator),
            Arithmetic { Operator: ArithmeticOperator.Multiply } a => ($"{Write(a.Left, 6)} * {Write(a.Right, 7)}", 6),
            Arithmetic a => ($"{Write(a.Left, 5)} {(a.Operator == ArithmeticOperator.Add ? '+' : '-')} {Write(a.Right, 6)}", 5),
            Ratio r => ($"{Write(r.Numerator, 6)} / {Write(r.Denominator, 7)}", 6),
            DivideHalfUp d => ($"div_half_up({Write(d.Numerator, 0)}, {Write(d.Denominator, 0)})", 8),
            Comparison c => ($"{Write(c.Left, 5)} {Sign(c.Operator)} {Write(c.Right, 5)}", 4),
            OneOf o => ($"{Write(o.Operand, 5)} in [{List(o.Options)}]", 4),
            HasCode h => ($"{Write(h.Code, 5)} in {Write(h.Set, 5)}", 4),
            Conditional c => ($"{Write(c.Test, 2)} ? {Write(c.Then, 1)} : {Write(c.Otherwise, 1)}", 1),
            Aggregate a => (Macro(a), 8),
            Call c => (Calling(c), 8),
            UniqueIn u => ($"unique_in('{u.Level.ToString().ToLowerInvariant()}', {Of(u.Place)}.{u.Key.Name})", 8),
            VerdictRead v => ($"{Of(v.Place)}.met({Quoted(v.StandardId)}, {Quoted(v.IndicatorId)})", 8),
            TallyRead t => ($"{Of(t.Place)}.tally({Quoted(t.Tally.Id)})", 8),
            _ => throw new InvalidOperationException(e.GetType().Name),
        };

    private static string Macro(Aggregate a)
    {
        var name = a.Item.Name;
        var filter = a.Filter is null ? "" : $".filter({name}, {Write(a.Filter, 0)})";
        var body = a.Body is null ? "" : $"{name}, {Write(a.Body, 0)}";
        return $"{Of(a.Source)}.{a.Collection.Name}{filter}.{a.Kind.ToString().ToLowerInvariant()}({body})";
    }

    private static string Calling(Call c) =>
        c.Function switch
        {
            Function.StartsWith => $"{Write(c.Arguments[0], 8)}.startsWith({Write(c.Arguments[1], 0)})",
            Function.EndsWith => $"{Write(c.Arguments[0], 8)}.endsWith({Write(c.Arguments[1], 0)})",
            Function.Contains => $"{Write(c.Arguments[0], 8)}.contains({Write(c.Arguments[1], 0)})",
            Function.MonthsBetween => $"months_between({List(c.Arguments)})",
            Function.DaysBetween => $"days_between({List(c.Arguments)})",
            Function.AddMonths => $"add_months({List(c.Arguments)})",
            Function.MinOf => $"min_of({List(c.Arguments)})",
            Function.MaxOf => $"max_of({List(c.Arguments)})",
            _ => $"{c.Function.ToString().ToLowerInvariant()}({List(c.Arguments)})",
        };

    private static string List(IEnumerable<Expr> items) => string.Join(", ", items.Select(i => Write(i, 0)));

    private static IEnumerable<string> Steps(Place place)
    {
        yield return place.Variable.Name;
        if (!place.Steps.IsDefault)
            foreach (var step in place.Steps)
                yield return step.Name;
        for (var shift = 0; shift > place.YearShift; shift--)
            yield return "last_year";
    }

    private static string Sign(ComparisonOperator o) =>
        o switch
        {
            ComparisonOperator.Equal => "==",
            ComparisonOperator.NotEqual => "!=",
            ComparisonOperator.Less => "<",
            ComparisonOperator.LessOrEqual => "<=",
            ComparisonOperator.Greater => ">",
            _ => ">=",
        };

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'";
}
