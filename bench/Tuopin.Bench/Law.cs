using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Bench;

/// <summary>A dictionary of two subjects and a household standard of six indicators, compiled from the language.</summary>
internal sealed class Law
{
    private static readonly Source Source = new("benchmark", null, "recall");

    public Law()
    {
        foreach (var type in new[] { Household, Person })
            Dictionary.Subjects.Add(type.Name, type);
        Income = Add(Household, "income", ValueType.Fen(0, 1_000_000_00));
        Grade = Add(Household, "grade", ValueType.Int(0, 9));
        Water = Add(Household, "water", ValueType.Bool);
        Birth = Add(Person, "birth", ValueType.Date);
        School = Add(Person, "school", ValueType.Int(0, 99));
        Insured = Add(Person, "insured", ValueType.Bool);
        Labour = Add(Person, "labour", ValueType.Int(0, 9));
        HouseholdOf = Relate(Person, "household", Household, false);
        Relate(Household, "members", Person, true);
        Line = new Parameter(
            "line",
            new("线", "line"),
            ValueType.Fen(0, 100_000_00),
            "",
            IndexedBy.IncomeYear,
            [new(AreaRange.Nation, 2019, null, 3750_00, Source, PackStatus.Working, new(2026, 1, 1))]
        );
        var subject = new Variable("household", Household);
        Exit = new Standard(
            "exit",
            1,
            Household,
            new("退出", "exit"),
            AreaRange.Nation,
            new(new(2016, 1, 1), null),
            PackStatus.Working,
            Source,
            subject,
            [
                .. Rules.Select(
                    (r, i) => new Indicator(r.Id, i, new(r.Id, r.Id), "", CountUnit.Households) { Source = Source, Met = Compile(r.Rule, subject) }
                ),
            ]
        );
    }

    public static (string Id, string Rule)[] Rules { get; } =
    [
        ("income", "household.income / household.members.count() > param('line')"),
        ("housing", "household.grade in [1, 2, 3]"),
        ("education", "household.members.all(m, age(m.birth, day) < 6 || age(m.birth, day) > 15 || m.school > 0)"),
        ("insurance", "household.members.all(m, m.insured)"),
        ("water", "household.water"),
        ("work", "household.members.exists(m, m.labour <= 2 && age(m.birth, day) >= 16)"),
    ];

    public FactDictionary Dictionary { get; } = new();
    public SubjectType Household { get; } = new("household", new("户", "household"), "households");
    public SubjectType Person { get; } = new("person", new("人", "person"), "persons");
    public Fact Income { get; }
    public Fact Grade { get; }
    public Fact Water { get; }
    public Fact Birth { get; }
    public Fact School { get; }
    public Fact Insured { get; }
    public Fact Labour { get; }
    public Relation HouseholdOf { get; }
    public Parameter Line { get; }
    public Standard Exit { get; }

    private Expr Compile(string rule, Variable subject) =>
        new RuleCompiler(new RuleScope(Dictionary) { Parameters = new Dictionary<string, Parameter> { ["line"] = Line } }).Compile(
            RuleText.Of(rule),
            subject,
            Expectation.Condition
        );

    private static Fact Add(SubjectType subject, string name, ValueType type)
    {
        var fact = new Fact(subject, name, new(name, name), type, Kept.Row);
        subject.Facts.Add(name, fact);
        return fact;
    }

    private static Relation Relate(SubjectType from, string name, SubjectType to, bool many)
    {
        var relation = new Relation(name, from, to, many)
        {
            LinkTable = "memberships",
            Dated = true,
            Required = many,
        };
        from.Relations.Add(name, relation);
        return relation;
    }
}
