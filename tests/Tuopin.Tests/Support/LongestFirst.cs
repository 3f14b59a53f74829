using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(Tuopin.Tests.Support.LongestFirst))]

namespace Tuopin.Tests.Support;

/// <summary>The classes that take minutes begin first: begun last, one of them runs alone at the end while the other processors wait.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(Console.WalkingTheScope),
        nameof(Storage.SurvivingKills),
        nameof(Commands.ExplainingHouseholds),
        nameof(Commands.JudgingACounty),
        nameof(Demo.FindingPlantedFaults),
        nameof(Console.HostileInput),
        nameof(Commands.HoldingRowsBack),
    ];

    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [
            .. testCollections.OrderBy(c =>
                Array.FindIndex(Longest, name => c.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal)) is >= 0 and var place
                    ? place
                    : Longest.Length
            ),
        ];
}
