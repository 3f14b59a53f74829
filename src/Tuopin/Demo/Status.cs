namespace Tuopin.Demo;

/// <summary>Identification, exits by year, returns that reconcile, category and causes.</summary>
internal static class Status
{
    public static void DrawYears(ref SplitMix random, ref DemoHousehold household, ReadOnlySpan<ushort> exitWeights)
    {
        if (!household.Registered)
        {
            household.IdentifiedYear = (ushort)random.Between(2018, 2019);
            return;
        }
        if (household.Standing == Standing.Exited)
            household.ExitYear = (ushort)(2014 + random.Pick(exitWeights));
        var latest = household.ExitYear == 0 ? 2019 : household.ExitYear - 1;
        household.IdentifiedYear = (ushort)(latest < 2015 || random.Chance(830) ? 2014 : random.Between(2015, latest));
        household.PolicyEnded = household.ExitYear is 2014 or 2015 && random.Chance(700);
        DrawEarlierExit(ref random, ref household);
    }

    /// <summary>
    /// A few exited before and did not stay out: the household returned to poverty (返贫), or the exit was found wrong and undone in the year itself (回退).
    /// Both stand among the remaining again, or exited once more later.
    /// </summary>
    private static void DrawEarlierExit(ref SplitMix random, ref DemoHousehold household)
    {
        if (household.IdentifiedYear != 2014 || !random.Chance(household.Standing == Standing.Remaining ? 7 : 3))
            return;
        var last = household.ExitYear == 0 ? 2018 : household.ExitYear - 2;
        if (last < 2015)
            return;
        household.EarlierExitYear = (ushort)random.Between(2015, last);
        household.ExitUndone = random.Chance(400);
        household.ReturnedYear = household.ExitUndone
            ? household.EarlierExitYear
            : (ushort)(
                household.EarlierExitYear + random.Between(1, (household.ExitYear == 0 ? 2019 : household.ExitYear - 1) - household.EarlierExitYear)
            );
    }

    public static void DrawCategoryAndCauses(ref SplitMix random, ref DemoHousehold household, Span<DemoPerson> members)
    {
        if (!household.Registered)
            return;
        var labour = Count(members, static (in DemoPerson m) => m.Labour is Labour.Ordinary or Labour.Skilled or Labour.Weak);
        var elder = members.Length <= 2 && Count(members, static (in DemoPerson m) => m.AgeOn(DemoTotals.WorkDay) < 60) == 0;
        household.Category = (byte)(
            elder && labour == 0 && members.Length == 1 && random.Chance(430) ? 2
            : random.Chance(
                labour == 0 ? 930
                : household.Standing == Standing.Remaining ? 300
                : 120
            )
                ? 1
            : 0
        );
        foreach (ref var member in members)
            member.Flags |= household.Category switch
            {
                1 => PersonFlags.Subsistence,
                2 => PersonFlags.Destitute,
                _ => PersonFlags.None,
            };
        DrawCauses(ref random, ref household, members, labour);
        household.RemainingReason = (byte)(household.Standing == Standing.Remaining ? RemainingReason(ref random, household, labour) : 0);
    }

    /// <summary>1 illness, 2 disability, 3 schooling, 8 labour, else 4 disaster, 5 land, 6 water, 7 skills, 9 funds, 10 transport, 11 motivation.</summary>
    private static void DrawCauses(ref SplitMix random, ref DemoHousehold household, ReadOnlySpan<DemoPerson> members, int labour)
    {
        var ill = Count(members, static (in DemoPerson m) => (m.Health & (Health.Serious | Health.Chronic)) != 0);
        var disabled = Count(members, static (in DemoPerson m) => (m.Health & Health.Disabled) != 0);
        var students = Count(members, static (in DemoPerson m) => m.School >= School.Senior1);
        household.Cause =
            ill > 0 && random.Chance(620) ? (byte)1
            : disabled > 0 && random.Chance(600) ? (byte)2
            : students > 0 && random.Chance(620) ? (byte)3
            : labour == 0 && random.Chance(800) ? (byte)8
            : General(ref random);
        if (random.Chance(580))
            household.OtherCause1 = Another(ref random, household.Cause, 0);
        if (household.OtherCause1 > 0 && random.Chance(350))
            household.OtherCause2 = Another(ref random, household.Cause, household.OtherCause1);
    }

    private static byte General(ref SplitMix random)
    {
        ReadOnlySpan<byte> causes = [7, 9, 10, 11, 5, 4, 6];
        return causes[random.Pick([34, 28, 16, 9, 6, 4, 3])];
    }

    private static byte Another(ref SplitMix random, byte first, byte second)
    {
        byte cause;
        do cause = General(ref random);
        while (cause == first || cause == second);
        return cause;
    }

    private static int RemainingReason(ref SplitMix random, in DemoHousehold household, int labour) =>
        household.Category == 2 ? 8
        : labour == 0 && household.Category == 1 ? 9
        : household.Has(Planted.Income)
            ? random.Chance(500) ? 7
                : 2
        : household.Planted != Planted.None ? 1
        : household.IdentifiedYear >= 2017 ? 3
        : 7;

    private delegate bool Test(in DemoPerson member);

    private static int Count(ReadOnlySpan<DemoPerson> members, Test test)
    {
        var count = 0;
        foreach (ref readonly var member in members)
            count += test(member) ? 1 : 0;
        return count;
    }
}
