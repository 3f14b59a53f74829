using System.Collections.Immutable;
using System.Globalization;

namespace Tuopin.Rules.Model;

/// <summary>A name in the two languages of the system, Chinese first.</summary>
public sealed record Label(string Zh, string En)
{
    public override string ToString() => Zh;
}

/// <summary>The kinds of value the language knows. There is no floating point and no null.</summary>
public enum Kind : byte
{
    /// <summary>True or false; a missing one is unknown.</summary>
    Bool,

    /// <summary>Whole number.</summary>
    Int,

    /// <summary>Money in integer fen (1/100 yuan).</summary>
    Fen,

    /// <summary>Exact decimal: an integer scaled by 10^<see cref="ValueType.Scale"/>.</summary>
    Decimal,

    /// <summary>Calendar day stored as the integer yyyyMMdd, on every back end.</summary>
    Date,

    /// <summary>One entry of a code list, stored as its number.</summary>
    Code,

    /// <summary>A set of entries of a code list, stored as a bit mask (bit n = entry number n, 0..62).</summary>
    Codes,

    /// <summary>Text, compared by code point.</summary>
    Text,

    /// <summary>An exact quotient; lives only inside a comparison, <c>div_half_up</c>, or an indicator's value and limit.</summary>
    Ratio,
}

/// <summary>
/// A type with its bounds. <see cref="Min"/> and <see cref="Max"/> are in stored units (fen, scaled decimal, yyyyMMdd) and let the type check
/// refuse an expression that could overflow 64 bits.
/// </summary>
public sealed record ValueType(Kind Kind)
{
    public int Scale { get; init; }
    public CodeList? List { get; init; }
    public Int128 Min { get; init; }
    public Int128 Max { get; init; }

    public static readonly ValueType Bool = new(Kind.Bool) { Min = 0, Max = 1 };
    public static readonly ValueType Text = new(Kind.Text);
    public static readonly ValueType Date = new(Kind.Date) { Min = 1_01_01, Max = 9999_12_31 };

    public static ValueType Int(Int128 min, Int128 max) => new(Kind.Int) { Min = min, Max = max };

    public static ValueType Fen(Int128 min, Int128 max) => new(Kind.Fen) { Min = min, Max = max };

    public static ValueType Decimal(int scale, Int128 min, Int128 max) =>
        new(Kind.Decimal)
        {
            Scale = scale,
            Min = min,
            Max = max,
        };

    public static ValueType Code(CodeList list) =>
        new(Kind.Code)
        {
            List = list,
            Min = 0,
            Max = short.MaxValue,
        };

    public static ValueType Codes(CodeList list) =>
        new(Kind.Codes)
        {
            List = list,
            Min = 0,
            Max = long.MaxValue,
        };

    /// <summary>Numbers that can be added and compared by size.</summary>
    public bool IsNumeric => Kind is Kind.Int or Kind.Fen or Kind.Decimal;

    public override string ToString() =>
        Kind switch
        {
            Kind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Scale})"),
            Kind.Code => $"code({List!.Name})",
            Kind.Codes => $"codes({List!.Name})",
            _ => Kind.ToString().ToLowerInvariant(),
        };
}

/// <summary>A list of codes as the registry uses it. Numbers and keys are never re-used.</summary>
public sealed record CodeList(string Name, Label Label, ImmutableArray<CodeEntry> Entries)
{
    /// <summary>Entries that a source names together, by a name of ours: the kinds of measure that answer a risk.</summary>
    public ImmutableDictionary<string, CodeSet> Sets { get; init; } = ImmutableDictionary<string, CodeSet>.Empty;

    /// <summary>The entry with this key (English) or this Chinese label; null when there is none.</summary>
    public CodeEntry? Find(string keyOrLabel) => Entries.FirstOrDefault(e => e.Key == keyOrLabel || e.Label.Zh == keyOrLabel);

    public CodeEntry? Find(long number) => Entries.FirstOrDefault(e => e.Number == number);

    public bool Equals(CodeList? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Entries of a code list that belong together, and who says so.</summary>
public sealed record CodeSet(ImmutableArray<CodeEntry> Entries, Source Source);

/// <summary>One code: our number (stored), key (in rules), labels, the official code where one exists, other spellings met in files.</summary>
public sealed record CodeEntry(int Number, string Key, Label Label, string? Official, ImmutableArray<string> Aliases);

/// <summary>A known value: a number for every kind but text.</summary>
public readonly record struct Value(long Number, string? Text = null)
{
    public static implicit operator Value(long number) => new(number);

    public static implicit operator Value(bool flag) => new(flag ? 1 : 0);

    public static implicit operator Value(string text) => new(0, text);
}

/// <summary>Days as the integer yyyyMMdd: readable in any SQL tool, ordered, and an age is a subtraction.</summary>
public static class DayNumber
{
    public static int Of(DateOnly day) => day.Year * 10000 + day.Month * 100 + day.Day;

    public static DateOnly ToDate(long number) => new((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100));
}

/// <summary>
/// The day a judgement is for, and the years that follow from it. The registry year Y runs from 1 October Y-1 to 30 September Y; income is judged on
/// the latest year closed on the day; insurance on the calendar policy year that covers the day.
/// </summary>
public readonly record struct JudgingDay(DateOnly Date)
{
    public int Number => DayNumber.Of(Date);
    public int RegistryYear => Date.Month >= 10 ? Date.Year + 1 : Date.Year;
    public int IncomeYear => RegistryYear - 1;
    public int PolicyYear => Date.Year;
}

/// <summary>Codes from <see cref="From"/> to <see cref="To"/>, both included: everything under one area as a range of 12-digit numbers.</summary>
public readonly record struct AreaRange(long From, long To)
{
    public static readonly AreaRange Nation = new(0, 999_999_999_999);

    /// <summary>The range of an area code of 2, 4, 6, 9 or 12 digits; shorter codes stand for all beneath them. "0" is the nation.</summary>
    public static AreaRange Of(string code)
    {
        if (code is "0" or "")
            return Nation;
        if (code.Length is not (2 or 4 or 6 or 9 or 12) || !long.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{code}' is not an area code of 2, 4, 6, 9 or 12 digits");
        var width = 1L;
        for (var i = code.Length; i < 12; i++)
            width *= 10;
        return new AreaRange(number * width, number * width + width - 1);
    }

    public bool Contains(long code) => code >= From && code <= To;

    public bool Contains(AreaRange other) => other.From >= From && other.To <= To;

    public bool Overlaps(AreaRange other) => other.From <= To && other.To >= From;

    /// <summary>Smaller is more specific.</summary>
    public long Width => To - From;
}
