namespace Tuopin.Rules.Tests.Language;

public class RefusingRules
{
    private readonly SmallDictionary dictionary = new();

    [Theory]
    [InlineData("household.house_are > 2", "1:11: household has no fact or relation 'house_are'; did you mean 'house_area'?")]
    [InlineData("houshold.water", "1:1: unknown name 'houshold'; did you mean 'household'?")]
    [InlineData("zzz", "1:1: unknown name 'zzz'; known here: day, household")]
    [InlineData("household.water &&", "1:19: expected a value, found the end of the rule")]
    [InlineData("", "1:1: expected an expression, found nothing")]
    [InlineData("household.water = true", "1:17: expected '==', found '='")]
    [InlineData("household.water & true", "1:17: expected '&&', found '&'")]
    [InlineData("household.rooms % 2 == 0", "1:17: there is no '%' in the language")]
    [InlineData("1 < household.rooms < 3", "1:21: comparisons do not chain: write a < b && b < c")]
    [InlineData("household.note == null", "1:19: there is no null in the language: ask has(x) whether a fact is known")]
    [InlineData("household.rooms > 1e3", "1:19: there is no floating point in the language: write the number out")]
    [InlineData("household.note == 'a", "1:19: the text that starts here has no closing '")]
    [InlineData("household.note == '\\q'", "1:20: unknown escape: known are \\\\ \\' \\\" \\n \\t \\uXXXX")]
    [InlineData("household.rooms[0]", "1:16: there is no indexing in the language")]
    [InlineData("household.rooms ＞ 2", "1:17: unexpected '＞': names are ASCII; Chinese labels of codes stand in quotes")]
    [InlineData("household.rooms + 1", "1:17: expected true or false, found a whole number")]
    [InlineData("household.wage > 3000", "1:16: one side is fen, the other a whole number: write yuan(..) for an amount of money")]
    [InlineData("household.wage > household.rooms", "1:16: one side is fen, the other a whole number: money and plain numbers do not add or compare")]
    [InlineData("household.wage * household.wage > yuan(1)", "1:16: fen times fen means nothing")]
    [InlineData("household.wage * 0.3 > yuan(1)", "1:16: fen times a decimal is no whole number of fen: compare a * 10 >= b * 3, or a / b >= 0.3")]
    [InlineData("household.wage / household.change > yuan(1)", "1:28: what divides may be negative (down to -10): a divisor needs min 0 or more")]
    [InlineData(
        "household.wage / (household.members.sum(m, 5) - household.rooms) > yuan(1)",
        "1:47: what divides may be negative (down to -99): a divisor needs min 0 or more"
    )]
    [InlineData("household.wage / 0 > yuan(1)", "1:18: division by zero")]
    [InlineData("1 / household.wage > 1", "1:3: a plain number divided by fen means nothing")]
    [InlineData(
        "household.wage / 2 + yuan(1) > yuan(1)",
        "1:16: expected a number, found a ratio: a / b stands only in a comparison; write div_half_up(a, b) for a rounded value"
    )]
    [InlineData(
        "household.wage / household.rooms > 3",
        "1:34: one side is fen, the other a plain number: the left side is money per piece; write yuan(..) for an amount"
    )]
    [InlineData("household.members.exists(m, m.relation == 'hed')", "1:43: code list relation_to_head has no entry 'hed'; did you mean 'head'?")]
    [InlineData(
        "household.members.exists(m, m.relation == 1)",
        "1:40: cannot compare a code of relation_to_head with a whole number: write the code's key in quotes"
    )]
    [InlineData("household.members.exists(m, m.relation < 'head')", "1:40: a code of relation_to_head has no order: only == and !=")]
    [InlineData("household.members.exists(m, m.health == 'healthy')", "1:38: a set of codes is not compared: ask 'key' in it")]
    [InlineData("household.members.exists(m, m.birth > '2000-01-01')", "1:37: cannot compare a date with text: write date(\"2020-06-12\")")]
    [InlineData(
        "household.members.exists(m, day - m.birth > 3)",
        "1:33: days do not add or subtract with + and -: write days_between(a, b), months_between(a, b) or add_months(d, n)"
    )]
    [InlineData(
        "household.members",
        "1:11: household.members is a collection: ask .exists(m, ..), .all(m, ..), .count(..), .sum(m, ..), .share(m, ..), .min, .max or .avg"
    )]
    [InlineData(
        "household.members.insured",
        "1:19: household.members is a collection: 'insured' belongs to its items; write .exists(m, m.insured ..)"
    )]
    [InlineData("household.members.exist(m, m.insured)", "1:19: a collection has no 'exist'; did you mean 'exists'?")]
    [InlineData("household.members.exists(m.insured)", "1:19: expected exists(m, ..): a name for the item and what to ask of it")]
    [InlineData(
        "household.members.filter(m, m.insured)",
        "1:19: filter gives a collection: end with .exists(m, ..), .count() or another of the macros"
    )]
    [InlineData("household.members.exists(household, true)", "1:26: 'household' already means something here: choose another name for the item")]
    [InlineData("household.exists(m, true)", "1:11: 'exists' belongs to a collection, not to a household; collections here: members")]
    [InlineData("household.village", "1:11: expected a value, found a village: name one of its facts")]
    [InlineData("household.last_year.rooms > 1", "1:21: last_year is only for yearly facts: household.rooms is kept on the row")]
    [InlineData(
        "household.last_year.members.count() > 1",
        "1:21: last_year is only for yearly facts, not for collections: write it at the fact of the item"
    )]
    [InlineData(
        "household.village.households.count() > 1",
        "1:30: a household rule may read its own members and upward, not scan village.households"
    )]
    [InlineData("param('line.exot') > yuan(1)", "1:7: there is no parameter 'line.exot'; did you mean 'line.exit'?")]
    [InlineData("household.met('test.exit', 'incom')", "1:28: test.exit has no indicator 'incom'; did you mean 'income'?")]
    [InlineData("household.met('test.exist', 'income')", "1:15: there is no standard 'test.exist'; did you mean 'test.exit'?")]
    [InlineData("household.members.exists(m, m.met('test.exit', 'income'))", "1:31: test.exit judges household, not person")]
    [InlineData(
        "household.members.exists(m, unique_in('county', m.pension))",
        "1:51: the key of unique_in must be a fact stored on the subject's own row"
    )]
    [InlineData(
        "household.members.exists(m, unique_in('country', m.id_index))",
        "1:39: expected one of nation, province, city, county, township, village, group, found 'country'; did you mean 'county'?"
    )]
    [InlineData("has(household.members.count())", "1:23: has() asks for one value, found a count: ask for the facts behind it")]
    [InlineData("yuan(1.234) > yuan(1)", "1:6: money has two decimals at most")]
    [InlineData("day > date('2020-02-30')", "1:12: '2020-02-30' is not a day; write date(\"2020-06-12\")")]
    [InlineData("agee(day, day) > 1", "1:1: there is no function 'agee'; did you mean 'age'?")]
    [InlineData("age(day) > 1", "1:1: expected age(birth, on), found 1 arguments")]
    [InlineData("household.note.matches('a')", "1:16: there are no regular expressions in the language")]
    [InlineData("household.rooms in [1, household.rooms]", "1:34: a list holds constants only: compare facts with == and ||")]
    [InlineData("household.rooms in ['a']", "1:21: expected a whole number, found text")]
    [InlineData("household.water ? 1 : 'a'", "1:17: the two values of ?: are a whole number and text")]
    [InlineData("household.huge + 1 > 2", "1:16: this sum can reach 9223372036854775808, more than 63 bits hold: narrow min and max of its facts")]
    [InlineData(
        "household.huge * 2 > 2",
        "1:16: this product can reach 18446744073709551614, more than 63 bits hold: narrow min and max of its facts"
    )]
    [InlineData(
        "household.members.sum(m, m.id_index) > 2",
        "1:19: sum over 100 items can reach 922337203685477580700, more than 63 bits hold: narrow min and max of its facts"
    )]
    [InlineData(
        "household.rooms / 3 > household.huge",
        "1:21: this comparison multiplies across, and a side can reach 27670116110564327421, more than 63 bits hold: narrow min and max of its facts"
    )]
    [InlineData("household.tally('persons') > 1", "1:11: tallies are kept per area: household is none")]
    public void Says_where_and_why(string rule, string expected) => dictionary.Refusal(rule).ShouldBe(expected);

    [Theory]
    [InlineData(
        "county.villages.exists(v, v.households.count() > 1)",
        "1:40: a county rule may not scan village.households: count households and persons by a tally"
    )]
    [InlineData(
        "county.villages.exists(v, v.county.villages.count() > 1)",
        "1:45: a county rule may scan only what lies beneath it, not county.villages of v.county"
    )]
    public void A_county_rule_never_touches_households(string rule, string expected) => dictionary.Refusal(rule, "county").ShouldBe(expected);

    [Theory]
    [InlineData(
        "village.county.villages.count() > 1",
        "1:25: a village rule may scan only what lies beneath it, not county.villages of village.county"
    )]
    [InlineData(
        "village.households.exists(h, h.village.households.count() > 1)",
        "1:51: a village rule may scan only what lies beneath it, not village.households of h.village"
    )]
    public void A_village_rule_stays_in_its_village(string rule, string expected) => dictionary.Refusal(rule, "village").ShouldBe(expected);

    [Fact]
    public void A_fault_behind_a_derived_fact_names_it()
    {
        dictionary.Derive(dictionary.Household, "rooms_more", "household.rooms + 1");
        dictionary
            .Refusal("household.last_year.rooms_more > 1")
            .ShouldBe("1:21: last_year is only for yearly facts: household.rooms is kept on the row (through household.rooms_more)");
    }

    [Fact]
    public void Last_year_is_refused_for_a_derived_fact_that_reads_the_law_of_this_year()
    {
        dictionary.Derive(dictionary.Household, "missing", "param('line.exit') - household.wage");
        dictionary.Compile("household.missing > yuan(0)").ShouldNotBeNull();
        dictionary
            .Refusal("household.last_year.missing > yuan(0)")
            .ShouldBe(
                "1:21: last_year takes facts back, and this derived fact also reads param(\"line.exit\"), which stays that of this year (through household.missing)"
            );
    }

    [Fact]
    public void Deep_nesting_is_refused_before_it_exhausts_the_stack()
    {
        dictionary.Refusal(new string('(', 300) + "true").ShouldEndWith("the rule nests deeper than 200");
        dictionary.Refusal(new string('!', 300) + "true").ShouldEndWith("the rule nests deeper than 200");
        dictionary
            .Refusal("household.rooms" + string.Concat(Enumerable.Repeat(" + 1", 300)) + " > 1")
            .ShouldEndWith("the rule nests deeper than 200; split it into derived facts");
    }

    [Fact]
    public void A_rule_of_many_lines_is_refused_at_the_right_one() =>
        dictionary.Refusal("household.water\n  && household.wter").ShouldBe("2:16: household has no fact or relation 'wter'; did you mean 'water'?");
}
