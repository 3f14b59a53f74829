using System.Collections.Immutable;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Columnar;

/// <summary>A dictionary of households, members, measures and villages with rules in text, and trees of subjects to judge.</summary>
internal sealed class Village
{
    public static readonly JudgingDay Day = new(new DateOnly(2020, 6, 12));
    public static readonly Source Source = new("a test", null, "B");
    public SubjectType Household { get; } = new("household", new("户", "household"), "households");
    public SubjectType Person { get; } = new("person", new("人", "person"), "persons");
    public SubjectType Measure { get; } = new("measure", new("措施", "measure"), "measures");
    public SubjectType Area { get; } = new("village", new("村", "village"), "area_versions") { Level = AreaLevel.Village };
    public FactDictionary Facts { get; } = new();
    public Dictionary<string, Parameter> Parameters { get; } = [];
    public Dictionary<string, Tally> Tallies { get; } = [];
    public Dictionary<string, StandardOutline> Standards { get; } = [];
    public CodeList Relation { get; } = Codes("relation", "head", "spouse", "child", "parent");
    public CodeList Health { get; } = Codes("health", "healthy", "disabled", "ill");

    public Village()
    {
        foreach (var type in new[] { Household, Person, Measure, Area })
            Facts.Subjects.Add(type.Name, type);
        Add(Household, "income", ValueType.Fen(-1_000_000_00, 10_000_000_00), Kept.IncomeYear);
        Add(Household, "rooms", ValueType.Int(0, 99), Kept.Row);
        Add(Household, "change", ValueType.Int(-1000, 1000), Kept.Row);
        Add(Household, "house_area", ValueType.Decimal(2, 0, 1_000_000), Kept.Row);
        Add(Household, "water", ValueType.Bool, Kept.RegistryYear);
        Add(Household, "note", ValueType.Text, Kept.Row);
        Add(Person, "name", ValueType.Text, Kept.Row);
        Add(Person, "birth", ValueType.Date, Kept.Row);
        Add(Person, "insured", ValueType.Bool, Kept.PolicyYear);
        Add(Person, "wage", ValueType.Fen(0, 10_000_000_00), Kept.IncomeYear);
        Add(Person, "key", ValueType.Int(0, long.MaxValue), Kept.Row);
        Add(Person, "relation", ValueType.Code(Relation), Kept.Link);
        Add(Person, "health", ValueType.Codes(Health), Kept.RegistryYear);
        Add(Measure, "amount", ValueType.Fen(0, 10_000_000_00), Kept.Row);
        Add(Area, "road", ValueType.Bool, Kept.Row);
        Relate(Household, "members", Person, many: true, link: "memberships", "id", "id", required: true);
        Relate(Person, "household", Household, link: "memberships");
        Relate(Household, "measures", Measure, many: true, source: "id", target: "household_id");
        Relate(Measure, "household", Household, source: "household_id");
        Relate(Household, "village", Area, source: "village_id");
        Relate(Area, "households", Household, many: true, target: "village_id");
    }

    public SubjectNode NewHousehold(params ReadOnlySpan<SubjectNode> members)
    {
        var household = new SubjectNode(Household) { AreaCode = 530326_101_001 };
        household.Related[Household.Relations["members"]] = [.. members];
        return household;
    }

    public SubjectNode NewPerson(bool? insured = null, int? birth = null, long? wage = null, string? relation = null)
    {
        var person = new SubjectNode(Person) { AreaCode = 530326_101_001 };
        Set(person, "insured", insured is { } i ? i : default(Value?));
        Set(person, "birth", birth is { } b ? (long)b : default(Value?));
        Set(person, "wage", wage is { } w ? w : default(Value?));
        Set(person, "relation", relation is null ? default(Value?) : (long)Relation.Find(relation)!.Number);
        return person;
    }

    public SubjectNode Set(SubjectNode node, string fact, Value? value, int yearShift = 0)
    {
        if (value is { } known)
            node.Facts[(node.Type.Facts[fact], yearShift)] = known;
        return node;
    }

    public SubjectNode Relate(SubjectNode node, string relation, params ReadOnlySpan<SubjectNode> others)
    {
        node.Related[node.Type.Relations[relation]] = [.. others];
        return node;
    }

    public (Expr Expr, Variable Subject) Compile(string rule, string subject = "household", Expectation? expected = null)
    {
        var scope = new RuleScope(Facts)
        {
            Parameters = Parameters,
            Tallies = Tallies,
            Standards = Standards,
        };
        var variable = new Variable(subject, Facts[subject]);
        return (new RuleCompiler(scope).Compile(RuleText.Of(rule), variable, expected ?? Expectation.Shown), variable);
    }

    /// <summary>The value of a rule for each root, together as one batch.</summary>
    public Outcome[] Evaluate(string rule, params SubjectNode[] roots)
    {
        var (expr, subject) = Compile(rule, roots[0].Type.Name);
        return NodeSnapshot.Of(Day, roots).Evaluate(expr, subject)[..roots.Length];
    }

    public bool? Flag(string rule, SubjectNode root) => Evaluate(rule, root)[0].Flag;

    public void AddParameter(string id, ValueType type, params ParameterValue[] values) =>
        Parameters.Add(id, new Parameter(id, new(id, id), type, "", IndexedBy.Day, [.. values]));

    public static ParameterValue Entry(string area, long value) =>
        new(AreaRange.Of(area), 2016_01_01, null, value, Source, PackStatus.Working, new(2026, 1, 1));

    public Indicator Indicator(string id, int bit, Variable subject, string? met, string? exempt = null) =>
        new(id, bit, new(id, id), "office", CountUnit.Households)
        {
            Source = Source,
            Met = met is null ? null : Bind(met, subject),
            ExemptWhen = exempt is null ? null : Bind(exempt, subject),
        };

    public Standard Standard(string id, Variable subject, params Indicator[] indicators) =>
        new(id, 1, subject.Type, new(id, id), AreaRange.Nation, new(new(2016, 1, 1), null), PackStatus.Working, Source, subject, [.. indicators]);

    public Expr Bind(string rule, Variable subject, Expectation? expected = null) =>
        new RuleCompiler(
            new RuleScope(Facts)
            {
                Parameters = Parameters,
                Tallies = Tallies,
                Standards = Standards,
            }
        ).Compile(RuleText.Of(rule), subject, expected ?? Expectation.Condition);

    private static CodeList Codes(string name, params ReadOnlySpan<string> keys)
    {
        var entries = ImmutableArray.CreateBuilder<CodeEntry>();
        foreach (var key in keys)
            entries.Add(new CodeEntry(entries.Count + 1, key, new(key, key), null, []));
        return new CodeList(name, new(name, name), entries.ToImmutable());
    }

    private static void Add(SubjectType subject, string name, ValueType type, Kept kept) =>
        subject.Facts.Add(name, new Fact(subject, name, new(name, name), type, kept));

    private static void Relate(
        SubjectType from,
        string name,
        SubjectType to,
        bool many = false,
        string? link = null,
        string source = "id",
        string target = "id",
        bool required = false
    ) =>
        from.Relations.Add(
            name,
            new Relation(name, from, to, many)
            {
                LinkTable = link,
                Dated = link is not null,
                SourceColumn = source,
                TargetColumn = target,
                Required = required,
            }
        );
}
