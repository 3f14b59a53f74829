using System.Globalization;

namespace Tuopin.Demo;

/// <summary>Names, ID numbers, certificate numbers and phones, all invented; made when they are written, so that they take no memory.</summary>
public sealed class Naming(DemoSource source)
{
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private readonly int _surnameTotal = source.SurnameSums[^1];

    internal ushort DrawSurname(ref SplitMix random)
    {
        var at = Array.BinarySearch(source.SurnameSums, random.Below(_surnameTotal));
        return (ushort)(at < 0 ? ~at : at + 1);
    }

    /// <summary>One character in a third of the cases, else two; frequent ones oftener, by taking the lower of two draws.</summary>
    internal void DrawGiven(ref SplitMix random, ref DemoPerson person)
    {
        var lists = source.Given.AsSpan(person.Male ? 3 : 0, 3);
        if (random.Chance(330))
        {
            person.Given1 = Frequent(ref random, lists[0]);
            return;
        }
        person.Given1 = Frequent(ref random, lists[1]);
        person.Given2 = Frequent(ref random, lists[2]);
    }

    private static char Frequent(ref SplitMix random, char[] list) => list[Math.Min(random.Below(list.Length), random.Below(list.Length))];

    public string Name(in DemoPerson person)
    {
        Span<char> text = stackalloc char[6];
        return new string(text[..WriteName(text, person)]);
    }

    /// <summary>Writes the name and returns its length.</summary>
    internal int WriteName(Span<char> target, in DemoPerson person)
    {
        var surname = source.Surnames[person.Surname];
        surname.CopyTo(target);
        target[surname.Length] = person.Given1;
        if (person.Given2 == 0)
            return surname.Length + 1;
        target[surname.Length + 1] = person.Given2;
        return surname.Length + 2;
    }

    /// <summary>The area prefix no place ever had: 2903 and the ordinal of the township.</summary>
    public static int Prefix(int townshipOrdinal) => 290_301 + townshipOrdinal;

    /// <summary>Writes the 18 characters of a citizen number with its check character (GB 11643).</summary>
    public static void WriteId(Span<char> target, int prefix, in DemoPerson person)
    {
        Digits(target[..6], prefix);
        Digits(target[6..14], person.Birth);
        Digits(target[14..17], person.IdSequence);
        var sum = 0;
        for (var i = 0; i < 17; i++)
            sum += (target[i] - '0') * Weights[i];
        target[17] = "10X98765432"[sum % 11];
    }

    public static string Id(int prefix, in DemoPerson person)
    {
        Span<char> text = stackalloc char[18];
        WriteId(text, prefix, person);
        return new string(text);
    }

    /// <summary>The document number as the registry keeps it: the ID, or for a disabled person the 20 digits of the certificate.</summary>
    public static string Document(int prefix, in DemoPerson person) =>
        person.DisabilityClass == 0 ? Id(prefix, person) : $"{Id(prefix, person)}{person.DisabilityClass}{person.DisabilityGrade}";

    public static string Phone(uint number) => number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"120{number:D8}");

    private static void Digits(Span<char> target, int value)
    {
        for (var i = target.Length - 1; i >= 0; i--, value /= 10)
            target[i] = (char)('0' + value % 10);
    }

    /// <summary>The household number with its demo mark: DEMO (DEMOX where the nation has none), village code, number in the village.</summary>
    public static string HouseholdNumber(DemoArea village, in DemoHousehold household) =>
        string.Create(CultureInfo.InvariantCulture, $"{(household.Registered ? "DEMO" : "DEMOX")}{village.Code}{household.Number:D4}");

    public static string PersonNumber(DemoArea village, in DemoHousehold household, int member) =>
        string.Create(CultureInfo.InvariantCulture, $"{HouseholdNumber(village, household)}{member:D2}");
}
