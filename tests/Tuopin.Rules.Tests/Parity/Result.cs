using System.Globalization;
using System.Numerics;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>What a back end says of one expression for one subject, in a form in which two back ends can be compared.</summary>
public readonly record struct Result(bool IsKnown, BigInteger LowTop, BigInteger LowUnder, BigInteger HighTop, BigInteger HighUnder, string? Text)
{
    public static readonly Result Unknown = new(false, 0, 1, 0, 1, null);

    public static Result Of(string text) => new(true, 0, 1, 0, 1, text);

    public static Result Bounds(BigInteger low, BigInteger high) => new(true, low, 1, high, 1, null);

    /// <summary>Quotients are kept in lowest terms.</summary>
    public static Result Bounds(BigInteger low, BigInteger lowUnder, BigInteger high, BigInteger highUnder)
    {
        var (a, b) = (BigInteger.GreatestCommonDivisor(low, lowUnder), BigInteger.GreatestCommonDivisor(high, highUnder));
        return new(true, low / a, lowUnder / a, high / b, highUnder / b, null);
    }

    public override string ToString()
    {
        if (!IsKnown)
            return "unknown";
        if (Text is not null)
            return $"'{Text}'";
        static string One(BigInteger top, BigInteger under) =>
            under.IsOne ? top.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{top}/{under}");
        var (low, high) = (One(LowTop, LowUnder), One(HighTop, HighUnder));
        return low == high ? low : $"[{low}, {high}]";
    }
}
