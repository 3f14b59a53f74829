using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Language;

/// <summary>A small dictionary made by hand, so that tests of the language need no pack.</summary>
internal sealed class SmallDictionary
{
    public SubjectType Household { get; } = new("household", new("户", "household"), "households");
    public SubjectType Person { get; } = new("person", new("人", "person"), "persons");
    public SubjectType Village { get; } = new("village", new("村", "village"), "area_versions") { Level = AreaLevel.Village };
    public SubjectType County { get; } = new("county", new("县", "county"), "area_versions") { Level = AreaLevel.County };
    public FactDictionary Facts { get; } = new();
    public Dictionary<string, Parameter> Parameters { get; } = [];
    public Dictionary<string, Tally> Tallies { get; } = [];
    public Dictionary<string, StandardOutline> Standards { get; } = [];

    public SmallDictionary()
    {
        foreach (var type in new[] { Household, Person, Village, County })
            Facts.Subjects.Add(type.Name, type);
        var relation = List("relation_to_head", ("head", "户主"), ("spouse", "配偶"));
        var health = List("health", ("healthy", "健康"), ("disabled", "残疾"));
        Add(Household, "wage", ValueType.Fen(0, 100_000_000), Kept.IncomeYear);
        Add(Household, "expense", ValueType.Fen(-5_000, 100_000_000), Kept.IncomeYear);
        Add(Household, "house_area", ValueType.Decimal(2, 0, 1_000_000), Kept.RegistryYear);
        Add(Household, "rooms", ValueType.Int(0, 99), Kept.Row);
        Add(Household, "change", ValueType.Int(-10, 10), Kept.Row);
        Add(Household, "huge", ValueType.Int(0, long.MaxValue), Kept.Row);
        Add(Household, "note", ValueType.Text, Kept.Row);
        Add(Household, "water", ValueType.Bool, Kept.RegistryYear);
        Add(Person, "birth", ValueType.Date, Kept.Row);
        Add(Person, "insured", ValueType.Bool, Kept.PolicyYear);
        Add(Person, "pension", ValueType.Fen(0, 10_000_000), Kept.IncomeYear);
        Add(Person, "id_index", ValueType.Int(0, long.MaxValue), Kept.Row);
        Add(Person, "relation", ValueType.Code(relation), Kept.Link);
        Add(Person, "health", ValueType.Codes(health), Kept.RegistryYear);
        Add(Village, "road", ValueType.Bool, Kept.RegistryYear);
        Relate(Household, "members", Person, many: true, link: "memberships");
        Relate(Household, "village", Village);
        Relate(Person, "household", Household, link: "memberships");
        Relate(Village, "households", Household, many: true);
        Relate(Village, "county", County);
        Relate(County, "villages", Village, many: true);
        var source = new Source("a test", null, "B");
        AddParameter("line.exit", ValueType.Fen(0, 10_000_000), 300_000);
        AddParameter("share.most", ValueType.Decimal(3, 0, 1000), 20);
        Tallies.Add(
            "persons",
            new Tally("persons", new("人数", "persons"), Household, new Variable("household", Household), null, null) { Source = source }
        );
        Standards.Add("test.exit", new StandardOutline("test.exit", Household, new HashSet<string> { "income", "housing" }));
    }

    public RuleScope Scope =>
        new(Facts)
        {
            Parameters = Parameters,
            Tallies = Tallies,
            Standards = Standards,
        };

    public Fact Derive(SubjectType subject, string name, string formula)
    {
        var self = new Variable(subject.Name, subject);
        var body = new RuleCompiler(Scope).Formula(RuleText.Of(formula), self, Expectation.Shown);
        var fact = new Fact(subject, name, new(name, name), body.Type, Kept.Derived) { Self = self, Formula = body };
        subject.Facts.Add(name, fact);
        return fact;
    }

    public Expr Compile(string rule, string subject = "household", Expectation? expected = null) =>
        new RuleCompiler(Scope).Compile(RuleText.Of(rule), new Variable(subject, Facts[subject]), expected ?? Expectation.Condition);

    /// <summary>Position and message of the error, as <c>1:5: message</c>.</summary>
    public string Refusal(string rule, string subject = "household", Expectation? expected = null)
    {
        var e = Should.Throw<RuleException>(() => Compile(rule, subject, expected));
        return FormattableString.Invariant($"{e.Span.Line}:{e.Span.Column}: {e.Message}");
    }

    private void AddParameter(string id, ValueType type, long value)
    {
        var entry = new ParameterValue(AreaRange.Nation, 2016, null, value, new("a test", null, "B"), PackStatus.Working, new(2026, 1, 1));
        Parameters.Add(id, new Parameter(id, new(id, id), type, "", IndexedBy.IncomeYear, [entry]));
    }

    private static CodeList List(string name, params (string Key, string Zh)[] entries) =>
        new(name, new(name, name), [.. entries.Select((e, i) => new CodeEntry(i + 1, e.Key, new(e.Zh, e.Key), null, []))]);

    private static void Add(SubjectType subject, string name, ValueType type, Kept kept) =>
        subject.Facts.Add(name, new Fact(subject, name, new(name, name), type, kept));

    private static void Relate(SubjectType from, string name, SubjectType to, bool many = false, string? link = null) =>
        from.Relations.Add(name, new Relation(name, from, to, many) { LinkTable = link, Dated = link is not null });
}
