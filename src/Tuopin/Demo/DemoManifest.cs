namespace Tuopin.Demo;

/// <summary>Households and persons.</summary>
public readonly record struct DemoCount(int Households, int Persons)
{
    public DemoCount With(in DemoHousehold household) => new(Households + 1, Persons + household.Size);
}

/// <summary>A gap planted on purpose: how many households carry it, with all their members, by whether they are registered.</summary>
public sealed record PlantedCount(Planted Gap, DemoCount Remaining, DemoCount Exited, DemoCount Unregistered);

/// <summary>What judging must find for one indicator: households unmet, or unknown, with all their members.</summary>
public sealed record ExpectedGap(string Standard, string Indicator, bool Unknown, DemoCount Remaining, DemoCount Exited, DemoCount Unregistered);

/// <summary>So many villages must be unmet in an indicator.</summary>
public sealed record ExpectedVillageGap(string Standard, string Indicator, int Villages);

/// <summary>The year's movements of the registry; what remains at its end is what remained before, plus identified and returned, less exited.</summary>
public readonly record struct DemoYear(int Year, int Identified, int Exited, int Returned, int RemainingAtEnd);

/// <summary>What a generated population holds, counted from it: the totals a judged county must show and the gaps it must find.</summary>
public sealed record DemoManifest
{
    public DemoCount Registered { get; private init; }
    public DemoCount Exited { get; private init; }
    public DemoCount Remaining { get; private init; }
    public DemoCount Unregistered { get; private init; }
    public DemoCount Accompanying { get; private init; }
    public DemoCount Relocated { get; private init; }
    public DemoCount RelocatedRegistered { get; private init; }
    public int RuralBase { get; private init; }
    public int Villages { get; private init; }
    public int PoorVillages { get; private init; }
    public int DeepVillages { get; private init; }
    public int Helpers { get; private init; }
    public int Teams { get; private init; }
    public int TeamMembers { get; private init; }
    public int Units { get; private init; }
    public int MigrantWorkers { get; private init; }
    public int Measures { get; private init; }
    public int FormerMembers { get; private init; }

    /// <summary>Houses of which village and housing department state different grades.</summary>
    public int Conflicts { get; private init; }

    /// <summary>Episodes of monitoring that came with the files.</summary>
    public int Monitored { get; private init; }
    public required IReadOnlyList<PlantedCount> Planted { get; init; }

    /// <summary>By indicator of the household standards of the nation and of Yunnan.</summary>
    public required IReadOnlyList<ExpectedGap> Expected { get; init; }
    public required IReadOnlyList<ExpectedVillageGap> ExpectedVillages { get; init; }
    public required IReadOnlyList<DemoYear> Years { get; init; }

    internal static DemoManifest Of(DemoCounty county)
    {
        var counts = new DemoCount[4, 2];
        foreach (ref readonly var household in county.Households)
        {
            ref var count = ref counts[(int)household.Standing, household.Move == Move.None ? 0 : 1];
            count = count.With(household);
        }
        var workers = 0;
        foreach (ref readonly var person in county.Persons)
            workers += person.WorkMonths > 0 && county.Households[person.Household].Registered ? 1 : 0;
        var population = county.Population;
        return new DemoManifest
        {
            Remaining = Sum(counts[0, 0], counts[0, 1]),
            Exited = Sum(counts[1, 0], counts[1, 1]),
            Registered = Sum(counts[0, 0], counts[0, 1], counts[1, 0], counts[1, 1]),
            Unregistered = Sum(counts[2, 0], counts[2, 1], counts[3, 0], counts[3, 1]),
            Accompanying = Sum(counts[2, 0], counts[2, 1]),
            Relocated = Sum(counts[0, 1], counts[1, 1], counts[2, 1]),
            RelocatedRegistered = Sum(counts[0, 1], counts[1, 1]),
            RuralBase = county.Villages.Sum(v => v.RuralBase),
            Villages = county.Villages.Count,
            PoorVillages = county.Villages.Count(v => v.Poor),
            DeepVillages = county.Villages.Count(v => v.Deep),
            Helpers = population.Helpers.Count,
            Teams = population.TeamMembers.Select(m => m.Team).Distinct().Count(),
            TeamMembers = population.TeamMembers.Count,
            Units = population.Helpers.Select(h => h.Unit).Concat(population.TeamMembers.Select(m => m.Unit)).Distinct().Count(),
            MigrantWorkers = workers,
            Measures = population.Measures.Count,
            FormerMembers = population.Former.Count,
            Conflicts = Demo.Conflicts.Of(county).Count(),
            Monitored = county.Watched.Count,
            Planted = [.. Enum.GetValues<Planted>().Where(g => g != Demo.Planted.None).Select(g => CountPlanted(county, g))],
            Expected = [.. ExpectedGaps.Of(county)],
            ExpectedVillages = [.. ExpectedGaps.OfVillages(county)],
            Years = CountYears(county),
        };
    }

    private static DemoCount Sum(params ReadOnlySpan<DemoCount> counts)
    {
        var sum = default(DemoCount);
        foreach (var count in counts)
            sum = new DemoCount(sum.Households + count.Households, sum.Persons + count.Persons);
        return sum;
    }

    private static PlantedCount CountPlanted(DemoCounty county, Planted gap)
    {
        var (remaining, exited, unregistered) = ByStanding(county, household => household.Has(gap));
        return new PlantedCount(gap, remaining, exited, unregistered);
    }

    internal static (DemoCount Remaining, DemoCount Exited, DemoCount Unregistered) ByStanding(DemoCounty county, Predicate<DemoHousehold> which)
    {
        var (remaining, exited, unregistered) = (default(DemoCount), default(DemoCount), default(DemoCount));
        foreach (ref readonly var household in county.Households)
            if (household.Planted != Demo.Planted.None && which(household))
                _ = household.Standing switch
                {
                    Standing.Remaining => remaining = remaining.With(household),
                    Standing.Exited => exited = exited.With(household),
                    _ => unregistered = unregistered.With(household),
                };
        return (remaining, exited, unregistered);
    }

    /// <summary>An undone exit (回退) corrects its own year, so it counts neither as exit nor as return.</summary>
    private static List<DemoYear> CountYears(DemoCounty county)
    {
        var (identified, exited, returned) = (new int[7], new int[7], new int[7]);
        foreach (ref readonly var household in county.Households)
        {
            if (!household.Registered)
                continue;
            identified[household.IdentifiedYear - 2014]++;
            if (household.ExitYear > 0)
                exited[household.ExitYear - 2014]++;
            if (household.EarlierExitYear == 0 || household.ExitUndone)
                continue;
            exited[household.EarlierExitYear - 2014]++;
            returned[household.ReturnedYear - 2014]++;
        }
        var years = new List<DemoYear>();
        var remaining = 0;
        for (var i = 0; i < 6; i++)
            years.Add(new DemoYear(2014 + i, identified[i], exited[i], returned[i], remaining += identified[i] + returned[i] - exited[i]));
        return years;
    }
}
