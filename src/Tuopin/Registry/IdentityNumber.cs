using Tuopin.Rules.Model;

namespace Tuopin.Registry;

/// <summary>What a number found in 证件号码 is. The numbers are those of code list <c>id_kind</c> and never change.</summary>
public enum IdentityKind : byte
{
    /// <summary>The cell was blank.</summary>
    None = 0,

    /// <summary>
    /// 18 characters, GB 11643: citizens, and residents from Hong Kong, Macao and Taiwan (81, 82, 83). The 15 digits issued before 1999 are carried on
    /// as the 18 characters they upgrade to.
    /// </summary>
    Citizen = 1,

    /// <summary>Disability certificate: the 18 characters, class and grade, and two more when it was re-issued.</summary>
    Disability = 2,

    /// <summary>999999...: the person has no number.</summary>
    Placeholder = 3,

    /// <summary>Passports and everything else, wrong lengths included.</summary>
    Other = 4,
}

/// <summary>
/// A number of a document as the registry reads it (GB 11643; disability certificates carry 18 + class + grade). Reading never throws: what is wrong
/// is in the properties, and a rule decides what it means.
/// </summary>
public readonly record struct IdentityNumber(string Text, IdentityKind Kind)
{
    private const int CitizenLength = 18;
    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static ReadOnlySpan<char> CheckDigits => "10X98765432";

    /// <summary>Length as written (15 for an old number although <see cref="Text"/> holds its upgrade).</summary>
    public int Length { get; private init; }

    /// <summary>The check digit of the first 18 characters is right; null where the number has none.</summary>
    public bool? ChecksumOk { get; private init; }

    /// <summary>Digits 7-14 as yyyyMMdd; null when they are not a day.</summary>
    public int? Birth { get; private init; }

    /// <summary>1 male, 2 female, from the 17th digit.</summary>
    public int? Sex { get; private init; }

    /// <summary>1 sight .. 7 multiple; null unless a disability certificate.</summary>
    public int? DisabilityClass { get; private init; }

    /// <summary>1 (heaviest) .. 4; null unless a disability certificate.</summary>
    public int? DisabilityGrade { get; private init; }

    /// <summary>First six digits: the county that issued it; 0 where the number has none.</summary>
    public int AreaPrefix { get; private init; }

    public bool IsPlaceholder => Kind == IdentityKind.Placeholder;

    /// <summary>What a blind index is taken of: the same person under ID card and disability certificate gives the same text.</summary>
    public string First18 => Text.Length > CitizenLength && Kind == IdentityKind.Disability ? Text[..CitizenLength] : Text;

    /// <summary>Reads a number: spaces and invisible characters dropped, full-width folded, x raised, 15 digits upgraded.</summary>
    public static IdentityNumber Read(ReadOnlySpan<char> raw)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        var length = Normalise(raw, buffer);
        if (length == 0)
            return new IdentityNumber("", IdentityKind.None);
        if (length < 0)
            return new IdentityNumber(raw.Trim().ToString(), IdentityKind.Other) { Length = raw.Trim().Length };
        var text = buffer[..length];
        if (text.StartsWith("999999"))
            return new IdentityNumber(text.ToString(), IdentityKind.Placeholder) { Length = length };
        return length switch
        {
            15 when AllDigits(text) => Citizen(Upgrade(text, stackalloc char[CitizenLength]), IdentityKind.Citizen, 15),
            18 when IsCitizenShape(text) => Citizen(text, IdentityKind.Citizen, 18),
            20 or 22 when IsDisabilityShape(text) => Citizen(text, IdentityKind.Disability, length),
            _ => new IdentityNumber(text.ToString(), IdentityKind.Other) { Length = length },
        };
    }

    /// <summary>Writes the 18 characters of a 15-digit number: the century 19 and the check digit are added.</summary>
    public static ReadOnlySpan<char> Upgrade(ReadOnlySpan<char> old, Span<char> into)
    {
        old[..6].CopyTo(into);
        "19".CopyTo(into[6..]);
        old[6..].CopyTo(into[8..]);
        into[17] = CheckDigit(into);
        return into[..CitizenLength];
    }

    /// <summary>The check digit that belongs to 17 digits.</summary>
    public static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
            sum += Weights[i] * (digits[i] - '0');
        return CheckDigits[sum % 11];
    }

    private const int MaxLength = 64;

    private static IdentityNumber Citizen(ReadOnlySpan<char> text, IdentityKind kind, int length)
    {
        var disabled = kind == IdentityKind.Disability;
        var birth = ParseInt(text.Slice(6, 8));
        return new IdentityNumber(text.ToString(), kind)
        {
            Length = length,
            ChecksumOk = text[17] == CheckDigit(text),
            Birth = IsDay(birth) ? birth : null,
            Sex = (text[16] - '0') % 2 == 1 ? 1 : 2,
            AreaPrefix = ParseInt(text[..6]),
            DisabilityClass = disabled ? text[18] - '0' : null,
            DisabilityGrade = disabled ? text[19] - '0' : null,
        };
    }

    /// <summary>Length written, 0 for blank, -1 for a character no number has.</summary>
    private static int Normalise(ReadOnlySpan<char> raw, Span<char> into)
    {
        var length = 0;
        foreach (var c in raw)
        {
            var folded = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            if (folded is ' ' or '\t' or '\u00A0' or '\u3000' or '\uFEFF' or '\u2060' or (>= '\u200B' and <= '\u200F'))
                continue;
            if (!char.IsAsciiLetterOrDigit(folded) && folded is not ('(' or ')' or '-' or '/') || length == MaxLength)
                return -1;
            into[length++] = char.ToUpperInvariant(folded);
        }
        return length;
    }

    private static bool AllDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsCitizenShape(ReadOnlySpan<char> text) => AllDigits(text[..17]) && (char.IsAsciiDigit(text[17]) || text[17] == 'X');

    // A re-issued certificate adds two characters: digits, or B and the count of re-issues.
    private static bool IsDisabilityShape(ReadOnlySpan<char> text) =>
        IsCitizenShape(text[..18])
        && text[18] is >= '1' and <= '7'
        && text[19] is >= '1' and <= '4'
        && (text.Length == 20 || (text[20] == 'B' || char.IsAsciiDigit(text[20])) && char.IsAsciiDigit(text[21]));

    private static int ParseInt(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var c in digits)
            number = number * 10 + (c - '0');
        return number;
    }

    private static bool IsDay(int number) => DayText.IsDay(number / 10000, number / 100 % 100, number % 100);
}

/// <summary>Whether year, month and day name a real day.</summary>
public static class DayText
{
    public static bool IsDay(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    /// <summary>yyyyMMdd of a real day, or null.</summary>
    public static int? Number(int year, int month, int day) => IsDay(year, month, day) ? DayNumber.Of(new DateOnly(year, month, day)) : null;
}
