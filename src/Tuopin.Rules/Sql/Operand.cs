namespace Tuopin.Rules.Sql;

/// <summary>
/// A compiled expression: one term, a pair of bounds, a quotient, or a quotient of bounds. A quotient is never computed in SQL. NULL is unknown.
/// </summary>
internal readonly record struct Operand(Term Low, Term? High = null, Term? LowDenominator = null, Term? HighDenominator = null)
{
    public bool IsBounded => High is not null;
    public bool IsRatio => LowDenominator is not null;
    public Term Top => High ?? Low;
    public Term? TopDenominator => HighDenominator ?? LowDenominator;

    /// <summary>Decimal places of the stored number (of numerator less denominator for a quotient).</summary>
    public int Scale { get; init; }
}
