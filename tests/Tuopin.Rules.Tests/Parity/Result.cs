using System.Globalization;
using System.Numerics;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>An exact fraction in lowest terms, over a positive number.</summary>
public readonly record struct Fraction : IComparable<Fraction>
{
    public static readonly Fraction Zero = new(0);

    public Fraction(BigInteger top)
        : this(top, 1) { }

    public Fraction(BigInteger top, BigInteger under)
    {
        var common = BigInteger.GreatestCommonDivisor(top, under) * under.Sign;
        (Top, Under) = (top / common, under / common);
    }

    public BigInteger Top { get; }
    public BigInteger Under { get; }

    public int CompareTo(Fraction other) => (Top * other.Under).CompareTo(other.Top * Under);

    public static Fraction operator +(Fraction a, Fraction b) => new(a.Top * b.Under + b.Top * a.Under, a.Under * b.Under);

    public static Fraction operator -(Fraction a, Fraction b) => new(a.Top * b.Under - b.Top * a.Under, a.Under * b.Under);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Top * b.Top, a.Under * b.Under);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Top * b.Under, a.Under * b.Top);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => Under.IsOne ? Text(Top) : $"{Text(Top)}/{Text(Under)}";
}

/// <summary>What a back end says of one expression for one subject: unknown, a text, or bounds in stored units (true is 1).</summary>
public readonly record struct Result
{
    public static readonly Result Unknown;

    public Result(string text) => (IsKnown, Text) = (true, text);

    public Result(Fraction low, Fraction high) => (IsKnown, Low, High) = (true, low, high);

    public bool IsKnown { get; }
    public string? Text { get; }
    public Fraction Low { get; }
    public Fraction High { get; }
    public bool IsExact => Text is not null || Low == High;

    public static Result True => new(new(1), new(1));
    public static Result False => new(Fraction.Zero, Fraction.Zero);

    public static Result Number(long number) => new(new(number), new(number));

    public override string ToString() =>
        !IsKnown ? "unknown"
        : Text is not null ? $"'{Text}'"
        : IsExact ? Low.ToString()
        : $"[{Low}, {High}]";
}
