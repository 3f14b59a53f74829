using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Language;

public class ReadingRules
{
    private readonly SmallDictionary dictionary = new();

    [Theory]
    [InlineData("household.water", "household.water")]
    [InlineData("!household.water || household.rooms > 2 && true", "!household.water || household.rooms > 2 && true")]
    [InlineData("(household.water || true) && false", "(household.water || true) && false")]
    [InlineData("household.house_area >= 20", "household.house_area >= 20.00")]
    [InlineData("household.rooms > 2.5", "household.rooms > 2.5")]
    [InlineData("household.wage + yuan(3.5) == param('line.exit')", "household.wage + yuan(3.50) == param(\"line.exit\")")]
    [InlineData(
        "household.wage / household.members.count() > param('line.exit')",
        "household.wage / household.members.count() > param(\"line.exit\")"
    )]
    [InlineData("household.wage / household.house_area > yuan(1)", "household.wage / household.house_area > yuan(1.00)")]
    [InlineData("household.members.share(m, m.insured) >= 0.98", "household.members.share(m, m.insured) >= 0.98")]
    [InlineData("household.members.share(m, m.insured) <= param('share.most')", "household.members.share(m, m.insured) <= param(\"share.most\")")]
    [InlineData("household.members.avg(m, m.pension) < yuan(100)", "household.members.avg(m, m.pension) < yuan(100.00)")]
    [InlineData("household.members.all(m, 'head' == m.relation)", "household.members.all(m, 'head' == m.relation)")]
    [InlineData("household.members.exists(m, m.relation in ['head', '配偶'])", "household.members.exists(m, m.relation in ['head', 'spouse'])")]
    [InlineData("household.members.exists(m, m.relation in [])", "household.members.exists(m, m.relation in [])")]
    [InlineData("household.members.exists(m, 'disabled' in m.health)", "household.members.exists(m, 'disabled' in m.health)")]
    [InlineData(
        "household.members.exists(a, a.household.members.exists(b, b.birth > a.birth))",
        "household.members.exists(a, a.household.members.exists(b, b.birth > a.birth))"
    )]
    [InlineData("household.last_year.wage < household.wage", "household.last_year.wage < household.wage")]
    [InlineData("household.village.last_year.road", "household.village.last_year.road")]
    [InlineData("age(date('2000-02-29'), day) >= 18", "age(date(\"2000-02-29\"), day) >= 18")]
    [InlineData("household.note.startsWith('a\\'b')", "household.note.startsWith('a\\'b')")]
    [InlineData("household.change - (household.rooms - 1) < -1", "household.change - (household.rooms - 1) < -1")]
    [InlineData("household.met('test.exit', 'housing')", "household.met('test.exit', 'housing')")]
    [InlineData("household.rooms in [1, 2.5]", "household.rooms in [1.0, 2.5]")]
    [InlineData("min_of(household.rooms, 3) == 3 ? household.water : false // a remark", "min_of(household.rooms, 3) == 3 ? household.water : false")]
    public void Binds_what_was_written(string rule, string expected) => ExprText.Of(dictionary.Compile(rule)).ShouldBe(expected);

    [Theory]
    [InlineData("household.rooms > 2.5", "10 25")]
    [InlineData("household.members.share(m, m.insured) >= 0.98", "98 100")]
    [InlineData("household.wage / household.house_area > yuan(1)", "100 100")]
    [InlineData("household.house_area / 2 > 20.5", "2 2050")]
    public void Both_sides_come_to_one_scale(string rule, string constants) =>
        string.Join(' ', dictionary.Compile(rule).All().OfType<Constant>().Select(c => c.Value.Number)).ShouldBe(constants);

    [Fact]
    public void Filters_before_a_macro_fold_into_it_with_one_variable()
    {
        var rule = dictionary.Compile("household.members.filter(x, x.insured).filter(y, has(y.birth)).count(z, z.relation == 'head') > 0");
        ExprText.Of(rule).ShouldBe("household.members.filter(z, z.insured && has(z.birth)).count(z, z.relation == 'head') > 0");
        var macro = (Aggregate)((Comparison)rule).Left;
        rule.All().OfType<FactRead>().ShouldAllBe(f => f.Place.Variable == macro.Item);
    }

    [Fact]
    public void Counting_after_a_filter_needs_no_condition() =>
        ExprText
            .Of(dictionary.Compile("household.members.filter(m, m.insured).count() == 1"))
            .ShouldBe("household.members.filter(m, m.insured).count() == 1");

    [Fact]
    public void A_derived_fact_is_written_in_at_its_place()
    {
        dictionary.Derive(dictionary.Household, "pensions", "household.members.sum(m, m.pension)");
        var rule = dictionary.Compile("household.members.exists(m, m.household.pensions > yuan(0))");
        ExprText.Of(rule).ShouldBe("household.members.exists(m, m.household.pensions > yuan(0.00))");
        ExprText.Of(rule.All().OfType<DerivedRead>().Single().Body).ShouldBe("m.household.members.sum(m, m.pension)");
        var variables = rule.All().OfType<Aggregate>().Select(a => a.Item).ToList();
        variables.Distinct().Count().ShouldBe(2);
        rule.All().OfType<FactRead>().Single().Place.Variable.ShouldBe(variables[1]);
    }

    [Fact]
    public void A_derived_ratio_compares_by_crosswise_multiplication()
    {
        dictionary.Derive(dictionary.Household, "per_head", "household.wage / household.members.count()");
        var rule = (Comparison)dictionary.Compile("household.per_head > param('line.exit')");
        rule.Left.ShouldBeOfType<DerivedRead>().Body.ShouldBeOfType<Ratio>();
    }

    [Fact]
    public void A_village_rule_scans_its_households_and_their_members() =>
        dictionary
            .Compile("village.households.filter(h, h.water).share(h, h.members.exists(m, m.insured)) > 0.5", "village")
            .ShouldBeOfType<Comparison>();

    [Fact]
    public void A_county_rule_reads_villages_and_tallies() =>
        dictionary.Compile("county.villages.all(v, v.road) && county.tally('persons') * 100 < 5000", "county").ShouldBeOfType<Logical>();

    [Fact]
    public void Rounding_keeps_the_unit_of_the_numerator()
    {
        dictionary.Compile("div_half_up(household.wage, household.members.count())", expected: Expectation.Shown).Type.Kind.ShouldBe(Kind.Fen);
        var area = dictionary.Compile("div_half_up(household.house_area, household.rooms)", expected: Expectation.Shown);
        (area.Type.Kind, area.Type.Scale).ShouldBe((Kind.Decimal, 2));
        dictionary.Compile("div_half_up(household.wage, household.wage)", expected: Expectation.Shown).Type.Kind.ShouldBe(Kind.Int);
    }

    [Fact]
    public void The_text_of_a_bound_rule_binds_to_the_same_rule()
    {
        const string rule = "household.members.filter(m, m.insured || has(m.birth)).sum(m, m.pension) - household.wage * -2 >= yuan(1.5)";
        var once = ExprText.Of(dictionary.Compile(rule));
        ExprText.Of(dictionary.Compile(once)).ShouldBe(once);
    }
}
