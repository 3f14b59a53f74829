using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Explaining;

/// <summary>Explains judgements of one subject, held or just being filled in on a form.</summary>
public static class ExplainingSubjects
{
    /// <summary>Judges the subject by the standard and shows how each result came about.</summary>
    public static Explanation Explain(this SubjectNode subject, Standard standard, JudgingDay day, Overlay? overlay = null)
    {
        var expressions = standard.Indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit }).OfType<Expr>();
        var tracer = new Tracer(NodeSnapshot.Of(day, subject), subject.AreaCode, overlay, expressions);
        return new Explanation(standard, day, [.. standard.Indicators.Where(i => !i.Retired).Select(i => Explain(tracer, i, standard.Subject))]);
    }

    /// <summary>Evaluates one expression for the subject and shows how the value came about: a check, a filter, a formula.</summary>
    public static Trace Explain(this SubjectNode subject, Expr expr, Variable variable, JudgingDay day, Overlay? overlay = null) =>
        new Tracer(NodeSnapshot.Of(day, subject), subject.AreaCode, overlay, [expr]).Run(expr, variable);

    private static IndicatorExplanation Explain(Tracer tracer, Indicator indicator, Variable subject)
    {
        Trace? Run(Expr? expr) => expr is null ? null : tracer.Run(expr, subject);
        var (test, exemption) = (Run(indicator.Met), Run(indicator.ExemptWhen));
        var result =
            exemption?.Outcome.Flag is true ? IndicatorResult.Exempt
            : test is null ? IndicatorResult.Unknown
            : test.Outcome.Flag switch
            {
                true => IndicatorResult.Met,
                // Who may be exempt is not unmet.
                false => exemption is { Outcome.Flag: null } ? IndicatorResult.Unknown : IndicatorResult.Unmet,
                null => IndicatorResult.Unknown,
            };
        return new IndicatorExplanation(indicator, result)
        {
            Test = test,
            Exemption = exemption,
            Value = Run(indicator.Value),
            Limit = Run(indicator.Limit),
        };
    }
}
