using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>What left a result unknown, in the words of the dictionary of the reader: 在校生状况. On the command line the internal name stands behind it: (person.school).</summary>
public static class MissingFacts
{
    private static string Text(Trace cause, Tongue tongue, bool named)
    {
        string Say(string zh, string en) => tongue == Tongue.Zh ? zh : en;
        string Name(Label label) => Say(label.Zh, label.En);
        string Behind(object name) => named ? $" ({name})" : "";
        return cause.Expr switch
        {
            FactRead f => $"{(f.Place.YearShift < 0 ? Say("上年", "last year's ") : "")}{Name(f.Fact.Label)}{Behind(f.Fact)}",
            ParameterRead p => $"{Say("未找到规定：", "no law found: ")}{Name(p.Parameter.Label)}{Behind(p.Parameter.Id)}",
            Aggregate a => $"{Say("没有登记", "none recorded: ")}{Name(a.Collection.Target.Label)}{Behind(a.Collection)}",
            Ratio or DivideHalfUp => $"{Say("除数为零", "division by zero")}{Behind(cause.Text)}",
            VerdictRead v => $"{Say("判定未知", "a result is unknown")}{(named ? $"：{v.StandardId}/{v.IndicatorId}" : "")}",
            TallyRead t => $"{Say("汇总未定：", "count not settled: ")}{Name(t.Tally.Label)}{Behind(t.Tally.Id)}",
            _ => cause.Text,
        };
    }

    /// <summary>The missing facts of one result, each with the member it is missing for.</summary>
    /// <param name="named">Internal names stand behind: for the command line.</param>
    public static IReadOnlyList<string> Of(IndicatorExplanation explained, Func<long, string?> personName, Tongue tongue, bool named) =>
        [
            .. explained
                .Causes.Select(c =>
                    c.Expr is FactRead { Fact.Subject.Name: "person" } && personName(c.SubjectId) is { } name
                        ? $"{name}{(tongue == Tongue.Zh ? "：" : ": ")}{Text(c, tongue, named)}"
                        : Text(c, tongue, named)
                )
                .Distinct(),
        ];
}
