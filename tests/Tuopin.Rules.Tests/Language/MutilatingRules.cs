using FsCheck;
using FsCheck.Fluent;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Language;

/// <summary>Whatever stands in a rule, it binds or is refused with a place; no other exception leaves the compiler.</summary>
public class MutilatingRules
{
    private static readonly string[] Words =
    [
        "household",
        "m",
        "day",
        ".",
        ".members",
        ".village",
        ".wage",
        ".rooms",
        ".water",
        ".birth",
        ".relation",
        ".last_year",
        ".exists(m, ",
        ".filter(m, ",
        ".count()",
        ".sum(m, ",
        ".avg(m, ",
        "(",
        ")",
        ",",
        "[",
        "]",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "?",
        ":",
        "==",
        "<",
        " in ",
        "12",
        "2.5",
        "'head'",
        "yuan(3)",
        "date('2020-01-01')",
        "age(",
        "has(",
        "param('line.exit')",
        "div_half_up(",
        "min_of(",
        "unique_in('county', ",
        ".met('test.exit', 'income')",
        "null",
        "'",
        "9223372036854775807",
        "99999999999999999999",
        "户",
        "\u0000",
        "\ud800",
    ];

    private readonly SmallDictionary dictionary = new();

    [Fact]
    public void Random_words_never_break_the_compiler() =>
        Prop.ForAll(Gen.Elements(Words).NonEmptyListOf().ToArbitrary(), words => Try(string.Concat(words)))
            .Check(Tuopin.Tests.Shared.Properties.Cases(3000));

    [Fact]
    public void A_rule_with_one_word_changed_never_breaks_the_compiler()
    {
        const string rule =
            "household . members .filter(m, has( m .birth )).sum(m, household .wage * 2 ) / 12 >= param('line.exit') && ! household .water";
        var change = from at in Gen.Choose(0, rule.Split(' ').Length - 1) from word in Gen.Elements(Words) select (at, word);
        Prop.ForAll(
                change.ListOf().ToArbitrary(),
                changes =>
                {
                    var words = rule.Split(' ');
                    foreach (var (at, word) in changes.Take(3))
                        words[at] = word;
                    Try(string.Join(' ', words));
                }
            )
            .Check(Tuopin.Tests.Shared.Properties.Cases(3000));
    }

    private void Try(string text)
    {
        var compiler = new RuleCompiler(dictionary.Scope);
        var variable = new Variable("household", dictionary.Household);
        Expr rule;
        try
        {
            rule = compiler.Compile(RuleText.Of(text), variable, Expectation.Shown);
        }
        catch (RuleException e)
        {
            e.Span.Column.ShouldBeInRange(1, text.Length + 1);
            return;
        }
        var written = ExprText.Of(rule);
        ExprText.Of(compiler.Compile(RuleText.Of(written), variable, Expectation.Shown)).ShouldBe(written);
    }
}
