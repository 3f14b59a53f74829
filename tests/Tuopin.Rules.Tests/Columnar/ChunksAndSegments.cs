using Tuopin.Rules.Columnar;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Columnar;

/// <summary>Tables of 0 to 3 chunks, segments across words and chunks, children out of order, values at the ends of their widths.</summary>
public class ChunksAndSegments
{
    private readonly Village village = new();

    public static TheoryData<int, int, bool, int> Shapes()
    {
        var shapes = new TheoryData<int, int, bool, int>();
        foreach (var rows in new[] { 0, 1, 63, 64, 65, 4095, 4096, 4097, 9000 })
        foreach (var most in new[] { 5, 150 })
        foreach (var ordered in new[] { true, false })
            if (rows < 100 || most < 10)
                shapes.Add(rows, most, ordered, rows > 5000 ? 2 : 1);
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agree_with_plain_loops(int rows, int mostMembers, bool ordered, int threads)
    {
        var world = new World(village, rows, mostMembers, ordered);
        var subject = new Tuopin.Rules.Language.Variable("household", village.Household);
        var rules = new (string Rule, Func<List<Person>, bool?> Plain)[]
        {
            (
                "household.members.all(m, m.insured)",
                m =>
                    m.Count == 0 ? null
                    : m.Any(p => p.Insured is false) ? false
                    : m.Any(p => p.Insured is null) ? null
                    : true
            ),
            (
                "household.members.exists(m, m.insured)",
                m =>
                    m.Count == 0 ? null
                    : m.Any(p => p.Insured is true) ? true
                    : m.Any(p => p.Insured is null) ? null
                    : false
            ),
            ("household.members.all(m, m.birth > date(\"1990-06-01\"))", m => m.Count == 0 ? null : m.All(p => p.Birth > 1990_06_01)),
            ("household.members.filter(m, age(m.birth, day) >= 6 && age(m.birth, day) <= 15).all(m, m.insured)", Schooled),
            ("household.members.sum(m, m.wage) > yuan(3)", m => m.Count == 0 ? null : m.Sum(p => p.Wage) > 300),
            ("household.members.count(m, m.wage > yuan(1)) >= 2", m => m.Count == 0 ? null : m.Count(p => p.Wage > 100) >= 2),
            (
                "household.members.exists(a, household.members.exists(b, b.birth > a.birth))",
                m => m.Count == 0 ? null : m.Select(p => p.Birth).Distinct().Count() > 1
            ),
        };
        var standard = village.Standard("x", subject, [.. rules.Select((r, i) => village.Indicator("i" + i, i, subject, r.Rule))]);
        var result = world.Snapshot.Judge(standard, threads: threads);
        for (var row = 0; row < rows; row++)
        {
            var (met, unmet, exempt) = result.MasksOf(row);
            for (var i = 0; i < rules.Length; i++)
                if (Verdict(met, unmet, i) != rules[i].Plain(world.Households[row]) || exempt != 0)
                    Assert.Fail($"row {row}: {rules[i].Rule} is {Verdict(met, unmet, i)}");
        }
        for (var i = 0; i < rules.Length; i++)
            result.Planes[i].Met.Count().ShouldBe(world.Households.Count(h => rules[i].Plain(h) is true));
    }

    private static bool? Schooled(List<Person> members)
    {
        var children = members.Where(p => (2020_06_12 - p.Birth) / 10000 is >= 6 and <= 15).ToList();
        return members.Count == 0 ? null
            : children.Any(p => p.Insured is false) ? false
            : children.Any(p => p.Insured is null) ? null
            : true;
    }

    private static bool? Verdict(long met, long unmet, int bit) =>
        (met >> bit & 1) != 0 ? true
        : (unmet >> bit & 1) != 0 ? false
        : null;

    [Theory]
    [InlineData(0, 255)]
    [InlineData(-1, 255)]
    [InlineData(0, 256)]
    [InlineData(short.MinValue, short.MaxValue)]
    [InlineData(short.MinValue - 1, 0)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(int.MinValue - 1L, 0)]
    [InlineData(long.MinValue, long.MaxValue)]
    public void Constants_beyond_the_width_of_a_column_are_clamped(long low, long high)
    {
        var builder = new SnapshotBuilder(Village.Day);
        var table = builder.Table(village.Household);
        var fact = village.Household.Facts["change"];
        foreach (var value in new[] { low, high })
            table.Column(fact).Set(table.Add(table.Count, 530326_001_001), value);
        table.Add(2, 530326_001_001);
        var column = (NumberColumn)builder.Build()[village.Household].Find(fact)!;
        var bits = new ulong[1];
        foreach (var from in Edges(low, high))
        foreach (var to in Edges(low, high))
        {
            column.InRange(0, from, to, bits);
            (bits[0] & 3).ShouldBe((low >= from && low <= to ? 1UL : 0) | (high >= from && high <= to ? 2UL : 0), $"{from}..{to}");
        }
        (column[0], column[1], column.IsKnown(2)).ShouldBe((low, high, false));
    }

    [Fact]
    public void Days_are_kept_narrow_and_compared_as_they_are_written()
    {
        int[] days = [1900_01_01, 1987_02_28, 1987_03_01, 1987_12_31, 1988_02_29, 2020_06_12, 2075_12_31];
        foreach (var kept in new[] { days, days[..^1], [.. days, 1500_01_01] })
        {
            var builder = new SnapshotBuilder(Village.Day);
            var table = builder.Table(village.Person);
            var fact = village.Person.Facts["birth"];
            foreach (var day in kept)
                table.Column(fact).Set(table.Add(table.Count, 0), day);
            var column = (NumberColumn)builder.Build()[village.Person].Find(fact)!;
            (column is DayColumn).ShouldBe(!kept.Contains(1500_01_01));
            Enumerable.Range(0, kept.Length).Select(i => (int)column[i]).ShouldBe(kept);
            var bits = new ulong[1];
            int[] limits = [0, .. days, 1987_02_29, 1987_02_31, 1987_03_00, 1987_02_99, 1987_99_99, 1988_00_00, 1987_13_01, int.MaxValue];
            foreach (var low in limits)
            foreach (var high in limits.SelectMany(l => new[] { l - 1, l, l == int.MaxValue ? l : l + 1 }))
            {
                column.InRange(0, low, high, bits);
                for (var i = 0; i < kept.Length; i++)
                    ((bits[0] >> i & 1) == 1).ShouldBe(kept[i] >= low && kept[i] <= high, $"{kept[i]} in {low}..{high}");
            }
        }
    }

    private static IEnumerable<long> Edges(long low, long high) =>
        new[] { low, high, 0, long.MinValue, long.MaxValue, int.MaxValue, -129, 300 }.SelectMany(e =>
            new[] { e, e == long.MinValue ? e : e - 1, e == long.MaxValue ? e : e + 1 }
        );

    [Fact]
    public void A_strict_snapshot_refuses_what_was_not_loaded()
    {
        var builder = new SnapshotBuilder(Village.Day);
        builder.Table(village.Household).Add(1, 530326_001_001);
        var (rule, subject) = village.Compile("household.water");
        Should.Throw<InvalidOperationException>(() => builder.Build().Evaluate(rule, subject)).Message.ShouldContain("household.water");
    }

    [Fact]
    public void Exempt_stands_before_met_and_a_missing_text_is_unknown()
    {
        var subject = new Tuopin.Rules.Language.Variable("household", village.Household);
        SubjectNode[] roots =
        [
            village.Set(village.Set(village.NewHousehold(), "water", true), "rooms", 1),
            village.Set(village.Set(village.NewHousehold(), "water", false), "rooms", 5),
            village.Set(village.Set(village.NewHousehold(), "water", false), "rooms", 1),
            village.Set(village.NewHousehold(), "rooms", 1),
            village.Set(village.NewHousehold(), "rooms", 5),
            village.Set(village.NewHousehold(), "water", false),
            village.Set(village.NewHousehold(), "water", true),
        ];
        var standard = village.Standard(
            "x",
            subject,
            village.Indicator("water", 3, subject, "household.water", "household.rooms == 5"),
            village.Indicator("lost", 4, subject, null)
        );
        var result = NodeSnapshot.Of(Village.Day, roots).Judge(standard);
        Enumerable.Range(0, 7).Select(result.MasksOf).ShouldBe([(8, 0, 0), (0, 0, 8), (0, 8, 0), (0, 0, 0), (0, 0, 8), (0, 0, 0), (8, 0, 0)]);
        result.Passing("water").Count().ShouldBe(4);
        result.Publish();
        result.Passing().Count().ShouldBe(0);
    }

    internal sealed record Person(bool? Insured, int Birth, long Wage);

    /// <summary>Households with members, loaded as a database reader would, from a fixed seed.</summary>
    private sealed class World
    {
        public World(Village village, int rows, int mostMembers, bool ordered)
        {
            var random = new Random(rows + mostMembers);
            var builder = new SnapshotBuilder(Village.Day);
            var households = builder.Table(village.Household);
            var persons = builder.Table(village.Person);
            var insured = persons.Column(village.Person.Facts["insured"]);
            var birth = persons.Column(village.Person.Facts["birth"]);
            var wage = persons.Column(village.Person.Facts["wage"]);
            var link = persons.Link(village.Person.Relations["household"]);
            for (var i = 0; i < rows; i++)
            {
                households.Add(1000 + i, 530326_101_001);
                var size = random.Next(10) == 0 ? 0 : random.Next(mostMembers);
                Households.Add([.. Enumerable.Range(0, size).Select(_ => Draw(random))]);
            }
            var order = Enumerable.Range(0, rows).SelectMany(h => Households[h].Select(p => (h, p))).ToArray();
            if (!ordered)
                random.Shuffle(order);
            foreach (var (h, p) in order)
            {
                var row = persons.Add(persons.Count, 530326_101_001);
                link.Set(row, 1000 + h);
                birth.Set(row, p.Birth);
                wage.Set(row, p.Wage);
                if (p.Insured is { } i)
                    insured.Set(row, i ? 1 : 0);
            }
            persons.Add(persons.Count, 530326_101_001);
            Snapshot = builder.Build();
        }

        public List<List<Person>> Households { get; } = [];
        public Snapshot Snapshot { get; }

        private static Person Draw(Random random) =>
            new(
                random.Next(20) switch
                {
                    0 => false,
                    1 => null,
                    _ => true,
                },
                random.Next(1950, 2020) * 10000 + 101 + random.Next(12) * 100,
                random.Next(200)
            );
    }
}
