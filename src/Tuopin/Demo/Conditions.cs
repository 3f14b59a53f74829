namespace Tuopin.Demo;

/// <summary>Water, road, land, production of a household, and the measures it received.</summary>
internal static class Conditions
{
    public static void Draw(ref SplitMix random, ref DemoHousehold household)
    {
        household.RoadKind = (byte)(1 + random.Pick([10, 18, 70, 2]));
        household.RoadMetres = (ushort)(random.Below(60) * 10);
        household.Fuel = (byte)(1 + random.Pick([22, 1, 30, 46, 1]));
        household.Toilet = random.Chance(household.Move == Move.None ? 640 : 1000);
        household.Arable = (ushort)(household.Size * random.Between(20, 210));
        household.Forest = (ushort)(random.Chance(600) ? random.Between(50, 900) : 0);
        household.ReturnedForest = (ushort)(random.Chance(240) ? random.Between(20, 260) : 0);
        household.Orchard = (ushort)(random.Chance(130) ? random.Between(20, 300) : 0);
        household.Cooperative = random.Chance(household.Registered ? 620 : 150);
        household.LedByCompany = random.Chance(household.Registered ? 420 : 90);
        household.LedByEntrepreneur = random.Chance(household.Registered ? 260 : 60);
        if (household.Has(Planted.Water))
        {
            household.WaterSupply = (byte)(random.Chance(600) ? 2 : 3);
            household.WaterLitres = (ushort)random.Between(9, 17);
            household.WaterShortDays = (byte)random.Between(50, 160);
            household.FetchMinutes = (byte)random.Between(26, 55);
            return;
        }
        household.WaterSupply = (byte)(household.Move != Move.None || random.Chance(840) ? 0 : 1);
        household.WaterLitres = (ushort)random.Between(38, 92);
        household.WaterShortDays = (byte)random.Below(21);
        household.FetchMinutes = (byte)(household.WaterSupply == 0 ? 0 : random.Between(3, 15));
    }

    /// <summary>
    /// Draws the measures. Every registered household has at least one of those the province counts as help, unless
    /// <see cref="Planted.NoMeasure"/> keeps them away; unregistered ones without one carry that mark too.
    /// </summary>
    public static void DrawMeasures(
        ref SplitMix random,
        int index,
        ref DemoHousehold household,
        ReadOnlySpan<DemoPerson> members,
        List<DemoMeasure> measures
    )
    {
        var first = measures.Count;
        Fixed(index, household, measures);
        if (measures.Count > first)
            household.Planted &= ~Planted.NoMeasure;
        if (household.Category > 0)
            Add(measures, index, MeasureKind.SocialSecurity, 2019_01_10, 0);
        if (household.Registered && !household.Has(Planted.NoMeasure))
        {
            Personal(ref random, index, members, measures);
            Chosen(ref random, index, household, measures, first);
        }
        if (!household.Registered && measures.Count == first)
            household.Planted |= Planted.NoMeasure;
    }

    /// <summary>Kinds the Yunnan standard counts as help received.</summary>
    public static bool CountsAsHelp(MeasureKind kind) => kind is not (MeasureKind.Health or MeasureKind.PublicPost or MeasureKind.SocialSecurity);

    private static void Fixed(int index, in DemoHousehold household, List<DemoMeasure> measures)
    {
        if (household.Dwelling.RelocatedDay > 0)
            Add(measures, index, MeasureKind.Relocation, household.Dwelling.RelocatedDay, household.Size * 60_000_00L);
        if (household.Dwelling.RebuiltDay > 0)
            Add(measures, index, MeasureKind.Housing, household.Dwelling.RebuiltDay, household.Dwelling.RebuildGrant * 100L);
    }

    private static void Personal(ref SplitMix random, int index, ReadOnlySpan<DemoPerson> members, List<DemoMeasure> measures)
    {
        var (student, worker, post, ill) = (false, false, false, false);
        foreach (ref readonly var member in members)
        {
            student |= member.School is >= School.Vocational1 and <= School.College3;
            worker |= member.WorkMonths > 0;
            post |= member.PublicPost > 0;
            ill |= member.Has(PersonFlags.SeriousIllnessAid);
        }
        if (student)
            Add(measures, index, MeasureKind.Education, 2019_09_20, 3_000_00L);
        if (post)
            Add(measures, index, MeasureKind.PublicPost, Housing.Day(ref random, 2018, 2019), 6_000_00L);
        if (ill)
            Add(measures, index, MeasureKind.Health, Housing.Day(ref random, 2018, 2019), random.Between(8, 120) * 100_00L);
        if (worker && random.Chance(430))
            Add(measures, index, MeasureKind.Employment, Housing.Day(ref random, 2018, 2019), 0);
    }

    private static void Chosen(ref SplitMix random, int index, in DemoHousehold household, List<DemoMeasure> measures, int first)
    {
        if (household.Cooperative && random.Chance(720))
            Add(measures, index, MeasureKind.Industry, Housing.Day(ref random, 2017, 2019), random.Between(15, 60) * 100_00L);
        if (household.LedByCompany && random.Chance(420))
            Add(measures, index, MeasureKind.AssetIncome, Housing.Day(ref random, 2018, 2019), random.Between(3, 15) * 100_00L);
        if (household.ReturnedForest > 0 && random.Chance(500))
            Add(measures, index, MeasureKind.Ecology, Housing.Day(ref random, 2017, 2019), household.ReturnedForest * 2_500L);
        if (random.Chance(150))
            Add(measures, index, MeasureKind.Finance, Housing.Day(ref random, 2017, 2019), random.Between(10, 50) * 1000_00L);
        if (random.Chance(60))
            Add(measures, index, MeasureKind.Training, Housing.Day(ref random, 2018, 2019), 0);
        if (measures.FindIndex(first, static m => CountsAsHelp(m.Kind)) < 0)
            Add(measures, index, MeasureKind.Industry, Housing.Day(ref random, 2018, 2019), random.Between(15, 60) * 100_00L);
    }

    private static void Add(List<DemoMeasure> measures, int household, MeasureKind kind, int day, long amount) =>
        measures.Add(new DemoMeasure(household, kind, (ushort)(day / 10000), day, amount));
}
