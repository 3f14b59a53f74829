namespace Tuopin.Demo;

/// <summary>
/// Draws the dwelling lived in. Registered houses are safe in one of the three ways, as published; what is open there is an appraisal that is missing or
/// certificates that conflict. C and D houses without rebuilding lie with unregistered households only.
/// </summary>
internal static class Housing
{
    public static void Draw(ref SplitMix random, ref DemoHousehold household)
    {
        ref var dwelling = ref household.Dwelling;
        dwelling.BuiltYear = (ushort)random.Between(1976, 2014);
        dwelling.Structure = (byte)(1 + random.Pick([18, 46, 30, 6]));
        dwelling.Area = (ushort)(40 + household.Size * random.Between(9, 22));
        if (household.Move != Move.None && !household.Has(Planted.DangerousHouse))
            Relocated(ref random, ref household);
        else if (household.Has(Planted.AppraisalMissing))
            dwelling.Grade = Grade.Missing;
        else if (household.Has(Planted.CertificateConflict))
            Conflict(ref random, ref dwelling);
        else if (household.Has(Planted.DangerousHouse))
            Dangerous(ref random, ref dwelling);
        else
            Safe(ref random, ref household);
    }

    private static void Relocated(ref SplitMix random, ref DemoHousehold household)
    {
        ref var dwelling = ref household.Dwelling;
        dwelling.SafeBy = SafeBy.Relocation;
        dwelling.RelocatedDay = Day(ref random, 2017, 2019);
        dwelling.BuiltYear = (ushort)(dwelling.RelocatedDay / 10000);
        dwelling.Structure = 1;
        dwelling.Area = (ushort)(household.Size * random.Between(20, 25));
        dwelling.Grade = dwelling.VillageGrade = random.Chance(800) ? Grade.A : Grade.Missing;
        dwelling.AppraisedDay = dwelling.Grade == Grade.A ? Day(ref random, 2019, 2019) : 0;
    }

    /// <summary>The village keeps the older certificate A or B; the department appraised again and found C or D.</summary>
    private static void Conflict(ref SplitMix random, ref DemoDwelling dwelling)
    {
        dwelling.VillageGrade = random.Chance(500) ? Grade.A : Grade.B;
        Dangerous(ref random, ref dwelling, dwelling.VillageGrade);
    }

    private static void Dangerous(ref SplitMix random, ref DemoDwelling dwelling, Grade village = Grade.Missing)
    {
        dwelling.Grade = random.Chance(620) ? Grade.C : Grade.D;
        dwelling.VillageGrade = village == Grade.Missing ? dwelling.Grade : village;
        dwelling.AppraisedDay = 2020_03_01 + random.Below(28);
    }

    private static void Safe(ref SplitMix random, ref DemoHousehold household)
    {
        ref var dwelling = ref household.Dwelling;
        var kind = random.Below(1000);
        dwelling.AppraisedDay = Day(ref random, 2018, 2019);
        dwelling.Grade = dwelling.VillageGrade = random.Chance(560) ? Grade.A : Grade.B;
        dwelling.SafeBy = SafeBy.Appraisal;
        if (kind < (household.Registered ? 520 : 240))
            Rebuilt(ref random, ref dwelling);
        else if (kind >= 988)
        {
            dwelling.SafeBy = SafeBy.OtherHousing;
            dwelling.Grade = dwelling.VillageGrade = Grade.Missing;
            dwelling.AppraisedDay = 0;
        }
    }

    private static void Rebuilt(ref SplitMix random, ref DemoDwelling dwelling)
    {
        dwelling.SafeBy = SafeBy.Rebuilding;
        dwelling.RebuiltDay = Day(ref random, 2016, 2019);
        var anew = random.Chance(430);
        dwelling.RebuildKind = (byte)(anew ? 1 : 2);
        dwelling.RebuildGrant = anew ? random.Between(180, 300) * 100 : random.Between(60, 140) * 100;
        if (anew)
            dwelling.BuiltYear = (ushort)(dwelling.RebuiltDay / 10000);
        if (!random.Chance(200))
            return;
        // appraised before the work only: safe because it was rebuilt
        dwelling.Grade = dwelling.VillageGrade = anew ? Grade.D : Grade.C;
        dwelling.AppraisedDay = 2016_01_05 + random.Below(20);
        dwelling.RebuiltDay = Math.Max(dwelling.RebuiltDay, 2016_06_01);
    }

    /// <summary>A working day from January of the first year to 20 December of the last.</summary>
    public static int Day(ref SplitMix random, int firstYear, int lastYear)
    {
        var month = random.Between(1, 12);
        return random.Between(firstYear, lastYear) * 10000 + month * 100 + random.Between(1, 20);
    }
}
