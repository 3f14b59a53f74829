using System.Globalization;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tuopin.Demo;

/// <summary>What only the demo may use: ID numbers of prefixes nobody was given, and mobile numbers no operator has.</summary>
public sealed record DemoPack
{
    public required string Demo { get; init; }
    public required Dictionary<string, string> Label { get; init; }
    public required Dictionary<string, string> Notice { get; init; }
    public required string County { get; init; }
    public required DateTime WorkDate { get; init; }

    /// <summary>Every household number of the demo starts with it.</summary>
    public required string HouseholdMark { get; init; }
    public required List<string> IdPrefixes { get; init; }
    public required List<string> MobilePrefixes { get; init; }

    public DateOnly WorkDay => DateOnly.FromDateTime(WorkDate);

    public static DemoPack Load(string packs)
    {
        var yaml = new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithDuplicateKeyChecking()
            .WithEnforceRequiredMembers()
            .WithEnforceNullability()
            .Build();
        using var reader = File.OpenText(Path.Combine(packs, "demo", "demo.yaml"));
        return yaml.Deserialize<DemoPack>(reader);
    }

    /// <summary>The prefixes as six-digit area codes, for the importer.</summary>
    public IReadOnlySet<int> AdmittedPrefixes =>
        IdPrefixes
            .SelectMany(p =>
                Enumerable.Range(0, Power(6 - p.Length)).Select(i => int.Parse(p, CultureInfo.InvariantCulture) * Power(6 - p.Length) + i)
            )
            .ToHashSet();

    private static int Power(int digits) => digits <= 0 ? 1 : 10 * Power(digits - 1);

    /// <summary>True for an ID number of the demo, whose first six digits are the area of no place.</summary>
    public bool AdmitsId(ReadOnlySpan<char> number) => StartsWithOne(number, IdPrefixes);

    public bool AdmitsMobile(ReadOnlySpan<char> number) => number.Length == 11 && StartsWithOne(number, MobilePrefixes);

    private static bool StartsWithOne(ReadOnlySpan<char> number, List<string> prefixes)
    {
        foreach (var prefix in prefixes)
            if (number.StartsWith(prefix))
                return true;
        return false;
    }
}
