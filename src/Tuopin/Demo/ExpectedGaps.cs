namespace Tuopin.Demo;

/// <summary>
/// Translates planted gaps into what the household standards must find on them. Written by hand from the text of the indicators, not by the rules
/// library, so that a comparison with the verdicts can fail.
/// </summary>
internal static class ExpectedGaps
{
    private const string Nation = "national.household-exit";
    private const string Yunnan = "yunnan.household-exit";
    private const Planted Dropout = Planted.DropoutByPoverty | Planted.DropoutOtherwise | Planted.DropoutReasonMissing;
    private const Planted Assurances = Planted.Food | Planted.Clothing;
    private const Planted Medical = Planted.SeriousIllnessCover | Planted.BasicInsurance;
    private const Planted House = Planted.CertificateConflict | Planted.DangerousHouse;

    /// <summary>A household is unmet with any of the first, else unknown with any of the second.</summary>
    private static readonly (string Standard, string Indicator, Planted Unmet, Planted Unknown)[] Indicators =
    [
        (Nation, "income", Planted.Income, Planted.IncomeMissing),
        (Nation, "food", Planted.Food, Planted.None),
        (Nation, "clothing", Planted.Clothing, Planted.None),
        (Nation, "education", Planted.DropoutByPoverty, Planted.DropoutReasonMissing),
        (Nation, "medical", Medical, Planted.None),
        (Nation, "housing", House, Planted.AppraisalMissing),
        (Nation, "water", Planted.Water, Planted.None),
        (Yunnan, "income", Planted.Income | Assurances, Planted.IncomeMissing),
        (Yunnan, "housing", House, Planted.AppraisalMissing),
        (Yunnan, "education", Dropout, Planted.None),
        (Yunnan, "medical", Medical, Planted.None),
        (Yunnan, "pension", Planted.OldAgeInsurance, Planted.None),
    ];

    public static IEnumerable<ExpectedGap> Of(DemoCounty county)
    {
        foreach (var (standard, indicator, unmet, unknown) in Indicators)
        {
            yield return Count(county, standard, indicator, false, h => h.Has(unmet));
            yield return Count(county, standard, indicator, true, h => !h.Has(unmet) && h.Has(unknown));
        }
        // the village stated of its registered households that no help was received; of the others it stated nothing
        yield return Count(county, Yunnan, "help", false, h => h.Registered && h.Has(Planted.NoMeasure));
        yield return Count(county, Yunnan, "help", true, h => !h.Registered && h.Has(Planted.NoMeasure));
    }

    private static ExpectedGap Count(DemoCounty county, string standard, string indicator, bool unknown, Predicate<DemoHousehold> which)
    {
        var (remaining, exited, unregistered) = DemoManifest.ByStanding(county, which);
        return new ExpectedGap(standard, indicator, unknown, remaining, exited, unregistered);
    }

    private static readonly (string Indicator, Func<DemoVillage, bool> Unmet)[] VillageIndicators =
    [
        ("incidence", v => v.RemainingPersons * 100L >= v.RuralBase * 3L),
        ("road", v => !v.Facts.RoadHardened || !v.Facts.GuardRails),
        ("power", v => !v.Facts.TenKilovolt || !v.Facts.ThreePhase || v.Facts.GroupsWith380V * 10 < v.Facts.Groups * 9),
        ("broadcasting", v => v.Facts.GroupsWithTelevision * 100 < v.Facts.Groups * 99),
        ("broadband", v => !v.Facts.BroadbandOffice || !v.Facts.BroadbandSchool || !v.Facts.BroadbandClinic),
        ("water", v => !v.Facts.WaterSafe),
        ("clinic", v => v.Facts.ClinicArea < 90 || v.Facts.Doctors < 1),
        ("public_place", v => !v.Facts.ActivityPlace),
        ("enrolment", v => !v.Facts.EnrolmentMet),
        ("collective_income", v => v.Facts.CollectiveIncome < 20_000),
    ];

    /// <summary>The ten village indicators of Yunnan: how many villages of the cut, poor or not, must be unmet.</summary>
    public static IEnumerable<ExpectedVillageGap> OfVillages(DemoCounty county) =>
        VillageIndicators.Select(i => new ExpectedVillageGap("yunnan.village-exit", i.Indicator, county.Villages.Count(i.Unmet)));
}
