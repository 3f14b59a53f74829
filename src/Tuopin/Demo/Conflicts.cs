namespace Tuopin.Demo;

/// <summary>
/// A few houses in each township of which the village entered another grade than the housing department appraised. The department's word ranks higher, so no
/// verdict changes; the village's is kept beside it.
/// </summary>
internal static class Conflicts
{
    private const int InTownship = 5;

    /// <summary>Indexes of the households: those whose certificates conflict anyway, then houses the department graded A.</summary>
    public static IEnumerable<int> Of(DemoCounty county) =>
        Enumerable
            .Range(0, county.Population.Households.Count)
            .Where(i => county.Population.Households[i] is { Registered: true, Dwelling.Grade: not Grade.Missing })
            .GroupBy(i => county.VillageOf(county.Population.Households[i]).Area.TownshipCode)
            .SelectMany(g =>
                g.OrderByDescending(i => county.Population.Households[i].Has(Planted.CertificateConflict))
                    .ThenByDescending(i => county.Population.Households[i].Dwelling.Grade == Grade.A)
                    .ThenBy(i => i)
                    .Take(InTownship)
            )
            .Order();

    /// <summary>What the village says of it.</summary>
    public static Grade VillageGrade(in DemoHousehold household) =>
        household.Dwelling.VillageGrade != household.Dwelling.Grade ? household.Dwelling.VillageGrade
        : household.Dwelling.Grade == Grade.A ? Grade.B
        : Grade.A;
}
