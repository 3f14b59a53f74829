namespace Tuopin.Demo;

/// <summary>What the county plan fixes for one village before a household is drawn.</summary>
public sealed class DemoVillage(int index, DemoArea area)
{
    public int Index { get; } = index;
    public DemoArea Area { get; } = area;
    public bool Poor { get; set; }
    public bool Deep { get; set; }

    /// <summary>Year the poor village exited (出列); 0 when it still stands.</summary>
    public int ExitYear { get; set; }

    /// <summary>Rural registered base population, a stated number.</summary>
    public int RuralBase { get; set; }

    /// <summary>Households and persons for each of <see cref="DemoTotals.Cells"/>.</summary>
    public int[] CellHouseholds { get; } = new int[DemoTotals.Cells.Count];
    public int[] CellPersons { get; } = new int[DemoTotals.Cells.Count];
    public int Helpers { get; set; }
    public int TeamSize { get; set; }

    /// <summary>Number of the team, from 1; 0 where the village has none.</summary>
    public int Team { get; set; }

    /// <summary>The units that help the village; the first carries most of it.</summary>
    public int[] Units { get; set; } = [];
    public VillageFacts Facts { get; set; } = new();

    public int RegisteredHouseholds => CellHouseholds.AsSpan(0, 6).Sum();
    public int RemainingPersons => CellPersons.AsSpan(0, 3).Sum();
    public int HeldPersons => CellPersons.AsSpan().Sum();
}

internal static class SpanSums
{
    public static int Sum(this Span<int> values)
    {
        var sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}

/// <summary>
/// Shares the county's totals out to villages, exactly. It is cheap and always made whole, so that a village or township cut holds the same
/// households as the county.
/// </summary>
public sealed class DemoPlan
{
    public IReadOnlyList<DemoVillage> Villages { get; }
    public IReadOnlyList<DemoUnit> Units { get; }

    private readonly DemoVillage[] _villages;
    private SplitMix _random;

    private DemoPlan(DemoSource source, ulong seed)
    {
        _random = SplitMix.For(seed, 1);
        Villages = _villages = [.. source.Villages.Select((area, i) => new DemoVillage(i, area))];
        Designate();
        DrawBases();
        DrawHouseholds();
        DrawPersons();
        Units = DemoUnits.Invent(source);
        PairUnits();
        ShareHelpersAndTeams();
    }

    /// <summary>A plan made elsewhere.</summary>
    internal DemoPlan(IReadOnlyList<DemoVillage> villages, IReadOnlyList<DemoUnit> units) =>
        (Villages, _villages, Units) = (villages, [.. villages], units);

    public static DemoPlan Make(DemoSource source, ulong seed) => new(source, seed);

    /// <summary>Communities in town are the ones that are not poor villages; deep ones seldom exited.</summary>
    private void Designate()
    {
        var random = _random;
        var order = _villages.OrderBy(v => v.Area.Community ? 0 : 1).ThenBy(v => v.Area.TownshipOrdinal < 5 ? 0 : 1).ToArray();
        var communities = order.Count(v => v.Area.Community);
        var spared = DemoTotals.VillageUnits - DemoTotals.PoorVillages;
        var sparedCommunities = spared - random.Below(7);
        random.Shuffle(order.AsSpan(communities));
        foreach (var village in order)
            village.Poor = true;
        foreach (var village in order.AsSpan(0, sparedCommunities))
            village.Poor = false;
        foreach (var village in order.AsSpan(communities, spared - sparedCommunities))
            village.Poor = false;
        var poor = _villages.Where(v => v.Poor).ToArray();
        random.Shuffle(poor.AsSpan());
        foreach (var village in poor.AsSpan(0, DemoTotals.DeepVillages))
            village.Deep = true;
        foreach (var village in poor)
            if (random.Chance(village.Deep ? 260 : 790))
                village.ExitYear = 2016 + random.Pick([18, 27, 30, 25]);
        _random = random;
    }

    private void DrawBases()
    {
        var weights = _villages.Select(v => (long)BaseWeight(v)).ToArray();
        var bases = Apportion.Split(DemoTotals.RuralBase, weights, Fill(0), Fill(int.MaxValue));
        for (var i = 0; i < bases.Length; i++)
            _villages[i].RuralBase = bases[i];
    }

    private int BaseWeight(DemoVillage village) => village.Area.Community && !village.Poor ? _random.Between(300, 900) : _random.Between(620, 1480);

    private void DrawHouseholds()
    {
        var registered = Apportion.Split(
            DemoTotals.RegisteredHouseholds,
            Weigh(v =>
                (long)v.RuralBase
                * (
                    !v.Poor ? _random.Between(8, 22)
                    : v.ExitYear > 0 ? _random.Between(27, 44)
                    : _random.Between(38, 52)
                )
            ),
            Fill(1),
            Fill(int.MaxValue)
        );
        var remaining = Apportion.Split(DemoTotals.RemainingHouseholds, Weigh(v => v.RuralBase * RemainingRate(v)), Fill(0), Most(registered, 85));
        var exited = registered.Zip(remaining, (all, left) => all - left).ToArray();
        ShareMoves(0, remaining);
        ShareMoves(3, exited);
        for (var cell = 6; cell < DemoTotals.Cells.Count; cell++)
            Assign(
                cell,
                Apportion.Split(DemoTotals.Cells[cell].Households, Weigh(v => v.RuralBase * (long)_random.Between(20, 180)), Fill(0), Fill(80))
            );
    }

    private long RemainingRate(DemoVillage village) =>
        !village.Poor ? _random.Between(20, 130)
        : village.ExitYear > 0 ? _random.Between(50, 180)
        : _random.Between(900, 2200);

    /// <summary>Splits the remaining (or exited) households of each village into movers to the seat, other movers and the rest.</summary>
    private void ShareMoves(int firstCell, int[] households)
    {
        var seat = Apportion.Split(
            DemoTotals.Cells[firstCell].Households,
            Weigh(v => households[v.Index] * (long)_random.Between(4, 300)),
            Fill(0),
            Most(households, 60)
        );
        var left = households.Zip(seat, (all, moved) => all - moved).ToArray();
        var elsewhere = Apportion.Split(
            DemoTotals.Cells[firstCell + 1].Households,
            Weigh(v => left[v.Index] * (long)_random.Between(4, 300)),
            Fill(0),
            Most(left, 60)
        );
        Assign(firstCell, seat);
        Assign(firstCell + 1, elsewhere);
        Assign(firstCell + 2, [.. left.Zip(elsewhere, (all, moved) => all - moved)]);
    }

    private void DrawPersons()
    {
        for (var cell = 0; cell < DemoTotals.Cells.Count; cell++)
        {
            var households = _villages.Select(v => v.CellHouseholds[cell]).ToArray();
            var persons = Apportion.Split(
                DemoTotals.Cells[cell].Persons,
                Weigh(v => households[v.Index] * (long)_random.Between(92, 108)),
                households,
                [.. households.Select(h => h * 7)]
            );
            for (var i = 0; i < persons.Length; i++)
                _villages[i].CellPersons[cell] = persons[i];
        }
        if (_villages.FirstOrDefault(v => v.RuralBase < v.HeldPersons) is { } village)
            throw new InvalidOperationException($"{village.Area.Name} holds more persons than its rural base");
    }

    private void Assign(int cell, int[] households)
    {
        for (var i = 0; i < households.Length; i++)
            _villages[i].CellHouseholds[cell] = households[i];
    }

    /// <summary>Every unit has at least one village and every village at least one unit.</summary>
    private void PairUnits()
    {
        var random = _random;
        var order = _villages.ToArray();
        random.Shuffle(order.AsSpan());
        for (var i = 0; i < order.Length; i++)
        {
            var first = i < DemoTotals.Units ? i : random.Below(DemoTotals.Units);
            var second = random.Below(DemoTotals.Units);
            order[i].Units = random.Chance(450) && second != first ? [first, second] : [first];
        }
        _random = random;
    }

    private void ShareHelpersAndTeams()
    {
        var registered = _villages.Select(v => v.RegisteredHouseholds).ToArray();
        var helpers = Apportion.Split(DemoTotals.Helpers, Weigh(v => registered[v.Index] * (long)_random.Between(80, 120)), Fill(1), registered);
        var fourths = _villages.Where(v => v.Poor).OrderByDescending(v => v.Deep).Take(DemoTotals.TeamMembers - 3 * DemoTotals.Teams).ToHashSet();
        var team = 0;
        foreach (var village in _villages)
        {
            village.Helpers = helpers[village.Index];
            village.Team = village.Poor ? ++team : 0;
            village.TeamSize =
                !village.Poor ? 0
                : fourths.Contains(village) ? 4
                : 3;
        }
    }

    private long[] Weigh(Func<DemoVillage, long> weight) => [.. _villages.Select(weight)];

    private int[] Fill(int value) => [.. Enumerable.Repeat(value, _villages.Length)];

    private static int[] Most(int[] households, int percent) => [.. households.Select(h => h * percent / 100)];
}
