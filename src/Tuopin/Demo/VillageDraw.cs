using System.Runtime.InteropServices;

namespace Tuopin.Demo;

/// <summary>Draws everything inside one village from a stream of its own. What it is given depends on the plan and the seed only.</summary>
internal sealed class VillageDraw
{
    private readonly DemoVillage _village;
    private readonly DemoPopulation _into;
    private readonly Naming _naming;
    private readonly ushort[] _exitWeights;
    private readonly int[] _seatVillages;
    private readonly Dictionary<int, int> _sequences = new(2048);
    private readonly ulong _seed;
    private SplitMix _random;
    private uint _phones;

    public VillageDraw(DemoVillage village, DemoPopulation into, Naming naming, ushort[] exitWeights, int[] seatVillages, ulong seed)
    {
        _village = village;
        _into = into;
        _naming = naming;
        _exitWeights = exitWeights;
        _seatVillages = seatVillages;
        _seed = seed;
        _random = SplitMix.For(seed, (ulong)village.Area.Code);
    }

    /// <summary>False where no household is given a gap of the exit standards.</summary>
    public bool Gaps { get; init; } = true;

    public void Run()
    {
        _village.Facts = VillageFacts.Draw(ref _random, _village);
        foreach (var (cell, size) in Sizes())
            DrawHousehold(cell, size);
        Pair();
        DrawTeam();
    }

    /// <summary>Household sizes of every cell, adding up to its persons, in mixed order: registered households first.</summary>
    private List<(int Cell, int Size)> Sizes()
    {
        var all = new List<(int, int)>();
        for (var cell = 0; cell < DemoTotals.Cells.Count; cell++)
        {
            if (cell == 6)
                _random.Shuffle(CollectionsMarshal.AsSpan(all));
            foreach (var size in SizesOf(_village.CellHouseholds[cell], _village.CellPersons[cell]))
                all.Add((cell, size));
        }
        return all;
    }

    private int[] SizesOf(int households, int persons)
    {
        var sizes = new int[households];
        var sum = 0;
        for (var i = 0; i < sizes.Length; i++)
            sum += sizes[i] = 1 + _random.Pick([60, 125, 195, 285, 185, 100, 40, 10]);
        while (sum != persons)
        {
            var i = _random.Below(households);
            var step = sum < persons ? 1 : -1;
            if (sizes[i] + step is < 1 or > HouseholdShape.Largest || (step > 0 && sizes[i] >= 7 && _random.Chance(900)))
                continue;
            sizes[i] += step;
            sum += step;
        }
        return sizes;
    }

    private void DrawHousehold(int cell, int size)
    {
        var index = _into.Households.Count;
        var household = new DemoHousehold
        {
            Village = _village.Index,
            LivingVillage = _village.Index,
            Number = index - _into.FirstHousehold(_village.Index) + 1,
            FirstPerson = _into.Persons.Count,
            Size = (byte)size,
            Standing = DemoTotals.Cells[cell].Standing,
            Move = DemoTotals.Cells[cell].Move,
            Helper = -1,
        };
        if (household.Move == Move.CountySeat)
            household.LivingVillage = _seatVillages[_random.Below(_seatVillages.Length)];
        Status.DrawYears(ref _random, ref household, _exitWeights);
        household.Planted = Gaps ? GapPlan.Draw(ref _random, household) : Planted.None;
        var members = DrawMembers(index, household);
        GapPlan.Apply(ref _random, ref household, members);
        Status.DrawCategoryAndCauses(ref _random, ref household, members);
        Conditions.Draw(ref _random, ref household);
        Housing.Draw(ref _random, ref household);
        var measured = _into.Measures.Count;
        Conditions.DrawMeasures(ref _random, index, ref household, members, _into.Measures);
        var dividends = _into.Measures.FindIndex(measured, m => m.Kind == MeasureKind.AssetIncome) >= 0;
        Livelihood.Draw(ref _random, ref household, members, dividends);
        _into.Households.Add(household);
        DrawFormerMember(index, household, members);
    }

    private Span<DemoPerson> DrawMembers(int index, in DemoHousehold household)
    {
        Span<Place> places = stackalloc Place[household.Size];
        HouseholdShape.Draw(ref _random, places, household.Standing == Standing.Remaining);
        var family = _naming.DrawSurname(ref _random);
        var ethnic = DrawEthnic();
        foreach (ref readonly var place in places)
        {
            var own = place.Relation is Relation.Spouse or Relation.DaughterInLaw or Relation.Mother;
            var person = Make(place.Male, 2019 - place.Age, own ? _naming.DrawSurname(ref _random) : family);
            person.Household = index;
            person.Relation = place.Relation;
            person.Ethnic = ethnic;
            person.JoinedDay = Joined(household, person);
            Traits.Draw(ref _random, ref person, household);
            if (place.Relation == Relation.Head || person.WorkMonths > 0)
                person.Phone = NextPhone();
            _into.Persons.Add(person);
        }
        return CollectionsMarshal.AsSpan(_into.Persons).Slice(household.FirstPerson, household.Size);
    }

    private DemoPerson Make(bool male, int birthYear, ushort surname)
    {
        var month = _random.Between(1, 12);
        var day = _random.Between(
            1,
            month == 12 && birthYear == 2019 ? 5
                : month == 2 ? 28
                : month is 4 or 6 or 9 or 11 ? 30
                : 31
        );
        var person = new DemoPerson
        {
            Male = male,
            Birth = birthYear * 10000 + month * 100 + day,
            Surname = surname,
        };
        _naming.DrawGiven(ref _random, ref person);
        person.IdSequence = NextSequence(person);
        return person;
    }

    /// <summary>
    /// A number within birth day and sex that no other village of the township uses: the 499 numbers of a sex are dealt to its villages in turn.
    /// </summary>
    private ushort NextSequence(in DemoPerson person)
    {
        var key = person.Birth * 2 + (person.Male ? 1 : 0);
        ref var used = ref CollectionsMarshal.GetValueRefOrAddDefault(_sequences, key, out _);
        var place = used++ * DemoPopulation.MostVillagesInTownship + _village.Area.OrdinalInTownship;
        if (place > 498)
            throw new InvalidOperationException($"too many persons of {_village.Area.Name} were born on {person.Birth}");
        return (ushort)(place * 2 + (person.Male ? 1 : 2));
    }

    /// <summary>Numbers are spread over the whole range by a multiplication that maps no two to one.</summary>
    private uint NextPhone()
    {
        var number = (ulong)(_village.Index * 4_000) + _phones++;
        return (uint)((number * 61_803_399 + _seed % 99_999_989) % 100_000_000);
    }

    private byte DrawEthnic() =>
        _village.Area.TownshipName.Contains("回族", StringComparison.Ordinal)
            ? (byte)(_random.Chance(430) ? 3 : 1)
            : (byte)_random.Pick([0, 955, 0, 18, 0, 0, 6, 14, 2, 5]);

    /// <summary>With the household, at birth, or in a few cases by marriage or moving in; never after the last day of change.</summary>
    private int Joined(in DemoHousehold household, in DemoPerson person)
    {
        var start = household.IdentifiedYear == 2014 ? 2014_04_01 : household.IdentifiedYear * 10000 + 1020;
        if (person.Birth > start)
            return Math.Min(person.Birth + (person.Birth % 100 <= 18 ? 10 : 0), DemoTotals.LastChangeDay);
        var later =
            person.Relation == Relation.DaughterInLaw ? 120
            : person.Relation == Relation.Spouse ? 25
            : 0;
        return household.IdentifiedYear < 2019 && _random.Chance(later) ? Housing.Day(ref _random, household.IdentifiedYear + 1, 2019) : start;
    }

    /// <summary>In one of twenty registered households somebody died, married out or moved away in an earlier year.</summary>
    private void DrawFormerMember(int index, in DemoHousehold household, ReadOnlySpan<DemoPerson> members)
    {
        if (!household.Registered || household.IdentifiedYear > 2017 || !_random.Chance(50))
            return;
        var head = members[0];
        var died = _random.Chance(620);
        var age = died ? Math.Max(50, 2019 - head.Birth / 10000 + 19) : _random.Between(22, 27);
        if (age > 100 || (!died && 2019 - head.Birth / 10000 < age + 19))
            return;
        var person = Make(died ? _random.Chance(500) : false, 2019 - age, head.Surname);
        person.Household = index;
        person.Relation =
            !died ? Relation.Daughter
            : person.Male ? Relation.Father
            : Relation.Mother;
        person.Ethnic = head.Ethnic;
        person.Health = Health.Healthy;
        person.Education = died ? Education.Primary : Education.Junior;
        person.Labour = died ? Labour.None : Labour.Ordinary;
        person.JoinedDay = household.IdentifiedYear == 2014 ? 2014_04_01 : household.IdentifiedYear * 10000 + 1020;
        var left = Housing.Day(ref _random, household.IdentifiedYear + 1, 2019);
        _into.Former.Add(new DemoFormerMember(index, person, left, (byte)(died ? 1 : 2)));
    }

    /// <summary>Deals the registered households of the village to its helpers: each has one, each helper at least one.</summary>
    private void Pair()
    {
        var households = CollectionsMarshal.AsSpan(_into.Households)[_into.FirstHousehold(_village.Index)..];
        var first = _into.Helpers.Count;
        for (var i = 0; i < _village.Helpers; i++)
        {
            var unit = _village.Units[_village.Units.Length > 1 && _random.Chance(280) ? 1 : 0];
            var person = Make(_random.Chance(640), _random.Between(1962, 1995), _naming.DrawSurname(ref _random));
            person.Phone = NextPhone();
            _into.Helpers.Add(
                new DemoHelper(_village.Index, unit, person, Housing.Day(ref _random, 2016, 2018), (byte)_random.Pick([6, 22, 40, 32]))
            );
        }
        var dealt = 0;
        foreach (ref var household in households)
            if (household.Registered)
                household.Helper = first + (dealt++ < _village.Helpers ? dealt - 1 : _random.Below(_village.Helpers));
    }

    private void DrawTeam()
    {
        for (var i = 0; i < _village.TeamSize; i++)
        {
            var unit = _village.Units[i % _village.Units.Length];
            var person = Make(_random.Chance(760), _random.Between(1966, 1994), _naming.DrawSurname(ref _random));
            person.Phone = NextPhone();
            _into.TeamMembers.Add(new DemoTeamMember(_village.Index, _village.Team, unit, person, Housing.Day(ref _random, 2017, 2019), i == 0));
        }
    }
}
