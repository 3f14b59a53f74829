using Tuopin.Rules.Columnar;
using Tuopin.Rules.Model;

namespace Tuopin.Bench;

/// <summary>
/// Invented households and members from a fixed seed, as plain arrays: the columnar snapshot, SQLite and DuckDB are all filled from these. Absent values
/// are held as -1; two of a hundred of most facts are absent. Every household has at least one member.
/// </summary>
internal sealed class Population
{
    public const long County = 530326_000_000;

    public Population(int households)
    {
        var random = new Random(20200612);
        Income = new int[households];
        Grade = new sbyte[households];
        Water = new sbyte[households];
        Offsets = new int[households + 1];
        for (var i = 0; i < households; i++)
        {
            var size = 1 + random.Next(5) + random.Next(4) * random.Next(2);
            Offsets[i + 1] = Offsets[i] + size;
            Income[i] = Absent(random) ? -1 : random.Next(2_000_00, 12_000_00) * size;
            Grade[i] = (sbyte)(Absent(random) ? -1 : 1 + Math.Min(random.Next(5), 3));
            Water[i] = (sbyte)(
                Absent(random) ? -1
                : random.Next(20) == 0 ? 0
                : 1
            );
        }
        var persons = Offsets[^1];
        Birth = new int[persons];
        School = new sbyte[persons];
        Insured = new sbyte[persons];
        Labour = new sbyte[persons];
        for (var i = 0; i < persons; i++)
        {
            Birth[i] = random.Next(1940, 2020) * 10000 + random.Next(1, 13) * 100 + random.Next(1, 29);
            School[i] = (sbyte)(
                Absent(random) ? -1
                : random.Next(100) == 0 ? 0
                : 1 + random.Next(12)
            );
            Insured[i] = (sbyte)(
                Absent(random) ? -1
                : random.Next(100) == 0 ? 0
                : 1
            );
            Labour[i] = (sbyte)(Absent(random) ? -1 : 1 + random.Next(4));
        }
    }

    public int Households => Income.Length;
    public int Persons => Birth.Length;

    /// <summary>First member of each household, and one past the last.</summary>
    public int[] Offsets { get; }

    /// <summary>Net income of the household, fen.</summary>
    public int[] Income { get; }

    /// <summary>House grade: 1 A to 4 D.</summary>
    public sbyte[] Grade { get; }
    public sbyte[] Water { get; }
    public int[] Birth { get; }

    /// <summary>0 not in school, 1 to 12 the grade.</summary>
    public sbyte[] School { get; }
    public sbyte[] Insured { get; }

    /// <summary>1 skilled, 2 able, 3 weak, 4 none.</summary>
    public sbyte[] Labour { get; }

    public static JudgingDay Day { get; } = new(new DateOnly(2020, 6, 12));

    /// <summary>Fills a snapshot the way the program does from readers: row by row.</summary>
    public Snapshot Load(Law law)
    {
        var builder = new SnapshotBuilder(Day);
        var households = builder.Table(law.Household, Households);
        var persons = builder.Table(law.Person, Persons);
        ColumnBuilder income = households.Column(law.Income),
            grade = households.Column(law.Grade),
            water = households.Column(law.Water),
            birth = persons.Column(law.Birth),
            school = persons.Column(law.School),
            insured = persons.Column(law.Insured),
            labour = persons.Column(law.Labour);
        var link = persons.Link(law.HouseholdOf);
        for (var h = 0; h < Households; h++)
        {
            var row = households.Add(Key(h), County + h / 500);
            State(income, row, Income[h]);
            State(grade, row, Grade[h]);
            State(water, row, Water[h]);
            for (var p = Offsets[h]; p < Offsets[h + 1]; p++)
            {
                var member = persons.Add(Key(p), County + h / 500);
                link.Set(member, Key(h));
                State(birth, member, Birth[p]);
                State(school, member, School[p]);
                State(insured, member, Insured[p]);
                State(labour, member, Labour[p]);
            }
        }
        return builder.Build();
    }

    private static long Key(int row) => 530326_0000000000 + row;

    private static bool Absent(Random random) => random.Next(50) == 0;

    private static void State(ColumnBuilder column, int row, int value)
    {
        if (value >= 0)
            column.Set(row, value);
    }
}
