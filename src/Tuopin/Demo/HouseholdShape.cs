namespace Tuopin.Demo;

/// <summary>One place in a household: who, of which sex, how old in years at the end of 2019.</summary>
internal struct Place
{
    public Relation Relation;
    public bool Male;
    public int Age;
}

/// <summary>
/// Draws the members of a household of a given size: heads, couples, children, grandparents. Parents are at least 18 calendar years older than their
/// children, couples differ in sex, siblings are at least two years apart.
/// </summary>
internal ref struct HouseholdShape
{
    public const int Largest = 9;
    private readonly Span<Place> _places;
    private int _count;

    private HouseholdShape(Span<Place> places) => _places = places;

    /// <summary>Fills <paramref name="places"/> completely; the first is the head. Older households are commoner among the remaining.</summary>
    public static void Draw(ref SplitMix random, Span<Place> places, bool older)
    {
        var shape = new HouseholdShape(places);
        switch (places.Length)
        {
            case 1:
                shape.Single(ref random, older);
                break;
            case 2:
                shape.Pair(ref random, older);
                break;
            default:
                if (
                    random.Chance(
                        places.Length == 3 ? 320
                        : older ? 460
                        : 360
                    )
                )
                    shape.ElderHead(ref random);
                else
                    shape.YoungHead(ref random);
                break;
        }
    }

    private void Add(Relation relation, bool male, int age) =>
        _places[_count++] = new Place
        {
            Relation = relation,
            Male = male,
            Age = age,
        };

    private readonly int Left => _places.Length - _count;

    private void Single(ref SplitMix random, bool older)
    {
        var elder = random.Chance(older ? 780 : 620);
        Add(Relation.Head, random.Chance(640), elder ? random.Between(61, 86) : random.Between(30, 60));
    }

    private void Pair(ref SplitMix random, bool older)
    {
        switch (random.Pick(older ? [46, 14, 10, 20, 10] : [30, 18, 26, 18, 8]))
        {
            case 0:
                Couple(ref random, random.Between(60, 82));
                break;
            case 1:
                var parent = random.Between(26, 46);
                Add(Relation.Head, random.Chance(400), parent);
                Child(ref random, random.Between(1, Math.Min(17, parent - 20)), Relation.Son, Relation.Daughter);
                break;
            case 2:
                Couple(ref random, random.Between(27, 59));
                break;
            case 3:
                var elder = random.Between(58, 80);
                Add(Relation.Head, random.Chance(500), elder);
                Child(ref random, random.Between(24, elder - 20), Relation.Son, Relation.Daughter);
                break;
            default:
                Add(Relation.Head, random.Chance(400), random.Between(58, 78));
                Child(ref random, random.Between(3, 16), Relation.Grandson, Relation.Granddaughter);
                break;
        }
    }

    private void Couple(ref SplitMix random, int age)
    {
        Add(Relation.Head, true, age);
        Add(Relation.Spouse, false, Math.Max(22, age + random.Between(-6, 2)));
    }

    private void Child(ref SplitMix random, int age, Relation son, Relation daughter)
    {
        var male = random.Chance(530);
        Add(male ? son : daughter, male, age);
    }

    /// <summary>Head of working age, with spouse, children, and parents or a brother or sister when there is room.</summary>
    private void YoungHead(ref SplitMix random)
    {
        var slots = _places.Length - 1;
        var spouse = random.Chance(slots == 2 ? 780 : 935);
        slots -= spouse ? 1 : 0;
        var parents = slots switch
        {
            1 => random.Pick([88, 12]),
            2 => random.Pick([70, 24, 6]),
            3 => random.Pick([42, 36, 22]),
            _ => random.Pick([14, 32, 54]),
        };
        var children = Math.Min(slots - parents, 5);
        Span<int> ages = stackalloc int[5];
        var eldest = Children(ref random, ages[..children], 26);
        var mother = children == 0 ? random.Between(24, 45) : eldest + random.Between(19, 26);
        var male = spouse || random.Chance(620);
        var head = male ? Math.Max(22, mother + random.Between(-1, 6)) : mother;
        Add(Relation.Head, male, head);
        if (spouse)
            Add(Relation.Spouse, false, Math.Max(21, mother));
        foreach (var age in ages[..children])
            Child(ref random, age, Relation.Son, Relation.Daughter);
        Parents(ref random, parents, head);
        while (Left > 0)
            Sibling(ref random, head);
    }

    private void Parents(ref SplitMix random, int parents, int head)
    {
        var motherOnly = parents == 1 && random.Chance(640);
        if (parents == 2 || (parents == 1 && !motherOnly))
            Add(Relation.Father, true, head + random.Between(20, 31));
        if (parents == 2 || motherOnly)
            Add(Relation.Mother, false, head + random.Between(19, 29));
    }

    /// <summary>A younger brother or sister of the head who stayed; younger, so the parents' age holds.</summary>
    private void Sibling(ref SplitMix random, int head) => Add(Relation.Sibling, random.Chance(760), Math.Max(18, head - random.Between(2, 9)));

    /// <summary>Old head: a grown child with spouse and grandchildren, or grandchildren whose parents are not in the registry.</summary>
    private void ElderHead(ref SplitMix random)
    {
        var slots = _places.Length - 1;
        var skipped = slots <= 4 && random.Chance(120);
        var spouse = random.Chance(skipped ? 600 : 680);
        slots -= spouse ? 1 : 0;
        var grown = skipped ? 0 : 1;
        var daughterInLaw = !skipped && slots >= 3 && random.Chance(820) ? 1 : 0;
        var grandchildren = Math.Min(slots - grown - daughterInLaw, 4);
        Span<int> ages = stackalloc int[4];
        var eldest = Children(ref random, ages[..grandchildren], 17);
        var wife = Math.Max(21, eldest + random.Between(19, 26));
        var son = grandchildren == 0 ? random.Between(20, 38) : wife + random.Between(1, 5);
        var mother = son + random.Between(19, 26);
        var male = spouse || random.Chance(560);
        var head = male ? mother + random.Between(0, 5) : mother;
        Add(Relation.Head, male, head);
        if (spouse)
            Add(Relation.Spouse, false, mother);
        if (grown > 0)
            Add(Relation.Son, true, son);
        if (daughterInLaw > 0)
            Add(Relation.DaughterInLaw, false, wife);
        foreach (var age in ages[..grandchildren])
            Child(ref random, age, Relation.Grandson, Relation.Granddaughter);
        while (Left > 0)
            Add(Relation.Daughter, false, Math.Max(1, son - 2 * Left));
    }

    /// <summary>Ages of brothers and sisters, eldest first, at least two years apart; returns the eldest's age (0 for none).</summary>
    private static int Children(ref SplitMix random, Span<int> ages, int oldest)
    {
        if (ages.IsEmpty)
            return 0;
        var least = 2 * (ages.Length - 1);
        var age = random.Between(least, oldest - random.Below(7));
        // the rural young are in the registry even when they work away: fewer small children than a uniform age would give
        if (random.Chance(640))
            age = Math.Max(age, random.Between(least, oldest));
        for (var i = 0; i < ages.Length; i++)
        {
            ages[i] = age;
            var after = ages.Length - 1 - i;
            age -= Math.Max(2, Math.Min(random.Between(2, 5), age - 2 * Math.Max(0, after - 1)));
        }
        return ages[0];
    }
}
