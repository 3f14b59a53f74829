namespace Tuopin.Demo;

/// <summary>
/// Decides which gaps a household is given. Chances are out of 10,000. Registered households have basic insurance, water and rebuilding complete, as
/// the county stated: their medical gaps come from serious-illness cover, their housing gaps from appraisals that are missing or in conflict.
/// </summary>
internal static class GapPlan
{
    private static readonly (Planted Gap, int Remaining, int Exited, int Mover, int Other)[] Chances =
    [
        (Planted.Income, 2_550, 45, 190, 260),
        (Planted.IncomeMissing, 30, 3, 40, 120),
        (Planted.Food, 8, 0, 3, 9),
        (Planted.Clothing, 6, 0, 3, 6),
        (Planted.DropoutByPoverty, 55, 5, 20, 70),
        (Planted.DropoutOtherwise, 90, 16, 60, 110),
        (Planted.DropoutReasonMissing, 18, 3, 12, 30),
        (Planted.SeriousIllnessCover, 820, 60, 120, 240),
        (Planted.BasicInsurance, 0, 0, 380, 900),
        (Planted.AppraisalMissing, 300, 16, 0, 240),
        (Planted.CertificateConflict, 130, 9, 0, 40),
        (Planted.DangerousHouse, 0, 0, 600, 1_150),
        (Planted.Water, 0, 0, 90, 980),
        (Planted.OldAgeInsurance, 240, 40, 420, 700),
        (Planted.NoMeasure, 90, 0, 0, 0),
    ];

    private const Planted Housing = Planted.AppraisalMissing | Planted.CertificateConflict | Planted.DangerousHouse;
    private const Planted Dropout = Planted.DropoutByPoverty | Planted.DropoutOtherwise | Planted.DropoutReasonMissing;

    public static Planted Draw(ref SplitMix random, in DemoHousehold household)
    {
        var planted = Planted.None;
        foreach (var (gap, remaining, exited, mover, other) in Chances)
        {
            var chance = household.Standing switch
            {
                Standing.Remaining => remaining,
                Standing.Exited => exited,
                Standing.AccompanyingMover => mover,
                _ => other,
            };
            if (random.Below(10_000) < chance && Fits(household, planted, gap))
                planted |= gap;
        }
        return planted;
    }

    /// <summary>One housing gap at most, none for registered movers, one dropout, and no missing income beside a low one.</summary>
    private static bool Fits(in DemoHousehold household, Planted planted, Planted gap) =>
        gap switch
        {
            _ when (gap & Housing) != 0 => (planted & Housing) == 0 && (household.Move == Move.None || gap == Planted.DangerousHouse),
            _ when (gap & Dropout) != 0 => (planted & Dropout) == 0,
            Planted.IncomeMissing => (planted & Planted.Income) == 0,
            Planted.NoMeasure => household.Move == Move.None,
            _ => true,
        };

    /// <summary>Puts the personal gaps on members; a gap nobody can carry is taken off the household again.</summary>
    public static void Apply(ref SplitMix random, ref DemoHousehold household, Span<DemoPerson> members)
    {
        if ((household.Planted & Dropout) != 0 && !Leave(household, members))
            household.Planted &= ~Dropout;
        // residents only: Yunnan asks serious-illness cover of those who are not insured as employees
        Carry(ref random, ref household, members, Planted.SeriousIllnessCover, PersonFlags.ResidentMedical, PersonFlags.SeriousIllnessInsured);
        Carry(ref random, ref household, members, Planted.BasicInsurance, Medical, Medical);
        Carry(ref random, ref household, members, Planted.OldAgeInsurance, Pension, Pension);
    }

    private const PersonFlags Medical = PersonFlags.ResidentMedical | PersonFlags.EmployeeMedical;
    private const PersonFlags Pension = PersonFlags.ResidentPension | PersonFlags.EmployeePension;

    private static void Carry(
        ref SplitMix random,
        ref DemoHousehold household,
        Span<DemoPerson> members,
        Planted gap,
        PersonFlags having,
        PersonFlags flags
    )
    {
        if (household.Has(gap) && !Take(ref random, members, having, flags))
            household.Planted &= ~gap;
    }

    /// <summary>Clears the flags of one member who has them, or of two in a third of the larger households.</summary>
    private static bool Take(ref SplitMix random, Span<DemoPerson> members, PersonFlags having, PersonFlags flags)
    {
        var count = members.Length > 2 && random.Chance(330) ? 2 : 1;
        var start = random.Below(members.Length);
        var taken = 0;
        for (var i = 0; i < members.Length && taken < count; i++)
        {
            ref var member = ref members[(start + i) % members.Length];
            if (!member.Has(having))
                continue;
            member.Flags &= ~flags;
            taken++;
        }
        return taken > 0;
    }

    /// <summary>Takes one child of 8 to 15 out of school, with its reason.</summary>
    private static bool Leave(in DemoHousehold household, Span<DemoPerson> members)
    {
        foreach (ref var member in members)
        {
            if (member.AgeOn(DemoTotals.WorkDay) is < 8 or > 15 || member.Health != Health.Healthy)
                continue;
            member.Education = member.School is School.Primary or School.Grade7 ? Education.Primary : Education.Junior;
            member.School = School.NotInSchool;
            member.LeavingReason =
                household.Has(Planted.DropoutByPoverty) ? LeavingReason.Poverty
                : household.Has(Planted.DropoutReasonMissing) ? LeavingReason.Missing
                : LeavingReason.Unwilling;
            return true;
        }
        return false;
    }
}
