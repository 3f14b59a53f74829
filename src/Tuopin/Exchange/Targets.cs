using System.Collections.Frozen;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>How the cells of a target are read.</summary>
public enum Reading : byte
{
    /// <summary>By the type of the dictionary fact.</summary>
    Fact,

    /// <summary>Text that is a name: spaces inside Chinese names are dropped.</summary>
    Name,

    /// <summary>A number kept as text: digits and letters only, never by way of a floating number.</summary>
    NumberText,

    /// <summary>A document number (GB 11643 and others); personal.</summary>
    Identity,

    /// <summary>A telephone or account number; personal.</summary>
    PrivateNumber,

    /// <summary>A four-digit year.</summary>
    Year,

    /// <summary>A day.</summary>
    Day,

    /// <summary>The name of a place, resolved together with the other names of its row.</summary>
    AreaName,

    /// <summary>A 12-digit (or shorter) area code.</summary>
    AreaCode,
}

/// <summary>
/// Where a column of a sheet goes: a structural place (who, where, when) of the closed list in docs/import.md, or a fact of the dictionary. A
/// structural place may be a fact as well (person.name): then both are set and <see cref="Reading"/> says how it is read.
/// </summary>
public sealed record ColumnTarget(string Name, Reading Reading, Fact? Fact)
{
    /// <summary>Place names: 1 province .. 6 group; 0 otherwise.</summary>
    public int AreaLevel { get; init; }

    /// <summary>True for the living place, false for the registered one.</summary>
    public bool Living { get; init; }

    public bool IsPersonal => Reading is Reading.Identity or Reading.PrivateNumber;

    /// <summary>Several columns may feed it: a set of codes spread over columns.</summary>
    public bool Gathers => Reading == Reading.Fact && Fact!.Type.Kind == Kind.Codes;
}

/// <summary>The closed list of structural targets.</summary>
public static class Targets
{
    public const string HouseholdNo = "household.national_no";
    public const string HouseholdProvisionalNo = "household.provisional_no";
    public const string HouseholdPhone = "household.phone";
    public const string HouseholdBankCard = "household.bank_card";
    public const string HeadName = "head.name";
    public const string HeadId = "head.id_number";
    public const string PersonNo = "person.national_no";
    public const string PersonProvisionalNo = "person.provisional_no";
    public const string PersonName = "person.name";
    public const string PersonId = "person.id_number";
    public const string PersonPhone = "person.phone";
    public const string UnitName = "unit.name";
    public const string HelperName = "helper.name";
    public const string HelperId = "helper.id_number";
    public const string HelperPhone = "helper.phone";
    public const string DwellingNo = "dwelling.number";
    public const string Year = "year";
    public const string From = "from";
    public const string To = "to";
    public const string AreaCode = "area.code";

    private static readonly string[] Levels = ["province", "city", "county", "township", "village", "group"];

    /// <summary>All structural targets with the way each is read.</summary>
    public static FrozenDictionary<string, ColumnTarget> Structural { get; } = Build().ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>The target of a name, structural first; null when there is none.</summary>
    public static ColumnTarget? Find(string name, FactDictionary dictionary)
    {
        var fact = FindFact(name, dictionary);
        if (Structural.TryGetValue(name, out var target))
            return target with { Fact = fact };
        return fact is null || fact.Kept == Kept.Derived ? null : new ColumnTarget(name, Reading.Fact, fact);
    }

    private static Fact? FindFact(string name, FactDictionary dictionary) =>
        name.Split('.') is [var subject, var fact] && dictionary.Subjects.TryGetValue(subject, out var type)
            ? type.Facts.GetValueOrDefault(fact)
            : null;

    private static IEnumerable<ColumnTarget> Build()
    {
        (string Name, Reading Reading)[] plain =
        [
            (HouseholdNo, Reading.NumberText),
            (HouseholdProvisionalNo, Reading.NumberText),
            (HouseholdPhone, Reading.PrivateNumber),
            (HouseholdBankCard, Reading.PrivateNumber),
            (HeadName, Reading.Name),
            (HeadId, Reading.Identity),
            (PersonNo, Reading.NumberText),
            (PersonProvisionalNo, Reading.NumberText),
            (PersonName, Reading.Name),
            (PersonId, Reading.Identity),
            (PersonPhone, Reading.PrivateNumber),
            (UnitName, Reading.Name),
            (HelperName, Reading.Name),
            (HelperId, Reading.Identity),
            (HelperPhone, Reading.PrivateNumber),
            (DwellingNo, Reading.NumberText),
            (Year, Reading.Year),
            (From, Reading.Day),
            (To, Reading.Day),
            (AreaCode, Reading.AreaCode),
        ];
        foreach (var (name, reading) in plain)
            yield return new ColumnTarget(name, reading, null);
        for (var i = 0; i < Levels.Length; i++)
        {
            yield return new ColumnTarget($"area.{Levels[i]}", Reading.AreaName, null) { AreaLevel = i + 1 };
            yield return new ColumnTarget($"living.{Levels[i]}", Reading.AreaName, null) { AreaLevel = i + 1, Living = true };
        }
    }
}
