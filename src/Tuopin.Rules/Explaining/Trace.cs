using System.Collections.Immutable;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Explaining;

/// <summary>
/// One step of a judgement: an expression, what it came to for the subject, and the steps it came from. A macro has one <see cref="IsItem"/> step for each
/// item, whose parts are the filter and the body for that item.
/// </summary>
public sealed record Trace(Expr Expr, Outcome Outcome, ImmutableArray<Trace> Parts)
{
    /// <summary>Stands for one item of a macro, not for an expression.</summary>
    public bool IsItem { get; init; }

    /// <summary>Place of the item in its collection, from 1.</summary>
    public int ItemNumber { get; init; }

    /// <summary>Our key of the subject a fact was read from, or of the item; 0 when it is not held or the place does not exist.</summary>
    public long SubjectId { get; init; }

    /// <summary>The entry of a parameter that applied; null when no law was found.</summary>
    public ParameterValue? Law { get; init; }

    /// <summary>The expression in the language; a number for an item.</summary>
    public string Text => IsItem ? FormattableString.Invariant($"{((Aggregate)Expr).Item.Name} #{ItemNumber}") : ExprText.Of(Expr);

    /// <summary>This step and all beneath, from the top down.</summary>
    public IEnumerable<Trace> All()
    {
        var rest = new Stack<Trace>();
        rest.Push(this);
        while (rest.TryPop(out var next))
        {
            yield return next;
            for (var i = next.Parts.Length - 1; i >= 0; i--)
                rest.Push(next.Parts[i]);
        }
    }

    /// <summary>Facts that were read, once each.</summary>
    public IEnumerable<Trace> Facts() => All().Where(t => t.Expr is FactRead && !t.IsItem).DistinctBy(t => t.What);

    /// <summary>Parameters that were read, once each.</summary>
    public IEnumerable<Trace> Laws() => All().Where(t => t.Expr is ParameterRead).DistinctBy(t => ((ParameterRead)t.Expr).Parameter);

    // Which fact of which subject and year: whatever the path on which a rule came to it.
    internal (Fact, int, long, Outcome) What => Expr is FactRead read ? (read.Fact, read.Place.YearShift, SubjectId, Outcome) : default;

    /// <summary>
    /// The items that make this step what it is: the child out of school behind a false <c>all</c>, the one whose state nobody recorded behind an unknown
    /// one. What holds of everybody names nobody.
    /// </summary>
    public IEnumerable<Trace> Deciding()
    {
        if (Expr is Aggregate macro)
            return macro.Kind switch
            {
                AggregateKind.All or AggregateKind.Exists => Outcome.Flag == (macro.Kind == AggregateKind.All) ? [] : Saying(macro, Outcome.Flag),
                _ when !Outcome.IsExact => Saying(macro, null),
                AggregateKind.Count when macro.Body is not null || macro.Filter is not null => Saying(macro, true),
                AggregateKind.Share => Saying(macro, false).Where(i => macro.Filter is null || i.Parts[0].Outcome.Flag == true),
                _ => [],
            };
        var parts = Expr is Logical ? Parts.Where(p => p.Outcome.Flag == Outcome.Flag) : Parts;
        return parts.SelectMany(p => p.Deciding()).DistinctBy(i => (((Aggregate)i.Expr).Collection, i.SubjectId));
    }

    private IEnumerable<Trace> Saying(Aggregate macro, bool? what) => Parts.Where(i => Says(macro, i) == what);

    // What one item says to its macro: a number that is there counts as true.
    private static bool? Says(Aggregate macro, Trace item)
    {
        var filter = macro.Filter is null ? true : item.Parts[0].Outcome.Flag;
        var body =
            macro.Body is null ? true
            : macro.Body.Type.Kind == Kind.Bool ? item.Parts[^1].Outcome.Flag
            : item.Parts[^1].Outcome.IsExact ? true
            : null;
        if (macro.Kind == AggregateKind.All)
            return filter == false || body == true ? true
                : filter is null || body is null ? null
                : false;
        return filter == false || body == false ? false
            : filter is null || body is null ? null
            : true;
    }

    /// <summary>
    /// The deepest steps that left this one undecided: a missing fact, a parameter no law was found for, an empty collection, a zero under a quotient.
    /// Nothing when the step is decided.
    /// </summary>
    public IEnumerable<Trace> Causes()
    {
        if (!IsItem && Outcome.IsExact)
            return [];
        if (IsItem && Parts.Length == 2 && Parts[0].Outcome.Flag is false)
            return [];
        var beneath = Parts.SelectMany(p => p.Causes()).DistinctBy(t => (t.Text, t.SubjectId)).ToList();
        return beneath.Count == 0 && !IsItem ? [this] : beneath;
    }
}

/// <summary>What a verdict says.</summary>
public enum IndicatorResult : byte
{
    /// <summary>A fact or the law is missing.</summary>
    Unknown,

    /// <summary>The test holds.</summary>
    Met,

    /// <summary>The test fails.</summary>
    Unmet,

    /// <summary>The indicator does not apply to the subject.</summary>
    Exempt,
}

/// <summary>One indicator for one subject: the result, value and limit, and how they came about.</summary>
public sealed record IndicatorExplanation(Indicator Indicator, IndicatorResult Result)
{
    /// <summary>The test, or null when the text of the law was not found.</summary>
    public Trace? Test { get; init; }

    /// <summary>The exemption, where the indicator has one.</summary>
    public Trace? Exemption { get; init; }

    /// <summary>The value shown.</summary>
    public Trace? Value { get; init; }

    /// <summary>The limit shown beside it.</summary>
    public Trace? Limit { get; init; }

    /// <summary>Facts read by test, exemption, value and limit, once each.</summary>
    public IEnumerable<Trace> Facts => Traces.SelectMany(t => t.Facts()).DistinctBy(t => t.What);

    /// <summary>Legal numbers read, with the entry that applied.</summary>
    public IEnumerable<Trace> Laws => Traces.SelectMany(t => t.Laws()).DistinctBy(t => ((ParameterRead)t.Expr).Parameter);

    /// <summary>What left an unknown result undecided: of a failed test, what left its exemption so.</summary>
    public IEnumerable<Trace> Causes => Result == IndicatorResult.Unknown ? (Test?.Outcome.Flag is false ? Exemption : Test)?.Causes() ?? [] : [];

    /// <summary>The members (or other items) behind a result that is unmet or unknown.</summary>
    public IEnumerable<Trace> Deciding =>
        Result switch
        {
            IndicatorResult.Unmet => Test?.Deciding() ?? [],
            IndicatorResult.Unknown => (Test?.Outcome.Flag is false ? Exemption : Test)?.Deciding() ?? [],
            _ => [],
        };

    private IEnumerable<Trace> Traces => new[] { Test, Exemption, Value, Limit }.OfType<Trace>();
}

/// <summary>The judgement of one subject by one standard.</summary>
public sealed record Explanation(Standard Standard, JudgingDay Day, ImmutableArray<IndicatorExplanation> Indicators)
{
    /// <summary>The explanation of an indicator.</summary>
    public IndicatorExplanation this[string indicator] => Indicators.First(i => i.Indicator.Id == indicator);
}
