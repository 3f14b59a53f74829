namespace Tuopin.Demo.Guizhou;

/// <summary>
/// A township with ten villages that does not exist, in Ziyun county: the repository holds no townships of Guizhou, so place names are ours and say so (演示).
/// </summary>
internal static class Township
{
    private const int Villages = 10;
    private const int PoorVillages = 8;

    /// <summary>990 is no number of a township: they end with 5xx.</summary>
    public const long Code = 520_425_990;
    public const string Name = "演示乡";

    // Its own prefix 290351 of ID numbers, apart from those of Huize's townships.
    private const int Ordinal = 50;

    // Cells of the plan that people of 2023 stand in: nobody remains poor after 2020.
    private static readonly int Relocated = Cell(Standing.Exited, Move.Elsewhere);
    private static readonly int Exited = Cell(Standing.Exited, Move.None);
    private static readonly int Unregistered = Cell(Standing.OtherUnregistered, Move.None);

    public static DemoSource Source(DemoSource names) =>
        names with
        {
            Townships = [(Code, Name)],
            Villages =
            [
                .. Enumerable
                    .Range(0, Villages)
                    .Select(i => new DemoArea(Code * 1000 + 201 + i, $"演示{"一二三四五六七八九十"[i]}村", Code, Name, i, Ordinal, Community: false)),
            ],
        };

    public static DemoPlan Plan(DemoSource source, ulong seed)
    {
        var random = SplitMix.For(seed, 3);
        var units = DemoUnits.Invent(source);
        var villages = source.Villages.Select((area, i) => Village(ref random, area, i, units.Count)).ToList();
        return new(villages, units);
    }

    private static DemoVillage Village(ref SplitMix random, DemoArea area, int index, int units)
    {
        var registered = random.Between(150, 185);
        var moved = registered / random.Between(7, 10);
        var village = new DemoVillage(index, area)
        {
            Poor = index < PoorVillages,
            ExitYear = index < PoorVillages ? 2016 + random.Below(4) : 0,
            Helpers = registered / 14,
            Team = index < PoorVillages ? index + 1 : 0,
            TeamSize = index < PoorVillages ? 3 : 0,
            Units = [random.Below(units)],
        };
        Fill(ref random, village, Relocated, moved);
        Fill(ref random, village, Exited, registered - moved);
        Fill(ref random, village, Unregistered, registered * random.Between(150, 175) / 100);
        village.RuralBase = village.HeldPersons + random.Between(120, 400);
        return village;
    }

    private static void Fill(ref SplitMix random, DemoVillage village, int cell, int households)
    {
        village.CellHouseholds[cell] = households;
        village.CellPersons[cell] = households * random.Between(365, 395) / 100;
    }

    private static int Cell(Standing standing, Move move) => DemoTotals.Cells.ToList().FindIndex(c => c.Standing == standing && c.Move == move);
}
