using System.Globalization;
using Tuopin.Linkage;
using Tuopin.Tests.Linkage;

namespace Tuopin.Bench;

/// <summary>
/// How good matching is on published duplicates, weights and threshold chosen without the truth, beside what plain joins find; and what it costs to match the
/// members of a county with a department's file.
/// </summary>
internal static class MatchingBench
{
    private const int Members = 342_000;
    private const int FileRows = 500_000;
    private const int InBoth = 300_000;

    public static void Run(Report report)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "linkage");
        Quality(report, "FEBRL 1", KnownSet.Febrl(Path.Combine(folder, "febrl_dataset1.csv")), 0.99);
        Quality(report, "FEBRL 2", KnownSet.Febrl(Path.Combine(folder, "febrl_dataset2.csv")), 0.98);
        Quality(report, "fake_1000", KnownSet.Fake(Path.Combine(folder, "fake_1000.csv")), 0.95);
        County(report);
    }

    private static void Quality(Report report, string name, KnownSet set, double bar)
    {
        var found = set.ByScore();
        report.Note($"{name}: {found}; equal numbers alone: {set.ByNumber()}; equal numbers, or name and birth: {set.ByNumberOrName()}");
        report.Amount($"{name}, what is missing of F1 1", [1 - found.F1], "", 1 - bar);
    }

    private static void County(Report report)
    {
        var rows = Registers();
        var (cpu, bytes) = (Cpu.Own, GC.GetTotalAllocatedBytes());
        var people = new People(rows);
        var blocks = new Blocks(people.Keys, rows.Length, Members);
        var weights = Estimate.From(people.Comparisons, blocks, rows.Length, Members);
        var links = Linker.Score(weights, blocks, weights.WeightAt(0.02));
        var sure = Linker.SureThreshold(weights, links, 0.001);
        // A row of the file is one person: whom it fits best, and only then the next row.
        var (taken, wrong, right) = (new HashSet<int>(), 0, 0);
        foreach (var link in links.Where(l => l.Weight >= sure))
            if (taken.Add(link.B))
                _ = link.B - Members == link.A ? right++ : wrong++;
        var seconds = (Cpu.Own - cpu) / 1000;
        report.Note(
            $"county: {links.Count} pairs of at least 2 %, {blocks.Left.Count} blocks left out; sure from {sure:F1} bits on: precision {(double)right / (right + wrong):F5}, recall {(double)right / InBoth:F5}; {(GC.GetTotalAllocatedBytes() - bytes) >> 20} MB allocated"
        );
        report.Amount("342,000 members against 500,000 rows, 5 % wrong: CPU", [seconds], "s", 60);
        report.Amount("the same: most memory", [Cpu.PeakMegabytes()], "MB", 2048);
    }

    /// <summary>The members, then the file: its first rows are members in their order, one in twenty with a slip in number or name; the rest nobody we hold.</summary>
    private static PersonRow[] Registers()
    {
        var random = new Random(5);
        var (surnames, given) = (Lines("surname_weights_percent.csv"), Lines("given_chars.csv"));
        var weights = surnames.Select(s => double.Parse(s[1], CultureInfo.InvariantCulture)).ToArray();
        var total = weights.Sum();
        string Surname()
        {
            var at = random.NextDouble() * total;
            for (var i = 0; ; i++)
                if ((at -= weights[i]) < 0 || i == weights.Length - 1)
                    return surnames[i][0];
        }
        string Given() => given[random.Next(given.Count)][3];
        PersonRow Somebody()
        {
            var birth = new DateOnly(1930, 1, 1).AddDays(random.Next(90 * 365));
            var place = 530326_000_000L + (1 + random.Next(23)) * 1000 + 200 + random.Next(16);
            var digits = $"{(random.Next(10) < 9 ? 530326 : 530300 + random.Next(30))}{birth:yyyyMMdd}{random.Next(1000):D3}";
            var name = Surname() + Given() + (random.Next(5) == 0 ? "" : Given());
            return new(
                name,
                digits + Registry.IdentityNumber.CheckDigit(digits),
                int.Parse(birth.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                place
            );
        }
        PersonRow Slipped(PersonRow row)
        {
            if (random.Next(2) == 0)
            {
                var name = row.Name!.ToCharArray();
                if (name.Length == 3 && random.Next(4) == 0)
                    (name[1], name[2]) = (name[2], name[1]);
                else
                    name[random.Next(1, name.Length)] = Given()[0];
                return row with { Name = new(name) };
            }
            if (random.Next(5) == 0)
                return row with { Number = null };
            var number = row.Number!.ToCharArray();
            var at = random.Next(17);
            if (random.Next(3) == 0)
                (number[at], number[at + 1]) = (number[at + 1], number[at]);
            else
                number[at] = (char)('0' + random.Next(10));
            return row with { Number = new(number) };
        }
        var rows = new PersonRow[Members + FileRows];
        for (var i = 0; i < Members; i++)
            rows[i] = Somebody();
        for (var i = 0; i < FileRows; i++)
            rows[Members + i] =
                i >= InBoth ? Somebody()
                : random.Next(20) == 0 ? Slipped(rows[i])
                : rows[i];
        return rows;
    }

    private static List<string[]> Lines(string file) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "packs", "demo", "names", file)).Skip(1).Select(l => l.Split(','))];
}
