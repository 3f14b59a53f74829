namespace Tuopin.Demo;

/// <summary>
/// Two income years of a household that add up exactly. The net income per head is drawn first and then split over its sources. It stays clear of
/// every line of the year: above 4,060 yuan, or from 1,700 to 3,150 where a gap is planted.
/// </summary>
internal static class Livelihood
{
    private const long Yuan = 100;

    /// <summary>103 yuan a month, the basic old-age pension.</summary>
    private const long PensionYear = 1_236 * Yuan;

    public static void Draw(ref SplitMix random, ref DemoHousehold household, ReadOnlySpan<DemoPerson> members, bool dividends)
    {
        var perHead = PerHead(ref random, household) * Yuan;
        household.Income2019 = Split(ref random, household, members, perHead * members.Length, dividends);
        var before = household.Has(Planted.Income)
            ? perHead * random.Between(86, 97) / 100
            : Math.Max(3_760 * Yuan, perHead * random.Between(82, 95) / 100);
        household.Income2018 = Split(ref random, household, members, before * members.Length, dividends);
        if (household.Has(Planted.IncomeMissing))
            household.Income2019 = default;
    }

    /// <summary>Draws both years again, from a net income per head that is given in yuan.</summary>
    public static void Redraw(ref SplitMix random, ref DemoHousehold household, ReadOnlySpan<DemoPerson> members, int perHead, bool dividends)
    {
        var net = perHead * Yuan * members.Length;
        household.Income2019 = Split(ref random, household, members, net, dividends);
        household.Income2018 = Split(ref random, household, members, net * random.Between(84, 96) / 100, dividends);
    }

    private static int PerHead(ref SplitMix random, in DemoHousehold household)
    {
        if (household.Has(Planted.Income))
            return random.Between(1_700, 3_150);
        var spread = household.Standing == Standing.Remaining ? 1_700 : 3_400;
        return 4_060 + random.Below(spread) + random.Below(spread) + random.Below(spread) + (random.Chance(120) ? random.Below(9_000) : 0);
    }

    private static DemoIncome Split(ref SplitMix random, in DemoHousehold household, ReadOnlySpan<DemoPerson> members, long net, bool dividends)
    {
        var income = new DemoIncome { Known = true };
        var pensioners = 0;
        var months = 0;
        foreach (ref readonly var member in members)
        {
            pensioners += member.AgeOn(2019_01_01) >= 60 && member.Has(PersonFlags.ResidentPension) ? 1 : 0;
            months += member.WorkMonths + member.PublicPostMonths;
        }
        // whole yuan and cents come from the split below, so that sums are not all round
        net += random.Below(members.Length * 90);
        income.Pension = pensioners * PensionYear;
        var left = net - income.Pension;
        Transfers(ref random, ref income, household, members.Length, ref left);
        if (dividends)
            left -= income.Dividend = Math.Min(left / 4, random.Between(300, 1_500) * Yuan);
        if (random.Chance(90))
            left -= income.OtherProperty = Math.Min(left / 4, random.Between(150, 2_000) * Yuan);
        var wage = months == 0 ? 0 : left * random.Between(45, 86) / 100;
        income.Wage = wage < 100 * Yuan ? 0 : wage;
        left -= income.Wage;
        income.Expense = left * random.Between(18, 70) / 100;
        income.Business = left + income.Expense;
        return income;
    }

    private static void Transfers(ref SplitMix random, ref DemoIncome income, in DemoHousehold household, int members, ref long left)
    {
        if (household.Category == 1)
            left -= income.Subsistence = Math.Min(left / 2, members * random.Between(1_700, 2_900) * Yuan);
        if (household.Category == 2)
            left -= income.Destitute = Math.Min(left * 4 / 5, members * 7_680 * Yuan);
        if (household.ReturnedForest > 0)
            left -= income.Ecology = Math.Min(left / 4, household.ReturnedForest * 2_500L);
        if (random.Chance(25))
            left -= income.FamilyPlanning = Math.Min(left / 4, 960 * Yuan);
        if (random.Chance(320))
            left -= income.OtherTransfer = Math.Min(left / 4, random.Between(80, 900) * Yuan);
    }
}
