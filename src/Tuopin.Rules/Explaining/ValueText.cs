using System.Globalization;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Explaining;

/// <summary>The languages of the system.</summary>
public enum Tongue : byte
{
    /// <summary>Chinese.</summary>
    Zh,

    /// <summary>English.</summary>
    En,
}

/// <summary>Writes values for people: yuan with two decimals, days, labels of codes; unknown as unknown, bounds as a range.</summary>
public static class ValueText
{
    private const int MostDigits = 12;

    /// <summary>The value of a step.</summary>
    public static string Of(Trace trace, Tongue tongue = Tongue.Zh) => Of(trace.Expr, trace.Outcome, tongue);

    /// <summary>A value beside its limit: digits are added until rounding no longer hides on which side of the limit it is.</summary>
    public static string Of(Trace value, Trace? limit, Tongue tongue = Tongue.Zh)
    {
        if (limit is null || !value.Outcome.IsExact || !limit.Outcome.IsExact || value.Expr.Type.Kind != Kind.Ratio)
            return Of(value, tongue);
        Quotient shape = Quotient.Of(value.Expr),
            line = Quotient.Of(limit.Expr);
        var exact = Fraction(value.Outcome.Low, value.Outcome.LowDenominator, shape);
        return Write(exact, shape, Fraction(limit.Outcome.Low, limit.Outcome.LowDenominator, line));
    }

    /// <summary>An outcome of an expression.</summary>
    public static string Of(Expr expr, Outcome outcome, Tongue tongue = Tongue.Zh)
    {
        if (!outcome.Known)
            return tongue == Tongue.Zh ? "未知" : "unknown";
        if (outcome.IsExact)
            return One(expr, outcome.Low, outcome.LowDenominator, outcome.Text, tongue);
        return $"{One(expr, outcome.Low, outcome.LowDenominator, null, tongue)} – {One(expr, outcome.High, outcome.HighDenominator, null, tongue)}";
    }

    private static string One(Expr expr, long number, long denominator, string? text, Tongue tongue)
    {
        var type = expr.Type;
        switch (type.Kind)
        {
            case Kind.Bool:
                return (number != 0, tongue) switch
                {
                    (true, Tongue.Zh) => "是",
                    (true, _) => "yes",
                    (_, Tongue.Zh) => "否",
                    _ => "no",
                };
            case Kind.Text:
                return text ?? "";
            case Kind.Date:
                return DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case Kind.Code:
                return LabelOf(type.List!.Find(number), number, tongue);
            case Kind.Codes:
                var entries = type.List!.Entries.Where(e => (number >> e.Number & 1) != 0).Select(e => LabelOf(e, e.Number, tongue));
                return string.Join(tongue == Tongue.Zh ? "、" : ", ", entries);
            case Kind.Ratio:
                var shape = Quotient.Of(expr);
                return Write(Fraction(number, denominator, shape), shape, null);
            default:
                return ExprText.Scaled(number, type.Kind == Kind.Fen ? 2 + type.Scale : type.Scale);
        }
    }

    private static string LabelOf(CodeEntry? entry, long number, Tongue tongue) =>
        entry is null ? number.ToString(CultureInfo.InvariantCulture)
        : tongue == Tongue.Zh ? entry.Label.Zh
        : entry.Label.En;

    /// <summary>Numerator and denominator in yuan or plain units.</summary>
    private static (Int128 Numerator, Int128 Denominator) Fraction(long numerator, long denominator, Quotient shape)
    {
        var scale = shape.Scale + (shape.IsMoney ? 2 : 0);
        return scale >= 0 ? (numerator, denominator * Power(scale)) : (numerator * Power(-scale), denominator);
    }

    private static string Write((Int128 Numerator, Int128 Denominator) value, Quotient shape, (Int128 Numerator, Int128 Denominator)? limit)
    {
        for (var digits = shape.IsMoney ? 2 : 4; ; digits++)
        {
            var rounded = Round(value, digits);
            if (digits < MostDigits && limit is { } line && Order(value, line) != Order((rounded, Power(digits)), line))
                continue;
            var text = Scaled(rounded, digits);
            return shape.IsMoney ? text : Trim(text);
        }
    }

    private static int Order((Int128 Numerator, Int128 Denominator) a, (Int128 Numerator, Int128 Denominator) b) =>
        (a.Numerator * b.Denominator).CompareTo(b.Numerator * a.Denominator);

    private static Int128 Round((Int128 Numerator, Int128 Denominator) value, int digits)
    {
        var (quotient, rest) = Int128.DivRem(Int128.Abs(value.Numerator) * Power(digits), value.Denominator);
        if (rest * 2 >= value.Denominator)
            quotient++;
        return value.Numerator < 0 ? -quotient : quotient;
    }

    private static string Scaled(Int128 number, int digits)
    {
        var text = Int128.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return $"{(number < 0 ? "-" : "")}{text[..^digits]}.{text[^digits..]}";
    }

    private static string Trim(string text) => text.TrimEnd('0').TrimEnd('.');

    private static Int128 Power(int digits)
    {
        Int128 power = 1;
        for (var i = 0; i < digits; i++)
            power *= 10;
        return power;
    }
}
