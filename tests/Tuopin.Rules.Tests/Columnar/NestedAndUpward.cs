using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Columnar;

/// <summary>Macros in macros, steps upward, last year, parameters by area, texts, keys, verdicts, tallies and overlays.</summary>
public class NestedAndUpward
{
    private readonly Village village = new();

    [Fact]
    public void A_parent_and_child_of_one_household_are_compared()
    {
        const string rule =
            "household.members.exists(a, a.relation == 'child' && household.members.exists(b, b.relation == 'head' && b.birth > a.birth))";
        var right = village.NewHousehold(Member("head", 1980_01_01), Member("child", 2010_01_01));
        var wrong = village.NewHousehold(Member("child", 1979_12_31), Member("spouse", 1981_01_01), Member("head", 1980_01_01));
        var unsure = village.NewHousehold(Member("head", 1980_01_01), Member("child", null));
        village.Evaluate(rule, right, wrong, unsure).Select(o => o.Flag).ShouldBe([false, true, null]);
        village.Evaluate(rule.Replace("exists(b", "filter(c, has(c.birth)).exists(b"), unsure)[0].Flag.ShouldBeNull();
        village.Evaluate("household.members.all(a, a.household.members.count(b, b.birth < a.birth) <= 1)", wrong)[0].Flag.ShouldBe(false);
    }

    [Fact]
    public void A_member_reads_the_household_it_was_named_in()
    {
        var household = village.Set(village.NewHousehold(village.NewPerson(), village.NewPerson(insured: true)), "water", true);
        village.Flag("household.members.all(m, m.household.water)", household).ShouldBe(true);
        village.Flag("household.members.all(m, m.insured || m.household.water)", household).ShouldBe(true);
        village.Flag("household.members.exists(m, m.insured && !m.household.water)", household).ShouldBe(false);
    }

    [Fact]
    public void A_step_that_leads_nowhere_is_unknown()
    {
        var lost = village.NewHousehold(village.NewPerson());
        var found = village.Relate(village.NewHousehold(village.NewPerson()), "village", village.Set(new SubjectNode(village.Area), "road", true));
        village.Evaluate("household.village.road", lost, found).Select(o => o.Flag).ShouldBe([null, true]);
        village.Evaluate("household.village.road || !household.village.road", found, lost).Select(o => o.Flag).ShouldBe([true, null]);
        village.Evaluate("person.household.members.count()", village.NewPerson())[0].Known.ShouldBeFalse();
        village.Evaluate("person.household.measures.sum(m, m.amount)", village.NewPerson())[0].Known.ShouldBeFalse();
    }

    [Fact]
    public void Last_year_is_another_column()
    {
        var household = village.NewHousehold(village.NewPerson());
        village.Set(household, "income", 300);
        village.Flag("household.income > household.last_year.income", household).ShouldBeNull();
        village.Set(household, "income", 299, yearShift: -1);
        village.Flag("household.income > household.last_year.income", household).ShouldBe(true);
    }

    [Fact]
    public void A_parameter_is_that_of_the_subjects_area_also_within_macros()
    {
        village.AddParameter("line", ValueType.Fen(0, 10_000_00), Village.Entry("0", 100), Village.Entry("5303", 200), Village.Entry("530326", 300));
        village.AddParameter("local", ValueType.Fen(0, 10_000_00), Village.Entry("53", 1));
        SubjectNode[] households =
        [
            .. new[] { 110101_001_001, 530301_001_001, 530326_001_001, 530326_001_002, 540101_001_001 }.Select(area =>
            {
                var h = village.NewHousehold(village.NewPerson(wage: 200), village.NewPerson(wage: 150));
                h.AreaCode = area;
                return village.Set(h, "income", 250);
            }),
        ];
        Flags("household.income > param('line')", households).ShouldBe([true, true, false, false, true]);
        Flags("household.members.exists(m, m.wage > param('line'))", households).ShouldBe([true, false, false, false, true]);
        Flags("household.members.all(m, household.members.exists(o, o.wage > param('line')))", households)
            .ShouldBe([true, false, false, false, true]);
        Flags("household.income > param('local')", households).ShouldBe([null, true, true, true, null]);
        Flags("household.income > param('line')", households[2..4]).ShouldBe([false, false]);
    }

    [Fact]
    public void Texts_are_compared_by_code_point()
    {
        SubjectNode[] households =
        [
            .. new[] { "", "abc", "abd", "\uFF5E", "\U00020000", null }.Select(n =>
                village.Set(village.NewHousehold(), "note", n is null ? default(Value?) : n)
            ),
        ];
        Flags("household.note < 'abca'", households).ShouldBe([true, true, false, false, false, null]);
        Flags("household.note > '\uFF5E'", households).ShouldBe([false, false, false, false, true, null]);
        Flags("household.note == 'abc'", households).ShouldBe([false, true, false, false, false, null]);
        Flags("household.note in ['abd', 'nowhere', '']", households).ShouldBe([true, false, true, false, false, null]);
        Flags("household.note.startsWith('ab')", households).ShouldBe([false, true, true, false, false, null]);
        Flags("household.note.endsWith('')", households).ShouldBe([true, true, true, true, true, null]);
        Flags("household.note.contains('b')", households).ShouldBe([false, true, true, false, false, null]);
        Flags("size(household.note) == 1", households).ShouldBe([false, false, false, true, true, null]);
        Flags("(household.note == '' ? 'x' : 'y') < 'xa'", households).ShouldBe([true, false, false, false, false, null]);
    }

    [Fact]
    public void A_set_of_codes()
    {
        SubjectNode[] persons = [.. new long?[] { 0, 1L << 2, 1L << 1 | 1L << 3, null }.Select(h => Healthy(h))];
        Flags("'disabled' in person.health", persons).ShouldBe([false, true, false, null]);
    }

    [Fact]
    public void A_key_held_twice_in_an_area_is_not_unique_there()
    {
        SubjectNode[] persons =
        [
            .. new (long Area, long? Key)[]
            {
                (530326_001_001, 7),
                (530326_002_001, 7),
                (530326_001_001, 8),
                (530327_001_001, 8),
                (530326_001_001, null),
            }.Select(p =>
            {
                var person = village.Set(village.NewPerson(), "key", p.Key is { } k ? k : default(Value?));
                person.AreaCode = p.Area;
                return person;
            }),
        ];
        Flags("unique_in('county', person.key)", persons).ShouldBe([false, false, true, true, null]);
        Flags("unique_in('township', person.key)", persons).ShouldBe([true, true, true, true, null]);
        Flags("unique_in('nation', person.key)", persons).ShouldBe([false, false, false, false, null]);
    }

    [Fact]
    public void Verdicts_and_tallies_stand_on_the_subject()
    {
        village.Standards.Add("exit", new("exit", village.Household, new HashSet<string> { "water" }));
        village.Tallies.Add(
            "poor",
            new Tally("poor", new("x", "x"), village.Household, new("household", village.Household), null, null) { Source = Village.Source }
        );
        var area = new SubjectNode(village.Area);
        area.Tallies["poor"] = (3, 5);
        var met = village.Relate(village.NewHousehold(), "village", area);
        met.Verdicts[("exit", "water")] = true;
        var unmet = village.Relate(village.NewHousehold(), "village", new SubjectNode(village.Area));
        unmet.Verdicts[("exit", "water")] = false;
        Flags("household.met('exit', 'water')", [met, unmet, village.NewHousehold()]).ShouldBe([true, false, null]);
        Flags("household.village.tally('poor') >= 3", [met, unmet]).ShouldBe([true, null]);
        Flags("household.village.tally('poor') * 2 > 7", [met]).ShouldBe([null]);
    }

    [Fact]
    public void An_overlay_replaces_facts_and_parameters_and_leaves_the_snapshot_alone()
    {
        village.AddParameter("line", ValueType.Fen(0, 10_000_00), Village.Entry("0", 100));
        SubjectNode[] roots =
        [
            village.Set(village.Set(village.NewHousehold(village.NewPerson(insured: false, wage: 1)), "rooms", 1), "income", 150),
            village.Set(village.Set(village.NewHousehold(village.NewPerson(wage: 3)), "rooms", 5), "income", 250),
        ];
        var snapshot = NodeSnapshot.Of(Village.Day, roots);
        Variable household = new("household", village.Household),
            person = new("person", village.Person);
        var overlay = new Overlay(
            "x",
            new("x", "x"),
            [
                new(
                    village.Household.Facts["rooms"],
                    household,
                    village.Bind("household.rooms < 3", household),
                    village.Bind("household.rooms + 10", household, Expectation.Number)
                ),
                new(village.Person.Facts["insured"], person, village.Bind("person.wage < yuan(0.02)", person), village.Bind("true", person)),
            ],
            System.Collections.Immutable.ImmutableDictionary<string, Value>.Empty.Add("line", 200)
        );
        bool?[] With(string rule, Overlay? o) => [.. snapshot.Evaluate(village.Bind(rule, household), household, o).Select(x => x.Flag)];
        With("household.rooms == 11", overlay).ShouldBe([true, false]);
        With("household.rooms == 1", null).ShouldBe([true, false]);
        With("household.members.all(m, m.insured)", overlay).ShouldBe([true, null]);
        With("household.members.all(m, m.insured)", null).ShouldBe([false, null]);
        With("household.income > param('line')", overlay).ShouldBe([false, true]);
    }

    private bool?[] Flags(string rule, SubjectNode[] roots) => [.. village.Evaluate(rule, roots).Select(o => o.Flag)];

    private SubjectNode Member(string relation, int? birth) => village.NewPerson(relation: relation, birth: birth);

    private SubjectNode Healthy(long? health) => village.Set(village.NewPerson(), "health", health is { } h ? h : default(Value?));
}
