using System.Runtime.InteropServices;

namespace Tuopin.Demo;

/// <summary>The lists a draw fills; kept compact, in village order.</summary>
public sealed class DemoPopulation
{
    /// <summary>Numbers of one birth day and sex are dealt to the villages of a township in turn.</summary>
    internal const int MostVillagesInTownship = 32;

    private readonly Dictionary<int, int> _firstHousehold = [];

    public List<DemoHousehold> Households { get; } = [];
    public List<DemoPerson> Persons { get; } = [];
    public List<DemoFormerMember> Former { get; } = [];
    public List<DemoMeasure> Measures { get; } = [];
    public List<DemoHelper> Helpers { get; } = [];
    public List<DemoTeamMember> TeamMembers { get; } = [];

    internal void Begin(int village) => _firstHousehold[village] = Households.Count;

    internal int FirstHousehold(int village) => _firstHousehold[village];
}

/// <summary>
/// An invented population of Huize county as of 12 June 2020 on its real 2020 area tree. A pure function of size and seed: the same on every machine,
/// and a village or township is a cut of the county with the same households.
/// </summary>
public sealed class DemoCounty
{
    public DemoSet Set { get; }
    public DemoSize Size { get; }
    public ulong Seed { get; }
    public DemoSource Source { get; }
    public DemoPlan Plan { get; }
    public Naming Naming { get; }

    /// <summary>The villages in this cut.</summary>
    public IReadOnlyList<DemoVillage> Villages { get; }
    public DemoPopulation Population { get; } = new();
    public ReadOnlySpan<DemoHousehold> Households => CollectionsMarshal.AsSpan(Population.Households);
    public ReadOnlySpan<DemoPerson> Persons => CollectionsMarshal.AsSpan(Population.Persons);
    public DemoManifest Manifest { get; }

    private DemoCounty(DemoSource source, DemoSize size, ulong seed)
    {
        (Set, Source, Size, Seed) = (DemoSet.Huize, source, size, seed);
        Plan = DemoPlan.Make(source, seed);
        Naming = new Naming(source);
        Villages = Cut(Plan, size);
        var exits = ExitWeights(seed);
        var seat = SeatVillages(source);
        foreach (var village in Villages)
        {
            Population.Begin(village.Index);
            new VillageDraw(village, Population, Naming, exits, seat, seed).Run();
        }
        Manifest = DemoManifest.Of(this);
    }

    // The township of Guizhou: drawn as of 2020 with no gaps, then moved on to its own day.
    private DemoCounty(DemoSet set, DemoSource source, DemoPlan plan, DemoSize size, ulong seed)
    {
        (Set, Source, Plan, Size, Seed) = (set, source, plan, size, seed);
        Naming = new Naming(source);
        Villages = size == DemoSize.Village ? [plan.Villages[0]] : plan.Villages;
        var exits = ExitWeights(seed);
        foreach (var village in Villages)
        {
            Population.Begin(village.Index);
            new VillageDraw(village, Population, Naming, exits, [], seed) { Gaps = false }.Run();
        }
        Watched = Demo.Guizhou.MoveOn.Handle(this);
        Manifest = DemoManifest.Of(this);
    }

    /// <summary>Households under monitoring; Huize's are drawn after the import.</summary>
    public IReadOnlyList<DemoWatch> Watched { get; } = [];

    /// <summary>A village or the whole of the township of <see cref="DemoSet.Guizhou"/>.</summary>
    public static DemoCounty GenerateGuizhou(DemoSource names, DemoSize size, ulong seed)
    {
        var source = Demo.Guizhou.Township.Source(names);
        return new(DemoSet.Guizhou, source, Demo.Guizhou.Township.Plan(source, seed), size, seed);
    }

    public static DemoCounty Generate(DemoSource source, DemoSize size, ulong seed) => new(source, size, seed);

    public ReadOnlySpan<DemoPerson> MembersOf(in DemoHousehold household) => Persons.Slice(household.FirstPerson, household.Size);

    public DemoVillage VillageOf(in DemoHousehold household) => Plan.Villages[household.Village];

    /// <summary>The village of the smallest cut is the deep village, not yet exited, whose size is nearest to 260 registered households.</summary>
    private static IReadOnlyList<DemoVillage> Cut(DemoPlan plan, DemoSize size)
    {
        if (size == DemoSize.County)
            return plan.Villages;
        var village = plan.Villages.Where(v => v.Deep && v.ExitYear == 0).MinBy(v => Math.Abs(v.RegisteredHouseholds - 260))!;
        return size == DemoSize.Village ? [village] : [.. plan.Villages.Where(v => v.Area.TownshipCode == village.Area.TownshipCode)];
    }

    /// <summary>Share of the exits of 2014 to 2019, a little different for each seed.</summary>
    private static ushort[] ExitWeights(ulong seed)
    {
        var random = SplitMix.For(seed, 2);
        ReadOnlySpan<ushort> usual = [70, 90, 130, 170, 230, 310];
        var weights = new ushort[usual.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (ushort)(usual[i] * random.Between(85, 115) / 100);
        return weights;
    }

    /// <summary>Movers to the county seat live in the communities of its two youngest streets.</summary>
    private static int[] SeatVillages(DemoSource source) =>
        [.. source.Villages.Select((v, i) => (v, i)).Where(x => x.v.TownshipOrdinal is 3 or 4 && x.v.Community).Select(x => x.i)];
}
