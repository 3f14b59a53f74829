namespace Tuopin.Numbers;

/// <summary>
/// What a printed number can stand for: 7.67% is anything from 7.665 to 7.675. Both ends belong to it; an end at <see cref="Far"/> is open ("500 or more").
/// </summary>
public readonly record struct Bounds(decimal Low, decimal High)
{
    /// <summary>Beyond any number that is read for arithmetic.</summary>
    public const decimal Far = 1_000_000_000_000_000m;

    public static Bounds Exactly(decimal value) => new(value, value);

    public static Bounds Around(decimal value, decimal by) => new(value - by, value + by);

    public bool IsOpen => Low <= -Far || High >= Far;
    public bool IsExact => Low == High;

    public bool Meets(Bounds other) => Low <= other.High && other.Low <= High;

    public static Bounds operator +(Bounds a, Bounds b) => new(a.Low + b.Low, a.High + b.High);

    public static Bounds operator -(Bounds a, Bounds b) => new(a.Low - b.High, a.High - b.Low);

    /// <summary>Product of what is not negative.</summary>
    public static Bounds operator *(Bounds a, Bounds b) => new(a.Low * b.Low, a.High * b.High);

    /// <summary>Quotient of what is not negative by what is above zero.</summary>
    /// <exception cref="DivideByZeroException">The base can be zero.</exception>
    public static Bounds operator /(Bounds a, Bounds b) => b.Low > 0 ? new(a.Low / b.High, a.High / b.Low) : throw new DivideByZeroException();

    public Bounds Times(decimal factor) => factor < 0 ? new(High * factor, Low * factor) : new(Low * factor, High * factor);
}
