using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Interval arithmetic on stored units: nothing that could leave 63 bits is let through, so no back end ever checks for overflow.</summary>
internal static class Ranges
{
    private static readonly Int128 Most = long.MaxValue;

    /// <summary>At most so many members in a household, households in a village, and items of any other collection.</summary>
    public const int MostMembers = 100;

    /// <inheritdoc cref="MostMembers"/>
    public const int MostHouseholds = 10_000;

    /// <inheritdoc cref="MostMembers"/>
    public const int MostItems = 2_000;

    public static int MostIn(Relation collection) =>
        collection switch
        {
            { Target.Name: "household", Source.Level: not null } => MostHouseholds,
            { Target.Name: "person", Source.Level: not null } => MostHouseholds * MostMembers,
            { Target.Name: "person" } => MostMembers,
            _ => MostItems,
        };

    /// <summary>A number type of the kind and scale, refused when its range leaves 63 bits.</summary>
    public static ValueType Fit(Kind kind, int scale, (Int128 Min, Int128 Max) range, Span span, string what)
    {
        Refuse(range, span, what);
        return kind switch
        {
            Kind.Fen => ValueType.Fen(range.Min, range.Max),
            Kind.Date => ValueType.Date,
            _ when scale > 0 => ValueType.Decimal(scale, range.Min, range.Max),
            _ => ValueType.Int(range.Min, range.Max),
        };
    }

    public static void Refuse((Int128 Min, Int128 Max) range, Span span, string what)
    {
        if (range.Min < -Most || range.Max > Most)
            throw new RuleException(
                span,
                FormattableString.Invariant(
                    $"{what} can reach {(range.Max > -range.Min ? range.Max : range.Min)}, more than 63 bits hold: narrow min and max of its facts"
                )
            );
    }

    public static (Int128 Min, Int128 Max) Of(ValueType type) => (type.Min, type.Max);

    public static (Int128 Min, Int128 Max) Add((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b) => (a.Min + b.Min, a.Max + b.Max);

    public static (Int128 Min, Int128 Max) Subtract((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b) => (a.Min - b.Max, a.Max - b.Min);

    /// <summary>Operands fit 63 bits, so the products fit 126.</summary>
    public static (Int128 Min, Int128 Max) Multiply((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b)
    {
        Int128[] ends = [a.Min * b.Min, a.Min * b.Max, a.Max * b.Min, a.Max * b.Max];
        return (ends.Min(), ends.Max());
    }

    public static (Int128 Min, Int128 Max) Union((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b) =>
        (Int128.Min(a.Min, b.Min), Int128.Max(a.Max, b.Max));

    /// <summary>The sum of none to <paramref name="items"/> values.</summary>
    public static (Int128 Min, Int128 Max) Total((Int128 Min, Int128 Max) one, int items) =>
        (Int128.Min(0, one.Min * items), Int128.Max(0, one.Max * items));

    public static Int128 Power(int digits)
    {
        Int128 power = 1;
        for (var i = 0; i < digits; i++)
            power *= 10;
        return power;
    }
}
