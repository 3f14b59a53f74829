using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Types in words, and the tests on them that raise errors.</summary>
internal static class Types
{
    public static string Name(Expr e) => Name(e.Type);

    public static string Name(ValueType type) =>
        type.Kind switch
        {
            Kind.Bool => "true or false",
            Kind.Int => "a whole number",
            Kind.Fen => "fen",
            Kind.Decimal => "a decimal",
            Kind.Date => "a date",
            Kind.Code => $"a code of {type.List!.Name}",
            Kind.Codes => $"a set of codes of {type.List!.Name}",
            Kind.Text => "text",
            _ => "a ratio",
        };

    public static Expr Condition(Expr e) => e.Type.Kind == Kind.Bool ? e : throw Mismatch(e, "true or false");

    public static Expr Number(Expr e) => e.Type.IsNumeric ? e : throw Mismatch(e, "a number");

    public static Expr Date(Expr e) => e.Type.Kind == Kind.Date ? e : throw Mismatch(e, "a date");

    public static RuleException Mismatch(Expr e, string wanted)
    {
        var advice = (e.Type.Kind, wanted) switch
        {
            (Kind.Ratio, _) => ": a / b stands only in a comparison; write div_half_up(a, b) for a rounded value",
            (Kind.Text, "a date") => ": write date(\"2020-06-12\")",
            _ => "",
        };
        return new RuleException(e.Span, $"expected {wanted}, found {Name(e)}{advice}");
    }
}
