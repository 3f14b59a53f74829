using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Tests.Columnar;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Tests.Explaining;

public class ExplainingAHousehold
{
    private readonly Village village = new();
    private readonly Variable subject;
    private readonly Standard standard;

    public ExplainingAHousehold()
    {
        subject = new("household", village.Household);
        village.AddParameter("line", ValueType.Fen(0, 10_000_00), Village.Entry("0", 3750_00));
        standard = village.Standard(
            "exit",
            subject,
            village.Indicator("income", 0, subject, "household.income / household.members.count() > param('line')") with
            {
                Value = village.Bind("household.income / household.members.count()", subject, Expectation.Shown),
                Limit = village.Bind("param('line')", subject, Expectation.Shown),
            },
            village.Indicator("insured", 1, subject, "household.members.filter(m, age(m.birth, day) >= 6).all(m, m.insured)"),
            village.Indicator("text", 2, subject, null)
        );
    }

    [Fact]
    public void Shows_value_limit_and_law_with_digits_enough_to_tell_the_side()
    {
        var household = village.Set(village.NewHousehold(Members(3)), "income", 3 * 3750_00 - 1);
        var income = household.Explain(standard, Village.Day)["income"];
        income.Result.ShouldBe(IndicatorResult.Unmet);
        ValueText.Of(income.Value!, income.Limit).ShouldBe("3749.997");
        ValueText.Of(income.Value!).ShouldBe("3750.00");
        ValueText.Of(income.Limit!).ShouldBe("3750.00");
        income.Laws.Single().Law!.Source.ShouldBe(Village.Source);
        income.Facts.Select(f => f.Text).ShouldBe(["household.income"]);
        income.Causes.ShouldBeEmpty();
    }

    [Fact]
    public void Names_the_fact_that_left_it_unknown()
    {
        var unsure = village.NewPerson(birth: 1990_01_01);
        unsure.Id = 77;
        var infant = village.NewPerson(birth: 2020_01_01);
        var explanation = village.NewHousehold(village.NewPerson(insured: true, birth: 1980_01_01), unsure, infant).Explain(standard, Village.Day);
        var insured = explanation["insured"];
        insured.Result.ShouldBe(IndicatorResult.Unknown);
        insured.Causes.Select(c => (c.Text, c.SubjectId)).ShouldBe([("m.insured", 77L)]);
        explanation["income"].Causes.Select(c => c.Text).ShouldBe(["household.income"]);
        explanation["text"].Result.ShouldBe(IndicatorResult.Unknown);
        TraceText
            .Of(insured.Test!)
            .ShouldBe(
                """
                household.members.filter(m, age(m.birth, day) >= 6).all(m, m.insured) = unknown
                  m #1
                    age(m.birth, day) >= 6 = yes
                      age(m.birth, day) = 40
                        m.birth = 1980-01-01
                        day = 2020-06-12
                    m.insured = yes
                  m #2
                    age(m.birth, day) >= 6 = yes
                      age(m.birth, day) = 30
                        m.birth = 1990-01-01
                        day = 2020-06-12
                    m.insured = unknown
                  m #3
                    age(m.birth, day) >= 6 = no
                      age(m.birth, day) = 0
                        m.birth = 2020-01-01
                        day = 2020-06-12
                    m.insured = unknown

                """,
                StringCompareShould.IgnoreLineEndings
            );
    }

    [Fact]
    public void Names_the_members_behind_a_result()
    {
        SubjectNode Person(long id, bool? insured, int birth)
        {
            var person = insured is { } known ? village.NewPerson(insured: known, birth: birth) : village.NewPerson(birth: birth);
            person.Id = id;
            return person;
        }
        List<long> Behind(params SubjectNode[] members) =>
            [.. village.NewHousehold(members).Explain(standard, Village.Day)["insured"].Deciding.Select(i => i.SubjectId)];
        Behind(Person(1, true, 1980_01_01), Person(2, false, 1990_01_01), Person(3, null, 1991_01_01), Person(4, false, 2020_01_01)).ShouldBe([2L]);
        Behind(Person(1, true, 1980_01_01), Person(3, null, 1991_01_01)).ShouldBe([3L]);
        Behind(Person(1, true, 1980_01_01)).ShouldBeEmpty();
        var poor = village.Set(village.NewHousehold(Person(1, true, 1980_01_01)), "income", 1);
        poor.Explain(standard, Village.Day)["income"].Deciding.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("household.members.count(m, m.insured) == 0", 1L)]
    [InlineData("household.members.share(m, m.insured) >= 1", 2L)]
    [InlineData("!household.members.exists(m, m.insured) || false", 1L)]
    [InlineData("household.members.exists(m, m.insured && m.wage > yuan(5))")]
    public void Names_the_members_behind_counts_and_negations(string rule, params long[] expected)
    {
        var (one, two) = (village.NewPerson(insured: true, wage: 1), village.NewPerson(insured: false, wage: 1));
        (one.Id, two.Id) = (1, 2);
        var (expr, variable) = village.Compile(rule, "household");
        village.NewHousehold(one, two).Explain(expr, variable, Village.Day).Deciding().Select(i => i.SubjectId).ShouldBe(expected);
    }

    [Fact]
    public void An_empty_household_is_its_own_cause()
    {
        var household = village.Set(village.NewHousehold(), "income", 1);
        household.Explain(standard, Village.Day)["insured"].Causes.Single().Expr.ShouldBeOfType<Aggregate>();
    }

    [Fact]
    public void Values_are_written_for_people()
    {
        var household = village.NewHousehold(village.NewPerson(insured: true, relation: "head", wage: 12_50), village.NewPerson(relation: "head"));
        village.Set(household, "house_area", 87_50);
        Text("household.members.count(m, m.insured)", household).ShouldBe("1 – 2");
        Text("household.members.share(m, m.insured)", household).ShouldBe("0.5 – 1");
        Text("household.members.sum(m, m.wage)", household).ShouldBe("未知");
        Text("household.members.filter(m, has(m.wage)).sum(m, m.wage)", household).ShouldBe("12.50");
        Text("household.house_area", household).ShouldBe("87.50");
        Text("household.members.count() > 1", household).ShouldBe("是");
        var person = village.NewPerson(relation: "spouse", birth: 1980_02_03);
        village.Set(person, "health", 1L << 2 | 1L << 3);
        Text("person.relation", person).ShouldBe("spouse");
        Text("person.health", person).ShouldBe("disabled、ill");
        Text("person.birth", person).ShouldBe("1980-02-03");
    }

    private string Text(string rule, SubjectNode root)
    {
        var (expr, variable) = village.Compile(rule, root.Type.Name);
        return ValueText.Of(root.Explain(expr, variable, Village.Day));
    }

    private SubjectNode[] Members(int count) => [.. Enumerable.Range(0, count).Select(_ => village.NewPerson())];
}
