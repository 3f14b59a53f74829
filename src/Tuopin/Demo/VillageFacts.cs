namespace Tuopin.Demo;

/// <summary>What the village form says beside population: the facts behind the ten village indicators of Yunnan.</summary>
public sealed class VillageFacts
{
    public int Groups { get; set; }
    public int GroupsWith380V { get; set; }
    public int GroupsWithTelevision { get; set; }
    public bool RoadHardened { get; set; } = true;
    public bool GuardRails { get; set; } = true;
    public bool TenKilovolt { get; set; } = true;
    public bool ThreePhase { get; set; } = true;
    public bool BroadbandOffice { get; set; } = true;
    public bool BroadbandSchool { get; set; } = true;
    public bool BroadbandClinic { get; set; } = true;
    public bool WaterSafe { get; set; } = true;
    public int ClinicArea { get; set; }
    public int Doctors { get; set; }
    public bool ActivityPlace { get; set; } = true;
    public bool EnrolmentMet { get; set; } = true;

    /// <summary>Income of the village collective in 2019, yuan.</summary>
    public int CollectiveIncome { get; set; }

    /// <summary>
    /// As published, every village has hardened road, 10 kV power and broadband at its office; the gaps left lie in guard rails, natural villages
    /// without 380 V or television, clinics, schools without broadband, activity places, enrolment and collective income of villages that have not exited.
    /// </summary>
    internal static VillageFacts Draw(ref SplitMix random, DemoVillage village)
    {
        var standing = village.Poor && village.ExitYear == 0;
        var groups = random.Between(6, 24);
        var facts = new VillageFacts
        {
            Groups = groups,
            GroupsWith380V = groups,
            GroupsWithTelevision = groups,
        };
        facts.Doctors = Math.Max(1, (village.RuralBase + 500) / 1000);
        facts.ClinicArea = random.Between(90, 180);
        facts.CollectiveIncome = random.Between(21_000, 96_000);
        if (standing && random.Chance(90))
            facts.GroupsWith380V -= groups / 8 + 1;
        if (standing && random.Chance(80))
            facts.GroupsWithTelevision -= 1;
        facts.GuardRails = !(standing && random.Chance(110));
        facts.BroadbandSchool = !(standing && random.Chance(45));
        facts.BroadbandClinic = !(standing && random.Chance(60));
        facts.WaterSafe = !(standing && random.Chance(70));
        facts.ActivityPlace = !(standing && random.Chance(55));
        facts.EnrolmentMet = !(standing && random.Chance(65));
        if (standing && random.Chance(50))
            facts.ClinicArea = random.Between(45, 70);
        if (standing && random.Chance(30))
            facts.Doctors = 0;
        if (
            random.Chance(
                standing ? 190
                : village.Poor ? 12
                : 20
            )
        )
            facts.CollectiveIncome = random.Between(3_000, 19_500);
        return facts;
    }
}
