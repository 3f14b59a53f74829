namespace Tuopin.Demo;

/// <summary>The published numbers of Huize at 12 June 2020 that the demo county holds exactly. Only <see cref="Cells"/> and what is marked ours is invented.</summary>
public static class DemoTotals
{
    public const int WorkDay = 2020_06_12;

    /// <summary>No status or membership begins or ends after this day.</summary>
    public const int LastChangeDay = 2019_12_25;
    public const int RegisteredHouseholds = 90_225;
    public const int RegisteredPersons = 341_742;
    public const int ExitedHouseholds = 70_319;
    public const int ExitedPersons = 272_066;
    public const int RemainingHouseholds = 19_906;
    public const int RemainingPersons = 69_676;
    public const int UnregisteredHouseholds = 9_000;
    public const int AccompanyingHouseholds = 5_766;
    public const int AccompanyingPersons = 21_441;
    public const int OtherUnregisteredHouseholds = 3_234;

    /// <summary>Ours: 3.8 persons a household.</summary>
    public const int OtherUnregisteredPersons = 12_289;
    public const int RelocatedHouseholds = 27_293;
    public const int RelocatedPersons = 105_068;
    public const int RelocatedRegisteredHouseholds = 21_527;
    public const int RelocatedRegisteredPersons = 83_627;
    public const int RuralBase = 908_422;
    public const int VillageUnits = 389;
    public const int PoorVillages = 355;
    public const int DeepVillages = 189;
    public const int Helpers = 17_049;
    public const int Teams = 355;
    public const int TeamMembers = 1_118;
    public const int Units = 229;
    public const int ResettlementSites = 125;

    /// <summary>
    /// Households and persons by standing and move. The published margins hold (movers 21,527 / 83,627, of them to the county seat 14,835 / 62,768;
    /// accompanying movers to the seat 4,463 / 18,489); how many of the movers still remain is ours.
    /// </summary>
    public static readonly IReadOnlyList<DemoCell> Cells =
    [
        new(Standing.Remaining, Move.CountySeat, 2_310, 9_470),
        new(Standing.Remaining, Move.Elsewhere, 1_180, 3_422),
        new(Standing.Remaining, Move.None, 16_416, 56_784),
        new(Standing.Exited, Move.CountySeat, 12_525, 53_298),
        new(Standing.Exited, Move.Elsewhere, 5_512, 17_437),
        new(Standing.Exited, Move.None, 52_282, 201_331),
        new(Standing.AccompanyingMover, Move.CountySeat, 4_463, 18_489),
        new(Standing.AccompanyingMover, Move.Elsewhere, 1_303, 2_952),
        new(Standing.OtherUnregistered, Move.None, 3_234, 12_289),
    ];
}

/// <summary>So many households and persons of the county share this standing and move.</summary>
public readonly record struct DemoCell(Standing Standing, Move Move, int Households, int Persons);
