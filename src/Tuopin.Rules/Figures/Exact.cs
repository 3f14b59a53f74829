using System.Globalization;
using System.Numerics;

namespace Tuopin.Rules.Figures;

/// <summary>An exact quotient of whole numbers. Figures are computed and compared with it and rounded only where they are shown.</summary>
public readonly struct Exact : IComparable<Exact>, IEquatable<Exact>
{
    private readonly BigInteger denominator;

    private Exact(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0)
            common = -common;
        (Numerator, this.denominator) = common.IsOne ? (numerator, denominator) : (numerator / common, denominator / common);
    }

    public BigInteger Numerator { get; }

    /// <summary>Positive; 1 also for the default value.</summary>
    public BigInteger Denominator => denominator.IsZero ? BigInteger.One : denominator;

    public bool IsZero => Numerator.IsZero;
    public int Sign => Numerator.Sign;

    public static Exact Of(BigInteger numerator, BigInteger denominator) =>
        denominator.IsZero ? throw new DivideByZeroException() : new(numerator, denominator);

    public static implicit operator Exact(long number) => new(number, 1);

    /// <summary>A stored number with its decimal places.</summary>
    public static Exact Scaled(long number, int scale) => new(number, BigInteger.Pow(10, scale));

    /// <summary>Digits with at most one point and a sign; null for anything else.</summary>
    public static Exact? Parse(string text)
    {
        var digits = text.StartsWith('-') ? text[1..] : text;
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : digits.Length - point - 1;
        var whole = point < 0 ? digits : digits.Remove(point, 1);
        if (whole.Length is 0 or > 30 || point == 0 || (point > 0 && places == 0) || !whole.All(char.IsAsciiDigit))
            return null;
        var number = BigInteger.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture);
        return new(text.StartsWith('-') ? -number : number, BigInteger.Pow(10, places));
    }

    /// <summary>A stored quotient, as <see cref="ToString"/> writes it: <c>7</c> or <c>7/2</c>.</summary>
    /// <exception cref="FormatException"/>
    public static Exact Read(string quotient)
    {
        var bar = quotient.IndexOf('/', StringComparison.Ordinal);
        BigInteger Whole(string digits) => BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return bar < 0 ? new(Whole(quotient), 1) : Of(Whole(quotient[..bar]), Whole(quotient[(bar + 1)..]));
    }

    public static Exact operator +(Exact a, Exact b) => new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Exact operator -(Exact a, Exact b) => new(a.Numerator * b.Denominator - b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Exact operator *(Exact a, Exact b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <exception cref="DivideByZeroException"/>
    public static Exact operator /(Exact a, Exact b) => Of(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Exact a, Exact b) => a.CompareTo(b) < 0;

    public static bool operator >(Exact a, Exact b) => a.CompareTo(b) > 0;

    public static bool operator <=(Exact a, Exact b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Exact a, Exact b) => a.CompareTo(b) >= 0;

    public static bool operator ==(Exact a, Exact b) => a.Equals(b);

    public static bool operator !=(Exact a, Exact b) => !a.Equals(b);

    public int CompareTo(Exact other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public bool Equals(Exact other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Exact other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <summary>The number to some decimal places, halves away from zero.</summary>
    public Exact Rounded(int places)
    {
        var power = BigInteger.Pow(10, places);
        var quotient = BigInteger.DivRem(BigInteger.Abs(Numerator) * power, Denominator, out var rest);
        if (rest * 2 >= Denominator)
            quotient++;
        return new(Numerator.Sign < 0 ? -quotient : quotient, power);
    }

    /// <summary>The number written with just so many decimal places, halves away from zero.</summary>
    public string Write(int places)
    {
        var rounded = Rounded(places);
        var scaled = rounded.Numerator * BigInteger.Pow(10, places) / rounded.Denominator;
        var digits = BigInteger.Abs(scaled).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        var sign = scaled.Sign < 0 ? "-" : "";
        return places == 0 ? sign + digits : $"{sign}{digits[..^places]}.{digits[^places..]}";
    }

    public override string ToString() =>
        Denominator.IsOne
            ? Numerator.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
